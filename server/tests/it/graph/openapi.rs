//! The document says what the router does: no more, no less.

use super::world::World;
use crate::harness::on_both;
use axum::{body::Body, http::Request};
use serde_json::Value;

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

/// What it offers to be asked is answered, and what it does not offer is refused; every list tells what it follows, or is one of
/// the few that are answered whole.
#[tokio::test]
async fn the_document_tells_every_option_of_its_lists() {
    const OTHERS: [&str; 7] =
        ["$filter=id eq 'x'", "$orderby=id", "$expand=nothing", "$select=id", "$search=x", "$top=1", "$count=true"];
    // Documents and pictures, which are what they are.
    const WITHOUT: [&str; 4] = [
        "/openapi.json",
        "/export",
        "/organization/{id}/branding/{picture}",
        "/organization/{id}/branding/localizations/0/{picture}",
    ];
    // Lists that are answered whole, whatever is asked for.
    const WHOLE: [&str; 3] = [
        "/identity/identityProviders/availableProviderTypes",
        "/organization/{id}/sentences/{language}",
        "/reports/daily",
    ];
    on_both(async |server| {
        let admin = server.administrator().await;
        let world = World::make(&admin, "a").await;
        let document = server.get("/graph/v1.0/openapi.json").await.json();
        let (mut asked, mut lists, mut pages) = (0, 0, 0);
        for (path, methods) in document["paths"].as_object().unwrap() {
            let Some(get) = methods.get("get").filter(|_| !WITHOUT.contains(&path.as_str())) else { continue };
            let parameters = get["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
            let options: Vec<&Value> = parameters.iter().filter(|it| it["in"] == "query").collect();
            let at = world.fill(path);
            for option in &options {
                let name = option["name"].as_str().unwrap();
                let examples = option["schema"]["examples"].as_array().map(Vec::as_slice).unwrap_or_default();
                // Where a page ended is told by the page itself.
                assert!(name == "$skiptoken" || !examples.is_empty(), "{path}: {name}");
                for example in examples {
                    let example = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
                    let answered = admin.get(&format!("{at}?{name}={example}")).await;
                    assert_eq!(answered.status, 200, "{at}?{name}={example}: {}", answered.text());
                    asked += 1;
                }
            }
            for other in OTHERS {
                let name = other.split_once('=').unwrap().0;
                if name == "$expand" || !options.iter().any(|option| option["name"] == name) {
                    assert_eq!(admin.get(&format!("{at}?{other}")).await.status, 400, "{at}?{other}");
                }
            }
            let tells = |name: &str| options.iter().any(|option| option["name"] == name);
            assert_eq!(tells("$skiptoken"), tells("$top"), "{path}");
            let shown = admin.get(&at).await;
            let shown = serde_json::from_str::<Value>(&shown.text()).unwrap_or_default();
            if shown["value"].is_array() {
                assert_eq!(tells("$top"), !WHOLE.contains(&path.as_str()), "{path}");
                lists += 1;
            }
            if tells("$top") {
                let first = admin.read(&format!("{at}?$top=1")).await;
                if let Some(next) = first["@odata.nextLink"].as_str() {
                    let (_, next) = next.split_once("/graph/v1.0").unwrap();
                    assert_eq!(admin.get(next).await.status, 200, "{next}");
                    pages += 1;
                }
            }
        }
        assert!(asked > 100 && lists > 20 && pages > 5, "{asked} {lists} {pages}");
        let schemas = &document["components"]["schemas"];
        for (name, property) in [
            ("User", "identities"),
            ("Application", "web"),
            ("UserFlow", "onAttributeCollection"),
            ("Branding", "signInPageText"),
            ("SignIn", "userPrincipalName"),
            ("DirectoryAudit", "targetResources"),
        ] {
            assert!(schemas[name]["properties"][property].is_object(), "{name}/{property}");
        }
        let made = &document["paths"]["/users"]["post"]["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(made["$ref"], "#/components/schemas/User");
        assert_eq!(schemas["Branding"]["properties"]["signInPageText"]["maxLength"], 1024);
    })
    .await;
}
