//! How far a team goes over its budget: many members, each going by what the store told at its last sync and by its own
//! ledger, in made-up time. The weighing and the rule of when to ask are the product's (`team::state`); the store is a sum
//! and a delay, which is all of it that matters here.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use cost_hook::base::money::Money;
use cost_hook::base::time::{Time, Window};
use cost_hook::model::limit::Share;
use cost_hook::team::state::{State, Sum, Totals};

use super::START;
use super::shape::Dice;

/// How many runs of each case; set, the table is printed.
const RUNS: &str = "COST_HOOK_TEAM_RUNS";
const INTERVAL_MS: i64 = 60_000;
/// How long a sync is under way.
const DELAY_MS: (i64, i64) = (1_000, 2_000);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A call of this member ends.
    Call(usize),
    /// What this member sent is in the store, and the answer is here.
    Synced(usize),
}

#[derive(Default)]
struct Member {
    state: State,
    booked: Money,
    /// The booked money that is on its way.
    under_way: Option<Money>,
    sent: Money,
    gap: f64,
}

struct Team {
    members: Vec<Member>,
    events: BinaryHeap<Reverse<(Time, Event)>>,
    dice: Dice,
    budget: Money,
    store: Money,
    spent: Money,
    /// When the budget was crossed.
    crossed: Option<Time>,
    syncs: u64,
    knows_pace: bool,
}

fn sum(cost: Money) -> Sum {
    Sum { cost, estimated: Money::ZERO }
}

fn window(now: Time) -> Window {
    let month = Time::parse("2026-11-01T00:00:00.000Z").unwrap();
    assert!(now >= month);
    Window { start: month, end: Time::parse("2026-12-01T00:00:00.000Z").unwrap() }
}

impl Team {
    fn new(members: usize, knows_pace: bool, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let start = Time::parse(START).unwrap();
        // Left for each: a few calls up to an afternoon of them.
        let cents = dice.between(50, 1_000) * i64::try_from(members).unwrap();
        let budget = Money::from_usd(10_000);
        let store = budget - Money(Money::from_usd(1).0 * i128::from(cents) / 100);
        let mut team = Self {
            members: Vec::new(),
            events: BinaryHeap::new(),
            dice,
            budget,
            store,
            spent: store,
            crossed: None,
            syncs: 0,
            knows_pace,
        };
        for number in 0..members {
            // Some are quick, some take their time.
            let quick = team.dice.chance(0.5);
            let asked = start.plus_ms(-team.dice.between(0, INTERVAL_MS));
            let totals = team.answer(Money::ZERO, members, asked);
            let state = State { tried: Some(asked), totals: Some(totals), ..State::default() };
            let gap = if quick { 8.0 } else { 45.0 };
            team.members.push(Member { state, gap, ..Member::default() });
            let first = start.plus_ms(team.dice.between(0, 60_000));
            team.events.push(Reverse((first, Event::Call(number))));
        }
        team
    }

    fn answer(&self, booked: Money, active: usize, now: Time) -> Totals {
        let Window { start, end } = window(now);
        Totals {
            start,
            end,
            team: sum(self.store),
            own: sum(Money::ZERO),
            rest: sum(Money::ZERO),
            active: active as u64,
            allocation: None,
            server_time: now,
            fetched: now,
            booked: sum(booked),
            pace: Money::ZERO,
        }
    }

    /// Until everybody stands still.
    fn play(&mut self) {
        while let Some(Reverse((now, event))) = self.events.pop() {
            match event {
                Event::Call(number) => self.call(number, now),
                Event::Synced(number) => self.synced(number, now),
            }
        }
    }

    fn call(&mut self, number: usize, now: Time) {
        let cost = (0.08 * self.dice.log_normal(0.0, 0.9)).min(5.0);
        let cost = Money::from_f64((cost * 1e6).round() / 1e6).unwrap();
        self.spent += cost;
        self.members[number].booked += cost;
        if self.crossed.is_none() && self.spent >= self.budget {
            self.crossed = Some(now);
        }
        self.weigh(number, now);
    }

