//! `cost-hook trend`: spending over time as a chart, and what it comes to beside the time before.

use std::process::ExitCode;

use chrono::{Datelike, Days, NaiveDate};
use clap::ValueEnum;

use super::args::{Drawing, Filters};
use super::report;
use super::shop::{self, Shop};
use super::success;
use crate::base::error::{Error, Result};
use crate::base::money::Money;
use crate::base::text::counted;
use crate::base::time::{Time, Zone};
use crate::base::width;
use crate::model::limit::{Filter, Limit, Period};
use crate::report::fold::Cut;
use crate::report::query::Query;
use crate::report::table::{self, Look};
use crate::report::trend::{self, Trend, forms};
use crate::setup::Setup;
use crate::ui::chart::{self, Chart, Column};
use crate::ui::facts::{self, Fact};
use crate::ui::style::{Screen, Tone};

const EXAMPLES: &str = "\
Examples:
  cost-hook trend                                  the last 30 days
  cost-hook trend --days 90 --project shop         a quarter of one project
  cost-hook trend --by week --since 2026-09-01     week by week
  cost-hook trend --days 7 --format table          every day with its figures
  cost-hook trend --by month --days 365 --ascii    a year, without Unicode";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// How many days, today included; with --until, up to that day
    #[arg(long, value_name = "DAYS", default_value_t = 30, conflicts_with = "since",
          value_parser = clap::value_parser!(u32).range(1..=36_500))]
    days: u32,
    /// What a column stands for
    #[arg(long, value_enum, default_value_t = Unit::Day)]
    by: Unit,
    /// In which form to answer
    #[arg(long, value_enum, default_value_t = Format::Chart, conflicts_with = "json")]
    format: Format,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    filters: Filters,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Unit {
    Day,
    Week,
    Month,
}

impl From<Unit> for trend::Unit {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::Day => trend::Unit::Day,
            Unit::Week => trend::Unit::Week,
            Unit::Month => trend::Unit::Month,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A chart for the terminal
    Chart,
    /// A row for each period
    Table,
    /// All columns, for spreadsheets
    Csv,
    /// A Markdown table, for issues and job summaries
    Md,
    /// One JSON document, as --json
    Json,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let setup = shop.setup();
    let cut = args.filters.zone.cut(&setup)?;
    let now = shop.world.now();
    let query = with_ends(args.filters.query(shop.world, &cut.zone)?, args.days, &cut.zone, now)?;
    shop.catch_up(&setup, |_| Ok(()));
    let format = if shop.json { Format::Json } else { args.format };
    let is_for_people = matches!(format, Format::Chart | Format::Table);
    if is_for_people && !setup.ledger.exists() {
        shop.say(&report::nothing(shop, &setup))?;
        return success();
    }
    let trend = trend::trend(&setup.ledger, &query, args.by.into(), &cut, now)?;
    let out = args.drawing.on(shop.out);
    let look = shop::look(&out);
    let text = match format {
        Format::Json => forms::document(&trend, &cut.zone),
        Format::Csv => forms::csv(&trend),
        Format::Md => forms::markdown(&trend, shop.out.language),
        _ if trend.points.is_empty() => "No day of this range has begun.\n".to_string(),
        Format::Table => {
            shop.table(&forms::table(&trend, look)) + "\n" + &summary(shop, &out, &trend, &cut, look)
        }
        Format::Chart => {
            let mark = budget(&setup, &query, trend.unit);
            drawn(&out, &trend, mark) + "\n" + &summary(shop, &out, &trend, &cut, look)
        }
    };
    shop.say(&text)?;
    success()
}

/// The range has both ends: where they were not typed, so many days up to today.
fn with_ends(mut query: Query, days: u32, zone: &Zone, now: Time) -> Result<Query> {
    let window = &mut query.window;
    let too_far = || Error::usage("the range begins before the calendar does").hint("give fewer --days");
    if window.end == Time::MAX {
        let first = if window.start == Time::MIN { now } else { window.start.max(now) };
        window.end = zone.start_of(zone.day(first).succ_opt().ok_or_else(too_far)?);
    }
    if window.start == Time::MIN {
        let last = zone.day(window.end.plus_ms(-1));
        let first = last.checked_sub_days(Days::new(u64::from(days) - 1)).filter(|day| day.year() > 0);
        window.start = zone.start_of(first.ok_or_else(too_far)?);
    }
    Ok(query)
}

/// The least limit that starts afresh with every column and counts what the chart shows.
fn budget<'s>(setup: &'s Setup, query: &Query, unit: trend::Unit) -> Option<&'s Limit> {
    let period = match unit {
        trend::Unit::Day => Period::Daily,
        trend::Unit::Week => Period::Weekly,
        trend::Unit::Month => Period::Monthly,
    };
    let all = Query { window: query.window, ..Query::default() };
    let counts = |limit: &&Limit| limit.period == period && limit.filter == Filter::default();
    let limits = setup.settings.limits.iter().filter(counts).filter(|limit| limit.amount.is_positive());
    limits.min_by_key(|limit| limit.amount).filter(|_| *query == all)
}

