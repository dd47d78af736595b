//! How an application shows which one it is wherever it calls us itself: token, par, devicecode, revoke,
//! introspect-token, and native authentication (RFC 6749 §2.3).

use super::{
    cors,
    parameters::Parameters,
    place::{self, Place},
};
use crate::{
    directory::{
        Durability,
        application::{self, Application, Platform},
        seen_name,
        tenant::{self, Tenant},
    },
    error::{Refusal, Result},
    secret::{assertion, client_secret, token},
    state::AppState,
};
use app::contract::{id::ApplicationId, secret::Secret};
use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;
use std::sync::Arc;

/// What discovery tells.
pub const METHODS: [&str; 4] = ["client_secret_post", "client_secret_basic", "private_key_jwt", "none"];

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The application that calls, and how far it has shown itself.
#[derive(Clone)]
pub struct Client {
    pub application: Arc<Application>,
    pub shown: Shown,
    /// Of the page that calls, where a page does.
    pub origin: Option<String>,
    /// The name of the key that it proved to hold, where it did (RFC 9449).
    pub key: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    /// It said its name.
    Name,
    Secret,
    /// It signed an assertion with its own key.
    Key,
}

/// What was sent, whichever way.
struct Sent {
    id: ApplicationId,
    proof: Proof,
}

enum Proof {
    Nothing,
    Secret(Secret),
    Assertion(String),
}

/// The way in to every endpoint that applications call themselves: in which tenant, with what form, who. `once` are the
/// parameters that the endpoint knows, each of which comes once.
pub async fn who_calls(
    state: &AppState,
    place: &Place,
    headers: &HeaderMap,
    body: &[u8],
    once: &[&str],
) -> Result<(Arc<Tenant>, Parameters, Client)> {
    let form = Parameters::of_form(headers, body)?;
    form.once(once)?;
    let tenant = tenant::get(&state.db, &place.tenant).await?;
    let client = authenticate(state, place, &tenant, headers, &form).await?;
    Ok((tenant, form, client))
}

async fn authenticate(
    state: &AppState,
    place: &Place,
    tenant: &Tenant,
    headers: &HeaderMap,
    form: &Parameters,
) -> Result<Client> {
    let sent = sent(headers, form)?;
    let application = application::find(&state.db, &tenant.id, &sent.id).await?;
    let application = application
        .ok_or_else(|| invalid(700016, "No application of this tenant has the client_id of the request."))?;
    if application.disabled_at.is_some() {
        return Err(invalid(7000112, "The application is switched off.").into());
    }
    let shown = match &sent.proof {
        Proof::Nothing => Shown::Name,
        Proof::Secret(secret) => right_secret(state, &application, secret)?,
        Proof::Assertion(assertion) => right_assertion(state, place, tenant, &application, assertion).await?,
    };
    Ok(Client { application, shown, origin: cors::origin(headers).map(str::to_owned), key: None })
}

fn invalid(number: u32, why: &str) -> Refusal {
    Refusal::new("invalid_client", number, why)
}

/// RFC 6749 §2.3: one way, not two. The bare name in the form may stand beside a header that says the same.
fn sent(headers: &HeaderMap, form: &Parameters) -> Result<Sent, Refusal> {
    let named = form.get("client_id");
    if let Some(assertion) = assertion(headers, form)? {
        let subject = assertion::subject(assertion).ok_or_else(|| invalid(50027, "The client_assertion is no JWT."))?;
        if named.is_some_and(|named| named != subject) {
            return Err(invalid(700_021, "The client_assertion is of another application than the client_id."));
        }
        return Ok(Sent { id: subject.into(), proof: Proof::Assertion(assertion.into()) });
    }
    let Some(credentials) = basic(headers)? else {
        let id = named.map_or_else(|| form.required("client_id").map(ApplicationId::from), |id| Ok(id.into()))?;
        let proof = form.get("client_secret").map_or(Proof::Nothing, |secret| Proof::Secret(secret.into()));
        return Ok(Sent { id, proof });
    };
    let one = form.get("client_secret").is_none() && named.is_none_or(|named| named == credentials.id.as_str());
    if one {
        Ok(credentials)
    } else {
        Err(Refusal::new("invalid_request", 90100, "The client showed itself in more than one way."))
    }
}

