//! What is said about each kind of finding: its name, what was found, how the saving was computed, what to do about it in
//! Claude Code's own terms, and how sure the saving is. Thresholds are the detectors'.

use super::finding::{Certainty, Finding, Kind, Numbers, Strategy};
use crate::base::money::Money;
use crate::base::text::{size, span};
use crate::report::table::{grouped, share};

pub(super) struct Words {
    /// As a cause: `context growth`.
    pub(super) cause: &'static str,
    /// As a recommendation: what to do, in a few words.
    pub(super) advice: &'static str,
    pub(super) computed: &'static str,
    pub(super) remedy: &'static str,
    pub(super) certainty: Certainty,
    pub(super) strategy: Strategy,
}

use Certainty::{High, Low, Medium};

pub(super) fn words(kind: Kind) -> Words {
    let (cause, advice, strategy, certainty, computed, remedy) = match kind {
        Kind::ContextGrowth => (
            "long context",
            "compact or clear long conversations",
            Strategy::ContextSize,
            Medium,
            "every call priced again as if `/compact` had run whenever the context had passed 100,000 tokens and left 25,000; the \
             compaction itself (two calls that read the context and write 4,000 tokens) and the new cache are paid for in it",
            "`/compact` when a step is done, `/clear` before another task; `autoCompactWindow` makes Claude Code compact earlier; \
             split a large task into several sessions",
        ),
        Kind::LargeResults => (
            "large tool results",
            "keep large results out of the context",
            Strategy::ContextSize,
            Medium,
            "the tokens of each result beyond 10,000 taken out of the call they entered and of every later call of the \
             conversation that carried them",
            "name files with `@path` and the lines to read instead of whole files; let commands filter (`grep`, `head`, a test's \
             quiet mode) or write to a file; give the reading of many files to a subagent, whose context ends with it",
        ),
        Kind::CacheExpired5m => (
            "expired 5-minute cache",
            "do not let the cache expire on a large context",
            Strategy::Cache,
            Medium,
            "what was written again priced as read from the cache, as it would have been without the pause",
            "before a pause `/compact`, or `/clear` when the task is done; go on within 5 minutes; for regular pauses set \
             `promptCacheTtl` to `1h` where the recommendation about it says that pays",
        ),
        Kind::CacheExpired1h => (
            "expired 1-hour cache",
            "do not come back to a large context after an hour",
            Strategy::Cache,
            Medium,
            "what was written again priced as read from the cache, as it would have been without the pause",
            "`/compact` before a long pause, or begin a new session with a short summary instead of resuming a large one",
        ),
        Kind::CacheMiss => (
            "cache missed without a pause",
            "keep the beginning of the context unchanged",
            Strategy::Cache,
            Low,
            "what was written again priced as read from the cache",
            "connect MCP servers, switch tools, output style or effort, and edit CLAUDE.md before the conversation grows, not in its \
             middle: each changes the beginning of the context and with it the whole cache",
        ),
        Kind::ModelSwitch => (
            "switches of the model",
            "switch models between tasks",
            Strategy::ModelChoice,
            Medium,
            "what was written for the other model priced as read from the cache, as if the model had stayed",
            "`/model` at the beginning of a task or right after `/clear` or `/compact`: every model has a cache of its own",
        ),
        Kind::CacheTtlShort => (
            "5-minute cache in a conversation with pauses",
            "keep the cache for an hour",
            Strategy::Cache,
            High,
            "all cache writes of these conversations priced at the 1-hour price, and what was written again after pauses of \
             5 minutes to 1 hour as read; the difference is what is left",
            "set `promptCacheTtl` to `1h` (for subagents `subagentPromptCacheTtl`), or the variable \
             `CLAUDE_CODE_PROMPT_CACHE_TTL=1h`",
        ),
        Kind::CacheTtlLong => (
            "1-hour cache without pauses",
            "keep the cache for 5 minutes",
            Strategy::Cache,
            High,
            "all 1-hour writes priced at the 5-minute price, and what would have expired in pauses of 5 minutes to 1 hour as \
             written again; the difference is what is left",
            "set `promptCacheTtl` to `5m` (for subagents `subagentPromptCacheTtl`), or the variable \
             `CLAUDE_CODE_PROMPT_CACHE_TTL=5m`",
        ),
        Kind::CacheUnread => (
            "cache that nobody read",
            "ask more of one session",
            Strategy::Cache,
            Low,
            "what these calls wrote to the cache priced as plain input, which costs less when nothing reads it",
            "put what belongs together into one session or one prompt; 1-hour writes of single calls at least become cheaper with \
             `promptCacheTtl` set to `5m`",
        ),
        Kind::SimpleTurns => (
            "a large model for simple prompts",
            "take a smaller model for simple prompts",
            Strategy::ModelChoice,
            Medium,
            "the same tokens priced on the newest Sonnet (those of Sonnet on the newest Haiku); in sessions that also did other \
             work, what was read from the cache counts as written, because the smaller model has no cache of it",
            "`/model sonnet` or `/model haiku` for short questions, or `model` in the project's settings",
        ),
        Kind::SubagentModel => (
            "subagents that read on a large model",
            "let subagents that only read run on a smaller model",
            Strategy::BackgroundModel,
            Medium,
            "the same tokens priced on the newest Sonnet (those of Sonnet on the newest Haiku)",
            "`CLAUDE_CODE_SUBAGENT_MODEL`, or `model` in the subagent's own file",
        ),
        Kind::BackgroundModel => (
            "background work on a large model",
            "take a small model for background work",
            Strategy::BackgroundModel,
            Low,
            "the tokens of unlisted calls priced on the newest Haiku, where a session's are at most 50,000",
            "set `ANTHROPIC_DEFAULT_HAIKU_MODEL` to a Haiku your platform offers (older versions: `ANTHROPIC_SMALL_FAST_MODEL`)",
        ),
        Kind::SubagentFanOut => (
            "many subagents at once",
            "start fewer subagents, with more to do each",
            Strategy::Batching,
            Low,
            "the beginning of the context that each further subagent of a kind wrote to the cache priced as read from it",
            "ask for fewer subagents with larger tasks; one that begins after another has answered once reads the beginning of \
             its context from the cache",
        ),
        Kind::OneByOne => (
            "look-ups one by one",
            "have files read together",
            Strategy::Batching,
            Low,
            "three of these look-ups taken for one call: of the others, what they read from the cache again is left out",
            "name the files in the prompt with `@a @b @c`, so that they come with the first call; ask to read and search several \
             things in one step",
        ),
        Kind::ShortPrompts => (
            "short prompts one after the other",
            "put short tasks into one prompt",
            Strategy::Batching,
            Low,
            "the prompts of a row taken for one: of each but the first, what its first call read from the cache again is left out",
            "ask for several things in one prompt: `fix these 3 files: @a @b @c`",
        ),
        Kind::ShortSessions => (
            "short sessions in a row",
            "do related tasks in one session",
            Strategy::Batching,
            Medium,
            "what each session but the first wrote to the cache, as far as the first wrote it too, priced as read",
            "go on in the open session, or with `claude --continue`, instead of starting a new one for each task; let scripts put \
             several items into one prompt",
        ),
        Kind::BatchWork => (
            "single calls in a row",
            "send scripted calls as a batch",
            Strategy::Prices,
            Low,
            "the same calls at the batch price",
            "what needs no answer at once and no tools can go to the Message Batches API at half price; Claude Code itself does \
             not use it",
        ),
        Kind::RepeatedTurns => (
            "the same turn again and again",
            "stop turns that go in circles",
            Strategy::Habits,
            Low,
            "every call of a row but its first left out",
            "interrupt with Esc and say what to do differently; a hook or a permission that refuses the same tool each time \
             keeps the model trying",
        ),
        Kind::Compaction => (
            "compactions",
            "clear between tasks",
            Strategy::ContextSize,
            Medium,
            "no saving is computed; the amount is what compactions on the server cost, and the writing of the new context after \
             those of the client",
            "`/clear` between tasks needs no compaction; `/compact` at the end of a step with what to keep makes the next one later",
        ),
        Kind::FastMode => (
            "fast mode",
            "switch fast mode off",
            Strategy::Prices,
            High,
            "the same calls at standard speed",
            "`/fast` switches it; `fastMode` in the settings, or `fastModePerSessionOptIn` so that it does not stay on",
        ),
        Kind::RegionalPremium => (
            "regional endpoints",
            "use the global endpoint",
            Strategy::Prices,
            High,
            "the same calls at the price of the global endpoint",
            "where data may leave the region: a `global.` model id on Bedrock (`ANTHROPIC_MODEL`), `CLOUD_ML_REGION=global` on \
             Google, no US-only inference on the Claude API",
        ),
        Kind::Retries => (
            "failed attempts",
            "find out why calls fail",
            Strategy::Habits,
            Low,
            "no saving is computed: failed attempts are not billed; caches may expire while they go on",
            "fewer sessions and subagents at once when the API limits the rate; `claude doctor` and the client's status page otherwise",
        ),
        Kind::CutOff => (
            "answers cut off or refused",
            "ask for less in one answer",
            Strategy::Habits,
            Low,
            "no saving is computed; the amount is what these calls cost",
            "ask for changes instead of whole files and split the task; `CLAUDE_CODE_MAX_OUTPUT_TOKENS` raises the limit of an answer",
        ),
        Kind::CallBurst => (
            "bursts of calls",
            "look at what calls so often",
            Strategy::Batching,
            Low,
            "no saving is computed; the amount is what the calls of these minutes cost",
            "fewer subagents at once, several files in one prompt; a loop or a hook that sends prompts shows here first",
        ),
        Kind::OutputHeavy => (
            "long answers",
            "ask for shorter answers",
            Strategy::Habits,
            Low,
            "no saving is computed; the amount is what the output of these answers cost, thinking included",
            "ask for changes instead of whole files; a lower `effortLevel` thinks less",
        ),
        Kind::WebSearch => (
            "web searches",
            "search the web less",
            Strategy::Prices,
            Low,
            "no saving is computed; the amount is what the searches cost without their tokens",
            "give addresses to fetch, which costs tokens only, or the text itself",
        ),
        Kind::UnlistedShare => (
            "calls in no transcript",
            "look at background calls",
            Strategy::BackgroundModel,
            Low,
            "no saving is computed; the amount is what Claude Code reports for calls that its transcripts do not hold",
            "titles, compaction and suggestions: `promptSuggestionEnabled` and `idleCompaction` switch some of them off",
        ),
    };
    Words { cause, advice, computed, remedy, certainty, strategy }
}

