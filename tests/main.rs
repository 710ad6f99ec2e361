//! The one integration test binary; a file nobody lists here fails `architecture`.

// Tests may do what the product may not: unwrap, write files by path, look at the clock.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod architecture;
mod generated;
mod prices;
mod support;
