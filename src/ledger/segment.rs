//! One file per UTC month, one JSON object per line. Owns naming, appending and the torn tail.

use std::fs::{File, Metadata};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{Ledger, scan};
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::lock::Sole;

/// `2026-11` for 202611.
pub fn month_name(month: u32) -> String {
    format!("{:04}-{:02}", month / 100, month % 100)
}

/// `2026-11.jsonl` for 202611.
pub fn file_name(month: u32) -> String {
    month_name(month) + ".jsonl"
}

/// The month of a segment's file name; None for anything else that lies in the folder.
pub fn month_of(name: &str) -> Option<u32> {
    let (year, rest) = name.strip_suffix(".jsonl")?.split_once('-')?;
    let valid =
        year.len() == 4 && rest.len() == 2 && [year, rest].concat().bytes().all(|b| b.is_ascii_digit());
    let month: u32 = rest.parse().ok().filter(|month| (1..=12).contains(month))?;
    valid.then(|| year.parse::<u32>().ok().map(|year| year * 100 + month))?
}

/// The segments that exist, oldest first, with their length in bytes.
///
/// Errors: a folder, a pipe or a device where a segment belongs. Opening a pipe would wait for whoever writes to it.
pub fn list(ledger: &Ledger) -> Result<Vec<(u32, u64)>> {
    let found = named(ledger)?;
    found
        .iter()
        .try_for_each(|(_, path, facts)| disk::refuse_what_is_no_file("read", path, facts))
        .map(|()| found.iter().map(|(month, _, facts)| (*month, facts.len())).collect())
}

/// Whatever has a segment's name, oldest first.
pub(super) fn named(ledger: &Ledger) -> Result<Vec<(u32, PathBuf, Metadata)>> {
    let folder = ledger.folder();
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::io("read", &folder, error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Error::io("read", &folder, error))?;
        let Some(month) = entry.file_name().to_str().and_then(month_of) else { continue };
        let path = entry.path();
        let facts = std::fs::metadata(&path).map_err(|error| Error::io("read", &path, error))?;
        found.push((month, path, facts));
    }
    found.sort_unstable_by_key(|(month, _, _)| *month);
    Ok(found)
}

/// Appends whole lines in one write. When the write fails part-way (disk full), the segment is cut back to what
/// it was, so that no half line stays behind.
///
/// Errors: `Busy` when the segment is not as long as it was under the lock.
pub fn append(path: &Path, expected_len: u64, lines: &[u8]) -> Result<()> {
    let mut opened = open_unchanged(path, expected_len)?;
    let file = opened.file();
    if let Err(error) = file.write_all(lines) {
        let _ = file.set_len(expected_len);
        return Err(Error::io("write", path, error));
    }
    Ok(())
}

/// Opens a segment that is as long as it was under the ledger's lock, for this process alone.
///
/// When the folder was removed or moved meanwhile, this one is another's, who holds another lock: hence a lock on the
/// segment too, so that of two such writers the second sees what the first wrote. Looked at after opening: what happens to
/// the folder from then on does not change which file is written.
fn open_unchanged(path: &Path, expected_len: u64) -> Result<Sole> {
    if let Some(mut opened) = Sole::at(disk::open_append(path)?, path)?
        && opened.file().metadata().map_err(|error| Error::io("read", path, error))?.len() == expected_len
    {
        return Ok(opened);
    }
    Err(Error::busy(format!("`{}` was exchanged while it was written", path.display()))
        .hint("the calls are booked at the next event"))
}

/// Moves an unfinished last line to `torn.jsonl` beside the segment and cuts it off. Returns the segment's new
/// length. The call in it is not lost: its read position was never stored, so the transcript is read again. Zeros, which
/// a power cut leaves where bytes never came, are cut off and kept nowhere. A line that is whole but for its end, as
/// editors leave it, gets its end.
pub fn set_torn_tail_aside(ledger: &Ledger, month: u32, len: u64) -> Result<u64> {
    let path = ledger.segment_path(month);
    let keep = end_of_last_line(&path, len)?;
    if keep == len {
        return Ok(len);
    }
    let tail = read_range(&path, keep, len)?;
    if scan::parse(&tail).is_ok() {
        append(&path, len, b"\n")?;
        return Ok(len + 1);
    }
    if let Some(last) = tail.iter().rposition(|byte| *byte != 0) {
        let aside = ledger.folder().join("torn.jsonl");
        let torn = [&tail[..=last], b"\n"].concat();
        disk::open_append_here(&aside)?
            .write_all(&torn)
            .map_err(|error| Error::io("write", &aside, error))?;
    }
    open_unchanged(&path, len)?.file().set_len(keep).map_err(|error| Error::io("shorten", &path, error))?;
    Ok(keep)
}

