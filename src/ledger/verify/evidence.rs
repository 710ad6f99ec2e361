//! The tamper evidence in words: where a segment is not what its chain says, and whether heads that were noted elsewhere
//! are still there. Holding the bytes against the chain is `chain::check`'s business.

use std::cmp::Ordering;
use std::path::Path;

use super::{Chain, Expected, Look};
use crate::base::disk;
use crate::base::error::Result;
use crate::base::time::Time;
use crate::base::words::{Language, Word, say, word};
use crate::ledger::census::Census;
use crate::ledger::chain::check::{self, Checked};
use crate::ledger::chain::{self, Hash};
use crate::ledger::{numbering, scan, segment};

pub(super) fn coverage(checked: &Checked) -> Chain {
    Chain {
        records: checked.records,
        head: checked.head.map(|head| head.to_string()),
        uncovered: checked.uncovered,
        holds: checked.faults.is_empty(),
    }
}

impl Look<'_> {
    /// Each segment against its chain.
    pub(super) fn chains(&mut self, census: &Census) -> Result<Vec<Option<Checked>>> {
        let mut all = Vec::new();
        for segment in &census.segments {
            let path = chain::path_of(self.ledger, segment.month);
            let checked = check::check(&path, &segment.path, segment.whole)?;
            if let Some(checked) = &checked {
                self.chain(segment.month, &segment.path, checked)?;
            }
            all.push(checked);
        }
        for path in disk::list(&self.ledger.folder())? {
            let stem = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".chain"));
            let month = stem.and_then(|stem| segment::month_of(&format!("{stem}.jsonl")));
            if month.is_some_and(|month| !census.segments.iter().any(|segment| segment.month == month)) {
                let file = format!("ledger/{}.jsonl", stem.unwrap_or_default());
                let words = self.word(word!("found-chain-without-segment"));
                self.add("chain-removed", true, &file, words, self.otherwise(word!("cure-put-back")));
            }
        }
        Ok(all)
    }

    fn chain(&mut self, month: u32, segment: &Path, checked: &Checked) -> Result<()> {
        const CURE: Word = word!("cure-find-out");
        let language = self.language;
        let file = format!("ledger/{}", segment::file_name(month));
        for fault in &checked.faults {
            let (id, words) = fault_in_words(fault, segment, language)?;
            self.add_line(id, true, &file, fault.from, words, self.otherwise(CURE));
        }
        let chain = file.replace(".jsonl", ".chain");
        if checked.unreadable > 0 {
            let lines = say!(language, "found-line-count", lines = checked.unreadable);
            let words = say!(language, "found-chain-unreadable", lines = lines);
            self.add("chain-line", false, &chain, words, self.otherwise(word!("cure-records-hold")));
        }
        if let Some(why) = &checked.interrupted {
            let words = say!(language, "found-chain-interrupted", command = why);
            let cure = self.otherwise(word!("cure-next-goes-on"));
            self.add("chain-interrupted", false, &chain, words, cure);
        }
        if checked.uncovered > 0 {
            let bytes = counted_bytes(checked.uncovered, language);
            let words = say!(language, "found-chain-uncovered", bytes = bytes);
            self.add("chain-uncovered", false, &file, words, self.otherwise(word!("cure-next-covers")));
        }
        if let Some(anew) = checked.anew.as_ref().filter(|anew| anew.why == chain::SHORTER) {
            let words = say!(language, "found-chain-shorter", time = anew.time.to_string());
            self.add("chain-shorter", true, &file, words, self.otherwise(CURE));
        }
        Ok(())
    }

    pub(super) fn expected(
        &mut self,
        census: &Census,
        chains: &[Option<Checked>],
        wanted: &[Hash],
    ) -> Vec<Expected> {
        let mut all = Vec::new();
        for head in wanted {
            let found = census.segments.iter().zip(chains).find_map(|(segment, checked)| {
                let (_, later) = checked.as_ref()?.heads.iter().find(|(known, _)| known == head)?;
                Some((segment.month, later.as_ref().map(|anew| (anew.why.clone(), anew.time))))
            });
            if found.is_none() {
                let words = say!(self.language, "found-no-such-head", head = head.to_string());
                self.add("expected", true, "ledger", words, self.otherwise(word!("cure-compare")));
            }
            let (month, rewritten) =
                found.map_or((None, None), |(month, rewritten)| (Some(month), rewritten));
            all.push(Expected { head: head.to_string(), month, rewritten });
        }
        all
    }
}

fn fault_in_words(
    fault: &check::Fault,
    segment: &Path,
    language: Language,
) -> Result<(&'static str, String)> {
    let there = fault.to - fault.from;
    let lines = numbering::newlines(segment, fault.from, fault.to)?;
    let bytes = |bytes: u64| counted_bytes(bytes, language);
    let commits = say!(language, "commit-count", commits = fault.records);
    let (id, what) = match (there, fault.recorded) {
        (_, 0) => {
            let text = say!(language, "found-line-count", lines = lines);
            let words = match lines {
                1 => say!(language, "found-fault-added-line", lines = text, bytes = bytes(there)),
                _ => say!(language, "found-fault-added", lines = text, bytes = bytes(there)),
            };
            ("chain-added", words)
        }
        (0, gone) => {
            ("chain-removed", say!(language, "found-fault-removed", bytes = bytes(gone), commits = commits))
        }
        (there, recorded) => {
            let words = match there.cmp(&recorded) {
                Ordering::Less => say!(
                    language,
                    "found-fault-shorter",
                    lines = lines,
                    bytes = bytes(recorded - there),
                    commits = commits
                ),
                Ordering::Greater => say!(
                    language,
                    "found-fault-longer",
                    lines = lines,
                    bytes = bytes(there - recorded),
                    commits = commits
                ),
                Ordering::Equal => {
                    say!(language, "found-fault-edited", lines = lines, commits = commits)
                }
            };
            ("chain-changed", words)
        }
    };
    let what = match times(segment, fault)? {
        Some((first, last)) if first == last => {
            say!(language, "found-fault-at", what = what, time = first.to_string())
        }
        Some((first, last)) => {
            let (first, last) = (first.to_string(), last.to_string());
            say!(language, "found-fault-from-to", what = what, first = first, last = last)
        }
        None => what,
    };
    let words = match fault.to_the_end {
        true => say!(language, "found-fault-to-the-end", what = what),
        false => say!(language, "found-fault-then-holds", what = what),
    };
    Ok((id, words))
}

/// The times of the first and last line that can be read in a fault.
fn times(segment: &Path, fault: &check::Fault) -> Result<Option<(Time, Time)>> {
    const MOST: u64 = 1 << 20;
    let bytes = segment::read_range(segment, fault.from, fault.to.min(fault.from + MOST))?;
    let times =
        bytes.split(|byte| *byte == b'\n').filter_map(|line| scan::parse(line).ok()).map(|line| line.time());
    let times: Vec<Time> = times.collect();
    Ok(times.first().copied().zip(times.last().copied()))
}

fn counted_bytes(bytes: u64, language: Language) -> String {
    say!(language, "found-byte-count", bytes = bytes)
}
