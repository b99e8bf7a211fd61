//! One line per figure, and all of them as JSON.

use anyhow::{Context, Result};
use serde::Serialize;
use std::{fs, path::Path};

/// One measured figure.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    /// What the machine cannot go below, measured in the same run.
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<f64>,
}

/// All figures of a run, and what could not be measured in it.
#[derive(Debug, Default, Serialize)]
pub struct Figures {
    /// Only figures whose names begin so.
    only: Option<String>,
    figures: Vec<Figure>,
    not_measured: Vec<String>,
}

impl Figures {
    /// With a prefix, only what belongs to it is measured.
    #[must_use]
    pub fn new(only: Option<String>) -> Self {
        Self { only, ..Self::default() }
    }

    /// Whether any of these goals is wanted in this run.
    #[must_use]
    pub fn wants(&self, goals: &[&str]) -> bool {
        let Some(only) = &self.only else { return true };
        let belongs = |goal: &str| {
            // `P-C10_key` belongs to P-C10, and not to P-C1.
            let rest = only.strip_prefix(goal);
            goal.starts_with(only.as_str()) || rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        goals.iter().any(|goal| belongs(goal))
    }

    /// Reports a figure.
    pub fn say(&mut self, name: &str, value: f64, unit: &'static str) {
        self.put(Figure { name: name.to_owned(), value, unit, floor: None });
    }

    /// Reports a figure beside its floor.
    pub fn say_with_floor(&mut self, name: &str, value: f64, unit: &'static str, floor: f64) {
        self.put(Figure { name: name.to_owned(), value, unit, floor: Some(floor) });
    }

    /// Reports that something could not be measured here, and why.
    #[allow(clippy::print_stdout, reason = "figures are printed")]
    pub fn not_measured(&mut self, what: &str, why: &str) {
        println!("{what} not measured: {why}");
        self.not_measured.push(format!("{what}: {why}"));
    }

    /// Tells a reader how far the run is.
    #[allow(clippy::print_stderr, reason = "read by the person who measures")]
    pub fn tell(&self, what: &str) {
        eprintln!("-- {what}");
    }

    #[allow(clippy::print_stdout, reason = "figures are printed")]
    fn put(&mut self, figure: Figure) {
        let Figure { name, value, unit, floor } = &figure;
        match floor {
            Some(floor) if *floor > 0.0 => {
                println!("{name} {value:.3} {unit} (floor {floor:.3}, ratio {:.2})", value / floor);
            }
            Some(_) | None => println!("{name} {value:.3} {unit}"),
        }
        self.figures.push(figure);
    }

    /// Writes all of them.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, file: &Path) -> Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let json = serde_json::to_vec_pretty(self)?;
        fs::write(file, json).with_context(|| format!("the figures cannot be written to {}", file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::Figures;

    #[test]
    fn a_prefix_chooses_goals() {
        for (only, goals, wanted) in [
            (None, &["P-C1"][..], true),
            (Some("P-D"), &["P-D1", "P-D3"], true),
            (Some("P-D"), &["P-C1", "P-W1"], false),
            (Some("P-C1_cold"), &["P-C1"], true),
            (Some("P-H3"), &["P-H1", "L1"], false),
            (Some("P-C10_key"), &["P-C10"], true),
            (Some("P-C10"), &["P-C1"], false),
        ] {
            assert_eq!(Figures::new(only.map(str::to_owned)).wants(goals), wanted, "{only:?} {goals:?}");
        }
    }
}
