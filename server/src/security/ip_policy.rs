//! Which addresses are public: the owner of one shop must not reach the operator's own network.

use ipnet::{Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const fn v4(a: u8, b: u8, c: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, 0), length)
}

const fn v6(a: u16, b: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), length)
}

/// Source: IANA IPv4 Special-Purpose Address Registry, by the RFC beside each.
const NOT_PUBLIC_V4: [Ipv4Net; 15] = [
    // This network: RFC 791, section 3.2.
    v4(0, 0, 0, 8),
    // Private use: RFC 1918.
    v4(10, 0, 0, 8),
    v4(172, 16, 0, 12),
    v4(192, 168, 0, 16),
    // Shared address space, behind the NAT of a provider: RFC 6598.
    v4(100, 64, 0, 10),
    // Loopback: RFC 1122, section 3.2.1.3.
    v4(127, 0, 0, 8),
    // Link-local, and the metadata of many clouds: RFC 3927.
    v4(169, 254, 0, 16),
    // IETF protocol assignments: RFC 6890, section 2.1.
    v4(192, 0, 0, 24),
    // Documentation: RFC 5737.
    v4(192, 0, 2, 24),
    v4(198, 51, 100, 24),
    v4(203, 0, 113, 24),
    // Deprecated 6to4 relays: RFC 7526.
    v4(192, 88, 99, 24),
    // Benchmarks: RFC 2544.
    v4(198, 18, 0, 15),
    // Multicast: RFC 5771.
    v4(224, 0, 0, 4),
    // Reserved, and limited broadcast: RFC 1112, section 4, and RFC 919, section 7.
    v4(240, 0, 0, 4),
];

/// All global unicast addresses. Source: IANA IPv6 Global Unicast Address Assignments; RFC 4291, section 2.4.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 3);

/// Exceptions. Source: IANA IPv6 Special-Purpose Address Registry.
const NOT_PUBLIC_V6: [Ipv6Net; 4] = [
    // IETF protocol assignments, Teredo among them: RFC 2928.
    v6(0x2001, 0, 23),
    // Documentation: RFC 3849 and RFC 9637.
    v6(0x2001, 0xdb8, 32),
    v6(0x3fff, 0, 20),
    // 6to4, which holds an IPv4 address: RFC 3056.
    v6(0x2002, 0, 16),
];

/// NAT64, which holds an IPv4 address. Source: RFC 6052, section 2.1.
const TRANSLATED: Ipv6Net = v6(0x64, 0xff9b, 96);

pub fn is_public(address: IpAddr) -> bool {
    // `::ffff:10.0.0.1` is 10.0.0.1.
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !NOT_PUBLIC_V4.iter().any(|net| net.contains(&address))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if TRANSLATED.contains(&address) {
        let [.., a, b, c, d] = address.octets();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    GLOBAL_V6.contains(&address) && !NOT_PUBLIC_V6.iter().any(|net| net.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_ones_own_network_are_not_public_however_they_are_written() {
        for own in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!is_public(own.parse().unwrap()), "{own}");
        }
        for public in
            ["1.1.1.1", "100.63.0.1", "172.32.0.1", "192.0.1.1", "2606:4700::1111", "64:ff9b::101:101"]
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    fn public(address: &str) -> bool {
        is_public(address.parse().unwrap())
    }

    /// The first and the last of each range, and the addresses before and after it where these are public.
    #[test]
    fn each_range_of_the_registries_ends_where_its_rfc_says() {
        for (rfc, before, first, last, after) in [
            ("RFC 791", "", "0.0.0.0", "0.255.255.255", "1.0.0.0"),
            ("RFC 1918", "9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"),
            ("RFC 1918", "172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"),
            ("RFC 1918", "192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0"),
            ("RFC 6598", "100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"),
            ("RFC 1122", "126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0"),
            ("RFC 3927", "169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"),
            ("RFC 6890", "191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"),
            ("RFC 5737", "192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"),
            ("RFC 5737", "198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0"),
            ("RFC 5737", "203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"),
            ("RFC 7526", "192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0"),
            ("RFC 2544", "198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"),
            ("RFC 5771", "223.255.255.255", "224.0.0.0", "239.255.255.255", ""),
            ("RFC 1112", "", "240.0.0.0", "255.255.255.255", ""),
            ("RFC 4291", "", "::", "1fff:ffff::", "2000::"),
            ("RFC 2928", "2000:ffff::", "2001::", "2001:1ff:ffff::", "2001:200::"),
            ("RFC 3849", "2001:db7:ffff::", "2001:db8::", "2001:db8:ffff::", "2001:db9::"),
            ("RFC 3056", "2001:ffff::", "2002::", "2002:ffff::", "2003::"),
            ("RFC 9637", "3ffe:ffff::", "3fff::", "3fff:fff:ffff::", "3fff:1000::"),
            ("RFC 4291", "3fff:ffff::", "4000::", "ffff::", ""),
            (
                "RFC 6052",
                "64:ff9b::9.255.255.255",
                "64:ff9b::10.0.0.0",
                "64:ff9b::10.255.255.255",
                "64:ff9b::11.0.0.0",
            ),
            (
                "RFC 4291",
                "::ffff:9.255.255.255",
                "::ffff:10.0.0.0",
                "::ffff:10.255.255.255",
                "::ffff:11.0.0.0",
            ),
        ] {
            assert!(!public(first) && !public(last), "{rfc}: {first} to {last}");
            for beside in [before, after].into_iter().filter(|beside| !beside.is_empty()) {
                assert!(public(beside), "{rfc}: {beside} is beside {first} to {last}");
            }
        }
        for local in ["fc00::1", "fdff:ffff::", "fe80::1", "febf:ffff::", "ff02::1"] {
            assert!(!public(local), "RFC 4193, RFC 4291: {local}");
        }
    }
}
