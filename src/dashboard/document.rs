//! What the page's script reads: one JSON document, figures by columns. Amounts are integers of 1e-12 USD, which the
//! script adds up exactly; what a column has in every row is written once.

use std::collections::BTreeMap;
use std::fmt::Write;

use chrono::{Days, NaiveDate};
use serde::Serialize;
use serde_json::value::RawValue;

use super::Request;
use super::cube::{Cube, Key, OTHERS, Row, date, number};
use super::dimension::Dimension;
use super::names::Names;
use super::survey::Survey;
use super::words::{self, Text};
use crate::base::money::Money;
use crate::base::time::{Time, Zone};
use crate::base::words::{Language, Reader, say};
use crate::budget::{self, Standing};
use crate::ledger::entries::Sum;
use crate::model::limit::{Filter, Period};
use crate::report::fold::By;
use crate::report::forecast::RECENT_DAYS;
use crate::report::json::Figures;
use crate::report::key::Cut;
use crate::report::query::{Project, Query};

/// A ledger that goes over more months than this has its empty ones left out.
const MOST_MONTHS: usize = 1200;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    program: &'static str,
    /// As HTML names it.
    language: &'static str,
    words: BTreeMap<&'static str, Text>,
    generated: Time,
    generated_text: String,
    timezone: &'a str,
    today: i32,
    /// 0 = Monday.
    week_start: u8,
    billing_day: u8,
    /// So many hours of the day are put together.
    hour_step: u8,
    anonymous: bool,
    /// What the page was narrowed down to when it was made.
    scope: Vec<String>,
    /// It was narrowed down by names and not by days alone.
    has_names: bool,
    /// The first day the page may know of and the one after the last, where it was made for a span of days.
    since: Option<i32>,
    until: Option<i32>,
    totals: Figures,
    unreadable_lines: usize,
    dimensions: Vec<Listed>,
    sessions: Vec<Session>,
    all_sessions: usize,
    /// First day and name of each month of the reader's calendar.
    months: Vec<(i32, String)>,
    /// The running one, up to the day after its last.
    month: (i32, i32, String),
    /// Milliseconds left of it, and when each of the recent days and today began: what the forecast goes by.
    month_left: i64,
    recent_starts: Vec<i64>,
    limits: Vec<Limit>,
    rows: Box<RawValue>,
}

#[derive(Serialize)]
struct Listed {
    id: &'static str,
    names: Vec<String>,
    /// How many more there are, put together in one.
    others: usize,
}

#[derive(Serialize)]
struct Session {
    project: String,
    first: String,
    last: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Limit {
    name: String,
    period: Period,
    /// Half a sentence: whose it is, what it does and what it counts.
    facts: String,
    allowed: Money,
    spent: Money,
    estimated: bool,
    used_up: bool,
    warn_at: Vec<f64>,
    /// It counts everything that is spent.
    counts_all: bool,
}

/// The whole document, safe inside a script element.
pub(super) fn text(
    request: &Request<'_>,
    survey: &Survey,
    cube: &Cube,
    sum: &Sum,
    unreadable_lines: usize,
) -> String {
    let Request { cut, query, now, language, .. } = *request;
    let zone = &cut.zone;
    let names = Names::new(survey, request.anonymous, language);
    let today = zone.day(now);
    let day = |time: Option<Time>| time.map(|time| number(zone.day(time)));
    let (start, end) = query.window.ends();
    let month = cut.window(By::Month, now);
    let (first, after) = cut.days(month);
    let document = Document {
        program: concat!("cost-hook ", env!("CARGO_PKG_VERSION")),
        language: language.tag(),
        words: words::of_script(language),
        generated: now,
        generated_text: language.full_moment(now, zone),
        timezone: zone.name(),
        today: number(today),
        week_start: cut.week_start,
        billing_day: cut.billing_day,
        hour_step: cube.hour_step(),
        anonymous: request.anonymous,
        scope: scope(query, zone, &names, language),
        has_names: query.project.is_some() || query.user.is_some() || query.filter != Filter::default(),
        since: day(start),
        until: day(end.map(|end| end.plus_ms(-1))).map(|last| last + 1),
        totals: Figures::from(sum),
        unreadable_lines,
        dimensions: Dimension::ALL.into_iter().map(|of| dimension(of, survey, cube, &names)).collect(),
        sessions: sessions(survey, cube, &names, zone),
        all_sessions: survey.session_count(),
        months: months(cut, cube, now),
        month: (number(first), number(after), cut.name(By::Month, month)),
        month_left: month.end.since(now).max(0),
        recent_starts: recent_starts(zone, today),
        limits: request.standings.iter().zip(1..).map(|(one, at)| limit(one, at, request, &names)).collect(),
        rows: rows(cube),
    };
    // Maps with text for keys and numbers that are finite: nothing here can fail.
    escaped(&serde_json::to_string(&document).unwrap_or_default())
}

/// JSON that ends no script element and opens no comment in one, and that is JavaScript too: outside texts none of these
/// characters occurs, and inside them this is the same text.
pub(super) fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 64);
    for c in json.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            c => out.push(c),
        }
    }
    out
}

