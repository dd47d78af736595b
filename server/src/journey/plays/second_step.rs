//! Another proof besides the first: a code to an address that the account keeps for it, and how it comes by that address.

use super::*;

const OTHER: &str = "ada@elsewhere.example";
const COVERED: &str = "a***a@e***e.org";
const OTHER_COVERED: &str = "a***a@e***e.example";

fn with_address(method: Method) -> Account {
    Account { second_address: Some(OTHER.into()), ..ada(method) }
}

fn with_own(method: Method) -> Account {
    Account { second_address: Some(ADA.into()), ..ada(method) }
}

fn right_for(account: Account) -> Event {
    Event::PasswordChecked(Verdict::Right(account))
}

fn offer_page() -> Turn {
    Turn::Show(Step::SecondStep { to: OTHER_COVERED.into() })
}

fn ask_page(own: Option<&str>) -> Turn {
    Turn::Show(Step::SecondAddress { own: own.map(Into::into) })
}

fn second_code_page(alive: bool, seconds: u32, enrols: bool) -> Turn {
    let resend = if seconds == 0 { Resend::Now } else { Resend::In { seconds } };
    Turn::Show(Step::SecondCode { to: OTHER_COVERED.into(), length: 8, alive, resend, enrols })
}

fn sends_second() -> Turn {
    Turn::Do(Effect::SendSecondCode { account: "ada".into(), to: OTHER.into() })
}

fn sends_enrolment(to: &str, own: Option<&str>) -> Turn {
    Turn::Do(Effect::SendEnrolmentCode { to: to.into(), own: own.map(Into::into) })
}

fn checks_second(n: u32) -> Turn {
    Turn::Do(Effect::CheckSecondCode { account: "ada".into(), code: "12345678".into(), hash: hash(n) })
}

fn keeps(to: &str) -> Turn {
    Turn::Do(Effect::KeepSecondAddress { account: "ada".into(), to: to.into() })
}

fn at_the_password(flow: UserFlow) -> Play {
    let mut play = Play::of(flow, Path::SignIn);
    play.runs([(address(ADA), password_page()), (password("open sesame"), checks_password("open sesame"))]);
    play
}

/// From the page that offers the code to its verdict.
fn shows_second_code(play: &mut Play) {
    play.runs([
        (press(Answer::UseCode), sends_second()),
        (sent(1), second_code_page(true, 30, false)),
        (code("1234 5678"), checks_second(1)),
    ]);
}

#[test]
fn a_flow_that_asks_twice_lets_nobody_in_by_one_proof() {
    let mut play = at_the_password(asking_twice(password_flow()));
    play.runs([(right_for(with_address(Method::Password)), offer_page())]);
    shows_second_code(&mut play);
    play.runs([(Event::CodeChecked(true), signed_in(&[Proof::Password, Proof::SecondCode]))]);
    let check = Effect::CheckSecondCode { account: "ada".into(), code: "1".into(), hash: hash(1) };
    assert!(check.is_counted_first());
}

#[test]
fn one_that_does_not_ask_lets_them_in() {
    let mut play = at_the_password(password_flow());
    play.runs([(right_for(with_address(Method::Password)), signed_in(&[Proof::Password]))]);
}

#[test]
fn an_app_stands_for_the_code() {
    let mut play = at_the_password(asking_twice(password_flow()));
    let account = Account { second_factor: SecondFactor::Enrolled, ..with_address(Method::Password) };
    play.runs([(right_for(account), Turn::Show(Step::SecondFactor))]);
}

#[test]
fn r3_five_wrong_codes_kill_a_second_code_and_another_one_helps() {
    let mut play = at_the_password(asking_twice(password_flow()));
    play.runs([(right_for(with_address(Method::Password)), offer_page())]);
    shows_second_code(&mut play);
    for left in (1..5).rev() {
        play.runs([(Event::CodeChecked(false), second_code_page(true, 30, false))]);
        play.faults(&[("code", Why::WrongCode { tries_left: left })]);
        play.runs([(code("12345678"), checks_second(1))]);
    }
    play.runs([(Event::CodeChecked(false), second_code_page(false, 30, false))]);
    assert_eq!(play.journey.said.notice, Some(Notice::CodeDead));
    play.ignores(code("12345678"));
    play.ignores(press(Answer::Resend));
    play.later(30);
    let again = Event::CodeSent { hash: hash(2), resend_at: play.now + Duration::from_secs(30), to: None };
    play.runs([(press(Answer::Resend), sends_second()), (again, second_code_page(true, 30, false))]);
    play.runs([
        (code("12345678"), checks_second(2)),
        (Event::CodeChecked(true), signed_in(&[Proof::Password, Proof::SecondCode])),
    ]);
}

