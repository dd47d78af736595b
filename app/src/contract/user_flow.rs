//! What an administrator designs: how people may sign in, what they are asked, in which order and words.

use super::{
    attribute::{DataType, EMAIL},
    flow_rules::FlowRules,
    id::UserFlowId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A user flow as it stands now: its settings and the newest revision of its layout.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserFlow {
    pub id: UserFlowId,
    pub name: String,
    pub kind: FlowKind,
    /// How accounts made by this flow sign in. Older accounts keep the way they signed up with.
    pub method: Method,
    /// Whether a person without an account may make one.
    pub sign_up: SignUp,
    /// Whether the page offers to keep people signed in after the browser closes.
    pub keep_signed_in: bool,
    pub password: PasswordRule,
    pub layout: Layout,
    /// The attributes that applications of this flow receive as claims.
    pub claims: Vec<String>,
    #[serde(default)]
    pub rules: FlowRules,
    /// What no page shows: notes of the administrators and of the management API.
    #[serde(default)]
    pub about: About,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct About {
    pub description: Option<String>,
    pub priority: i64,
    /// Whether the people of this flow are guests from outside.
    pub makes_guests: bool,
    /// Identity providers besides e-mail, by id.
    pub providers: Vec<String>,
    /// Languages that its pages are not offered in, by tag.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages_off: Vec<String>,
}

impl Default for About {
    fn default() -> Self {
        Self { description: None, priority: 500, makes_guests: false, providers: Vec::new(), languages_off: Vec::new() }
    }
}

impl UserFlow {
    /// Of the languages that pages can be read in, those that this flow offers.
    pub fn languages(&self, spoken: &[&'static str]) -> Vec<&'static str> {
        let is_on = |tag: &&str| !self.about.languages_off.iter().any(|off| off == tag);
        spoken.iter().copied().filter(is_on).collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FlowKind {
    #[default]
    SignUpOrSignIn,
    SignUp,
    SignIn,
    /// Somebody who has signed in looks at what is known of them, and corrects it.
    ProfileEdit,
    PasswordReset,
}

/// The first factor of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Method {
    Password,
    Passcode,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignUp {
    Open,
    Closed,
}

/// What a new password must be. Lengths count characters, not bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordRule {
    pub min_length: u16,
    pub max_length: u16,
    #[serde(default)]
    pub composition: Composition,
}

/// Of which characters a new password is made. The usual rule asks for none (NIST 800-63B §3.1.1.2); the others are there
/// for tenants whom Azure AD B2C's "strong" and "custom" bind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Composition {
    #[default]
    Any,
    /// A PIN.
    Digits,
    /// Of small letters, capitals, digits and everything else, so many.
    TwoClasses,
    ThreeClasses,
    FourClasses,
}

impl Composition {
    /// How many of the four classes have to be there.
    pub fn classes(self) -> u8 {
        match self {
            Composition::Any | Composition::Digits => 0,
            Composition::TwoClasses => 2,
            Composition::ThreeClasses => 3,
            Composition::FourClasses => 4,
        }
    }
}

impl Default for PasswordRule {
    /// The strict rule for a password that stands alone; an administrator may relax it per flow, never below eight.
    fn default() -> Self {
        Self { min_length: 15, max_length: 256, composition: Composition::Any }
    }
}

/// The attribute page, top to bottom. Its revision goes up with every save.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Layout {
    pub revision: i64,
    pub inputs: Vec<Input>,
}

/// One row of a layout.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    pub attribute: String,
    pub data_type: DataType,
    pub kind: InputKind,
    pub label: Words,
    pub hint: Option<Words>,
    pub required: bool,
    pub visibility: Visibility,
    pub default: Option<String>,
    pub options: Vec<Choice>,
    /// A regular expression that the whole value must match; checked in linear time.
    pub pattern: Option<String>,
    pub max_length: u16,
}

/// The control a person meets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InputKind {
    Text,
    Number,
    Checkbox,
    Radio,
    Dropdown,
    MultiSelect,
    Date,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Visibility {
    Editable,
    /// Shown with its default, not to be changed.
    ReadOnly,
    /// Not shown; its default is stored.
    Hidden,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// What is stored and told to applications.
    pub value: String,
    pub text: Words,
}

/// A sentence of the administrator's, with its translations by language tag. Links are written `[text](https://…)`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Words {
    pub text: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<String, String>,
}

impl Words {
    pub fn in_language(&self, language: &str) -> &str {
        self.translations.get(language).unwrap_or(&self.text)
    }
}

impl From<&str> for Words {
    fn from(text: &str) -> Self {
        Self { text: text.into(), translations: BTreeMap::new() }
    }
}

/// An input as one person meets it: in their language, and without what is hidden.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    pub attribute: String,
    pub data_type: DataType,
    pub kind: InputKind,
    pub label: String,
    pub hint: Option<String>,
    pub required: bool,
    pub read_only: bool,
    pub default: Option<String>,
    pub options: Vec<FieldOption>,
    pub pattern: Option<String>,
    pub max_length: u16,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FieldOption {
    pub value: String,
    pub text: String,
}

impl Layout {
    /// Everything that a new person may be asked. The address is proved, never typed, whatever a layout says.
    pub fn asked(&self) -> impl Iterator<Item = &Input> {
        self.inputs.iter().filter(|input| input.attribute != EMAIL)
    }

    /// The fields of the page in one language, in order.
    pub fn fields(&self, language: &str) -> Vec<Field> {
        self.asked().filter(|input| input.visibility != Visibility::Hidden).map(|input| input.field(language)).collect()
    }

    /// Can a page of this layout send a value for the attribute?
    pub fn shows(&self, attribute: &str) -> bool {
        self.asked().any(|input| input.attribute == attribute && input.visibility != Visibility::Hidden)
    }
}

impl Input {
    pub fn field(&self, language: &str) -> Field {
        Field {
            attribute: self.attribute.clone(),
            data_type: self.data_type,
            kind: self.kind,
            label: self.label.in_language(language).into(),
            hint: self.hint.as_ref().map(|hint| hint.in_language(language).into()),
            required: self.required,
            read_only: self.visibility == Visibility::ReadOnly,
            default: self.default.clone(),
            options: self
                .options
                .iter()
                .map(|choice| FieldOption {
                    value: choice.value.clone(),
                    text: choice.text.in_language(language).into(),
                })
                .collect(),
            pattern: self.pattern.clone(),
            max_length: self.max_length,
        }
    }
}
