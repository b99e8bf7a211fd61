//! A process of its own for decoding pictures: whatever a stranger's bytes do to a decoder, they do it to a process that
//! has little memory, little time, no files and nothing to steal.
//!
//! This is its inside. It is started with a media type and a size, reads the picture from its input and writes the one
//! that it made to its output: eight bytes for width and height of the original, then the content.

use crate::picture::{Picture, remake};
use std::{
    io::{self, Read, Write},
    process::ExitCode,
};

/// The argument that makes a program a helper, before the media type and the longest side in pixels.
pub const ARGUMENT: &str = "--make-picture";
/// A larger file is not looked at, in bytes.
pub const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Does its work if the program was started for that, and returns how it is to end; `None`: it was started for
/// something else. To be called before anything else.
#[must_use]
pub fn run_if_asked(mut arguments: impl Iterator<Item = String>) -> Option<ExitCode> {
    if arguments.next()? != ARGUMENT {
        return None;
    }
    let (media, side) = (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default());
    let done = side.parse().is_ok_and(|side| work(&media, side).is_ok());
    Some(if done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn work(media: &str, side: u32) -> io::Result<()> {
    confine()?;
    let mut content = Vec::new();
    io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut content)?;
    if content.len() as u64 > MOST_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let Picture { pixels: (width, height), content } = remake(media, &content, side).map_err(io::Error::other)?;
    let mut out = io::stdout().lock();
    out.write_all(&width.to_be_bytes())?;
    out.write_all(&height.to_be_bytes())?;
    out.write_all(&content)?;
    out.flush()
}

/// What a helper wrote, read by whoever started it.
#[must_use]
pub fn read(written: &[u8]) -> Option<Picture> {
    let (width, rest) = written.split_first_chunk()?;
    let (height, content) = rest.split_first_chunk()?;
    let pixels = (u32::from_be_bytes(*width), u32::from_be_bytes(*height));
    // What a decoder was talked into writing is believed no more than what it was given.
    let made = content.starts_with(b"\x89PNG\r\n\x1a\n") || content.starts_with(b"\xff\xd8\xff");
    made.then(|| Picture { pixels, content: content.to_vec() })
}

/// Memory, seconds of computing, and that no file is opened, written or left behind and no process begun.
#[cfg(unix)]
fn confine() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    const MEBIBYTE: u64 = 1024 * 1024;
    for (resource, most) in [
        // What it takes for itself; and with it the libraries of a large program that are only mapped.
        (Resource::Data, 512 * MEBIBYTE),
        (Resource::As, 2_048 * MEBIBYTE),
        (Resource::Cpu, 5),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (Resource::Nofile, 3),
    ] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

/// Where there are no such limits, the decoder's own have to do.
#[cfg(not(unix))]
fn confine() -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_picture_is_believed_of_a_helper() {
        let written = |content: &[u8]| [&5_u32.to_be_bytes(), &7_u32.to_be_bytes(), content].concat();
        assert_eq!(read(&written(b"\xff\xd8\xff\xe0x")).map(|made| made.pixels), Some((5, 7)));
        assert!(read(&written(b"\x89PNG\r\n\x1a\nx")).is_some());
        for content in [&b""[..], b"<svg/>", b"GIF89a", b"\xff\xd8"] {
            assert_eq!(read(&written(content)), None);
        }
        assert_eq!(read(b"1234567"), None);
    }

    #[test]
    fn a_program_that_is_started_for_something_else_is_no_helper() {
        let asked = |words: &[&str]| run_if_asked(words.iter().map(|word| (*word).to_owned()));
        assert!(asked(&[]).is_none());
        assert!(asked(&["--browser", ARGUMENT]).is_none());
    }
}
