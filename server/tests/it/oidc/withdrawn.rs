//! What is taken back counts no more, at whatever moment it is taken (fault F32); and what is given back stays so.

use super::{
    ADA,
    delegated::{GRANTS, Woodgrove, grant, had, introspected, page, refresh, scopes, signs_in, text, woodgrove},
    refused,
};
use crate::harness::{Answered, Application, PASSWORD, TestServer, on_both};
use serde_json::{Value, json};

/// A code that nobody redeemed yet, and the answer when it is redeemed after something changed.
async fn redeemed_after(
    server: &TestServer,
    client: &Application,
    scope: &str,
    change: impl AsyncFnOnce(),
) -> Answered {
    let mut ada = server.browser();
    let asked = signs_in(client, &mut ada, &[("scope", scope)]).await;
    let code = client.code(&ada, &asked);
    change().await;
    client.redeem(&code, &asked).await
}

fn is_not_granted(told: &Answered) -> bool {
    refused(told) == "invalid_grant" && told.json()["error_codes"] == json!([65_001])
}

async fn takes_back(it: &Woodgrove, granted: &str) {
    assert_eq!(it.admin.delete(&format!("{GRANTS}/{granted}")).await.status, 204);
}

/// The API offers these, some of them switched off.
async fn offers(it: &Woodgrove, values: &[(&str, bool)]) {
    let scope = |(value, on): &(&str, bool)| json!({ "value": value, "isEnabled": on });
    let offered: Vec<Value> = values.iter().map(scope).collect();
    it.offers(json!({ "api": { "oauth2PermissionScopes": offered } })).await;
}

#[tokio::test]
async fn f32_what_an_administrator_takes_back_counts_no_more() {
    on_both(async |server| {
        let it = woodgrove(&server).await;
        let scope = it.named("Tasks.Read");
        let brought = had(&it.client, &scope).await;
        let token = text(&brought, "access_token");
        assert_eq!(introspected(&it.api, token).await["active"], true);
        let told = redeemed_after(&server, &it.client, &scope, async || takes_back(&it, &it.grant).await).await;
        assert!(is_not_granted(&told), "{}", told.text());
        for application in [&it.api, &it.client] {
            assert_eq!(introspected(application, token).await, json!({ "active": false }));
        }
        let anew = grant(&it.admin, &it.client, &it.api, "Tasks.Write").await;
        assert_eq!(introspected(&it.api, token).await["active"], false, "another scope was granted");
        takes_back(&it, &anew).await;
        grant(&it.admin, &it.client, &it.api, "Tasks.Read").await;
        assert_eq!(introspected(&it.api, token).await["active"], true, "and granted again");
    })
    .await;
}

#[tokio::test]
async fn f32_nor_in_an_answer_to_a_page() {
    on_both(async |server| {
        let it = woodgrove(&server).await;
        let page = page(&server, &it).await;
        let granted = grant(&it.admin, &page, &it.api, "Tasks.Read").await;
        let scope = format!("openid {}", it.named("Tasks.Read"));
        let mut ada = server.browser();
        page.asks_with(&mut ada, &[("response_type", "id_token token"), ("scope", &scope)]).await;
        takes_back(&it, &granted).await;
        ada.sign_in(ADA, PASSWORD).await;
        let answer = page.answer(&ada).unwrap();
        assert_eq!(answer["error"], "access_denied");
        assert!(answer["error_description"].starts_with("AADSTS65001"), "{answer:?}");
    })
    .await;
}

#[tokio::test]
async fn f32_what_an_api_offers_no_more_its_own_application_has_no_more() {
    on_both(async |server| {
        let it = woodgrove(&server).await;
        let scope = it.named("Tasks.Read");
        let brought = had(&it.api, &scope).await;
        let token = text(&brought, "access_token");
        assert_eq!(introspected(&it.api, token).await["active"], true);
        let plain = had(&it.api, "openid").await;
        let off = async || offers(&it, &[("Tasks.Read", false), ("Tasks.Write", true)]).await;
        let told = redeemed_after(&server, &it.api, &scope, off).await;
        assert!(is_not_granted(&told), "{}", told.text());
        assert_eq!(introspected(&it.api, token).await["active"], false);
        assert_eq!(introspected(&it.api, text(&plain, "access_token")).await["active"], true, "it says no such scope");
    })
    .await;
}

/// RFC 7009 §2.2: whoever is told that a token is revoked need not fear that it comes back.
#[tokio::test]
async fn a_token_is_given_back_while_its_api_or_its_scope_is_off() {
    on_both(async |server| {
        let it = woodgrove(&server).await;
        let scope = it.named("Tasks.Read");
        let (first, second) = (had(&it.client, &scope).await, had(&it.client, &scope).await);
        let give_back = async |token: &str| {
            assert_eq!(it.client.call("revoke", &[("token", token)]).await.status, 200);
        };
        server.switch(&it.api, false).await;
        give_back(text(&first, "access_token")).await;
        server.switch(&it.api, true).await;
        offers(&it, &[("Tasks.Read", false), ("Tasks.Write", true)]).await;
        give_back(text(&second, "access_token")).await;
        offers(&it, &[("Tasks.Read", true), ("Tasks.Write", true)]).await;
        for brought in [&first, &second] {
            assert_eq!(introspected(&it.api, text(brought, "access_token")).await["active"], false);
        }
        let third = had(&it.client, &scope).await;
        assert_eq!(introspected(&it.api, text(&third, "access_token")).await["active"], true, "others count on");
    })
    .await;
}

/// Words that were for one API at the sign-in, and are for two since a name of it went to another.
#[tokio::test]
async fn a_refresh_gives_no_token_for_two() {
    on_both(async |server| {
        let it = woodgrove(&server).await;
        let both = json!({ "scope": "Tasks.Read Tasks.Write" });
        assert_eq!(it.admin.patch(&format!("{GRANTS}/{}", it.grant), both).await.status, 204);
        let other = server.application_over(&it.client.flow, |made| made.scopes = scopes(&["Tasks.Write"])).await;
        grant(&it.admin, &it.client, &other, "Tasks.Write").await;

        let name = json!({ "identifierUris": ["api://tasks"] });
        it.offers(name.clone()).await;
        let asked = format!("offline_access {} api://tasks/Tasks.Write", it.named("Tasks.Read"));
        let brought = had(&it.client, &asked).await;
        it.offers(json!({ "identifierUris": [] })).await;
        let moved = it.admin.patch(&format!("/applications/{}", other.id), name).await;
        assert_eq!(moved.status, 204, "{}", moved.text());
        let told = refresh(&it.client, text(&brought, "refresh_token"), None).await;
        assert_eq!((refused(&told), &told.json()["error_codes"]), ("invalid_scope".into(), &json!([28_000])));
    })
    .await;
}
