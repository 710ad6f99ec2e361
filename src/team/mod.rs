//! The team's store: one budget over many machines. Owns what is sent, how it is sent, what the database makes of it
//! (`migrations`), how it is read again, and what this machine remembers of the answers. Limits are `budget`'s, words for
//! people `cli`'s.
//!
//! The hook touches `state` alone: everything else here opens connections. See `docs/design/teams.md`.

pub mod address;
pub mod calls;
pub mod members;
pub mod migrate;
pub mod plan;
pub mod state;
pub mod store;
pub mod sync;
