//! The first reading: every name with what it cost, and what is said of sessions. Names stand in the order in which a
//! page that can hold only some of them keeps them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use super::Request;
use super::dimension::{COUNT, Dimension, MOST_SESSIONS, Namer, Slots};
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::Time;
use crate::ledger::entries::{self, Entry};
use crate::report::query::Wanted;

/// A thread's own names are handed over when they are so many.
const HANDED_OVER: usize = 4096;
/// Of all sessions, how many of the dearest are kept before the dearest of each project and month.
const DEAREST: usize = 120;
/// Of each project and of each month, how many.
const DEAREST_OF_EACH: usize = 5;

/// What a name costs altogether.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) cost: Money,
    pub(super) calls: u64,
}

impl Tally {
    fn join(&mut self, other: Tally) {
        self.cost += other.cost;
        self.calls += other.calls;
    }
}

/// What is shown of a session beside its figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Session {
    pub(super) tally: Tally,
    pub(super) first: Time,
    pub(super) last: Time,
    /// Of the newest line.
    pub(super) project: String,
}

impl Session {
    fn new(time: Time) -> Self {
        Self { tally: Tally::default(), first: time, last: Time::MIN, project: String::new() }
    }

    /// Is a line newer than all that were met? Of two lines of one instant any project would do, but it has to be the
    /// same one every time.
    fn is_older(&self, time: Time, project: &str) -> bool {
        (time, project) > (self.last, self.project.as_str())
    }

    fn join(&mut self, other: Session) {
        self.tally.join(other.tally);
        self.first = self.first.min(other.first);
        if self.is_older(other.last, &other.project) {
            self.project = other.project;
        }
        self.last = self.last.max(other.last);
    }
}

/// All names, each list from the one that is kept longest to the one that is put away first.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// By dimension; the last one, of sessions, holds those alone that may get onto the page.
    pub(super) names: [Vec<(String, Tally)>; COUNT],
    pub(super) sessions: Vec<Session>,
    all_sessions: usize,
}

impl Survey {
    /// All there are, shown on their own or not.
    pub(super) fn session_count(&self) -> usize {
        self.all_sessions
    }

    pub(super) fn count(&self, dimension: Dimension) -> usize {
        match dimension {
            Dimension::Session => self.all_sessions,
            _ => self.names[dimension as usize].len(),
        }
    }
}

#[derive(Debug, Default)]
struct Found {
    names: [Slots<Tally>; COUNT - 1],
    sessions: Slots<Session>,
}

impl Found {
    fn len(&self) -> usize {
        self.sessions.len() + self.names.iter().map(Slots::len).sum::<usize>()
    }

    fn add(&mut self, names: &[&str; COUNT], entry: &Entry<'_>) {
        let one = Tally { cost: entry.cost, calls: u64::from(!entry.is_unlisted) };
        for (known, name) in self.names.iter_mut().zip(names) {
            known.of(name, Tally::default).join(one);
        }
        let time = entry.time;
        let session = self.sessions.of(entry.session, || Session::new(time));
        session.tally.join(one);
        session.first = session.first.min(time);
        if session.is_older(time, entry.project) {
            session.project.clear();
            session.project.push_str(entry.project);
        }
        session.last = session.last.max(time);
    }

    fn join(&mut self, other: &mut Found) {
        for (known, names) in self.names.iter_mut().zip(&mut other.names) {
            for (name, tally) in names.drain() {
                known.of(&name, Tally::default).join(tally);
            }
        }
        for (id, session) in other.sessions.drain() {
            self.sessions.of(&id, || Session::new(session.first)).join(session);
        }
    }
}

/// One thread's part of the reading.
struct Reader<'a> {
    wanted: Wanted<'a>,
    namer: Namer,
    own: Found,
    all: &'a Mutex<Found>,
}

