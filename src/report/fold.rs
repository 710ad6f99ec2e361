//! One pass over the ledger into sums: by day, week, month or session, and in each by model. The sums are exact:
//! whatever the grouping, they add up to the same total.

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, NaiveDate};

use super::UNLISTED;
use super::query::Query;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::{Time, Window, Zone};
use crate::ledger::Ledger;
use crate::ledger::scan::{self, Bad};
use crate::model::entry::Line;
use crate::model::limit::Calendar;
use crate::model::model_id::canonical;
use crate::model::usage::Tokens;

/// What lines are put together by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Day,
    Week,
    Month,
    Session,
}

/// How the reader cuts time.
#[derive(Debug, Clone)]
pub struct Cut {
    pub zone: Zone,
    /// 0 = Monday.
    pub week_start: u8,
    /// 1 to 31.
    pub billing_day: u8,
}

impl Cut {
    pub fn new(zone: Zone, calendar: &Calendar) -> Self {
        Self { zone, week_start: calendar.week_start, billing_day: calendar.billing_day }
    }

    fn window(&self, by: By, time: Time) -> Window {
        let day = self.zone.day(time);
        match by {
            By::Day => Window::day(&self.zone, day),
            By::Week => Window::week(&self.zone, day, self.week_start),
            By::Month => Window::month(&self.zone, day, self.billing_day),
            By::Session => Window::ALWAYS,
        }
    }

    fn name(&self, by: By, window: Window) -> String {
        let day = self.zone.day(window.start);
        match by {
            By::Month => format!("{:04}-{:02}", day.year(), day.month()),
            _ => day.to_string(),
        }
    }
}

/// Sums of lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    pub calls: u64,
    pub tokens: Tokens,
    pub web_searches: u64,
    /// Everything, `unlisted` and `estimated` included.
    pub cost: Money,
    /// The part no transcript line explains.
    pub unlisted: Money,
    /// The part whose price is not certain.
    pub estimated: Money,
}

impl Sum {
    fn add(&mut self, line: &Line) {
        match line {
            Line::Call(call) => {
                self.calls += 1;
                self.tokens = self.tokens.plus(&call.billed_tokens());
                self.web_searches = self.web_searches.saturating_add(call.web_searches);
                self.cost += call.cost;
                if call.estimated {
                    self.estimated += call.cost;
                }
            }
            Line::Unlisted(line) => {
                self.tokens = self.tokens.plus(&line.tokens);
                self.web_searches = self.web_searches.saturating_add(line.web_searches);
                self.cost += line.cost;
                self.unlisted += line.cost;
                if line.estimated {
                    self.estimated += line.cost;
                }
            }
            Line::Override(_) | Line::Start(_) => {}
        }
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One row of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// `2026-11-24`, `2026-11` or a session's id.
    pub name: String,
    /// The first and, one past it, the last day; None for sessions.
    pub days: Option<(NaiveDate, NaiveDate)>,
    pub sum: Sum,
    /// By canonical id, and `unlisted` for money without a model.
    pub models: BTreeMap<String, Sum>,
    /// Of the newest line.
    pub project: String,
    pub first: Time,
    pub last: Time,
}

impl Group {
    fn new(name: String, days: Option<(NaiveDate, NaiveDate)>, time: Time) -> Self {
        let project = String::new();
        Self { name, days, sum: Sum::default(), models: BTreeMap::new(), project, first: time, last: time }
    }

    fn add(&mut self, line: &Line, model: &str) {
        self.sum.add(line);
        match self.models.get_mut(model) {
            Some(sum) => sum.add(line),
            None => self.models.entry(model.to_string()).or_default().add(line),
        }
        let time = line.time();
        self.first = self.first.min(time);
        if time >= self.last {
            self.last = time;
            if self.days.is_none() {
                let project = project_of(line);
                if self.project != project {
                    self.project = project.to_string();
                }
            }
        }
    }

