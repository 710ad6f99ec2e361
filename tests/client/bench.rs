//! One scenario's world: a stand-in, a home with the product installed, and the comparisons. Not here: what
//! happens in it (the scenarios).

use std::cell::RefCell;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::api::{Api, Call, Outcome};
use crate::client::{Endpoint, Home, Run};
use crate::ledger::{self, Booked, Ledger};
use crate::price::{self, BAR, Pico};
use crate::script::Script;

thread_local! {
    /// What the running scenario wants to have printed under its name.
    static NOTES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

pub(crate) fn note(text: String) {
    NOTES.with(|notes| notes.borrow_mut().push(text));
}

pub(crate) fn take_notes() -> Vec<String> {
    NOTES.with(RefCell::take)
}

pub(crate) struct Bench {
    pub(crate) api: Api,
    pub(crate) home: Home,
}

impl Bench {
    pub(crate) fn new(script: Script) -> Self {
        Self::with(script, Endpoint::Claude, &json!({}))
    }

    /// With keys of the user's settings.json.
    pub(crate) fn settings(script: Script, settings: &Value) -> Self {
        Self::with(script, Endpoint::Claude, settings)
    }

    pub(crate) fn with(script: Script, endpoint: Endpoint, settings: &Value) -> Self {
        let api = Api::start(script);
        let home = Home::new(&api.url(), endpoint, false);
        Self { api, home }.ready(settings)
    }

    /// As a person runs it: the client asks for a title of each session.
    pub(crate) fn with_titles(script: Script, settings: &Value) -> Self {
        let api = Api::start(script);
        let home = Home::new(&api.url(), Endpoint::Claude, true);
        Self { api, home }.ready(settings)
    }

    fn ready(self, settings: &Value) -> Self {
        self.home.settings(settings);
        if !ledger::left_out() {
            self.ledger().install();
        }
        self
    }

    pub(crate) fn ledger(&self) -> Ledger<'_> {
        Ledger::of(&self.home)
    }

    pub(crate) fn booked(&self, session: &str) -> Option<Booked> {
        (!ledger::left_out()).then(|| self.ledger().session(session))
    }

    /// The three figures of a headless run that is its session's whole life.
    pub(crate) fn settle(&self, run: &Run) {
        let session = run.session();
        self.agree(&session, self.api.session_total(&session), run.total(), self.api.session_total(&session));
    }

    /// The three figures of an interactive session that has ended: the client's is the total it saved.
    pub(crate) fn settle_saved(&self, session: &str) {
        let served = self.api.session_total(session);
        let saved = self.home.saved_total(session);
        let saved = saved.unwrap_or_else(|| panic!("the client saved no total for {session}"));
        self.agree(session, served, saved, served);
    }

    /// Stand-in against client, and the ledger against what it should hold.
    pub(crate) fn agree(&self, session: &str, served: Pico, client: Pico, should_be_booked: Pico) {
        let booked = self.booked(session);
        let shown = booked.as_ref().map_or_else(
            || "left out".to_owned(),
            |b| format!("{} ({} calls, {} unlisted)", price::show(b.total), b.calls, price::show(b.unlisted)),
        );
        note(format!(
            "{} served {} client {} ledger {shown}",
            session.get(..8).unwrap_or(session),
            price::show(served),
            price::show(client),
        ));
        same("the client's total", client, "what was served", served);
        if let Some(booked) = booked {
            same("the ledger", booked.total, "what it should hold", should_be_booked);
        }
    }

    /// The sessions the stand-in heard of, in order of appearance.
    pub(crate) fn sessions(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for call in self.api.calls() {
            if !found.contains(&call.session) {
                found.push(call.session);
            }
        }
        found
    }

    pub(crate) fn only_session(&self) -> String {
        let sessions = self.sessions();
        assert_eq!(sessions.len(), 1, "one session was meant: {sessions:?}");
        sessions[0].clone()
    }

    /// Nothing may start once the limit was crossed, and the scenario must have crossed it.
    pub(crate) fn stopped_at(&self, limit: Pico) {
        self.stopped_within(limit, Duration::ZERO, 0);
    }

    /// The same, where so many other threads or sessions spend at the same time: each may have passed its last gate
    /// before the crossing was known. What they start in the grace is counted apart, shown, and one call each at most.
    pub(crate) fn stopped_within(&self, limit: Pico, grace: Duration, others: usize) {
        let calls = self.api.calls();
        let crossed = crossing(&calls, limit);
        let crossed = crossed.unwrap_or_else(|| panic!("the limit {} was never reached", price::show(limit)));
        let started = |from: Instant| {
            calls.iter().filter(|c| c.started > from && c.outcome != Outcome::Refused).count()
        };
        let late = started(crossed + grace);
        let in_flight = started(crossed) - late;
        if others > 0 {
            note(format!("{in_flight} calls of {others} others started within {grace:?} of the crossing"));
            assert!(in_flight <= others, "more than one call of each other thread started");
        }
        note(format!(
            "limit {} served {} in {} calls, {late} of them after the crossing",
            price::show(limit),
            price::show(self.api.total()),
            calls.len()
        ));
        assert_eq!(late, 0, "calls started after the limit was crossed");
    }
}

/// When the served sum reached the limit.
fn crossing(calls: &[Call], limit: Pico) -> Option<Instant> {
    let mut ended: Vec<(Instant, Pico)> =
        calls.iter().filter_map(|call| Some((call.finished?, call.cost()))).collect();
    ended.sort();
    let mut sum = 0;
    ended.into_iter().find_map(|(at, cost)| {
        sum += cost;
        (sum >= limit).then_some(at)
    })
}

pub(crate) fn same(one: &str, a: Pico, other: &str, b: Pico) {
    assert!(
        (a - b).abs() <= BAR,
        "{one} is {}, {other} is {}: {} apart",
        price::show(a),
        price::show(b),
        price::show(a - b)
    );
}