/// RFC 7523 §2.2: alone, and of the one type that there is.
fn assertion<'a>(headers: &HeaderMap, form: &'a Parameters) -> Result<Option<&'a str>, Refusal> {
    let (assertion, kind) = (form.get("client_assertion"), form.get("client_assertion_type"));
    if assertion.is_none() && kind.is_none() {
        return Ok(None);
    }
    if form.get("client_secret").is_some() || headers.contains_key(header::AUTHORIZATION) {
        return Err(Refusal::new("invalid_request", 90100, "The client showed itself in more than one way."));
    }
    match (assertion, kind) {
        (Some(assertion), Some(ASSERTION)) => Ok(Some(assertion)),
        _ => Err(invalid(7000218, "A client_assertion comes with the client_assertion_type 'jwt-bearer'.")),
    }
}

/// `Authorization: Basic`, both halves encoded as in a form (RFC 6749 §2.3.1).
fn basic(headers: &HeaderMap) -> Result<Option<Sent>, Refusal> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let unreadable = || invalid(90013, "The Authorization header cannot be read as Basic credentials.");
    if values.next().is_some() {
        return Err(unreadable());
    }
    let (scheme, encoded) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(unreadable)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(unreadable());
    }
    let pair = STANDARD.decode(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let (id, secret) = pair.as_deref().and_then(|pair| pair.split_once(':')).ok_or_else(unreadable)?;
    let (id, secret) = (decoded(id).ok_or_else(unreadable)?, decoded(secret).ok_or_else(unreadable)?);
    // An empty password is how some libraries say that they have none.
    let proof = if secret.is_empty() { Proof::Nothing } else { Proof::Secret(secret.into()) };
    Ok(Some(Sent { id: id.into(), proof }))
}

fn unproved() -> Refusal {
    invalid(7000218, "The application must prove itself, by client_secret or client_assertion.")
}

fn decoded(text: &str) -> Option<String> {
    percent_decode_str(&text.replace('+', " ")).decode_utf8().ok().map(String::from)
}

/// Our names, for one of which an assertion is: the issuer's, and the addresses of the token endpoint (RFC 7523 §3) and of that
/// for pushed requests (RFC 9126 §2), by the tenant's id or by the word for it that is called.
async fn audiences(state: &AppState, place: &Place, tenant: &Tenant) -> Result<Vec<String>> {
    const ENDPOINTS: [&str; 2] = ["/oauth2/v2.0/token", "/oauth2/v2.0/par"];
    let public_url = &state.config.public_url;
    let named = place.named(&state.db, tenant).await?;
    let mut audiences = vec![public_url.issuer(&tenant.id)];
    if let Some(named) = &named {
        audiences.push(place::issuer(public_url, &tenant.id, &named.flow, Some(&named.name)));
    }
    let name = named.as_ref().map(|named| named.name.as_str());
    for path in ENDPOINTS {
        for word in [tenant.id.as_str(), &place.tenant] {
            audiences.push(public_url.at(&place.path(word, None, path)));
            audiences.extend(name.map(|name| public_url.at(&place.path(word, Some(name), path))));
        }
    }
    Ok(audiences)
}

/// For us, and once (security R33).
async fn right_assertion(
    state: &AppState,
    place: &Place,
    tenant: &Tenant,
    application: &Application,
    assertion: &str,
) -> Result<Shown> {
    let audiences = audiences(state, place, tenant).await?;
    let audiences: Vec<&str> = audiences.iter().map(String::as_str).collect();
    let expected =
        assertion::Expected { application: application.id.as_str(), audiences: &audiences, now: state.clock.now() };
    let believed = assertion::verify(assertion, &application.protocol.keys, &expected).map_err(|distrust| {
        tracing::info!(%distrust, application = %application.id, "a client assertion was not believed");
        invalid(
            700_027,
            "The client_assertion is not signed by a key of the application, or not for this tenant and now.",
        )
    })?;
    let name = format!("{} {}", application.id, token::hash(&believed.id));
    if !seen_name::is_new(&state.db, &tenant.id, name, believed.expires_at, Durability::Lasting).await? {
        return Err(invalid(700_024, "The client_assertion was used before.").into());
    }
    Ok(Shown::Key)
}

/// Every secret is compared, whichever is right, and whether it still counts is asked afterwards.
fn right_secret(state: &AppState, application: &Application, secret: &Secret) -> Result<Shown> {
    if application.secrets.is_empty() {
        return Err(invalid(700_025, "The application is public: it must not send a client_secret.").into());
    }
    let now = state.clock.now();
    let (mut right, mut right_but_expired) = (false, false);
    for kept in &application.secrets {
        let is_it = client_secret::is(&state.seal, secret, &Secret::from(kept.hash.as_str()))?;
        right |= is_it && kept.expires_at > now;
        right_but_expired |= is_it && kept.expires_at <= now;
    }
    match (right, right_but_expired) {
        (true, _) => Ok(Shown::Secret),
        (false, true) => {
            Err(invalid(7000222, "The client_secret has expired: make a new one for the application.").into())
        }
        (false, false) => Err(invalid(7000215, "The client_secret is wrong. Send its value, not its id.").into()),
    }
}

