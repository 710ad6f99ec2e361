//! How a watch looks: the screen, the line of a call, and the JSON of both.

use serde::Serialize;

use super::Watch;
use crate::base::money::Money;
use crate::base::time::Time;
use crate::base::width::{columns, left, right, shown};
use crate::base::words::{Language, say, word};
use crate::budget::{self, Standing};
use crate::cli::{blocks, status};
use crate::ledger::entries::Sum;
use crate::report::UNLISTED;
use crate::report::json::{self, Figures, SCHEMA_VERSION};
use crate::report::live::{Call, MINUTES, Session};
use crate::report::table::{calls_in, compact, short};
use crate::ui::bar::{bar, percent};
use crate::ui::chart::sparkline;
use crate::ui::style::{Screen, Tone};

/// More sessions at work than this are counted, not shown.
const SESSIONS: usize = 6;
/// No line of a call is longer, whatever its names are.
const LONGEST: usize = 200;
/// Calls that a snapshot shows.
const CALLS: usize = 10;

/// The picture, at most `height` lines, none wider than the screen.
pub(super) fn frame(watch: &Watch<'_>, out: &Screen, height: usize, now: Time) -> Vec<String> {
    let width = usize::from(out.width);
    let zone = &watch.cut.zone;
    let mut lines = Lines { out, width, lines: Vec::new() };
    let live = &watch.live;
    let language = out.language;
    let seconds = zone.civil(now).format("%S").to_string();
    let clock = say!(language, "clock", moment = language.moment(now, zone), seconds = seconds);
    let has_room = height != usize::MAX && width >= 60;
    let title = if has_room { word!("watch-with-keys") } else { word!("watch") };
    lines.put(Tone::Heading, &two(language.word(title), &clock, width));
    lines.gap();
    let named = |name, words: String| left(language.word(name), 11) + &words;
    for (name, sum) in [
        (word!("today"), &live.today),
        (word!("this-week"), &live.this_week),
        (word!("this-month"), &live.this_month),
    ] {
        lines.plain(&named(name, format!("{:>10}  {}", marked(sum), counted(sum, language))));
    }
    lines.gap();
    lines.bars(&bars(watch, now, language));
    lines.gap();
    let hour = live.last_hour(now);
    let minutes: Vec<f64> = live.by_minute(now).iter().map(|sum| sum.cost.to_f64()).collect();
    // A minute a column, or two where there is no room.
    let each = if width >= MINUTES { 1 } else { 2 };
    let values: Vec<f64> = minutes.chunks(each).map(|some| some.iter().sum()).collect();
    let rate = compact(hour.tokens.total() / MINUTES as u64);
    let rate = say!(language, "tokens-a-minute", tokens = rate);
    lines.plain(&named(word!("last-hour"), format!("{:>10}  {rate}", marked(&hour))));
    lines.put(Tone::Command, &sparkline(out, &values));
    lines.sessions(watch, now);
    let room = height.saturating_sub(lines.lines.len() + 3);
    let most = if height == usize::MAX { CALLS } else { room };
    let calls: Vec<&Call> = live.calls().iter().rev().take(most).collect();
    if !calls.is_empty() {
        lines.gap();
        lines.put(Tone::Heading, language.word(word!("newest-calls")));
        calls.into_iter().for_each(|call| lines.plain(&line(watch, out, call)));
    }
    if let Some(trouble) = &watch.trouble {
        lines.put(Tone::Warning, &say!(language, "newest-calls-missing", error = trouble));
    }
    lines.lines.truncate(height);
    lines.lines
}

/// How much of something is used.
struct Bar {
    name: String,
    tone: Tone,
    ratio: f64,
    words: String,
}

