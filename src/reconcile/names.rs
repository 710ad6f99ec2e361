//! Which model and which meter a bill's words mean. Bills write models as ids, as display names, and as parts of usage
//! types; what cannot be told stays unknown.

use super::What;
use crate::model::model_id::{canonical, identify};
use crate::model::price_table::models;

/// The model in the words, as a canonical id. The longest name wins, so that Opus 5.5 is not taken for Opus 5.
pub(super) fn model(words: &str) -> Option<String> {
    let words = words.trim();
    if words.is_empty() {
        return None;
    }
    if identify(words).target.model().is_some() {
        return Some(canonical(words).into_owned());
    }
    let text = folded(words);
    let mut best: Option<(usize, &str)> = None;
    for model in models() {
        let mut name = model.name.split(' ');
        let parts = (name.next(), name.next(), name.next());
        let (Some("Claude"), Some(family), Some(version)) = parts else { continue };
        for spelling in [
            format!("claude-{family}-{version}"),
            format!("claude-{version}-{family}"),
            format!("claude{version}{family}"),
        ] {
            let spelling = folded(&spelling);
            if holds(&text, &spelling) && best.is_none_or(|(length, _)| spelling.len() > length) {
                best = Some((spelling.len(), model.id));
            }
        }
    }
    best.map(|(_, id)| id.to_string())
}

/// Lower case, with one sign between words and numbers.
fn folded(text: &str) -> String {
    text.chars().map(|c| if matches!(c, ' ' | '.' | '_') { '-' } else { c.to_ascii_lowercase() }).collect()
}

/// Does the text hold the name, not followed by a number that makes it another model's? A date is no such number.
fn holds(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let rest = &text[at + name.len()..];
        let number: String = rest.trim_start_matches('-').chars().take_while(char::is_ascii_digit).collect();
        !rest.starts_with(|c: char| c.is_ascii_digit())
            && (number.is_empty() || number.len() == 8 || number.len() > 2)
    })
}

/// The meter in the words.
pub(super) fn what(words: &str) -> What {
    let text = words.to_ascii_lowercase();
    let has = |word: &str| text.contains(word);
    if has("unlisted") {
        What::Unlisted
    } else if has("cache") && has("read") {
        What::CacheRead
    } else if has("cache") && (has("write") || has("creation")) {
        let hour = ["1h", "1-hour", "1_hour", "1 hour"].iter().any(|word| has(word));
        if hour { What::CacheWrite1h } else { What::CacheWrite5m }
    } else if ["web search", "web-search", "web_search", "websearch"].iter().any(|word| has(word)) {
        What::WebSearch
    } else if has("output") {
        What::Output
    } else if has("input") {
        What::Input
    } else {
        What::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_found_in_the_words_of_bills() {
        for (words, expected) in [
            ("claude-opus-5-5", "claude-opus-5-5"),
            ("Claude Opus 5.5", "claude-opus-5-5"),
            ("USE1-Claude4.6Sonnet-input-tokens", "claude-sonnet-4-6"),
            ("Claude Sonnet 4.5 (Amazon Bedrock Edition)", "claude-sonnet-4-5-20250929"),
            ("USE1-anthropic.claude-opus-5-mantle-input-tokens-standard", "claude-opus-5"),
            ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5-20251001"),
            ("Claude Haiku 5.5 Usage - Output Tokens", "claude-haiku-5-5"),
            ("Claude 3.5 Haiku", "claude-3-5-haiku-20241022"),
        ] {
            assert_eq!(model(words).as_deref(), Some(expected), "{words}");
        }
        for unknown in ["", "Titan Text", "Claude Consumption Units", "Claude Opus 5.9"] {
            assert_eq!(model(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn meters_are_found_in_the_words_of_bills() {
        for (words, expected) in [
            ("USE1-Claude4.6Sonnet-cache-write-input-token-count", What::CacheWrite5m),
            ("USE1-MP:USE1_CacheWrite1hInputTokenCount-Units", What::CacheWrite1h),
            ("USE1-MP:USE1_CacheReadInputTokenCount_Global-Units", What::CacheRead),
            ("cache_creation.ephemeral_1h_input_tokens", What::CacheWrite1h),
            ("uncached_input_tokens", What::Input),
            ("Claude5.5Opus-output-tokens-fast", What::Output),
            ("input_cache_write_5m", What::CacheWrite5m),
            ("web_search", What::WebSearch),
            ("Unlisted usage", What::Unlisted),
            ("code_execution", What::Other),
        ] {
            assert_eq!(what(words), expected, "{words}");
        }
    }
}
