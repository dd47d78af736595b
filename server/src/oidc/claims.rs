//! What tokens and userinfo say of a person (`entra-protocol` §4, OpenID Connect Core §5.1, RFC 9068).

use super::token::{self, Granted};
use crate::{
    claims::{self, Told},
    config::PublicUrl,
    directory::{account::Profile, pairwise::pairwise},
    journey::assurance,
    request::scope::{Apis, Scope, Scopes},
    secret::jwt::{Algorithm, Claims},
};
use app::contract::{
    flow_rules::{AlsoTold, FlowClaim},
    id::{ApplicationId, TenantId},
    permission::Permission,
    time::Timestamp,
    user_flow::UserFlow,
};
use aws_lc_rs::digest::{self, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::time::Duration;

/// What discovery tells; a flow's chosen attributes come on top.
pub const NAMES: [&str; 29] = [
    "acr",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "c_hash",
    "email",
    "email_verified",
    "emails",
    "exp",
    "family_name",
    "given_name",
    "iat",
    "iss",
    LOGIN_HINT,
    "name",
    "nbf",
    "newUser",
    "nonce",
    "oid",
    "preferred_username",
    "s_hash",
    "sid",
    SIGNIN_STATE,
    "sub",
    "tfp",
    "tid",
    "uti",
    "ver",
];

/// Whom a token is about, for whom it is, and what it may say.
pub struct Subject<'a> {
    pub public_url: &'a PublicUrl,
    pub issuer: &'a str,
    pub tenant: &'a TenantId,
    pub application: &'a ApplicationId,
    pub flow: &'a UserFlow,
    pub profile: &'a Profile,
    pub granted: &'a Granted,
    /// The session outlives the browser. Only known where `SIGNIN_STATE` was asked for.
    pub is_kept: bool,
    pub now: Timestamp,
}

/// What travels with an ID token, for it to vouch for (OpenID Connect Core §3.3.2.11; `s_hash`: FAPI 1.0 Advanced §5.2.2.1).
#[derive(Clone, Copy, Default)]
pub struct Beside<'a> {
    pub access_token: Option<&'a str>,
    pub code: Option<&'a str>,
    pub state: Option<&'a str>,
}

pub fn id_token(subject: &Subject, beside: Beside, algorithm: Algorithm, id: &str) -> Claims {
    let granted = subject.granted;
    let mut claims = issued(subject, id);
    put(&mut claims, "auth_time", granted.signed_in_at.seconds().into());
    put(&mut claims, "amr", json!(granted.amr));
    put(&mut claims, "acr", acr(granted).into());
    put_flow(&mut claims, subject);
    for (name, what) in [("at_hash", beside.access_token), ("c_hash", beside.code), ("s_hash", beside.state)] {
        if let Some(what) = what {
            put(&mut claims, name, half_hash(what, algorithm).into());
        }
    }
    if let Some(nonce) = &granted.nonce {
        put(&mut claims, "nonce", nonce.as_str().into());
    }
    claims.extend(person(subject.profile, &granted.scopes, &granted.claims.id_token, subject.flow));
    claims.extend(only_by_name(subject));
    if granted.new_account && subject.flow.rules.tokens.also.contains(&AlsoTold::NewUser) {
        put(&mut claims, "newUser", true.into());
    }
    claims
}

/// By which word to ask for the same person again.
const LOGIN_HINT: &str = "login_hint";

/// Whether the person wished to stay signed in. MSAL's pages keep what they have for as long.
pub const SIGNIN_STATE: &str = "signin_state";

/// What no scope opens (`entra-protocol` §§4, 6.3).
fn only_by_name(subject: &Subject) -> Claims {
    let asked = &subject.granted.claims;
    let mut claims = Claims::new();
    if asked.in_id_token(LOGIN_HINT) {
        put(&mut claims, LOGIN_HINT, subject.profile.name.as_str().into());
    }
    if asked.in_id_token(SIGNIN_STATE) && subject.is_kept {
        put(&mut claims, SIGNIN_STATE, json!(["kmsi"]));
    }
    claims
}

