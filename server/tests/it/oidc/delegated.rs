//! Tokens of people for the APIs of applications: what an API offers, what an administrator granted, and nothing else
//! (entra-protocol §§2 to 4; what clients need, 6 and 13; security R29 to R34).

use super::{ADA, refused};
use crate::harness::{Administrator, Answered, Application, Asked, Browser, PASSWORD, TestServer, on_both};
use app::contract::resource::application::PermissionScope;
use serde_json::{Value, json};
use server::directory::application::{Platform, RedirectUri};

pub(super) const GRANTS: &str = "/oauth2PermissionGrants";

/// An application with an API, another one that may read its tasks, and somebody who manages both.
pub(super) struct Woodgrove {
    pub admin: Administrator,
    pub client: Application,
    pub api: Application,
    /// The id of the grant.
    pub grant: String,
}

pub(super) fn scopes(values: &[&str]) -> Vec<PermissionScope> {
    let scope = |(n, value): (usize, &&str)| PermissionScope {
        id: format!("00000000-0000-4000-8000-{n:012}"),
        value: (*value).into(),
        ..PermissionScope::default()
    };
    values.iter().enumerate().map(scope).collect()
}

pub(super) async fn woodgrove(server: &TestServer) -> Woodgrove {
    let (client, admin) = (server.application().await, server.administrator().await);
    server.account(&client, ADA).await;
    let api = server
        .application_over(&client.flow, |made| {
            made.algorithm = "EdDSA".into();
            made.scopes = scopes(&["Tasks.Read", "Tasks.Write"]);
        })
        .await;
    let grant = grant(&admin, &client, &api, "Tasks.Read").await;
    Woodgrove { admin, client, api, grant }
}

pub(super) async fn grant(admin: &Administrator, client: &Application, api: &Application, scope: &str) -> String {
    let granted = json!({ "clientId": client.id.as_str(), "consentType": "AllPrincipals", "principalId": null,
        "resourceId": api.id.as_str(), "scope": scope });
    admin.make(GRANTS, granted).await
}

/// One that may have tokens by the browser.
pub async fn page(server: &TestServer, it: &Woodgrove) -> Application {
    server
        .application_over(&it.client.flow, |made| {
            made.protocol.id_token_at_authorize = true;
            made.protocol.access_token_at_authorize = true;
        })
        .await
}

impl Woodgrove {
    pub fn named(&self, value: &str) -> String {
        format!("api://{}/{value}", self.api.id)
    }

    pub async fn offers(&self, change: Value) {
        let changed = self.admin.patch(&format!("/applications/{}", self.api.id), change).await;
        assert_eq!(changed.status, 204, "{}", changed.text());
    }
}

pub(super) async fn signs_in(client: &Application, ada: &mut Browser, changes: &[(&str, &str)]) -> Asked {
    let asked = client.asks_with(ada, changes).await;
    if !client.has_come(ada) {
        ada.sign_in(ADA, PASSWORD).await;
    }
    asked
}

/// What a sign-in with these scopes brings.
pub(super) async fn had(client: &Application, scope: &str) -> Value {
    let mut ada = client.server.browser();
    let asked = signs_in(client, &mut ada, &[("scope", scope)]).await;
    let told = client.redeem(&client.code(&ada, &asked), &asked).await;
    assert_eq!(told.status, 200, "{scope}: {}", told.text());
    told.json()
}

/// The error and its number with which a request comes back.
async fn told(client: &Application, changes: &[(&str, &str)]) -> (String, String) {
    let mut browser = client.server.browser();
    client.asks_with(&mut browser, changes).await;
    let answer = client.answer(&browser).unwrap_or_else(|| panic!("{changes:?}: {}", browser.text()));
    let number = answer["error_description"].split(':').next().unwrap_or_default().to_owned();
    (answer["error"].clone(), number)
}

fn was(error: &str, number: u32) -> (String, String) {
    (error.to_owned(), format!("AADSTS{number}"))
}

pub(super) fn text<'a>(told: &'a Value, name: &str) -> &'a str {
    told[name].as_str().unwrap_or_else(|| panic!("no {name} in {told}"))
}

