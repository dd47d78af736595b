//! One person's run through a flow, as they see it: a Page with its Step, and the Answer they send back.
//! One variant of Step and one of Answer for each page of `hosted/`.

use super::{
    brand::Brand,
    flow_rules::SignInName,
    secret::Secret,
    user_flow::{Field, PasswordRule},
    validate::{self, Fault, Why},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that one hosted page needs; as HTML or as JSON it is the same. Holds no secret of the account.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// Where answers go: this page's own path.
    pub path: String,
    /// Proves that an answer comes from this page (security R20).
    pub token: String,
    pub brand: Brand,
    /// The application that the person came from.
    pub application: String,
    /// The language of every word on the page, and those it can be changed to.
    pub language: String,
    pub languages: Vec<LanguageName>,
    /// The address or user name this journey is about, once it is known.
    pub address: Option<String>,
    pub step: Step,
    /// Whether the page offers to go back to the application with nothing done.
    pub can_cancel: bool,
    /// What was wrong with the last answer, field by field.
    pub faults: Vec<Fault>,
    /// What the person typed last, by field name; never a password or code.
    pub typed: BTreeMap<String, Vec<String>>,
    pub notice: Option<Notice>,
    /// Whether it stands inside another page: landmarks and the first heading are that one's.
    pub embedded: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LanguageName {
    pub tag: String,
    /// In the language itself: "Deutsch".
    pub name: String,
}

/// What brings a person here; it decides the headings, and what follows a proved address.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Path {
    SignIn,
    SignUp,
    Recover,
    EditProfile,
}

/// What the person sees.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Step {
    /// Who is it? The first page of every path; and, where a user name was chosen, which address is it. Whether a code goes
    /// out as soon as it is answered.
    Address { path: Path, asks: Asks, sends_code: bool, can_sign_in: bool, can_sign_up: bool, can_recover: bool },
    /// The password of the account with this address (if there is one: the page is the same either way).
    Password { can_recover: bool, offers_code: bool, offers_to_keep: bool },
    /// The code that was mailed to the address. Where none is `alive` (tried too often, too old, never sent), only another
    /// one helps.
    Code { path: Path, length: u8, alive: bool, resend: Resend, offers_to_keep: bool, offers_password: bool },
    /// The code of an authenticator app, or a recovery code. Drawn by the server alone: the browser's bundle has no room for
    /// what administrators see.
    #[cfg(feature = "ssr")]
    SecondFactor,
    /// Another proof is asked besides: a code to an address that the account keeps for it, told as far as its owner knows it.
    SecondStep { to: String },
    /// Where codes for the second step shall go, of somebody who has no such address yet. Their own, told in the same way,
    /// where it is proved already.
    SecondAddress { own: Option<String> },
    /// The code that was mailed there; where it `enrols`, to an address that may still be another.
    SecondCode { to: String, length: u8, alive: bool, resend: Resend, enrols: bool },
    /// A password that is new: at sign-up, or after recovery.
    NewPassword { path: Path, rule: PasswordRule },
    /// What the flow asks of a new person, or lets somebody correct who is known.
    Attributes { path: Path, revision: i64, fields: Vec<Field> },
    /// Somebody is signed in already: go on as them, or as somebody else?
    Account { address: String, name: Option<String> },
    /// No way on from here, and why.
    Stopped { why: Stop },
    /// The browser goes on to this address of ours: the journey is over, or its next page is drawn by the server alone.
    /// Never drawn.
    Done { location: String },
}

impl Step {
    /// The step's name, as its JSON has it.
    pub fn word(&self) -> &'static str {
        match self {
            Step::Address { .. } => "address",
            Step::Password { .. } => "password",
            Step::Code { .. } => "code",
            #[cfg(feature = "ssr")]
            Step::SecondFactor => "secondFactor",
            Step::SecondStep { .. } => "secondStep",
            Step::SecondAddress { .. } => "secondAddress",
            Step::SecondCode { .. } => "secondCode",
            Step::NewPassword { .. } => "newPassword",
            Step::Attributes { .. } => "attributes",
            Step::Account { .. } => "account",
            Step::Stopped { .. } => "stopped",
            Step::Done { .. } => "done",
        }
    }
}

/// What the page of an address asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Asks {
    Email,
    UserName,
    EmailOrUserName,
    /// Where somebody who will have a user name can be reached; told to nobody.
    Contact,
}

