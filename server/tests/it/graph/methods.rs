//! `/users/{id}/authentication`: by what a person proves a second time that it is them, seen and taken away.

use crate::harness::{PASSWORD, on_both};
use app::contract::flow_rules::Lockout;
use serde_json::{Value, json};
use server::{
    directory::{
        audit,
        guess::{self, Rule},
    },
    drive,
};
use std::time::Duration;

const ADA: &str = "ada@example.org";
const OTHER: &str = "Ada@Elsewhere.example";
const KEPT: &str = "ada@elsewhere.example";
const METHOD: &str = "3ddfcfc8-9383-446f-83cc-3ab9be4be18f";

fn ada(with_password: bool) -> Value {
    let identities = [json!({ "signInType": "emailAddress", "issuer": "", "issuerAssignedId": ADA })];
    let mut ada = json!({ "displayName": "Ada Lovelace", "identities": identities });
    if with_password {
        ada["passwordProfile"] = json!({ "password": PASSWORD, "forceChangePasswordNextSignIn": false });
    }
    ada
}

#[tokio::test]
async fn r18_a_second_step_is_given_and_taken_away_and_its_owner_is_told() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let id = admin.make("/users", ada(true)).await;
        let at = format!("/users/{id}/authentication");
        let kinds = async || {
            let told = admin.read(&format!("{at}/methods")).await;
            let kind = |method: &Value| {
                method["@odata.type"].as_str().unwrap().trim_start_matches("#microsoft.graph.").to_owned()
            };
            told["value"].as_array().unwrap().iter().map(kind).collect::<Vec<_>>()
        };
        assert_eq!(kinds().await, ["passwordAuthenticationMethod"]);
        let email = format!("{at}/emailMethods");
        assert_eq!(admin.post(&email, json!({ "emailAddress": "nowhere" })).await.status, 400);
        let made = admin.post(&email, json!({ "emailAddress": OTHER })).await;
        assert_eq!((made.status.as_u16(), &made.json()["id"]), (201, &json!(METHOD)), "{}", made.text());
        let second = admin.post(&email, json!({ "emailAddress": "ada@third.example" })).await;
        assert_eq!(second.status, 409);
        let told = second.json()["error"]["message"].clone();
        assert_eq!(told, "This person has an address for the second step already: remove that one first.");
        assert_eq!(kinds().await, ["passwordAuthenticationMethod", "emailAuthenticationMethod"]);
        assert_eq!(admin.read(&format!("{email}/{METHOD}")).await["emailAddress"], KEPT);
        assert_eq!(admin.read(&email).await["value"][0]["emailAddress"], KEPT);

        let guesser = drive::second_step_guesser(&server.state, &id.as_str().into());
        let rule = Rule { hold_after: |_, _| Duration::ZERO, lockout: Lockout::default(), most: 100 };
        let counted = guess::reserve(&server.state.db, &server.tenant, &guesser, rule, server.now()).await;
        assert!(counted.unwrap());
        assert_eq!(admin.delete(&format!("{email}/another")).await.status, 404);
        assert_eq!(admin.delete(&format!("{email}/{METHOD}")).await.status, 204);
        assert_eq!(admin.delete(&format!("{email}/{METHOD}")).await.status, 404);
        assert_eq!(server.count("SELECT COUNT(*) FROM guesses").await, 0, "guesses at the old one close no new one");
        assert_eq!(kinds().await, ["passwordAuthenticationMethod"]);
        assert_eq!(server.mailbox().to(ADA).await.len(), 2, "once for each change");
        assert_eq!(server.mailbox().to(KEPT).await.len(), 1, "that it is none any more, and not that it is one");
        let rows = audit::list(&server.state.db, &server.tenant, &audit::Wanted::default(), 2).await.unwrap();
        let told: Vec<&str> = rows.iter().map(|row| row.entry.activity.as_str()).collect();
        assert_eq!(told, ["Remove email method", "Add email method"]);
        let written = format!("{:?} {:?}", rows[0].entry.before, rows[1].entry.after);
        assert!(!written.contains("elsewhere"), "the audit outlives the person: {written}");
    })
    .await;
}

#[tokio::test]
async fn the_mailbox_that_signs_in_is_no_second_one() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let id = admin.make("/users", ada(false)).await;
        let email = format!("/users/{id}/authentication/emailMethods");
        let refused = admin.post(&email, json!({ "emailAddress": "ADA@example.org" })).await;
        assert_eq!(refused.status, 400, "{}", refused.text());
        assert!(refused.text().contains("no second one"), "{}", refused.text());
    })
    .await;
}

#[tokio::test]
async fn r42_what_is_held_of_a_person_has_it_and_a_purge_forgets_it() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let id = admin.make("/users", ada(true)).await;
        let second = json!({ "emailAddress": OTHER });
        assert_eq!(admin.post(&format!("/users/{id}/authentication/emailMethods"), second).await.status, 201);
        let held = server::directory::person::everything(&server.state.db, &server.tenant, &id.as_str().into()).await;
        let held = held.unwrap()["addresses"].clone();
        let kept = held.as_array().unwrap().iter().find(|address| address["kind"] == "secondStep");
        assert_eq!(kept.unwrap()["address"], KEPT, "{held}");
        assert_eq!(admin.delete(&format!("/users/{id}")).await.status, 204);
        assert_eq!(admin.delete(&format!("/directory/deletedItems/{id}")).await.status, 204);
        assert_eq!(server.count("SELECT COUNT(*) FROM addresses WHERE kind = 'secondStep'").await, 0);
    })
    .await;
}