/// The limits, and what the client reported of a subscription's window.
fn bars(watch: &Watch<'_>, now: Time, language: Language) -> Vec<Bar> {
    let limit = |standing: &Standing| Bar {
        name: budget::name(&standing.limit, language).into_owned(),
        tone: status::tone(standing),
        ratio: status::ratio(standing),
        words: say!(language, "part-of", part = standing.spent.show(), whole = standing.allowed().show()),
    };
    let mut bars: Vec<Bar> = watch.standings.iter().map(limit).collect();
    let reported = watch.rate_limits.and_then(|limits| limits.five_hour);
    bars.extend(reported.filter(|used| !used.is_over(now)).map(|used| Bar {
        name: language.word(word!("five-hours")).to_string(),
        tone: blocks::tone(&used),
        ratio: used.percent / 100.0,
        words: say!(language, "of-the-plan", span = language.span(used.resets_at.since(now))),
    }));
    bars
}

struct Lines<'s> {
    out: &'s Screen,
    width: usize,
    lines: Vec<String>,
}

impl Lines<'_> {
    fn put(&mut self, tone: Tone, text: &str) {
        self.lines.push(self.out.paint(tone, cut(self.out, text, self.width)));
    }

    fn plain(&mut self, text: &str) {
        self.lines.push(cut(self.out, text, self.width));
    }

    fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    /// Names, bars that take what room there is, percents and words.
    fn bars(&mut self, bars: &[Bar]) {
        let widest = |text: fn(&Bar) -> &str| bars.iter().map(|bar| columns(text(bar))).max();
        let name = widest(|bar| &bar.name).unwrap_or(0).min(24);
        let words = widest(|bar| &bar.words).unwrap_or(0);
        let room = self.width.saturating_sub(name + words + 10).clamp(6, 20);
        for Bar { name: called, tone, ratio, words } in bars {
            let after = format!(" {:>5}  {words}", percent(*ratio));
            let after = cut(self.out, &after, self.width.saturating_sub(name + 2 + room));
            let drawn = self.out.paint(*tone, bar(self.out, *ratio, room));
            let called = cut(self.out, called, name);
            self.lines.push(format!("{}  {drawn}{after}", left(&called, name)));
        }
    }

    fn sessions(&mut self, watch: &Watch<'_>, now: Time) {
        let sessions = watch.live.sessions(now);
        if sessions.is_empty() {
            return;
        }
        self.gap();
        let language = self.out.language;
        self.put(Tone::Heading, language.word(word!("sessions-of-last-hour")));
        for (id, session, hour) in sessions.iter().take(SESSIONS) {
            let total = watch.totals.get(*id).map(|total| total.show()).unwrap_or_default();
            let text = format!(
                "{}  {:<8}  {total:>9}  {}  {}",
                left(&shown(&last_name(&session.project), 12), 12),
                beginning(id),
                say!(language, "an-hour", amount = right(&hour.show(), 9)),
                say!(language, "ago", span = language.span(now.since(session.last)))
            );
            self.plain(&text);
        }
        if sessions.len() > SESSIONS {
            self.put(Tone::Faint, &say!(language, "and-more", count = sessions.len() - SESSIONS));
        }
    }
}

/// Cut to the width, without Unicode where the screen has none.
fn cut(out: &Screen, text: &str, width: usize) -> String {
    let short = shown(text, width);
    if out.unicode { short } else { short.replace('…', "~") }
}

fn two(left: &str, right: &str, width: usize) -> String {
    let gap = width.min(80).saturating_sub(columns(left) + columns(right)).max(2);
    format!("{left}{:gap$}{right}", "")
}

fn marked(sum: &Sum) -> String {
    format!("{}{}", if sum.estimated == Money::ZERO { "" } else { "~" }, sum.cost.show())
}

fn counted(sum: &Sum, language: Language) -> String {
    let calls = calls_in(sum.calls, language);
    match sum.unlisted {
        Money::ZERO => calls,
        unlisted => say!(language, "calls-and-unlisted", calls = calls, unlisted = unlisted.show()),
    }
}

/// Enough of a session's id to ask for it.
fn beginning(id: &str) -> String {
    shown(&id.chars().take(8).collect::<String>(), 8)
}