impl From<SignInName> for Asks {
    fn from(name: SignInName) -> Self {
        match name {
            SignInName::Email => Asks::Email,
            SignInName::UserName => Asks::UserName,
            SignInName::EmailOrUserName => Asks::EmailOrUserName,
        }
    }
}

impl Asks {
    /// What somebody typed to say who they are, trimmed. Of names only addresses have an `@`.
    pub fn read(self, typed: &str) -> Result<String, Why> {
        match self {
            Asks::UserName => validate::user_name(typed),
            Asks::EmailOrUserName if !is_address(typed) => validate::user_name(typed),
            Asks::Email | Asks::Contact | Asks::EmailOrUserName => validate::address(typed),
        }
    }
}

/// Whether a name is an address; else it is a user name.
pub fn is_address(name: &str) -> bool {
    name.contains('@')
}

/// When another code can be asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "when", rename_all = "camelCase")]
pub enum Resend {
    Now,
    /// Whole seconds from the moment the page was made.
    In {
        seconds: u32,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stop {
    /// The address is proved, has no account, and this flow makes none.
    NoAccount,
    /// The address is proved, and an administrator switched its account off.
    Disabled,
    /// Nothing the person does leads on.
    Expired,
}

/// A sentence above the form that is not about one field.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "camelCase")]
pub enum Notice {
    /// A fresh code is on its way.
    CodeSent,
    /// Too many codes were asked for; the wait is told by `Step::Code::resend`.
    CodesExhausted,
    /// Five wrong tries: the code is dead, a new one is needed.
    CodeDead,
    /// The address is proved and has an account already.
    AlreadyHaveAccount,
    /// The flow's layout changed while the page was open; what was typed is still there.
    LayoutChanged,
}

/// What the person sends. Form and JSON carry the same names: `answer=password&password=…&token=…`.
#[derive(Clone, PartialEq, Debug)]
pub enum Answer {
    Address {
        address: String,
    },
    Password {
        password: Secret,
        keep: bool,
    },
    Code {
        code: Secret,
        keep: bool,
    },
    NewPassword {
        password: Secret,
    },
    /// Values by attribute; several only where several may be chosen.
    Attributes {
        revision: i64,
        values: BTreeMap<String, Vec<String>>,
    },
    /// Go on with the account that is signed in.
    ContinueAs,
    /// The ways out of a page.
    Resend,
    UseCode,
    UsePassword,
    /// For the second step: the address that is their own already; or another than the one that was typed.
    UseOwnAddress,
    UseOtherAddress,
    SignIn,
    SignUp,
    Recover,
    Language {
        language: String,
    },
    Cancel,
}

/// The fields of a form or of a flat JSON object, as they came.
pub type Pairs = Vec<(String, String)>;

/// Field names of attributes begin so, so that no attribute can pose as another field.
pub const ATTRIBUTE_FIELD: &str = "attribute.";

/// An answer that no page of ours sends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unreadable {
    /// No `answer`, or one that does not exist.
    Kind,
    Missing(&'static str),
    /// A field that this answer does not have (security R14).
    Unknown(String),
    /// A field twice where one value is meant (security, cve_2023_7028).
    Twice(String),
}

impl Answer {
    pub fn is_code(&self) -> bool {
        matches!(self, Answer::Code { .. })
    }

    /// Reads an answer from its fields, and the journey token that came with it. Nothing is skipped, nothing is guessed.
    pub fn read(pairs: Pairs) -> Result<(Answer, String), Unreadable> {
        let mut fields = Fields::sort(pairs)?;
        let token = fields.take("token")?;
        let answer = match fields.take("answer")?.as_str() {
            "address" => Answer::Address { address: fields.take("address")? },
            "password" => Answer::Password { password: fields.take("password")?.into(), keep: fields.ticked("keep") },
            "code" => Answer::Code { code: fields.take("code")?.into(), keep: fields.ticked("keep") },
            "newPassword" => Answer::NewPassword { password: fields.take("password")?.into() },
            "attributes" => Answer::Attributes {
                revision: fields.take("revision")?.parse().map_err(|_| Unreadable::Missing("revision"))?,
                values: std::mem::take(&mut fields.attributes),
            },
            "continueAs" => Answer::ContinueAs,
            "resend" => Answer::Resend,
            "useCode" => Answer::UseCode,
            "usePassword" => Answer::UsePassword,
            "useOwnAddress" => Answer::UseOwnAddress,
            "useOtherAddress" => Answer::UseOtherAddress,
            "signIn" => Answer::SignIn,
            "signUp" => Answer::SignUp,
            "recover" => Answer::Recover,
            "language" => Answer::Language { language: fields.take("language")? },
            "cancel" => Answer::Cancel,
            _ => return Err(Unreadable::Kind),
        };
        fields.nothing_left(&answer)?;
        Ok((answer, token))
    }

    /// A way out may be pressed with half a form filled in; what was typed travels along and is not judged.
    fn is_way_out(&self) -> bool {
        match self {
            Answer::Address { .. }
            | Answer::Password { .. }
            | Answer::Code { .. }
            | Answer::NewPassword { .. }
            | Answer::Attributes { .. } => false,
            Answer::ContinueAs
            | Answer::Resend
            | Answer::UseCode
            | Answer::UsePassword
            | Answer::UseOwnAddress
            | Answer::UseOtherAddress
            | Answer::SignIn
            | Answer::SignUp
            | Answer::Recover
            | Answer::Language { .. }
            | Answer::Cancel => true,
        }
    }
}

struct Fields {
    single: BTreeMap<String, String>,
    attributes: BTreeMap<String, Vec<String>>,
}

impl Fields {
    fn sort(pairs: Pairs) -> Result<Self, Unreadable> {
        let mut fields = Fields { single: BTreeMap::new(), attributes: BTreeMap::new() };
        for (name, value) in pairs {
            if let Some(attribute) = name.strip_prefix(ATTRIBUTE_FIELD) {
                fields.attributes.entry(attribute.into()).or_default().push(value);
            } else if fields.single.insert(name.clone(), value).is_some() {
                return Err(Unreadable::Twice(name));
            }
        }
        Ok(fields)
    }

    fn take(&mut self, name: &'static str) -> Result<String, Unreadable> {
        self.single.remove(name).ok_or(Unreadable::Missing(name))
    }

    fn ticked(&mut self, name: &str) -> bool {
        self.single.remove(name).is_some_and(|value| !value.is_empty())
    }

    fn nothing_left(mut self, answer: &Answer) -> Result<(), Unreadable> {
        if answer.is_way_out() {
            for known in ["address", "password", "code", "keep", "revision"] {
                self.single.remove(known);
            }
            self.attributes.clear();
        }
        match self.single.into_keys().chain(self.attributes.into_keys()).next() {
            Some(name) => Err(Unreadable::Unknown(name)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: &[(&str, &str)]) -> Result<Answer, Unreadable> {
        Answer::read(form.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
            .map(|(answer, _)| answer)
    }

    #[test]
    fn each_answer_has_exactly_its_own_fields() {
        let address = [("token", "t"), ("answer", "address"), ("address", "ada@example.org")];
        assert_eq!(read(&address), Ok(Answer::Address { address: "ada@example.org".into() }));
        assert_eq!(read(&address[..2]), Err(Unreadable::Missing("address")));
        assert_eq!(read(&address[1..]), Err(Unreadable::Missing("token")));
        assert_eq!(read(&[("token", "t"), ("answer", "grant")]), Err(Unreadable::Kind));
    }

    #[test]
    fn cve_2023_7028_a_field_cannot_come_twice() {
        let two = [("token", "t"), ("answer", "address"), ("address", "a@example.org"), ("address", "b@example.org")];
        assert_eq!(read(&two), Err(Unreadable::Twice("address".into())));
    }

    #[test]
    fn r14_a_field_that_does_not_belong_is_refused() {
        let extra = [("token", "t"), ("answer", "address"), ("address", "a@example.org"), ("emailVerified", "true")];
        assert_eq!(read(&extra), Err(Unreadable::Unknown("emailVerified".into())));
        let attribute = [("token", "t"), ("answer", "code"), ("code", "1"), ("attribute.city", "Lund")];
        assert_eq!(read(&attribute), Err(Unreadable::Unknown("city".into())));
    }

    #[test]
    fn several_values_stay_together() {
        let form = [
            ("token", "t"),
            ("answer", "attributes"),
            ("revision", "3"),
            ("attribute.likes", "tea"),
            ("attribute.likes", "rye"),
        ];
        let values = BTreeMap::from([("likes".to_string(), vec!["tea".to_string(), "rye".to_string()])]);
        assert_eq!(read(&form), Ok(Answer::Attributes { revision: 3, values }));
    }

    #[test]
    fn a_way_out_ignores_the_half_filled_form() {
        assert_eq!(read(&[("token", "t"), ("answer", "recover"), ("password", "half")]), Ok(Answer::Recover));
        assert!(read(&[("token", "t"), ("answer", "recover"), ("role", "admin")]).is_err());
    }
}
