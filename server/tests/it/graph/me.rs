//! `/me`: what people change of themselves, and how often.

use super::users::ADA;
use crate::harness::{Administrator, TestServer, on_both};
use serde_json::json;
use std::time::Duration;

const GRACE: &str = "grace@example.org";

/// Each change stays in the audit for good, and a change of nothing is none.
#[tokio::test]
async fn r39_people_change_themselves_so_often_and_no_more() {
    on_both(async |server: TestServer| {
        let (admin, shop) = (server.administrator().await, server.application().await);
        for address in [ADA, GRACE] {
            server.account(&shop, address).await;
        }
        let signed_in = async |address: &str| {
            let token = server.graph_token(&shop, address).await;
            Administrator { token, account: None, tenant: None, ..admin.clone() }
        };
        let (ada, grace) = (signed_in(ADA).await, signed_in(GRACE).await);
        let grant = json!({ "clientId": shop.id.as_str(), "consentType": "AllPrincipals",
            "resourceId": "00000003-0000-0000-c000-000000000000", "scope": "User.ReadWrite.All" });
        admin.make("/oauth2PermissionGrants", grant).await;
        let rows = async || server.count("SELECT COUNT(*) FROM audits WHERE activity = 'Update user'").await;

        let (lund, paris) = (json!({ "city": "Lund" }), json!({ "city": "Paris" }));
        for _ in 0..29 {
            let changed = ada.patch("/me", &lund).await;
            assert_eq!(changed.status, 204, "{}", changed.text());
        }
        assert_eq!(rows().await, 1, "one change");
        assert_eq!(ada.patch("/me", &paris).await.status, 204);
        let refused = ada.patch("/me", &lund).await;
        assert_eq!(refused.status, 429, "{}", refused.text());
        assert_eq!((rows().await, &ada.read("/me").await["city"]), (2, &json!("Paris")));
        assert_eq!(grace.patch("/me", &lund).await.status, 204, "everybody has a count of their own");

        server.clock.advance(Duration::from_secs(3600));
        assert_eq!(signed_in(ADA).await.patch("/me", &lund).await.status, 204);
        assert_eq!(rows().await, 4);
    })
    .await;
}
