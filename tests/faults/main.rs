//! Faults, made on purpose and against the real binary: killed at every step, a disk that fails, fills up or loses power,
//! a clock that jumps, foreign bytes and files in the ledger, crowds, folders deleted underneath. After each of them the
//! ledger holds every call once, the session got a valid answer in bounded time, and the next undisturbed event brings
//! everything in order.
//!
//! `COST_HOOK_FAULT_ROUNDS` multiplies the rounds. Everything random comes from a seed that a failure names.
// What was tried is told: with `--nocapture` a run shows its figures.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stdout, unreachable_pub)]

mod care;
mod clock;
mod crowd;
mod damage;
mod disk;
mod errors;
mod folders;
mod full;
mod kills;
mod power;
mod restart;
mod shim;
// What other test binaries use of it is not used here.
#[allow(dead_code)]
#[path = "../support/mod.rs"]
mod support;
mod world;