    /// The models by cost, dearest first.
    pub fn by_cost(&self) -> Vec<(&str, &Sum)> {
        let mut models: Vec<_> = self.models.iter().map(|(name, sum)| (name.as_str(), sum)).collect();
        models.sort_by(|a, b| b.1.cost.cmp(&a.1.cost).then(a.0.cmp(b.0)));
        models
    }
}

/// A whole report.
#[derive(Debug, Clone, PartialEq)]
pub struct Folded {
    pub by: By,
    /// In the order of time; sessions by their last line.
    pub groups: Vec<Group>,
    pub total: Group,
    /// Lines that could not be read and are in no sum.
    pub bad: Vec<Bad>,
}

/// Reads the ledger once.
pub fn fold(ledger: &Ledger, query: &Query, by: By, cut: &Cut) -> Result<Folded> {
    let mut folder = Folder::new(by, cut);
    let bad = scan::each(ledger, query.window, |line| {
        if !matches!(line, Line::Override(_) | Line::Start(_)) && query.counts(&line) {
            folder.add(&line);
        }
    })?;
    Ok(folder.finish(bad))
}

struct Folder<'a> {
    by: By,
    cut: &'a Cut,
    groups: Vec<Group>,
    /// Where a session's group is.
    sessions: HashMap<String, usize>,
    /// Where a period's group is, by its start, with its end. Finding out the period of an instant asks the zone's
    /// rules; a line nearly always falls into a period that is known already.
    periods: BTreeMap<Time, (Time, usize)>,
    /// Spellings met, with the name they are shown under.
    names: HashMap<String, String>,
    total: Group,
}

impl<'a> Folder<'a> {
    fn new(by: By, cut: &'a Cut) -> Self {
        let mut total = Group::new("total".to_string(), None, Time::MAX);
        total.last = Time::MIN;
        Self {
            by,
            cut,
            groups: Vec::new(),
            sessions: HashMap::new(),
            periods: BTreeMap::new(),
            names: HashMap::new(),
            total,
        }
    }

    fn add(&mut self, line: &Line) {
        let at = match self.by {
            By::Session => self.session_of(line),
            _ => self.period_of(line.time()),
        };
        let spelling = match line {
            Line::Call(call) => Some(call.model.as_str()),
            Line::Unlisted(line) => line.model.as_deref(),
            Line::Override(_) | Line::Start(_) => None,
        };
        let name = match spelling {
            None => UNLISTED,
            Some(spelling) => {
                if !self.names.contains_key(spelling) {
                    self.names.insert(spelling.to_string(), canonical(spelling).into_owned());
                }
                &self.names[spelling]
            }
        };
        self.groups[at].add(line, name);
        self.total.add(line, name);
    }

    fn session_of(&mut self, line: &Line) -> usize {
        let id = match line {
            Line::Call(call) => &call.session,
            Line::Unlisted(line) => &line.session,
            Line::Override(_) | Line::Start(_) => return 0,
        };
        if let Some(at) = self.sessions.get(id) {
            return *at;
        }
        self.groups.push(Group::new(id.clone(), None, line.time()));
        self.sessions.insert(id.clone(), self.groups.len() - 1);
        self.groups.len() - 1
    }

    fn period_of(&mut self, time: Time) -> usize {
        if let Some((_, (end, at))) = self.periods.range(..=time).next_back()
            && time < *end
        {
            return *at;
        }
        let window = self.cut.window(self.by, time);
        let days = (self.cut.zone.day(window.start), self.cut.zone.day(window.end));
        self.groups.push(Group::new(self.cut.name(self.by, window), Some(days), time));
        self.periods.insert(window.start, (window.end, self.groups.len() - 1));
        self.groups.len() - 1
    }

    fn finish(mut self, bad: Vec<Bad>) -> Folded {
        match self.by {
            By::Session => self.groups.sort_by(|a, b| a.last.cmp(&b.last).then_with(|| a.name.cmp(&b.name))),
            _ => self.groups.sort_by_key(|group| group.first),
        }
        Folded { by: self.by, groups: self.groups, total: self.total, bad }
    }
}

