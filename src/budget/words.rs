//! The sentences of limits: used up, nearly used up, when they start afresh and how to go on. The same words in the
//! session, in the terminal and in the status line.

use chrono::Datelike;

use super::{Heard, Standing};
use crate::base::money::Money;
use crate::base::text::span;
use crate::base::time::{Time, Zone};
use crate::model::limit::{Action, Filter, Layer, Limit, Period};

/// Why the session stops. With `expected`, the limit is not reached yet but the next call would cross it.
pub fn used_up(standing: &Standing, expected: Option<Money>, system: &Zone) -> String {
    let limit = &standing.limit;
    let whose = whose(standing);
    let amount = standing.allowed().show();
    let spent = marked(standing.spent, standing.estimated);
    let what = match expected {
        None => {
            let heard = standing.heard.map_or_else(String::new, |heard| format!(", by {}", totals(&heard)));
            format!("the {} of {amount} ({whose}) is used up: {spent} spent{heard}", title(limit))
        }
        Some(next) => {
            let under_way = match standing.under_way {
                Money::ZERO => String::new(),
                cost => format!(", about {} under way", cost.show()),
            };
            format!(
                "the next call (about {}) would cross the {} of {amount} ({whose}): {spent} spent{under_way}",
                next.show(),
                title(limit)
            )
        }
    };
    format!("cost-hook: {what}. {} {}", sentence(&resets(standing, system)), how_to_go_on(standing))
}

/// A threshold was passed.
pub(super) fn crossed(standing: &Standing, system: &Zone) -> String {
    format!(
        "cost-hook: {} of the {} used: {} of {} ({}). {}",
        percent(standing),
        title(&standing.limit),
        marked(standing.spent, standing.estimated),
        standing.allowed().show(),
        whose(standing),
        sentence(&resets(standing, system))
    )
}

/// The team's totals are too old to go by.
pub(super) fn stale(standing: &Standing) -> String {
    let Some(heard) = standing.heard else { return String::new() };
    format!(
        "cost-hook: {}. They are fetched in the background; `cost-hook team sync` does it at once and says what is wrong.",
        old(&heard)
    )
}

/// Why totals are stale, as a sentence without its end.
pub fn old(heard: &Heard) -> String {
    let how = match heard.age {
        Some(age) => {
            format!("the team's totals are {} old, more than {} (`team.maxAge`)", span(age), span(heard.most))
        }
        None => "the team's totals were never fetched".to_string(),
    };
    if heard.blocks { format!("{how}, and `team.onStale` is `block`") } else { how }
}

/// `the team's totals of 40 s ago`.
fn totals(heard: &Heard) -> String {
    match heard.age {
        Some(age) => format!("the team's totals of {} ago", span(age)),
        None => "this machine alone, since the team's totals were never fetched".to_string(),
    }
}

/// `$1.20 of $10.00 left of the daily budget`.
pub fn left_in_words(standing: &Standing) -> String {
    let limit = &standing.limit;
    format!("{} of {} left of the {}", standing.left().show(), standing.allowed().show(), title(limit))
}

/// `daily budget`; a limit of `cost.limits` by its name: ``limit `web` ``.
pub(super) fn title(limit: &Limit) -> String {
    if limit.id.contains(":limits/") { format!("limit `{}`", limit.name) } else { limit.name.clone() }
}

/// What it does when it is used up, as half a sentence.
pub fn effect(limit: &Limit) -> &'static str {
    match (limit.action, limit.hard) {
        (Action::Stop, true) => "stops before it is crossed",
        (Action::Stop, false) => "stops",
        (Action::Warn, _) => "warns",
    }
}

/// What it counts where that is not everything: `counts branch main`.
pub fn counted_only(filter: &Filter) -> Vec<String> {
    let Filter { project, model, branch, agent, session: _ } = filter;
    let named = [("", project), ("", model), ("branch ", branch), ("agent ", agent)];
    named.into_iter().filter_map(|(what, name)| Some(format!("counts {what}{}", name.as_ref()?))).collect()
}

/// An amount, with a `~` before it when part of it is an estimate.
pub fn marked(amount: Money, estimated: Money) -> String {
    let mark = if estimated == Money::ZERO { "" } else { "~" };
    format!("{mark}{}", amount.show())
}

/// Whole percents, rounded down: 100 % is said only when it is true.
pub fn percent(standing: &Standing) -> String {
    let allowed = standing.allowed().0;
    if allowed <= 0 {
        return "100%".into();
    }
    format!("{}%", (standing.spent.0.saturating_mul(100) / allowed).max(0))
}

/// When the limit starts afresh, in the zone that cuts its periods.
pub fn resets(standing: &Standing, system: &Zone) -> String {
    match standing.limit.period {
        Period::Session => "it counts this session only".into(),
        Period::Total => "it never resets".into(),
        _ => {
            let named = standing.limit.calendar.zone.as_deref().and_then(Zone::named);
            format!("it resets on {}", moment(standing.window.end, named.as_ref().unwrap_or(system)))
        }
    }
}

/// `Wed 25 Nov 2026 00:00 (Europe/Berlin)`.
pub fn moment(time: Time, zone: &Zone) -> String {
    let civil = zone.civil(time);
    format!("{} {} {} ({})", civil.weekday(), civil.format("%-d %b %Y"), civil.format("%H:%M"), zone.name())
}

fn whose(standing: &Standing) -> String {
    match standing.limit.layer {
        Layer::Managed => "managed settings".into(),
        Layer::User => "user settings".into(),
        Layer::Project => "project settings".into(),
        Layer::Local => "local settings".into(),
    }
}

fn how_to_go_on(standing: &Standing) -> String {
    if !standing.limit.overridable {
        return "Your administrator set it; it cannot be raised here.".into();
    }
    // As a prompt the hook itself carries it out, which costs nothing; after `!` the client calls the model once.
    "To go on, enter this as a prompt (or in a terminal):\ncost-hook allow 5 --reason \"...\"".into()
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
