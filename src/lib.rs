//! cost-hook: books every model call Claude Code makes into a locked ledger and stops the session at the budget.
//!
//! The folders are the layers; imports go down only (`tests/architecture.rs` enforces the table in
//! `docs/design/architecture.md`).

pub mod advice;
pub mod base;
pub mod book;
pub mod budget;
pub mod claude;
pub mod cli;
pub mod dashboard;
pub mod doctor;
pub mod export;
pub mod hook;
pub mod ledger;
pub mod migrate;
pub mod model;
pub mod reconcile;
pub mod report;
pub mod settings;
pub mod setup;
pub mod team;
pub mod ui;
