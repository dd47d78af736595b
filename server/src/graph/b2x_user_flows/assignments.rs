//! `…/{id}/userAttributeAssignments`: the rows of a flow's page, each as the attribute that it asks for.

use super::{get_of, of};
use crate::{
    error::{Error, Flaw, Result},
    graph::{
        answer::Wishes,
        body,
        caller::Caller,
        flow_shape::Flows,
        query::{listed, options::Options},
        user_flow_attributes::named,
        user_flows::{change_flow, rows},
    },
    state::AppState,
};
use app::contract::{
    attribute::{Attribute, EMAIL, Origin},
    flow_rules::AddressProof,
    resource::{
        b2x_user_flow::{AssignmentOrder, AttributeAssignment, AttributeValue, SetOrder, UserInputType},
        input::{Input, InputOption},
        user_flow::UserFlow as Shown,
        user_flow_attribute::UserFlowAttribute,
    },
};
use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    response::Response,
};

pub const ASSIGNMENT_FIELDS: [&str; 4] = ["id", "displayName", "isOptional", "userInputType"];
pub const ASSIGNMENT_EXPANDABLE: [&str; 1] = ["userAttribute"];

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
