//! The safe copy of the checkpoint: synced, and of a state whose segments were synced before it. After a start of the
//! machine the checkpoint is not believed, but this is, and only what the segments got since has to be read. Owns when it
//! is made and when it is gone back to.
//!
//! A hook must not wait for the disk. So it only copies, which goes to the system's memory; a minute later, when the
//! system has written all of that by itself, another one has next to nothing left to sync, and gives the copy its name.
//! Commands leave it to the hooks: an import would make many copies on its way, of which the last one counts.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::Ledger;
use super::checkpoint::{Checkpoint, Followed, Remembered, Usable};
use super::counter::Counter;
use super::pace::Pace;
use super::writer::{Fault, Writer};
use crate::base::error::{Error, Result};
use crate::base::time::Time;
use crate::base::{boot, disk};

/// So many bytes of segments are read again after a start of the machine: a fifth of a second. A smaller ledger needs no
/// copy.
const APART: u64 = 32 << 20;
/// Linux writes what is older than 30 seconds, and looks every 5.
const WRITTEN_AFTER_MS: i64 = 60_000;
/// A copy that did not come to its end is not tried again at every event.
const TRIED_AGAIN_AFTER_MS: i64 = 3_600_000;

fn safe(ledger: &Ledger) -> PathBuf {
    ledger.checkpoint_path().with_extension("db.safe")
}

/// Whole, and not synced yet.
fn unsynced(ledger: &Ledger) -> PathBuf {
    ledger.checkpoint_path().with_extension("db.unsynced")
}

/// Being copied.
fn part(ledger: &Ledger) -> PathBuf {
    ledger.checkpoint_path().with_extension("db.part")
}

/// The safe copy on its way back. What was copied of it in another boot was never synced: each boot has a name of its own.
const COPY: &str = "checkpoint.db.copy-";

fn copies(ledger: &Ledger) -> Result<Vec<PathBuf>> {
    let mut found = disk::list(ledger.base())?;
    found.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(COPY)));
    Ok(found)
}

/// After a commit: makes a copy when the last one is far behind. Without one everything works as well, only slower after
/// the next start of the machine, so that nothing is said of a failure.
pub(super) fn keep_up(writer: &mut Writer) {
    if !writer.is_hurried {
        return;
    }
    let behind: u64 = writer.followed.values().map(|row| row.len.saturating_sub(row.safe)).sum();
    if behind >= writer.ledger.step.unwrap_or(APART) {
        let _ = advance(writer);
    }
}

fn advance(writer: &mut Writer) -> Result<(), Fault> {
    let ledger = writer.ledger.clone();
    let pending = unsynced(&ledger);
    if !pending.exists() {
        let part = part(&ledger);
        if ledger.step.is_none() && is_younger(&part, writer.now, TRIED_AGAIN_AFTER_MS) {
            return Ok(());
        }
        Checkpoint::discard(&part)?;
        disk::copy_fresh(&ledger.checkpoint_path(), &part)?;
        return Ok(disk::rename(&part, &pending)?);
    }
    if ledger.step.is_none() && is_younger(&pending, writer.now, WRITTEN_AFTER_MS) {
        return Ok(());
    }
    let copied = match Checkpoint::look(&pending).map(|db| db.map(|db| (db.is_of_this_boot(), db.followed())))
    {
        Ok(Some((Ok(true), Ok(copied)))) => copied,
        // It was never synced, and the machine was started since.
        _ => return Ok(Checkpoint::discard(&pending)?),
    };
    // The segments first: the copy must not know a line that a power cut may still take.
    for row in &copied {
        if writer.followed.get(&row.month).is_none_or(|now| now.safe < row.len) {
            disk::sync(&ledger.segment_path(row.month))?;
        }
    }
    disk::sync(&pending)?;
    disk::rename(&pending, &safe(&ledger))?;
    // What was copied of the other one must not be gone on with.
    copies(&ledger)?.iter().try_for_each(|copy| disk::remove(copy).map(drop))?;
    writer.db.begin()?;
    for row in copied {
        if let Some(now) = writer.followed.get(&row.month) {
            writer.db.follow(Followed { safe: row.len, ..*now })?;
        }
    }
    Ok(writer.db.commit()?)
}

/// A clock that was set back leaves files of the future: those are no younger than any.
fn is_younger(path: &Path, now: Time, than: i64) -> bool {
    let changed = std::fs::metadata(path).and_then(|facts| facts.modified()).ok();
    let since = changed.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    since.is_some_and(|since| (0..than).contains(&(now.0 - i64::try_from(since.as_millis()).unwrap_or(0))))
}

