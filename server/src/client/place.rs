//! Where an application calls: in which tenant, and at which user flow where the address names one, as those of Azure AD B2C
//! do: `/{tenant}/{flow}/oauth2/…`, `/tfp/{tenant}/{flow}/oauth2/…` or `/{tenant}/oauth2/…?p={flow}`.

use super::{parameters::Parameters, tongue::Tongue};
use crate::{
    config::PublicUrl,
    directory::{Db, tenant::Tenant, tenant_host, user_flow},
    error::{Error, Refusal, Result},
};
use app::contract::{flow_rules::IssuerForm, id::TenantId, user_flow::UserFlow};
use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::{StatusCode, request::Parts},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::{fmt::Display, sync::Arc};

/// As it stands in the request, before anybody looked whether there is such a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    pub tenant: String,
    /// What the address calls the flow.
    pub flow: Option<String>,
    form: Form,
}

/// How an address names a flow: what answers with addresses of ours answers in the same form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    Path,
    /// `?p=`
    Query,
}

/// A flow that a request named, and the name that it goes by there.
#[derive(Clone, Debug)]
pub struct Named {
    pub name: String,
    pub flow: Arc<UserFlow>,
}

impl<S: Send + Sync> FromRequestParts<S> for Place {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let path = RawPathParams::from_request_parts(parts, state).await.map_err(|_| StatusCode::NOT_FOUND)?;
        let of_path = |name: &str| path.iter().find(|(known, _)| *known == name).map(|(_, word)| word.to_owned());
        let tenant = of_path("tenant").ok_or(StatusCode::NOT_FOUND)?;
        let in_path = of_path("flow");
        let form = if in_path.is_some() { Form::Path } else { Form::Query };
        let flow = in_path.or_else(|| in_query(parts.uri.query()));
        Ok(Self { tenant, flow, form })
    }
}

/// The first `p` with a value; that there is only one is asked where it decides who signs in how.
fn in_query(query: Option<&str>) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.find(|(name, value)| name == "p" && !value.is_empty()).map(|(_, flow)| flow.into_owned())
}

/// What B2C puts before every flow's name. Flows that were made here need not have it, and old addresses still find them.
const PREFIX: &str = "B2C_1_";

impl Place {
    pub fn of_tenant(tenant: &str) -> Self {
        Self { tenant: tenant.into(), flow: None, form: Form::Query }
    }

    /// The same with another flow, unless the path says which.
    pub fn with_flow(self, flow: &str) -> Self {
        match self.form {
            Form::Path => self,
            Form::Query => Self { flow: Some(flow.into()), ..self },
        }
    }

    /// Where a pushed request is answered: its flow is the one that was pushed, or none, whatever the browser says besides
    /// (RFC 9126 §4, security R34). A path of another flow is none of its addresses.
    pub async fn of_pushed(&self, db: &Db, tenant: &Tenant, flow: Option<&str>) -> Result<Self> {
        let pushed = Self { flow: flow.map(str::to_owned), ..self.clone() };
        if self.form == Form::Path {
            let id = |named: Option<Named>| named.map(|named| named.flow.id.clone());
            if id(self.named(db, tenant).await?) != id(pushed.named(db, tenant).await?) {
                let why = "The path of the address names another user flow than the request that was pushed.";
                return Err(Refusal::new("invalid_request", NO_SUCH_FLOW, why).into());
            }
        }
        Ok(pushed)
    }

    /// Where a form of another site comes again by GET, with everything that was in it.
    pub fn again(&self, path: &str, asked: Parameters) -> String {
        let asked = match (&self.flow, self.form) {
            (Some(flow), Form::Query) => asked.with("p", flow),
            _ => asked,
        };
        let flow = self.flow.as_deref().filter(|_| self.form == Form::Path);
        format!("{}?{}", self.path(&self.tenant, flow, path), asked.encoded())
    }

