//! From runs to figures: what is measured of each, and the tables of `docs/design/enforcement.md`.

use std::fmt;

use cost_hook::base::money::Money;

use super::truth::Truth;
use super::{Case, Mode};

/// What is kept of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub crossed: bool,
    pub over: f64,
    /// What is left unused in the end.
    pub unused: f64,
    /// Calls under way at the crossing, and those that started before it could be known.
    pub others: usize,
    pub late: usize,
    pub calls: usize,
    pub stops: usize,
    /// Stops before the budget was used up, and how many of them held back a call that would have fitted.
    pub early: usize,
    pub needless: usize,
}

impl Outcome {
    pub fn of(truth: &Truth) -> Self {
        let usd = Money::to_f64;
        Self {
            crossed: truth.crossing.is_some(),
            over: usd(truth.over()),
            unused: usd(truth.budget.saturating_sub_zero(truth.spent)),
            others: truth.crossing.as_ref().map_or(0, |crossing| crossing.others.len()),
            late: truth.late(),
            calls: truth.calls.len(),
            stops: truth.stops,
            early: truth.early.len(),
            needless: truth.early.iter().filter(|early| early.next <= early.left).count(),
        }
    }
}

/// Runs of several cases.
#[derive(Default)]
pub struct Table {
    rows: Vec<(Case, Vec<Outcome>)>,
}

impl Table {
    pub fn add(&mut self, case: Case, outcomes: Vec<Outcome>) {
        self.rows.push((case, outcomes));
    }

    /// The model has to have shown what it is there for.
    pub fn check(&self) {
        let of = |mode: Mode| {
            let rows = self.rows.iter().filter(move |(case, _)| case.mode == mode);
            rows.flat_map(|(_, outcomes)| outcomes)
        };
        assert!(of(Mode::AutoStop).all(|run| run.crossed), "each run used its budget up");
        assert!(
            of(Mode::AutoStop).all(|run| run.early == 0),
            "nothing was stopped before the budget was used up"
        );
        assert!(of(Mode::AutoStop).any(|run| run.others > 0), "calls overlapped");
        assert!(of(Mode::HardLimit).any(|run| run.early > 0), "the hard limit stopped ahead of its time");
        // A session alone makes another call only where the line of the crossing one came too late to be waited for.
        let alone = self.rows.iter().filter(|(case, _)| case.mode == Mode::AutoStop && case.sessions == 1);
        let (late, runs) = alone
            .flat_map(|(_, outcomes)| outcomes)
            .fold((0, 0), |(late, runs), run| (late + run.late, runs + 1));
        assert!(
            late * 25 <= runs,
            "{late} calls of {runs} sessions started before the crossing call's line was seen"
        );
        let over = |mode| of(mode).map(|run| run.over).sum::<f64>();
        assert!(over(Mode::HardLimit) < over(Mode::AutoStop), "the hard limit goes over by less");
    }
}

/// The value below which a part of the sorted values lies.
fn quantile(values: &[f64], part: f64) -> f64 {
    match values.len() {
        0 => 0.0,
        count => values[(((count - 1) as f64) * part).round() as usize],
    }
}

fn sorted(outcomes: &[Outcome], value: impl Fn(&Outcome) -> f64) -> Vec<f64> {
    let mut values: Vec<f64> = outcomes.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    values
}

fn spread(values: &[f64], digits: usize) -> String {
    let at = [0.5, 0.9, 0.99, 1.0].map(|part| format!("{:.digits$}", quantile(values, part)));
    at.join(" | ")
}

/// A row: over in USD and in per cent, what is left, how many runs went over, calls under way.
pub fn line(case: Case, outcomes: &[Outcome]) -> String {
    let over = sorted(outcomes, |run| run.over);
    let percent = sorted(outcomes, |run| run.over * 100.0 / case.budget as f64);
    let unused = sorted(outcomes, |run| run.unused);
    let crossed = outcomes.iter().filter(|run| run.crossed).count() * 100 / outcomes.len().max(1);
    let sum = |value: fn(&Outcome) -> usize| outcomes.iter().map(value).sum::<usize>();
    let mean = |value: fn(&Outcome) -> usize| sum(value) as f64 / outcomes.len().max(1) as f64;
    format!(
        "{:?} | {} | {} | {} | {crossed} % | {} | {} | {} | {:.1} | {:.2} | {:.0} | {:.1} | {} of {}",
        case.mode,
        case.sessions,
        case.budget,
        outcomes.len(),
        spread(&over, 3),
        spread(&percent, 2),
        spread(&unused, 3),
        mean(|run| run.others),
        mean(|run| run.late),
        mean(|run| run.calls),
        mean(|run| run.stops),
        sum(|run| run.needless),
        sum(|run| run.early),
    )
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "mode | sessions | budget | runs | crossed | over: median | p90 | p99 | max | %: median | p90 | p99 | max | \
             unused: median | p90 | p99 | max | under way | late | calls | stops | needless stops"
        )?;
        self.rows.iter().try_for_each(|(case, outcomes)| writeln!(f, "{}", line(*case, outcomes)))
    }
}
