//! A team at work in made-up time: many machines, each going by what the store told at its last sync and by its own ledger.
//! The weighing and the rule of when to ask are the product's (`team::state`, `budget`). What the store is belongs to whoever
//! plays: a sum (`Adder`), or a real server that is asked at the moments the model comes to.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use cost_hook::base::money::Money;
use cost_hook::base::time::{Time, Window};
use cost_hook::budget;
use cost_hook::model::limit::{Limit, Share};
use cost_hook::settings::{self, Settings, Sources};
use cost_hook::team::state::{State, Sum, Totals};
use serde_json::{Value, json};

use super::dice::Dice;

const START: &str = "2026-11-10T12:00:00.000Z";
pub const BUDGET: Money = Money::from_usd(10_000);
/// What a call costs on average, by the distribution below.
pub const MEAN_CALL: f64 = 0.12;
/// What a member spends in a second while at work, on average over quick and slow ones.
pub const MEAN_RATE: f64 = 0.39 / 60.0;
/// From the hook's decision to the first word on the network: a process starts and reads its ledger.
const SETTING_OUT_MS: (i64, i64) = (1_000, 2_000);
const MINUTE_MS: i64 = 60_000;

/// What a machine has to tell: calls by the order in which it made them.
pub struct Word<'a> {
    pub member: usize,
    pub machine: usize,
    /// The number of the first of the calls.
    pub first: usize,
    pub calls: &'a [(Time, Money)],
    /// What its ledger came to when it set out.
    pub booked: Money,
    pub began: Time,
    pub now: Time,
}

