//! A bill as it is compared: figures by day, model and meter, the spans it covers, and what it cannot know. Files of the
//! same kind are pages of one bill.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use super::{Figures, Key, Table, What, anthropic, packed, spreadsheet};
use crate::base::error::{Error, Result};
use crate::base::money::Money;
use crate::base::text::{list_or, quoted};
use crate::base::time::{Time, Window};
use crate::model::provider::Provider;

/// What kind of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    UsageReport,
    CostReport,
    ClaudeCode,
    AnalyticsUsage,
    AnalyticsCost,
    ConsoleUsage,
    ConsoleCost,
    Cur,
    Focus,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::UsageReport => "Anthropic usage report",
            Kind::CostReport => "Anthropic cost report",
            Kind::ClaudeCode => "Claude Code report",
            Kind::AnalyticsUsage => "Anthropic analytics usage",
            Kind::AnalyticsCost => "Anthropic analytics cost",
            Kind::ConsoleUsage => "Console usage export",
            Kind::ConsoleCost => "Console cost export",
            Kind::Cur => "AWS Cost and Usage Report",
            Kind::Focus => "FOCUS",
        }
    }

    /// Comes from Anthropic, and so knows only what Anthropic itself sold.
    pub fn is_anthropic(self) -> bool {
        !matches!(self, Kind::Cur | Kind::Focus)
    }

    fn is_of_tokens(self) -> bool {
        matches!(self, Kind::UsageReport | Kind::ClaudeCode | Kind::AnalyticsUsage | Kind::ConsoleUsage)
    }

    /// What an amount may be off because the source rounds it.
    fn rounding(self) -> Money {
        match self {
            // Fractions of a cent are given to a few digits.
            Kind::CostReport | Kind::AnalyticsCost => Money(50_000_000),
            Kind::ConsoleCost | Kind::ClaudeCode => Money(5_000_000_000),
            _ => Money::ZERO,
        }
    }
}

#[derive(Debug, Clone)]
pub struct Bill {
    pub kind: Kind,
    pub files: Vec<String>,
    pub table: Table,
    /// How many lines of the bill are in a key's figures.
    pub lines: BTreeMap<Key, u64>,
    /// What one line may be off.
    pub rounding: Money,
    /// Does it count tokens, does it know money?
    pub counts: bool,
    pub money: bool,
    /// Does it tell meters apart, the two kinds of cache writes, and models?
    pub meters: bool,
    pub write_kinds: bool,
    pub models: bool,
    /// Whose calls it holds.
    pub providers: BTreeSet<Provider>,
    /// Spans it says something about, in order.
    pub covered: Vec<Window>,
    /// Credits, refunds, taxes and the like, which are no usage.
    pub apart: BTreeMap<String, Money>,
    /// Rows that are not about Claude.
    pub skipped: u64,
    /// Files that end before the report does.
    pub unfinished: Vec<String>,
}

impl Bill {
    pub(super) fn new(kind: Kind, file: &str) -> Self {
        let anthropic = kind.is_anthropic().then_some(Provider::Anthropic);
        Self {
            kind,
            files: vec![file.to_string()],
            table: Table::new(),
            lines: BTreeMap::new(),
            rounding: kind.rounding(),
            counts: kind.is_of_tokens(),
            money: !kind.is_of_tokens(),
            meters: true,
            write_kinds: true,
            models: true,
            providers: anthropic.into_iter().collect(),
            covered: Vec::new(),
            apart: BTreeMap::new(),
            skipped: 0,
            unfinished: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, key: Key, figures: Figures) {
        self.counts |= figures.count.is_some();
        self.money |= figures.cost.is_some();
        *self.lines.entry(key.clone()).or_default() += 1;
        self.table.entry(key).or_default().add(&figures);
    }

    pub(super) fn cover(&mut self, span: Window) {
        self.covered.push(span);
    }

    /// What the key is called on both sides: what one side does not tell apart is one.
    pub(super) fn key(&self, key: Key) -> Key {
        let what = match key.what {
            _ if !self.meters => What::All,
            What::CacheWrite5m | What::CacheWrite1h if !self.write_kinds => What::CacheWrite,
            what => what,
        };
        // Bills of money count searches without saying which model made them.
        let is_lump = what == What::WebSearch
            && matches!(self.kind, Kind::CostReport | Kind::AnalyticsCost | Kind::ConsoleCost);
        let model = if self.models && !is_lump { key.model } else { String::new() };
        Key { model, what, ..key }
    }

    /// After all is read: what some line does not tell apart is put together in all, and spans are joined.
    fn settle(&mut self) {
        let (table, lines) = (std::mem::take(&mut self.table), std::mem::take(&mut self.lines));
        for (key, figures) in table {
            self.table.entry(self.key(key)).or_default().add(&figures);
        }
        for (key, count) in lines {
            *self.lines.entry(self.key(key)).or_default() += count;
        }
        self.covered.sort_by_key(|span| (span.start, span.end));
        let mut joined: Vec<Window> = Vec::new();
        for span in &self.covered {
            match joined.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => joined.push(*span),
            }
        }
        // A cloud's file has no rows for hours in which nothing was used: it is about all days between.
        if !self.kind.is_anthropic()
            && let (Some(first), Some(last)) = (joined.first(), joined.last())
        {
            let start = Time(first.start.0.div_euclid(DAY) * DAY);
            let end = Time((last.end.0 + DAY - 1).div_euclid(DAY) * DAY);
            joined = vec![Window { start, end }];
        }
        self.covered = joined;
    }

