//! The page's texts in its reader's language: those of its frame, and those its script puts together, which it is given
//! as data. An argument is a name in braces there, and what is singular or plural comes in both.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::words::{Language, Value, Word, say, word};

/// A text as the script gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum Text {
    Plain(&'static str),
    With(String),
    /// For one, and for any other number.
    Counted([String; 2]),
}

/// The texts of the frame, by the names of their places in it.
const FRAME: &[(&str, Word)] = &[
    ("page-title", word!("page-title")),
    ("page-skip", word!("page-skip")),
    ("page-colours", word!("page-colours")),
    ("page-colours-system", word!("page-colours-system")),
    ("page-colours-light", word!("page-colours-light")),
    ("page-colours-dark", word!("page-colours-dark")),
    ("page-print", word!("page-print")),
    ("page-filters", word!("page-filters")),
    ("page-summary", word!("page-summary")),
];

/// What stands at a place of the frame; None for the places of other things.
pub(super) fn of_frame(name: &str, language: Language) -> Option<&'static str> {
    FRAME.iter().find(|(known, _)| *known == name).map(|(_, word)| language.word(*word))
}

const PLAIN: &[(&str, Word)] = &[
    ("page-dates-label", word!("page-dates-label")),
    ("page-from", word!("page-from")),
    ("page-to", word!("page-to")),
    ("page-everything", word!("page-everything")),
    ("page-last-7-days", word!("page-last-7-days")),
    ("page-last-30-days", word!("page-last-30-days")),
    ("page-last-90-days", word!("page-last-90-days")),
    ("page-this-month", word!("page-this-month")),
    ("page-last-month", word!("page-last-month")),
    ("page-own-dates", word!("page-own-dates")),
    ("page-reset", word!("page-reset")),
    ("page-project", word!("page-project")),
    ("page-projects", word!("page-projects")),
    ("page-model", word!("page-model")),
    ("page-models", word!("page-models")),
    ("page-feature", word!("page-feature")),
    ("page-features", word!("page-features")),
    ("page-branch", word!("page-branch")),
    ("page-branches", word!("page-branches")),
    ("page-user", word!("page-user")),
    ("page-users", word!("page-users")),
    ("page-provider", word!("page-provider")),
    ("page-providers", word!("page-providers")),
    ("page-session", word!("page-session")),
    ("page-sessions", word!("page-sessions")),
    ("page-others-uncounted", word!("page-others-uncounted")),
    ("page-without-project", word!("page-without-project")),
    ("page-nothing-booked", word!("page-nothing-booked")),
    ("page-wrong", word!("page-wrong")),
    ("page-anonymous", word!("page-anonymous")),
    ("page-amounts", word!("page-amounts")),
    ("page-spent", word!("page-spent")),
    ("page-days-with-calls", word!("page-days-with-calls")),
    ("page-read-from-cache", word!("page-read-from-cache")),
    ("page-known-exactly", word!("page-known-exactly")),
    ("page-no-forecast", word!("page-no-forecast")),
    ("page-forecast-without-basis", word!("page-forecast-without-basis")),
    ("page-spent-so-far", word!("page-spent-so-far")),
    ("page-forecast", word!("page-forecast")),
    ("page-likely-between", word!("page-likely-between")),
    ("page-days-left", word!("page-days-left")),
    ("page-legend-spent", word!("page-legend-spent")),
    ("page-legend-forecast", word!("page-legend-forecast")),
    ("page-legend-likely", word!("page-legend-likely")),
    ("page-legend-budget", word!("page-legend-budget")),
    ("page-month-table", word!("page-month-table")),
    ("page-heading-day", word!("page-heading-day")),
    ("page-expected-by-then", word!("page-expected-by-then")),
    ("page-budgets", word!("page-budgets")),
    ("page-state-used-up", word!("page-state-used-up")),
    ("page-state-nearly", word!("page-state-nearly")),
    ("page-state-within", word!("page-state-within")),
    ("page-as-they-stood", word!("page-as-they-stood")),
    ("page-when", word!("page-when")),
    ("page-heat-keys", word!("page-heat-keys")),
    ("page-nothing-chosen", word!("page-nothing-chosen")),
    ("page-scale", word!("page-scale")),
    ("page-cache", word!("page-cache")),
    ("page-written-to-cache", word!("page-written-to-cache")),
    ("page-outside-cache", word!("page-outside-cache")),
    ("page-read-share", word!("page-read-share")),
    ("page-of-prompt-tokens", word!("page-of-prompt-tokens")),
    ("page-caching-cost-more", word!("page-caching-cost-more")),
    ("page-caching-saved-title", word!("page-caching-saved-title")),
    ("page-against-plain-input", word!("page-against-plain-input")),
    ("page-read-share-over-time", word!("page-read-share-over-time")),
    ("page-period", word!("page-period")),
    ("page-prompt-tokens", word!("page-prompt-tokens")),
    ("page-certainty", word!("page-certainty")),
    ("page-exactly-is", word!("page-exactly-is")),
    ("page-unlisted-is", word!("page-unlisted-is")),
    ("page-estimated-is", word!("page-estimated-is")),
    ("page-as-table", word!("page-as-table")),
    ("page-show-fewer", word!("page-show-fewer")),
    ("page-partly-estimated", word!("page-partly-estimated")),
    ("page-about", word!("page-about")),
    ("page-began", word!("page-began")),
    ("page-last-call", word!("page-last-call")),
    ("page-sessions-title", word!("page-sessions-title")),
    ("page-timeline", word!("page-timeline")),
    ("page-7-day-average", word!("page-7-day-average")),
    ("page-4-week-average", word!("page-4-week-average")),
    ("page-3-month-average", word!("page-3-month-average")),
    ("page-unit-day", word!("page-unit-day")),
    ("page-unit-week", word!("page-unit-week")),
    ("page-unit-month", word!("page-unit-month")),
    ("page-unit-year", word!("page-unit-year")),
    ("page-units-day", word!("page-units-day")),
    ("page-units-week", word!("page-units-week")),
    ("page-units-month", word!("page-units-month")),
    ("page-units-year", word!("page-units-year")),
    ("page-switch-day", word!("page-switch-day")),
    ("page-switch-week", word!("page-switch-week")),
    ("page-switch-month", word!("page-switch-month")),
    ("page-all-others", word!("page-all-others")),
    ("page-split-by", word!("page-split-by")),
    ("page-split-nothing", word!("page-split-nothing")),
    ("page-bars-stand-for", word!("page-bars-stand-for")),
    ("heading-calls", word!("heading-calls")),
    ("heading-tokens", word!("heading-tokens")),
    ("heading-cost", word!("heading-cost")),
    ("heading-share", word!("heading-share")),
    ("heading-project", word!("heading-project")),
    ("heading-session", word!("heading-session")),
    ("heading-unlisted", word!("heading-unlisted")),
    ("heading-estimated", word!("heading-estimated")),
    ("row-total", word!("row-total")),
];

