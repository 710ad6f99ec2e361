//! A trend as a table, as Markdown, as CSV and as a JSON document. The chart is the caller's, who knows the screen.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::{Point, Trend};
use crate::base::money::Money;
use crate::base::time::{Time, Zone};
use crate::base::words::{Language, Word, word};
use crate::report::columns::{self, Column};
use crate::report::grid::{self, Line, Look, Role, compact, dollars, grouped};
use crate::report::json::{self, Figures, SCHEMA_VERSION};
use crate::report::{change, forecast};

/// The table: one row a period, and the total.
pub fn table(trend: &Trend, look: Look) -> Vec<Line> {
    let (heads, rows) = rows(trend, look.width < 70, look.language);
    columns::draw(&heads, &rows, look)
}

pub fn markdown(trend: &Trend, language: Language) -> String {
    let (heads, rows) = rows(trend, false, language);
    columns::markdown(&heads, &rows, language)
}

fn rows(trend: &Trend, short: bool, language: Language) -> (Vec<Column>, Vec<columns::Row>) {
    let total = &trend.total;
    let amounts = trend.points.iter().flat_map(|point| [point.sum.cost, point.sum.unlisted]);
    let digits = grid::digits(amounts.chain([total.cost]));
    let has_unlisted = total.unlisted != Money::ZERO;
    let name = match trend.unit {
        super::Unit::Day => word!("heading-date"),
        super::Unit::Week => word!("heading-week"),
        super::Unit::Month => word!("heading-month"),
    };
    let mut heads = vec![
        Column::text(name, 0),
        Column::number(word!("heading-calls"), 3),
        Column::number(word!("heading-tokens"), 2),
        Column::number(word!("heading-cost"), 0),
        Column::number(average_name(trend), 1),
    ];
    if has_unlisted {
        heads.push(Column::number(word!("heading-unlisted"), 4));
    }
    let tokens = |count: u64| if short { compact(count) } else { grouped(count) };
    let cells = |role: Role, name: &str, sum: &crate::ledger::entries::Sum, average: String| {
        let mark = if sum.estimated == Money::ZERO { "" } else { "~" };
        let mut cells = vec![
            name.to_string(),
            grouped(sum.calls),
            tokens(sum.tokens.total()),
            format!("{mark}{}", dollars(sum.cost, digits)),
            average,
        ];
        if has_unlisted {
            let unlisted =
                if sum.unlisted == Money::ZERO { "-".into() } else { dollars(sum.unlisted, digits) };
            cells.push(unlisted);
        }
        columns::Row { role, cells }
    };
    let row = |point: &Point| cells(Role::Row, &point.name, &point.sum, dollars(point.average, digits));
    let mut rows: Vec<columns::Row> = trend.points.iter().map(row).collect();
    rows.push(cells(Role::Total, language.word(word!("row-total")), total, String::new()));
    (heads, rows)
}

/// `7-day mean`.
pub fn average_name(trend: &Trend) -> Word {
    match trend.unit {
        super::Unit::Day => word!("heading-seven-days-mean"),
        super::Unit::Week => word!("heading-four-weeks-mean"),
        super::Unit::Month => word!("heading-three-months-mean"),
    }
}

/// One line a period, amounts exact.
pub fn csv(trend: &Trend) -> String {
    let head = [
        json::names(trend.unit.by()).1,
        "start_date",
        "end_date",
        "days",
        "calls",
        "total_tokens",
        "cost_usd",
        "unlisted_usd",
        "estimated_usd",
        "moving_average_usd",
    ];
    let record = |point: &Point| {
        vec![
            point.name.clone(),
            point.first.to_string(),
            last(point),
            point.days.to_string(),
            point.sum.calls.to_string(),
            point.sum.tokens.total().to_string(),
            point.sum.cost.to_string(),
            point.sum.unlisted.to_string(),
            point.sum.estimated.to_string(),
            point.average.to_string(),
        ]
    };
    columns::csv(&head, trend.points.iter().map(record))
}

fn last(point: &Point) -> String {
    point.end.pred_opt().unwrap_or(point.end).to_string()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    period: &'a str,
    start_date: String,
    end_date: String,
    days: i64,
    #[serde(flatten)]
    figures: Figures,
    moving_average: f64,
    moving_average_exact: Money,
}

impl<'a> From<&'a Point> for Row<'a> {
    fn from(point: &'a Point) -> Self {
        Self {
            period: &point.name,
            start_date: point.first.to_string(),
            end_date: last(point),
            days: point.days,
            figures: Figures::from(&point.sum),
            moving_average: point.average.to_f64(),
            moving_average_exact: point.average,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Previous {
    start: Time,
    end: Time,
    totals: Figures,
    #[serde(flatten)]
    change: change::Fields,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dearest {
    date: String,
    cost: f64,
    cost_exact: Money,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Month {
    start: Time,
    end: Time,
    #[serde(flatten)]
    forecast: forecast::Fields,
}

/// The whole answer, every period in it.
pub fn document(trend: &Trend, zone: &Zone) -> String {
    struct Document<'a>(&'a Trend, &'a Zone);
    impl Serialize for Document<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let Document(trend, zone) = self;
            let rows: Vec<Row<'_>> = trend.points.iter().map(Row::from).collect();
            let previous = Previous {
                start: trend.before.start,
                end: trend.before.end,
                totals: Figures::from(&trend.total_before),
                change: trend.change().into(),
            };
            let dearest = trend.dearest.map(|(day, cost)| Dearest {
                date: day.to_string(),
                cost: cost.to_f64(),
                cost_exact: cost,
            });
            let month = trend.forecast.as_ref().map(|(window, forecast, recent)| Month {
                start: window.start,
                end: window.end,
                forecast: forecast::Fields::new(forecast, recent),
            });
            let mut map = serializer.serialize_map(None)?;
            map.serialize_entry("schemaVersion", &SCHEMA_VERSION)?;
            map.serialize_entry("timezone", zone.name())?;
            map.serialize_entry("by", trend.unit.name())?;
            map.serialize_entry("startDate", &trend.days.map(|days| days.0.to_string()))?;
            map.serialize_entry("endDate", &trend.days.map(|days| days.1.to_string()))?;
            map.serialize_entry("days", &trend.day_count())?;
            map.serialize_entry("running", &trend.running)?;
            map.serialize_entry(json::names(trend.unit.by()).0, &rows)?;
            map.serialize_entry("movingAverageOf", &trend.unit.averaged())?;
            map.serialize_entry("totals", &Figures::from(&trend.total))?;
            map.serialize_entry("meanPerDay", &trend.mean().to_f64())?;
            map.serialize_entry("meanPerDayExact", &trend.mean())?;
            map.serialize_entry("previous", &previous)?;
            map.serialize_entry("dearestDay", &dearest)?;
            map.serialize_entry("forecast", &month)?;
            map.serialize_entry("unreadableLines", &trend.bad.len())?;
            map.end()
        }
    }
    json::text(&Document(trend, zone))
}
