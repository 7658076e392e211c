//! Whom limits are counted for: the principal of a token, or else the address that a request comes from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::{Extensions, HeaderMap, HeaderName};
use ipnet::IpNet;

use super::Peer;
use crate::auth::Principal;

static FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Whom limits are counted for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Client {
    /// Somebody with a token: issuer and subject.
    Principal(String, String),
    /// Somebody without, by address. A network of IPv6 that one household or host is given counts as one.
    Address(IpAddr),
}

impl Client {
    /// Whoever sent a request: the principal, where the token was verified, or else the address.
    pub(super) fn of(principal: Option<&Principal>, address: IpAddr) -> Client {
        match principal {
            Some(principal) => Client::Principal(principal.issuer.clone(), principal.subject().to_owned()),
            None => Client::Address(network(address)),
        }
    }
}

/// The address that a request comes from. A proxy that is trusted tells it in the last entry of X-Forwarded-For that is no
/// such proxy itself; what stands before it anybody could have written.
pub(super) fn address(extensions: &Extensions, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let peer = extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Peer(peer)| peer.ip());
    forwarded(peer.to_canonical(), headers, proxies)
}

fn forwarded(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let is_proxy = |address: &IpAddr| proxies.iter().any(|network| network.contains(address));
    let mut last = peer;
    if !is_proxy(&last) {
        return last;
    }
    let entries: Vec<&str> = headers
        .get_all(&FORWARDED_FOR)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for entry in entries.iter().rev() {
        // What is no address was not written by a proxy of ours: whoever was last is as far as we know.
        let Some(address) = read(entry.trim()) else { return last };
        last = address;
        if !is_proxy(&last) {
            return last;
        }
    }
    last
}

/// An address, bare or with a port, IPv6 with or without brackets.
fn read(entry: &str) -> Option<IpAddr> {
    let bare =
        entry.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(entry, |(inside, _)| inside);
    let address = bare.parse().ok().or_else(|| entry.parse::<std::net::SocketAddr>().ok().map(|at| at.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

/// What counts as one: an address of IPv4, or the first 64 bits of one of IPv6.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn told(peer: &str, forwarded_for: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded_for {
            headers.append(&FORWARDED_FOR, value.parse().unwrap());
        }
        let proxies = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        forwarded(peer.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[rstest]
    #[case::nobody_in_between("203.0.113.9", &["198.51.100.1"], "203.0.113.9")]
    #[case::one_proxy("10.0.0.1", &["198.51.100.1"], "198.51.100.1")]
    #[case::what_the_client_made_up("10.0.0.1", &["1.1.1.1, 198.51.100.1"], "198.51.100.1")]
    #[case::two_proxies("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.2"], "198.51.100.1")]
    #[case::two_headers("10.0.0.1", &["198.51.100.1", "10.0.0.2"], "198.51.100.1")]
    #[case::with_a_port("10.0.0.1", &["198.51.100.1:4711"], "198.51.100.1")]
    #[case::of_six("fd00::1", &["[2001:db8::7]:443"], "2001:db8::7")]
    #[case::no_address("10.0.0.1", &["unknown"], "10.0.0.1")]
    #[case::nothing("10.0.0.1", &[], "10.0.0.1")]
    fn whose_address_it_is(#[case] peer: &str, #[case] forwarded_for: &[&str], #[case] address: &str) {
        assert_eq!(told(peer, forwarded_for), address);
    }

    #[test]
    fn a_network_of_six_is_one_client_and_an_address_of_four_is_itself() {
        let client = |address: &str| Client::of(None, address.parse().unwrap());
        assert_eq!(client("2001:db8:0:7::1"), client("2001:db8:0:7:ffff::2"));
        assert_ne!(client("2001:db8:0:7::1"), client("2001:db8:0:8::1"));
        assert_eq!(client("::ffff:203.0.113.9"), client("203.0.113.9"));
        assert_ne!(client("203.0.113.9"), client("203.0.113.10"));
    }

    proptest! {
        #[test]
        fn who_is_no_proxy_is_believed_nothing(header in "[ -~]{0,60}") {
            prop_assert_eq!(told("203.0.113.9", &[header.as_str()]), "203.0.113.9");
        }

        #[test]
        fn no_header_panics(header in "[ -~]{0,60}") {
            told("10.0.0.1", &[header.as_str()]);
        }
    }
}
