//! From the standings to what the session is told: stop, warn, or nothing.

use super::words;
use super::{Place, Standing};
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::time::Window;
use crate::base::words::Reader;
use crate::ledger::Writer;
use crate::model::limit::{Action, Facts, Filter};

/// The whole, in millionths.
const WHOLE: u32 = 1_000_000;

/// What the limits say about going on.
#[derive(Debug, Default)]
pub struct Weighed {
    /// Stop spending, for this reason.
    pub stop: Option<String>,
    /// Thresholds crossed for the first time in their period.
    pub warnings: Vec<String>,
    /// A call of the expected size may cross a stopping limit: it is worth a moment to see the call just made.
    pub close: bool,
    /// The least that is left under any stopping limit.
    pub left: Option<Money>,
}

/// Weighs all limits. `next` is what the next call is expected to cost. Thresholds are only looked at, and noted as
/// told, when `warn` is set.
pub fn weigh(
    writer: &mut Writer,
    standings: &[Standing],
    place: &Place<'_>,
    next: Money,
    warn: bool,
    reader: Reader<'_>,
) -> Result<Weighed> {
    let mut weighed = Weighed::default();
    for standing in standings {
        if stops(standing, place) {
            // Other threads' calls are as good as spent.
            let taken = standing.spent + standing.under_way;
            let crossing = standing.limit.hard && taken + next > standing.allowed();
            if weighed.stop.is_none() && (standing.is_used_up() || crossing) {
                let expected = (!standing.is_used_up()).then_some(next);
                weighed.stop = Some(words::used_up(standing, expected, reader));
            }
            weighed.close |= standing.allowed().saturating_sub_zero(taken) <= next + next;
            weighed.left = Some(weighed.left.map_or(standing.left(), |left| left.min(standing.left())));
        }
        if warn && let Some(warning) = crossed(writer, standing, place, reader)? {
            weighed.warnings.push(warning);
        }
    }
    // Whatever the limits of the team would do when they are used up: nobody knows whether they are.
    if weighed.stop.is_none() {
        let blocks = |standing: &&Standing| standing.heard.is_some_and(|heard| heard.blocks);
        let lifted = |standing: &Standing| standing.lifted_until.is_some();
        weighed.stop = standings
            .iter()
            .find(blocks)
            .filter(|standing| !lifted(standing))
            .map(|standing| words::stale(standing, reader.language));
    }
    Ok(weighed)
}

/// Would this limit, used up, stop the next call? One that counts a single model, agent or project stops only what it
/// counts. The model is not known before a session's first call: then that call goes.
fn stops(standing: &Standing, place: &Place<'_>) -> bool {
    let filter = Filter {
        model: standing.limit.filter.model.clone(),
        agent: standing.limit.filter.agent.clone(),
        ..Filter::default()
    };
    let next = Facts { model: place.model, agent: place.agent, ..Facts::default() };
    standing.limit.action == Action::Stop
        && standing.lifted_until.is_none()
        && standing.here
        && filter.counts(&next)
}

/// The highest threshold passed, if it was not told of in this period. Those below it are noted as told too: going
/// from nothing to 95 % in one call is one message.
fn crossed(
    writer: &mut Writer,
    standing: &Standing,
    place: &Place<'_>,
    reader: Reader<'_>,
) -> Result<Option<String>> {
    let limit = &standing.limit;
    let whole = (limit.action == Action::Warn).then_some(WHOLE);
    let mut news = None;
    for threshold in limit.warn_at.iter().copied().chain(whole) {
        if !is_past(standing, threshold) {
            continue;
        }
        let session = place.session.filter(|_| standing.window == Window::ALWAYS).unwrap_or("");
        let what =
            format!("{}|{}|{session}|{}|{threshold}", limit.id, standing.window.start.0, standing.allowed());
        if writer.tell(&what)? {
            news = Some(words::crossed(standing, reader));
        }
    }
    Ok(news)
}

/// Is a threshold passed?
pub fn is_near(standing: &Standing) -> bool {
    standing.limit.warn_at.iter().any(|threshold| is_past(standing, *threshold)) || standing.is_used_up()
}

/// Is the spent amount at or above a part of the limit?
fn is_past(standing: &Standing, threshold: u32) -> bool {
    let part = standing.allowed().0.saturating_mul(i128::from(threshold)) / i128::from(WHOLE);
    standing.spent.0 >= part && standing.spent.is_positive()
}
