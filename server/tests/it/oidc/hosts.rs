//! A tenant under host names of its own: under each it has its own issuer, and nobody else is there.

use super::{ADA, refused};
use crate::{
    harness::{Administrator, Application, HOST, PASSWORD, ProofKey, TestServer, on_both},
    native::{self, BOTH, Screens},
};
use app::contract::permission::Permission;
use axum::{body::Body, http::Request};
use serde_json::json;
use server::administration;

const OWN: &str = "id.woodgrove.example";

async fn give(admin: &Administrator, host: &str) {
    admin.make("/domains", json!({ "id": host, "supportedServices": ["CustomUrlDomain"] })).await;
}

/// The server by Woodgrove's own name, and an application that knows it by no other.
async fn at_home(server: &TestServer) -> (TestServer, Application) {
    give(&server.administrator().await, OWN).await;
    let own = server.named(OWN);
    let shop = server.application().await.through(&own);
    (own, shop)
}

async fn discovery(server: &TestServer, word: &str) -> serde_json::Value {
    server.get(&format!("/{word}/v2.0/.well-known/openid-configuration")).await.json()
}

#[tokio::test]
async fn under_its_own_name_a_tenant_is_called_by_no_other() {
    on_both(async |server| {
        let (own, shop) = at_home(&server).await;
        for word in ["woodgrove", server.tenant.as_str()] {
            let document = discovery(&own, word).await;
            assert_eq!(document["issuer"], format!("https://{OWN}/{}/v2.0", server.tenant));
            for (name, value) in document.as_object().unwrap() {
                if let Some(url) = value.as_str().filter(|url| url.starts_with("http")) {
                    assert!(url.starts_with(&format!("https://{OWN}/")), "{name}: {url}");
                }
            }
        }
        // The house's own name goes on as before.
        assert_eq!(discovery(&server, "woodgrove").await["issuer"], format!("https://{HOST}/{}/v2.0", server.tenant));

        server.account(&shop, ADA).await;
        let mut ada = own.browser();
        let asked = shop.asks(&mut ada).await;
        let targets = ada.headers["content-security-policy"].to_str().unwrap().to_owned();
        assert!(targets.contains("form-action 'self' ;"), "{targets}");
        ada.sign_in(ADA, PASSWORD).await;
        // Issuer, answer and tokens are checked by the harness against the name that it was asked by.
        let tokens = shop.tokens(&ada, &asked).await;
        assert_eq!(tokens.id["iss"], format!("https://{OWN}/{}/v2.0", server.tenant));
        assert_eq!(shop.userinfo(&tokens.access_token).await.json()["email"], ADA);
        let refreshed = shop.checked(shop.refresh(&tokens.refresh_token).await).await;
        assert_eq!(refreshed.id["iss"], tokens.id["iss"]);
        let told = shop.call("introspect-token", &[("token", &refreshed.access_token)]).await.json();
        assert_eq!(told["active"], true);

        // Whoever is signed in comes back at once, and signs out at the same name.
        let again = shop.asks(&mut ada).await;
        shop.tokens(&ada, &again).await;
        ada.open(&format!("/{}/oauth2/v2.0/logout?id_token_hint={}", server.tenant, tokens.id_token)).await;
        assert_eq!(shop.userinfo(&refreshed.access_token).await.status, 401);
    })
    .await;
}

/// RFC 9449 §4.3: a proof is for the address that its application wrote.
#[tokio::test]
async fn r34_a_proof_is_for_the_name_that_was_called() {
    on_both(async |server| {
        let (_, shop) = at_home(&server).await;
        server.allow(&shop, &[Permission::UserRead]).await;
        let scope = format!("https://{HOST}/graph/.default");
        let form = [("grant_type", "client_credentials"), ("scope", scope.as_str())];
        let key = ProofKey::default();
        let told = shop.token_with(&key, &form).await;
        assert_eq!(told.json()["token_type"], "DPoP", "{}", told.text());
        // A proof for the house's name opens nothing under the tenant's, and the other way round.
        let (here, there) = (shop.clone(), shop.through(&server));
        for (called, proved) in [(&here, &there), (&there, &here)] {
            let proof = key.for_endpoint(proved, "token");
            assert_eq!(refused(&called.call_with("token", &form, &[("dpop", &proof)]).await), "invalid_dpop_proof");
        }
        // By whatever word the path names the tenant: as it was written.
        let mut named = shop.clone();
        named.tenant = "Woodgrove".into();
        assert_eq!(named.token_with(&key, &form).await.json()["token_type"], "DPoP");
    })
    .await;
}

