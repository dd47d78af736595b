//! `/identity/identityProviders`: e-mail, which every tenant has, and the providers that a tenant has set up. Secrets come
//! in and never go out. And the tenant's switch for e-mailed one-time passcodes.

use super::{
    answer::{self, Wishes},
    body,
    caller::Caller,
    change::{self, Change},
};
use crate::{
    directory::{
        identity_provider::{self, Stored},
        tenant::{self, Tenant},
        user_flow,
    },
    error::{Error, Flaw, Result},
    state::AppState,
};
use app::contract::{
    id::TenantId,
    resource::identity_provider::{
        BuiltIn, EMAIL_PASSCODE, EMAIL_PASSWORD, EmailMethod, IdentityProvider, MASKED, Switch,
    },
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use serde_json::json;

const OF: &str = "identity/identityProviders";
const CATEGORY: &str = "IdentityProvider";
pub const FIELDS: [&str; 3] = ["id", "displayName", "identityProviderType"];

/// What can be set up besides e-mail, by Graph's words.
const SOCIAL: [&str; 3] = ["Google", "Facebook", "Microsoft"];

/// E-mail first, then the tenant's own by name; secrets masked.
pub async fn all(state: &AppState, tenant: &Tenant) -> Result<Vec<IdentityProvider>> {
    let passcode_is_on = tenant.passcode_enabled_at.is_some();
    let built_in = |id: &str, display_name: &str, kind: &str, unavailable_because: Option<&str>| {
        IdentityProvider::BuiltIn(BuiltIn {
            id: id.into(),
            display_name: display_name.into(),
            identity_provider_type: kind.into(),
            state: None,
            unavailable_because: unavailable_because.map(String::from),
        })
    };
    let why = "Email one-time passcode is switched off for this tenant. Switch it on under Identity providers.";
    let mut all = vec![
        built_in(EMAIL_PASSWORD, "Email with password", "EmailPassword", None),
        built_in(EMAIL_PASSCODE, "Email One Time Passcode", "EmailOTP", (!passcode_is_on).then_some(why)),
    ];
    for stored in identity_provider::list(&state.db, &tenant.id).await? {
        all.push(serde_json::from_str(&stored.settings)?);
    }
    Ok(all)
}

pub async fn list(State(state): State<AppState>, caller: Caller, wishes: Wishes) -> Result<Response> {
    let all = all(&state, &caller.tenant).await?;
    let values = all.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    wishes.listed(&state, &caller, OF, &FIELDS, values)
}

pub async fn types(wishes: Wishes) -> Result<Response> {
    wishes.asks_no_option()?;
    let built_in = ["EmailPassword", "EmailOTP"].into_iter();
    let types: Vec<&str> = built_in.chain(SOCIAL).chain(["AppleManaged", "OpenIdConnect"]).collect();
    Ok(Json(json!({ "value": types })).into_response())
}

pub async fn get(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    wishes.entity(OF, &find(&state, &caller.tenant, &id).await?)
}

async fn find(state: &AppState, tenant: &Tenant, id: &str) -> Result<IdentityProvider> {
    all(state, tenant).await?.into_iter().find(|provider| provider.id() == id).ok_or(Error::NotFound)
}

pub async fn create(State(state): State<AppState>, caller: Caller, wishes: Wishes, body: Bytes) -> Result<Response> {
    let mut provider: IdentityProvider = body::created(&body)?;
    if !provider.id().is_empty() {
        return Err(Flaw::new("id", "An identity provider's id is given by the server.").into());
    }
    judge(&provider)?;
    name(&mut provider, &state);
    let secret = taken_out(&mut provider);
    if secret.is_empty() || secret == MASKED {
        return Err(Flaw::new("clientSecret", "The provider needs the secret that it gave you.").into());
    }
    let stored = stored(&state, &caller.tenant.id, &provider, &secret)?;
    let change = Change::added("Add identity provider", CATEGORY, provider.id(), provider.display_name(), &provider)?;
    change::make(&state, &caller, change, move |c, tenant, now| {
        Box::pin(async move { identity_provider::insert(c, tenant, &stored, now).await })
    })
    .await?;
    wishes.created(OF, provider.id(), &provider)
}

pub async fn patch(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response> {
    let before = find(&state, &caller.tenant, &id).await?;
    if matches!(before, IdentityProvider::BuiltIn(_)) {
        return Err(Error::BadRequest("The built-in providers have nothing to change.".into()));
    }
    let mut provider: IdentityProvider = body::patched(&before, &body)?;
    if provider.id() != before.id() || provider.kind() != before.kind() {
        return Err(Flaw::new("id", "Id and type of an identity provider stay as they are.").into());
    }
    judge(&provider)?;
    let mut secret = taken_out(&mut provider);
    if secret == MASKED {
        let all = identity_provider::list(&state.db, &caller.tenant.id).await?;
        let known = all.into_iter().find(|known| known.id == id).ok_or(Error::NotFound)?;
        let open = state.seal.open(&identity_provider::context(&caller.tenant.id, &id), &known.sealed)?;
        secret = String::from_utf8(open).map_err(|_| Error::Internal(format!("the secret of {id} is no text")))?;
    }
    let stored = stored(&state, &caller.tenant.id, &provider, &secret)?;
    let name = provider.display_name().to_owned();
    let change = Change::updated("Update identity provider", CATEGORY, &id, &name, &before, &provider)?;
    change::make(&state, &caller, change, move |c, tenant, _| {
        Box::pin(async move { identity_provider::update(c, tenant, &stored).await })
    })
    .await?;
    wishes.changed(OF, &provider)
}

pub async fn remove(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<Response> {
    let before = find(&state, &caller.tenant, &id).await?;
    if matches!(before, IdentityProvider::BuiltIn(_)) {
        return Err(Error::BadRequest("The built-in providers cannot be deleted.".into()));
    }
    let flows = user_flow::list(&state.db, &caller.tenant.id).await?;
    let users: Vec<&str> = flows
        .iter()
        .filter(|listed| listed.flow.about.providers.contains(&id))
        .map(|listed| listed.flow.name.as_str())
        .collect();
    if !users.is_empty() {
        let why = format!("It is used by the user flows {}. Remove it there first.", users.join(", "));
        return Err(Error::BadRequest(why));
    }
    let change = Change::deleted("Delete identity provider", CATEGORY, &id, before.display_name(), &before)?;
    change::make(&state, &caller, change, move |c, tenant, _| {
        Box::pin(async move { identity_provider::delete(c, tenant, &id).await })
    })
    .await?;
    Ok(answer::nothing())
}

pub fn judge(provider: &IdentityProvider) -> Result<()> {
    let mut flaws = Vec::new();
    let mut need = |property: &str, value: &str, most: usize| {
        if value.trim().is_empty() || value.chars().count() > most {
            flaws.push(Flaw::new(property, format!("'{property}' needs 1 to {most} characters.")));
        }
    };
    need("displayName", provider.display_name(), 100);
    match provider {
        IdentityProvider::BuiltIn(_) => {
            return Err(Error::BadRequest("E-mail is there in every tenant; it is not set up.".into()));
        }
        IdentityProvider::Social(social) => {
            need("clientId", &social.client_id, 512);
            if !SOCIAL.contains(&social.identity_provider_type.as_str()) {
                let why = format!("'identityProviderType' is one of {}.", SOCIAL.join(", "));
                flaws.push(Flaw::new("identityProviderType", why));
            }
        }
        IdentityProvider::Apple(apple) => {
            need("developerId", &apple.developer_id, 100);
            need("serviceId", &apple.service_id, 255);
            need("keyId", &apple.key_id, 100);
        }
        IdentityProvider::OpenIdConnect(provider) => {
            need("clientId", &provider.client_id, 512);
            for (property, url) in [("issuer", &provider.issuer), ("wellKnownEndpoint", &provider.well_known_endpoint)]
            {
                let good = url::Url::parse(url).is_ok_and(|url| {
                    url.scheme() == "https"
                        && url.query().is_none()
                        && url.fragment().is_none()
                        && url.username().is_empty()
                });
                if !good {
                    flaws.push(Flaw::new(property, format!("'{property}' is an https address, without ? and #.")));
                }
            }
            if !provider.response_type.is_empty() && provider.response_type != "code" {
                flaws.push(Flaw::new("responseType", "The 'responseType' is code."));
            }
            if !provider.scope.is_empty() && !provider.scope.split(' ').any(|scope| scope == "openid") {
                flaws.push(Flaw::new("scope", "The 'scope' has openid in it."));
            }
        }
    }
    if flaws.is_empty() { Ok(()) } else { Err(Error::Invalid(flaws)) }
}

/// Graph's ids: one provider of each social kind, any number of others.
fn name(provider: &mut IdentityProvider, state: &AppState) {
    match provider {
        IdentityProvider::BuiltIn(_) => {}
        IdentityProvider::Social(social) => {
            social.id = match social.identity_provider_type.as_str() {
                "Microsoft" => "MSASignup-OAUTH".into(),
                kind => format!("{kind}-OAUTH"),
            }
        }
        IdentityProvider::Apple(apple) => apple.id = "Apple-Managed-OIDC".into(),
        IdentityProvider::OpenIdConnect(provider) => {
            provider.id = state.chance.id();
            provider.response_type = "code".into();
            if provider.scope.is_empty() {
                provider.scope = "openid profile email".into();
            }
        }
    }
}

/// The secret, with its mask left in its place.
fn taken_out(provider: &mut IdentityProvider) -> String {
    provider.secret_mut().map(|secret| std::mem::replace(secret, MASKED.into())).unwrap_or_default()
}

pub fn stored(state: &AppState, tenant: &TenantId, provider: &IdentityProvider, secret: &str) -> Result<Stored> {
    Ok(Stored {
        id: provider.id().into(),
        name: provider.display_name().into(),
        settings: serde_json::to_string(provider)?,
        sealed: state.seal.seal(&state.chance, &identity_provider::context(tenant, provider.id()), secret.as_bytes()),
    })
}

const METHOD: &str = "policies/authenticationMethodsPolicy/authenticationMethodConfigurations";

pub async fn email_method(caller: Caller, wishes: Wishes) -> Result<Response> {
    wishes.entity(METHOD, &method(&caller.tenant))
}

fn method(tenant: &Tenant) -> EmailMethod {
    let allowed = if tenant.passcode_enabled_at.is_some() { Switch::Enabled } else { Switch::Disabled };
    EmailMethod { allow_external_id_to_use_email_otp: allowed, ..EmailMethod::default() }
}

pub async fn switch_email_method(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    body: Bytes,
) -> Result<Response> {
    let before = method(&caller.tenant);
    let mut after: EmailMethod = body::patched(&before, &body)?;
    if after.id != before.id || after.state != before.state {
        let why = "Codes by e-mail prove every new address, so 'state' stays enabled. The switch is allowExternalIdToUseEmailOtp.";
        return Err(Flaw::new("state", why).into());
    }
    let on = after.allow_external_id_to_use_email_otp == Switch::Enabled;
    if !on {
        after.allow_external_id_to_use_email_otp = Switch::Disabled;
        let flows = user_flow::list(&state.db, &caller.tenant.id).await?;
        let passcode = app::contract::user_flow::Method::Passcode;
        let users: Vec<&str> =
            flows.iter().filter(|it| it.flow.method == passcode).map(|it| it.flow.name.as_str()).collect();
        if !users.is_empty() {
            let why =
                format!("People sign in by passcode through the user flows {}. Change them first.", users.join(", "));
            return Err(Error::BadRequest(why));
        }
    }
    let change = Change::updated("Update authentication method policy", "Policy", "Email", "Email", &before, &after)?;
    change::make(&state, &caller, change, move |c, tenant, now| {
        Box::pin(async move { tenant::switch_passcode(c, tenant, on.then_some(now)).await })
    })
    .await?;
    wishes.changed(METHOD, &after)
}