/// A message whose arguments are left to the script.
macro_rules! with {
    ($texts:ident, $language:ident, $($key:literal: $($argument:ident)+;)+) => {
        $($texts.insert(
            $key,
            Text::With(say!($language, $key, $($argument = concat!("{", stringify!($argument), "}")),+)),
        );)+
    };
}

/// The same for a message that counts.
macro_rules! counted {
    ($texts:ident, $language:ident, $($key:literal: $count:ident;)+) => {
        $($texts.insert(
            $key,
            Text::Counted([1, 2].map(|count| {
                let place = concat!("{", stringify!($count), "}");
                say!($language, $key, $count = Value::Written(count, place.into()))
            })),
        );)+
    };
}

/// Everything the script says, by key.
pub(super) fn of_script(language: Language) -> BTreeMap<&'static str, Text> {
    let mut texts: BTreeMap<&'static str, Text> =
        PLAIN.iter().map(|(key, word)| (*key, Text::Plain(language.word(*word)))).collect();
    with! { texts, language,
        "page-all-of": names;
        "page-others": count names;
        "page-without": title;
        "page-remove-filter": title name;
        "page-chip": title name;
        "page-dates": first last;
        "page-day-and-time": day time;
        "page-showing-part": part whole calls dates;
        "page-showing-everything": amount calls dates;
        "page-made-for": scope;
        "page-count-of": count names;
        "page-each-hours": hours;
        "page-put-together": things;
        "page-made": time program;
        "page-one-file": command;
        "page-part-of-everything": share;
        "page-each": amount;
        "page-on-such-a-day": amount;
        "page-written-by-model": tokens;
        "page-caching-cost": amount;
        "page-caching-saved": amount;
        "page-not-exactly": unlisted estimated;
        "page-forecast-for": month;
        "page-budget-used-up": budget amount;
        "page-budget-used-up-on": budget amount day;
        "page-budget-enough": budget amount left;
        "page-since": day;
        "page-low-and-high": low high;
        "page-of-days": days;
        "page-budget-stands": percent state;
        "page-no-budget": command;
        "page-heat": zone;
        "page-hours": weekday from to;
        "page-part-of-cost": share;
        "page-peak": weekday from to amount;
        "page-kind-count": kind count share;
        "page-amount-and-share": amount share;
        "page-show-all": count;
        "page-table-caption": caption;
        "page-not-printed": count;
        "page-by": title;
        "page-cost-by": title;
        "page-name-in-full": name full;
        "page-sessions-known": known all;
        "page-chart": unit bars amount;
        "page-amount-for-calls": amount calls;
        "page-named-amount": name amount;
        "page-name-and-amount": name amount;
        "page-far-above": name amount;
        "page-too-many": units unit;
        "part-of": part whole;
        "name-after-names": names name;
        "fact-after-facts": facts fact;
    }
    counted! { texts, language,
        "page-calls": calls;
        "page-unreadable": lines;
        "page-forecast-basis": days;
        "page-count-day": count;
        "page-count-week": count;
        "page-count-month": count;
        "page-count-year": count;
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_fills_in_what_it_counts() {
        let texts = of_script(Language::English);
        assert_eq!(texts["page-calls"], Text::Counted(["{calls} call".into(), "{calls} calls".into()]));
        assert_eq!(texts["part-of"], Text::With("{part} of {whole}".into()));
        assert_eq!(of_script(Language::Chinese)["page-spent"], Text::Plain("已花费"));
        assert_eq!(of_frame("data", Language::Chinese), None);
    }

    #[test]
    fn the_script_has_every_text_it_asks_for_and_asks_for_every_one() {
        let script = super::super::html::SCRIPT;
        let asked = |key: &str| script.contains(&format!("'{key}'"));
        for (key, text) in of_script(Language::English) {
            // Those of units and dimensions are named by what they are of.
            let stem = key.rsplit_once('-').map_or(key, |(stem, _)| stem);
            assert!(asked(key) || script.contains(&format!("`{stem}-${{")), "{key}: {text:?}");
        }
        let texts = of_script(Language::English);
        for function in ["say('", "word('", "told('"] {
            for (at, _) in script.match_indices(function) {
                let key = script[at + function.len()..].split('\'').next().unwrap_or_default();
                assert!(texts.contains_key(key), "{key}");
            }
        }
    }
}
