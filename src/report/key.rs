//! What the lines of a report are put together by, and how a line's group is found and named. Sums are `sum`'s, reading
//! and merging `fold`'s.

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, NaiveDate, Timelike};

use super::UNLISTED;
use crate::base::time::{Time, Window, Zone};
use crate::base::words::{Word, word};
use crate::ledger::entries::Entry;
use crate::model::limit::Calendar;

/// What lines are put together by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    Day,
    Week,
    Month,
    /// Of the day, 00 to 23, in the reader's zone.
    Hour,
    Session,
    Project,
    Model,
    Feature,
    /// The first tool the model asked for.
    Tool,
    /// The kind of subagent.
    Agent,
    Branch,
    User,
    Provider,
}

impl By {
    /// Are the groups spans of time, one after the other?
    pub fn is_period(self) -> bool {
        matches!(self, By::Day | By::Week | By::Month)
    }
}

/// The group of calls that have no tool, agent or branch.
pub const NO_TOOL: &str = "(no tool)";
pub const MAIN_THREAD: &str = "(main conversation)";
pub const NO_BRANCH: &str = "(no branch)";
const UNNAMED_AGENT: &str = "(unnamed subagent)";

/// What such a group is called in the language of a table; documents have its name.
pub(super) fn word_for(by: By, name: &str) -> Option<Word> {
    match (by, name) {
        (By::Tool, NO_TOOL) => Some(word!("no-tool")),
        (By::Agent, MAIN_THREAD) => Some(word!("main-conversation")),
        (By::Agent, UNNAMED_AGENT) => Some(word!("unnamed-subagent")),
        (By::Branch, NO_BRANCH) => Some(word!("no-branch")),
        _ => None,
    }
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

    /// The period a time falls into.
    pub fn window(&self, by: By, time: Time) -> Window {
        let day = self.zone.day(time);
        match by {
            By::Week => Window::week(&self.zone, day, self.week_start),
            By::Month => Window::month(&self.zone, day, self.billing_day),
            _ => Window::day(&self.zone, day),
        }
    }

    /// What a period is called: its first day, or its month.
    pub fn name(&self, by: By, window: Window) -> String {
        let day = self.zone.day(window.start);
        match by {
            By::Month => format!("{:04}-{:02}", day.year(), day.month()),
            _ => day.to_string(),
        }
    }

    pub fn days(&self, window: Window) -> (NaiveDate, NaiveDate) {
        (self.zone.day(window.start), self.zone.day(window.end))
    }
}

/// Finds the group of a line among those met before. Numbers count up in the order of meeting.
#[derive(Debug)]
pub(super) struct Finder<'c> {
    by: By,
    cut: &'c Cut,
    names: HashMap<String, usize>,
    /// Where a period's group is, by its start, with its end. Finding out the period of an instant asks the zone's rules;
    /// a line nearly always falls into a period that is known already.
    periods: BTreeMap<Time, (Time, usize)>,
    /// Quarters of an hour with the hour of the day they fall into: no zone changes within one.
    quarters: HashMap<i64, usize>,
    count: usize,
}

/// A group that was not met before.
pub(super) struct Fresh {
    pub(super) name: String,
    pub(super) days: Option<(NaiveDate, NaiveDate)>,
}

impl<'c> Finder<'c> {
    pub(super) fn new(by: By, cut: &'c Cut) -> Self {
        Self { by, cut, names: HashMap::new(), periods: BTreeMap::new(), quarters: HashMap::new(), count: 0 }
    }

    /// The number of the line's group, and the group when it is a new one. `model` is the name the line's model is
    /// shown under.
    pub(super) fn find(&mut self, entry: &Entry<'_>, model: &str) -> (usize, Option<Fresh>) {
        let name = match self.by {
            By::Day | By::Week | By::Month => return self.period(entry.time),
            By::Hour => return self.hour(entry.time),
            By::Session => entry.session,
            By::Project => entry.project,
            By::Model => model,
            By::Feature => entry.feature,
            By::User => entry.user,
            By::Provider => entry.provider.name(),
            By::Tool | By::Agent if entry.is_unlisted => UNLISTED,
            By::Tool => entry.tools.first().map_or(NO_TOOL, |tool| tool),
            By::Agent if !entry.agent.is_empty() => entry.agent,
            By::Agent if !entry.agent_id.is_empty() => UNNAMED_AGENT,
            By::Agent => MAIN_THREAD,
            By::Branch if entry.branch.is_empty() => NO_BRANCH,
            By::Branch => entry.branch,
        };
        self.named(name)
    }

    pub(super) fn named(&mut self, name: &str) -> (usize, Option<Fresh>) {
        if let Some(at) = self.names.get(name) {
            return (*at, None);
        }
        let at = self.next();
        self.names.insert(name.to_string(), at);
        (at, Some(Fresh { name: name.to_string(), days: None }))
    }

    fn next(&mut self) -> usize {
        self.count += 1;
        self.count - 1
    }

    fn period(&mut self, time: Time) -> (usize, Option<Fresh>) {
        if let Some((_, (end, at))) = self.periods.range(..=time).next_back()
            && time < *end
        {
            return (*at, None);
        }
        let window = self.cut.window(self.by, time);
        let at = self.next();
        self.periods.insert(window.start, (window.end, at));
        let fresh = Fresh { name: self.cut.name(self.by, window), days: Some(self.cut.days(window)) };
        (at, Some(fresh))
    }

    fn hour(&mut self, time: Time) -> (usize, Option<Fresh>) {
        let quarter = time.0.div_euclid(900_000);
        if let Some(at) = self.quarters.get(&quarter) {
            return (*at, None);
        }
        let hour = self.cut.zone.civil(time).hour();
        let (at, fresh) = self.named(&format!("{hour:02}"));
        self.quarters.insert(quarter, at);
        (at, fresh)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::words::Language;

    #[test]
    fn in_english_a_group_is_called_what_documents_call_it() {
        for (by, name) in [
            (By::Tool, NO_TOOL),
            (By::Agent, MAIN_THREAD),
            (By::Agent, UNNAMED_AGENT),
            (By::Branch, NO_BRANCH),
        ] {
            assert_eq!(word_for(by, name).map(|word| Language::English.word(word)), Some(name));
        }
        assert_eq!(word_for(By::Project, NO_BRANCH), None);
    }
}
