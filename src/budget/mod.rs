//! Limits against what was spent: how each one stands, and what follows for the event at hand. Owns the verdict and
//! its words; where limits come from is `settings`' business, the sums are `ledger`'s.

pub mod allow;
mod estimate;
pub mod under_way;
mod verdict;
mod words;

use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::{Time, Window, Zone};
use crate::book::unlisted;
use crate::ledger::Writer;
use crate::ledger::counter::{Definition, Spent};
use crate::model::entry::Override;
use crate::model::limit::{Calendar, Facts, Filter, Limit, Period};
use crate::settings::{OnStale, Settings};
use crate::team::state::{State, Sum};

pub use estimate::next_call;
pub use verdict::{Weighed, is_near, weigh};
pub use words::{
    capitalised, counted_only, effect, left_in_words, marked, name, old, percent, resets, used_up, whose,
};

/// Where the question is asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place<'a> {
    pub session: Option<&'a str>,
    pub project: &'a str,
    /// Type of the subagent the next call would be made by, or that would be started; None is the main thread.
    pub agent: Option<&'a str>,
    /// The model the next call would go to, as far as it is known.
    pub model: Option<&'a str>,
}

/// How one limit stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    pub limit: Limit,
    /// The present period.
    pub window: Window,
    /// Booked in it, and what the client's totals show beyond that.
    pub spent: Money,
    /// What calls under way are expected to cost; known for limits that stop ahead of a call.
    pub under_way: Money,
    /// Part of it whose price is not certain; such amounts are shown with a `~`.
    pub estimated: Money,
    /// What people added to it for this period.
    pub raised: Money,
    /// A person switched it off until then.
    pub lifted_until: Option<Time>,
    /// For a limit of a team that has a store: how its totals were come by.
    pub heard: Option<Heard>,
    /// The session at hand is one whose spending it counts, as far as project and branch go.
    pub here: bool,
}

/// What a limit of the team rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// How old the team's totals are, in milliseconds; None: they were never fetched.
    pub age: Option<i64>,
    /// They are older than `team.maxAge`.
    pub is_stale: bool,
    /// And `team.onStale` says that this stops.
    pub blocks: bool,
    /// The most they may be old, in milliseconds.
    pub most: i64,
    /// What this machine spent that the store was not told yet.
    pub unsent: Money,
}

impl Standing {
    /// The limit with what was added.
    pub fn allowed(&self) -> Money {
        self.limit.amount + self.raised
    }

    pub fn left(&self) -> Money {
        self.allowed().saturating_sub_zero(self.spent)
    }

    pub fn is_used_up(&self) -> bool {
        self.spent >= self.allowed()
    }
}

/// How all limits stand that apply here. Call it once before booking, so that their sums follow what is booked, and
/// again for the answer.
pub fn standings(
    writer: &mut Writer,
    settings: &Settings,
    team: Option<&State>,
    place: &Place<'_>,
    system: &Zone,
) -> Result<Vec<Standing>> {
    let now = writer.now();
    let session = match place.session {
        Some(id) => writer.peek_session(id)?.cloned(),
        None => None,
    };
    let facts = Facts {
        project: session
            .as_ref()
            .map(|session| session.project.as_str())
            .filter(|at| !at.is_empty())
            .unwrap_or(place.project),
        branch: session.as_ref().and_then(|session| session.branch.as_deref()),
        session: place.session.unwrap_or_default(),
        ..Facts::default()
    };
    let overrides = if settings.limits.is_empty() { Vec::new() } else { writer.overrides()? };
    let mut standings = Vec::new();
    for limit in &settings.limits {
        let mut filter = limit.filter.clone();
        if limit.period == Period::Session {
            let Some(id) = place.session else { continue };
            filter.session = Some(id.to_string());
        }
        let (pending, under_way) = unbooked(writer, &filter, place, limit.hard);
        let definition = Definition { period: limit.period, calendar: limit.calendar.clone(), filter };
        let booked = writer.spent(&definition, system)?;
        // The window of the kept sum, not one worked out anew: that would read the zone's file for every limit of
        // every event.
        let window = booked.window;
        let own = Sum { cost: booked.sum, estimated: booked.estimated };
        let (sum, heard) = with_the_team(settings, team, limit, (window, own), now);
        let (spent, estimated) = (sum.cost + pending, sum.estimated);
        let valid = overrides.iter().filter(|raised| applies(raised, limit, window, place));
        let (raised, lifted_until) = valid.fold((Money::ZERO, None), |(sum, until), raised| {
            let lifted = raised.until.filter(|until| *until > now);
            (sum + raised.amount.unwrap_or_default(), until.max(lifted))
        });
        standings.push(Standing {
            here: is_here(limit, &facts),
            limit: limit.clone(),
            window,
            spent,
            under_way,
            estimated,
            raised,
            lifted_until,
            heard,
        });
    }
    Ok(standings)
}

/// What a limit counts: what is booked here, and for one of the team what its store told of everybody.
pub fn with_the_team(
    settings: &Settings,
    team: Option<&State>,
    limit: &Limit,
    (window, own): (Window, Sum),
    now: Time,
) -> (Sum, Option<Heard>) {
    let Some((team, share)) = team.zip(limit.share()) else { return (own, None) };
    let told = team.told(share, window, own, now);
    let most = settings.team.max_age_ms();
    let is_stale = told.age.is_none_or(|age| age > most);
    let blocks = is_stale && settings.team.on_stale == OnStale::Block;
    (told.spent, Some(Heard { age: told.age, is_stale, blocks, most, unsent: told.unsent }))
}

/// What a limit counts that is no line of the ledger yet: money that clients' totals show, of all sessions at work, and
/// where it is asked for what calls under way are expected to cost.
fn unbooked(writer: &Writer, filter: &Filter, place: &Place<'_>, ahead: bool) -> (Money, Money) {
    let (mut pending, mut under_way) = (Money::ZERO, Money::ZERO);
    for (id, session) in writer.met() {
        let own = place.session == Some(id) && session.project.is_empty();
        let facts = Facts {
            project: if own { place.project } else { &session.project },
            branch: session.branch.as_deref(),
            session: id,
            ..Facts::default()
        };
        if filter.counts(&facts) {
            pending += unlisted::pending(session);
            if ahead {
                under_way += under_way::expected(session, writer.now());
            }
        }
    }
    (pending, under_way)
}

/// Is this a place whose spending the limit counts? A branch nobody knows yet may be the one.
fn is_here(limit: &Limit, facts: &Facts<'_>) -> bool {
    let Filter { project, branch, .. } = &limit.filter;
    let branch = branch.clone().filter(|_| facts.branch.is_some());
    Filter { project: project.clone(), branch, ..Filter::default() }.counts(facts)
}

fn applies(raised: &Override, limit: &Limit, window: Window, place: &Place<'_>) -> bool {
    raised.limit == limit.id
        && (limit.overridable || raised.until.is_none() && raised.amount.is_none())
        && raised.period == limit.period
        // An amount is for its period; a limit that was switched off stays off until the time that was named.
        && (raised.until.is_some() || raised.window().start == window.start)
        && (limit.period != Period::Session || raised.session.as_deref() == place.session)
}

/// What was spent today, whatever the limits.
pub fn today(writer: &mut Writer, calendar: &Calendar, system: &Zone) -> Result<Spent> {
    let definition =
        Definition { period: Period::Daily, calendar: calendar.clone(), filter: Filter::default() };
    writer.spent(&definition, system)
}
