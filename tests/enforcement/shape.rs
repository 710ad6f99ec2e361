//! The shape of work: how large calls are, how long they take, how they follow each other, how late their lines come.
//! `docs/design/enforcement.md` has the parameters in a table and says where each comes from.

use cost_hook::base::money::Money;
use cost_hook::base::time::Time;
use cost_hook::model::day::Day;
use cost_hook::model::price::{CallFacts, PriceOverrides, price};
use cost_hook::model::usage::Tokens;

pub use crate::support::dice::Dice;

impl Dice {
    fn tokens_answered(&mut self) -> u64 {
        let tokens = match self.chance(0.02) {
            true => self.pareto(3_000.0, 1.2).min(32_000.0),
            false => self.log_normal(5.6, 1.1).min(16_000.0),
        };
        tokens.max(8.0) as u64
    }

    /// Tool results and prompts, which enter the context with the next call.
    fn tokens_added(&mut self) -> u64 {
        let tokens = match self.chance(0.02) {
            true => self.pareto(6_000.0, 1.1).min(60_000.0),
            false => self.log_normal(6.8, 1.0).min(40_000.0),
        };
        tokens.max(10.0) as u64
    }

    /// From the answer's end to its first line in the transcript, in ms.
    pub fn lag(&mut self) -> i64 {
        match self.chance(0.03) {
            true => self.between(100, 250),
            false => (self.log_normal(3.0, 0.6) as i64).clamp(2, 100),
        }
    }

    pub fn tool_ms(&mut self) -> i64 {
        (self.log_normal(6.0, 1.5) as i64).clamp(5, 120_000)
    }

    /// From an answer to the person's next prompt.
    pub fn pause_ms(&mut self) -> i64 {
        self.between(20_000, 400_000)
    }

    pub fn rounds(&mut self) -> i64 {
        self.between(2, 14)
    }

    pub fn main_model(&mut self) -> &'static str {
        ["claude-opus-5-5", "claude-sonnet-5-5"][self.case(&[60.0, 40.0])]
    }

    pub fn agent_model(&mut self, main: &'static str) -> &'static str {
        ["claude-haiku-4-5", "claude-sonnet-5-5", main][self.case(&[50.0, 30.0, 20.0])]
    }
}

/// The prompt cache's lifetime: five minutes, or an hour for those whose client asks for that.
const SHORT_MS: i64 = 5 * 60_000;
const LONG_MS: i64 = 60 * 60_000;

/// A conversation, the main one or an agent's, and the call it makes next.
#[derive(Clone)]
pub struct Conversation {
    pub model: &'static str,
    /// Caches for an hour.
    long: bool,
    /// What lies in the cache.
    context: u64,
    /// Where it is compacted.
    most: u64,
    last: Option<i64>,
    added: u64,
    answer: u64,
}

impl Conversation {
    pub fn new(dice: &mut Dice, model: &'static str, long: bool) -> Self {
        let first = dice.between(14_000, 26_000) as u64;
        let (added, answer) = (dice.tokens_added() + first, dice.tokens_answered());
        Self { model, long, context: 0, most: 160_000, last: None, added, answer }
    }

    /// Takes up a conversation that went on for a while; now and then one that has a window of a million tokens.
    pub fn grown(mut self, dice: &mut Dice) -> Self {
        let (most, context) = match dice.chance(0.03) {
            true => (900_000, dice.between(200_000, 800_000)),
            false => (160_000, dice.between(0, 120_000)),
        };
        (self.most, self.context) = (most, context as u64);
        self
    }

    pub fn tokens(&self, now: i64) -> Tokens {
        let lifetime = if self.long { LONG_MS } else { SHORT_MS };
        let warm = self.last.is_some_and(|last| now - last < lifetime);
        let (read, written) = if warm { (self.context, self.added) } else { (0, self.context + self.added) };
        let mut tokens = Tokens { input: 3, output: self.answer, cache_read: read, ..Tokens::default() };
        *(if self.long { &mut tokens.cache_write_1h } else { &mut tokens.cache_write_5m }) = written;
        tokens
    }

    /// What the next call costs if it starts now.
    pub fn cost(&self, now: i64) -> Money {
        cost(self.model, self.tokens(now), now)
    }

    /// How long it takes.
    pub fn call_ms(&self, dice: &mut Dice) -> i64 {
        let first = dice.log_normal(7.1, 0.5) + self.context as f64 / 100.0;
        first as i64 + (self.answer as f64 * 1_000.0 / 70.0) as i64
    }

    /// The call is made; draws the next one.
    pub fn go_on(&mut self, dice: &mut Dice, now: i64) {
        self.context += self.added;
        self.last = Some(now);
        self.added = self.answer + dice.tokens_added();
        self.answer = dice.tokens_answered();
    }

    pub fn is_full(&self) -> bool {
        self.context > self.most
    }

    /// What the summary costs, which is no line of the transcript, and how long it takes.
    pub fn compact(&mut self, dice: &mut Dice, now: i64) -> (Money, i64) {
        let summary = dice.between(2_000, 5_000) as u64;
        let tokens = Tokens { input: 500, output: summary, cache_read: self.context, ..Tokens::default() };
        self.context = 0;
        self.last = None;
        self.added = dice.between(18_000, 40_000) as u64;
        (cost(self.model, tokens, now), summary as i64 * 1_000 / 70)
    }
}

/// A session's title: small, without tools or cache.
pub fn title(dice: &mut Dice, model: &str, now: i64) -> (Money, i64) {
    let tokens = Tokens { input: dice.between(300, 2_000) as u64, output: 20, ..Tokens::default() };
    (cost(model, tokens, now), dice.between(700, 2_500))
}

/// By the product's own prices, which other tests hold to the published ones.
fn cost(model: &str, tokens: Tokens, now: i64) -> Money {
    let day = Day::from(Time(now).utc().date());
    price(&CallFacts::plain(model, day, tokens), &PriceOverrides::default()).cost
}
