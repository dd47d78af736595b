//! What would this person see? The same engine walks a flow with given answers; the hands are pretended, nothing is written
//! and nobody gets a mail.

use super::{
    Account, Came, Effect, Entry, Event, Journey, Outcome, Profile, SecondFactor, Setting, Turn, Verdict, advance,
    begin, limits, show, typed,
};
use app::contract::{
    id::AccountId,
    journey::{Answer, Notice, Step, is_address},
    secret::Secret,
    time::Timestamp,
    user_flow::Method,
    validate::Fault,
};
use std::{collections::BTreeMap, time::Duration};

/// Somebody who has an account, in this walk.
#[derive(Clone, PartialEq, Debug)]
pub struct Pretended {
    pub id: AccountId,
    /// Or their user name.
    pub address: String,
    /// None where they sign in by code.
    pub password: Option<Secret>,
    pub disabled: bool,
    pub attributes: BTreeMap<String, String>,
}

/// One page of the walk.
#[derive(Clone, PartialEq, Debug)]
pub struct Seen {
    /// The address that this is about, once it is known.
    pub address: Option<String>,
    pub step: Step,
    pub faults: Vec<Fault>,
    pub typed: BTreeMap<String, Vec<String>>,
    pub notice: Option<Notice>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Walk {
    /// The first page, and what each answer led to.
    pub seen: Vec<Seen>,
    /// Nothing where the answers ended before the journey did.
    pub outcome: Option<Outcome>,
    /// How many of the answers were used.
    pub answered: usize,
}

/// What every pretended mail holds. Whatever else is typed is a wrong code.
pub fn right_code() -> String {
    (1..=limits::CODE.length).map(|digit| char::from(b'0' + digit % 10)).collect()
}

/// Each answer comes after the pause before it: a code can be old, another one asked for.
pub fn simulate(
    setting: &Setting,
    entry: Entry,
    people: &[Pretended],
    answers: Vec<(Duration, Answer)>,
    mut now: Timestamp,
) -> Walk {
    let mut journey = begin(entry);
    let first = show(setting, &journey, now);
    let mut walk = Walk { seen: vec![seen(&journey, first)], outcome: None, answered: 0 };
    let mut made = None;
    for (pause, answer) in answers {
        now = now + pause;
        walk.answered += 1;
        let mut event = Event::Answered(answer);
        loop {
            let (next, turn) = advance(setting, journey, event, now);
            journey = next;
            match turn {
                Turn::Do(effect) => {
                    if let Effect::MakeAccount { .. } = effect {
                        made = Some(effect.clone());
                    }
                    event = pretend(people, effect, now);
                }
                Turn::Show(step) => {
                    walk.seen.push(seen(&journey, step));
                    break;
                }
                Turn::Finish(Outcome::SignedUp { ref address, .. }) if whose(people, address).is_some() => {
                    event = Event::AddressTaken;
                }
                Turn::Finish(outcome) => return Walk { outcome: Some(as_signed_up(outcome, made)), ..walk },
            }
        }
    }
    walk
}

/// Whoever set a second step up at the end has signed up all the same.
fn as_signed_up(outcome: Outcome, made: Option<Effect>) -> Outcome {
    match (outcome, made) {
        (
            Outcome::SignedIn { came: Came::New { .. }, proved, keep, .. },
            Some(Effect::MakeAccount { address, reached, password, attributes }),
        ) => Outcome::SignedUp { address, reached, password, attributes, proved, keep },
        (outcome, _) => outcome,
    }
}

fn seen(journey: &Journey, step: Step) -> Seen {
    let said = &journey.said;
    let address = journey.stage.address().map(str::to_owned);
    Seen { address, step, faults: said.faults.clone(), typed: typed(journey), notice: said.notice }
}

/// Who has the address or user name.
fn whose<'a>(people: &'a [Pretended], name: &str) -> Option<&'a Pretended> {
    people.iter().find(|person| person.address.eq_ignore_ascii_case(name))
}

/// What `drive/perform` would have found out. Limits of the server and passwords that everybody tries are not known here.
fn pretend(people: &[Pretended], effect: Effect, now: Timestamp) -> Event {
    let whose = |name: &str| whose(people, name);
    match effect {
        Effect::FindAccount { address } => Event::AccountFound(whose(&address).map(account)),
        Effect::FindName { user_name } => Event::NameFound(whose(&user_name).is_some()),
        Effect::ReadProfile { account } => {
            let person = people.iter().find(|person| person.id == account);
            let told =
                |person: &Pretended| Profile { contact: None, second: None, attributes: person.attributes.clone() };
            Event::ProfileRead(person.map(told))
        }
        Effect::SendCode { .. } => sent(now),
        Effect::CheckCode { code, hash } => Event::CodeChecked(digits(code.reveal()) == hash.reveal()),
        Effect::CheckPassword { address, password } => {
            let person =
                whose(&address).filter(|person| !person.disabled && person.password.as_ref() == Some(&password));
            Event::PasswordChecked(person.map_or(Verdict::Wrong, |person| Verdict::Right(account(person))))
        }
        Effect::CheckSecondFactor { .. } => Event::SecondFactorChecked(false),
        Effect::FindKnown { account: id } => {
            Event::AccountFound(people.iter().find(|person| person.id == id).map(account))
        }
        Effect::SendEnrolmentCode { to, own: Some(own) } if to.eq_ignore_ascii_case(&own) => Event::IsOwnAddress,
        Effect::SendEnrolmentCode { .. } | Effect::SendSecondCode { .. } => sent(now),
        Effect::CheckSecondCode { code, hash, .. } => Event::CodeChecked(digits(code.reveal()) == hash.reveal()),
        Effect::KeepSecondAddress { .. } => Event::SecondAddressKept,
        Effect::ReplacePassword { .. } => Event::PasswordReplaced,
        Effect::MakeAccount { address, .. } if whose(&address).is_some() => Event::AddressTaken,
        Effect::MakeAccount { address, .. } => Event::AccountMade(address.as_str().into()),
        Effect::HashPassword { .. } => Event::PasswordHashed(Ok("pretended".into())),
    }
}

fn sent(now: Timestamp) -> Event {
    let resend_at = now + limits::SENDS_PER_ADDRESS.first().map_or(Duration::ZERO, |limit| limit.within);
    Event::CodeSent { hash: right_code().into(), resend_at, to: None }
}

fn account(person: &Pretended) -> Account {
    Account {
        id: person.id.clone(),
        method: if person.password.is_some() { Method::Password } else { Method::Passcode },
        disabled: person.disabled,
        temporary_since: None,
        second_factor: SecondFactor::NotWanted,
        second_address: None,
        mailbox: Some(person.address.clone()).filter(|name| is_address(name)),
    }
}

fn digits(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_digit).collect()
}
