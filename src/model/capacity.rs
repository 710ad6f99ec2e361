//! What a model takes: how long a prompt may be, how short a cached one, and which tokenizer counts it. For comparing
//! models; no price depends on any of it.

use crate::model::price_table::Model;
use crate::model::ratio::Ratio;

/// How text becomes tokens. Texts cannot be counted again, since none are kept: only the usual difference is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tokenizer {
    /// Up to Claude 4.6 and Haiku 4.5.
    Earlier,
    /// Since Mythos Preview and Opus 4.7: about 30 % more tokens for the same text.
    Newer,
}

impl Tokenizer {
    /// By what the counts of this one are multiplied to get those of the other.
    pub fn factor_to(self, other: Tokenizer) -> Ratio {
        let more = Ratio::thousandths(1300);
        match (self, other) {
            (Tokenizer::Earlier, Tokenizer::Newer) => more,
            (Tokenizer::Newer, Tokenizer::Earlier) => Ratio::new(more.den(), more.num()).unwrap_or_default(),
            _ => Ratio::ONE,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// The longest prompt, in tokens.
    pub context: u64,
    /// Shorter beginnings of a prompt are not cached. None: in no source.
    pub cache_minimum: Option<u64>,
    pub tokenizer: Tokenizer,
}

/// The longest prompts and shortest caches there are: where one model differs from another.
pub const CONTEXTS: [u64; 3] = [100_000, 200_000, 1_000_000];
pub const CACHE_MINIMUMS: [u64; 4] = [512, 1024, 2048, 4096];

/// As LiteLLM 1.109.1 has it, compared by `tests/prices.rs`. Of the 5.2 models, which it does not know, their
/// predecessors' figures.
pub fn capacity(model: &Model) -> Capacity {
    use Tokenizer::{Earlier, Newer};
    let (context, cache_minimum, tokenizer) = match model.id {
        "claude-fable-5-2"
        | "claude-mythos-5-2"
        | "claude-fable-5-1"
        | "claude-mythos-5-1"
        | "claude-fable-5"
        | "claude-mythos-5"
        | "claude-mythos-preview"
        | "claude-opus-5-5"
        | "claude-opus-5"
        | "claude-sonnet-5-5"
        | "claude-haiku-5-5" => (1_000_000, Some(512), Newer),
        "claude-opus-4-8" | "claude-sonnet-5" => (1_000_000, Some(1024), Newer),
        "claude-opus-4-7" => (1_000_000, Some(2048), Newer),
        "claude-opus-4-6" => (1_000_000, Some(4096), Earlier),
        "claude-sonnet-4-6" => (1_000_000, Some(1024), Earlier),
        "claude-opus-4-5-20251101" | "claude-haiku-4-5-20251001" => (200_000, Some(4096), Earlier),
        "claude-opus-4-1-20250805"
        | "claude-opus-4-20250514"
        | "claude-sonnet-4-5-20250929"
        | "claude-sonnet-4-20250514" => (200_000, Some(1024), Earlier),
        "claude-3-5-haiku-20241022" => (200_000, Some(2048), Earlier),
        "claude-2.1" | "claude-instant-1.2" => (100_000, None, Earlier),
        _ => (200_000, None, Earlier),
    };
    Capacity { context, cache_minimum, tokenizer }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::day::Day;
    use crate::model::price_table::models;

    #[test]
    fn the_newer_tokenizer_came_with_mythos_preview() {
        for model in models() {
            let newer = model.released.is_some_and(|day| day >= Day::ymd(2026, 4, 7));
            assert_eq!(capacity(model).tokenizer == Tokenizer::Newer, newer, "{}", model.id);
        }
    }

    #[test]
    fn every_border_is_in_the_lists() {
        for model in models() {
            let capacity = capacity(model);
            assert!(CONTEXTS.contains(&capacity.context), "{}", model.id);
            assert!(
                capacity.cache_minimum.is_none_or(|least| CACHE_MINIMUMS.contains(&least)),
                "{}",
                model.id
            );
        }
    }

    #[test]
    fn there_and_back_is_the_same() {
        let (there, back) =
            (Tokenizer::Earlier.factor_to(Tokenizer::Newer), Tokenizer::Newer.factor_to(Tokenizer::Earlier));
        assert_eq!(there.times(back), Ratio::ONE);
        assert_eq!(there.to_string(), "1.3");
        assert_eq!(Tokenizer::Newer.factor_to(Tokenizer::Newer), Ratio::ONE);
    }
}
