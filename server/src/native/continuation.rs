//! What an application holds between two calls: everything that this face must remember, sealed, so that nobody but this
//! application of this tenant comes on with it, and nobody reads in it.

use super::{
    asked::Call,
    trouble::{Trouble, invalid_token},
};
use crate::error::Result;
use app::contract::{id::JourneyId, journey::Path, secret::Secret, user_flow::Method};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Continuation {
    Journey(Box<Held>),
    /// Somebody is in; the token endpoint takes it.
    Done {
        code: Secret,
    },
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Held {
    pub journey: JourneyId,
    /// Whose hash the journey knows its holder by. Another one with every answer that counts.
    pub secret: Secret,
    pub way: Path,
    /// The address or user name.
    #[serde(rename = "address")]
    pub name: String,
    pub challenges: Challenges,
    /// A code is on its way that the application does not know of yet.
    #[serde(default)]
    pub has_untold_code: bool,
    /// Whether the application can ask for a second factor (`mfa_required`).
    pub asks_second_factor: bool,
    /// Or to set one up (`registration_required`).
    #[serde(default)]
    pub registers: bool,
    /// How whoever has that name signs in.
    pub method: Option<Method>,
    /// What a new person told at the start and is not asked for any more.
    pub password: Option<Secret>,
    pub attributes: BTreeMap<String, Vec<String>>,
}

/// `challenge_type`: what an application can ask for besides sending people to the hosted pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Challenges {
    pub oob: bool,
    pub password: bool,
}

impl Challenges {
    /// The hosted pages are always a way on. What we do not know is ignored.
    pub fn read(text: &str) -> std::result::Result<Self, Trouble> {
        let has = |wanted| has_word(text, wanted);
        if !has("redirect") {
            let why = "The challenge_type must contain 'redirect'.";
            return Err(Trouble::new("unsupported_challenge_type", 901_007, why));
        }
        Ok(Self { oob: has("oob"), password: has("password") })
    }

    pub fn has_oob(text: &str) -> bool {
        has_word(text, "oob")
    }

    pub fn has(self, method: Method) -> bool {
        match method {
            Method::Password => self.password,
            Method::Passcode => self.oob,
        }
    }
}

fn has_word(text: &str, wanted: &str) -> bool {
    text.split_ascii_whitespace().any(|word| word == wanted)
}

impl Call {
    pub fn sealed(&self, continuation: &Continuation) -> Result<String> {
        let plain = serde_json::to_vec(continuation)?;
        Ok(self.state.seal.seal(&self.state.chance, &self.context(), &plain))
    }

    pub fn unsealed(&self) -> std::result::Result<Continuation, Trouble> {
        let token = self.form.required("continuation_token")?;
        let plain = self.state.seal.open(&self.context(), token).map_err(|_| invalid_token())?;
        serde_json::from_slice(&plain).map_err(|_| invalid_token())
    }

    fn context(&self) -> String {
        format!("{}|native|{}", self.tenant.id, self.application.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_type_is_a_set_of_words_with_redirect_among_them() {
        let read = |text: &str| Challenges::read(text).ok().map(|it| (it.oob, it.password));
        assert_eq!(read("oob password redirect"), Some((true, true)));
        assert_eq!(read("redirect  oob"), Some((true, false)));
        assert_eq!(read("redirect sms"), Some((false, false)));
        for text in ["", "oob password", "Redirect", "oob,redirect"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
