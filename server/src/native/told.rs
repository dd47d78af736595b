//! What the engine has come to, in the words of the API, way by way. One table, and the words for what was refused.

use super::{
    attributes,
    opened::{LIFETIME, Opened},
    start::redirect,
    trouble::{Trouble, expired, out_of_order},
};
use crate::journey::{Journey, Stage, takes_as_typed};
use app::contract::{
    journey::{Asks, Notice, Path, Step, Stop},
    validate::{Fault, Why},
};
use serde_json::{Value, json};

/// The API has no field for it.
pub const ASKS_CONTACT: &str = "Whoever signs up by a user name is asked for an address: on the hosted pages.";

/// After an answer that was heard and not refused.
pub async fn told(mut opened: Opened, step: Step) -> Result<Value, Trouble> {
    let waits_for_proved =
        matches!(&opened.visit.journey.stage, Stage::Password { address_is, .. } if address_is.is_proved());
    match (opened.held.way, step) {
        (_, Step::Done { .. }) => Ok(json!({ "continuation_token": opened.done().await? })),

        (Path::SignUp, Step::NewPassword { path: Path::SignUp, .. }) => {
            let why = "The code was right. A password is needed next.";
            Err(with_token(Trouble::new("credential_required", 55103, why), &mut opened).await?)
        }
        (Path::SignUp, Step::Attributes { path: Path::SignUp, fields, .. }) => {
            Err(with_token(attributes::required(&fields, &opened.held.attributes), &mut opened).await?)
        }
        (Path::SignUp, Step::Password { .. }) => Err(already_exists()),
        (Path::SignUp, Step::Code { .. }) if is_told_taken(&opened) => Err(already_exists()),
        (Path::SignUp, Step::Code { .. }) if takes_as_typed(&opened.visit.flow) => {
            opened.held.has_untold_code = true;
            let why = "A code that was mailed is needed next: ask for its challenge.";
            Err(with_token(Trouble::new("credential_required", 55103, why), &mut opened).await?)
        }
        (Path::SignUp, Step::Address { asks: Asks::Contact, .. }) => Ok(redirect(ASKS_CONTACT)),

        (Path::Recover, Step::NewPassword { path: Path::Recover, .. }) => {
            Ok(json!({ "expires_in": LIFETIME.as_secs(), "continuation_token": opened.hand_over().await? }))
        }

        (Path::SignIn, Step::SecondFactor) if opened.held.asks_second_factor => {
            let why = "A second factor is needed: ask for its challenge.";
            let trouble = Trouble::new("invalid_grant", 50076, why).suberror("mfa_required");
            Err(with_token(trouble, &mut opened).await?)
        }
        (Path::SignIn, Step::SecondStep { .. } | Step::SecondCode { enrols: false, .. })
            if opened.held.asks_second_factor =>
        {
            let why = "A code to the address that the account keeps for it is needed: ask for its challenge.";
            let trouble = Trouble::new("invalid_grant", 50076, why).suberror("mfa_required");
            Err(with_token(trouble, &mut opened).await?)
        }
        // The account is made, or the password set: the token endpoint says what is still to be done.
        (Path::SignUp | Path::Recover, Step::SecondAddress { .. }) if opened.held.registers => {
            Ok(json!({ "continuation_token": opened.hand_over().await? }))
        }
        (_, Step::SecondAddress { .. } | Step::SecondCode { enrols: true, .. }) if opened.held.registers => {
            Err(registration_required(&mut opened).await?)
        }

        (Path::SignIn, Step::NewPassword { path: Path::Recover, .. }) => {
            Err(Trouble::new("invalid_request", 50142, "The password has to be reset before anybody signs in with it."))
        }
        (Path::SignIn, Step::Password { .. }) if !waits_for_proved => Err(out_of_order("A password is asked for.")),

        // The address is proved, so that nobody else is told.
        (Path::SignIn | Path::Recover, Step::NewPassword { .. } | Step::Attributes { path: Path::SignUp, .. })
        | (_, Step::Stopped { why: Stop::NoAccount }) => Err(user_not_found()),
        (_, Step::Stopped { why: Stop::Disabled }) => {
            Err(Trouble::new("invalid_grant", 50057, "The account is switched off."))
        }
        (_, Step::Stopped { why: Stop::Expired }) => Err(expired()),
        (_, Step::Address { .. }) => Err(out_of_order("Ask for a challenge first.")),
        (_, Step::Code { .. }) => Err(out_of_order("The code that was mailed is asked for.")),

        // What only pages can ask.
        (_, Step::SecondFactor | Step::SecondStep { .. } | Step::SecondAddress { .. } | Step::SecondCode { .. })
        | (_, Step::Password { .. } | Step::NewPassword { .. })
        | (_, Step::Attributes { .. } | Step::Account { .. }) => {
            Ok(redirect("What is asked next is asked on the hosted pages."))
        }
    }
}

