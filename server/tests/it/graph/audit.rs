//! Every change leaves one row in the audit, and no row can be changed unseen.

use super::{FLOWS, flow};
use crate::harness::on_both;
use futures::FutureExt;
use serde_json::json;
use server::directory::{
    Durability, Unit,
    audit::{self, Verdict},
};

#[tokio::test]
async fn r41_each_change_is_one_row_of_an_unbroken_chain() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let id = admin.make(FLOWS, flow("Shop")).await;
        let at = format!("{FLOWS}/{id}");
        for (method, path, body) in [
            ("PATCH", at.clone(), json!({"description": "x"})),
            ("POST", "/identity/userFlowAttributes".into(), json!({"displayName": "Tier"})),
            ("PATCH", "/identity/userFlowAttributes/extension_tier".into(), json!({"description": "y"})),
            ("DELETE", "/identity/userFlowAttributes/extension_tier".into(), json!({})),
            ("DELETE", at, json!({})),
        ] {
            let rows = async || audit::list(&server.state.db, &server.tenant, None, 100).await.unwrap();
            let before = rows().await.len();
            let id = server.state.chance.id();
            let answered = admin.send(method, &path, Some(&body), &[("client-request-id", &id)]).await;
            assert!(answered.status.is_success(), "{method} {path}: {}", answered.text());
            assert_eq!(answered.header("client-request-id"), id);
            let after = rows().await;
            assert_eq!(after.len(), before + 1, "{method} {path}");
            assert_eq!(after[0].entry.correlation, id);
            assert_eq!(after[0].entry.actor.id, admin.account.as_ref().unwrap().as_str());
        }
        // What is refused changes nothing and leaves nothing.
        assert_eq!(admin.post(FLOWS, json!({})).await.status, 400);
        assert_eq!(audit::verify(&server.state.db, &server.tenant).await.unwrap(), Verdict::Whole { rows: 6 });

        let mut unit = Unit::new(Durability::Lasting);
        unit.add(Durability::Lasting, |c| {
            async move {
                sqlx::query("UPDATE audits SET after = REPLACE(after, 'Tier', 'Tear') WHERE sequence = 3")
                    .execute(c)
                    .await?;
                Ok(())
            }
            .boxed()
        });
        server.state.db.commit(unit).await.unwrap();
        assert_eq!(audit::verify(&server.state.db, &server.tenant).await.unwrap(), Verdict::BrokenAt { sequence: 3 });
    })
    .await;
}

#[tokio::test]
async fn r41_changes_at_the_same_moment_keep_one_chain() {
    on_both(async |server| {
        let admin = server.administrator().await;
        crate::harness::at_once(8, |number| {
            let admin = admin.clone();
            async move { admin.make(FLOWS, flow(&format!("Flow {number}"))).await }
        })
        .await;
        assert_eq!(audit::verify(&server.state.db, &server.tenant).await.unwrap(), Verdict::Whole { rows: 8 });
    })
    .await;
}
