//! `/organization` and `/tenants`: the tenant that a call is about, and those that the caller may enter.

mod branding;
mod picture;
mod sentences;
mod texts;

use super::{
    answer::Wishes,
    body,
    caller::Caller,
    change::{self, Change},
};
use crate::{
    directory::{
        administrator::{self, ALL},
        tenant::{self, Kind, SignOut, Tenant},
    },
    error::{Error, Flaw, Result},
    state::AppState,
};
use app::contract::{
    brand::{Brand, Colour},
    id::TenantId,
    permission::Role,
    resource::organization::{Organization, VerifiedDomain},
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Response,
};
pub use branding::{
    LOCALE_FIELDS, change_default, change_locale, delete_default, delete_locale, get_default, get_locale, is_locale,
    list_locales, make_locale,
};
pub use picture::{get_picture, put_picture, remove_picture};
pub use sentences::{OWN_TEXTS, change_sentences, judged as judged_sentence, list_sentences};
use serde_json::Value;
pub use texts::names as names_of_locale;

const OF: &str = "organization";
pub const FIELDS: [&str; 2] = ["id", "displayName"];
const NAME_MAX: usize = 128;

/// The tenant is the caller's, whatever the address says: another's id is not there (security R38).
fn own(caller: &Caller, id: &str) -> Result<()> {
    let is_own = caller.tenant.id.as_str() == id;
    is_own.then_some(()).ok_or(Error::NotFound)
}

async fn shown(state: &AppState, tenant: &Tenant, roles: Vec<Role>) -> Result<Organization> {
    let names = tenant::names(&state.db, &tenant.id).await?;
    let domain =
        |(n, name): (usize, &String)| VerifiedDomain { name: name.clone(), is_default: n == 0, is_initial: n == 0 };
    Ok(Organization {
        id: tenant.id.to_string(),
        display_name: tenant.name.clone(),
        tenant_type: tenant_type(tenant.kind).into(),
        created_date_time: None,
        verified_domains: names.iter().enumerate().map(domain).collect(),
        names,
        sign_out_without_hint: sign_out_word(tenant.sign_out).into(),
        roles: roles.iter().map(|role| role.word().to_owned()).collect(),
    })
}

fn tenant_type(kind: Kind) -> &'static str {
    match kind {
        Kind::External => "CIAM",
        Kind::Workforce => "AAD",
    }
}

async fn roles(state: &AppState, caller: &Caller, tenant: &TenantId) -> Result<Vec<Role>> {
    match &caller.account {
        Some(account) => administrator::roles(&state.db, tenant, account).await,
        None => Ok(Vec::new()),
    }
}

pub async fn get(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
) -> Result<Response> {
    own(&caller, &id)?;
    let roles = roles(&state, &caller, &caller.tenant.id).await?;
    wishes.entity(OF, &shown(&state, &caller.tenant, roles).await?)
}

pub async fn update(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    Path(id): Path<String>,
    sent: Bytes,
) -> Result<Response> {
    own(&caller, &id)?;
    let before = shown(&state, &caller.tenant, Vec::new()).await?;
    let after: Organization = body::patched(&before, &sent)?;
    let unchanged = Organization {
        display_name: before.display_name.clone(),
        sign_out_without_hint: before.sign_out_without_hint.clone(),
        ..after.clone()
    };
    if unchanged != before {
        let why = "Of an organization displayName and signOutWithoutHint are changed here.";
        return Err(Error::BadRequest(why.into()));
    }
    let sign_out = sign_out(&after.sign_out_without_hint)?;
    let name = good_name(&after.display_name)?;
    let change = Change::updated("Update organization", "Organization", &id, &name, &before, &after)?;
    change::make(&state, &caller, change, move |c, tenant, _| {
        Box::pin(async move {
            tenant::rename(c, tenant, &name).await?;
            tenant::set_sign_out(c, tenant, sign_out).await
        })
    })
    .await?;
    let tenant = tenant::get(&state.db, &id).await?;
    wishes.changed(OF, &shown(&state, &tenant, Vec::new()).await?)
}

const SIGN_OUTS: [(&str, SignOut); 3] =
    [("askThenReturn", SignOut::Ask), ("returnAtOnce", SignOut::AtOnce), ("askAndStay", SignOut::Stay)];

fn sign_out_word(sign_out: SignOut) -> &'static str {
    SIGN_OUTS.iter().find(|(_, known)| *known == sign_out).map_or("", |(word, _)| word)
}

fn sign_out(word: &str) -> Result<SignOut> {
    let known = SIGN_OUTS.iter().find(|(known, _)| *known == word).map(|(_, known)| *known);
    let why = "It is 'askThenReturn', 'returnAtOnce' or 'askAndStay'.";
    known.ok_or_else(|| Flaw::new("signOutWithoutHint", why).into())
}

