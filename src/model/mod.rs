//! The words of the product: data and invariants. No input or output of any kind.

pub mod limit;
pub mod usage;
