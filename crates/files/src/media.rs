//! What a file is, by its bytes.

/// So many bytes tell what a file is.
pub const HEAD: usize = 8 * 1024;

/// The media type of a content that begins so.
pub fn media_of(head: &[u8]) -> &'static str {
    // Checked first: a text that a browser could take for a page is nothing else, whatever it is called.
    if is_markup(head) {
        return "text/html";
    }
    match infer::get(head) {
        Some(kind) => kind.mime_type(),
        None if is_text(head) => "text/plain",
        None => "application/octet-stream",
    }
}

/// Whether the bytes begin as a page, a drawing or any other markup that can carry a script.
fn is_markup(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let tag = text.first() == Some(&b'<') && text.get(1).is_some_and(|c| c.is_ascii_alphabetic() || b"!?/".contains(c));
    tag && is_text(head)
}

fn is_text(head: &[u8]) -> bool {
    // The head may end within a character.
    let whole = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && head.len() >= HEAD,
    };
    let control = |c: &u8| *c < b' ' && !b"\t\n\r\x0c\x1b".contains(c);
    whole && !head.iter().any(control)
}

/// What a file is given out as: what no program runs keeps its type, everything else is only bytes.
pub fn given_as(media: &str) -> &str {
    let inert = matches!(
        media,
        "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "application/pdf" | "application/zip" | "text/plain"
    );
    let played = media.starts_with("audio/") || media.starts_with("video/");
    if inert || played { media } else { "application/octet-stream" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_believed_and_nothing_else() {
        for (head, media, given) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "image/png", "image/png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "image/jpeg", "image/jpeg"),
            (b"GIF89a<script>alert(1)</script>", "image/gif", "image/gif"),
            (b"%PDF-1.7\n<script>", "application/pdf", "application/pdf"),
            (b"MZ\x90\0\x03\0\0\0", "application/vnd.microsoft.portable-executable", "application/octet-stream"),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "text/html", "application/octet-stream"),
            (b"\xef\xbb\xbf \n<!DOCTYPE html><p>", "text/html", "application/octet-stream"),
            (b"<?xml version='1.0'?><svg/>", "text/html", "application/octet-stream"),
            (b"<ScRiPt>alert(1)", "text/html", "application/octet-stream"),
            ("Где мой заказ?".as_bytes(), "text/plain", "text/plain"),
            (b"2 < 3, they say", "text/plain", "text/plain"),
            (b"\0\x01\x02\x03", "application/octet-stream", "application/octet-stream"),
        ] {
            let shown = String::from_utf8_lossy(head);
            assert_eq!(media_of(head), media, "{shown}");
            assert_eq!(given_as(media), given, "{shown}");
        }
    }

    #[test]
    fn a_character_cut_at_the_end_of_the_head_is_still_text() {
        let mut text = "ж".repeat(HEAD);
        text.insert(0, 'a');
        assert_eq!(media_of(&text.as_bytes()[..HEAD]), "text/plain");
        assert_eq!(media_of(b"abc\xd0"), "application/octet-stream");
    }
}
