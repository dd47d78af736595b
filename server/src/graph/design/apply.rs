//! Makes a directory what a document says: everything is judged first, then all of it is written in one unit with its rows in
//! the audit, or nothing is. People are never touched.

use super::{
    document::{self, Document, Present, platform},
    grants, look,
    plan::{Kind, Step},
};
use crate::{
    administration,
    config::PublicUrl,
    directory::{
        Connection, Durability,
        application::{self, Notes, RedirectUri},
        attachment, attribute,
        audit::{self, Actor, Entry, Operation, Target},
        identity_provider::{self, Stored},
        tenant::Tenant,
        user_flow,
    },
    error::{Error, Flaw, Result},
    graph::{
        applications::{identifier_uris::Names, judge},
        flow_shape::Flows,
        identity_providers,
    },
    state::AppState,
};
use app::contract::{
    attribute::{Attribute, CUSTOM_PREFIX, built_in},
    id::{ApplicationId, TenantId, UserFlowId},
    resource::identity_provider::{IdentityProvider, MASKED},
    time::Timestamp,
    user_flow::UserFlow,
};
use std::collections::BTreeSet;

pub const LONGEST_NAME: usize = 256;
const LONGEST_ID: usize = 64;
const LONGEST_NOTES: usize = 16 * 1024;

/// Who applies, as the audit tells it.
pub struct By {
    pub actor: Actor,
    pub address: String,
    pub correlation: String,
}

/// One write.
enum Deed {
    Look(look::Deed),
    Grant(grants::Deed),
    AddAttribute(Attribute),
    Describe { id: String, description: Option<String> },
    RemoveAttribute(String),
    AddProvider(Stored),
    UpdateProvider(Stored),
    RemoveProvider(String),
    AddFlow(UserFlow),
    PublishFlow(UserFlow),
    RemoveFlow(UserFlowId),
    AddApplication(application::Application, Notes),
    UpdateApplication { application: application::Application, notes: Notes, leaves: Option<UserFlowId> },
    RemoveApplication(ApplicationId),
}

/// `head` is where the tenant's audit stood before the present was read: whatever was changed since makes this stale.
pub async fn apply(
    state: &AppState,
    tenant: &Tenant,
    by: By,
    present: &Present,
    wanted: &Document,
    steps: Vec<Step>,
    head: i64,
) -> Result<()> {
    let flows = judge(state, tenant, present, wanted, &steps).await?;
    let mut deeds = Vec::with_capacity(steps.len());
    for step in steps {
        let deed = deed(state, tenant, present, wanted, &flows, &step).await?;
        deeds.push((deed, entry(state, &by, step)));
    }
    let (tenant, now, made_by) = (tenant.id.clone(), state.clock.now(), by.actor.id);
    let write = state.db.write(Durability::Lasting, move |c| {
        Box::pin(async move {
            audit::still_at(c, &tenant, head).await?;
            for (deed, entry) in deeds {
                deed.run(c, &tenant, &made_by, now).await?;
                audit::insert(c, &tenant, &entry).await?;
            }
            Ok(())
        })
    });
    write.await?;
    state.db.forget();
    Ok(())
}

fn entry(state: &AppState, by: &By, step: Step) -> Entry {
    let activity = match step.operation {
        Operation::Add => "Import: add",
        Operation::Update => "Import: update",
        Operation::Delete => "Import: delete",
    };
    Entry {
        id: state.chance.id(),
        at: state.clock.now(),
        actor: by.actor.clone(),
        address: by.address.clone(),
        correlation: by.correlation.clone(),
        activity: format!("{activity} {}", step.kind.word()),
        category: step.kind.word().into(),
        operation: step.operation,
        target: Target { kind: step.kind.word().into(), id: step.id, name: step.name },
        before: step.before,
        after: step.after,
    }
}

