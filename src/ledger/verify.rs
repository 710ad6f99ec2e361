//! What is wrong with the ledger, in words, with what `repair` does about it. Reads everything, changes nothing; only
//! for the look at the checkpoint is the lock held, some milliseconds.

mod evidence;

use std::path::Path;

use super::census::{Census, Counts, Kind, Odd, Spot};
use super::chain::Hash;
use super::checkpoint::{Checkpoint, Followed};
use super::health::{self, Step};
use super::numbering::Numbering;
use super::twins::{self, Fault};
use super::{Ledger, aside, damage, scan, segment};
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::lock::{self, Found};
use crate::base::money::Money;
use crate::base::text::{counted_as, size};
use crate::base::time::Time;

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A word for programs.
    pub id: &'static str,
    /// False for what is worth knowing but not wrong.
    pub is_wrong: bool,
    /// Below the data folder.
    pub file: String,
    /// Counted from 1.
    pub line: Option<u64>,
    pub at: Option<u64>,
    pub words: String,
    /// What becomes of it.
    pub cure: String,
}

impl Finding {
    /// Does `repair` do something about it?
    pub fn is_mendable(&self) -> bool {
        self.cure.starts_with("repair ")
    }
}

/// A month as it was found.
#[derive(Debug)]
pub struct Month {
    pub month: u32,
    pub counts: Counts,
    pub chain: Option<Chain>,
}

/// What the chain of a month covers.
#[derive(Debug, Clone)]
pub struct Chain {
    pub records: usize,
    /// To be noted elsewhere.
    pub head: Option<String>,
    pub uncovered: u64,
    /// Everything covered is as it was recorded.
    pub holds: bool,
}

/// Where a head that was noted elsewhere is found.
#[derive(Debug)]
pub struct Expected {
    pub head: String,
    /// None when no chain has it.
    pub month: Option<u32>,
    /// The segment was rewritten since: by what, when.
    pub rewritten: Option<(String, Time)>,
}

#[derive(Debug)]
pub struct Verified {
    pub findings: Vec<Finding>,
    pub months: Vec<Month>,
    pub expected: Vec<Expected>,
}

impl Verified {
    pub fn is_well(&self) -> bool {
        !self.findings.iter().any(|finding| finding.is_wrong)
    }
}

/// Looks at everything. `expect` are heads of chains that were noted elsewhere.
///
/// Errors: a file cannot be read, or a head is none.
pub fn verify(ledger: &Ledger, expect: &[String]) -> Result<Verified> {
    let wanted = expect.iter().map(|text| {
        Hash::parse(text).ok_or_else(|| {
            Error::usage(format!("`{text}` is no head of a chain"))
                .hint("a head has 64 hexadecimal digits, as `cost-hook ledger verify` prints them")
        })
    });
    let wanted: Vec<Hash> = wanted.collect::<Result<_>>()?;
    let mut look = Look { ledger, findings: Vec::new() };
    let remembered = look.checkpoint();
    look.files()?;
    let census = Census::of(ledger)?;
    look.lines(&census)?;
    look.twins(&census)?;
    look.set_aside(&census)?;
    if let Some(remembered) = remembered {
        look.sums(&census, &remembered);
    }
    let chains = look.chains(&census)?;
    let expected = look.expected(&census, &chains, &wanted);
    let months = census.segments.iter().zip(&census.counts).zip(&chains);
    let months = months
        .map(|((segment, counts), chain)| Month {
            month: segment.month,
            counts: counts.clone(),
            chain: chain.as_ref().map(evidence::coverage),
        })
        .collect();
    number_lines(ledger, &mut look.findings)?;
    Ok(Verified { findings: look.findings, months, expected })
}

/// What the checkpoint remembers of the segments, read under the lock.
struct Remembered {
    followed: Vec<Followed>,
    indexed: u64,
    calls: u64,
    cost: Money,
}

pub(super) struct Look<'l> {
    ledger: &'l Ledger,
    findings: Vec<Finding>,
}

