//! Hubs that mean harm, and things that only look like hubs: the real backend against scripted servers on loopback.
//! Whatever comes, a connection ends in one of the documented classes, nothing panics, nothing grows without bound, and
//! no secret goes to anybody else.

mod fields;
mod frames;
mod login;
mod opening;
mod script;
mod tls;
