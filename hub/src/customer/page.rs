//! The page of a site that a customer is on, as he says it.

use otklik_model::{Page, clean_name};

const URL_CHARS: usize = 2_000;
const TITLE_CHARS: usize = 200;

/// A page as it may be shown: an address of the web, cut to length, on one line.
pub(super) fn clean_page(page: Page) -> Option<Page> {
    let url = clean_name(&page.url, URL_CHARS);
    let parsed = url::Url::parse(&url).ok().filter(|parsed| matches!(parsed.scheme(), "http" | "https"))?;
    parsed.host_str()?;
    Some(Page { url, title: clean_name(&page.title, TITLE_CHARS) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_cleaned() {
        let clean = |url: &str, title: &str| clean_page(Page { url: url.to_owned(), title: title.to_owned() });
        let page = clean("https://shop.example.org/a b\u{202e}", "  Orders\n\u{200b}today\0 ").unwrap();
        assert_eq!((page.url.as_str(), page.title.as_str()), ("https://shop.example.org/a b", "Orders today"));
        let long = clean(&format!("https://x.example/{}", "y".repeat(9_000)), &"z".repeat(900)).unwrap();
        assert_eq!((long.url.len(), long.title.len()), (URL_CHARS, TITLE_CHARS));
        for bad in ["", "javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "not an address"] {
            assert_eq!(clean(bad, "title"), None, "{bad}");
        }
    }
}
