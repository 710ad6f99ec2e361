//! The runs of the client on a session: which one a total belongs to, and what that one went on from.
//!
//! A process of the client starts from the total saved before it began: in the session's own file, or for a fork in
//! its origin's. When nothing was saved, since all processes before it were killed, it starts from nothing. Hooks tell
//! of processes when they start; of those that no hook saw, the totals they wrote do.

use super::read::Total;
use super::watch::Learned;
use super::{Context, unlisted};
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::{Time, Window};
use crate::ledger::state::{Process, Session};
use crate::ledger::{Writer, scan};
use crate::model::entry::{self, Birth, Line, Start};

/// By how much the client's clock for its start may be after that of the hook which saw the same start.
const SAME_START_MS: i64 = 1_000;
/// By how much the hook may come after the client's start.
const SLOW_START_MS: i64 = 60_000;

/// The client began, resumed or forked a session: from here on its total is compared afresh.
pub fn start(writer: &mut Writer, context: &Context<'_>, id: &str, source: Option<&str>) -> Result<()> {
    unlisted::settle(writer, context, id, true)?;
    let session = writer.session(id)?;
    if session.processes.iter().any(|process| process.started == context.now) {
        return Ok(());
    }
    let unknown = session.processes.is_empty() && session.known.is_empty();
    let birth = match source {
        Some("fork") => Birth::Fork,
        Some("clear") => Birth::Clear,
        // Nothing is known of what it resumes: as with a fork, its total may start anywhere.
        Some("resume") if unknown => Birth::Fork,
        _ if unknown => Birth::Startup,
        _ => Birth::Resume,
    };
    let total = match birth {
        Birth::Startup | Birth::Clear => Some(Money::ZERO),
        Birth::Resume => Some(session.saved_before(context.now).unwrap_or_default()),
        Birth::Fork => None,
    };
    let line = Start {
        v: entry::VERSION,
        id: format!("start:{id}:{}", context.now.0),
        rev: 0,
        time: context.now,
        session: id.to_string(),
        project: context.project.unwrap_or_default().to_string(),
        user: context.user.to_string(),
        birth,
        total,
    };
    writer.book(&Line::Start(Box::new(line)))?;
    let began = writer.session(id)?.processes.iter_mut().rfind(|process| process.started == context.now);
    began.into_iter().for_each(|process| process.fresh = true);
    Ok(())
}

/// The session's file repeats calls of `origin`: it is a fork, and its total started from the origin's saved one.
pub fn descend(writer: &mut Writer, context: &Context<'_>, id: &str, origin: &str) -> Result<()> {
    if writer.session(id)?.parent.as_deref() == Some(origin) {
        return Ok(());
    }
    writer.session(id)?.parent = Some(origin.to_string());
    let parent = writer.session(origin)?;
    if !parent.children.iter().any(|child| child == id) {
        parent.children.push(id.to_string());
    }
    rebase(writer, context, id)
}

/// Finds out anew what each process of a session went on from, and weighs those again for which that is news.
pub fn rebase(writer: &mut Writer, context: &Context<'_>, id: &str) -> Result<()> {
    let session = writer.session(id)?;
    let Some(first) = session.processes.first() else { return Ok(()) };
    let (began, parent) = (first.started, session.parent.clone());
    let inherited = match parent {
        Some(parent) => writer.peek_session(&parent)?.and_then(|parent| parent.saved_before(began)),
        None => None,
    };
    for at in 0..writer.session(id)?.processes.len() {
        let session = writer.session(id)?;
        if let Some(base) =
            base_of(session, at, inherited).filter(|base| session.processes[at].base != Some(*base))
        {
            set_base(writer, id, at, base)?;
            unlisted::reweigh(writer, context, id, at)?;
        }
    }
    Ok(())
}

/// What a process went on from; None when that has to stay what it is.
fn base_of(session: &Session, at: usize, inherited: Option<Money>) -> Option<Money> {
    let (earlier, from) = session.processes.split_at(at);
    let saved = earlier.iter().rev().find_map(|process| process.saved).map(|(_, total)| total);
    if saved.is_some() {
        return saved;
    }
    if at > 0 && session.processes[at].base.is_some() {
        // As its start says; the file it was saved in may not have been read again.
        return None;
    }
    // A fork of a fork that got no answer itself is taken for one of the first origin: what it showed or handed down
    // since is more, never less.
    let known = from.first().filter(|process| !process.base_guessed).and_then(|process| process.base);
    match (earlier.first(), from.first().map(|process| process.birth)) {
        // What the oldest that is remembered went on from was saved before it, and is what there still is.
        (Some(oldest), _) if oldest.birth == Birth::Resume => oldest.base,
        // All killed. A fork's file holds none of its origin's totals.
        (Some(_), _) => Some(Money::ZERO),
        (None, Some(Birth::Resume | Birth::Clear)) => None,
        (None, _) => inherited.filter(|inherited| known.is_none_or(|known| known < *inherited)),
    }
}

