//! Our own rows: a call, or money without one, with all the ledger knows of it; and sums of an hour or a day over
//! what calls have in common.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::Timelike;

use super::Granularity;
use super::cell::{Cell, Head, Kind};
use crate::base::error::Result;
use crate::base::time::{Time, Window, Zone};
use crate::ledger::entries::Sum;
use crate::ledger::entries::{Entry, UNLISTED};
use crate::model::entry::Source;
use crate::model::model_id::canonical;
use crate::model::provider::Provider;

const fn head(name: &'static str, key: &'static str, kind: Kind) -> Head {
    Head { name, key, kind }
}

const DIMENSIONS: [Head; 11] = [
    head("kind", "kind", Kind::Text),
    head("project", "project", Kind::Text),
    head("model", "model", Kind::Text),
    head("provider", "provider", Kind::Text),
    head("region", "region", Kind::Text),
    head("speed", "speed", Kind::Text),
    head("tier", "tier", Kind::Text),
    head("geo", "geo", Kind::Text),
    head("feature", "feature", Kind::Text),
    head("agent", "agent", Kind::Text),
    head("branch", "branch", Kind::Text),
];

const TOKENS: [Head; 7] = [
    head("input_tokens", "inputTokens", Kind::Count),
    head("output_tokens", "outputTokens", Kind::Count),
    head("cache_write_5m_tokens", "cacheCreation5mTokens", Kind::Count),
    head("cache_write_1h_tokens", "cacheCreation1hTokens", Kind::Count),
    head("cache_read_tokens", "cacheReadTokens", Kind::Count),
    head("total_tokens", "totalTokens", Kind::Count),
    head("web_searches", "webSearches", Kind::Count),
];

pub(super) fn call_heads() -> Vec<Head> {
    let first = [
        head("time", "time", Kind::Time),
        head("id", "id", Kind::Text),
        head("session", "session", Kind::Text),
    ];
    let last = [
        head("user", "user", Kind::Text),
        head("model_sent", "modelSent", Kind::Text),
        head("requested_model", "requestedModel", Kind::Text),
        head("tools", "tools", Kind::List),
        head("agent_id", "agentId", Kind::Text),
        head("skill", "skill", Kind::Text),
        head("plugin", "plugin", Kind::Text),
        head("mcp_server", "mcpServer", Kind::Text),
        head("prompt_id", "promptId", Kind::Text),
        head("stop_reason", "stopReason", Kind::Text),
        head("result_bytes", "resultBytes", Kind::Count),
        head("retries", "retries", Kind::Count),
        head("client", "client", Kind::Text),
        head("source", "source", Kind::Text),
    ];
    let money = [
        head("cost_usd", "cost", Kind::Money),
        head("client_cost_usd", "clientCost", Kind::Money),
        head("estimated", "estimated", Kind::Bool),
        head("estimate_reason", "estimateReason", Kind::Text),
        head("prices", "prices", Kind::Text),
    ];
    first.into_iter().chain(DIMENSIONS).chain(last).chain(TOKENS).chain(money).collect()
}

pub(super) fn call<'e>(entry: &'e Entry<'_>) -> Vec<Cell<'e>> {
    let text = Cell::text;
    let mut cells = vec![Cell::Time(entry.time), text(entry.id), text(entry.session)];
    cells.extend([
        Cell::word(kind(entry.is_unlisted)),
        text(entry.project),
        entry.model.map_or(Cell::Null, |model| Cell::Text(canonical(model))),
        Cell::word(entry.provider.name()),
        text(entry.region),
        text(entry.speed),
        text(entry.tier),
        text(entry.geo),
        text(entry.feature),
        text(entry.agent),
        text(entry.branch),
    ]);
    let tools: Vec<&str> = entry.tools.iter().map(|tool| &**tool).collect();
    cells.extend([
        text(entry.user),
        entry.model.map_or(Cell::Null, text),
        text(entry.requested_model),
        if tools.is_empty() { Cell::Null } else { Cell::List(tools) },
        text(entry.agent_id),
        text(entry.skill),
        text(entry.plugin),
        text(entry.mcp_server),
        text(entry.prompt_id),
        text(entry.stop_reason),
        Cell::Count(entry.result_bytes),
        Cell::Count(entry.retries.into()),
        text(entry.client),
        Cell::word(source(entry.source)),
    ]);
    let mut sum = Sum::default();
    sum.add(entry);
    cells.extend(tokens(&sum));
    cells.extend([
        Cell::Money(entry.cost),
        Cell::Money(entry.client_cost),
        Cell::Bool(entry.estimated),
        text(entry.estimate_reason),
        text(entry.prices),
    ]);
    cells
}

fn kind(is_unlisted: bool) -> &'static str {
    if is_unlisted { UNLISTED } else { "call" }
}

fn source(source: Source) -> &'static str {
    match source {
        Source::Transcript => "transcript",
        Source::StatusLine => "status-line",
        Source::CostState => "cost-state",
        Source::Telemetry => "telemetry",
        Source::Person => "person",
        Source::Ccusage => "ccusage",
        Source::HookLog => "hook-log",
    }
}

