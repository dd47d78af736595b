//! The `claims` parameter: what an application asks for by name, besides its scopes (OpenID Connect Core §5.5).

use crate::{error::Refusal, secret::jwt::Claims};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// By the place where it is told. What we do not know is not told, and nothing fails for it (§5.5.1), unless it says who
/// somebody is or how they must have proved it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AskedClaims {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub id_token: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub userinfo: Vec<String>,
    /// Whom the application means, by the name that it knows them by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// One of these, or no tokens (§5.5.1.1).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acr: Vec<String>,
    /// One of these, if it can be. Nothing is refused for it, so no code has to remember it.
    #[serde(skip)]
    pub wished_acr: Vec<String>,
}

const LONGEST: usize = 4096;

impl AskedClaims {
    pub fn asked(text: Option<&str>) -> Result<Self, Refusal> {
        let Some(text) = text else { return Ok(Self::default()) };
        let unreadable = || Refusal::new("invalid_request", 90100, "The parameter 'claims' is not a JSON object.");
        if text.len() > LONGEST {
            return Err(Refusal::new("invalid_request", 90100, "The parameter 'claims' is too long."));
        }
        let asked: Claims = serde_json::from_str(text).map_err(|_| unreadable())?;
        let (id_token, userinfo) = (asked.get("id_token"), asked.get("userinfo"));
        if [id_token, userinfo].into_iter().flatten().any(|part| !part.is_object() && !part.is_null()) {
            return Err(unreadable());
        }
        Ok(Self {
            id_token: names(id_token),
            userinfo: names(userinfo),
            sub: wish(id_token, "sub").and_then(|wish| wish.get("value")?.as_str().map(str::to_owned)),
            acr: named_acr(id_token, true),
            wished_acr: named_acr(id_token, false),
        })
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub fn in_id_token(&self, name: &str) -> bool {
        self.id_token.iter().any(|asked| asked == name)
    }

    /// For those who renew their tokens, and ask no more than the first time. Nothing where nothing was asked.
    pub fn to_keep(&self) -> serde_json::Result<Option<String>> {
        if self.is_empty() { Ok(None) } else { serde_json::to_string(self).map(Some) }
    }

    pub fn kept(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }
}

fn names(part: Option<&Value>) -> Vec<String> {
    part.and_then(Value::as_object).map(|part| part.keys().cloned().collect()).unwrap_or_default()
}

fn wish<'a>(part: Option<&'a Value>, name: &str) -> Option<&'a Value> {
    part?.get(name)
}

/// Only what is essential binds: of anything else §5.5.1 says that it is told where it can be.
fn named_acr(part: Option<&Value>, essential: bool) -> Vec<String> {
    let is_essential = |wish: &&Value| wish.get("essential") == Some(&Value::Bool(true));
    let Some(wish) = wish(part, "acr").filter(|wish| is_essential(wish) == essential) else { return Vec::new() };
    let values = wish.get("values").and_then(Value::as_array).cloned().unwrap_or_default();
    values.iter().chain(wish.get("value")).filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_asked_by_name() {
        let text = r#"{"userinfo":{"name":{"essential":true},"city":null},"id_token":{"email":null,
            "acr":{"essential":true,"values":["1","2"]},"sub":{"value":"x"}},"access_token":{"xms_cc":{}},"signin_state":null}"#;
        let asked = AskedClaims::asked(Some(text)).unwrap();
        assert_eq!(asked.userinfo, ["city", "name"]);
        assert_eq!(asked.id_token, ["acr", "email", "sub"]);
        assert_eq!((asked.sub.as_deref(), asked.acr.as_slice()), (Some("x"), &["1".to_owned(), "2".to_owned()][..]));
        assert!(AskedClaims::asked(None).unwrap().is_empty());
        assert!(AskedClaims::asked(Some("{}")).unwrap().is_empty());
        let wish = AskedClaims::asked(Some(r#"{"id_token":{"acr":{"values":["9"]}}}"#)).unwrap();
        assert_eq!((wish.acr.len(), wish.wished_acr), (0, vec!["9".to_owned()]));
    }

    #[test]
    fn what_is_no_object_is_refused() {
        let long = format!(r#"{{"id_token":{{"{}":null}}}}"#, "x".repeat(LONGEST));
        for text in ["", "[]", "name", "{", r#"{"id_token":"name"}"#, r#"{"userinfo":[]}"#, &long] {
            assert!(AskedClaims::asked(Some(text)).is_err(), "{text}");
        }
    }
}
