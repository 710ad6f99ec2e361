//! The answer of `debug`: totals, the hours that stand out, and the dearest sessions with what made them so.

use std::collections::BTreeSet;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::finding::{Certainty, Finding, Kind, Strategy};
use super::page::{POINT, Page};
use super::study::{Hour, SessionStudy, Study};
use super::words::{amounts, evidence, found, many, words};
use crate::base::money::{Money, PER_USD};
use crate::base::text::span;
use crate::base::time::{Time, Window, Zone};
use crate::base::width::shown;
use crate::report::json::{self, Figures, SCHEMA_VERSION};
use crate::report::table::{grouped, share};

/// An hour with so many times the cost of the middle one stands out, ...
pub(super) const SPIKE: i128 = 3;
/// ... if there are at least so many hours with calls.
pub(super) const SPIKE_HOURS: usize = 4;
const SPIKES_SHOWN: usize = 3;
/// Findings of a session that are written out for people.
const FINDINGS_SHOWN: usize = 4;
/// Less than a cent, and less than a fiftieth of the session, is not told to people.
const LEAST: Money = Money(PER_USD / 100);
const LEAST_PART: i128 = 50;
const PROJECT_WIDTH: usize = 40;
const SESSION_WIDTH: usize = 60;

/// The hours that stand out, dearest first.
pub(super) fn spikes(hours: &[Hour]) -> Vec<Hour> {
    if hours.len() < SPIKE_HOURS {
        return Vec::new();
    }
    let mut costs: Vec<Money> = hours.iter().map(|hour| hour.cost).collect();
    costs.sort_unstable();
    let middle = costs[costs.len() / 2];
    let mut spikes: Vec<Hour> = hours
        .iter()
        .filter(|hour| hour.cost >= LEAST && hour.cost.0 >= middle.0.saturating_mul(SPIKE))
        .copied()
        .collect();
    spikes.sort_by(|a, b| b.cost.cmp(&a.cost).then(a.start.cmp(&b.start)));
    spikes
}

/// Is it worth a person's time?
pub(super) fn matters(finding: &Finding, whole: Money) -> bool {
    let amount = finding.saving.max(finding.spent);
    finding.kind == Kind::Retries || amount >= LEAST && amount.0.saturating_mul(LEAST_PART) >= whole.0
}

/// `Mon 23 Nov 12:00 to now (UTC)`.
pub(super) fn period(window: Window, zone: &Zone) -> String {
    let end = if window.end >= Time::MAX { "now".to_string() } else { zone.moment(window.end) };
    let text = match (window.start <= Time::MIN, window.end >= Time::MAX) {
        (true, true) => "all of the ledger".to_string(),
        (true, false) => format!("until {end}"),
        (false, _) => format!("{} to {end}", zone.moment(window.start)),
    };
    format!("{text} ({})", shown(zone.name(), PROJECT_WIDTH))
}

/// The head that both answers have.
pub(super) fn head(page: &mut Page, study: &Study, window: Window, zone: &Zone) {
    let total = &study.total;
    let mark = if total.estimated == Money::ZERO { "" } else { "~" };
    page.title(format!(
        "{mark}{} for {} in {}",
        total.cost.show(),
        many(total.calls, "call"),
        many(study.sessions, "session")
    ));
    let mut about = period(window, zone);
    if total.unlisted != Money::ZERO {
        about.push_str(&format!("; {} of it is unlisted", total.unlisted.show()));
    }
    if total.estimated != Money::ZERO {
        about.push_str(&format!("; ~ {} of it is an estimate", total.estimated.show()));
    }
    page.words(about);
    if !study.bad.is_empty() {
        page.words(format!(
            "{} of the ledger cannot be read and is in no sum; `cost-hook doctor` says where.",
            many(study.bad.len() as u64, "line")
        ));
    }
}

pub(super) fn together(study: &Study) -> String {
    format!(
        "All findings together would have saved {} ({}). They overlap: of each call only the largest saving counts there.",
        study.saving.show(),
        share(study.saving, study.total.cost)
    )
}

pub fn page(study: &Study, window: Window, zone: &Zone) -> Page {
    let mut page = Page::default();
    head(&mut page, study, window, zone);
    let total = study.total.cost;
    let found_something =
        study.dearest.iter().any(|session| session.findings.iter().any(|f| matters(f, session.cost)));
    if study.saving.is_positive() && found_something {
        page.words(together(study));
    }
    let spikes = spikes(&study.hours);
    if !spikes.is_empty() {
        let row = |hour: &Hour| {
            let moment = zone.moment(hour.start);
            vec![moment, hour.cost.show(), share(hour.cost, total), grouped(hour.calls)]
        };
        page.table(
            &["Hour", "Cost", "Share", "Calls"],
            1,
            spikes.iter().take(SPIKES_SHOWN).map(row).collect(),
        );
    }
    let mut told_of = BTreeSet::new();
    for (at, session) in study.dearest.iter().enumerate() {
        one(&mut page, at + 1, session, total, zone, &mut told_of);
    }
    let rest = study.sessions.saturating_sub(study.dearest.len() as u64);
    if rest > 0 {
        let told: Money = study.dearest.iter().map(|session| session.cost).sum();
        page.heading(format!("{}: {}", many(rest, "more session"), (total - told).show()));
    }
    if !found_something && spikes.is_empty() {
        page.heading("Nothing stands out.");
    }
    page
}

