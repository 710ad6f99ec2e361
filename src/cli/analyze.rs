//! `cost-hook analyze`: what a month came to, and for what.

use std::process::ExitCode;

use chrono::{Datelike, NaiveDate};
use clap::ValueEnum;

use super::args::Only;
use super::shop::{self, Shop};
use super::trend::span;
use super::{report, status, success};
use crate::base::error::{Error, Result};
use crate::base::money::Money;
use crate::base::text::{counted, quoted};
use crate::base::time::{Time, Window};
use crate::base::words::Language;
use crate::budget::{Place, Standing};
use crate::model::limit::Period;
use crate::report::analysis::{self, Analysis, Asked, forms};
use crate::report::fold::{By, Cut, Folded};
use crate::report::forecast::Forecast;
use crate::report::table::{self, Look, compact};
use crate::ui::facts::{self, Fact};

const EXAMPLES: &str = "\
Examples:
  cost-hook analyze                                this month, and what it will come to
  cost-hook analyze --month 2026-10                all of October
  cost-hook analyze --month last --format md       for a report
  cost-hook analyze --project shop --top 10        one project, ten rows of everything";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Which month: 2026-11, or last [default: the one that is running]
    #[arg(long, value_name = "MONTH")]
    month: Option<String>,
    /// How many days, models, projects and features to show; the others are put together in one row
    #[arg(long, value_name = "ROWS", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
    /// In which form to answer
    #[arg(long, value_enum, default_value_t = Format::Table, conflicts_with = "json")]
    format: Format,
    #[command(flatten)]
    only: Only,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Figures and tables for the terminal
    Table,
    /// Markdown, for issues and job summaries
    Md,
    /// One JSON document, as --json
    Json,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let (session, project) = status::here(shop);
    let setup = shop.setup_in(&project);
    let cut = args.only.zone.cut(&setup)?;
    let now = shop.world.now();
    let month = month(args.month.as_deref(), &cut, now)?;
    let query = args.only.query(shop.world);
    let format = if shop.json { Format::Json } else { args.format };
    if format == Format::Table && !setup.ledger.exists() {
        shop.say(&report::nothing(shop, &setup))?;
        return success();
    }
    let limits = if month.contains(now) && analysis::is_everything(&query) {
        let project = project.display().to_string();
        let place = Place { session: session.as_deref(), project: &project, ..Place::default() };
        let monthly = |standing: &Standing| standing.limit.period == Period::Monthly;
        status::standings(shop, &setup, &place)?.into_iter().filter(monthly).collect()
    } else {
        shop.catch_up(&setup, |_| Ok(()));
        Vec::new()
    };
    let asked = Asked { query: &query, month, top: args.top as usize, limits: &limits };
    let found = analysis::analyze(&setup.ledger, &asked, &cut, now)?;
    let text = match format {
        Format::Json => forms::document(&found, &cut.zone),
        Format::Md => markdown(&found, &cut, shop.out.language),
        Format::Table if found.total.is_empty() && found.total_before.is_empty() => {
            "No calls match.\n".to_string()
        }
        Format::Table => screen(shop, &found, &cut),
    };
    shop.say(&text)?;
    success()
}

/// The month that is meant, from its billing day on.
fn month(text: Option<&str>, cut: &Cut, now: Time) -> Result<Window> {
    let running = cut.window(By::Month, now);
    let Some(text) = text else { return Ok(running) };
    if text == "last" {
        return Ok(cut.window(By::Month, running.start.plus_ms(-1)));
    }
    let first = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok();
    let first = first.filter(|day| (1970..9999).contains(&day.year())).ok_or_else(|| {
        Error::usage(format!("{} is not a month", quoted(text))).hint("for example 2026-11, or last")
    })?;
    // The last day of the calendar month is in the month that begins in it, whatever the billing day.
    let last = (first + chrono::Months::new(1)).pred_opt().unwrap_or(first);
    let window = Window::month(&cut.zone, last, cut.billing_day);
    if window.start > now {
        return Err(Error::usage(format!("the month {} has not begun", quoted(text))));
    }
    Ok(window)
}

/// The figures about the whole month.
fn figures(found: &Analysis, cut: &Cut) -> Vec<Fact> {
    let (total, tokens) = (&found.total, &found.total.tokens);
    let mark = |amount: Money| if amount == Money::ZERO { "" } else { "~" };
    let mut facts = vec![
        Fact::new("Cost", format!("{}{}", mark(total.estimated), total.cost.show()), change(found, cut)),
        Fact::new("Mean", found.mean().show(), "a day"),
        Fact::new(
            "Calls",
            table::grouped(total.calls),
            format!("in {} on {}", counted(found.sessions, "session"), counted(found.active_days, "day")),
        ),
        Fact::new(
            "Tokens",
            compact(tokens.total()),
            format!(
                "{} input, {} output, {} cache write, {} cache read",
                compact(tokens.input),
                compact(tokens.output),
                compact(tokens.cache_write()),
                compact(tokens.cache_read)
            ),
        ),
    ];
    if let Some(tenths) = analysis::cache_hits(tokens) {
        let percent = format!("{}.{}%", tenths / 10, tenths % 10);
        facts.push(Fact::new("Cache hits", percent, "of what went into the models was read from the cache"));
    }
    if total.unlisted != Money::ZERO {
        let words = "of the cost, reported by Claude Code for calls its transcripts do not hold";
        facts.push(Fact::new("Unlisted", total.unlisted.show(), words));
    }
    if total.estimated != Money::ZERO {
        let words = "of the cost, for which there is no certain price";
        facts.push(Fact::new("Estimated", total.estimated.show(), words));
    }
    if let Some((forecast, recent)) = &found.forecast {
        facts.push(Fact::new("Forecast", forecast.expected.show(), forecast.words(recent)));
    }
    facts.extend(found.limits.iter().filter_map(|(standing, forecast)| limit(standing, forecast.as_ref()?)));
    facts
}

