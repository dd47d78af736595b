//! A small model of the world around a journey: what may happen in it, and what a journey may end in.

use super::*;
use std::collections::BTreeSet;

/// What people of a flow are called, and whether a code proves their addresses.
pub type Names = (SignInName, AddressProof);

/// One thing that happens, and the luck that the hands have with it.
pub type Act = (Stroke, u8);

#[derive(Clone, Debug)]
pub enum Stroke {
    /// The answer that the page asks for, and a good one.
    Fit,
    Press(Answer),
    /// A code that was mailed, by how many mails ago.
    Mailed(usize),
    /// So many wrong codes.
    Guess(u8),
    /// A report that nobody waits for.
    Stray(Event),
    Wait(u64),
    SignUp(SignUp),
    Layout(Layout),
}

const SECOND: Duration = Duration::from_secs(1);
pub const PEOPLE: [&str; 11] = [
    "ada@example.org",
    "bob@example.org",
    "cem@example.org",
    "dan@example.org",
    "fay@example.org",
    "gil@example.org",
    "hal@example.org",
    "ivy@example.org",
    "jan@example.org",
    // By user names: one that somebody has, and one that nobody has.
    "kim",
    "Lou-7",
];
/// What everybody's app shows.
const APP: &str = "314159";
pub const SESAME: &str = "open sesame";

/// The world as it is, and what was shown in it.
pub struct World {
    play: Play,
    accounts: BTreeMap<String, Account>,
    mails: Vec<Mail>,
    /// Since the journey was last at its first page:
    proved: BTreeSet<String>,
    checked: BTreeSet<String>,
    /// Whose second factor was right.
    shown: BTreeSet<String>,
    hashed: BTreeSet<(String, String)>,
    over: bool,
}

struct Mail {
    address: String,
    hash: Secret,
    digits: String,
    at: Timestamp,
    checks: u8,
}

impl World {
    pub fn new(kind: FlowKind, method: Method, names: Names, known: bool, with_page: bool) -> World {
        let account = |id: &str, method, disabled| Account { id: id.into(), disabled, ..ada(method) };
        let careful =
            |id: &str, method| Account { second_factor: SecondFactor::Enrolled, ..account(id, method, false) };
        let accounts = [
            (PEOPLE[0].to_string(), account("ada", Method::Password, false)),
            (PEOPLE[1].to_string(), account("bob", Method::Passcode, false)),
            (PEOPLE[2].to_string(), account("cem", Method::Password, true)),
            (PEOPLE[4].to_string(), careful("fay", Method::Password)),
            (PEOPLE[5].to_string(), careful("gil", Method::Passcode)),
            (PEOPLE[6].to_string(), Account { temporary_since: Some(START), ..careful("hal", Method::Password) }),
            (
                PEOPLE[7].to_string(),
                Account { second_factor: SecondFactor::Missing, ..account("ivy", Method::Password, false) },
            ),
            (
                PEOPLE[8].to_string(),
                Account { temporary_since: Some(START), ..account("jan", Method::Password, false) },
            ),
            (PEOPLE[9].to_string(), account("kim", Method::Password, false)),
        ];
        let known = known.then(|| Known { account: "ada".into(), address: ADA.into(), name: None, until: None });
        let entry = Entry { known, ..entry(Path::SignIn) };
        let mut flow = UserFlow { kind, ..flow(method) };
        (flow.rules.sign_in_name, flow.rules.address) = names;
        let flow = if with_page { flow } else { without_page(flow) };
        World {
            play: Play::enter(flow, entry).with_some(true, true),
            accounts: accounts.into(),
            mails: Vec::new(),
            proved: BTreeSet::new(),
            checked: BTreeSet::new(),
            shown: BTreeSet::new(),
            hashed: BTreeSet::new(),
            over: false,
        }
    }

    /// Returns how the journey ended, if it did.
    pub fn act(&mut self, stroke: Stroke, luck: u8) -> Option<Outcome> {
        let event = match stroke {
            Stroke::Fit => Event::Answered(self.fitting_answer(luck)?),
            Stroke::Press(answer) => Event::Answered(answer),
            Stroke::Mailed(ago) => {
                let digits = self.mails.iter().rev().nth(ago)?.digits.as_str();
                Event::Answered(Answer::Code { code: digits.into(), keep: luck.is_multiple_of(2) })
            }
            Stroke::Guess(times) => {
                let guess = || Event::Answered(Answer::Code { code: "99999999".into(), keep: true });
                (0..times).for_each(|_| assert_eq!(self.happens(guess(), luck), None));
                return None;
            }
            // Of an account that was made, nobody says so afterwards.
            Stroke::Stray(Event::AddressTaken) if self.over => return None,
            Stroke::Stray(event) => event,
            Stroke::Wait(seconds) => {
                self.play.later(seconds);
                return None;
            }
            Stroke::SignUp(sign_up) => {
                self.play.flow.sign_up = sign_up;
                return None;
            }
            Stroke::Layout(layout) => {
                self.play.flow.layout = Layout { revision: self.play.flow.layout.revision + 1, ..layout };
                return None;
            }
        };
        self.happens(event, luck)
    }