#[test]
fn a_second_code_is_good_for_ten_minutes() {
    let mut play = at_the_password(asking_twice(password_flow()));
    play.runs([(right_for(with_address(Method::Password)), offer_page())]);
    play.runs([(press(Answer::UseCode), sends_second()), (sent(1), second_code_page(true, 30, false))]);
    play.later(600);
    play.runs([(code("12345678"), second_code_page(false, 0, false))]);
    play.faults(&[("code", Why::CodeExpired)]);
}

#[test]
fn who_has_no_address_for_it_takes_their_own_at_once() {
    let mut play = at_the_password(asking_twice(password_flow()));
    play.runs([
        (right_for(ada(Method::Password)), ask_page(Some(COVERED))),
        (press(Answer::UseOwnAddress), keeps(ADA)),
        (Event::SecondAddressKept, signed_in(&[Proof::Password])),
    ]);
    // Typed, it is the same one.
    let mut play = at_the_password(asking_twice(password_flow()));
    play.runs([
        (right_for(ada(Method::Password)), ask_page(Some(COVERED))),
        (address("Ada@Example.org"), sends_enrolment("Ada@Example.org", Some(ADA))),
        (Event::IsOwnAddress, keeps("Ada@Example.org")),
        (Event::SecondAddressKept, signed_in(&[Proof::Password])),
    ]);
}

#[test]
fn another_address_is_theirs_once_its_code_comes_back() {
    let mut play = at_the_password(asking_twice(password_flow()));
    play.runs([
        (right_for(ada(Method::Password)), ask_page(Some(COVERED))),
        (address("nowhere"), ask_page(Some(COVERED))),
    ]);
    play.faults(&[("address", Why::NotAnAddress)]);
    play.runs([
        (address("bob@elsewhere.example"), sends_enrolment("bob@elsewhere.example", Some(ADA))),
        (
            Event::CodeRefused { resend_at: START + Duration::from_secs(90) },
            Turn::Show(Step::SecondCode {
                to: "b***b@e***e.example".into(),
                length: 8,
                alive: false,
                resend: Resend::In { seconds: 90 },
                enrols: true,
            }),
        ),
        (press(Answer::UseOtherAddress), ask_page(Some(COVERED))),
        (address(OTHER), sends_enrolment(OTHER, Some(ADA))),
        (sent(1), second_code_page(true, 30, true)),
        // Once more the same: no code is taken away where none can be had yet.
        (address(OTHER), sends_enrolment(OTHER, Some(ADA))),
        (Event::CodeRefused { resend_at: START + Duration::from_secs(30) }, second_code_page(true, 30, true)),
        (code("12345678"), checks_code(1)),
        (Event::CodeChecked(true), keeps(OTHER)),
        (Event::SecondAddressKept, signed_in(&[Proof::Password, Proof::SecondCode])),
    ]);
}

#[test]
fn the_mailbox_of_the_first_code_is_no_second_one() {
    let flow = || asking_twice(passcode_flow());
    let mut play = Play::of(flow(), Path::SignIn);
    play.proves_by_code();
    play.runs([
        (Event::AccountFound(Some(ada(Method::Passcode))), ask_page(None)),
        (address(ADA), sends_enrolment(ADA, Some(ADA))),
        (Event::IsOwnAddress, ask_page(None)),
    ]);
    play.faults(&[("address", Why::OwnAddress)]);
    play.ignores(press(Answer::UseOwnAddress));
    play.runs([
        (address(OTHER), sends_enrolment(OTHER, Some(ADA))),
        (sent(2), second_code_page(true, 30, true)),
        (code("12345678"), checks_code(2)),
        (Event::CodeChecked(true), keeps(OTHER)),
        (Event::SecondAddressKept, signed_in(&[Proof::Code, Proof::SecondCode])),
    ]);
    // Kept once, and their sign-in address since.
    let mut play = Play::of(flow(), Path::SignIn);
    play.proves_by_code();
    play.runs([(Event::AccountFound(Some(with_own(Method::Passcode))), ask_page(None))]);
}

#[test]
fn r11_a_mailbox_alone_changes_no_password_of_who_has_another_for_the_second_step() {
    let mut play = Play::of(asking_twice(password_flow()), Path::Recover);
    play.proves_address(Path::Recover);
    play.runs([
        (Event::AccountFound(Some(with_address(Method::Password))), offer_page()),
        (press(Answer::UseCode), sends_second()),
        (sent(2), second_code_page(true, 30, false)),
        (code("12345678"), checks_second(2)),
        (Event::CodeChecked(true), new_password_page(Path::Recover)),
        (new_password("open sesame"), hashes("open sesame")),
        (hashed(), recovered_by(&[Proof::Code, Proof::SecondCode], None)),
    ]);
}

#[test]
fn r11_by_the_one_mailbox_there_is_nobody_has_shown_two_proofs() {
    let mut play = Play::of(asking_twice(password_flow()), Path::Recover);
    play.proves_address(Path::Recover);
    play.runs([
        (Event::AccountFound(Some(with_own(Method::Password))), new_password_page(Path::Recover)),
        (new_password("open sesame"), hashes("open sesame")),
        (hashed(), recovered_by(&[Proof::Code], None)),
    ]);
}

