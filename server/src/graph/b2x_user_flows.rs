//! `/identity/b2xUserFlows` and `/identity/b2cUserFlows`: Graph's older words for user flows. The same flows as
//! `authenticationEventsFlows` shows; here are those whose id says so.

mod languages;

use super::{
    answer::{self, Wishes},
    body,
    caller::Caller,
    change::{self, Change},
    flow_shape::Flows,
    identity_providers,
    query::{listed, options::Options},
    user_flow_attributes::named,
    user_flows::{self, change_flow, rows},
};
use crate::{
    directory::user_flow::{self, Listed},
    error::{Error, Flaw, Result},
    state::AppState,
};
use app::contract::{
    attribute::{Attribute, EMAIL, Origin},
    flow_rules::{AddressProof, FlowRules, FlowVersion},
    id::UserFlowId,
    resource::{
        b2x_user_flow::{
            AssignmentOrder, AttributeAssignment, AttributeValue, IdentityUserFlow, SetOrder, UserFlowType,
            UserInputType,
        },
        identity_provider::{EMAIL_PASSCODE, EMAIL_PASSWORD},
        input::{Input, InputOption},
        user_flow::{FlowProvider, FlowStart, MethodLoadStart, UserCreateStart, UserFlow as Shown, UserType},
        user_flow_attribute::UserFlowAttribute,
    },
    user_flow::FlowKind,
};
use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    response::Response,
};

pub use languages::{
    FIELDS as LANGUAGE_FIELDS, PAGE_FIELDS, default_page, default_pages, enable_language, forget_page, language_of,
    languages, overridden_page, overridden_pages, override_page,
};

const CATEGORY: &str = "UserFlow";
pub const FIELDS: [&str; 2] = ["id", "userFlowType"];
pub const ASSIGNMENT_FIELDS: [&str; 4] = ["id", "displayName", "isOptional", "userInputType"];
pub const ASSIGNMENT_EXPANDABLE: [&str; 1] = ["userAttribute"];
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

/// Built-in attributes have a capital here.
fn spelled(attribute: &Attribute) -> String {
    let mut letters = attribute.id.chars();
    match (attribute.origin, letters.next()) {
        (Origin::BuiltIn, Some(first)) => format!("{}{}", first.to_ascii_uppercase(), letters.as_str()),
        _ => attribute.id.clone(),
    }
}

fn assignment(flow: &Shown, input: &Input, attribute: &Attribute) -> AttributeAssignment {
    let value = |option: &InputOption| AttributeValue {
        name: option.label.clone(),
        value: option.value.clone(),
        is_default: input.default_value.as_deref() == Some(option.value.as_str()),
    };
    AttributeAssignment {
        id: spelled(attribute),
        is_optional: !input.required,
        requires_verification: Some(attribute.id == EMAIL && flow.rules.address == AddressProof::ByCode),
        user_input_type: control(input),
        display_name: input.label.clone(),
        user_attribute_values: input.options.iter().map(value).collect(),
        user_attribute: UserFlowAttribute { id: spelled(attribute), ..UserFlowAttribute::from(attribute) },
    }
}

fn control(input: &Input) -> UserInputType {
    if input.attribute == EMAIL { UserInputType::EmailBox } else { input.input_type.into() }
}

/// The row that an assignment stands for; what it has no words for stays as it was.
fn row(sent: &AttributeAssignment, before: Input, attribute: &Attribute) -> Input {
    let stays = sent.user_input_type == control(&before);
    let option = |value: &AttributeValue| {
        let known = before.options.iter().find(|option| option.value == value.value);
        let translations = known.map(|option| option.translations.clone()).unwrap_or_default();
        InputOption { label: value.name.clone(), value: value.value.clone(), translations }
    };
    let default = sent.user_attribute_values.iter().find(|value| value.is_default).map(|value| value.value.clone());
    Input {
        required: !sent.is_optional,
        input_type: if stays { before.input_type } else { sent.user_input_type.of(attribute.data_type) },
        label: if sent.display_name.is_empty() { before.label.clone() } else { sent.display_name.clone() },
        options: sent.user_attribute_values.iter().map(option).collect(),
        default_value: if sent.user_attribute_values.is_empty() { before.default_value.clone() } else { default },
        ..before
    }
}

/// Only an address can be proved: what the assignment of it says is a rule of the flow.
fn verify(sent: &AttributeAssignment, attribute: &Attribute, flow: &mut Shown) -> Result<(), Flaw> {
    match (attribute.id.as_str(), sent.requires_verification) {
        (EMAIL, Some(true)) => flow.rules.address = AddressProof::ByCode,
        (EMAIL, Some(false)) => flow.rules.address = AddressProof::AsTyped,
        (_, None | Some(false)) => {}
        (_, Some(true)) => {
            let why = "Only an address can be proved: 'requiresVerification' of anything else stays false.";
            return Err(Flaw::new("requiresVerification", why));
        }
    }
    Ok(())
}

fn assignments_of(b2c: bool, id: &str) -> String {
    format!("{}/{id}/userAttributeAssignments", of(b2c))
}

