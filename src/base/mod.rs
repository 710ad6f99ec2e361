//! The leaf: nothing here knows of Claude, of cost or of settings. It could be in any program.

pub mod error;
pub mod money;
