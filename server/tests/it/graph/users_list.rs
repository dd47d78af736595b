//! Lists of people: what is answered is what was asked, for scripts delete by it.

use crate::harness::{Administrator, TestServer, on_both};
use serde_json::{Value, json};

/// Somebody with an address, and what else is told of them.
async fn person(admin: &Administrator, name: &str, address: &str, more: Value) -> String {
    let identity = json!([{ "signInType": "emailAddress", "issuer": "", "issuerAssignedId": address }]);
    let mut user = json!({ "displayName": name, "identities": identity });
    user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    admin.make("/users", user).await
}

/// Everybody on all pages, sorted by name.
async fn names(admin: &Administrator, query: &str) -> Vec<String> {
    let (mut names, mut path) = (Vec::new(), format!("/users?{query}"));
    loop {
        let page = admin.read(&path).await;
        let people = page["value"].as_array().unwrap().iter();
        names.extend(people.map(|it| it["displayName"].as_str().unwrap().to_owned()));
        let Some(next) = page["@odata.nextLink"].as_str() else { break };
        path = next.split_once("/graph/v1.0").unwrap().1.to_owned();
    }
    names.sort();
    names
}

#[tokio::test]
async fn r39_a_list_is_of_those_who_were_asked_for_and_of_nobody_else() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        person(&admin, "Test Pilot", "ann@example.org", json!({ "city": "Lund" })).await;
        person(&admin, "Ann Test", "test.ann@example.org", json!({ "city": "Oslo", "accountEnabled": false })).await;
        person(&admin, "Ärzte Test", "Test!2@example.org", json!({ "surname": "Hopper", "city": "Lund" })).await;
        let id = person(&admin, "Ann Ann", "anna@example.org", json!({ "city": "Oslo" })).await;
        for (query, found) in [
            ("$filter=startsWith(mail,'test')", &["Ann Test", "Ärzte Test"][..]),
            ("$filter=startsWith(mail,'TEST!')", &["Ärzte Test"]),
            ("$filter=startsWith(mail,'.')", &[]),
            ("$filter=startsWith(displayName,'test')", &["Test Pilot"]),
            ("$filter=startsWith(displayName,'pilot')", &[]),
            ("$filter=startsWith(displayName,'Test P')", &["Test Pilot"]),
            ("$filter=startsWith(displayName,'ann')&$top=1", &["Ann Ann", "Ann Test"]),
            ("$filter=startsWith(displayName,'%C3%A4r')", &["Ärzte Test"]),
            ("$filter=startsWith(surname,'hop')", &["Ärzte Test"]),
            ("$filter=startsWith(givenName,'test')", &[]),
            (
                "$filter=startsWith(displayName,'test') or startsWith(mail,'test')",
                &["Ann Test", "Test Pilot", "Ärzte Test"],
            ),
            ("$filter=startsWith(displayName,'test') or startsWith(mail,'anna')", &["Ann Ann", "Test Pilot"]),
            ("$filter=startsWith(displayName,'test') and city eq 'Oslo'", &[]),
            ("$filter=startsWith(mail,'test') and city eq 'Lund'", &["Ärzte Test"]),
            ("$filter=not startsWith(mail,'test')", &["Ann Ann", "Test Pilot"]),
            ("$search=test", &["Ann Test", "Test Pilot", "Ärzte Test"]),
            ("$search=test&$filter=city eq 'Lund'", &["Test Pilot", "Ärzte Test"]),
            ("$search=test&$filter=accountEnabled eq true&$top=1", &["Test Pilot", "Ärzte Test"]),
            ("$search=,&$filter=city eq 'Lund'", &[]),
            ("$filter=startsWith(userPrincipalName,'test')", &[]),
            (&format!("$filter=startsWith(userPrincipalName,'{}')", &id[..9]), &["Ann Ann"]),
            (&format!("$filter=startsWith(userPrincipalName,'{id}@')"), &["Ann Ann"]),
            (&format!("$filter=startsWith(userPrincipalName,'{id}@elsewhere')"), &[]),
        ] {
            assert_eq!(names(&admin, query).await, found, "{query}");
        }
        let ordered = admin.read("/users?$search=test&$orderby=displayName&$select=displayName").await;
        assert_eq!(ordered["value"][1]["displayName"], "Ärzte Test", "as the letters are without their marks");
    })
    .await;
}

