//! Config: the discovery document.

use super::in_profiles;

#[tokio::test]
async fn oidcc_discovery_endpoint_verification() {
    in_profiles("B", async |run| {
        let path = format!("/{}/v2.0/.well-known/openid-configuration", run.shop.tenant);
        let answered = run.server.get(&path).await;
        assert_eq!((answered.status.as_u16(), answered.header("content-type")), (200, "application/json"));
        let document = answered.json();
        // OpenID Connect Discovery 1.0 §4.3: the document's address is its issuer's.
        assert_eq!(document["issuer"], run.shop.issuer());
        for required in
            ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint"]
        {
            assert!(document[required].as_str().unwrap().starts_with("https://"), "{required}");
        }
        for (list, word) in [
            ("response_types_supported", "code"),
            ("response_types_supported", "id_token"),
            ("response_types_supported", "id_token token"),
            ("subject_types_supported", "pairwise"),
            ("id_token_signing_alg_values_supported", "RS256"),
            ("scopes_supported", "openid"),
            ("claims_supported", "sub"),
        ] {
            assert!(document[list].as_array().unwrap().contains(&word.into()), "{list}: {word}");
        }
        let keys = run.server.get(&format!("/{}/discovery/v2.0/keys", run.shop.tenant)).await.json();
        let keys = keys["keys"].as_array().unwrap().clone();
        let kids: std::collections::BTreeSet<String> = keys.iter().map(|key| key["kid"].to_string()).collect();
        assert_eq!(kids.len(), keys.len(), "each has a name of its own");
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(keys.iter().all(|key| key[private].is_null()), "{private}");
        }
    })
    .await;
}
