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

/// Writes a failure down. True when the user should be told: the same was not written down lately. Where the journal
/// cannot be written either, the user is told at the start of a session or prompt, and a mark in the system's folder
/// for passing things remembers that.
pub fn note(base: &Path, temporary: &Path, trouble: &Trouble) -> bool {
    let known = read(base);
    let lately = known.iter().any(|old| {
        old.message == trouble.message
            && old.session == trouble.session
            && trouble.time.since(old.time) < SHOWN_FOR_MS
    });
    match append(base, trouble, &known) {
        Ok(()) => !lately,
        Err(_) => {
            matches!(trouble.event.as_str(), "SessionStart" | "UserPromptSubmit")
                && is_first(base, temporary, trouble)
        }
    }
}

/// Leaves the mark. An empty folder, since making one follows no link somebody else may have put there; its name
/// tells nothing.
fn is_first(base: &Path, temporary: &Path, trouble: &Trouble) -> bool {
    let what = format!("{}|{:?}|{}", base.display(), trouble.session, trouble.message);
    let mark = temporary.join(format!("cost-hook-{:016x}", fingerprint(what.as_bytes())));
    if std::fs::symlink_metadata(&mark).is_ok() {
        return false;
    }
    // Where not even that can be left, it is better said twice than never.
    let _ = disk::create_dir_private(&mark);
    true
}

fn append(base: &Path, trouble: &Trouble, known: &[Trouble]) -> Result<()> {
    disk::create_dir_private(base)?;
    let path = path(base);
    let line = line_of(trouble)?;
    let size = std::fs::symlink_metadata(&path).map_or(0, |facts| facts.len());
    // Of a link it is the link's own: what it leads to is not replaced, and opening it is refused below.
    if size as usize + line.len() > BOUND {
        let mut kept = Vec::new();
        for old in &known[known.len() / 2..] {
            kept.extend(line_of(old)?);
        }
        kept.extend(line);
        return disk::replace(&path, &kept);
    }
    let mut file = disk::open_append_here(&path)?;
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
        assert!(note(dir.path(), dir.path(), &trouble(0, "a")));
        assert!(!note(dir.path(), dir.path(), &trouble(1_000, "a")));
        assert!(note(dir.path(), dir.path(), &trouble(1_000, "b")));
        assert!(note(dir.path(), dir.path(), &trouble(SHOWN_FOR_MS + 2_000, "a")));
        assert_eq!(read(dir.path()).len(), 4);
    }

    #[test]
    fn without_a_journal_the_same_is_told_once_too() {
        let dir = tempfile::tempdir().expect("temp dir");
        // A file where the folder should be.
        let base = dir.path().join("base");
        disk::replace(&base, b"").expect("a file");
        let tell = |event: &str| {
            let trouble = Trouble { event: event.into(), ..trouble(0, "a") };
            note(&base, dir.path(), &trouble)
        };
        assert!(!tell("PostToolUse"));
        assert!(tell("SessionStart"));
        assert!(!tell("UserPromptSubmit"));
        assert!(note(&base, &base, &Trouble { event: "SessionStart".into(), ..trouble(0, "a") }));
    }

    #[test]
    fn the_journal_stays_within_its_bound() {
        let dir = tempfile::tempdir().expect("temp dir");
        let long = "x".repeat(4_000);
        for time in 0..100 {
            note(dir.path(), dir.path(), &trouble(time, &long));
        }
        let size = std::fs::metadata(path(dir.path())).expect("journal").len();
        assert!(size as usize <= BOUND && size > 4_000, "{size}");
        assert_eq!(read(dir.path()).last().map(|last| last.time), Some(Time(99)));
    }
}