/// RFC 9068 §2.2. The audience is the management API where its scopes were asked, to which it says nothing of the person but
/// who they are; the application whose API was asked for, to which the person has the name that they have there; else the
/// application itself.
pub fn access_token(subject: &Subject, client_class: &str, key: Option<&str>, id: &str) -> Claims {
    let mut claims = issued(subject, id);
    bind(&mut claims, key);
    let scopes = &subject.granted.scopes;
    let scp = if scopes.is_for_graph() {
        put(&mut claims, "aud", subject.public_url.graph().into());
        scopes.permissions()
    } else if let Some(api) = scopes.api() {
        put(&mut claims, "aud", api.as_str().into());
        put(&mut claims, "sub", pairwise(subject.tenant, api, &subject.profile.account).into());
        claims.extend(told_to_its_api(subject));
        scopes.permissions()
    } else {
        claims.extend(told_to_its_api(subject));
        scopes.text(Apis::usual(subject.application, subject.public_url))
    };
    put(&mut claims, "jti", id.into());
    put(&mut claims, "client_id", subject.application.as_str().into());
    put(&mut claims, "azp", subject.application.as_str().into());
    put(&mut claims, "azpacr", client_class.into());
    put(&mut claims, "acr", assurance::acr(&subject.granted.amr).into());
    put_flow(&mut claims, subject);
    put(&mut claims, "idtyp", "user".into());
    put(&mut claims, "scp", scp.into());
    // What was asked for userinfo by name: it reads it here, where the token opens it.
    if !subject.granted.claims.userinfo.is_empty() && scopes.api().is_none() {
        put(&mut claims, USERINFO_CLAIMS, json!(subject.granted.claims.userinfo));
    }
    claims
}

/// What an application's API reads of the person (`entra-protocol` §4): what the flow tells in any case, and their name
/// where the scopes open it. Everything else stands in the ID token and at userinfo.
fn told_to_its_api(subject: &Subject) -> Claims {
    const NAMED: [&str; 2] = ["name", "preferred_username"];
    let mut claims = claims::person(subject.profile, Told { profile: false, email: false }, subject.flow);
    if subject.granted.scopes.has(&Scope::Profile) {
        let of_profile = claims::person(subject.profile, Told { profile: true, email: false }, subject.flow);
        claims.extend(of_profile.into_iter().filter(|(name, _)| NAMED.contains(&name.as_str())));
    }
    claims
}

pub const USERINFO_CLAIMS: &str = "userinfo_claims";

/// What an application is told that calls an API for itself.
pub struct Daemon<'a> {
    pub issuer: &'a str,
    pub tenant: &'a TenantId,
    pub application: &'a ApplicationId,
    /// How it proved which one it is.
    pub client_class: &'a str,
    /// Whose API it is.
    pub audience: &'a str,
    /// Of the management API: other APIs know themselves what they let an application do.
    pub permissions: &'a [Permission],
    pub lifetime: Duration,
    pub key: Option<&'a str>,
    pub now: Timestamp,
}

/// Nobody signed in for it: it is about the application, and says so (`idtyp`).
pub fn daemon_token(daemon: &Daemon, id: &str) -> Claims {
    let (now, application) = (daemon.now.seconds(), daemon.application.as_str());
    let words: Vec<&str> = daemon.permissions.iter().map(|permission| permission.word()).collect();
    let mut claims = Claims::new();
    for (name, value) in [
        ("iss", daemon.issuer.into()),
        ("aud", daemon.audience.into()),
        ("sub", application.into()),
        ("oid", application.into()),
        ("tid", daemon.tenant.as_str().into()),
        ("idtyp", "app".into()),
        ("client_id", application.into()),
        ("azp", application.into()),
        ("azpacr", daemon.client_class.into()),
        ("jti", id.into()),
        ("uti", id.into()),
        ("ver", "2.0".into()),
        ("iat", now.into()),
        ("nbf", now.into()),
        ("exp", (daemon.now + daemon.lifetime).seconds().into()),
    ] {
        put(&mut claims, name, value);
    }
    if !words.is_empty() {
        put(&mut claims, "roles", json!(words));
    }
    bind(&mut claims, daemon.key);
    claims
}

