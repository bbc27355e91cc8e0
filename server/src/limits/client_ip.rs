//! The client's address as far as limits go: one IPv4 address, or one IPv6 /64.

use actix_web::http::header::HeaderMap;
use ipnet::IpNet;
use std::net::IpAddr;
use std::str::FromStr;

/// Never stored as it is: it exists while a request is answered, and hashed in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Address {
    V4([u8; 4]),
    /// The first half of an address. Source: RFC 6177, a household gets at least a /64.
    V6([u8; 8]),
    /// As on a Unix socket; all of them share one allowance.
    Unknown,
}

impl Address {
    fn from_ip(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(ip) => Self::V4(ip.octets()),
            IpAddr::V6(ip) => {
                let mut half = [0; 8];
                half.copy_from_slice(&ip.octets()[..8]);
                Self::V6(half)
            }
        }
    }
}

/// Proxies whose `X-Forwarded-For` is trusted.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<IpNet>);

impl FromStr for Proxies {
    type Err = String;

    /// Addresses or networks, separated by commas.
    fn from_str(text: &str) -> Result<Self, String> {
        let one = |text: &str| {
            let ip = text.parse::<IpAddr>().map(IpNet::from);
            ip.or_else(|_| text.parse()).map_err(|_| format!("{text:?} is neither an address nor a network"))
        };
        text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(one).collect::<Result<_, _>>().map(Self)
    }
}

impl Proxies {
    fn trusts(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&ip.to_canonical()))
    }

    /// The peer, unless it is a trusted proxy; then the last hop that is not one. Entries further left may be forged.
    pub fn address(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Address {
        let Some(peer) = peer else { return Address::Unknown };
        if !self.trusts(peer) {
            return Address::from_ip(peer);
        }
        let hops: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .filter_map(|v| v.to_str().ok())
            .flat_map(|v| v.split(','))
            .map(str::trim)
            .collect();
        for hop in hops.iter().rev() {
            match parse_hop(hop) {
                Some(ip) if self.trusts(ip) => {}
                Some(ip) => return Address::from_ip(ip),
                None => break,
            }
        }
        Address::from_ip(peer)
    }
}

/// The address of one hop, in each form that proxies write: with a port, in brackets, in quotes, with a zone.
/// Source: RFC 7239, section 6, for the forms; Azure Application Gateway and IIS write the port.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim_matches('"');
    let bare = match hop.strip_prefix('[') {
        Some(rest) => rest.split_once(']').filter(|(_, port)| is_port(port))?.0,
        // One colon ends an IPv4 address; more of them belong to an IPv6 address.
        None => match hop.split_once(':') {
            Some((v4, port)) if !port.contains(':') => {
                port.parse::<u16>().ok()?;
                v4
            }
            _ => hop,
        },
    };
    bare.split('%').next()?.parse().ok()
}

fn is_port(rest: &str) -> bool {
    rest.is_empty() || rest.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    #[test]
    fn a_forwarded_address_counts_only_from_a_proxy_that_is_trusted() {
        let proxies: Proxies = "10.0.0.1, 192.168.0.0/16, fd00::/8".parse().unwrap();
        let v4 = |a, b, c, d| Address::V4([a, b, c, d]);
        for (peer, forwarded, address) in [
            ("203.0.113.9", "198.51.100.7", v4(203, 0, 113, 9)),
            ("10.0.0.1", "", v4(10, 0, 0, 1)),
            ("10.0.0.1", "198.51.100.7", v4(198, 51, 100, 7)),
            ("10.0.0.1", "1.2.3.4, 198.51.100.7", v4(198, 51, 100, 7)),
            ("10.0.0.1", "198.51.100.7, 192.168.3.4", v4(198, 51, 100, 7)),
            ("10.0.0.1", "198.51.100.7, nonsense", v4(10, 0, 0, 1)),
            ("10.0.0.1", "198.51.100.7:51000", v4(198, 51, 100, 7)),
            ("10.0.0.1", "198.51.100.7:51000, 192.168.3.4:80", v4(198, 51, 100, 7)),
            ("10.0.0.1", "\"[2001:db8:1:2::7]:51000\"", Address::V6([0x20, 1, 0x0d, 0xb8, 0, 1, 0, 2])),
            ("10.0.0.1", "[2001:db8:1:2::7]", Address::V6([0x20, 1, 0x0d, 0xb8, 0, 1, 0, 2])),
            ("10.0.0.1", "2001:db8:1:2::7%eth0", Address::V6([0x20, 1, 0x0d, 0xb8, 0, 1, 0, 2])),
            ("10.0.0.1", "198.51.100.7:port", v4(10, 0, 0, 1)),
            ("10.0.0.1", "[2001:db8::7", v4(10, 0, 0, 1)),
            ("fd00::1", "::ffff:198.51.100.7", v4(198, 51, 100, 7)),
            ("2001:db8:1:2:3:4:5:6", "", Address::V6([0x20, 1, 0x0d, 0xb8, 0, 1, 0, 2])),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_static(forwarded));
            assert_eq!(proxies.address(peer.parse().ok(), &headers), address, "{peer} {forwarded}");
        }
    }
}