    /// Whose numbers an error is told by.
    pub fn tongue(&self) -> Tongue {
        if self.flow.is_some() { Tongue::B2c } else { Tongue::Entra }
    }

    pub async fn named(&self, db: &Db, tenant: &Tenant) -> Result<Option<Named>> {
        let Some(asked) = &self.flow else { return Ok(None) };
        named(db, &tenant.id, asked).await?.map(Some).ok_or_else(|| {
            let why = "The request names a user flow that this tenant does not have: look at the 'p' or the path of its address.";
            Refusal::new("invalid_request", NO_SUCH_FLOW, why).into()
        })
    }

    /// The address of an endpoint of this place: `path` begins with a slash.
    pub fn at(&self, public_url: &PublicUrl, tenant: &TenantId, named: Option<&Named>, path: &str) -> String {
        public_url.at(&self.path(tenant.as_str(), named.map(|named| named.name.as_str()), path))
    }

    /// The same without a host. A flow is written in small letters, as B2C writes it: MSAL does so too, and puts one flow's name
    /// into another's addresses by looking for it.
    pub fn path(&self, tenant: &str, flow: Option<&str>, path: &str) -> String {
        let (tenant, flow) = (encoded(tenant), flow.map(str::to_lowercase));
        match (flow.as_deref().map(encoded), self.form) {
            (None, _) => format!("/{tenant}{path}"),
            (Some(flow), Form::Path) => format!("/{tenant}/{flow}{path}"),
            (Some(flow), Form::Query) => format!("/{tenant}{path}?p={flow}"),
        }
    }
}

/// No flow goes by that name.
pub const NO_SUCH_FLOW: u32 = 901_010;

