//! Tamper evidence: beside a segment a chain of hashes, a line for each commit, that tells later whether the bytes are
//! still those that were appended. Owns the `.chain` files and their form; what to say about them is `verify`'s.
//!
//! A record is `LENGTH HASH`: the segment's length after the commit, and SHA-256 of the hash before and the bytes that
//! came since. Where a segment was rewritten on purpose, the record covers all of it and says so: `LENGTH HASH WHY TIME
//! OLD`. The line `begin WHY TIME` stands before such a rewriting, so that one which was interrupted can be told from
//! tampering.

pub(super) mod check;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{Ledger, segment};
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::text::{hex, of_hex};
use crate::base::time::Time;

/// What the first hash of a chain goes on from.
const NOTHING: Hash = Hash([0; 32]);
/// No line of a chain is longer.
const LONGEST: u64 = 256;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Hash([u8; 32]);

/// The segment was rewritten on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Anew {
    /// `repair`, `compact`, or `shorter` when a writer met a segment that had lost bytes.
    pub(super) why: String,
    pub(super) time: Time,
    /// The head before.
    pub(super) old: Hash,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    Record { len: u64, hash: Hash, anew: Option<Anew> },
    Begun { why: String, time: Time },
}

/// How a chain ends.
#[derive(Debug, Default)]
struct End {
    last: Option<(u64, Hash)>,
    begun: Option<String>,
}

pub(super) fn path_of(ledger: &Ledger, month: u32) -> PathBuf {
    ledger.segment_path(month).with_extension("chain")
}

/// After a commit: covers what the segment holds beyond the last record, which is mostly just `appended`. It stood
/// `before` bytes long before it.
pub(super) fn extend(ledger: &Ledger, month: u32, before: u64, appended: &[u8], now: Time) -> Result<()> {
    let end = end_of(ledger, month)?;
    let segment = ledger.segment_path(month);
    let len = before + appended.len() as u64;
    let mark = match (end.last, end.begun) {
        (last, None) if last.is_none_or(|(covered, _)| covered <= before) => {
            let (covered, head) = last.unwrap_or((0, NOTHING));
            let mut hash = Sha256::new_with_prefix(head.0);
            feed(&mut hash, &segment, covered, before)?;
            hash.update(appended);
            Mark::Record { len, hash: Hash(hash.finalize().into()), anew: None }
        }
        (last, begun) => {
            let why = begun.unwrap_or_else(|| SHORTER.to_string());
            whole(&segment, len, Anew { why, time: now, old: last.map_or(NOTHING, |(_, head)| head) })?
        }
    };
    append(ledger, month, &mark)
}

/// A writer found the segment shorter than its chain.
pub(super) const SHORTER: &str = "shorter";

/// Before a segment with a chain is rewritten.
pub(super) fn begin(ledger: &Ledger, month: u32, why: &str, time: Time) -> Result<()> {
    match path_of(ledger, month).exists() {
        true => append(ledger, month, &Mark::Begun { why: why.to_string(), time }),
        false => Ok(()),
    }
}

/// After that: the chain goes on with all that the segment holds now.
pub(super) fn begin_anew(ledger: &Ledger, month: u32, why: &str, time: Time) -> Result<()> {
    let Some((_, old)) = end_of(ledger, month)?.last else { return Ok(()) };
    let segment = ledger.segment_path(month);
    let len = std::fs::metadata(&segment).map_err(|error| Error::io("read", &segment, error))?.len();
    append(ledger, month, &whole(&segment, len, Anew { why: why.to_string(), time, old })?)
}

fn whole(segment: &Path, len: u64, anew: Anew) -> Result<Mark> {
    let mut hash = Sha256::new_with_prefix(anew.old.0);
    feed(&mut hash, segment, 0, len)?;
    Ok(Mark::Record { len, hash: Hash(hash.finalize().into()), anew: Some(anew) })
}

/// How many bytes of a segment the last record covers; None without a chain.
pub(super) fn covered(ledger: &Ledger, month: u32) -> Result<Option<u64>> {
    Ok(end_of(ledger, month)?.last.map(|(len, _)| len))
}

fn end_of(ledger: &Ledger, month: u32) -> Result<End> {
    let path = path_of(ledger, month);
    let failed = |error| Error::io("read", &path, error);
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(End::default()),
        Err(error) => return Err(failed(error)),
    };
    let len = file.seek(SeekFrom::End(0)).map_err(failed)?;
    // Of the last two lines one is a record, in a chain that this program wrote.
    let bytes = segment::read_range_of(&mut file, len.saturating_sub(4 * LONGEST), len).map_err(failed)?;
    let mut end = End::default();
    for mark in bytes.split_inclusive(|byte| *byte == b'\n').filter_map(read) {
        match mark {
            Mark::Record { len, hash, .. } => end = End { last: Some((len, hash)), begun: None },
            Mark::Begun { why, .. } => end.begun = Some(why),
        }
    }
    Ok(end)
}

fn append(ledger: &Ledger, month: u32, mark: &Mark) -> Result<()> {
    let path = path_of(ledger, month);
    let failed = |error| Error::io("write", &path, error);
    let mut file = disk::open_append(&path)?;
    let len = file.seek(SeekFrom::End(0)).map_err(failed)?;
    // A line that a crash cut short is no record, and must not become one with this line behind it.
    let glue = len > 0 && segment::read_range(&path, len - 1, len)? != b"\n";
    let line = format!("{}{}\n", if glue { "\n" } else { "" }, mark.text());
    if let Err(error) = file.write_all(line.as_bytes()) {
        let _ = file.set_len(len);
        return Err(failed(error));
    }
    Ok(())
}

