//! Sign in, by password and by code.

use super::*;

#[test]
fn by_password() {
    let mut play = Play::of(password_flow(), Path::SignIn);
    assert_eq!(Turn::Show(play.shown()), address_page(Path::SignIn));
    play.runs([
        (address(" ada@example.org "), password_page()),
        (password("sesame"), checks_password("sesame")),
        (right(), signed_in(&[Proof::Password])),
    ]);
}

#[test]
fn by_code() {
    let mut play = Play::of(passcode_flow(), Path::SignIn).with_some(true, true);
    play.proves_address(Path::SignIn);
    play.runs([(found(Method::Passcode), signed_in(&[Proof::Code]))]);
}

#[test]
fn a_wrong_password_keeps_the_address_and_blames_neither() {
    let mut play = Play::of(password_flow(), Path::SignIn);
    play.runs([
        (address(ADA), password_page()),
        (password("sesam"), checks_password("sesam")),
        (wrong(), password_page()),
    ]);
    play.faults(&[("password", Why::WrongPassword)]);
    assert_eq!(play.journey.stage.address(), Some(ADA));
    assert!(!serde_json::to_string(&play.journey).expect("plain data").contains("sesam\""));
    play.runs([(password("sesame"), checks_password("sesame")), (right(), signed_in(&[Proof::Password]))]);
    assert_eq!(play.journey.said, Said::default());
}

#[test]
fn what_is_no_address_is_said_and_kept() {
    let mut play = Play::of(password_flow(), Path::SignIn);
    play.runs([(address("ada"), address_page(Path::SignIn))]);
    play.faults(&[("address", Why::NotAnAddress)]);
    assert_eq!(play.typed("address").as_deref(), Some("ada"));
    play.runs([(address(""), address_page(Path::SignIn))]);
    play.faults(&[("address", Why::Required)]);
}

#[test]
fn keep_me_signed_in_is_remembered_from_the_page_that_offers_it() {
    let ticked = || press(Answer::Password { password: "sesame".into(), keep: true });
    let finish = |keep| {
        Turn::Finish(Outcome::SignedIn { came: Came::Now, account: "ada".into(), proved: vec![Proof::Password], keep })
    };
    let mut play = Play::of(password_flow(), Path::SignIn);
    play.runs([(address(ADA), password_page()), (ticked(), checks_password("sesame")), (wrong(), password_page())]);
    assert_eq!(play.typed("keep").as_deref(), Some("true"));
    play.runs([(password("sesam"), checks_password("sesam")), (wrong(), password_page())]);
    assert_eq!(play.typed("keep"), None, "as it was ticked last");
    play.runs([(ticked(), checks_password("sesame")), (right(), finish(true))]);

    let mut play = Play::of(UserFlow { keep_signed_in: false, ..password_flow() }, Path::SignIn);
    play.on(address(ADA));
    play.runs([(ticked(), checks_password("sesame")), (right(), finish(false))]);

    let mut play = Play::of(passcode_flow(), Path::SignIn).with_some(true, true);
    play.runs([(address(ADA), sends(Path::SignIn))]);
    play.on(sent(1));
    let ticked = || press(Answer::Code { code: "12345678".into(), keep: true });
    play.runs([(ticked(), checks_code(1)), (Event::CodeChecked(false), code_page(Path::SignIn, 30))]);
    assert_eq!(play.typed("keep").as_deref(), Some("true"), "a wrong code");
    play.later(30);
    play.runs([(press(Answer::Resend), sends(Path::SignIn)), (sent(1), code_page(Path::SignIn, 0))]);
    assert_eq!(play.typed("keep").as_deref(), Some("true"), "another code");
    play.runs([(ticked(), checks_code(1)), (Event::CodeChecked(true), finds())]);
    let finish = Outcome::SignedIn { came: Came::Now, account: "ada".into(), proved: vec![Proof::Code], keep: true };
    play.runs([(found(Method::Passcode), Turn::Finish(finish))]);
}

#[test]
fn an_account_keeps_the_method_it_signed_up_with() {
    let mut play = Play::of(passcode_flow(), Path::SignIn).with_some(true, true);
    play.proves_address(Path::SignIn);
    play.runs([
        (found(Method::Password), password_page()),
        (password("sesame"), checks_password("sesame")),
        (right(), signed_in(&[Proof::Code, Proof::Password])),
    ]);

    let mut play = Play::of(password_flow(), Path::SignIn).with_some(true, true);
    let offers_code = Turn::Show(Step::Password { can_recover: true, offers_code: true, offers_to_keep: true });
    play.runs([
        (address(ADA), offers_code),
        (press(Answer::UseCode), sends(Path::SignIn)),
        (sent(1), code_page(Path::SignIn, 30)),
        (code("1234 5678"), checks_code(1)),
        (Event::CodeChecked(true), finds()),
        (found(Method::Passcode), signed_in(&[Proof::Code])),
    ]);
}

