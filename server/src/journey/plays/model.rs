//! A small model of the world around a journey: what may happen in it, and what a journey may end in.

mod verdict;

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
    /// Whose second factor was right, or the code of whose second step.
    shown: BTreeSet<String>,
    /// From which addresses codes came back that are to be a second step's, and whose they became.
    second: BTreeSet<String>,
    kept: BTreeSet<String>,
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
    pub fn new(
        kind: FlowKind,
        method: Method,
        names: Names,
        known: bool,
        (with_page, second_step): (bool, bool),
    ) -> World {
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
        let accounts = accounts.map(|(name, account)| {
            let mailbox = if is_address(&name) { name.clone() } else { "kim@contact.example".into() };
            let second_address = match name.as_str() {
                "kim" => Some("kim@second.example".to_owned()),
                "bob@example.org" => Some("bob@second.example".to_owned()),
                // No second one.
                "jan@example.org" => Some(mailbox.clone()),
                _ => None,
            };
            (name, Account { mailbox: Some(mailbox), second_address, ..account })
        });
        let known = known.then(|| known_by(&[Proof::Password]));
        let entry = Entry { known, ..entry(Path::SignIn) };
        let mut flow = UserFlow { kind, ..flow(method) };
        (flow.rules.sign_in_name, flow.rules.address) = names;
        let flow = if with_page { flow } else { without_page(flow) };
        let flow = if second_step { asking_twice(flow) } else { flow };
        World {
            play: Play::enter(flow, entry).with_some(true, true),
            accounts: accounts.into(),
            mails: Vec::new(),
            proved: BTreeSet::new(),
            checked: BTreeSet::new(),
            shown: BTreeSet::new(),
            second: BTreeSet::new(),
            kept: BTreeSet::new(),
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
            Step::SecondStep { .. } => Answer::UseCode,
            Step::SecondAddress { own: Some(_) } if luck.is_multiple_of(2) => Answer::UseOwnAddress,
            Step::SecondAddress { .. } => Answer::Address { address: "second@example.net".into() },
            Step::SecondCode { .. } => Answer::Code { code: self.mails.last()?.digits.as_str().into(), keep },
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
                        !matches!(
                            self.play.journey.stage,
                            Stage::Proved { .. }
                                | Stage::Wished { .. }
                                | Stage::SteppingUp { .. }
                                | Stage::Replacing { .. }
                                | Stage::Making { .. }
                        ),
                        "nobody is left between two turns"
                    );
                    assert!(!self.over || self.play.journey == before, "what is over stays over");
                    let kept = serde_json::to_string(&self.play.journey).expect("plain data");
                    assert!(!kept.contains(SESAME), "no password is kept: {kept}");
                    if matches!(self.play.journey.stage, Stage::Address { .. }) {
                        self.proved.clear();
                        self.checked.clear();
                        self.shown.clear();
                        self.second.clear();
                        self.kept.clear();
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
                            // One for each name: by one id for two of them the wrong one would be judged.
                            let account = Account { id: format!("eve at {address}").into(), ..ada(method) };
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
        match effect {
            Effect::SendCode { address, .. } => self.mail(address, luck),
            Effect::CheckCode { code, hash } => {
                let (right, address) = self.check(&code, &hash);
                let is_second = matches!(self.play.journey.stage, Stage::SecondStep { .. });
                if right {
                    if is_second { &mut self.second } else { &mut self.proved }.insert(address);
                }
                Event::CodeChecked(right)
            }
            Effect::FindKnown { account } => {
                assert!(matches!(self.play.journey.stage, Stage::SteppingUp { .. }) && account.as_str() == "ada");
                // Their session showed it.
                self.checked.insert(account.to_string());
                Event::AccountFound(Some(self.find(&account).1.clone()))
            }
            Effect::SendSecondCode { account, to } => {
                let (name, known) = self.find(&account);
                assert_eq!(known.second_address.as_ref(), Some(&to), "codes go to the address that is kept for them");
                assert!(
                    self.proved.contains(name) || self.checked.contains(account.as_str()),
                    "and only after a proof"
                );
                self.mail(to, luck)
            }
            Effect::SendEnrolmentCode { to, own } if own.as_ref() == Some(&to) => Event::IsOwnAddress,
            Effect::SendEnrolmentCode { to, .. } => self.mail(to, luck),
            Effect::CheckSecondCode { account, code, hash } => {
                let (right, address) = self.check(&code, &hash);
                assert_eq!(self.find(&account).1.second_address, Some(address));
                if right {
                    self.shown.insert(account.to_string());
                }
                Event::CodeChecked(right)
            }
            Effect::KeepSecondAddress { account, to } => {
                let (name, known) = self.find(&account);
                let is_own = known.mailbox.as_ref() == Some(&to) && known.method == Method::Password;
                assert!(is_own || self.second.contains(&to), "an address is proved before it is kept");
                let is_free = known.second_address.is_none() || known.second_address == known.mailbox;
                assert!(is_free, "nobody's address is replaced");
                let name = name.clone();
                self.accounts.entry(name).and_modify(|account| account.second_address = Some(to));
                self.kept.insert(account.to_string());
                Event::SecondAddressKept
            }
            Effect::ReplacePassword { account, password, temporary_since, .. } => {
                let (name, known) = self.find(&account);
                assert_eq!(temporary_since, known.temporary_since);
                assert!(self.hashed.contains(&(name.clone(), password.reveal().into())));
                let name = name.clone();
                self.accounts.entry(name).and_modify(|account| account.temporary_since = None);
                Event::PasswordReplaced
            }
            Effect::MakeAccount { address, reached, password, .. } => {
                assert!(self.may_be_reached(&address, &reached) && self.play.flow.sign_up == SignUp::Open);
                assert_eq!(password.is_some(), self.play.flow.method == Method::Password);
                if self.accounts.contains_key(&address) {
                    return Event::AddressTaken;
                }
                let mailbox = match reached {
                    Reached::Proved => Some(address.clone()),
                    Reached::Contact(contact) => Some(contact),
                    Reached::AsTyped | Reached::Nowhere => None,
                };
                let method = self.play.flow.method;
                let made = Account { id: address.as_str().into(), mailbox, ..ada(method) };
                // Somebody else was faster.
                let id =
                    if luck.is_multiple_of(3) { AccountId::from(format!("eve at {address}")) } else { made.id.clone() };
                let is_taken = id != made.id;
                self.accounts.insert(address, Account { id: id.clone(), ..made });
                if is_taken { Event::AddressTaken } else { Event::AccountMade(id) }
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
                let (_, account) = self.find(&account);
                assert!(!account.disabled && self.has_shown_what_is_asked(account));
                let attributes = BTreeMap::from([("displayName".to_owned(), "Ada".to_owned())]);
                Event::ProfileRead(Some(Profile { contact: None, second: None, attributes }))
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

    fn mail(&mut self, address: String, luck: u8) -> Event {
        let now = self.play.now;
        if luck.is_multiple_of(5) {
            return Event::CodeRefused { resend_at: now + 90 * SECOND };
        }
        let n = self.mails.len();
        let hash: Secret = format!("hash {n}").into();
        let to = self.accounts.get(&address).and_then(|account| account.mailbox.clone());
        self.mails.push(Mail { address, hash: hash.clone(), digits: format!("{n:08}"), at: now, checks: 0 });
        Event::CodeSent { hash, resend_at: now + 30 * SECOND, to }
    }

    /// Whether the code is right, and where it went.
    fn check(&mut self, code: &Secret, hash: &Secret) -> (bool, String) {
        let now = self.play.now;
        let meant = match &self.play.journey.stage {
            Stage::SecondStep { at: At::Code { to, .. }, .. } => Some(to.as_str()),
            stage => stage.address(),
        };
        let mail = self.mails.last_mut().expect("a code is checked after one was sent");
        mail.checks += 1;
        assert_eq!(mail.hash, *hash, "only the newest code is looked at");
        assert!(mail.checks <= 5 && now < mail.at + 600 * SECOND, "and only five times in ten minutes");
        assert_eq!(meant, Some(mail.address.as_str()), "a code is for its own address");
        (code.reveal() == mail.digits, mail.address.clone())
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
        let has_second_step = kind::asks_second_step(&self.play.flow)
            && account.second_factor == SecondFactor::NotWanted
            && account.second_address.is_some()
            && account.second_address != account.mailbox;
        let shows = account.second_factor == SecondFactor::Enrolled || has_second_step;
        let id = account.id.as_str();
        !shows || self.shown.contains(id) || self.kept.contains(id)
    }
}