    fn join(&mut self, other: Bill) {
        self.files.extend(other.files);
        for (key, figures) in other.table {
            self.table.entry(key).or_default().add(&figures);
        }
        for (key, count) in other.lines {
            *self.lines.entry(key).or_default() += count;
        }
        self.counts |= other.counts;
        self.money |= other.money;
        self.meters &= other.meters;
        self.write_kinds &= other.write_kinds;
        self.models &= other.models;
        self.providers.extend(other.providers);
        self.covered.extend(other.covered);
        for (name, amount) in other.apart {
            *self.apart.entry(name).or_default() += amount;
        }
        self.skipped += other.skipped;
        self.unfinished.extend(other.unfinished);
    }

    pub(super) fn covers(&self, time: Time) -> bool {
        let after = self.covered.partition_point(|span| span.start <= time);
        after > 0 && self.covered[after - 1].contains(time)
    }
}

const DAY: i64 = 86_400_000;

/// Reads files, each with its name, into one bill per kind.
pub fn read(files: &[(String, Vec<u8>)]) -> Result<Vec<Bill>> {
    let mut bills: BTreeMap<Kind, Bill> = BTreeMap::new();
    for (name, bytes) in files {
        for bill in one(name, bytes)? {
            match bills.get_mut(&bill.kind) {
                Some(known) => known.join(bill),
                None => drop(bills.insert(bill.kind, bill)),
            }
        }
    }
    let mut bills: Vec<Bill> = bills.into_values().collect();
    bills.iter_mut().for_each(Bill::settle);
    Ok(bills)
}

fn one(name: &str, bytes: &[u8]) -> Result<Vec<Bill>> {
    const GZIP: &[u8] = &[0x1f, 0x8b];
    if !bytes.starts_with(GZIP) {
        return unpacked(name, bytes);
    }
    let inner = packed::unzipped(name, bytes)?;
    // There are files that unpack to themselves.
    if inner.starts_with(GZIP) {
        return Err(Error::user(format!("{} is gzip within gzip", quoted(name))).hint("unpack it first"));
    }
    unpacked(name, &inner)
}

fn unpacked(name: &str, bytes: &[u8]) -> Result<Vec<Bill>> {
    let is = |magic: &[u8]| bytes.starts_with(magic);
    if is(b"PK\x03\x04") {
        return Err(
            Error::user(format!("{} is a zip archive", quoted(name))).hint("unpack it first: `unzip FILE`")
        );
    }
    if is(b"PAR1") {
        return spreadsheet::read(name, &packed::as_csv(name, bytes)?).map(|bill| vec![bill]);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = bytes.iter().find(|b| !b.is_ascii_whitespace());
    match first {
        None => Err(Error::user(format!("{} is empty", quoted(name))).hint(forms())),
        Some(b'{' | b'[') => anthropic::read(name, bytes),
        Some(_) => spreadsheet::read(name, bytes).map(|bill| vec![bill]),
    }
}

/// What can be read, for messages.
pub(super) fn forms() -> String {
    let forms = [
        "saved responses of Anthropic's usage, cost, Claude Code and analytics reports (JSON)",
        "the Console's CSV exports",
        "an AWS Cost and Usage Report (CSV or Parquet)",
        "a FOCUS file (CSV or Parquet)",
    ];
    format!("it has to be one of: {}", list_or(&forms))
}

/// The UTC day of a time.
pub(super) fn day_of(time: Time) -> NaiveDate {
    time.utc().date()
}

/// A whole UTC day.
pub(super) fn whole_day(day: NaiveDate) -> Window {
    let start = Time(i64::from(day.num_days_from_ce() - 719_163) * DAY);
    Window { start, end: start.plus_ms(DAY) }
}
