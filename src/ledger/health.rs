//! How the store is, for who only looks: does the checkpoint fit the segments, and what do the lines say. Nothing
//! here takes the lock for writing or changes a byte; mending is the next writer's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::checkpoint::{Checkpoint, Unusable};
use super::scan::{self, Bad};
use super::{Ledger, segment};
use crate::base::disk;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::{Time, Window};
use crate::base::words::{Sentence, sentence};
use crate::model::entry::Line;
use crate::model::model_id::{Target, identify};

/// How the checkpoint stands to the segments.
#[derive(Debug)]
pub enum Step {
    InStep,
    /// The segments hold so many bytes more; the next writer takes them in.
    Behind(u64),
    /// A segment is not the one it followed.
    Apart(Sentence),
    /// None of this version.
    Absent,
    Broken(String),
    /// It cannot be looked at just now, which says nothing about it.
    Unseen(Sentence),
}

/// Reading every page of a checkpoint larger than this would keep a status line waiting for longer than it does.
const FULLY_CHECKED: u64 = 16 << 20;

/// What a look at the checkpoint found: how it stands, and the sessions with odd totals.
pub struct Look {
    pub step: Step,
    pub odd_sessions: Vec<(String, u32)>,
}

/// For who holds the lock.
pub fn look(ledger: &Ledger) -> Look {
    let found = Checkpoint::look(&ledger.checkpoint_path()).and_then(|db| {
        let Some(db) = db else { return Ok((Step::Absent, Vec::new())) };
        let size = std::fs::metadata(ledger.checkpoint_path()).map_or(0, |facts| facts.len());
        if size <= FULLY_CHECKED
            && let Some(fault) = db.fault()?
        {
            return Ok((Step::Broken(fault), Vec::new()));
        }
        let step = step(ledger, &db)?;
        Ok((step, db.odd_sessions()?))
    });
    match found {
        Ok((step, odd_sessions)) => Look { step, odd_sessions },
        Err(fault) => Look { step: judged(&fault), odd_sessions: Vec::new() },
    }
}

fn judged(fault: &Unusable) -> Step {
    if fault.broken { Step::Broken(fault.to_string()) } else { Step::Unseen(fault.to_string().into()) }
}

fn step(ledger: &Ledger, db: &Checkpoint) -> std::result::Result<Step, Unusable> {
    let followed = db.followed()?;
    let Ok(segments) = segment::list(ledger) else {
        return Ok(Step::Unseen(sentence!("segments-not-listed")));
    };
    let mut behind = 0;
    for (month, len) in &segments {
        let known = followed.iter().find(|row| row.month == *month);
        let known_len = known.map_or(0, |row| row.len);
        let name = segment::file_name(*month);
        if *len < known_len {
            return Ok(Step::Apart(sentence!("segment-shorter", file = name)));
        }
        let tail = segment::tail_fingerprint(&ledger.segment_path(*month), known_len).ok();
        if known.is_some_and(|row| tail.is_some_and(|tail| tail != row.tail)) {
            return Ok(Step::Apart(sentence!("segment-exchanged", file = name)));
        }
        behind += len - known_len;
    }
    if let Some(gone) = followed.iter().find(|row| !segments.iter().any(|(month, _)| *month == row.month)) {
        return Ok(Step::Apart(sentence!("segment-gone", file = segment::file_name(gone.month))));
    }
    Ok(if behind == 0 { Step::InStep } else { Step::Behind(behind) })
}

/// What the lines say, as far as they were read.
#[derive(Debug, Default)]
pub struct Survey {
    /// Of all months.
    pub bytes: u64,
    pub months: usize,
    /// The newest months, which were read.
    pub months_read: usize,
    /// Where they begin.
    pub from: Time,
    pub calls: u64,
    pub lines: u64,
    pub last_call: Option<Time>,
    pub last_line: Option<Time>,
    pub bad: Vec<Bad>,
    /// Lines of `bad` that a newer version wrote.
    pub newer: usize,
    /// Models that no price list knows: calls and money.
    pub unknown_models: BTreeMap<String, (u64, Money)>,
    /// Every model that was called, as sent.
    pub models: BTreeSet<String>,
    /// Sessions with anything booked.
    pub sessions: BTreeSet<String>,
    /// Those of the message ids asked for that are booked.
    pub found: Vec<String>,
}

