//! What people are called, and whether anybody asks for a proof of it: user names, and addresses that are taken as typed.

use super::*;

const MINA: &str = "mina-k";

fn named(sign_in_name: SignInName, address: AddressProof) -> UserFlow {
    let rules = FlowRules { sign_in_name, address, ..FlowRules::default() };
    UserFlow { rules, ..password_flow() }
}

fn by_user_name() -> UserFlow {
    named(SignInName::UserName, AddressProof::ByCode)
}

fn page(path: Path, asks: Asks) -> Turn {
    Turn::Show(name_page(path, asks, path == Path::Recover || asks == Asks::Contact))
}

fn wishes(name: &str) -> Turn {
    Turn::Do(Effect::FindName { user_name: name.into() })
}

fn taken(is: bool) -> Event {
    Event::NameFound(is)
}

fn signed_up_as(name: &str, reached: Reached, proved: &[Proof]) -> Turn {
    Turn::Finish(Outcome::SignedUp {
        address: name.into(),
        reached,
        password: Some("argon2".into()),
        attributes: stored(),
        proved: proved.into(),
        keep: false,
    })
}

/// From the page of a new password to the end.
fn ends(play: &mut Play, end: Turn) {
    play.runs([
        (new_password("open sesame"), hashes_for(play, "open sesame")),
        (hashed(), attribute_page(&layout())),
        (attributes(3, &FILLED_IN), end),
    ]);
}

fn hashes_for(play: &Play, password: &str) -> Turn {
    let address = play.journey.stage.address().unwrap_or_default().to_owned();
    Turn::Do(Effect::HashPassword { password: password.into(), address })
}

#[test]
fn a_user_name_is_wished_and_its_owner_proves_an_address_for_resets() {
    let mut play = Play::of(by_user_name(), Path::SignIn);
    play.runs([
        (press(Answer::SignUp), page(Path::SignUp, Asks::UserName)),
        (address(" mina-k "), wishes(MINA)),
        (taken(false), page(Path::SignUp, Asks::Contact)),
        (address("no address"), page(Path::SignUp, Asks::Contact)),
    ]);
    play.faults(&[("address", Why::NotAnAddress)]);
    assert_eq!(play.typed("address").as_deref(), Some("no address"));
    assert_eq!(play.journey.stage.address(), Some(MINA));
    play.runs([
        (address(ADA), sends(Path::SignUp)),
        (sent(1), code_page(Path::SignUp, 30)),
        (code("12345678"), checks_code(1)),
        // Whose account the address is too, is not asked.
        (Event::CodeChecked(true), new_password_page(Path::SignUp)),
    ]);
    ends(&mut play, signed_up_as(MINA, Reached::Contact(ADA.into()), &[Proof::Code]));
}

#[test]
fn another_address_for_resets_keeps_the_user_name() {
    let mut play = Play::of(by_user_name(), Path::SignUp);
    play.runs([
        (address(MINA), wishes(MINA)),
        (taken(false), page(Path::SignUp, Asks::Contact)),
        (address(ADA), sends(Path::SignUp)),
        (sent(1), code_page(Path::SignUp, 30)),
        (press(Answer::SignUp), page(Path::SignUp, Asks::Contact)),
    ]);
    assert_eq!(play.typed("address").as_deref(), Some(ADA));
    play.runs([(press(Answer::SignUp), page(Path::SignUp, Asks::UserName))]);
    assert_eq!(play.typed("address").as_deref(), Some(MINA));
}

#[test]
fn a_user_name_that_is_taken_is_told_at_once_and_at_the_end() {
    let mut play = Play::of(by_user_name(), Path::SignUp);
    play.runs([(address(MINA), wishes(MINA)), (taken(true), page(Path::SignUp, Asks::UserName))]);
    play.faults(&[("address", Why::NameTaken)]);
    assert_eq!(play.typed("address").as_deref(), Some(MINA));
    play.runs([
        (address(MINA), wishes(MINA)),
        (taken(false), page(Path::SignUp, Asks::Contact)),
        (address(ADA), sends(Path::SignUp)),
        (sent(1), code_page(Path::SignUp, 30)),
        (code("12345678"), checks_code(1)),
        (Event::CodeChecked(true), new_password_page(Path::SignUp)),
    ]);
    ends(&mut play, signed_up_as(MINA, Reached::Contact(ADA.into()), &[Proof::Code]));
    play.runs([(Event::AddressTaken, page(Path::SignUp, Asks::UserName))]);
    play.faults(&[("address", Why::NameTaken)]);
}

