//! The tamper evidence in words: where a segment is not what its chain says, and whether heads that were noted elsewhere
//! are still there. Holding the bytes against the chain is `chain::check`'s business.

use std::path::Path;

use super::{Chain, Expected, Look};
use crate::base::disk;
use crate::base::error::Result;
use crate::base::text::counted;
use crate::base::time::Time;
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
                let words = "the segment is gone, its chain is there";
                self.add("chain-removed", true, &file, words, "nothing: put it back from a backup");
            }
        }
        Ok(all)
    }

    fn chain(&mut self, month: u32, segment: &Path, checked: &Checked) -> Result<()> {
        const CURE: &str = "nothing: who changed it and why has to be found out; a backup may have the lines";
        let file = format!("ledger/{}", segment::file_name(month));
        for fault in &checked.faults {
            let (id, words) = fault_in_words(fault, segment)?;
            self.add_line(id, true, &file, fault.from, words, CURE.to_string());
        }
        let chain = file.replace(".jsonl", ".chain");
        if checked.unreadable > 0 {
            let words = format!("{} of the chain cannot be read", counted(checked.unreadable, "line"));
            self.add("chain-line", false, &chain, words, "nothing: records around it still hold");
        }
        if let Some(why) = &checked.interrupted {
            let words = format!("a process was ended while `{why}` rewrote the segment");
            self.add("chain-interrupted", false, &chain, words, "the next commit goes on from what is there");
        }
        if checked.uncovered > 0 {
            let words = format!("the last {} are covered by no record", counted_bytes(checked.uncovered));
            self.add(
                "chain-uncovered",
                false,
                &file,
                words,
                "the next commit covers them, with cost.tamperEvidence",
            );
        }
        if let Some(anew) = checked.anew.as_ref().filter(|anew| anew.why == chain::SHORTER) {
            let words = format!("the segment had lost bytes when cost-hook went on with it on {}", anew.time);
            self.add("chain-shorter", true, &file, words, CURE);
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
                let words = format!("no chain has the head {head}: a chain was cut, made anew or removed");
                self.add("expected", true, "ledger", words, "nothing: compare the ledger with a backup");
            }
            let (month, rewritten) =
                found.map_or((None, None), |(month, rewritten)| (Some(month), rewritten));
            all.push(Expected { head: head.to_string(), month, rewritten });
        }
        all
    }
}

fn fault_in_words(fault: &check::Fault, segment: &Path) -> Result<(&'static str, String)> {
    let there = fault.to - fault.from;
    let lines = usize::try_from(numbering::newlines(segment, fault.from, fault.to)?).unwrap_or(usize::MAX);
    let (are, stand) = if lines == 1 { ("is", "stands") } else { ("are", "stand") };
    let lines = counted(lines, "line");
    let commits = counted(fault.records, "commit");
    let (id, what) = match (there, fault.recorded) {
        (_, 0) => {
            ("chain-added", format!("{lines} ({}) {stand} here that no commit wrote", counted_bytes(there)))
        }
        (0, gone) => ("chain-removed", format!("{} of {commits} are gone from here", counted_bytes(gone))),
        (there, recorded) if there < recorded => (
            "chain-changed",
            format!(
                "{lines} from here on {are} {} shorter than {commits} wrote: removed or edited",
                counted_bytes(recorded - there)
            ),
        ),
        (there, recorded) if there > recorded => (
            "chain-changed",
            format!(
                "{lines} from here on {are} {} longer than {commits} wrote: added or edited",
                counted_bytes(there - recorded)
            ),
        ),
        _ => ("chain-changed", format!("{lines} from here on {are} not what {commits} wrote: edited")),
    };
    let times = match times(segment, fault)? {
        Some((first, last)) if first == last => format!(", at {first}"),
        Some((first, last)) => format!(", from {first} to {last}"),
        None => String::new(),
    };
    let rest = if fault.to_the_end {
        "; up to the end nothing is as it was recorded"
    } else {
        "; what follows holds"
    };
    Ok((id, what + &times + rest))
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

fn counted_bytes(bytes: u64) -> String {
    counted(usize::try_from(bytes).unwrap_or(usize::MAX), "byte")
}
