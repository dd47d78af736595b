//! Plays: events in, turns out. One act per path; `random` lets monkeys on the stage, and `model` judges them.

mod admission;
mod code;
mod kinds;
mod layout;
mod model;
mod names;
mod random;
mod recover;
mod second_step;
mod sign_in;
mod sign_up;
mod stale;

use super::{second_step::At, *};
use app::contract::{
    attribute::DataType,
    flow_rules::{AddressProof, FlowRules, SecondStepAsked, SignInName},
    id::AccountId,
    journey::{Asks, Notice, Resend, Step, Stop, is_address},
    secret::Secret,
    user_flow::{
        About, Choice, Composition, FlowKind, Input, InputKind, Layout, Method, PasswordRule, SignUp, Visibility,
    },
    validate::{Fault, Why},
};
use std::{collections::BTreeMap, time::Duration};

const ADA: &str = "ada@example.org";
const START: Timestamp = Timestamp(1_800_000_000_000);
const RULE: PasswordRule = PasswordRule { min_length: 8, max_length: 64, composition: Composition::Any };
const LANGUAGES: [&str; 3] = ["en", "de", "ar"];

/// A journey under way, and the world around it.
struct Play {
    flow: UserFlow,
    some_sign_in_by: SomeSignInBy,
    now: Timestamp,
    journey: Journey,
}

impl Play {
    fn of(flow: UserFlow, path: Path) -> Play {
        Play::enter(flow, entry(path))
    }

    fn enter(flow: UserFlow, entry: Entry) -> Play {
        Play { flow, some_sign_in_by: SomeSignInBy::default(), now: START, journey: begin(entry) }
    }

    fn with_some(mut self, password: bool, passcode: bool) -> Play {
        self.some_sign_in_by = SomeSignInBy { password, passcode };
        self
    }

    fn later(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
    }

    fn on(&mut self, event: Event) -> Turn {
        let setting =
            Setting { flow: &self.flow, some_sign_in_by: self.some_sign_in_by, languages: LANGUAGES.to_vec() };
        let (journey, turn) = advance(&setting, self.journey.clone(), event, self.now);
        self.journey = journey;
        turn
    }

    fn shown(&self) -> Step {
        let setting =
            Setting { flow: &self.flow, some_sign_in_by: self.some_sign_in_by, languages: LANGUAGES.to_vec() };
        show(&setting, &self.journey, self.now)
    }

    /// The script: each event is answered by its turn.
    #[track_caller]
    fn runs(&mut self, script: impl IntoIterator<Item = (Event, Turn)>) {
        for (event, turn) in script {
            let told = format!("{event:?}");
            assert_eq!(self.on(event), turn, "on {told}");
        }
    }

    /// The event changes nothing: the page as it was, told again.
    #[track_caller]
    fn ignores(&mut self, event: Event) {
        let (before, page) = (self.journey.clone(), self.shown());
        let told = format!("{event:?}");
        assert_eq!(self.on(event), Turn::Show(page), "on {told}");
        assert_eq!(self.journey, before, "on {told}");
    }

    #[track_caller]
    fn faults(&self, faults: &[(&str, Why)]) {
        let wanted: Vec<Fault> =
            faults.iter().map(|(field, why)| Fault { field: (*field).into(), why: why.clone() }).collect();
        assert_eq!(self.journey.said.faults, wanted);
    }

    fn typed(&self, field: &str) -> Option<String> {
        super::typed(&self.journey).remove(field)?.pop()
    }

    /// The same where codes are how people sign in.
    #[track_caller]
    fn proves_by_code(&mut self) {
        let page = |alive| {
            let resend = Resend::In { seconds: 30 };
            let (path, length) = (Path::SignIn, 8);
            Turn::Show(Step::Code { path, length, alive, resend, offers_to_keep: true, offers_password: false })
        };
        self.runs([(address(ADA), sends(Path::SignIn)), (sent(1), page(true)), (code("12345678"), checks_code(1))]);
        self.runs([(Event::CodeChecked(true), finds())]);
    }

    /// Through the proof of the address, to the question whose it is.
    #[track_caller]
    fn proves_address(&mut self, path: Path) {
        self.runs([(address(ADA), sends(path)), (sent(1), code_page(path, 30)), (code("12345678"), checks_code(1))]);
        self.runs([(Event::CodeChecked(true), finds())]);
    }
}

/// Somebody nobody knows comes without a wish.
fn entry(path: Path) -> Entry {
    Entry { path, language: "en".into(), hint: None, known: None, profile: None, popup: false, can_cancel: false }
}

