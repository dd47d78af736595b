//! Who calls, which tenant they mean, and whether they may: asked before anything else of the request is read.

use super::{address::AsAsked, answer::correlation, media, routes::Needs};
use crate::{
    administration::{TENANT_ID, is_home},
    client::access_token::{self, invalid, text},
    directory::{
        administrator,
        application::Application,
        audit::{Actor, ActorKind},
        consent,
        tenant::{self, Tenant},
        walls,
    },
    error::{Error, Refusal, Result},
    guard,
    possession::{self, Call, Held},
    secret::jwt::Claims,
    state::AppState,
};
use app::contract::{
    id::{AccountId, TenantId},
    permission::{Permission, Role},
};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use std::{net::IpAddr, sync::Arc};

/// A caller who may do what the route needs. Every handler can take it as an argument.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The tenant that the call is about.
    pub tenant: Arc<Tenant>,
    pub actor: Actor,
    /// None where an application calls for itself.
    pub account: Option<AccountId>,
    pub address: IpAddr,
    /// The client's word for the request, or ours.
    pub correlation: String,
    permissions: Vec<Permission>,
    /// Whether the application may read who signed in: it asked, and somebody consented for everybody.
    pub sees_self: bool,
    /// The same, and may change what people change of themselves.
    pub changes_self: bool,
    /// The key that the token is bound to, if it is.
    pub held: Option<Held>,
}

impl Caller {
    /// The same person, and another tenant that the call is about.
    pub fn in_tenant(self, tenant: Arc<Tenant>) -> Caller {
        Caller { tenant, ..self }
    }

    /// Who rules one tenant gives nobody power over the others.
    pub async fn rules_everywhere(&self, state: &AppState) -> Result<bool> {
        let Some(account) = &self.account else { return Ok(false) };
        let everywhere = administrator::list_tenants(&state.db, account).await?;
        Ok(everywhere.iter().any(|(id, role)| id == administrator::ALL && *role == Role::GlobalAdministrator))
    }

    /// For what differs inside one route; the route itself has asked already.
    pub fn may(&self, needed: Permission) -> bool {
        self.permissions.iter().any(|permission| permission.includes(needed))
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let caller = parts.extensions.get::<Caller>().cloned();
        caller.ok_or_else(|| Error::Internal("a management route without its layer".into()))
    }
}

/// The layer around every route.
pub async fn admit(State((state, needs)): State<(AppState, Needs)>, mut request: Request, next: Next) -> Response {
    if needs == Needs::Nobody {
        return next.run(request).await;
    }
    let (address, trace) = match request.extensions().get::<guard::Caller>() {
        Some(known) => (known.address, known.trace.clone()),
        None => return Error::Internal("a router without its guard".into()).into_response(),
    };
    let known = Known { address, correlation: correlation(request.headers()).unwrap_or(trace) };
    let call = Call {
        method: request.method(),
        path: request.extensions().get::<AsAsked>().map_or("", |asked| &asked.0),
        headers: request.headers(),
        held: request.extensions().get::<Held>(),
    };
    let admitted = identify(&state, call, known).await.and_then(|caller| judge(caller, needs));
    match admitted.and_then(|caller| media::judge(&request).map(|()| caller)) {
        Ok(caller) => {
            // Administrators are of the tenant `admin`, and what they may do everywhere is written down for all.
            let tenants = [caller.tenant.id.to_string(), TENANT_ID.into(), administrator::ALL.into()];
            request.extensions_mut().insert(caller);
            walls::within(tenants, next.run(request)).await
        }
        Err(error) => error.into_response(),
    }
}

/// What the guard knows of a request.
struct Known {
    address: IpAddr,
    correlation: String,
}

fn judge(caller: Caller, needs: Needs) -> Result<Caller> {
    let may = match needs {
        Needs::Nobody | Needs::SignedIn => true,
        Needs::One(needed) => caller.may(needed),
    };
    if may {
        return Ok(caller);
    }
    let needed = match needs {
        Needs::One(needed) => needed.word(),
        Needs::Nobody | Needs::SignedIn => "",
    };
    let why = format!("This needs the permission {needed}, by the token's scope and by a role in this tenant.");
    Err(Refusal::new("insufficient_scope", 65001, why).into())
}