#[test]
fn who_recovers_and_has_none_sets_it_up_with_the_new_password() {
    let mut play = Play::of(asking_twice(password_flow()), Path::Recover);
    play.proves_address(Path::Recover);
    let (account, password) = ("ada".into(), "argon2".into());
    let replaces = Effect::ReplacePassword { account, password, proved: vec![Proof::Code], temporary_since: None };
    play.runs([
        (Event::AccountFound(Some(ada(Method::Password))), new_password_page(Path::Recover)),
        (new_password("open sesame"), hashes("open sesame")),
        (hashed(), Turn::Do(replaces)),
        (Event::PasswordReplaced, ask_page(Some(COVERED))),
        (press(Answer::UseOwnAddress), keeps(ADA)),
        (Event::SecondAddressKept, signed_in_by(&[Proof::Code], Came::Renewed { at: START })),
    ]);
}

fn makes_account() -> Turn {
    let (password, attributes) = (Some("argon2".into()), stored());
    Turn::Do(Effect::MakeAccount { address: ADA.into(), reached: Reached::Proved, password, attributes })
}

fn at_the_last_page_of_sign_up() -> Play {
    let mut play = Play::of(asking_twice(password_flow()), Path::SignUp);
    play.proves_address(Path::SignUp);
    play.runs([
        (nobody(), new_password_page(Path::SignUp)),
        (new_password("open sesame"), hashes("open sesame")),
        (hashed(), attribute_page(&layout())),
        (attributes(3, &FILLED_IN), makes_account()),
    ]);
    play
}

#[test]
fn an_account_is_made_before_its_second_step() {
    let mut play = at_the_last_page_of_sign_up();
    play.runs([
        (Event::AccountMade("ada".into()), ask_page(Some(COVERED))),
        (address(OTHER), sends_enrolment(OTHER, Some(ADA))),
        (sent(2), second_code_page(true, 30, true)),
        (code("12345678"), checks_code(2)),
        (Event::CodeChecked(true), keeps(OTHER)),
        (Event::SecondAddressKept, signed_in_by(&[Proof::Code, Proof::SecondCode], Came::New { at: START })),
    ]);
}

#[test]
fn who_was_slower_signs_in_by_the_account_that_is_there() {
    let mut play = at_the_last_page_of_sign_up();
    play.runs([(Event::AddressTaken, finds())]);
}

fn enters_known(proved: &[Proof]) -> Play {
    let known = Some(Known { kept: true, ..known_by(proved) });
    Play::enter(asking_twice(password_flow()), Entry { known, ..entry(Path::SignIn) })
}

fn finds_known() -> Turn {
    Turn::Do(Effect::FindKnown { account: "ada".into() })
}

#[test]
fn a_session_of_one_proof_is_asked_for_the_other() {
    let mut play = enters_known(&[Proof::Password]);
    play.runs([
        (press(Answer::ContinueAs), finds_known()),
        (Event::AccountFound(Some(with_address(Method::Password))), offer_page()),
    ]);
    shows_second_code(&mut play);
    let (proved, came) = (vec![Proof::Password, Proof::SecondCode], Came::Before { kept: true });
    let outcome = Outcome::SignedIn { account: "ada".into(), proved, keep: true, came };
    play.runs([(Event::CodeChecked(true), Turn::Finish(outcome))]);
    let mut play = enters_known(&[Proof::Password, Proof::SecondCode]);
    play.runs([(press(Answer::ContinueAs), Turn::Finish(Outcome::ContinuedAs { account: "ada".into() }))]);
}

#[test]
fn r18_nobody_sets_a_second_step_up_by_an_old_session() {
    for account in [ada(Method::Password), Account { disabled: true, ..with_address(Method::Password) }] {
        let mut play = enters_known(&[Proof::Password]);
        let is_disabled = account.disabled;
        play.runs([(press(Answer::ContinueAs), finds_known())]);
        let turn = play.on(Event::AccountFound(Some(account)));
        match is_disabled {
            true => assert_eq!(turn, stopped(Stop::Expired)),
            false => {
                assert_eq!(turn, address_page(Path::SignIn));
                assert_eq!(play.typed("address").as_deref(), Some(ADA));
            }
        }
    }
}

#[test]
fn a_way_out_leads_on_from_every_page_of_the_second_step() {
    for answers in [vec![], vec![press(Answer::UseCode), sent(1)]] {
        let mut play = at_the_password(asking_twice(password_flow()));
        play.runs([(right_for(with_address(Method::Password)), offer_page())]);
        for event in answers {
            play.on(event);
        }
        play.runs([(press(Answer::SignIn), address_page(Path::SignIn))]);
        assert_eq!(play.typed("address").as_deref(), Some(ADA));
    }
}
