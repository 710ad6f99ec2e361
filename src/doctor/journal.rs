//! The troubles that hooks had lately, which nobody sees otherwise.

use super::{Check, Group, Seen, State};
use crate::base::words::{say, word};
use crate::hook::journal::{self, Trouble};

/// Older ones are history.
const DAYS: u64 = 7;
const DAY_MS: i64 = 86_400_000;
/// More kinds are left to the file.
const SHOWN: usize = 3;

pub(super) fn check(seen: &Seen<'_>) -> Vec<Check> {
    let say = |state, message: String| Check::new("journal", Group::Troubles, state, message);
    let (base, now, language) = (seen.site.setup.ledger.base(), seen.site.world.now(), seen.site.language);
    let known = journal::read(base);
    let lately: Vec<&Trouble> =
        known.iter().filter(|trouble| now.since(trouble.time) <= DAYS as i64 * DAY_MS).collect();
    let Some(last) = lately.last() else {
        return vec![say(State::Ok, say!(language, "no-trouble", days = DAYS))];
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
    let message = say!(language, "hooks-failed", times = lately.len(), days = DAYS, time = shown(last));
    let mut check = say(State::Warning, message);
    for (trouble, count) in kinds.iter().take(SHOWN) {
        let event = match trouble.event.as_str() {
            "" => seen.word(word!("no-event")),
            event => event,
        };
        check = check.detail(say!(
            language,
            "trouble",
            time = shown(trouble),
            event = event,
            times = *count,
            message = &trouble.message
        ));
    }
    if kinds.len() > SHOWN {
        let file = journal::path(base).display().to_string();
        check = check.detail(say!(language, "more-kinds", count = kinds.len() - SHOWN, file = file));
    }
    if booked_since {
        check = check.detail(seen.word(word!("booked-since")));
    }
    vec![check.cure(seen.word(word!("trouble-cure")))]
}
