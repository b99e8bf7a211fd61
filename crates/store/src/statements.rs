//! Statements are declared in one place per file, so that a test can look at the plan of each and none is forgotten.

/// Declares a constant per statement, and for the test of plans the list of all of them.
macro_rules! statements {
    ($($name:ident = $sql:expr;)*) => {
        $(pub(crate) const $name: &str = $sql;)*

        /// Every statement with its name.
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}
