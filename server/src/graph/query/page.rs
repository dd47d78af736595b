//! One page of a list, and the signed place from which the next one goes on.

use super::options::{Options, bad};
use crate::{
    error::Result,
    secret::{
        seal::{Purpose, Seal},
        token,
    },
};
use app::contract::id::TenantId;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Page {
    pub value: Vec<Value>,
    /// Of all pages, where it was asked.
    pub count: Option<i64>,
    /// The whole address of the next page.
    pub next: Option<String>,
}

/// Whose list it is, and which: a place is good nowhere else.
#[derive(Clone, Copy)]
pub struct List<'a> {
    pub seal: &'a Seal,
    pub tenant: &'a TenantId,
    /// `identity/userFlowAttributes`
    pub of: &'a str,
    /// `https://login.example.org/graph/v1.0`
    pub root: &'a str,
}

impl List<'_> {
    /// The address of the page behind the row with these values.
    pub fn next(&self, options: &Options, last: &[Value]) -> Result<String> {
        let place = serde_json::to_string(last)?;
        let proof =
            token::keyed_hash(self.seal, Purpose::Page, &self.proved(options, &place).each_ref().map(Vec::as_slice));
        let skip_token = format!("{}.{proof}", URL_SAFE_NO_PAD.encode(place));
        Ok(format!("{}/{}?{}", self.root, self.of, options.next(&skip_token)))
    }

    /// The values of the row before the page, where the request has a place in it.
    pub fn place(&self, options: &Options) -> Result<Option<Vec<Value>>> {
        let Some(skip_token) = &options.skip_token else { return Ok(None) };
        let wrong = || bad("The $skiptoken is not one of ours, or of another list: begin again without it.");
        let (place, proof) = skip_token.split_once('.').ok_or_else(wrong)?;
        let place =
            URL_SAFE_NO_PAD.decode(place).ok().and_then(|place| String::from_utf8(place).ok()).ok_or_else(wrong)?;
        if !token::keyed_hash_is(
            self.seal,
            Purpose::Page,
            &self.proved(options, &place).each_ref().map(Vec::as_slice),
            proof,
        ) {
            return Err(wrong());
        }
        Ok(Some(serde_json::from_str(&place)?))
    }

    fn proved(&self, options: &Options, place: &str) -> [Vec<u8>; 4] {
        [self.tenant.as_str(), self.of, &options.essence(), place].map(|part| part.as_bytes().to_vec())
    }
}

/// Only what was asked for, and the remarks of the protocol.
pub fn selected(entity: Value, select: &[String]) -> Value {
    match entity {
        Value::Object(members) if !select.is_empty() && !select.iter().any(|name| name == "*") => {
            let wanted = |name: &String| name.starts_with('@') || select.contains(name);
            Value::Object(members.into_iter().filter(|(name, _)| wanted(name)).collect::<Map<_, _>>())
        }
        other => other,
    }
}
