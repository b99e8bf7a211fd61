//! A file's name in a header.

/// The value of a header that has a file saved under this name and never shown.
pub(super) fn disposition(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_graphic() && !"\"\\%;".contains(c) || c == ' ' { c } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_files::name::clean;
    use proptest::prelude::*;

    #[test]
    fn a_header_carries_any_name() {
        assert_eq!(
            disposition("a \"b\"; %c.txt"),
            "attachment; filename=\"a _b__ _c.txt\"; filename*=UTF-8''a%20%22b%22%3B%20%25c.txt"
        );
        assert!(disposition("ё.pdf").ends_with("filename*=UTF-8''%D1%91.pdf"));
    }

    proptest! {
        #[test]
        fn a_header_is_plain_whatever_a_file_is_called(given in "\\PC{0,300}") {
            prop_assert!(disposition(&clean(&given)).bytes().all(|byte| (b' '..0x7f).contains(&byte)));
        }
    }
}
