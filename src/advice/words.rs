//! Which messages tell of each kind of finding: its name, what was found, how the saving was computed, what to do about it
//! in Claude Code's own terms, and how sure the saving is. Thresholds are the detectors'.

use super::finding::{Certainty, Finding, Kind, Numbers, Strategy};
use crate::base::money::Money;
use crate::base::text::size;
use crate::base::words::{Language, Value, Word, say, word};
use crate::report::table::{grouped, share};

pub(super) struct Words {
    /// As a cause: `context growth`.
    pub(super) cause: Word,
    /// As a recommendation: what to do, in a few words.
    pub(super) advice: Word,
    pub(super) computed: Word,
    pub(super) remedy: Word,
    pub(super) certainty: Certainty,
    pub(super) strategy: Strategy,
}

use Certainty::{High, Low, Medium};

pub(super) fn words(kind: Kind) -> Words {
    let (cause, advice, strategy, certainty, computed, remedy) = match kind {
        Kind::ContextGrowth => (
            word!("cause-context-growth"),
            word!("advice-context-growth"),
            Strategy::ContextSize,
            Medium,
            word!("computed-context-growth"),
            word!("remedy-context-growth"),
        ),
        Kind::LargeResults => (
            word!("cause-large-results"),
            word!("advice-large-results"),
            Strategy::ContextSize,
            Medium,
            word!("computed-large-results"),
            word!("remedy-large-results"),
        ),
        Kind::CacheExpired5m => (
            word!("cause-cache-expired5m"),
            word!("advice-cache-expired5m"),
            Strategy::Cache,
            Medium,
            word!("computed-cache-expired5m"),
            word!("remedy-cache-expired5m"),
        ),
        Kind::CacheExpired1h => (
            word!("cause-cache-expired1h"),
            word!("advice-cache-expired1h"),
            Strategy::Cache,
            Medium,
            word!("computed-cache-expired1h"),
            word!("remedy-cache-expired1h"),
        ),
        Kind::CacheMiss => (
            word!("cause-cache-miss"),
            word!("advice-cache-miss"),
            Strategy::Cache,
            Low,
            word!("computed-cache-miss"),
            word!("remedy-cache-miss"),
        ),
        Kind::ModelSwitch => (
            word!("cause-model-switch"),
            word!("advice-model-switch"),
            Strategy::ModelChoice,
            Medium,
            word!("computed-model-switch"),
            word!("remedy-model-switch"),
        ),
        Kind::CacheTtlShort => (
            word!("cause-cache-ttl-short"),
            word!("advice-cache-ttl-short"),
            Strategy::Cache,
            High,
            word!("computed-cache-ttl-short"),
            word!("remedy-cache-ttl-short"),
        ),
        Kind::CacheTtlLong => (
            word!("cause-cache-ttl-long"),
            word!("advice-cache-ttl-long"),
            Strategy::Cache,
            High,
            word!("computed-cache-ttl-long"),
            word!("remedy-cache-ttl-long"),
        ),
        Kind::CacheUnread => (
            word!("cause-cache-unread"),
            word!("advice-cache-unread"),
            Strategy::Cache,
            Low,
            word!("computed-cache-unread"),
            word!("remedy-cache-unread"),
        ),
        Kind::SimpleTurns => (
            word!("cause-simple-turns"),
            word!("advice-simple-turns"),
            Strategy::ModelChoice,
            Medium,
            word!("computed-simple-turns"),
            word!("remedy-simple-turns"),
        ),
        Kind::SubagentModel => (
            word!("cause-subagent-model"),
            word!("advice-subagent-model"),
            Strategy::BackgroundModel,
            Medium,
            word!("computed-subagent-model"),
            word!("remedy-subagent-model"),
        ),
        Kind::BackgroundModel => (
            word!("cause-background-model"),
            word!("advice-background-model"),
            Strategy::BackgroundModel,
            Low,
            word!("computed-background-model"),
            word!("remedy-background-model"),
        ),
        Kind::SubagentFanOut => (
            word!("cause-subagent-fan-out"),
            word!("advice-subagent-fan-out"),
            Strategy::Batching,
            Low,
            word!("computed-subagent-fan-out"),
            word!("remedy-subagent-fan-out"),
        ),
        Kind::OneByOne => (
            word!("cause-one-by-one"),
            word!("advice-one-by-one"),
            Strategy::Batching,
            Low,
            word!("computed-one-by-one"),
            word!("remedy-one-by-one"),
        ),
        Kind::ShortPrompts => (
            word!("cause-short-prompts"),
            word!("advice-short-prompts"),
            Strategy::Batching,
            Low,
            word!("computed-short-prompts"),
            word!("remedy-short-prompts"),
        ),
        Kind::ShortSessions => (
            word!("cause-short-sessions"),
            word!("advice-short-sessions"),
            Strategy::Batching,
            Medium,
            word!("computed-short-sessions"),
            word!("remedy-short-sessions"),
        ),
        Kind::BatchWork => (
            word!("cause-batch-work"),
            word!("advice-batch-work"),
            Strategy::Prices,
            Low,
            word!("computed-batch-work"),
            word!("remedy-batch-work"),
        ),
        Kind::RepeatedTurns => (
            word!("cause-repeated-turns"),
            word!("advice-repeated-turns"),
            Strategy::Habits,
            Low,
            word!("computed-repeated-turns"),
            word!("remedy-repeated-turns"),
        ),
        Kind::Compaction => (
            word!("cause-compaction"),
            word!("advice-compaction"),
            Strategy::ContextSize,
            Medium,
            word!("computed-compaction"),
            word!("remedy-compaction"),
        ),
        Kind::FastMode => (
            word!("cause-fast-mode"),
            word!("advice-fast-mode"),
            Strategy::Prices,
            High,
            word!("computed-fast-mode"),
            word!("remedy-fast-mode"),
        ),
        Kind::RegionalPremium => (
            word!("cause-regional-premium"),
            word!("advice-regional-premium"),
            Strategy::Prices,
            High,
            word!("computed-regional-premium"),
            word!("remedy-regional-premium"),
        ),
        Kind::Retries => (
            word!("cause-retries"),
            word!("advice-retries"),
            Strategy::Habits,
            Low,
            word!("computed-retries"),
            word!("remedy-retries"),
        ),
        Kind::CutOff => (
            word!("cause-cut-off"),
            word!("advice-cut-off"),
            Strategy::Habits,
            Low,
            word!("computed-cut-off"),
            word!("remedy-cut-off"),
        ),
        Kind::CallBurst => (
            word!("cause-call-burst"),
            word!("advice-call-burst"),
            Strategy::Batching,
            Low,
            word!("computed-call-burst"),
            word!("remedy-call-burst"),
        ),
        Kind::OutputHeavy => (
            word!("cause-output-heavy"),
            word!("advice-output-heavy"),
            Strategy::Habits,
            Low,
            word!("computed-output-heavy"),
            word!("remedy-output-heavy"),
        ),
        Kind::WebSearch => (
            word!("cause-web-search"),
            word!("advice-web-search"),
            Strategy::Prices,
            Low,
            word!("computed-web-search"),
            word!("remedy-web-search"),
        ),
        Kind::UnlistedShare => (
            word!("cause-unlisted-share"),
            word!("advice-unlisted-share"),
            Strategy::BackgroundModel,
            Low,
            word!("computed-unlisted-share"),
            word!("remedy-unlisted-share"),
        ),
    };
    Words { cause, advice, computed, remedy, certainty, strategy }
}

