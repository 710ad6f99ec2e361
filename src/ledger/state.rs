//! What the checkpoint remembers of sessions and transcript files. Data only; `book` decides what it means.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::money::Money;
use crate::base::time::Time;
use crate::model::entry::Birth;
use crate::model::provider::Provider;
use crate::model::usage::Tokens;

/// How many processes of a session are remembered.
const PROCESSES: usize = 16;

/// What is known of one session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    pub project: String,
    pub user: String,
    pub provider: Option<Provider>,
    pub region: Option<String>,
    pub branch: Option<String>,
    /// Version of the client, as its lines or the status line name it.
    pub client: Option<String>,
    pub first: Option<Time>,
    pub last: Option<Time>,
    /// Calls this session made (not those it repeats from others), and what the ledger holds for them.
    pub calls: u64,
    pub tokens: Tokens,
    pub cost: Money,
    /// Part of `cost` whose price is not certain.
    pub estimated: Money,
    /// Part of `cost` that was booked as unlisted, in the bill's terms.
    pub unlisted_cost: Money,
    /// The highest number an unlisted line of it has.
    pub unlisted_lines: u32,
    /// All calls that occur in this session's files, own and repeated, in the client's terms, by canonical model.
    pub known: BTreeMap<String, Known>,
    /// The session this one was forked from.
    pub parent: Option<String>,
    pub children: Vec<String>,
    /// The runs of the client on this session, oldest first; the oldest ones are forgotten in time.
    pub processes: Vec<Process>,
    /// What came before the first of them.
    pub early: Early,
    /// There were processes before the first one that is remembered.
    pub forgotten: bool,
    /// The client's total was below the calls known, or jumped: how often, for `doctor`.
    pub odd_totals: u32,
    /// Recent calls, newest last: what the estimate of the next one rests on.
    pub recent: Vec<Recent>,
    /// The model the client named last for the main thread, and when: a call made since says it better.
    pub model: Option<(Time, String)>,
    /// Calls that hooks let go ahead and whose lines have not come. Kept where a limit stops ahead of a call.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub under_way: Vec<UnderWay>,
}

/// A run of the client on a session. Its total starts from the one saved before it began (0 when there is none), so
/// only what came since can be compared: growth of the total against calls made since. Each process is an account of
/// its own; calls and unlisted lines belong to it by their time, whenever they are read. In the client's terms.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Process {
    pub started: Time,
    pub birth: Birth,
    /// A hook told of it: it has a line in the ledger, restated so often.
    pub line: Option<u32>,
    /// We saw it start, and no total of it since: the next one is the first it shows.
    pub fresh: bool,
    /// Met in mid-life: when it started is only guessed.
    pub guessed: bool,
    /// The client's total at the start; None while that is not known.
    pub base: Option<Money>,
    /// Nothing better was to be had for `base` than what its calls leave of its total.
    pub base_guessed: bool,
    /// Known calls it made.
    pub calls: Money,
    /// Booked as unlisted while it ran.
    pub unlisted: Money,
    /// The client's total as seen last but not yet settled, and the newest sight of it.
    pub settling: Option<Sight>,
    pub latest: Option<Sight>,
    /// The total it wrote into the transcript last, and when at the earliest: what its successors and forks start from.
    pub saved: Option<(Time, Money)>,
}

/// What came before the first process known, in the client's terms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Early {
    pub calls: Money,
    pub unlisted: Money,
    /// Part of `calls` that the session's own files repeat from others'.
    pub repeated: Money,
}

/// Sums in the client's terms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Known {
    pub tokens: Tokens,
    pub searches: u64,
    pub cost: Money,
}

/// One sight of the client's running total.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sight {
    pub total: Money,
    pub time: Time,
    /// Calls of the process known that were made before `time`; grows when late lines of that time turn up.
    pub known: Money,
}

/// One recent call of the session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Recent {
    pub time: Time,
    pub model: String,
    pub agent: Option<String>,
    pub tokens: Tokens,
    pub cost: Money,
    /// Fingerprint of the call's id, so that a grown call replaces itself.
    pub key: i64,
}

/// A call that was let go ahead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnderWay {
    pub thread: Thread,
    /// When the hook let it go.
    pub since: Time,
    /// Its thread went on after it, so that its line is about to come.
    pub over: Option<Time>,
    /// What it is expected to cost.
    pub cost: Money,
}

/// Who makes a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Thread {
    Main,
    /// A subagent, by its id.
    Agent(String),
    /// One that is about to start, by the id of the tool that starts it: it has no other yet.
    Starting(String),
}

impl Session {
    /// A call has its line: it is not under way any more.
    pub fn landed(&mut self, agent: Option<&str>, time: Time) {
        let Some(agent) = agent else {
            self.under_way.retain(|call| call.thread != Thread::Main || call.since > time);
            return;
        };
        let before = self.under_way.len();
        let is_its = |call: &UnderWay| matches!(&call.thread, Thread::Agent(id) if id == agent);
        self.under_way.retain(|call| !is_its(call) || call.since > time);
        if self.under_way.len() == before {
            // Its first one: which of the agents that were about to start it is, nothing says.
            let is_first = |call: &UnderWay| matches!(call.thread, Thread::Starting(_)) && call.since <= time;
            if let Some(first) = self.under_way.iter().position(is_first) {
                self.under_way.remove(first);
            }
        }
    }

