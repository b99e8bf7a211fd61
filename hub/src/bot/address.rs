//! Which addresses the hub speaks to on behalf of somebody who typed one: none of its own network.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::{
    error::Error,
    fmt, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::Pin,
    sync::Arc,
};
use url::{Host, Url};

/// How far outgoing requests may reach, besides the public internet. Whoever runs the hub says so; administrators of a
/// centre cannot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Also to this machine: for bots that run beside the hub.
    pub loopback: bool,
    /// Also to these networks of one's own.
    pub networks: Arc<[Network]>,
}

/// A network of one's own that requests may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(IpNet);

/// Where machines of a cloud are told their secrets, and this machine itself: no list opens these.
const NEVER: [IpNet; 5] = [
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(169, 254, 0, 0), 16)),
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8)),
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10)),
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), 128)),
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128)),
];

impl Network {
    /// Reads a network, such as `10.1.2.0/24` or `fd12:3456::/48`.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub fn parse(text: &str) -> Result<Self, String> {
        let network: IpNet =
            text.parse().map_err(|_| format!("{text:?} is no network: write it as 10.1.2.0/24 or fd12:3456::/48"))?;
        let network = network.trunc();
        let shared = |never: &&IpNet| never.contains(&network) || network.contains(*never);
        match NEVER.iter().find(shared) {
            None => Ok(Self(network)),
            Some(never) => {
                Err(format!("{text:?} shares addresses with {never}, which is never opened: name it closer"))
            }
        }
    }
}

/// That a name leads where the hub does not go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Private;

impl fmt::Display for Private {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the name leads to an address that is not public")
    }
}

impl Error for Private {}

impl Reach {
    /// Whether an address of the network may be spoken to.
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = plain(address);
        let listed = || self.networks.iter().any(|network| network.0.contains(&address));
        is_public(address) || (self.loopback && address.is_loopback()) || listed()
    }

    /// Whether a typed address may be asked at all: https, or http where loopback is allowed and meant. What its name
    /// leads to is looked at when it is connected to.
    pub(super) fn admits(&self, url: &Url) -> bool {
        let named_loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => plain(address.into()).is_loopback(),
            None => return false,
        };
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => self.allows(address.into()),
            Some(Host::Ipv6(address)) => self.allows(address.into()),
            Some(Host::Domain(_)) | None => true,
        };
        let bare = url.username().is_empty() && url.password().is_none();
        let safe = url.scheme() == "https" || (url.scheme() == "http" && named_loopback && self.loopback);
        bare && safe && literal
    }
}

/// The address that is spoken to in the end: IPv4 comes in several IPv6 wrappings.
fn plain(address: IpAddr) -> IpAddr {
    let IpAddr::V6(six) = address else { return address };
    let [a, b, c, d] = match six.segments() {
        // Mapped; compatible; translated (64:ff9b::/96).
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => quad(high, low),
        [0, 0, 0, 0, 0, 0, high, low] if (high, low) > (0, 1) => quad(high, low),
        // 6to4.
        [0x2002, high, low, ..] => quad(high, low),
        _ => return address,
    };
    IpAddr::V4(Ipv4Addr::new(a, b, c, d))
}

fn quad(high: u16, low: u16) -> [u8; 4] {
    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
    [a, b, c, d]
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        // "This" network, carriers' own, protocol assignments, benchmarks, relays, the future.
        [0 | 240..=255, ..] | [100, 64..=127, ..] | [192, 0, 0, _] | [198, 18 | 19, ..] | [192, 88, 99, _] => true,
        _ => false,
    };
    !(special
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // Only what has been given to the public internet (2000::/3), without Teredo, the other protocol assignments,
    // documentation and what remains of 6to4.
    match address.segments() {
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [0x2000..=0x3fff, ..] => true,
        _ => false,
    }
}

/// Finds the addresses of a name.
pub(super) type Found = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Asks whoever knows names.
pub(super) trait Names: Send + Sync {
    /// The addresses of a name; their ports mean nothing.
    fn find(&self, name: String) -> Found;
}

/// The machine's own knowledge of names.
pub(super) struct SystemNames;

impl Names for SystemNames {
    fn find(&self, name: String) -> Found {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) })
    }
}

