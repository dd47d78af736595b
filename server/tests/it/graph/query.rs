//! What lists are asked for: filters, order, pages; and what must not come through.

use super::{FLOWS, flow};
use crate::harness::on_both;
use serde_json::{Value, json};

fn names(list: &Value) -> Vec<&str> {
    list["value"].as_array().unwrap().iter().map(|it| it["displayName"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn lists_are_filtered_ordered_counted_and_paged() {
    on_both(async |server| {
        let admin = server.administrator().await;
        for name in ["Alpha", "beta", "Gamma", "Delta", "epsilon"] {
            admin.make(FLOWS, flow(name)).await;
        }
        let list = admin.read(&format!("{FLOWS}?$filter=startswith(displayName,'D') or displayName eq 'ALPHA'")).await;
        assert_eq!(names(&list), ["Alpha", "Delta"]);
        let list = admin
            .read(&format!(
                "{FLOWS}?$filter=microsoft.graph.externalUsersSelfServiceSignUpEventsFlow/onAttributeCollection/\
                 microsoft.graph.onAttributeCollectionExternalUsersSelfServiceSignUp/attributes/any(a:a/id eq 'city')"
            ))
            .await;
        assert_eq!(names(&list), [] as [&str; 0]);

        let mut list =
            admin.read(&format!("{FLOWS}?$orderby=displayName desc&$top=2&$count=true&$select=displayName")).await;
        assert_eq!(list["@odata.count"], 5);
        let mut seen: Vec<String> = names(&list).into_iter().map(String::from).collect();
        while let Some(next) = list["@odata.nextLink"].as_str() {
            let path = next.split_once("/graph/v1.0").unwrap().1.to_owned();
            // A place is ours: who changes it begins again.
            assert_eq!(admin.get(&path.replace("skiptoken=", "skiptoken=x")).await.status, 400);
            assert_eq!(admin.get(&path.replace("desc", "asc")).await.status, 400);
            list = admin.read(&path).await;
            seen.extend(names(&list).into_iter().map(String::from));
        }
        assert_eq!(seen, ["Gamma", "epsilon", "Delta", "beta", "Alpha"]);
        assert!(list["value"][0].get("priority").is_none());
    })
    .await;
}

/// What has opened other houses' databases. Here it is refused, or finds nothing.
#[tokio::test]
async fn r39_injections_find_nothing() {
    const CORPUS: [&str; 9] = [
        "displayName eq '' or 1=1 --'",
        "displayName eq '''; DROP TABLE user_flows; --'",
        "displayName eq 'x' union select hash from sessions",
        "startswith(displayName,'%') or true",
        "1 eq 1",
        "displayName eq 'x') or (tenant_id ne 'x'",
        "secret ne null",
        "displayName/any(x:x eq 'a')",
        "contains(displayName,'_') and contains(displayName,'%')",
    ];
    on_both(async |server| {
        let admin = server.administrator().await;
        admin.make(FLOWS, flow("Alpha")).await;
        for filter in CORPUS {
            let filter: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
            let answered = admin.get(&format!("{FLOWS}?$filter={filter}")).await;
            let found = answered.status == 200 && !names(&answered.json()).is_empty();
            assert!(!found && [200, 400].contains(&answered.status.as_u16()), "{filter}: {}", answered.text());
        }
        assert_eq!(names(&admin.read(FLOWS).await), ["Alpha"]);
    })
    .await;
}

#[tokio::test]
async fn cve_2026_46689_and_r39_a_heavy_filter_is_refused() {
    on_both(async |server| {
        let admin = server.administrator().await;
        for filter in ["(".repeat(5000), vec!["a%20eq%201"; 300].join("%20or%20"), "not%20".repeat(400)] {
            assert_eq!(admin.get(&format!("{FLOWS}?$filter={filter}")).await.status, 400);
        }
        for asked in ["$top=0", "$top=x", "$apply=x", "$top=1&$top=2", &format!("$search={}", "a".repeat(129))] {
            assert_eq!(admin.get(&format!("{FLOWS}?{asked}")).await.status, 400, "{asked}");
        }
    })
    .await;
}

/// Whoever asks for what is not offered is told so: the answer to something else would be taken for the one that was asked.
#[tokio::test]
async fn an_option_is_followed_or_refused() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let flow = admin.make(FLOWS, flow("Alpha")).await;
        let application = admin.make("/applications", json!({ "displayName": "Shop" })).await;
        let identity = json!([{ "signInType": "emailAddress", "issuer": "", "issuerAssignedId": "ada@example.org" }]);
        let ada = admin.make("/users", json!({ "displayName": "Ada", "identities": identity })).await;
        let flow = format!("{FLOWS}/{flow}");
        for one in [
            format!("/users/{ada}"),
            "/me".into(),
            format!("/applications/{application}"),
            "/identity/userFlowAttributes/city".into(),
            "/identity/identityProviders/EmailPassword-OAUTH".into(),
            format!("/organization/{}", server.tenant),
            flow.clone(),
        ] {
            let shown = admin.read(&format!("{one}?$select=id")).await;
            let names: Vec<&String> = shown.as_object().unwrap().keys().filter(|name| !name.starts_with('@')).collect();
            assert_eq!(names, ["id"], "{one}");
            for refused in ["$top=1", "$filter=id eq 'x'", "$count=true", "$expand=manager", "$search=x"] {
                assert_eq!(admin.get(&format!("{one}?{refused}")).await.status, 400, "{one}?{refused}");
            }
        }
        for list in [
            format!("{flow}/onAttributeCollection/attributes"),
            format!("{flow}/onAuthenticationMethodLoadStart/identityProviders"),
            format!("{flow}/conditions/applications/includeApplications"),
            format!("/users/{ada}/authentication/methods"),
            "/organization".into(),
            "/domains".into(),
        ] {
            let counted = admin.read(&format!("{list}?$count=true&$top=1")).await;
            let value = counted["value"].as_array().unwrap().len() as i64;
            assert!(counted["@odata.count"].as_i64().unwrap() >= value && value <= 1, "{list}: {counted}");
            for refused in ["$orderby=nothing", "$filter=nothing eq 1", "$skip=1", "$expand=manager"] {
                assert_eq!(admin.get(&format!("{list}?{refused}")).await.status, 400, "{list}?{refused}");
            }
        }
        for refused in [
            "/users?$expand=manager",
            "/applications?$orderby=createdDateTime",
            "/applications?$orderby=displayName desc",
            "/applications?$search=x&$filter=appId eq 'x'",
            "/auditLogs/signIns?$orderby=createdDateTime",
            "/auditLogs/signIns?$count=true",
            "/auditLogs/signIns?$search=ada",
            "/auditLogs/directoryAudits?$count=true",
            "/directory/deletedItems?$count=true",
        ] {
            assert_eq!(admin.get(refused).await.status, 400, "{refused}");
        }
    })
    .await;
}
