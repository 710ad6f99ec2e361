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
pub mod health;
mod rebuild;
pub mod repair;
mod rewrite;
pub mod scan;
pub mod schema;
pub mod segment;
pub mod state;
pub mod stats;
mod sums;
pub mod tail;
mod twins;
pub mod verify;
mod writer;
mod written;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::base::error::Result;
use crate::base::lock::Lock;
use crate::base::time::Time;
pub use writer::Writer;

/// Where the ledger lives. Opening it touches nothing.
#[derive(Debug, Clone)]
pub struct Ledger {
    base: PathBuf,
    is_chained: bool,
}

impl Ledger {
    /// `base` is the data folder (`COST_HOOK_DIR`).
    pub fn at(base: &Path) -> Self {
        Self { base: base.to_path_buf(), is_chained: false }
    }

    /// Every commit leaves tamper evidence (`cost.tamperEvidence`).
    pub fn chained(self, is_chained: bool) -> Self {
        Self { is_chained, ..self }
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
        Writer::open(self.clone(), now, patience)
    }

    /// Makes the checkpoint anew from the segments.
    ///
    /// Errors: as `write`.
    pub fn make_checkpoint_anew(&self, now: Time, patience: Duration) -> Result<()> {
        rebuild::rebuild(self.clone(), now, Lock::acquire(&self.lock_path(), patience)?)?.commit()
    }

    pub fn exists(&self) -> bool {
        self.folder().is_dir()
    }
}
