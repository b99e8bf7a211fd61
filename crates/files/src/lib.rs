//! Strangers' files: what one is by its bytes, what it may be called, and pictures made anew from it.
//!
//! Both sides use it, the hub when a file comes and the workplace when one is shown or saved. Nothing that a file says
//! of itself is believed. Must not know: who sends it, where it is kept, how it travels.

pub mod header;
pub mod helper;
pub mod media;
pub mod name;
pub mod picture;