/// One session. What is the same about every finding of a kind is said once on the page.
fn one(
    page: &mut Page,
    number: usize,
    session: &SessionStudy,
    total: Money,
    zone: &Zone,
    told_of: &mut BTreeSet<Kind>,
) {
    let mark = if session.estimated == Money::ZERO { "" } else { "~" };
    page.heading(format!(
        "{number}. {mark}{} ({})  {}",
        session.cost.show(),
        share(session.cost, total),
        shown(&session.id, SESSION_WIDTH)
    ));
    let length = session.last.since(session.first);
    let peak = many(session.peak_context, "token");
    page.item(
        "",
        format!(
            "{} in {}, from {}; longest context {peak}",
            many(session.calls, "call"),
            span(length),
            zone.moment(session.first)
        ),
    );
    page.names("Project", shown(&session.project, PROJECT_WIDTH * 2));
    let told: Vec<&Finding> =
        session.findings.iter().filter(|finding| matters(finding, session.cost)).collect();
    if told.is_empty() {
        page.item("Why", "nothing stands out: its cost is that of its calls");
        return;
    }
    let causes: Vec<&str> = told.iter().take(2).map(|finding| words(finding.kind).cause).collect();
    page.item("Why", causes.join("; "));
    for finding in told.iter().take(FINDINGS_SHOWN) {
        let about = words(finding.kind);
        let sentence = found(finding.kind, &finding.numbers, finding.spent, finding.cost, None);
        page.item(POINT, format!("{}, {}: {sentence}.", about.cause, amounts(finding, session.cost)));
        if told_of.insert(finding.kind) {
            page.detail("Computed", format!("{}.", about.computed));
            page.detail("Sure", format!("{}.", about.certainty.text()));
            page.detail("Do", format!("{}.", about.remedy));
        } else {
            page.detail("Do", format!("{}: as above.", about.advice));
        }
        let calls = format!(
            "{} for {}, {} to {}: {}",
            many(finding.calls, "call"),
            finding.cost.show(),
            zone.moment(finding.first),
            zone.moment(finding.last),
            listed(finding)
        );
        page.detail_names("Rests on", calls);
    }
    let more = told.len().saturating_sub(FINDINGS_SHOWN);
    if more > 0 {
        page.item("", format!("{}; --json has all.", many(more as u64, "more finding")));
    }
}

/// The first ids, and whether there are more.
pub(super) fn listed(finding: &Finding) -> String {
    // The message's part is enough to find a call by, and half as long.
    let short = |id: &str| match id.split_once(':') {
        Some((message, _)) if message.starts_with("msg_") => shown(message, SESSION_WIDTH),
        _ => shown(id, SESSION_WIDTH),
    };
    let mut ids: Vec<String> = finding.ids.iter().map(|id| short(id)).collect();
    if (finding.ids.len() as u64) < finding.calls {
        ids.push("...".to_string());
    }
    ids.join(", ")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HourRow {
    start: Time,
    calls: u64,
    cost: f64,
    cost_exact: Money,
    stands_out: bool,
}

/// A finding, or a kind of finding over all sessions, for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FindingRow<'a> {
    kind: Kind,
    cause: &'static str,
    strategy: Strategy,
    certainty: Certainty,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sessions: Option<u64>,
    calls: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_ids: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_activity: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_activity: Option<Time>,
    calls_cost: f64,
    calls_cost_exact: Money,
    cost: f64,
    cost_exact: Money,
    saving: f64,
    saving_exact: Money,
    evidence: Evidence,
    found: String,
    computed: &'static str,
    remedy: &'static str,
}