async fn identify(state: &AppState, call: Call<'_>, known: Known) -> Result<Caller> {
    let shown = possession::presented(call.headers).ok_or_else(|| invalid("The request carries no access token."))?;
    let token = believed(state, shown.1).await?;
    let held = possession::holds(state, &token.issuing.id, &token.application, call, shown, &token.claims).await?;
    let administered = administered(state, &token.issuing, call.headers).await?;
    if token.claims.get("idtyp").and_then(|value| value.as_str()) == Some("app") {
        application_itself(state, &token, administered, known).await
    } else {
        somebody(state, &token, administered, call.headers, known).await
    }
    .map(|caller| Caller { held, ..caller })
}

/// A token of ours for this API: who issued it, to which application, and what it says.
struct Believed {
    issuing: Arc<Tenant>,
    application: Arc<Application>,
    claims: Claims,
}

async fn believed(state: &AppState, token: &str) -> Result<Believed> {
    // Only says whose keys to try: the signature and the issuer say whether it is true.
    let claimed = claimed_tenant(token).ok_or_else(|| invalid("The access token cannot be read."))?;
    let issuing = tenant::get(&state.db, claimed.as_str()).await.map_err(|error| match error {
        Error::NotFound => invalid("The access token was not issued here.").into(),
        error => error,
    })?;
    if issuing.id != claimed {
        return Err(invalid("The access token was not issued here.").into());
    }
    let graph = state.config.public_url.graph();
    let claims = access_token::believed(state, &issuing, token).await?.filter(|claims| is_for(claims, &graph));
    let claims = claims.ok_or_else(|| invalid("The access token is not valid for this API, or has expired."))?;
    let application = access_token::issued_to(state, &issuing, &claims).await??;
    Ok(Believed { issuing, application, claims })
}

fn is_for(claims: &Claims, api: &str) -> bool {
    claims.get("aud").and_then(|value| value.as_str()) == Some(api)
}

fn claimed_tenant(token: &str) -> Option<TenantId> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&payload).ok()?;
    Some(TenantId::from(claims.get("tid")?.as_str()?))
}

/// The tenant that issued the token; for people and applications of the tenant `admin`, the one that the header names.
async fn administered(state: &AppState, issuing: &Arc<Tenant>, headers: &HeaderMap) -> Result<Arc<Tenant>> {
    let mut named = headers.get_all("portico-tenant").iter();
    let named = match (named.next(), named.next()) {
        (None, _) => return Ok(issuing.clone()),
        (Some(named), None) => named.to_str().map_err(|_| Error::NotFound)?,
        (Some(_), Some(_)) => return Err(Error::BadRequest("The header Portico-Tenant is there twice.".into())),
    };
    let tenant = tenant::get(&state.db, named).await?;
    // Foreign tenants are not there at all (security R38).
    if is_home(&issuing.id) || tenant.id == issuing.id { Ok(tenant) } else { Err(Error::NotFound) }
}

async fn somebody(
    state: &AppState,
    Believed { issuing, application, claims }: &Believed,
    tenant: Arc<Tenant>,
    headers: &HeaderMap,
    known: Known,
) -> Result<Caller> {
    let (account, profile) = access_token::somebody(state, issuing, claims).await??;
    // Administrators are people of the tenant `admin`: nobody else has a role, whatever a token says.
    let mut roles = match is_home(&issuing.id) {
        true => administrator::roles(&state.db, &tenant.id, &account).await?,
        false => Vec::new(),
    };
    if is_home(&tenant.id) {
        roles.retain(|role| is_safe_at_home(*role));
    }
    if roles.is_empty() && headers.contains_key("portico-tenant") {
        return Err(Error::NotFound);
    }
    let consented = consent::scopes(&state.db, &issuing.id, &application.id).await?;
    let through = consented_of(text(claims, "scp")?, &consented);
    let (sees_self, changes_self) = (through.contains(&Permission::UserRead), through.contains(&Permission::UserWrite));
    let permissions = effective(through, &roles);
    Ok(Caller {
        tenant,
        actor: Actor { kind: ActorKind::Account, id: account.to_string(), name: profile.name },
        account: Some(account),
        address: known.address,
        correlation: known.correlation,
        permissions,
        sees_self,
        changes_self,
        held: None,
    })
}