/// Before segments are rewritten: nothing of a copy fits them afterwards.
pub(super) fn forget(ledger: &Ledger) -> Result<()> {
    copies(ledger)?.iter().try_for_each(|copy| disk::remove(copy).map(drop))?;
    Checkpoint::discard(&part(ledger))?;
    Checkpoint::discard(&unsynced(ledger))?;
    Checkpoint::discard(&safe(ledger))
}

/// Goes back to the safe copy, if there is one that fits the segments. Not for a checkpoint that is gone: who deletes it
/// wants it made from the segments.
///
/// Errors: `Busy` when `pace` leaves no time for all of it; then a part is copied.
pub(super) fn bring_back(ledger: &Ledger, now: Time, pace: &mut Pace) -> Result<bool> {
    let (safe, path) = (safe(ledger), ledger.checkpoint_path());
    if !path.exists() {
        forget(ledger)?;
    }
    if !safe.exists() {
        return Ok(false);
    }
    let fits = |db: &Checkpoint| db.followed().map(|rows| rows.iter().all(|row| row.fits(ledger)));
    let is_good = Checkpoint::look(&safe).and_then(|db| db.as_ref().map(fits).transpose());
    if !matches!(is_good, Ok(Some(true))) {
        Checkpoint::discard(&safe)?;
        return Ok(false);
    }
    let copy = ledger.base().join(format!("{COPY}{:08x}", boot::id().unwrap_or_default()));
    for other in copies(ledger)?.iter().filter(|other| boot::id().is_none() || !is_of(&copy, other)) {
        disk::remove(other)?;
    }
    copy_on(&safe, &copy, pace)?;
    let remembered = Checkpoint::remembered(&path);
    match adopt(ledger, &copy, &remembered, now) {
        Ok(true) => {}
        Ok(false) => return Ok(false),
        Err(fault) if fault.broken => {
            Checkpoint::discard(&safe)?;
            return Ok(false);
        }
        Err(fault) => return Err(fault.into_error(&copy)),
    }
    Checkpoint::put(&copy, &path)?;
    Ok(true)
}

/// Is it the copy, or its journal?
fn is_of(copy: &Path, other: &Path) -> bool {
    other.to_string_lossy().starts_with(&*copy.to_string_lossy())
}

/// Copies what is missing at the end.
fn copy_on(from: &Path, to: &Path, pace: &mut Pace) -> Result<()> {
    let read = |error| Error::io("read", from, error);
    let write = |error| Error::io("write", to, error);
    let source = File::open(from).map_err(read)?;
    let len = source.metadata().map_err(read)?.len();
    let mut at = std::fs::metadata(to).map_or(0, |facts| facts.len());
    if at > len {
        // It was changed already by a process that was ended before it took its place.
        Checkpoint::discard(to)?;
        at = 0;
    }
    let mut copy = disk::open_append(to)?;
    let mut buffer = vec![0; pace.bytes_to_copy()];
    while at < len {
        let bytes = disk::read_at(&source, &mut buffer, at).map_err(read)?;
        if bytes == 0 {
            break;
        }
        copy.write_all(&buffer[..bytes]).map_err(write)?;
        at += bytes as u64;
        if at < len {
            pace.kept()?;
        }
    }
    Ok(())
}

/// Makes the copy a checkpoint of this boot. What the other one remembers besides is taken over.
fn adopt(ledger: &Ledger, copy: &Path, remembered: &Remembered, now: Time) -> Usable<bool> {
    let Some(db) = Checkpoint::adopt(copy)? else { return Ok(false) };
    for row in db.followed()? {
        db.follow(Followed { safe: row.len, ..row })?;
    }
    for path in &remembered.watched {
        let state: super::state::FileState = db.file(path)?.unwrap_or_default();
        db.put_file(path, true, &state)?;
    }
    for (what, at) in &remembered.told {
        db.tell(what, *at)?;
    }
    for (id, mut counter) in db.counters::<Counter>()? {
        // Before the lines since are taken in: of those of the present day none may pass it by.
        if let Some(zone) = ledger.zone_for(&counter.definition)
            && counter.roll(now, &zone)
        {
            db.put_counter(Some(id), &counter)?;
        }
    }
    db.commit()?;
    Ok(true)
}
