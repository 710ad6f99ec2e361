//! What the next call is expected to cost, for limits that stop before the call that would cross them.

use crate::base::money::Money;
use crate::base::time::Time;
use crate::ledger::state::{Recent, Session};
use crate::model::day::Day;
use crate::model::price::{CallFacts, PriceOverrides, price};
use crate::model::provider::Provider;
use crate::model::usage::Tokens;

/// The prompt cache's lifetimes: after it the whole conversation is written anew.
const CACHE_MS: i64 = 5 * 60_000;
const LONG_CACHE_MS: i64 = 60 * 60_000;
/// The first call of a thread: it writes the client's own instructions and tools, some 20,000 tokens, into the cache of a
/// current model and answers briefly.
const FIRST_CALL: Money = Money(120_000_000_000);

/// The next call of a thread of this session: it reads what the last one read and wrote, adds what the last one
/// answered and as much new input as the recent calls added, and answers at the recent calls' length. Without a call
/// to go by it is taken to cost what the recent calls of the session's other threads did, and a fixed small amount at
/// least, since it finds nothing in the cache.
pub fn next_call(
    session: Option<&Session>,
    agent: Option<&str>,
    prices: &PriceOverrides,
    now: Time,
) -> Money {
    let Some(session) = session else { return FIRST_CALL };
    let thread: Vec<&Recent> = session.recent.iter().filter(|call| call.agent.as_deref() == agent).collect();
    let Some(last) = thread.last() else {
        let costs: Vec<Money> = session.recent.iter().map(|call| call.cost).collect();
        return mean(&costs).map_or(FIRST_CALL, |mean| mean.max(FIRST_CALL));
    };
    // Saturating: a transcript may hold any number, and a hook must not panic over it.
    let mean_of = |count: fn(&Tokens) -> u64| {
        let sum = thread.iter().fold(0u64, |sum, call| sum.saturating_add(count(&call.tokens)));
        sum / thread.len() as u64
    };
    let written = mean_of(|tokens| tokens.cache_write().saturating_add(tokens.input));
    let answered = mean_of(|tokens| tokens.output);
    let context = last.tokens.prompt();
    let fresh = last.tokens.output.saturating_add(written);
    // Who writes into the longer cache pays more for it and keeps it longer.
    let long = thread.iter().map(|call| call.tokens.cache_write_1h).max() > Some(0);
    let lifetime = if long { LONG_CACHE_MS } else { CACHE_MS };
    let warm = now.since(last.time) < lifetime
        && last.tokens.cache_read.saturating_add(last.tokens.cache_write()) > 0;
    let (read, write) = if warm { (context, fresh) } else { (0, context.saturating_add(fresh)) };
    let mut tokens = Tokens { cache_read: read, output: answered, ..Tokens::default() };
    *(if long { &mut tokens.cache_write_1h } else { &mut tokens.cache_write_5m }) = write;
    let facts = CallFacts {
        provider: session.provider.unwrap_or(Provider::Anthropic),
        region: session.region.as_deref(),
        ..CallFacts::plain(&last.model, Day::from(now.utc().date()), tokens)
    };
    price(&facts, prices).cost
}

fn mean(costs: &[Money]) -> Option<Money> {
    let count = i128::try_from(costs.len()).ok().filter(|count| *count > 0)?;
    Some(Money(costs.iter().copied().sum::<Money>().0 / count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(recent: Vec<Recent>) -> Session {
        Session { recent, ..Session::default() }
    }

    fn call(time: i64, tokens: Tokens) -> Recent {
        Recent {
            time: Time(time),
            model: "claude-opus-5-5".into(),
            tokens,
            cost: Money::from_usd(1),
            ..Recent::default()
        }
    }

    #[test]
    fn a_warm_cache_is_read_and_a_cold_one_written_anew() {
        let tokens =
            Tokens { output: 1_000, cache_write_5m: 2_000, cache_read: 100_000, ..Tokens::default() };
        let session = session(vec![call(0, tokens)]);
        let warm = next_call(Some(&session), None, &PriceOverrides::default(), Time(60_000));
        // 102,000 read at 0.20, 3,000 written at 5, 1,000 out at 20 (USD per million).
        assert_eq!(warm.to_string(), "0.0554");
        let cold = next_call(Some(&session), None, &PriceOverrides::default(), Time(CACHE_MS + 1));
        assert_eq!(cold.to_string(), "0.545");
    }

    #[test]
    fn the_longer_cache_is_dearer_and_keeps_longer() {
        let tokens =
            Tokens { output: 1_000, cache_write_1h: 2_000, cache_read: 100_000, ..Tokens::default() };
        let session = session(vec![call(0, tokens)]);
        let at = |time| next_call(Some(&session), None, &PriceOverrides::default(), Time(time)).to_string();
        // 3,000 written at 8.
        assert_eq!((at(CACHE_MS + 1), at(LONG_CACHE_MS)), ("0.0644".into(), "0.86".into()));
    }

    #[test]
    fn an_unknown_thread_goes_by_the_others_and_an_unknown_session_by_a_fixed_amount() {
        let one = session(vec![call(0, Tokens::default())]);
        assert_eq!(
            next_call(Some(&one), Some("a1"), &PriceOverrides::default(), Time(0)),
            Money::from_usd(1)
        );
        assert_eq!(next_call(None, None, &PriceOverrides::default(), Time(0)), FIRST_CALL);
    }
}
