//! `cost-hook analyze`: what a month came to, and for what.

use std::process::ExitCode;

use chrono::{Datelike, NaiveDate};
use clap::ValueEnum;

use super::args::Only;
use super::shop::{self, Shop};
use super::{report, status, success};
use crate::base::error::{Error, Result};
use crate::base::money::Money;
use crate::base::text::quoted;
use crate::base::time::{Time, Window};
use crate::base::words::{Language, Word, say, word};
use crate::budget::{self, Place, Standing};
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
    let language = shop.out.language;
    let month = month(args.month.as_deref(), &cut, now, language)?;
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
        Format::Md => markdown(&found, &cut, language),
        Format::Table if found.total.is_empty() && found.total_before.is_empty() => {
            language.word(word!("no-calls-match")).to_string() + "\n"
        }
        Format::Table => screen(shop, &found, &cut),
    };
    shop.say(&text)?;
    success()
}

/// The month that is meant, from its billing day on.
fn month(text: Option<&str>, cut: &Cut, now: Time, language: Language) -> Result<Window> {
    let running = cut.window(By::Month, now);
    let Some(text) = text else { return Ok(running) };
    if text == "last" {
        return Ok(cut.window(By::Month, running.start.plus_ms(-1)));
    }
    let first = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok();
    let first = first.filter(|day| (1970..9999).contains(&day.year())).ok_or_else(|| {
        Error::usage(say!(language, "no-month", text = quoted(text)))
            .hint(language.word(word!("no-month-cure")))
    })?;
    // The last day of the calendar month is in the month that begins in it, whatever the billing day.
    let last = (first + chrono::Months::new(1)).pred_opt().unwrap_or(first);
    let window = Window::month(&cut.zone, last, cut.billing_day);
    if window.start > now {
        return Err(Error::usage(say!(language, "month-not-begun", text = quoted(text))));
    }
    Ok(window)
}

/// The figures about the whole month.
fn figures(found: &Analysis, cut: &Cut, language: Language) -> Vec<Fact> {
    let (total, tokens) = (&found.total, &found.total.tokens);
    let mark = |amount: Money| if amount == Money::ZERO { "" } else { "~" };
    let fact = |name: Word, figure: String, words: String| Fact::new(language.word(name), figure, words);
    let what = |words: Word| language.word(words).to_string();
    let mut facts = vec![
        fact(
            word!("figure-cost"),
            format!("{}{}", mark(total.estimated), total.cost.show()),
            change(found, cut, language),
        ),
        fact(word!("figure-mean"), found.mean().show(), what(word!("a-day"))),
        fact(
            word!("figure-calls"),
            table::grouped(total.calls),
            say!(language, "sessions-on-days", sessions = found.sessions, days = found.active_days),
        ),
        fact(
            word!("figure-tokens"),
            compact(tokens.total()),
            say!(
                language,
                "kinds-of-tokens",
                input = compact(tokens.input),
                output = compact(tokens.output),
                write = compact(tokens.cache_write()),
                read = compact(tokens.cache_read)
            ),
        ),
    ];
    if let Some(tenths) = analysis::cache_hits(tokens) {
        let percent = format!("{}.{}%", tenths / 10, tenths % 10);
        facts.push(fact(word!("figure-cache-hits"), percent, what(word!("what-cache-hits-are"))));
    }
    if total.unlisted != Money::ZERO {
        facts.push(fact(word!("figure-unlisted"), total.unlisted.show(), what(word!("what-is-unlisted"))));
    }
    if total.estimated != Money::ZERO {
        facts.push(fact(word!("figure-estimated"), total.estimated.show(), what(word!("what-is-estimated"))));
    }
    if let Some((forecast, recent)) = &found.forecast {
        let words = forecast.words(recent, language);
        facts.push(fact(word!("figure-forecast"), forecast.expected.show(), words));
    }
    let limits = found.limits.iter();
    facts.extend(limits.filter_map(|(standing, forecast)| limit(standing, forecast.as_ref()?, language)));
    facts
}

/// `$1.20 more (+9.7%) than 2026-10 up to 24 Oct 12:00 ($12.40)`.
fn change(found: &Analysis, cut: &Cut, language: Language) -> String {
    let name = &found.name_before;
    let month = if found.before.end < found.month.start {
        let end = cut.zone.civil(found.before.end);
        let (day, time) = (language.date(end.date()), end.format("%H:%M").to_string());
        say!(language, "month-up-to", month = name, day = day, time = time)
    } else {
        name.clone()
    };
    let (change, cost) = (found.change(), found.total_before.cost.show());
    match change.difference() {
        Money::ZERO => say!(language, "same-as", month = month, cost = cost),
        _ => say!(language, "change-from", change = change.words(language), month = month, cost = cost),
    }
}

/// A monthly limit, and where the month takes it.
fn limit(standing: &Standing, forecast: &Forecast, language: Language) -> Option<Fact> {
    let percent = forms::percent_of(forecast.expected, standing)?;
    let left = standing.allowed().saturating_sub_zero(forecast.expected);
    let over = forecast.expected.saturating_sub_zero(standing.allowed());
    let (name, amount) = (budget::name(&standing.limit, language), standing.allowed().show());
    let expected = forecast.expected.show();
    let words = match over {
        Money::ZERO => say!(
            language,
            "limit-would-be-left",
            limit = &*name,
            amount = amount,
            expected = expected,
            left = left.show()
        ),
        over => say!(
            language,
            "limit-would-be-crossed",
            limit = &*name,
            amount = amount,
            expected = expected,
            over = over.show()
        ),
    };
    Some(Fact::new(language.word(word!("figure-limit")), format!("{percent}%"), words))
}

fn title(found: &Analysis, language: Language) -> String {
    let dates = language.dates(found.days.0, found.days.1);
    match found.begun {
        None => dates,
        Some(day) => say!(
            language,
            "month-so-far",
            dates = dates,
            day = day.to_string(),
            days = found.day_count().to_string()
        ),
    }
}

fn sections(found: &Analysis) -> [(Word, &Folded); 4] {
    [
        (word!("title-dearest-days"), &found.dearest_days),
        (word!("title-models"), &found.models),
        (word!("title-projects"), &found.projects),
        (word!("title-features"), &found.features),
    ]
}

fn screen(shop: &Shop<'_>, found: &Analysis, cut: &Cut) -> String {
    let (look, language) = (shop::look(&shop.out), shop.out.language);
    let mut text = format!("{}  {}\n\n", shop.heading(&found.name), shop.faint(&title(found, language)));
    text.push_str(&facts::render(&shop.out, &figures(found, cut, language)));
    for (name, folded) in sections(found) {
        if !folded.groups.is_empty() {
            text.push_str(&format!(
                "\n{}\n{}",
                shop.heading(language.word(name)),
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
    let (title, figure) = (title(found, language), language.word(word!("heading-figure")));
    let mut text = format!("## {}\n\n{title}\n\n| {figure} | | |\n|---|---:|---|\n", found.name);
    for Fact { name, figure, words } in figures(found, cut, language) {
        text.push_str(&format!("| {name} | {} | {words} |\n", figure.replace('~', "\\~")));
    }
    for (name, folded) in sections(found) {
        if !folded.groups.is_empty() {
            let (name, ranking) = (language.word(name), table::ranking_markdown(folded, language));
            text.push_str(&format!("\n### {name}\n\n{ranking}"));
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
            let window = month(text, &cut(billing_day), now, Language::English).ok()?;
            Some(window.start.to_string()[..10].to_string())
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
