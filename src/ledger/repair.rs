//! Mending the ledger: whatever can be read counts once afterwards, in its month, and what cannot is kept beside it.
//! What is wrong `damage` and `twins` find; how segments are rewritten is `rewrite`'s business.
//!
//! The checkpoint is made anew on purpose, not carried over: without read positions the transcripts are read again, and
//! a call whose line could not be read is booked from there once more.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use super::census::{Census, Spot};
use super::checkpoint::Checkpoint;
use super::rewrite::{self, Edits, Rewriting};
use super::twins::{self, Fault};
use super::verify::{self, Look};
use super::{Ledger, aside, damage, health, rebuild, scan, segment};
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::lock::Lock;
use crate::base::time::Time;
use crate::base::words::{Language, say, word};

/// What was done, or would be.
#[derive(Debug, Default)]
pub struct Repaired {
    pub did: Vec<String>,
    /// What was left as it is, with the reason.
    pub left: Vec<String>,
    pub backup: Option<PathBuf>,
    /// Where lines went that could not be kept where they were.
    pub aside: Option<PathBuf>,
}

/// Mending one thing can bring up another: a line that was saved may be booked already. So many rounds are enough for
/// everything known; more would be a fault of this program.
const ROUNDS: usize = 8;

const REPAIR: &str = "repair";

/// Mends what can be mended; with `dry` only says what would be done at first. What was done is told in the language.
///
/// Errors: `Busy` when somebody else holds the lock for longer than `patience`; `User` when something cannot be written.
pub fn repair(
    ledger: &Ledger,
    now: Time,
    patience: Duration,
    dry: bool,
    language: Language,
) -> Result<Repaired> {
    let lock = Lock::acquire(&ledger.lock_path(), patience)?;
    let mut repaired = Repaired::default();
    let backup = rewrite::backup_folder(ledger, now);
    let mut planned = false;
    for round in 0.. {
        let census = Census::of(ledger)?;
        let mut plan = Plan::default();
        plan.make(ledger, &census)?;
        repaired.left = plan.left(language);
        if plan.edits.is_empty() {
            break;
        }
        if round == ROUNDS {
            return Err(Error::internal("repairing the ledger comes to no end")
                .hint(format!("the segments as they were are in {}", backup.display())));
        }
        planned = true;
        repaired.did.extend(plan.did(language));
        if plan.edits.aside_count() > 0 {
            repaired.aside = Some(aside::unreadable_path(ledger));
        }
        if dry {
            break;
        }
        let rewriting = Rewriting::prepare(ledger, &census, plan.edits, now, REPAIR)?;
        if !rewrite::holds_all(&census, &rewriting.outcome(&census)?) {
            return Err(Error::internal(
                "the repaired ledger would not hold every call: nothing was changed",
            ));
        }
        rewriting.back_up(&backup)?;
        repaired.backup = Some(backup.clone());
        rebuild::forget(ledger)?;
        Checkpoint::discard(&ledger.checkpoint_path())?;
        rewriting.finish(&census)?;
    }
    files(ledger, dry, language, &mut repaired.did)?;
    let is_wrong = !planned && Look::finds_a_wrong_checkpoint(ledger)?;
    if is_wrong {
        repaired.did.push(language.word(word!("did-checkpoint")).to_string());
    }
    // Of a ledger that holds newer lines no writer of this version makes one.
    if (planned || is_wrong) && !dry && repaired.left.is_empty() {
        rebuild::from_scratch(ledger, now, lock)?;
    }
    Ok(repaired)
}

/// Modes, and what other processes left.
fn files(ledger: &Ledger, dry: bool, language: Language, did: &mut Vec<String>) -> Result<()> {
    let ours = health::files(ledger);
    let open: Vec<&PathBuf> = ours.iter().filter(|path| disk::is_open_to_others(path)).collect();
    if !open.is_empty() {
        did.push(say!(language, "did-private", count = open.len()));
    }
    let folder = ledger.folder();
    let is_left_over = |path: &&PathBuf| {
        path.parent() == Some(&folder)
            && path.file_name().is_some_and(|name| verify::is_left_over(&name.to_string_lossy()))
    };
    let left_over: Vec<&PathBuf> = ours.iter().filter(is_left_over).collect();
    if !left_over.is_empty() {
        did.push(say!(language, "did-remove", count = left_over.len()));
    }
    if !dry {
        open.iter().try_for_each(|path| disk::make_private(path))?;
        left_over.iter().try_for_each(|path| disk::remove(path).map(drop))?;
    }
    Ok(())
}

/// What is to be done in one round.
#[derive(Default)]
struct Plan {
    edits: Edits,
    /// Months that hold lines of a newer version.
    newer: BTreeSet<u32>,
    empty: usize,
    kept: usize,
    moved_aside: usize,
    doubles: usize,
    joined: usize,
    ordered: usize,
    moved: usize,
    taken_back: usize,
}

