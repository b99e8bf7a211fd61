//! Links from other programs to a dialog: `otklik://dialog/…` and `otklik://customer/…`. A link names what is to be
//! shown and nothing else: there is no link that does something.

use otklik_model::DialogId;
use std::str::FromStr;

/// The scheme that the system hands to this program.
const SCHEME: &str = "otklik://";

/// What a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialogLink {
    /// A dialog by its id: `otklik://dialog/0190b6f0-…`.
    Dialog(DialogId),
    /// A dialog by the number that operators see: `otklik://dialog/17`.
    Number(u64),
    /// The newest dialog of the customer with this number: `otklik://customer/7`.
    Customer(u64),
}

impl DialogLink {
    /// Reads a link. `None` for everything that is not exactly one of the three forms: what comes in this way was
    /// written by strangers, so nothing of it is guessed, decoded or forgiven.
    #[must_use]
    pub fn parse(link: &str) -> Option<Self> {
        let (scheme, rest) = link.split_at_checked(SCHEME.len())?;
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return None;
        }
        // Browsers end an address without a path by themselves; some end every address so.
        let (kind, name) = rest.strip_suffix('/').unwrap_or(rest).split_once('/')?;
        match kind {
            "dialog" => id(name).map(Self::Dialog).or_else(|| number(name).map(Self::Number)),
            "customer" => number(name).map(Self::Customer),
            _ => None,
        }
    }
}

/// An id in the one form in which ids are shown.
fn id(name: &str) -> Option<DialogId> {
    let id = DialogId::from_str(name).ok()?;
    id.to_string().eq_ignore_ascii_case(name).then_some(id)
}

fn number(name: &str) -> Option<u64> {
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    name.parse().ok().filter(|number| plain && *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0190b6f0-1a2b-7c3d-8e4f-5a6b7c8d9e0f";

    #[test]
    fn a_link_leads_to_a_dialog_by_id_or_number_or_to_a_customer() {
        let dialog = DialogLink::Dialog(ID.parse().unwrap());
        for (link, leads) in [
            (format!("otklik://dialog/{ID}"), dialog),
            (format!("otklik://dialog/{ID}/"), dialog),
            (format!("OTKLIK://dialog/{}", ID.to_uppercase()), dialog),
            ("otklik://dialog/17".to_owned(), DialogLink::Number(17)),
            ("otklik://customer/7".to_owned(), DialogLink::Customer(7)),
        ] {
            assert_eq!(DialogLink::parse(&link), Some(leads), "{link}");
        }
    }

    #[test]
    fn s_c22_whatever_else_a_link_says_is_refused() {
        let hostile = [
            "",
            "otklik:",
            "otklik://",
            "otklik://dialog",
            "otklik://dialog/",
            "otklik://dialog//",
            "otklik://dialog/0",
            "otklik://dialog/-1",
            "otklik://dialog/+1",
            "otklik://dialog/1e3",
            "otklik://dialog/١٧",
            "otklik://dialog/99999999999999999999999",
            "otklik://dialog/17?send=hello",
            "otklik://dialog/17#close",
            "otklik://dialog/17/close",
            "otklik://dialog/%31%37",
            "otklik://dialog/../customer/7",
            "otklik://user:pass@dialog/17",
            "otklik://dialog:80/17",
            "otklik://send/17?text=hi",
            "otklik://signin/https://evil.example",
            "otklik://customer/0190b6f0-1a2b-7c3d-8e4f-5a6b7c8d9e0f",
            "otklik://dialog/{0190b6f0-1a2b-7c3d-8e4f-5a6b7c8d9e0f}",
            "otklik://dialog/urn:uuid:0190b6f0-1a2b-7c3d-8e4f-5a6b7c8d9e0f",
            "otklik://dialog/0190b6f01a2b7c3d8e4f5a6b7c8d9e0f",
            " otklik://dialog/17",
            "otklik://dialog/17 ",
            "otklik://dialog/17\n--data=/tmp",
            "otklik://dialog/17\0",
            "otklik://диалог/17",
            "otklik:/dialog/17",
            "https://dialog/17",
            "javascript:alert(1)",
            "--help",
            "file:///etc/passwd",
        ];
        for link in hostile {
            assert_eq!(DialogLink::parse(link), None, "{link:?}");
        }
        assert_eq!(DialogLink::parse(&format!("otklik://dialog/{}", "9".repeat(1 << 20))), None);
    }

    proptest::proptest! {
        #[test]
        fn s_c22_any_text_at_all_is_read_without_harm(text in "\\PC*", tail in "[a-z0-9/?#:@%.-]{0,60}") {
            for link in [text, format!("otklik://{tail}"), format!("otklik://dialog/{tail}")] {
                if let Some(found) = DialogLink::parse(&link) {
                    let again = match found {
                        DialogLink::Dialog(id) => format!("otklik://dialog/{id}"),
                        DialogLink::Number(number) => format!("otklik://dialog/{number}"),
                        DialogLink::Customer(number) => format!("otklik://customer/{number}"),
                    };
                    proptest::prop_assert_eq!(DialogLink::parse(&again), Some(found));
                }
            }
        }
    }
}
