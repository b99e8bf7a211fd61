//! Pictures made anew. Every file here comes from a stranger: sizes are read before anything is decoded, memory is
//! bounded, and nothing of the original but its pixels gets into what is made.

use crate::header::MOST_PIXELS;
use image::{
    DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder, metadata::Orientation,
};
use std::io::Cursor;
use thiserror::Error;

/// A picture that takes more memory than this when it is decoded is only a file, in bytes.
pub const MOST_MEMORY: u64 = 128 * 1024 * 1024;
/// How much of a photograph is kept, of 100.
const QUALITY: u8 = 85;

/// A picture made anew from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Width and height of the original, as it is looked at.
    pub pixels: (u32, u32),
    /// PNG or JPEG.
    pub content: Vec<u8>,
}

/// Why there is no picture.
#[derive(Debug, Error)]
pub enum NoPicture {
    /// It is of no kind that is shown.
    #[error("not a picture that is shown")]
    Kind,
    /// It is too large.
    #[error("a picture of {0} by {1} pixels is too large")]
    TooLarge(u32, u32),
    /// It cannot be decoded.
    #[error("a picture that cannot be decoded: {0}")]
    Broken(#[from] image::ImageError),
}

/// Whether there can be a picture of this media type.
#[must_use]
pub fn knows(media: &str) -> bool {
    format_of(media).is_some()
}

fn format_of(media: &str) -> Option<ImageFormat> {
    match media {
        "image/png" => Some(ImageFormat::Png),
        "image/jpeg" => Some(ImageFormat::Jpeg),
        "image/gif" => Some(ImageFormat::Gif),
        "image/webp" => Some(ImageFormat::WebP),
        _ => None,
    }
}

/// Makes a picture anew, its longer side at most `side` pixels: nothing else of the original gets into it, no place and
/// no camera. Of what moves the first picture is taken.
///
/// # Errors
/// [`NoPicture`].
pub fn remake(media: &str, content: &[u8], side: u32) -> Result<Picture, NoPicture> {
    let format = format_of(media).ok_or(NoPicture::Kind)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(content), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS || decoder.total_bytes() > MOST_MEMORY {
        return Err(NoPicture::TooLarge(width, height));
    }
    decoder.set_limits(limits)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let whole = DynamicImage::from_decoder(decoder)?;
    let mut made = if width.max(height) > side { whole.thumbnail(side, side) } else { whole };
    made.apply_orientation(orientation);
    let turned = matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    let pixels = if turned { (height, width) } else { (width, height) };
    let mut content = Cursor::new(Vec::new());
    if made.color().has_alpha() {
        made.into_rgba8().write_to(&mut content, ImageFormat::Png)?;
    } else if format == ImageFormat::Jpeg || side < 1_000 {
        made.into_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut content, QUALITY))?;
    } else {
        // Letters on a screen stay sharp.
        made.into_rgb8().write_to(&mut content, ImageFormat::Png)?;
    }
    Ok(Picture { pixels, content: content.into_inner() })
}

