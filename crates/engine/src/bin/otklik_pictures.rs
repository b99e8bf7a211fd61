//! The helper that makes pictures, as a program of its own: for tests, and for whoever serves a workplace without the
//! application.

use std::process::ExitCode;

fn main() -> ExitCode {
    otklik_files::helper::run_if_asked(std::env::args().skip(1)).unwrap_or(ExitCode::FAILURE)
}
