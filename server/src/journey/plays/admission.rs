//! After the first proof: the second factor, and a password of one's own.

use super::*;
use app::contract::flow_rules::ForcedReset;

fn right_for(account: Account) -> Event {
    Event::PasswordChecked(Verdict::Right(account))
}

fn with_app() -> Account {
    Account { second_factor: SecondFactor::Enrolled, ..ada(Method::Password) }
}

fn with_temporary_password() -> Account {
    Account { temporary_since: Some(START), ..ada(Method::Password) }
}

fn second_factor_page() -> Turn {
    Turn::Show(Step::SecondFactor)
}

fn checks_second_factor(typed: &str) -> Turn {
    Turn::Do(Effect::CheckSecondFactor { account: "ada".into(), code: typed.into() })
}

fn at_the_password() -> Play {
    let mut play = Play::of(password_flow(), Path::SignIn);
    play.runs([(address(ADA), password_page()), (password("open sesame"), checks_password("open sesame"))]);
    play
}

#[test]
fn r37_a_password_alone_opens_nothing_of_who_has_a_second_factor() {
    let mut play = at_the_password();
    play.runs([
        (right_for(with_app()), second_factor_page()),
        (code("123 456"), checks_second_factor("123456")),
        (Event::SecondFactorChecked(true), signed_in(&[Proof::Password, Proof::SecondFactor])),
    ]);
    assert!(Effect::CheckSecondFactor { account: "ada".into(), code: "1".into() }.is_counted_first());
}

#[test]
fn five_wrong_codes_end_the_journey() {
    let mut play = at_the_password();
    play.runs([(right_for(with_app()), second_factor_page())]);
    for _ in 0..4 {
        play.runs([
            (code("000000"), checks_second_factor("000000")),
            (Event::SecondFactorChecked(false), second_factor_page()),
        ]);
    }
    // What cannot be a code costs no try.
    play.runs([(code("12"), second_factor_page()), (code("abcde-fghjk"), checks_second_factor("abcde-fghjk"))]);
    play.runs([(Event::SecondFactorChecked(false), stopped(Stop::Expired))]);
    play.ignores(code("123456"));
}

#[test]
fn a_try_that_was_taken_and_never_judged_is_gone() {
    let mut play = at_the_password();
    play.runs([(right_for(with_app()), second_factor_page())]);
    for _ in 0..5 {
        play.runs([(code("000000"), checks_second_factor("000000"))]);
    }
    play.runs([(code("123456"), stopped(Stop::Expired))]);
}

#[test]
fn r11_a_mailbox_alone_changes_no_password_of_who_has_a_second_factor() {
    let mut play = Play::of(password_flow(), Path::Recover);
    play.proves_address(Path::Recover);
    play.runs([
        (Event::AccountFound(Some(with_app())), second_factor_page()),
        (code("123456"), checks_second_factor("123456")),
        (Event::SecondFactorChecked(true), new_password_page(Path::Recover)),
        (new_password("open sesame"), hashes("open sesame")),
        (hashed(), recovered_by(&[Proof::Code, Proof::SecondFactor], None)),
    ]);
}

#[test]
fn a_password_that_an_administrator_made_is_replaced_at_once() {
    let mut play = at_the_password();
    play.runs([
        (right_for(with_temporary_password()), new_password_page(Path::Recover)),
        (new_password("short"), new_password_page(Path::Recover)),
        (new_password("open sesame"), hashes("open sesame")),
        (hashed(), recovered_by(&[Proof::Password], Some(START))),
    ]);
}

#[test]
fn r37_who_has_to_enrol_is_not_let_in_before() {
    let mut play = at_the_password();
    let missing = Account { second_factor: SecondFactor::Missing, ..ada(Method::Password) };
    let must_enrol = Outcome::MustEnrol { account: "ada".into(), proved: vec![Proof::Password] };
    play.runs([(right_for(missing.clone()), Turn::Finish(must_enrol))]);
    let mut play = Play::of(password_flow(), Path::Recover);
    play.proves_address(Path::Recover);
    let outcome = Outcome::Recovered {
        account: "ada".into(),
        password: "argon2".into(),
        proved: vec![Proof::Code],
        temporary_since: None,
        must_enrol: true,
    };
    play.runs([
        (Event::AccountFound(Some(missing)), new_password_page(Path::Recover)),
        (new_password("open sesame"), hashes("open sesame")),
        (hashed(), Turn::Finish(outcome)),
    ]);
}

#[test]
fn where_a_flow_says_so_an_administrators_password_is_as_good_as_any() {
    let mut flow = password_flow();
    flow.rules.forced_reset = ForcedReset::Off;
    let mut play = Play::of(flow, Path::SignIn);
    play.runs([
        (address(ADA), password_page()),
        (password("sesame"), checks_password("sesame")),
        (right_for(with_temporary_password()), signed_in(&[Proof::Password])),
    ]);
}
