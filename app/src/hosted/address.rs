//! Who is it: which address, or which user name? The first page of every path.

use super::{Screen, visit::Visit};
use crate::{
    contract::journey::{Asks, Path},
    text::Key,
    ui::{
        element::{El, el},
        field::{self, Control, Line},
    },
};

pub fn heading(path: Path, asks: Asks) -> Key {
    match path {
        _ if asks == Asks::Contact => Key::ContactHeading,
        Path::SignIn | Path::EditProfile => Key::SignInHeading,
        Path::SignUp => Key::SignUpHeading,
        Path::Recover => Key::RecoverHeading,
    }
}

pub fn screen(
    visit: &Visit,
    path: Path,
    asks: Asks,
    sends_code: bool,
    [can_sign_in, can_sign_up, can_recover]: [bool; 3],
) -> Screen {
    let lead = match path {
        _ if asks == Asks::Contact => visit.say(Key::ContactLead),
        Path::SignIn | Path::EditProfile => visit.fill(Key::SignInLead, &[("application", &visit.page.application)]),
        Path::SignUp if sends_code => visit.say(Key::SignUpLead),
        Path::SignUp => visit.say(Key::SignUpNameLead),
        Path::Recover if asks == Asks::Email => visit.say(Key::RecoverLead),
        Path::Recover => visit.say(Key::RecoverNameLead),
    };
    let (label, working) = if sends_code { (Key::SendCode, Key::Sending) } else { (Key::Continue, Key::OneMoment) };
    let ways = el("div")
        .class("ways")
        .with_all((path == Path::SignIn && can_sign_up).then(|| asked(visit, Key::NoAccount, "signUp", Key::CreateOne)))
        .with_all((path != Path::SignIn && can_sign_in).then(|| asked(visit, Key::HaveAccount, "signIn", Key::SignIn)))
        .with_all((path == Path::SignIn && can_recover).then(|| visit.way("recover", Key::CannotAccess)));
    let hints = path == Path::SignUp && asks == Asks::UserName;
    let field = field(visit, asks, hints.then(|| visit.say(Key::UserNameHint)));
    let primary = visit.primary("address", visit.say(label), working);
    Screen { lead: visit.lead(lead), form: visit.form("answer").with(field).with(primary).with(ways) }
}

pub fn field(visit: &Visit, asks: Asks, hint: Option<String>) -> El {
    // What the page is about is filled in; where it is a user name and an address is asked, it is something else.
    let known = visit.page.address.as_ref().filter(|_| asks != Asks::Contact);
    let typed = visit.typed("address").and_then(|typed| typed.first()).or(known);
    let (kind, label) = match asks {
        Asks::Email | Asks::Contact => ("email", Key::AddressLabel),
        Asks::UserName => ("text", Key::UserNameLabel),
        Asks::EmailOrUserName => ("text", Key::NameLabel),
    };
    let control = Control {
        name: "address".into(),
        label: visit.say(label),
        optional: None,
        hint,
        fault: visit.fault("address"),
    };
    let placeholder = Some(visit.say(Key::UsernameHintText)).filter(|hint| asks != Asks::Contact && !hint.is_empty());
    let line = Line {
        kind,
        placeholder,
        value: typed.cloned().unwrap_or_default(),
        autocomplete: Some(if asks == Asks::Contact { "email" } else { "username" }),
        inputmode: (asks != Asks::UserName).then_some("email"),
        required: true,
        focus: true,
        ..Line::default()
    };
    field::line(control, line)
}

/// A question, and the way out that answers it.
fn asked(visit: &Visit, question: Key, answer: &'static str, label: Key) -> El {
    el("p").with(visit.say(question)).with(" ").with(visit.way(answer, label))
}
