//! What an application calls its API besides its id: what is wrong with such a name, and whose it is.

use crate::{
    config::PublicUrl,
    directory::{Connection, application, audit},
    error::{Error, Flaw, Result},
};
use app::contract::id::{ApplicationId, TenantId};
use std::{
    collections::{BTreeMap, BTreeSet},
    iter::once,
};
use url::Url;

/// Graph's most for one application.
const MOST: usize = 50;
/// And for one of them.
const LONGEST: usize = 255;

/// Where Graph writes them.
const AT: &str = "identifierUris";

/// What is wrong with them, whoever wrote them.
pub fn flaws(uris: &[String], public_url: &PublicUrl) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    if uris.len() > MOST {
        flaws.push(Flaw::new(AT, format!("An application has at most {MOST} identifier URIs.")));
    }
    let mut seen = BTreeSet::new();
    for (n, uri) in uris.iter().enumerate() {
        let verdict = judge(uri, public_url).and_then(|()| match seen.insert(uri.to_ascii_lowercase()) {
            true => Ok(()),
            false => Err(format!("'{uri}' is there twice: upper and lower case are one.")),
        });
        flaws.extend(verdict.err().map(|why| Flaw::new(format!("{AT}/{n}"), why)));
    }
    flaws
}

fn judge(uri: &str, public_url: &PublicUrl) -> Result<(), String> {
    if uri.len() > LONGEST {
        return Err(format!("An identifier URI has at most {LONGEST} characters."));
    }
    if !is_one(uri) {
        return Err(format!(
            "'{uri}' is no identifier URI. Write it like api://tasks or https://tasks.example.com: without blanks, '?' and \
             '#', and without a slash at its end."
        ));
    }
    if public_url.holds(uri) {
        return Err(format!("'{uri}' is an address of this server. Choose a name of your own."));
    }
    Ok(())
}

/// One that stands before a scope, in one spelling (RFC 6749 §3.3).
fn is_one(uri: &str) -> bool {
    let is_odd = |c: char| !c.is_ascii_graphic() || "\"\\?#*<>{}|^`@".contains(c);
    let is_plain = |url: &Url| {
        let has_host = url.host_str().is_some_and(|host| !host.is_empty());
        let is_written_so = url.as_str().strip_suffix('/').unwrap_or(url.as_str()) == uri;
        ["https", "api"].contains(&url.scheme()) && has_host && is_written_so
    };
    !uri.contains(is_odd) && !uri.ends_with('/') && Url::parse(uri).as_ref().is_ok_and(is_plain)
}

/// Who is called how: every application by its id, as Entra proposes it, and by what it calls its API. Two names that differ by
/// their case are one, so that nobody takes one for the other.
pub struct Names(BTreeMap<String, BTreeSet<String>>);

impl Names {
    pub fn of(applications: impl Iterator<Item = (String, Vec<String>)>) -> Self {
        let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (id, uris) in applications {
            for name in once(format!("api://{id}")).chain(uris) {
                names.entry(name.to_ascii_lowercase()).or_default().insert(id.clone());
            }
        }
        Self(names)
    }

    /// Those of the application's URIs that are another one's name.
    pub fn flaws(&self, id: &str, uris: &[String]) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        for (n, uri) in uris.iter().enumerate() {
            let owners = self.0.get(&uri.to_ascii_lowercase());
            if owners.is_some_and(|owners| owners.iter().any(|owner| owner != id)) {
                let why = format!("'{uri}' is what another application calls its API. Choose another name.");
                flaws.push(Flaw::new(format!("{AT}/{n}"), why));
            }
        }
        flaws
    }
}

/// In the unit that wrote them: of two applications at once that want one name, one is told.
pub async fn are_free(c: &mut Connection, tenant: &TenantId, id: &ApplicationId, uris: &[String]) -> Result<()> {
    if uris.is_empty() {
        return Ok(());
    }
    audit::hold(c, tenant).await?;
    let known = application::api_names(c, tenant).await?;
    let names = Names::of(known.into_iter().map(|(id, uris)| (id.to_string(), uris)));
    let flaws = names.flaws(id.as_str(), uris);
    if flaws.is_empty() { Ok(()) } else { Err(Error::Invalid(flaws)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(uris: &[&str]) -> Vec<String> {
        let here = PublicUrl::parse("https://login.example.org").unwrap();
        let uris: Vec<String> = uris.iter().map(|uri| (*uri).to_owned()).collect();
        flaws(&uris, &here).into_iter().map(|flaw| flaw.target).collect()
    }

    #[test]
    fn a_name_has_one_spelling() {
        let longest = format!("api://{}", "x".repeat(LONGEST - 6));
        for uri in [
            "api://tasks",
            "api://Tasks",
            "api://7ab1d382-f21e-4acd-a863-ba3e13f7da61",
            "api://tasks/v2",
            "https://tasks.example.com",
            "https://tasks.example.com:8443/v2",
            "https://contoso.onmicrosoft.com/7ab1d382-f21e-4acd-a863-ba3e13f7da61",
            "https://login.example.org.evil.example",
            longest.as_str(),
        ] {
            assert_eq!(told(&[uri]), [""; 0], "{uri}");
        }
        let too_long = format!("{longest}x");
        for uri in [
            "",
            "tasks",
            "api:tasks",
            "api://",
            "api:///tasks",
            "API://tasks",
            "http://tasks.example.com",
            "urn:tasks",
            "javascript:alert(1)",
            "https://tasks.example.com/",
            "https://tasks.example.com/v2/",
            "https://tasks.example.com:443",
            "https://Tasks.example.com",
            "https://tasks.example.com/#x",
            "https://tasks.example.com?x",
            "https://ada@tasks.example.com",
            "https://tasks.example.com/../v2",
            "https://tasks.example.com/a b",
            " api://tasks",
            "api://tasks\u{0}",
            "api://t\u{430}sks",
            "api://tasks\"",
            "api://tasks\\x",
            "https://login.example.org",
            "https://login.example.org/graph",
            "https://login.example.org/graph/v1.0",
            too_long.as_str(),
        ] {
            assert_eq!(told(&[uri]), ["identifierUris/0"], "{uri:?}");
        }
        assert_eq!(told(&["api://tasks", "api://forms", "api://TASKS"]), ["identifierUris/2"]);
        let many: Vec<String> = (0..=MOST).map(|n| format!("api://tasks{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(told(&many), ["identifierUris"]);
        assert_eq!(told(&many[1..]), [""; 0]);
    }

    #[test]
    fn a_name_is_one_application_s() {
        let owned = |uris: &[&str]| uris.iter().map(|uri| (*uri).to_owned()).collect::<Vec<_>>();
        let (mine, theirs) = (owned(&["api://mine", "api://ours"]), owned(&["api://Ours", "api://me"]));
        let names = Names::of([("me".to_owned(), mine.clone()), ("them".to_owned(), theirs.clone())].into_iter());
        let targets = |id, uris: &[String]| -> Vec<String> {
            names.flaws(id, uris).into_iter().map(|flaw| flaw.target).collect()
        };
        assert_eq!(targets("me", &mine), ["identifierUris/1"]);
        assert_eq!(targets("them", &theirs), ["identifierUris/0", "identifierUris/1"]);
        let alone = Names::of([("me".to_owned(), mine)].into_iter());
        assert!(alone.flaws("me", &owned(&["api://me"])).is_empty(), "its own id is its own");
    }
}
