//! `ledger stats`: how much the ledger holds.

use std::process::ExitCode;

use serde::Serialize;

use super::{month, nothing_booked, of};
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::text::size;
use crate::base::time::Time;
use crate::base::words::{Value, say, word};
use crate::cli::shop::{self, Shop};
use crate::cli::success;
use crate::ledger::census::Counts;
use crate::ledger::stats::{self, Beside, Stats};
use crate::report::columns::{self, Column, Row};
use crate::report::json::{self, SCHEMA_VERSION};
use crate::report::table::{Role, grouped};
use crate::ui::facts::{self, Fact};

const EXAMPLES: &str = "\
Examples:
  cost-hook ledger stats                               month by month
  cost-hook ledger stats --json | jq '.total.calls'    for programs";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {}

pub(super) fn run(_: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let ledger = of(shop)?;
    let stats = stats::stats(&ledger)?;
    let text = match shop.json {
        true => document(&stats),
        false if !ledger.exists() => nothing_booked(&ledger, shop),
        false => in_words(&stats, shop),
    };
    shop.say(&text)?;
    success()
}

fn total(stats: &Stats) -> Counts {
    Counts::total(stats.months.iter().map(|of| &of.counts))
}

fn in_words(stats: &Stats, shop: &Shop<'_>) -> String {
    let language = shop.out.language;
    let word = |word| language.word(word);
    let heads = [
        Column::text(word!("heading-month"), 0),
        Column::number(word!("heading-lines"), 1),
        Column::number(word!("heading-calls"), 0),
        Column::number(word!("heading-revisions"), 2),
        Column::number(word!("heading-unlisted"), 3),
        Column::number(word!("heading-overrides"), 5),
        Column::number(word!("heading-starts"), 6),
        Column::number(word!("heading-unreadable"), 4),
        Column::number(word!("heading-size"), 0),
        Column::text(word!("heading-first"), 8),
        Column::text(word!("heading-last"), 7),
        Column::number(word!("heading-chain"), 9),
    ];
    let day = |time: Option<Time>| time.map_or_else(String::new, |time| time.utc().date().to_string());
    let row = |role, name: String, counts: &Counts, chain: String| Row {
        role,
        cells: vec![
            name,
            grouped(counts.lines),
            grouped(counts.calls),
            grouped(counts.revisions),
            grouped(counts.unlisted),
            grouped(counts.overrides),
            grouped(counts.starts),
            grouped(counts.unreadable),
            size(counts.bytes),
            day(counts.first),
            day(counts.last),
            chain,
        ],
    };
    let mut rows: Vec<Row> = stats
        .months
        .iter()
        .map(|of| {
            let chain = of.covered.map_or_else(|| word(word!("none")).to_string(), size);
            row(Role::Row, month(of.month), &of.counts, chain)
        })
        .collect();
    let all = total(stats);
    let covered: u64 = stats.months.iter().filter_map(|of| of.covered).sum();
    rows.push(row(Role::Total, word(word!("row-total")).to_string(), &all, size(covered)));
    let count = |count: usize| grouped(count as u64);
    let beside = |name: &str, of: Beside| {
        Fact::new(
            name,
            size(of.bytes),
            say!(language, "stats-set-aside", lines = Value::Written(of.lines, grouped(of.lines).into())),
        )
    };
    let list = [
        Fact::new(
            word(word!("stats-sessions")),
            count(stats.sessions),
            say!(
                language,
                "stats-in-projects",
                projects = Value::Written(stats.projects as u64, count(stats.projects).into())
            ),
        ),
        Fact::new(word(word!("stats-models")), count(stats.models.len()), language.names(&stats.models)),
        Fact::new(word(word!("heading-estimated")), grouped(all.estimated), word(word!("stats-estimated"))),
        Fact::new(word(word!("stats-unpriced")), grouped(all.unpriced), word(word!("stats-unpriced-are"))),
        Fact::new(
            word(word!("stats-checkpoint")),
            size(stats.checkpoint),
            word(word!("stats-checkpoint-is")),
        ),
        beside("torn.jsonl", stats.torn),
        beside("unreadable.jsonl", stats.unreadable),
        Fact::new(
            word(word!("stats-superseded")),
            size(all.superseded_bytes),
            word(word!("stats-superseded-is")),
        ),
    ];
    shop.table(&columns::draw(&heads, &rows, shop::look(&shop.out))) + "\n" + &facts::render(&shop.out, &list)
}

fn document(stats: &Stats) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Of {
        #[serde(skip_serializing_if = "Option::is_none")]
        month: Option<String>,
        bytes: u64,
        lines: u64,
        call_lines: u64,
        unlisted_lines: u64,
        overrides: u64,
        starts: u64,
        unreadable_lines: u64,
        calls: u64,
        unlisted: u64,
        revisions: u64,
        superseded_bytes: u64,
        estimated_calls: u64,
        unpriced_calls: u64,
        cost: f64,
        cost_exact: Money,
        first: Option<Time>,
        last: Option<Time>,
        chain_bytes: Option<u64>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct OfFile {
        lines: u64,
        bytes: u64,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        months: Vec<Of>,
        total: Of,
        sessions: usize,
        projects: usize,
        models: &'a [String],
        checkpoint_bytes: u64,
        torn: OfFile,
        unreadable: OfFile,
    }
    let of = |name: Option<String>, counts: &Counts, chain_bytes: Option<u64>| Of {
        month: name,
        bytes: counts.bytes,
        lines: counts.lines,
        call_lines: counts.call_lines,
        unlisted_lines: counts.unlisted_lines,
        overrides: counts.overrides,
        starts: counts.starts,
        unreadable_lines: counts.unreadable,
        calls: counts.calls,
        unlisted: counts.unlisted,
        revisions: counts.revisions,
        superseded_bytes: counts.superseded_bytes,
        estimated_calls: counts.estimated,
        unpriced_calls: counts.unpriced,
        cost: counts.cost.to_f64(),
        cost_exact: counts.cost,
        first: counts.first,
        last: counts.last,
        chain_bytes,
    };
    let file = |beside: Beside| OfFile { lines: beside.lines, bytes: beside.bytes };
    let covered: Vec<u64> = stats.months.iter().filter_map(|of| of.covered).collect();
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        months: stats.months.iter().map(|row| of(Some(month(row.month)), &row.counts, row.covered)).collect(),
        total: of(None, &total(stats), (!covered.is_empty()).then(|| covered.iter().sum())),
        sessions: stats.sessions,
        projects: stats.projects,
        models: &stats.models,
        checkpoint_bytes: stats.checkpoint,
        torn: file(stats.torn),
        unreadable: file(stats.unreadable),
    })
}
