//! Identity providers: secrets go in and never come out; the switch for one-time passcodes.

use super::{FLOWS, flow};
use crate::harness::on_both;
use serde_json::json;

const PROVIDERS: &str = "/identity/identityProviders";
const EMAIL: &str = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/email";

#[tokio::test]
async fn r33_r40_a_secret_is_sealed_and_never_shown() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let google = json!({"@odata.type": "#microsoft.graph.socialIdentityProvider", "displayName": "Google",
            "identityProviderType": "Google", "clientId": "client", "clientSecret": "canary-secret"});
        assert_eq!(admin.make(PROVIDERS, google.clone()).await, "Google-OAUTH");
        assert_eq!(admin.post(PROVIDERS, google).await.status, 409);
        let shown = admin.read(&format!("{PROVIDERS}/Google-OAUTH")).await;
        assert_eq!(shown["clientSecret"], "******");
        let all = admin.read(PROVIDERS).await.to_string() + &admin.read(FLOWS).await.to_string();
        assert!(!all.contains("canary"));
        for column in ["settings", "sealed"] {
            let kept = match column {
                "settings" => server.text("SELECT settings FROM identity_providers").await,
                _ => server.text("SELECT sealed FROM identity_providers").await,
            };
            assert!(!kept.contains("canary"), "{column}");
        }
        assert_eq!(server.count("SELECT count(*) FROM audits WHERE after LIKE '%canary%'").await, 0);

        let patch = json!({"displayName": "Google accounts", "clientSecret": "******"});
        assert_eq!(admin.patch(&format!("{PROVIDERS}/Google-OAUTH"), patch).await.status, 204);
        assert_eq!(admin.read(&format!("{PROVIDERS}/Google-OAUTH")).await["displayName"], "Google accounts");
        assert_eq!(admin.delete(&format!("{PROVIDERS}/Google-OAUTH")).await.status, 204);
        assert_eq!(admin.delete(&format!("{PROVIDERS}/EmailPassword-OAUTH")).await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn a_provider_in_use_says_where_and_stays() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let oidc = json!({"@odata.type": "#microsoft.graph.oidcIdentityProvider", "displayName": "Partner",
            "clientId": "c", "issuer": "https://idp.example/",
            "wellKnownEndpoint": "https://idp.example/.well-known/openid-configuration", "responseType": "code",
            "scope": "openid", "clientAuthentication": {
                "@odata.type": "#microsoft.graph.oidcClientSecretAuthentication", "clientSecret": "s"}});
        let id = admin.make(PROVIDERS, oidc).await;
        let flow_id = admin.make(FLOWS, flow("Partners")).await;
        let refs = format!(
            "{FLOWS}/{flow_id}/microsoft.graph.externalUsersSelfServiceSignUpEventsFlow/onAuthenticationMethodLoadStart/\
             microsoft.graph.onAuthenticationMethodLoadStartExternalUsersSelfServiceSignUp/identityProviders"
        );
        let reference = json!({"@odata.id": format!("https://x/graph/v1.0/identity/identityProviders/{id}")});
        assert_eq!(admin.post(&format!("{refs}/$ref"), reference).await.status, 204);
        assert_eq!(admin.read(&refs).await["value"].as_array().unwrap().len(), 2);
        let refused = admin.delete(&format!("{PROVIDERS}/{id}")).await;
        assert!(refused.status == 400 && refused.text().contains("Partners"), "{}", refused.text());
        assert_eq!(admin.delete(&format!("{refs}/{id}/$ref")).await.status, 204);
        assert_eq!(admin.delete(&format!("{PROVIDERS}/{id}")).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn a_flow_by_passcode_needs_the_tenants_switch() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let mut by_code = flow("By code");
        by_code["onAuthenticationMethodLoadStart"]["identityProviders"] = json!([{"id": "EmailOtpSignup-OAUTH"}]);
        let refused = admin.post(FLOWS, by_code.clone()).await;
        assert!(refused.status == 400 && refused.text().contains("switched off"), "{}", refused.text());
        assert_eq!(admin.read(EMAIL).await["allowExternalIdToUseEmailOtp"], "disabled");
        let on = json!({"@odata.type": "#microsoft.graph.emailAuthenticationMethodConfiguration",
            "allowExternalIdToUseEmailOtp": "enabled"});
        assert_eq!(admin.patch(EMAIL, on).await.status, 204);
        // Without passwords there is nothing but the code.
        for (rules, target) in
            [(json!({"signInName": "userName"}), "rules/signInName"), (json!({"address": "asTyped"}), "rules/address")]
        {
            let mut wrong = by_code.clone();
            wrong["rules"] = rules;
            let refused = admin.post(FLOWS, wrong).await;
            assert_eq!(refused.json()["error"]["details"][0]["target"], target, "{}", refused.text());
        }
        admin.make(FLOWS, by_code).await;
        let refused = admin.patch(EMAIL, json!({"allowExternalIdToUseEmailOtp": "disabled"})).await;
        assert!(refused.status == 400 && refused.text().contains("By code"), "{}", refused.text());
    })
    .await;
}
