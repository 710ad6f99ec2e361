//! Reading ahead, for an import: other threads read and parse the files of the sessions that come next while one is being
//! booked. Owns the threads and how far ahead they go. For people who wait; a hook has a file or two, and no threads.
//!
//! Booking stays in order and in one place. What is held at a time is what some sessions' files hold of calls.

use std::collections::VecDeque;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, Scope};

use super::read;
use super::watch::{Read, known_state};
use crate::base::error::{Error, Result};
use crate::base::time::Time;
use crate::ledger::Writer;
use crate::ledger::state::FileState;

/// So much is read before its turn: enough that a long session at the front leaves the other readers something to do.
/// What is kept of it is a hundredth.
const AHEAD_BYTES: u64 = 128 << 20;
/// So many sessions, where they are small.
const AHEAD: usize = 256;
/// Booking is done by one: more readers than this only wait for it.
const READERS: usize = 4;

/// Reads sessions' files in their order, some of them in advance.
pub struct Ahead<'s> {
    units: Box<dyn Iterator<Item = (Vec<PathBuf>, u64)> + 's>,
    jobs: mpsc::Sender<Job>,
    waiting: VecDeque<Waiting>,
    /// Of those that wait.
    bytes: u64,
}

/// A session that is read, or about to be.
struct Waiting {
    bytes: u64,
    read: mpsc::Receiver<Vec<Read>>,
}

struct Job {
    files: Vec<(PathBuf, FileState)>,
    done: mpsc::Sender<Vec<Read>>,
}

impl<'s> Ahead<'s> {
    /// `units`: each session's files, and how many bytes they are. The readers end when this is dropped.
    pub fn of<'scope>(
        units: impl Iterator<Item = (Vec<PathBuf>, u64)> + 's,
        now: Time,
        scope: &'scope Scope<'scope, '_>,
    ) -> Self {
        let (jobs, next) = mpsc::channel::<Job>();
        let next = Arc::new(Mutex::new(next));
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        for _ in 0..cores.min(READERS) {
            let next = Arc::clone(&next);
            scope.spawn(move || {
                let mut buffer = Vec::new();
                loop {
                    let job = next.lock().map(|next| next.recv());
                    let Ok(Ok(Job { files, done })) = job else { return };
                    let read = files.into_iter().map(|(path, before)| {
                        let mut state = before.clone();
                        let found = read::find(&path, &mut state, now, &mut buffer);
                        Read { path, before, state, found }
                    });
                    // Nobody waits for it any more when the import has failed.
                    drop(done.send(read.collect()));
                }
            });
        }
        Self { units: Box::new(units), jobs, waiting: VecDeque::new(), bytes: 0 }
    }

    /// The files of the next session; None after the last.
    pub fn next(&mut self, writer: &Writer) -> Result<Option<Vec<Read>>> {
        while self.waiting.len() < AHEAD
            && (self.bytes < AHEAD_BYTES || self.waiting.is_empty())
            && let Some((paths, bytes)) = self.units.next()
        {
            let states = paths.into_iter().map(|path| Ok((known_state(writer, &path)?, path)));
            let files = states.map(|found: Result<_>| found.map(|(state, path)| (path, state)));
            let (done, receiver) = mpsc::channel();
            let job = Job { files: files.collect::<Result<_>>()?, done };
            self.jobs.send(job).map_err(|_| gone())?;
            self.waiting.push_back(Waiting { bytes, read: receiver });
            self.bytes += bytes;
        }
        let Some(first) = self.waiting.pop_front() else { return Ok(None) };
        self.bytes -= first.bytes;
        first.read.recv().map(Some).map_err(|_| gone())
    }
}

fn gone() -> Error {
    Error::internal("a thread that reads transcripts has ended")
}
