//! One pass over the ledger into groups, and in each the models: what every report is made of. On all cores, each with
//! groups of its own, joined at the end; sums do not care for the order.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::UNLISTED;
pub use super::key::{By, Cut};
use super::key::{Finder, Fresh};
use super::query::{Query, Wanted};
use crate::base::error::{Error, Result};
use crate::base::time::{Time, Window};
use crate::ledger::Ledger;
pub use crate::ledger::entries::Sum;
use crate::ledger::entries::{self, Entry};
use crate::ledger::scan::Bad;
use crate::model::model_id::canonical;

/// One row of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// `2026-11-24`, `2026-11`, a session's id, a feature: what the lines have in common.
    pub name: String,
    /// The first and, one past it, the last day; None for what is no span of time.
    pub days: Option<(NaiveDate, NaiveDate)>,
    pub sum: Sum,
    /// By canonical id, and `unlisted` for money without a model.
    pub models: BTreeMap<String, Sum>,
    /// Of the newest line; only where lines are put together by session.
    pub project: String,
    pub first: Time,
    pub last: Time,
    /// How many rows this one stands for, where it is those that are not shown.
    pub others: Option<usize>,
}

impl Group {
    fn new(fresh: Fresh, time: Time) -> Self {
        Self {
            name: fresh.name,
            days: fresh.days,
            sum: Sum::default(),
            models: BTreeMap::new(),
            project: String::new(),
            first: time,
            last: time,
            others: None,
        }
    }

    fn add(&mut self, entry: &Entry<'_>, model: &str, with_project: bool) {
        self.sum.add(entry);
        match self.models.get_mut(model) {
            Some(sum) => sum.add(entry),
            None => self.models.entry(model.to_string()).or_default().add(entry),
        }
        self.first = self.first.min(entry.time);
        // Of two lines of one instant any project would do, but it has to be the same one every time.
        if (entry.time, entry.project) > (self.last, &self.project) && with_project {
            self.project = entry.project.to_string();
        }
        self.last = self.last.max(entry.time);
    }

    fn join(&mut self, other: &Group) {
        self.sum.join(&other.sum);
        for (name, sum) in &other.models {
            self.models.entry(name.clone()).or_default().join(sum);
        }
        self.first = self.first.min(other.first);
        if (other.last, &other.project) > (self.last, &self.project) {
            self.project = other.project.clone();
        }
        self.last = self.last.max(other.last);
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
    /// Periods in the order of time, sessions by their last line, everything else by cost, dearest first.
    pub groups: Vec<Group>,
    pub total: Group,
    /// Lines that could not be read and are in no sum.
    pub bad: Vec<Bad>,
}

/// In which order rows stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Of time, or where that says nothing of names.
    Time,
    Name,
    /// Dearest first.
    Cost,
    /// Most first.
    Tokens,
    /// Most first.
    Calls,
}

impl Folded {
    /// Rows in another order, and only the first `top` of them; what the others come to stands in one row, so that the
    /// rows still add up to the total.
    pub fn arrange(&mut self, order: Option<Order>, top: Option<usize>) {
        let by_name = |a: &Group, b: &Group| a.name.cmp(&b.name);
        match order {
            None => {}
            Some(Order::Time) => {
                self.groups.sort_by(|a, b| a.first.cmp(&b.first).then_with(|| by_name(a, b)))
            }
            Some(Order::Name) => self.groups.sort_by(by_name),
            Some(Order::Cost) => {
                self.groups.sort_by(|a, b| b.sum.cost.cmp(&a.sum.cost).then_with(|| by_name(a, b)));
            }
            Some(Order::Tokens) => {
                let tokens = |group: &Group| group.sum.tokens.total();
                self.groups.sort_by(|a, b| tokens(b).cmp(&tokens(a)).then_with(|| by_name(a, b)));
            }
            Some(Order::Calls) => {
                self.groups.sort_by(|a, b| b.sum.calls.cmp(&a.sum.calls).then_with(|| by_name(a, b)));
            }
        }
        let Some(top) = top.filter(|top| *top < self.groups.len()) else { return };
        let rest = self.groups.split_off(top);
        let fresh = Fresh { name: format!("({} more)", rest.len()), days: None };
        let mut others = Group { last: Time::MIN, others: Some(rest.len()), ..Group::new(fresh, Time::MAX) };
        for group in rest {
            others.join(&Group { project: String::new(), ..group });
        }
        self.groups.push(others);
    }
}