struct Evidence(Vec<(&'static str, i64)>);

impl Serialize for Evidence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        self.0.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}

impl<'a> FindingRow<'a> {
    pub(super) fn of(finding: &'a Finding) -> Self {
        let about = words(finding.kind);
        Self {
            kind: finding.kind,
            cause: about.cause,
            strategy: about.strategy,
            certainty: about.certainty,
            sessions: None,
            calls: finding.calls,
            call_ids: Some(&finding.ids),
            first_activity: Some(finding.first),
            last_activity: Some(finding.last),
            calls_cost: finding.cost.to_f64(),
            calls_cost_exact: finding.cost,
            cost: finding.spent.to_f64(),
            cost_exact: finding.spent,
            saving: finding.saving.to_f64(),
            saving_exact: finding.saving,
            evidence: Evidence(evidence(finding.kind, &finding.numbers)),
            found: found(finding.kind, &finding.numbers, finding.spent, finding.cost, None),
            computed: about.computed,
            remedy: about.remedy,
        }
    }

    pub(super) fn of_kind(total: &super::study::KindTotal) -> Self {
        let about = words(total.kind);
        Self {
            kind: total.kind,
            cause: about.cause,
            strategy: about.strategy,
            certainty: about.certainty,
            sessions: Some(total.sessions),
            calls: total.calls,
            call_ids: None,
            first_activity: None,
            last_activity: None,
            calls_cost: total.cost.to_f64(),
            calls_cost_exact: total.cost,
            cost: total.spent.to_f64(),
            cost_exact: total.spent,
            saving: total.saving.to_f64(),
            saving_exact: total.saving,
            evidence: Evidence(evidence(total.kind, &total.numbers)),
            found: found(total.kind, &total.numbers, total.spent, total.cost, Some(total.sessions)),
            computed: about.computed,
            remedy: about.remedy,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionRow<'a> {
    session_id: &'a str,
    project_path: &'a str,
    first_activity: Time,
    last_activity: Time,
    calls: u64,
    cost: f64,
    cost_exact: Money,
    unlisted_cost: f64,
    unlisted_cost_exact: Money,
    estimated_cost: f64,
    estimated_cost_exact: Money,
    peak_context_tokens: u64,
    saving: f64,
    saving_exact: Money,
    findings: Vec<FindingRow<'a>>,
}

/// What both documents begin with.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Head<'a> {
    schema_version: u32,
    timezone: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Time>,
    totals: Figures,
    session_count: u64,
    saving: f64,
    saving_exact: Money,
    unreadable_lines: usize,
}

impl<'a> Head<'a> {
    pub(super) fn new(study: &Study, window: Window, zone: &'a Zone) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            timezone: zone.name(),
            start: Some(window.start).filter(|start| *start > Time::MIN),
            end: Some(window.end).filter(|end| *end < Time::MAX),
            totals: Figures::from(&study.total),
            session_count: study.sessions,
            saving: study.saving.to_f64(),
            saving_exact: study.saving,
            unreadable_lines: study.bad.len(),
        }
    }
}

pub fn json(study: &Study, window: Window, zone: &Zone) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        #[serde(flatten)]
        head: Head<'a>,
        hours: Vec<HourRow>,
        sessions: Vec<SessionRow<'a>>,
        findings: Vec<FindingRow<'a>>,
    }
    let spikes = spikes(&study.hours);
    let hour = |hour: &Hour| HourRow {
        start: hour.start,
        calls: hour.calls,
        cost: hour.cost.to_f64(),
        cost_exact: hour.cost,
        stands_out: spikes.contains(hour),
    };
    json::text(&Document {
        head: Head::new(study, window, zone),
        hours: study.hours.iter().map(hour).collect(),
        sessions: study.dearest.iter().map(session_row).collect(),
        findings: study.kinds.iter().map(FindingRow::of_kind).collect(),
    })
}

fn session_row(session: &SessionStudy) -> SessionRow<'_> {
    SessionRow {
        session_id: &session.id,
        project_path: &session.project,
        first_activity: session.first,
        last_activity: session.last,
        calls: session.calls,
        cost: session.cost.to_f64(),
        cost_exact: session.cost,
        unlisted_cost: session.unlisted.to_f64(),
        unlisted_cost_exact: session.unlisted,
        estimated_cost: session.estimated.to_f64(),
        estimated_cost_exact: session.estimated,
        peak_context_tokens: session.peak_context,
        saving: session.saving.to_f64(),
        saving_exact: session.saving,
        findings: session.findings.iter().map(FindingRow::of).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_stand_out_against_the_middle_one() {
        let hour = |number: i64, cents: i128| Hour {
            start: Time(number * 3_600_000),
            cost: Money(PER_USD / 100 * cents),
            calls: 1,
        };
        let even: Vec<Hour> = (0..8).map(|number| hour(number, 10)).collect();
        assert!(spikes(&even).is_empty());
        let with = |cents| [even.clone(), vec![hour(9, cents)]].concat();
        assert!(spikes(&with(29)).is_empty());
        assert_eq!(spikes(&with(30)), [hour(9, 30)]);
        assert!(spikes(&with(300)[6..]).is_empty(), "three hours have no middle");
    }

    #[test]
    fn periods_in_words() {
        let utc = Zone::utc();
        let at = Time(1_795_521_600_000);
        let window = |start, end| period(Window { start, end }, &utc);
        assert_eq!(window(Time::MIN, Time::MAX), "all of the ledger (UTC)");
        assert_eq!(window(at, Time::MAX), "Tue 24 Nov 12:00 to now (UTC)");
        assert_eq!(window(Time::MIN, at), "until Tue 24 Nov 12:00 (UTC)");
    }
}