fn dimension(of: Dimension, survey: &Survey, cube: &Cube, names: &Names<'_>) -> Listed {
    let kept = cube.kept(of);
    let shown = (0..kept).map(|at| names.shown(of, at)).collect();
    Listed { id: of.name(), names: shown, others: survey.count(of).saturating_sub(kept) }
}

fn sessions(survey: &Survey, cube: &Cube, names: &Names<'_>, zone: &Zone) -> Vec<Session> {
    let moment = |time: Time| zone.civil(time).format("%Y-%m-%d %H:%M").to_string();
    let kept = survey.sessions.iter().take(cube.kept(Dimension::Session));
    kept.map(|session| Session {
        project: names.project(&session.project),
        first: moment(session.first),
        last: moment(session.last),
    })
    .collect()
}

fn recent_starts(zone: &Zone, today: NaiveDate) -> Vec<i64> {
    let first = today.checked_sub_days(Days::new(RECENT_DAYS)).unwrap_or(today);
    first.iter_days().take_while(|day| *day <= today).map(|day| zone.start_of(day).0).collect()
}

/// From the month of the first call to the running one, empty ones too: a chart of months has no gaps.
fn months(cut: &Cut, cube: &Cube, now: Time) -> Vec<(i32, String)> {
    let today = cut.zone.day(now);
    let (first, last) = cube.days().unwrap_or((today, today));
    let mut months: BTreeMap<i32, String> = BTreeMap::new();
    let mut add = |day: i32| {
        let window = cut.window(By::Month, cut.zone.start_of(date(day)));
        let (first, after) = cut.days(window);
        months.insert(number(first), cut.name(By::Month, window));
        number(after)
    };
    let end = number(last.max(today));
    let (mut next, mut count) = (number(first.min(today)), 0);
    while next <= end && count < MOST_MONTHS {
        // A zone that left out a day must not hold this up.
        next = add(next).max(next + 1);
        count += 1;
    }
    if next <= end {
        months.clear();
        let mut add = |day: i32| {
            let window = cut.window(By::Month, cut.zone.start_of(date(day)));
            months.insert(number(cut.days(window).0), cut.name(By::Month, window));
        };
        let mut before = None;
        for day in cube.rows.iter().map(|(key, _)| key.day).chain([number(today)]) {
            if before.replace(day) != Some(day) {
                add(day);
            }
        }
    }
    months.into_iter().collect()
}