pub(super) async fn refresh(client: &Application, token: &str, scope: Option<&str>) -> Answered {
    let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
    form.extend(scope.map(|scope| ("scope", scope)));
    client.token(&form).await
}

pub(super) async fn introspected(who: &Application, token: &str) -> Value {
    who.call("introspect-token", &[("token", token)]).await.json()
}

#[tokio::test]
async fn a_token_for_an_api_is_as_the_api_reads_it() {
    on_both(async |server| {
        let it = woodgrove(&server).await;
        let scope = format!("openid profile offline_access {}", it.named("Tasks.Read"));
        let brought = had(&it.client, &scope).await;
        assert_eq!(text(&brought, "scope"), scope, "as it was asked for");
        // For whom it is, by the key whose algorithm the API reads.
        let access = it.api.verify(text(&brought, "access_token"), "at+jwt").await;
        let id = it.client.verify(text(&brought, "id_token"), "JWT").await;
        for (claim, value) in [("scp", "Tasks.Read"), ("azp", it.client.id.as_str()), ("idtyp", "user"), ("ver", "2.0")]
        {
            assert_eq!(access[claim], value, "{claim}");
        }
        assert_eq!((&access["oid"], &access["tid"], &access["sid"]), (&id["oid"], &id["tid"], &id["sid"]));
        assert_eq!(access["preferred_username"], ADA);
        assert_ne!(access["sub"], id["sub"], "a person has a name of their own at each application");
        // The API knows them by that name from its own sign-ins.
        let own = had(&it.api, "openid").await;
        assert_eq!(it.api.verify(text(&own, "id_token"), "JWT").await["sub"], access["sub"]);

        it.offers(json!({ "protocol": { "plainAccessTokens": true } })).await;
        let plain = had(&it.client, &it.named("Tasks.Read")).await;
        it.api.verify(text(&plain, "access_token"), "JWT").await;
        assert!(plain["id_token"].is_null(), "nobody asked for one");
    })
    .await;
}

#[tokio::test]
async fn an_api_goes_by_its_id_and_its_identifier_uris() {
    on_both(async |server| {
        let it = woodgrove(&server).await;
        it.offers(json!({ "identifierUris": ["https://woodgrove.example/tasks", "api://tasks"] })).await;
        let id = it.api.id.to_string();
        for name in [id.as_str(), format!("api://{id}").as_str(), "https://woodgrove.example/tasks", "api://tasks"] {
            let one = had(&it.client, &format!("{name}/Tasks.Read")).await;
            assert_eq!(text(&one, "scope"), format!("{name}/Tasks.Read"));
            let all = had(&it.client, &format!("openid {name}/.default")).await;
            assert_eq!(text(&all, "scope"), format!("openid {name}/Tasks.Read {name}/.default"));
            for brought in [one, all] {
                let said = it.api.verify(text(&brought, "access_token"), "at+jwt").await;
                assert_eq!((&said["aud"], &said["scp"]), (&json!(id), &json!("Tasks.Read")), "{name}");
            }
        }
        // Its own scopes are its own.
        let own = had(&it.api, &format!("openid {}", it.named(".default"))).await;
        assert_eq!(it.api.verify(text(&own, "access_token"), "at+jwt").await["scp"], "Tasks.Read Tasks.Write");
    })
    .await;
}

