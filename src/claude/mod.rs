//! Everything that knows Claude Code's own files and payloads: transcripts, hook input and output, the status
//! line, where the client keeps things. Knows nothing of the ledger or of settings.

pub mod command;
pub mod entries;
pub mod install;
pub mod lenient;
pub mod paths;
pub mod program;
pub mod recent;
pub mod reply;
pub mod shell;
pub mod state;
pub mod transcript;
pub mod wire;