impl Plan {
    fn make(&mut self, ledger: &Ledger, census: &Census) -> Result<()> {
        let mut runs = Vec::new();
        // Why a line was set aside stands in a file of the ledger, which has no language.
        damage::runs(census, Language::English, |run| {
            runs.push(run);
            Ok(())
        })?;
        for (spot, _) in
            runs.iter().flat_map(|run| &run.lines).filter(|(_, damage)| damage.id == damage::NEWER)
        {
            self.newer.insert(month(census, *spot));
        }
        for run in runs {
            self.damaged(census, run)?;
        }
        self.twins(census)?;
        for unbooked in aside::unbooked(ledger, census)? {
            let month = unbooked.line.time().utc_month();
            if !self.newer.contains(&month) {
                self.taken_back += 1;
                self.edits.add(month, unbooked.bytes);
            }
        }
        Ok(())
    }

    fn damaged(&mut self, census: &Census, mut run: damage::Run) -> Result<()> {
        run.saved.retain(|line| scan::parse(line).is_ok_and(|line| !census.would_lose_by(&line)));
        let Some((first, _)) = run.lines.first() else { return Ok(()) };
        let own = month(census, *first);
        if self.newer.contains(&own) {
            return Ok(());
        }
        let said =
            |bytes: &[u8]| bytes.iter().filter(|byte| **byte != 0 && !byte.is_ascii_whitespace()).count();
        let mut texts = Vec::new();
        for (spot, _) in &run.lines {
            self.edits.cut(own, *spot);
            texts.push(census.bytes(*spot)?);
        }
        let saved: usize = run.saved.iter().map(|line| said(line)).sum();
        let remains = texts.iter().map(|text| said(text)).sum::<usize>() > saved;
        for ((spot, damage), text) in run.lines.iter().zip(texts) {
            if said(&text) == 0 {
                self.empty += 1;
            } else if remains {
                self.moved_aside += 1;
                self.edits.set_aside(*spot, damage.words.clone(), text);
            }
        }
        for line in run.saved {
            self.kept += 1;
            let home = scan::parse(&line).map_or(own, |line| line.time().utc_month());
            match home == own || self.newer.contains(&home) {
                true => self.edits.put(own, first.at, line),
                false => self.edits.add(home, line),
            }
        }
        Ok(())
    }

    fn twins(&mut self, census: &Census) -> Result<()> {
        twins::each(census, |group| {
            let months: Vec<u32> = group.lines.iter().map(|known| month(census, known.seen.spot())).collect();
            let has = |wanted: Fault| group.faults.iter().any(|(_, fault)| *fault == wanted);
            let strays =
                group.lines.iter().zip(&months).any(|(known, month)| known.line.time().utc_month() != *month);
            let (conflict, falls, other) = (has(Fault::Conflict), has(Fault::Falls), has(Fault::OtherMonth));
            if months.iter().any(|month| self.newer.contains(month)) {
                return Ok(());
            }
            if !(strays || conflict || falls || other) {
                for (at, _) in group.faults.iter().filter(|(_, fault)| *fault == Fault::Double) {
                    let known = &group.lines[*at];
                    self.doubles += 1;
                    self.edits.cut(months[*at], known.seen.spot());
                    if !group.lines[..*at].iter().any(|other| other.bytes == known.bytes) {
                        self.edits.set_aside(
                            known.seen.spot(),
                            "the call is booked already",
                            known.bytes.clone(),
                        );
                    }
                }
                return Ok(());
            }
            let settled = twins::settle(&group.lines);
            if self.newer.contains(&settled.month) {
                return Ok(());
            }
            for (known, month) in group.lines.iter().zip(&months) {
                self.edits.cut(*month, known.seen.spot());
                // On its way it stands aside, so that it is taken back should this process end half-way.
                if *month != settled.month {
                    let why = format!("moved to {}", segment::file_name(settled.month));
                    self.edits.set_aside(known.seen.spot(), why, known.bytes.clone());
                }
            }
            for at in settled.aside {
                let known = &group.lines[at];
                if months[at] == settled.month {
                    let why = format!(
                        "other content of the same id: joined in {}",
                        segment::file_name(settled.month)
                    );
                    self.edits.set_aside(known.seen.spot(), why, known.bytes.clone());
                }
            }
            settled.lines.into_iter().for_each(|line| self.edits.add(settled.month, line));
            self.joined += usize::from(conflict || other);
            self.ordered += usize::from(falls && !conflict && !other);
            self.moved += usize::from(strays && !conflict && !other && !falls);
            Ok(())
        })
    }

    fn did(&self, language: Language) -> Vec<String> {
        let what = [
            (self.kept, say!(language, "did-keep", count = self.kept)),
            (self.moved_aside, say!(language, "did-move-aside", count = self.moved_aside)),
            (self.empty, say!(language, "did-drop-empty", count = self.empty)),
            (self.doubles, say!(language, "did-drop-double", count = self.doubles)),
            (self.joined, say!(language, "did-join", count = self.joined)),
            (self.ordered, say!(language, "did-order", count = self.ordered)),
            (self.moved, say!(language, "did-move", count = self.moved)),
            (self.taken_back, say!(language, "did-take-back", count = self.taken_back)),
        ];
        what.into_iter().filter(|(count, _)| *count > 0).map(|(_, told)| told).collect()
    }

    fn left(&self, language: Language) -> Vec<String> {
        let of = |month: &u32| say!(language, "left-newer", file = segment::file_name(*month));
        self.newer.iter().map(of).collect()
    }
}

fn month(census: &Census, spot: Spot) -> u32 {
    census.segments[usize::from(spot.segment)].month
}
