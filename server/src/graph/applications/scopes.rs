//! The scopes that an application's API offers: what is wrong with them, and how each gets its id.

use crate::{clock::Chance, error::Flaw, request::scope};
use app::contract::resource::application::{Application, PermissionScope};
use std::collections::BTreeSet;
use uuid::Uuid;

const MOST: usize = 100;
const LONGEST_VALUE: usize = 120;
const LONGEST_NAME: usize = 120;
const LONGEST_DESCRIPTION: usize = 1024;

/// Where Graph writes them.
const AT: &str = "api/oauth2PermissionScopes";

/// A scope without an id is the one of that value, or a new one.
pub fn identify(asked: &mut Application, before: &[PermissionScope], chance: &Chance) {
    for scope in asked.api.oauth2_permission_scopes.iter_mut().filter(|scope| scope.id.is_empty()) {
        let known = before.iter().find(|known| known.value == scope.value);
        scope.id = known.map_or_else(|| chance.id(), |known| known.id.clone());
    }
}

/// Everything that is wrong with them, whoever wrote them.
pub fn flaws(scopes: &[PermissionScope]) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    if scopes.len() > MOST {
        flaws.push(Flaw::new(AT, format!("An API has at most {MOST} scopes.")));
    }
    let (mut values, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for (n, scope) in scopes.iter().enumerate() {
        let mut wrong = |name: &str, why: String| flaws.push(Flaw::new(format!("{AT}/{n}/{name}"), why));
        if let Err(why) = judge_value(&scope.value) {
            wrong("value", why);
        } else if !values.insert(scope.value.to_ascii_lowercase()) {
            wrong("value", format!("The scope '{}' is there twice: upper and lower case are one.", scope.value));
        }
        if Uuid::try_parse(&scope.id).is_err() {
            wrong("id", "The id of a scope is a UUID, like 7ab1d382-f21e-4acd-a863-ba3e13f7da61.".into());
        } else if !ids.insert(scope.id.to_ascii_lowercase()) {
            wrong("id", "Two scopes have the same id.".into());
        }
        if !["User", "Admin"].contains(&scope.kind.as_str()) {
            wrong("type", "It is 'User' or 'Admin'.".into());
        }
        for (name, text, longest) in [
            ("adminConsentDisplayName", &scope.admin_consent_display_name, LONGEST_NAME),
            ("adminConsentDescription", &scope.admin_consent_description, LONGEST_DESCRIPTION),
            ("userConsentDisplayName", &scope.user_consent_display_name, LONGEST_NAME),
            ("userConsentDescription", &scope.user_consent_description, LONGEST_DESCRIPTION),
        ] {
            if text.as_ref().is_some_and(|text| text.chars().count() > longest) {
                wrong(name, format!("It has at most {longest} characters."));
            }
        }
    }
    flaws
}

/// What stands between blanks in `scp`, and behind the slash in a request (RFC 6749 §3.3).
fn judge_value(value: &str) -> Result<(), String> {
    let is_good = |byte: u8| matches!(byte, b'!' | b'#'..=b'[' | b']'..=b'~') && byte != b'/' && byte != b':';
    if value.is_empty() || value.len() > LONGEST_VALUE {
        return Err(format!("The name of a scope has 1 to {LONGEST_VALUE} characters, like Tasks.Read."));
    }
    if !value.bytes().all(is_good) {
        let why = "The name of a scope is made of the letters A to Z, digits and signs, without spaces, quotes, slashes and \
                   colons, like Tasks.Read.";
        return Err(why.into());
    }
    if value.starts_with('.') {
        return Err(format!("A scope does not begin with a dot: '{}' stands for all of them.", scope::DEFAULT));
    }
    if scope::words().iter().any(|word| word.eq_ignore_ascii_case(value)) {
        return Err(format!("'{value}' is a scope of OpenID Connect: choose another word."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> Vec<PermissionScope> {
        let scope = |(n, value): (usize, &&str)| PermissionScope {
            id: format!("00000000-0000-4000-8000-{n:012}"),
            value: (*value).into(),
            ..PermissionScope::default()
        };
        values.iter().enumerate().map(scope).collect()
    }

    #[test]
    fn a_value_is_one_word_that_nobody_takes_for_another() {
        let longest = "x".repeat(LONGEST_VALUE);
        for value in ["Tasks.Read", "user_impersonation", "a", "tasks-read", "Files.Read~(all)", longest.as_str()] {
            assert_eq!(flaws(&of(&[value])), [], "{value}");
        }
        let too_long = "x".repeat(LONGEST_VALUE + 1);
        for value in [
            "",
            " ",
            "a b",
            "a/b",
            "a:b",
            "a\"b",
            "a\\b",
            ".default",
            ".x",
            "openid",
            "Offline_Access",
            "a\tb",
            "a\u{0}b",
            "T\u{430}sks",
            "a\u{a0}b",
            "\u{ff21}",
            too_long.as_str(),
        ] {
            assert_eq!(flaws(&of(&[value])).len(), 1, "{value:?}");
        }
        assert_eq!(flaws(&of(&["Tasks.Read", "tasks.read"]))[0].target, "api/oauth2PermissionScopes/1/value");
    }

    /// The portal calls the field Name, and shows these sentences beside it.
    #[test]
    fn what_is_wrong_with_a_value_is_said_of_its_name() {
        let told = |value: &str| flaws(&of(&[value]))[0].message.clone();
        assert_eq!(told(""), "The name of a scope has 1 to 120 characters, like Tasks.Read.");
        for value in ["a b", "a/b", "a:b", "a\"b", "T\u{430}sks"] {
            let why = told(value);
            assert!(why.contains("A to Z") && why.contains("without spaces, quotes, slashes and colons"), "{why}");
        }
    }

    #[test]
    fn each_fault_is_told_where_it_is() {
        let good = of(&["a", "b"]);
        let changed = |change: &dyn Fn(&mut PermissionScope)| {
            let mut scopes = good.clone();
            change(&mut scopes[1]);
            flaws(&scopes).iter().map(|flaw| flaw.target.clone()).collect::<Vec<_>>()
        };
        assert_eq!(changed(&|scope| scope.id = "b".into()), ["api/oauth2PermissionScopes/1/id"]);
        assert_eq!(changed(&|scope| scope.id = good[0].id.clone()), ["api/oauth2PermissionScopes/1/id"]);
        assert_eq!(changed(&|scope| scope.kind = "Everybody".into()), ["api/oauth2PermissionScopes/1/type"]);
        assert_eq!(
            changed(&|scope| scope.admin_consent_display_name = Some("x".repeat(LONGEST_NAME + 1))),
            ["api/oauth2PermissionScopes/1/adminConsentDisplayName"]
        );
        let many: Vec<String> = (0..=MOST).map(|n| format!("s{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(flaws(&of(&many))[0].target, AT);
        assert_eq!(flaws(&of(&many[1..])), []);
    }
}
