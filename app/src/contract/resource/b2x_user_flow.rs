//! `/identity/b2xUserFlows` and `/identity/b2cUserFlows`: Graph's older words for a user flow.

use super::{input::InputType, user_flow::FlowProvider, user_flow_attribute::UserFlowAttribute};
use crate::contract::user_flow::FlowKind;
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
}

impl Default for IdentityUserFlow {
    fn default() -> Self {
        Self {
            id: String::new(),
            user_flow_type: UserFlowType::SignUpOrSignIn,
            user_flow_type_version: None,
            identity_providers: Vec::new(),
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

/// A row of the attribute page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AttributeAssignment {
    /// The attribute's: `City`, `extension_bootSize`.
    pub id: String,
    pub is_optional: bool,
    /// Of the address: whether a code proves it. Nothing else can be proved.
    pub requires_verification: Option<bool>,
    pub user_input_type: InputType,
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
            user_input_type: InputType::Text,
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