pub trait Store {
    /// A month in which so much was spent before, by somebody who is away now.
    fn open(&mut self, members: usize, before: Money);
    /// Takes the calls in and answers; None when there is nobody to be reached. With the time that took, in milliseconds.
    fn sync(&mut self, word: &Word<'_>) -> (Option<Totals>, i64);
    /// Nobody is to be reached any more, for so long.
    fn down(&mut self, ms: i64);
    fn up(&mut self, now: Time);
}

/// What is played.
#[derive(Clone)]
pub struct Case {
    pub members: usize,
    /// How many machines each of them works on at once.
    pub machines: usize,
    /// Does a machine go by the team's pace?
    pub knows_pace: bool,
    /// What is left for each member at the start, in cents.
    pub left: (i64, i64),
    /// When the store goes away, and for how many minutes.
    pub outage: Option<(i64, i64)>,
    /// What the settings say besides the budget: `onStale`, `maxAge`.
    pub team: Value,
}

impl Case {
    pub fn of(members: usize) -> Self {
        Self { members, machines: 1, knows_pace: true, left: (50, 1_000), outage: None, team: json!({}) }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// USD over the budget.
    pub over: f64,
    pub spent: Money,
    /// What machines that stand still have not sent.
    pub unsent: Money,
    pub largest: Money,
    /// Syncs of each machine in a minute, until the budget was used up.
    pub syncs: f64,
    /// The longest that the store took to answer, in seconds.
    pub slowest: f64,
    /// How old the oldest totals were by which a call was begun, in minutes.
    pub alone: f64,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Down,
    Up,
    /// A call of this machine ends, or its person tries again.
    Call(usize),
    /// Its sync has reached the store.
    Reached(usize),
    /// The answer is here.
    Heard(usize),
}

#[derive(Default)]
struct Machine {
    state: State,
    calls: Vec<(Time, Money)>,
    booked: Money,
    /// How many of the calls the store has.
    sent: usize,
    /// What a sync under way has with it: so many calls, which come to so much.
    under_way: Option<(usize, Money)>,
    answer: Option<Totals>,
    /// No call was begun when it last looked.
    is_blocked: bool,
    gap: f64,
}

impl Machine {
    fn unsent(&self) -> Money {
        self.calls[self.sent..].iter().map(|(_, cost)| *cost).sum()
    }
}

struct Play<'a, S> {
    store: &'a mut S,
    case: &'a Case,
    settings: Settings,
    limit: Limit,
    machines: Vec<Machine>,
    events: BinaryHeap<Reverse<(Time, Event)>>,
    dice: Dice,
    spent: Money,
    largest: Money,
    /// When the budget was crossed.
    crossed: Option<Time>,
    syncs: u64,
    slowest: i64,
    alone: i64,
}

pub fn window() -> Window {
    Window {
        start: Time::parse("2026-11-01T00:00:00.000Z").unwrap(),
        end: Time::parse("2026-12-01T00:00:00.000Z").unwrap(),
    }
}

pub fn sum(cost: Money) -> Sum {
    Sum { cost, estimated: Money::ZERO }
}

/// Plays until everybody stands still.
pub fn play(store: &mut impl Store, case: &Case, seed: u64) -> Outcome {
    let start = Time::parse(START).unwrap();
    let mut play = Play::new(store, case, start, seed);
    while let Some(Reverse((now, event))) = play.events.pop() {
        match event {
            Event::Down => play.store.down(play.case.outage.unwrap().1 * MINUTE_MS),
            Event::Up => play.store.up(now),
            Event::Call(number) => play.call(number, now),
            Event::Reached(number) => play.reached(number, now),
            Event::Heard(number) => play.heard(number),
        }
    }
    let crossed = play.crossed.unwrap_or_else(|| panic!("the budget was never crossed (seed {seed})"));
    let minutes = (crossed.since(start) as f64 / MINUTE_MS as f64).max(1.0);
    Outcome {
        over: (play.spent - BUDGET).to_f64(),
        spent: play.spent,
        unsent: play.machines.iter().map(Machine::unsent).sum(),
        largest: play.largest,
        syncs: play.syncs as f64 / play.machines.len() as f64 / minutes,
        slowest: play.slowest as f64 / 1000.0,
        alone: play.alone as f64 / MINUTE_MS as f64,
    }
}

impl<'a, S: Store> Play<'a, S> {
    fn new(store: &'a mut S, case: &'a Case, start: Time, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        // A few calls up to an afternoon of them for each.
        let cents = dice.between(case.left.0, case.left.1) * i64::try_from(case.members).unwrap();
        let before = BUDGET - Money(Money::from_usd(1).0 * i128::from(cents) / 100);
        store.open(case.members, before);
        let (settings, limit) = settings(&case.team);
        let mut events = BinaryHeap::new();
        if let Some((after, length)) = case.outage {
            let down = start.plus_ms(after * MINUTE_MS);
            events.push(Reverse((down, Event::Down)));
            events.push(Reverse((down.plus_ms(length * MINUTE_MS), Event::Up)));
        }
        let mut play = Self {
            store,
            case,
            settings,
            limit,
            machines: Vec::new(),
            events,
            dice,
            spent: before,
            largest: Money::ZERO,
            crossed: None,
            syncs: 0,
            slowest: 0,
            alone: 0,
        };
        for number in 0..case.members * case.machines {
            // Some are quick, some take their time.
            let quick = play.dice.chance(0.5);
            let asked = start.plus_ms(-play.dice.between(0, MINUTE_MS));
            play.machines.push(Machine { gap: if quick { 8.0 } else { 45.0 }, ..Machine::default() });
            play.machines[number].state.tried = Some(asked);
            play.machines[number].under_way = Some((0, Money::ZERO));
            play.reached_by(number, asked);
            play.heard(number);
            let first = start.plus_ms(play.dice.between(0, 60_000));
            play.events.push(Reverse((first, Event::Call(number))));
        }
        play
    }

    fn call(&mut self, number: usize, now: Time) {
        if !self.machines[number].is_blocked {
            let cost = (0.08 * self.dice.log_normal(0.0, 0.9)).min(5.0);
            let cost = Money::from_f64((cost * 1e6).round() / 1e6).unwrap();
            self.spent += cost;
            self.largest = self.largest.max(cost);
            self.machines[number].booked += cost;
            self.machines[number].calls.push((now, cost));
            if self.crossed.is_none() && self.spent >= BUDGET {
                self.crossed = Some(now);
            }
        }
        self.weigh(number, now);
    }

    /// What the hook does when a call is booked, or before one.
    fn weigh(&mut self, number: usize, now: Time) {
        let machine = &mut self.machines[number];
        let own = (window(), sum(machine.booked));
        let (told, heard) =
            budget::with_the_team(&self.settings, Some(&machine.state), &self.limit, own, now);
        let heard = heard.unwrap();
        let left = BUDGET - told.cost + heard.unsent;
        let interval = self.settings.team.sync_interval_ms();
        if machine.under_way.is_none() && machine.state.is_due(interval, heard.unsent, Some(left), now) {
            machine.state.tried = Some(now);
            machine.under_way = Some((machine.calls.len(), machine.booked));
            self.syncs += 1;
            let there = now.plus_ms(self.dice.between(SETTING_OUT_MS.0, SETTING_OUT_MS.1));
            self.events.push(Reverse((there, Event::Reached(number))));
        }
        if told.cost >= BUDGET {
            return;
        }
        self.machines[number].is_blocked = heard.blocks;
        if !heard.blocks {
            self.alone = self.alone.max(heard.age.unwrap());
        }
        let gap = self.machines[number].gap * self.dice.log_normal(0.0, 0.7);
        self.events.push(Reverse((now.plus_ms((gap * 1000.0) as i64 + 500), Event::Call(number))));
    }

