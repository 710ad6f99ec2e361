//! Rewriting segments, for `repair` and `compact`: the one place where lines that were written change. What is to change
//! is theirs; here it is done so that a process may be ended at any point and nothing is lost: the new segments are
//! written beside the old ones and looked at before the first takes its place, what leaves a segment is on the disk
//! elsewhere before that, and the checkpoint is out of the way until everything stands.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use super::aside::{self, Aside};
use super::census::{Census, Kind, Seen, Segment, Spot};
use super::numbering::Numbering;
use super::{Ledger, chain, snapshot};
use crate::base::disk::{self, PRIVATE_FILE, Replacement};
use crate::base::error::{Error, Result};
use crate::base::time::Time;

/// What changes in one segment.
#[derive(Debug, Default)]
pub(super) struct Edit {
    /// Lines that go, by their offset: their length, and the lines that stand there instead.
    cuts: BTreeMap<u64, (u64, Vec<Vec<u8>>)>,
    added: Vec<Vec<u8>>,
}

/// What changes altogether.
#[derive(Debug, Default)]
pub(super) struct Edits {
    months: BTreeMap<u32, Edit>,
    /// Lines that are kept elsewhere, with the reason.
    aside: Vec<(Spot, String, Vec<u8>)>,
}

impl Edits {
    pub(super) fn is_empty(&self) -> bool {
        self.months.is_empty()
    }

    pub(super) fn cut(&mut self, month: u32, spot: Spot) {
        let edit = self.months.entry(month).or_default();
        edit.cuts.entry(spot.at).or_default().0 = u64::from(spot.len) + 1;
    }

    /// Puts a line where another was cut.
    pub(super) fn put(&mut self, month: u32, at: u64, line: Vec<u8>) {
        self.months.entry(month).or_default().cuts.entry(at).or_default().1.push(line);
    }

    pub(super) fn add(&mut self, month: u32, line: Vec<u8>) {
        self.months.entry(month).or_default().added.push(line);
    }

    pub(super) fn set_aside(&mut self, spot: Spot, why: impl Into<String>, bytes: Vec<u8>) {
        self.aside.push((spot, why.into(), bytes));
    }

    pub(super) fn aside_count(&self) -> usize {
        self.aside.len()
    }

    pub(super) fn months(&self) -> impl Iterator<Item = u32> {
        self.months.keys().copied()
    }

    /// The stretches of a segment that go, in order.
    pub(super) fn cuts(&self, month: u32) -> Vec<(u64, u64)> {
        let cuts = self.months.get(&month).map(|edit| &edit.cuts);
        cuts.into_iter().flatten().map(|(at, (len, _))| (*at, *len)).collect()
    }
}

/// New segments beside the old ones, written and not in place yet.
pub(super) struct Rewriting<'l> {
    ledger: &'l Ledger,
    edits: Edits,
    fresh: Vec<(u32, Replacement)>,
    now: Time,
    why: &'static str,
}

impl<'l> Rewriting<'l> {
    /// Writes the new segments. For who holds the lock.
    pub(super) fn prepare(
        ledger: &'l Ledger,
        census: &Census,
        edits: Edits,
        now: Time,
        why: &'static str,
    ) -> Result<Self> {
        let mut fresh = Vec::new();
        // Those that only gain come first: ended half-way, a line that moves stands twice rather than nowhere.
        let mut months: Vec<(&u32, &Edit)> = edits.months.iter().collect();
        months.sort_by_key(|(_, edit)| !edit.cuts.is_empty());
        for (month, edit) in months {
            let path = ledger.segment_path(*month);
            let mut replacement = Replacement::begin(&path, PRIVATE_FILE)?;
            let old = census.segments.iter().find(|segment| segment.month == *month);
            write(&mut replacement, old, edit).map_err(|error| Error::io("write", &path, error))?;
            fresh.push((*month, replacement));
        }
        Ok(Self { ledger, edits, fresh, now, why })
    }

    /// The ledger as it will be.
    pub(super) fn outcome(&self, census: &Census) -> Result<Census> {
        let mut segments: BTreeMap<u32, Segment> =
            census.segments.iter().map(|segment| (segment.month, segment.clone())).collect();
        for (month, replacement) in &self.fresh {
            let path = replacement.path().to_path_buf();
            let len = std::fs::metadata(&path).map_err(|error| Error::io("read", &path, error))?.len();
            segments.insert(*month, Segment { month: *month, path, len, whole: len });
        }
        Census::of_segments(segments.into_values().collect())
    }

