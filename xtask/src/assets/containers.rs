//! The two icon files that Windows and macOS want: both are a table of PNG pictures.

use anyhow::{Context, Result};

/// Pictures with their sides in pixels.
type Pictures = [(u32, Vec<u8>)];

/// An icon file of Windows.
pub fn ico(pictures: &Pictures) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    let count = u16::try_from(pictures.len())?;
    for part in [0_u16, 1, count] {
        file.extend(part.to_le_bytes());
    }
    let mut at = 6 + 16 * u32::from(count);
    for (size, png) in pictures {
        // A side of 256 is written as nought: there is one byte for it.
        let side = u8::try_from(size % 256)?;
        let length = u32::try_from(png.len())?;
        file.extend([side, side, 0, 0, 1, 0, 32, 0]);
        file.extend(length.to_le_bytes());
        file.extend(at.to_le_bytes());
        at += length;
    }
    file.extend(pictures.iter().flat_map(|(_, png)| png));
    Ok(file)
}

/// An icon file of macOS.
pub fn icns(pictures: &Pictures) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    for (size, png) in pictures {
        body.extend(icns_name(*size).with_context(|| format!("no icon of {size} pixels is known"))?);
        body.extend((u32::try_from(png.len())? + 8).to_be_bytes());
        body.extend(png);
    }
    let length = u32::try_from(body.len())? + 8;
    Ok([b"icns".as_slice(), &length.to_be_bytes(), &body].concat())
}

/// What a picture of this side is called; the small ones are the doubled ones of half the size.
fn icns_name(size: u32) -> Option<&'static [u8; 4]> {
    match size {
        32 => Some(b"ic11"),
        64 => Some(b"ic12"),
        128 => Some(b"ic07"),
        256 => Some(b"ic08"),
        512 => Some(b"ic09"),
        1024 => Some(b"ic10"),
        _ => None,
    }
}
