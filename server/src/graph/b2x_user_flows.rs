//! `/identity/b2xUserFlows` and `/identity/b2cUserFlows`: Graph's older words for user flows. The same flows as
//! `authenticationEventsFlows` shows; here are those whose id says so.

mod assignments;
mod languages;

use super::{
    answer::{self, Wishes},
    body,
    caller::Caller,
    change::{self, Change},
    flow_shape::Flows,
    identity_providers,
    query::{listed, options::Options},
    user_flows::{self, change_flow},
};
use crate::{
    directory::user_flow::{self, Listed},
    error::{Error, Flaw, Result},
    state::AppState,
};
use app::contract::{
    flow_rules::{FlowRules, FlowVersion},
    id::UserFlowId,
    resource::{
        b2x_user_flow::{IdentityUserFlow, UserFlowType},
        identity_provider::{EMAIL_PASSCODE, EMAIL_PASSWORD},
        user_flow::{FlowProvider, FlowStart, MethodLoadStart, UserCreateStart, UserFlow as Shown, UserType},
    },
    user_flow::FlowKind,
};
use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    response::Response,
};

pub use assignments::{
    ASSIGNMENT_EXPANDABLE, ASSIGNMENT_FIELDS, assign, assignment_of, assignments, change_assignment, order, set_order,
    unassign,
};
pub use languages::{
    FIELDS as LANGUAGE_FIELDS, PAGE_FIELDS, default_page, default_pages, enable_language, forget_page, language_of,
    languages, overridden_page, overridden_pages, override_page,
};

const CATEGORY: &str = "UserFlow";
pub const FIELDS: [&str; 2] = ["id", "userFlowType"];
pub const EXPANDABLE: [&str; 2] = ["identityProviders", "userFlowIdentityProviders"];
const LONGEST_NAME: usize = 64;
/// What whoever reads none of a flow's languages is shown.
const LANGUAGE: &str = "en";

fn of(b2c: bool) -> &'static str {
    if b2c { "identity/b2cUserFlows" } else { "identity/b2xUserFlows" }
}

fn prefix(b2c: bool) -> &'static str {
    if b2c { "B2C_1_" } else { "B2X_1_" }
}

fn shown(flows: &Flows, listed: &Listed) -> IdentityUserFlow {
    let flow = flows.shown_alone(&listed.flow);
    // Graph has known one version of B2B's flows.
    let is_b2c = flow.id.starts_with(prefix(true));
    let version = if is_b2c { u8::from(flow.rules.version) } else { 1 };
    IdentityUserFlow {
        is_language_customization_enabled: is_b2c.then_some(true),
        default_language_tag: is_b2c.then(|| LANGUAGE.into()),
        id: flow.id,
        user_flow_type: match (flow.kind, flow.on_interactive_auth_flow_start.is_sign_up_allowed) {
            (FlowKind::SignUpOrSignIn, false) => UserFlowType::SignIn,
            (kind, _) => kind.into(),
        },
        user_flow_type_version: Some(version.into()),
        identity_providers: flow.on_authentication_method_load_start.identity_providers,
    }
}

fn get_of(flows: &Flows, b2c: bool, id: &str) -> Result<Listed> {
    if id.starts_with(prefix(b2c)) { flows.get(id).cloned() } else { Err(Error::NotFound) }
}

pub async fn list<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let options = Options::read(query.as_deref())?;
    options.expands_only(&EXPANDABLE)?;
    let flows = Flows::of(&state, &caller.tenant).await?;
    let ours = flows.flows.iter().filter(|listed| listed.flow.id.as_str().starts_with(prefix(B2C)));
    let values = ours.map(|listed| serde_json::to_value(shown(&flows, listed))).collect::<Result<_, _>>()?;
    let list = wishes.list(&state, &caller, of(B2C));
    Ok(wishes.collection(of(B2C), listed::page(list, &options, &FIELDS, values)?))
}

pub async fn get<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    wishes.expanded(of(B2C), &shown(&flows, &get_of(&flows, B2C, &id)?), &EXPANDABLE)
}

pub async fn create<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    body: Bytes,
) -> Result<Response> {
    let sent: IdentityUserFlow = body::created(&body)?;
    let name = sent.id.strip_prefix(prefix(B2C)).unwrap_or(&sent.id);
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if name.is_empty() || name.len() > LONGEST_NAME || !plain {
        let why = format!("An id is made of letters, digits and _, {LONGEST_NAME} at most.");
        return Err(Flaw::new("id", why).into());
    }
    let id = format!("{}{name}", prefix(B2C));
    let flows = Flows::of(&state, &caller.tenant).await?;
    if flows.get(&id).is_ok() {
        return Err(Error::Taken);
    }
    let flow = flows.read(&fresh(&id, sent, B2C)?, None, UserFlowId::from(id.as_str()), 1)?;
    let after = flows.shown_alone(&flow);
    let change = Change::added("Create user flow", CATEGORY, &id, &flow.name, &after)?;
    let made_by = caller.actor.id.clone();
    change::make(&state, &caller, change, move |c, tenant, now| {
        Box::pin(async move { user_flow::add(c, tenant, &flow, Some(&made_by), now).await })
    })
    .await?;
    let flows = Flows::of(&state, &caller.tenant).await?;
    wishes.created(of(B2C), &id, &shown(&flows, flows.get(&id)?))
}