    /// Copies of what is about to change, and of its chains.
    pub(super) fn back_up(&self, folder: &std::path::Path) -> Result<()> {
        disk::create_dir_private(folder)?;
        for (month, _) in &self.fresh {
            for path in [self.ledger.segment_path(*month), chain::path_of(self.ledger, *month)] {
                let copy = folder.join(path.file_name().unwrap_or_default());
                // The state before the first change is the one to go back to.
                if path.exists() && (!copy.exists() || disk::is_link(&copy)) {
                    disk::copy_private(&path, &copy)?;
                }
            }
        }
        Ok(())
    }

    /// Puts the new segments in place. The checkpoint must be out of the way.
    pub(super) fn finish(self, census: &Census) -> Result<()> {
        aside::append(self.ledger, &numbered(census, self.edits.aside, self.now)?)?;
        for (month, replacement) in &self.fresh {
            chain::begin(self.ledger, *month, self.why, self.now)?;
            replacement.sync()?;
        }
        let months: Vec<u32> = self.fresh.iter().map(|(month, _)| *month).collect();
        snapshot::begin_replacing(self.ledger)?;
        self.fresh.into_iter().try_for_each(|(_, replacement)| replacement.finish())?;
        snapshot::end_replacing(self.ledger)?;
        months.into_iter().try_for_each(|month| chain::begin_anew(self.ledger, month, self.why, self.now))
    }
}

fn write(to: &mut Replacement, old: Option<&Segment>, edit: &Edit) -> std::io::Result<()> {
    let mut to = std::io::BufWriter::with_capacity(256 << 10, to);
    if let Some(old) = old {
        let mut from = File::open(&old.path)?;
        let mut at = 0;
        for (cut, (len, lines)) in &edit.cuts {
            copy(&mut from, &mut to, at, *cut)?;
            lines.iter().try_for_each(|line| put(&mut to, line))?;
            at = (cut + len).min(old.len);
        }
        copy(&mut from, &mut to, at, old.len)?;
    }
    edit.added.iter().try_for_each(|line| put(&mut to, line))?;
    to.flush()
}

fn put(to: &mut impl Write, line: &[u8]) -> std::io::Result<()> {
    to.write_all(line)?;
    to.write_all(b"\n")
}

fn copy(from: &mut File, to: &mut impl Write, start: u64, end: u64) -> std::io::Result<()> {
    if start >= end {
        return Ok(());
    }
    from.seek(SeekFrom::Start(start))?;
    let copied = std::io::copy(&mut from.take(end - start), to)?;
    if copied == end - start { Ok(()) } else { Err(std::io::ErrorKind::UnexpectedEof.into()) }
}

/// With the number of the line, which nobody counted so far.
fn numbered(census: &Census, mut aside: Vec<(Spot, String, Vec<u8>)>, now: Time) -> Result<Vec<Aside>> {
    aside.sort_by_key(|(spot, ..)| *spot);
    let mut numbering = Numbering::default();
    let number = |(spot, why, bytes): (Spot, String, Vec<u8>)| {
        let number = numbering.of(&census.segments[usize::from(spot.segment)].path, spot.at)?;
        Ok(Aside::new(now, census.name(spot.segment), number, why, &bytes))
    };
    aside.into_iter().map(number).collect()
}

/// Is every id still there, in the same state or a higher one? What the program asks itself before it rewrites anything.
pub(super) fn holds_all(before: &Census, after: &Census) -> bool {
    let after: Vec<Seen> = after.newest().collect();
    before.newest().all(|old| {
        let found = after.binary_search_by_key(&old.id, |seen| seen.id).map(|at| after[at]);
        found.is_ok_and(|new| {
            let same = new.rev == old.rev && new.tokens == old.tokens && new.cost == old.cost;
            // Of unlisted money a higher revision may say less.
            let is_more = new.tokens >= old.tokens && new.cost >= old.cost;
            same || new.rev > old.rev && (is_more || old.kind != Kind::Call)
        })
    })
}

/// Are all ids there in the same state, and no others?
pub(super) fn hold_the_same(before: &Census, after: &Census) -> bool {
    let state = |seen: Seen| (seen.id, seen.rev, seen.tokens, seen.cost, seen.len, seen.kind);
    before.newest().map(state).eq(after.newest().map(state))
        && before.names.sessions == after.names.sessions
        && before.bad.len() == after.bad.len()
}

