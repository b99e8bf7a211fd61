//! Where operators may send the customers of the site.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use url::Url;

/// Whether operators may send customers to another page, and to pages of which sites. Nowhere, unless it is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Teleport {
    /// They may.
    pub on: bool,
    /// The sites: scheme, host and port of each, such as `https://shop.example.org`.
    pub origins: BTreeSet<String>,
}

impl Teleport {
    /// Whether customers may be sent there.
    #[must_use]
    pub fn allows(&self, address: &Url) -> bool {
        self.on && self.origins.contains(&address.origin().ascii_serialization())
    }

    /// The sites that they may be sent to, as things stand.
    #[must_use]
    pub fn sites(&self) -> Vec<String> {
        if self.on { self.origins.iter().cloned().collect() } else { Vec::new() }
    }
}

/// The origin that a text is, as a browser writes it.
///
/// # Errors
/// What to write instead; nothing, if it is no address of the web at all.
pub(super) fn origin(text: &str) -> Result<(), Option<String>> {
    let url = Url::parse(text).map_err(|_| None)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(None);
    }
    let origin = url.origin().ascii_serialization();
    if origin == text { Ok(()) } else { Err(Some(origin)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_its_scheme_its_host_and_its_port() {
        let origins = ["https://shop.example.org", "http://localhost:8080", "https://xn--e1afmkfd.xn--p1ai"];
        let teleport = Teleport { on: true, origins: origins.map(str::to_owned).into() };
        let allows = |address: &str| teleport.allows(&Url::parse(address).unwrap());
        for address in [
            "https://shop.example.org",
            "https://SHOP.example.org:443/pay?order=7#top",
            "http://localhost:8080/x",
            "https://пример.рф/путь",
        ] {
            assert!(allows(address), "{address}");
        }
        for address in [
            "http://shop.example.org/",
            "https://shop.example.org:8443/",
            "https://shop.example.org.evil.example/",
            "https://evil.example/https://shop.example.org/",
            "https://shop.example.org@evil.example/",
            "https://pay.shop.example.org/",
            "http://localhost/",
            "javascript:alert(1)//https://shop.example.org",
            "data:text/html,https://shop.example.org",
            "blob:null/https://shop.example.org",
        ] {
            assert!(!allows(address), "{address}");
        }
        let off = Teleport { on: false, ..teleport.clone() };
        assert!(!off.allows(&Url::parse("https://shop.example.org/").unwrap()) && off.sites().is_empty());
        assert_eq!(teleport.sites().len(), 3);
        assert!(
            !Teleport { on: true, ..Teleport::default() }.allows(&Url::parse("https://shop.example.org/").unwrap())
        );
    }

    #[test]
    fn what_is_no_origin_is_told_how_it_is_written() {
        for good in ["https://shop.example.org", "http://localhost:8080", "http://[::1]:1"] {
            assert_eq!(origin(good), Ok(()), "{good}");
        }
        for (bad, instead) in [
            ("https://shop.example.org/", "https://shop.example.org"),
            ("https://shop.example.org/pay", "https://shop.example.org"),
            ("https://SHOP.example.org:443", "https://shop.example.org"),
            ("https://пример.рф", "https://xn--e1afmkfd.xn--p1ai"),
            ("https://user@shop.example.org", "https://shop.example.org"),
        ] {
            assert_eq!(origin(bad), Err(Some(instead.to_owned())), "{bad}");
        }
        for bad in ["", "*", "shop.example.org", "https://", "javascript:alert(1)", "data:text/html,x", "file:///etc"] {
            assert_eq!(origin(bad), Err(None), "{bad}");
        }
    }
}
