//! Several requests at once, and bodies that are not what they should be.

use super::FLOWS;
use crate::harness::{ORIGIN, on_both};
use axum::{body::Body, http::Request};
use serde_json::{Value, json};

#[tokio::test]
async fn each_step_has_its_own_answer() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let made = json!({ "displayName": "Tier" });
        let steps = json!({ "requests": [
            { "id": "1", "method": "POST", "url": "/identity/userFlowAttributes", "body": made,
              "headers": { "Content-Type": "application/json" } },
            { "id": "2", "method": "GET", "url": "/identity/userFlowAttributes/extension_tier?$select=id", "dependsOn": ["1"] },
            { "id": "3", "method": "GET", "url": "identity/userFlowAttributes/extension_none" },
            { "id": "4", "method": "DELETE", "url": "/identity/userFlowAttributes/extension_tier", "dependsOn": ["3"] },
            { "id": "5", "method": "POST", "url": "/$batch", "body": {} },
            { "id": "6", "method": "POST", "url": "/microsoft.graph.x/$batch", "body": {} },
        ]});
        let answered = admin.post("/$batch", steps).await;
        assert_eq!(answered.status, 200, "{}", answered.text());
        let responses = answered.json()["responses"].as_array().unwrap().clone();
        let status: Vec<i64> = responses.iter().map(|it| it["status"].as_i64().unwrap()).collect();
        assert_eq!(status, [201, 200, 404, 424, 400, 400], "{}", answered.text());
        assert_eq!(responses[1]["body"]["id"], "extension_tier");
        assert!(responses[0]["headers"]["location"].as_str().unwrap().starts_with(ORIGIN));
        assert_eq!(responses[2]["body"]["error"]["code"], "Request_ResourceNotFound");

        let many: Vec<Value> = (0..21).map(|id| json!({ "id": id.to_string(), "method": "GET", "url": FLOWS })).collect();
        for bad in [
            json!({ "requests": many }),
            json!({ "requests": [] }),
            json!({ "requests": [{ "id": "1", "method": "GET", "url": "/users", "dependsOn": ["2"] }] }),
            json!({ "requests": [{ "id": "1", "method": "GET", "url": "/users" }, { "id": "1", "method": "GET", "url": "/users" }] }),
        ] {
            assert_eq!(admin.post("/$batch", bad).await.status, 400);
        }
        // What a step says of itself cannot be who calls.
        let theft = json!({ "requests": [{ "id": "1", "method": "GET", "url": FLOWS,
            "headers": { "Portico-Tenant": "admin", "Authorization": "Bearer x" } }] });
        assert_eq!(admin.post("/$batch", theft).await.json()["responses"][0]["status"], 200);
    })
    .await;
}

#[tokio::test]
async fn methods_media_types_and_sizes_are_refused_in_graphs_words() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let send = async |method: &str, content_type: &str, accept: &str, body: Vec<u8>| {
            let request = Request::builder()
                .method(method)
                .uri(format!("/graph/v1.0{FLOWS}"))
                .header("authorization", format!("Bearer {}", admin.token))
                .header("portico-tenant", admin.tenant.clone().unwrap())
                .header("content-type", content_type)
                .header("accept", accept);
            let answered = server.send(request.body(Body::from(body)).unwrap()).await;
            (answered.status.as_u16(), answered.json()["error"]["code"].as_str().unwrap_or_default().to_owned())
        };
        let told = |status: u16, code: &str| (status, code.to_owned());
        let json = "application/json";
        assert_eq!(send("PUT", json, json, b"{}".to_vec()).await, told(405, "Request_MethodNotAllowed"));
        assert_eq!(send("POST", "text/xml", json, b"<a/>".to_vec()).await, told(415, "Request_UnsupportedMediaType"));
        assert_eq!(send("GET", json, "application/atom+xml", Vec::new()).await, told(406, "Request_NotAcceptable"));
        for accept in ["*/*", "application/*", "text/html, application/json;odata.metadata=minimal;q=0.8"] {
            assert_eq!(send("GET", json, accept, Vec::new()).await.0, 200, "{accept}");
        }
        // Security R44: deeper than 32, larger than 256 KiB.
        let deep = [b"[".repeat(33), b"]".repeat(33)].concat();
        assert_eq!(send("POST", json, json, deep).await, told(400, "Request_BadRequest"));
        let large = Request::post(format!("/graph/v1.0{FLOWS}")).header("content-type", json);
        let large = large.body(Body::from(vec![b' '; 256 * 1024 + 1])).unwrap();
        assert_eq!(server.send(large).await.status, 413);
    })
    .await;
}
