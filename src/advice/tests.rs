//! Made-up ledgers, each with one pattern or just not, and what is found in them. The amounts are added up here again,
//! from prices written down by hand.

mod batching;
mod cache;
mod context;
mod models;
mod property;
mod trouble;
mod whole;

use std::io::Write;

use super::{Finding, Kind, Question, Study, study};
use crate::base::disk;
use crate::base::money::Money;
use crate::base::time::{Time, Zone};
use crate::ledger::Ledger;
use crate::model::day::Day;
use crate::model::entry::{Call, Line, Source, Unlisted, VERSION};
use crate::model::price::{CallFacts, Iteration, PriceOverrides, price};
use crate::model::provider::Provider;
use crate::model::usage::Tokens;
use crate::report::query::Query;

const NOON: i64 = 1_795_521_600_000;

/// A call of session `s` on Opus 5.5, `seconds` after noon.
fn call(id: &str, seconds: i64) -> Call {
    Call {
        id: id.to_string(),
        time: Time(NOON + seconds * 1000),
        session: "s".into(),
        project: "/w".into(),
        model: "claude-opus-5-5".into(),
        feature: "conversation".into(),
        user: "u".into(),
        prices: "p".into(),
        ..Call::nothing()
    }
}

/// With these counts: input, output, written for 5 minutes, for 1 hour, read.
fn with(call: Call, [input, output, cache_write_5m, cache_write_1h, cache_read]: [u64; 5]) -> Call {
    Call { tokens: Tokens { input, output, cache_write_5m, cache_write_1h, cache_read }, ..call }
}

fn unlisted(id: &str, cost: Money) -> Unlisted {
    Unlisted {
        v: VERSION,
        id: format!("unlisted:s:{id}"),
        rev: 0,
        time: Time(NOON),
        session: "s".into(),
        project: "/w".into(),
        model: None,
        provider: Provider::Anthropic,
        region: None,
        tokens: Tokens::default(),
        web_searches: 0,
        branch: None,
        user: "u".into(),
        cost,
        client_cost: None,
        client_total: None,
        known_calls: None,
        estimated: false,
        source: Source::CostState,
        imported: None,
    }
}

/// Prices of a million tokens in cents of a cent, by hand: input, output, written for 5 minutes, for 1 hour, read.
type Rates = [i128; 5];
const OPUS: Rates = [40_000, 200_000, 50_000, 80_000, 2_000];
const SONNET: Rates = [20_000, 100_000, 25_000, 40_000, 1_000];
const HAIKU: Rates = [1_000, 5_000, 1_250, 2_000, 100];

fn at(rates: Rates, counts: [u64; 5]) -> Money {
    let units = rates.iter().zip(counts).map(|(rate, count)| rate * i128::from(count)).sum::<i128>();
    // A ten-thousandth of a dollar for a million tokens is 100 units of 1e-12 USD for one.
    Money(units * 100)
}

fn opus(counts: [u64; 5]) -> Money {
    at(OPUS, counts)
}

fn booked(mut call: Call) -> Line {
    call.cost = price(&call.facts(), &PriceOverrides::default()).cost;
    Line::Call(Box::new(call))
}

fn ledger_of(lines: &[Line]) -> (tempfile::TempDir, Ledger) {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::at(dir.path());
    disk::create_dir_private(&ledger.folder()).unwrap();
    for line in lines {
        let mut file = disk::open_append(&ledger.segment_path(line.time().utc_month())).unwrap();
        file.write_all(format!("{}\n", serde_json::to_string(line).unwrap()).as_bytes()).unwrap();
    }
    (dir, ledger)
}

fn study_lines(lines: &[Line], query: &Query) -> Study {
    let (_dir, ledger) = ledger_of(lines);
    let prices = PriceOverrides::default();
    study(&ledger, &Question { query, prices: &prices, zone: &Zone::utc(), top: 1000 }).unwrap()
}

fn study_of(calls: Vec<Call>) -> Study {
    // In no order, as a ledger may be.
    let mut lines: Vec<Line> = calls.into_iter().map(booked).collect();
    lines.reverse();
    study_lines(&lines, &Query::default())
}

/// The findings of a kind, over all sessions.
fn of_kind(study: &Study, kind: Kind) -> Vec<&Finding> {
    let findings = study.dearest.iter().flat_map(|session| &session.findings);
    findings.filter(|finding| finding.kind == kind).collect()
}

#[track_caller]
fn one(study: &Study, kind: Kind) -> Finding {
    let found = of_kind(study, kind);
    assert_eq!(found.len(), 1, "{kind:?} among {:?}", kinds(study));
    found[0].clone()
}

#[track_caller]
fn none(study: &Study, kind: Kind) {
    assert!(of_kind(study, kind).is_empty(), "{:?}", of_kind(study, kind));
}

fn kinds(study: &Study) -> Vec<Kind> {
    study.kinds.iter().map(|total| total.kind).collect()
}

fn iteration(kind: crate::model::price::IterationKind, counts: [u64; 5]) -> Iteration {
    Iteration { kind, model: None, tokens: with(call("", 0), counts).tokens }
}