/// The media type of a picture that was made here, which is one of two.
#[must_use]
pub fn media_of_made(content: &[u8]) -> &'static str {
    if content.starts_with(b"\xff\xd8") { "image/jpeg" } else { "image/png" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut content = Cursor::new(Vec::new());
        image.write_to(&mut content, format).unwrap();
        content.into_inner()
    }

    #[test]
    fn pictures_of_four_kinds_are_made_anew() {
        let opaque = DynamicImage::from(RgbImage::from_pixel(800, 400, Rgb([10, 200, 30])));
        let clear = DynamicImage::from(RgbaImage::from_pixel(40, 90, Rgba([0, 0, 0, 7])));
        for (media, format) in [
            ("image/png", ImageFormat::Png),
            ("image/jpeg", ImageFormat::Jpeg),
            ("image/webp", ImageFormat::WebP),
            ("image/gif", ImageFormat::Gif),
        ] {
            for (side, width) in [(300, 300), (4_000, 800)] {
                let made = remake(media, &encoded(&opaque, format), side).unwrap();
                let small = image::load_from_memory(&made.content).unwrap();
                assert_eq!((made.pixels, small.width(), small.height()), ((800, 400), width, width / 2), "{media}");
            }
        }
        let made = remake("image/png", &encoded(&clear, ImageFormat::Png), 300).unwrap();
        assert_eq!(media_of_made(&made.content), "image/png");
        assert!(image::load_from_memory(&made.content).unwrap().color().has_alpha());
    }

    #[test]
    fn where_and_with_what_it_was_taken_is_left_out() {
        let photo = encoded(&DynamicImage::from(RgbImage::new(40, 20)), ImageFormat::Jpeg);
        // An Exif segment after the beginning: turned by a quarter, and a place in words.
        let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0 GPS canary-55.7558";
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let tagged = [&photo[..2], b"\xff\xe1", &length, exif, &photo[2..]].concat();
        let made = remake("image/jpeg", &tagged, 300).unwrap();
        assert_eq!(made.pixels, (20, 40), "as it is looked at");
        assert!(!made.content.windows(6).any(|window| window == b"canary"));
        assert!(!made.content.windows(4).any(|window| window == b"Exif"));
    }

    /// A PNG that says it has this many pixels, and has none.
    fn hollow_png(width: u32, height: u32) -> Vec<u8> {
        let chunk = |kind: &[u8; 4], body: &[u8]| {
            let mut chunk = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
            chunk.extend_from_slice(kind);
            chunk.extend_from_slice(body);
            let crc = crc(&chunk[4..]);
            chunk.extend_from_slice(&crc.to_be_bytes());
            chunk
        };
        let mut header = width.to_be_bytes().to_vec();
        header.extend_from_slice(&height.to_be_bytes());
        header.extend_from_slice(&[8, 6, 0, 0, 0]);
        [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", &[]), chunk(b"IEND", &[])].concat()
    }

    fn crc(bytes: &[u8]) -> u32 {
        let turn = |crc: u32| (0..8).fold(crc, |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 });
        !bytes.iter().fold(!0, |crc, byte| turn((crc ^ u32::from(*byte)) & 0xff) ^ (crc >> 8))
    }

    #[test]
    fn a_decompression_bomb_is_not_decoded() {
        for (width, height) in [(16_000, 16_000), (65_535, 65_535), (40_000_001, 1), (u32::MAX, u32::MAX)] {
            let said = remake("image/png", &hollow_png(width, height), 300).unwrap_err().to_string();
            assert!(!said.contains("end of file"), "refused by what it says, before any pixel is read: {said}");
        }
        // A real one: sixty million pixels in three hundred thousand bytes.
        let bomb = encoded(&DynamicImage::new_luma8(10_000, 6_000), ImageFormat::Png);
        assert!(bomb.len() < 400_000, "{}", bomb.len());
        assert!(matches!(remake("image/png", &bomb, 300), Err(NoPicture::TooLarge(10_000, 6_000))));
    }

    #[test]
    fn cut_anywhere_or_with_a_wrong_byte_it_is_a_picture_or_none_and_nothing_breaks() {
        let image = DynamicImage::from(RgbImage::from_fn(24, 16, |x, y| Rgb([x as u8 * 9, y as u8 * 15, 77])));
        for (media, format) in [
            ("image/png", ImageFormat::Png),
            ("image/jpeg", ImageFormat::Jpeg),
            ("image/webp", ImageFormat::WebP),
            ("image/gif", ImageFormat::Gif),
        ] {
            let good = encoded(&image, format);
            for at in 0..good.len() {
                let mut wrong = good.clone();
                wrong[at] ^= 0x55;
                for content in [&good[..at], wrong.as_slice()] {
                    if let Ok(made) = remake(media, content, 300) {
                        assert!(image::load_from_memory(&made.content).is_ok(), "{media} at {at}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_no_picture_has_none() {
        for content in [&b""[..], b"\x89PNG\r\n\x1a\n", b"GIF89a<script>", b"\xff\xd8\xff\xe0 broken"] {
            for media in ["image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml", "text/html"] {
                assert!(remake(media, content, 300).is_err(), "{media}");
            }
        }
    }
}
