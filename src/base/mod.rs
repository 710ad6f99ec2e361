//! The leaf: nothing here knows of Claude, of cost or of settings. It could be in any program, but for the lists of
//! messages in `words`, which every layer says its own from.

pub mod boot;
pub mod diagnostic;
pub mod disk;
pub mod env;
pub mod error;
pub mod jsonc;
pub mod lock;
pub mod money;
pub mod platform;
pub mod quoted;
pub mod rewrite;
pub mod schema;
pub mod splice;
pub mod text;
pub mod time;
pub mod width;
pub mod words;
pub mod world;
