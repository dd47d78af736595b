//! Whose address a request comes from, and which addresses count as one.

use crate::config::Network;
use axum::http::HeaderMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The peer; or, where the peer is a proxy of ours, the last address in X-Forwarded-For that is not. A header that cannot
/// be read counts as none: it never makes a request nobody's (CVE-2024-47070).
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let peer = peer.to_canonical();
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    if trusted.is_empty() || !is_trusted(peer) {
        return peer;
    }
    let mut client = peer;
    for value in headers.get_all("x-forwarded-for").iter().rev() {
        for item in value.to_str().unwrap_or("unreadable").rsplit(',') {
            let Some(address) = parse(item.trim()) else { return peer };
            client = address;
            if !is_trusted(address) {
                return client;
            }
        }
    }
    client
}

/// Some proxies add the port.
fn parse(item: &str) -> Option<IpAddr> {
    let address = item.parse().or_else(|_| item.parse().map(|with_port: SocketAddr| with_port.ip())).ok()?;
    Some(IpAddr::to_canonical(&address))
}

/// What counts as one source (security R2): a /24 of IPv4, a /56 of IPv6, however it is written (CVE-2026-45364).
pub fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & (u32::MAX << 8))),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 72))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use std::collections::BTreeSet;

    const PEER: &str = "203.0.113.9";
    const PROXY: &str = "10.0.0.1";

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let values =
            forwarded.iter().map(|value| ("x-forwarded-for".parse().unwrap(), HeaderValue::from_str(value).unwrap()));
        let trusted = [Network::parse("10.0.0.0/8").unwrap()];
        client_address(peer.parse().unwrap(), &values.collect(), &trusted).to_string()
    }

    #[test]
    fn r2_a_stranger_cannot_say_who_they_are() {
        for number in 0..1000 {
            assert_eq!(client(PEER, &[&format!("198.51.{}.{}", number / 256, number % 256)]), PEER);
        }
    }

    #[test]
    fn r2_a_proxy_of_ours_is_believed_as_far_as_it_goes() {
        for (forwarded, address) in [
            (vec!["198.51.100.7"], "198.51.100.7"),
            (vec!["1.1.1.1, 198.51.100.7"], "198.51.100.7"),
            (vec!["1.1.1.1, 198.51.100.7, 10.9.9.9"], "198.51.100.7"),
            (vec!["1.1.1.1", "198.51.100.7, 10.9.9.9"], "198.51.100.7"),
            (vec!["198.51.100.7:4711"], "198.51.100.7"),
            (vec!["[2001:db8::7]:4711"], "2001:db8::7"),
            (vec!["::ffff:198.51.100.7"], "198.51.100.7"),
            (vec!["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
            (vec![], PROXY),
        ] {
            assert_eq!(client(PROXY, &forwarded), address, "{forwarded:?}");
        }
    }

    #[test]
    fn cve_2024_47070_a_header_that_cannot_be_read_changes_nothing() {
        for garbage in ["a", "", ",", "1.2.3", "1.2.3.4, x", "unknown", "999.1.1.1", "1.2.3.4,,", "for=1.2.3.4"] {
            assert_eq!(client(PROXY, &[garbage]), PROXY, "{garbage}");
        }
        let bytes =
            HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), HeaderValue::from_bytes(b"\xff").unwrap())]);
        let trusted = [Network::parse(PROXY).unwrap()];
        assert_eq!(client_address(PROXY.parse().unwrap(), &bytes, &trusted).to_string(), PROXY);
    }

    #[test]
    fn cve_2026_45364_one_household_is_one_source() {
        let of = |text: &str| network_of(text.parse().unwrap());
        let neighbours: BTreeSet<_> = (0..1000).map(|n| of(&format!("2001:db8:0:12{:02x}::{n:x}", n % 256))).collect();
        assert_eq!(neighbours, BTreeSet::from(["2001:db8:0:1200::".parse().unwrap()]));
        for spelling in ["2001:DB8::1", "2001:db8:0::1", "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::ffff"] {
            assert_eq!(of(spelling), of("2001:db8::"), "{spelling}");
        }
        assert_ne!(of("2001:db8:0:1200::"), of("2001:db8:0:1300::"));
        assert_eq!(of("::ffff:192.0.2.77"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.3.1"));
    }
}
