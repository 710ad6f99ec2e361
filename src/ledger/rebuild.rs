//! Making the checkpoint anew from the segments. It grows beside the old one and takes its place when complete. What has
//! grown is kept in steps: a process that is ended, or whose time is over, leaves it to the next one, which goes on from
//! there. Where there is a safe copy, `safe` begins from that instead.
//!
//! Two stretches: all lines are read, with the index in memory and in a file (`fresh`); then the index goes into the
//! table.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::checkpoint::{Checkpoint, Remembered, Unusable, Usable};
use super::counter::Counter;
use super::fresh::Fresh;
use super::pace::Pace;
use super::state::FileState;
use super::writer::{Fault, Row, Writer};
use super::{Ledger, safe, snapshot};
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::lock::Lock;
use crate::base::time::Time;

/// How far it has grown; in the growing checkpoint alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Growth {
    /// Of the file of the index.
    rows: u64,
    /// All lines are, and the index is on its way into the table.
    is_read: bool,
}

const GROWTH: &str = "growth";

/// Errors: `Busy` when `pace` leaves no time for all of it.
pub(super) fn rebuild(ledger: Ledger, now: Time, lock: Lock, pace: &mut Pace) -> Result<Writer> {
    let path = ledger.checkpoint_path();
    snapshot::end_replacing(&ledger)?;
    let going_on = resume(&ledger, now);
    if going_on.is_some() || !(bring_back(&ledger)? || safe::bring_back(&ledger, now, pace)?) {
        let growing = growing(&ledger);
        let writer = going_on.map_or_else(|| begin(&ledger, now).map_err(Fault::from), Ok);
        writer.and_then(|writer| grow(writer, pace)).map_err(|fault| fault.into_error(&growing))?;
        disk::remove(&index(&ledger))?;
        Checkpoint::put(&growing, &path)?;
    }
    // What came back is followed up, and what has grown meanwhile.
    let writer = Writer::in_step(&ledger, now, pace).map_err(|fault| fault.into_error(&path))?;
    let writer = writer.ok_or_else(|| {
        Error::busy("the segments changed while the checkpoint was made anew")
            .hint("it is made anew at the next event")
    })?;
    writer.db.unhear(GROWTH).map_err(|fault| fault.into_error(&path))?;
    Ok(writer.holding(lock))
}

/// The same, and nothing of before is gone on with.
pub(super) fn from_scratch(ledger: &Ledger, now: Time, lock: Lock) -> Result<()> {
    forget(ledger)?;
    rebuild(ledger.clone(), now, lock, &mut Pace::unhurried(ledger))?.commit()
}

/// Everything that could be gone on with instead of reading all segments again. Before segments are rewritten.
pub(super) fn forget(ledger: &Ledger) -> Result<()> {
    Checkpoint::discard(&growing(ledger))?;
    Checkpoint::discard(&kept(ledger))?;
    disk::remove(&index(ledger))?;
    safe::forget(ledger)
}

fn growing(ledger: &Ledger) -> PathBuf {
    ledger.checkpoint_path().with_extension("db.new")
}

fn index(ledger: &Ledger) -> PathBuf {
    ledger.checkpoint_path().with_extension("db.index")
}

/// Where the checkpoint is while `compact` puts segments in place.
pub(super) fn kept(ledger: &Ledger) -> PathBuf {
    ledger.checkpoint_path().with_extension("db.kept")
}

/// A `compact` that was ended left the checkpoint beside its place. It goes back if it fits the segments: then none of
/// them was exchanged yet, or all of them and its places too.
fn bring_back(ledger: &Ledger) -> Result<bool> {
    let (kept, path) = (kept(ledger), ledger.checkpoint_path());
    if !kept.exists() {
        return Ok(false);
    }
    if !path.exists() && fits(&kept, ledger).unwrap_or(false) {
        Checkpoint::put(&kept, &path)?;
        return Ok(true);
    }
    Checkpoint::discard(&kept)?;
    Ok(false)
}

fn fits(path: &Path, ledger: &Ledger) -> Usable<bool> {
    let Some(db) = Checkpoint::open(path)? else { return Ok(false) };
    Ok(db.followed()?.iter().all(|followed| followed.fits(ledger)))
}

/// What a predecessor left. None when it is of no use: from another boot, broken, or the segments have changed.
fn resume(ledger: &Ledger, now: Time) -> Option<Writer> {
    let db = Checkpoint::open(&growing(ledger)).ok()??;
    let growth: Growth = db.heard(GROWTH).ok()??;
    let mut writer = Writer::over(ledger.clone(), now, db);
    writer.load().ok()?;
    if !writer.followed.values().all(|followed| followed.fits(ledger)) {
        return None;
    }
    writer.fresh_index = Some(Fresh::open(index(ledger), growth.rows).ok()?);
    Some(writer)
}

fn begin(ledger: &Ledger, now: Time) -> Usable<Writer> {
    let outside = |error: Error| Unusable::outside(error.to_string());
    let path = growing(ledger);
    Checkpoint::discard(&path).map_err(outside)?;
    let Remembered { watched, told, counters } = Checkpoint::remembered(&ledger.checkpoint_path());
    let db = Checkpoint::create(&path)?;
    for path in &watched {
        // From its start: known calls are recognised.
        db.put_file(path, true, &FileState::default())?;
    }
    for (what, at) in &told {
        db.tell(what, *at)?;
    }
    let mut writer = Writer::over(ledger.clone(), now, db);
    writer.fresh_index = Some(Fresh::open(index(ledger), 0).map_err(outside)?);
    for old in counters.into_iter().filter(|old| !old.is_stale(now)) {
        if let Some(zone) = ledger.zone_for(&old.definition) {
            let counter = Counter { used: old.used, ..Counter::empty(&old.definition, now, &zone) };
            writer.counters.push(Row { id: None, counter, changed: true });
        }
    }
    Ok(writer)
}

fn grow(mut writer: Writer, pace: &mut Pace) -> Result<(), Fault> {
    let known: Option<Growth> = writer.db.heard(GROWTH)?;
    let is_read = known.is_some_and(|growth| growth.is_read);
    if !is_read {
        if !writer.take_in(pace)? {
            return Err(Error::busy("the segments changed while they were read").into());
        }
        writer.save_index()?;
    }
    let Some(fresh) = writer.fresh_index.take() else { return Ok(()) };
    if !is_read {
        writer.db.hear(GROWTH, &Growth { rows: fresh.saved(), is_read: true })?;
        writer.keep_if_it_is_time(pace)?;
    }
    let after = writer.db.last_key()?;
    let mut rows = fresh.sorted(after)?.peekable();
    while rows.peek().is_some() {
        writer.db.put_places(rows.by_ref().take(pace.rows()))?;
        writer.keep_if_it_is_time(pace)?;
    }
    // So that a successor which finds it complete looks for no file.
    writer.db.hear(GROWTH, &Growth { rows: 0, is_read: true })?;
    writer.flush()
}

impl Writer {
    pub(super) fn keep_if_it_is_time(&mut self, pace: &mut Pace) -> Result<(), Fault> {
        if pace.is_time_to_keep() { self.keep(pace) } else { Ok(()) }
    }

    /// What the growing checkpoint needs besides itself, on the disk before it says so.
    pub(super) fn save_index(&mut self) -> Result<(), Fault> {
        if let Some(fresh) = &mut self.fresh_index {
            let rows = fresh.save()?;
            self.db.hear(GROWTH, &Growth { rows, is_read: false })?;
        }
        Ok(())
    }
}
