//! `cost-hook blocks`: the five-hour windows of a subscription, and how much of its limits Claude Code says is used.

use std::process::ExitCode;
use std::str::FromStr;

use super::args::{Drawing, Filters, Format};
use super::shop::{self, Shop};
use super::{report, success};
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::text::span;
use crate::base::time::{Time, Window, Zone};
use crate::base::width::{columns, wrapped};
use crate::base::words::word;
use crate::ledger::entries::Sum;
use crate::model::rate_limit::{RateLimits, Used};
use crate::report::blocks::{self, Block, LENGTH_MS, forms};
use crate::report::columns::{self, Column, Row};
use crate::report::query::Query;
use crate::report::table::{self, Role, compact, grouped};
use crate::ui::bar::{bar, percent};
use crate::ui::facts::{self, Fact};
use crate::ui::style::{Screen, Tone};

const EXAMPLES: &str = "\
Examples:
  cost-hook blocks                        every five-hour window
  cost-hook blocks --active               the one that is running, and where it will end
  cost-hook blocks --recent               the last three days
  cost-hook blocks --token-limit max      against the largest window so far
  cost-hook blocks --json                 the document that readers of ccusage know";

const RECENT_MS: i64 = 3 * 86_400_000;
const BAR: usize = 20;

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Only the window that is running, with burn rate and projection
    #[arg(long, short, conflicts_with_all = ["recent", "since", "until"])]
    active: bool,
    /// Only windows of the last three days
    #[arg(long, short, conflicts_with_all = ["since", "until"])]
    recent: bool,
    /// Hold windows against so many tokens, or against the largest one that is over (max)
    #[arg(long, short, value_name = "TOKENS|max")]
    token_limit: Option<TokenLimit>,
    /// In which form to answer
    #[arg(long, value_enum, default_value_t = Format::Table, conflicts_with = "json")]
    format: Format,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    filters: Filters,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenLimit {
    Max,
    Tokens(u64),
}

impl FromStr for TokenLimit {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        if text == "max" {
            return Ok(TokenLimit::Max);
        }
        let plain: String = text.chars().filter(|c| !matches!(c, ',' | '_')).collect();
        let tokens = plain.parse().ok().filter(|tokens| *tokens > 0);
        tokens.map(TokenLimit::Tokens).ok_or_else(|| "a number of tokens above 0, or max".to_string())
    }
}

impl Args {
    /// As ccusage's options name them.
    pub(super) fn of_ccusage(
        active: bool,
        recent: bool,
        token_limit: Option<TokenLimit>,
        filters: Filters,
    ) -> Self {
        let drawing = Drawing::default();
        Self { active, recent, token_limit, format: Format::Table, drawing, filters }
    }
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    run_in_order(args, shop, false)
}

/// `newest_first`: the order of the windows in the document.
pub(super) fn run_in_order(args: &Args, shop: &Shop<'_>, newest_first: bool) -> Result<ExitCode> {
    let setup = shop.setup();
    let zone = args.filters.zone.zone(&setup)?;
    let now = shop.world.now();
    let asked = args.filters.query(shop.world, &zone)?;
    let format = if shop.json { Format::Json } else { args.format };
    let reported = shop.catch_up(&setup, |writer| writer.rate_limits()).flatten();
    if format == Format::Table && !setup.ledger.exists() {
        shop.say(&report::nothing(shop, &setup))?;
        return success();
    }
    let start = match (args.active, args.recent) {
        (true, _) => now.plus_ms(-LENGTH_MS),
        (_, true) => now.plus_ms(-RECENT_MS),
        _ => asked.window.start,
    };
    let shown = Window { start, ..asked.window };
    // The largest window may be any.
    let read = if args.token_limit == Some(TokenLimit::Max) { Window::ALWAYS } else { shown };
    let (mut found, bad) = blocks::blocks(&setup.ledger, &Query { window: read, ..asked }, now)?;
    let limit = match args.token_limit {
        Some(TokenLimit::Tokens(tokens)) => Some(tokens),
        Some(TokenLimit::Max) => largest(&found),
        None => None,
    };
    blocks::keep(&mut found, |block| shown.contains(block.start) && (!args.active || block.is_active));
    if newest_first {
        found.reverse();
    }
    let out = args.drawing.on(shop.out);
    let look = shop::look(&out);
    let text = match format {
        Format::Json => forms::document(&found, limit, reported.as_ref(), &bad, &zone, now),
        Format::Csv => forms::csv(&found),
        Format::Md => {
            let (heads, rows) = rows(&found, limit, &zone, now, false);
            columns::markdown(&heads, &rows, shop.out.language)
        }
        Format::Table => {
            let mut parts = Vec::new();
            if !args.active && !found.is_empty() {
                let (heads, rows) = rows(&found, limit, &zone, now, look.width < 70);
                parts.push(shop.table(&columns::draw(&heads, &rows, look)));
            }
            match found.iter().find(|block| block.is_active) {
                Some(block) => parts.push(active(shop, &out, block, limit, &zone, now)),
                None if args.active => {
                    parts.push("No window is running: the next call begins one.\n".to_string())
                }
                None if found.is_empty() => parts.push("No calls match.\n".to_string()),
                None => {}
            }
            parts.extend(reported.map(|limits| rate_limits(&out, &limits, &zone, now)));
            if !bad.is_empty() {
                parts.push(shop.table(&table::unread(&bad, look)));
            }
            parts.join("\n")
        }
    };
    shop.say(&text)?;
    success()
}

/// The tokens of the largest window that is over.
fn largest(blocks: &[Block]) -> Option<u64> {
    let over = blocks.iter().filter(|block| !block.is_gap && !block.is_active);
    over.map(|block| block.sum.tokens.total()).max().filter(|tokens| *tokens > 0)
}

