//! A second step on screens of an application's own: shown by whoever has one, registered by whoever has none.

use super::{ADA, BOTH, Screens, token};
use crate::harness::{PASSWORD, TestServer, on_both};
use app::contract::flow_rules::SecondStepAsked;
use serde_json::{Value, json};
use std::time::Duration;

const OTHER: &str = "ada@elsewhere.example";
const ABLE: (&str, &str) = ("capabilities", "mfa_required registration_required");
const OOB: (&str, &str) = ("challenge_type", "oob");

async fn screens(server: &TestServer) -> Screens {
    let first = server.flow(|flow| flow.rules.second_step.asked = SecondStepAsked::Always).await;
    Screens::over(server, &first.flow).await
}

impl Screens {
    /// The password is right: what is asked next.
    async fn after_password(&self, able: &[(&str, &str)]) -> Value {
        let mut form = vec![("username", ADA), BOTH];
        form.extend(able);
        let held = self.next("/oauth2/v2.0/initiate", &form).await;
        let held = self.next("/oauth2/v2.0/challenge", &[("continuation_token", &held), BOTH]).await;
        self.prove(&held, &[("grant_type", "password"), ("password", PASSWORD)]).await.json()
    }

    async fn register(&self, held: &str, target: &str) -> Value {
        let form = [("continuation_token", held), OOB, ("challenge_channel", "email"), ("challenge_target", target)];
        self.good("/register/v1.0/challenge", &form).await
    }
}

fn requires(told: &Value, suberror: &str, number: u32) -> String {
    let is = (told["error"].as_str(), told["suberror"].as_str(), &told["error_codes"]);
    assert_eq!(is, (Some("invalid_grant"), Some(suberror), &json!([number])), "{told}");
    token(told)
}

#[tokio::test]
async fn a_method_is_registered_and_shown_ever_after() {
    on_both(async |server| {
        let screens = screens(&server).await;
        server.account(&screens.application, ADA).await;
        let held = requires(&screens.after_password(&[ABLE]).await, "registration_required", 50072);

        let told = screens.good("/register/v1.0/introspect", &[("continuation_token", &held)]).await;
        let method = json!({ "id": "email", "challenge_type": "oob", "challenge_channel": "email", "login_hint": ADA });
        assert_eq!(told["methods"], json!([method]));
        let told = screens.register(&token(&told), OTHER).await;
        let held = token(&told);
        assert_eq!(
            json!({ "continuation_token": held, "challenge_type": "oob", "binding_method": "prompt",
                "challenge_channel": "email", "challenge_target": "a***a@e***e.example", "code_length": 8, "interval": 30 }),
            told
        );
        let code = screens.code(OTHER).await;
        let form = |code| [("continuation_token", held.as_str()), ("grant_type", "oob"), ("oob", code)];
        let (error, wrong) = (("invalid_grant", 50181), if code == "00000000" { "00000001" } else { "00000000" });
        screens.refused_as("/register/v1.0/continue", &form(wrong), error, "invalid_oob_value").await;
        let held = screens.next("/register/v1.0/continue", &form(&code)).await;
        screens.tokens(&held).await;

        server.clock.advance(Duration::from_secs(60));
        let held = requires(&screens.after_password(&[ABLE]).await, "mfa_required", 50076);
        let told = screens.good("/oauth2/v2.0/introspect", &[("continuation_token", &held)]).await;
        assert_eq!(told["methods"][0]["login_hint"], "a***a@e***e.example");
        let held = token(&told);
        let asked = [("continuation_token", held.as_str()), BOTH, ("id", "email")];
        let told = screens.good("/oauth2/v2.0/challenge", &asked).await;
        assert_eq!(
            (&told["challenge_type"], &told["challenge_target_label"]),
            (&json!("oob"), &json!("a***a@e***e.example"))
        );
        let held = token(&told);
        let wrong = screens.prove(&held, &[("grant_type", "mfa_oob"), ("oob", wrong)]).await.json();
        assert_eq!(wrong["suberror"], "invalid_oob_value", "{wrong}");
        let code = screens.code(OTHER).await;
        let answered = screens.prove(&held, &[("grant_type", "mfa_oob"), ("oob", &code)]).await;
        let tokens = screens.application.checked(answered).await;
        assert_eq!(tokens.id["amr"], json!(["otp", "pwd", "mca"]));
    })
    .await;
}

#[tokio::test]
async fn an_address_that_is_proved_already_needs_no_code() {
    on_both(async |server| {
        let screens = screens(&server).await;
        server.account(&screens.application, ADA).await;
        let held = requires(&screens.after_password(&[ABLE]).await, "registration_required", 50072);
        let told = screens.register(&held, "Ada@Example.org").await;
        assert_eq!(told["challenge_type"], "preverified", "{told}");
        let form = [("continuation_token", &*token(&told)), ("grant_type", "continuation_token")];
        let held = screens.next("/register/v1.0/continue", &form).await;
        screens.tokens(&held).await;
        requires(&screens.after_password(&[ABLE]).await, "mfa_required", 50076);
    })
    .await;
}

