//! What the checkpoint remembers of sessions and transcript files. Data only; `book` decides what it means.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::money::Money;
use crate::base::time::Time;
use crate::model::provider::Provider;
use crate::model::usage::Tokens;

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
    /// The same in the client's terms.
    pub unlisted: Money,
    pub unlisted_lines: u32,
    /// All calls that occur in this session's files, own and repeated, in the client's terms, by canonical model.
    pub known: BTreeMap<String, Known>,
    /// Part of `known` that other sessions made and this one's files repeat.
    pub repeated: Money,
    /// The session this one was forked from.
    pub parent: Option<String>,
    pub children: Vec<String>,
    /// The client's process that is at work on the session now.
    pub process: Process,
    /// The client's total as seen last but not yet settled, and the newest sight of it.
    pub settling: Option<Sight>,
    pub latest: Option<Sight>,
    /// Totals the client stated, oldest first, for forks to start from.
    pub totals: Vec<(Time, Money)>,
    /// The client's total was below the calls known, or jumped: how often, for `doctor`.
    pub odd_totals: u32,
    pub ended: Option<Time>,
    /// Recent calls, newest last: what the estimate of the next one rests on.
    pub recent: Vec<Recent>,
    /// Messages shown once in this session.
    pub told: Vec<i64>,
}

/// A run of the client on a session. Its total starts from the one saved when the run before ended (0 when that
/// was killed), so only what came since can be compared: growth of the total against calls made since.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Process {
    pub started: Option<Time>,
    /// The client's total at the start.
    pub total: Money,
    /// Known calls made before the start, client's terms; grows when late lines of that time turn up.
    pub known: Money,
    /// Booked as unlisted before the start, client's terms.
    pub unlisted: Money,
    /// It began with `/clear`, after which old clients went on from the total before.
    pub cleared: bool,
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
    /// Calls known (client's terms) that were made before `time`; grows when late lines of that time turn up.
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

impl Session {
    /// Sum of all known calls, client's terms.
    pub fn known_total(&self) -> Money {
        self.known.values().map(|known| known.cost).sum()
    }

    /// Counts a call that occurs in this session's files, or what it grew by.
    pub fn learn(&mut self, time: Time, model: &str, tokens: Tokens, searches: u64, cost: Money) {
        let known = self.known.entry(model.to_string()).or_default();
        known.tokens = known.tokens.plus(&tokens);
        known.searches += searches;
        known.cost += cost;
        if self.process.started.is_some_and(|started| time < started) {
            self.process.known += cost;
        }
        for sight in [&mut self.settling, &mut self.latest].into_iter().flatten() {
            if time <= sight.time {
                sight.known += cost;
            }
        }
    }

    pub fn remember_total(&mut self, time: Time, total: Money) {
        if self.totals.contains(&(time, total)) {
            return;
        }
        self.totals.push((time, total));
        self.totals.sort_by_key(|(time, _)| *time);
        if self.totals.len() > 12 {
            self.totals.remove(0);
        }
    }

    /// The client's total at a time, as far as it was seen.
    pub fn total_at(&self, time: Time) -> Option<Money> {
        self.totals.iter().rev().find(|(seen, _)| *seen <= time).map(|(_, total)| *total)
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