fn project_of(line: &Line) -> &str {
    match line {
        Line::Call(call) => &call.project,
        Line::Unlisted(line) => &line.project,
        Line::Override(_) | Line::Start(_) => "",
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::base::disk;
    use crate::model::limit::Filter;
    use proptest::prelude::*;
    use std::io::Write;

    /// A ledger of lines; `tempdir` keeps it alive.
    pub(in crate::report) fn ledger(lines: &[String]) -> (tempfile::TempDir, Ledger) {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::at(dir.path());
        disk::create_dir_private(&ledger.folder()).unwrap();
        for line in lines {
            let at = line.find("\"time\":\"").unwrap() + 8;
            let time = Time::parse(&line[at..at + 20]).unwrap();
            let mut file = disk::open_append(&ledger.segment_path(time.utc_month())).unwrap();
            file.write_all(format!("{line}\n").as_bytes()).unwrap();
        }
        (dir, ledger)
    }

    pub(in crate::report) fn call(
        id: &str,
        time: &str,
        session: &str,
        model: &str,
        cost: &str,
        rest: &str,
    ) -> String {
        format!(
            r#"{{"kind":"call","v":1,"id":"{id}","time":"{time}","session":"{session}","project":"/w/{session}","model":"{model}","provider":"anthropic","tokens":{{"input":10,"output":5,"cacheWrite5m":3,"cacheWrite1h":2,"cacheRead":100}},"feature":"chat","user":"u","cost":"{cost}","prices":"p"{rest}}}"#
        )
    }

    pub(in crate::report) fn unlisted(id: &str, time: &str, session: &str, cost: &str, rest: &str) -> String {
        format!(
            r#"{{"kind":"unlisted","v":1,"id":"unlisted:{session}:{id}","time":"{time}","session":"{session}","project":"/w/{session}","provider":"anthropic","user":"u","cost":"{cost}","source":"status-line"{rest}}}"#
        )
    }

    pub(in crate::report) fn cut(zone: &str) -> Cut {
        Cut { zone: Zone::named(zone).unwrap(), week_start: 0, billing_day: 1 }
    }

    fn names(folded: &Folded) -> Vec<&str> {
        folded.groups.iter().map(|group| group.name.as_str()).collect()
    }

    #[test]
    fn days_are_the_readers() {
        let lines = [
            call("a:1", "2026-11-23T22:59:59Z", "s", "claude-opus-5-5", "1", ""),
            call("b:1", "2026-11-23T23:00:00Z", "s", "claude-opus-5-5", "2", ""),
            call("c:1", "2026-12-31T23:30:00Z", "t", "claude-opus-5-5", "4", ""),
        ];
        let (_dir, ledger) = ledger(&lines);
        let all = Query::default();
        let utc = fold(&ledger, &all, By::Day, &cut("UTC")).unwrap();
        assert_eq!(names(&utc), ["2026-11-23", "2026-12-31"]);
        let berlin = fold(&ledger, &all, By::Day, &cut("Europe/Berlin")).unwrap();
        assert_eq!(names(&berlin), ["2026-11-23", "2026-11-24", "2027-01-01"]);
        assert_eq!(names(&fold(&ledger, &all, By::Week, &cut("UTC")).unwrap()), ["2026-11-23", "2026-12-28"]);
        assert_eq!(
            names(&fold(&ledger, &all, By::Month, &cut("Europe/Berlin")).unwrap()),
            ["2026-11", "2027-01"]
        );
        let billing = Cut { billing_day: 24, ..cut("UTC") };
        let months = fold(&ledger, &all, By::Month, &billing).unwrap();
        assert_eq!(names(&months), ["2026-10", "2026-12"]);
        assert_eq!(names(&fold(&ledger, &all, By::Session, &cut("UTC")).unwrap()), ["s", "t"]);
    }

    #[test]
    fn a_line_counts_once_in_its_newest_state() {
        let lines = [
            call("a:1", "2026-11-23T10:00:00Z", "s", "claude-opus-5-5", "1", ""),
            call("a:1", "2026-11-23T10:00:00Z", "s", "claude-opus-5-5", "1.5", r#","rev":1"#),
            unlisted("1", "2026-11-23T11:00:00Z", "s", "0.5", ""),
            unlisted("1", "2026-11-23T11:00:00Z", "s", "0.25", r#","rev":1"#),
        ];
        let (_dir, ledger) = ledger(&lines);
        let folded = fold(&ledger, &Query::default(), By::Day, &cut("UTC")).unwrap();
        let total = &folded.total.sum;
        assert_eq!((total.calls, total.cost.to_string()), (1, "1.75".to_string()));
        assert_eq!(total.unlisted.to_string(), "0.25");
        assert_eq!(folded.total.models[UNLISTED].cost.to_string(), "0.25");
    }

    #[test]
    fn estimates_unlisted_tokens_and_spellings_are_kept_apart_or_together_as_they_should() {
        let lines = [
            call("a:1", "2026-11-23T10:00:00Z", "s", "us.anthropic.claude-opus-5-5", "1", ""),
            call("b:1", "2026-11-23T10:00:01Z", "s", "claude-opus-5-5[1m]", "1", r#","estimated":true"#),
            unlisted(
                "1",
                "2026-11-23T11:00:00Z",
                "s",
                "0.5",
                r#","model":"claude-opus-5-5","tokens":{"output":7}"#,
            ),
        ];
        let (_dir, ledger) = ledger(&lines);
        let folded = fold(&ledger, &Query::default(), By::Session, &cut("UTC")).unwrap();
        let group = &folded.groups[0];
        assert_eq!(group.models.keys().collect::<Vec<_>>(), ["claude-opus-5-5"]);
        assert_eq!(group.sum.estimated.to_string(), "1");
        assert_eq!(group.sum.tokens.output, 17);
        assert_eq!(group.project, "/w/s");
    }

    #[test]
    fn filters_leave_out_what_they_do_not_know() {
        let lines = [
            call("a:1", "2026-11-23T10:00:00Z", "s", "claude-opus-5-5", "1", ""),
            call("b:1", "2026-11-23T10:00:01Z", "t", "claude-haiku-4-5", "2", ""),
            unlisted("1", "2026-11-23T11:00:00Z", "s", "4", ""),
        ];
        let (_dir, ledger) = ledger(&lines);
        let cost =
            |query: &Query| fold(&ledger, query, By::Day, &cut("UTC")).unwrap().total.sum.cost.to_string();
        assert_eq!(cost(&Query::default()), "7");
        assert_eq!(cost(&Query::of_session("s")), "5");
        let model = Filter { model: Some("opus".into()), ..Filter::default() };
        assert_eq!(cost(&Query { filter: model, ..Query::default() }), "1");
        let project = super::super::query::Project::Name("t".into());
        assert_eq!(cost(&Query { project: Some(project), ..Query::default() }), "2");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn every_grouping_adds_up_to_the_ledger(
            lines in prop::collection::vec((0i64..90_000_000_000, 0u8..5, 0u8..4, any::<i64>(), any::<bool>()), 0..40),
        ) {
            let mut texts = Vec::new();
            let mut sum = Money::ZERO;
            for (number, (offset, session, model, units, is_call)) in lines.iter().enumerate() {
                let time = Time(1_790_000_000_000 + offset).to_string();
                let time = format!("{}Z", &time[..19]);
                let cost = Money(i128::from(*units));
                sum += cost;
                let models = ["claude-opus-5-5", "claude-haiku-4-5", "somebody-elses", "us.anthropic.claude-opus-5-5"];
                let (session, number) = (format!("s{session}"), number.to_string());
                texts.push(if *is_call {
                    let model = models[usize::from(*model)];
                    call(&number, &time, &session, model, &cost.to_string(), "")
                } else {
                    unlisted(&number, &time, &session, &cost.to_string(), "")
                });
            }
            let (_dir, ledger) = ledger(&texts);
            for by in [By::Day, By::Week, By::Month, By::Session] {
                let folded = fold(&ledger, &Query::default(), by, &cut("America/Sao_Paulo")).unwrap();
                prop_assert!(folded.bad.is_empty());
                prop_assert_eq!(folded.total.sum.cost, sum);
                prop_assert_eq!(folded.groups.iter().map(|group| group.sum.cost).sum::<Money>(), sum);
                for group in folded.groups.iter().chain([&folded.total]) {
                    prop_assert_eq!(group.models.values().map(|sum| sum.cost).sum::<Money>(), group.sum.cost);
                    let calls: u64 = group.models.values().map(|sum| sum.calls).sum();
                    prop_assert_eq!(calls, group.sum.calls);
                }
            }
        }
    }
}
