//! Can't access your account: both sides, which nobody can tell apart before the code.

use super::*;

#[test]
fn who_has_an_account_sets_a_new_password() {
    let mut play = Play::of(password_flow(), Path::SignIn);
    play.runs([(press(Answer::Recover), address_page(Path::Recover))]);
    play.proves_address(Path::Recover);
    play.runs([
        (found(Method::Password), new_password_page(Path::Recover)),
        (new_password("open sesame"), hashes("open sesame")),
        (hashed(), recovered()),
    ]);
}

#[test]
fn who_has_none_goes_on_to_sign_up() {
    let mut play = Play::of(password_flow(), Path::Recover);
    play.proves_address(Path::Recover);
    play.runs([
        (nobody(), new_password_page(Path::SignUp)),
        (new_password("open sesame"), hashes("open sesame")),
        (hashed(), attribute_page(&layout())),
        (attributes(3, &FILLED_IN), signed_up(Some("argon2"), stored())),
    ]);
}

#[test]
fn who_has_none_at_a_closed_flow_ends_kindly() {
    let mut play = Play::of(closed(password_flow()), Path::Recover);
    play.proves_address(Path::Recover);
    play.runs([(nobody(), stopped(Stop::NoAccount))]);
}

#[test]
fn who_has_no_password_is_signed_in() {
    let mut play = Play::of(password_flow(), Path::Recover);
    play.proves_address(Path::Recover);
    play.runs([(found(Method::Passcode), signed_in(&[Proof::Code]))]);
}

#[test]
fn from_the_password_page_nobody_types_the_address_twice() {
    let mut play = Play::of(password_flow(), Path::SignIn);
    play.runs([
        (address(ADA), password_page()),
        (press(Answer::Recover), sends(Path::Recover)),
        (sent(1), code_page(Path::Recover, 30)),
        (code("12345678"), checks_code(1)),
        (Event::CodeChecked(true), finds()),
        (found(Method::Password), new_password_page(Path::Recover)),
    ]);
}

#[test]
fn what_is_proved_needs_no_second_code() {
    let mut play = Play::of(password_flow(), Path::SignUp);
    play.proves_address(Path::SignUp);
    play.runs([
        (found(Method::Password), password_page()),
        (press(Answer::Recover), finds()),
        (found(Method::Password), new_password_page(Path::Recover)),
        (new_password("open sesame"), hashes("open sesame")),
        (hashed(), recovered()),
    ]);
}

/// Keycloak's fault: a new password could be set while the mail was still unread.
#[test]
fn cve_2026_18963_no_order_of_events_sets_a_password_before_the_code() {
    let mut waiting = Play::of(password_flow(), Path::Recover).with_some(true, true);
    waiting.runs([(address(ADA), sends(Path::Recover)), (sent(1), code_page(Path::Recover, 30))]);
    let events = || {
        [
            address(ADA),
            password("sesame"),
            code("12345678"),
            code(""),
            new_password("open sesame"),
            attributes(3, &FILLED_IN),
            press(Answer::ContinueAs),
            press(Answer::Resend),
            press(Answer::UseCode),
            press(Answer::UsePassword),
            press(Answer::SignIn),
            press(Answer::SignUp),
            press(Answer::Recover),
            press(Answer::Language { language: "de".into() }),
            sent(2),
            Event::CodeRefused { resend_at: START },
            Event::CodeChecked(false),
            found(Method::Password),
            nobody(),
            wrong(),
            hashed(),
            Event::AddressTaken,
        ]
    };
    let goes_on = |play: &Play, event: Event| {
        let mut play = Play { flow: play.flow.clone(), journey: play.journey.clone(), ..*play };
        let turn = play.on(event);
        let asked = matches!(turn, Turn::Do(Effect::HashPassword { .. } | Effect::FindAccount { .. }));
        let past = matches!(play.journey.stage, Stage::NewPassword { .. } | Stage::Attributes { .. });
        assert!(!asked && !past && !matches!(turn, Turn::Finish(_)), "{:?}", play.journey);
        play
    };
    for first in events() {
        let play = goes_on(&waiting, first);
        for second in events() {
            let play = goes_on(&play, second);
            for third in events() {
                goes_on(&play, third);
            }
        }
    }
}
