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
use crate::base::text::size;
use crate::base::time::Time;
use crate::base::words::{Language, Word, say, word};

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
    /// `repair` does something about it.
    pub is_mendable: bool,
}

/// What becomes of something wrong, in words.
pub(super) enum Cure {
    /// By `repair`.
    Repair(String),
    Other(String),
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

/// Looks at everything, and tells of it in the language. `expect` are heads of chains that were noted elsewhere.
///
/// Errors: a file cannot be read, or a head is none.
pub fn verify(ledger: &Ledger, expect: &[String], language: Language) -> Result<Verified> {
    let wanted = expect.iter().map(|text| {
        Hash::parse(text).ok_or_else(|| {
            Error::usage(format!("`{text}` is no head of a chain"))
                .hint("a head has 64 hexadecimal digits, as `cost-hook ledger verify` prints them")
        })
    });
    let wanted: Vec<Hash> = wanted.collect::<Result<_>>()?;
    let mut look = Look { ledger, language, findings: Vec::new() };
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
    language: Language,
    findings: Vec<Finding>,
}

impl Look<'_> {
    fn word(&self, word: Word) -> String {
        self.language.word(word).to_string()
    }

    /// What `repair` does.
    fn by_repair(&self, word: Word) -> Cure {
        Cure::Repair(self.word(word))
    }

    /// What happens otherwise, or what a person has to do.
    fn otherwise(&self, word: Word) -> Cure {
        Cure::Other(self.word(word))
    }

    fn add(&mut self, id: &'static str, is_wrong: bool, file: &str, words: String, cure: Cure) {
        self.find(id, is_wrong, file, None, words, cure);
    }

    fn add_line(&mut self, id: &'static str, is_wrong: bool, file: &str, at: u64, words: String, cure: Cure) {
        self.find(id, is_wrong, file, Some(at), words, cure);
    }

