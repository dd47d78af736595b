//! A second step by mail: a code to an address that the account keeps for it. Whoever has one proves it, whoever has none sets
//! it up, at the latest when they are let in. Asked where the flow says so; an authenticator app (`admission`) stands for it.

use super::{
    Account, Came, Code, Effect, Entering, Event, Known, Move, Proof, Reached, Said, SecondFactor, Setting, Stage,
    admission, code, kind,
};
use app::contract::{
    id::AccountId,
    journey::{Answer, Asks, Notice, Path, Stop},
    time::Timestamp,
    user_flow::Method,
    validate::Why,
};
use serde::{Deserialize, Serialize};

/// Where in it a person is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum At {
    /// Before the code: it is sent when they ask for it.
    Offer { to: String },
    /// Where shall codes go?
    Address,
    Code {
        to: String,
        /// The address is theirs for it once the code comes back.
        enrols: bool,
        code: Code,
    },
}

/// What somebody owes who has shown a first proof.
pub(super) enum Owed {
    Nothing,
    /// Its mailbox was read in this journey already.
    Shown,
    Code {
        to: String,
    },
    Address,
}

/// The mailbox that a code came back from is no second one.
pub(super) fn owed(setting: &Setting, account: &Account, proved: &[Proof]) -> Owed {
    if !kind::asks_second_step(setting.flow) || account.second_factor != SecondFactor::NotWanted {
        return Owed::Nothing;
    }
    let is_read = proved.contains(&Proof::Code) && account.second_address == account.mailbox;
    match &account.second_address {
        Some(to) if !is_read => Owed::Code { to: to.clone() },
        // Of who has a password it is the other proof; the first of who has none.
        Some(_) if account.method == Method::Password => Owed::Shown,
        _ => Owed::Address,
    }
}

pub(super) fn offer(address: String, entering: Entering, to: String) -> Move {
    Move::show(Stage::SecondStep { address, entering, at: At::Offer { to } })
}

pub(super) fn ask_address(address: String, entering: Entering) -> Move {
    Move::show(Stage::SecondStep { address, entering, at: At::Address })
}

/// Somebody signed in before, by one proof only: the other is asked now. Who would have to set it up shows first anew who
/// they are (security R18).
pub(super) fn step_up(setting: &Setting, known: Known, account: Option<Account>) -> Move {
    let Known { address, proved, kept, .. } = known;
    let Some(account) = account.filter(|account| !account.disabled) else { return Move::stop(Stop::Expired, address) };
    let is_open = account.second_factor == SecondFactor::Enrolled
        || matches!(owed(setting, &account, &proved), Owed::Code { .. });
    if !is_open || account.temporary_since.is_some() {
        return Move::show(Stage::Address { path: Path::SignIn }).typed("address", address);
    }
    // No longer than this flow keeps anybody.
    let came = Came::Before { kept: kept && setting.flow.keep_signed_in };
    admission::admit_as(setting, address, account, proved, came, false, false)
}

/// An account is made before its second step: whoever gives up there finds it when they come back.
pub(super) fn account_made(
    setting: &Setting,
    address: String,
    reached: &Reached,
    account: AccountId,
    keep: bool,
    now: Timestamp,
) -> Move {
    let new = Account {
        id: account,
        method: setting.flow.method,
        disabled: false,
        temporary_since: None,
        second_factor: SecondFactor::NotWanted,
        second_address: None,
        mailbox: reached.mailbox(&address).map(str::to_owned),
    };
    admission::admit_as(setting, address, new, reached.proofs(), Came::New { at: now }, false, keep)
}

/// Whether the event is for who is here; every other is for a person on whichever page.
pub(super) fn is_concerned(event: &Event) -> bool {
    match event {
        Event::Answered(answer) => matches!(
            answer,
            Answer::Address { .. }
                | Answer::Code { .. }
                | Answer::Resend
                | Answer::UseCode
                | Answer::UseOwnAddress
                | Answer::UseOtherAddress
        ),
        Event::CodeSent { .. } | Event::CodeRefused { .. } | Event::CodeChecked(_) => true,
        Event::IsOwnAddress | Event::SecondAddressKept => true,
        _ => false,
    }
}