/// The flows as they will be stored, or everything that is wrong with the document.
pub async fn judge(
    state: &AppState,
    tenant: &Tenant,
    present: &Present,
    wanted: &Document,
    steps: &[Step],
) -> Result<Vec<UserFlow>> {
    if administration::is_home(&tenant.id) {
        return Err(Error::BadRequest("The administrators' own tenant is not made from a document.".into()));
    }
    let mut flaws = Vec::new();
    flaws.extend(look::judge(present, wanted).await);
    flaws.extend(ids("attributes", wanted.attributes.iter().map(|it| it.id.as_str())));
    flaws.extend(ids("identityProviders", wanted.identity_providers.iter().map(IdentityProvider::id)));
    flaws.extend(ids("userFlows", wanted.user_flows.iter().map(|it| it.id.as_str())));
    flaws.extend(ids("applications", wanted.applications.iter().map(|it| it.id.as_str())));
    flaws.extend(attributes(present, wanted));
    flaws.extend(grants::judge(wanted));
    for provider in &wanted.identity_providers {
        if let Err(Error::Invalid(told)) = identity_providers::judge(provider) {
            let id = provider.id();
            flaws.extend(
                told.into_iter().map(|flaw| Flaw::new(format!("identityProviders/{id}/{}", flaw.target), flaw.message)),
            );
        } else if matches!(provider, IdentityProvider::BuiltIn(_)) {
            flaws.push(Flaw::new("identityProviders", "E-mail is there in every tenant; leave it out."));
        }
    }
    for step in steps.iter().filter(|step| step.kind == Kind::Attribute && step.operation == Operation::Delete) {
        if attribute::is_known_of_somebody(&state.db, &tenant.id, &step.id).await? {
            let why =
                format!("People have told their '{}'. A document never deletes what people said: keep it.", step.name);
            flaws.push(Flaw::new("attributes", why));
        }
    }
    let around = around(state, tenant, wanted).await?;
    let mut flows = Vec::new();
    for flow in &wanted.user_flows {
        let revision = present.flows.iter().find(|listed| listed.flow.id.as_str() == flow.id);
        let flow = flow.at(revision.map_or(1, |listed| listed.flow.layout.revision));
        let (id, revision) = (flow.id.clone(), flow.layout.revision);
        match around.read(&around.shown_alone(&flow), None, id.clone(), revision) {
            Ok(flow) => flows.push(flow),
            Err(Error::Invalid(told)) => {
                flaws.extend(
                    told.into_iter().map(|flaw| Flaw::new(format!("userFlows/{id}/{}", flaw.target), flaw.message)),
                );
            }
            Err(error) => return Err(error),
        }
    }
    let uris = |it: &document::Application| (it.id.clone(), it.notes.identifier_uris.clone());
    let names = Names::of(wanted.applications.iter().map(uris));
    for application in &wanted.applications {
        let place = format!("applications/{}", application.id);
        let mut told = flaws_of(application, wanted, &state.config.public_url);
        told.extend(names.flaws(&application.id, &application.notes.identifier_uris));
        flaws.extend(told.into_iter().map(|flaw| Flaw::new(format!("{place}/{}", flaw.target), flaw.message)));
    }
    if flaws.is_empty() { Ok(flows) } else { Err(Error::Invalid(flaws)) }
}

/// What flows are judged by: the tenant as it will be.
async fn around(state: &AppState, tenant: &Tenant, wanted: &Document) -> Result<Flows> {
    let mut providers = identity_providers::all(state, tenant).await?;
    providers.retain(|provider| matches!(provider, IdentityProvider::BuiltIn(_)));
    providers.extend(wanted.identity_providers.iter().cloned());
    let listed = |flow: &document::Flow| user_flow::Listed { flow: flow.at(1), created_at: Timestamp(0), people: 0 };
    Ok(Flows {
        flows: wanted.user_flows.iter().map(listed).collect(),
        attributes: built_in().chain(wanted.attributes.iter().map(document::CustomAttribute::attribute)).collect(),
        providers,
        attached: Vec::new(),
        tenant: tenant.id.clone(),
        open_pages: state.open_pages.clone(),
    })
}

pub fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control)
}

fn ids<'a>(place: &str, ids: impl Iterator<Item = &'a str>) -> Vec<Flaw> {
    let mut seen = BTreeSet::new();
    let mut flaws = Vec::new();
    for id in ids {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if id.is_empty() || id.len() > LONGEST_ID || !id.chars().all(plain) {
            let why = format!("The id '{id}' is not 1 to {LONGEST_ID} letters, digits, '-', '_' and '.'.");
            flaws.push(Flaw::new(place, why));
        }
        if !seen.insert(id) {
            flaws.push(Flaw::new(place, format!("The id '{id}' is there twice.")));
        }
    }
    flaws
}

