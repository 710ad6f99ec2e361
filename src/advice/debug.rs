//! The answer of `debug`: totals, the hours that stand out, and the dearest sessions with what made them so.

use std::collections::BTreeSet;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::finding::{Certainty, Finding, Kind, Strategy};
use super::page::{Label, Page};
use super::study::{Hour, SessionStudy, Study};
use super::words::{evidence, found, number, sentence, told, words};
use crate::base::money::{Money, PER_USD};
use crate::base::time::{Time, Window, Zone};
use crate::base::width::shown;
use crate::base::words::{Language, Reader, say, word};
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
pub(super) fn period(window: Window, Reader { zone, language }: Reader<'_>) -> String {
    let start = (window.start > Time::MIN).then(|| language.moment(window.start, zone));
    let end = (window.end < Time::MAX).then(|| language.moment(window.end, zone));
    let zone = shown(zone.name(), PROJECT_WIDTH);
    match (start, end) {
        (None, None) => say!(language, "advice-period-all", zone = zone),
        (None, Some(end)) => say!(language, "advice-period-until", end = end, zone = zone),
        (Some(start), None) => say!(language, "advice-period-since", start = start, zone = zone),
        (Some(start), Some(end)) => say!(language, "advice-period", start = start, end = end, zone = zone),
    }
}

/// An amount, with a `~` before it when part of it is an estimate.
fn marked(amount: Money, estimated: Money) -> String {
    let mark = if estimated == Money::ZERO { "" } else { "~" };
    format!("{mark}{}", amount.show())
}

/// The head that both answers have.
pub(super) fn head(page: &mut Page, study: &Study, window: Window, reader: Reader<'_>) {
    let language = reader.language;
    let total = &study.total;
    page.title(say!(
        language,
        "advice-title",
        cost = marked(total.cost, total.estimated),
        calls = number(total.calls),
        sessions = number(study.sessions)
    ));
    let mut about = vec![period(window, reader)];
    if total.unlisted != Money::ZERO {
        about.push(say!(language, "advice-unlisted-of-it", amount = total.unlisted.show()));
    }
    if total.estimated != Money::ZERO {
        about.push(say!(language, "advice-estimate-of-it", amount = total.estimated.show()));
    }
    page.words(language.facts(&about));
    if !study.bad.is_empty() {
        page.words(say!(language, "advice-unreadable", lines = number(study.bad.len() as u64)));
    }
}

pub(super) fn together(study: &Study, language: Language) -> String {
    let share = share(study.saving, study.total.cost);
    say!(language, "findings-together", saving = study.saving.show(), share = share)
}

pub fn page(study: &Study, window: Window, reader: Reader<'_>) -> Page {
    let Reader { zone, language } = reader;
    let mut page = Page::new(language);
    head(&mut page, study, window, reader);
    let total = study.total.cost;
    let found_something =
        study.dearest.iter().any(|session| session.findings.iter().any(|f| matters(f, session.cost)));
    if study.saving.is_positive() && found_something {
        page.words(together(study, language));
    }
    let spikes = spikes(&study.hours);
    if !spikes.is_empty() {
        let row = |hour: &Hour| {
            let moment = language.moment(hour.start, zone);
            vec![moment, hour.cost.show(), share(hour.cost, total), grouped(hour.calls)]
        };
        page.table(
            &[word!("heading-hour"), word!("heading-cost"), word!("heading-share"), word!("heading-calls")],
            1,
            spikes.iter().take(SPIKES_SHOWN).map(row).collect(),
        );
    }
    let mut told_of = BTreeSet::new();
    for (at, session) in study.dearest.iter().enumerate() {
        one(&mut page, at + 1, session, total, reader, &mut told_of);
    }
    let rest = study.sessions.saturating_sub(study.dearest.len() as u64);
    if rest > 0 {
        let told: Money = study.dearest.iter().map(|session| session.cost).sum();
        let cost = (total - told).show();
        page.heading(say!(language, "debug-more-sessions", sessions = number(rest), cost = cost));
    }
    if !found_something && spikes.is_empty() {
        page.heading(language.word(word!("debug-nothing")));
    }
    page
}

