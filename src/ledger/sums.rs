//! What was spent under a definition: kept sums where there are any, the segments where there are none yet.

use super::counter::{Counter, DAY_MS, Definition, Spent};
use super::scan;
use super::writer::{Row, Writer};
use crate::base::error::Result;
use crate::base::time::{Time, Zone};
use crate::model::entry::Line;
use crate::model::limit::{Facts, Period};

impl Writer {
    /// What was spent in the definition's present window. The first time a definition is asked for (settings
    /// changed, checkpoint new), and when the clock was set back, the segments of the window are read; from then
    /// on the sum is kept. Lines booked in this transaction are counted only if the definition was asked for
    /// before: ask for all of them first.
    pub fn spent(&mut self, definition: &Definition, system: &Zone) -> Result<Spent> {
        let at = match self.counters.iter().position(|row| row.counter.definition == *definition) {
            Some(at) => at,
            None => self.add_counter(definition, system)?,
        };
        let before = self.counters[at].counter.window;
        if !self.counters[at].counter.roll(self.now, system) {
            self.counters[at].counter = self.sum_up(definition, system)?;
            self.counters[at].changed = true;
        }
        let row = &mut self.counters[at];
        row.changed |= row.counter.window != before;
        if self.now.since(row.counter.used) > DAY_MS {
            row.counter.used = self.now;
            row.changed = true;
        }
        let Counter { sum, estimated, window, .. } = row.counter;
        Ok(Spent { sum, estimated, window })
    }

    fn add_counter(&mut self, definition: &Definition, system: &Zone) -> Result<usize> {
        let new_session = match (&definition.period, &definition.filter.session) {
            (Period::Session, Some(id)) => {
                self.peek_session(id)?.is_none_or(|session| session.first.is_none())
            }
            _ => false,
        };
        let counter = if new_session {
            Counter::empty(definition, self.now, system)
        } else {
            self.sum_up(definition, system)?
        };
        self.drop_stale_counters()?;
        self.counters.push(Row { id: None, counter, changed: true });
        Ok(self.counters.len() - 1)
    }

    fn sum_up(&self, definition: &Definition, system: &Zone) -> Result<Counter> {
        let mut counter = Counter::empty(definition, self.now, system);
        let mut window = counter.window;
        window.end = Time::MAX;
        scan::each(&self.ledger, window, |line| {
            if matches!(line, Line::Override(_) | Line::Start(_)) {
                return;
            }
            let facts = facts_of(&line);
            counter.add(line.time(), &facts, line.cost(), 1);
        })?;
        Ok(counter)
    }

    fn drop_stale_counters(&mut self) -> Result<()> {
        let now = self.now;
        for row in self.counters.iter().filter(|row| row.counter.is_stale(now)) {
            if let Some(id) = row.id {
                self.db.drop_counter(id).map_err(|fault| self.explain(fault))?;
            }
        }
        self.counters.retain(|row| !row.counter.is_stale(now));
        Ok(())
    }
}

/// What filters look at.
fn facts_of(line: &Line) -> Facts<'_> {
    match line {
        Line::Call(call) => Facts {
            project: &call.project,
            model: Some(&call.model),
            branch: call.branch.as_deref(),
            agent: call.agent.as_deref(),
            session: &call.session,
            estimated: call.estimated,
        },
        Line::Unlisted(line) => Facts {
            project: &line.project,
            model: line.model.as_deref(),
            branch: line.branch.as_deref(),
            agent: None,
            session: &line.session,
            estimated: line.estimated,
        },
        Line::Override(_) | Line::Start(_) => Facts::default(),
    }
}
