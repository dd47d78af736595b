//! Whether whoever calls holds the key that their tokens are bound to (RFC 9449). A proof of it comes in the header `DPoP`,
//! is for one call, and works once.

use crate::{
    directory::{Durability, application::Application, seen_name},
    error::{Error, Refusal, Result},
    secret::{
        dpop::{self, Expected},
        jwk,
        jwt::Claims,
        seal::{Purpose, Seal},
        token,
    },
    state::AppState,
};
use app::contract::{id::TenantId, time::Timestamp};
use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    response::Response,
};

pub const PROOF: HeaderName = HeaderName::from_static("dpop");
pub const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// A nonce is good in its own minute and in the one after it (RFC 9449 §8).
const NONCE_EVERY: i64 = 60;

/// The call that a proof is for, as it came.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    pub method: &'a Method,
    pub path: &'a str,
    pub headers: &'a HeaderMap,
    /// Where it is part of a call that was proved as a whole.
    pub held: Option<&'a Held>,
}

/// A key that its caller has proved to hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held(String);

/// Somebody holds a key: checked, but not yet used up.
pub struct Proof {
    /// What tokens are bound to.
    pub thumbprint: String,
    name: String,
    expires_at: Timestamp,
}

/// The proof of a call, if it has one. `access_token` is what is shown beside it.
pub fn proof(
    state: &AppState,
    call: Call,
    access_token: Option<&str>,
    must_be_fresh: bool,
) -> Result<Option<Proof>, Refusal> {
    let mut values = call.headers.get_all(PROOF).iter();
    let (value, None) = (values.next(), values.next()) else {
        return Err(invalid("The header DPoP is there more than once."));
    };
    let Some(value) = value else { return Ok(None) };
    let expected = Expected {
        method: call.method.as_str(),
        url: &state.config.public_url.at(call.path),
        access_token,
        now: state.clock.now(),
    };
    let read = value.to_str().unwrap_or_default();
    let proof = dpop::verify(read, &expected).map_err(|distrust| {
        tracing::info!(%distrust, "a proof of possession was not believed");
        invalid("The DPoP proof is not for this call, this token and this minute, or not signed by the key in it.")
    })?;
    if must_be_fresh && !proof.nonce.as_deref().is_some_and(|nonce| is_fresh(&state.seal, nonce, expected.now)) {
        let why = "The DPoP proof must say the nonce of the header DPoP-Nonce.";
        return Err(Refusal::new(USE_NONCE, 90100, why));
    }
    let name = format!("dpop {}", token::hash(&format!("{} {}", proof.thumbprint, proof.id)));
    Ok(Some(Proof { thumbprint: proof.thumbprint, name, expires_at: proof.expires_at }))
}

impl Proof {
    /// Security R34: once, on whichever server. A power cut may forget the last instant of a minute.
    pub async fn use_up(self, state: &AppState, tenant: &TenantId) -> Result<()> {
        match seen_name::is_new(&state.db, tenant, self.name, self.expires_at, Durability::Fleeting).await? {
            true => Ok(()),
            false => Err(invalid("The DPoP proof was used before.").into()),
        }
    }
}

const USE_NONCE: &str = "use_dpop_nonce";

fn invalid(why: &str) -> Refusal {
    Refusal::new("invalid_dpop_proof", 90013, why)
}

/// How an access token came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    Bearer,
    Dpop,
}

/// The access token of a call: in the header, once, and never in the address (RFC 6750 §2.1, §2.3; RFC 9449 §7.1).
pub fn presented(headers: &HeaderMap) -> Option<(Scheme, &str)> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let known = [("bearer", Scheme::Bearer), ("dpop", Scheme::Dpop)];
    let (_, scheme) = known.into_iter().find(|(name, _)| scheme.eq_ignore_ascii_case(name))?;
    Some((scheme, token.trim()))
}

/// The key that a token is bound to (RFC 7800 §3.1).
pub fn key_of(claims: &Claims) -> Option<&str> {
    claims.get("cnf")?.get("jkt")?.as_str()
}