    fn fitting_answer(&self, luck: u8) -> Option<Answer> {
        let keep = luck.is_multiple_of(3);
        Some(match self.play.shown() {
            Step::Address { .. } => Answer::Address { address: PEOPLE[usize::from(luck) % PEOPLE.len()].into() },
            Step::Account { .. } => Answer::ContinueAs,
            Step::Password { .. } => Answer::Password { password: SESAME.into(), keep },
            Step::Code { .. } => Answer::Code { code: self.mails.last()?.digits.as_str().into(), keep },
            Step::SecondFactor => Answer::Code { code: APP.into(), keep },
            Step::NewPassword { .. } => Answer::NewPassword { password: SESAME.into() },
            Step::Attributes { revision, .. } => {
                let filled_in = FILLED_IN.into_iter().chain([("city", "Lund"), ("plan", "gold"), ("email", "x@y.org")]);
                let values = filled_in.map(|(name, value)| (name.into(), vec![value.into()])).collect();
                Answer::Attributes { revision, values }
            }
            Step::Stopped { .. } | Step::Done { .. } => return None,
        })
    }

    /// Turns the crank as `drive` does.
    fn happens(&mut self, first: Event, luck: u8) -> Option<Outcome> {
        let before = self.play.journey.clone();
        let mut event = first.clone();
        for _ in 0..8 {
            match self.play.on(event) {
                Turn::Show(step) => {
                    assert_eq!(step, self.play.shown(), "one page, however asked for");
                    assert!(
                        !matches!(self.play.journey.stage, Stage::Proved { .. } | Stage::Wished { .. }),
                        "nobody is left between two turns"
                    );
                    assert!(!self.over || self.play.journey == before, "what is over stays over");
                    let kept = serde_json::to_string(&self.play.journey).expect("plain data");
                    assert!(!kept.contains(SESAME), "no password is kept: {kept}");
                    if matches!(self.play.journey.stage, Stage::Address { .. }) {
                        self.proved.clear();
                        self.checked.clear();
                        self.shown.clear();
                        self.hashed.clear();
                    }
                    return None;
                }
                Turn::Do(effect) => event = self.perform(effect, luck),
                Turn::Finish(outcome) => {
                    assert!(!self.over, "{outcome:?} after the end");
                    self.may_end(&first, &outcome);
                    match &outcome {
                        // An address that was taken as typed is somebody's.
                        Outcome::SignedUp { address, .. } if self.accounts.contains_key(address) => {
                            event = Event::AddressTaken;
                        }
                        // Somebody else was faster.
                        Outcome::SignedUp { address, .. } if luck.is_multiple_of(3) => {
                            let method = if luck.is_multiple_of(2) { Method::Password } else { Method::Passcode };
                            let account = Account { id: "eve".into(), ..ada(method) };
                            self.accounts.insert(address.clone(), account);
                            event = Event::AddressTaken;
                        }
                        _ => {
                            self.over = true;
                            return Some(outcome);
                        }
                    }
                }
            }
        }
        panic!("the crank turns for ever: {:?}", self.play.journey);
    }

