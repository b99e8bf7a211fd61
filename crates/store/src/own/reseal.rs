//! Puts an injured write-ahead log together again from the frames that are whole.
//!
//! SQLite stops reading a log at the first frame whose checksum does not fit, since each checksum covers all frames
//! before it: one bit hides everything that was written later. But a frame carries its page and that page's own seal, so
//! those behind the injury are as good as they were. Here the injured ones are left out and the others sealed anew.
//!
//! Knows the log's format (sqlite.org/fileformat2.html, section 4). Must not know what the pages mean.

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// Bytes of a page.
pub(crate) const PAGE: usize = 4_096;
const FRAME: usize = FRAME_HEADER + PAGE;
/// Checksums of little-endian words.
const MAGIC: u32 = 0x377f_0682;
const VERSION: u32 = 3_007_000;
/// No page of own.db has a higher number: what says so is injured.
const MOST_PAGES: u32 = 1 << 22;

/// The log with its whole frames only, up to the last that ends a transaction; `None`: there is no such frame.
pub(crate) fn reseal(log: &[u8]) -> Option<Vec<u8>> {
    let frames: Vec<Frame<'_>> = log.get(HEADER..)?.chunks_exact(FRAME).map(Frame).collect();
    let salts = salts(log, &frames)?;
    let whole = whole(log, &frames, salts);
    let end = whole.iter().rposition(|frame| frame.pages_after() != 0)?;
    let mut sealed = Vec::with_capacity(HEADER + (end + 1) * FRAME);
    for word in [MAGIC, VERSION, PAGE as u32, 0] {
        sealed.extend(word.to_be_bytes());
    }
    sealed.extend(salts);
    let mut sum = Sum::default().over(&sealed);
    sealed.extend(sum.bytes());
    for frame in &whole[..=end] {
        sum = sum.over(&frame.0[..8]).over(frame.page());
        sealed.extend(&frame.0[..16]);
        sealed.extend(sum.bytes());
        sealed.extend(frame.page());
    }
    Some(sealed)
}

/// What marks the frames of the present log: those of an earlier one may stand behind them.
fn salts(log: &[u8], frames: &[Frame<'_>]) -> Option<[u8; 8]> {
    if is_sound(log.get(..HEADER)?) {
        return log[16..24].try_into().ok();
    }
    let first: Vec<[u8; 8]> = frames.iter().take(3).map(Frame::salts).collect();
    // Of three frames two agree, unless there was hardly anything to lose.
    let agreed = first.iter().find(|salts| first.iter().filter(|other| other == salts).count() > 1);
    agreed.or(first.first()).copied()
}

fn is_sound(header: &[u8]) -> bool {
    header[..4] == MAGIC.to_be_bytes() && Sum::default().over(&header[..24]).bytes() == header[24..]
}

/// The frames of this log, without those that are surely injured: whose checksum does not fit although that of the frame
/// before does. Behind an injured frame nothing can be said about the next, and its page's own seal decides.
fn whole<'a>(log: &[u8], frames: &[Frame<'a>], salts: [u8; 8]) -> Vec<Frame<'a>> {
    let mut kept = Vec::new();
    let mut before = is_sound(&log[..HEADER]).then(|| Sum::read(&log[24..HEADER]));
    for frame in frames {
        if frame.salts() != salts || !(1..MOST_PAGES).contains(&frame.number()) {
            before = None;
            continue;
        }
        let said = Sum::read(&frame.0[16..24]);
        let fits = before.map(|sum| sum.over(&frame.0[..8]).over(frame.page()) == said);
        if fits != Some(false) {
            kept.push(*frame);
        }
        before = (fits != Some(false)).then_some(said);
    }
    kept
}

/// One frame: header and page.
#[derive(Clone, Copy)]
struct Frame<'a>(&'a [u8]);

impl<'a> Frame<'a> {
    fn number(&self) -> u32 {
        word(self.0, 0)
    }

    /// Not 0: this frame ends a transaction, after which the file has so many pages.
    fn pages_after(&self) -> u32 {
        word(self.0, 4)
    }

    fn salts(&self) -> [u8; 8] {
        let mut salts = [0; 8];
        salts.copy_from_slice(&self.0[8..16]);
        salts
    }

    fn page(&self) -> &'a [u8] {
        &self.0[FRAME_HEADER..]
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4].iter().fold(0, |word, byte| (word << 8) | u32::from(*byte))
}

/// The running checksum of a log.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Sum(u32, u32);

impl Sum {
    fn read(bytes: &[u8]) -> Self {
        Self(word(bytes, 0), word(bytes, 4))
    }

    fn bytes(self) -> [u8; 8] {
        let mut bytes = [0; 8];
        bytes[..4].copy_from_slice(&self.0.to_be_bytes());
        bytes[4..].copy_from_slice(&self.1.to_be_bytes());
        bytes
    }

    fn over(self, bytes: &[u8]) -> Self {
        let Self(mut one, mut other) = self;
        for pair in bytes.chunks_exact(8) {
            // The magic number says little-endian words, whatever the machine.
            one = one.wrapping_add(word(pair, 0).swap_bytes()).wrapping_add(other);
            other = other.wrapping_add(word(pair, 4).swap_bytes()).wrapping_add(one);
        }
        Self(one, other)
    }
}