fn attributes(present: &Present, wanted: &Document) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    for attribute in &wanted.attributes {
        let place = format!("attributes/{}", attribute.id);
        if !attribute.id.starts_with(CUSTOM_PREFIX) || !is_name(&attribute.label) {
            let why = format!("A custom attribute has a label, and an id that begins with {CUSTOM_PREFIX}.");
            flaws.push(Flaw::new(&place, why));
        }
        let known = present.document.attributes.iter().find(|known| known.id == attribute.id);
        if known.is_some_and(|known| known.data_type != attribute.data_type || known.label != attribute.label) {
            let why = "Label and data type of an attribute stay as they are: only its description can change.";
            flaws.push(Flaw::new(&place, why));
        }
    }
    flaws
}

fn flaws_of(sent: &document::Application, wanted: &Document, public_url: &PublicUrl) -> Vec<Flaw> {
    let mut flaws = judge::flaws(&kept(sent, None), &sent.notes, public_url);
    if let Some(flow) = &sent.user_flow
        && !wanted.user_flows.iter().any(|known| known.id == *flow)
    {
        flaws.push(Flaw::new("userFlow", format!("There is no user flow '{flow}' in the document.")));
    }
    // Of scopes there is a most, and of each a longest.
    let notes = Notes { scopes: Vec::new(), ..sent.notes.clone() };
    if serde_json::to_string(&notes).map_or(0, |notes| notes.len()) > LONGEST_NOTES {
        flaws.push(Flaw::new("notes", format!("'notes' may have {LONGEST_NOTES} bytes.")));
    }
    for (n, known) in sent.redirect_uris.iter().enumerate().filter(|(_, known)| platform(&known.platform).is_none()) {
        let why = format!("'{}' is no platform: it is web, spa or native.", known.platform);
        flaws.push(Flaw::new(format!("redirectUris/{n}"), why));
    }
    flaws
}

/// Without what only the directory knows of it: its secrets.
fn kept(sent: &document::Application, disabled_at: Option<Timestamp>) -> application::Application {
    let uri = |known: &document::RedirectUri| {
        Some(RedirectUri { platform: platform(&known.platform)?, uri: known.uri.clone() })
    };
    application::Application {
        id: sent.id.as_str().into(),
        name: sent.name.trim().into(),
        user_flow: sent.user_flow.as_deref().map(UserFlowId::from),
        algorithm: sent.algorithm.clone(),
        home_url: sent.home_url.clone(),
        disabled_at,
        redirect_uris: sent.redirect_uris.iter().filter_map(uri).collect(),
        widget_origins: sent.notes.widget_origins.clone(),
        native_authentication: sent.notes.native(),
        scopes: sent.notes.scopes.clone(),
        secrets: Vec::new(),
        protocol: sent.protocol.clone(),
    }
}

async fn deed(
    state: &AppState,
    tenant: &Tenant,
    present: &Present,
    wanted: &Document,
    flows: &[UserFlow],
    step: &Step,
) -> Result<Deed> {
    if let Some(deed) = look::deed(present, wanted, step) {
        return Ok(Deed::Look(deed));
    }
    if let Some(deed) = grants::deed(step)? {
        return Ok(Deed::Grant(deed));
    }
    let is_new = step.operation == Operation::Add;
    let gone = || Error::Internal(format!("a step about nothing: {}", step.id));
    if step.operation == Operation::Delete {
        let id = step.id.clone();
        return Ok(match step.kind {
            Kind::Brand | Kind::Language | Kind::Sentences | Kind::PermissionGrant => return Err(gone()),
            Kind::Attribute => Deed::RemoveAttribute(id),
            Kind::IdentityProvider => Deed::RemoveProvider(id),
            Kind::UserFlow => Deed::RemoveFlow(id.into()),
            Kind::Application => Deed::RemoveApplication(id.into()),
        });
    }
    Ok(match step.kind {
        Kind::Brand | Kind::Language | Kind::Sentences | Kind::PermissionGrant => return Err(gone()),
        Kind::Attribute => {
            let attribute = wanted.attributes.iter().find(|it| it.id == step.id).ok_or_else(gone)?;
            match is_new {
                true => Deed::AddAttribute(attribute.attribute()),
                false => Deed::Describe { id: step.id.clone(), description: attribute.description.clone() },
            }
        }
        Kind::IdentityProvider => {
            let provider = wanted.identity_providers.iter().find(|it| it.id() == step.id).ok_or_else(gone)?;
            provider_deed(state, tenant, provider.clone(), is_new).await?
        }
        Kind::UserFlow => {
            let flow = flows.iter().find(|it| it.id.as_str() == step.id).ok_or_else(gone)?.clone();
            if is_new { Deed::AddFlow(flow) } else { Deed::PublishFlow(flow) }
        }
        Kind::Application => {
            let application = wanted.applications.iter().find(|it| it.id == step.id).ok_or_else(gone)?;
            application_deed(present, wanted, application, state.clock.now())?
        }
    })
}