/// Whoever changes a password, an application or a flow in the tenant of the administrators becomes whoever they like:
/// there, only a Global Administrator changes anything.
fn is_safe_at_home(role: Role) -> bool {
    role == Role::GlobalAdministrator || Permission::all().all(|it| !role.grants(it) || it.is_read())
}

/// What the token was granted and somebody consented to for its application.
fn consented_of(scp: &str, consented: &[Permission]) -> Vec<Permission> {
    let granted: Vec<Permission> = scp.split(' ').filter_map(Permission::named).collect();
    let within = |these: &[Permission], wanted: Permission| these.iter().any(|known| known.includes(wanted));
    Permission::all().filter(|it| within(&granted, *it) && within(consented, *it)).collect()
}

/// Of that, what some role allows.
fn effective(through: Vec<Permission>, roles: &[Role]) -> Vec<Permission> {
    through.into_iter().filter(|it| roles.iter().any(|role| role.grants(*it))).collect()
}

async fn application_itself(
    state: &AppState,
    Believed { issuing, application, claims }: &Believed,
    tenant: Arc<Tenant>,
    known: Known,
) -> Result<Caller> {
    let permissions = administrator::permissions(&state.db, &issuing.id, &application.id, &tenant.id).await?;
    if permissions.is_empty() && tenant.id != issuing.id {
        return Err(Error::NotFound);
    }
    let told: Vec<&str> = claims
        .get("roles")
        .and_then(|roles| roles.as_array())
        .into_iter()
        .flatten()
        .filter_map(|role| role.as_str())
        .collect();
    let at_home = is_home(&tenant.id);
    let rules = permissions.contains(&Permission::RoleWrite);
    Ok(Caller {
        tenant,
        actor: Actor { kind: ActorKind::Application, id: application.id.to_string(), name: application.name.clone() },
        account: None,
        address: known.address,
        correlation: known.correlation,
        // What was taken away since the token was issued is gone at once.
        permissions: permissions
            .into_iter()
            .filter(|permission| told.contains(&permission.word()))
            // At home as for people: only who rules changes anything.
            .filter(|permission| !at_home || rules || permission.is_read())
            .collect(),
        sees_self: false,
        changes_self: false,
        held: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_worth_what_a_role_makes_of_it() {
        let scp = "IdentityUserFlow.ReadWrite.All User.ReadWrite.All";
        let all: Vec<Permission> = Permission::all().collect();
        let flows = effective(consented_of(scp, &all), &[Role::UserFlowAdministrator]);
        assert!(flows.contains(&Permission::FlowWrite) && flows.contains(&Permission::FlowRead));
        assert!(!flows.contains(&Permission::UserRead) && !flows.contains(&Permission::ApplicationRead));

        let reads = effective(consented_of(scp, &all), &[Role::GlobalReader]);
        assert!(reads.contains(&Permission::UserRead) && !reads.contains(&Permission::UserWrite));
        assert!(effective(consented_of("openid", &all), &[Role::GlobalAdministrator]).is_empty());
        assert!(effective(consented_of(scp, &all), &[]).is_empty());
        assert!(effective(consented_of(scp, &[]), &[Role::GlobalAdministrator]).is_empty());
    }

    #[test]
    fn at_home_only_those_who_rule_or_read_have_a_role() {
        let safe: Vec<Role> = Role::all().filter(|role| is_safe_at_home(*role)).collect();
        assert_eq!(safe, [Role::GlobalAdministrator, Role::GlobalReader, Role::ReportsReader]);
    }
}
