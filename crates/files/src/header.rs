//! The size of a picture by its first bytes, without decoding anything: what is too large is refused before a decoder
//! sees it.

/// More pixels than this are not shown.
pub const MOST_PIXELS: u64 = 40_000_000;

/// So many bytes usually tell the size; a photograph can hold much else before it.
pub const HEAD: usize = 256 * 1024;

/// Width and height of a PNG, JPEG, GIF or WebP that begins so; `None` if it does not tell, or is something else.
#[must_use]
pub fn pixels(head: &[u8]) -> Option<(u32, u32)> {
    if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        png(head)
    } else if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        Some((le16(head, 6)?, le16(head, 8)?))
    } else if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        webp(head)
    } else if head.starts_with(b"\xff\xd8") {
        jpeg(head)
    } else {
        None
    }
}

/// Whether a picture of this size is shown at all.
#[must_use]
pub fn can_be_shown((width, height): (u32, u32)) -> bool {
    width > 0 && height > 0 && u64::from(width) * u64::from(height) <= MOST_PIXELS
}

fn png(head: &[u8]) -> Option<(u32, u32)> {
    (head.get(12..16)? == b"IHDR").then_some((be32(head, 16)?, be32(head, 20)?))
}

fn webp(head: &[u8]) -> Option<(u32, u32)> {
    match head.get(12..16)? {
        // Fourteen bits each; two of each pair say how it was scaled.
        b"VP8 " => Some((le16(head, 26)? & 0x3fff, le16(head, 28)? & 0x3fff)),
        b"VP8L" => {
            let bits = u32::from_le_bytes(head.get(21..25)?.try_into().ok()?);
            Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
        }
        b"VP8X" => Some((le24(head, 24)? + 1, le24(head, 27)? + 1)),
        _ => None,
    }
}

/// Goes from segment to segment until one says the size.
fn jpeg(head: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        if *head.get(at)? != 0xff {
            return None;
        }
        let marker = *head.get(at + 1)?;
        match marker {
            // Filling.
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some((be16(head, at + 7)?, be16(head, at + 5)?));
            }
            // The pixels begin, or it ends.
            0xd9 | 0xda => return None,
            _ => at += 2 + usize::try_from(be16(head, at + 2)?).ok()?,
        }
    }
}

fn be16(head: &[u8], at: usize) -> Option<u32> {
    Some(u16::from_be_bytes(head.get(at..at + 2)?.try_into().ok()?).into())
}

fn be32(head: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?))
}

fn le16(head: &[u8], at: usize) -> Option<u32> {
    Some(u16::from_le_bytes(head.get(at..at + 2)?.try_into().ok()?).into())
}

fn le24(head: &[u8], at: usize) -> Option<u32> {
    let [a, b, c] = head.get(at..at + 3)?.try_into().ok()?;
    Some(u32::from_le_bytes([a, b, c, 0]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, ImageFormat, RgbImage, RgbaImage};
    use proptest::prelude::*;
    use std::io::Cursor;

    #[test]
    fn the_size_is_read_of_all_four_kinds() {
        let opaque = DynamicImage::from(RgbImage::new(321, 45));
        let clear = DynamicImage::from(RgbaImage::new(321, 45));
        for (format, image) in [
            (ImageFormat::Png, &opaque),
            (ImageFormat::Png, &clear),
            (ImageFormat::Jpeg, &opaque),
            (ImageFormat::Gif, &clear),
            (ImageFormat::WebP, &opaque),
            (ImageFormat::WebP, &clear),
        ] {
            let mut content = Cursor::new(Vec::new());
            image.write_to(&mut content, format).unwrap();
            let content = content.into_inner();
            assert_eq!(pixels(&content), Some((321, 45)), "{format:?}");
            for cut in 0..content.len().min(64) {
                assert!(matches!(pixels(&content[..cut]), None | Some((321, 45))), "{format:?} cut at {cut}");
            }
        }
        let extended = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x3f\x1f\0\x7f\x02\0";
        assert_eq!(pixels(extended), Some((8_000, 640)));
        let lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x40\x41\x2d\0";
        assert_eq!(pixels(lossy), Some((320, 45)));
    }

    #[test]
    fn forty_million_pixels_are_the_most() {
        for (size, shown) in [
            ((8_000, 5_000), true),
            ((8_000, 5_001), false),
            ((65_535, 65_535), false),
            ((u32::MAX, u32::MAX), false),
            ((0, 10), false),
        ] {
            assert_eq!(can_be_shown(size), shown, "{size:?}");
        }
    }

    proptest! {
        #[test]
        fn no_beginning_breaks_it(kind in 0..4_usize, rest in prop::collection::vec(any::<u8>(), 0..200)) {
            let begins: [&[u8]; 4] = [b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"\xff\xd8"];
            let head = [begins[kind], &rest].concat();
            for told in [pixels(&head), pixels(&rest)].into_iter().flatten() {
                // Only a PNG has room for more than twenty-four bits a side.
                prop_assert!(kind == 0 || (told.0 <= 1 << 24 && told.1 <= 1 << 24));
            }
        }
    }
}
