//! Holding a segment against its chain: which bytes are those that were recorded, and where they are not, what stands
//! there instead. One changed line must not cost the word on all that came after it: behind a fault the bytes of the
//! next records are looked for.

use std::fs::File;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{Anew, Hash, Mark, NOTHING, feed, read};
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::ledger::segment;

/// So many records further on the bytes are looked for, before the rest is given up.
const FURTHER: usize = 64;
/// So many bytes are hashed in looking for one record.
const SEARCHED: u64 = 64 << 20;

/// What a segment's bytes came to.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) records: usize,
    /// The last record's hash: what to note elsewhere.
    pub(crate) head: Option<Hash>,
    /// The last rewriting that says so.
    pub(crate) anew: Option<Anew>,
    pub(crate) faults: Vec<Fault>,
    /// Bytes at the end which no record covers yet.
    pub(crate) uncovered: u64,
    /// Lines of the chain that are none.
    pub(crate) unreadable: usize,
    /// A rewriting began and its record is missing.
    pub(crate) interrupted: Option<String>,
    /// Every head there was, with the rewriting that came after it.
    pub(crate) heads: Vec<(Hash, Option<Anew>)>,
}

/// A stretch of the segment that is not what was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// In the segment as it stands.
    pub(crate) from: u64,
    pub(crate) to: u64,
    /// Bytes that should be there instead.
    pub(crate) recorded: u64,
    /// Records that are concerned.
    pub(crate) records: usize,
    /// Behind it nothing was recognised any more.
    pub(crate) to_the_end: bool,
}

struct Record {
    len: u64,
    hash: Hash,
    anew: Option<Anew>,
}

/// None when the month has no chain. `whole` is the length of the segment's whole lines.
pub(crate) fn check(chain: &Path, path: &Path, whole: u64) -> Result<Option<Checked>> {
    let Some(bytes) = disk::read(chain)? else { return Ok(None) };
    let mut checked = Checked::default();
    let mut records: Vec<Record> = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match read(line) {
            Some(Mark::Record { len, hash, anew }) => {
                checked.interrupted = None;
                records.push(Record { len, hash, anew });
            }
            Some(Mark::Begun { why, .. }) => checked.interrupted = Some(why),
            None => checked.unreadable += 1,
        }
    }
    checked.records = records.len();
    checked.head = records.last().map(|record| record.hash);
    let start = records.iter().rposition(|record| record.anew.is_some());
    checked.anew = start.and_then(|at| records[at].anew.clone());
    let mut later: Option<Anew> = None;
    for record in records.iter().rev() {
        checked.heads.push((record.hash, later.clone()));
        later = record.anew.clone().or(later);
    }
    let valid = &records[start.unwrap_or(0)..];
    let before = valid.first().and_then(|record| record.anew.as_ref()).map_or(NOTHING, |anew| anew.old);
    let mut walk = Walk { path: path.to_path_buf(), whole, starts: None, records: valid, before };
    walk.run(&mut checked)?;
    Ok(Some(checked))
}

struct Walk<'r> {
    path: PathBuf,
    whole: u64,
    /// Where lines begin, once that is asked for.
    starts: Option<Vec<u64>>,
    records: &'r [Record],
    before: Hash,
}

