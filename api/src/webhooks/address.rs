//! Where requests may go: https, a usual port, and nothing but addresses of the open internet. Whoever names an address for a
//! webhook names a place that our network sends to; it must not be one behind our own walls.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use ipnet::{Ipv4Net, Ipv6Net};
use url::{Host, Url};

/// The longest address, in bytes.
const LONGEST: usize = 2_000;

/// Where requests may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// Whether to http, any port, and any address as well: for tests and for trying out, never where others choose the address.
    pub allows_private: bool,
    /// The ports that may be named.
    pub ports: Vec<u16>,
}

impl Default for Outside {
    fn default() -> Self {
        Self { allows_private: false, ports: vec![443] }
    }
}

impl Outside {
    /// An address that may be sent to, as far as can be said before its name is looked up.
    ///
    /// # Errors
    /// It may not: what would be right.
    pub fn read(&self, text: &str) -> Result<Url, String> {
        if text.len() > LONGEST {
            return Err(format!("An address has {LONGEST} bytes at most."));
        }
        let url = Url::parse(text)
            .map_err(|_| "This is no address: give one such as https://partner.example/hooks.".to_owned())?;
        let is_secure = url.scheme() == "https" || self.allows_private && url.scheme() == "http";
        if !is_secure {
            return Err("An address begins with https://: what is sent is confidential.".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("An address names no user or password: verify the signature instead.".to_owned());
        }
        if url.fragment().is_some() {
            return Err("An address has no fragment (#): it would not be sent.".to_owned());
        }
        let is_usual = url.port_or_known_default().is_some_and(|port| self.ports.contains(&port));
        if !is_usual && !self.allows_private {
            let ports: Vec<String> = self.ports.iter().map(ToString::to_string).collect();
            return Err(format!("Requests go to these ports alone: {}.", ports.join(", ")));
        }
        let is_inside = match url.host() {
            None => return Err("An address names a host.".to_owned()),
            Some(Host::Domain(name)) => !name.trim_end_matches('.').contains('.'),
            Some(Host::Ipv4(ip)) => !is_global(ip.into()),
            Some(Host::Ipv6(ip)) => !is_global(ip.into()),
        };
        if is_inside && !self.allows_private {
            return Err("Requests go to addresses of the open internet alone.".to_owned());
        }
        Ok(url)
    }

    /// Whether a request may go to an address that a name led to.
    pub fn may_go_to(&self, address: IpAddr) -> bool {
        self.allows_private || is_global(address)
    }
}

/// What is not global of IPv4, by the registry of special-purpose addresses: this network, private use, between a provider and its
/// customers, loopback, link-local (with the metadata of cloud providers), protocol assignments, documentation, relays,
/// measurements, multicast, reserved and broadcast.
const V4: [&str; 15] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
];

/// What is not global of the one part of IPv6 that is given out: protocol assignments (with Teredo, ORCHID and measurements) and
/// documentation.
const V6: [&str; 3] = ["2001::/23", "2001:db8::/32", "3fff::/20"];

static NETS4: LazyLock<Vec<Ipv4Net>> =
    LazyLock::new(|| V4.iter().filter_map(|net| net.parse().ok()).collect());
static NETS6: LazyLock<Vec<Ipv6Net>> =
    LazyLock::new(|| V6.iter().filter_map(|net| net.parse().ok()).collect());

/// Whether an address is one of the open internet. One that carries an address of IPv4 (mapped, by NAT64, by 6to4) is what that is.
pub fn is_global(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => !NETS4.iter().any(|net| net.contains(&ip)),
        IpAddr::V6(ip) => match carried(ip) {
            Some(ip) => is_global(ip.into()),
            None => is_given_out(ip) && !NETS6.iter().any(|net| net.contains(&ip)),
        },
    }
}

/// Whether it is of 2000::/3: the rest is unspecified, loopback, local, multicast, or nobody's.
fn is_given_out(ip: Ipv6Addr) -> bool {
    ip.octets().first().is_some_and(|first| first >> 5 == 1)
}

