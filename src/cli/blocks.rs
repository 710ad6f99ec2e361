//! `cost-hook blocks`: the five-hour windows of a subscription, and how much of its limits Claude Code says is used.

use std::process::ExitCode;
use std::str::FromStr;

use super::args::{Drawing, Filters, Format};
use super::shop::{self, Shop};
use super::{report, success};
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::{Time, Window, Zone};
use crate::base::width::{columns as width_of, left, wrapped};
use crate::base::words::{Reader, say, word};
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
    let reader = Reader { zone: &zone, language: out.language };
    let line = |word| out.language.word(word).to_string() + "\n";
    let text = match format {
        Format::Json => forms::document(&found, limit, reported.as_ref(), &bad, &zone, now),
        Format::Csv => forms::csv(&found),
        Format::Md => {
            let (heads, rows) = rows(&found, limit, reader, now, false);
            columns::markdown(&heads, &rows, shop.out.language)
        }
        Format::Table => {
            let mut parts = Vec::new();
            if !args.active && !found.is_empty() {
                let (heads, rows) = rows(&found, limit, reader, now, look.width < 70);
                parts.push(shop.table(&columns::draw(&heads, &rows, look)));
            }
            match found.iter().find(|block| block.is_active) {
                Some(block) => parts.push(active(shop, &out, block, limit, &zone, now)),
                None if args.active => parts.push(line(word!("no-window-running"))),
                None if found.is_empty() => parts.push(line(word!("no-calls-match"))),
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
    Reader { zone, language }: Reader<'_>,
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
            (true, _) => say!(language, "pause-of", span = language.span(block.end.since(block.start))),
            (_, true) => say!(language, "running-with-left", span = language.span(block.end.since(now))),
            _ => language.span(block.last.since(block.start)),
        };
        let mut cells = vec![language.moment(block.start, zone), length];
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
    let language = out.language;
    let word = |word| language.word(word);
    let end = zone.civil(block.end).format("%H:%M").to_string();
    let tokens = block.sum.tokens.total();
    let mut facts = vec![Fact::new(
        word(word!("spent")),
        marked(&block.sum),
        say!(
            language,
            "spent-on",
            calls = table::calls_in(block.sum.calls, language),
            tokens = grouped(tokens)
        ),
    )];
    if let Some(burn) = block.burn() {
        let minute = grouped(burn.tokens_per_minute().round() as u64);
        let words = say!(language, "burn-rate-of", tokens = minute);
        facts.push(Fact::new(word(word!("burn-rate")), burn.cost_per_hour().show(), words));
    }
    if let Some(projection) = block.projection(now) {
        let words = say!(language, "projection-of", end = &end, tokens = grouped(projection.tokens));
        facts.push(Fact::new(word(word!("projection")), projection.cost.show(), words));
        if let Some(limit) = limit {
            let status = forms::TokenLimit::new(limit, &projection);
            let words = say!(
                language,
                "token-limit-stands",
                status = status.status,
                limit = grouped(limit),
                percent = percent(status.percent_used / 100.0),
                end = &end
            );
            facts.push(Fact::new(word(word!("token-limit")), percent(tokens as f64 / limit as f64), words));
        }
    }
    let head = say!(
        language,
        "running-window-span",
        start = language.moment(block.start, zone),
        end = &end,
        left = language.span(block.end.since(now))
    );
    let name = shop.heading(word(word!("running-window")));
    format!("{name}  {}\n{}", shop.faint(&head), facts::render(out, &facts))
}

/// What the client reported, with its age.
fn rate_limits(out: &Screen, limits: &RateLimits, zone: &Zone, now: Time) -> String {
    let language = out.language;
    let mut text = format!("{}\n", out.paint(Tone::Heading, language.word(word!("limits-of-plan"))));
    let windows = [(word!("five-hours"), limits.five_hour), (word!("seven-days"), limits.seven_day)];
    let names = windows.map(|(name, _)| language.word(name));
    let widest = names.map(width_of).into_iter().max().unwrap_or_default();
    for (name, used) in names.into_iter().zip(windows.map(|(_, used)| used)) {
        if let Some(used) = used {
            text.push_str(&rate_limit(out, &left(name, widest), &used, zone, now));
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
    let language = out.language;
    let resets = language.moment(used.resets_at, zone);
    if used.is_over(now) {
        let words = say!(language, "plan-limit-over", moment = resets);
        return format!("{name}  {}\n", out.paint(Tone::Faint, words));
    }
    let drawn = out.paint(tone(used), bar(out, used.percent / 100.0, BAR));
    let facts = say!(
        language,
        "plan-limit-stands",
        moment = resets,
        span = language.span(used.resets_at.since(now)),
        ago = language.span(now.since(used.seen))
    );
    let first = format!("{name}  {drawn} {:>5}", percent(used.percent / 100.0));
    let indent = width_of(name) + 2;
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