#[tokio::test]
async fn r29_what_was_not_granted_is_refused_by_a_sentence() {
    on_both(async |server| {
        let it = woodgrove(&server).await;
        let write = it.named("Tasks.Write");
        assert_eq!(told(&it.client, &[("scope", &write)]).await, was("access_denied", 65_001));
        assert_eq!(told(&it.client, &[("scope", &write), ("prompt", "none")]).await, was("consent_required", 65_001));
        let unknown = was("invalid_scope", 70_011);
        for scope in [
            it.named("Tasks"),
            it.named("Tasks.Read\""),
            it.named("Tasks.Read\\"),
            it.named("Tasks.Read' OR '1'='1"),
            it.named("T\u{430}sks.Read"),
            it.named("%54asks.Read"),
            it.named("../Tasks.Read"),
            it.named("*"),
            "api://nobody/Tasks.Read".into(),
            format!("api://{}\\/Tasks.Read", it.api.id),
            format!("API://{}/Tasks.Read", it.api.id),
        ] {
            assert_eq!(told(&it.client, &[("scope", &scope)]).await, unknown, "{scope}");
        }
        let two = format!("{} {}", it.named("Tasks.Read"), it.client.id);
        assert_eq!(told(&it.client, &[("scope", &two)]).await, was("invalid_scope", 28_000));
        // Names without end ask the directory no more than a few.
        let many: Vec<String> = (0..200).map(|n| format!("api://nobody{n}/x")).collect();
        assert_eq!(told(&it.client, &[("scope", &many.join(" "))]).await, unknown);

        // Another tenant's API is none, whatever it offers and whoever asks.
        const FABRIKAM: &str = "11111111-6f0c-4f5c-8f7d-3a4c0a9d1b11";
        server.make_tenant(FABRIKAM.into(), "Fabrikam").await;
        let there = server.in_tenant(FABRIKAM.into());
        let flow = there.application().await.flow;
        let foreign = there.application_over(&flow, |made| made.scopes = scopes(&["Tasks.Read"])).await;
        let scope = format!("api://{}/Tasks.Read", foreign.id);
        assert_eq!(told(&it.client, &[("scope", &scope)]).await, unknown);
        let granted =
            json!({ "clientId": it.client.id.as_str(), "resourceId": foreign.id.as_str(), "scope": "Tasks.Read" });
        assert_eq!(it.admin.post(GRANTS, granted).await.status, 400);

        server.switch(&it.api, false).await;
        assert_eq!(told(&it.client, &[("scope", &it.named("Tasks.Read"))]).await, unknown);
    })
    .await;
}

/// Security R31, R34: it counts where it is for, and opens nothing anywhere else.
#[tokio::test]
async fn r31_r34_a_token_for_an_api_is_worth_nothing_elsewhere() {
    on_both(async |server| {
        let it = woodgrove(&server).await;
        let other =
            server.application_over(&it.client.flow, |made| made.scopes = scopes(&["Tasks.Read", "Orders.Read"])).await;
        let brought = had(&it.client, &format!("openid profile {}", it.named("Tasks.Read"))).await;
        let token = text(&brought, "access_token");
        let told = introspected(&it.api, token).await;
        assert_eq!(
            (&told["active"], &told["scope"], &told["aud"]),
            (&json!(true), &json!("Tasks.Read"), &json!(it.api.id))
        );
        assert_eq!(introspected(&other, token).await, json!({ "active": false }));
        for application in [&it.client, &it.api] {
            assert_eq!(application.userinfo(token).await.status, 401);
        }
        let caller = Administrator { token: token.into(), account: None, tenant: None, ..it.admin.clone() };
        assert_eq!(caller.get("/users").await.status, 401);
        // Of its own API too: it says nothing that userinfo opens for.
        let own = had(&it.api, &format!("openid {}", it.named("Tasks.Read"))).await;
        assert_eq!(it.api.userinfo(text(&own, "access_token")).await.status, 403);

        // Our own key under what we never say.
        let genuine = server.genuine(&server.tenant, token).await;
        for (claim, value) in [
            ("scp", json!("Orders.Read")),
            ("scp", json!("Tasks.Read openid")),
            ("scp", json!("Tasks.Read ")),
            ("scp", json!("")),
            ("scp", Value::Null),
            ("aud", json!("nobody")),
            ("aud", json!([it.api.id])),
            ("idtyp", Value::Null),
            ("idtyp", json!("device")),
        ] {
            let lie = genuine.saying(claim, value.clone());
            for application in [&it.api, &it.client, &other] {
                assert_eq!(introspected(application, &lie).await["active"], false, "{claim} {value}");
            }
        }

        server.switch(&it.client, false).await;
        assert_eq!(introspected(&it.api, token).await["active"], false, "of a client that is switched off");
        server.switch(&it.client, true).await;
        assert_eq!(introspected(&it.api, token).await["active"], true);
        server.switch(&it.api, false).await;
        assert_eq!(introspected(&it.client, token).await["active"], false, "for an API that is switched off");
        server.switch(&it.api, true).await;
        assert_eq!(refused(&it.api.call("revoke", &[("token", token)]).await), "unauthorized_client");
        assert_eq!(it.client.call("revoke", &[("token", token)]).await.status, 200);
        assert_eq!(introspected(&it.api, token).await["active"], false, "given back");
    })
    .await;
}