impl Look<'_> {
    fn add(&mut self, id: &'static str, is_wrong: bool, file: &str, words: impl Into<String>, cure: &str) {
        self.findings.push(Finding {
            id,
            is_wrong,
            file: file.to_string(),
            line: None,
            at: None,
            words: words.into(),
            cure: cure.to_string(),
        });
    }

    fn add_line(
        &mut self,
        id: &'static str,
        is_wrong: bool,
        file: &str,
        at: u64,
        words: String,
        cure: String,
    ) {
        self.findings.push(Finding {
            id,
            is_wrong,
            file: file.to_string(),
            line: None,
            at: Some(at),
            words,
            cure,
        });
    }

    /// What lies in the folder, and who may read it.
    fn files(&mut self) -> Result<()> {
        let ours = health::files(self.ledger);
        let folder = self.ledger.folder();
        for path in ours.iter().filter(|path| path.parent() == Some(&folder)) {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let file = format!("ledger/{name}");
            let month = segment::month_of(&name);
            let is_chain = name
                .strip_suffix(".chain")
                .is_some_and(|stem| segment::month_of(&format!("{stem}.jsonl")).is_some());
            if let Some(month) = month {
                self.segment_file(path, &file, month);
            } else if is_left_over(&name) {
                let words = "a copy that was being written when a process ended";
                self.add("left-over", false, &file, words, "repair removes it");
            } else if !is_chain && !matches!(name.as_str(), ".lock" | "torn.jsonl" | "unreadable.jsonl") {
                self.add(
                    "foreign-file",
                    false,
                    &file,
                    "nothing of cost-hook's has this name",
                    "it is left alone",
                );
            }
        }
        for path in ours.iter().filter(|path| disk::is_open_to_others(path)) {
            let file = path.strip_prefix(self.ledger.base()).unwrap_or(path).display().to_string();
            let file = if file.is_empty() { ".".to_string() } else { file };
            self.add(
                "open",
                true,
                &file,
                "others than its owner may read or write it",
                "repair makes it private",
            );
        }
        Ok(())
    }

    fn segment_file(&mut self, path: &Path, file: &str, month: u32) {
        if !path.is_file() {
            let what = if path.is_dir() { "a folder" } else { "no regular file" };
            let words = format!("{what} stands where the calls of {} belong", segment::month_name(month));
            self.add("not-a-file", true, file, words, "move it away");
        } else if path.is_symlink() {
            self.add("link", false, file, "a link to a file elsewhere", "it is followed");
        }
    }

    /// Lines that cannot be read, and those that say what cannot be.
    fn lines(&mut self, census: &Census) -> Result<()> {
        damage::runs(census, |run| {
            let is_kept = |line: &&Vec<u8>| scan::parse(line).is_ok_and(|line| !census.would_lose_by(&line));
            let saved = run.saved.iter().filter(is_kept).count();
            for (spot, damage) in run.lines {
                let cure = match damage.id {
                    damage::NEWER => {
                        "nothing: update cost-hook; this version touches nothing in the file".to_string()
                    }
                    damage::EMPTY => "repair drops it".to_string(),
                    _ if saved > 0 => format!(
                        "repair keeps {} that can be read here and moves the rest to unreadable.jsonl",
                        counted_as(saved, "the line", "lines")
                    ),
                    _ => "repair moves it to unreadable.jsonl; it counts for nothing".to_string(),
                };
                self.add_line(damage.id, true, &in_ledger(census, spot.segment), spot.at, damage.words, cure);
            }
            Ok(())
        })?;
        for (spot, odd) in &census.odd {
            self.odd(census, *spot, *odd);
        }
        Ok(())
    }

    fn odd(&mut self, census: &Census, spot: Spot, odd: Odd) {
        const BY_HAND: &str = "nothing: which value is right is not known here; a backup may tell";
        let (id, words, cure) = match odd {
            Odd::Month => (
                "wrong-month",
                "its time is in another month: reports of a month miss it",
                "repair moves it to the segment of its month",
            ),
            Odd::Negative => ("negative", "an amount below nothing, which no call can cost", BY_HAND),
            Odd::Session => ("wrong-session", "its id names another session than the line", BY_HAND),
            Odd::Override => {
                ("empty-override", "it raises nothing, or its period ends before it begins", BY_HAND)
            }
        };
        self.add_line(
            id,
            true,
            &in_ledger(census, spot.segment),
            spot.at,
            words.to_string(),
            cure.to_string(),
        );
    }

    /// Lines whose ids come more than once.
    fn twins(&mut self, census: &Census) -> Result<()> {
        twins::each(census, |group| {
            for (at, fault) in &group.faults {
                let known = &group.lines[*at];
                let (rev, id) = (known.line.rev(), known.line.id());
                let (word, is_wrong, words, cure) = match fault {
                    Fault::Double => (
                        "double",
                        true,
                        format!("{id} is booked twice, with the same content: reports count it twice"),
                        "repair keeps one of them",
                    ),
                    Fault::Conflict => (
                        "conflict",
                        true,
                        format!(
                            "{id} is booked twice as revision {rev}, with different content: reports count both"
                        ),
                        "repair joins them to the maximum of each count, one revision higher",
                    ),
                    Fault::Falls => (
                        "order",
                        true,
                        format!(
                            "revision {rev} of {id} stands behind a higher one: limits go by the wrong one"
                        ),
                        "repair puts them in order",
                    ),
                    Fault::OtherMonth => (
                        "other-month",
                        true,
                        format!(
                            "revision {rev} of {id} is of another month than the first: a month's report counts both"
                        ),
                        "repair restates it at the time of the first",
                    ),
                    Fault::Gap => (
                        "gap",
                        false,
                        format!(
                            "before revision {rev} of {id} a revision is missing; no figure depends on it"
                        ),
                        "nothing has to be done",
                    ),
                    Fault::Shrunk => (
                        "shrunk",
                        true,
                        format!("revision {rev} of {id} says fewer tokens than the one before"),
                        "nothing: the newest revision is what counts; a backup may tell which is right",
                    ),
                };
                let file = in_ledger(census, known.seen.segment);
                self.add_line(word, is_wrong, &file, known.seen.at, words, cure.to_string());
            }
            Ok(())
        })
    }

    fn set_aside(&mut self, census: &Census) -> Result<()> {
        for unbooked in aside::unbooked(self.ledger, census)? {
            self.findings.push(Finding {
                id: "unbooked",
                is_wrong: true,
                file: format!("ledger/{}", unbooked.file),
                line: Some(unbooked.number),
                at: None,
                words: format!("{} can be read and is booked nowhere", unbooked.line.id()),
                cure: "repair takes it back into its month".to_string(),
            });
        }
        Ok(())
    }

    /// How the checkpoint stands, and what it remembers. None where that cannot be compared.
    fn checkpoint(&mut self) -> Option<Remembered> {
        let lock = match lock::look(&self.ledger.lock_path()) {
            Ok(Found::Held) => {
                let who = lock::holder(&self.ledger.lock_path())
                    .map(|who| format!(" by {who}"))
                    .unwrap_or_default();
                let words = format!("held{who} just now: the checkpoint was not looked at");
                self.add("lock-held", false, "ledger/.lock", words, "verify again when it is free");
                return None;
            }
            Ok(Found::Free(lock)) => Some(lock),
            Ok(Found::Absent) => None,
            Err(error) => {
                self.add("lock", true, "ledger/.lock", error.to_string(), "check its owner and mode");
                return None;
            }
        };
        let remembered = self.locked_checkpoint();
        drop(lock);
        remembered
    }

    /// Does the checkpoint have to be made anew? For who holds the lock.
    pub(super) fn finds_a_wrong_checkpoint(ledger: &Ledger) -> Result<bool> {
        let mut look = Look { ledger, findings: Vec::new() };
        if let Some(remembered) = look.locked_checkpoint() {
            look.sums(&Census::of(ledger)?, &remembered);
        }
        Ok(look.findings.iter().any(|finding| finding.is_wrong))
    }

    /// For who holds the lock.
    fn locked_checkpoint(&mut self) -> Option<Remembered> {
        const FILE: &str = "checkpoint.db";
        const ANEW: &str = "repair makes it anew, as the next event does";
        const NEXT: &str = "the next event makes it anew";
        let step = health::look(self.ledger).step;
        match step {
            Step::InStep => return self.remembered(),
            Step::Behind(bytes) => {
                let words = format!("{} of the ledger are not in it yet: a process was ended", size(bytes));
                self.add("checkpoint-behind", false, FILE, words, "the next event takes them in");
                return self.remembered();
            }
            Step::Absent => self.add("checkpoint-absent", false, FILE, "there is none of this version", NEXT),
            Step::Apart(why) => {
                self.add(
                    "checkpoint-apart",
                    true,
                    FILE,
                    format!("it does not fit the segments: {why}"),
                    ANEW,
                );
            }
            Step::Broken(why) => {
                self.add("checkpoint-broken", true, FILE, format!("it is broken: {why}"), ANEW)
            }
            Step::Unseen(why) => {
                self.add(
                    "checkpoint-unseen",
                    false,
                    FILE,
                    format!("it cannot be looked at just now: {why}"),
                    NEXT,
                );
            }
        }
        None
    }

    fn remembered(&self) -> Option<Remembered> {
        let db = Checkpoint::look(&self.ledger.checkpoint_path()).ok()??;
        let followed = db.followed().ok()?;
        let (indexed, calls, costs) = db.sums().ok()?;
        Some(Remembered { followed, indexed, calls, cost: costs.into_iter().sum() })
    }

    /// Do its index and sums say what the segments say, as far as it followed them?
    fn sums(&mut self, census: &Census, remembered: &Remembered) {
        let followed: Vec<u64> = census
            .segments
            .iter()
            .map(|segment| {
                remembered.followed.iter().find(|row| row.month == segment.month).map_or(0, |row| row.len)
            })
            .collect();
        let (mut calls, mut cost) = (0, Money::ZERO);
        for group in census.groups() {
            let known = group.iter().filter(|seen| seen.at < followed[usize::from(seen.segment)]);
            if let Some(newest) = known.max_by_key(|seen| seen.rev) {
                calls += u64::from(newest.kind == Kind::Call);
                cost += Money(i128::from(newest.cost));
            }
        }
        let mut say = |what: &str, knows: String, holds: String| {
            let words = format!("it knows {knows} {what}, the segments hold {holds}");
            let cure = "repair makes it anew from the segments";
            self.add("checkpoint-sums", true, "checkpoint.db", words, cure);
        };
        if remembered.indexed != calls || remembered.calls != calls {
            let knows = if remembered.indexed == calls { remembered.calls } else { remembered.indexed };
            say("calls", knows.to_string(), calls.to_string());
        }
        if remembered.cost != cost {
            say("USD", remembered.cost.to_string(), cost.to_string());
        }
    }
}

/// Something a process left that was ended while it wrote a replacement.
pub(super) fn is_left_over(name: &str) -> bool {
    name.starts_with(".cost-hook-") && name.ends_with(".tmp")
}

fn in_ledger(census: &Census, segment: u16) -> String {
    format!("ledger/{}", census.name(segment))
}

/// Offsets to line numbers, in the order of the lines.
fn number_lines(ledger: &Ledger, findings: &mut [Finding]) -> Result<()> {
    // Without a place first: files, then the lines of each file.
    findings.sort_by(|one, other| (&one.file, one.at).cmp(&(&other.file, other.at)));
    let mut numbering = Numbering::default();
    for finding in findings.iter_mut() {
        let Some(at) = finding.at else { continue };
        finding.line = Some(numbering.of(&ledger.base().join(&finding.file), at)?);
    }
    Ok(())
}
