//! The journal of failures: a small file that never grows past its bound, for `doctor` and for people. A hook's
//! stderr is seen by nobody, so this is where its troubles can be found afterwards.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::time::Time;
use crate::ledger::segment::fingerprint;

/// When the file is larger than this, its older half goes.
const BOUND: usize = 128 * 1024;
/// The same trouble is shown to the user once in this time.
const SHOWN_FOR_MS: i64 = 6 * 3_600_000;

/// One failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub time: Time,
    pub event: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    pub message: String,
}

pub fn path(base: &Path) -> PathBuf {
    base.join("journal.jsonl")
}

/// Everything in the journal, oldest first; lines that cannot be read are left out.
pub fn read(base: &Path) -> Vec<Trouble> {
    let bytes = disk::read_at_most(&path(base), 4 * BOUND as u64).ok().flatten().unwrap_or_default();
    bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}

/// Writes a failure down. True when the user should be told: the same was not written down lately.
pub fn note(base: &Path, trouble: &Trouble) -> bool {
    let known = read(base);
    let lately = known.iter().any(|old| {
        old.message == trouble.message
            && old.session == trouble.session
            && trouble.time.since(old.time) < SHOWN_FOR_MS
    });
    match append(base, trouble, &known) {
        Ok(()) => !lately,
        Err(_) => is_first_time(trouble),
    }
}

/// For when the journal itself cannot be written: an empty file in the system's folder for temporary files remembers
/// that this was told in this session. Where not even that can be made, the start of a session is the one moment.
fn is_first_time(trouble: &Trouble) -> bool {
    let session = trouble.session.as_deref().unwrap_or_default();
    let what = fingerprint(format!("{session}|{}", trouble.message).as_bytes());
    let marker = std::env::temp_dir().join(format!("cost-hook-told-{what:016x}"));
    disk::create_marker(&marker).unwrap_or(trouble.event == "SessionStart")
}

fn append(base: &Path, trouble: &Trouble, known: &[Trouble]) -> Result<()> {
    disk::create_dir_private(base)?;
    let path = path(base);
    let line = line_of(trouble)?;
    let size = std::fs::metadata(&path).map_or(0, |facts| facts.len());
    if size as usize + line.len() > BOUND {
        let mut kept = Vec::new();
        for old in &known[known.len() / 2..] {
            kept.extend(line_of(old)?);
        }
        kept.extend(line);
        return disk::replace(&path, &kept);
    }
    let mut file = disk::open_append(&path)?;
    file.write_all(&line).map_err(|error| Error::io("write", &path, error))
}

fn line_of(trouble: &Trouble) -> Result<Vec<u8>> {
    let mut line = serde_json::to_vec(trouble)
        .map_err(|error| Error::internal("cannot write a journal line").caused_by(error))?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(time: i64, message: &str) -> Trouble {
        Trouble { time: Time(time), event: "Stop".into(), session: Some("s".into()), message: message.into() }
    }

    #[test]
    fn the_same_trouble_is_told_once() {
        let dir = tempfile::tempdir().expect("temp dir");
        assert!(note(dir.path(), &trouble(0, "a")));
        assert!(!note(dir.path(), &trouble(1_000, "a")));
        assert!(note(dir.path(), &trouble(1_000, "b")));
        assert!(note(dir.path(), &trouble(SHOWN_FOR_MS + 2_000, "a")));
        assert_eq!(read(dir.path()).len(), 4);
    }

    #[test]
    fn the_journal_stays_within_its_bound() {
        let dir = tempfile::tempdir().expect("temp dir");
        let long = "x".repeat(4_000);
        for time in 0..100 {
            note(dir.path(), &trouble(time, &long));
        }
        let size = std::fs::metadata(path(dir.path())).expect("journal").len();
        assert!(size as usize <= BOUND && size > 4_000, "{size}");
        assert_eq!(read(dir.path()).last().map(|last| last.time), Some(Time(99)));
    }
}
