//! What is particular to SQLite; the rest is in the conformance suite.
