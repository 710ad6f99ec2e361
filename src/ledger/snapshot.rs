//! The segments as they are at one moment, for those who read without the lock. `repair` and `compact` put new files in
//! the place of old ones, several of them: whoever opened one before and another after that, or one file twice, would
//! count calls twice or not at all. So all are opened first, and it is made sure that they belong together; what is open
//! stays as it is.

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use super::{Ledger, segment};
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::lock::{self, Found};

/// New files are synced before the first of them takes its place: that is a matter of milliseconds.
const TRIES: u32 = 400;
const NAP: Duration = Duration::from_millis(5);

#[derive(Debug)]
pub(super) struct Opened {
    pub(super) path: PathBuf,
    pub(super) len: u64,
    pub(super) file: File,
}

/// The segments of the months that are wanted, oldest first.
///
/// Errors: as `segment::list`; `Busy` when somebody does not come to the end of replacing them.
pub(super) fn open(ledger: &Ledger, wanted: impl Fn(u32) -> bool) -> Result<Vec<Opened>> {
    Ok(open_with_months(ledger, wanted)?.into_iter().map(|(_, opened)| opened).collect())
}

/// The same, each with its month.
pub(super) fn open_with_months(ledger: &Ledger, wanted: impl Fn(u32) -> bool) -> Result<Vec<(u32, Opened)>> {
    for attempt in 0..TRIES {
        if attempt > 0 {
            std::thread::sleep(NAP);
        }
        let mut opened = Vec::new();
        for (month, len) in segment::list(ledger)?.into_iter().filter(|(month, _)| wanted(*month)) {
            let path = ledger.segment_path(month);
            match File::open(&path) {
                Ok(file) => opened.push((month, Opened { path, len, file })),
                // Looked for again below, where it counts.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(Error::io("read", &path, error)),
            }
        }
        if !is_under_way(ledger) && opened.iter().all(|(_, opened)| is_in_place(opened)) {
            return Ok(opened);
        }
    }
    Err(Error::busy("the segments of the ledger are being replaced just now")
        .hint("`ledger repair` or `ledger compact` is at work; try again when it has ended"))
}

fn is_in_place(opened: &Opened) -> bool {
    let now = std::fs::metadata(&opened.path);
    let (Ok(now), Ok(own)) = (now, opened.file.metadata()) else { return false };
    disk::identity(&now) == disk::identity(&own) && own.len() >= opened.len
}

/// Stands while new files take their places. Named like them: `repair` removes it when its process was ended.
fn mark(ledger: &Ledger) -> PathBuf {
    ledger.folder().join(".cost-hook-replacing.tmp")
}

fn is_under_way(ledger: &Ledger) -> bool {
    mark(ledger).exists() && matches!(lock::look(&ledger.lock_path()), Ok(Found::Held))
}

/// Before the first new file takes its place. For who holds the lock.
pub(super) fn begin_replacing(ledger: &Ledger) -> Result<()> {
    disk::open_append_here(&mark(ledger)).map(drop)
}

/// When all stand, or whoever began it is no more.
pub(super) fn end_replacing(ledger: &Ledger) -> Result<()> {
    disk::remove(&mark(ledger)).map(drop)
}
