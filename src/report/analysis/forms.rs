//! An analysis as a JSON document. The table and the Markdown are made of the same parts by the command, whose words they
//! need.

use serde::Serialize;

use super::{Analysis, cache_hits};
use crate::base::money::Money;
use crate::base::time::{Time, Zone};
use crate::budget::Standing;
use crate::report::change;
use crate::report::fold::Folded;
use crate::report::forecast::{self, Forecast};
use crate::report::grid::share_tenths;
use crate::report::json::{self, Figures, Row, SCHEMA_VERSION};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ranked {
    #[serde(flatten)]
    row: Row,
    /// Null where the month cost nothing.
    share_percent: Option<f64>,
}

fn ranked(folded: &Folded) -> Vec<Ranked> {
    let total = folded.total.sum.cost;
    let ranked = folded.groups.iter().map(|group| Ranked {
        row: Row::new(folded.by, group),
        share_percent: share_tenths(group.sum.cost, total).map(|tenths| tenths as f64 / 10.0),
    });
    ranked.collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Previous<'a> {
    month: &'a str,
    start: Time,
    end: Time,
    totals: Figures,
    #[serde(flatten)]
    change: change::Fields,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Limit<'a> {
    id: &'a str,
    name: &'a str,
    start: Time,
    end: Time,
    allowed: f64,
    allowed_exact: Money,
    spent: f64,
    spent_exact: Money,
    expected: Option<f64>,
    expected_exact: Option<Money>,
    /// Of the allowed amount, rounded down; null where nothing is expected or allowed.
    expected_percent: Option<i128>,
}

impl<'a> Limit<'a> {
    fn new((standing, forecast): &'a (Standing, Option<Forecast>)) -> Self {
        let expected = forecast.map(|forecast| forecast.expected);
        Self {
            id: &standing.limit.id,
            name: &standing.limit.name,
            start: standing.window.start,
            end: standing.window.end,
            allowed: standing.allowed().to_f64(),
            allowed_exact: standing.allowed(),
            spent: standing.spent.to_f64(),
            spent_exact: standing.spent,
            expected: expected.map(Money::to_f64),
            expected_exact: expected,
            expected_percent: expected.and_then(|expected| percent_of(expected, standing)),
        }
    }
}

/// Whole percents of what a limit allows, rounded down.
pub fn percent_of(expected: Money, standing: &Standing) -> Option<i128> {
    let allowed = standing.allowed().0;
    (allowed > 0).then(|| (expected.0.saturating_mul(100) / allowed).max(0))
}

pub fn document(analysis: &Analysis, zone: &Zone) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        timezone: &'a str,
        month: &'a str,
        start_date: String,
        end_date: String,
        running: bool,
        days_begun: i64,
        totals: Figures,
        sessions: usize,
        active_days: usize,
        mean_per_day: f64,
        mean_per_day_exact: Money,
        cache_hit_percent: Option<f64>,
        previous: Previous<'a>,
        forecast: Option<forecast::Fields>,
        limits: Vec<Limit<'a>>,
        days: Vec<Ranked>,
        models: Vec<Ranked>,
        projects: Vec<Ranked>,
        features: Vec<Ranked>,
        unreadable_lines: usize,
    }
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        timezone: zone.name(),
        month: &analysis.name,
        start_date: analysis.days.0.to_string(),
        end_date: analysis.days.1.to_string(),
        running: analysis.begun.is_some(),
        days_begun: analysis.begun.unwrap_or_else(|| analysis.day_count()),
        totals: Figures::from(&analysis.total),
        sessions: analysis.sessions,
        active_days: analysis.active_days,
        mean_per_day: analysis.mean().to_f64(),
        mean_per_day_exact: analysis.mean(),
        cache_hit_percent: cache_hits(&analysis.total.tokens).map(|tenths| tenths as f64 / 10.0),
        previous: Previous {
            month: &analysis.name_before,
            start: analysis.before.start,
            end: analysis.before.end,
            totals: Figures::from(&analysis.total_before),
            change: analysis.change().into(),
        },
        forecast: analysis
            .forecast
            .as_ref()
            .map(|(forecast, recent)| forecast::Fields::new(forecast, recent)),
        limits: analysis.limits.iter().map(Limit::new).collect(),
        days: ranked(&analysis.dearest_days),
        models: ranked(&analysis.models),
        projects: ranked(&analysis.projects),
        features: ranked(&analysis.features),
        unreadable_lines: analysis.dearest_days.bad.len(),
    })
}