/// What was asked for on the command line, in words.
fn scope(query: &Query, zone: &Zone, names: &Names<'_>, language: Language) -> Vec<String> {
    let (start, end) = query.window.ends();
    let filter = &query.filter;
    let mut scope = Vec::new();
    if let Some(start) = start {
        scope.push(say!(language, "page-scope-from", day = zone.day(start).to_string()));
    }
    if let Some(end) = end {
        scope.push(say!(language, "page-scope-until", day = zone.day(end.plus_ms(-1)).to_string()));
    }
    let project = query.project.as_ref().map(|project| match project {
        Project::Folder(text) | Project::Name(text) => text,
    });
    let named = [
        ("project", project),
        ("model", filter.model.as_ref()),
        ("session", filter.session.as_ref()),
        ("branch", filter.branch.as_ref()),
        ("agent", filter.agent.as_ref()),
        ("user", query.user.as_ref()),
    ];
    for (what, name) in named.into_iter().filter_map(|(what, name)| Some((what, name?))) {
        scope.push(match names.is_anonymous() {
            true => say!(language, "page-scope-one", kind = what),
            false => say!(language, "page-scope-name", kind = what, name = name),
        });
    }
    scope
}

fn limit(standing: &Standing, number: usize, request: &Request<'_>, names: &Names<'_>) -> Limit {
    let of = &standing.limit;
    let filter = &of.filter;
    let named = of.id.contains(":limits/");
    let language = request.language;
    let mut facts =
        [budget::whose(of.layer), budget::effect(of)].map(|word| language.word(word).to_string()).to_vec();
    let hidden = |name: &Option<String>| match names.is_anonymous() {
        true => name.as_ref().map(|_| "…".to_string()),
        false => name.clone(),
    };
    let shown = Filter {
        project: filter.project.as_ref().map(|folder| names.project(folder)),
        model: filter.model.clone(),
        branch: hidden(&filter.branch),
        agent: hidden(&filter.agent),
        session: None,
    };
    facts.extend(budget::counted_only(&shown, language));
    if standing.raised != Money::ZERO {
        facts.push(say!(language, "raised-by", amount = standing.raised.show()));
    }
    if let Some(until) = standing.lifted_until {
        let moment = language.full_moment(until, &request.cut.zone);
        facts.push(say!(language, "off-until", moment = moment));
    }
    facts.push(budget::resets(standing, Reader { zone: request.system, language }));
    Limit {
        name: match named && names.is_anonymous() {
            true => say!(language, "page-a-limit", number = number),
            false => budget::name(of, language).into_owned(),
        },
        period: of.period,
        facts: language.facts(&facts),
        allowed: standing.allowed(),
        spent: standing.spent,
        estimated: standing.estimated != Money::ZERO,
        used_up: standing.is_used_up(),
        warn_at: of.warn_at.iter().map(|part| f64::from(*part) / 1e6).collect(),
        counts_all: *filter == Filter::default(),
    }
}

/// The rows by columns, as JSON.
fn rows(cube: &Cube) -> Box<RawValue> {
    let mut out = format!("{{\"count\":{}", cube.rows.len());
    let mut column = |name: &str, of: &dyn Fn(&Key, &Row) -> String| {
        write_column(&mut out, name, cube.rows.iter().map(|(key, row)| of(key, row)));
    };
    let before = std::cell::Cell::new(0);
    column("day", &|key, _| (key.day - before.replace(key.day)).to_string());
    for of in Dimension::ALL {
        let kept = cube.kept(of);
        column(of.name(), &|key, _| match key.names[of as usize] {
            OTHERS => kept.to_string(),
            at => at.to_string(),
        });
    }
    column("hours", &|_, row| hours(row));
    column("calls", &|_, row| count(row.sum.calls));
    column("cost", &|_, row| amount(row.sum.cost));
    column("unlisted", &|_, row| amount(row.sum.unlisted));
    column("estimated", &|_, row| amount(row.sum.estimated));
    column("saved", &|_, row| amount(row.saved));
    column("input", &|_, row| count(row.sum.tokens.input));
    column("output", &|_, row| count(row.sum.tokens.output));
    column("written", &|_, row| count(row.sum.tokens.cache_write()));
    column("read", &|_, row| count(row.sum.tokens.cache_read));
    column("searches", &|_, row| count(row.sum.web_searches));
    out.push('}');
    RawValue::from_string(out).unwrap_or_default()
}