/// Lets a token pass whose caller holds its key. One that is bound is worth nothing to whoever only has it (RFC 9449 §7.2).
pub async fn holds(
    state: &AppState,
    tenant: &TenantId,
    application: &Application,
    call: Call<'_>,
    (scheme, token): (Scheme, &str),
    claims: &Claims,
) -> Result<Option<Held>> {
    let bound_to = match (key_of(claims), scheme) {
        (None, Scheme::Bearer) => return Ok(None),
        (Some(key), Scheme::Dpop) => Held(key.into()),
        (Some(_), Scheme::Bearer) => {
            return Err(unproved(
                "invalid_token",
                "The access token is bound to a key: send it as DPoP, with a proof.",
            ));
        }
        (None, Scheme::Dpop) => {
            return Err(unproved("invalid_token", "The access token is bound to no key: send it as Bearer."));
        }
    };
    if call.held == Some(&bound_to) {
        return Ok(Some(bound_to));
    }
    let proof = proof(state, call, Some(token), application.protocol.require_fresh_proofs).map_err(Error::Unproved)?;
    let proof = proof.ok_or_else(|| unproved("invalid_dpop_proof", "The call has no header DPoP."))?;
    if proof.thumbprint != bound_to.0 {
        return Err(unproved("invalid_token", "The access token is bound to another key than the one of the proof."));
    }
    proof.use_up(state, tenant).await.map_err(|error| match error {
        Error::Refused(refusal) => Error::Unproved(refusal),
        error => error,
    })?;
    Ok(Some(bound_to))
}

fn unproved(error: &'static str, why: &str) -> Error {
    Error::Unproved(Refusal::new(error, 90013, why))
}

/// What a refused call is told beside its answer: which tokens and proofs are read, and the nonce where one is wanted
/// (RFC 6750 §3; RFC 9449 §7.1, §9).
pub fn challenge(state: &AppState, error: &Error, headers: &mut HeaderMap) {
    let algorithms = jwk::ALGORITHMS.join(" ");
    let (bearer, dpop) = match error {
        Error::Refused(refusal) if refusal.error == "invalid_token" => {
            (Some("Bearer error=\"invalid_token\""), Some(format!("DPoP algs=\"{algorithms}\"")))
        }
        Error::Refused(refusal) if refusal.error == "insufficient_scope" => {
            (Some("Bearer error=\"insufficient_scope\""), None)
        }
        Error::Unproved(refusal) => (None, Some(format!("DPoP error=\"{}\", algs=\"{algorithms}\"", refusal.error))),
        _ => return,
    };
    let dpop = dpop.and_then(|dpop| HeaderValue::try_from(dpop).ok());
    for challenge in bearer.map(HeaderValue::from_static).into_iter().chain(dpop) {
        headers.append(header::WWW_AUTHENTICATE, challenge);
    }
    give_nonce(state, error, headers);
}

/// The same where a refusal has no challenge: at the endpoints that make tokens.
pub fn refused(state: &AppState, error: &Error, mut response: Response) -> Response {
    give_nonce(state, error, response.headers_mut());
    response
}

/// Whoever is refused for want of a nonce gets one (RFC 9449 §8).
fn give_nonce(state: &AppState, error: &Error, headers: &mut HeaderMap) {
    if let Error::Refused(refusal) | Error::Unproved(refusal) = error
        && refusal.error == USE_NONCE
    {
        headers.insert(NONCE, nonce(state));
    }
}

/// The next nonce, for a caller who must always have one (RFC 9449 §8.2).
pub fn with_nonce(state: &AppState, application: &Application, mut response: Response) -> Response {
    if application.protocol.require_fresh_proofs {
        response.headers_mut().insert(NONCE, nonce(state));
    }
    response
}

/// No server remembers one: it is a keyed hash of the minute, and every server makes the same.
fn nonce(state: &AppState) -> HeaderValue {
    let minute = state.clock.now().seconds() / NONCE_EVERY;
    let nonce = token::keyed_hash(&state.seal, Purpose::Nonce, &[&minute.to_be_bytes()]);
    HeaderValue::try_from(nonce).unwrap_or(HeaderValue::from_static(""))
}

fn is_fresh(seal: &Seal, nonce: &str, now: Timestamp) -> bool {
    let minute = now.seconds() / NONCE_EVERY;
    [minute, minute - 1]
        .iter()
        .any(|minute| token::keyed_hash_is(seal, Purpose::Nonce, &[&minute.to_be_bytes()], nonce))
}
