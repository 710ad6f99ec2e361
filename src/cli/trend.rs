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
use crate::base::time::{Time, Zone};
use crate::base::width;
use crate::base::words::{Language, Value, say, word};
use crate::budget;
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
    let language = shop.out.language;
    let query = args.filters.query(shop.world, &cut.zone)?;
    let query = with_ends(query, args.days, &cut.zone, now, language)?;
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
        Format::Md => forms::markdown(&trend, language),
        _ if trend.points.is_empty() => language.word(word!("no-day-begun")).to_string() + "\n",
        Format::Table => {
            shop.table(&forms::table(&trend, look)) + "\n" + &summary(shop, &out, &trend, &cut, look)
        }
        Format::Chart => {
            let level = level(&setup, &query, trend.unit);
            drawn(&out, &trend, level) + "\n" + &summary(shop, &out, &trend, &cut, look)
        }
    };
    shop.say(&text)?;
    success()
}

/// The range has both ends: where they were not typed, so many days up to today.
fn with_ends(mut query: Query, days: u32, zone: &Zone, now: Time, language: Language) -> Result<Query> {
    let window = &mut query.window;
    let too_far = || {
        Error::usage(language.word(word!("range-too-early")))
            .hint(language.word(word!("range-too-early-cure")))
    };
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
fn level<'s>(setup: &'s Setup, query: &Query, unit: trend::Unit) -> Option<&'s Limit> {
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

fn drawn(out: &Screen, trend: &Trend, limit: Option<&Limit>) -> String {
    let language = out.language;
    let column = |point: &trend::Point| Column {
        label: label(trend.unit, point.first, language),
        value: point.sum.cost.to_f64(),
        mark: Some(point.average.to_f64()),
    };
    let columns: Vec<Column> = trend.points.iter().map(column).collect();
    let level = limit.map(|limit| limit.amount.to_f64());
    let chart = chart::columns(out, &Chart { columns: &columns, level, name: &name });
    let mut text: String = chart.lines.iter().map(|line| format!("{line}\n")).collect();
    let glyphs = chart::glyphs(out);
    let unit = trend.unit.name();
    let column = match chart.merged {
        1 => say!(language, "bar-stands-for", unit = unit),
        many => say!(language, "bar-is-mean-of", unit = unit, many = many),
    };
    let mut legend = vec![
        format!("{} {column}", glyphs.column),
        format!("{} {}", glyphs.mark, language.word(forms::average_name(trend))),
    ];
    if let Some(limit) = limit {
        let (name, amount) = (budget::name(limit, language), limit.amount.show());
        legend.push(if chart.level_is_above {
            say!(language, "limit-far-above", limit = &*name, amount = amount)
        } else {
            format!("{} {}", glyphs.level, say!(language, "limit-of", limit = &*name, amount = amount))
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

fn label(unit: trend::Unit, first: NaiveDate, language: Language) -> String {
    match unit {
        trend::Unit::Month => first.format("%Y-%m").to_string(),
        _ => say!(language, "chart-day", day = u64::from(first.day()), month = u64::from(first.month())),
    }
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
    let language = out.language;
    let calls = trend.total.calls;
    let words = say!(
        language,
        "calls-in-days",
        calls = Value::Written(calls, table::grouped(calls).into()),
        count = u64::try_from(trend.day_count()).unwrap_or_default(),
        dates = language.dates(first, last)
    );
    let total = format!("{mark}{}", trend.total.cost.show());
    let mut rows = vec![
        Fact::new(language.word(word!("figure-total")), total, words),
        Fact::new(language.word(word!("figure-mean")), trend.mean().show(), language.word(word!("a-day"))),
        Fact::new(
            language.word(word!("figure-before")),
            trend.total_before.cost.show(),
            before(trend, cut, language),
        ),
    ];
    if let Some((day, cost)) = trend.dearest {
        let name = language.word(word!("figure-dearest-day"));
        rows.push(Fact::new(name, cost.show(), language.date_and_weekday(day)));
    }
    if let Some((window, forecast, recent)) = &trend.forecast {
        let end = cut.zone.day(window.end.plus_ms(-1));
        let name = language.word(word!("figure-forecast"));
        let words = forecast.words_by(end, recent, language);
        rows.push(Fact::new(name, forecast.expected.show(), words));
    }
    let mut text = facts::render(out, &rows);
    let notes = [table::notes(&trend.total, look), table::unread(&trend.bad, look)].concat();
    if !notes.is_empty() {
        text.push('\n');
        text.push_str(&shop.table(&notes));
    }
    text
}

/// `26 Sep to 25 Oct 2026 12:00; now $3.40 more (+31.8%)`.
fn before(trend: &Trend, cut: &Cut, language: Language) -> String {
    let zone = &cut.zone;
    let dates = language.dates(zone.day(trend.before.start), zone.day(trend.before.end.plus_ms(-1)));
    let change = trend.change().words(language);
    if !trend.running {
        return say!(language, "before-and-now", dates = dates, change = change);
    }
    let time = zone.civil(trend.before.end).format("%H:%M").to_string();
    say!(language, "before-and-now-at", dates = dates, time = time, change = change)
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
            let window = with_ends(query, days, &utc, now, Language::English).unwrap().window;
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