/// The folder for copies, named by the time.
pub(super) fn backup_folder(ledger: &Ledger, now: Time) -> PathBuf {
    let stamp: String = now.to_string().chars().filter(|letter| letter.is_ascii_alphanumeric()).collect();
    let stamp = format!("{}Z", stamp.get(..15).unwrap_or(&stamp));
    let named = |suffix: &str| ledger.base().join(format!("ledger-backup-{stamp}{suffix}"));
    let first = named("");
    if !first.exists() {
        return first;
    }
    (2..).map(|number| named(&format!("-{number}"))).find(|path| !path.exists()).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str, rev: u32, output: u64, cost: &str) -> String {
        format!(
            "{{\"kind\":\"call\",\"v\":1,\"id\":\"{id}\",\"rev\":{rev},\"time\":\"2026-11-24T10:00:00.000Z\",\"session\":\"s\",\
             \"project\":\"/w\",\"model\":\"m\",\"provider\":\"anthropic\",\"tokens\":{{\"input\":1,\"output\":{output},\
             \"cacheWrite5m\":0,\"cacheWrite1h\":0,\"cacheRead\":0}},\"feature\":\"chat\",\"user\":\"u\",\"cost\":\"{cost}\",\
             \"prices\":\"p\"}}\n"
        )
    }

    fn census(lines: &[String]) -> (tempfile::TempDir, Census) {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::at(dir.path());
        disk::create_dir_private(&ledger.folder()).unwrap();
        disk::replace(&ledger.segment_path(202_611), lines.concat().as_bytes()).unwrap();
        let census = Census::of(&ledger).unwrap();
        (dir, census)
    }

    #[test]
    fn a_loss_of_any_kind_is_seen_before_anything_is_replaced() {
        let (a, b) = (line("a:1", 0, 5, "1"), line("b:1", 0, 5, "1"));
        let (_dir, before) = census(&[a.clone(), b.clone()]);
        let judged = |lines: &[String]| {
            let (_dir, after) = census(lines);
            (holds_all(&before, &after), hold_the_same(&before, &after))
        };
        assert_eq!(judged(&[b.clone(), a.clone()]), (true, true));
        assert_eq!(judged(&[a.clone(), b.clone(), line("c:1", 0, 1, "1")]), (true, false), "one more");
        assert_eq!(
            judged(&[a.clone(), b.clone(), line("b:1", 1, 6, "2")]),
            (true, false),
            "a higher revision"
        );
        assert_eq!(judged(std::slice::from_ref(&a)), (false, false), "one less");
        assert_eq!(judged(&[a.clone(), line("b:1", 0, 5, "1.5")]), (false, false), "another amount");
        assert_eq!(judged(&[a.clone(), line("b:1", 1, 4, "1")]), (false, false), "fewer tokens");
        assert_eq!(judged(&[a, "rubbish\n".to_string(), b]), (true, false), "a line that cannot be read");
    }

    #[test]
    fn lines_are_cut_put_and_added_and_all_else_is_kept() {
        let lines = [line("a:1", 0, 5, "1"), "rubbish\n".to_string(), line("b:1", 0, 5, "1")];
        let (dir, census) = census(&lines);
        let ledger = Ledger::at(dir.path());
        let mut edits = Edits::default();
        let at = lines[0].len() as u64;
        edits.cut(202_611, Spot { segment: 0, at, len: 7 });
        edits.put(202_611, at, b"put".to_vec());
        edits.add(202_611, b"added".to_vec());
        edits.set_aside(Spot { segment: 0, at, len: 7 }, "why", b"rubbish".to_vec());
        assert_eq!(edits.cuts(202_611), [(at, 8)]);
        let rewriting = Rewriting::prepare(&ledger, &census, edits, Time(0), "repair").unwrap();
        assert_eq!(rewriting.outcome(&census).unwrap().bad.len(), 2, "it is read before it is in place");
        let backup = dir.path().join("backup");
        rewriting.back_up(&backup).unwrap();
        rewriting.finish(&census).unwrap();
        let path = ledger.segment_path(202_611);
        let text = String::from_utf8(disk::read(&path).unwrap().unwrap()).unwrap();
        assert_eq!(text, format!("{}put\n{}added\n", lines[0], lines[2]));
        assert_eq!(disk::read(&backup.join("2026-11.jsonl")).unwrap().unwrap(), lines.concat().as_bytes());
        let aside =
            String::from_utf8(disk::read(&aside::unreadable_path(&ledger)).unwrap().unwrap()).unwrap();
        assert!(
            aside.contains("\"file\":\"2026-11.jsonl\",\"line\":2,\"why\":\"why\",\"text\":\"rubbish\""),
            "{aside}"
        );
    }
}