#[test]
fn r4_alternatives_hang_on_everybody_never_on_the_address() {
    let offers = |method, password, passcode| {
        let mut play = Play::of(flow(method), Path::SignIn).with_some(password, passcode);
        play.on(address(ADA));
        match play.shown() {
            Step::Password { offers_code, .. } => offers_code,
            Step::Code { offers_password, .. } => offers_password,
            step => panic!("{step:?}"),
        }
    };
    for other in [true, false] {
        assert!(offers(Method::Password, other, true) && !offers(Method::Password, other, false));
        assert!(offers(Method::Passcode, true, other) && !offers(Method::Passcode, false, other));
    }
    let mut play = Play::of(password_flow(), Path::SignIn);
    play.on(address(ADA));
    play.ignores(press(Answer::UseCode));
    let mut play = Play::of(passcode_flow(), Path::SignIn);
    play.on(address(ADA));
    play.on(sent(1));
    play.ignores(press(Answer::UsePassword));
}

#[test]
fn a_code_and_a_password_lead_to_each_other() {
    let mut play = Play::of(passcode_flow(), Path::SignIn).with_some(true, true);
    let offers_code = Turn::Show(Step::Password { can_recover: true, offers_code: true, offers_to_keep: true });
    play.runs([
        (address(ADA), sends(Path::SignIn)),
        (sent(1), code_page(Path::SignIn, 30)),
        (press(Answer::UsePassword), offers_code),
        (press(Answer::UseCode), code_page(Path::SignIn, 30)),
        (code("12345678"), checks_code(1)),
    ]);
}

#[test]
fn an_account_that_is_switched_off_is_told_once_the_address_is_proved() {
    for method in [Method::Password, Method::Passcode] {
        let mut play = Play::of(passcode_flow(), Path::SignIn).with_some(true, true);
        play.proves_address(Path::SignIn);
        play.runs([(found_disabled(method), stopped(Stop::Disabled)), (password("sesame"), stopped(Stop::Disabled))]);
        assert_eq!(play.journey.stage.address(), Some(ADA));
    }
}

#[test]
fn a_code_without_an_account_goes_on_to_sign_up_or_ends_kindly() {
    let mut play = Play::of(passcode_flow(), Path::SignIn).with_some(true, true);
    play.proves_address(Path::SignIn);
    play.runs([(nobody(), attribute_page(&layout()))]);

    let mut play = Play::of(closed(passcode_flow()), Path::SignIn).with_some(true, true);
    play.proves_address(Path::SignIn);
    let again = Turn::Show(Step::Address {
        path: Path::SignIn,
        asks: Asks::Email,
        sends_code: false,
        can_sign_in: true,
        can_sign_up: false,
        can_recover: true,
    });
    play.runs([(nobody(), stopped(Stop::NoAccount)), (press(Answer::SignIn), again)]);
    assert_eq!(play.typed("address").as_deref(), Some(ADA));
}

#[test]
fn who_is_signed_in_goes_on_or_is_somebody_else() {
    let known = Known { name: Some("Ada".into()), ..known_by(&[Proof::Password]) };
    let entry = Entry { known: Some(known), ..entry(Path::SignIn) };
    let page = Turn::Show(Step::Account { address: ADA.into(), name: Some("Ada".into()) });
    let mut play = Play::enter(password_flow(), entry.clone());
    assert_eq!(Turn::Show(play.shown()), page);
    play.ignores(password("sesame"));
    let go_on = Turn::Finish(Outcome::ContinuedAs { account: "ada".into() });
    play.runs([(press(Answer::ContinueAs), go_on)]);

    let mut play = Play::enter(password_flow(), Entry { hint: Some("bob@example.org".into()), ..entry.clone() });
    play.runs([(press(Answer::SignIn), address_page(Path::SignIn))]);
    assert_eq!(play.typed("address").as_deref(), Some("bob@example.org"));
    play.ignores(press(Answer::ContinueAs));

    let mut play = Play::enter(password_flow(), entry);
    play.runs([(press(Answer::SignIn), address_page(Path::SignIn))]);
    assert_eq!(play.typed("address"), None);
}

/// OpenID Connect Core §3.1.2.1: `max_age` is judged when the account is chosen, not when it was offered.
#[test]
fn who_chooses_too_late_proves_anew_who_they_are() {
    let until = Some(START + Duration::from_secs(60));
    let known = Known { until, ..known_by(&[Proof::Password]) };
    let entry = Entry { known: Some(known), ..entry(Path::SignIn) };
    let mut play = Play::enter(password_flow(), entry.clone());
    play.later(60);
    play.runs([(press(Answer::ContinueAs), Turn::Finish(Outcome::ContinuedAs { account: "ada".into() }))]);

    let mut play = Play::enter(password_flow(), entry);
    play.later(61);
    play.runs([(press(Answer::ContinueAs), address_page(Path::SignIn))]);
    assert_eq!(play.typed("address").as_deref(), Some(ADA));
    play.ignores(press(Answer::ContinueAs));
}

#[test]
fn a_hint_fills_in_and_proves_nothing() {
    let entry = Entry { hint: Some(ADA.into()), ..entry(Path::SignIn) };
    let play = Play::enter(password_flow(), entry);
    assert_eq!(Turn::Show(play.shown()), address_page(Path::SignIn));
    assert_eq!(play.typed("address").as_deref(), Some(ADA));
    assert_eq!(play.journey.stage.address(), None);
}