#[tokio::test]
async fn what_was_answered_under_one_name_is_redeemed_under_it() {
    on_both(async |server| {
        let (own, shop) = at_home(&server).await;
        server.account(&shop, ADA).await;
        let mut ada = own.browser();
        let asked = shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        let code = shop.code(&ada, &asked);
        assert_eq!(refused(&shop.through(&server).redeem(&code, &asked).await), "invalid_grant");
        let elsewhere = shop.through(&server);
        let mut ada = server.browser();
        let asked = elsewhere.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        let code = elsewhere.code(&ada, &asked);
        assert_eq!(refused(&shop.redeem(&code, &asked).await), "invalid_grant");
    })
    .await;
}

/// OpenID Connect Core §12.2: an ID token that is renewed has the issuer of the first one.
#[tokio::test]
async fn tokens_are_renewed_under_the_name_that_gave_them() {
    on_both(async |server| {
        let (_, home) = at_home(&server).await;
        let house = home.through(&server);
        server.account(&home, ADA).await;
        for (here, there) in [(&home, &house), (&house, &home)] {
            let mut ada = here.server.browser();
            let asked = here.asks(&mut ada).await;
            ada.sign_in(ADA, PASSWORD).await;
            let tokens = here.tokens(&ada, &asked).await;
            assert_eq!(refused(&there.refresh(&tokens.refresh_token).await), "invalid_grant");
            // It was not used up; and of one whose answer was lost nobody gets the successor elsewhere.
            let renewed = here.checked(here.refresh(&tokens.refresh_token).await).await;
            assert_eq!(renewed.id["iss"], tokens.id["iss"]);
            assert_eq!(refused(&there.refresh(&tokens.refresh_token).await), "invalid_grant");
            here.checked(here.refresh(&renewed.refresh_token).await).await;
        }
    })
    .await;
}

/// The same on an application's own screens.
#[tokio::test]
async fn a_way_that_screens_began_under_one_name_ends_under_it() {
    on_both(async |server| {
        let (own, shop) = at_home(&server).await;
        let house = Screens::over(&server, &shop.flow).await;
        let home = Screens { application: house.application.through(&own), network: None };
        server.account(&house.application, ADA).await;
        let password = [("grant_type", "password"), ("password", PASSWORD)];
        for (here, there) in [(&house, &home), (&home, &house)] {
            let held = native::token(&here.initiate(ADA, BOTH).await);
            assert_eq!(refused(&there.prove(&held, &password).await), "invalid_grant");
            let held = native::token(&here.initiate(ADA, BOTH).await);
            // Issuer and tokens are checked against the name that was called.
            here.are_good(here.prove(&held, &password).await).await;
        }
    })
    .await;
}

/// The management API has one address, and takes what the tenant issued under any of its names.
#[tokio::test]
async fn a_token_for_the_management_api_counts_whatever_name_it_came_from() {
    on_both(async |server| {
        let (_, shop) = at_home(&server).await;
        server.allow(&shop, &[Permission::UserRead]).await;
        let scope = format!("https://{HOST}/graph/.default");
        let told = shop.token(&[("grant_type", "client_credentials"), ("scope", &scope)]).await.json();
        let token = told["access_token"].as_str().unwrap();
        assert!(shop.issuer().starts_with(&format!("https://{OWN}/")));
        let users = |server: &TestServer| {
            let request = Request::get("/graph/v1.0/users").header("authorization", format!("Bearer {token}"));
            let (server, request) = (server.clone(), request.body(Body::empty()).unwrap());
            async move { server.send(request).await.status }
        };
        assert_eq!(users(&server).await, 200);
        assert_eq!(users(&server.named(OWN)).await, 404);
        // Once the name is given up, nothing that was issued under it counts.
        let admin = server.administrator().await;
        assert_eq!(admin.delete(&format!("/domains/{OWN}")).await.status, 204);
        assert_eq!(users(&server).await, 401);
    })
    .await;
}