impl Client {
    /// Whether it showed itself as befits the kind of place that its tokens go to.
    pub fn befits(&self, platform: Platform) -> Result<(), Refusal> {
        match (platform, &self.origin, self.shown) {
            (Platform::SinglePage, None, _) => {
                let why = "Tokens of a single-page application are redeemed by its page: the request needs an Origin.";
                Err(Refusal::new("invalid_request", 9002327, why))
            }
            (Platform::SinglePage, Some(_), Shown::Secret) => {
                Err(invalid(700025, "A single-page application cannot keep a secret and must not send one."))
            }
            (Platform::SinglePage, Some(origin), Shown::Name) if cors::is_origin_of(&self.application, origin) => {
                Ok(())
            }
            (_, Some(_), _) => {
                let why = "Pages may redeem tokens only for redirect URIs of the type single-page application.";
                Err(Refusal::new("invalid_request", 9002326, why))
            }
            // An application that has a secret proves itself where its code went to a server (security cve 30).
            (Platform::Web, None, Shown::Name) if self.application.is_confidential() => Err(unproved()),
            (Platform::Web | Platform::Native, None, _) => Ok(()),
        }
    }

    /// That it is the application that it says to be.
    pub fn proved(&self) -> Result<(), Refusal> {
        match self.shown {
            Shown::Secret | Shown::Key => Ok(()),
            Shown::Name => Err(unproved()),
        }
    }

    /// The key that its refresh tokens are bound to: where it has no other proof (RFC 9449 §5).
    pub fn key_of_refreshes(&self) -> Option<String> {
        self.key.clone().filter(|_| self.shown == Shown::Name)
    }

    /// How its access tokens are shown (RFC 9449 §5).
    pub fn token_type(&self) -> &'static str {
        if self.key.is_some() { "DPoP" } else { "Bearer" }
    }

    /// `azpacr` of its access tokens.
    pub fn class(&self) -> &'static str {
        match self.shown {
            Shown::Name => "0",
            Shown::Secret => "1",
            Shown::Key => "2",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn read(authorization: Option<&str>, form: &str) -> Result<(String, Option<String>), u32> {
        let mut headers = HeaderMap::new();
        if let Some(value) = authorization {
            headers.insert(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        sent(&headers, &Parameters::of_query(Some(form)))
            .map(|sent| {
                let secret = match sent.proof {
                    Proof::Secret(secret) => Some(secret.reveal().to_owned()),
                    Proof::Nothing | Proof::Assertion(_) => None,
                };
                (sent.id.to_string(), secret)
            })
            .map_err(|refusal| refusal.number)
    }

    fn basic_of(pair: &str) -> String {
        format!("Basic {}", STANDARD.encode(pair))
    }

    #[test]
    fn r33_one_way_to_show_oneself_and_not_two() {
        let app = |secret: Option<&str>| Ok(("app".to_owned(), secret.map(str::to_owned)));
        assert_eq!(read(None, "client_id=app"), app(None));
        assert_eq!(read(None, "client_id=app&client_secret=s"), app(Some("s")));
        assert_eq!(read(Some(&basic_of("app:s")), ""), app(Some("s")));
        assert_eq!(read(Some(&basic_of("app:s")), "client_id=app"), app(Some("s")));
        assert_eq!(read(Some(&basic_of("app:")), "client_id=app"), app(None));
        assert_eq!(read(Some(&basic_of("app:s%3A%2F+%25")), ""), app(Some("s:/ %")));

        assert_eq!(read(None, ""), Err(900144));
        assert_eq!(read(Some(&basic_of("app:s")), "client_id=app&client_secret=s"), Err(90100));
        assert_eq!(read(Some(&basic_of("app:s")), "client_id=other"), Err(90100));
        assert_eq!(read(None, "client_id=app&client_assertion=x"), Err(7000218));
        for unreadable in ["Basic", "Basic !", "Bearer abc", &basic_of("no colon"), &basic_of("a:%ff")] {
            assert_eq!(read(Some(unreadable), "client_id=app"), Err(90013), "{unreadable}");
        }
    }
}
