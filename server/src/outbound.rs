//! Calls of our server to addresses that administrators wrote down: only to the open web, never to what stands beside us
//! (security R36).

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Notify, OnceCell};
use url::{Host, Url};

pub enum Outbound {
    Network {
        /// Made for the first call: it reads every authority that the machine trusts, and most servers call nobody.
        client: OnceCell<reqwest::Client>,
        to_this_machine: bool,
    },
    /// For tests: what would have been sent.
    Kept(Kept),
}

#[derive(Default)]
pub struct Kept {
    calls: Mutex<Vec<Call>>,
    rings: Notify,
    /// Nobody answers.
    silent: AtomicBool,
}

#[derive(Clone, Debug)]
pub struct Call {
    pub url: String,
    pub form: Vec<(String, String)>,
}

impl Outbound {
    /// In development applications run beside us.
    pub fn network(to_this_machine: bool) -> Self {
        Self::Network { client: OnceCell::new(), to_this_machine }
    }

    pub fn kept() -> Self {
        Self::Kept(Kept::default())
    }

    /// Whether whoever is called says nothing from now on.
    pub fn silence(&self, silent: bool) {
        if let Self::Kept(kept) = self {
            kept.silent.store(silent, Ordering::Relaxed);
        }
    }

    /// Whether somebody took it.
    pub async fn post(&self, url: &str, form: Vec<(String, String)>) -> Result<(), String> {
        match self {
            Self::Network { client, to_this_machine } => {
                may_be_called(url, *to_this_machine)?;
                let client = client.get_or_try_init(async || new_client(*to_this_machine)).await?;
                let answer = client.post(url).form(&form).send().await.map_err(|fault| fault.to_string())?;
                if answer.status().is_success() { Ok(()) } else { Err(format!("it answered {}", answer.status())) }
            }
            Self::Kept(kept) => {
                let call = Call { url: url.into(), form };
                kept.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
                kept.rings.notify_one();
                if kept.silent.load(Ordering::Relaxed) { Err("it said nothing".into()) } else { Ok(()) }
            }
        }
    }

    /// What was kept, as soon as there is something.
    pub async fn calls(&self) -> Vec<Call> {
        let Self::Kept(kept) = self else { return Vec::new() };
        loop {
            let calls = std::mem::take(&mut *kept.calls.lock().unwrap_or_else(PoisonError::into_inner));
            if !calls.is_empty() {
                return calls;
            }
            kept.rings.notified().await;
        }
    }
}

fn new_client(to_this_machine: bool) -> Result<reqwest::Client, String> {
    reqwest::Client::builder()
        // A proxy would look names up by itself, unjudged.
        .no_proxy()
        .timeout(Duration::from_secs(5))
        .redirect(reqwest::redirect::Policy::none())
        .dns_resolver(Arc::new(OpenWeb { to_this_machine }))
        .build()
        .map_err(|error| format!("HTTP client: {error}"))
}

/// An address that is a number is judged here, a name where it is resolved.
fn may_be_called(url: &str, to_this_machine: bool) -> Result<(), String> {
    let url = Url::parse(url).map_err(|fault| fault.to_string())?;
    let address = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        Some(Host::Domain(_)) => None,
        None => return Err("there is no host in it".into()),
    };
    let secure = url.scheme() == "https" || (to_this_machine && url.scheme() == "http");
    let open = address.is_none_or(|address| is_of_the_open_web(address) || (to_this_machine && address.is_loopback()));
    if secure && open { Ok(()) } else { Err("it is no https address of the open web".into()) }
}

/// The name is resolved once, and the address that was judged is the one that is called.
struct OpenWeb {
    to_this_machine: bool,
}

impl Resolve for OpenWeb {
    fn resolve(&self, name: Name) -> Resolving {
        let to_this_machine = self.to_this_machine;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let may = |address: IpAddr| is_of_the_open_web(address) || (to_this_machine && address.is_loopback());
            let open: Vec<SocketAddr> = found.filter(|address| may(address.ip())).collect();
            if open.is_empty() {
                return Err(io::Error::other("the name leads to no address of the open web").into());
            }
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}

/// Neither private, nor of a link, a provider's inside or a cloud's metadata, in whatever spelling (RFC 6890).
fn is_of_the_open_web(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_open_v4(address),
        IpAddr::V6(address) => is_open_v6(address),
    }
}

fn is_open_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let reserved = a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && (c == 0 || c == 2))
        || (a == 198 && (18..20).contains(&b));
    !(reserved
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation())
}

/// Global unicast is `2000::/3`. Of it, what holds an IPv4 address is judged by that one.
fn is_open_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, ..] = address.segments();
    let within = |high: u16, low: u16| {
        let ([w, x], [y, z]) = (high.to_be_bytes(), low.to_be_bytes());
        is_open_v4(Ipv4Addr::new(w, x, y, z))
    };
    match (a, b) {
        (0x2002, _) => within(b, c),
        // Teredo and documentation.
        (0x2001, 0 | 0xdb8) => false,
        _ => a & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r36_only_the_open_web_is_called() {
        for url in
            ["https://192.0.1.1/x", "https://93.184.216.34/", "https://[2606:2800:220:1::1]/", "https://rp.example/"]
        {
            assert_eq!(may_be_called(url, false), Ok(()), "{url}");
        }
        for url in [
            "http://rp.example/",
            "https://127.0.0.1/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://10.0.0.1/",
            "https://172.16.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://[2002:7f00:1::]/",
            "https://[2001:db8::1]/",
            "file:///etc/passwd",
            "javascript:alert(1)",
        ] {
            assert!(may_be_called(url, false).is_err(), "{url}");
        }
        assert_eq!(may_be_called("http://127.0.0.1:4000/bye", true), Ok(()));
        assert!(may_be_called("http://10.0.0.1/bye", true).is_err());
    }

    #[tokio::test]
    async fn r36_a_name_that_leads_inside_is_not_followed() {
        let outside = Outbound::network(false);
        assert!(outside.post("https://localhost:9/", Vec::new()).await.is_err());
    }
}
