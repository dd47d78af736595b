//! The address under which people and applications know this server, and the host names that a tenant has of its own. Links are
//! made from it, never from a request.

use app::contract::id::TenantId;
use std::net::{Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicUrl {
    /// `https://login.example.org`, without a slash at its end.
    origin: String,
    /// The same, but under a tenant's own host name: what belongs to no tenant keeps this address.
    house: String,
    host: Host,
    port: u16,
    https: bool,
    /// On this very machine, for whoever builds something: by plain http, or over a certificate that we made for it.
    development: bool,
}

impl PublicUrl {
    pub fn parse(text: &str) -> Result<Self, String> {
        const LIKE: &str = "Write scheme and host, like https://login.example.org.";
        let url = Url::parse(text).map_err(|fault| format!("`{text}` is not a URL ({fault}). {LIKE}"))?;
        let (Some(host), Some(port), "http" | "https") = (url.host(), url.port_or_known_default(), url.scheme()) else {
            return Err(format!("`{text}` is not an address of the web. {LIKE}"));
        };
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !is_bare || !url.username().is_empty() || url.password().is_some() {
            return Err(format!("`{text}` has more than scheme, host and port. {LIKE}"));
        }
        let (origin, host, https) = (url.origin().ascii_serialization(), host.to_owned(), url.scheme() == "https");
        let development = !https && is_loopback(&host);
        Ok(Self { house: origin.clone(), origin, host, port, https, development })
    }

    /// Where nobody says what people call this server: this machine, and the port that it listens on.
    pub(super) fn of_this_machine(port: u16) -> Result<Self, String> {
        Self::parse(&format!("http://localhost:{port}"))
    }

    /// The same house under a host name of a tenant's own, by the same scheme and port.
    pub fn under(&self, host: &str) -> Result<Self, String> {
        let scheme = if self.https { "https" } else { "http" };
        let other = Self::parse(&format!("{scheme}://{host}:{}", self.port))?;
        Ok(Self { house: self.house.clone(), development: self.development, ..other })
    }

    /// Whether it is the house's own address, and no tenant's.
    pub fn is_the_house_s(&self) -> bool {
        self.origin == self.house
    }

    /// The house's own address.
    pub fn house(&self) -> Result<Self, String> {
        Ok(Self { development: self.development, ..Self::parse(&self.house)? })
    }

    /// The same place over a certificate of our own making.
    pub fn over_dev_tls(self) -> Result<Self, String> {
        if !is_loopback(&self.host) {
            return Err(format!(
                "{} is not this machine. Nobody else trusts the certificate that --dev-tls makes: set \
                 PORTICO_TLS_CERTIFICATE and PORTICO_TLS_KEY instead.",
                self.origin
            ));
        }
        let origin = format!("https://{}:{}", self.host, self.port);
        let origin = Url::parse(&origin).map_err(|fault| fault.to_string())?.origin().ascii_serialization();
        Ok(Self { house: origin.clone(), origin, https: true, development: true, ..self })
    }

    /// As browsers write it into `Origin` (RFC 6454 §6.2).
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The bare name, for what stands behind an @.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The address of a path of ours; `path` begins with a slash.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// A tenant's name in tokens and answers: always by its id, whatever name it was asked by.
    pub fn issuer(&self, tenant: &TenantId) -> String {
        self.at(&format!("/{tenant}/v2.0"))
    }

    /// The management API, as tokens name whom they are for: there is one, whatever name a tenant goes by.
    pub fn graph(&self) -> String {
        format!("{}/graph", self.house)
    }

    /// Whether an address lies with us, by this name or by the house's own.
    pub fn holds(&self, address: &str) -> bool {
        let is_under = |ours: &String| {
            address.strip_prefix(ours.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        [&self.origin, &self.house].into_iter().any(is_under)
    }

    pub fn is_https(&self) -> bool {
        self.https
    }

    /// This very machine: the demo application, the mailbox and the seeded tenant exist only here.
    pub fn is_development(&self) -> bool {
        self.development
    }

    /// Nearly every request names us exactly so.
    pub fn is_written(&self, authority: &str) -> bool {
        self.origin.split_once("://").is_some_and(|(_, ours)| ours == authority)
    }

    /// Whether a `Host` (RFC 9110 §7.2) names us. In development every name of this machine does, on every port.
    pub fn is_named_by(&self, authority: &str) -> bool {
        if self.is_written(authority) {
            return true;
        }
        let Some((host, port)) = split(authority) else { return false };
        if self.is_development() {
            return is_loopback(&host);
        }
        let default = if self.https { 443 } else { 80 };
        host == self.host && port.unwrap_or(default) == self.port
    }

    /// The host that a `Host` names, where it names our port. Whose it is says the directory.
    pub fn host_named_by(&self, authority: &str) -> Option<String> {
        let (host, port) = split(authority)?;
        let default = if self.https { 443 } else { 80 };
        (port.unwrap_or(default) == self.port).then(|| host.to_string())
    }
}

fn split(authority: &str) -> Option<(Host, Option<u16>)> {
    let (host, port) = match authority.rsplit_once(':') {
        // The last colon of an IPv6 address without a port is inside the brackets.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse().ok()?)),
        _ => (authority, None),
    };
    Some((Host::parse(host).ok()?, port))
}

fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => Ipv4Addr::is_loopback(address),
        Host::Ipv6(address) => Ipv6Addr::is_loopback(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_scheme_host_and_port_and_nothing_else() {
        for good in ["https://login.example.org", "http://localhost:3000/", "https://[2001:db8::1]:8443"] {
            assert!(PublicUrl::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "login.example.org", "ftp://a", "https://a/b", "https://a/?b", "https://a/#b", "https://u:p@a"]
        {
            assert!(PublicUrl::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(PublicUrl::parse("HTTPS://Login.Example.ORG:443/").unwrap().origin(), "https://login.example.org");
    }

    #[test]
    fn a_tenant_s_host_is_another_name_of_the_same_house() {
        let house = PublicUrl::parse("https://login.example.org:8443").unwrap();
        let own = house.under("id.woodgrove.example").unwrap();
        assert_eq!(own.origin(), "https://id.woodgrove.example:8443");
        assert_eq!(own.issuer(&"t".into()), "https://id.woodgrove.example:8443/t/v2.0");
        assert_eq!(own.graph(), "https://login.example.org:8443/graph");
        for address in [own.graph(), own.issuer(&"t".into()), "https://login.example.org:8443".into()] {
            assert!(own.holds(&address), "{address}");
        }
        for address in
            ["https://login.example.org", "https://login.example.org:84430/x", "https://id.woodgrove.example"]
        {
            assert!(!own.holds(address), "{address}");
        }
        assert!(house.is_the_house_s() && !own.is_the_house_s());
        assert_eq!(own.house().unwrap(), house);
        for (authority, host) in [
            ("id.woodgrove.example:8443", Some("id.woodgrove.example")),
            ("ID.Woodgrove.example:8443", Some("id.woodgrove.example")),
            ("id.woodgrove.example", None),
            ("id.woodgrove.example:443", None),
            ("id.woodgrove.example:x", None),
            ("a@id.woodgrove.example:8443", None),
            ("", None),
        ] {
            assert_eq!(house.host_named_by(authority).as_deref(), host, "{authority}");
        }
    }

    #[test]
    fn development_is_plain_http_on_this_machine() {
        for (url, development) in [
            ("http://localhost:3000", true),
            ("http://127.0.0.1", true),
            ("http://[::1]:3000", true),
            ("http://portico.localhost", true),
            ("https://localhost:3000", false),
            ("http://login.example.org", false),
            ("http://localhost.example.org", false),
        ] {
            assert_eq!(PublicUrl::parse(url).unwrap().is_development(), development, "{url}");
        }
    }

    #[test]
    fn development_may_have_a_certificate() {
        let over = |url: &str| PublicUrl::parse(url).unwrap().over_dev_tls();
        for (url, origin) in [
            ("http://localhost:3000", "https://localhost:3000"),
            ("https://localhost:3000", "https://localhost:3000"),
            ("https://127.0.0.1", "https://127.0.0.1"),
        ] {
            let secured = over(url).unwrap();
            assert_eq!((secured.origin(), secured.is_https(), secured.is_development()), (origin, true, true), "{url}");
        }
        assert!(over("https://login.example.org").is_err());
    }

    #[test]
    fn r10_only_our_own_name_names_us() {
        let public = PublicUrl::parse("https://login.example.org").unwrap();
        for (host, ours) in [
            ("login.example.org", true),
            ("LOGIN.example.org:443", true),
            ("login.example.org:8443", false),
            ("login.example.org.evil.example", false),
            ("evil.example", false),
            ("login.example.org:evil", false),
            ("login.example.org@evil.example", false),
            ("localhost", false),
            ("127.0.0.1", false),
            ("", false),
        ] {
            assert_eq!(public.is_named_by(host), ours, "{host}");
        }
        let development = PublicUrl::parse("http://localhost:3000").unwrap();
        for (host, ours) in [
            ("localhost:3000", true),
            ("localhost:4000", true),
            ("127.0.0.1:3000", true),
            ("[::1]:3000", true),
            ("[::1]", true),
            ("evil.example:3000", false),
            ("localhost.evil.example", false),
        ] {
            assert_eq!(development.is_named_by(host), ours, "{host}");
        }
    }
}