/// Reads the newest month, and older ones as long as all together is at most `most` bytes. `ids` are message ids to
/// look out for.
pub fn survey(ledger: &Ledger, most: u64, ids: &[String]) -> Result<Survey> {
    let segments = segment::list(ledger)?;
    let mut survey = Survey { months: segments.len(), ..Survey::default() };
    survey.bytes = segments.iter().map(|(_, len)| len).sum();
    let mut left = most;
    let mut first = None;
    for (month, len) in segments.iter().rev() {
        if first.is_some() && *len > left {
            break;
        }
        left = left.saturating_sub(*len);
        first = Some(*month);
        survey.months_read += 1;
    }
    let Some(first) = first else { return Ok(survey) };
    let start = Time::parse(&format!("{:04}-{:02}-01T00:00:00Z", first / 100, first % 100));
    survey.from = start.unwrap_or(Time::MIN);
    let window = Window { start: survey.from, end: Time::MAX };
    survey.bad = scan::each(ledger, window, |line| {
        survey.lines += 1;
        survey.last_line = survey.last_line.max(Some(line.time()));
        let Line::Call(call) = line else { return };
        survey.calls += 1;
        survey.last_call = survey.last_call.max(Some(call.time));
        if !survey.sessions.contains(&call.session) {
            survey.sessions.insert(call.session.clone());
        }
        if !survey.models.contains(&call.model) {
            survey.models.insert(call.model.clone());
        }
        if call.estimated && matches!(identify(&call.model).target, Target::Unknown) {
            let entry = survey.unknown_models.entry(call.model.clone()).or_default();
            entry.0 += 1;
            entry.1 += call.cost;
        }
        let message = call.id.split(':').next().unwrap_or_default();
        if ids.iter().any(|id| id == message) {
            survey.found.push(message.to_string());
        }
    })?;
    survey.newer = survey.bad.iter().filter(|bad| scan::is_newer_reason(&bad.why)).count();
    Ok(survey)
}

/// The unfinished lines that were set aside.
pub fn torn(ledger: &Ledger) -> usize {
    let bytes = disk::read(&torn_path(ledger)).ok().flatten().unwrap_or_default();
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

pub fn torn_path(ledger: &Ledger) -> PathBuf {
    ledger.folder().join("torn.jsonl")
}

/// Everything that is ours below the data folder: what has to be private. The folder itself is when nothing else lies
/// in it: somebody may have given us a place among other things.
pub fn files(ledger: &Ledger) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if disk::list(ledger.base()).is_ok_and(|inside| inside.iter().all(|path| is_ours(ledger, path))) {
        found.push(ledger.base().to_path_buf());
    }
    let late = ledger.base().join("late");
    let late = (!disk::is_link(&late)).then_some(late);
    for folder in [ledger.base(), &ledger.folder()].into_iter().chain(late.as_deref()) {
        for path in disk::list(folder).unwrap_or_default() {
            if is_ours(ledger, &path) && (!disk::is_link(&path) || is_kept_elsewhere(ledger, &path)) {
                found.push(path);
            }
        }
    }
    found
}

/// May somebody have a reason to keep it on another disk? Any other link is a trap: what it leads to is not ours.
fn is_kept_elsewhere(ledger: &Ledger, path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    *path == ledger.folder() || path.parent() == Some(&ledger.folder()) && segment::month_of(name).is_some()
}

fn is_ours(ledger: &Ledger, path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if path.parent() != Some(ledger.base()) {
        return true;
    }
    matches!(name, "ledger" | "late" | "journal.jsonl" | "made.json")
        || name.starts_with("checkpoint.db")
        || name.starts_with("ledger-backup-")
}
