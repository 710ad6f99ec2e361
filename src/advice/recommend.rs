//! The answer of `advise`: what would have saved money over all sessions, by the money, with how it was computed and how
//! sure it is; what cost money without an alternative that can be computed; and how the budgets stand.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::debug::{FindingRow, Head, head, listed, together};
use super::finding::{Finding, Strategy};
use super::page::{POINT, Page};
use super::study::{KindTotal, Study};
use super::words::{found, many, words};
use crate::base::money::{Money, PER_USD};
use crate::base::time::{Time, Window, Zone};
use crate::base::width::shown;
use crate::report::json;
use crate::report::table::share;

/// Less than a cent in the whole period is no recommendation.
const LEAST: Money = Money(PER_USD / 100);
/// What cost at least this part of everything is told of, even when no saving can be computed.
const SEEN_PART: i128 = 20;
const EXAMPLES_SHOWN: usize = 2;
const NAME_WIDTH: usize = 40;

/// A limit that is nearly or wholly used up.
#[derive(Debug, Clone, PartialEq)]
pub struct NearLimit {
    pub name: String,
    pub spent: Money,
    pub allowed: Money,
    pub stops: bool,
}

/// How budgets stand.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Budgets {
    /// Limits that count here.
    pub set: usize,
    pub near: Vec<NearLimit>,
}

/// The dearest day of the period.
fn dearest_day(study: &Study, zone: &Zone) -> Option<(NaiveDate, Money)> {
    let mut days: BTreeMap<NaiveDate, Money> = BTreeMap::new();
    for hour in &study.hours {
        *days.entry(zone.day(hour.start)).or_default() += hour.cost;
    }
    days.into_iter().max_by_key(|(day, cost)| (*cost, std::cmp::Reverse(*day)))
}

/// A daily budget that no day of the period would have crossed, in whole dollars.
fn daily_budget(dearest: Money) -> i64 {
    let dollars = (dearest.0.max(0) + PER_USD - 1) / PER_USD;
    i64::try_from(dollars).unwrap_or(i64::MAX).max(1)
}

fn recommended(study: &Study) -> Vec<&KindTotal> {
    study.kinds.iter().filter(|total| total.saving >= LEAST).collect()
}

/// What cost much and has no alternative that can be computed.
fn observed(study: &Study) -> Vec<&KindTotal> {
    let is_much = |total: &&KindTotal| {
        total.saving < LEAST && total.spent >= LEAST && total.spent.0 * SEEN_PART >= study.total.cost.0
    };
    study.kinds.iter().filter(is_much).collect()
}

fn without_findings(study: &Study) -> Vec<Strategy> {
    let recommended = recommended(study);
    let has = |strategy: &Strategy| recommended.iter().any(|total| words(total.kind).strategy == *strategy);
    Strategy::NAMED.into_iter().filter(|strategy| !has(strategy)).collect()
}

pub fn page(study: &Study, budgets: &Budgets, window: Window, zone: &Zone) -> Page {
    let mut page = Page::default();
    head(&mut page, study, window, zone);
    let total = study.total.cost;
    let recommended = recommended(study);
    if recommended.is_empty() {
        page.words("Nothing stands out: no other way of working would have saved as much as a cent.");
    } else {
        page.words(together(study));
        let row = |(at, kind): (usize, &&KindTotal)| {
            let about = words(kind.kind);
            let name = format!("{}. {}", at + 1, about.advice);
            vec![name, about.certainty.name().to_string(), kind.saving.show(), share(kind.saving, total)]
        };
        let rows = recommended.iter().enumerate().map(row).collect();
        page.table(&["Recommendation", "Sure", "Saving", "Share"], 2, rows);
    }
    for (at, kind) in recommended.iter().enumerate() {
        let about = words(kind.kind);
        page.heading(format!("{}. {}: {}", at + 1, about.advice, kind.saving.show()));
        page.item("Found", found_in(kind));
        page.item("Computed", format!("{}.", about.computed));
        page.item("Sure", format!("{}.", about.certainty.text()));
        page.item("Do", format!("{}.", about.remedy));
        for (session, project, finding) in kind.examples.iter().take(EXAMPLES_SHOWN) {
            page.names("For example", example(session, project, finding, zone));
        }
    }
    let observed = observed(study);
    if !observed.is_empty() {
        page.heading("Also seen");
        for kind in observed {
            let about = words(kind.kind);
            page.item(
                POINT,
                format!(
                    "{}, {} ({}): {}",
                    about.cause,
                    kind.spent.show(),
                    share(kind.spent, total),
                    found_in(kind)
                ),
            );
            page.item("Do", format!("{}.", about.remedy));
        }
    }
    let nothing = without_findings(study);
    if !nothing.is_empty() && study.total.calls > 0 {
        page.heading("Nothing to gain from");
        nothing.into_iter().for_each(|strategy| page.item(POINT, strategy.text()));
    }
    budget_part(&mut page, study, budgets, zone);
    page
}