/// After all files were read: an origin that is known and has saved nothing hands down nothing.
pub fn ground(writer: &mut Writer, context: &Context<'_>, id: &str) -> Result<()> {
    let session = writer.session(id)?;
    if session.processes.first().is_none_or(|first| first.base.is_some()) {
        return Ok(());
    }
    rebase(writer, context, id)?;
    let session = writer.session(id)?;
    let (first, parent) = (&session.processes[0], session.parent.clone());
    if first.base.is_some() {
        return Ok(());
    }
    let base = match (first.birth, parent) {
        (Birth::Fork, None) => None,
        (_, None) => Some(Money::ZERO),
        (_, Some(parent)) => {
            writer.peek_session(&parent)?.filter(|parent| !parent.known.is_empty()).map(|_| Money::ZERO)
        }
    };
    base.map_or(Ok(()), |base| set_base(writer, id, 0, base))
}

/// Sets what a process went on from, and says so in the ledger when its start is there.
pub fn set_base(writer: &mut Writer, id: &str, at: usize, base: Money) -> Result<()> {
    let session = writer.session(id)?;
    let process = &mut session.processes[at];
    (process.base, process.base_guessed) = (Some(base), false);
    let Some(rev) = process.line else { return Ok(()) };
    let line = Start {
        v: entry::VERSION,
        id: format!("start:{id}:{}", process.started.0),
        rev: rev + 1,
        time: process.started,
        session: id.to_string(),
        project: session.project.clone(),
        user: session.user.clone(),
        birth: process.birth,
        total: Some(base),
    };
    writer.book(&Line::Start(Box::new(line)))?;
    Ok(())
}

/// Nothing tells what a process went on from: its total less its calls, so that nothing is booked which may be another
/// session's. Gives way to anything better.
pub fn guess_base(writer: &mut Writer, id: &str, at: usize, base: Money) -> Result<()> {
    let process = &mut writer.session(id)?.processes[at];
    (process.base, process.base_guessed) = (Some(base), true);
    Ok(())
}

/// A total is seen of a session whose start nobody saw: as far as we know all of the session's own calls belong to
/// one process.
pub fn meet_in_mid_life(writer: &mut Writer, context: &Context<'_>, id: &str) -> Result<()> {
    let session = writer.session(id)?;
    if !session.processes.is_empty() {
        return Ok(());
    }
    let (calls, unlisted) = (session.early.calls - session.early.repeated, session.early.unlisted);
    session.early.calls = session.early.repeated;
    session.early.unlisted = Money::ZERO;
    session.add_process(Process {
        started: session.first.unwrap_or(context.now).min(context.now),
        guessed: true,
        calls,
        unlisted,
        ..Process::default()
    });
    rebase(writer, context, id)
}

/// The calls of a session with their times, as far as they are needed to tell processes apart.
pub struct Calls<'a> {
    learned: &'a [Learned],
    /// There are calls that were booked before this transaction.
    known_before: bool,
    booked: Option<Vec<(Time, Money)>>,
}

impl<'a> Calls<'a> {
    pub fn new(learned: &'a [Learned], known_before: bool) -> Self {
        Self { learned, known_before, booked: None }
    }

    /// What the calls between two times cost. Those booked before come from the ledger itself, read once: that is
    /// needed only for processes no hook told of.
    fn between(&mut self, writer: &Writer, id: &str, from: Time, to: Time) -> Result<Money> {
        let within = |time: Time| time >= from && time < to;
        let news: Money = self.learned.iter().filter(|call| within(call.time)).map(|call| call.news).sum();
        if !self.known_before {
            return Ok(news);
        }
        if self.booked.is_none() {
            let mut booked = Vec::new();
            scan::each(writer.ledger(), Window { start: from, end: Time::MAX }, |line| {
                if let Line::Call(call) = line
                    && call.session == id
                {
                    booked.push((call.time, call.client_cost()));
                }
            })?;
            self.booked = Some(booked);
        }
        let booked = self.booked.iter().flatten().filter(|(time, _)| within(*time)).map(|(_, cost)| *cost);
        Ok(news + booked.sum())
    }
}

