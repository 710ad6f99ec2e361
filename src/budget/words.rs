//! The sentences of limits: used up, nearly used up, when they start afresh and how to go on. The same words in the
//! session, in the terminal and in the status line; the words themselves are in the lists of `base::words`.

use std::borrow::Cow;

use super::{Heard, Standing};
use crate::base::money::Money;
use crate::base::time::Zone;
use crate::base::words::{Language, Reader, Word, say, word};
use crate::model::limit::{Action, Filter, Layer, Limit, Period};

/// Why the session stops. With `expected`, the limit is not reached yet but the next call would cross it.
pub fn used_up(standing: &Standing, expected: Option<Money>, reader: Reader<'_>) -> String {
    let language = reader.language;
    let limit = title(&standing.limit, language);
    let whose = language.word(whose(standing.limit.layer));
    let amount = standing.allowed().show();
    let spent = marked(standing.spent, standing.estimated);
    let resets = capitalised(&resets(standing, reader));
    let go_on = how_to_go_on(standing, language);
    match expected {
        None if let Some(heard) = &standing.heard => say!(
            language,
            "limit-used-up-by-totals",
            limit = limit,
            amount = amount,
            whose = whose,
            spent = spent,
            totals = totals(heard, language),
            resets = resets,
            go_on = go_on
        ),
        None => say!(
            language,
            "limit-used-up",
            limit = limit,
            amount = amount,
            whose = whose,
            spent = spent,
            resets = resets,
            go_on = go_on
        ),
        Some(next) if standing.under_way == Money::ZERO => say!(
            language,
            "limit-about-to-be-crossed",
            next = next.show(),
            limit = limit,
            amount = amount,
            whose = whose,
            spent = spent,
            resets = resets,
            go_on = go_on
        ),
        Some(next) => say!(
            language,
            "limit-about-to-be-crossed-by-several",
            next = next.show(),
            limit = limit,
            amount = amount,
            whose = whose,
            spent = spent,
            under_way = standing.under_way.show(),
            resets = resets,
            go_on = go_on
        ),
    }
}

/// A threshold was passed.
pub(super) fn crossed(standing: &Standing, reader: Reader<'_>) -> String {
    let language = reader.language;
    say!(
        language,
        "threshold-crossed",
        percent = percent(standing),
        limit = title(&standing.limit, language),
        spent = marked(standing.spent, standing.estimated),
        amount = standing.allowed().show(),
        whose = language.word(whose(standing.limit.layer)),
        resets = capitalised(&resets(standing, reader))
    )
}

/// The team's totals are too old to go by.
pub(super) fn stale(standing: &Standing, language: Language) -> String {
    let old = standing.heard.map(|heard| old(&heard, language)).unwrap_or_default();
    say!(language, "team-totals-stop", old = old)
}

/// Why totals are stale, as a sentence without its end.
pub fn old(heard: &Heard, language: Language) -> String {
    let how = match heard.age {
        Some(age) => {
            say!(language, "team-totals-old", age = language.span(age), most = language.span(heard.most))
        }
        None => say!(language, "team-totals-never-fetched"),
    };
    if heard.blocks { say!(language, "team-totals-block", old = how) } else { how }
}

/// `the team's totals of 40 s ago`.
fn totals(heard: &Heard, language: Language) -> String {
    match heard.age {
        Some(age) => say!(language, "team-totals-of", age = language.span(age)),
        None => say!(language, "team-totals-none"),
    }
}

/// `$1.20 of $10.00 left of the daily budget`.
pub fn left_in_words(standing: &Standing, language: Language) -> String {
    say!(
        language,
        "limit-left",
        left = standing.left().show(),
        amount = standing.allowed().show(),
        limit = title(&standing.limit, language)
    )
}

/// `daily budget`; a limit of `cost.limits` by its name: ``limit `web` ``.
pub(super) fn title(limit: &Limit, language: Language) -> String {
    match limit.id.contains(":limits/") {
        true => say!(language, "named-limit", name = &limit.name),
        false => name(limit, language).into_owned(),
    }
}

/// What a limit is called: the name a person gave it, or the word for its key.
pub fn name(limit: &Limit, language: Language) -> Cow<'_, str> {
    let word = match limit.key.as_str() {
        "costThreshold" => word!("cost-threshold"),
        "cost.sessionBudget" => word!("session-budget"),
        "cost.dailyBudget" => word!("daily-budget"),
        "cost.weeklyBudget" => word!("weekly-budget"),
        "cost.monthlyBudget" => word!("monthly-budget"),
        "cost.hardLimit" => word!("hard-limit"),
        // What the budget leaves has its key, too.
        "team.budget" if limit.id.ends_with(":team/rest") => word!("team-rest"),
        "team.budget" => word!("team-budget"),
        key if key.starts_with("team.members") => word!("team-allocation"),
        _ => return Cow::Borrowed(&limit.name),
    };
    Cow::Borrowed(language.word(word))
}

/// What it does when it is used up, as half a sentence.
pub fn effect(limit: &Limit) -> Word {
    match (limit.action, limit.hard) {
        (Action::Stop, true) => word!("stops-ahead"),
        (Action::Stop, false) => word!("stops"),
        (Action::Warn, _) => word!("warns"),
    }
}

/// What it counts where that is not everything: `counts branch main`.
pub fn counted_only(filter: &Filter, language: Language) -> Vec<String> {
    let Filter { project, model, branch, agent, session: _ } = filter;
    let counted = [project, model].into_iter().flatten().map(|name| say!(language, "counts", name = name));
    let branch = branch.iter().map(|name| say!(language, "counts-branch", name = name));
    let agent = agent.iter().map(|name| say!(language, "counts-agent", name = name));
    counted.chain(branch).chain(agent).collect()
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
pub fn resets(standing: &Standing, reader: Reader<'_>) -> String {
    let language = reader.language;
    match standing.limit.period {
        Period::Session => language.word(word!("counts-session-only")).into(),
        Period::Total => language.word(word!("never-resets")).into(),
        _ => {
            let named = standing.limit.calendar.zone.as_deref().and_then(Zone::named);
            let moment = language.full_moment(standing.window.end, named.as_ref().unwrap_or(reader.zone));
            say!(language, "resets-on", moment = moment)
        }
    }
}

/// `user settings`.
pub fn whose(layer: Layer) -> Word {
    match layer {
        Layer::Managed => word!("managed-settings"),
        Layer::User => word!("user-settings"),
        Layer::Project => word!("project-settings"),
        Layer::Local => word!("local-settings"),
    }
}

fn how_to_go_on(standing: &Standing, language: Language) -> String {
    if standing.limit.overridable {
        // As a prompt the hook itself carries it out, which costs nothing; after `!` the client calls the model once.
        say!(language, "go-on")
    } else {
        language.word(word!("cannot-go-on")).into()
    }
}

/// With a capital letter, where the language has them.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    first + letters.as_str()
}