/// To a key that whoever shows the token has to hold (RFC 9449 §6.1).
fn bind(claims: &mut Claims, key: Option<&str>) {
    if let Some(key) = key {
        put(claims, "cnf", json!({ "jkt": key }));
    }
}

/// What every token says.
fn issued(subject: &Subject, id: &str) -> Claims {
    let now = subject.now.seconds();
    let account = &subject.profile.account;
    let mut claims = Claims::new();
    put(&mut claims, "iss", subject.issuer.into());
    put(&mut claims, "aud", subject.application.as_str().into());
    put(&mut claims, "sub", pairwise(subject.tenant, subject.application, account).into());
    put(&mut claims, "oid", account.as_str().into());
    put(&mut claims, "tid", subject.tenant.as_str().into());
    put(&mut claims, "sid", subject.granted.session.as_str().into());
    put(&mut claims, "uti", id.into());
    put(&mut claims, "ver", version(subject.granted).into());
    put(&mut claims, "iat", now.into());
    put(&mut claims, "nbf", now.into());
    put(&mut claims, "exp", (subject.now + token::lifetime(&subject.granted.scopes, subject.flow)).seconds().into());
    claims
}

/// As Azure AD B2C numbers its tokens where a flow was named, and Entra its own (`entra-protocol` §4).
fn version(granted: &Granted) -> &'static str {
    if granted.flow_name.is_some() { "1.0" } else { "2.0" }
}

/// What the scopes open, and what was asked for by name (OpenID Connect Core §5.5).
pub fn person(profile: &Profile, scopes: &Scopes, asked: &[String], flow: &UserFlow) -> Claims {
    let told = Told { profile: scopes.has(&Scope::Profile), email: scopes.has(&Scope::Email) };
    let mut claims = claims::person(profile, told, flow);
    if !asked.is_empty() {
        let all = claims::person(profile, Told { profile: true, email: true }, flow);
        claims.extend(all.into_iter().filter(|(name, _)| asked.contains(name)));
    }
    claims
}

/// What was proved. Where the application must have one of some levels, it is told the highest of those that the proof comes
/// up to (OpenID Connect Core §5.5.1.1); `amr` tells all of it in any case.
pub fn acr(granted: &Granted) -> &str {
    let proved = assurance::acr(&granted.amr);
    assurance::met(proved, &granted.claims.acr).unwrap_or(proved)
}

/// The flow's name, where it stands in the place of ours.
pub fn acr_of_flow<'a>(flow: &UserFlow, name: Option<&'a str>) -> Option<&'a str> {
    name.filter(|_| flow.rules.tokens.flow_claim == FlowClaim::Acr)
}

/// The flow where the request named it, under the claim that the flow chose. As `acr` it stands in the place of ours: B2C's
/// older clients look for it there.
fn put_flow(claims: &mut Claims, subject: &Subject) {
    let Some(name) = &subject.granted.flow_name else { return };
    let claim = match subject.flow.rules.tokens.flow_claim {
        FlowClaim::Tfp => TFP,
        FlowClaim::Acr => "acr",
    };
    put(claims, claim, name.as_str().into());
}

const TFP: &str = "tfp";

/// What a token calls the flow that it came from, where it names one.
pub fn flow_name(token: &Claims) -> Option<&str> {
    let text = |name: &str| token.get(name).and_then(|value| value.as_str());
    text(TFP).or(text("acr").filter(|acr| !assurance::LEVELS.contains(acr)))
}

fn put(claims: &mut Claims, name: &str, value: Value) {
    claims.insert(name.into(), value);
}

/// OpenID Connect Core §3.1.3.6: the left half of the hash that the signature uses. Ed25519 uses SHA-512 (RFC 8032 §5.1).
fn half_hash(token: &str, algorithm: Algorithm) -> String {
    let by = match algorithm {
        Algorithm::RS256 | Algorithm::ES256 => &digest::SHA256,
        Algorithm::EdDSA => &digest::SHA512,
    };
    let hash = digest(by, token.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..hash.as_ref().len() / 2])
}

#[cfg(test)]
mod tests;
