//! Lines that were set aside: `torn.jsonl`, unfinished last lines that writers found, and `unreadable.jsonl`, everything
//! that `repair` took out of segments, each with where it came from. Nothing in them counts; what can be read and is
//! booked nowhere can be taken back.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::census::Census;
use super::{Ledger, damage, health, scan};
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::text::{hex, of_hex};
use crate::base::time::Time;
use crate::model::entry::Line;

/// A line as it stood in a segment.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Aside {
    /// When it was taken out.
    pub(super) time: Time,
    pub(super) file: String,
    /// Counted from 1.
    pub(super) line: u64,
    pub(super) why: String,
    /// As it stood there, where that was text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Else its bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hex: Option<String>,
}

impl Aside {
    pub(super) fn new(time: Time, file: String, line: u64, why: String, bytes: &[u8]) -> Self {
        let text = std::str::from_utf8(bytes).ok().map(str::to_string);
        let hex = text.is_none().then(|| hex(bytes));
        Self { time, file, line, why, text, hex }
    }

    fn bytes(&self) -> Vec<u8> {
        match (&self.text, &self.hex) {
            (Some(text), _) => text.clone().into_bytes(),
            // By hand it may have become anything; it stays in the file.
            (None, hex) => hex.as_deref().and_then(of_hex).unwrap_or_default(),
        }
    }
}

pub fn unreadable_path(ledger: &Ledger) -> PathBuf {
    ledger.folder().join("unreadable.jsonl")
}

/// Appends lines, and waits until the disk has them: what they were taken from changes next.
pub(super) fn append(ledger: &Ledger, lines: &[Aside]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let path = unreadable_path(ledger);
    let mut bytes = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut bytes, line)
            .map_err(|error| Error::internal("cannot write a line that is set aside").caused_by(error))?;
        bytes.push(b'\n');
    }
    let mut file = disk::open_append_here(&path)?;
    file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(|error| Error::io("write", &path, error))
}

/// A ledger line that was set aside although it can be read, and is booked nowhere.
#[derive(Debug)]
pub(super) struct Unbooked {
    /// Where it was set aside.
    pub(super) file: String,
    pub(super) number: u64,
    pub(super) line: Line,
    pub(super) bytes: Vec<u8>,
}

/// All of those.
pub(super) fn unbooked(ledger: &Ledger, census: &Census) -> Result<Vec<Unbooked>> {
    let mut found: Vec<Unbooked> = Vec::new();
    let mut take = |file: &str, number: u64, text: &[u8]| {
        for bytes in damage::salvage(&[text]) {
            let Ok(line) = scan::parse(&bytes) else { continue };
            let is_booked = census.highest_rev(line.id()).is_some_and(|rev| rev >= line.rev());
            let again = |known: &Unbooked| known.line.id() == line.id() && known.line.rev() == line.rev();
            if !is_booked && !census.would_lose_by(&line) && !found.iter().any(again) {
                found.push(Unbooked { file: file.to_string(), number, line, bytes });
            }
        }
    };
    each_line(&health::torn_path(ledger), |number, line| take("torn.jsonl", number, line))?;
    each_line(&unreadable_path(ledger), |number, line| match serde_json::from_slice::<Aside>(line) {
        Ok(aside) => take("unreadable.jsonl", number, &aside.bytes()),
        // Somebody else's line, or one that a crash cut short.
        Err(_) => take("unreadable.jsonl", number, line),
    })?;
    Ok(found)
}

fn each_line(path: &Path, mut take: impl FnMut(u64, &[u8])) -> Result<()> {
    let failed = |error| Error::io("read", path, error);
    if !path.is_file() {
        return Ok(());
    }
    let file = std::fs::File::open(path).map_err(failed)?;
    let lines = BufReader::new(file).split(b'\n');
    for (number, line) in lines.enumerate() {
        take(number as u64 + 1, &line.map_err(failed)?);
    }
    Ok(())
}