/// A flow as these words begin one: e-mail with password unless something else was said; guests for B2X.
fn fresh(id: &str, sent: IdentityUserFlow, b2c: bool) -> Result<Shown> {
    speaks(&sent)?;
    let kind = FlowKind::from(sent.user_flow_type);
    let partners = matches!(kind, FlowKind::SignUpOrSignIn | FlowKind::SignIn);
    if !b2c && !partners {
        return Err(Flaw::new("userFlowType", "A flow for partners is signUpOrSignIn or signIn.").into());
    }
    let version = match sent.user_flow_type_version.filter(|_| b2c) {
        None => FlowVersion::default(),
        Some(number) => FlowVersion::try_from(number as u8)
            .ok()
            .filter(|version| f64::from(u8::from(*version)) == number)
            .ok_or_else(|| Flaw::new("userFlowTypeVersion", "There are the versions 1 and 3 of a user flow."))?,
    };
    let mut identity_providers = sent.identity_providers;
    if !identity_providers.iter().any(|known| [EMAIL_PASSWORD, EMAIL_PASSCODE].contains(&known.id.as_str())) {
        identity_providers.push(FlowProvider { id: EMAIL_PASSWORD.into(), ..FlowProvider::default() });
    }
    Ok(Shown {
        display_name: id.into(),
        kind: if b2c { kind } else { FlowKind::SignUpOrSignIn },
        rules: FlowRules { version, ..FlowRules::default() },
        on_interactive_auth_flow_start: FlowStart {
            is_sign_up_allowed: matches!(kind, FlowKind::SignUpOrSignIn | FlowKind::SignUp),
        },
        on_authentication_method_load_start: MethodLoadStart { identity_providers },
        on_user_create_start: UserCreateStart {
            user_type_to_create: if b2c { UserType::Member } else { UserType::Guest },
            access_packages: Vec::new(),
        },
        ..Shown::default()
    })
}

/// Of which languages a flow speaks each is switched at its own address.
fn speaks(sent: &IdentityUserFlow) -> Result<(), Flaw> {
    if sent.is_language_customization_enabled == Some(false) {
        let why = "A user flow speaks every language that is not switched off at …/languages/{language}.";
        return Err(Flaw::new("isLanguageCustomizationEnabled", why));
    }
    match sent.default_language_tag.as_deref() {
        None | Some(LANGUAGE) => Ok(()),
        Some(_) => {
            let why = format!("Whoever reads none of the languages of a user flow is shown '{LANGUAGE}'.");
            Err(Flaw::new("defaultLanguageTag", why))
        }
    }
}

/// Graph changes how a flow of B2C speaks; here the identity providers as well. The rest is what it is.
pub async fn update<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    let before = shown(&flows, &get_of(&flows, B2C, &id)?);
    let sent: IdentityUserFlow = body::patched(&before, &body)?;
    speaks(&sent)?;
    for (name, same) in [
        ("id", sent.id == before.id),
        ("userFlowType", sent.user_flow_type == before.user_flow_type),
        ("userFlowTypeVersion", sent.user_flow_type_version == before.user_flow_type_version),
    ] {
        if !same {
            return Err(Flaw::new(name, "It stays what the user flow was made with.").into());
        }
    }
    change_flow(&state, &caller, &wishes, &id, "Update user flow", |_, shown| {
        shown.on_authentication_method_load_start.identity_providers = sent.identity_providers;
        Ok(())
    })
    .await
}

pub async fn remove<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    let before = flows.shown(&get_of(&flows, B2C, &id)?);
    let change = Change::deleted("Delete user flow", CATEGORY, &id, &before.display_name, &before)?;
    change::make(&state, &caller, change, move |c, tenant, _| {
        Box::pin(async move { user_flow::delete(c, tenant, &id.into()).await })
    })
    .await?;
    Ok(answer::nothing())
}

pub async fn providers<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    let providers = shown(&flows, &get_of(&flows, B2C, &id)?).identity_providers;
    let value = providers.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    wishes.listed(&state, &caller, &format!("{}/{id}/identityProviders", of(B2C)), &identity_providers::FIELDS, value)
}

pub async fn add_provider<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response> {
    get_of(&Flows::of(&state, &caller.tenant).await?, B2C, &id)?;
    user_flows::add_provider(State(state), caller, wishes, Path(id), body).await
}

pub async fn remove_provider<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, provider)): Path<(String, String)>,
) -> Result<Response> {
    get_of(&Flows::of(&state, &caller.tenant).await?, B2C, &id)?;
    user_flows::remove_provider(State(state), caller, wishes, Path((id, provider))).await
}