/// One value where all are the same, else the list of them. Lists among the values are never put together: one list
/// could not be told from a list of values.
fn write_column(out: &mut String, name: &str, mut values: impl Iterator<Item = String>) {
    // Writing to a text cannot fail.
    let _ = write!(out, ",\"{name}\":");
    let first = values.next().unwrap_or_else(|| "0".to_string());
    for (same, value) in (1..).zip(values.by_ref()) {
        if value != first || first.starts_with('[') {
            out.push('[');
            for _ in 0_u32..same {
                let _ = write!(out, "{first},");
            }
            out.push_str(&value);
            for value in values {
                out.push(',');
                out.push_str(&value);
            }
            out.push(']');
            return;
        }
    }
    match first.starts_with('[') {
        true => drop(write!(out, "[{first}]")),
        false => out.push_str(&first),
    }
}

/// The only hour, or hours with their amounts; the last amount is what the others leave.
fn hours(row: &Row) -> String {
    let Some(((last, _), hours)) = row.hours.split_last() else { return "0".to_string() };
    if hours.is_empty() {
        return last.to_string();
    }
    let mut out = String::from("[");
    for (hour, cost) in hours {
        let _ = write!(out, "{hour},{},", amount(*cost));
    }
    let _ = write!(out, "{last}]");
    out
}

/// The largest integer that every JavaScript number below is exact to.
const EXACT: u128 = 1 << 53;

/// An integer of 1e-12 USD, short: `2504e7` is read as the same number. One that a number does not hold exactly is text.
fn amount(amount: Money) -> String {
    let units = amount.0;
    if units.unsigned_abs() > EXACT {
        return format!("\"{units}\"");
    }
    let text = units.to_string();
    let digits = text.trim_end_matches('0');
    let zeros = text.len() - digits.len();
    if zeros < 3 || digits.is_empty() { text } else { format!("{digits}e{zeros}") }
}

fn count(value: u64) -> String {
    amount(Money(i128::from(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_short_and_exact() {
        for (units, expected) in [
            (0, "0"),
            (100, "100"),
            (25_040_000_000, "2504e7"),
            (-1_000, "-1e3"),
            (9_007_199_254_740_992, "9007199254740992"),
            (9_007_199_254_740_993, "\"9007199254740993\""),
        ] {
            assert_eq!(amount(Money(units)), expected);
        }
        assert_eq!(count(u64::MAX), "\"18446744073709551615\"");
    }

    #[test]
    fn columns_of_one_value_are_that_value() {
        let column = |values: &[&str]| {
            let mut out = String::new();
            write_column(&mut out, "a", values.iter().map(|value| value.to_string()));
            out
        };
        assert_eq!(column(&[]), ",\"a\":0");
        assert_eq!(column(&["7"]), ",\"a\":7");
        assert_eq!(column(&["7", "7"]), ",\"a\":7");
        assert_eq!(column(&["7", "7", "8", "7"]), ",\"a\":[7,7,8,7]");
        assert_eq!(column(&["[1]"]), ",\"a\":[[1]]");
        assert_eq!(column(&["[1]", "[1]"]), ",\"a\":[[1],[1]]");
    }

    #[test]
    fn hours_leave_the_last_amount_to_the_row() {
        let row = |hours: &[(u8, i128)]| Row {
            hours: hours.iter().map(|(hour, units)| (*hour, Money(*units))).collect(),
            ..Row::default()
        };
        assert_eq!(hours(&row(&[(9, 5)])), "9");
        assert_eq!(hours(&row(&[(9, 5), (13, 7000), (23, 1)])), "[9,5,13,7e3,23]");
    }

    #[test]
    fn no_name_gets_out_of_the_data() {
        let names = ["</script><script>alert(1)</script>", "<!-- <script>", "a\u{2028}b\u{2029}&amp;", "]]>"];
        let json = serde_json::to_string(&names).unwrap();
        let safe = escaped(&json);
        for mark in ["<", ">", "&", "\u{2028}", "\u{2029}"] {
            assert!(!safe.contains(mark), "{safe}");
        }
        assert_eq!(serde_json::from_str::<Vec<String>>(&safe).unwrap(), names);
    }
}