/// A secret is never in a document: one that is there stays, a new provider waits for its own.
async fn provider_deed(
    state: &AppState,
    tenant: &Tenant,
    mut provider: IdentityProvider,
    is_new: bool,
) -> Result<Deed> {
    if let Some(secret) = provider.secret_mut() {
        *secret = MASKED.into();
    }
    let stored = identity_providers::stored(state, &tenant.id, &provider, "")?;
    if is_new {
        return Ok(Deed::AddProvider(stored));
    }
    let before = identity_provider::list(&state.db, &tenant.id).await?;
    let before = before.into_iter().find(|it| it.id == stored.id).ok_or(Error::Stale)?;
    Ok(Deed::UpdateProvider(Stored { sealed: before.sealed, ..stored }))
}

fn application_deed(
    present: &Present,
    wanted: &Document,
    sent: &document::Application,
    now: Timestamp,
) -> Result<Deed> {
    let before = present.applications.iter().map(|known| &known.application).find(|it| it.id.as_str() == sent.id);
    let disabled_at = sent.disabled.then(|| before.and_then(|it| it.disabled_at).unwrap_or(now));
    let application = kept(sent, disabled_at);
    let notes = sent.notes.clone();
    let Some(before) = before else { return Ok(Deed::AddApplication(application, notes)) };
    // A flow that is deleted has let its applications go by then.
    let stays = |flow: &UserFlowId| wanted.user_flows.iter().any(|it| it.id == flow.as_str());
    let leaves = before.user_flow.clone().filter(|flow| Some(flow) != application.user_flow.as_ref() && stays(flow));
    Ok(Deed::UpdateApplication { application, notes, leaves })
}

impl Deed {
    async fn run(self, c: &mut Connection, tenant: &TenantId, by: &str, now: Timestamp) -> Result<()> {
        match self {
            Deed::Look(deed) => deed.run(c, tenant, now).await,
            Deed::Grant(deed) => deed.run(c, tenant).await,
            Deed::AddAttribute(attribute) => attribute::add(c, tenant, &attribute, now).await,
            Deed::Describe { id, description } => attribute::describe(c, tenant, &id, description.as_deref()).await,
            Deed::RemoveAttribute(id) => attribute::delete(c, tenant, &id).await,
            Deed::AddProvider(provider) => identity_provider::insert(c, tenant, &provider, now).await,
            Deed::UpdateProvider(provider) => identity_provider::update(c, tenant, &provider).await,
            Deed::RemoveProvider(id) => identity_provider::delete(c, tenant, &id).await,
            Deed::AddFlow(flow) => user_flow::add(c, tenant, &flow, Some(by), now).await,
            Deed::PublishFlow(flow) => user_flow::publish(c, tenant, flow, Some(by), now).await.map(|_| ()),
            Deed::RemoveFlow(id) => user_flow::delete(c, tenant, &id).await,
            Deed::AddApplication(application, notes) => {
                application::register(c, tenant, &application, &notes, now).await
            }
            Deed::UpdateApplication { application, notes, leaves } => {
                application::update(c, tenant, &application, &notes).await?;
                if let Some(flow) = leaves {
                    attachment::detach(c, tenant, &application.id, &flow).await?;
                }
                match &application.user_flow {
                    Some(flow) => attachment::attach(c, tenant, &application.id, flow).await,
                    None => Ok(()),
                }
            }
            Deed::RemoveApplication(id) => application::delete(c, tenant, &id).await,
        }
    }
}
