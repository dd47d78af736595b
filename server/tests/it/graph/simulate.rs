//! A walk through a flow that nobody takes: what they would see, what an application would be told, and nothing written.

use super::FLOWS;
use crate::harness::{Administrator, TestServer, input, on_both};
use app::contract::{
    flow_rules::AddressProof,
    user_flow::{Input, Method},
};
use serde_json::{Value, json};

async fn shop(server: &TestServer, method: Method) -> String {
    let shop = server
        .flow(|flow| {
            flow.method = method;
            flow.layout.inputs.push(Input { required: true, ..input("city", "City") });
            flow.claims = vec!["city".into()];
        })
        .await;
    format!("{FLOWS}/{}/simulate", shop.flow)
}

async fn walk(admin: &Administrator, path: &str, body: Value) -> Value {
    let answered = admin.post(path, body).await;
    assert_eq!(answered.status, 200, "{}", answered.text());
    answered.json()
}

fn steps(walk: &Value) -> Vec<&str> {
    walk["steps"].as_array().unwrap().iter().map(|seen| seen["page"]["step"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_sign_up_is_walked_to_its_claims_and_writes_nothing() {
    on_both(async |server| {
        let (admin, path) = (server.administrator().await, shop(&server, Method::Passcode).await);
        let rows = async || {
            server.count("SELECT (SELECT COUNT(*) FROM accounts) + (SELECT COUNT(*) FROM outbox) + (SELECT COUNT(*) FROM journeys)").await
        };
        let before = rows().await;
        let answers = json!([
            {"fields": {"answer": "address", "address": "ada@example.org"}},
            {"fields": {"answer": "code", "code": "00000000"}},
            {"fields": {"answer": "code", "code": "12345678"}},
            {"fields": {"answer": "attributes", "revision": "1", "attribute.displayName": "Ada"}},
            {"fields": {"answer": "attributes", "revision": "1", "attribute.displayName": "Ada", "attribute.city": "Lund"}},
        ]);
        let walk = walk(&admin, &path, json!({"path": "signUp", "answers": answers})).await;
        assert_eq!(steps(&walk), ["address", "code", "code", "attributes", "attributes"]);
        assert_eq!(walk["steps"][4]["faults"][0]["field"], "attribute.city");
        assert_eq!((&walk["outcome"], &walk["answersUsed"]), (&json!("signedUp"), &json!(5)));
        assert_eq!((&walk["claims"]["name"], &walk["claims"]["city"]), (&json!("Ada"), &json!("Lund")));
        assert_eq!(rows().await, before, "nothing was written, nobody got a mail");
    })
    .await;
}

#[tokio::test]
async fn somebody_with_an_account_is_pretended() {
    on_both(async |server| {
        let (admin, path) = (server.administrator().await, shop(&server, Method::Password).await);
        let accounts =
            json!([{"address": "bea@example.org", "password": "a bird in the hand", "attributes": {"city": "Faro"}}]);
        let answers = |password: &str| {
            json!([
                {"fields": {"answer": "address", "address": "bea@example.org"}},
                {"fields": {"answer": "password", "password": password}},
            ])
        };
        let right = walk(&admin, &path, json!({"accounts": accounts, "answers": answers("a bird in the hand")})).await;
        assert_eq!((&right["outcome"], &right["claims"]["city"]), (&json!("signedIn"), &json!("Faro")));
        let wrong = walk(&admin, &path, json!({"accounts": accounts, "answers": answers("two in the bush")})).await;
        assert_eq!((&wrong["outcome"], steps(&wrong)), (&Value::Null, vec!["address", "password", "password"]));
    })
    .await;
}

/// As the server does it: who takes a known address as typed is asked for the code that comes to it.
#[tokio::test]
async fn nobody_signs_up_with_a_known_address() {
    on_both(async |server| {
        let shop = server.flow(|flow| flow.rules.address = AddressProof::AsTyped).await;
        let (admin, path) = (server.administrator().await, format!("{FLOWS}/{}/simulate", shop.flow));
        let answers = json!([
            {"fields": {"answer": "address", "address": "Bea@example.org"}},
            {"fields": {"answer": "newPassword", "password": "a bird in the hand"}},
            {"fields": {"answer": "attributes", "revision": "1", "attribute.displayName": "Bea"}},
        ]);
        let new = walk(&admin, &path, json!({"path": "signUp", "answers": answers})).await;
        assert_eq!(new["outcome"], "signedUp");
        let accounts = json!([{"address": "bea@example.org", "password": "two in the bush"}]);
        let known = walk(&admin, &path, json!({"path": "signUp", "accounts": accounts, "answers": answers})).await;
        assert_eq!(
            (&known["outcome"], steps(&known)),
            (&Value::Null, vec!["address", "newPassword", "attributes", "code"])
        );
    })
    .await;
}

#[tokio::test]
async fn r14_an_answer_that_no_page_sends_is_refused() {
    on_both(async |server| {
        let (admin, path) = (server.administrator().await, shop(&server, Method::Passcode).await);
        let answers = json!([{"fields": {"answer": "address", "address": "a@example.org", "role": "admin"}}]);
        let answered = admin.post(&path, json!({"answers": answers})).await;
        assert_eq!(answered.status, 400);
        assert!(answered.text().contains("answers/0/fields"), "{}", answered.text());
    })
    .await;
}
