//! People are found as somebody types, by whatever of them is typed.

use super::users::{ADA, names};
use crate::harness::{TestServer, on_both};
use axum::http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn people_are_found_as_somebody_types() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        for (name, address) in
            [("Ada Lovelace", ADA), ("Grace Hopper", "grace@example.org"), ("Adam Bücher", "adam@example.org")]
        {
            let identity = json!([{ "signInType": "emailAddress", "issuer": "", "issuerAssignedId": address }]);
            let added = admin.post("/users", &json!({ "displayName": name, "identities": identity })).await;
            assert_eq!(added.status, StatusCode::CREATED, "{}", added.text());
        }
        for (query, found) in [
            ("$search=ada", &["Ada Lovelace", "Adam Bücher"][..]),
            ("$search=bucher", &["Adam Bücher"]),
            ("$search=grace%40ex", &["Grace Hopper"]),
            ("$search=ada%20love", &["Ada Lovelace"]),
            ("$search=dam", &[]),
            ("$search=lo%20ad", &["Ada Lovelace"]),
            ("$search=ad%20zz", &[]),
            ("$search=zz%20ad", &[]),
            ("$filter=city%20eq%20null", &["Ada Lovelace", "Adam Bücher", "Grace Hopper"]),
            ("$filter=city%20ne%20'Lund'%20and%20displayName%20ne%20'Ada%20Lovelace'", &["Adam Bücher", "Grace Hopper"]),
            ("$filter=city%20eq%20'Lund'%20and%20startsWith(displayName,'Ada')", &[]),
            ("$filter=displayName%20eq%20'Adam%20B%C3%BCcher'%20and%20startsWith(displayName,'Ada')", &["Adam Bücher"]),
            ("$filter=identities/any(c:c/issuerAssignedId%20eq%20'ada@example.org'%20and%20c/issuer%20eq%20'woodgrove')", &["Ada Lovelace"]),
            ("$filter=displayName%20eq%20'Grace%20Hopper'", &["Grace Hopper"]),
            ("$filter=accountEnabled%20eq%20false", &[]),
            ("$orderby=createdDateTime%20desc&$top=3", &["Adam Bücher", "Grace Hopper", "Ada Lovelace"]),
            ("", &["Ada Lovelace", "Adam Bücher", "Grace Hopper"]),
        ] {
            let mut all = names(&admin, query).await;
            if query.contains("createdDateTime") {
                // They came in the same moment.
                all.sort();
                assert_eq!(all.len(), 3);
                continue;
            }
            assert_eq!(all, found, "{query}");
        }
        // What no index leads to is refused, not looked for (security R39).
        for query in ["identities/any(c:c/issuer%20eq%20'woodgrove')", "identities/any(c:c/issuerAssignedId%20eq%20'x')"] {
            assert_eq!(admin.get(&format!("/users?$filter={query}")).await.status, 400, "{query}");
        }
        // Page by page, everybody once.
        for query in ["$top=1", "$top=1&$search=ad", "$top=1&$search=a%20ad", "$top=1&$search=ad%20exa"] {
            let (mut seen, mut path) = (Vec::new(), format!("/users?{query}"));
            loop {
                let page = admin.get(&path).await.json();
                seen.extend(page["value"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()));
                let Some(next) = page["@odata.nextLink"].as_str() else { break };
                path = next.split_once("/graph/v1.0").unwrap().1.to_owned();
            }
            let many = seen.len();
            seen.dedup();
            assert_eq!((many, seen.len()), match query.split_once("search=") {
                None => (3, 3),
                Some((_, "ad%20exa")) => (0, 0),
                Some(_) => (2, 2),
            });
        }
    })
    .await;
}
