//! How much of the ledger a writer takes in at once: a person waits until all of it is there, a hook as long as it
//! can. What was taken in is kept every now and then, so that a process which is ended does not begin where
//! its predecessor began. Knows nothing of what is taken in.

use std::time::{Duration, Instant};

use super::Ledger;
use crate::base::error::Error;

/// What is read at once, so that a long segment need not fit into memory. A line is never longer.
const PIECE: u64 = 8 << 20;
/// So many rows of the index are put into the checkpoint between two looks at the clock.
const ROWS: usize = 1 << 14;
/// Work of so long is lost at the most.
const KEEP_EVERY: Duration = Duration::from_millis(400);

/// How long a writer may take until the checkpoint is in step with the segments.
#[derive(Debug)]
pub(super) struct Pace {
    /// None for who waits as long as it takes.
    until: Option<Instant>,
    kept: Instant,
    step: Option<u64>,
}

impl Pace {
    pub(super) fn unhurried(ledger: &Ledger) -> Self {
        Self { until: None, kept: Instant::now(), step: ledger.step }
    }

    pub(super) fn within(most: Duration, ledger: &Ledger) -> Self {
        let now = Instant::now();
        Self { until: Some(now + most), kept: now, step: ledger.step }
    }

    pub(super) fn is_hurried(&self) -> bool {
        self.until.is_some()
    }

    pub(super) fn piece(&self) -> u64 {
        self.step.unwrap_or(PIECE)
    }

    pub(super) fn bytes_to_copy(&self) -> usize {
        self.step.and_then(|step| usize::try_from(step * 16).ok()).unwrap_or(4 << 20)
    }

    pub(super) fn rows(&self) -> usize {
        self.step.map_or(ROWS, |step| step as usize / 400 + 1)
    }

    /// Asked between two pieces: is the work so far worth keeping?
    pub(super) fn is_time_to_keep(&self) -> bool {
        self.step.is_some() || self.kept.elapsed() >= KEEP_EVERY || self.is_over()
    }

    /// It was kept. An error when there is no time for more.
    pub(super) fn kept(&mut self) -> Result<(), Error> {
        self.kept = Instant::now();
        if self.is_over() {
            return Err(Error::busy(
                "the checkpoint is being made anew from the ledger, a part at each event",
            )
            .hint("the calls are booked when it is complete"));
        }
        Ok(())
    }

    /// In a test's small steps the time of a hook is over after each of them.
    fn is_over(&self) -> bool {
        self.until.is_some_and(|until| self.step.is_some() || Instant::now() >= until)
    }
}