/// MSAL signs in first, and asks for each API when it is called.
#[tokio::test]
async fn a_refresh_gets_what_an_administrator_grants_at_that_moment() {
    on_both(async |server| {
        let it = woodgrove(&server).await;
        let (read, write) = (it.named("Tasks.Read"), it.named("Tasks.Write"));
        let brought = had(&it.client, "openid profile offline_access").await;
        let asked = format!("{read} openid profile offline_access");
        let told = refresh(&it.client, text(&brought, "refresh_token"), Some(&asked)).await;
        assert_eq!(told.status, 200, "{}", told.text());
        assert_eq!(text(&told.json(), "scope"), asked);
        let said = it.api.verify(text(&told.json(), "access_token"), "at+jwt").await;
        assert_eq!((&said["scp"], &said["azp"]), (&json!("Tasks.Read"), &json!(it.client.id)));
        // The same token for the client itself, and for the API again.
        let token = text(&told.json(), "refresh_token").to_owned();
        let plain = refresh(&it.client, &token, Some("openid email")).await.json();
        assert_eq!(text(&plain, "scope"), "openid", "of the person's scopes, what they were asked for");
        it.client.verify(text(&plain, "access_token"), "at+jwt").await;
        let token = text(&plain, "refresh_token").to_owned();

        let beyond = refresh(&it.client, &token, Some(&format!("{read} {write}"))).await;
        assert_eq!((refused(&beyond), &beyond.json()["error_codes"]), ("consent_required".into(), &json!([65_001])));
        let at = format!("{GRANTS}/{}", it.grant);
        assert_eq!(it.admin.patch(&at, json!({ "scope": "Tasks.Read Tasks.Write" })).await.status, 204);
        let both = refresh(&it.client, &token, Some(&it.named(".default"))).await.json();
        assert_eq!(it.api.verify(text(&both, "access_token"), "at+jwt").await["scp"], "Tasks.Read Tasks.Write");
        let token = text(&both, "refresh_token").to_owned();

        // A scope that is switched off, one that is there no more, and a grant that is.
        let offered = |values: &[(&str, bool)]| {
            let scope = |(value, on): &(&str, bool)| json!({ "value": value, "isEnabled": on });
            json!({ "api": { "oauth2PermissionScopes": values.iter().map(scope).collect::<Vec<_>>() } })
        };
        it.offers(offered(&[("Tasks.Read", true), ("Tasks.Write", false)])).await;
        assert_eq!(refused(&refresh(&it.client, &token, Some(&write)).await), "invalid_scope");
        it.offers(offered(&[("Tasks.Read", true)])).await;
        it.offers(offered(&[("Tasks.Read", true), ("Tasks.Write", true)])).await;
        let anew = refresh(&it.client, &token, Some(&write)).await;
        assert_eq!(refused(&anew), "consent_required", "another scope of that name is granted anew");
        assert_eq!(it.admin.delete(&at).await.status, 204);
        assert_eq!(refused(&refresh(&it.client, &token, Some(&read)).await), "consent_required");
        let kept = refresh(&it.client, &token, Some("openid")).await;
        assert_eq!(kept.status, 200, "a refusal leaves the token as it was: {}", kept.text());
    })
    .await;
}

