//! The one integration test binary; a file nobody lists here fails `architecture`.

// All of this crate is tests, which clippy sees only in functions marked as such; and tests may do what the product
// may not, such as writing files by path.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, unreachable_pub)]

mod action;
mod advice;
mod analyze;
mod architecture;
mod blocks;
mod budget;
mod compare;
mod config;
mod dashboard;
mod docs;
mod doctor;
mod enforcement;
mod export;
mod generated;
mod guide;
mod hook;
mod layers;
mod ledger;
mod migrate;
mod organisation;
mod packages;
mod prices;
mod pricing;
mod reconcile;
mod reference;
mod report;
mod security;
mod settings;
mod settings_in_chinese;
mod simulation;
mod support;
mod translation;
mod trend;
mod unlisted;
mod validate;
mod watch;