    fn find(
        &mut self,
        id: &'static str,
        is_wrong: bool,
        file: &str,
        at: Option<u64>,
        words: String,
        cure: Cure,
    ) {
        let file = file.to_string();
        let (is_mendable, cure) = match cure {
            Cure::Repair(cure) => (true, cure),
            Cure::Other(cure) => (false, cure),
        };
        self.findings.push(Finding { id, is_wrong, file, line: None, at, words, cure, is_mendable });
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
                let words = self.word(word!("found-left-over"));
                self.add("left-over", false, &file, words, self.by_repair(word!("cure-remove")));
            } else if !is_chain && !matches!(name.as_str(), ".lock" | "torn.jsonl" | "unreadable.jsonl") {
                let words = self.word(word!("found-foreign-file"));
                self.add("foreign-file", false, &file, words, self.otherwise(word!("cure-left-alone")));
            }
        }
        for path in ours.iter().filter(|path| disk::is_open_to_others(path)) {
            let file = path.strip_prefix(self.ledger.base()).unwrap_or(path).display().to_string();
            let file = if file.is_empty() { ".".to_string() } else { file };
            let words = self.word(word!("found-open-to-others"));
            self.add("open", true, &file, words, self.by_repair(word!("cure-private")));
        }
        Ok(())
    }

    fn segment_file(&mut self, path: &Path, file: &str, month: u32) {
        if !path.is_file() {
            let month = segment::month_name(month);
            let words = match path.is_dir() {
                true => say!(self.language, "found-folder-in-place", month = month),
                false => say!(self.language, "found-no-file-in-place", month = month),
            };
            self.add("not-a-file", true, file, words, self.otherwise(word!("cure-move-away")));
        } else if path.is_symlink() {
            let words = self.word(word!("found-link-elsewhere"));
            self.add("link", false, file, words, self.otherwise(word!("cure-followed")));
        }
    }

    /// Lines that cannot be read, and those that say what cannot be.
    fn lines(&mut self, census: &Census) -> Result<()> {
        damage::runs(census, self.language, |run| {
            let is_kept = |line: &&Vec<u8>| scan::parse(line).is_ok_and(|line| !census.would_lose_by(&line));
            let saved = run.saved.iter().filter(is_kept).count();
            for (spot, damage) in run.lines {
                let cure = match damage.id {
                    damage::NEWER => self.otherwise(word!("cure-update")),
                    damage::EMPTY => self.by_repair(word!("cure-drop")),
                    _ if saved > 0 => Cure::Repair(say!(self.language, "cure-keep", lines = saved)),
                    _ => self.by_repair(word!("cure-move")),
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
        const BY_HAND: Word = word!("cure-by-hand");
        let (id, words, cure) = match odd {
            Odd::Month => ("wrong-month", word!("found-wrong-month"), self.by_repair(word!("cure-to-month"))),
            Odd::Negative => ("negative", word!("found-negative-amount"), self.otherwise(BY_HAND)),
            Odd::Session => ("wrong-session", word!("found-wrong-session"), self.otherwise(BY_HAND)),
            Odd::Override => ("empty-override", word!("found-empty-override"), self.otherwise(BY_HAND)),
        };
        let words = self.word(words);
        self.add_line(id, true, &in_ledger(census, spot.segment), spot.at, words, cure);
    }

    /// Lines whose ids come more than once.
    fn twins(&mut self, census: &Census) -> Result<()> {
        twins::each(census, |group| {
            for (at, fault) in &group.faults {
                let known = &group.lines[*at];
                let language = self.language;
                let (rev, id) = (known.line.rev().to_string(), known.line.id());
                let (word, is_wrong, words, cure) = match fault {
                    Fault::Double => (
                        "double",
                        true,
                        say!(language, "found-booked-twice", id = id),
                        self.by_repair(word!("cure-keep-one")),
                    ),
                    Fault::Conflict => (
                        "conflict",
                        true,
                        say!(language, "found-booked-twice-otherwise", id = id, rev = rev),
                        self.by_repair(word!("cure-join")),
                    ),
                    Fault::Falls => (
                        "order",
                        true,
                        say!(language, "found-out-of-order", id = id, rev = rev),
                        self.by_repair(word!("cure-order")),
                    ),
                    Fault::OtherMonth => (
                        "other-month",
                        true,
                        say!(language, "found-other-month", id = id, rev = rev),
                        self.by_repair(word!("cure-restate")),
                    ),
                    Fault::Gap => (
                        "gap",
                        false,
                        say!(language, "found-revision-missing", id = id, rev = rev),
                        self.otherwise(word!("cure-none")),
                    ),
                    Fault::Shrunk => (
                        "shrunk",
                        true,
                        say!(language, "found-fewer-tokens", id = id, rev = rev),
                        self.otherwise(word!("cure-newest-counts")),
                    ),
                };
                let file = in_ledger(census, known.seen.segment);
                self.add_line(word, is_wrong, &file, known.seen.at, words, cure);
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
                words: say!(self.language, "found-unbooked", id = unbooked.line.id()),
                cure: self.word(word!("cure-take-back")),
                is_mendable: true,
            });
        }
        Ok(())
    }

    /// How the checkpoint stands, and what it remembers. None where that cannot be compared.
    fn checkpoint(&mut self) -> Option<Remembered> {
        let lock = match lock::look(&self.ledger.lock_path()) {
            Ok(Found::Held) => {
                let words = match lock::holder(&self.ledger.lock_path()) {
                    Some(who) => say!(self.language, "found-lock-held", who = who),
                    None => self.word(word!("found-lock-held-by-somebody")),
                };
                let cure = self.otherwise(word!("cure-verify-again"));
                self.add("lock-held", false, "ledger/.lock", words, cure);
                return None;
            }
            Ok(Found::Free(lock)) => Some(lock),
            Ok(Found::Absent) => None,
            Err(error) => {
                let cure = self.otherwise(word!("cure-owner-and-mode"));
                self.add("lock", true, "ledger/.lock", error.to_string(), cure);
                return None;
            }
        };
        let remembered = self.locked_checkpoint();
        drop(lock);
        remembered
    }

    /// Does the checkpoint have to be made anew? For who holds the lock.
    pub(super) fn finds_a_wrong_checkpoint(ledger: &Ledger) -> Result<bool> {
        let mut look = Look { ledger, language: Language::English, findings: Vec::new() };
        if let Some(remembered) = look.locked_checkpoint() {
            look.sums(&Census::of(ledger)?, &remembered);
        }
        Ok(look.findings.iter().any(|finding| finding.is_wrong))
    }

    /// For who holds the lock.
    fn locked_checkpoint(&mut self) -> Option<Remembered> {
        const FILE: &str = "checkpoint.db";
        let language = self.language;
        let anew = self.by_repair(word!("cure-anew-as-event"));
        let next = self.otherwise(word!("cure-next-anew"));
        let step = health::look(self.ledger).step;
        match step {
            Step::InStep => return self.remembered(),
            Step::Behind(bytes) => {
                let words = say!(language, "found-checkpoint-behind", size = size(bytes));
                let cure = self.otherwise(word!("cure-next-takes-in"));
                self.add("checkpoint-behind", false, FILE, words, cure);
                return self.remembered();
            }
            Step::Absent => {
                let words = self.word(word!("found-checkpoint-absent"));
                self.add("checkpoint-absent", false, FILE, words, next);
            }
            Step::Apart(why) => {
                let words = say!(language, "found-checkpoint-apart", why = why);
                self.add("checkpoint-apart", true, FILE, words, anew);
            }
            Step::Broken(why) => {
                let words = say!(language, "found-checkpoint-broken", why = why.to_string());
                self.add("checkpoint-broken", true, FILE, words, anew);
            }
            Step::Unseen(why) => {
                let words = say!(language, "found-checkpoint-unseen", why = why);
                self.add("checkpoint-unseen", false, FILE, words, next);
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
        let language = self.language;
        let mut tell = |words: String| {
            let cure = self.by_repair(word!("cure-anew"));
            self.add("checkpoint-sums", true, "checkpoint.db", words, cure);
        };
        if remembered.indexed != calls || remembered.calls != calls {
            let knows = if remembered.indexed == calls { remembered.calls } else { remembered.indexed };
            tell(say!(
                language,
                "found-checkpoint-calls",
                known = knows.to_string(),
                held = calls.to_string()
            ));
        }
        if remembered.cost != cost {
            let (known, held) = (remembered.cost.to_string(), cost.to_string());
            tell(say!(language, "found-checkpoint-amount", known = known, held = held));
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