/// Looks names up for the HTTP client, which connects to exactly what is answered here: a name cannot lead elsewhere
/// between the look and the connection.
pub(super) struct Guarded {
    pub(super) names: Arc<dyn Names>,
    pub(super) reach: Reach,
}

impl reqwest::dns::Resolve for Guarded {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let (found, reach) = (self.names.find(name.as_str().to_owned()), self.reach.clone());
        Box::pin(async move {
            let addresses = found.await?;
            // One private address among public ones is a trap, not a choice.
            if !addresses.iter().all(|address| reach.allows(address.ip())) {
                return Err(Box::from(Private));
            }
            Ok(Box::new(addresses.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_reached() {
        let closed = Reach::default();
        let private = [
            "127.0.0.1",
            "127.9.9.9",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "0.1.2.3",
            "192.0.0.8",
            "198.18.0.1",
            "192.0.2.1",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "100::1",
            "64:ff9b:1::a00:1",
            "4000::1",
        ];
        for address in private {
            assert!(!closed.allows(address.parse().unwrap()), "{address}");
        }
        for address in
            ["8.8.8.8", "93.184.216.34", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
        {
            assert!(closed.allows(address.parse().unwrap()), "{address}");
        }
        let beside = Reach { loopback: true, ..Reach::default() };
        assert!(beside.allows("127.0.0.1".parse().unwrap()) && beside.allows("::1".parse().unwrap()));
        assert!(!beside.allows("10.0.0.1".parse().unwrap()) && !beside.allows("169.254.169.254".parse().unwrap()));
    }

    #[test]
    fn s_h8_a_listed_network_is_reached_and_nothing_beside_it() {
        let networks = ["10.1.2.0/24", "fd12:3456::/48"].map(|text| Network::parse(text).unwrap());
        let reach = Reach { loopback: false, networks: networks.into() };
        for (address, reached) in [
            ("10.1.2.7", true),
            ("::ffff:10.1.2.7", true),
            ("10.1.3.7", false),
            ("fd12:3456::9", true),
            ("fd12:3457::9", false),
            ("127.0.0.1", false),
            ("169.254.169.254", false),
            ("8.8.8.8", true),
        ] {
            assert_eq!(reach.allows(address.parse().unwrap()), reached, "{address}");
        }
        for (address, admitted) in
            [("https://10.1.2.7/", true), ("http://10.1.2.7/", false), ("https://10.1.3.7/", false)]
        {
            assert_eq!(reach.admits(&Url::parse(address).unwrap()), admitted, "{address}");
        }
    }

    #[test]
    fn s_h8_no_list_opens_the_metadata_of_a_cloud_or_this_machine() {
        for text in [
            "169.254.169.254/32",
            "169.254.0.0/16",
            "0.0.0.0/0",
            "127.0.0.1/32",
            "::/0",
            "fe80::/64",
            "fd00:ec2::254/128",
            "fd00::/8",
            "::1/128",
        ] {
            assert!(Network::parse(text).unwrap_err().contains("never opened"), "{text}");
        }
        for text in ["", "10.1.2.0", "10.1.2.0/33", "intranet.example.org", "10.1.2.0/24 "] {
            assert!(Network::parse(text).unwrap_err().contains("is no network"), "{text}");
        }
    }

    #[test]
    fn an_address_is_https_without_a_password_and_http_only_on_loopback() {
        let (closed, beside) = (Reach::default(), Reach { loopback: true, ..Reach::default() });
        // The last two are spellings of 127.0.0.1.
        let table = [
            ("https://bot.example.org/ask", true, true),
            ("http://bot.example.org/ask", false, false),
            ("http://localhost:8080/ask", false, true),
            ("http://[::1]:8080/", false, true),
            ("https://localhost/", true, true),
            ("https://127.0.0.1/", false, true),
            ("https://10.0.0.1/", false, false),
            ("https://[::ffff:10.0.0.1]/", false, false),
            ("https://name:secret@bot.example.org/", false, false),
            ("ftp://localhost/", false, false),
            ("file:///etc/passwd", false, false),
            ("https://0x7f000001/", false, true),
            ("https://2130706433/", false, true),
        ];
        for (address, closed_admits, beside_admits) in table {
            let url = Url::parse(address).unwrap();
            assert_eq!((closed.admits(&url), beside.admits(&url)), (closed_admits, beside_admits), "{address}");
        }
    }
}