    fn perform(&mut self, effect: Effect, luck: u8) -> Event {
        assert!(!self.over, "{effect:?} after the end");
        let now = self.play.now;
        match effect {
            Effect::SendCode { .. } if luck.is_multiple_of(5) => Event::CodeRefused { resend_at: now + 90 * SECOND },
            Effect::SendCode { address, .. } => {
                let n = self.mails.len();
                let hash: Secret = format!("hash {n}").into();
                self.mails.push(Mail { address, hash: hash.clone(), digits: format!("{n:08}"), at: now, checks: 0 });
                Event::CodeSent { hash, resend_at: now + 30 * SECOND }
            }
            Effect::CheckCode { code, hash } => {
                let mail = self.mails.last_mut().expect("a code is checked after one was sent");
                mail.checks += 1;
                assert_eq!(mail.hash, hash, "only the newest code is looked at");
                assert!(mail.checks <= 5 && now < mail.at + 600 * SECOND, "and only five times in ten minutes");
                assert_eq!(
                    self.play.journey.stage.address(),
                    Some(mail.address.as_str()),
                    "a code is for its own address"
                );
                let right = code.reveal() == mail.digits;
                if right {
                    self.proved.insert(mail.address.clone());
                }
                Event::CodeChecked(right)
            }
            Effect::FindAccount { address } => {
                assert!(self.proved.contains(&address), "nobody learns of accounts before the proof");
                Event::AccountFound(self.accounts.get(&address).cloned())
            }
            Effect::FindName { user_name } => {
                assert!(!is_address(&user_name), "of an address nobody is told");
                assert!(matches!(self.play.flow.kind, FlowKind::SignUpOrSignIn | FlowKind::SignUp));
                Event::NameFound(self.accounts.contains_key(&user_name))
            }
            Effect::CheckPassword { address, password } => Event::PasswordChecked(match self.accounts.get(&address) {
                Some(account @ Account { method: Method::Password, disabled: false, .. })
                    if password.reveal() == SESAME =>
                {
                    self.checked.insert(account.id.to_string());
                    Verdict::Right(account.clone())
                }
                _ => Verdict::Wrong,
            }),
            Effect::ReadProfile { account } => {
                let (address, account) = self.find(&account);
                assert!(!account.disabled && self.has_shown_what_is_asked(account));
                let attributes = BTreeMap::from([("displayName".to_owned(), "Ada".to_owned())]);
                Event::ProfileRead(Some(Profile { address: address.clone(), attributes }))
            }
            Effect::CheckSecondFactor { account, code } => {
                let (address, _) = self.find(&account);
                let known = self.proved.contains(address) || self.checked.contains(account.as_str());
                assert!(known, "nobody is asked before another proof");
                let right = code.reveal() == APP;
                if right {
                    self.shown.insert(account.to_string());
                }
                Event::SecondFactorChecked(right)
            }
            Effect::HashPassword { address, .. } if luck.is_multiple_of(7) => {
                assert!(self.may_choose_password(&address));
                Event::PasswordHashed(Err(Why::PasswordCommon))
            }
            Effect::HashPassword { password, address } => {
                assert!(self.may_choose_password(&address), "no password is set before the proof");
                assert!(password.reveal().len() >= 8);
                let hash = format!("hash {luck} for {address}");
                self.hashed.insert((address, hash.clone()));
                Event::PasswordHashed(Ok(hash.into()))
            }
        }
    }

    fn find(&self, wanted: &AccountId) -> (&String, &Account) {
        self.accounts.iter().find(|(_, account)| account.id == *wanted).expect("exists")
    }

    /// The address was proved, or the password that an administrator made; and the second factor of whoever has one.
    fn may_choose_password(&self, address: &str) -> bool {
        if let Stage::NewPassword { reached, purpose: NewPasswordFor::SignUp, .. } = &self.play.journey.stage {
            return self.may_be_reached(address, reached);
        }
        let Some(account) = self.accounts.get(address) else { return self.proved.contains(address) };
        let replaces = account.temporary_since.is_some() && self.checked.contains(account.id.as_str());
        (self.proved.contains(address) || replaces) && self.has_shown_what_is_asked(account)
    }

    /// Somebody new, by what the flow asks of them.
    fn may_be_reached(&self, name: &str, reached: &Reached) -> bool {
        let flow = &self.play.flow;
        let as_typed = flow.rules.address == AddressProof::AsTyped && flow.method == Method::Password;
        match reached {
            Reached::Proved => is_address(name) && self.proved.contains(name),
            Reached::AsTyped => is_address(name) && as_typed,
            Reached::Contact(address) => !is_address(name) && !as_typed && self.proved.contains(address),
            Reached::Nowhere => !is_address(name) && as_typed,
        }
    }

    fn has_shown_what_is_asked(&self, account: &Account) -> bool {
        account.second_factor != SecondFactor::Enrolled || self.shown.contains(account.id.as_str())
    }

