//! The APIs of the tenant's applications that a request names by its scopes, looked up before the scopes are read. A request
//! that names none, as nearly all do, asks the directory nothing.

use crate::{
    config::PublicUrl,
    directory::{
        Db, api_grant,
        application::{self, Application},
    },
    error::Result,
};
use app::contract::id::{ApplicationId, TenantId};
use std::sync::Arc;

/// More names than anybody gives one API. Whoever names more asks for several, and that is refused in any case; what lies
/// behind them is a scope that nobody knows.
const MOST_NAMES: usize = 4;

#[derive(Clone, Debug, Default)]
pub struct Offered(Vec<Api>);

/// An API as the request calls it, and what of it the application may ask for.
#[derive(Clone, Debug)]
pub struct Api {
    /// What stands before the last slash of its scopes: `api://<id>`.
    pub name: String,
    pub id: ApplicationId,
    /// The values of the scopes that are switched on.
    pub enabled: Vec<String>,
    /// Of these, what an administrator granted the application. Its own are its own.
    pub granted: Vec<String>,
}

pub static NOTHING: Offered = Offered(Vec::new());

impl Offered {
    /// `scope` is what the application asks for, or asked for once.
    pub async fn to(
        application: &Arc<Application>,
        scope: Option<&str>,
        db: &Db,
        tenant: &TenantId,
        public_url: &PublicUrl,
    ) -> Result<Self> {
        let mut apis = Vec::new();
        for name in names(scope.unwrap_or_default(), public_url) {
            if let Some(api) = api(application, db, tenant, name).await? {
                apis.push(api);
            }
        }
        Ok(Self(apis))
    }

    /// The API that a scope belongs to, and the scope as the API calls it.
    pub fn find<'w>(&self, word: &'w str) -> Option<(&Api, &'w str)> {
        let (name, value) = word.rsplit_once('/')?;
        self.0.iter().find(|api| api.name == name).map(|api| (api, value))
    }
}

/// What the scopes of a request call their APIs. The management API is none of the tenant's.
fn names<'a>(text: &'a str, public_url: &PublicUrl) -> Vec<&'a str> {
    let mut names = Vec::new();
    for word in text.split_ascii_whitespace() {
        if let Some((name, _)) = word.rsplit_once('/')
            && names.len() < MOST_NAMES
            && !names.contains(&name)
            && name != public_url.graph()
        {
            names.push(name);
        }
    }
    names
}

async fn api(application: &Arc<Application>, db: &Db, tenant: &TenantId, name: &str) -> Result<Option<Api>> {
    let api = application::find_api(db, tenant, application, name).await?;
    let Some(api) = api.filter(|api| api.disabled_at.is_none()) else { return Ok(None) };
    let granted = api_grant::in_force(db, tenant, &application.id, &api).await?;
    Ok(Some(Api { name: name.to_owned(), id: api.id.clone(), enabled: api.offered_scopes(), granted }))
}

#[cfg(test)]
impl Offered {
    /// One API under that name, for tests of what is read of it.
    pub fn one(name: &str, id: &str, enabled: &[&str], granted: &[&str]) -> Self {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self(vec![Api { name: name.into(), id: id.into(), enabled: owned(enabled), granted: owned(granted) }])
    }

    pub fn beside(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_an_api_is_looked_for() {
        let here = PublicUrl::parse("https://login.example.org").unwrap();
        let of = |text| names(text, &here);
        assert!(of("openid profile email offline_access app User.Read api:x").is_empty());
        assert!(of("openid https://login.example.org/graph/User.Read.All").is_empty());
        assert_eq!(of("openid api://a/x api://a/y https://b.example/c//z"), ["api://a", "https://b.example/c/"]);
        assert_eq!(of("a/x b/x c/x d/x e/x f/x").len(), MOST_NAMES);
    }
}
