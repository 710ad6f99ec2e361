//! Reading the segments from end to end: the current state of every line, bad lines counted and located. Takes no
//! lock: what is still being written is an unfinished last line, and that is passed over.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::PathBuf;

use super::Ledger;
use super::snapshot::{self, Opened};
use crate::base::error::{Error, Result};
use crate::base::time::Window;
use crate::model::entry::{self, Call, Line};

/// A line that could not be read, for `doctor` and for the message of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    pub file: PathBuf,
    /// Counted from 1.
    pub line: u64,
    pub why: String,
}

/// Reads all segments that can hold lines of `window` and hands out each line once, in its newest state. Lines
/// outside the window are left out. Returns what could not be read.
pub fn each(ledger: &Ledger, window: Window, mut take: impl FnMut(Line)) -> Result<Vec<Bad>> {
    let mut bad = Vec::new();
    for opened in snapshot::open(ledger, |month| overlaps(month, window))? {
        one(&opened, window, &mut take, &mut bad)?;
    }
    Ok(bad)
}

/// Can the segment of a month hold lines of a window?
pub(super) fn overlaps(month: u32, window: Window) -> bool {
    (window.start.utc_month()..=window.end.utc_month()).contains(&month)
}

fn one(opened: &Opened, window: Window, take: &mut impl FnMut(Line), bad: &mut Vec<Bad>) -> Result<()> {
    let newest = newest_revs(opened)?;
    let mut number = 0;
    lines(opened, |bytes| {
        number += 1;
        match parse(bytes) {
            Ok(line) => {
                let outdated =
                    !newest.is_empty() && newest.get(line.id()).is_some_and(|rev| line.rev() < *rev);
                if !outdated && window.contains(line.time()) {
                    take(line);
                }
            }
            Err(why) => bad.push(Bad { file: opened.path.clone(), line: number, why }),
        }
    })
}

/// The ids that come more than once, with their highest `rev`. A line comes again in its own month, since it
/// keeps its time; few do, so that they fit into memory whatever the ledger's size.
fn newest_revs(opened: &Opened) -> Result<HashMap<String, u32>> {
    let probe = memchr::memmem::Finder::new(b"\"rev\":");
    let mut newest: HashMap<String, u32> = HashMap::new();
    lines(opened, |bytes| {
        if probe.find(bytes).is_some()
            && let Ok(line) = parse(bytes)
        {
            let rev = newest.entry(line.id().to_string()).or_default();
            *rev = (*rev).max(line.rev());
        }
    })?;
    Ok(newest)
}

/// Calls `take` for each finished line.
fn lines(opened: &Opened, mut take: impl FnMut(&[u8])) -> Result<()> {
    let io = |error| Error::io("read", &opened.path, error);
    let mut file = &opened.file;
    file.rewind().map_err(io)?;
    let mut reader = BufReader::with_capacity(256 * 1024, file.take(opened.len));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        reader.read_until(b'\n', &mut buffer).map_err(io)?;
        match buffer.last() {
            Some(b'\n') => take(&buffer[..buffer.len() - 1]),
            _ => return Ok(()),
        }
    }
}

/// One line of the ledger, or why it is none.
pub fn parse(bytes: &[u8]) -> std::result::Result<Line, String> {
    #[derive(serde::Deserialize)]
    struct Version {
        v: u32,
    }
    // Where an editor put one, before the first line.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // By its kind a line could only be read after all of it was kept aside once. Nearly all lines are calls, and ours
    // begin with saying so: those are read straight.
    let call = bytes.starts_with(CALL).then(|| serde_json::from_slice::<Call>(bytes).ok()).flatten();
    let line = call.map(|call| Ok(Line::Call(Box::new(call))));
    match line.unwrap_or_else(|| serde_json::from_slice::<Line>(bytes)) {
        Ok(line) => match version_of(&line) {
            entry::VERSION => Ok(line),
            newer => Err(newer_version(newer)),
        },
        Err(error) => match serde_json::from_slice::<Version>(bytes) {
            Ok(Version { v }) if v > entry::VERSION => Err(newer_version(v)),
            _ => Err(format!("not a ledger line: {error}")),
        },
    }
}

/// Was the line written by a version of this program newer than this one?
pub fn is_newer(bytes: &[u8]) -> bool {
    parse(bytes).is_err_and(|why| is_newer_reason(&why))
}

/// Is that why a line could not be read?
pub fn is_newer_reason(why: &str) -> bool {
    why.starts_with(NEWER)
}

/// How a call's line begins as we write it.
const CALL: &[u8] = br#"{"kind":"call","#;

const NEWER: &str = "written by a newer cost-hook";

fn newer_version(version: u32) -> String {
    format!("{NEWER} (line format {version}, this one knows {})", entry::VERSION)
}

fn version_of(line: &Line) -> u32 {
    match line {
        Line::Call(call) => call.v,
        Line::Unlisted(unlisted) => unlisted.v,
        Line::Override(raised) => raised.v,
        Line::Start(start) => start.v,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_reads_the_same_wherever_its_kind_stands() {
        let body = r#""v":1,"id":"m:r","time":"2026-11-24T10:00:00Z","session":"s","project":"/w","model":"m",
            "provider":"anthropic","tokens":{"output":5},"feature":"chat","user":"u","cost":"0.25","prices":"p""#;
        let straight = format!("{{\"kind\":\"call\",{body}}}");
        let other = format!("{{{body},\"kind\":\"call\"}}");
        assert!(straight.as_bytes().starts_with(CALL));
        assert_eq!(parse(straight.as_bytes()), parse(other.as_bytes()));
        let written = serde_json::to_vec(&parse(straight.as_bytes()).unwrap()).unwrap();
        assert!(written.starts_with(CALL), "this is how lines are written");
        assert!(parse(br#"{"kind":"call","v":1}"#).is_err_and(|why| why.starts_with("not a ledger line")));
        assert!(parse(br#"{"kind":"call","v":99}"#).is_err_and(|why| why.starts_with(NEWER)));
    }
}
