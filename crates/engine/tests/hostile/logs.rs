//! Everything that any part logs, at the finest level, kept for the tests that look for secrets in it.

use std::{
    io::Write,
    sync::{Mutex, OnceLock},
};
use tracing_subscriber::fmt::MakeWriter;

static SAID: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// From here on; once is enough.
pub fn begin() {
    static BEGUN: OnceLock<()> = OnceLock::new();
    BEGUN.get_or_init(|| {
        // As far as the programs of ours can be told to go.
        let filter = otklik_hub::log_filter("trace").unwrap();
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Kept).init();
    });
}

/// All of it so far.
pub fn said() -> Vec<u8> {
    SAID.lock().unwrap().clone()
}

struct Kept;

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let line = String::from_utf8_lossy(bytes);
        if line.contains(" otklik_") && !line.contains(" TRACE ") {
            #[allow(clippy::print_stdout, reason = "shown with a test that fails")]
            {
                print!("{line}");
            }
        }
        SAID.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Kept {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}