impl Reader<'_> {
    fn add(&mut self, entry: &Entry<'_>) {
        if !self.wanted.counts(entry) {
            return;
        }
        self.own.add(&self.namer.names(entry), entry);
        // Few of the names are met by one thread alone: kept apart to the end they would take their room several times.
        if self.own.len() > HANDED_OVER {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        if let Ok(mut all) = self.all.lock() {
            all.join(&mut self.own);
        }
    }
}

pub(super) fn take(request: &Request<'_>) -> Result<Survey> {
    let all: Mutex<Found> = Mutex::default();
    let new = || Reader {
        wanted: Wanted::new(request.query),
        namer: Namer::default(),
        own: Found::default(),
        all: &all,
    };
    let (readers, _) = entries::fold(request.ledger, request.query.window, new, Reader::add)?;
    readers.into_iter().for_each(|mut reader| reader.hand_over());
    Ok(arranged(all.into_inner().unwrap_or_default()))
}

fn arranged(mut found: Found) -> Survey {
    let mut survey = Survey { all_sessions: found.sessions.len(), ..Survey::default() };
    for (list, names) in survey.names.iter_mut().zip(&mut found.names) {
        list.extend(names.drain());
        list.sort_by(|a, b| (b.1.cost, b.1.calls).cmp(&(a.1.cost, a.1.calls)).then_with(|| a.0.cmp(&b.0)));
    }
    for (id, session) in kept_sessions(found.sessions.drain().collect()) {
        survey.names[Dimension::Session as usize].push((id, session.tally));
        survey.sessions.push(session);
    }
    survey
}

/// The sessions that may get onto the page: the dearest of all, then the dearest of each project and of each month, so
/// that a page narrowed down to one of them still has sessions to show, then whatever is next.
fn kept_sessions(mut all: Vec<(String, Session)>) -> Vec<(String, Session)> {
    let most = MOST_SESSIONS;
    all.sort_by(|a, b| b.1.tally.cost.cmp(&a.1.tally.cost).then_with(|| a.0.cmp(&b.0)));
    let mut order: Vec<usize> = (0..all.len().min(DEAREST)).collect();
    let mut taken: BTreeSet<usize> = order.iter().copied().collect();
    let mut projects: BTreeMap<&str, usize> = BTreeMap::new();
    let mut months: BTreeMap<u32, usize> = BTreeMap::new();
    for (at, (_, session)) in all.iter().enumerate() {
        let of_project = projects.entry(&session.project).or_default();
        let of_month = months.entry(session.last.utc_month()).or_default();
        if (*of_project < DEAREST_OF_EACH || *of_month < DEAREST_OF_EACH) && taken.insert(at) {
            order.push(at);
        }
        *of_project += 1;
        *of_month += 1;
    }
    order.extend((0..all.len()).filter(|at| !taken.contains(at)).take(most));
    order.truncate(most);
    let mut slots: Vec<Option<(String, Session)>> = all.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| slots[at].take()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_projects_and_quiet_months_keep_some_sessions() {
        let mut sessions = Vec::new();
        for number in 0..1000_i64 {
            let small = number >= 900;
            let session = Session {
                tally: Tally { cost: Money::from_usd(2000 - number), calls: 1 },
                first: Time(0),
                last: Time(if number == 999 { 0 } else { 1_795_521_600_000 }),
                project: if small { "/small" } else { "/large" }.to_string(),
            };
            sessions.push((format!("s{number:04}"), session));
        }
        let kept = kept_sessions(sessions);
        assert_eq!(kept.len(), MOST_SESSIONS);
        assert!(kept.iter().take(DEAREST).enumerate().all(|(at, (id, _))| *id == format!("s{at:04}")));
        let small = kept.iter().filter(|(_, session)| session.project == "/small").count();
        assert_eq!(small, DEAREST_OF_EACH + 1, "five of the project, and the one of the other month");
        let ids: BTreeSet<&String> = kept.iter().map(|(id, _)| id).collect();
        assert_eq!(ids.len(), kept.len());
        assert!(kept_sessions(Vec::new()).is_empty());
    }
}