/// Reads the ledger once.
pub fn fold(ledger: &Ledger, query: &Query, by: By, cut: &Cut) -> Result<Folded> {
    let mut folded = fold_together(ledger, &[(query, by)], cut)?;
    folded.pop().ok_or_else(|| Error::internal("a report came to nothing"))
}

/// Several reports from one reading of the ledger, each with its own query. What cannot be read stands in all of them.
pub fn fold_together(ledger: &Ledger, wanted: &[(&Query, By)], cut: &Cut) -> Result<Vec<Folded>> {
    let starts = wanted.iter().map(|(query, _)| query.window.start);
    let ends = wanted.iter().map(|(query, _)| query.window.end);
    let window = Window { start: starts.min().unwrap_or(Time::MAX), end: ends.max().unwrap_or(Time::MIN) };
    let new = || wanted.iter().map(|(query, by)| Folder::new(query, *by, cut)).collect::<Vec<_>>();
    let (threads, bad) = entries::fold(ledger, window, new, |folders, entry| {
        for folder in folders {
            folder.add(entry);
        }
    })?;
    let mut threads = threads.into_iter();
    let mut whole = threads.next().unwrap_or_else(new);
    for folders in threads {
        whole.iter_mut().zip(folders).for_each(|(whole, folder)| whole.join(folder));
    }
    Ok(whole.into_iter().map(|folder| folder.finish(bad.clone())).collect())
}

struct Folder<'a> {
    by: By,
    wanted: Wanted<'a>,
    finder: Finder<'a>,
    groups: Vec<Group>,
    /// Spellings met, with the name they are shown under.
    names: HashMap<String, String>,
    /// The newest of them: calls of one model come in runs.
    last: Option<(String, String)>,
}

fn empty_total() -> Group {
    let fresh = Fresh { name: "total".to_string(), days: None };
    Group { last: Time::MIN, ..Group::new(fresh, Time::MAX) }
}

impl<'a> Folder<'a> {
    fn new(query: &'a Query, by: By, cut: &'a Cut) -> Self {
        Self {
            by,
            wanted: Wanted::new(query),
            finder: Finder::new(by, cut),
            groups: Vec::new(),
            names: HashMap::new(),
            last: None,
        }
    }

    fn add(&mut self, entry: &Entry<'_>) {
        if !self.wanted.counts(entry) {
            return;
        }
        let name = match entry.model {
            None => UNLISTED,
            Some(spelling) => {
                let same = self.last.take().filter(|(last, _)| last == spelling);
                let (_, name) = self.last.insert(same.unwrap_or_else(|| {
                    let known = self.names.get(spelling).cloned();
                    let name = known.unwrap_or_else(|| canonical(spelling).into_owned());
                    self.names.insert(spelling.to_string(), name.clone());
                    (spelling.to_string(), name)
                }));
                name
            }
        };
        let (at, fresh) = self.finder.find(entry, name);
        if let Some(fresh) = fresh {
            self.groups.push(Group::new(fresh, entry.time));
        }
        self.groups[at].add(entry, name, self.by == By::Session);
    }

    fn join(&mut self, other: Self) {
        let mut known: HashMap<String, usize> =
            self.groups.iter().enumerate().map(|(at, group)| (group.name.clone(), at)).collect();
        for group in other.groups {
            match known.get(&group.name) {
                Some(at) => self.groups[*at].join(&group),
                None => {
                    known.insert(group.name.clone(), self.groups.len());
                    self.groups.push(group);
                }
            }
        }
    }

    fn finish(mut self, bad: Vec<Bad>) -> Folded {
        match self.by {
            By::Day | By::Week | By::Month => self.groups.sort_by_key(|group| group.first),
            By::Hour => self.groups.sort_by(|a, b| a.name.cmp(&b.name)),
            By::Session => self.groups.sort_by(|a, b| a.last.cmp(&b.last).then_with(|| a.name.cmp(&b.name))),
            _ => self.groups.sort_by(|a, b| b.sum.cost.cmp(&a.sum.cost).then_with(|| a.name.cmp(&b.name))),
        }
        let mut total = empty_total();
        self.groups.iter().for_each(|group| total.join(group));
        total.project.clear();
        Folded { by: self.by, groups: self.groups, total, bad }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::base::disk;
    use crate::base::money::Money;
    use crate::base::time::Zone;
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
