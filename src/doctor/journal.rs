//! The troubles that hooks had lately, which nobody sees otherwise.

use super::{Check, Group, Seen, State};
use crate::base::text::counted;
use crate::hook::journal::{self, Trouble};

/// Older ones are history.
const DAYS: i64 = 7;
const DAY_MS: i64 = 86_400_000;
/// More kinds are left to the file.
const SHOWN: usize = 3;

pub(super) fn check(seen: &Seen<'_>) -> Vec<Check> {
    let say = |state, message: String| Check::new("journal", Group::Troubles, state, message);
    let (base, now) = (seen.site.setup.ledger.base(), seen.site.world.now());
    let known = journal::read(base);
    let lately: Vec<&Trouble> =
        known.iter().filter(|trouble| now.since(trouble.time) <= DAYS * DAY_MS).collect();
    let Some(last) = lately.last() else {
        return vec![say(State::Ok, format!("hooks had no trouble in the last {DAYS} days"))];
    };
    let zone = seen.site.setup.zone();
    let shown = |trouble: &Trouble| zone.civil(trouble.time).format("%Y-%m-%d %H:%M").to_string();
    // Each message once, the newest first.
    let mut kinds: Vec<(&Trouble, usize)> = Vec::new();
    for trouble in lately.iter().rev() {
        match kinds.iter_mut().find(|(kind, _)| kind.message == trouble.message) {
            Some((_, count)) => *count += 1,
            None => kinds.push((trouble, 1)),
        }
    }
    let booked_since =
        seen.survey.as_ref().and_then(|survey| survey.last_call).is_some_and(|call| call > last.time);
    let times = counted(lately.len(), "time");
    let message = format!("hooks failed {times} in the last {DAYS} days, last {}", shown(last));
    let mut check = say(State::Warning, message);
    for (trouble, count) in kinds.iter().take(SHOWN) {
        let event = if trouble.event.is_empty() { "no event" } else { trouble.event.as_str() };
        check = check.detail(format!(
            "{} {event}, {}: {}",
            shown(trouble),
            counted(*count, "time"),
            trouble.message
        ));
    }
    if kinds.len() > SHOWN {
        check =
            check.detail(format!("{} more kinds in {}", kinds.len() - SHOWN, journal::path(base).display()));
    }
    if booked_since {
        check = check.detail("calls were booked since");
    }
    vec![check.cure("see the checks above for what is still wrong; `cost-hook import` books what was missed")]
}
