//! Why a bill and the ledger may differ: what the rows themselves show, and what the bill cannot know. Words for people;
//! nothing is ever corrected by them.

use super::bill::Kind;
use super::own::Own;
use super::{Comparison, Row, State, What};
use crate::base::money::Money;
use crate::base::text::quoted;
use crate::base::width::shown;
use crate::base::words::{Language, say, word};
use crate::model::model_id::identify;
use crate::model::provider::Provider;

pub(super) fn of(comparison: &Comparison, own: &Own, language: Language) -> Vec<String> {
    let bill = &comparison.bill;
    let unfinished = bill.unfinished.iter();
    let mut reasons: Vec<String> =
        unfinished.map(|file| say!(language, "reason-unfinished", file = quoted(file))).collect();
    for (what, amount) in &bill.apart {
        reasons.push(say!(language, "reason-no-usage", amount = amount.show(), what = shown(what, 60)));
    }
    if own.elsewhere != Money::ZERO {
        reasons.push(say!(language, "reason-elsewhere", amount = own.elsewhere.show()));
    }
    if comparison.within && comparison.rows.iter().all(|row| row.state == State::Matched) {
        return reasons;
    }
    reasons.extend(ratio(comparison, language).or_else(|| tiers(comparison, language)));
    reasons.extend(lists(comparison, language));
    if own.priority != Money::ZERO
        && matches!(bill.kind, Kind::CostReport | Kind::AnalyticsCost | Kind::ConsoleCost)
    {
        reasons.push(say!(language, "reason-priority", amount = own.priority.show()));
    }
    if own.unlisted != Money::ZERO {
        reasons.push(say!(language, "reason-unlisted", amount = own.unlisted.show()));
    }
    if own.estimated != Money::ZERO {
        reasons.push(say!(language, "reason-estimated", amount = own.estimated.show()));
    }
    reasons.extend(strangers(comparison, language));
    reasons.extend(edges(comparison, language));
    reasons
}

/// The same factor in every row that both have is a contract, or the price of a place.
fn ratio(comparison: &Comparison, language: Language) -> Option<String> {
    let rows = comparison.rows.iter().filter(|row| row.state == State::Differs);
    let rows: Vec<&Row> = rows.filter(|row| row.count_difference().unwrap_or(0) == 0).collect();
    let sums = |side: fn(&Row) -> Option<Money>| rows.iter().filter_map(|row| side(row)).sum::<Money>();
    let (bill, ledger) = (sums(|row| row.bill.cost), sums(|row| row.ledger.cost));
    if bill <= Money::ZERO || ledger <= Money::ZERO {
        return None;
    }
    let ratio = bill.ratio(ledger);
    let steady = |row: &&Row| {
        let (bill, ledger) = (row.bill.cost.unwrap_or_default(), row.ledger.cost.unwrap_or_default());
        // What is less than a hundredth of a cent is all rounding.
        ledger.abs().0 < 100_000_000 || (bill.ratio(ledger) / ratio - 1.0).abs() < 0.005
    };
    if !rows.iter().all(steady) {
        return None;
    }
    let percent = format!("{:.1}", (ratio - 1.0).abs() * 100.0);
    let rows = say!(language, "row-count", rows = rows.len());
    if (ratio - 1.1).abs() < 0.0055 {
        return Some(say!(language, "reason-regional", rows = rows));
    }
    if (1.0 / ratio - 1.1).abs() < 0.0055 {
        return Some(say!(language, "reason-not-regional", rows = rows));
    }
    Some(if ratio < 1.0 {
        say!(language, "reason-discount", percent = percent, rows = rows)
    } else {
        say!(language, "reason-surcharge", percent = percent, rows = rows)
    })
}

/// A bill with list prices tells discounts from mistakes.
fn lists(comparison: &Comparison, language: Language) -> Option<String> {
    let list = comparison.bill_total.list?;
    let billed = comparison.bill_total.cost?;
    let ledger = comparison.ledger_total.cost.unwrap_or_default();
    let apart = (list - ledger).abs();
    let agrees = billed != list && apart.ratio(list.abs()) < 0.0005;
    agrees.then(|| say!(language, "reason-list-cost", amount = (list - billed).show()))
}

/// Tokens agree and money does not, for a model with prices by length of prompt.
fn tiers(comparison: &Comparison, language: Language) -> Option<String> {
    let stepped = |row: &&Row| {
        let tiers = identify(&row.key.model)
            .target
            .model()
            .is_some_and(|model| model.prices.iter().any(|period| period.tiers.len() > 1));
        row.state == State::Differs && tiers && row.count_difference() == Some(0)
    };
    let count = comparison.rows.iter().filter(stepped).count();
    let rows = || say!(language, "row-count", rows = count);
    (count > 0).then(|| say!(language, "reason-steps", rows = rows()))
}

/// What only one side has.
fn strangers(comparison: &Comparison, language: Language) -> Vec<String> {
    let mut reasons = Vec::new();
    let of = |state| comparison.rows.iter().filter(move |row| row.state == state);
    let other: Vec<&Row> = of(State::OnlyInBill).filter(|row| row.key.what == What::Other).collect();
    if !other.is_empty() {
        let amount: Money = other.iter().filter_map(|row| row.bill.cost).sum();
        reasons.push(say!(language, "reason-other", amount = amount.show()));
    }
    let usage = || of(State::OnlyInBill).filter(|row| row.key.what != What::Other);
    let count = usage().count();
    if count > 0 {
        let is_known = |model: &str| model.is_empty() || identify(model).target.model().is_some();
        let mut unknown: Vec<&str> =
            usage().map(|row| row.key.model.as_str()).filter(|model| !is_known(model)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        let rows = say!(language, "row-count", rows = count);
        reasons.push(say!(language, "reason-only-in-bill", rows = rows));
        if !unknown.is_empty() {
            let names: Vec<String> = unknown.iter().map(|name| shown(name, 40)).collect();
            reasons.push(say!(language, "reason-unknown-models", models = language.names(&names)));
        }
    }
    let count = of(State::OnlyInLedger).count();
    if count > 0 {
        let rows = say!(language, "row-count", rows = count);
        reasons.push(say!(language, "reason-only-in-ledger", rows = rows));
    }
    let cloud =
        comparison.bill.kind == Kind::Cur && comparison.bill.providers.contains(&Provider::ClaudePlatformAws);
    if cloud && usage().any(|row| row.key.model.is_empty()) {
        reasons.push(language.word(word!("reason-units")).to_string());
    }
    reasons
}

/// A file that begins or ends within a day.
fn edges(comparison: &Comparison, language: Language) -> Option<String> {
    let covered = &comparison.bill.covered;
    let (first, last) = (covered.first()?, covered.last()?);
    let days = [super::bill::day_of(first.start), super::bill::day_of(last.end.plus_ms(-1))];
    let inner = comparison.rows.iter().filter(|row| row.state != State::Matched);
    let only_edges = inner.clone().count() > 0 && inner.clone().all(|row| days.contains(&row.key.day));
    (only_edges && days[0] != days[1])
        .then(|| say!(language, "reason-edges", first = days[0].to_string(), last = days[1].to_string()))
}
