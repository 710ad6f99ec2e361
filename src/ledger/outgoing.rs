//! The lines that were not handed on yet, for who sends them elsewhere: in order, some at a time, from where it stopped.
//! A segment that `repair` or `compact` replaced is handed out from its start; whoever takes the lines has to know them
//! again by their ids. Takes no lock.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use serde::{Deserialize, Serialize};

use super::segment::{self, TAIL};
use super::snapshot::{self, Opened};
use super::{Ledger, scan};
use crate::base::error::{Error, Result};
use crate::model::entry::Line;

/// How far a segment was handed out, and by what it is known again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub len: u64,
    /// Fingerprint of the last bytes before that.
    pub tail: i64,
}

/// Marks by the segments' names, such as `2026-11`.
pub type Marks = BTreeMap<String, Mark>;

/// The segments with their lengths, as they are now: until where to hand out.
pub fn ends(ledger: &Ledger) -> Result<Vec<(u32, u64)>> {
    segment::list(ledger)
}

/// At most `most` lines behind the marks and before the ends; moves the marks behind them. None left: an empty list. Lines
/// that cannot be read are passed over: `ledger verify` tells of them.
///
/// Errors: a line of a newer version, behind which nothing is handed out, since nobody would come back for it.
pub fn next(ledger: &Ledger, marks: &mut Marks, ends: &[(u32, u64)], most: usize) -> Result<Vec<Line>> {
    let mut found = Vec::new();
    let end_of = |month| ends.iter().find(|(of, _)| *of == month).map_or(0, |(_, end)| *end);
    for (month, opened) in snapshot::open_with_months(ledger, |month| end_of(month) > 0)? {
        let room = most - found.len();
        if room == 0 {
            break;
        }
        let name = segment::month_name(month);
        let end = end_of(month).min(opened.len);
        let from = match marks.get(&name) {
            Some(mark) if is_known(&opened, mark)? => mark.len,
            _ => 0,
        };
        let io = |error| Error::io("read", &opened.path, error);
        let to = take(&opened, from..end, room, &mut found).map_err(|fault| match fault {
            Fault::Io(error) => io(error),
            Fault::Newer => {
                Error::user(format!("`{}` was written by a newer cost-hook", opened.path.display()))
                    .hint("update cost-hook; until then this machine sends nothing")
            }
        })?;
        let mut file = &opened.file;
        let tail = tail_of(&mut file, to).map_err(io)?;
        marks.insert(name, Mark { len: to, tail });
    }
    Ok(found)
}

/// How many bytes are behind the marks.
pub fn waiting(ledger: &Ledger, marks: &Marks) -> Result<u64> {
    let sent = |month| marks.get(&segment::month_name(month)).map_or(0, |mark| mark.len);
    let left = |(month, len): (u32, u64)| match len.checked_sub(sent(month)) {
        Some(left) => left,
        // Replaced by a shorter one: all of it goes again.
        None => len,
    };
    Ok(ends(ledger)?.into_iter().map(left).sum())
}

enum Fault {
    Io(std::io::Error),
    Newer,
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Fault::Io(error)
    }
}

/// Reads so many lines of a stretch; returns where it stopped.
fn take(
    opened: &Opened,
    stretch: std::ops::Range<u64>,
    room: usize,
    found: &mut Vec<Line>,
) -> Result<u64, Fault> {
    let mut file = &opened.file;
    file.seek(SeekFrom::Start(stretch.start))?;
    let mut reader =
        BufReader::with_capacity(256 * 1024, file.take(stretch.end.saturating_sub(stretch.start)));
    let (mut at, mut taken, mut buffer) = (stretch.start, 0, Vec::new());
    while taken < room {
        buffer.clear();
        reader.read_until(b'\n', &mut buffer)?;
        if buffer.last() != Some(&b'\n') {
            break;
        }
        match scan::parse(&buffer[..buffer.len() - 1]) {
            Ok(line) => {
                found.push(line);
                taken += 1;
            }
            Err(why) if scan::is_newer_reason(&why) => return Err(Fault::Newer),
            Err(_) => {}
        }
        at += buffer.len() as u64;
    }
    Ok(at)
}

