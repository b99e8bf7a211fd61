//! The display as pixels: which window a process has, what is painted in it, and a hand that clicks and types. Knows
//! nothing of pages: what is measured here is what a person could see.

use anyhow::{Context, Result};
use std::time::{Duration, Instant};
use x11rb::{
    connection::Connection as _,
    protocol::{
        xproto::{
            AtomEnum, BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConnectionExt as _, ImageFormat, KEY_PRESS_EVENT,
            KEY_RELEASE_EVENT, MOTION_NOTIFY_EVENT, Window,
        },
        xtest::ConnectionExt as _,
    },
    rust_connection::RustConnection,
};

/// Keys by the X server's names.
pub(super) mod key {
    pub(in super::super) const CONTROL: u32 = 0xffe3;
    pub(in super::super) const SHIFT: u32 = 0xffe1;
    pub(in super::super) const ALT: u32 = 0xffe9;
    pub(in super::super) const F4: u32 = 0xffc1;
    pub(in super::super) const BACKSPACE: u32 = 0xff08;
    pub(in super::super) const DOWN: u32 = 0xff54;
    pub(in super::super) const E: u32 = 0x65;
    pub(in super::super) const X: u32 = 0x78;
    pub(in super::super) const ONE: u32 = 0x31;
    pub(in super::super) const TWO: u32 = 0x32;
    pub(in super::super) const THREE: u32 = 0x33;
}

/// A part of a window, in its pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub(super) x: i16,
    pub(super) y: i16,
    pub(super) width: u16,
    pub(super) height: u16,
}

impl Area {
    /// Its middle.
    pub(super) fn middle(self) -> (i16, i16) {
        (self.x + (self.width / 2).cast_signed(), self.y + (self.height / 2).cast_signed())
    }

    /// The least area that has both in it.
    pub(super) fn with(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = |area: Self| area.x.saturating_add_unsigned(area.width);
        let bottom = |area: Self| area.y.saturating_add_unsigned(area.height);
        let (width, height) = (right(self).max(right(other)) - x, bottom(self).max(bottom(other)) - y);
        Self { x, y, width: width.cast_unsigned(), height: height.cast_unsigned() }
    }

    /// Its lowest part.
    pub(super) fn bottom(self, height: u16) -> Self {
        let height = height.min(self.height);
        Self { y: self.y + (self.height - height).cast_signed(), height, ..self }
    }
}

/// What was painted at a moment: four bytes a pixel.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Picture {
    bytes: Vec<u8>,
    width: usize,
}

impl Picture {
    fn pixels(&self) -> impl Iterator<Item = [u8; 3]> {
        self.bytes.chunks_exact(4).map(|pixel| [pixel[0], pixel[1], pixel[2]])
    }

    /// The colour of the first pixel, blue first.
    pub(super) fn first(&self) -> Option<[u8; 3]> {
        self.pixels().next()
    }

    /// How many columns differ from another picture of the same area. A blinking caret is one or two wide.
    pub(super) fn columns_changed(&self, other: &Self) -> usize {
        let mut changed = vec![false; self.width];
        for (at, (mine, others)) in self.pixels().zip(other.pixels()).enumerate() {
            changed[at % self.width] |= mine != others;
        }
        changed.iter().filter(|changed| **changed).count()
    }

