//! `/identity/authenticationEventsFlows`: a user flow.

use super::{
    application::Platform, identity_provider::IdentityProvider, input::Input, moment::Moment,
    user_flow_attribute::UserFlowAttribute,
};
use crate::contract::{
    flow_rules::FlowRules,
    user_flow::{FlowKind, PasswordRule},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    default,
    tag = "@odata.type",
    rename = "#microsoft.graph.externalUsersSelfServiceSignUpEventsFlow"
)]
pub struct UserFlow {
    #[serde(rename = "@odata.etag", skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    pub id: String,
    pub display_name: String,
    pub description: Option<String>,
    pub priority: i64,
    pub conditions: Conditions,
    pub on_interactive_auth_flow_start: FlowStart,
    pub on_authentication_method_load_start: MethodLoadStart,
    pub on_attribute_collection: AttributeCollection,
    /// Extensions are not offered: always nothing.
    pub on_attribute_collection_start: Option<Nothing>,
    pub on_attribute_collection_submit: Option<Nothing>,
    pub on_user_create_start: UserCreateStart,

    // What Graph has no words for.
    pub kind: FlowKind,
    pub rules: FlowRules,
    /// Whether the page offers to keep people signed in.
    pub keep_signed_in: bool,
    pub password_rule: PasswordRule,
    /// The attributes that applications of this flow receive as claims.
    pub claims: Vec<String>,
    /// Languages that its pages are not offered in, by tag.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disabled_languages: Vec<String>,
    /// Goes up with every save.
    pub revision: i64,
    /// How many accounts were made through it.
    pub people_signed_up: i64,
    /// How many people have its attribute page open now, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_pages: Option<i64>,
    pub created_date_time: Option<Moment>,
}

impl Default for UserFlow {
    fn default() -> Self {
        Self {
            etag: None,
            id: String::new(),
            display_name: String::new(),
            description: None,
            priority: 500,
            conditions: Conditions::default(),
            on_interactive_auth_flow_start: FlowStart::default(),
            on_authentication_method_load_start: MethodLoadStart::default(),
            on_attribute_collection: AttributeCollection::default(),
            on_attribute_collection_start: None,
            on_attribute_collection_submit: None,
            on_user_create_start: UserCreateStart::default(),
            kind: FlowKind::default(),
            rules: FlowRules::default(),
            keep_signed_in: false,
            password_rule: PasswordRule::default(),
            claims: Vec::new(),
            disabled_languages: Vec::new(),
            revision: 0,
            people_signed_up: 0,
            open_pages: None,
            created_date_time: None,
        }
    }
}

/// A thing that has no properties and is never there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Nothing {}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Conditions {
    pub applications: ConditionsApplications,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConditionsApplications {
    /// Always false: an application is attached by name.
    pub include_all_applications: bool,
    pub include_applications: Vec<FlowApplication>,
}

/// An application of a flow. Only `appId` is read, and `movedFrom` where one is added by itself.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    default,
    tag = "@odata.type",
    rename = "#microsoft.graph.authenticationConditionApplication"
)]
pub struct FlowApplication {
    pub app_id: String,
    /// Not in Graph.
    pub display_name: String,
    /// Where its people come back to, for "Run user flow". Not in Graph.
    pub redirect_uris: Vec<FlowRedirectUri>,
    /// The flow that it is taken away from at the same time: at no moment is it without one. Never told. Not in Graph.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FlowRedirectUri {
    pub platform: Platform,
    pub uri: String,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    default,
    tag = "@odata.type",
    rename = "#microsoft.graph.onInteractiveAuthFlowStartExternalUsersSelfServiceSignUp"
)]
pub struct FlowStart {
    pub is_sign_up_allowed: bool,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    default,
    tag = "@odata.type",
    rename = "#microsoft.graph.onAuthenticationMethodLoadStartExternalUsersSelfServiceSignUp"
)]
pub struct MethodLoadStart {
    pub identity_providers: Vec<FlowProvider>,
}

/// An identity provider of a flow. Only `id` is read.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FlowProvider {
    #[serde(rename = "@odata.type", skip_serializing_if = "String::is_empty")]
    pub odata_type: String,
    pub id: String,
    pub display_name: String,
    pub identity_provider_type: String,
}

impl From<&IdentityProvider> for FlowProvider {
    fn from(provider: &IdentityProvider) -> Self {
        let odata_type = match provider {
            IdentityProvider::BuiltIn(_) => "#microsoft.graph.builtInIdentityProvider",
            IdentityProvider::Social(_) => "#microsoft.graph.socialIdentityProvider",
            IdentityProvider::Apple(_) => "#microsoft.graph.appleManagedIdentityProvider",
            IdentityProvider::OpenIdConnect(_) => "#microsoft.graph.oidcIdentityProvider",
        };
        Self {
            odata_type: odata_type.into(),
            id: provider.id().into(),
            display_name: provider.display_name().into(),
            identity_provider_type: provider.kind().into(),
        }
    }
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    default,
    tag = "@odata.type",
    rename = "#microsoft.graph.onAttributeCollectionExternalUsersSelfServiceSignUp"
)]
pub struct AttributeCollection {
    /// Always empty.
    pub access_packages: Vec<Nothing>,
    /// Those that the inputs ask for. One that is sent without an input gets the usual one.
    pub attributes: Vec<UserFlowAttribute>,
    pub attribute_collection_page: AttributeCollectionPage,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AttributeCollectionPage {
    /// Not used.
    pub custom_strings_file_id: Option<String>,
    /// One.
    pub views: Vec<View>,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct View {
    pub title: Option<String>,
    pub description: Option<String>,
    pub inputs: Vec<Input>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    default,
    tag = "@odata.type",
    rename = "#microsoft.graph.onUserCreateStartExternalUsersSelfServiceSignUp"
)]
pub struct UserCreateStart {
    pub user_type_to_create: UserType,
    /// Always empty.
    pub access_packages: Vec<Nothing>,
}

impl Default for UserCreateStart {
    fn default() -> Self {
        Self { user_type_to_create: UserType::Member, access_packages: Vec::new() }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UserType {
    Member,
    Guest,
}

impl UserFlow {
    /// The rows of the one view.
    pub fn inputs(&self) -> &[Input] {
        self.on_attribute_collection.attribute_collection_page.views.first().map_or(&[], |view| &view.inputs)
    }

    pub fn applications(&self) -> &[FlowApplication] {
        &self.conditions.applications.include_applications
    }
}
