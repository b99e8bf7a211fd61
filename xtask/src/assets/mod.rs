//! The icons and the sounds, drawn and played from scratch: our own, the same on every run, and changed by changing
//! a number here. What is made is committed, because the app is built from it.

mod canvas;
mod chime;
mod containers;
mod mark;

use crate::program::root;
use anyhow::{Context, Result};
use canvas::Canvas;
use mark::Tray;
use std::fs;

/// Draws and plays everything into icons/ and sounds/.
pub fn write() -> Result<()> {
    for (name, size) in [("32x32", 32), ("128x128", 128), ("128x128@2x", 256), ("icon", 512)] {
        put(&format!("icons/{name}.png"), &mark::app(size).png()?)?;
    }
    put("icons/icon.ico", &containers::ico(&drawn(&[16, 24, 32, 48, 64, 256])?)?)?;
    put("icons/icon.icns", &containers::icns(&drawn(&[32, 64, 128, 256, 512, 1024])?)?)?;
    for (name, state) in [("normal", Tray::Normal), ("unread", Tray::Unread), ("offline", Tray::Offline)] {
        put(&format!("icons/tray-{name}.png"), &mark::tray(state, 64).png()?)?;
    }
    put("sounds/long.wav", &chime::wav(&chime::LONG))?;
    put("sounds/short.wav", &chime::wav(&chime::SHORT))?;
    put("sounds/trouble.wav", &chime::wav(&chime::TROUBLE))
}

/// The app's icon in several sizes, each with its size.
fn drawn(sizes: &[u32]) -> Result<Vec<(u32, Vec<u8>)>> {
    sizes.iter().map(|&size| Ok((size, mark::app(size).png()?))).collect()
}

fn put(path: &str, bytes: &[u8]) -> Result<()> {
    println!("{path}: {} bytes", bytes.len());
    fs::write(root().join(path), bytes).with_context(|| format!("cannot write {path}"))
}

impl Canvas {
    fn png(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.size(), self.size());
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        encoder.write_header()?.write_image_data(&self.rgba())?;
        Ok(bytes)
    }
}
