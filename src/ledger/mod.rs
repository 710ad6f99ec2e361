//! The locked, append-only store. Owns the files below `ledger/`, the lock and the checkpoint beside them.
//! Does not know where lines come from (`book`), nor what limits mean (`budget`).
//!
//! The monthly segments are the truth. The checkpoint only remembers what would be slow to find out again; it can
//! be deleted at any time. See `docs/design/ledger.md`.

mod apply;
pub mod aside;
pub mod census;
mod chain;
pub mod checkpoint;
pub mod compact;
pub mod counter;
mod damage;
pub mod entries;
mod fresh;
pub mod health;
mod imports;
mod numbering;
pub mod outgoing;
mod pace;
mod rebuild;
pub mod repair;
mod rewrite;
mod safe;
pub mod scan;
pub mod schema;
pub mod segment;
mod sessions;
mod snapshot;
pub mod state;
pub mod stats;
mod sums;
pub mod tail;
pub mod tally;
mod twins;
pub mod verify;
mod writer;
mod written;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::base::error::Result;
use crate::base::lock::Lock;
use crate::base::time::{Time, Zone};
pub use writer::Writer;

/// Where the ledger lives. Opening it touches nothing.
#[derive(Debug, Clone)]
pub struct Ledger {
    base: PathBuf,
    is_chained: bool,
    zone: Option<Arc<Zone>>,
    step: Option<u64>,
}

impl Ledger {
    /// `base` is the data folder (`COST_HOOK_DIR`).
    pub fn at(base: &Path) -> Self {
        Self { base: base.to_path_buf(), is_chained: false, zone: None, step: None }
    }

    /// Every commit leaves tamper evidence (`cost.tamperEvidence`).
    pub fn chained(self, is_chained: bool) -> Self {
        Self { is_chained, ..self }
    }

    /// The system's zone, by which limits without one of their own begin their periods.
    pub fn in_zone(self, system: &Zone) -> Self {
        Self { zone: Some(Arc::new(system.clone())), ..self }
    }

    /// In place of every measure of how much is done at once: so that a test sees with a few lines what otherwise takes
    /// millions.
    pub fn in_steps(self, bytes: Option<u64>) -> Self {
        Self { step: bytes, ..self }
    }

    /// Is a stretch of work that may take so long over?
    pub fn is_over(&self, took: Duration, most: Duration) -> bool {
        self.step.is_some() || took >= most
    }

    /// The zone to ask a definition's window with; None where it is not known.
    fn zone_for(&self, definition: &counter::Definition) -> Option<Arc<Zone>> {
        let any = || (!definition.goes_by_the_system()).then(|| Arc::new(Zone::utc()));
        self.zone.clone().or_else(any)
    }

    pub fn base(&self) -> &Path {
        &self.base
    }

    pub fn folder(&self) -> PathBuf {
        self.base.join("ledger")
    }

    pub fn lock_path(&self) -> PathBuf {
        self.folder().join(".lock")
    }

    pub fn checkpoint_path(&self) -> PathBuf {
        self.base.join("checkpoint.db")
    }

    pub fn segment_path(&self, month: u32) -> PathBuf {
        self.folder().join(segment::file_name(month))
    }

    /// Takes the lock, brings the checkpoint in step with the segments and starts a transaction.
    ///
    /// Errors: `Busy` when somebody else holds the lock for longer than `patience`; `User` when the folder cannot
    /// be written or the ledger was written by a newer version.
    pub fn write(&self, now: Time, patience: Duration) -> Result<Writer> {
        Writer::open(self.clone(), now, patience, None)
    }

    /// The same for a hook. Where much is to be done first (the checkpoint has to be made anew), a part is done and kept,
    /// and the next event goes on from there.
    ///
    /// Errors: as `write`, and `Busy` when `most` was not enough to come to the end of that.
    pub fn write_in_time(&self, now: Time, patience: Duration, most: Duration) -> Result<Writer> {
        Writer::open(self.clone(), now, patience, Some(most))
    }

    /// Makes the checkpoint anew from the segments.
    ///
    /// Errors: as `write`.
    pub fn make_checkpoint_anew(&self, now: Time, patience: Duration) -> Result<()> {
        rebuild::from_scratch(self, now, Lock::acquire(&self.lock_path(), patience)?)
    }

    pub fn exists(&self) -> bool {
        self.folder().is_dir()
    }
}
