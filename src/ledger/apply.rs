//! What a line changes: the index, the running sums and the state of its session. The same for a line just booked,
//! one followed up after a crash and one read when the checkpoint is made anew, so that all three come to the same.

use super::checkpoint::Place;
use super::imports::IMPORTED;
use super::state::{Known, Process, Recent, Sight};
use super::writer::{Fault, OVERRIDES, Writer};
use crate::base::money::Money;
use crate::base::time::Time;
use crate::model::entry::{Call, Line, Start, Unlisted};
use crate::model::limit::Facts;
use crate::model::model_id;

/// How many recent calls of a session are remembered.
const RECENT: usize = 8;

/// Forgets the oldest call of the thread that has most: busy agents must not push out what is known of the others.
fn forget_one(recent: &mut Vec<Recent>) {
    let calls = |agent: &Option<String>| recent.iter().filter(|call| call.agent == *agent).count();
    let most = recent.iter().map(|call| calls(&call.agent)).max().unwrap_or_default();
    if let Some(at) = recent.iter().position(|call| calls(&call.agent) == most) {
        recent.remove(at);
    }
}

impl Writer {
    /// Brings index, sums and sessions up to a line that lies at `place`.
    pub(super) fn apply(&mut self, line: &Line, place: Place) -> Result<(), Fault> {
        match line {
            Line::Call(call) => {
                let (key, before) = self.slot(&call.id)?;
                self.apply_call(call, place, key, before.as_ref())
            }
            Line::Unlisted(unlisted) => self.apply_unlisted(unlisted),
            Line::Start(start) => self.apply_start(start),
            Line::Override(raised) => Ok(self.db.put_line(&raised.id, OVERRIDES, raised)?),
        }
    }

    /// `key` is the call's in the index, `before` what it was until now.
    pub(super) fn apply_call(
        &mut self,
        call: &Call,
        place: Place,
        key: i64,
        before: Option<&Call>,
    ) -> Result<(), Fault> {
        // Lines that were sorted or put together by hand: the highest `rev` counts wherever it stands.
        if before.is_some_and(|before| before.rev > call.rev) {
            return Ok(());
        }
        self.put_place(key, place);
        if let Some(tally) = &mut self.tally {
            tally.call(call, before);
        }
        let cost_before = before.map_or(Money::ZERO, |before| before.cost);
        let grown = call.cost - cost_before;
        let facts = Facts {
            project: &call.project,
            model: Some(&call.model),
            branch: call.branch.as_deref(),
            agent: call.agent.as_deref(),
            session: &call.session,
            estimated: call.estimated,
        };
        self.count(call.time, &facts, grown, i64::from(before.is_none()));

        let model = model_id::canonical(call.requested_model.as_deref().unwrap_or(&call.model)).into_owned();
        let tokens_before = before.map(|before| before.tokens).unwrap_or_default();
        let client_tokens = call.tokens.minus(&tokens_before);
        let client_cost = call.client_cost() - before.map_or(Money::ZERO, Call::client_cost);
        let searches =
            call.web_searches - before.map_or(0, |before| before.web_searches.min(call.web_searches));
        let learned = Known { tokens: client_tokens, searches, cost: client_cost };
        if before.is_some() && (client_cost != Money::ZERO || !client_tokens.is_zero()) {
            for seer in self.db.seers(key)? {
                self.session_mut(&seer)?.learn(call.time, &model, learned, false);
            }
        }
        let billed_before = before.map(Call::billed_tokens).unwrap_or_default();
        let session = self.session_mut(&call.session)?;
        if before.is_none() {
            session.landed(call.agent_id.as_deref(), call.time);
        }
        session.learn(call.time, &model, learned, true);
        session.saw(call.time);
        session.calls += u64::from(before.is_none());
        session.tokens = session.tokens.plus(&call.billed_tokens().minus(&billed_before));
        session.cost += grown;
        if call.estimated {
            session.estimated += grown;
        }
        session.project.clone_from(&call.project);
        session.user.clone_from(&call.user);
        session.provider = Some(call.provider);
        session.region.clone_from(&call.region);
        session.branch.clone_from(&call.branch);
        session.client = call.client.clone().or(session.client.take());
        session.recent.retain(|recent| recent.key != key);
        session.recent.push(Recent {
            time: call.time,
            model,
            agent: call.agent_id.clone(),
            tokens: call.tokens,
            cost: call.cost,
            key,
        });
        if session.recent.len() > RECENT {
            forget_one(&mut session.recent);
        }
        Ok(())
    }