impl Walk<'_> {
    fn run(&mut self, checked: &mut Checked) -> Result<()> {
        let (mut at, mut next) = (0, 0);
        while next < self.records.len() {
            if self.fits(next, at)? {
                at += self.size(next);
                next += 1;
                continue;
            }
            let found = self.find(next, at)?;
            let upto = found.map_or(self.records.len(), |(found, _)| found);
            let recorded = (next..upto).map(|record| self.size(record)).sum();
            match found {
                Some((found, start)) => {
                    checked.faults.push(Fault {
                        from: at,
                        to: start,
                        recorded,
                        records: found - next,
                        to_the_end: false,
                    });
                    at = start + self.size(found);
                    next = found + 1;
                }
                None => {
                    checked.faults.push(Fault {
                        from: at,
                        to: self.whole,
                        recorded,
                        records: upto - next,
                        to_the_end: true,
                    });
                    return Ok(());
                }
            }
        }
        checked.uncovered = self.whole.saturating_sub(at);
        Ok(())
    }

    fn len_before(&self, record: usize) -> u64 {
        record.checked_sub(1).map_or(0, |before| self.records[before].len)
    }

    /// How many bytes a record covers.
    fn size(&self, record: usize) -> u64 {
        self.records[record].len.saturating_sub(self.len_before(record))
    }

    /// Are the bytes from here on those of the record?
    fn fits(&self, record: usize, at: u64) -> Result<bool> {
        let end = at.saturating_add(self.size(record));
        if end > self.whole || self.records[record].len < self.len_before(record) {
            return Ok(false);
        }
        let before = record.checked_sub(1).map_or(self.before, |before| self.records[before].hash);
        let mut hash = Sha256::new_with_prefix(before.0);
        feed(&mut hash, &self.path, at, end)?;
        Ok(Hash(hash.finalize().into()) == self.records[record].hash)
    }

    /// Where the next record that can be recognised stands: which, and from where on.
    fn find(&mut self, next: usize, at: u64) -> Result<Option<(usize, u64)>> {
        let starts = match self.starts.take() {
            Some(starts) => starts,
            None => line_starts(&self.path, self.whole)?,
        };
        let from = starts.partition_point(|start| *start < at);
        let is_start = |offset: u64| offset == self.whole || starts.binary_search(&offset).is_ok();
        let mut found = None;
        'records: for record in next..self.records.len().min(next + FURTHER) {
            let size = self.size(record);
            // Nothing is recognised by no bytes.
            if size == 0 {
                continue;
            }
            let mut searched = 0;
            for start in starts[from..].iter().copied() {
                if searched > SEARCHED || start + size > self.whole {
                    break;
                }
                if is_start(start + size) {
                    searched += size;
                    if self.fits(record, start)? {
                        found = Some((record, start));
                        break 'records;
                    }
                }
            }
        }
        self.starts = Some(starts);
        Ok(found)
    }
}

fn line_starts(path: &Path, whole: u64) -> Result<Vec<u64>> {
    let failed = |error| Error::io("read", path, error);
    let mut file = File::open(path).map_err(failed)?;
    let mut starts = if whole > 0 { vec![0] } else { Vec::new() };
    let mut at = 0;
    while at < whole {
        let piece = segment::read_range_of(&mut file, at, whole.min(at + (4 << 20))).map_err(failed)?;
        if piece.is_empty() {
            break;
        }
        starts.extend(memchr::memchr_iter(b'\n', &piece).map(|end| at + end as u64 + 1));
        at += piece.len() as u64;
    }
    starts.retain(|start| *start < whole);
    Ok(starts)
}

#[cfg(test)]
mod tests {
    use super::super::{begin_anew, extend, path_of};
    use super::*;
    use crate::base::time::Time;
    use crate::ledger::Ledger;

    const MONTH: u32 = 202_611;

    /// Ten commits of two lines each.
    fn chained() -> (tempfile::TempDir, Ledger, Vec<String>) {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::at(dir.path());
        disk::create_dir_private(&ledger.folder()).unwrap();
        let lines: Vec<String> =
            (0..20).map(|number| format!("line {number} {}\n", "x".repeat(number))).collect();
        let mut len = 0;
        for pair in lines.chunks(2) {
            let bytes = pair.concat();
            segment::append(&ledger.segment_path(MONTH), len, bytes.as_bytes()).unwrap();
            extend(&ledger, MONTH, len, bytes.as_bytes(), Time(0)).unwrap();
            len += bytes.len() as u64;
        }
        (dir, ledger, lines)
    }

    fn checked(ledger: &Ledger, lines: &[String]) -> Checked {
        let path = ledger.segment_path(MONTH);
        disk::replace(&path, lines.concat().as_bytes()).unwrap();
        let whole = lines.concat().len() as u64;
        check(&path_of(ledger, MONTH), &path, whole).unwrap().unwrap()
    }