    /// The most scan lines in a row on which nothing is painted: one colour from edge to edge.
    pub(super) fn blank_lines(&self) -> usize {
        let (mut longest, mut run) = (0, 0);
        for line in self.bytes.chunks_exact(4 * self.width) {
            let blank = line.chunks_exact(4).all(|pixel| pixel[..3] == line[..3]);
            run = if blank { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        longest
    }

    /// The share of this picture's ink (whatever is not its commonest colour) that another one has as well.
    pub(super) fn ink_in(&self, other: &Self) -> f64 {
        let mut counts = std::collections::BTreeMap::<[u8; 3], u32>::new();
        for pixel in self.pixels() {
            *counts.entry(pixel).or_default() += 1;
        }
        let paper = counts.iter().max_by_key(|(_, count)| **count).map(|(pixel, _)| *pixel);
        let (mut ink, mut there) = (0_u32, 0_u32);
        for (mine, others) in self.pixels().zip(other.pixels()).filter(|(mine, _)| Some(*mine) != paper) {
            ink += 1;
            there += u32::from(mine == others);
        }
        f64::from(there) / f64::from(ink.max(1))
    }
}

/// The display.
pub(super) struct Screen {
    x: RustConnection,
    root: Window,
    clients: u32,
    pid: u32,
}

impl Screen {
    /// Connects to the display of the environment.
    pub(super) fn open() -> Result<Self> {
        let (x, number) = x11rb::connect(None).context("no display")?;
        let root = x.setup().roots.get(number).context("no screen")?.root;
        let atom = |name: &str| -> Result<u32> { Ok(x.intern_atom(false, name.as_bytes())?.reply()?.atom) };
        let (clients, pid) = (atom("_NET_CLIENT_LIST")?, atom("_NET_WM_PID")?);
        Ok(Self { x, root, clients, pid })
    }

    /// The window that a process has on the screen, if it has one.
    pub(super) fn window_of(&self, process: u32) -> Result<Option<Window>> {
        let listed = self.x.get_property(false, self.root, self.clients, AtomEnum::WINDOW, 0, 256)?.reply()?;
        for window in listed.value32().into_iter().flatten() {
            let asked = self.x.get_property(false, window, self.pid, AtomEnum::CARDINAL, 0, 1)?.reply();
            // A window that went away in between is none.
            let owner = asked.ok().and_then(|reply| reply.value32().and_then(|mut values| values.next()));
            if owner == Some(process) {
                return Ok(Some(window));
            }
        }
        Ok(None)
    }

    /// How high a window is.
    pub(super) fn height(&self, window: Window) -> Result<u16> {
        Ok(self.x.get_geometry(window)?.reply()?.height)
    }

    /// What is painted now; nothing while the window is not on the screen.
    pub(super) fn look(&self, window: Window, area: Area) -> Result<Option<Picture>> {
        let Area { x, y, width, height } = area;
        let image = self.x.get_image(ImageFormat::Z_PIXMAP, window, x, y, width, height, !0)?.reply();
        Ok(image.ok().map(|image| Picture { bytes: image.data, width: usize::from(width) }))
    }

    /// Looks until the picture is as wanted, and says when that was.
    pub(super) fn look_until(
        &self,
        window: Window,
        area: Area,
        patience: Duration,
        mut is: impl FnMut(&Picture) -> bool,
    ) -> Result<Option<Instant>> {
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if self.look(window, area)?.is_some_and(|picture| is(&picture)) {
                return Ok(Some(Instant::now()));
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        Ok(None)
    }

    /// Waits until nothing has changed for a while; says what is there then, and when the last change was.
    pub(super) fn settle(&self, window: Window, area: Area, quiet: Duration) -> Result<(Picture, Instant)> {
        let deadline = Instant::now() + Duration::from_secs(20);
        let mut last = self.look(window, area)?.context("the window is not on the screen")?;
        let mut at = Instant::now();
        while at.elapsed() < quiet && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(2));
            let now = self.look(window, area)?.context("the window has gone from the screen")?;
            if now.columns_changed(&last) > 2 {
                (last, at) = (now, Instant::now());
            }
        }
        Ok((last, at))
    }

    /// Clicks at a place of a window.
    pub(super) fn click(&self, window: Window, (x, y): (i16, i16)) -> Result<()> {
        let at = self.x.translate_coordinates(window, self.root, x, y)?.reply()?;
        self.x.xtest_fake_input(MOTION_NOTIFY_EVENT, 0, 0, self.root, at.dst_x, at.dst_y, 0)?;
        self.x.xtest_fake_input(BUTTON_PRESS_EVENT, 1, 0, self.root, 0, 0, 0)?;
        self.x.xtest_fake_input(BUTTON_RELEASE_EVENT, 1, 0, self.root, 0, 0, 0)?;
        Ok(self.x.sync_all()?)
    }

    /// Presses keys together and lets go of them.
    pub(super) fn press(&self, keys: &[u32]) -> Result<()> {
        let codes = keys.iter().map(|key| self.code(*key)).collect::<Result<Vec<_>>>()?;
        for code in &codes {
            self.x.xtest_fake_input(KEY_PRESS_EVENT, *code, 0, self.root, 0, 0, 0)?;
        }
        for code in codes.iter().rev() {
            self.x.xtest_fake_input(KEY_RELEASE_EVENT, *code, 0, self.root, 0, 0, 0)?;
        }
        Ok(self.x.sync_all()?)
    }

    /// The place of a key on the keyboard.
    fn code(&self, key: u32) -> Result<u8> {
        let setup = self.x.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let map = self.x.get_keyboard_mapping(first, last - first + 1)?.reply()?;
        let per_code = usize::from(map.keysyms_per_keycode.max(1));
        let place = map.keysyms.chunks(per_code).position(|keysyms| keysyms.first() == Some(&key));
        let place = place.with_context(|| format!("the keyboard has no key {key:#x}"))?;
        Ok(first + u8::try_from(place)?)
    }
}

/// A round trip, so that what was asked for has been done.
trait SyncAll {
    fn sync_all(&self) -> Result<(), x11rb::errors::ReplyError>;
}

impl SyncAll for RustConnection {
    fn sync_all(&self) -> Result<(), x11rb::errors::ReplyError> {
        self.get_input_focus()?.reply().map(drop)
    }
}
