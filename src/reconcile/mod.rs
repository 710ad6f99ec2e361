//! A bill or a provider's report against the ledger, by UTC day, model and, where the bill tells them apart, meter:
//! tokens first, then money. Owns the comparison; reading files is `bill`'s and its kin's, the words for differences
//! `reasons`', the answer's form `show`'s. The ledger is only read.

mod anthropic;
pub mod bill;
mod names;
mod own;
mod packed;
mod reasons;
mod reports;
pub mod show;
mod spreadsheet;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::words::Language;
use crate::ledger::Ledger;
use crate::ledger::scan::Bad;
use crate::model::price::PriceOverrides;
use crate::report::query::Query;
use bill::Bill;

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    Input,
    Output,
    CacheWrite5m,
    CacheWrite1h,
    /// Where the bill does not tell the two apart.
    CacheWrite,
    CacheRead,
    WebSearch,
    /// Money of the ledger that no call explains.
    Unlisted,
    /// Something the ledger does not count: code execution, session hours, support.
    Other,
    /// All of it, where the bill has no meters.
    All,
}

impl What {
    pub fn name(self) -> &'static str {
        match self {
            What::Input => "input",
            What::Output => "output",
            What::CacheWrite5m => "cache write 5m",
            What::CacheWrite1h => "cache write 1h",
            What::CacheWrite => "cache write",
            What::CacheRead => "cache read",
            What::WebSearch => "web search",
            What::Unlisted => "unlisted",
            What::Other => "other",
            What::All => "all",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub day: NaiveDate,
    /// Canonical id; empty where the bill has no models.
    pub model: String,
    pub what: What,
}

/// Tokens (or web searches) and money; what the source does not say is None.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    pub count: Option<u64>,
    pub cost: Option<Money>,
    /// At list price.
    pub list: Option<Money>,
}

impl Figures {
    pub(crate) fn add(&mut self, other: &Figures) {
        fn sum<T: Copy>(a: Option<T>, b: Option<T>, add: impl Fn(T, T) -> T) -> Option<T> {
            match (a, b) {
                (Some(a), Some(b)) => Some(add(a, b)),
                (a, b) => a.or(b),
            }
        }
        self.count = sum(self.count, other.count, u64::saturating_add);
        self.cost = sum(self.cost, other.cost, |a, b| a + b);
        self.list = sum(self.list, other.list, |a, b| a + b);
    }
}

pub type Table = BTreeMap<Key, Figures>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Matched,
    Differs,
    OnlyInBill,
    OnlyInLedger,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            State::Matched => "matched",
            State::Differs => "differs",
            State::OnlyInBill => "only in the bill",
            State::OnlyInLedger => "only in the ledger",
        }
    }
}

/// One day, model and meter on both sides.
#[derive(Debug, Clone)]
pub struct Row {
    pub key: Key,
    pub bill: Figures,
    pub ledger: Figures,
    pub state: State,
}

impl Row {
    /// Ledger less bill.
    pub fn count_difference(&self) -> Option<i128> {
        let bill = self.bill.count?;
        Some(i128::from(self.ledger.count.unwrap_or(0)) - i128::from(bill))
    }

    /// Ledger less bill.
    pub fn cost_difference(&self) -> Option<Money> {
        Some(self.ledger.cost.unwrap_or_default() - self.bill.cost?)
    }
}

/// How much may differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// In millionths.
    pub parts: u64,
}

impl Tolerance {
    fn of(self, whole: i128) -> i128 {
        whole.saturating_abs().saturating_mul(self.parts.into()) / 1_000_000
    }
}

/// One bill held against the ledger.
#[derive(Debug)]
pub struct Comparison {
    pub bill: Bill,
    pub rows: Vec<Row>,
    pub bill_total: Figures,
    pub ledger_total: Figures,
    /// What differs, added up without regard to its sign.
    pub apart: Figures,
    pub within: bool,
    /// What is likely behind the differences, a sentence each.
    pub reasons: Vec<String>,
    pub bad: Vec<Bad>,
}

