//! A tenant's design as one document: what administrators decide, nothing of people and no secret. The same tenant always
//! gives the same document, to the byte.

use super::{
    grants::{self, Grant},
    look::{self, Look, Sentences},
};
use crate::{
    directory::{
        application::{self, Named, Notes, Platform, Protocol, Registered},
        attribute, identity_provider,
        tenant::Tenant,
        user_flow,
    },
    error::{Error, Flaw, Result},
    graph::body,
    state::AppState,
};
use app::contract::{
    attribute::{Attribute, CUSTOM_MAX_LENGTH, DataType, Origin},
    brand::Brand,
    flow_rules::FlowRules,
    resource::identity_provider::IdentityProvider,
    user_flow::{About, FlowKind, Input, Layout, Method, PasswordRule, SignUp, UserFlow},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    pub brand: Brand,
    /// Those with settings of their own.
    #[serde(default)]
    pub languages: Vec<String>,
    /// What the tenant says in its own words, by language and name.
    #[serde(default)]
    pub sentences: BTreeMap<String, Sentences>,
    #[serde(default)]
    pub attributes: Vec<CustomAttribute>,
    #[serde(default)]
    pub identity_providers: Vec<IdentityProvider>,
    #[serde(default)]
    pub user_flows: Vec<Flow>,
    #[serde(default)]
    pub applications: Vec<Application>,
    #[serde(default)]
    pub permission_grants: Vec<Grant>,
    /// What the brand shows, by the name of its content.
    #[serde(default)]
    pub pictures: BTreeMap<String, Picture>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Picture {
    pub media_type: String,
    /// In base64.
    pub body: String,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomAttribute {
    pub id: String,
    pub label: String,
    pub data_type: DataType,
    pub description: Option<String>,
}

/// A flow without its revision: that is the history of one directory, not part of the design.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Flow {
    pub id: String,
    pub name: String,
    pub kind: FlowKind,
    pub method: Method,
    pub sign_up: SignUp,
    pub keep_signed_in: bool,
    pub password: PasswordRule,
    pub claims: Vec<String>,
    #[serde(default)]
    pub rules: FlowRules,
    #[serde(default)]
    pub about: About,
    pub inputs: Vec<Input>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    pub id: String,
    pub name: String,
    pub user_flow: Option<String>,
    pub algorithm: String,
    pub home_url: Option<String>,
    #[serde(default)]
    pub disabled: bool,
    #[serde(default)]
    pub redirect_uris: Vec<RedirectUri>,
    #[serde(default)]
    pub notes: Notes,
    #[serde(default, skip_serializing_if = "Protocol::is_usual")]
    pub protocol: Protocol,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct RedirectUri {
    /// `web`, `spa` or `native`.
    pub platform: String,
    pub uri: String,
}

/// The document, and what of the directory it stands for.
pub struct Present {
    pub document: Document,
    pub flows: Vec<user_flow::Listed>,
    pub applications: Vec<Registered>,
}

impl Present {
    pub async fn of(state: &AppState, tenant: &Tenant) -> Result<Present> {
        let attributes = attribute::list(&state.db, &tenant.id).await?.into_iter();
        let mut attributes: Vec<CustomAttribute> = attributes
            .filter(|attribute| attribute.origin == Origin::Custom)
            .map(|Attribute { id, label, data_type, description, .. }| CustomAttribute {
                id,
                label,
                data_type,
                description,
            })
            .collect();
        attributes.sort_by(|a, b| a.id.cmp(&b.id));
        let stored = identity_provider::list(&state.db, &tenant.id).await?;
        let providers = stored.iter().map(|stored| serde_json::from_str(&stored.settings));
        let mut identity_providers: Vec<IdentityProvider> = providers.collect::<Result<_, _>>()?;
        identity_providers.sort_by(|a, b| a.id().cmp(b.id()));
        let flows = user_flow::list(&state.db, &tenant.id).await?;
        let mut user_flows: Vec<Flow> = flows.iter().map(|listed| Flow::from(&listed.flow)).collect();
        user_flows.sort_by(|a, b| a.id.cmp(&b.id));
        let registered = application::list(&state.db, &tenant.id, Named::Anyhow, None, i64::MAX).await?;
        let mut applications: Vec<Application> = registered.iter().map(Application::from).collect();
        applications.sort_by(|a, b| a.id.cmp(&b.id));
        let Look { languages, sentences, pictures } = look::present(state, tenant).await?;
        let document = Document {
            brand: tenant.brand.clone(),
            languages,
            sentences,
            attributes,
            identity_providers,
            user_flows,
            applications,
            permission_grants: grants::present(&state.db, &tenant.id).await?,
            pictures,
        };
        Ok(Present { document, flows, applications: registered })
    }
}

impl From<&UserFlow> for Flow {
    fn from(flow: &UserFlow) -> Self {
        let UserFlow { id, name, kind, method, sign_up, keep_signed_in, password, layout, claims, rules, about } =
            flow.clone();
        let id = id.to_string();
        Flow { id, name, kind, method, sign_up, keep_signed_in, password, claims, rules, about, inputs: layout.inputs }
    }
}

impl Flow {
    pub fn at(&self, revision: i64) -> UserFlow {
        let Flow { id, name, kind, method, sign_up, keep_signed_in, password, claims, rules, about, inputs } =
            self.clone();
        let layout = Layout { revision, inputs };
        UserFlow { id: id.into(), name, kind, method, sign_up, keep_signed_in, password, layout, claims, rules, about }
    }
}

impl From<&Registered> for Application {
    fn from(Registered { application, notes, .. }: &Registered) -> Self {
        let uri = |known: &application::RedirectUri| RedirectUri {
            platform: known.platform.as_str().into(),
            uri: known.uri.clone(),
        };
        let mut redirect_uris: Vec<RedirectUri> = application.redirect_uris.iter().map(uri).collect();
        redirect_uris.sort();
        Application {
            id: application.id.to_string(),
            name: application.name.clone(),
            user_flow: application.user_flow.as_ref().map(ToString::to_string),
            algorithm: application.algorithm.clone(),
            home_url: application.home_url.clone(),
            disabled: application.disabled_at.is_some(),
            redirect_uris,
            notes: notes.clone(),
            protocol: application.protocol.clone(),
        }
    }
}

pub fn platform(word: &str) -> Option<Platform> {
    Platform::read(word).ok()
}

impl CustomAttribute {
    pub fn attribute(&self) -> Attribute {
        let CustomAttribute { id, label, data_type, description } = self.clone();
        Attribute { id, label, data_type, description, origin: Origin::Custom, max_length: CUSTOM_MAX_LENGTH }
    }
}

/// In which words the document is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    Json,
    Toml,
}

impl Document {
    pub fn write(&self, dialect: Dialect) -> Result<String> {
        let value = without_nulls(serde_json::to_value(self)?);
        match dialect {
            Dialect::Json => Ok(serde_json::to_string_pretty(&value)? + "\n"),
            Dialect::Toml => {
                toml::to_string_pretty(&value).map_err(|fault| Error::Internal(format!("as TOML: {fault}")))
            }
        }
    }

    /// Nothing is skipped: what we do not know is a fault.
    pub fn read(text: &[u8], dialect: Dialect) -> Result<Document> {
        match dialect {
            Dialect::Json => body::created(text),
            Dialect::Toml => {
                let text = std::str::from_utf8(text).map_err(|_| Flaw::new("", "The document is not UTF-8."))?;
                let value: Value = toml::from_str(text)
                    .map_err(|fault| Error::BadRequest(format!("The document cannot be read as TOML: {fault}")))?;
                body::created(&serde_json::to_vec(&value)?)
            }
        }
    }
}

/// What has no value is left out: TOML has no word for it, and both dialects say the same.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let said = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(said.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}