/// The process that wrote a total: by the start it names, which is that of the first process whose calls the total
/// counts (the client restores it on resume and fork), and by the lines before it. One that nobody told us of becomes known with it. None for one that
/// is forgotten.
pub fn of_total(
    writer: &mut Writer,
    context: &Context<'_>,
    id: &str,
    total: &Total,
    calls: &mut Calls<'_>,
) -> Result<Option<Time>> {
    let session = writer.session(id)?;
    let oldest = session.processes.first().map(|process| process.started);
    let newest_word = [total.before, total.state.started].into_iter().flatten().max();
    if session.forgotten && newest_word < oldest {
        return Ok(None);
    }
    // One that was met in mid-life began before its first sight, and so may its lines.
    let met = session.processes.first().filter(|process| process.guessed).map(|_| 0);
    let by_line = total.before.and_then(|before| session.process_at(before).or(met));
    let Some(began) = total.state.started else {
        // Old clients did not say when they began.
        if let Some(at) = by_line.or(session.processes.len().checked_sub(1)) {
            return Ok(Some(session.processes[at].started));
        }
        let began = session.first.unwrap_or(context.now);
        return insert(writer, id, began, calls).map(Some);
    };
    // All lines of a fork that was left at once are copies, older than its only process.
    if session.parent.is_some() && by_line.is_none() && !session.processes.is_empty() {
        return Ok(Some(session.processes[0].started));
    }
    // The client restores the start together with the total, so a fork's total names the start of its origin. A fork no
    // hook told of began, as far as we can see, with its first own call.
    let began = match session.first {
        Some(first) if session.parent.is_some() && session.processes.is_empty() => began.max(first),
        _ => began,
    };
    let earliest = began.plus_ms(-SAME_START_MS);
    let found = if total.before.is_some_and(|before| before >= began) {
        // It said something: the process its last line belongs to, unless that one began before this one did.
        by_line
            .map(|at| &session.processes[at])
            .filter(|process| process.started >= earliest || process.guessed)
    } else {
        let mut after = session.processes.iter().filter(|process| process.started >= earliest);
        after.find(|process| process.started.since(began) <= SLOW_START_MS)
    };
    match found {
        Some(process) if process.guessed => {
            let (at, first) = (process.started, session.first.unwrap_or(began));
            if began <= first && session.processes[0].guessed {
                session.processes[0].started = began;
                session.processes[0].guessed = false;
                return Ok(Some(began));
            }
            if at >= earliest { Ok(Some(at)) } else { insert(writer, id, began, calls).map(Some) }
        }
        Some(process) => Ok(Some(process.started)),
        None => insert(writer, id, began, calls).map(Some),
    }
}

/// A process that no hook told of takes its calls and its unlisted money over from the one before it.
fn insert(writer: &mut Writer, id: &str, started: Time, calls: &mut Calls<'_>) -> Result<Time> {
    let session = writer.session(id)?;
    let before = session.process_at(started);
    let to = session.processes.get(before.map_or(0, |at| at + 1)).map_or(Time::MAX, |next| next.started);
    let moved = calls.between(writer, id, started, to)?;
    let lines = writer.unlisted_of(id)?;
    let lines = lines.iter().filter(|line| line.time >= started && line.time < to);
    let unlisted: Money = lines.map(|line| line.client_cost()).sum();
    let session = writer.session(id)?;
    let process = Process {
        started,
        birth: if before.is_some() { Birth::Resume } else { Birth::Startup },
        calls: moved,
        unlisted,
        ..Process::default()
    };
    match before {
        None => {
            session.early.calls -= moved;
            session.early.unlisted -= unlisted;
        }
        Some(at) => {
            let earlier = &mut session.processes[at];
            earlier.calls -= moved;
            earlier.unlisted -= unlisted;
            // Totals seen since are not the earlier one's; the total that made the new one known says more.
            for sight in [&mut earlier.settling, &mut earlier.latest] {
                sight.take_if(|sight| sight.time >= started);
            }
        }
    }
    session.add_process(process);
    Ok(started)
}