    fn apply_start(&mut self, start: &Start) -> Result<(), Fault> {
        let session = self.session_mut(&start.session)?;
        match session.processes.iter_mut().find(|process| process.started == start.time) {
            Some(known) if known.line.is_some_and(|rev| rev > start.rev) => {}
            Some(known) => {
                (known.line, known.birth) = (Some(start.rev), start.birth);
                known.base = start.total.or(known.base);
            }
            None => {
                session.add_process(Process {
                    started: start.time,
                    birth: start.birth,
                    line: Some(start.rev),
                    base: start.total,
                    ..Process::default()
                });
            }
        }
        if session.project.is_empty() {
            session.project.clone_from(&start.project);
            session.user.clone_from(&start.user);
        }
        Ok(())
    }

    fn apply_unlisted(&mut self, line: &Unlisted) -> Result<(), Fault> {
        let before: Option<Unlisted> = self.db.line(&line.id)?;
        if before.as_ref().is_some_and(|before| before.rev > line.rev) {
            return Ok(());
        }
        let owner = if line.imported.is_some() { IMPORTED } else { &line.session };
        self.db.put_line(&line.id, owner, line)?;
        self.note_imported(line);
        if let Some(tally) = &mut self.tally {
            tally.unlisted(line, before.as_ref());
        }
        let cost = line.cost - before.as_ref().map_or(Money::ZERO, |before| before.cost);
        let client = line.client_cost() - before.as_ref().map_or(Money::ZERO, Unlisted::client_cost);
        let facts = |model| Facts {
            project: &line.project,
            model,
            branch: line.branch.as_deref(),
            agent: None,
            session: &line.session,
            estimated: line.estimated,
        };
        // A line that learns its model moves from the sums of one to those of another.
        let old_model = before.as_ref().and_then(|before| before.model.as_deref());
        if before.is_some() && old_model != line.model.as_deref() {
            let old_cost = line.cost - cost;
            self.count(line.time, &facts(old_model), -old_cost, -1);
            self.count(line.time, &facts(line.model.as_deref()), line.cost, 1);
        } else {
            self.count(line.time, &facts(line.model.as_deref()), cost, i64::from(before.is_none()));
        }
        let session = self.session_mut(&line.session)?;
        session.saw(line.time);
        session.cost += cost;
        if line.estimated {
            session.estimated += cost;
        }
        session.unlisted_cost += cost;
        if line.imported.is_some() {
            // No process of the client showed it, and no total of one is to be held against it.
            return Ok(());
        }
        match session.process_at(line.time) {
            Some(at) => {
                let process = &mut session.processes[at];
                process.unlisted += client;
                // What showed it is known again when the checkpoint is made anew. A process's total never falls, while a total in
                // the transcript has the time of the line before it, which a status line may have come after.
                if before.is_none()
                    && let (Some(total), Some(known)) = (line.client_total, line.known_calls)
                    && process.latest.is_none_or(|latest| latest.total < total)
                {
                    process.latest = Some(Sight { total, time: line.time, known });
                }
            }
            None => session.early.unlisted += client,
        }
        let number = line.id.rsplit(':').next().and_then(|number| number.parse().ok());
        session.unlisted_lines = session.unlisted_lines.max(number.unwrap_or(0));
        if session.project.is_empty() {
            session.project.clone_from(&line.project);
            session.user.clone_from(&line.user);
        }
        Ok(())
    }

    fn count(&mut self, time: Time, facts: &Facts<'_>, amount: Money, lines: i64) {
        for row in &mut self.counters {
            let before = (row.counter.sum, row.counter.lines, row.counter.later);
            row.counter.add(time, facts, amount, lines);
            row.changed |= before != (row.counter.sum, row.counter.lines, row.counter.later);
        }
    }
}
