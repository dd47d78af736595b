//! `/identity/authenticationEventsFlows/{id}/simulate`: a walk through a flow that writes nothing. Not in Graph.

use crate::contract::journey::Path;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Simulation {
    pub path: Path,
    pub language: String,
    /// Who has an account already.
    pub accounts: Vec<SimulatedAccount>,
    pub answers: Vec<SimulatedAnswer>,
}

impl Default for Simulation {
    fn default() -> Self {
        Self { path: Path::SignIn, language: "en".into(), accounts: Vec::new(), answers: Vec::new() }
    }
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SimulatedAccount {
    /// Or their user name.
    pub address: String,
    /// Left out where they sign in by code.
    pub password: Option<String>,
    pub disabled: bool,
    pub attributes: BTreeMap<String, String>,
}

/// The fields of one page's form.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SimulatedAnswer {
    /// Seconds that pass before it.
    pub after: u32,
    /// By name, as the page sends them: `answer`, `address`, `code`, `attribute.city` …
    pub fields: BTreeMap<String, Typed>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Typed {
    One(String),
    Several(Vec<String>),
}