pub(super) fn heard(
    (address, entering, at): (String, Entering, At),
    event: Event,
    said: Said,
    keep: bool,
    now: Timestamp,
) -> Move {
    let stage = |entering, at| Stage::SecondStep { address: address.clone(), entering, at };
    match (at, event) {
        (At::Offer { to }, Event::Answered(Answer::UseCode)) => {
            let code = Code::None { resend_at: now };
            let send = sending(&entering, &to, false);
            Move::ask(stage(entering, At::Code { to, enrols: false, code }), send)
        }

        (At::Address, Event::Answered(Answer::Address { address: typed })) => match Asks::Contact.read(&typed) {
            Ok(to) => {
                let code = Code::None { resend_at: now };
                let send = sending(&entering, &to, true);
                Move::ask(stage(entering, At::Code { to, enrols: true, code }), send)
            }
            Err(why) => Move::show(stage(entering, At::Address)).fault("address", why).typed("address", typed),
        },
        (At::Address, Event::Answered(Answer::UseOwnAddress)) => match entering.own_address().map(str::to_owned) {
            Some(own) => keep_address(address, entering, own),
            None => Move::stay(stage(entering, At::Address), said),
        },
        (At::Address, Event::SecondAddressKept) => {
            admission::go_on(address, Entering { enrols: false, ..entering }, keep)
        }

        (At::Code { to, enrols: true, .. }, Event::IsOwnAddress) => match entering.own_address().is_some() {
            true => keep_address(address, entering, to),
            false => {
                let page = Move::show(stage(entering, At::Address));
                page.fault("address", Why::OwnAddress).typed("address", to)
            }
        },
        (At::Code { to, enrols: true, .. }, Event::Answered(Answer::UseOtherAddress)) => {
            Move::show(stage(entering, At::Address)).typed("address", to)
        }
        // Applications with screens of their own name an address without going back; the same one once more takes the living
        // code not away.
        (At::Code { to, enrols: true, code }, Event::Answered(Answer::Address { address: typed }))
            if Asks::Contact.read(&typed).as_ref() == Ok(&to) =>
        {
            let send = sending(&entering, &to, true);
            Move::ask(stage(entering, At::Code { to, enrols: true, code }), send)
        }
        (At::Code { enrols: true, .. }, Event::Answered(answer @ Answer::Address { .. })) => {
            heard((address, entering, At::Address), Event::Answered(answer), said, keep, now)
        }
        (At::Code { to, enrols, code }, Event::Answered(Answer::Resend)) if code.resend_at() <= now => {
            let send = sending(&entering, &to, enrols);
            Move::ask(stage(entering, At::Code { to, enrols, code }), send).notice(Notice::CodeSent)
        }
        (At::Code { to, enrols, .. }, Event::CodeSent { hash, resend_at, .. }) => {
            let code = Code::sent(hash, resend_at, now);
            Move::show(stage(entering, At::Code { to, enrols, code })).saying(said)
        }
        (At::Code { to, enrols, code }, Event::CodeRefused { resend_at }) => {
            let code = code.waiting_until(resend_at);
            Move::show(stage(entering, At::Code { to, enrols, code })).notice(Notice::CodesExhausted)
        }
        (At::Code { to, enrols, code }, Event::Answered(Answer::Code { code: typed, .. })) => {
            let account = entering.account.clone();
            let check = |code, hash| match enrols {
                true => Effect::CheckCode { code, hash },
                false => Effect::CheckSecondCode { account, code, hash },
            };
            code::tried(code, &typed, said, now, |code| stage(entering, At::Code { to, enrols, code }), check)
        }
        (At::Code { to, enrols, code }, Event::CodeChecked(right)) => match right && code.is_live() {
            true => {
                let mut entering = entering;
                entering.proved.push(Proof::SecondCode);
                if enrols {
                    return keep_address(address, entering, to);
                }
                entering.second = Some(to);
                admission::go_on(address, entering, keep)
            }
            false => code::wrong(code, said, |code| stage(entering, At::Code { to, enrols, code })),
        },
        (at, _) => Move::stay(stage(entering, at), said),
    }
}

fn sending(entering: &Entering, to: &str, enrols: bool) -> Effect {
    match enrols {
        true => Effect::SendEnrolmentCode { to: to.into(), own: entering.mailbox.clone() },
        false => Effect::SendSecondCode { account: entering.account.clone(), to: to.into() },
    }
}

fn keep_address(address: String, entering: Entering, to: String) -> Move {
    let keep = Effect::KeepSecondAddress { account: entering.account.clone(), to };
    Move::ask(Stage::SecondStep { address, entering, at: At::Address }, keep)
}