/// `$1.20 more (+9.7%) than 2026-10 up to 24 Oct 12:00 ($12.40)`.
fn change(found: &Analysis, cut: &Cut) -> String {
    let name = &found.name_before;
    let part = if found.before.end < found.month.start {
        format!("{name} up to {}", cut.zone.civil(found.before.end).format("%-d %b %H:%M"))
    } else {
        name.clone()
    };
    let change = found.change();
    let words = if change.difference() == Money::ZERO {
        format!("the same as {part}")
    } else {
        format!("{} than {part}", change.words())
    };
    format!("{words} ({})", found.total_before.cost.show())
}

/// A monthly limit, and where the month takes it.
fn limit(standing: &Standing, forecast: &Forecast) -> Option<Fact> {
    let percent = forms::percent_of(forecast.expected, standing)?;
    let left = standing.allowed().saturating_sub_zero(forecast.expected);
    let over = forecast.expected.saturating_sub_zero(standing.allowed());
    let verdict = match over {
        Money::ZERO => format!("{} of it would be left", left.show()),
        over => format!("{} more than it allows", over.show()),
    };
    let words = format!(
        "of the {} of {} by the end of the month: {} expected, {verdict}",
        standing.limit.name,
        standing.allowed().show(),
        forecast.expected.show()
    );
    Some(Fact::new("Limit", format!("{percent}%"), words))
}

fn title(found: &Analysis) -> String {
    let (first, last) = found.days;
    let so_far = found.begun.map(|day| format!(", day {day} of {}", found.day_count()));
    format!("{}{}", span(first, last), so_far.unwrap_or_default())
}

fn sections(found: &Analysis) -> [(&'static str, &Folded); 4] {
    [
        ("Dearest days", &found.dearest_days),
        ("Models", &found.models),
        ("Projects", &found.projects),
        ("Features", &found.features),
    ]
}

fn screen(shop: &Shop<'_>, found: &Analysis, cut: &Cut) -> String {
    let look = shop::look(&shop.out);
    let mut text = format!("{}  {}\n\n", shop.heading(&found.name), shop.faint(&title(found)));
    text.push_str(&facts::render(&shop.out, &figures(found, cut)));
    for (name, folded) in sections(found) {
        if !folded.groups.is_empty() {
            text.push_str(&format!(
                "\n{}\n{}",
                shop.heading(name),
                shop.table(&table::ranking(folded, look))
            ));
        }
    }
    let unread = table::unread(&found.dearest_days.bad, look);
    if !unread.is_empty() {
        text.push_str(&format!("\n{}", shop.table(&unread)));
    }
    text
}

fn markdown(found: &Analysis, cut: &Cut, language: Language) -> String {
    let mut text = format!("## {}\n\n{}\n\n| Figure | | |\n|---|---:|---|\n", found.name, title(found));
    for Fact { name, figure, words } in figures(found, cut) {
        text.push_str(&format!("| {name} | {} | {words} |\n", figure.replace('~', "\\~")));
    }
    for (name, folded) in sections(found) {
        if !folded.groups.is_empty() {
            text.push_str(&format!("\n### {name}\n\n{}", table::ranking_markdown(folded, language)));
        }
    }
    let look = Look { width: usize::MAX, unicode: true, language };
    text + &table::unread(&found.dearest_days.bad, look)
        .iter()
        .map(|line| format!("\n{}\n", line.text))
        .collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Zone;

    #[test]
    fn months_are_typed_as_months() {
        let cut = |billing_day| Cut { zone: Zone::utc(), week_start: 0, billing_day };
        let now = Time::parse("2026-11-24T12:00:00Z").unwrap();
        let first = |text: Option<&str>, billing_day| {
            month(text, &cut(billing_day), now).map(|window| window.start.to_string()[..10].to_string()).ok()
        };
        assert_eq!(first(None, 1).as_deref(), Some("2026-11-01"));
        assert_eq!(first(None, 25).as_deref(), Some("2026-10-25"));
        assert_eq!(first(Some("last"), 1).as_deref(), Some("2026-10-01"));
        assert_eq!(first(Some("2024-01"), 1).as_deref(), Some("2024-01-01"));
        assert_eq!(first(Some("2024-02"), 31).as_deref(), Some("2024-02-29"));
        assert_eq!(first(Some("2026-10"), 25).as_deref(), Some("2026-10-25"));
        for wrong in ["2026", "2026-13", "", "2026-11-24", "2026-12", "12345-01"] {
            assert_eq!(first(Some(wrong), 1), None, "{wrong}");
        }
    }
}
