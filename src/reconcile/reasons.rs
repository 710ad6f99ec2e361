//! Why a bill and the ledger may differ: what the rows themselves show, and what the bill cannot know. Words for people;
//! nothing is ever corrected by them.

use super::bill::Kind;
use super::own::Own;
use super::{Comparison, Row, State, What};
use crate::base::money::Money;
use crate::base::text::counted;
use crate::base::width::shown;
use crate::model::model_id::identify;
use crate::model::provider::Provider;

pub(super) fn of(comparison: &Comparison, own: &Own) -> Vec<String> {
    let bill = &comparison.bill;
    let mut reasons = bill.notes.clone();
    for (what, amount) in &bill.apart {
        reasons.push(format!(
            "the bill also holds {} of {}, which is no usage and is not compared",
            amount.show(),
            shown(what, 60)
        ));
    }
    if own.elsewhere != Money::ZERO {
        let amount = own.elsewhere.show();
        reasons.push(format!("{amount} of the ledger in this time went through providers this bill does not hold, and is left out"));
    }
    if comparison.within && comparison.rows.iter().all(|row| row.state == State::Matched) {
        return reasons;
    }
    reasons.extend(ratio(comparison).or_else(|| tiers(comparison)));
    reasons.extend(lists(comparison));
    if own.priority != Money::ZERO
        && matches!(bill.kind, Kind::CostReport | Kind::AnalyticsCost | Kind::ConsoleCost)
    {
        reasons.push(format!(
            "the ledger has {} of priority tier calls, which cost reports leave out",
            own.priority.show()
        ));
    }
    if own.unlisted != Money::ZERO {
        reasons.push(format!(
            "{} of the ledger is unlisted: calls that only Claude Code's own total knows, without the time and counts of each",
            own.unlisted.show()
        ));
    }
    if own.estimated != Money::ZERO {
        reasons.push(format!(
            "{} of the ledger is estimated: models or places that are in no price list",
            own.estimated.show()
        ));
    }
    reasons.extend(strangers(comparison));
    reasons.extend(edges(comparison));
    reasons
}

/// The same factor in every row that both have is a contract, or the price of a place.
fn ratio(comparison: &Comparison) -> Option<String> {
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
    let percent = (ratio - 1.0).abs() * 100.0;
    let rows = counted(rows.len(), "row");
    if (ratio - 1.1).abs() < 0.0055 {
        return Some(format!(
            "the bill is 10 % above the ledger in {rows}: the price of regional endpoints and of US inference; set `cost.region` where the ledger does not know the place"
        ));
    }
    if (1.0 / ratio - 1.1).abs() < 0.0055 {
        return Some(format!(
            "the ledger is 10 % above the bill in {rows}: it takes them for regional, and the bill does not; set `cost.region` to `global` if that is where they ran"
        ));
    }
    Some(if ratio < 1.0 {
        format!(
            "the bill is {percent:.1} % below the ledger in {rows}: a discount or credit; `cost.pricing.multiplier` or `cost.pricing.providers` teach it to the ledger"
        )
    } else {
        format!(
            "the bill is {percent:.1} % above the ledger in {rows}: a surcharge, a tax, or another currency's rate"
        )
    })
}

/// A bill with list prices tells discounts from mistakes.
fn lists(comparison: &Comparison) -> Option<String> {
    let list = comparison.bill_total.list?;
    let billed = comparison.bill_total.cost?;
    let ledger = comparison.ledger_total.cost.unwrap_or_default();
    let apart = (list - ledger).abs();
    let agrees = billed != list && apart.ratio(list.abs()) < 0.0005;
    agrees.then(|| {
        format!(
            "the bill's list cost is the ledger's: the difference is {} of discounts",
            (list - billed).show()
        )
    })
}

/// Tokens agree and money does not, for a model with prices by length of prompt.
fn tiers(comparison: &Comparison) -> Option<String> {
    let stepped = |row: &&Row| {
        let tiers = identify(&row.key.model)
            .target
            .model()
            .is_some_and(|model| model.prices.iter().any(|period| period.tiers.len() > 1));
        row.state == State::Differs && tiers && row.count_difference() == Some(0)
    };
    let count = comparison.rows.iter().filter(stepped).count();
    (count > 0).then(|| format!("{} of a model whose price depends on the length of the prompt: the same tokens cost more in long prompts", counted(count, "row")))
}

/// What only one side has.
fn strangers(comparison: &Comparison) -> Vec<String> {
    let mut reasons = Vec::new();
    let of = |state| comparison.rows.iter().filter(move |row| row.state == state);
    let other: Vec<&Row> = of(State::OnlyInBill).filter(|row| row.key.what == What::Other).collect();
    if !other.is_empty() {
        let amount: Money = other.iter().filter_map(|row| row.bill.cost).sum();
        reasons.push(format!("{} of the bill is neither tokens nor searches (code execution, session hours, support): the ledger cannot know it", amount.show()));
    }
    let usage = || of(State::OnlyInBill).filter(|row| row.key.what != What::Other);
    let count = usage().count();
    if count > 0 {
        let is_known = |model: &str| model.is_empty() || identify(model).target.model().is_some();
        let mut unknown: Vec<&str> =
            usage().map(|row| row.key.model.as_str()).filter(|model| !is_known(model)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        reasons.push(format!(
            "{} only in the bill: other programs or machines with the same account, or sessions that were never booked here (`cost-hook import`)",
            counted(count, "row")
        ));
        if !unknown.is_empty() {
            let names: Vec<String> = unknown.iter().map(|name| shown(name, 40)).collect();
            reasons.push(format!("models this version does not know: {}", names.join(", ")));
        }
    }
    let count = of(State::OnlyInLedger).count();
    if count > 0 {
        reasons.push(format!(
            "{} only in the ledger: another account, key or workspace than the bill's, or a report that was not yet complete",
            counted(count, "row")
        ));
    }
    let cloud =
        comparison.bill.kind == Kind::Cur && comparison.bill.providers.contains(&Provider::ClaudePlatformAws);
    if cloud && usage().any(|row| row.key.model.is_empty()) {
        reasons.push("consumption units of Claude Platform on AWS name no model".to_string());
    }
    reasons
}

/// A file that begins or ends within a day.
fn edges(comparison: &Comparison) -> Option<String> {
    let covered = &comparison.bill.covered;
    let (first, last) = (covered.first()?, covered.last()?);
    let days = [super::bill::day_of(first.start), super::bill::day_of(last.end.plus_ms(-1))];
    let inner = comparison.rows.iter().filter(|row| row.state != State::Matched);
    let only_edges = inner.clone().count() > 0 && inner.clone().all(|row| days.contains(&row.key.day));
    (only_edges && days[0] != days[1]).then(|| {
        format!("only {} and {}, the ends of the file, differ: the bill may not hold the whole of these days (UTC)", days[0], days[1])
    })
}