/// What clients need, 16: a page would be read by nobody.
#[tokio::test]
async fn applications_are_told_in_their_words_that_another_tenant_is_not_there() {
    on_both(async |server| {
        let (own, shop) = at_home(&server).await;
        server.make_tenant("11111111-6f0c-4f5c-8f7d-3a4c0a9d1b11".into(), "fabrikam").await;
        for tenant in ["fabrikam", "nobody"] {
            for path in [
                "oauth2/v2.0/token",
                "oauth2/v2.0/revoke",
                "b2c_1_susi/oauth2/v2.0/token",
                "oauth2/v2.0/initiate",
                "signup/v1.0/start",
            ] {
                let request = Request::post(format!("/{tenant}/{path}"))
                    .header("content-type", "application/x-www-form-urlencoded")
                    .header("accept", "text/html")
                    .body(Body::from(format!("client_id={}", shop.id)));
                let answered = own.send(request.unwrap()).await;
                assert_eq!((answered.status.as_u16(), refused(&answered).as_str()), (400, "invalid_request"), "{path}");
                assert_eq!(answered.json()["error_codes"][0], 90002, "{path}");
                assert!(answered.header("content-type").starts_with("application/json"), "{path}");
            }
        }
    })
    .await;
}

/// Security R10, R38: nobody else is there, and a name that was given up is nobody's.
#[tokio::test]
async fn r38_under_a_tenant_s_name_only_that_tenant_is_there() {
    on_both(async |server| {
        let (own, _) = at_home(&server).await;
        server.make_tenant("11111111-6f0c-4f5c-8f7d-3a4c0a9d1b11".into(), "fabrikam").await;
        for path in [
            "/fabrikam/v2.0/.well-known/openid-configuration",
            "/11111111-6f0c-4f5c-8f7d-3a4c0a9d1b11/discovery/v2.0/keys",
            "/.well-known/oauth-authorization-server/fabrikam/v2.0",
            "/tfp/fabrikam/x/v2.0/.well-known/openid-configuration",
            "/fabrikam/oauth2/v2.0/logout",
            "/nobody/v2.0/.well-known/openid-configuration",
            "/sentences/11111111-6f0c-4f5c-8f7d-3a4c0a9d1b11/en.x.json",
            "/admin/",
            "/admin/setup",
            "/graph/v1.0/openapi.json",
            &format!("/{}/v2.0/.well-known/openid-configuration", administration::TENANT_ID),
        ] {
            assert_eq!(own.get(path).await.status, 404, "{path}");
        }
        let words = format!("/sentences/{}/en.x.json", server.tenant);
        for path in [
            "/.well-known/oauth-authorization-server/woodgrove/v2.0",
            "/woodgrove/discovery/v2.0/keys",
            "/readyz",
            &words,
        ] {
            assert_eq!(own.get(path).await.status, 200, "{path}");
        }
        // A name is written by host and our own port; whatever else stands there is nobody.
        for (host, status) in [
            (OWN, 200),
            ("ID.Woodgrove.Example", 200),
            ("id.woodgrove.example:443", 200),
            ("id.woodgrove.example:8443", 421),
            ("x.id.woodgrove.example", 421),
            ("id.woodgrove.example.evil.example", 421),
            ("woodgrove.example", 421),
            ("evil@id.woodgrove.example", 421),
        ] {
            assert_eq!(server.named(host).get("/woodgrove/discovery/v2.0/keys").await.status, status, "{host}");
        }
        // A form from the house's own pages is a stranger's here.
        let mut ada = own.browser();
        let shop = server.application().await.through(&own);
        shop.asks(&mut ada).await;
        let request = ada
            .request(axum::http::Method::POST, &ada.page.path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", format!("https://{HOST}"));
        assert_eq!(own.send(request.body(Body::from("answer=address")).unwrap()).await.status, 403);

        let admin = server.administrator().await;
        assert_eq!(admin.delete(&format!("/domains/{OWN}")).await.status, 204);
        assert_eq!(own.get("/woodgrove/discovery/v2.0/keys").await.status, 421);
        // Another tenant may have it then.
        give(&admin.about("fabrikam"), OWN).await;
        assert_eq!(own.get("/fabrikam/discovery/v2.0/keys").await.status, 200);
        assert_eq!(own.get("/woodgrove/discovery/v2.0/keys").await.status, 404);
    })
    .await;
}
