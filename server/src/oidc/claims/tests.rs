//! What tokens say, and what they keep to themselves.

use super::*;
use crate::directory::account::Address;
use app::contract::attribute::DataType;
use app::contract::flow_rules::FlowRules;
use app::contract::user_flow::{About, FlowKind, Input, InputKind, Layout, Method, PasswordRule, SignUp, Visibility};
use std::collections::BTreeMap;

fn profile(attributes: &[(&str, &str)]) -> Profile {
    Profile {
        account: "4f1c9d6e-2f55-4f5e-8a52-0f6f3c1d7b90".into(),
        disabled: false,
        name: "mina@example.org".into(),
        address: Some(Address { text: "mina@example.org".into(), is_proved: true }),
        contact: None,
        attributes: attributes
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect::<BTreeMap<_, _>>(),
    }
}

fn flow(claims: &[&str], inputs: &[(&str, DataType)]) -> UserFlow {
    let input = |(attribute, data_type): &(&str, DataType)| Input {
        attribute: (*attribute).into(),
        data_type: *data_type,
        kind: InputKind::Text,
        label: (*attribute).into(),
        hint: None,
        required: false,
        visibility: Visibility::Editable,
        default: None,
        options: Vec::new(),
        pattern: None,
        max_length: 250,
    };
    UserFlow {
        id: "flow".into(),
        name: "Flow".into(),
        kind: FlowKind::SignUpOrSignIn,
        method: Method::Password,
        sign_up: SignUp::Open,
        keep_signed_in: true,
        password: PasswordRule::default(),
        layout: Layout { revision: 1, inputs: inputs.iter().map(input).collect() },
        claims: claims.iter().map(|name| (*name).to_owned()).collect(),
        rules: FlowRules::default(),
        about: About::default(),
    }
}

fn scopes(text: &str) -> Scopes {
    let here = PublicUrl::parse("https://login.example.org").unwrap();
    Scopes::asked(text, Apis::usual(&"app".into(), &here)).unwrap()
}

fn told(scope: &str, profile: &Profile, flow: &UserFlow) -> Value {
    Value::Object(person(profile, &scopes(scope), &[], flow))
}

#[test]
fn each_scope_opens_its_own_drawer() {
    let profile = profile(&[("displayName", "Mina"), ("givenName", "Mina"), ("surname", "Kaya"), ("city", "Bonn")]);
    let flow = flow(&[], &[]);
    assert_eq!(told("openid", &profile, &flow), json!({}));
    assert_eq!(told("openid email", &profile, &flow), json!({ "email": "mina@example.org", "email_verified": true }));
    assert_eq!(
        told("openid profile", &profile, &flow),
        json!({ "preferred_username": "mina@example.org", "name": "Mina", "given_name": "Mina", "family_name": "Kaya" })
    );
}

#[test]
fn the_flow_chooses_more_and_each_value_is_what_it_is() {
    let profile = profile(&[
        ("displayName", "Mina"),
        ("city", "Bonn"),
        ("extension_loyaltyNumber", "4817"),
        ("extension_termsOfUse", "true"),
        ("extension_postBox", "0042"),
        ("extension_secret", "not chosen"),
    ]);
    let chosen = [
        "displayName",
        "email",
        "city",
        "country",
        "extension_loyaltyNumber",
        "extension_termsOfUse",
        "extension_postBox",
    ];
    let inputs = [
        ("extension_loyaltyNumber", DataType::Int),
        ("extension_termsOfUse", DataType::Boolean),
        ("extension_postBox", DataType::String),
    ];
    assert_eq!(
        told("openid", &profile, &flow(&chosen, &inputs)),
        json!({
            "name": "Mina", "email": "mina@example.org", "city": "Bonn", "extension_loyaltyNumber": 4817,
            "extension_termsOfUse": true, "extension_postBox": "0042",
        })
    );
}

#[test]
fn somebody_always_has_a_name() {
    let name_of = |attributes: &[(&str, &str)]| {
        claims::person(&profile(attributes), Told { profile: true, email: false }, &flow(&[], &[]))["name"].clone()
    };
    assert_eq!(name_of(&[("displayName", "M"), ("givenName", "Mina")]), "M");
    assert_eq!(name_of(&[("givenName", "Mina"), ("surname", "Kaya")]), "Mina Kaya");
    assert_eq!(name_of(&[("displayName", ""), ("surname", "Kaya")]), "Kaya");
    assert_eq!(name_of(&[]), "mina@example.org");
}

#[test]
fn a_person_is_somebody_else_at_each_application_and_the_same_for_ever() {
    let of =
        |tenant: &str, application: &str, account: &str| pairwise(&tenant.into(), &application.into(), &account.into());
    assert_eq!(of("t", "app", "a"), of("t", "app", "a"));
    let all = [of("t", "app", "a"), of("t", "other", "a"), of("other", "app", "a"), of("t", "app", "b")];
    assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
    // It is in applications' databases and may never change: HMAC-SHA256 of "sub|t|app" under "a", reckoned elsewhere.
    assert_eq!(all[0], "WDZpmXj0L1ckHvO6LF-etjBKTl0WWdyRE-fyTBJFh4k");
}

#[test]
fn at_hash_is_the_left_half_of_the_hash_of_the_signature() {
    // The example of OpenID Connect Core §A.3.
    let access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
    assert_eq!(half_hash(access_token, Algorithm::RS256), "77QmUPtjPfzWtF2AnpK9RQ");
    assert_eq!(half_hash(access_token, Algorithm::ES256), "77QmUPtjPfzWtF2AnpK9RQ");
    assert_eq!(half_hash(access_token, Algorithm::EdDSA).len(), 43);
}

/// Applications fold names in ways of their own (`á` is `a` to many databases): they are told the mailbox that was proved,
/// and not how its name was typed.
#[test]
fn r12_the_address_in_a_token_is_the_one_that_was_proved() {
    let address = Address { text: "Ｍina@exámple.org".into(), is_proved: true };
    let typed = Profile { name: address.text.clone(), address: Some(address), ..profile(&[]) };
    let proved = json!("mina@xn--exmple-qta.org");
    assert_eq!(told("openid email", &typed, &flow(&[], &[]))["email"], proved);
    assert_eq!(told("openid", &typed, &flow(&["email"], &[]))["email"], proved);
}