/// By whatever case, with B2C's prefix or without; the flow of exactly that name first.
pub async fn named(db: &Db, tenant: &TenantId, asked: &str) -> Result<Option<Named>> {
    let names = user_flow::names(db, tenant).await?;
    let lower = asked.to_lowercase();
    let prefix = PREFIX.to_lowercase();
    let bare = lower.strip_prefix(&prefix);
    let prefixed = format!("{prefix}{lower}");
    let find = |wanted: &str| names.iter().find(|(name, _)| name.to_lowercase() == wanted);
    let (name, id) = match (find(&lower), bare.and_then(find), find(&prefixed)) {
        (Some((name, id)), ..) => (name.clone(), id),
        (_, Some((name, id)), _) => (format!("{PREFIX}{name}"), id),
        (.., Some((name, id))) => (name.get(PREFIX.len()..).unwrap_or(name).to_owned(), id),
        (None, None, None) => return Ok(None),
    };
    match user_flow::get(db, tenant, id).await {
        Ok(flow) => Ok(Some(Named { name, flow })),
        // Deleted in this second.
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Who tokens and answers say that they are from. A flow has a name of its own only where the request named the flow:
/// whoever read the tenant's own document of discovery expects what stands there.
pub fn issuer(public_url: &PublicUrl, tenant: &TenantId, flow: &UserFlow, name: Option<&str>) -> String {
    match (name, flow.rules.tokens.issuer) {
        (Some(name), IssuerForm::Flow) => {
            public_url.at(&format!("{}{}{FLOW_ISSUER_END}", flow_issuers(tenant), encoded(&name.to_lowercase())))
        }
        (_, IssuerForm::Tenant) | (None, IssuerForm::Flow) => public_url.issuer(tenant),
    }
}

/// The same of an endpoint whose address names that flow, or none.
pub fn issuer_at(public_url: &PublicUrl, tenant: &TenantId, named: Option<&Named>) -> String {
    match named {
        Some(named) => issuer(public_url, tenant, &named.flow, Some(&named.name)),
        None => public_url.issuer(tenant),
    }
}

/// Every address under which the tenant is there: this one, the house's, and its own.
pub async fn addresses(db: &Db, public_url: &PublicUrl, tenant: &TenantId) -> Result<Vec<PublicUrl>> {
    let mut addresses = vec![public_url.clone()];
    for host in tenant_host::list(db, tenant).await? {
        addresses.push(public_url.under(&host).map_err(Error::Internal)?);
    }
    if !public_url.is_the_house_s() {
        addresses.push(public_url.house().map_err(Error::Internal)?);
    }
    Ok(addresses)
}

/// Whether we call ourselves so, at one of these addresses and for whichever flow of the tenant: its keys are its own, so
/// nobody else signed it.
pub fn is_issuer(addresses: &[PublicUrl], tenant: &TenantId, issuer: &str) -> bool {
    addresses.iter().any(|public_url| is_issuer_at(public_url, tenant, issuer))
}

fn is_issuer_at(public_url: &PublicUrl, tenant: &TenantId, issuer: &str) -> bool {
    if issuer == public_url.issuer(tenant) {
        return true;
    }
    let flow =
        issuer.strip_prefix(&public_url.at(&flow_issuers(tenant))).and_then(|rest| rest.strip_suffix(FLOW_ISSUER_END));
    flow.is_some_and(|flow| !flow.is_empty() && !flow.contains('/'))
}

const FLOW_ISSUER_END: &str = "/v2.0/";

fn flow_issuers(tenant: &TenantId) -> String {
    format!("/tfp/{tenant}/")
}

/// All but RFC 3986's unreserved characters.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A word as part of an address.
fn encoded(word: &str) -> impl Display + '_ {
    utf8_percent_encode(word, ENCODED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    #[test]
    fn p_is_read_from_the_query_whatever_stands_beside_it() {
        assert_eq!(in_query(Some("client_id=1&p=B2C_1_susi&pp=2")).as_deref(), Some("B2C_1_susi"));
        assert_eq!(in_query(Some("p=&p=x%20y")).as_deref(), Some("x y"));
        assert_eq!(in_query(Some("P=x")), None);
        assert_eq!(in_query(None), None);
    }

    #[test]
    fn an_address_is_written_in_the_form_in_which_it_was_read() {
        let path = Place { tenant: "t".into(), flow: Some("f".into()), form: Form::Path };
        let query = Place { form: Form::Query, ..path.clone() };
        assert_eq!(path.path("t", Some("B2C_1_a b"), "/oauth2/v2.0/token"), "/t/b2c_1_a%20b/oauth2/v2.0/token");
        assert_eq!(query.path("t", Some("B2C_1_a b"), "/oauth2/v2.0/token"), "/t/oauth2/v2.0/token?p=b2c_1_a%20b");
        assert_eq!(query.path("t/x", None, "/oauth2/v2.0/token"), "/t%2Fx/oauth2/v2.0/token");
    }

    #[test]
    fn we_know_our_own_names_and_no_others() {
        let (url, tenant) = (PublicUrl::parse("https://login.example").unwrap(), TenantId::from("t"));
        for (issuer, ours) in [
            ("https://login.example/t/v2.0", true),
            ("https://login.example/tfp/t/b2c_1_susi/v2.0/", true),
            ("https://login.example/tfp/t/b2c_1_susi/v2.0", false),
            ("https://login.example/tfp/t//v2.0/", false),
            ("https://login.example/tfp/t/a/b/v2.0/", false),
            ("https://login.example/tfp/other/b2c_1_susi/v2.0/", false),
            ("https://login.example/other/v2.0", false),
            ("https://evil.example/t/v2.0", false),
        ] {
            assert_eq!(is_issuer(std::slice::from_ref(&url), &tenant, issuer), ours, "{issuer}");
        }
    }

    #[tokio::test]
    async fn outside_of_a_route_there_is_no_place() {
        let (mut parts, ()) = Request::get("/?p=x").body(()).unwrap().into_parts();
        assert!(Place::from_request_parts(&mut parts, &()).await.is_err());
    }
}
