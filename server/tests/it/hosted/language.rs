//! Languages: what the application asks for, what the browser likes, what the person chooses.

use super::every_way;
use crate::harness::{PASSWORD, on_both};

#[tokio::test]
async fn the_browser_s_language_is_spoken() {
    on_both(async |server| {
        let shop = server.application().await;
        for (accepted, language, direction, heading) in [
            ("de-AT,de;q=0.9,en;q=0.5", "de", "ltr", "Anmelden"),
            ("ar", "ar", "rtl", "تسجيل الدخول"),
            ("en-GB", "en", "ltr", "Sign in"),
            ("tlh, sv;q=0.7", "en", "ltr", "Sign in"),
            ("\"';<script>", "en", "ltr", "Sign in"),
        ] {
            let mut ada = server.browser().reading(accepted);
            shop.asks(&mut ada).await;
            assert_eq!(ada.heading(), heading, "{accepted}");
            assert_eq!(ada.page.attribute("html", "lang").as_deref(), Some(language));
            assert_eq!(ada.page.attribute("html", "dir").as_deref(), Some(direction));
        }
    })
    .await;
}

#[tokio::test]
async fn the_application_s_wish_comes_first() {
    on_both(async |server| {
        let shop = server.application().await;
        let mut ada = server.browser().reading("de");
        shop.asks_with(&mut ada, &[("ui_locales", "tlh ar-EG en")]).await;
        assert_eq!(ada.page.attribute("html", "lang").as_deref(), Some("ar"));
        // Entra's own word for it (entra-protocol §2).
        for (parameters, language) in [(&[("mkt", "ar-EG")][..], "ar"), (&[("mkt", "ar"), ("ui_locales", "en")], "en")]
        {
            shop.asks_with(&mut ada, parameters).await;
            assert_eq!(ada.page.attribute("html", "lang").as_deref(), Some(language), "{parameters:?}");
        }
        ada.open(&format!("/{}/oauth2/v2.0/logout?mkt=ar-EG", server.tenant)).await;
        assert_eq!(ada.page.attribute("html", "lang").as_deref(), Some("ar"));
    })
    .await;
}

/// The whole walk in German, and the letter too.
#[tokio::test]
async fn a_person_changes_the_language_and_keeps_their_place() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        shop.asks(ada).await;
        ada.press("Create one").await;
        ada.press("de").await;
        assert_eq!(ada.page.attribute("html", "lang").as_deref(), Some("de"));
        let send = ada.page.attribute("button.primary", "value").unwrap();
        ada.fill(&[("address", "ada@example.org")]).press(&send).await;
        let letter = server.mailbox().latest("ada@example.org").await;
        assert!(letter.html.contains("lang=\"de\""), "{}", letter.html);
        assert_ne!(letter.subject, "Your code for Woodgrove");
        ada.type_code("ada@example.org").await;
        ada.fill(&[("password", "kurz")]).press("newPassword").await;
        assert_eq!(ada.faults().len(), 1);
        assert!(!ada.faults()[0].contains("characters"), "{:?}", ada.faults());
        ada.press("ar").await;
        assert_eq!(ada.page.attribute("html", "dir").as_deref(), Some("rtl"));
        ada.fill(&[("password", PASSWORD)]).press("newPassword").await;
        ada.fill(&[("attribute.displayName", "آدا")]).press("attributes").await;
        assert!(shop.has(ada), "{}", ada.text());
    })
    .await;
}

#[tokio::test]
async fn a_language_that_is_not_ours_changes_nothing() {
    every_way(async |server, ada| {
        let shop = server.application().await;
        shop.asks(ada).await;
        let mut forged = ada.page.submit(&[], "de");
        for (name, value) in &mut forged.pairs {
            if name == "language" {
                *value = "xx\"><script>".into();
            }
        }
        ada.submit(forged).await;
        assert_eq!(ada.page.attribute("html", "lang").as_deref(), Some("en"));
    })
    .await;
}

#[tokio::test]
async fn an_unknown_tenant_has_no_sentences() {
    on_both(async |server| {
        let at = |tenant: &str| format!("/sentences/{tenant}/en.x.json");
        for known in [server.tenant.as_str(), "woodgrove"] {
            let answered = server.get(&at(known)).await;
            assert_eq!(answered.status, 200, "{known}");
            assert!(answered.json().is_array(), "{known}");
        }
        for unknown in ["11111111-6f0c-4f5c-8f7d-3a4c0a9d1b11", "nobody", &"x".repeat(8_000)] {
            assert_eq!(server.get(&at(unknown)).await.status, 404);
        }
    })
    .await;
}