/// Ada is signed in at this browser.
fn known_by(proved: &[Proof]) -> Known {
    let (account, address) = ("ada".into(), ADA.into());
    Known { account, address, name: None, until: None, proved: proved.into(), kept: false }
}

fn flow(method: Method) -> UserFlow {
    UserFlow {
        id: "flow".into(),
        name: "Customers".into(),
        kind: FlowKind::SignUpOrSignIn,
        method,
        sign_up: SignUp::Open,
        keep_signed_in: true,
        password: RULE,
        layout: layout(),
        claims: Vec::new(),
        rules: FlowRules::default(),
        about: About::default(),
    }
}

fn password_flow() -> UserFlow {
    flow(Method::Password)
}

fn passcode_flow() -> UserFlow {
    flow(Method::Passcode)
}

fn asking_twice(mut flow: UserFlow) -> UserFlow {
    flow.rules.second_step.asked = SecondStepAsked::Always;
    flow
}

fn closed(flow: UserFlow) -> UserFlow {
    UserFlow { sign_up: SignUp::Closed, ..flow }
}

fn without_page(flow: UserFlow) -> UserFlow {
    let inputs = vec![Input { visibility: Visibility::Hidden, default: Some("web".into()), ..input("source") }];
    UserFlow { layout: Layout { revision: 3, inputs }, ..flow }
}

fn layout() -> Layout {
    let hidden = Input { visibility: Visibility::Hidden, default: Some("web".into()), ..input("source") };
    let fixed = Input { visibility: Visibility::ReadOnly, default: Some("basic".into()), ..input("plan") };
    let country = Input {
        kind: InputKind::Dropdown,
        options: ["dk", "se"].map(|value| Choice { value: value.into(), text: value.into() }).into(),
        ..input("country")
    };
    let terms =
        Input { kind: InputKind::Checkbox, data_type: DataType::Boolean, required: true, ..input("extension_terms") };
    let name = Input { required: true, ..input("displayName") };
    Layout { revision: 3, inputs: vec![name, country, terms, hidden, fixed] }
}

fn input(attribute: &str) -> Input {
    Input {
        attribute: attribute.into(),
        data_type: DataType::String,
        kind: InputKind::Text,
        label: attribute.into(),
        hint: None,
        required: false,
        visibility: Visibility::Editable,
        default: None,
        options: Vec::new(),
        pattern: None,
        max_length: 64,
    }
}

// What the person does.

fn press(answer: Answer) -> Event {
    Event::Answered(answer)
}

fn address(typed: &str) -> Event {
    press(Answer::Address { address: typed.into() })
}

fn password(typed: &str) -> Event {
    press(Answer::Password { password: typed.into(), keep: false })
}

fn code(typed: &str) -> Event {
    press(Answer::Code { code: typed.into(), keep: false })
}

fn new_password(typed: &str) -> Event {
    press(Answer::NewPassword { password: typed.into() })
}

fn attributes(revision: i64, values: &[(&str, &str)]) -> Event {
    let values = values.iter().map(|(name, value)| ((*name).into(), vec![(*value).into()])).collect();
    press(Answer::Attributes { revision, values })
}

const FILLED_IN: [(&str, &str); 3] = [("displayName", " Ada "), ("country", "se"), ("extension_terms", "true")];

/// What is stored of `FILLED_IN`.
fn stored() -> Vec<(String, String)> {
    let stored = [("displayName", "Ada"), ("country", "se"), ("extension_terms", "true"), ("source", "web")];
    stored.into_iter().chain([("plan", "basic")]).map(|(name, value)| (name.into(), value.into())).collect()
}

// What the hands report.

/// The n-th code of the play, half a minute before another may be asked for.
fn sent(n: u32) -> Event {
    Event::CodeSent { hash: hash(n), resend_at: START + Duration::from_secs(30), to: None }
}

fn hash(n: u32) -> Secret {
    format!("hash of code {n}").into()
}

fn ada(method: Method) -> Account {
    Account {
        id: "ada".into(),
        method,
        disabled: false,
        temporary_since: None,
        second_factor: SecondFactor::NotWanted,
        second_address: None,
        mailbox: Some(ADA.into()),
    }
}

fn found(method: Method) -> Event {
    Event::AccountFound(Some(ada(method)))
}

fn found_disabled(method: Method) -> Event {
    Event::AccountFound(Some(Account { disabled: true, ..ada(method) }))
}

fn nobody() -> Event {
    Event::AccountFound(None)
}