fn last_name(folder: &str) -> String {
    folder.rsplit(['/', '\\']).next().unwrap_or_default().to_string()
}

/// One call: when, how much, and what for.
pub(super) fn line(watch: &Watch<'_>, out: &Screen, call: &Call) -> String {
    let zone = &watch.cut.zone;
    let (language, civil) = (out.language, zone.civil(call.time));
    let time = match zone.day(call.time) == zone.day(watch.shop.world.now()) {
        true => civil.format("%H:%M:%S").to_string(),
        false => language.date(civil.date()),
    };
    // As wide as a day can be.
    let room = match language {
        Language::English => 8,
        Language::Chinese => 11,
    };
    let model = call.model.as_deref().map_or(UNLISTED.to_string(), short);
    let text = format!(
        "{}  {:>8}  {}  {:<14}  {}",
        left(&time, room),
        marked(&call.sum),
        left(&shown(&last_name(&call.project), 12), 12),
        shown(&model, 14),
        call.feature
    );
    cut(out, &text, LONGEST)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CallRow<'a> {
    time: Time,
    session_id: &'a str,
    project_path: &'a str,
    model: Option<&'a str>,
    feature: &'a str,
    unlisted: bool,
    total_tokens: u64,
    cost: f64,
    cost_exact: Money,
    estimated: bool,
}

impl<'a> From<&'a Call> for CallRow<'a> {
    fn from(call: &'a Call) -> Self {
        Self {
            time: call.time,
            session_id: &call.session,
            project_path: &call.project,
            model: call.model.as_deref(),
            feature: &call.feature,
            unlisted: call.sum.calls == 0,
            total_tokens: call.sum.tokens.total(),
            cost: call.sum.cost.to_f64(),
            cost_exact: call.sum.cost,
            estimated: call.sum.estimated != Money::ZERO,
        }
    }
}

/// The same as one line of JSON.
pub(super) fn json_line(call: &Call) -> String {
    // Strings and finite numbers: nothing here can fail.
    serde_json::to_string(&CallRow::from(call)).unwrap_or_default() + "\n"
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionRow<'a> {
    session_id: &'a str,
    project_path: &'a str,
    last_activity: Time,
    /// Null when it could not be asked for.
    cost: Option<f64>,
    cost_exact: Option<Money>,
    last_hour: f64,
    last_hour_exact: Money,
}

/// How things stand.
pub(super) fn document(watch: &Watch<'_>, now: Time) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        timezone: &'a str,
        time: Time,
        today: Figures,
        week: Figures,
        month: Figures,
        last_hour: Figures,
        minutes: Vec<f64>,
        limits: Vec<status::LimitRow<'a>>,
        sessions: Vec<SessionRow<'a>>,
        calls: Vec<CallRow<'a>>,
    }
    let live = &watch.live;
    let row = |(id, session, hour): &(&'_ str, &'_ Session, Money)| {
        let cost = watch.totals.get(*id).copied();
        (id.to_string(), session.project.clone(), session.last, cost, *hour)
    };
    let sessions: Vec<_> = live.sessions(now).iter().map(row).collect();
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        timezone: watch.cut.zone.name(),
        time: now,
        today: Figures::from(&live.today),
        week: Figures::from(&live.this_week),
        month: Figures::from(&live.this_month),
        last_hour: Figures::from(&live.last_hour(now)),
        minutes: live.by_minute(now).iter().map(|sum| sum.cost.to_f64()).collect(),
        limits: watch
            .standings
            .iter()
            .map(|standing| status::LimitRow::new(standing, &watch.setup.system))
            .collect(),
        sessions: sessions
            .iter()
            .map(|(id, project, last, cost, hour)| SessionRow {
                session_id: id,
                project_path: project,
                last_activity: *last,
                cost: cost.map(Money::to_f64),
                cost_exact: *cost,
                last_hour: hour.to_f64(),
                last_hour_exact: *hour,
            })
            .collect(),
        calls: live.calls().iter().rev().take(CALLS).map(CallRow::from).collect(),
    })
}
