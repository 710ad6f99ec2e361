//! What the lines come to that a writer books. Who fills an empty ledger knows its total from that, and need not read
//! again what was just written.

use super::entries::{Entry, Sum, hand_out_call, hand_out_unlisted};
use crate::base::time::Time;
use crate::model::entry::{Call, Unlisted};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub sum: Sum,
    /// The time of the first line.
    pub first: Option<Time>,
}

impl Tally {
    /// `before`: what the call was until now.
    pub(super) fn call(&mut self, call: &Call, before: Option<&Call>) {
        if let Some(before) = before {
            hand_out_call(before, |entry| self.take_back(entry));
        }
        hand_out_call(call, |entry| self.add(entry));
    }

    pub(super) fn unlisted(&mut self, line: &Unlisted, before: Option<&Unlisted>) {
        if let Some(before) = before {
            hand_out_unlisted(before, |entry| self.take_back(entry));
        }
        hand_out_unlisted(line, |entry| self.add(entry));
    }

    fn add(&mut self, entry: &Entry<'_>) {
        self.sum.add(entry);
        self.first = Some(self.first.map_or(entry.time, |first| first.min(entry.time)));
    }

    fn take_back(&mut self, entry: &Entry<'_>) {
        let mut sum = Sum::default();
        sum.add(entry);
        self.sum.take_back(&sum);
    }
}