/// The offset just behind the last newline in the first `len` bytes.
pub(super) fn end_of_last_line(path: &Path, len: u64) -> Result<u64> {
    let mut end = len;
    while end > 0 {
        let start = end.saturating_sub(64 * 1024);
        let bytes = read_range(path, start, end)?;
        if let Some(at) = memchr::memrchr(b'\n', &bytes) {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// Bytes `start..end` of a file; shorter when the file is.
pub fn read_range(path: &Path, start: u64, end: u64) -> Result<Vec<u8>> {
    let mut file = File::open(path).map_err(|error| Error::io("read", path, error))?;
    read_range_of(&mut file, start, end).map_err(|error| Error::io("read", path, error))
}

pub fn read_range_of(file: &mut File, start: u64, end: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(end.saturating_sub(start)).unwrap_or(0));
    file.seek(SeekFrom::Start(start))?;
    file.take(end.saturating_sub(start)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Fingerprint of the last bytes before `len`: tells a segment that was exchanged from one that only grew.
pub fn tail_fingerprint(path: &Path, len: u64) -> Result<i64> {
    let bytes = read_range(path, len.saturating_sub(TAIL), len)?;
    Ok(fingerprint(&bytes))
}

pub const TAIL: u64 = 256;

/// FNV-1a with a final mix. Stored on disk, hence spelled out: the standard hasher may change between releases.
pub fn fingerprint(bytes: &[u8]) -> i64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for &byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^= hash >> 29;
    hash as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_months_match() {
        assert_eq!(file_name(202_611), "2026-11.jsonl");
        assert_eq!(month_of("2026-11.jsonl"), Some(202_611));
        for name in ["2026-13.jsonl", "2026-1.jsonl", "torn.jsonl", ".lock", "2026-11.json", "+026-11.jsonl"]
        {
            assert_eq!(month_of(name), None, "{name}");
        }
    }

    /// As when the folder was removed while two held the locks of two folders.
    #[test]
    fn of_two_writers_who_saw_the_same_length_one_writes() {
        let dir = tempfile::tempdir().expect("temp dir");
        for round in 0..200 {
            let path = dir.path().join(round.to_string());
            let done: Vec<bool> = std::thread::scope(|scope| {
                let threads = [b"one\n", b"two\n"].map(|line| scope.spawn(|| append(&path, 0, line)));
                threads.map(|thread| thread.join().expect("no panic").is_ok()).to_vec()
            });
            let written = std::fs::read(&path).expect("segment");
            assert_eq!(written.len(), done.iter().filter(|done| **done).count() * 4, "{done:?}");
            assert_eq!(written.len(), 4, "{done:?}");
        }
    }

    #[test]
    fn a_torn_tail_is_set_aside_and_not_lost() {
        let dir = tempfile::tempdir().expect("temp dir");
        let ledger = Ledger::at(dir.path());
        disk::create_dir_private(&ledger.folder()).expect("folder");
        let path = ledger.segment_path(202_611);
        append(&path, 0, b"{\"a\":1}\n{\"b\":").expect("append");
        assert_eq!(set_torn_tail_aside(&ledger, 202_611, 13).expect("mend"), 8);
        assert_eq!(std::fs::read(&path).expect("segment"), b"{\"a\":1}\n");
        assert_eq!(std::fs::read(ledger.folder().join("torn.jsonl")).expect("aside"), b"{\"b\":\n");
        assert_eq!(set_torn_tail_aside(&ledger, 202_611, 8).expect("nothing to do"), 8);
        append(&path, 8, &[0; 70_000]).expect("append");
        assert_eq!(set_torn_tail_aside(&ledger, 202_611, 70_008).expect("mend"), 8);
        let whole = br#"{"kind":"start","v":1,"id":"start:s:1","time":"2026-11-24T10:00:00Z","session":"s","project":"/w","user":"u","birth":"startup"}"#;
        append(&path, 8, whole).expect("append");
        let len = 8 + whole.len() as u64;
        assert_eq!(set_torn_tail_aside(&ledger, 202_611, len).expect("mend"), len + 1);
        assert_eq!(std::fs::read(&path).expect("segment"), [b"{\"a\":1}\n", &whole[..], b"\n"].concat());
        assert_eq!(std::fs::read(ledger.folder().join("torn.jsonl")).expect("aside"), b"{\"b\":\n");
    }
}
