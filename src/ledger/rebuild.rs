//! Making the checkpoint anew from the segments. It grows beside the old one and takes its place when complete,
//! so that a process killed in between leaves things as they were.

use std::path::Path;

use super::checkpoint::{Checkpoint, Remembered};
use super::state::FileState;
use super::writer::{Fault, Writer};
use super::{Ledger, segment};
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::lock::Lock;
use crate::base::time::Time;

pub(super) fn rebuild(ledger: Ledger, now: Time, lock: Lock) -> Result<Writer> {
    let path = ledger.checkpoint_path();
    let growing = path.with_extension("db.new");
    Checkpoint::discard(&growing)?;
    let explain = |fault| match fault {
        Fault::Ledger(error) => error,
        Fault::Checkpoint(fault) => fault.into_error(&growing),
    };
    let remembered = Checkpoint::remembered(&path);
    fill(&ledger, now, &growing, &remembered).map_err(explain)?;
    Checkpoint::discard(&path)?;
    disk::rename(&growing, &path)?;
    Checkpoint::discard(&growing)?;
    let db = Checkpoint::open(&path).map_err(|fault| fault.into_error(&path))?;
    let db = db.ok_or_else(|| Error::internal("the new checkpoint is not there"))?;
    let mut writer = Writer::over(ledger, now, db).holding(lock);
    writer.load_followed()?;
    Ok(writer)
}

fn fill(ledger: &Ledger, now: Time, growing: &Path, remembered: &Remembered) -> Result<(), Fault> {
    let db = Checkpoint::create(growing)?;
    let mut writer = Writer::over(ledger.clone(), now, db);
    writer.is_new = true;
    for (month, len) in segment::list(ledger)? {
        writer.follow_up(month, 0, len)?;
    }
    for path in &remembered.watched {
        // From its start: known calls are recognised.
        writer.db.put_file(path, true, &FileState::default())?;
    }
    for (what, at) in &remembered.told {
        writer.db.tell(what, *at)?;
    }
    writer.flush()
}