fn tokens(sum: &Sum) -> [Cell<'static>; 7] {
    let tokens = &sum.tokens;
    [
        tokens.input,
        tokens.output,
        tokens.cache_write_5m,
        tokens.cache_write_1h,
        tokens.cache_read,
        tokens.total(),
        sum.web_searches,
    ]
    .map(Cell::Count)
}

pub(super) fn sum_heads() -> Vec<Head> {
    let first = [
        head("period", "period", Kind::Text),
        head("start", "start", Kind::Seconds),
        head("end", "end", Kind::Seconds),
    ];
    let counts = [head("user", "user", Kind::Text), head("calls", "calls", Kind::Count)];
    let money = [
        head("cost_usd", "cost", Kind::Money),
        head("unlisted_usd", "unlistedCost", Kind::Money),
        head("estimated_usd", "estimatedCost", Kind::Money),
    ];
    first.into_iter().chain(DIMENSIONS).chain(counts).chain(TOKENS).chain(money).collect()
}

/// What the entries of a row have in common; in the order of rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    is_unlisted: bool,
    project: String,
    model: Cow<'static, str>,
    provider: Provider,
    /// Region, speed, tier, geo, feature, agent, branch, user.
    rest: [String; 8],
}

type Put<'p> = dyn FnMut(&[Cell<'_>]) -> Result<()> + 'p;

/// The sums of the period that is being read.
pub(super) struct Sums<'z> {
    zone: &'z Zone,
    granularity: Granularity,
    period: Option<(String, Window)>,
    groups: BTreeMap<Key, Sum>,
}

impl<'z> Sums<'z> {
    pub(super) fn new(zone: &'z Zone, granularity: Granularity) -> Self {
        Self { zone, granularity, period: None, groups: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, entry: &Entry<'_>, put: &mut Put<'_>) -> Result<()> {
        if self.period.as_ref().is_none_or(|(_, window)| !window.contains(entry.time)) {
            self.finish(put)?;
            self.period = Some(self.period_of(entry.time));
        }
        let rest = [
            entry.region,
            entry.speed,
            entry.tier,
            entry.geo,
            entry.feature,
            entry.agent,
            entry.branch,
            entry.user,
        ];
        let key = Key {
            is_unlisted: entry.is_unlisted,
            project: entry.project.to_string(),
            model: entry.model.map_or(Cow::Borrowed(""), canonical),
            provider: entry.provider,
            rest: rest.map(str::to_string),
        };
        self.groups.entry(key).or_default().add(entry);
        Ok(())
    }

    /// Hands out the rows of the period and begins anew.
    pub(super) fn finish(&mut self, put: &mut Put<'_>) -> Result<()> {
        let Some((name, window)) = self.period.take() else { return Ok(()) };
        for (key, sum) in std::mem::take(&mut self.groups) {
            let [region, speed, tier, geo, feature, agent, branch, user] =
                key.rest.each_ref().map(|text| Cell::text(text));
            let mut cells = vec![Cell::text(&name), Cell::Time(window.start), Cell::Time(window.end)];
            let named = [Cell::word(kind(key.is_unlisted)), Cell::text(&key.project), Cell::text(&key.model)];
            cells.extend(named);
            cells.extend([
                Cell::word(key.provider.name()),
                region,
                speed,
                tier,
                geo,
                feature,
                agent,
                branch,
                user,
            ]);
            cells.push(Cell::Count(sum.calls));
            cells.extend(tokens(&sum));
            cells.extend([sum.cost, sum.unlisted, sum.estimated].map(Cell::Money));
            put(&cells)?;
        }
        Ok(())
    }

    fn period_of(&self, time: Time) -> (String, Window) {
        let day = self.zone.day(time);
        if self.granularity == Granularity::Day {
            return (day.to_string(), Window::day(self.zone, day));
        }
        // Counted from the instant, not from the clock: where the clock is put back, an hour comes twice.
        let civil = self.zone.civil(time);
        let past =
            i64::from(civil.minute()) * 60_000 + i64::from(civil.second()) * 1000 + time.0.rem_euclid(1000);
        let start = Time(time.0 - past);
        (civil.format("%Y-%m-%dT%H").to_string(), Window { start, end: start.plus_ms(3_600_000) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_that_comes_twice_is_two_rows() {
        let zone = Zone::named("Europe/Berlin").expect("the system has the zone database");
        let sums = Sums::new(&zone, Granularity::Hour);
        let at = |text: &str| sums.period_of(Time::parse(text).unwrap());
        let (first, second) = (at("2026-10-25T00:59:59.999Z"), at("2026-10-25T01:00:00Z"));
        assert_eq!((first.0.as_str(), second.0.as_str()), ("2026-10-25T02", "2026-10-25T02"));
        assert_eq!(first.1.end, second.1.start);
        let day = Sums::new(&zone, Granularity::Day).period_of(Time::parse("2026-10-25T12:00:00Z").unwrap());
        assert_eq!(day.1.end.since(day.1.start), 25 * 3_600_000);
    }
}
