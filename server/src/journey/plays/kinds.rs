//! What a flow is for: sign up, sign in, edit a profile or reset a password, and nothing else in each.

use super::*;
use app::contract::flow_rules::FlowVersion;

fn of_kind(kind: FlowKind) -> UserFlow {
    UserFlow { kind, ..password_flow() }
}

fn with_rules(rules: FlowRules) -> UserFlow {
    UserFlow { rules, ..password_flow() }
}

fn telling() -> FlowRules {
    FlowRules { forgot_password: ForgotPassword::TellApplication, ..FlowRules::default() }
}

fn first_page(flow: UserFlow) -> Step {
    let path = begins(&flow, Path::SignIn);
    Play::of(flow, path).shown()
}

fn profile_page() -> Turn {
    let layout = layout();
    let (revision, fields) = (layout.revision, layout.fields("en"));
    Turn::Show(Step::Attributes { path: Path::EditProfile, revision, fields })
}

fn reads() -> Turn {
    Turn::Do(Effect::ReadProfile { account: "ada".into() })
}

fn known_as_ada() -> Event {
    let attributes = BTreeMap::from([("displayName".to_owned(), "Ada".to_owned())]);
    Event::ProfileRead(Some(Profile { contact: None, second: None, attributes }))
}

#[test]
fn each_kind_begins_where_its_people_want_to_go() {
    for (kind, path, can_sign_in, can_sign_up) in [
        (FlowKind::SignUpOrSignIn, Path::SignIn, true, true),
        (FlowKind::SignIn, Path::SignIn, true, false),
        (FlowKind::SignUp, Path::SignUp, false, true),
        (FlowKind::ProfileEdit, Path::SignIn, true, false),
        (FlowKind::PasswordReset, Path::Recover, false, false),
    ] {
        let sends_code = path != Path::SignIn;
        let wanted = Step::Address { path, asks: Asks::Email, sends_code, can_sign_in, can_sign_up, can_recover: true };
        assert_eq!(first_page(of_kind(kind)), wanted, "{kind:?}");
    }
}

#[test]
fn a_reset_ends_with_a_new_password() {
    let mut play = Play::of(of_kind(FlowKind::PasswordReset), Path::Recover);
    play.proves_address(Path::Recover);
    play.runs([
        (found(Method::Password), new_password_page(Path::Recover)),
        (new_password("open sesame"), hashes("open sesame")),
        (hashed(), recovered()),
    ]);
}

#[test]
fn a_reset_makes_no_account_and_leads_nowhere_else() {
    let mut play = Play::of(of_kind(FlowKind::PasswordReset), Path::Recover);
    play.ignores(press(Answer::SignUp));
    play.proves_address(Path::Recover);
    play.runs([(nobody(), stopped(Stop::NoAccount))]);
}

#[test]
fn who_has_an_account_already_is_told_where_they_sign_up_once_their_address_is_proved() {
    let mut play = Play::of(of_kind(FlowKind::SignUp), Path::SignUp);
    play.proves_address(Path::SignUp);
    assert!(matches!(play.on(found(Method::Password)), Turn::Show(Step::Password { .. })));
    assert_eq!(play.journey.said.notice, Some(Notice::AlreadyHaveAccount));
}

#[test]
fn a_profile_is_shown_after_the_sign_in_and_saved() {
    let mut play = Play::of(of_kind(FlowKind::ProfileEdit), Path::SignIn);
    play.runs([(address(ADA), password_page())]);
    play.on(Event::Answered(Answer::Password { password: "open sesame".into(), keep: true }));
    play.runs([
        (Event::PasswordChecked(Verdict::Right(ada(Method::Password))), reads()),
        (known_as_ada(), profile_page()),
    ]);
    assert_eq!(play.typed("attribute.displayName").as_deref(), Some("Ada"));
    let Turn::Finish(Outcome::ProfileEdited { account, attributes, by }) = play.on(attributes(3, &FILLED_IN)) else {
        panic!("not saved");
    };
    assert_eq!(
        (account.as_str(), by),
        ("ada", Entered::Now { came: Came::Now, proved: vec![Proof::Password], keep: true })
    );
    let shown: Vec<String> = layout()
        .asked()
        .filter(|input| input.visibility == Visibility::Editable)
        .map(|input| input.attribute.clone())
        .collect();
    assert_eq!(attributes.iter().map(|(attribute, _)| attribute.clone()).collect::<Vec<_>>(), shown);
}

#[test]
fn who_is_signed_in_sees_their_profile_at_once_and_what_they_empty_is_forgotten() {
    let known = known_by(&[Proof::Password]);
    let one = Layout { revision: 3, inputs: vec![input("city")] };
    let flow = UserFlow { layout: one.clone(), ..of_kind(FlowKind::ProfileEdit) };
    let filled_in = profile::filled_in(&one, &BTreeMap::from([("city".to_owned(), "Lund".to_owned())]));
    let mut play = Play::enter(flow, Entry { known: Some(known), profile: Some(filled_in), ..entry(Path::SignIn) });
    assert_eq!(play.typed("attribute.city").as_deref(), Some("Lund"));
    let edited =
        Outcome::ProfileEdited { account: "ada".into(), attributes: vec![("city".into(), None)], by: Entered::Before };
    play.runs([(attributes(3, &[("city", "")]), Turn::Finish(edited))]);
}

#[test]
fn a_fault_keeps_what_was_typed_into_a_profile() {
    let known = known_by(&[Proof::Password]);
    let one = Layout { revision: 3, inputs: vec![Input { required: true, ..input("city") }, input("state")] };
    let flow = UserFlow { layout: one.clone(), ..of_kind(FlowKind::ProfileEdit) };
    let filled_in = profile::filled_in(&one, &BTreeMap::new());
    let mut play = Play::enter(flow, Entry { known: Some(known), profile: Some(filled_in), ..entry(Path::SignIn) });
    play.on(attributes(3, &[("city", " "), ("state", "Skåne")]));
    play.faults(&[("attribute.city", Why::Required)]);
    assert_eq!(play.typed("attribute.state").as_deref(), Some("Skåne"));
}

#[test]
fn the_application_is_told_of_a_forgotten_password_where_it_wants_to_be() {
    let mut play = Play::of(with_rules(telling()), Path::SignIn);
    play.runs([(press(Answer::Recover), Turn::Finish(Outcome::ForgotPassword))]);
    let mut play = Play::of(with_rules(telling()), Path::SignIn);
    play.runs([(address(ADA), password_page()), (press(Answer::Recover), Turn::Finish(Outcome::ForgotPassword))]);
}

#[test]
fn a_legacy_flow_keeps_telling_the_application() {
    let rules = FlowRules { version: FlowVersion::Legacy, ..FlowRules::default() };
    let mut play = Play::of(with_rules(rules), Path::SignIn);
    play.runs([(press(Answer::Recover), Turn::Finish(Outcome::ForgotPassword))]);
}

#[test]
fn nobody_recovers_where_it_is_not_offered() {
    let rules = FlowRules { forgot_password: ForgotPassword::NotOffered, ..FlowRules::default() };
    let mut play = Play::of(with_rules(rules), Path::SignIn);
    let page = Step::Address {
        path: Path::SignIn,
        asks: Asks::Email,
        sends_code: false,
        can_sign_in: true,
        can_sign_up: true,
        can_recover: false,
    };
    assert_eq!(play.shown(), page);
    play.ignores(press(Answer::Recover));
    let page = Step::Password { can_recover: false, offers_code: false, offers_to_keep: true };
    play.runs([(address(ADA), Turn::Show(page))]);
    play.ignores(press(Answer::Recover));
}
