//! The store as the engine meets it: files in a folder, threads, damage.

mod made;

mod search;
mod thread;
mod threads;