#[test]
fn an_address_is_no_user_name() {
    let mut play = Play::of(by_user_name(), Path::SignIn);
    for bad in [ADA, "-mina", "mina k", "mína", "m.k", &"m".repeat(65)] {
        play.runs([(address(bad), page(Path::SignIn, Asks::UserName))]);
        play.faults(&[("address", Why::NotAUserName)]);
    }
    play.runs([(address(" "), page(Path::SignIn, Asks::UserName))]);
    play.faults(&[("address", Why::Required)]);
}

#[test]
fn a_user_name_signs_in_by_its_password_and_by_no_code() {
    let checks = Turn::Do(Effect::CheckPassword { address: MINA.into(), password: "sesame".into() });
    let mut play = Play::of(by_user_name(), Path::SignIn).with_some(true, true);
    play.runs([(address(MINA), password_page()), (password("sesame"), checks), (wrong(), password_page())]);
    play.faults(&[("password", Why::WrongPasswordForName)]);
    play.ignores(press(Answer::UseCode));
    let checks = Turn::Do(Effect::CheckPassword { address: MINA.into(), password: "sesame".into() });
    play.runs([(password("sesame"), checks), (right(), signed_in(&[Proof::Password]))]);
}

#[test]
fn a_user_name_gets_its_password_back_by_the_address_behind_it() {
    let mut play = Play::of(by_user_name(), Path::SignIn);
    let send = Turn::Do(Effect::SendCode { address: MINA.into(), path: Path::Recover });
    let find = Turn::Do(Effect::FindAccount { address: MINA.into() });
    play.runs([
        (press(Answer::Recover), page(Path::Recover, Asks::UserName)),
        (address(MINA), send),
        (sent(1), code_page(Path::Recover, 30)),
        (code("12345678"), checks_code(1)),
        (Event::CodeChecked(true), find),
        (found(Method::Password), new_password_page(Path::Recover)),
    ]);
    play.runs([(new_password("open sesame"), hashes_for(&play, "open sesame")), (hashed(), recovered())]);
}

fn sent_to(mailbox: &str) -> Event {
    Event::CodeSent { hash: hash(1), resend_at: START + Duration::from_secs(30), to: Some(mailbox.into()) }
}

/// Whoever has the name may be reached elsewhere by the time the code comes back, and the page was left meanwhile.
#[test]
fn r11_by_a_user_name_a_mailbox_counts_that_was_read() {
    let mut play = Play::of(by_user_name(), Path::Recover);
    let send = Turn::Do(Effect::SendCode { address: MINA.into(), path: Path::Recover });
    let find = Turn::Do(Effect::FindAccount { address: MINA.into() });
    play.runs([
        (address(MINA), send),
        (sent_to("mina@old.example"), code_page(Path::Recover, 30)),
        (press(Answer::SignIn), page(Path::SignIn, Asks::UserName)),
        (press(Answer::Recover), page(Path::Recover, Asks::UserName)),
        (address(MINA), code_page(Path::Recover, 30)),
        (code("12345678"), checks_code(1)),
        (Event::CodeChecked(true), find),
    ]);
    assert_eq!(play.journey.stage.mailbox(), Some("mina@old.example"), "of whoever needs no password");
    play.runs([(found(Method::Password), new_password_page(Path::Recover))]);
    assert_eq!(play.journey.stage.mailbox(), Some("mina@old.example"));
}

#[test]
fn r11_it_counts_behind_the_page_of_a_password_as_well() {
    let mut play = Play::of(UserFlow { method: Method::Passcode, ..by_user_name() }, Path::SignIn);
    let send = Turn::Do(Effect::SendCode { address: MINA.into(), path: Path::SignIn });
    play.runs([(address(MINA), send)]);
    play.on(sent_to("mina@old.example"));
    let find = || Turn::Do(Effect::FindAccount { address: MINA.into() });
    play.runs([(code("12345678"), checks_code(1)), (Event::CodeChecked(true), find())]);
    play.runs([(found(Method::Password), password_page()), (press(Answer::Recover), find())]);
    play.runs([(found(Method::Password), new_password_page(Path::Recover))]);
    assert_eq!(play.journey.stage.mailbox(), Some("mina@old.example"));
}