fn found_in(kind: &KindTotal) -> String {
    found(kind.kind, &kind.numbers, kind.spent, kind.cost, Some(kind.sessions)) + "."
}

fn example(session: &str, project: &str, finding: &Finding, zone: &Zone) -> String {
    format!(
        "{} of session {} in {}, from {}: {}",
        finding.saving.show(),
        shown(session, NAME_WIDTH),
        shown(project, NAME_WIDTH),
        zone.moment(finding.first),
        listed(finding)
    )
}

fn budget_part(page: &mut Page, study: &Study, budgets: &Budgets, zone: &Zone) {
    page.heading("Budgets");
    if budgets.set == 0 {
        let advice = dearest_day(study, zone).map_or(String::new(), |(day, cost)| {
            format!(
                ": `cost-hook config set cost.dailyBudget {}` would have held back none of these days (the dearest, {day}, \
                 cost {}) and stops what is worse",
                daily_budget(cost),
                cost.show()
            )
        });
        page.item(POINT, format!("no budget is set{advice}."));
        return;
    }
    for near in &budgets.near {
        let then = if near.stops { "it stops the session" } else { "it only warns" };
        let text = format!(
            "{}: {} of {} ({}) is spent; {then}.",
            shown(&near.name, NAME_WIDTH),
            near.spent.show(),
            near.allowed.show(),
            share(near.spent, near.allowed)
        );
        page.names(POINT, text);
    }
    if budgets.near.is_empty() {
        page.item(POINT, format!("{} set, none near its end.", many(budgets.set as u64, "limit")));
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExampleRow<'a> {
    session_id: &'a str,
    project_path: &'a str,
    first_activity: Time,
    calls: u64,
    call_ids: &'a [String],
    saving: f64,
    saving_exact: Money,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    advice: &'static str,
    #[serde(flatten)]
    finding: FindingRow<'a>,
    examples: Vec<ExampleRow<'a>>,
}

impl<'a> Row<'a> {
    fn of(total: &'a KindTotal) -> Self {
        let example = |(session, project, finding): &'a (String, String, Finding)| ExampleRow {
            session_id: session,
            project_path: project,
            first_activity: finding.first,
            calls: finding.calls,
            call_ids: &finding.ids,
            saving: finding.saving.to_f64(),
            saving_exact: finding.saving,
        };
        Self {
            advice: words(total.kind).advice,
            finding: FindingRow::of_kind(total),
            examples: total.examples.iter().map(example).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NearRow<'a> {
    name: &'a str,
    spent: f64,
    spent_exact: Money,
    allowed: f64,
    allowed_exact: Money,
    stops: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BudgetRow<'a> {
    set: usize,
    near: Vec<NearRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggested_daily_budget: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggested_daily_budget_exact: Option<Money>,
}

pub fn json(study: &Study, budgets: &Budgets, window: Window, zone: &Zone) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        #[serde(flatten)]
        head: Head<'a>,
        recommendations: Vec<Row<'a>>,
        observations: Vec<Row<'a>>,
        nothing_found: Vec<Strategy>,
        budgets: BudgetRow<'a>,
    }
    let near = |near: &'_ NearLimit| -> (f64, f64) { (near.spent.to_f64(), near.allowed.to_f64()) };
    let rows = budgets.near.iter().map(|limit| NearRow {
        name: &limit.name,
        spent: near(limit).0,
        spent_exact: limit.spent,
        allowed: near(limit).1,
        allowed_exact: limit.allowed,
        stops: limit.stops,
    });
    let dearest = dearest_day(study, zone).filter(|_| budgets.set == 0);
    let suggested = dearest.map(|(_, cost)| Money::from_usd(daily_budget(cost)));
    json::text(&Document {
        head: Head::new(study, window, zone),
        recommendations: recommended(study).into_iter().map(Row::of).collect(),
        observations: observed(study).into_iter().map(Row::of).collect(),
        nothing_found: without_findings(study),
        budgets: BudgetRow {
            set: budgets.set,
            near: rows.collect(),
            suggested_daily_budget: suggested.map(Money::to_f64),
            suggested_daily_budget_exact: suggested,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_in_whole_dollars_that_the_dearest_day_fits() {
        for (cost, expected) in
            [("0", 1), ("0.01", 1), ("1", 1), ("1.000000000001", 2), ("12.5", 13), ("-3", 1)]
        {
            assert_eq!(daily_budget(cost.parse().unwrap()), expected, "{cost}");
        }
    }
}