impl Strategy {
    /// Those the guide to costs names; something is always said about them.
    pub(super) const NAMED: [Strategy; 4] =
        [Strategy::ModelChoice, Strategy::ContextSize, Strategy::BackgroundModel, Strategy::Batching];

    pub(super) fn text(self) -> &'static str {
        match self {
            Strategy::ModelChoice => "choosing the model",
            Strategy::ContextSize => "size of the context and `@` references",
            Strategy::BackgroundModel => "a smaller model for subagents and background work",
            Strategy::Batching => "several tasks in one prompt",
            Strategy::Cache => "the prompt cache",
            Strategy::Prices => "prices of speed, place and batch",
            Strategy::Habits => "ways of working",
        }
    }
}

impl Certainty {
    pub(super) fn text(self) -> &'static str {
        match self {
            High => "high: the same answers for less",
            Medium => "medium: the same work done in another way, whose answers may differ",
            Low => "low: counts alone cannot tell whether the work could have been done so",
        }
    }
}

/// `1 call`, `1,234 calls`.
pub(super) fn many(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// What was found, as a sentence without its full stop. `sessions` where it is told of several.
pub(super) fn found(
    kind: Kind,
    numbers: &Numbers,
    spent: Money,
    cost: Money,
    sessions: Option<u64>,
) -> String {
    let Numbers { count, tokens, largest, longest_pause_ms } = *numbers;
    let times = |noun: &str| many(count, noun);
    let pause = span(longest_pause_ms);
    let (tokens, most) = (many(tokens, "token"), grouped(largest));
    let sentence = match kind {
        Kind::ContextGrowth => format!("{} carried more than 100,000 tokens, {most} at most", times("call")),
        Kind::LargeResults => format!(
            "{} of 40 kB or more, the largest {}, put {tokens} beyond 10,000 each into the context",
            times("tool result"),
            size(largest)
        ),
        Kind::CacheExpired5m => format!(
            "{} of more than 5 minutes, the longest {pause}, after which {tokens} had to be written to the cache again",
            times("pause")
        ),
        Kind::CacheExpired1h => format!(
            "{} of more than an hour, the longest {pause}, after which {tokens} had to be written to the cache again",
            times("pause")
        ),
        Kind::CacheMiss => format!(
            "{} {tokens} were written to the cache again although the cache had not expired",
            often(count)
        ),
        Kind::ModelSwitch => {
            format!(
                "{} to another model, for which {tokens} had to be written again",
                many_es(count, "switch")
            )
        }
        Kind::CacheTtlShort => format!(
            "{} between 5 minutes and 1 hour, the longest {pause}, after which {tokens} had to be written to the cache again",
            times("pause")
        ),
        Kind::CacheTtlLong => {
            format!("{} wrote {tokens} for 1 hour, at twice the input price", times("call"))
        }
        Kind::CacheUnread => {
            format!("{} wrote {tokens} to the cache, and no later call read them", times("call"))
        }
        Kind::SimpleTurns => {
            format!("{} answered without a tool in at most 500 tokens", were(count, "prompt"))
        }
        Kind::SubagentModel => format!("{} used nothing but tools that read and search", times("subagent")),
        Kind::BackgroundModel => {
            format!("{tokens} of titles and the like were served by a model larger than Haiku")
        }
        Kind::SubagentFanOut => format!(
            "{} began within 10 minutes of each other; they wrote {tokens} to the cache that another had written too",
            times("subagent")
        ),
        Kind::OneByOne => format!(
            "{} in a row asked for one look-up each and read {tokens} of context again and again",
            times("call")
        ),
        Kind::ShortPrompts => format!(
            "{} within 2 minutes of the answer before; the context was read again for each, {tokens} in all",
            were_sent(count)
        ),
        Kind::ShortSessions => format!(
            "{} of at most 3 calls began within 10 minutes of another and wrote {tokens} that it had written too",
            times("session")
        ),
        Kind::BatchWork => {
            format!("{} of a single call without tools, in rows of up to {most}", times("session"))
        }
        Kind::RepeatedTurns => format!(
            "{} repeated the one before: the same tools, results of the same size, answers of the same length",
            times("call")
        ),
        Kind::Compaction => format!("the context was compacted or cleared {}", often(count)),
        Kind::FastMode => format!("{} in fast mode", were_made(count)),
        Kind::RegionalPremium => {
            format!("{} at places that cost a tenth more than the global endpoint", were_made(count))
        }
        Kind::Retries => {
            format!("{} before calls that went through, {most} before one call", times("failed attempt"))
        }
        Kind::CutOff => {
            format!("{} stopped at a limit or refused, after {tokens} of output", were(count, "answer"))
        }
        Kind::CallBurst => format!("{} in bursts, {most} of them within one minute", times("call")),
        Kind::OutputHeavy => {
            format!("{} of 4,000 tokens or more, {tokens} in all, the longest {most}", times("answer"))
        }
        Kind::WebSearch => times("web search").replace("searchs", "searches"),
        Kind::UnlistedShare => {
            format!("{} is for calls that are in no transcript, such as titles and compaction", spent.show())
        }
    };
    let part = match kind {
        Kind::SubagentFanOut if sessions.is_none() => format!("; their calls cost {}", cost.show()),
        _ => String::new(),
    };
    match sessions {
        Some(sessions) => format!("{sentence}{part} (in {})", many(sessions, "session")),
        None => sentence + &part,
    }
}

fn often(count: u64) -> String {
    if count == 1 { "once".to_string() } else { format!("{} times", grouped(count)) }
}

fn many_es(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "es" })
}