impl Strategy {
    /// Those the guide to costs names; something is always said about them.
    pub(super) const NAMED: [Strategy; 4] =
        [Strategy::ModelChoice, Strategy::ContextSize, Strategy::BackgroundModel, Strategy::Batching];

    pub(super) fn word(self) -> Word {
        match self {
            Strategy::ModelChoice => word!("strategy-model-choice"),
            Strategy::ContextSize => word!("strategy-context-size"),
            Strategy::BackgroundModel => word!("strategy-background-model"),
            Strategy::Batching => word!("strategy-batching"),
            Strategy::Cache => word!("strategy-cache"),
            Strategy::Prices => word!("strategy-prices"),
            Strategy::Habits => word!("strategy-habits"),
        }
    }
}

impl Certainty {
    pub(super) fn word(self) -> Word {
        match self {
            High => word!("sure-high"),
            Medium => word!("sure-medium"),
            Low => word!("sure-low"),
        }
    }

    /// And why it is no surer.
    pub(super) fn reason(self) -> Word {
        match self {
            High => word!("sure-high-because"),
            Medium => word!("sure-medium-because"),
            Low => word!("sure-low-because"),
        }
    }
}

/// `1`, `1,234`: a count as it is written here.
pub(super) fn number(count: u64) -> Value<'static> {
    Value::Written(count, grouped(count).into())
}