/// Compares each bill with the part of the ledger that it can know of; reasons are given in this language.
pub fn compare(
    ledger: &Ledger,
    query: &Query,
    prices: &PriceOverrides,
    bills: Vec<Bill>,
    tolerance: Tolerance,
    language: Language,
) -> Result<Vec<Comparison>> {
    bills.into_iter().map(|bill| one(ledger, query, prices, bill, tolerance, language)).collect()
}

fn one(
    ledger: &Ledger,
    query: &Query,
    prices: &PriceOverrides,
    bill: Bill,
    tolerance: Tolerance,
    language: Language,
) -> Result<Comparison> {
    let own = own::table(ledger, query, prices, &bill)?;
    let mut keys: Vec<&Key> = bill.table.keys().chain(own.table.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let (mut bill_total, mut ledger_total) = (Figures::default(), Figures::default());
    let (mut counts_apart, mut money_apart) = (0_i128, Money::ZERO);
    let mut rows = Vec::new();
    for key in keys {
        let (theirs, ours) = (bill.table.get(key), own.table.get(key));
        let zero =
            Figures { count: bill.counts.then_some(0), cost: bill.money.then_some(Money::ZERO), list: None };
        let bill_side = theirs.copied().unwrap_or(zero);
        let ledger_side = ours.copied().unwrap_or(zero);
        if bill_side.is_nothing() && ledger_side.is_nothing() {
            continue;
        }
        // Searches are no tokens, though they are compared like them.
        let tokens =
            |side: Figures| if key.what == What::WebSearch { Figures { count: None, ..side } } else { side };
        bill_total.add(&tokens(bill_side));
        ledger_total.add(&tokens(ledger_side));
        let mut row = Row { key: key.clone(), bill: bill_side, ledger: ledger_side, state: State::Matched };
        let count = row.count_difference().unwrap_or(0);
        let cost = row.cost_difference().unwrap_or_default();
        let most = i128::from(bill_side.count.unwrap_or(0).max(ledger_side.count.unwrap_or(0)));
        let rounding = i128::from(bill.lines.get(key).copied().unwrap_or(0)).saturating_mul(bill.rounding.0);
        let dearest = bill_side.cost.unwrap_or_default().max(ledger_side.cost.unwrap_or_default());
        let is_close =
            count.abs() <= tolerance.of(most) && cost.0.abs() <= tolerance.of(dearest.0).max(rounding);
        row.state = match (
            theirs.is_some_and(|side| !side.is_nothing()),
            ours.is_some_and(|side| !side.is_nothing()),
        ) {
            _ if is_close => State::Matched,
            (true, false) => State::OnlyInBill,
            (false, true) => State::OnlyInLedger,
            _ => State::Differs,
        };
        if row.state != State::Matched {
            counts_apart += count.abs();
            money_apart += cost.abs();
        }
        rows.push(row);
    }
    let counts_close = counts_apart <= tolerance.of(bill_total.count.unwrap_or(0).into());
    let money_close = money_apart.0 <= tolerance.of(bill_total.cost.unwrap_or_default().0);
    let apart = Figures {
        count: bill.counts.then(|| u64::try_from(counts_apart).unwrap_or(u64::MAX)),
        cost: bill.money.then_some(money_apart),
        list: None,
    };
    let within = counts_close && money_close;
    let mut comparison = Comparison {
        bill,
        rows,
        bill_total,
        ledger_total,
        apart,
        within,
        reasons: Vec::new(),
        bad: own.bad.clone(),
    };
    comparison.reasons = reasons::of(&comparison, &own, language);
    Ok(comparison)
}

impl Figures {
    fn is_nothing(&self) -> bool {
        self.count.unwrap_or(0) == 0 && self.cost.unwrap_or_default() == Money::ZERO
    }
}