    /// What the hook does when a call is booked.
    fn weigh(&mut self, number: usize, now: Time) {
        let member = &mut self.members[number];
        let told = member.state.told(Share::Team, window(now), sum(member.booked), now);
        let left = self.budget - told.spent.cost + told.unsent;
        if member.under_way.is_none() && member.state.is_due(INTERVAL_MS, told.unsent, Some(left), now) {
            member.state.tried = Some(now);
            member.under_way = Some(member.booked);
            self.syncs += 1;
            let back = now.plus_ms(self.dice.between(DELAY_MS.0, DELAY_MS.1));
            self.events.push(Reverse((back, Event::Synced(number))));
        }
        if told.spent.cost < self.budget {
            let gap = self.members[number].gap * self.dice.log_normal(0.0, 0.7);
            self.events.push(Reverse((now.plus_ms((gap * 1000.0) as i64 + 500), Event::Call(number))));
        }
    }

    fn synced(&mut self, number: usize, now: Time) {
        let active = self.members.len();
        let booked = self.members[number].under_way.take().unwrap();
        self.store += booked - self.members[number].sent;
        self.members[number].sent = booked;
        // As of when it was begun, as the product has it; the store answers as of now.
        let begun = self.members[number].state.tried.unwrap();
        let mut totals = Totals { fetched: begun, ..self.answer(booked, active, now) };
        if self.knows_pace {
            totals = totals.after(self.members[number].state.totals.as_ref());
        }
        self.members[number].state.totals = Some(totals);
    }
}

/// USD over the budget, and syncs for each member and minute.
fn run(members: usize, knows_pace: bool, seed: u64) -> (f64, f64) {
    let mut team = Team::new(members, knows_pace, seed);
    let start = Time::parse(START).unwrap();
    team.play();
    let crossed = team.crossed.unwrap_or_else(|| panic!("{members} members never crossed it (seed {seed})"));
    let over = (team.spent - team.budget).to_f64();
    let minutes = (crossed.since(start) as f64 / 60_000.0).max(1.0);
    (over, team.syncs as f64 / members as f64 / minutes)
}

fn sorted(members: usize, knows_pace: bool, runs: u64) -> (Vec<f64>, f64) {
    let done: Vec<(f64, f64)> = (1..=runs).map(|seed| run(members, knows_pace, seed)).collect();
    let mut over: Vec<f64> = done.iter().map(|(over, _)| *over).collect();
    over.sort_by(f64::total_cmp);
    (over, done.iter().map(|(_, syncs)| syncs).sum::<f64>() / runs as f64)
}

#[test]
#[allow(clippy::print_stderr, reason = "the table is what such a run is for")]
fn a_team_stops_soon_after_its_budget_and_sooner_for_knowing_its_pace() {
    let told = std::env::var(RUNS).ok().map(|runs| runs.parse().unwrap());
    for members in [1, 10, 50, 300] {
        let runs = told.unwrap_or(if members == 300 { 20 } else { 100 });
        let median = |over: &[f64]| over[over.len() / 2];
        let (with, syncs) = sorted(members, true, runs);
        let (without, fewer) = sorted(members, false, runs);
        if told.is_some() {
            for (name, over, syncs) in [("with", &with, syncs), ("without", &without, fewer)] {
                let at = |part: f64| over[((over.len() - 1) as f64 * part) as usize];
                eprintln!(
                    "{members:>4} members, {name:>7} the pace: median {:.2}, p99 {:.2}, most {:.2} USD; {syncs:.1} syncs",
                    at(0.5),
                    at(0.99),
                    at(1.0)
                );
            }
        }
        // A call of each that was under way is the least there can be.
        let least = 0.12 * members as f64;
        assert!(median(&with) <= 3.0 * least, "{members} members: {} over", median(&with));
        assert!(members < 50 || median(&with) < median(&without), "{members}: the pace is of no use");
    }
}
