//! Which of the keys that this program trusts a release names as its own. There may be two, so that one can give way to
//! the next: a release signed by the new one is taken by everybody who has it, long before the old one is dropped. That
//! the signature holds is the updater's to check; here nothing is believed.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

/// Bytes of a minisign key or signature before the number that names the key.
const BEFORE_NUMBER: usize = 2;
/// Bytes of that number.
const NUMBER: usize = 8;

/// The number that names a public key, such as `RWQ…`.
fn key_number(key: &str) -> Option<[u8; NUMBER]> {
    number_in(key.trim())
}

/// The number of the key that a signature names, as a release announces it: a minisign file in base64.
fn named_by(signature: &str) -> Option<[u8; NUMBER]> {
    let text = String::from_utf8(BASE64.decode(signature.trim()).ok()?).ok()?;
    number_in(text.lines().nth(1)?)
}

fn number_in(base64: &str) -> Option<[u8; NUMBER]> {
    BASE64.decode(base64).ok()?.get(BEFORE_NUMBER..BEFORE_NUMBER + NUMBER)?.try_into().ok()
}

/// The one of these keys that a signature names, in the form that the updater takes.
pub fn key_for(signature: &str, keys: &[String]) -> Option<String> {
    let wanted = named_by(signature)?;
    let key = keys.iter().find(|key| key_number(key) == Some(wanted))?;
    Some(for_updater(key))
}

/// The updater wants the file of a key, in base64.
pub fn for_updater(key: &str) -> String {
    BASE64.encode(format!("untrusted comment: minisign public key\n{}\n", key.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
    const SIGNED: &str = "untrusted comment: signature from minisign secret key\n\
        RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=\n";

    #[test]
    fn a_signature_finds_its_key_among_those_that_are_trusted() {
        let signature = BASE64.encode(SIGNED);
        let other = BASE64.encode([b"Ed".as_slice(), &[7; 40]].concat());
        assert_eq!(key_for(&signature, &[other.clone(), KEY.to_owned()]), Some(for_updater(KEY)));
        assert_eq!(key_for(&signature, &[other]), None, "signed by a stranger");
        assert_eq!(key_for(&signature, &[]), None);
    }

    #[test]
    fn what_is_no_signature_finds_none() {
        for text in ["", "?", &BASE64.encode("one line"), &BASE64.encode("a\nb\n"), &BASE64.encode([0xff, 0xfe])] {
            assert_eq!(key_for(text, &[KEY.to_owned()]), None, "{text:?}");
        }
    }
}
