//! Calls that were let go ahead and whose lines have not come: what a limit that stops ahead of a call has to keep room
//! for, since several threads may each have one. Owns when such a call begins and ends to count; where it is kept is
//! `ledger`'s business, what it is expected to cost `estimate`'s.

use crate::base::money::Money;
use crate::base::time::Time;
use crate::ledger::state::{Session, Thread, UnderWay};

/// No call takes longer: its client was killed, or a person broke it off.
const LONGEST_MS: i64 = 15 * 60_000;
/// A call that is over has its line within this time, or none.
const LATE_MS: i64 = 2_000;

/// What an event means for the calls of its thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Let pass, a call begins.
    Call,
    /// Let pass, a subagent begins, and with it a call of its own.
    Agent,
    /// None is under way, and none begins yet.
    Between,
    /// Nothing.
    Aside,
}

impl Step {
    /// What follows an event, if it is let pass.
    pub fn of(event: &str, tool: Option<&str>) -> Self {
        match event {
            "UserPromptSubmit" | "PostToolBatch" | "PreCompact" => Step::Call,
            "PreToolUse" if matches!(tool, Some("Agent" | "Task")) => Step::Agent,
            // The call that asks for a tool is over, but its line is just being written. Whoever comes after the tool
            // finds it; to note the end of the call here would be a transaction at every tool, for nothing.
            "PreToolUse" => Step::Aside,
            "PostToolUse" | "PostToolUseFailure" | "Stop" | "StopFailure" | "SubagentStop" => Step::Between,
            _ => Step::Aside,
        }
    }
}

/// What the calls under way in a session are expected to cost.
pub(super) fn expected(session: &Session, now: Time) -> Money {
    session.under_way.iter().filter(|call| counts(call, now)).map(|call| call.cost).sum()
}

fn counts(call: &UnderWay, now: Time) -> bool {
    now.since(call.since) <= LONGEST_MS && call.over.is_none_or(|over| now.since(over) <= LATE_MS)
}

/// A thread's event at `since` says that its calls before are over, and what was noted for that very event is open again.
/// True when that changed anything.
pub fn arrive(
    session: &mut Session,
    agent: Option<&str>,
    tool: Option<&str>,
    since: Time,
    now: Time,
) -> bool {
    let before = session.under_way.clone();
    let own = agent.map_or(Thread::Main, |id| Thread::Agent(id.to_string()));
    let starting = tool.map(|id| Thread::Starting(id.to_string()));
    session.under_way.retain(|call| {
        let again = call.since >= since && (call.thread == own || Some(&call.thread) == starting.as_ref());
        !again && counts(call, now)
    });
    for call in session.under_way.iter_mut().filter(|call| call.thread == own) {
        call.over.get_or_insert(since);
    }
    session.under_way != before
}

/// A call was let go ahead.
pub fn start(session: &mut Session, thread: Thread, since: Time, cost: Money) {
    session.under_way.push(UnderWay { thread, since, over: None, cost });
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Money = Money(1);

    #[test]
    fn a_call_counts_until_its_line_comes() {
        let mut session = Session::default();
        start(&mut session, Thread::Main, Time(10), ONE);
        start(&mut session, Thread::Agent("a".into()), Time(10), ONE);
        assert_eq!(expected(&session, Time(20)), Money(2));
        session.landed(None, Time(9));
        assert_eq!(expected(&session, Time(20)), Money(2), "an earlier call's line");
        session.landed(None, Time(30));
        session.landed(Some("a"), Time(30));
        assert_eq!(session.under_way, []);
    }

    #[test]
    fn one_that_is_over_without_a_line_is_forgotten_soon_and_any_in_the_end() {
        let mut session = Session::default();
        start(&mut session, Thread::Main, Time(10), ONE);
        start(&mut session, Thread::Agent("a".into()), Time(10), ONE);
        assert!(arrive(&mut session, None, None, Time(100), Time(100)));
        assert_eq!(expected(&session, Time(100 + LATE_MS)), Money(2));
        assert_eq!(expected(&session, Time(101 + LATE_MS)), ONE);
        assert_eq!(expected(&session, Time(11 + LONGEST_MS)), Money::ZERO);
    }

    #[test]
    fn an_event_that_is_weighed_again_is_noted_once() {
        let mut session = Session::default();
        for now in [10, 14, 18] {
            arrive(&mut session, None, Some("t"), Time(10), Time(now));
            start(&mut session, Thread::Starting("t".into()), Time(10), ONE);
        }
        assert_eq!(expected(&session, Time(18)), ONE);
    }

    #[test]
    fn the_first_line_of_an_agent_is_that_of_one_about_to_start() {
        let mut session = Session::default();
        for tool in ["t1", "t2"] {
            start(&mut session, Thread::Starting(tool.into()), Time(10), ONE);
        }
        session.landed(Some("a"), Time(20));
        start(&mut session, Thread::Agent("a".into()), Time(21), ONE);
        session.landed(Some("a"), Time(30));
        assert_eq!(expected(&session, Time(30)), ONE);
    }
}
