//! What the main resources are made of, read off what is shown and judged: one of each is written, and its shape told.

use crate::graph::organization::OWN_TEXTS;
use app::contract::resource::{
    app_role::PermissionGrant,
    application::{Api, Application, PasswordCredential, PermissionScope},
    b2x_user_flow::IdentityUserFlow,
    directory_audit::{DirectoryAudit, ModifiedProperty, TargetResource},
    domain::Domain,
    moment::Moment,
    organization::{Branding, Organization},
    sign_in::SignIn,
    user::{Identity, PasswordProfile, User},
    user_flow::UserFlow,
    user_flow_attribute::UserFlowAttribute,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Collections, and what they hold.
const HELD: [(&str, &str); 14] = [
    ("/users", "User"),
    ("/applications", "Application"),
    ("/oauth2PermissionGrants", "PermissionGrant"),
    ("/identity/authenticationEventsFlows", "UserFlow"),
    ("/identity/userFlowAttributes", "UserFlowAttribute"),
    ("/identity/b2xUserFlows", "IdentityUserFlow"),
    ("/identity/b2cUserFlows", "IdentityUserFlow"),
    ("/identity/userFlows", "IdentityUserFlow"),
    ("/organization", "Organization"),
    ("/tenants", "Organization"),
    ("/organization/{id}/branding/localizations", "Branding"),
    ("/domains", "Domain"),
    ("/auditLogs/signIns", "SignIn"),
    ("/auditLogs/directoryAudits", "DirectoryAudit"),
];

/// What stands alone.
const ALONE: [(&str, &str); 2] = [("/me", "User"), ("/organization/{id}/branding", "Branding")];

/// The resource that an address is of, and whether it is a list of them.
pub fn at(path: &str) -> Option<(&'static str, bool)> {
    if let Some((_, name)) = ALONE.iter().find(|(alone, _)| *alone == path) {
        return Some((*name, false));
    }
    HELD.iter().find_map(|(collection, name)| match path.strip_prefix(collection)? {
        "" => Some((*name, true)),
        "/{id}" | "/{domain}" | "/{locale}" => Some((*name, false)),
        _ => None,
    })
}

pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

pub fn list_of(name: &str) -> Value {
    json!({
        "type": "object",
        "properties": {
            "@odata.count": { "type": "integer" },
            "@odata.nextLink": { "type": "string" },
            "value": { "type": "array", "items": reference(name) },
        },
    })
}

pub fn schemas() -> Map<String, Value> {
    let user = User {
        account_enabled: Some(true),
        other_mails: vec![String::new()],
        identities: vec![Identity::default()],
        created_date_time: Some(Moment::default()),
        last_sign_in_date_time: Some(Moment::default()),
        sign_in_sessions_valid_from_date_time: Some(Moment::default()),
        password_profile: Some(PasswordProfile::default()),
        user_flow_id: Some(String::new()),
        ..User::default()
    };
    let application = Application {
        created_date_time: Some(Moment::default()),
        account_enabled: Some(true),
        password_credentials: vec![PasswordCredential::default()],
        api: Api { oauth2_permission_scopes: vec![PermissionScope::default()] },
        ..Application::default()
    };
    let word = || String::from("-");
    let grant = PermissionGrant { id: word(), consent_type: word(), ..PermissionGrant::default() };
    let mut schemas = Map::new();
    schemas.insert("User".into(), shape(&user));
    schemas.insert("Application".into(), shape(&application));
    schemas.insert("PermissionGrant".into(), shape(&grant));
    schemas.insert("UserFlow".into(), shape(&UserFlow::default()));
    schemas.insert("UserFlowAttribute".into(), shape(&UserFlowAttribute::default()));
    schemas.insert("IdentityUserFlow".into(), shape(&IdentityUserFlow::default()));
    schemas.insert("Organization".into(), shape(&Organization::default()));
    schemas.insert("Branding".into(), branding());
    schemas.insert("Domain".into(), shape(&Domain::default()));
    schemas.insert("SignIn".into(), shape(&SignIn::default()));
    let changed =
        TargetResource { modified_properties: vec![ModifiedProperty::default()], ..TargetResource::default() };
    let change = DirectoryAudit { target_resources: vec![changed], ..DirectoryAudit::default() };
    schemas.insert("DirectoryAudit".into(), shape(&change));
    schemas
}

/// What pages draw of it; of the rest only the names are told.
fn branding() -> Value {
    let text = || Some(String::new());
    let mut told = shape(&Branding {
        sign_in_page_text: text(),
        username_hint_text: text(),
        custom_cannot_access_your_account_text: text(),
        custom_forgot_my_password_text: text(),
        custom_privacy_and_cookies_text: text(),
        custom_privacy_and_cookies_url: text(),
        custom_terms_of_use_text: text(),
        custom_terms_of_use_url: text(),
        background_image_relative_url: text(),
        banner_logo_relative_url: text(),
        brand_color: text(),
        brand_name: text(),
        ..Branding::default()
    });
    for (name, longest) in OWN_TEXTS {
        told["properties"][name]["maxLength"] = longest.into();
    }
    told["properties"]["palette"] = json!({ "type": "object", "readOnly": true });
    told
}

fn shape(sample: &impl Serialize) -> Value {
    of(&serde_json::to_value(sample).unwrap_or_default())
}

/// What is null in the sample is of a type that the sample does not tell.
fn of(sample: &Value) -> Value {
    match sample {
        Value::Null => json!({}),
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::Number(number) if number.is_f64() => json!({ "type": "number" }),
        Value::Number(_) => json!({ "type": "integer" }),
        Value::String(_) => json!({ "type": "string" }),
        Value::Array(items) => json!({ "type": "array", "items": items.first().map_or_else(|| json!({}), of) }),
        Value::Object(members) => {
            let properties: Map<String, Value> =
                members.iter().map(|(name, value)| (name.clone(), of(value))).collect();
            json!({ "type": "object", "properties": properties })
        }
    }
}
