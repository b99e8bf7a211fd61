//! One line per step, and the sum at the end.
#![allow(clippy::print_stdout, reason = "this is what the person who runs the tests reads")]

use anyhow::Result;
use std::future::Future;
use std::time::Instant;

/// The steps so far.
pub struct Report {
    began: Instant,
    passed: u32,
    failed: u32,
}

impl Default for Report {
    fn default() -> Self {
        Self { began: Instant::now(), passed: 0, failed: 0 }
    }
}

impl Report {
    /// Takes a step and says how it went.
    ///
    /// # Errors
    /// The step's own.
    pub async fn step<T>(&mut self, name: &str, step: impl Future<Output = Result<T>>) -> Result<T> {
        let began = Instant::now();
        let done = step.await;
        let took = began.elapsed().as_secs_f32();
        match &done {
            Ok(_) => {
                self.passed += 1;
                println!("ok     {took:5.1} s  {name}");
            }
            Err(why) => {
                self.failed += 1;
                println!("FAILED {took:5.1} s  {name}\n       {why:#}");
            }
        }
        done
    }

    /// Says the sum; true if nothing failed and something was tried.
    #[must_use]
    pub fn sum(&self) -> bool {
        println!("{} passed, {} failed ({:.0} s)", self.passed, self.failed, self.began.elapsed().as_secs_f32());
        self.failed == 0 && self.passed > 0
    }
}
