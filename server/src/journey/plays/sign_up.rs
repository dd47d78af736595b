//! Sign up: with a password and without, with a page and without, and when somebody else is faster.

use super::*;

#[test]
fn with_a_password() {
    let mut play = Play::of(password_flow(), Path::SignIn);
    play.runs([(press(Answer::SignUp), address_page(Path::SignUp))]);
    play.proves_address(Path::SignUp);
    play.runs([
        (nobody(), new_password_page(Path::SignUp)),
        (new_password("open sesame"), hashes("open sesame")),
        (hashed(), attribute_page(&layout())),
        (attributes(3, &FILLED_IN), signed_up(Some("argon2"), stored())),
    ]);
}

#[test]
fn with_a_code_alone() {
    let mut play = Play::of(passcode_flow(), Path::SignUp).with_some(true, true);
    play.proves_address(Path::SignUp);
    play.runs([(nobody(), attribute_page(&layout())), (attributes(3, &FILLED_IN), signed_up(None, stored()))]);
}

#[test]
fn a_layout_that_shows_nothing_has_no_page() {
    let source = || vec![("source".to_string(), "web".to_string())];
    let mut play = Play::of(without_page(passcode_flow()), Path::SignUp).with_some(true, true);
    play.proves_address(Path::SignUp);
    play.runs([(nobody(), signed_up(None, source()))]);

    let mut play = Play::of(without_page(password_flow()), Path::SignUp);
    play.proves_address(Path::SignUp);
    play.runs([
        (nobody(), new_password_page(Path::SignUp)),
        (new_password("open sesame"), hashes("open sesame")),
        (hashed(), signed_up(Some("argon2"), source())),
    ]);
}

#[test]
fn a_weak_password_is_told_by_page_and_server() {
    let mut play = Play::of(password_flow(), Path::SignUp);
    play.proves_address(Path::SignUp);
    play.runs([(nobody(), new_password_page(Path::SignUp)), (new_password("sesame"), new_password_page(Path::SignUp))]);
    play.faults(&[("password", Why::PasswordTooShort { min: 8 })]);
    let common = Event::PasswordHashed(Err(Why::PasswordCommon));
    play.runs([(new_password("password1"), hashes("password1")), (common, new_password_page(Path::SignUp))]);
    play.faults(&[("password", Why::PasswordCommon)]);
}

#[test]
fn an_address_with_an_account_signs_in_instead() {
    let mut play = Play::of(password_flow(), Path::SignUp);
    play.proves_address(Path::SignUp);
    play.runs([(found(Method::Password), password_page())]);
    assert_eq!(play.journey.said.notice, Some(Notice::AlreadyHaveAccount));
    play.runs([(password("sesame"), checks_password("sesame")), (right(), signed_in(&[Proof::Code, Proof::Password]))]);

    let mut play = Play::of(password_flow(), Path::SignUp);
    play.proves_address(Path::SignUp);
    play.runs([(found(Method::Passcode), signed_in(&[Proof::Code]))]);
}

#[test]
fn whoever_is_faster_has_the_address() {
    let mut play = Play::of(password_flow(), Path::SignUp);
    play.proves_address(Path::SignUp);
    play.runs([
        (nobody(), new_password_page(Path::SignUp)),
        (new_password("open sesame"), hashes("open sesame")),
        (hashed(), attribute_page(&layout())),
        (attributes(3, &FILLED_IN), signed_up(Some("argon2"), stored())),
        (Event::AddressTaken, finds()),
        (found(Method::Password), password_page()),
    ]);
    assert_eq!(play.journey.said.notice, Some(Notice::AlreadyHaveAccount));
    play.ignores(Event::AddressTaken);

    let mut play = Play::of(without_page(passcode_flow()), Path::SignUp).with_some(true, true);
    play.proves_address(Path::SignUp);
    play.on(nobody());
    play.runs([(Event::AddressTaken, finds()), (found(Method::Passcode), signed_in(&[Proof::Code]))]);
}

#[test]
fn a_closed_flow_makes_no_account_however_one_comes() {
    let page = |path| {
        let (asks, sends_code) = (Asks::Email, path != Path::SignIn);
        Turn::Show(Step::Address { path, asks, sends_code, can_sign_in: true, can_sign_up: false, can_recover: true })
    };
    let mut play = Play::of(closed(password_flow()), Path::SignUp);
    assert_eq!(Turn::Show(play.shown()), page(Path::SignIn));
    play.ignores(press(Answer::SignUp));
    play.runs([(address(ADA), password_page()), (press(Answer::Recover), sends(Path::Recover))]);
    play.runs([(sent(1), code_page(Path::Recover, 30)), (code("12345678"), checks_code(1))]);
    play.runs([(Event::CodeChecked(true), finds()), (nobody(), stopped(Stop::NoAccount))]);

    let mut play = Play::of(passcode_flow(), Path::SignUp).with_some(true, true);
    play.proves_address(Path::SignUp);
    play.on(nobody());
    play.flow.sign_up = SignUp::Closed;
    play.runs([(attributes(3, &FILLED_IN), stopped(Stop::NoAccount))]);
}
