//! Following the ledger as it grows: what was appended since the last look, without reading the rest again. A look at
//! segments that did not grow is a `stat` each. Takes no lock: an unfinished last line waits for the next look.

use std::collections::BTreeMap;

use super::{Ledger, scan, segment};
use crate::base::disk;
use crate::base::error::Result;
use crate::model::entry::Line;

/// What is read at once.
const PIECE: u64 = 4 << 20;

/// How far each segment was read, and which file it was.
#[derive(Debug, Default)]
pub struct Tail {
    read: BTreeMap<u32, (u64, (u64, u64))>,
}

impl Tail {
    /// From what is there now on.
    pub fn at_end(ledger: &Ledger) -> Result<Self> {
        let mut read = BTreeMap::new();
        for (month, path, facts) in segment::named(ledger)? {
            let end = segment::end_of_last_line(&path, facts.len())?;
            read.insert(month, (end, disk::identity(&facts)));
        }
        Ok(Self { read })
    }

    /// Hands out the lines that came since, those that can be read. False when a segment got shorter, was exchanged or vanished: then
    /// everything known of the ledger may be wrong, and this tail with it.
    pub fn news(&mut self, ledger: &Ledger, mut take: impl FnMut(&Line)) -> Result<bool> {
        let segments = segment::named(ledger)?;
        let is_there = |month: &u32| segments.iter().any(|(there, ..)| there == month);
        if !self.read.iter().all(|(month, (read, _))| *read == 0 || is_there(month)) {
            return Ok(false);
        }
        for (month, path, facts) in segments {
            let (len, which) = (facts.len(), disk::identity(&facts));
            let (read, known) = self.read.entry(month).or_insert((0, which));
            if len < *read || *known != which {
                return Ok(false);
            }
            while *read < len {
                let piece = segment::read_range(&path, *read, len.min(*read + PIECE))?;
                let Some(end) = memchr::memrchr(b'\n', &piece).map(|end| end + 1) else { break };
                let lines = piece[..end].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
                lines.filter_map(|line| scan::parse(line).ok()).for_each(|line| take(&line));
                *read += end as u64;
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const LINE: &str = r#"{"kind":"start","v":1,"id":"start:s:1","time":"2026-11-24T10:00:00Z","session":"s","project":"/w","user":"u","birth":"startup"}"#;

    #[test]
    fn only_what_is_new_and_whole_is_handed_out() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::at(dir.path());
        disk::create_dir_private(&ledger.folder()).unwrap();
        let append = |month: u32, text: &str| {
            disk::open_append(&ledger.segment_path(month)).unwrap().write_all(text.as_bytes()).unwrap();
        };
        append(202_611, &format!("{LINE}\n{LINE}\n{{\"torn"));
        let mut tail = Tail::at_end(&ledger).unwrap();
        let count = |tail: &mut Tail| {
            let mut lines = 0;
            tail.news(&ledger, |_| lines += 1).unwrap().then_some(lines)
        };
        assert_eq!(count(&mut tail), Some(0));
        append(202_611, &format!("\":1}}\n{LINE}\n"));
        append(202_612, LINE);
        assert_eq!(count(&mut tail), Some(1), "the torn one is none, the unfinished one waits");
        append(202_612, "\n");
        assert_eq!(count(&mut tail), Some(1));
        assert_eq!(count(&mut tail), Some(0));
        let text = disk::read(&ledger.segment_path(202_612)).unwrap().unwrap();
        disk::replace(&ledger.segment_path(202_612), &[&text[..], &text].concat()).unwrap();
        assert_eq!(count(&mut tail), None, "another file, though a longer one");
        let mut tail = Tail::at_end(&ledger).unwrap();
        disk::remove(&ledger.segment_path(202_611)).unwrap();
        assert_eq!(count(&mut tail), None);
        let mut tail = Tail::at_end(&ledger).unwrap();
        disk::open_rw(&ledger.segment_path(202_612)).unwrap().set_len(3).unwrap();
        assert_eq!(count(&mut tail), None);
    }
}
