//! `portico keys reseal`: another key for everything that is sealed (security R40).

use crate::harness::{APP, TestServer, on_both, tables};
use app::contract::id::AccountId;
use serde_json::json;
use server::{
    administration::{TENANT_ID, enrolment},
    directory::{sealed::PLACES, second_factor},
    reseal::{Report, reseal},
    secret::{jwt::Algorithm, seal::Seal, totp},
};
use std::collections::BTreeSet;

const ADA: &str = "ada@example.org";
/// Of the servers in tests, and another.
const OLD: &[u8; 32] = b"portico in tests, key of 32 byte";
const NEW: &[u8; 32] = b"portico in tests, key of another";
const NEW_TEXT: &str = "cG9ydGljbyBpbiB0ZXN0cywga2V5IG9mIGFub3RoZXI=";

async fn run(server: &TestServer) -> Report {
    reseal(&server.state.db, &server.state.seal, &server.state.chance).await.unwrap()
}

/// Something sealed in every place.
async fn with_secrets(server: &TestServer) -> AccountId {
    let admin = server.administrator().await;
    let google = json!({"@odata.type": "microsoft.graph.socialIdentityProvider", "displayName": "Google",
        "identityProviderType": "Google", "clientId": "g", "clientSecret": "canary-google"});
    admin.make("/identity/identityProviders", google).await;
    let shop = server.application().await;
    server.account(&shop, ADA).await;
    let mut stranger = server.browser();
    shop.asks(&mut stranger).await;
    stranger.press("Create one").await;
    stranger.fill(&[("Email address", "grace@example.org")]).press("Send code").await;
    // The slow one is made behind everybody's back.
    server.state.keys.signing(&TENANT_ID.into(), Algorithm::RS256).await.unwrap();
    let account = admin.account.clone().unwrap();
    let (offered, _) = enrolment::prepare(&server.state, &account, server.now());
    server.write(|c, _, _| Box::pin(async move { second_factor::offer(c, &TENANT_ID.into(), &offered).await })).await;
    account
}

/// Every sealed text, by its place.
async fn texts(server: &TestServer) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    for place in &PLACES {
        let sql = format!("SELECT sealed FROM {} WHERE sealed <> ''", place.table);
        let texts = server.texts(sql).await;
        assert!(!texts.is_empty(), "nothing is sealed in {}", place.table);
        all.extend(texts.into_iter().map(|text| (place.table, text)));
    }
    all
}

#[test]
fn r40_no_sealed_column_is_forgotten() {
    let there: BTreeSet<String> = tables()
        .into_iter()
        .filter(|(_, columns)| columns.iter().any(|column| column.contains("sealed")))
        .map(|(table, _)| table)
        .collect();
    assert_eq!(there, PLACES.iter().map(|place| place.table.to_owned()).collect());
}

#[tokio::test]
async fn r40_after_a_reseal_the_new_key_opens_everything_and_the_old_one_nothing() {
    on_both(async |server: TestServer| {
        let account = with_secrets(&server).await;
        let before = texts(&server).await;
        let old = Seal::new(OLD);
        assert!(before.iter().all(|(_, text)| text.starts_with(old.key_id())));

        // Nothing is older than the first key: nothing to do.
        assert_eq!(run(&server).await.resealed, 0);
        let old_text = server.state.config.seal_keys[0].clone();
        let both = server
            .with_config(|variables| {
                let old = variables["PORTICO_SEAL_KEY"].clone();
                variables.insert("PORTICO_SEAL_KEY".into(), format!("{NEW_TEXT},{old}"));
            })
            .await;
        assert_eq!(both.state.config.seal_keys[1], old_text);
        let report = run(&both).await;
        assert_eq!((report.resealed, report.closed), (before.len() as u64, Vec::new()));
        // Ada's, and the administrator's.
        assert_eq!(report.passwords, 2);
        assert!(report.application_secrets > 0);
        // Broken off and begun again: what is done stays.
        assert_eq!(run(&both).await.resealed, 0);

        let (after, new) = (texts(&both).await, Seal::new(NEW));
        assert_eq!(after.len(), before.len());
        for (table, text) in &after {
            assert!(text.starts_with(new.key_id()), "{table}");
            assert!(old.open("", text).unwrap_err().to_string().contains(new.key_id()), "{table}");
        }
        let factor = second_factor::context(&TENANT_ID.into(), &account);
        let kept = server.text("SELECT sealed FROM second_factors").await;
        assert_eq!(new.open(&factor, &kept).unwrap(), APP);
        let offered = server.text("SELECT sealed FROM enrolments").await;
        assert_eq!(new.open(&factor, &offered).unwrap().len(), totp::secret(&server.state.chance).len());
        let google = server.text("SELECT sealed FROM identity_providers").await;
        let context = format!("{}|identity_providers|sealed|Google-OAUTH", server.tenant);
        assert_eq!(new.open(&context, &google).unwrap(), b"canary-google");

        // The new key alone: letters are read and tokens signed; passwords want the old one behind it.
        assert_eq!(both.mailbox().code("grace@example.org").await.len(), 8);
        both.state.keys.ring(&TENANT_ID.into()).await.unwrap();
        let alone =
            server.with_config(|variables| _ = variables.insert("PORTICO_SEAL_KEY".into(), NEW_TEXT.into())).await;
        assert_eq!(alone.mailbox().code("grace@example.org").await.len(), 8);
        alone.state.keys.ring(&TENANT_ID.into()).await.unwrap();
        assert!(server.another().await.state.keys.ring(&TENANT_ID.into()).await.is_err(), "the old key alone");
    })
    .await;
}

#[tokio::test]
async fn r40_a_reseal_leaves_alone_what_it_cannot_open_and_says_where_it_is() {
    on_both(async |server: TestServer| {
        with_secrets(&server).await;
        let count = texts(&server).await.len() as u64;
        server
            .write(|c, _, _| {
                Box::pin(async move {
                    sqlx::query("UPDATE identity_providers SET sealed = '00000000.AAAA'").execute(c).await?;
                    Ok(())
                })
            })
            .await;
        let both = server
            .with_config(|variables| {
                let old = variables["PORTICO_SEAL_KEY"].clone();
                variables.insert("PORTICO_SEAL_KEY".into(), format!("{NEW_TEXT},{old}"));
            })
            .await;
        let report = run(&both).await;
        assert_eq!(report.resealed, count - 1);
        assert!(matches!(report.closed.as_slice(), [one] if one.starts_with("identity_providers, ")), "{report:?}");
        assert_eq!(both.text("SELECT sealed FROM identity_providers").await, "00000000.AAAA");
    })
    .await;
}
