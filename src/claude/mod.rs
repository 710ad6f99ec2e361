//! Everything that knows Claude Code's own files and payloads.

pub mod install;
mod shell;
mod splice;
