//! The one way to change something: what is written and its row in the audit stand or fall together (security R41).

use super::caller::Caller;
use crate::{
    administration::{TENANT_ID, is_home},
    directory::{
        Connection, Durability, administrator,
        audit::{self, Actor, Entry, Operation, Target},
    },
    error::{Error, Result},
    state::AppState,
};
use app::contract::{
    id::{AccountId, TenantId},
    time::Timestamp,
};
use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::Value;

/// What is changed, as the audit tells it.
pub struct Change {
    /// `Update user flow`
    pub activity: &'static str,
    /// `UserFlow`
    pub category: &'static str,
    pub operation: Operation,
    pub id: String,
    pub name: String,
    before: Option<Value>,
    after: Option<Value>,
}

impl Change {
    pub fn added(
        activity: &'static str,
        category: &'static str,
        id: &str,
        name: &str,
        after: &impl Serialize,
    ) -> Result<Self> {
        Self::new(activity, category, Operation::Add, id, name).and(None::<&()>, Some(after))
    }

    pub fn updated(
        activity: &'static str,
        category: &'static str,
        id: &str,
        name: &str,
        before: &impl Serialize,
        after: &impl Serialize,
    ) -> Result<Self> {
        Self::new(activity, category, Operation::Update, id, name).and(Some(before), Some(after))
    }

    pub fn deleted(
        activity: &'static str,
        category: &'static str,
        id: &str,
        name: &str,
        before: &impl Serialize,
    ) -> Result<Self> {
        Self::new(activity, category, Operation::Delete, id, name).and(Some(before), None::<&()>)
    }

    /// About somebody: whom, by id alone, and the names of what changed. What was in it, nobody could take out of the audit
    /// any more when the person is forgotten (security R42).
    pub fn of_person(
        activity: &'static str,
        operation: Operation,
        id: &AccountId,
        before: &impl Serialize,
        after: &impl Serialize,
    ) -> Result<Self> {
        let (before, after) = (serde_json::to_value(before)?, serde_json::to_value(after)?);
        let names = audit::differing(Some(&before), Some(&after));
        Ok(Self {
            after: (!names.is_empty()).then(|| audit::only_names(names)),
            ..Self::new(activity, PERSON, operation, id.as_str(), "")
        })
    }

    fn new(activity: &'static str, category: &'static str, operation: Operation, id: &str, name: &str) -> Self {
        Self { activity, category, operation, id: id.into(), name: name.into(), before: None, after: None }
    }

    fn and(self, before: Option<&impl Serialize>, after: Option<&impl Serialize>) -> Result<Self> {
        Ok(Self {
            before: before.map(serde_json::to_value).transpose()?,
            after: after.map(serde_json::to_value).transpose()?,
            ..self
        })
    }

    fn is_of_oneself(&self, caller: &Caller) -> bool {
        self.category == PERSON && self.id == caller.actor.id
    }

    fn entry(self, state: &AppState, caller: &Caller) -> Entry {
        // Whoever changes themselves is told of by id alone, as the changed are: they may be forgotten one day (security R42).
        let (actor, address) = match self.is_of_oneself(caller) {
            true => (Actor { name: String::new(), ..caller.actor.clone() }, String::new()),
            false => (caller.actor.clone(), caller.address.to_string()),
        };
        Entry {
            id: state.chance.id(),
            at: state.clock.now(),
            actor,
            address,
            correlation: caller.correlation.clone(),
            activity: self.activity.into(),
            category: self.category.into(),
            operation: self.operation,
            target: Target { kind: self.category.into(), id: self.id, name: self.name },
            before: self.before,
            after: self.after,
        }
    }
}

/// Runs the write and notes the change, in one unit. What was remembered of the tenant is forgotten afterwards.
pub async fn make<T, F>(state: &AppState, caller: &Caller, change: Change, write: F) -> Result<T>
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut Connection, &'c TenantId, Timestamp) -> BoxFuture<'c, Result<T>> + Send + 'static,
{
    let home = home(caller, &change);
    let (tenant, now, entry) = (caller.tenant.id.clone(), state.clock.now(), change.entry(state, caller));
    let made = state
        .db
        .write(Durability::Lasting, move |c| {
            Box::pin(async move {
                let rulers = count_rulers(c, home.as_ref()).await?;
                let made = write(c, &tenant, now).await?;
                if rulers > 0 && count_rulers(c, home.as_ref()).await? == 0 {
                    return Err(Error::BadRequest(LAST.into()));
                }
                audit::insert(c, &tenant, &entry).await?;
                Ok::<T, Error>(made)
            })
        })
        .await?;
    state.db.forget();
    Ok(made)
}

/// Changes of people are this category.
pub const PERSON: &str = "User";

/// Changes of roles are this category, in whichever tenant.
pub const ROLES: &str = "RoleManagement";

const LAST: &str = "This is the last Global Administrator of the server. Make another one first.";

/// The tenant of the administrators, where this could change who rules.
fn home(caller: &Caller, change: &Change) -> Option<TenantId> {
    (change.category == ROLES || is_home(&caller.tenant.id)).then(|| TENANT_ID.into())
}

async fn count_rulers(c: &mut Connection, home: Option<&TenantId>) -> Result<i64> {
    match home {
        Some(home) => administrator::count_rulers(c, home).await,
        None => Ok(0),
    }
}
