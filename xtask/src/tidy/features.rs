//! Packages that a build of the tests wants with other features than one of the programs: they, and all that rests on
//! them, would be built twice.

use crate::program::Program;
use anyhow::{Result, bail};
use std::collections::{BTreeMap, BTreeSet};

/// Complains about each such package.
pub fn check() -> Result<Vec<String>> {
    Ok(differing(&resolved("normal,build")?, &resolved("normal,build,dev")?))
}

/// Every package of the workspace's tree, as `name version|features`, along these edges.
fn resolved(edges: &str) -> Result<String> {
    let line = ["tree", "--workspace", "--edges", edges, "--format", "{p}|{f}", "--prefix", "none"];
    let said = Program::new("cargo").args(line).output()?;
    if !said.status.success() {
        bail!("cargo shows no tree: {}", String::from_utf8_lossy(&said.stderr));
    }
    Ok(String::from_utf8(said.stdout)?)
}

fn differing(programs: &str, tests: &str) -> Vec<String> {
    let (programs, tests) = (by_package(programs), by_package(tests));
    let other = programs.iter().filter(|(package, sets)| tests.get(*package).is_some_and(|tests| tests != *sets));
    other
        .map(|(package, sets)| {
            format!(
                "tests/Cargo.toml: {package} has the features {sets:?} in the programs and {:?} in the tests; name what \
                 switches them on there",
                tests[package]
            )
        })
        .collect()
}

/// The sets of features that a package is wanted with: more than one, if programs that run while building want others.
fn by_package(tree: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut found: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (package, features) in tree.lines().filter_map(|line| line.split_once('|')) {
        // Cargo marks what it has shown before.
        found.entry(package).or_default().insert(features.trim_end_matches(" (*)"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_both_want_differently_is_told() {
        let programs = "a v1|std\nb v1|\nb v1| (*)\nc v2|default,std\n";
        assert_eq!(differing(programs, &format!("{programs}d v1|std\n")), [""; 0]);
        let told = differing(programs, "a v1|std\nb v1|raw\nc v2|default,std\n");
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("b v1"), "{told:?}");
    }
}