    /// The model: what must have been shown in this journey for it to end so.
    fn may_end(&self, event: &Event, outcome: &Outcome) {
        match outcome {
            Outcome::SignedIn { account, proved, keep } => {
                let (address, account) = self.find(account);
                assert!(!account.disabled && account.temporary_since.is_none());
                assert!(account.second_factor != SecondFactor::Missing && self.has_shown_what_is_asked(account));
                assert_eq!(proved.contains(&Proof::SecondFactor), account.second_factor == SecondFactor::Enrolled);
                assert!(!proved.contains(&Proof::Code) || self.proved.contains(address));
                assert_eq!(proved.contains(&Proof::Password), self.checked.contains(account.id.as_str()));
                let wanted = if account.method == Method::Password { Proof::Password } else { Proof::Code };
                assert!(proved.contains(&wanted), "{proved:?} for an account by {wanted:?}");
                assert!(!keep || self.play.flow.keep_signed_in);
            }
            Outcome::Recovered { account, password, proved, temporary_since, must_enrol } => {
                let (address, account) = self.find(account);
                assert!(self.may_choose_password(address) && !account.disabled && account.method == Method::Password);
                assert!(self.hashed.contains(&(address.clone(), password.reveal().into())));
                assert_eq!(*temporary_since, account.temporary_since);
                assert_eq!(*must_enrol, account.second_factor == SecondFactor::Missing);
                assert_eq!(proved.contains(&Proof::SecondFactor), account.second_factor == SecondFactor::Enrolled);
            }
            Outcome::MustEnrol { account } => {
                let (_, account) = self.find(account);
                assert_eq!(account.second_factor, SecondFactor::Missing);
                assert!(self.checked.contains(account.id.as_str()), "the password comes first");
            }
            Outcome::SignedUp { address, reached, password, attributes, proved, .. } => {
                assert!(self.may_be_reached(address, reached) && self.play.flow.sign_up == SignUp::Open);
                assert!(matches!(self.play.flow.kind, FlowKind::SignUpOrSignIn | FlowKind::SignUp));
                let is_proved = matches!(reached, Reached::Proved | Reached::Contact(_));
                assert!(!is_proved || !self.accounts.contains_key(address));
                assert_eq!(proved.as_slice(), if is_proved { [Proof::Code].as_slice() } else { &[] });
                assert_eq!(password.is_some(), self.play.flow.method == Method::Password);
                if let Some(hash) = password {
                    assert!(self.hashed.contains(&(address.clone(), hash.reveal().into())));
                }
                self.may_store(event, attributes);
            }
            Outcome::ContinuedAs { account } => {
                assert!(self.play.flow.kind != FlowKind::ProfileEdit && *event == press(Answer::ContinueAs));
                assert_eq!(account.as_str(), "ada");
            }
            Outcome::ProfileEdited { account, attributes, by } => {
                assert_eq!(self.play.flow.kind, FlowKind::ProfileEdit);
                match by {
                    Entered::Before => assert_eq!(account.as_str(), "ada"),
                    Entered::Now { proved, keep } => {
                        let (account, proved, keep) = (account.clone(), proved.clone(), *keep);
                        self.may_end(event, &Outcome::SignedIn { account, proved, keep });
                    }
                }
                let editable = |attribute: &String| {
                    let mut inputs = self.play.flow.layout.asked();
                    inputs.any(|it| it.attribute == *attribute && it.visibility == Visibility::Editable)
                };
                assert!(attributes.iter().all(|(attribute, _)| editable(attribute)));
            }
            Outcome::ForgotPassword => {
                assert_eq!(*event, press(Answer::Recover));
                assert_eq!(self.play.flow.rules.forgot_password, ForgotPassword::TellApplication);
            }
            Outcome::Cancelled => assert_eq!(*event, press(Answer::Cancel)),
        }
    }

    /// Attributes are the layout's, in its order; what it requires is there, what it fixes is as it says.
    fn may_store(&self, event: &Event, attributes: &[(String, String)]) {
        let layout = &self.play.flow.layout;
        let asked = layout.inputs.iter().any(|input| input.visibility != Visibility::Hidden);
        assert!(!asked || matches!(event, Event::Answered(Answer::Attributes { .. })), "the page was passed over");
        let mut left = attributes.iter().peekable();
        for input in &layout.inputs {
            let value = left.next_if(|(attribute, _)| *attribute == input.attribute).map(|(_, value)| value);
            match input.visibility {
                _ if input.attribute == "email" => assert_eq!(value, None, "an address that was typed"),
                Visibility::Editable => assert!(value.is_some() || !input.required, "{} is missing", input.attribute),
                Visibility::ReadOnly | Visibility::Hidden => assert_eq!(value, input.default.as_ref()),
            }
        }
        assert_eq!(left.next(), None, "not of the layout");
    }
}
