//! Which address is it? The first page of every path.

use super::{Screen, visit::Visit};
use crate::{
    contract::journey::Path,
    text::Key,
    ui::{
        element::{El, el},
        field::{self, Control, Line},
    },
};

pub fn heading(path: Path) -> Key {
    match path {
        Path::SignIn | Path::EditProfile => Key::SignInHeading,
        Path::SignUp => Key::SignUpHeading,
        Path::Recover => Key::RecoverHeading,
    }
}

pub fn screen(visit: &Visit, path: Path, [can_sign_in, can_sign_up, can_recover]: [bool; 3]) -> Screen {
    let lead = match path {
        Path::SignIn | Path::EditProfile => visit.fill(Key::SignInLead, &[("application", &visit.page.application)]),
        Path::SignUp => visit.say(Key::SignUpLead),
        Path::Recover => visit.say(Key::RecoverLead),
    };
    let (label, working) = match path {
        Path::SignIn | Path::EditProfile => (Key::Continue, Key::OneMoment),
        Path::SignUp | Path::Recover => (Key::SendCode, Key::Sending),
    };
    let ways = el("div")
        .class("ways")
        .with_all((path == Path::SignIn && can_sign_up).then(|| asked(visit, Key::NoAccount, "signUp", Key::CreateOne)))
        .with_all((path != Path::SignIn && can_sign_in).then(|| asked(visit, Key::HaveAccount, "signIn", Key::SignIn)))
        .with_all((path == Path::SignIn && can_recover).then(|| visit.way("recover", Key::CannotAccess)));
    let primary = visit.primary("address", visit.say(label), working);
    Screen { lead: visit.lead(lead), form: visit.form("answer").with(field(visit)).with(primary).with(ways) }
}

fn field(visit: &Visit) -> El {
    let typed = visit.typed("address").and_then(|typed| typed.first()).or(visit.page.address.as_ref());
    let control = Control {
        name: "address".into(),
        label: visit.say(Key::AddressLabel),
        optional: None,
        hint: None,
        fault: visit.fault("address"),
    };
    let line = Line {
        kind: "email",
        value: typed.cloned().unwrap_or_default(),
        autocomplete: Some("username"),
        inputmode: Some("email"),
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
