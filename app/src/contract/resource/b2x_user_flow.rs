//! `/identity/b2xUserFlows` and `/identity/b2cUserFlows`: Graph's older words for a user flow.

use super::{input::InputType, user_flow::FlowProvider, user_flow_attribute::UserFlowAttribute};
use crate::contract::{attribute::DataType, user_flow::FlowKind};
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IdentityUserFlow {
    /// `B2X_1_Partner` or `B2C_1_Partner`; the part before the name may be left out when it is made.
    pub id: String,
    pub user_flow_type: UserFlowType,
    /// Of B2C's: 1 is Standard (Legacy), 3 Recommended.
    pub user_flow_type_version: Option<f64>,
    pub identity_providers: Vec<FlowProvider>,
    /// Of B2C's: it is always so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_language_customization_enabled: Option<bool>,
    /// Of B2C's: what whoever reads none of the flow's languages is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_language_tag: Option<String>,
}

impl Default for IdentityUserFlow {
    fn default() -> Self {
        Self {
            id: String::new(),
            user_flow_type: UserFlowType::SignUpOrSignIn,
            user_flow_type_version: None,
            identity_providers: Vec::new(),
            is_language_customization_enabled: None,
            default_language_tag: None,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UserFlowType {
    SignUpOrSignIn,
    SignUp,
    SignIn,
    ProfileUpdate,
    PasswordReset,
}

impl From<FlowKind> for UserFlowType {
    fn from(kind: FlowKind) -> Self {
        match kind {
            FlowKind::SignUpOrSignIn => UserFlowType::SignUpOrSignIn,
            FlowKind::SignUp => UserFlowType::SignUp,
            FlowKind::SignIn => UserFlowType::SignIn,
            FlowKind::ProfileEdit => UserFlowType::ProfileUpdate,
            FlowKind::PasswordReset => UserFlowType::PasswordReset,
        }
    }
}

impl From<UserFlowType> for FlowKind {
    fn from(kind: UserFlowType) -> Self {
        match kind {
            UserFlowType::SignUpOrSignIn => FlowKind::SignUpOrSignIn,
            UserFlowType::SignUp => FlowKind::SignUp,
            UserFlowType::SignIn => FlowKind::SignIn,
            UserFlowType::ProfileUpdate => FlowKind::ProfileEdit,
            UserFlowType::PasswordReset => FlowKind::PasswordReset,
        }
    }
}

/// The control, in the words of these flows: they have none for a number and for a single box to tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum UserInputType {
    TextBox,
    EmailBox,
    RadioSingleSelect,
    DropdownSingleSelect,
    CheckboxMultiSelect,
    DateTimeDropdown,
}

/// What is written comes first for each; the words of the newer flows are read too. Case says nothing.
const USER_INPUT_TYPES: [(UserInputType, &str); 10] = [
    (UserInputType::TextBox, "textBox"),
    (UserInputType::TextBox, "text"),
    (UserInputType::TextBox, "number"),
    (UserInputType::EmailBox, "emailBox"),
    (UserInputType::RadioSingleSelect, "radioSingleSelect"),
    (UserInputType::DropdownSingleSelect, "dropdownSingleSelect"),
    (UserInputType::CheckboxMultiSelect, "checkboxMultiSelect"),
    (UserInputType::CheckboxMultiSelect, "checkboxSingleSelect"),
    (UserInputType::CheckboxMultiSelect, "boolean"),
    (UserInputType::DateTimeDropdown, "dateTimeDropdown"),
];

impl TryFrom<String> for UserInputType {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let known = USER_INPUT_TYPES.iter().find(|(_, word)| word.eq_ignore_ascii_case(&text));
        known.map(|(kind, _)| *kind).ok_or_else(|| format!("there is no user input type '{text}'"))
    }
}

impl From<UserInputType> for String {
    fn from(kind: UserInputType) -> Self {
        USER_INPUT_TYPES.iter().find(|(known, _)| *known == kind).map_or("textBox", |(_, word)| word).into()
    }
}

impl From<InputType> for UserInputType {
    fn from(kind: InputType) -> Self {
        match kind {
            InputType::Text | InputType::Number => UserInputType::TextBox,
            InputType::Boolean | InputType::CheckboxMultiSelect => UserInputType::CheckboxMultiSelect,
            InputType::RadioSingleSelect => UserInputType::RadioSingleSelect,
            InputType::DropdownSingleSelect => UserInputType::DropdownSingleSelect,
            InputType::DateTimeDropdown => UserInputType::DateTimeDropdown,
        }
    }
}

impl UserInputType {
    /// As the newer flows say it of an attribute of this type.
    pub fn of(self, data_type: DataType) -> InputType {
        match (self, data_type) {
            (UserInputType::TextBox | UserInputType::EmailBox, DataType::Int) => InputType::Number,
            (UserInputType::TextBox | UserInputType::EmailBox, _) => InputType::Text,
            (UserInputType::CheckboxMultiSelect, DataType::Boolean) => InputType::Boolean,
            (UserInputType::CheckboxMultiSelect, _) => InputType::CheckboxMultiSelect,
            (UserInputType::RadioSingleSelect, _) => InputType::RadioSingleSelect,
            (UserInputType::DropdownSingleSelect, _) => InputType::DropdownSingleSelect,
            (UserInputType::DateTimeDropdown, _) => InputType::DateTimeDropdown,
        }
    }
}

/// A row of the attribute page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AttributeAssignment {
    /// The attribute's: `City`, `extension_bootSize`.
    pub id: String,
    pub is_optional: bool,
    /// Of the address: whether a code proves it. Nothing else can be proved.
    pub requires_verification: Option<bool>,
    pub user_input_type: UserInputType,
    pub display_name: String,
    pub user_attribute_values: Vec<AttributeValue>,
    pub user_attribute: UserFlowAttribute,
}

impl Default for AttributeAssignment {
    fn default() -> Self {
        Self {
            id: String::new(),
            is_optional: true,
            requires_verification: None,
            user_input_type: UserInputType::TextBox,
            display_name: String::new(),
            user_attribute_values: Vec::new(),
            user_attribute: UserFlowAttribute::default(),
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AttributeValue {
    pub name: String,
    pub value: String,
    pub is_default: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AssignmentOrder {
    pub order: Vec<String>,
}

/// The body of `setOrder`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SetOrder {
    pub new_assignment_order: AssignmentOrder,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LanguageConfiguration {
    pub id: String,
    pub is_enabled: bool,
    pub display_name: String,
}

/// A page whose sentences can be changed.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LanguagePage {
    pub id: String,
}

/// The sentences of a page in one language, in the form that they have had since Azure AD B2C.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LocalizedStrings {
    pub localized_strings: Vec<LocalizedString>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LocalizedString {
    /// Always `UxElement`.
    pub element_type: String,
    pub element_id: Option<String>,
    /// The name of the sentence: `pages.signInHeading`.
    pub string_id: String,
    /// Whether it is the tenant's own instead of ours.
    #[serde(rename = "Override")]
    pub own: bool,
    pub value: String,
}

impl Default for LocalizedString {
    fn default() -> Self {
        Self {
            element_type: "UxElement".into(),
            element_id: None,
            string_id: String::new(),
            own: false,
            value: String::new(),
        }
    }
}
