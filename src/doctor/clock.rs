//! Time: the zone in which days are cut, and whether the clock can be believed.

use super::{Check, Group, Seen, State, prices};
use crate::base::env;
use crate::base::text::quoted;
use crate::base::time::Zone;
use crate::model::price_table::PRICES_VERSION;

/// Clocks of two machines that share a folder may differ by so much.
const SLACK_MS: i64 = 5 * 60_000;

pub(super) fn check(seen: &Seen<'_>) -> Vec<Check> {
    vec![zone(seen), clock(seen)]
}

fn zone(seen: &Seen<'_>) -> Check {
    let say = |state, message: String| Check::new("time-zone", Group::Time, state, message);
    let (world, setup) = (seen.site.world, seen.site.setup);
    if let Some((value, sheet)) = seen.scene.decided(&["cost", "timezone"])
        && let Some(name) = value.as_str()
        && Zone::named(name).is_none()
    {
        return say(State::Error, format!("`cost.timezone` {} is not a zone of this system", quoted(name)))
            .detail(format!("days are cut in {} instead", setup.zone().name()))
            .cure(format!("write a name like Europe/Berlin in {}", sheet.name()));
    }
    if setup.settings.calendar.zone.is_some() {
        return say(State::Ok, format!("days are cut in {} (`cost.timezone`)", setup.zone().name()));
    }
    if let Some(spec) = world.var(env::TZ).filter(|spec| !Zone::is_understood(spec)) {
        return say(State::Warning, format!("TZ is {}, which is not a zone of this system", quoted(&spec)))
            .detail("days are cut in UTC instead")
            .cure("set TZ to a name like Europe/Berlin, install the system's zone files, or set `cost.timezone`");
    }
    say(State::Ok, format!("days are cut in {}, the system's zone", setup.system.name()))
}

fn clock(seen: &Seen<'_>) -> Check {
    let say = |state, message: String| Check::new("clock", Group::Time, state, message);
    let (now, zone) = (seen.site.world.now(), seen.site.setup.zone());
    let shown = |time| zone.civil(time).format("%Y-%m-%d %H:%M").to_string();
    if now < prices::published() {
        let message = format!(
            "the clock shows {}, a time before this program's price list ({PRICES_VERSION})",
            shown(now)
        );
        return say(State::Error, message)
            .detail("calls are booked for the wrong day and budgets count the wrong period")
            .cure("set the clock");
    }
    let last = seen.survey.as_ref().and_then(|survey| survey.last_line);
    if let Some(last) = last.filter(|last| last.since(now) > SLACK_MS) {
        return say(
            State::Warning,
            format!("the ledger has a line of {}, which is still to come", shown(last)),
        )
        .detail("the clock was set back, or another machine with a clock ahead writes here")
        .detail("calls of that time count for its day, and sums are read again from the ledger until then")
        .cure("compare the clock with another one");
    }
    say(State::Ok, format!("the clock shows {} in {}", shown(now), zone.name()))
}
