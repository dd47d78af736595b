//! What is asked of people in a list, and how it is said in SQL.

use crate::directory::{clause::Clause, identity, search};
use app::contract::{
    id::{TenantId, UserFlowId},
    time::Timestamp,
};

/// One condition of a list.
#[derive(Clone, PartialEq, Debug)]
pub enum Condition {
    Id(String),
    Disabled(bool),
    /// By any of the ways in which somebody is known; a type or issuer only where it was said.
    KnownAs {
        sign_in_type: Option<String>,
        issuer: String,
        name: String,
    },
    Attribute {
        name: String,
        is: Comparison,
        value: String,
    },
    /// One of the tenant's own names of this kind begins so.
    Named {
        sign_in_type: &'static str,
        issuer: String,
        beginning: String,
    },
    IdBegins(String),
    /// One of the words by which they are found begins so.
    Word(String),
    CreatedSince(Timestamp),
    CreatedBefore(Timestamp),
    MadeBy(UserFlowId),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Comparison {
    Equal,
    StartsWith,
    /// As numbers.
    Less,
    Greater,
}

impl Condition {
    /// Whether it says who is meant, one by one.
    pub(super) fn names_people(&self) -> bool {
        match self {
            Condition::Id(_) | Condition::KnownAs { .. } => true,
            Condition::Any(each) => !each.is_empty() && each.iter().all(Condition::names_people),
            _ => false,
        }
    }

    /// With which word the search finds everybody for whom it holds, and others.
    pub(super) fn word(&self) -> Option<String> {
        match self {
            Condition::Word(word) => Some(word.clone()),
            Condition::Attribute { name, is: Comparison::StartsWith, value } if search::is_name(name) => {
                search::word_of_name(value)
            }
            Condition::Named { beginning, .. } => search::word_of_sign_in_name(beginning),
            Condition::All(all) => all.iter().find_map(Condition::word),
            Condition::Any(each) => {
                let mut words = each.iter().map(Condition::word);
                let first = words.next()??;
                words.all(|word| word.as_ref() == Some(&first)).then_some(first)
            }
            _ => None,
        }
    }

    /// The attribute whose values begin as between these two for everybody for whom it holds, and others.
    pub(super) fn beginning(&self) -> Option<(&str, (String, String))> {
        match self {
            Condition::Attribute { name, is: Comparison::StartsWith, value } if !search::is_name(name) => {
                Some((name.as_str(), search::range_of_beginning(value)?))
            }
            _ => None,
        }
    }
}

/// A condition in SQL. Its depth was bounded by whoever read it (security R39).
pub(super) fn said(clause: &mut Clause, tenant: &TenantId, condition: &Condition) {
    match condition {
        Condition::Id(id) => {
            clause.say("a.id = ").bind(id.as_str());
        }
        Condition::Disabled(true) => {
            clause.say("a.disabled_at IS NOT NULL");
        }
        Condition::Disabled(false) => {
            clause.say("a.disabled_at IS NULL");
        }
        Condition::KnownAs { sign_in_type, issuer, name } => {
            clause.say("a.id IN (SELECT i.account_id FROM identities i WHERE i.tenant_id = ").bind(tenant.as_str());
            clause.say(" AND i.sign_in_type IN ");
            match sign_in_type {
                Some(kind) => clause.bind_list([kind.as_str()]),
                None => clause.bind_list(SIGN_IN_TYPES),
            };
            clause.say(" AND i.issuer = ").bind(issuer.as_str());
            let folded = identity::Folded::address(name);
            clause.say(" AND i.folded IN ").bind_list([folded.as_str(), name.as_str()]);
            clause.say(")");
        }
        Condition::Attribute { name, is, value } => {
            // One value looked up for each person of the window. EXISTS says the same, but SQLite may make a join of it and
            // begin at the wrong end.
            clause.say("COALESCE((SELECT CASE WHEN ");
            match is {
                Comparison::Equal => clause.say("v.value = ").bind(value.as_str()),
                Comparison::StartsWith => clause.say_begins("v.value", value),
                Comparison::Less => {
                    clause.say("CAST(v.value AS BIGINT) < CAST(").bind(value.as_str()).say(" AS BIGINT)")
                }
                Comparison::Greater => {
                    clause.say("CAST(v.value AS BIGINT) > CAST(").bind(value.as_str()).say(" AS BIGINT)")
                }
            };
            clause.say(
                " THEN 1 ELSE 0 END FROM attribute_values v WHERE v.tenant_id = a.tenant_id AND v.account_id = a.id",
            );
            clause.say(" AND v.attribute_id = ").bind(name.as_str()).say("), 0) = 1");
        }
        Condition::Named { sign_in_type, issuer, beginning } => {
            // Whose names these are leads to them, and nothing else: an index over names of a kind would be the wrong one.
            clause.say("COALESCE((SELECT MAX(CASE WHEN i.sign_in_type = ").bind(*sign_in_type);
            clause.say(" AND i.issuer = ").bind(issuer.as_str()).say(" AND ");
            clause.say_begins("i.issuer_assigned_id", beginning);
            clause.say(
                " THEN 1 ELSE 0 END) FROM identities i WHERE i.tenant_id = a.tenant_id AND i.account_id = a.id), 0) = 1",
            );
        }
        Condition::IdBegins(beginning) => {
            clause.say_begins("a.id", beginning);
        }
        Condition::Word(word) => {
            let (from, to) = search::range(word);
            clause.say("COALESCE((SELECT MAX(CASE WHEN s.word >= ").bind(from).say(" AND s.word < ").bind(to);
            clause.say(
                " THEN 1 ELSE 0 END) FROM search_words s WHERE s.tenant_id = a.tenant_id AND s.account_id = a.id), 0) = 1",
            );
        }
        Condition::CreatedSince(at) => {
            clause.say("a.created_at >= ").bind(at.0);
        }
        Condition::CreatedBefore(at) => {
            clause.say("a.created_at < ").bind(at.0);
        }
        Condition::MadeBy(flow) => {
            clause.say("a.user_flow_id = ").bind(flow.as_str());
        }
        Condition::Not(condition) => {
            clause.say("NOT (");
            said(clause, tenant, condition);
            clause.say(")");
        }
        Condition::All(conditions) => joined(clause, tenant, conditions, " AND ", "1 = 1"),
        Condition::Any(conditions) => joined(clause, tenant, conditions, " OR ", "1 = 0"),
    }
}

fn joined(clause: &mut Clause, tenant: &TenantId, conditions: &[Condition], word: &'static str, if_none: &'static str) {
    clause.say("(");
    if conditions.is_empty() {
        clause.say(if_none);
    }
    for (n, condition) in conditions.iter().enumerate() {
        if n > 0 {
            clause.say(word);
        }
        said(clause, tenant, condition);
    }
    clause.say(")");
}

/// In this order they stand in the index.
const SIGN_IN_TYPES: [&str; 4] = ["emailAddress", "federated", "userName", "userPrincipalName"];