/// Its owner was deleted between code and question: nobody goes on as a new person whose address is a name.
#[test]
fn a_user_name_that_is_gone_ends() {
    let mut play = Play::of(by_user_name(), Path::Recover);
    let send = Turn::Do(Effect::SendCode { address: MINA.into(), path: Path::Recover });
    let find = Turn::Do(Effect::FindAccount { address: MINA.into() });
    play.runs([(address(MINA), send), (sent(1), code_page(Path::Recover, 30)), (code("12345678"), checks_code(1))]);
    play.runs([(Event::CodeChecked(true), find), (nobody(), stopped(Stop::Expired))]);
}

#[test]
fn where_either_will_do_the_at_sign_decides() {
    let flow = named(SignInName::EmailOrUserName, AddressProof::ByCode);
    let mut play = Play::of(flow.clone(), Path::SignUp);
    assert_eq!(Turn::Show(play.shown()), page(Path::SignUp, Asks::EmailOrUserName));
    play.proves_address(Path::SignUp);
    play.runs([(nobody(), new_password_page(Path::SignUp))]);
    let mut play = Play::of(flow, Path::SignUp);
    play.runs([(address(MINA), wishes(MINA)), (taken(false), page(Path::SignUp, Asks::Contact))]);
}

#[test]
fn an_address_is_taken_as_typed_and_nothing_is_called_proved() {
    let flow = named(SignInName::Email, AddressProof::AsTyped);
    let mut play = Play::of(flow.clone(), Path::SignUp);
    assert_eq!(play.shown(), name_page(Path::SignUp, Asks::Email, false));
    play.runs([(address(ADA), new_password_page(Path::SignUp))]);
    ends(&mut play, signed_up_as(ADA, Reached::AsTyped, &[]));

    let mut play = Play::of(named(SignInName::UserName, AddressProof::AsTyped), Path::SignUp);
    play.runs([(address(MINA), wishes(MINA)), (taken(false), new_password_page(Path::SignUp))]);
    ends(&mut play, signed_up_as(MINA, Reached::Nowhere, &[]));
}

/// Whoever took somebody's address as typed shows that it is theirs, or gets nowhere.
#[test]
fn r12_an_address_that_somebody_has_is_proved_after_all() {
    let mut play = Play::of(named(SignInName::Email, AddressProof::AsTyped), Path::SignUp);
    play.runs([(address(ADA), new_password_page(Path::SignUp))]);
    ends(&mut play, signed_up_as(ADA, Reached::AsTyped, &[]));
    play.runs([
        (Event::AddressTaken, sends(Path::SignUp)),
        (sent(1), code_page(Path::SignUp, 30)),
        (code("12345678"), checks_code(1)),
        (Event::CodeChecked(true), finds()),
        (found(Method::Password), password_page()),
    ]);
    assert_eq!(play.journey.said.notice, Some(Notice::AlreadyHaveAccount));
}

#[test]
fn without_passwords_every_address_is_proved() {
    let rules = FlowRules { address: AddressProof::AsTyped, ..FlowRules::default() };
    let mut play = Play::of(UserFlow { rules, ..passcode_flow() }, Path::SignUp);
    play.runs([(address(ADA), sends(Path::SignUp))]);
}

/// A journey of a server before this one goes on.
#[test]
fn a_journey_of_before_is_read() {
    let code = serde_json::json!({"code": {"path": "signUp", "address": ADA, "code": {"none": {"resend_at": 1}}}});
    let read: Stage = serde_json::from_value(code).unwrap();
    assert!(matches!(read, Stage::Code { user_name: None, .. }));
    let chosen = serde_json::json!({"newPassword": {"address": ADA, "purpose": "signUp"}});
    let read: Stage = serde_json::from_value(chosen).unwrap();
    assert!(matches!(read, Stage::NewPassword { reached: Reached::Proved, .. }));
    let live = serde_json::json!({"live": {"hash": "h", "expires_at": 2, "tries_left": 5, "resend_at": 1}});
    let read: Code = serde_json::from_value(live).unwrap();
    assert!(matches!(read, Code::Live { to: None, .. }));
    let asked = serde_json::json!({"password": {"address": MINA, "address_is": "proved"}});
    let read: Stage = serde_json::from_value(asked).unwrap();
    assert!(matches!(read, Stage::Password { address_is: AddressIs::Proved, .. }));
}
