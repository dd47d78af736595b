//! A new password for whoever forgot theirs.

use super::{ADA, BOTH, OOB, Screens, token};
use crate::harness::{PASSWORD, on_both};
use app::contract::flow_rules::ForgotPassword;

const NEW: &str = "seven grey geese on a roof";

async fn start(screens: &Screens, address: &str) -> String {
    let held = screens.next("/resetpassword/v1.0/start", &[("username", address), OOB]).await;
    let asked = screens.good("/resetpassword/v1.0/challenge", &[("continuation_token", &held), OOB]).await;
    assert_eq!(asked["challenge_type"], "oob");
    token(&asked)
}

#[tokio::test]
async fn a_code_and_a_new_password_and_the_old_one_is_worth_nothing() {
    on_both(async |server| {
        let screens = Screens::usual(&server).await;
        server.account(&screens.application, ADA).await;
        let held = token(&screens.initiate(ADA, BOTH).await);
        let before = screens.prove(&held, &[("grant_type", "password"), ("password", PASSWORD)]).await;
        let before = screens.are_good(before).await;

        let held = start(&screens, ADA).await;
        let resume = "/resetpassword/v1.0/continue";
        let wrong = [("continuation_token", held.as_str()), ("grant_type", "oob"), ("oob", "00000000")];
        screens.refused_as(resume, &wrong, ("invalid_grant", 50181), "invalid_oob_value").await;
        let code = screens.code(ADA).await;
        let other = [("continuation_token", held.as_str()), ("grant_type", "password"), ("password", NEW)];
        screens.refused(resume, &other, "unsupported_grant_type", 70003).await;
        let early = [("continuation_token", held.as_str()), ("new_password", NEW)];
        screens.refused("/resetpassword/v1.0/submit", &early, "invalid_request", 90100).await;
        let right = [("continuation_token", held.as_str()), ("grant_type", "oob"), ("oob", &code)];
        let told = screens.good(resume, &right).await;
        assert_eq!(told["expires_in"], 600);
        let held = token(&told);
        let poll = "/resetpassword/v1.0/poll_completion";
        screens.refused(poll, &[("continuation_token", &held)], "invalid_request", 90100).await;
        for (password, suberror) in [("short", "password_too_short"), ("password1", "password_banned")] {
            let form = [("continuation_token", held.as_str()), ("new_password", password)];
            screens.refused_as("/resetpassword/v1.0/submit", &form, ("invalid_grant", 399_246), suberror).await;
        }
        let form = [("continuation_token", held.as_str()), ("new_password", NEW)];
        let told = screens.good("/resetpassword/v1.0/submit", &form).await;
        assert_eq!(told["poll_interval"], 1);
        let held = token(&told);
        let told = screens.good(poll, &[("continuation_token", &held)]).await;
        assert_eq!(told["status"], "succeeded");
        // A poll that was not answered is asked again.
        assert_eq!(screens.good(poll, &[("continuation_token", &held)]).await["status"], "succeeded");
        screens.tokens(&token(&told)).await;

        let refreshed = screens.application.refresh(before["refresh_token"].as_str().unwrap()).await;
        assert_eq!(refreshed.status, 400, "security R11: what the old password opened is closed");
        let held = token(&screens.initiate(ADA, BOTH).await);
        let old = screens.prove(&held, &[("grant_type", "password"), ("password", PASSWORD)]).await;
        assert_eq!(old.json()["error_codes"][0], 50126);
        let answered = screens.prove(&held, &[("grant_type", "password"), ("password", NEW)]).await;
        screens.are_good(answered).await;
        let letters = server.mailbox().to(ADA).await;
        assert!(letters.iter().any(|letter| letter.code.is_none()), "its owner is told by mail");
    })
    .await;
}

#[tokio::test]
async fn who_has_no_password_to_reset_is_told_so() {
    on_both(async |server| {
        let screens = Screens::usual(&server).await;
        server.account(&screens.application, ADA).await;
        server.passcode_account(&screens.application, "grace@example.org").await;
        let path = "/resetpassword/v1.0/start";
        screens.refused(path, &[("username", "eve@example.org"), OOB], "user_not_found", 50034).await;
        screens.refused(path, &[("username", "grace@example.org"), OOB], "invalid_request", 500_207).await;
        screens.refused(path, &[("username", "eve"), OOB], "invalid_request", 90100).await;
        screens.is_redirected(path, &[("username", ADA), ("challenge_type", "password redirect")]).await;
        for forgot in [ForgotPassword::NotOffered, ForgotPassword::TellApplication] {
            let flow = server.flow(|flow| flow.rules.forgot_password = forgot).await.flow;
            let screens = Screens::over(&server, &flow).await;
            screens.is_redirected(path, &[("username", ADA), OOB]).await;
        }
        // Switched off since: told to whoever proved the address.
        let joan = server.account(&screens.application, "joan@example.org").await;
        server.disable(&joan).await;
        let held = start(&screens, "joan@example.org").await;
        let code = screens.code("joan@example.org").await;
        let form = [("continuation_token", held.as_str()), ("grant_type", "oob"), ("oob", &code)];
        screens.refused("/resetpassword/v1.0/continue", &form, "invalid_grant", 50057).await;
    })
    .await;
}
