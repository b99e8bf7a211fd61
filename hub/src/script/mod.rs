//! Distribution in JavaScript: a script that administrators write says where a dialog goes. docs/routing-script.md is
//! for those who write one.
//!
//! A script sees a [`Scene`] and nothing else: no files, no network, no clock. Each call has an engine of its own,
//! with limits of time, memory and depth, on a thread of its own; what it says is checked against the scene. Whatever
//! goes wrong is a [`ScriptTrouble`], and the built-in rule decides instead.

mod answer;
mod sandbox;
mod scene;
mod trial;
mod trouble;
mod worker;

pub use answer::{Decision, Route, Task};
pub use sandbox::compiles;
pub use scene::{Scene, SceneBot, SceneCentre, SceneCustomer, SceneDepartment, SceneDialog, SceneOperator, ScenePage};
pub use trial::{Recorded, Tried, Verdict, try_on};
pub use trouble::{Fault, ScriptTrouble, WrongAnswer};
pub use worker::ScriptWorker;

/// The script that a centre begins with when it switches scripts on: what the built-in rule does, in one line.
pub const FIRST_SCRIPT: &str = include_str!("examples/next-operator.js");
/// A longer example.
pub const LONGER_SCRIPT: &str = include_str!("examples/night-and-gold.js");

#[cfg(test)]
mod tests;
