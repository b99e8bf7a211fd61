//! Scripted customers.
