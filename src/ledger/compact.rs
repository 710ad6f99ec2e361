//! Dropping lines that a higher revision of the same id stands for, and nothing else. How segments are rewritten is
//! `rewrite`'s business.
//!
//! The checkpoint is carried over: only the places in its index change. It would be made anew as well, but then every
//! transcript would be read again.

use std::time::Duration;

use super::census::{Census, Seen, superseded};
use super::checkpoint::{Checkpoint, Followed, Usable};
use super::pace::Pace;
use super::rewrite::{self, Edits, Rewriting};
use super::writer::Writer;
use super::{Ledger, rebuild, segment, twins};
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::lock::Lock;
use crate::base::time::Time;

/// What a month came to.
#[derive(Debug, Clone, Copy)]
pub struct Shrunk {
    pub month: u32,
    pub lines: u64,
    pub before: u64,
    pub after: u64,
}

const COMPACT: &str = "compact";

/// Drops what is superseded; with `dry` only says how much that is. Months without such lines are not in the answer.
///
/// Errors: as `repair`.
pub fn compact(ledger: &Ledger, now: Time, patience: Duration, dry: bool) -> Result<Vec<Shrunk>> {
    let lock = Lock::acquire(&ledger.lock_path(), patience)?;
    let mut has_checkpoint = false;
    if !dry {
        // In step first, so that its index knows every line.
        match Writer::in_step(ledger, now, &mut Pace::unhurried(ledger)) {
            Ok(Some(mut writer)) => {
                has_checkpoint = writer.flush().is_ok();
            }
            Ok(None) => {}
            Err(fault) => fault.unless_of_the_checkpoint()?,
        }
    }
    let census = Census::of(ledger)?;
    let (edits, shrunk) = plan(&census)?;
    if dry || edits.is_empty() {
        return Ok(shrunk);
    }
    let cuts: Vec<(u32, Vec<(u64, u64)>)> = edits.months().map(|month| (month, edits.cuts(month))).collect();
    let rewriting = Rewriting::prepare(ledger, &census, edits, now, COMPACT)?;
    if !rewrite::hold_the_same(&census, &rewriting.outcome(&census)?) {
        return Err(Error::internal("the compacted ledger would not say the same: nothing was changed"));
    }
    let path = ledger.checkpoint_path();
    let kept = rebuild::kept(ledger);
    rebuild::forget(ledger)?;
    if has_checkpoint {
        disk::rename(&path, &kept)?;
    }
    Checkpoint::discard(&path)?;
    rewriting.finish(&census)?;
    if has_checkpoint && carry_over(ledger, &kept, &cuts).unwrap_or(false) {
        disk::rename(&kept, &path)?;
        Checkpoint::discard(&kept)?;
    } else {
        rebuild::from_scratch(ledger, now, lock)?;
    }
    Ok(shrunk)
}

fn plan(census: &Census) -> Result<(Edits, Vec<Shrunk>)> {
    let mut edits = Edits::default();
    let mut reader = twins::Reader::new(census);
    for group in census.groups().filter(|group| group.len() > 1) {
        for own in group.chunk_by(|one, other| one.segment == other.segment) {
            let lower: Vec<&Seen> = superseded(own).collect();
            if lower.is_empty() || !reader.is_one_id(own)? {
                continue;
            }
            let month = census.segments[usize::from(own[0].segment)].month;
            for seen in lower {
                edits.cut(month, seen.spot());
            }
        }
    }
    let shrunk = edits.months().map(|month| {
        let before =
            census.segments.iter().find(|segment| segment.month == month).map_or(0, |segment| segment.len);
        let cuts = edits.cuts(month);
        let gone: u64 = cuts.iter().map(|(_, len)| len).sum();
        Shrunk { month, lines: cuts.len() as u64, before, after: before - gone }
    });
    let shrunk = shrunk.collect();
    Ok((edits, shrunk))
}

/// Moves the places of the index. False when one of them is a line that is gone.
fn carry_over(ledger: &Ledger, kept: &std::path::Path, cuts: &[(u32, Vec<(u64, u64)>)]) -> Usable<bool> {
    let Some(db) = Checkpoint::open(kept)? else { return Ok(false) };
    for (month, cuts) in cuts {
        // How many bytes went before each cut, it included.
        let mut gone = 0;
        let before: Vec<(u64, u64)> = cuts
            .iter()
            .map(|(at, len)| {
                gone += len;
                (*at, gone)
            })
            .collect();
        let moved = |at: u64| {
            let cut = before.partition_point(|(cut, _)| *cut <= at);
            let shift = cut.checked_sub(1).map_or(0, |cut| before[cut].1);
            let is_gone = cut.checked_sub(1).is_some_and(|cut| at < cuts[cut].0 + cuts[cut].1);
            (!is_gone).then(|| at - shift)
        };
        if !db.move_places(*month, moved)? {
            return Ok(false);
        }
        let path = ledger.segment_path(*month);
        let Ok(len) = std::fs::metadata(&path).map(|facts| facts.len()) else { return Ok(false) };
        let Ok(tail) = segment::tail_fingerprint(&path, len) else { return Ok(false) };
        db.follow(Followed { month: *month, len, tail, safe: 0 })?;
    }
    // The safe copy was of the segments as they were.
    for row in db.followed()? {
        db.follow(Followed { safe: 0, ..row })?;
    }
    db.commit()?;
    Ok(true)
}