    /// The model the next call of a thread goes to: the thread's last one, unless the client named another since.
    pub fn next_model(&self, agent: Option<&str>) -> Option<&str> {
        let last = self.recent.iter().rev().find(|call| call.agent.as_deref() == agent);
        let named = self.model.as_ref().filter(|_| agent.is_none());
        let newer = named.filter(|(time, _)| last.is_none_or(|call| *time > call.time));
        newer.map(|(_, model)| model.as_str()).or_else(|| last.map(|call| call.model.as_str()))
    }

    /// The client names the main thread's model.
    pub fn hear_model(&mut self, time: Time, model: &str) {
        if self.next_model(None) != Some(model) {
            self.model = Some((time, model.to_string()));
        }
    }

    /// Sum of all known calls, client's terms.
    pub fn known_total(&self) -> Money {
        self.known.values().map(|known| known.cost).sum()
    }

    /// Counts a call that occurs in this session's files, or what it grew by. `own`: this session made it.
    pub fn learn(&mut self, time: Time, model: &str, grown: Known, own: bool) {
        let known = match self.known.get_mut(model) {
            Some(known) => known,
            None => self.known.entry(model.to_string()).or_default(),
        };
        known.tokens = known.tokens.plus(&grown.tokens);
        known.searches += grown.searches;
        known.cost += grown.cost;
        if let Some(first) = self.processes.first_mut()
            && first.guessed
            && own
        {
            first.started = first.started.min(time);
        }
        let Some(at) = self.process_at(time) else {
            self.early.calls += grown.cost;
            if !own {
                self.early.repeated += grown.cost;
            }
            return;
        };
        let process = &mut self.processes[at];
        process.calls += grown.cost;
        for sight in [&mut process.settling, &mut process.latest].into_iter().flatten() {
            if time <= sight.time {
                sight.known += grown.cost;
            }
        }
    }

    /// The process that ran at a time.
    pub fn process_at(&self, time: Time) -> Option<usize> {
        self.processes.iter().rposition(|process| process.started <= time)
    }

    /// When a process ended at the latest.
    pub fn end_of(&self, at: usize) -> Time {
        self.processes.get(at + 1).map_or(Time::MAX, |next| next.started)
    }

    /// The total a process that began at `time` went on from, if anything is known of one.
    pub fn saved_before(&self, time: Time) -> Option<Money> {
        let earlier = self.processes.iter().filter(|process| process.started <= time).rev();
        let saved = earlier.filter_map(|process| process.saved).find(|(saved, _)| *saved <= time);
        let oldest = self.processes.first().filter(|oldest| oldest.birth == Birth::Resume);
        saved.map(|(_, total)| total).or_else(|| {
            // What the oldest one that is remembered went on from was saved before it.
            oldest.filter(|oldest| oldest.started <= time).and_then(|oldest| oldest.base)
        })
    }

    /// Puts a process in its place, and forgets the oldest when there are many.
    pub fn add_process(&mut self, process: Process) {
        let at = self.processes.partition_point(|other| other.started <= process.started);
        self.processes.insert(at, process);
        if self.processes.len() > PROCESSES {
            let mut oldest = self.processes.remove(0);
            self.early.calls += oldest.calls;
            self.early.unlisted += oldest.unlisted;
            self.forgotten = true;
            // What it saved is what the next one went on from.
            let saved = oldest.saved.take().map(|(_, total)| total).or(oldest.base);
            let next = &mut self.processes[0];
            next.base = next.base.or(saved);
            next.birth = Birth::Resume;
        }
    }

    pub fn saw(&mut self, time: Time) {
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
    }
}

/// What is known of one transcript file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileState {
    /// Identity on disk, to notice a file that was replaced.
    pub inode: u64,
    /// Everything before this offset has been read; it is the start of a line.
    pub read: u64,
    /// Fingerprint of the bytes just before `read`.
    pub tail: i64,
    /// Size and time when last looked at; equal means nothing new.
    pub size: u64,
    pub changed: i64,
    pub session: String,
    /// Set for subagent files.
    pub agent_id: Option<String>,
    pub agent: Option<String>,
    /// The session's start folder: the first one a line names.
    pub project: Option<String>,
    /// Carried from the lines before the next call.
    pub prompt_id: Option<String>,
    pub result_bytes: u64,
    pub retries: u32,
    pub last_time: Option<Time>,
    /// Ids of the newest tool requests read, newest last.
    pub tool_ids: Vec<String>,
    /// For main files: when the folder of subagents changed last.
    pub subagents_changed: i64,
    /// When the file last had something new.
    pub grown: Time,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newer_of_call_and_word_says_which_model_comes_next() {
        let call = |at: i64, agent: Option<&str>, model: &str| Recent {
            time: Time(at),
            model: model.into(),
            agent: agent.map(str::to_string),
            ..Recent::default()
        };
        let mut session = Session::default();
        assert_eq!(session.next_model(None), None);
        session.hear_model(Time(1), "opus");
        assert_eq!((session.next_model(None), session.next_model(Some("a"))), (Some("opus"), None));
        session.recent = vec![call(2, None, "sonnet"), call(3, Some("a"), "haiku")];
        assert_eq!(
            (session.next_model(None), session.next_model(Some("a"))),
            (Some("sonnet"), Some("haiku"))
        );
        session.hear_model(Time(4), "opus");
        assert_eq!((session.next_model(None), session.next_model(Some("a"))), (Some("opus"), Some("haiku")));
    }
}
