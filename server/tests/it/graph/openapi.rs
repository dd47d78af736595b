//! The document says what the router does: no more, no less.

use crate::harness::on_both;
use axum::{body::Body, http::Request};

#[tokio::test]
async fn the_document_tells_every_route_and_every_route_answers() {
    on_both(async |server| {
        let document = server.get("/graph/v1.0/openapi.json").await;
        assert_eq!(document.status, 200);
        let document = document.json();
        let paths = document["paths"].as_object().unwrap();
        for (path, methods) in paths {
            for method in ["get", "post", "patch", "put", "delete"] {
                let filled = path.replace(['{', '}'], "");
                let request = Request::builder().method(method.to_uppercase().as_str());
                let request = request.uri(format!("/graph/beta{filled}")).body(Body::empty()).unwrap();
                let status = server.send(request).await.status.as_u16();
                let told = methods.get(method).is_some();
                // Without a token: 401 where it is, 405 where only other methods are.
                let open = methods[method].get("security").is_none();
                let wanted = match (told, open) {
                    (false, _) => 405,
                    (true, true) => 200,
                    (true, false) => 401,
                };
                assert_eq!(status, wanted, "{method} {path}");
            }
        }
        assert_eq!(server.get("/graph/v1.0/identity/nothing").await.status, 404);
        assert_eq!(server.get("/graph/v3/openapi.json").await.status, 404);
    })
    .await;
}
