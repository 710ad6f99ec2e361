//! The team's store on a real PostgreSQL, which each run starts for itself: an unprivileged process with a fresh data folder
//! on a loopback port, with and without TLS, stopped when the run ends. The real binary sends to it from sealed worlds.
//!
//! `tests/run` installs the server where none is; without one these tests fail.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stderr, unreachable_pub)]

mod attacks;
mod chinese;
mod closed;
mod crowd;
mod cuts;
mod export;
mod full;
mod growth;
mod hook;
mod members;
mod overshoot;
mod pool;
mod server;
mod setup;
// What other test binaries use of it is not used here.
#[allow(dead_code)]
#[path = "../support/mod.rs"]
mod support;
mod sync;
mod team;
mod versions;
