//! The ledger's side: what a bill can know of it, in the bill's own terms. What it cannot know is added up apart, for the
//! reasons.

use std::collections::HashMap;

use super::bill::{Bill, day_of};
use super::{Figures, Key, Table, What};
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::Window;
use crate::ledger::Ledger;
use crate::ledger::entries::{self, Entry};
use crate::ledger::scan::Bad;
use crate::model::model_id::canonical;
use crate::model::price::PriceOverrides;
use crate::model::price::meters::{Books, Meter, parts};
use crate::report::query::{Query, Wanted};

#[derive(Debug, Default)]
pub(super) struct Own {
    pub(super) table: Table,
    /// Calls in the bill's time by providers it does not know.
    pub(super) elsewhere: Money,
    pub(super) unlisted: Money,
    pub(super) estimated: Money,
    pub(super) priority: Money,
    pub(super) bad: Vec<Bad>,
}

/// What the ledger holds of the spans, providers, models and meters of the bill.
pub(super) fn table(ledger: &Ledger, query: &Query, prices: &PriceOverrides, bill: &Bill) -> Result<Own> {
    let mut own = Own::default();
    let (Some(first), Some(last)) = (bill.covered.first(), bill.covered.last()) else { return Ok(own) };
    let window = Window { start: first.start.max(query.window.start), end: last.end.min(query.window.end) };
    if window.start >= window.end {
        return Ok(own);
    }
    let books = Books::new(prices);
    let new = || (Wanted::new(query), Own::default(), HashMap::new());
    let (found, bad) = entries::fold(ledger, window, new, |(wanted, own, models), entry| {
        if !wanted.counts(entry) || !bill.covers(entry.time) {
            return;
        }
        if bill.providers.contains(&entry.provider) {
            own.add(entry, bill, &books, models);
        } else {
            own.elsewhere += entry.cost;
        }
    })?;
    for (_, part, _) in found {
        own.join(part);
    }
    own.bad = bad;
    Ok(own)
}

impl Own {
    fn add(&mut self, entry: &Entry<'_>, bill: &Bill, books: &Books, models: &mut HashMap<String, String>) {
        if entry.is_unlisted {
            self.unlisted += entry.cost;
        }
        if entry.estimated {
            self.estimated += entry.cost;
        }
        if entry.tier == "priority" {
            self.priority += entry.cost;
        }
        let day = day_of(entry.time);
        // A provider knows of the calls behind unlisted money, and has them among its meters; our own bills do not.
        let by_meter = !entry.is_unlisted || bill.kind.is_anthropic() && entry.model.is_some();
        let facts = entry.facts();
        let found = if by_meter { parts(&facts, books, entry.cost) } else { Vec::new() };
        if found.is_empty() && entry.cost != Money::ZERO {
            let key =
                Key { day, model: known(models, entry.model.unwrap_or_default()), what: What::Unlisted };
            self.put(bill, key, None, entry.cost);
        }
        for part in found {
            let what = match part.meter {
                Meter::Input => What::Input,
                Meter::Output => What::Output,
                Meter::CacheWrite5m => What::CacheWrite5m,
                Meter::CacheWrite1h => What::CacheWrite1h,
                Meter::CacheRead => What::CacheRead,
                Meter::WebSearch => What::WebSearch,
            };
            let model = known(models, part.model.or(entry.model).unwrap_or_default());
            self.put(bill, Key { day, model, what }, Some(part.quantity), part.amount);
        }
    }

    fn put(&mut self, bill: &Bill, key: Key, count: Option<u64>, cost: Money) {
        let figures =
            Figures { count: count.filter(|_| bill.counts), cost: bill.money.then_some(cost), list: None };
        if figures != Figures::default() {
            self.table.entry(bill.key(key)).or_default().add(&figures);
        }
    }

    fn join(&mut self, other: Own) {
        for (key, figures) in other.table {
            self.table.entry(key).or_default().add(&figures);
        }
        self.elsewhere += other.elsewhere;
        self.unlisted += other.unlisted;
        self.estimated += other.estimated;
        self.priority += other.priority;
    }
}

fn known(models: &mut HashMap<String, String>, sent: &str) -> String {
    if let Some(known) = models.get(sent) {
        return known.clone();
    }
    let id = canonical(sent).into_owned();
    models.insert(sent.to_string(), id.clone());
    id
}
