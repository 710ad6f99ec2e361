//! Time: the zone in which days are cut, and whether the clock can be believed.

use super::{Check, Group, Seen, State, prices};
use crate::base::env;
use crate::base::text::quoted;
use crate::base::time::Zone;
use crate::base::words::{say, word};
use crate::model::price_table::PRICES_VERSION;

/// Clocks of two machines that share a folder may differ by so much.
const SLACK_MS: i64 = 5 * 60_000;

pub(super) fn check(seen: &Seen<'_>) -> Vec<Check> {
    vec![zone(seen), clock(seen)]
}

fn zone(seen: &Seen<'_>) -> Check {
    let say = |state, message: String| Check::new("time-zone", Group::Time, state, message);
    let (world, setup, language) = (seen.site.world, seen.site.setup, seen.site.language);
    let days_in = setup.zone().name().to_string();
    if let Some((value, sheet)) = seen.scene.decided(&["cost", "timezone"])
        && let Some(name) = value.as_str()
        && Zone::named(name).is_none()
    {
        return say(State::Error, say!(language, "zone-setting-unknown", zone = quoted(name)))
            .detail(say!(language, "zone-instead", zone = days_in))
            .cure(say!(language, "zone-setting-cure", file = sheet.name(language)));
    }
    if setup.settings.calendar.zone.is_some() {
        return say(State::Ok, say!(language, "zone-set", zone = days_in));
    }
    if let Some(spec) = world.var(env::TZ).filter(|spec| !Zone::is_understood(spec)) {
        return say(State::Warning, say!(language, "zone-tz-unknown", zone = quoted(&spec)))
            .detail(say!(language, "zone-instead", zone = "UTC"))
            .cure(seen.word(word!("zone-tz-cure")));
    }
    say(State::Ok, say!(language, "zone-system", zone = setup.system.name()))
}

fn clock(seen: &Seen<'_>) -> Check {
    let say = |state, message: String| Check::new("clock", Group::Time, state, message);
    let (now, zone, language) = (seen.site.world.now(), seen.site.setup.zone(), seen.site.language);
    let shown = |time| zone.civil(time).format("%Y-%m-%d %H:%M").to_string();
    if now < prices::published() {
        let message =
            say!(language, "clock-before-list", time = shown(now), version = PRICES_VERSION.to_string());
        return say(State::Error, message)
            .detail(seen.word(word!("clock-wrong-day")))
            .cure(seen.word(word!("clock-cure")));
    }
    let last = seen.survey.as_ref().and_then(|survey| survey.last_line);
    if let Some(last) = last.filter(|last| last.since(now) > SLACK_MS) {
        return say(State::Warning, say!(language, "clock-line-ahead", time = shown(last)))
            .detail(seen.word(word!("clock-set-back")))
            .detail(seen.word(word!("clock-ahead-sums")))
            .cure(seen.word(word!("clock-compare-cure")));
    }
    say(State::Ok, say!(language, "clock-shows", time = shown(now), zone = zone.name()))
}
