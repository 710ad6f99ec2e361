//! From the ledger to evidence: what made sessions dear, what each cause cost, and what would have been saved. Owns the
//! detectors with their thresholds, and both answers as lines, Markdown and JSON; prints nothing. Which limits are set
//! and how they stand is `settings`' and `budget`'s.
//!
//! Every figure is exact under an assumption that is stated: the calls a finding names are priced again with changed
//! counts (or another model, speed or place), by the same rules and the same price list that price a call when it is
//! booked. A call's saving is never more than the call was booked with. Findings of one kind never name a call twice;
//! findings of different kinds may save the same dollar, so that sums over kinds take of each call only its largest.

mod collect;
mod debug;
mod detect;
mod finding;
mod page;
mod pricing;
mod recommend;
mod record;
mod study;
mod words;

pub use debug::{json as debug_json, page as debug_page};
pub use finding::{Certainty, Finding, Kind, Numbers, Strategy};
pub use page::Page;
pub use recommend::{Budgets, NearLimit, json as advise_json, page as advise_page};
pub use study::{Hour, KindTotal, Question, SessionStudy, Study, study};

#[cfg(test)]
mod tests;
