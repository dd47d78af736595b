//! The letter by which an administrator asks somebody to choose a new password.

use super::users::{ADA, ada};
use crate::harness::{PASSWORD, TestServer, on_both};
use axum::http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a_recovery_mail_opens_nothing_and_names_the_way_that_everybody_has() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let id = admin.make("/users", ada()).await;
        let at = format!("/users/{id}/sendRecoveryMail");
        // Nobody can sign in anywhere: there would be no way to go.
        assert_eq!(admin.send("POST", &at, None, &[]).await.status, StatusCode::BAD_REQUEST);
        server.application().await;
        let sent = admin.send("POST", &at, None, &[]).await;
        assert_eq!(sent.status, StatusCode::NO_CONTENT, "{}", sent.text());
        let letter = server.mailbox().latest(ADA).await;
        assert!(letter.code.is_none() && letter.text.contains("Can’t access your account?"), "{}", letter.text);
        assert_eq!(
            server.text("SELECT activity FROM audits ORDER BY sequence DESC LIMIT 1").await,
            "Send recovery mail"
        );

        assert_eq!(admin.patch(&format!("/users/{id}"), &json!({ "accountEnabled": false })).await.status, 204);
        assert_eq!(admin.send("POST", &at, None, &[]).await.status, StatusCode::BAD_REQUEST);
        let by_name = json!({ "displayName": "Bob", "passwordProfile": { "password": PASSWORD },
            "identities": [{ "signInType": "userName", "issuer": "", "issuerAssignedId": "bob" }] });
        let bob = admin.make("/users", by_name).await;
        let nowhere = admin.send("POST", &format!("/users/{bob}/sendRecoveryMail"), None, &[]).await;
        assert!(nowhere.status == 400 && nowhere.text().contains("address"), "{}", nowhere.text());
    })
    .await;
}
