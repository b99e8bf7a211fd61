//! The store as the engine meets it: files in a folder, threads, damage.

mod made;

mod apply;
mod damage;
mod folder;
mod search;
mod secrecy;
mod thread;
mod threads;
