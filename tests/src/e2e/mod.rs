//! The real window, a real hub and a real browser: what drives them, what hears and sees them, and the story they play.
//!
//! Everything here stands outside the product. It knows what a person could know: words and roles on a page, sounds in
//! the air, popups on the screen, processes that can be killed. It must not call the product's crates: what is proven
//! here is proven about the programs that are shipped. (`centre` alone does: its clock is moved by hand.)

pub mod album;
pub mod alone;
pub mod app;
pub mod around;
pub mod browser;
pub mod centre;
pub mod chromium;
pub mod customer;
pub mod ears;
pub mod first_start;
pub mod hostile;
pub mod hub_process;
pub mod keyboard;
pub mod morning;
pub mod operator;
pub mod patience;
pub mod pictures;
pub mod popups;
pub mod ports;
pub mod report;
pub mod story;
pub mod windows;
pub mod wire;
pub mod workplace;
