//! Where a link in a customer's words really leads. Customer text is hostile: only a few schemes are ever opened, and
//! the operator sees the host as it is, not as it looks.

use crate::LinkCheck;
use unicode_script::{Script, UnicodeScript};
use url::{Host, Url};

/// Longer addresses are not opened.
const MAX_CHARS: usize = 4_000;

/// Looks at a link; `None` for what is never opened.
pub(crate) fn check_link(text: &str) -> Option<LinkCheck> {
    let text = text.trim();
    if text.chars().count() > MAX_CHARS || text.chars().any(|c| c.is_control()) {
        return None;
    }
    let mut warnings = Vec::new();
    if text.chars().any(is_bidi_or_invisible) {
        warnings.push("bidi".to_owned());
    }
    let url = Url::parse(text).ok()?;
    match url.scheme() {
        "https" | "http" => web(&url, warnings),
        "mailto" | "tel" => Some(LinkCheck { host: address(&url)?, url: url.to_string(), warnings }),
        _ => None,
    }
}

fn web(url: &Url, mut warnings: Vec<String>) -> Option<LinkCheck> {
    let host = match url.host()? {
        Host::Domain(domain) => {
            let (shown, mixed) = readable(domain);
            if mixed {
                warnings.push("mixed_scripts".to_owned());
            }
            shown
        }
        Host::Ipv4(ip) => ip.to_string(),
        Host::Ipv6(ip) => format!("[{ip}]"),
    };
    if !url.username().is_empty() || url.password().is_some() {
        warnings.push("userinfo".to_owned());
    }
    if url.scheme() == "http" {
        warnings.push("not_encrypted".to_owned());
    }
    let host = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    };
    Some(LinkCheck { host, url: url.to_string(), warnings })
}

/// The address part of `mailto:` and `tel:`, without headers that could carry more than the operator sees.
fn address(url: &Url) -> Option<String> {
    let plain = url.path();
    let lower = plain.to_ascii_lowercase();
    let safe = !plain.is_empty() && plain.len() <= 254 && !lower.contains("%0d") && !lower.contains("%0a");
    (safe && url.query().is_none()).then(|| plain.to_owned())
}

/// A host in Unicode where each label is of one script, in punycode where scripts are mixed; and whether they are.
fn readable(domain: &str) -> (String, bool) {
    let (unicode, result) = idna::domain_to_unicode(domain);
    if result.is_err() {
        return (domain.to_owned(), true);
    }
    let mixed = unicode.split('.').any(mixes_scripts) || looks_latin(&unicode);
    (if mixed { domain.to_owned() } else { unicode }, mixed)
}

fn mixes_scripts(label: &str) -> bool {
    let mut scripts =
        label.chars().map(|c| c.script()).filter(|script| !matches!(script, Script::Common | Script::Inherited));
    scripts.next().is_some_and(|first| scripts.any(|script| script != first))
}

/// A host whose Cyrillic labels are made only of letters that look like Latin ones (`аррӏе.com`).
fn looks_latin(unicode: &str) -> bool {
    const LOOKALIKES: &str = "асеорхуіјѕԁһӏԛԝьвнкмт";
    unicode.split('.').any(|label| {
        let mut letters = label.chars().filter(|c| c.script() == Script::Cyrillic).peekable();
        letters.peek().is_some() && letters.all(|c| LOOKALIKES.contains(c)) && !unicode.ends_with(".рф")
    })
}

fn is_bidi_or_invisible(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::check_link;

    fn told(link: &str) -> Option<(String, String)> {
        check_link(link).map(|check| (check.host, check.warnings.join(" ")))
    }

    #[test]
    fn shows_the_real_host() {
        for (link, host, warnings) in [
            ("https://shop.example/a?b#c", "shop.example", ""),
            ("http://shop.example:8080/", "shop.example:8080", "not_encrypted"),
            ("https://bank.ru@evil.example/", "evil.example", "userinfo"),
            ("https://президент.рф/", "президент.рф", ""),
            ("https://pаypal.com/", "xn--pypal-4ve.com", "mixed_scripts"),
            ("https://аррӏе.com/", "xn--80ak6aa92e.com", "mixed_scripts"),
            ("https://shop.example/\u{202E}gpj.exe", "shop.example", "bidi"),
            ("https://[::1]/", "[::1]", ""),
            ("mailto:ira@shop.example", "ira@shop.example", ""),
            ("tel:+79161234567", "+79161234567", ""),
        ] {
            assert_eq!(told(link), Some((host.to_owned(), warnings.to_owned())), "{link}");
        }
    }

    #[test]
    fn never_opens_the_rest() {
        let long = format!("https://a.example/{}", "x".repeat(10_000));
        for link in [
            "javascript:alert(1)",
            " java\tscript:alert(1)",
            "data:text/html,<script>1</script>",
            "file:///etc/passwd",
            "smb://host/share",
            "nfs://host/share",
            "ftp://host/x",
            "blob:https://a.example/1",
            "about:blank",
            "tauri://localhost/",
            "otklik://dialog/1",
            "ms-word:ofe|u|https://a.example/x.docm",
            "C:\\Windows\\System32\\calc.exe",
            "/usr/bin/xcalc",
            "file://host/share/x.exe",
            "FiLe:///etc/passwd",
            "\\\\host\\share",
            "ms-msdt:/id x",
            "search-ms:query=x",
            "vbscript:x",
            "mailto:a@b.example?bcc=c@d.example",
            "mailto:a@b.example%0d%0aBcc:c@d.example",
            "tel:+7916\r\n1",
            "https://",
            "просто слова",
            "",
            long.as_str(),
        ] {
            assert_eq!(told(link), None, "{link:?}");
        }
    }
}
