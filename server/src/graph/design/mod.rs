//! A tenant's design as one document: `/export`, `/import?plan=true` and the commands `portico export`, `portico plan`, `portico
//! apply`. It goes out whole, and comes back as a plan that says what it would change, or changes it.

mod apply;
mod document;
mod grants;
mod look;
mod plan;

use super::{answer::Wishes, applications::may_prove, caller::Caller};
use crate::{
    directory::{
        audit::{self, Actor, ActorKind},
        tenant::Tenant,
    },
    error::{Error, Refusal, Result},
    state::AppState,
};
use app::contract::{id::ApplicationId, permission::Permission};
use apply::By;
use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    body::Bytes,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use document::Present;
pub use document::{Dialect, Document};
pub use plan::Step;
use serde::Deserialize;
use serde_json::{Value, json};
use std::fmt::Write;

/// What a document would change, and of what.
pub struct Plan {
    /// The fingerprint of the design as it stands.
    pub base: String,
    pub steps: Vec<Step>,
    present: Present,
    wanted: Document,
    /// Where the audit stood before anything was read.
    head: i64,
}

impl Plan {
    /// Applications that would prove themselves by other keys.
    fn with_other_keys(&self) -> Vec<ApplicationId> {
        let known = |id: &str| self.present.document.applications.iter().find(|it| it.id == id);
        let changed = |it: &&document::Application| {
            it.protocol.keys != known(&it.id).map(|known| known.protocol.keys.clone()).unwrap_or_default()
        };
        self.wanted.applications.iter().filter(changed).map(|it| ApplicationId::from(it.id.as_str())).collect()
    }
}

pub async fn export(state: &AppState, tenant: &Tenant, dialect: Dialect) -> Result<String> {
    Present::of(state, tenant).await?.document.write(dialect)
}

/// Judged already: what can be planned can be applied, unless somebody changes something first.
pub async fn plan(state: &AppState, tenant: &Tenant, wanted: Document) -> Result<Plan> {
    let head = audit::head(&state.db, &tenant.id).await?;
    let present = Present::of(state, tenant).await?;
    let steps = plan::steps(&present.document, &wanted)?;
    apply::judge(state, tenant, &present, &wanted, &steps).await?;
    Ok(Plan { base: fingerprint(&present.document)?, steps, present, wanted, head })
}

async fn apply(state: &AppState, tenant: &Tenant, by: By, plan: Plan) -> Result<()> {
    let Plan { steps, present, wanted, head, .. } = plan;
    if steps.is_empty() {
        return Ok(());
    }
    apply::apply(state, tenant, by, &present, &wanted, steps, head).await
}

/// By the operator, on the server's own machine.
pub async fn apply_here(state: &AppState, tenant: &Tenant, plan: Plan) -> Result<()> {
    let actor = Actor { kind: ActorKind::Server, id: "portico".into(), name: "portico apply".into() };
    apply(state, tenant, By { actor, address: String::new(), correlation: state.chance.id() }, plan).await
}

fn fingerprint(document: &Document) -> Result<String> {
    let mut hex = String::new();
    for byte in digest(&SHA256, document.write(Dialect::Json)?.as_bytes()).as_ref() {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    Ok(hex)
}

const TOML: &str = "application/toml";

pub async fn get(State(state): State<AppState>, caller: Caller, headers: HeaderMap) -> Result<Response> {
    for needed in [Permission::FlowRead, Permission::ApplicationRead, Permission::OrganizationRead] {
        allowed(&caller, needed)?;
    }
    let dialect = said(&headers, header::ACCEPT);
    let document = export(&state, &caller.tenant, dialect).await?;
    let kind = match dialect {
        Dialect::Json => HeaderValue::from_static("application/json"),
        Dialect::Toml => HeaderValue::from_static(TOML),
    };
    Ok(([(header::CONTENT_TYPE, kind)], document).into_response())
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    plan: bool,
    /// The fingerprint that a plan told: applied only while the design still stands so.
    base: Option<String>,
}

pub async fn post(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response> {
    let wanted = Document::read(&body, said(&headers, header::CONTENT_TYPE))?;
    for needed in [Permission::FlowWrite, Permission::ApplicationWrite, Permission::OrganizationWrite] {
        allowed(&caller, needed)?;
    }
    let plan = plan(&state, &caller.tenant, wanted).await?;
    for application in plan.with_other_keys() {
        may_prove(&state, &caller, &application).await?;
    }
    if asked.base.is_some_and(|base| base != plan.base) {
        return Err(Error::Changed);
    }
    let changes: Vec<Value> = plan.steps.iter().map(Step::shown).collect();
    let told = json!({ "base": plan.base, "applied": !asked.plan, "changes": changes });
    if !asked.plan {
        let by = By {
            actor: caller.actor.clone(),
            address: caller.address.to_string(),
            correlation: caller.correlation.clone(),
        };
        apply(&state, &caller.tenant, by, plan).await?;
    }
    wishes.entity("import", &told)
}

fn allowed(caller: &Caller, needed: Permission) -> Result<()> {
    if caller.may(needed) {
        return Ok(());
    }
    Err(Refusal::new("insufficient_scope", 65001, format!("This needs the permission {} too.", needed.word())).into())
}

fn said(headers: &HeaderMap, name: header::HeaderName) -> Dialect {
    let is_toml = headers.get(name).is_some_and(|value| value.as_bytes().starts_with(TOML.as_bytes()));
    if is_toml { Dialect::Toml } else { Dialect::Json }
}
