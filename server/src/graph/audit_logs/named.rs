//! Whom a filter of sign-ins means by a name. What happened tells of people by their ids (security R42), so their names are
//! looked up as they are now, among the people who are there.

use crate::{
    directory::{
        identity::EMAIL_ADDRESS,
        person::{self, Comparison, Condition, Person, Wanted},
    },
    error::Result,
    graph::{
        caller::Caller,
        query::{filter::Path, options::bad},
    },
    state::AppState,
};

/// Whose sign-ins are found at once.
const MOST: usize = 100;
/// Where many have a word that begins so and hardly anybody the name, pages of people come out short.
const MOST_PAGES: usize = 10;

/// What somebody is called, in the words in which sign-ins tell it.
#[derive(Default)]
pub struct Named {
    principal: Option<Name>,
    display_name: Option<Name>,
}

/// A whole name, or how it begins, in whatever case.
pub struct Name {
    text: String,
    is_whole: bool,
}

impl Name {
    pub fn whole(text: &str) -> Result<Name> {
        Name::said(text, true)
    }

    pub fn beginning(text: &str) -> Result<Name> {
        Name::said(text, false)
    }

    fn said(text: &str, is_whole: bool) -> Result<Name> {
        match text.trim().is_empty() {
            true => Err(bad("A name has a letter at least.")),
            false => Ok(Name { text: text.to_lowercase(), is_whole }),
        }
    }

    fn is_of(&self, shown: &str) -> bool {
        let shown = shown.to_lowercase();
        if self.is_whole { shown == self.text } else { shown.starts_with(&self.text) }
    }
}

impl Named {
    /// Where a property is kept that names people; nothing of another property.
    pub fn place(&mut self, path: &Path) -> Option<&mut Option<Name>> {
        match path.join("/").as_str() {
            "userPrincipalName" => Some(&mut self.principal),
            "userDisplayName" => Some(&mut self.display_name),
            _ => None,
        }
    }

    /// The ids of everybody who is called so; nothing where nobody was named.
    pub async fn accounts(&self, state: &AppState, caller: &Caller) -> Result<Option<Vec<String>>> {
        let conditions = self.conditions(caller.tenant.id.as_str());
        if conditions.is_empty() {
            return Ok(None);
        }
        let mut wanted = Wanted { conditions, limit: MOST as i64, ..Wanted::default() };
        let mut found = Vec::new();
        for _ in 0..MOST_PAGES {
            let page = person::list(&state.db, &caller.tenant.id, &wanted).await?;
            found.extend(page.people.iter().filter(|person| self.is_of(person)).map(|person| person.id.to_string()));
            match page.next {
                None if found.len() <= MOST => return Ok(Some(found)),
                Some(next) if found.len() <= MOST => wanted.after = Some(next),
                _ => break,
            }
        }
        Err(bad(format!("More than {MOST} people may be called so: say more of the name, or ask by userId.")))
    }

    /// As an index leads to them; some who are found so are called otherwise.
    fn conditions(&self, tenant: &str) -> Vec<Condition> {
        let principal = self.principal.as_ref().map(|name| match name.is_whole {
            true => Condition::KnownAs {
                sign_in_type: Some(EMAIL_ADDRESS.into()),
                issuer: tenant.into(),
                name: name.text.clone(),
            },
            false => {
                Condition::Named { sign_in_type: EMAIL_ADDRESS, issuer: tenant.into(), beginning: name.text.clone() }
            }
        });
        // No index leads to a whole name in whatever case, but one to how it begins.
        let display_name = self.display_name.as_ref().map(|name| Condition::Attribute {
            name: "displayName".into(),
            is: Comparison::StartsWith,
            value: name.text.clone(),
        });
        principal.into_iter().chain(display_name).collect()
    }

    fn is_of(&self, person: &Person) -> bool {
        let principal = self.principal.as_ref().is_none_or(|name| name.is_of(person.address().unwrap_or_default()));
        principal && self.display_name.as_ref().is_none_or(|name| name.is_of(person.display_name()))
    }
}