fn were(count: u64, noun: &str) -> String {
    format!("{} {}", many(count, noun), if count == 1 { "was" } else { "were" })
}

fn were_sent(count: u64) -> String {
    format!("{} sent", were(count, "short prompt"))
}

fn were_made(count: u64) -> String {
    format!("{} made", were(count, "call"))
}

/// `saves $1.12 of $3.40`, or what it cost where no saving is computed.
pub(super) fn amounts(finding: &Finding, whole: Money) -> String {
    if finding.saving.is_positive() {
        format!("would have saved {} ({})", finding.saving.show(), share(finding.saving, whole))
    } else if finding.spent.is_positive() {
        format!("cost {} ({})", finding.spent.show(), share(finding.spent, whole))
    } else {
        "no money of its own".to_string()
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
        for kind in Kind::ALL {
            let words = words(kind);
            for text in [words.cause, words.advice, words.computed, words.remedy] {
                assert!(!text.is_empty() && !text.ends_with('.') && !text.contains("  "), "{kind:?}: {text}");
                assert!(
                    !text.starts_with(char::is_uppercase) || text.starts_with("CLAUDE"),
                    "{kind:?}: {text}"
                );
            }
            for count in [1, 1234] {
                let numbers = Numbers { count, tokens: count, largest: count, longest_pause_ms: 1 };
                let text = found(kind, &numbers, Money::from_usd(1), Money::from_usd(2), Some(count));
                assert!(!text.contains("1 calls") && !text.contains("1234"), "{text}");
                assert!(text.ends_with(if count == 1 { "(in 1 session)" } else { "(in 1,234 sessions)" }));
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
            let says = words(kind).computed.starts_with("no saving is computed");
            assert_eq!(says, silent.contains(&kind), "{kind:?}");
        }
    }
}