/// However it is written, and whatever means something in a pattern elsewhere.
#[tokio::test]
async fn r39_people_are_found_by_how_a_value_begins() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let mut ids = Vec::new();
        for (name, city) in [
            ("Ada", "Lund"),
            ("Bea", "LUND"),
            ("Cai", "lundby"),
            ("Dov", "Lyon"),
            ("Eli", "Zürich"),
            ("Fay", "ZÜRICH"),
            ("Gus", "Lu%nd"),
            ("Hal", "Lu_nd"),
            ("Ida", "New York"),
            ("Jon", "Ürzig"),
        ] {
            let address = format!("{}@example.org", name.to_lowercase());
            ids.push(person(&admin, name, &address, json!({ "city": city, "country": "SE" })).await);
        }
        for (query, found) in [
            ("$filter=startsWith(city,'lund')", &["Ada", "Bea", "Cai"][..]),
            ("$filter=startsWith(city,'LUND')&$top=1", &["Ada", "Bea", "Cai"]),
            ("$filter=startsWith(city,'lundb')", &["Cai"]),
            ("$filter=startsWith(city,'lundbye')", &[]),
            ("$filter=startsWith(city,'lu%25')", &["Gus"]),
            ("$filter=startsWith(city,'lu_')", &["Hal"]),
            ("$filter=startsWith(city,'z%C3%BC')", &["Eli", "Fay"]),
            ("$filter=startsWith(city,'Z%C3%9CR')", &["Eli", "Fay"]),
            ("$filter=startsWith(city,'%C3%BCr')", &["Jon"]),
            ("$filter=startsWith(city,'new y')", &["Ida"]),
            ("$filter=startsWith(city,'se')", &[]),
            ("$filter=startsWith(city,'l') and not startsWith(city,'lu')", &["Dov"]),
            ("$filter=startsWith(city,'lu') and startsWith(country,'s')&$top=2", &["Ada", "Bea", "Cai", "Gus", "Hal"]),
            ("$filter=startsWith(city,'lun')&$orderby=displayName&$top=1", &["Ada", "Bea", "Cai"]),
            ("$filter=startsWith(city,'ly') or startsWith(city,'new')", &["Dov", "Ida"]),
            ("$search=bea&$filter=startsWith(city,'lu')", &["Bea"]),
        ] {
            assert_eq!(names(&admin, query).await, found, "{query}");
        }
        assert_eq!(admin.get("/users/$count?$filter=startsWith(city,'lu')").await.text(), "5");
        // Whoever moves, has no city any more, or is gone.
        for (n, city) in [(0, json!("Lyon")), (1, Value::Null)] {
            assert_eq!(admin.patch(&format!("/users/{}", ids[n]), json!({ "city": city })).await.status, 204);
        }
        assert_eq!(admin.delete(&format!("/users/{}", ids[2])).await.status, 204);
        assert_eq!(names(&admin, "$filter=startsWith(city,'lun')").await, Vec::<String>::new());
        assert_eq!(names(&admin, "$filter=startsWith(city,'lyo')&$top=1").await, ["Ada", "Dov"]);
    })
    .await;
}

#[tokio::test]
async fn a_list_is_counted_through_its_filter() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        for (n, city) in ["Lund", "Oslo", "Lund"].into_iter().enumerate() {
            person(&admin, &format!("Ada {n}"), &format!("ada{n}@example.org"), json!({ "city": city })).await;
        }
        for (query, count) in [
            ("$count=true", 3),
            ("$count=true&$top=1&$filter=city eq 'Lund'", 2),
            ("$count=true&$filter=not startsWith(displayName,'ada 1')", 2),
            ("$count=true&$search=ada&$filter=city eq 'Oslo'", 1),
            ("$count=true&$filter=mail eq 'ada0@example.org'&$orderby=displayName", 1),
        ] {
            assert_eq!(admin.read(&format!("/users?{query}")).await["@odata.count"], count, "{query}");
        }
        assert_eq!(admin.get("/users/$count?$filter=city eq 'Lund'").await.text(), "2");
        assert_eq!(admin.get("/users/$count?$search=ada").await.text(), "3");
        assert_eq!(admin.get("/users/$count?$top=1").await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn people_are_found_by_when_they_were_made() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let id = person(&admin, "Ada", "ada@example.org", json!({})).await;
        let made = admin.read(&format!("/users/{id}")).await["createdDateTime"].as_str().unwrap().to_owned();
        for (operator, found) in [("ge", 1), ("gt", 0), ("le", 1), ("lt", 0)] {
            let people = names(&admin, &format!("$filter=createdDateTime {operator} {made}")).await;
            assert_eq!(people.len(), found, "{operator}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_attribute_of_the_tenant_answers_to_graphs_name_in_people_too() {
    const GRAPHS: &str = "extension_0f0fe0e0e0e0e0e0e0e0e0e0e0e0e0e0_tier";
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let tier = json!({ "displayName": "Tier", "dataType": "int64" });
        assert_eq!(admin.make("/identity/userFlowAttributes", tier).await, "extension_tier");
        let id = person(&admin, "Ada", "ada@example.org", json!({ GRAPHS: 3 })).await;
        let at = format!("/users/{id}");
        assert_eq!(admin.read(&at).await["extension_tier"], 3);
        assert_eq!(admin.read(&format!("{at}?$select={GRAPHS}")).await[GRAPHS], 3);
        let list = admin.read(&format!("/users?$filter={GRAPHS} eq 3&$select=id,{GRAPHS}")).await;
        assert_eq!((&list["value"][0]["id"], &list["value"][0][GRAPHS]), (&json!(id), &json!(3)));
        assert_eq!(names(&admin, "$filter=extension_tier eq 3").await, ["Ada"]);
        assert_eq!(admin.get("/users?$filter=extension_none eq 3").await.status, 400);

        assert_eq!(admin.patch(&at, json!({ GRAPHS: 4 })).await.status, 204);
        assert_eq!(admin.read(&at).await["extension_tier"], 4);
        assert_eq!(admin.patch(&at, json!({ GRAPHS: 5, "extension_tier": 6 })).await.status, 400);
        assert_eq!(admin.patch(&at, json!({ GRAPHS: null })).await.status, 204);
        assert_eq!(admin.read(&at).await["extension_tier"], Value::Null);
    })
    .await;
}
