//! What every request asks for and hardly ever changes, remembered for less than a second.

use super::{application::Application, tenant::Tenant};
use app::contract::{
    id::{ApplicationId, TenantId, UserFlowId},
    permission::Permission,
    user_flow::UserFlow,
};
use std::{
    collections::{BTreeMap, HashMap},
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// A change made by another server is seen after this at the latest (fault F32 allows one second).
const FRESH: Duration = Duration::from_millis(900);

/// More than this many entries are not worth remembering: the map starts over.
const MOST: usize = 10_000;

#[derive(Default)]
pub struct Recents {
    pub tenants: Recent<Tenant>,
    /// By nothing: there is one list of them.
    pub tenant_hosts: Recent<Vec<(String, TenantId)>>,
    pub applications: Recent<Application>,
    /// By tenant: what its applications call their APIs.
    pub identifier_uris: Recent<Vec<(String, ApplicationId)>>,
    pub user_flows: Recent<UserFlow>,
    /// By tenant: what its flows are called.
    pub user_flow_names: Recent<Vec<(String, UserFlowId)>>,
    /// By tenant and application: what the application may do by itself.
    pub permissions: Recent<Vec<Permission>>,
    /// By tenant and language: what the tenant says in its own words.
    pub sentences: Recent<BTreeMap<String, String>>,
    /// By tenant: whether some account's password hash came from elsewhere.
    pub foreign_hashes: Recent<bool>,
}

impl Recents {
    /// After a change by this server. For what is new it is enough: no open page shows it yet. `Db::forget` wakes whoever tells
    /// open pages besides.
    pub fn forget(&self) {
        self.tenants.forget();
        self.tenant_hosts.forget();
        self.applications.forget();
        self.identifier_uris.forget();
        self.user_flows.forget();
        self.user_flow_names.forget();
        self.permissions.forget();
        self.sentences.forget();
        self.foreign_hashes.forget();
    }
}

pub struct Recent<T> {
    entries: Mutex<HashMap<String, (Instant, Arc<T>)>>,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { entries: Mutex::default() }
    }
}

impl<T> Recent<T> {
    pub async fn get_or<E>(
        &self,
        key: String,
        load: impl Future<Output = Result<Option<T>, E>>,
    ) -> Result<Option<Arc<T>>, E> {
        if let Some(known) = self.get(&key) {
            return Ok(Some(known));
        }
        let Some(found) = load.await? else { return Ok(None) };
        let found = Arc::new(found);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MOST {
            entries.clear();
        }
        entries.insert(key, (Instant::now(), found.clone()));
        Ok(Some(found))
    }

    fn get(&self, key: &str) -> Option<Arc<T>> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(key).filter(|(since, _)| since.elapsed() < FRESH).map(|(_, known)| known.clone())
    }

    fn forget(&self) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