/// A text as a sentence.
pub(super) fn sentence(text: Word, language: Language) -> String {
    say!(language, "finding-sentence", text = language.word(text))
}

/// What was found, as a sentence without its full stop. `sessions` where it is told of several.
pub(super) fn found(
    kind: Kind,
    numbers: &Numbers,
    spent: Money,
    cost: Money,
    sessions: Option<u64>,
    language: Language,
) -> String {
    let count = number(numbers.count);
    let tokens = number(numbers.tokens);
    let most = grouped(numbers.largest);
    let longest = language.span(numbers.longest_pause_ms);
    let found = match kind {
        Kind::ContextGrowth => say!(language, "found-context-growth", calls = count, most = most),
        Kind::LargeResults => say!(
            language,
            "found-large-results",
            results = count,
            size = size(numbers.largest),
            tokens = tokens
        ),
        Kind::CacheExpired5m => {
            say!(language, "found-cache-expired5m", pauses = count, longest = longest, tokens = tokens)
        }
        Kind::CacheExpired1h => {
            say!(language, "found-cache-expired1h", pauses = count, longest = longest, tokens = tokens)
        }
        Kind::CacheMiss => say!(language, "found-cache-miss", times = count, tokens = tokens),
        Kind::ModelSwitch => say!(language, "found-model-switch", switches = count, tokens = tokens),
        Kind::CacheTtlShort => {
            say!(language, "found-cache-ttl-short", pauses = count, longest = longest, tokens = tokens)
        }
        Kind::CacheTtlLong => say!(language, "found-cache-ttl-long", calls = count, tokens = tokens),
        Kind::CacheUnread => say!(language, "found-cache-unread", calls = count, tokens = tokens),
        Kind::SimpleTurns => say!(language, "found-simple-turns", prompts = count),
        Kind::SubagentModel => say!(language, "found-subagent-model", subagents = count),
        Kind::BackgroundModel => say!(language, "found-background-model", tokens = tokens),
        Kind::SubagentFanOut => say!(language, "found-subagent-fan-out", subagents = count, tokens = tokens),
        Kind::OneByOne => say!(language, "found-one-by-one", calls = count, tokens = tokens),
        Kind::ShortPrompts => say!(language, "found-short-prompts", prompts = count, tokens = tokens),
        Kind::ShortSessions => say!(language, "found-short-sessions", sessions = count, tokens = tokens),
        Kind::BatchWork => say!(language, "found-batch-work", sessions = count, most = most),
        Kind::RepeatedTurns => say!(language, "found-repeated-turns", calls = count),
        Kind::Compaction => say!(language, "found-compaction", times = count),
        Kind::FastMode => say!(language, "found-fast-mode", calls = count),
        Kind::RegionalPremium => say!(language, "found-regional-premium", calls = count),
        Kind::Retries => say!(language, "found-retries", attempts = count, most = most),
        Kind::CutOff => say!(language, "found-cut-off", answers = count, tokens = tokens),
        Kind::CallBurst => say!(language, "found-call-burst", calls = count, most = most),
        Kind::OutputHeavy => {
            say!(language, "found-output-heavy", answers = count, tokens = tokens, most = most)
        }
        Kind::WebSearch => say!(language, "found-web-search", searches = count),
        Kind::UnlistedShare => say!(language, "found-unlisted-share", amount = spent.show()),
    };
    match (sessions, kind) {
        (Some(sessions), _) => {
            say!(language, "found-in-sessions", found = found, sessions = number(sessions))
        }
        (None, Kind::SubagentFanOut) => {
            say!(language, "found-with-calls-cost", found = found, cost = cost.show())
        }
        (None, _) => found,
    }
}