#[tokio::test]
async fn an_application_that_cannot_ask_for_it_sends_the_person_to_the_pages() {
    on_both(async |server| {
        let screens = screens(&server).await;
        server.account(&screens.application, ADA).await;
        for able in [&[][..], &[("capabilities", "mfa_required")]] {
            let told = screens.after_password(able).await;
            assert_eq!(told["challenge_type"], "redirect", "{told}");
        }
        let held = requires(&screens.after_password(&[ABLE]).await, "registration_required", 50072);
        screens.register(&held, ADA).await;
        for able in [&[][..], &[("capabilities", "registration_required")]] {
            let told = screens.after_password(able).await;
            assert_eq!(told["challenge_type"], "redirect", "{told}");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_signs_up_registers_at_the_token_endpoint() {
    on_both(async |server| {
        let screens = screens(&server).await;
        let attributes = r#"{"displayName":"Ada"}"#;
        let more = [("password", PASSWORD), ("attributes", attributes), ABLE];
        let held = token(&screens.start_sign_up(ADA, &more).await);
        let code = screens.code(ADA).await;
        let form = [("continuation_token", held.as_str()), ("grant_type", "oob"), ("oob", &code)];
        let held = screens.next("/signup/v1.0/continue", &form).await;
        assert_eq!(server.count("SELECT COUNT(*) FROM accounts").await, 1);
        let told = screens.prove(&held, &[("grant_type", "continuation_token")]).await.json();
        let held = requires(&told, "registration_required", 50072);
        let told = screens.register(&held, ADA).await;
        assert_eq!(told["challenge_type"], "preverified");
        let form = [("continuation_token", &*token(&told)), ("grant_type", "continuation_token")];
        let held = screens.next("/register/v1.0/continue", &form).await;
        screens.tokens(&held).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_resets_a_password_registers_at_the_token_endpoint() {
    on_both(async |server| {
        let screens = screens(&server).await;
        server.account(&screens.application, ADA).await;
        let reset = ("challenge_type", "oob redirect");
        let held = screens.next("/resetpassword/v1.0/start", &[("username", ADA), reset, ABLE]).await;
        let held = screens.next("/resetpassword/v1.0/challenge", &[("continuation_token", &held), reset]).await;
        let code = screens.code(ADA).await;
        let form = [("continuation_token", held.as_str()), ("grant_type", "oob"), ("oob", &code)];
        let held = screens.next("/resetpassword/v1.0/continue", &form).await;
        let form = [("continuation_token", held.as_str()), ("new_password", "seven grey geese on a roof")];
        let told = screens.good("/resetpassword/v1.0/submit", &form).await;
        assert_eq!(told["poll_interval"], 1);
        let form = [("continuation_token", &*token(&told))];
        let told = screens.good("/resetpassword/v1.0/poll_completion", &form).await;
        assert_eq!(told["status"], "succeeded");
        let told = screens.prove(&token(&told), &[("grant_type", "continuation_token")]).await.json();
        let held = requires(&told, "registration_required", 50072);
        let told = screens.register(&held, OTHER).await;
        let code = screens.code(OTHER).await;
        let form = [("continuation_token", &*token(&told)), ("grant_type", "oob"), ("oob", &code)];
        let held = screens.next("/register/v1.0/continue", &form).await;
        screens.tokens(&held).await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_registered_is_told() {
    on_both(async |server| {
        let screens = screens(&server).await;
        server.account(&screens.application, ADA).await;
        let held = requires(&screens.after_password(&[ABLE]).await, "registration_required", 50072);
        let path = "/register/v1.0/challenge";
        let held = ("continuation_token", held.as_str());
        screens.refused(path, &[held, OOB, ("challenge_target", "nowhere")], "invalid_request", 901_001).await;
        let sms = [held, OOB, ("challenge_channel", "sms"), ("challenge_target", "+4511223344")];
        screens.refused(path, &sms, "invalid_request", 901_001).await;
        let password = [held, ("challenge_type", "password"), ("challenge_target", OTHER)];
        screens.refused(path, &password, "invalid_request", 901_001).await;
        screens.refused(path, &[held, OOB], "invalid_request", 900_144).await;
        let grant = [held, ("grant_type", "password"), ("password", PASSWORD)];
        screens.refused("/register/v1.0/continue", &grant, "unsupported_grant_type", 70003).await;
        let early = [held, ("grant_type", "continuation_token")];
        screens.refused("/register/v1.0/continue", &early, "invalid_request", 90100).await;
        let garbage = [("continuation_token", "x"), OOB, ("challenge_target", OTHER)];
        screens.refused(path, &garbage, "invalid_request", 55200).await;

        // Nobody who is somewhere else registers anything.
        let other = screens.next("/oauth2/v2.0/initiate", &[("username", ADA), BOTH, ABLE]).await;
        let form = [("continuation_token", other.as_str()), OOB, ("challenge_target", OTHER)];
        screens.refused(path, &form, "invalid_request", 90100).await;
    })
    .await;
}

#[tokio::test]
async fn r3_codes_to_be_registered_are_limited_as_all_are() {
    on_both(async |server| {
        let screens = screens(&server).await;
        server.account(&screens.application, ADA).await;
        let held = requires(&screens.after_password(&[ABLE]).await, "registration_required", 50072);
        let held = token(&screens.register(&held, OTHER).await);
        let code = screens.code(OTHER).await;
        let form = [("continuation_token", held.as_str()), OOB, ("challenge_target", OTHER)];
        assert_eq!(screens.call("/register/v1.0/challenge", &form).await.status, 429, "at once again");
        server.clock.advance(Duration::from_secs(31));
        let held = token(&screens.register(&held, OTHER).await);
        let form = [("continuation_token", held.as_str()), ("grant_type", "oob"), ("oob", &code)];
        let error = ("invalid_grant", 50181);
        screens.refused_as("/register/v1.0/continue", &form, error, "invalid_oob_value").await;
    })
    .await;
}
