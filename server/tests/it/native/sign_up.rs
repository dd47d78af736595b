//! Signing up: the code, the password, the attributes, in whatever order they are told.

use super::{ADA, BOTH, OOB, Screens, token};
use crate::harness::{PASSWORD, input, on_both};
use app::contract::{
    attribute::DataType,
    user_flow::{Choice, FlowKind, Input, InputKind, Method, SignUp, Visibility},
};
use serde_json::json;

const CONTINUE: &str = "/signup/v1.0/continue";

#[tokio::test]
async fn a_code_a_password_and_attributes_make_an_account() {
    on_both(async |server| {
        let screens = Screens::usual(&server).await;
        let asked = screens.start_sign_up(ADA, &[]).await;
        assert_eq!((asked["challenge_type"].as_str(), asked["code_length"].as_u64()), (Some("oob"), Some(8)));
        let held = token(&asked);
        let wrong = [("continuation_token", held.as_str()), ("grant_type", "oob"), ("oob", "00000000")];
        screens.refused_as(CONTINUE, &wrong, ("invalid_grant", 50181), "invalid_oob_value").await;
        let code = screens.code(ADA).await;
        let right = [("continuation_token", held.as_str()), ("grant_type", "oob"), ("oob", &code)];
        let told = screens.refused(CONTINUE, &right, "credential_required", 55103).await;
        let held = token(&told);
        let asked = screens.good("/signup/v1.0/challenge", &[("continuation_token", &held), BOTH]).await;
        assert_eq!(asked["challenge_type"], "password");
        let held = token(&asked);
        for (password, suberror) in
            [("short", "password_too_short"), ("password1", "password_banned"), ("adaadaada", "password_banned")]
        {
            let form = [("continuation_token", held.as_str()), ("grant_type", "password"), ("password", password)];
            screens.refused_as(CONTINUE, &form, ("invalid_grant", 399_246), suberror).await;
        }
        let form = [("continuation_token", held.as_str()), ("grant_type", "password"), ("password", PASSWORD)];
        let told = screens.refused(CONTINUE, &form, "attributes_required", 55106).await;
        let wanted = json!([
            { "name": "displayName", "type": "string", "required": true, "options": { "regex": "^.{1,250}$" } }
        ]);
        assert_eq!(told["required_attributes"], wanted);
        let held = token(&told);
        let attributes = |held: &str, json: &str| {
            [
                ("continuation_token".to_owned(), held.to_owned()),
                ("grant_type".into(), "attributes".into()),
                ("attributes".into(), json.to_owned()),
            ]
        };
        // An attribute that is still missing is told again, with the token that was held.
        let form = attributes(&held, "{}");
        let told = screens.refused(CONTINUE, &borrowed(&form), "attributes_required", 55106).await;
        let held = token(&told);
        let long = format!(r#"{{"displayName":"{}"}}"#, "x".repeat(300));
        let form = attributes(&held, &long);
        let told = screens
            .refused_as(CONTINUE, &borrowed(&form), ("invalid_grant", 55105), "attribute_validation_failed")
            .await;
        assert_eq!(told["invalid_attributes"], json!([{ "name": "displayName" }]));
        let form = attributes(&held, "not json");
        screens.refused(CONTINUE, &borrowed(&form), "invalid_request", 90100).await;
        let form = attributes(&held, r#"{"displayName":"Ada Lovelace","favouriteColour":"blue"}"#);
        let done = screens.next(CONTINUE, &borrowed(&form)).await;
        let tokens =
            screens.application.checked(screens.prove(&done, &[("grant_type", "continuation_token")]).await).await;
        assert_eq!(tokens.id["name"], "Ada Lovelace");
        // And from now on she signs in.
        let held = token(&screens.initiate(ADA, BOTH).await);
        let answered = screens.prove(&held, &[("grant_type", "password"), ("password", PASSWORD)]).await;
        screens.are_good(answered).await;
        assert_eq!(server.count("SELECT count(*) FROM activities WHERE kind = 'signedUp'").await, 1);
    })
    .await;
}

fn borrowed(form: &[(String, String); 3]) -> [(&str, &str); 3] {
    form.each_ref().map(|(name, value)| (name.as_str(), value.as_str()))
}

#[tokio::test]
async fn what_is_told_at_the_start_is_not_asked_again() {
    on_both(async |server| {
        let screens = Screens::usual(&server).await;
        let told = [("password", PASSWORD), ("attributes", r#"{"displayName":"Ada"}"#)];
        let held = token(&screens.start_sign_up(ADA, &told).await);
        let code = screens.code(ADA).await;
        let form = [("continuation_token", held.as_str()), ("grant_type", "oob"), ("oob", &code)];
        let done = screens.next(CONTINUE, &form).await;
        screens.tokens(&done).await;

        // And is judged before a letter is sent.
        let start = "/signup/v1.0/start";
        let weak = [("username", "eve@example.org"), BOTH, ("password", "short")];
        screens.refused_as(start, &weak, ("invalid_grant", 399_246), "password_too_short").await;
        let guessed = [("username", "eve@example.org"), BOTH, ("password", "password1")];
        screens.refused_as(start, &guessed, ("invalid_grant", 399_246), "password_banned").await;
        let long = "x".repeat(300);
        let too_long = [("username", "eve@example.org"), BOTH, ("password", &long)];
        screens.refused_as(start, &too_long, ("invalid_grant", 399_246), "password_too_long").await;
        let bad = [("username", "eve@example.org"), BOTH, ("attributes", r#"{"displayName":{"a":1}}"#)];
        let told = screens.refused_as(start, &bad, ("invalid_grant", 55105), "attribute_validation_failed").await;
        assert_eq!(told["invalid_attributes"], json!([{ "name": "displayName" }]));
        assert_eq!(server.mailbox().all().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_code_is_enough_where_the_flow_wants_no_password() {
    on_both(async |server| {
        let flow = server
            .flow(|flow| {
                flow.method = Method::Passcode;
                flow.layout.inputs.clear();
            })
            .await
            .flow;
        let screens = Screens::over(&server, &flow).await;
        let held = screens.next("/signup/v1.0/start", &[("username", ADA), OOB]).await;
        let held = screens.next("/signup/v1.0/challenge", &[("continuation_token", &held), OOB]).await;
        let code = screens.code(ADA).await;
        let form = [("continuation_token", held.as_str()), ("grant_type", "oob"), ("oob", &code)];
        let done = screens.next(CONTINUE, &form).await;
        screens.tokens(&done).await;
    })
    .await;
}

#[tokio::test]
async fn every_kind_of_attribute_is_asked_and_heard() {
    on_both(async |server| {
        let choice = |value: &str| Choice { value: value.into(), text: value.into() };
        let flow = server
            .flow(|flow| {
                flow.method = Method::Passcode;
                flow.layout.inputs = vec![
                    Input { pattern: Some("[0-9]{5}".into()), ..input("postalCode", "Postal code") },
                    Input {
                        required: true,
                        kind: InputKind::MultiSelect,
                        options: vec![choice("tea"), choice("rye")],
                        ..input("extension_likes", "Likes")
                    },
                    Input {
                        required: true,
                        kind: InputKind::Checkbox,
                        data_type: DataType::Boolean,
                        ..input("extension_terms", "Terms")
                    },
                    Input { data_type: DataType::Int, kind: InputKind::Number, ..input("extension_feet", "Feet") },
                    Input { visibility: Visibility::Hidden, default: Some("web".into()), ..input("city", "City") },
                ];
            })
            .await
            .flow;
        let screens = Screens::over(&server, &flow).await;
        let held = screens.next("/signup/v1.0/start", &[("username", ADA), OOB]).await;
        let held = screens.next("/signup/v1.0/challenge", &[("continuation_token", &held), OOB]).await;
        let code = screens.code(ADA).await;
        let form = [("continuation_token", held.as_str()), ("grant_type", "oob"), ("oob", &code)];
        let told = screens.refused(CONTINUE, &form, "attributes_required", 55106).await;
        let row = |name: &str, kind: &str, required: bool, regex: &str| json!({ "name": name, "type": kind, "required": required, "options": { "regex": regex } });
        let wanted = json!([
            row("postalCode", "string", false, "^(?:[0-9]{5})$"),
            row("extension_likes", "string", true, "^(?:tea|rye)(?:,(?:tea|rye))*$"),
            row("extension_terms", "boolean", true, "^true$"),
            row("extension_feet", "integer", false, "^[+-]?[0-9]+$"),
        ]);
        assert_eq!(told["required_attributes"], wanted);
        let held = token(&told);
        let form = |json: &'static str| {
            [("continuation_token", held.as_str()), ("grant_type", "attributes"), ("attributes", json)]
        };
        let bad = form(r#"{"postalCode":"x","extension_likes":"coffee","extension_terms":"true"}"#);
        let told = screens.refused_as(CONTINUE, &bad, ("invalid_grant", 55105), "attribute_validation_failed").await;
        assert_eq!(told["invalid_attributes"], json!([{ "name": "postalCode" }, { "name": "extension_likes" }]));
        let good = form(
            r#"{"PostalCode":"12345","extension_0f0fe0e0e0e0e0e0e0e0e0e0e0e0e0e0_likes":"tea, rye","extension_terms":true,"extension_feet":2,"city":"Lund"}"#,
        );
        let done = screens.next(CONTINUE, &good).await;
        screens.tokens(&done).await;
        let stored = server.texts("SELECT value FROM attribute_values ORDER BY attribute_id".into()).await;
        // What the page does not let anybody choose is as the flow has it.
        assert_eq!(stored, ["web", "2", "tea,rye", "true", "12345"]);
    })
    .await;
}

#[tokio::test]
async fn who_cannot_sign_up_is_told_why() {
    on_both(async |server| {
        let screens = Screens::usual(&server).await;
        server.account(&screens.application, ADA).await;
        let start = "/signup/v1.0/start";
        screens.refused(start, &[("username", ADA), BOTH], "user_already_exists", 1_003_037).await;
        screens.refused(start, &[("username", "ADA@EXAMPLE.ORG"), BOTH], "user_already_exists", 1_003_037).await;
        screens.refused(start, &[("username", "nobody"), BOTH], "invalid_request", 90100).await;
        screens.is_redirected(start, &[("username", "eve@example.org"), OOB]).await;
        screens.is_redirected(start, &[("username", "eve@example.org"), ("challenge_type", "password redirect")]).await;

        let held = token(&screens.start_sign_up("eve@example.org", &[]).await);
        let form = [("continuation_token", held.as_str()), ("grant_type", "magic"), ("magic", "1")];
        screens.refused(CONTINUE, &form, "unsupported_grant_type", 70003).await;
        let form = [("continuation_token", held.as_str()), ("grant_type", "password"), ("password", PASSWORD)];
        screens.refused(CONTINUE, &form, "invalid_request", 90100).await;
        let form = [("continuation_token", held.as_str()), ("grant_type", "attributes"), ("attributes", "{}")];
        screens.refused(CONTINUE, &form, "invalid_request", 90100).await;
        // Somebody else made the account in the meantime.
        server.account(&screens.application, "eve@example.org").await;
        let code = screens.code("eve@example.org").await;
        let form = [("continuation_token", held.as_str()), ("grant_type", "oob"), ("oob", &code)];
        screens.refused(CONTINUE, &form, "user_already_exists", 1_003_037).await;

        for (kind, sign_up) in [(FlowKind::SignIn, SignUp::Open), (FlowKind::SignUpOrSignIn, SignUp::Closed)] {
            let flow = server.flow(|flow| (flow.kind, flow.sign_up) = (kind, sign_up)).await.flow;
            let screens = Screens::over(&server, &flow).await;
            screens.refused(start, &[("username", "joan@example.org"), BOTH], "unauthorized_client", 50105).await;
        }
    })
    .await;
}