fn rows(
    blocks: &[Block],
    limit: Option<u64>,
    zone: &Zone,
    now: Time,
    short: bool,
) -> (Vec<Column>, Vec<Row>) {
    let mut heads = vec![
        Column::text(word!("heading-begin"), 0),
        Column::text(word!("heading-length"), 1),
        Column::text(word!("heading-models"), 4),
        Column::number(word!("heading-calls"), 3),
        Column::number(word!("heading-tokens"), 0),
    ];
    if limit.is_some() {
        heads.push(Column::number(word!("heading-of-limit"), 2));
    }
    heads.push(Column::number(word!("heading-cost"), 0));
    let row = |block: &Block| {
        let (sum, tokens) = (&block.sum, block.sum.tokens.total());
        let length = match (block.is_gap, block.is_active) {
            (true, _) => format!("{} pause", span(block.end.since(block.start))),
            (_, true) => format!("running, {} left", span(block.end.since(now))),
            _ => span(block.last.since(block.start)),
        };
        let mut cells = vec![zone.moment(block.start), length];
        if block.is_gap {
            cells.resize(heads.len(), "-".to_string());
            return Row { role: Role::Part, cells };
        }
        let models: Vec<String> = block.models.iter().map(|model| table::short(model)).collect();
        cells.extend([
            models.join(", "),
            grouped(sum.calls),
            if short { compact(tokens) } else { grouped(tokens) },
        ]);
        cells.extend(limit.map(|limit| percent(tokens as f64 / limit as f64)));
        cells.push(marked(sum));
        Row { role: Role::Row, cells }
    };
    let rows = blocks.iter().map(row).collect();
    (heads, rows)
}

fn marked(sum: &Sum) -> String {
    format!("{}{}", if sum.estimated == Money::ZERO { "" } else { "~" }, sum.cost.show())
}

/// The running window in words.
fn active(
    shop: &Shop<'_>,
    out: &Screen,
    block: &Block,
    limit: Option<u64>,
    zone: &Zone,
    now: Time,
) -> String {
    let end = zone.civil(block.end).format("%H:%M").to_string();
    let tokens = block.sum.tokens.total();
    let mut facts = vec![Fact::new(
        "Spent",
        marked(&block.sum),
        format!("{}, {} tokens", table::calls(block.sum.calls), grouped(tokens)),
    )];
    if let Some(burn) = block.burn() {
        let minute = grouped(burn.tokens_per_minute().round() as u64);
        let words = format!("an hour, and {minute} tokens a minute, from the first call to the last");
        facts.push(Fact::new("Burn rate", burn.cost_per_hour().show(), words));
    }
    if let Some(projection) = block.projection(now) {
        let words = format!("by {end}, and {} tokens, if it goes on so", grouped(projection.tokens));
        facts.push(Fact::new("Projection", projection.cost.show(), words));
        if let Some(limit) = limit {
            let status = forms::TokenLimit::new(limit, &projection);
            let verdict = match status.status {
                "exceeds" => ": more than the limit",
                "warning" => ": close to it",
                _ => "",
            };
            let words = format!(
                "of {} tokens, {} by {end}{verdict}",
                grouped(limit),
                percent(status.percent_used / 100.0)
            );
            facts.push(Fact::new("Token limit", percent(tokens as f64 / limit as f64), words));
        }
    }
    let left = span(block.end.since(now));
    let head = format!("{} to {end}, {left} left", zone.moment(block.start));
    format!("{}  {}\n{}", shop.heading("Running window"), shop.faint(&head), facts::render(out, &facts))
}

/// What the client reported, with its age.
fn rate_limits(out: &Screen, limits: &RateLimits, zone: &Zone, now: Time) -> String {
    let mut text =
        format!("{}\n", out.paint(Tone::Heading, "Limits of the plan, as Claude Code reported them"));
    for (name, used) in [("five hours", limits.five_hour), ("seven days", limits.seven_day)] {
        if let Some(used) = used {
            text.push_str(&rate_limit(out, name, &used, zone, now));
        }
    }
    text
}

pub(super) fn tone(used: &Used) -> Tone {
    match used.percent {
        percent if percent >= 100.0 => Tone::Bad,
        percent if percent >= 80.0 => Tone::Warning,
        _ => Tone::Good,
    }
}

fn rate_limit(out: &Screen, name: &str, used: &Used, zone: &Zone, now: Time) -> String {
    if used.is_over(now) {
        let words = format!("over since {}; nothing reported since", zone.moment(used.resets_at));
        return format!("{name}  {}\n", out.paint(Tone::Faint, words));
    }
    let drawn = out.paint(tone(used), bar(out, used.percent / 100.0, BAR));
    let facts = format!(
        "resets {} (in {}); reported {} ago",
        zone.moment(used.resets_at),
        span(used.resets_at.since(now)),
        span(now.since(used.seen))
    );
    let first = format!("{name}  {drawn} {:>5}", percent(used.percent / 100.0));
    let indent = columns(name) + 2;
    let lines = wrapped(&facts, usize::from(out.width).saturating_sub(indent));
    let lines = lines.iter().map(|line| format!("{:indent$}{}\n", "", out.paint(Tone::Faint, line)));
    format!("{first}\n{}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_limit_is_a_number_or_max() {
        assert_eq!("max".parse(), Ok(TokenLimit::Max));
        assert_eq!("500,000".parse(), Ok(TokenLimit::Tokens(500_000)));
        for wrong in ["", "0", "-1", "much", "1.5"] {
            assert!(wrong.parse::<TokenLimit>().is_err(), "{wrong}");
        }
    }
}
