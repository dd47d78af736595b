//! The query options of a list: what is asked, each once, within its bounds.

use super::filter::{self, Expression};
use crate::error::{Error, Result};

/// Security R39.
pub const MOST: usize = 999;
const USUAL: usize = 100;
const LONGEST_SEARCH: usize = 128;

#[derive(Clone, PartialEq, Debug)]
pub struct Options {
    pub filter: Option<Expression>,
    /// Everything where nothing is said.
    pub select: Vec<String>,
    pub order: Vec<(String, Direction)>,
    pub top: usize,
    pub count: bool,
    /// What is looked for, without quotes and property names.
    pub search: Option<String>,
    /// Names only; what we show, we show always.
    pub expand: Vec<String>,
    pub skip_token: Option<String>,
    /// Everything but the place: what the next page asks again.
    asked: Vec<(String, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    Up,
    Down,
}

impl Options {
    /// A `$` before an option may be left out. An option that we do not know is refused: whoever asked would take the
    /// answer for what it is not.
    pub fn read(query: Option<&str>) -> Result<Options> {
        let mut options = Options {
            filter: None,
            select: Vec::new(),
            order: Vec::new(),
            top: USUAL,
            count: false,
            search: None,
            expand: Vec::new(),
            skip_token: None,
            asked: Vec::new(),
        };
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let name = name.trim_start_matches('$').to_ascii_lowercase();
            if options.asked.iter().any(|(known, _)| *known == name) {
                return Err(bad(format!("The option ${name} is there twice.")));
            }
            match name.as_str() {
                "filter" => options.filter = Some(filter::parse(&value).map_err(bad)?),
                "select" => options.select = words(&value),
                "expand" => options.expand = names_to_expand(&value),
                "orderby" => options.order = words(&value).iter().map(|word| order(word)).collect::<Result<_>>()?,
                "top" => options.top = top(&value)?,
                "count" => options.count = boolean(&value)?,
                "search" => options.search = Some(search(&value)?),
                "skiptoken" => {
                    options.skip_token = Some(value.into_owned());
                    continue;
                }
                "format" => {}
                _ => return Err(bad(format!("The option ${name} is not offered here."))),
            }
            options.asked.push((name, value.into_owned()));
        }
        Ok(options)
    }

    /// Refuses what is asked beyond these.
    pub fn only(&self, offered: &[&str]) -> Result<()> {
        let place = self.skip_token.as_ref().map(|_| "skiptoken");
        let mut asked = self.asked.iter().map(|(name, _)| name.as_str()).chain(place);
        match asked.find(|name| *name != "format" && !offered.contains(name)) {
            Some(name) => Err(bad(format!("The option ${name} is not offered here."))),
            None => Ok(()),
        }
    }

    /// The query of the next page.
    pub fn next(&self, skip_token: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.asked {
            query.append_pair(&format!("${name}"), value);
        }
        query.append_pair("$skiptoken", skip_token).finish()
    }

    /// What a place in the list depends on: it is worth nothing in a list that was asked otherwise.
    pub fn essence(&self) -> String {
        let matters = |name: &str| matches!(name, "filter" | "orderby" | "search");
        let asked = self.asked.iter().filter(|(name, _)| matters(name));
        let mut asked: Vec<String> = asked.map(|(name, value)| format!("{name}={value}")).collect();
        asked.sort();
        asked.join("&")
    }

    /// The same list with everything of its items.
    pub fn whole(&self) -> Options {
        Options { select: Vec::new(), ..self.clone() }
    }

    /// `$expand` names what is there to be expanded.
    pub fn expands_only(&self, known: &[&str]) -> Result<()> {
        let stranger = self.expand.iter().find(|name| *name != "*" && !known.contains(&name.as_str()));
        match stranger {
            Some(name) => Err(bad(format!("There is nothing to expand under '{name}'."))),
            None => Ok(()),
        }
    }
}

pub fn bad(why: impl Into<String>) -> Error {
    Error::BadRequest(why.into())
}

fn words(value: &str) -> Vec<String> {
    value.split(',').map(str::trim).filter(|word| !word.is_empty()).map(String::from).collect()
}

/// `identityProviders($select=id)` names `identityProviders`; a path ends in what it names.
fn names_to_expand(value: &str) -> Vec<String> {
    let plain: String = value.split('(').next().unwrap_or_default().into();
    words(&plain).iter().map(|path| path.rsplit('/').next().unwrap_or_default().to_owned()).collect()
}

fn order(word: &str) -> Result<(String, Direction)> {
    let mut parts = word.split_ascii_whitespace();
    let (name, direction, end) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    match (direction.map(str::to_ascii_lowercase).as_deref(), end) {
        (None | Some("asc"), None) => Ok((name.into(), Direction::Up)),
        (Some("desc"), None) => Ok((name.into(), Direction::Down)),
        _ => Err(bad("$orderby is a property, and asc or desc behind it.")),
    }
}

/// Graph's lists have different mosts: who asks for more than ours has the rest on the next page.
fn top(value: &str) -> Result<usize> {
    let top = value.parse::<usize>().ok().filter(|top| *top > 0).map(|top| top.min(MOST));
    top.ok_or_else(|| bad(format!("$top is a number from 1; a page has {MOST} at most.")))
}

fn boolean(value: &str) -> Result<bool> {
    value.to_ascii_lowercase().parse().map_err(|_| bad("$count is true or false."))
}

/// `"displayName:ada"`, `"ada"` or `ada`.
fn search(value: &str) -> Result<String> {
    if value.chars().count() > LONGEST_SEARCH {
        return Err(bad(format!("$search is longer than {LONGEST_SEARCH} characters.")));
    }
    let bare = value.trim().trim_matches('"');
    let text = match bare.split_once(':') {
        Some((name, text)) if name.bytes().all(|byte| byte.is_ascii_alphanumeric()) => text,
        _ => bare,
    };
    Ok(text.trim().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_with_their_bounds() {
        let options = Options::read(Some(
            "$top=5&$orderby=displayName%20desc,id&$count=true&$select=id,displayName&$search=%22displayName:Ada%22",
        ))
        .unwrap();
        assert_eq!(options.order, [("displayName".into(), Direction::Down), ("id".into(), Direction::Up)]);
        assert_eq!((options.top, options.count, options.search.as_deref()), (5, true, Some("ada")));
        for refused in
            ["$top=0", "$top=-1", "$top=x", "$count=2", "$skip=3", "$apply=x", "$top=1&$top=2", "$orderby=a%20b"]
        {
            assert!(Options::read(Some(refused)).is_err(), "{refused}");
        }
        assert!(Options::read(Some(&format!("$search={}", "a".repeat(129)))).is_err());
        assert_eq!(Options::read(Some("$top=1000")).unwrap().top, MOST);
    }

    #[test]
    fn what_is_not_offered_is_refused() {
        let options = Options::read(Some("$select=id&$format=json")).unwrap();
        assert!(options.only(&["select"]).is_ok() && options.only(&[]).is_err());
        assert!(Options::read(Some("$skiptoken=x")).unwrap().only(&["select"]).is_err());
    }

    #[test]
    fn the_next_page_asks_the_same_again() {
        let options = Options::read(Some("$top=5&$filter=id%20eq%20'a'")).unwrap();
        let next = Options::read(Some(&options.next("place"))).unwrap();
        assert_eq!((next.top, &next.filter, next.skip_token.as_deref()), (5, &options.filter, Some("place")));
        assert_eq!(next.essence(), options.essence());
    }
}