    /// The fault as lines: from, to, bytes recorded, to the end.
    fn faults(ledger: &Ledger, lines: &[String]) -> Vec<(usize, usize, u64, bool)> {
        let line = |offset: u64| {
            let text = lines.concat();
            text[..usize::try_from(offset).unwrap()].matches('\n').count()
        };
        let checked = checked(ledger, lines);
        checked
            .faults
            .iter()
            .map(|fault| (line(fault.from), line(fault.to), fault.recorded, fault.to_the_end))
            .collect()
    }

    #[test]
    fn each_change_is_found_where_it_is_and_the_rest_holds() {
        let (_dir, ledger, lines) = chained();
        assert_eq!(faults(&ledger, &lines), []);
        assert_eq!(checked(&ledger, &lines).records, 10);
        let size = |range: std::ops::Range<usize>| lines[range].concat().len() as u64;
        for at in 0..20 {
            let pair = at - at % 2;
            let mut edited = lines.clone();
            edited[at] = edited[at].replace("line", "lime");
            assert_eq!(
                faults(&ledger, &edited),
                [(pair, pair + 2, size(pair..pair + 2), pair == 18)],
                "edited {at}"
            );
            let mut removed = lines.clone();
            removed.remove(at);
            assert_eq!(
                faults(&ledger, &removed),
                [(pair, pair + 1, size(pair..pair + 2), pair == 18)],
                "removed {at}"
            );
            let mut added = lines.clone();
            added.insert(at, "added\n".to_string());
            let expected = match at % 2 {
                // Between two records nothing is missing.
                0 => (at, at + 1, 0, false),
                _ => (pair, pair + 3, size(pair..pair + 2), pair == 18),
            };
            assert_eq!(faults(&ledger, &added), [expected], "added {at}");
        }
    }

    #[test]
    fn several_changes_and_an_exchange_are_told_apart() {
        let (_dir, ledger, lines) = chained();
        let mut many = lines.clone();
        many[3] = "edited\n".to_string();
        many.remove(10);
        many.insert(15, "added\n".to_string());
        assert_eq!(faults(&ledger, &many).iter().map(|fault| fault.0).collect::<Vec<_>>(), [2, 10, 15]);
        let mut exchanged = lines.clone();
        exchanged.swap(4, 6);
        exchanged.swap(5, 7);
        let gone = lines[6..8].concat().len() as u64;
        assert_eq!(
            faults(&ledger, &exchanged),
            [(4, 6, 0, false), (8, 8, gone, false)],
            "added here, gone there"
        );
    }

    #[test]
    fn a_shortened_segment_and_lines_that_are_not_covered() {
        let (_dir, ledger, lines) = chained();
        let cut = faults(&ledger, &lines[..14]);
        assert_eq!(cut, [(14, 14, lines[14..].concat().len() as u64, true)]);
        let mut more = lines.clone();
        more.push("not yet\n".to_string());
        let checked = checked(&ledger, &more);
        assert_eq!((checked.faults.len(), checked.uncovered), (0, 8));
    }

    #[test]
    fn a_rewriting_begins_a_new_chain_that_names_the_old_head() {
        let (_dir, ledger, lines) = chained();
        let old = checked(&ledger, &lines).head.unwrap();
        let fewer = &lines[1..];
        assert_eq!(faults(&ledger, fewer).len(), 1);
        begin_anew(&ledger, MONTH, "compact", Time(0)).unwrap();
        let after = checked(&ledger, fewer);
        assert_eq!((after.faults.len(), after.uncovered), (0, 0));
        assert_eq!(after.anew.as_ref().map(|anew| (anew.why.as_str(), anew.old)), Some(("compact", old)));
        let found = after.heads.iter().find(|(head, _)| *head == old).unwrap();
        assert_eq!(found.1.as_ref().map(|anew| anew.why.as_str()), Some("compact"));
        assert_eq!(after.heads[0], (after.head.unwrap(), None));
        let mut edited = fewer.to_vec();
        edited[0] = "x\n".to_string();
        assert_eq!(faults(&ledger, &edited).len(), 1);
    }
}
