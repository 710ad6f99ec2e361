//! How well budgets hold: many sessions and subagents at once, in made-up time, against the product's own hooks. Asserts
//! in every run that no call starts once the crossing could be known, and measures how far a run goes over, and how
//! much `cost.hardLimit` leaves unused. `docs/design/enforcement.md` says what is modelled and what came out.

mod client;
mod machine;
mod measure;
mod shape;
mod stage;
mod team;
mod truth;

use std::sync::{Arc, Mutex};

use cost_hook::base::money::Money;
use cost_hook::base::time::{Time, Window};
use cost_hook::ledger::{Ledger, scan};
use cost_hook::model::entry::Line;
use serde_json::{Value, json};

use client::Session;
use machine::{Machine, spent_before};
use measure::{Outcome, Table};
use shape::Dice;
use stage::Stage;

/// A Tuesday, long before the month's end.
const START: &str = "2026-11-10T12:00:00.000Z";
/// How many runs of each case; set, the tables are printed.
const RUNS: &str = "COST_HOOK_ENFORCEMENT_RUNS";
/// Only cases of so many sessions, at the usual budget; then each gets all the runs.
const SESSIONS: &str = "COST_HOOK_ENFORCEMENT_SESSIONS";

/// A row is printed after so many runs.
const STRETCH: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `autoStopAtBudget` on a monthly budget.
    AutoStop,
    /// `hardLimit`.
    HardLimit,
}

#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub mode: Mode,
    pub sessions: usize,
    pub budget: i64,
}

impl Case {
    fn settings(&self) -> Value {
        match self.mode {
            Mode::AutoStop => json!({"cost": {"monthlyBudget": self.budget, "autoStopAtBudget": true}}),
            Mode::HardLimit => json!({"cost": {"hardLimit": self.budget}}),
        }
    }
}

/// Plays one run and holds it to what is promised.
fn run(case: Case, seed: u64) -> Outcome {
    let dir = tempfile::tempdir().unwrap();
    let root = std::fs::canonicalize(dir.path()).unwrap();
    let mut machine = None;
    Stage::play(Time::parse(START).unwrap(), |stage| {
        machine = Some(begin(stage, &root, case, seed));
    });
    let machine = machine.unwrap();
    let truth = machine.truth();
    let name = format!("{case:?}, seed {seed}");
    let through = truth.let_through();
    assert!(through.is_empty(), "{name}: let through after the crossing could be known: {through:#?}");
    assert!(truth.over() <= truth.bound(), "{name}: {} over, the bound is {}", truth.over(), truth.bound());
    assert_eq!(booked(&root), truth.spent, "{name}: the ledger and what was spent");
    Outcome::of(&truth)
}

fn begin(stage: &Stage, root: &std::path::Path, case: Case, seed: u64) -> Arc<Machine> {
    let machine = Machine::new(stage, root, Dice::new(seed), &case.settings());
    let budget = Money::from_usd(case.budget);
    machine.truth().budget = budget;
    // What is left when the run begins is enough for a few calls of each session, so that the crossing falls into the
    // midst of the work at a moment that depends on nothing.
    let cents =
        if case.sessions > 4 { machine.dice().between(5, 25) } else { machine.dice().between(15, 45) };
    let room = Money(Money::from_usd(1).0 * i128::from(cents) * case.sessions as i128 / 100);
    let room = room.min(Money(budget.0 * 9 / 10));
    let mut past = Money::ZERO;
    for number in 0..case.sessions {
        let session = Session::new(&machine, number);
        // Most go on with work from before, as far as the budget has room for that.
        let calls = if past + room < Money(budget.0 / 2) {
            machine.dice().case(&[1.0, 0.0, 1.0, 1.0, 1.0])
        } else {
            0
        };
        let (main, cost) = session.begin(calls);
        past += cost;
        let wait = machine.dice().between(0, 120_000);
        stage.enter(wait, move || session.run(calls, main));
    }
    // To 0.000004 USD, the price of a token.
    let before = (budget - room).saturating_sub_zero(past).0 / 4_000_000;
    spent_before(&machine, u64::try_from(before).unwrap());
    let spent = past + Money(before * 4_000_000);
    let now = stage.now();
    machine.truth().spend(spent, now);
    machine.truth().show(spent, now);
    machine
}

/// What the ledger holds in the end.
fn booked(root: &std::path::Path) -> Money {
    let mut calls = std::collections::BTreeMap::new();
    let bad = scan::each(&Ledger::at(&root.join("data")), Window::ALWAYS, |line| match line {
        Line::Call(call) => drop(calls.insert(call.id, call.cost)),
        Line::Unlisted(line) => drop(calls.insert(line.id, line.cost)),
        Line::Start(_) | Line::Override(_) => {}
    })
    .unwrap();
    assert!(bad.is_empty(), "{bad:?}");
    calls.into_values().sum()
}

fn cases(only: Option<usize>) -> Vec<Case> {
    let mut cases = Vec::new();
    if let Some(sessions) = only {
        return [Mode::AutoStop, Mode::HardLimit].map(|mode| Case { mode, sessions, budget: 100 }).to_vec();
    }
    for sessions in [1, 4, 16, 64] {
        for budget in [100, 20, 500] {
            for mode in [Mode::AutoStop, Mode::HardLimit] {
                cases.push(Case { mode, sessions, budget });
            }
        }
    }
    cases
}

/// How many runs a case gets. Large ones take longest and need the fewest; and with another budget the same sessions differ
/// in little but what was spent before.
fn count(case: Case, asked: Option<u64>, only: Option<usize>) -> u64 {
    let is_usual = case.budget == 100;
    match asked {
        Some(runs) if only.is_some() => runs,
        Some(runs) => runs / if is_usual { 1 } else { 10 } / if case.sessions == 64 { 5 } else { 1 },
        None if is_usual => match case.sessions {
            1 => 40,
            4 => 8,
            16 => 2,
            _ => 1,
        },
        None => u64::from(case.sessions < 64),
    }
}

/// Runs a case over seeds, on all cores. Runs differ in length, so each worker takes the next seed when it is done. Where
/// others keep the cores busy, each word given from thread to thread waits its turn: several workers to a core wait together.
fn runs(case: Case, seeds: std::ops::Range<u64>) -> Vec<Outcome> {
    let workers = 4 * std::thread::available_parallelism().map_or(1, |count| count.get());
    let seeds = Mutex::new(seeds);
    let work = &|worker: usize| {
        stage::stay_on_a_core(worker);
        let next = || seeds.lock().unwrap().next();
        std::iter::from_fn(next).map(|seed| run(case, seed)).collect::<Vec<_>>()
    };
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..workers).map(|worker| scope.spawn(move || work(worker))).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    })
}

#[test]
#[allow(clippy::print_stdout, clippy::print_stderr, reason = "figures are for whoever asks for them")]
fn nothing_starts_once_the_crossing_can_be_known() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let (asked, only) = (number(RUNS), number(SESSIONS).map(|count| usize::try_from(count).unwrap()));
    let mut table = Table::default();
    for case in cases(only) {
        let count = count(case, asked, only);
        let mut outcomes = Vec::new();
        // A long measurement says how far it is, and what came out so far.
        for start in (0..count).step_by(STRETCH) {
            outcomes.extend(runs(case, start..count.min(start + STRETCH as u64)));
            if asked.is_some() {
                eprintln!("{}", measure::line(case, &outcomes));
            }
        }
        if !outcomes.is_empty() {
            table.add(case, outcomes);
        }
    }
    if asked.is_some() {
        println!("{table}");
    }
    table.check();
}