fn good_name(name: &str) -> Result<String> {
    let name = name.trim();
    let good = (1..=NAME_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    match good {
        true => Ok(name.into()),
        false => Err(Flaw::new("displayName", format!("A tenant has a name of one to {NAME_MAX} characters.")).into()),
    }
}

/// The directory switch: where the caller has a role. An application is in its own tenant only.
pub async fn list(State(state): State<AppState>, caller: Caller, wishes: Wishes) -> Result<Response> {
    let Some(account) = &caller.account else {
        let value = vec![serde_json::to_value(shown(&state, &caller.tenant, Vec::new()).await?)?];
        return wishes.listed(&state, &caller, OF, &FIELDS, value);
    };
    let entered = administrator::list_tenants(&state.db, account).await?;
    let mut value = Vec::<Value>::new();
    for tenant in tenant::list(&state.db).await? {
        let here = entered.iter().filter(|(id, _)| id == ALL || *id == tenant.id.as_str());
        let roles: Vec<Role> = here.map(|(_, role)| *role).collect();
        if !roles.is_empty() {
            value.push(serde_json::to_value(shown(&state, &tenant, roles).await?)?);
        }
    }
    wishes.listed(&state, &caller, OF, &FIELDS, value)
}

/// A new tenant, for customers unless it is said otherwise, with signing keys of its own. Whoever made it may do everything in
/// it.
pub async fn create_tenant(
    State(state): State<AppState>,
    caller: Caller,
    wishes: Wishes,
    sent: Bytes,
) -> Result<Response> {
    let asked: Organization = body::created(&sent)?;
    let Some(account) = caller.account.clone() else {
        return Err(Error::BadRequest("A tenant is made by a person: it needs an administrator.".into()));
    };
    let everywhere = administrator::list_tenants(&state.db, &account).await?;
    if !everywhere.iter().any(|(id, role)| id == ALL && *role == Role::GlobalAdministrator) {
        return Err(Error::NotFound);
    }
    let name = good_name(&asked.display_name)?;
    let word = word(&asked)?;
    let kind = kind(&asked)?;
    let id = TenantId::from(state.chance.id());
    let tenant = Tenant {
        id: id.clone(),
        kind,
        name: name.clone(),
        brand: Brand { name: name.clone(), logo: None, colour: Colour::default(), background: None, links: Vec::new() },
        passcode_enabled_at: None,
        password_accounts_since: None,
        passcode_accounts_since: None,
        sign_out: Default::default(),
    };
    let change = Change::added("Add tenant", "Organization", id.as_str(), &name, &asked)?;
    change::make(&state, &caller, change, |c, _, now| {
        Box::pin(async move { tenant::insert_with(c, &tenant, &[word], now).await })
    })
    .await
    .map_err(|error| match error {
        Error::Taken => {
            Flaw::new("names/0", "Another tenant has this name in its addresses. Please choose another.").into()
        }
        error => error,
    })?;
    state.keys.ensure(&id).await?;
    let made = tenant::get(&state.db, id.as_str()).await?;
    let roles = administrator::roles(&state.db, &id, &account).await?;
    wishes.created("tenants", id.as_str(), &shown(&state, &made, roles).await?)
}

fn kind(asked: &Organization) -> Result<Kind, Flaw> {
    if asked.tenant_type.is_empty() {
        return Ok(Kind::External);
    }
    let known = [Kind::External, Kind::Workforce].into_iter().find(|kind| tenant_type(*kind) == asked.tenant_type);
    known.ok_or_else(|| Flaw::new("tenantType", "A tenant is of the type CIAM, for customers, or AAD, for employees."))
}

/// First segments of addresses that are not tenants'.
const RESERVED: [&str; 13] = [
    "admin",
    "assets",
    "common",
    "consumers",
    "demo",
    "dev",
    "graph",
    "healthz",
    "organizations",
    "pictures",
    "readyz",
    "sentences",
    "tfp",
];

/// The word in the tenant's addresses: as it was sent, or made of the name.
fn word(asked: &Organization) -> Result<String> {
    let of_name = || {
        let letters = asked.display_name.to_lowercase();
        let words = letters.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join("-")
    };
    let word = asked.names.first().cloned().unwrap_or_else(of_name).to_lowercase();
    good_word(&word).map_err(|why| Flaw::new("names/0", why))?;
    Ok(word)
}

pub(super) fn good_word(word: &str) -> Result<(), &'static str> {
    let good = (2..=63).contains(&word.len())
        && word.starts_with(|c: char| c.is_ascii_alphanumeric())
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.'))
        && !RESERVED.contains(&word);
    let why = "The name in addresses has small letters, digits and dashes, and is not one of ours.";
    good.then_some(()).ok_or(why)
}