/// One session. What is the same about every finding of a kind is said once on the page.
fn one(
    page: &mut Page,
    place: usize,
    session: &SessionStudy,
    total: Money,
    reader: Reader<'_>,
    told_of: &mut BTreeSet<Kind>,
) {
    let Reader { zone, language } = reader;
    page.heading(say!(
        language,
        "debug-session",
        number = place,
        cost = marked(session.cost, session.estimated),
        share = share(session.cost, total),
        session = shown(&session.id, SESSION_WIDTH)
    ));
    page.item(
        Label::Nothing,
        say!(
            language,
            "debug-session-calls",
            calls = number(session.calls),
            span = language.span(session.last.since(session.first)),
            start = language.moment(session.first, zone),
            tokens = number(session.peak_context)
        ),
    );
    page.names(Label::Word(word!("heading-project")), shown(&session.project, PROJECT_WIDTH * 2));
    let findings: Vec<&Finding> =
        session.findings.iter().filter(|finding| matters(finding, session.cost)).collect();
    let why = Label::Word(word!("finding-label-why"));
    if findings.is_empty() {
        page.item(why, language.word(word!("debug-session-plain")));
        return;
    }
    let cause = |finding: &&Finding| language.word(words(finding.kind).cause).to_string();
    page.item(why, language.facts(&findings.iter().take(2).map(cause).collect::<Vec<_>>()));
    for finding in findings.iter().take(FINDINGS_SHOWN) {
        let about = words(finding.kind);
        page.item(Label::Point, told(finding, session.cost, language));
        let remedy = Label::Word(word!("finding-label-do"));
        if told_of.insert(finding.kind) {
            page.detail(Label::Word(word!("finding-label-computed")), sentence(about.computed, language));
            let reason = about.certainty.reason();
            page.detail(Label::Word(word!("finding-label-sure")), sentence(reason, language));
            page.detail(remedy, sentence(about.remedy, language));
        } else {
            let advice = language.word(about.advice);
            page.detail(remedy, say!(language, "finding-as-above", advice = advice));
        }
        let calls = say!(
            language,
            "finding-rests-on",
            calls = number(finding.calls),
            cost = finding.cost.show(),
            first = language.moment(finding.first, zone),
            last = language.moment(finding.last, zone),
            ids = listed(finding, language)
        );
        page.detail_names(Label::Word(word!("finding-label-rests-on")), calls);
    }
    let more = findings.len().saturating_sub(FINDINGS_SHOWN);
    if more > 0 {
        page.item(Label::Nothing, say!(language, "debug-more-findings", findings = number(more as u64)));
    }
}

/// The first ids, and whether there are more.
pub(super) fn listed(finding: &Finding, language: Language) -> String {
    // The message's part is enough to find a call by, and half as long.
    let short = |id: &str| match id.split_once(':') {
        Some((message, _)) if message.starts_with("msg_") => shown(message, SESSION_WIDTH),
        _ => shown(id, SESSION_WIDTH),
    };
    let more = ((finding.ids.len() as u64) < finding.calls).then(|| "...".to_string());
    let ids = finding.ids.iter().map(|id| short(id)).chain(more);
    ids.reduce(|ids, id| say!(language, "finding-ids", ids = ids, id = id)).unwrap_or_default()
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

/// What programs are told in words is English, whatever people are told.
pub(super) const FOR_PROGRAMS: Language = Language::English;

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
            cause: FOR_PROGRAMS.word(about.cause),
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
            found: found(finding.kind, &finding.numbers, finding.spent, finding.cost, None, FOR_PROGRAMS),
            computed: FOR_PROGRAMS.word(about.computed),
            remedy: FOR_PROGRAMS.word(about.remedy),
        }
    }

    pub(super) fn of_kind(total: &super::study::KindTotal) -> Self {
        let about = words(total.kind);
        Self {
            kind: total.kind,
            cause: FOR_PROGRAMS.word(about.cause),
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
            found: found(
                total.kind,
                &total.numbers,
                total.spent,
                total.cost,
                Some(total.sessions),
                FOR_PROGRAMS,
            ),
            computed: FOR_PROGRAMS.word(about.computed),
            remedy: FOR_PROGRAMS.word(about.remedy),
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
        let told = |start, end, language| period(Window { start, end }, Reader { zone: &utc, language });
        let window = |start, end| told(start, end, Language::English);
        assert_eq!(window(Time::MIN, Time::MAX), "all of the ledger (UTC)");
        assert_eq!(window(at, Time::MAX), "Tue 24 Nov 12:00 to now (UTC)");
        assert_eq!(window(Time::MIN, at), "until Tue 24 Nov 12:00 (UTC)");
        let window = |start, end| told(start, end, Language::Chinese);
        assert_eq!(window(Time::MIN, Time::MAX), "账本的全部内容（UTC）");
        assert_eq!(window(at, Time::MAX), "11 月 24 日周二 12:00 至今（UTC）");
        assert_eq!(window(Time::MIN, at), "截至 11 月 24 日周二 12:00（UTC）");
        let later = at.plus_ms(3_600_000);
        assert_eq!(window(at, later), "11 月 24 日周二 12:00 至 11 月 24 日周二 13:00（UTC）");
    }
}