fn assigned(flows: &Flows, b2c: bool, id: &str) -> Result<Vec<AttributeAssignment>> {
    let flow = flows.shown_alone(&get_of(flows, b2c, id)?.flow);
    let one = |input: &Input| Some(assignment(&flow, input, named(&flows.attributes, &input.attribute)?));
    Ok(flow.inputs().iter().filter_map(one).collect())
}

pub async fn assignments<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let options = Options::read(query.as_deref())?;
    options.expands_only(&ASSIGNMENT_EXPANDABLE)?;
    let flows = Flows::of(&state, &caller.tenant).await?;
    let value = assigned(&flows, B2C, &id)?.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    let of = assignments_of(B2C, &id);
    Ok(wishes.collection(&of, listed::page(wishes.list(&state, &caller, &of), &options, &ASSIGNMENT_FIELDS, value)?))
}

fn find(flows: &Flows, b2c: bool, id: &str, attribute: &str) -> Result<AttributeAssignment> {
    let wanted = spelled(named(&flows.attributes, attribute).ok_or(Error::NotFound)?);
    assigned(flows, b2c, id)?.into_iter().find(|assignment| assignment.id == wanted).ok_or(Error::NotFound)
}

pub async fn assignment_of<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, attribute)): Path<(String, String)>,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    wishes.expanded(&assignments_of(B2C, &id), &find(&flows, B2C, &id, &attribute)?, &ASSIGNMENT_EXPANDABLE)
}

pub async fn assign<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response> {
    let sent: AttributeAssignment = body::created(&body)?;
    let wanted = sent.user_attribute.id.clone();
    get_of(&Flows::of(&state, &caller.tenant).await?, B2C, &id)?;
    change_flow(&state, &caller, &wishes, &id, "Add attribute to user flow", |flows, shown| {
        let none = || Flaw::new("userAttribute/id", format!("There is no attribute '{wanted}'."));
        let attribute = named(&flows.attributes, &wanted).ok_or_else(none)?;
        verify(&sent, attribute, shown)?;
        let rows = rows(shown);
        if rows.iter().any(|row| row.attribute == attribute.id) {
            return Err(Flaw::new("userAttribute/id", "The attribute is in this user flow already.").into());
        }
        rows.push(row(&sent, Input::usual(attribute), attribute));
        Ok(())
    })
    .await?;
    let flows = Flows::of(&state, &caller.tenant).await?;
    let made = find(&flows, B2C, &id, &sent.user_attribute.id)?;
    wishes.created(&assignments_of(B2C, &id), &made.id, &made)
}

pub async fn change_assignment<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, attribute)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    let before = find(&flows, B2C, &id, &attribute)?;
    let sent: AttributeAssignment = body::patched(&before, &body)?;
    if sent.id != before.id || sent.user_attribute != before.user_attribute {
        return Err(Flaw::new("userAttribute", "Another attribute is another assignment: add that one.").into());
    }
    change_flow(&state, &caller, &wishes, &id, "Update user flow", |flows, shown| {
        let attribute = named(&flows.attributes, &attribute).ok_or(Error::NotFound)?;
        verify(&sent, attribute, shown)?;
        let rows = rows(shown);
        let at = rows.iter().position(|row| row.attribute == attribute.id).ok_or(Error::NotFound)?;
        rows[at] = row(&sent, rows[at].clone(), attribute);
        Ok(())
    })
    .await?;
    let flows = Flows::of(&state, &caller.tenant).await?;
    wishes.changed(&assignments_of(B2C, &id), &find(&flows, B2C, &id, &before.id)?)
}

pub async fn unassign<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path((id, attribute)): Path<(String, String)>,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    find(&flows, B2C, &id, &attribute)?;
    change_flow(&state, &caller, &wishes, &id, "Remove attribute from user flow", |flows, shown| {
        let attribute = named(&flows.attributes, &attribute).ok_or(Error::NotFound)?;
        rows(shown).retain(|row| row.attribute != attribute.id);
        Ok(())
    })
    .await
}

pub async fn order<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    let flows = Flows::of(&state, &caller.tenant).await?;
    let order = assigned(&flows, B2C, &id)?.into_iter().map(|assignment| assignment.id).collect();
    wishes.entity(&assignments_of(B2C, &id), &AssignmentOrder { order })
}

/// Every attribute of the flow, each once.
pub async fn set_order<const B2C: bool>(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response> {
    let sent: SetOrder = body::created(&body)?;
    get_of(&Flows::of(&state, &caller.tenant).await?, B2C, &id)?;
    change_flow(&state, &caller, &wishes, &id, "Reorder attributes of user flow", |flows, shown| {
        let rows = rows(shown);
        let mut ordered = Vec::with_capacity(rows.len());
        for wanted in &sent.new_assignment_order.order {
            let attribute = named(&flows.attributes, wanted).map(|attribute| attribute.id.as_str());
            match rows.iter().position(|row| Some(row.attribute.as_str()) == attribute) {
                Some(at) => ordered.push(rows.remove(at)),
                None => {
                    let why = format!("'{wanted}' is not in the user flow, or is named twice.");
                    return Err(Flaw::new("newAssignmentOrder/order", why).into());
                }
            }
        }
        if !rows.is_empty() {
            let why = format!("The order lacks '{}'.", rows[0].attribute);
            return Err(Flaw::new("newAssignmentOrder/order", why).into());
        }
        *rows = ordered;
        Ok(())
    })
    .await
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