/// Bytes `from..to` of a file go into a hash, in pieces.
fn feed(hash: &mut Sha256, path: &Path, from: u64, to: u64) -> Result<()> {
    if from >= to {
        return Ok(());
    }
    let failed = |error| Error::io("read", path, error);
    let mut file = File::open(path).map_err(failed)?;
    file.seek(SeekFrom::Start(from)).map_err(failed)?;
    let mut buffer = vec![0; 256 << 10];
    let mut rest = file.take(to - from);
    loop {
        match rest.read(&mut buffer).map_err(failed)? {
            0 => return Ok(()),
            read => hash.update(&buffer[..read]),
        }
    }
}

/// One line of a chain; None for what is none, such as one that was cut short.
fn read(line: &[u8]) -> Option<Mark> {
    let text = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    let words: Vec<&str> = text.split(' ').collect();
    match words[..] {
        ["begin", why, time] => Some(Mark::Begun { why: why.to_string(), time: Time::parse(time)? }),
        [len, hash] => Some(Mark::Record { len: len.parse().ok()?, hash: Hash::parse(hash)?, anew: None }),
        [len, hash, why, time, old] => {
            let anew = Anew { why: why.to_string(), time: Time::parse(time)?, old: Hash::parse(old)? };
            Some(Mark::Record { len: len.parse().ok()?, hash: Hash::parse(hash)?, anew: Some(anew) })
        }
        _ => None,
    }
}

impl Mark {
    fn text(&self) -> String {
        match self {
            Mark::Record { len, hash, anew: None } => format!("{len} {hash}"),
            Mark::Record { len, hash, anew: Some(anew) } => {
                format!("{len} {hash} {} {} {}", anew.why, anew.time, anew.old)
            }
            Mark::Begun { why, time } => format!("begin {why} {time}"),
        }
    }
}

impl Hash {
    /// Of 64 hexadecimal digits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        of_hex(text)?.try_into().ok().map(Self)
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger() -> (tempfile::TempDir, Ledger) {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::at(dir.path());
        disk::create_dir_private(&ledger.folder()).unwrap();
        (dir, ledger)
    }

    fn commit(ledger: &Ledger, lines: &[u8]) {
        let path = ledger.segment_path(202_611);
        let before = std::fs::metadata(&path).map_or(0, |facts| facts.len());
        segment::append(&path, before, lines).unwrap();
        extend(ledger, 202_611, before, lines, Time(0)).unwrap();
    }

    fn lines(ledger: &Ledger) -> Vec<String> {
        let text = disk::read(&path_of(ledger, 202_611)).unwrap().unwrap();
        String::from_utf8(text).unwrap().lines().map(str::to_string).collect()
    }

    #[test]
    fn a_record_is_the_hash_of_the_one_before_and_of_what_came_since() {
        let (_dir, ledger) = ledger();
        commit(&ledger, b"abc\n");
        commit(&ledger, b"defg\n");
        let hash = |before: [u8; 32], text: &[u8]| Sha256::digest([&before[..], text].concat());
        let first: [u8; 32] = hash([0; 32], b"abc\n").into();
        let second: [u8; 32] = hash(first, b"defg\n").into();
        assert_eq!(lines(&ledger), [format!("4 {}", Hash(first)), format!("9 {}", Hash(second))]);
        assert_eq!(Hash::parse(&Hash(second).to_string()), Some(Hash(second)));
        assert_eq!(Hash::parse("abc"), None);
    }

    #[test]
    fn what_a_crash_left_uncovered_is_in_the_next_record() {
        let (_dir, ledger) = ledger();
        commit(&ledger, b"abc\n");
        segment::append(&ledger.segment_path(202_611), 4, b"crash\n").unwrap();
        // And the record itself cut short.
        disk::open_append(&path_of(&ledger, 202_611)).unwrap().write_all(b"10 00ab").unwrap();
        commit(&ledger, b"x\n");
        let first: [u8; 32] = Sha256::digest([&[0; 32], &b"abc\n"[..]].concat()).into();
        let last: [u8; 32] = Sha256::digest([&first, &b"crash\nx\n"[..]].concat()).into();
        assert_eq!(lines(&ledger)[1..], ["10 00ab".to_string(), format!("12 {}", Hash(last))]);
    }

    #[test]
    fn a_segment_that_lost_bytes_is_not_gone_on_with_in_silence() {
        let (_dir, ledger) = ledger();
        commit(&ledger, b"abc\n");
        commit(&ledger, b"def\n");
        disk::open_rw(&ledger.segment_path(202_611)).unwrap().set_len(4).unwrap();
        commit(&ledger, b"x\n");
        let last = lines(&ledger).remove(2);
        assert!(last.starts_with("6 ") && last.contains(" shorter 1970-01-01T00:00:00.000Z "), "{last}");
        begin(&ledger, 202_611, "compact", Time(0)).unwrap();
        commit(&ledger, b"y\n");
        assert!(lines(&ledger)[4].contains(" compact "), "an interrupted rewriting names itself");
    }
}