/// A finding of a session with what it would have saved, or what it cost where no saving is computed, as a sentence.
pub(super) fn told(finding: &Finding, whole: Money, language: Language) -> String {
    let Finding { kind, numbers, cost, spent, saving, .. } = finding;
    let cause = language.word(words(*kind).cause);
    let found = found(*kind, numbers, *spent, *cost, None, language);
    if saving.is_positive() {
        let share = share(*saving, whole);
        say!(language, "finding-saved", cause = cause, saving = saving.show(), share = share, found = found)
    } else if spent.is_positive() {
        let share = share(*spent, whole);
        say!(language, "finding-cost", cause = cause, cost = spent.show(), share = share, found = found)
    } else {
        say!(language, "finding-free", cause = cause, found = found)
    }
}

/// The numbers of a finding by name, for programs.
pub(super) fn evidence(kind: Kind, numbers: &Numbers) -> Vec<(&'static str, i64)> {
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let mut named = vec![("count", number(numbers.count))];
    let largest = match kind {
        Kind::ContextGrowth | Kind::Compaction => Some("largestContextTokens"),
        Kind::LargeResults => Some("largestResultBytes"),
        Kind::CacheExpired5m | Kind::CacheExpired1h | Kind::CacheMiss | Kind::ModelSwitch => {
            Some("largestRewriteTokens")
        }
        Kind::OneByOne | Kind::ShortPrompts | Kind::ShortSessions | Kind::BatchWork | Kind::RepeatedTurns => {
            Some("longestRow")
        }
        Kind::Retries => Some("mostBeforeOneCall"),
        Kind::CallBurst => Some("mostInOneMinute"),
        Kind::OutputHeavy => Some("longestOutputTokens"),
        _ => None,
    };
    if numbers.tokens > 0 {
        named.push(("tokens", number(numbers.tokens)));
    }
    named.extend(largest.map(|name| (name, number(numbers.largest))));
    if numbers.longest_pause_ms > 0 {
        named.push(("longestPauseSeconds", numbers.longest_pause_ms / 1000));
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_words_that_fit_one_and_many() {
        for (kind, language) in Kind::ALL.into_iter().flat_map(|kind| Language::ALL.map(|l| (kind, l))) {
            let Words { cause, advice, computed, remedy, .. } = words(kind);
            for text in [cause, advice, computed, remedy].map(|word| language.word(word)) {
                let ends = text.ends_with(['.', '。']) || text.contains("  ");
                assert!(!text.is_empty() && !ends, "{kind:?}: {text}");
                assert!(
                    language == Language::Chinese
                        || !text.starts_with(char::is_uppercase)
                        || text.starts_with("CLAUDE"),
                    "{kind:?}: {text}"
                );
            }
            for count in [1, 1234] {
                let numbers = Numbers { count, tokens: count, largest: count, longest_pause_ms: 1 };
                let (spent, cost) = (Money::from_usd(1), Money::from_usd(2));
                let text = found(kind, &numbers, spent, cost, Some(count), language);
                assert!(!text.contains("1 calls") && !text.contains("1234"), "{text}");
                let end = match (language, count) {
                    (Language::English, 1) => "(in 1 session)",
                    (Language::English, _) => "(in 1,234 sessions)",
                    (Language::Chinese, 1) => "（见于 1 个会话）",
                    (Language::Chinese, _) => "（见于 1,234 个会话）",
                };
                assert!(text.ends_with(end), "{text}");
                assert!(!evidence(kind, &numbers).is_empty());
            }
        }
    }

    #[test]
    fn what_no_saving_is_computed_for_says_so() {
        let silent = [
            Kind::Compaction,
            Kind::Retries,
            Kind::CutOff,
            Kind::CallBurst,
            Kind::OutputHeavy,
            Kind::WebSearch,
            Kind::UnlistedShare,
        ];
        for kind in Kind::ALL {
            for (language, no) in
                [(Language::English, "no saving is computed"), (Language::Chinese, "未计算节省")]
            {
                let says = language.word(words(kind).computed).starts_with(no);
                assert_eq!(says, silent.contains(&kind), "{kind:?}");
            }
        }
    }
}