#[tokio::test]
async fn a_refresh_without_words_gets_what_the_sign_in_asked_for_as_far_as_it_is_granted() {
    on_both(async |server| {
        let it = woodgrove(&server).await;
        let scope = format!("openid offline_access {}", it.named("Tasks.Read"));
        let brought = had(&it.client, &scope).await;
        let again = refresh(&it.client, text(&brought, "refresh_token"), None).await.json();
        assert_eq!(text(&again, "scope"), scope);
        it.api.verify(text(&again, "access_token"), "at+jwt").await;
        let bare = had(&it.client, &format!("offline_access {}", it.named("Tasks.Read"))).await;
        assert_eq!(it.admin.delete(&format!("{GRANTS}/{}", it.grant)).await.status, 204);
        let less = refresh(&it.client, text(&again, "refresh_token"), None).await.json();
        assert_eq!(text(&less, "scope"), "openid offline_access");
        it.client.verify(text(&less, "access_token"), "at+jwt").await;
        assert_eq!(refused(&refresh(&it.client, text(&bare, "refresh_token"), None).await), "invalid_scope");
    })
    .await;
}

#[tokio::test]
async fn tokens_for_an_api_come_by_the_browser_where_the_application_may_have_them_so() {
    on_both(async |server| {
        let it = woodgrove(&server).await;
        let page = page(&server, &it).await;
        grant(&it.admin, &page, &it.api, "Tasks.Read").await;
        let scope = format!("openid {}", it.named("Tasks.Read"));
        let mut ada = server.browser();
        signs_in(&page, &mut ada, &[("response_type", "id_token token"), ("scope", &scope)]).await;
        let answer = page.answer(&ada).unwrap();
        assert_eq!(answer["scope"], scope);
        assert_eq!(it.api.verify(&answer["access_token"], "at+jwt").await["azp"], page.id.as_str());
        page.verify(&answer["id_token"], "JWT").await;
        let hidden = [("response_type", "id_token token"), ("scope", scope.as_str())];
        assert_eq!(told(&it.client, &hidden).await.1, "AADSTS700054");
    })
    .await;
}

/// Pushed requests and devices ask by the same words.
#[tokio::test]
async fn every_way_in_reads_the_same_words() {
    on_both(async |server| {
        let it = woodgrove(&server).await;
        let tv = server
            .application_over(&it.client.flow, |made| {
                made.secrets.clear();
                made.redirect_uris = vec![RedirectUri { platform: Platform::Native, uri: "http://localhost".into() }];
            })
            .await;
        let scope = format!("openid offline_access {}", it.named("Tasks.Read"));
        let begin = async || tv.call("devicecode", &[("scope", &scope)]).await;
        assert_eq!(refused(&begin().await), "consent_required");
        let granted = grant(&it.admin, &tv, &it.api, "Tasks.Read").await;
        let device = begin().await.json();
        let mut ada = server.browser();
        let page = format!("/{}/oauth2/deviceauth?user_code={}", tv.tenant, text(&device, "user_code"));
        ada.open(&page).await;
        ada.sign_in(ADA, PASSWORD).await;
        ada.press("Continue").await;
        let code = text(&device, "device_code");
        let form = [("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", code)];
        // Taken away while somebody typed the code.
        assert_eq!(it.admin.delete(&format!("{GRANTS}/{granted}")).await.status, 204);
        assert_eq!(refused(&tv.token(&form).await), "consent_required");
        grant(&it.admin, &tv, &it.api, "Tasks.Read").await;
        let told = tv.token(&form).await.json();
        assert_eq!(text(&told, "scope"), scope);
        assert_eq!(it.api.verify(text(&told, "access_token"), "at+jwt").await["scp"], "Tasks.Read");
        let again = refresh(&tv, text(&told, "refresh_token"), None).await.json();
        assert_eq!(text(&again, "scope"), scope);

        let push = async |value: &str| {
            let (_, mut parameters) = it.client.request();
            parameters.retain(|(name, _)| name != "scope");
            parameters.push(("scope".into(), it.named(value)));
            let form: Vec<(&str, &str)> =
                parameters.iter().map(|(name, word)| (name.as_str(), word.as_str())).collect();
            it.client.call("par", &form).await
        };
        assert_eq!(push("Tasks.Read").await.status, 201);
        assert_eq!(refused(&push("Tasks.Write").await), "access_denied");
    })
    .await;
}
