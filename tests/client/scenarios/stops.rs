//! Budgets: nothing may start after the call that crossed one, wherever it was crossed.

use super::Scenario;

pub(super) const ALL: &[Scenario] = &[];