fn right() -> Event {
    Event::PasswordChecked(Verdict::Right(ada(Method::Password)))
}

fn wrong() -> Event {
    Event::PasswordChecked(Verdict::Wrong)
}

fn hashed() -> Event {
    Event::PasswordHashed(Ok("argon2".into()))
}

// What the engine does.

fn sends(path: Path) -> Turn {
    Turn::Do(Effect::SendCode { address: ADA.into(), path })
}

fn checks_code(n: u32) -> Turn {
    Turn::Do(Effect::CheckCode { code: "12345678".into(), hash: hash(n) })
}

fn checks_password(typed: &str) -> Turn {
    Turn::Do(Effect::CheckPassword { address: ADA.into(), password: typed.into() })
}

fn finds() -> Turn {
    Turn::Do(Effect::FindAccount { address: ADA.into() })
}

fn hashes(typed: &str) -> Turn {
    Turn::Do(Effect::HashPassword { password: typed.into(), address: ADA.into() })
}

fn address_page(path: Path) -> Turn {
    Turn::Show(name_page(path, Asks::Email, path != Path::SignIn))
}

fn name_page(path: Path, asks: Asks, sends_code: bool) -> Step {
    Step::Address { path, asks, sends_code, can_sign_in: true, can_sign_up: true, can_recover: true }
}

fn password_page() -> Turn {
    Turn::Show(Step::Password { can_recover: true, offers_code: false, offers_to_keep: true })
}

/// In a flow with passwords, which is the way back from a code that was asked for in its place.
fn code_page(path: Path, seconds: u32) -> Turn {
    code_page_with(true, path, seconds)
}

/// The same page where no code is good any more, or none was sent.
fn dead_code_page(path: Path, seconds: u32) -> Turn {
    code_page_with(false, path, seconds)
}

fn code_page_with(alive: bool, path: Path, seconds: u32) -> Turn {
    let resend = if seconds == 0 { Resend::Now } else { Resend::In { seconds } };
    let signs_in = path == Path::SignIn;
    Turn::Show(Step::Code { path, length: 8, alive, resend, offers_to_keep: signs_in, offers_password: signs_in })
}

fn new_password_page(path: Path) -> Turn {
    Turn::Show(Step::NewPassword { path, rule: RULE })
}

fn attribute_page(layout: &Layout) -> Turn {
    Turn::Show(Step::Attributes { path: Path::SignUp, revision: layout.revision, fields: layout.fields("en") })
}

fn stopped(why: Stop) -> Turn {
    Turn::Show(Step::Stopped { why })
}

fn signed_in(proved: &[Proof]) -> Turn {
    signed_in_by(proved, Came::Now)
}

fn signed_in_by(proved: &[Proof], came: Came) -> Turn {
    Turn::Finish(Outcome::SignedIn { account: "ada".into(), proved: proved.into(), keep: false, came })
}

fn signed_up(password: Option<&str>, attributes: Vec<(String, String)>) -> Turn {
    let password = password.map(Into::into);
    let (reached, proved) = (Reached::Proved, vec![Proof::Code]);
    Turn::Finish(Outcome::SignedUp { address: ADA.into(), reached, password, attributes, proved, keep: false })
}

fn recovered() -> Turn {
    recovered_by(&[Proof::Code], None)
}

fn recovered_by(proved: &[Proof], temporary_since: Option<Timestamp>) -> Turn {
    let (account, password) = ("ada".into(), "argon2".into());
    Turn::Finish(Outcome::Recovered { account, password, proved: proved.into(), temporary_since, must_enrol: false })
}

/// Whoever looks at the machine's picture sees all of it.
#[test]
fn every_stage_is_drawn() {
    let (machine, source) = (include_str!("../mod.rs"), include_str!("../stage.rs"));
    let arrows = machine.lines().filter(|line| line.starts_with("//!") && line.contains(" --> "));
    let drawn: Vec<&str> = arrows.flat_map(str::split_whitespace).map(|word| word.trim_end_matches(':')).collect();
    let stages = source.split("pub enum Stage {\n").nth(1).unwrap().split("\n}").next().unwrap();
    let begins = |line: &str| line.starts_with(|letter: char| letter.is_ascii_uppercase());
    let stages = stages.lines().filter_map(|line| line.strip_prefix("    ")).filter(|line| begins(line));
    let names: Vec<&str> = stages.filter_map(|line| line.split([' ', ',', '(']).next()).collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        assert!(drawn.contains(&name), "{name} is not drawn");
    }
}