fn is_known(opened: &Opened, mark: &Mark) -> Result<bool> {
    if opened.len < mark.len {
        return Ok(false);
    }
    let mut file = &opened.file;
    let tail = tail_of(&mut file, mark.len).map_err(|error| Error::io("read", &opened.path, error))?;
    Ok(tail == mark.tail)
}

fn tail_of(file: &mut &std::fs::File, len: u64) -> std::io::Result<i64> {
    let from = len.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(len - from).read_to_end(&mut bytes)?;
    Ok(segment::fingerprint(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::disk;

    fn line(id: &str) -> String {
        format!(
            "{{\"kind\":\"start\",\"v\":1,\"id\":\"{id}\",\"time\":\"2026-11-24T10:00:00Z\",\"session\":\"s\",\
             \"project\":\"/w\",\"user\":\"u\",\"birth\":\"startup\"}}\n"
        )
    }

    fn write(ledger: &Ledger, month: u32, ids: &[&str]) {
        disk::create_dir_private(&ledger.folder()).unwrap();
        let text: String = ids.iter().map(|id| line(id)).collect();
        disk::replace(&ledger.segment_path(month), text.as_bytes()).unwrap();
    }

    fn ids(ledger: &Ledger, marks: &mut Marks, most: usize) -> Vec<String> {
        let ends = ends(ledger).unwrap();
        next(ledger, marks, &ends, most).unwrap().iter().map(|line| line.id().to_string()).collect()
    }

    #[test]
    fn some_at_a_time_and_none_twice() {
        let dir = tempfile::tempdir().unwrap();
        let (ledger, mut marks) = (Ledger::at(dir.path()), Marks::new());
        assert_eq!(ids(&ledger, &mut marks, 9), [""; 0]);
        write(&ledger, 202_610, &["a", "b", "c"]);
        write(&ledger, 202_611, &["d"]);
        assert!(waiting(&ledger, &marks).unwrap() > 0);
        assert_eq!(ids(&ledger, &mut marks, 2), ["a", "b"]);
        assert_eq!(ids(&ledger, &mut marks, 2), ["c", "d"]);
        assert_eq!(ids(&ledger, &mut marks, 2), [""; 0]);
        assert_eq!(waiting(&ledger, &marks).unwrap(), 0);
        write(&ledger, 202_611, &["d", "e"]);
        assert_eq!(ids(&ledger, &mut marks, 2), ["e"]);
    }

    #[test]
    fn a_segment_that_was_exchanged_comes_again_and_what_was_booked_later_waits() {
        let dir = tempfile::tempdir().unwrap();
        let (ledger, mut marks) = (Ledger::at(dir.path()), Marks::new());
        write(&ledger, 202_611, &["a", "b"]);
        let early = ends(&ledger).unwrap();
        write(&ledger, 202_611, &["a", "b", "c"]);
        assert_eq!(next(&ledger, &mut marks, &early, 9).unwrap().len(), 2);
        write(&ledger, 202_611, &["x", "y", "z"]);
        assert_eq!(ids(&ledger, &mut marks, 9), ["x", "y", "z"]);
        write(&ledger, 202_611, &["z"]);
        assert_eq!(ids(&ledger, &mut marks, 9), ["z"]);
    }

    #[test]
    fn a_torn_line_waits_and_a_newer_one_stops_everything() {
        let dir = tempfile::tempdir().unwrap();
        let (ledger, mut marks) = (Ledger::at(dir.path()), Marks::new());
        write(&ledger, 202_611, &["a"]);
        let path = ledger.segment_path(202_611);
        let torn = format!("{}not json\n{{\"kind\"", line("a"));
        disk::replace(&path, torn.as_bytes()).unwrap();
        assert_eq!(ids(&ledger, &mut marks, 9), ["a"]);
        let newer = line("b").replace("\"v\":1", "\"v\":99");
        disk::replace(&path, format!("{}{newer}", line("a")).as_bytes()).unwrap();
        let ends = ends(&ledger).unwrap();
        let error = next(&ledger, &mut Marks::new(), &ends, 9).unwrap_err();
        assert!(error.one_line().contains("update cost-hook"), "{}", error.one_line());
    }
}