    fn reached(&mut self, number: usize, now: Time) {
        let took = self.reached_by(number, now);
        if took == 0 {
            self.heard(number);
        } else {
            self.events.push(Reverse((now.plus_ms(took), Event::Heard(number))));
        }
    }

    fn reached_by(&mut self, number: usize, now: Time) -> i64 {
        let machine = &mut self.machines[number];
        let (calls, booked) = machine.under_way.unwrap();
        let word = Word {
            member: number / self.case.machines,
            machine: number,
            first: machine.sent,
            calls: &machine.calls[machine.sent..calls],
            booked,
            began: machine.state.tried.unwrap(),
            now,
        };
        let (answer, took) = self.store.sync(&word);
        if answer.is_some() {
            machine.sent = calls;
            self.slowest = self.slowest.max(took);
        }
        machine.answer = answer;
        took
    }

    fn heard(&mut self, number: usize) {
        let machine = &mut self.machines[number];
        machine.under_way = None;
        let Some(answer) = machine.answer.take() else { return };
        let totals = if self.case.knows_pace { answer.after(machine.state.totals.as_ref()) } else { answer };
        machine.state.totals = Some(totals);
    }
}

/// The product's settings of such a team, and its limit.
pub fn settings(more: &Value) -> (Settings, Limit) {
    let mut team = json!({"budget": BUDGET.to_f64()});
    for (key, value) in more.as_object().unwrap() {
        team[key] = value.clone();
    }
    let folder = tempfile::tempdir().unwrap();
    let text = json!({"cost": {"autoStopAtBudget": true}, "team": team}).to_string();
    std::fs::write(folder.path().join("managed-settings.json"), text).unwrap();
    let settings = settings::load(&Sources {
        managed_dir: folder.path().to_path_buf(),
        config_dir: folder.path().join("none"),
        home: None,
        start_dir: folder.path().join("none"),
        team_url: None,
        member: &|| None,
        zone_exists: |_| true,
    });
    assert!(settings.problems.is_empty(), "{:?}", settings.problems);
    let limit = settings.limits.iter().find(|limit| limit.share() == Some(Share::Team)).unwrap().clone();
    (settings, limit)
}

/// The store as a sum that answers at once: all of it that matters to the rule.
#[derive(Default)]
pub struct Adder {
    total: Money,
    /// How many calls of each machine it has.
    had: BTreeMap<usize, usize>,
    last_sync: Vec<Option<Time>>,
    is_down: bool,
}

impl Store for Adder {
    fn open(&mut self, members: usize, before: Money) {
        *self = Self { total: before, last_sync: vec![None; members], ..Self::default() };
    }

    fn sync(&mut self, word: &Word<'_>) -> (Option<Totals>, i64) {
        if self.is_down {
            return (None, 0);
        }
        let had = self.had.entry(word.machine).or_default();
        assert_eq!(*had, word.first, "a machine goes on where it stopped");
        *had += word.calls.len();
        self.total += word.calls.iter().map(|(_, cost)| *cost).sum::<Money>();
        self.last_sync[word.member] = Some(word.now);
        let active = self.last_sync.iter().flatten().filter(|at| word.now.since(**at) < 60 * MINUTE_MS);
        let Window { start, end } = window();
        let totals = Totals {
            start,
            end,
            team: sum(self.total),
            own: sum(Money::ZERO),
            rest: sum(Money::ZERO),
            active: active.count() as u64,
            allocation: None,
            server_time: word.now,
            // As of when it set out, as the product has it; the store answers as of now.
            fetched: word.began,
            booked: sum(word.booked),
            pace: Money::ZERO,
        };
        (Some(totals), 0)
    }

    fn down(&mut self, _: i64) {
        self.is_down = true;
    }

    fn up(&mut self, _: Time) {
        self.is_down = false;
    }
}