fn drawn(out: &Screen, trend: &Trend, budget: Option<&Limit>) -> String {
    let column = |point: &trend::Point| Column {
        label: label(trend.unit, point.first),
        value: point.sum.cost.to_f64(),
        mark: Some(point.average.to_f64()),
    };
    let columns: Vec<Column> = trend.points.iter().map(column).collect();
    let level = budget.map(|limit| limit.amount.to_f64());
    let chart = chart::columns(out, &Chart { columns: &columns, level, name: &name });
    let mut text: String = chart.lines.iter().map(|line| format!("{line}\n")).collect();
    let glyphs = chart::glyphs(out);
    let unit = trend.unit.name();
    let column = match chart.merged {
        1 => format!("{} a {unit}", glyphs.column),
        many => format!("{} mean of {many} {unit}s", glyphs.column),
    };
    let mut legend =
        vec![column, format!("{} {}", glyphs.mark, out.language.word(forms::average_name(trend)))];
    if let Some(limit) = budget {
        let amount = limit.amount.show();
        legend.push(if chart.level_is_above {
            format!("{} of {amount} is far above", limit.name)
        } else {
            format!("{} {} of {amount}", glyphs.level, limit.name)
        });
    }
    let mut lines: Vec<String> = Vec::new();
    for part in legend {
        match lines.last_mut() {
            Some(line) if width::columns(line) + 3 + width::columns(&part) <= usize::from(out.width) => {
                line.push_str("   ");
                line.push_str(&part);
            }
            _ => lines.push(part),
        }
    }
    text.push_str(&lines.iter().map(|line| out.paint(Tone::Faint, line) + "\n").collect::<String>());
    text
}

fn label(unit: trend::Unit, first: NaiveDate) -> String {
    let form = if unit == trend::Unit::Month { "%Y-%m" } else { "%-d %b" };
    first.format(form).to_string()
}

/// A value of the axis, with as many decimals as the steps need.
fn name(value: f64, step: f64) -> String {
    let digits = match step {
        step if step >= 1.0 && step.fract() == 0.0 => 0,
        step if step >= 0.01 => 2,
        step if step >= 0.0001 => 4,
        _ => 6,
    };
    format!("${}", Money::from_f64(value).unwrap_or_default().round(digits))
}

/// What it comes to.
fn summary(shop: &Shop<'_>, out: &Screen, trend: &Trend, cut: &Cut, look: Look) -> String {
    let Some((first, last)) = trend.days else { return String::new() };
    let mark = if trend.total.estimated == Money::ZERO { "" } else { "~" };
    let calls = table::calls(trend.total.calls);
    let count = usize::try_from(trend.day_count()).unwrap_or(usize::MAX);
    let mut rows = vec![
        Fact::new(
            "Total",
            format!("{mark}{}", trend.total.cost.show()),
            format!("{calls} in {}: {}", counted(count, "day"), span(first, last)),
        ),
        Fact::new("Mean", trend.mean().show(), "a day"),
        Fact::new("Before", trend.total_before.cost.show(), before(trend, cut)),
    ];
    if let Some((day, cost)) = trend.dearest {
        rows.push(Fact::new("Dearest day", cost.show(), day.format("%a %-d %b %Y").to_string()));
    }
    if let Some((window, forecast, recent)) = &trend.forecast {
        let end = cut.zone.day(window.end.plus_ms(-1));
        let range = forecast
            .range
            .map_or(String::new(), |(low, high)| format!(", likely {} to {}", low.show(), high.show()));
        let words = format!(
            "by {}{range}: {} so far, and the mean of the last {} for the {} days left",
            end.format("%-d %b"),
            forecast.spent.show(),
            counted(recent.days.len(), "whole day"),
            forecast.days_left(),
        );
        rows.push(Fact::new("Forecast", forecast.expected.show(), words));
    }
    let mut text = facts::render(out, &rows);
    let notes = [table::notes(&trend.total, look), table::unread(&trend.bad, look)].concat();
    if !notes.is_empty() {
        text.push('\n');
        text.push_str(&shop.table(&notes));
    }
    text
}

fn before(trend: &Trend, cut: &Cut) -> String {
    let zone = &cut.zone;
    let (first, last) = (zone.day(trend.before.start), zone.day(trend.before.end.plus_ms(-1)));
    let upto = match trend.running {
        true => format!(" {}", zone.civil(trend.before.end).format("%H:%M")),
        false => String::new(),
    };
    format!("{}{upto}; now {}", span(first, last), trend.change().words())
}

/// `26 Oct to 24 Nov 2026`, `24 Nov 2026`.
pub(super) fn span(first: NaiveDate, last: NaiveDate) -> String {
    let end = last.format("%-d %b %Y");
    match first {
        _ if first == last => end.to_string(),
        _ if first.year() == last.year() => format!("{} to {end}", first.format("%-d %b")),
        _ => format!("{} to {end}", first.format("%-d %b %Y")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_has_the_decimals_it_needs() {
        for (value, step, expected) in [
            (1500.0, 500.0, "$1,500"),
            (7.5, 2.5, "$7.50"),
            (0.002, 0.001, "$0.0020"),
            (0.0, 1.0, "$0"),
            (f64::NAN, 1.0, "$0"),
        ] {
            assert_eq!(name(value, step), expected);
        }
    }

    #[test]
    fn a_range_ends_today_unless_it_was_typed() {
        let now = Time::parse("2026-11-24T12:00:00Z").unwrap();
        let utc = Zone::utc();
        let ends = |query: Query, days| {
            let window = with_ends(query, days, &utc, now).unwrap().window;
            (window.start.to_string()[..10].to_string(), window.end.to_string()[..10].to_string())
        };
        assert_eq!(ends(Query::default(), 1), ("2026-11-24".into(), "2026-11-25".into()));
        assert_eq!(ends(Query::default(), 30), ("2026-10-26".into(), "2026-11-25".into()));
        let query = |since, until| Query {
            window: crate::report::query::window(since, until, now, &utc).unwrap(),
            ..Query::default()
        };
        assert_eq!(ends(query(None, Some("2026-10-31")), 2), ("2026-10-30".into(), "2026-11-01".into()));
        assert_eq!(ends(query(Some("2026-11-01"), None), 30), ("2026-11-01".into(), "2026-11-25".into()));
        assert_eq!(ends(query(Some("2027-01-01"), None), 30), ("2027-01-01".into(), "2027-01-02".into()));
    }
}
