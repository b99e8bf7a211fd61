//! S-C9: pictures that are meant to swell, to take for ever or to break a decoder, given to the very process that makes
//! pictures. Whatever it makes of them, it ends soon and says nothing but a small picture.

use image::{DynamicImage, ImageFormat, RgbImage};
use otklik_files::{helper, picture::Picture};
use std::{
    io::{Cursor, Read as _, Write as _},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Its five seconds of computing, by the clock of a machine that is busy with much else.
const PATIENCE: Duration = Duration::from_secs(300);
/// A picture for a thread is no larger, in bytes.
const SMALL: usize = 4 * 1024 * 1024;

/// What has to come of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Comes {
    /// A picture.
    Picture,
    /// None.
    Nothing,
    /// Either: decoders may differ.
    Either,
}

/// Gives a picture to the process that makes pictures, as the engine does.
fn made(media: &str, content: &[u8]) -> Option<Picture> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_otklik-pictures"))
        .args([helper::ARGUMENT, media, "720"])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let content = content.to_vec();
    // What it does not read, it did not need.
    let saying = std::thread::spawn(move || input.write_all(&content).is_ok());
    let mut written = Vec::new();
    output.read_to_end(&mut written).unwrap();
    saying.join().unwrap();
    child.wait().unwrap().success().then(|| helper::read(&written)).flatten()
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut content = Cursor::new(Vec::new());
    image.write_to(&mut content, format).unwrap();
    content.into_inner()
}

fn small() -> DynamicImage {
    RgbImage::from_fn(64, 48, |x, y| image::Rgb([(x * 4) as u8, (y * 5) as u8, 90])).into()
}

/// A chunk of a PNG.
fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let turn = |crc: u32| (0..8).fold(crc, |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 });
    let said = [kind.as_slice(), body].concat();
    let crc = !said.iter().fold(!0, |crc, byte| turn((crc ^ u32::from(*byte)) & 0xff) ^ (crc >> 8));
    [&u32::try_from(body.len()).unwrap().to_be_bytes(), said.as_slice(), &crc.to_be_bytes()].concat()
}

/// A good PNG with this between its header and its pixels.
fn png_with(extra: &[u8]) -> Vec<u8> {
    let good = encoded(&small(), ImageFormat::Png);
    // The signature and the header chunk.
    let (head, rest) = good.split_at(8 + 25);
    [head, extra, rest].concat()
}

/// Sixty million zeros, packed: the pixels of an empty picture.
fn packed_zeros() -> Vec<u8> {
    let empty = encoded(&DynamicImage::new_luma8(10_000, 6_000), ImageFormat::Png);
    let mut packed = Vec::new();
    let mut at = 8;
    while at + 12 <= empty.len() {
        let length = u32::from_be_bytes(empty[at..at + 4].try_into().unwrap()) as usize;
        if &empty[at + 4..at + 8] == b"IDAT" {
            packed.extend_from_slice(&empty[at + 8..at + 8 + length]);
        }
        at += 12 + length;
    }
    packed
}

/// A GIF with a canvas of this size and so many frames of one pixel.
fn gif(side: u16, frames: usize) -> Vec<u8> {
    let mut gif = b"GIF89a".to_vec();
    gif.extend_from_slice(&side.to_le_bytes());
    gif.extend_from_slice(&side.to_le_bytes());
    gif.extend_from_slice(&[0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
    for _ in 0..frames {
        gif.extend_from_slice(&[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
    }
    gif.push(0x3b);
    gif
}

/// A segment of a JPEG.
fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], length.as_slice(), body].concat()
}

/// A JPEG of forty million pixels that is sent in so many passes over nothing.
fn endless_jpeg(passes: usize, components: u8) -> Vec<u8> {
    let mut jpeg = b"\xff\xd8".to_vec();
    jpeg.extend(segment(0xdb, &[&[0_u8][..], &[1; 64]].concat()));
    let mut frame = vec![8, 0x13, 0x88, 0x1f, 0x40, components];
    (1..=components).for_each(|component| frame.extend_from_slice(&[component, 0x11, 0]));
    jpeg.extend(segment(0xc2, &frame));
    for table in [0x00, 0x10] {
        jpeg.extend(segment(0xc4, &[&[table, 1][..], &[0; 15], &[0]].concat()));
    }
    for _ in 0..passes {
        let mut scan = vec![components];
        (1..=components).for_each(|component| scan.extend_from_slice(&[component, 0]));
        scan.extend_from_slice(&[0, 0, 0]);
        jpeg.extend(segment(0xda, &scan));
        jpeg.extend_from_slice(&[0; 16]);
    }
    jpeg.extend_from_slice(b"\xff\xd9");
    jpeg
}

fn corpus() -> Vec<(&'static str, &'static str, Vec<u8>, Comes)> {
    use Comes::{Either, Nothing, Picture};
    let zeros = packed_zeros();
    let profile = chunk(b"iCCP", &[b"swells\0\0".as_slice(), &zeros].concat());
    let text = chunk(b"zTXt", &[b"swells\0\0".as_slice(), &zeros].concat());
    let animated = chunk(b"acTL", &[10_000_u32.to_be_bytes(), 0_u32.to_be_bytes()].concat());
    let good = |format| encoded(&small(), format);
    let jpeg = good(ImageFormat::Jpeg);
    vec![
        ("a good one", "image/png", good(ImageFormat::Png), Picture),
        (
            "sixty million pixels",
            "image/png",
            encoded(&DynamicImage::new_luma8(10_000, 6_000), ImageFormat::Png),
            Nothing,
        ),
        ("ten thousand frames", "image/gif", gif(64, 10_000), Picture),
        ("a canvas without end", "image/gif", gif(u16::MAX, 1), Nothing),
        ("frames that never come", "image/png", png_with(&animated), Either),
        ("a colour profile that swells", "image/png", png_with(&profile), Either),
        ("words that swell", "image/png", png_with(&text), Either),
        ("passes without end", "image/jpeg", endless_jpeg(3_000, 3), Either),
        ("four inks", "image/jpeg", endless_jpeg(1, 4), Either),
        ("a photograph with two ends", "image/jpeg", [jpeg.as_slice(), &jpeg].concat(), Picture),
        ("only a beginning", "image/jpeg", jpeg[..jpeg.len() / 3].to_vec(), Either),
        ("a page that is called a picture", "image/png", b"<html><script>canary()</script>".to_vec(), Nothing),
        ("a drawing", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), Nothing),
        ("a scan", "image/tiff", b"II*\0\x08\0\0\0\0\0".to_vec(), Nothing),
        ("an icon", "image/x-icon", b"\0\0\x01\0\xff\xff".to_vec(), Nothing),
        ("a film in a picture", "image/avif", b"\0\0\0\x1cftypavif\0\0\0\0".to_vec(), Nothing),
    ]
}

#[test]
fn s_c9_the_process_that_makes_pictures_survives_them_all_or_ends() {
    for (name, media, content, comes) in corpus() {
        let began = Instant::now();
        let made = made(media, &content);
        assert!(began.elapsed() < PATIENCE, "{name} takes {:?}", began.elapsed());
        let is = if made.is_some() { Comes::Picture } else { Comes::Nothing };
        assert!(comes == Comes::Either || comes == is, "{name}: {is:?}");
        if let Some(Picture { pixels: (width, height), content }) = made {
            assert!(u64::from(width) * u64::from(height) <= 40_000_000, "{name}");
            assert!(content.len() <= SMALL, "{name} became {} bytes", content.len());
        }
    }
}