/// The address of IPv4 that an address of IPv6 carries.
fn carried(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match ip.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(of(high, low)),
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[test]
    fn every_net_of_the_lists_is_one() {
        assert_eq!((NETS4.len(), NETS6.len()), (V4.len(), V6.len()));
    }

    #[rstest]
    #[case("https://partner.example/hooks?to=1", true)]
    #[case("https://partner.example:443/", true)]
    #[case("https://93.184.215.14/", true)]
    #[case("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/", true)]
    #[case("http://partner.example/", false)]
    #[case("ftp://partner.example/", false)]
    #[case("https://user@partner.example/", false)]
    #[case("https://user:word@partner.example/", false)]
    #[case("https://partner.example/#a", false)]
    #[case("https://partner.example:8443/", false)]
    #[case("https://partner.example:22/", false)]
    #[case("https://localhost/", false)]
    #[case("https://localhost./", false)]
    #[case("https://intranet/", false)]
    #[case("https://127.0.0.1/", false)]
    #[case("https://127.1/", false)]
    #[case("https://0x7f.0.0.1/", false)]
    #[case("https://2130706433/", false)]
    #[case("https://0/", false)]
    #[case("https://169.254.169.254/latest/meta-data", false)]
    #[case("https://[::1]/", false)]
    #[case("https://[::]/", false)]
    #[case("https://[::ffff:10.0.0.1]/", false)]
    #[case("https://[64:ff9b::a00:1]/", false)]
    #[case("https://[64:ff9b:1::a00:1]/", false)]
    #[case("https://[2002:7f00:1::]/", false)]
    #[case("https://[2001:0:1234::1]/", false)]
    #[case("https://[fd00::1]/", false)]
    #[case("https://[fe80::1]/", false)]
    #[case("https://[fec0::1]/", false)]
    #[case("https://[ff02::1]/", false)]
    #[case("https://[2001:db8::1]/", false)]
    #[case("https://[3fff::1]/", false)]
    #[case("https://[5f00::1]/", false)]
    #[case("partner.example", false)]
    #[case("https://", false)]
    #[case("javascript:alert(1)", false)]
    #[case("", false)]
    fn addresses(#[case] text: &str, #[case] is_one: bool) {
        assert_eq!(Outside::default().read(text).is_ok(), is_one, "{:?}", Outside::default().read(text));
    }

    #[test]
    fn the_operator_may_open_ports_and_for_trying_out_everything() {
        let ports = Outside { ports: vec![443, 8443], ..Outside::default() };
        assert!(ports.read("https://partner.example:8443/").is_ok());
        assert!(ports.read("https://partner.example:8444/").is_err());
        let open = Outside { allows_private: true, ..Outside::default() };
        assert!(open.read("http://127.0.0.1:1234/a").is_ok() && open.may_go_to(Ipv4Addr::LOCALHOST.into()));
        assert!(open.read("file:///etc/passwd").is_err());
        assert!(!Outside::default().may_go_to(Ipv4Addr::LOCALHOST.into()));
        assert!(
            Outside::default().read(&format!("https://partner.example/{}", "a".repeat(LONGEST))).is_err()
        );
    }

    fn v4() -> impl Strategy<Value = Ipv4Addr> {
        any::<u32>().prop_map(Ipv4Addr::from_bits)
    }

    proptest! {
        #[test]
        fn what_the_standard_library_calls_special_is_not_global(ip in v4()) {
            let special = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_multicast()
                || ip.is_broadcast() || ip.is_documentation() || ip.is_unspecified();
            prop_assert!(!(special && is_global(ip.into())));
        }

        #[test]
        fn an_address_in_another_form_is_what_it_carries(ip in v4(), rest: u64) {
            let ([a, b, c, d], is) = (ip.octets(), is_global(ip.into()));
            let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            let [e, f, g, h] = [rest >> 48, rest >> 32, rest >> 16, rest].map(|part| part as u16);
            prop_assert_eq!(is_global(ip.to_ipv6_mapped().into()), is);
            prop_assert_eq!(is_global(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low).into()), is);
            prop_assert_eq!(is_global(Ipv6Addr::new(0x2002, high, low, 0, e, f, g, h).into()), is);
        }

        #[test]
        fn of_ipv6_nothing_but_what_is_given_out_is_global(bits: u128) {
            let ip = Ipv6Addr::from_bits(bits);
            let special = ip.is_loopback() || ip.is_multicast() || ip.is_unspecified() || ip.is_unique_local()
                || ip.is_unicast_link_local();
            prop_assert!(!(special && is_global(ip.into())));
            let is_outside = bits >> 125 != 1 && ip.to_ipv4_mapped().is_none() && ip.segments()[0] != 0x64;
            prop_assert!(!(is_outside && is_global(ip.into())));
        }

        #[test]
        fn what_is_read_goes_to_no_other_host_when_it_is_read_again(text: String) {
            let outside = Outside::default();
            if let Ok(url) = outside.read(&text) {
                prop_assert_eq!(outside.read(url.as_str()).map(|again| again.to_string()), Ok(url.to_string()));
            }
        }
    }
}
