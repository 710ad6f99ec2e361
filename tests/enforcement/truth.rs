//! What truly happens in a run: every call with its start, its gate, its end and its cost; when the budget is crossed,
//! and when that can be known. Independent of the ledger: it counts what the simulator spends and writes.

use std::collections::BTreeSet;

use cost_hook::base::money::Money;

/// The last hook that could have held a call back: when it looked, and what could be known then.
#[derive(Clone, Copy, Debug)]
pub struct Gate {
    pub at: i64,
    pub seen: Money,
}

#[derive(Clone, Debug)]
pub struct Call {
    pub gate: Gate,
    pub start: i64,
    pub cost: Money,
}

/// A thread was stopped before the budget was used up.
#[derive(Clone, Copy, Debug)]
pub struct Early {
    /// What was left of the budget, with the calls under way taken off.
    pub left: Money,
    /// What the call would have cost.
    pub next: Money,
}

#[derive(Default)]
pub struct Truth {
    pub budget: Money,
    pub spent: Money,
    /// What the transcripts hold, and what the status line showed beyond that.
    pub seen: Money,
    pub calls: Vec<Call>,
    under_way: BTreeSet<usize>,
    pub crossing: Option<Crossing>,
    /// When the crossing could be known.
    pub known: Option<i64>,
    pub early: Vec<Early>,
    pub stops: usize,
}

/// The moment at which the spent money reached the budget.
#[derive(Clone, Debug)]
pub struct Crossing {
    pub at: i64,
    pub over: Money,
    /// Calls under way at that moment.
    pub others: Vec<usize>,
}

impl Truth {
    pub fn start(&mut self, call: Call) -> usize {
        self.calls.push(call);
        self.under_way.insert(self.calls.len() - 1);
        self.calls.len() - 1
    }

    /// The money is spent.
    pub fn end(&mut self, call: usize, now: i64) {
        self.under_way.remove(&call);
        self.spend(self.calls[call].cost, now);
    }

    pub fn spend(&mut self, cost: Money, now: i64) {
        self.spent += cost;
        if self.crossing.is_none() && self.spent >= self.budget {
            let others = self.under_way.iter().copied().collect();
            self.crossing = Some(Crossing { at: now, over: self.spent - self.budget, others });
        }
    }

    /// It can be read.
    pub fn show(&mut self, cost: Money, now: i64) {
        self.seen += cost;
        if self.known.is_none() && self.seen >= self.budget {
            self.known = Some(now);
        }
    }

    /// What the calls under way will cost.
    pub fn committed(&self) -> Money {
        self.under_way.iter().map(|call| self.calls[*call].cost).sum()
    }

    fn sum(&self, mut which: impl FnMut(usize, &Call) -> bool) -> Money {
        let calls = self.calls.iter().enumerate();
        calls.filter(|(number, call)| which(*number, call)).map(|(_, call)| call.cost).sum()
    }

    /// Calls whose gate could know that the budget was used up.
    pub fn let_through(&self) -> Vec<&Call> {
        self.calls.iter().filter(|call| call.gate.seen >= self.budget).collect()
    }

    pub fn over(&self) -> Money {
        self.spent.saturating_sub_zero(self.budget)
    }

    /// The most a run may go over: the crossing call's part, the calls under way then, and those whose gate was passed
    /// before the crossing could be known.
    pub fn bound(&self) -> Money {
        let Some(crossing) = &self.crossing else { return Money::ZERO };
        let others: BTreeSet<usize> = crossing.others.iter().copied().collect();
        let known = self.known.unwrap_or(i64::MAX);
        crossing.over
            + self.sum(|number, _| others.contains(&number))
            + self.sum(|number, call| {
                !others.contains(&number) && call.start >= crossing.at && call.gate.at <= known
            })
    }

    /// Calls that started between the crossing and the moment it could be known, or had passed their gate by then.
    pub fn late(&self) -> usize {
        let Some(crossing) = &self.crossing else { return 0 };
        self.calls
            .iter()
            .enumerate()
            .filter(|(number, call)| !crossing.others.contains(number) && call.start >= crossing.at)
            .count()
    }
}
