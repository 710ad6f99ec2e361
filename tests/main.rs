//! The one integration test binary; a file nobody lists here fails `architecture`.

// All of this crate is tests, which clippy sees only in functions marked as such.
#![allow(clippy::unwrap_used)]

mod prices;
mod settings;
