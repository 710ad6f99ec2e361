//! The answer of `advise`: what would have saved money over all sessions, by the money, with how it was computed and how
//! sure it is; what cost money without an alternative that can be computed; and how the budgets stand.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::debug::{FOR_PROGRAMS, FindingRow, Head, head, listed, together};
use super::finding::{Finding, Strategy};
use super::page::{Label, Page};
use super::study::{KindTotal, Study};
use super::words::{found, number, sentence, words};
use crate::base::money::{Money, PER_USD};
use crate::base::time::{Time, Window, Zone};
use crate::base::width::shown;
use crate::base::words::{Language, Reader, say, word};
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
    /// For programs.
    pub name: String,
    /// For people.
    pub title: String,
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

pub fn page(study: &Study, budgets: &Budgets, window: Window, reader: Reader<'_>) -> Page {
    let language = reader.language;
    let mut page = Page::new(language);
    head(&mut page, study, window, reader);
    let total = study.total.cost;
    let recommended = recommended(study);
    if recommended.is_empty() {
        page.words(language.word(word!("advise-nothing")));
    } else {
        page.words(together(study, language));
        let row = |(at, kind): (usize, &&KindTotal)| {
            let about = words(kind.kind);
            let name = format!("{}. {}", at + 1, language.word(about.advice));
            let sure = language.word(about.certainty.word()).to_string();
            vec![name, sure, kind.saving.show(), share(kind.saving, total)]
        };
        let rows = recommended.iter().enumerate().map(row).collect();
        let heads = [
            word!("heading-recommendation"),
            word!("finding-label-sure"),
            word!("heading-saving"),
            word!("heading-share"),
        ];
        page.table(&heads, 2, rows);
    }
    for (at, kind) in recommended.iter().enumerate() {
        recommend(&mut page, at + 1, kind, reader);
    }
    let observed = observed(study);
    if !observed.is_empty() {
        page.heading(language.word(word!("advise-also-seen")));
        for kind in observed {
            let about = words(kind.kind);
            let told = say!(
                language,
                "advise-also-seen-finding",
                cause = language.word(about.cause),
                cost = kind.spent.show(),
                share = share(kind.spent, total),
                found = found_in(kind, language)
            );
            page.item(Label::Point, told);
            page.item(Label::Word(word!("finding-label-do")), sentence(about.remedy, language));
        }
    }
    let nothing = without_findings(study);
    if !nothing.is_empty() && study.total.calls > 0 {
        page.heading(language.word(word!("advise-nothing-to-gain")));
        nothing.into_iter().for_each(|strategy| page.item(Label::Point, language.word(strategy.word())));
    }
    budget_part(&mut page, study, budgets, reader);
    page
}

/// One recommendation, with how it was come by.
fn recommend(page: &mut Page, place: usize, kind: &KindTotal, reader: Reader<'_>) {
    let language = reader.language;
    let about = words(kind.kind);
    let advice = language.word(about.advice);
    let saving = kind.saving.show();
    page.heading(say!(language, "advise-recommendation", number = place, advice = advice, saving = saving));
    let found = say!(language, "finding-sentence", text = found_in(kind, language));
    page.item(Label::Word(word!("finding-label-found")), found);
    page.item(Label::Word(word!("finding-label-computed")), sentence(about.computed, language));
    page.item(Label::Word(word!("finding-label-sure")), sentence(about.certainty.reason(), language));
    page.item(Label::Word(word!("finding-label-do")), sentence(about.remedy, language));
    for (session, project, finding) in kind.examples.iter().take(EXAMPLES_SHOWN) {
        let example = say!(
            language,
            "advise-recommendation-example",
            saving = finding.saving.show(),
            session = shown(session, NAME_WIDTH),
            project = shown(project, NAME_WIDTH),
            start = language.moment(finding.first, reader.zone),
            ids = listed(finding, language)
        );
        page.names(Label::Word(word!("finding-label-for-example")), example);
    }
}

fn found_in(kind: &KindTotal, language: Language) -> String {
    found(kind.kind, &kind.numbers, kind.spent, kind.cost, Some(kind.sessions), language)
}

fn budget_part(page: &mut Page, study: &Study, budgets: &Budgets, reader: Reader<'_>) {
    let Reader { zone, language } = reader;
    page.heading(language.word(word!("advise-budgets")));
    if budgets.set == 0 {
        let text = match dearest_day(study, zone) {
            None => language.word(word!("advise-no-budget")).to_string(),
            Some((day, cost)) => say!(
                language,
                "advise-no-budget-but",
                budget = daily_budget(cost).to_string(),
                day = day.to_string(),
                cost = cost.show()
            ),
        };
        page.item(Label::Point, text);
        return;
    }
    for near in &budgets.near {
        let limit = shown(&near.title, NAME_WIDTH);
        let (spent, allowed) = (near.spent.show(), near.allowed.show());
        let share = share(near.spent, near.allowed);
        let text = if near.stops {
            say!(
                language,
                "advise-budget-near-stops",
                limit = limit,
                spent = spent,
                allowed = allowed,
                share = share
            )
        } else {
            say!(
                language,
                "advise-budget-near-warns",
                limit = limit,
                spent = spent,
                allowed = allowed,
                share = share
            )
        };
        page.names(Label::Point, text);
    }
    if budgets.near.is_empty() {
        page.item(Label::Point, say!(language, "advise-budgets-far", limits = number(budgets.set as u64)));
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
            advice: FOR_PROGRAMS.word(words(total.kind).advice),
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
