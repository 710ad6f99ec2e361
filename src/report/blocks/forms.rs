//! Windows as a JSON document with ccusage's names, and as CSV.

use csv::Writer;
use serde::Serialize;

use super::{Block, Burn, Projection};
use crate::base::money::Money;
use crate::base::time::{Time, Zone};
use crate::ledger::scan::Bad;
use crate::model::rate_limit::{RateLimits, Used};
use crate::report::json::{self, SCHEMA_VERSION};
use crate::report::spreadsheet::defused;

/// From here on a projection is a warning, as in ccusage.
const WARNING_PERCENT: f64 = 80.0;

/// How a window stands against a number of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenLimit {
    pub limit: u64,
    pub projected_usage: u64,
    /// Of the projected usage, as ccusage has it.
    pub percent_used: f64,
    pub status: &'static str,
}

impl TokenLimit {
    pub fn new(limit: u64, projection: &Projection) -> Self {
        let percent_used = projection.tokens as f64 / limit.max(1) as f64 * 100.0;
        let status = match () {
            () if projection.tokens > limit => "exceeds",
            () if percent_used > WARNING_PERCENT => "warning",
            () => "ok",
        };
        Self { limit, projected_usage: projection.tokens, percent_used, status }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    input_tokens: u64,
    output_tokens: u64,
    cache_creation_input_tokens: u64,
    cache_read_input_tokens: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rate {
    tokens_per_minute: f64,
    tokens_per_minute_for_indicator: f64,
    cost_per_hour: f64,
    cost_per_hour_exact: Money,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Projected {
    total_tokens: u64,
    total_cost: f64,
    total_cost_exact: Money,
    remaining_minutes: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    id: String,
    start_time: Time,
    end_time: Time,
    actual_end_time: Option<Time>,
    is_active: bool,
    is_gap: bool,
    entries: u64,
    token_counts: Counts,
    total_tokens: u64,
    #[serde(rename = "costUSD")]
    cost: f64,
    #[serde(rename = "costUSDExact")]
    cost_exact: Money,
    unlisted_cost: f64,
    unlisted_cost_exact: Money,
    estimated_cost: f64,
    estimated_cost_exact: Money,
    models: &'a [String],
    burn_rate: Option<Rate>,
    projection: Option<Projected>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_limit_status: Option<TokenLimit>,
}

impl<'a> Row<'a> {
    fn new(block: &'a Block, limit: Option<u64>, now: Time) -> Self {
        let (sum, tokens) = (&block.sum, &block.sum.tokens);
        let projection = block.projection(now);
        Self {
            id: format!("{}{}", if block.is_gap { "gap-" } else { "" }, block.start),
            start_time: block.start,
            end_time: block.end,
            actual_end_time: (!block.is_gap).then_some(block.last),
            is_active: block.is_active,
            is_gap: block.is_gap,
            entries: sum.calls,
            token_counts: Counts {
                input_tokens: tokens.input,
                output_tokens: tokens.output,
                cache_creation_input_tokens: tokens.cache_write(),
                cache_read_input_tokens: tokens.cache_read,
            },
            total_tokens: tokens.total(),
            cost: sum.cost.to_f64(),
            cost_exact: sum.cost,
            unlisted_cost: sum.unlisted.to_f64(),
            unlisted_cost_exact: sum.unlisted,
            estimated_cost: sum.estimated.to_f64(),
            estimated_cost_exact: sum.estimated,
            models: &block.models,
            burn_rate: block.burn().filter(|_| block.is_active).map(|burn| rate(&burn, block)),
            projection: projection.map(|projection| Projected {
                total_tokens: projection.tokens,
                total_cost: projection.cost.to_f64(),
                total_cost_exact: projection.cost,
                remaining_minutes: projection.minutes_left,
            }),
            token_limit_status: limit.and_then(|limit| Some(TokenLimit::new(limit, &projection?))),
        }
    }
}

fn rate(burn: &Burn, block: &Block) -> Rate {
    let outside_the_cache = block.sum.tokens.input.saturating_add(block.sum.tokens.output);
    Rate {
        tokens_per_minute: burn.tokens_per_minute(),
        tokens_per_minute_for_indicator: Burn { tokens: outside_the_cache, ..*burn }.tokens_per_minute(),
        cost_per_hour: burn.cost_per_hour().to_f64(),
        cost_per_hour_exact: burn.cost_per_hour(),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reported {
    used_percentage: f64,
    resets_at: Time,
    seen_at: Time,
    is_over: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Limits {
    five_hour: Option<Reported>,
    seven_day: Option<Reported>,
}

/// All windows, and what the client reported of its own.
pub fn document(
    blocks: &[Block],
    limit: Option<u64>,
    reported: Option<&RateLimits>,
    bad: &[Bad],
    zone: &Zone,
    now: Time,
) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        timezone: &'a str,
        blocks: Vec<Row<'a>>,
        rate_limits: Option<Limits>,
        unreadable_lines: usize,
    }
    let window = |used: Used| Reported {
        used_percentage: used.percent,
        resets_at: used.resets_at,
        seen_at: used.seen,
        is_over: used.is_over(now),
    };
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        timezone: zone.name(),
        blocks: blocks.iter().map(|block| Row::new(block, limit, now)).collect(),
        rate_limits: reported.map(|limits| Limits {
            five_hour: limits.five_hour.map(window),
            seven_day: limits.seven_day.map(window),
        }),
        unreadable_lines: bad.len(),
    })
}

/// One line a window, pauses left out.
pub fn csv(blocks: &[Block]) -> String {
    let mut writer = Writer::from_writer(Vec::new());
    // Written to memory, where nothing can fail.
    let _ = writer.write_record([
        "start_time",
        "end_time",
        "last_call",
        "active",
        "models",
        "calls",
        "input_tokens",
        "output_tokens",
        "cache_write_tokens",
        "cache_read_tokens",
        "total_tokens",
        "cost_usd",
    ]);
    for block in blocks.iter().filter(|block| !block.is_gap) {
        let tokens = &block.sum.tokens;
        let _ = writer.write_record([
            block.start.to_string(),
            block.end.to_string(),
            block.last.to_string(),
            block.is_active.to_string(),
            defused(&block.models.join(" ")),
            block.sum.calls.to_string(),
            tokens.input.to_string(),
            tokens.output.to_string(),
            tokens.cache_write().to_string(),
            tokens.cache_read.to_string(),
            tokens.total().to_string(),
            block.sum.cost.to_string(),
        ]);
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}
