//! From the ledger to something to look at: which lines count, their sums by period or session, and the two forms
//! of a report, a table and a JSON document. Pure: everything is returned, nothing is printed.

pub mod analysis;
pub mod blocks;
pub mod ccusage;
pub mod change;
pub mod columns;
pub mod compare;
pub mod fold;
pub mod forecast;
mod grid;
pub mod json;
pub mod key;
pub mod live;
pub mod period;
pub mod prices;
pub mod query;
pub mod spreadsheet;
pub mod table;
pub mod trend;

/// The period name under which money is shown that no known model explains.
pub use crate::ledger::entries::UNLISTED;