pub async fn registration_required(opened: &mut Opened) -> Result<Trouble, Trouble> {
    let why = "Another way to prove that it is them has to be registered: ask which ones there are.";
    let trouble = Trouble::new("invalid_grant", 50072, why).suberror("registration_required");
    with_token(trouble, opened).await
}

/// Where addresses are taken as typed, a code is asked only where somebody has the address. A silent application goes through
/// it and learns that from whoever proved it.
pub fn is_told_taken(opened: &Opened) -> bool {
    takes_as_typed(&opened.visit.flow) && !opened.call.is_silent()
}

async fn with_token(trouble: Trouble, opened: &mut Opened) -> Result<Trouble, Trouble> {
    Ok(trouble.with("continuation_token", opened.hand_over().await?))
}

/// What was wrong with the answer, if anything was. The same token brings the next try.
pub fn refused(journey: &Journey) -> Option<Trouble> {
    if journey.said.notice == Some(Notice::CodeDead) {
        return Some(wrong_code("The code was tried too often. Ask for another challenge."));
    }
    let Fault { field, why } = journey.said.faults.first()?;
    Some(match (field.as_str(), why) {
        ("code", Why::CodeExpired) => wrong_code("The code is too old. Ask for another challenge."),
        ("code", _) => wrong_code("The code is wrong."),
        ("password", Why::WrongPassword | Why::WrongPasswordForName | Why::Required) => {
            Trouble::new("invalid_grant", 50126, "Invalid username or password.")
        }
        ("password", why) => weak(why),
        // Of user names, which two people want at once.
        ("address", Why::NameTaken) => already_exists(),
        // Of the second step: whether it can be a name at all was judged when the way began.
        ("address", Why::OwnAddress) => Trouble::new(
            "invalid_request",
            901_001,
            "The challenge_target is the address that the person signs in with.",
        ),
        ("address", _) => Trouble::new("invalid_request", 901_001, "The challenge_target is no e-mail address."),
        (field, _) => out_of_order(&format!("The field '{field}' was refused.")),
    })
}

fn wrong_code(why: &str) -> Trouble {
    Trouble::new("invalid_grant", 50181, why).suberror("invalid_oob_value")
}

/// A new password that will not do.
pub fn weak(why: &Why) -> Trouble {
    let (word, sentence) = match why {
        Why::PasswordTooShort { min } => {
            ("password_too_short", format!("The password is shorter than {min} characters."))
        }
        Why::PasswordTooLong { max } => ("password_too_long", format!("The password is longer than {max} characters.")),
        Why::PasswordDigits { .. } => ("password_too_weak", "The password is made of digits only.".into()),
        Why::PasswordClasses { classes } => (
            "password_too_weak",
            format!("The password has characters of {classes} kinds: small letters, capitals, digits, others."),
        ),
        Why::PasswordCommon => ("password_banned", "The password is among those that are guessed first.".into()),
        Why::PasswordGuessable => ("password_banned", "The password is made of what is known of the person.".into()),
        _ => ("password_is_invalid", "The password cannot be used.".into()),
    };
    Trouble::new("invalid_grant", 399_246, sentence).suberror(word)
}

pub fn user_not_found() -> Trouble {
    Trouble::new("user_not_found", 50034, "There is no account with this username.")
}

pub fn already_exists() -> Trouble {
    Trouble::new("user_already_exists", 1_003_037, "There is an account with this username already.")
}

/// The flow does not have this way.
pub fn closed(why: &str) -> Trouble {
    Trouble::new("unauthorized_client", 50105, why)
}
