### The words of debug and advise.

## Kinds of findings: each as a cause, as advice, how its saving was computed, what to do about it, what was found.

cause-context-growth = long context
advice-context-growth = compact or clear long conversations
computed-context-growth = every call priced again as if `/compact` had run whenever the context had passed 100,000 tokens and left 25,000; the compaction itself (two calls that read the context and write 4,000 tokens) and the new cache are paid for in it
remedy-context-growth = `/compact` when a step is done, `/clear` before another task; `autoCompactWindow` makes Claude Code compact earlier; split a large task into several sessions
found-context-growth =
    { $calls ->
        [one] { $calls } call
       *[other] { $calls } calls
    } carried more than 100,000 tokens, { $most } at most

cause-large-results = large tool results
advice-large-results = keep large results out of the context
computed-large-results = the tokens of each result beyond 10,000 taken out of the call they entered and of every later call of the conversation that carried them
remedy-large-results = name files with `@path` and the lines to read instead of whole files; let commands filter (`grep`, `head`, a test's quiet mode) or write to a file; give the reading of many files to a subagent, whose context ends with it
found-large-results =
    { $results ->
        [one] { $results } tool result
       *[other] { $results } tool results
    } of 40 kB or more, the largest { $size }, put { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } beyond 10,000 each into the context

cause-cache-expired5m = expired 5-minute cache
advice-cache-expired5m = do not let the cache expire on a large context
computed-cache-expired5m = what was written again priced as read from the cache, as it would have been without the pause
remedy-cache-expired5m = before a pause `/compact`, or `/clear` when the task is done; go on within 5 minutes; for regular pauses set `promptCacheTtl` to `1h` where the recommendation about it says that pays
found-cache-expired5m =
    { $pauses ->
        [one] { $pauses } pause
       *[other] { $pauses } pauses
    } of more than 5 minutes, the longest { $longest }, after which { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } had to be written to the cache again

cause-cache-expired1h = expired 1-hour cache
advice-cache-expired1h = do not come back to a large context after an hour
computed-cache-expired1h = what was written again priced as read from the cache, as it would have been without the pause
remedy-cache-expired1h = `/compact` before a long pause, or begin a new session with a short summary instead of resuming a large one
found-cache-expired1h =
    { $pauses ->
        [one] { $pauses } pause
       *[other] { $pauses } pauses
    } of more than an hour, the longest { $longest }, after which { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } had to be written to the cache again

cause-cache-miss = cache missed without a pause
advice-cache-miss = keep the beginning of the context unchanged
computed-cache-miss = what was written again priced as read from the cache
remedy-cache-miss = connect MCP servers, switch tools, output style or effort, and edit CLAUDE.md before the conversation grows, not in its middle: each changes the beginning of the context and with it the whole cache
found-cache-miss =
    { $times ->
        [one] once
       *[other] { $times } times
    } { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } were written to the cache again although the cache had not expired

cause-model-switch = switches of the model
advice-model-switch = switch models between tasks
computed-model-switch = what was written for the other model priced as read from the cache, as if the model had stayed
remedy-model-switch = `/model` at the beginning of a task or right after `/clear` or `/compact`: every model has a cache of its own
found-model-switch =
    { $switches ->
        [one] { $switches } switch
       *[other] { $switches } switches
    } to another model, for which { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } had to be written again

cause-cache-ttl-short = 5-minute cache in a conversation with pauses
advice-cache-ttl-short = keep the cache for an hour
computed-cache-ttl-short = all cache writes of these conversations priced at the 1-hour price, and what was written again after pauses of 5 minutes to 1 hour as read; the difference is what is left
remedy-cache-ttl-short = set `promptCacheTtl` to `1h` (for subagents `subagentPromptCacheTtl`), or the variable `CLAUDE_CODE_PROMPT_CACHE_TTL=1h`
found-cache-ttl-short =
    { $pauses ->
        [one] { $pauses } pause
       *[other] { $pauses } pauses
    } between 5 minutes and 1 hour, the longest { $longest }, after which { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } had to be written to the cache again

cause-cache-ttl-long = 1-hour cache without pauses
advice-cache-ttl-long = keep the cache for 5 minutes
computed-cache-ttl-long = all 1-hour writes priced at the 5-minute price, and what would have expired in pauses of 5 minutes to 1 hour as written again; the difference is what is left
remedy-cache-ttl-long = set `promptCacheTtl` to `5m` (for subagents `subagentPromptCacheTtl`), or the variable `CLAUDE_CODE_PROMPT_CACHE_TTL=5m`
found-cache-ttl-long =
    { $calls ->
        [one] { $calls } call
       *[other] { $calls } calls
    } wrote { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } for 1 hour, at twice the input price

cause-cache-unread = cache that nobody read
advice-cache-unread = ask more of one session
computed-cache-unread = what these calls wrote to the cache priced as plain input, which costs less when nothing reads it
remedy-cache-unread = put what belongs together into one session or one prompt; 1-hour writes of single calls at least become cheaper with `promptCacheTtl` set to `5m`
found-cache-unread =
    { $calls ->
        [one] { $calls } call
       *[other] { $calls } calls
    } wrote { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } to the cache, and no later call read them

cause-simple-turns = a large model for simple prompts
advice-simple-turns = take a smaller model for simple prompts
computed-simple-turns = the same tokens priced on the newest Sonnet (those of Sonnet on the newest Haiku); in sessions that also did other work, what was read from the cache counts as written, because the smaller model has no cache of it
remedy-simple-turns = `/model sonnet` or `/model haiku` for short questions, or `model` in the project's settings
found-simple-turns =
    { $prompts ->
        [one] { $prompts } prompt was
       *[other] { $prompts } prompts were
    } answered without a tool in at most 500 tokens

cause-subagent-model = subagents that read on a large model
advice-subagent-model = let subagents that only read run on a smaller model
computed-subagent-model = the same tokens priced on the newest Sonnet (those of Sonnet on the newest Haiku)
remedy-subagent-model = `CLAUDE_CODE_SUBAGENT_MODEL`, or `model` in the subagent's own file
found-subagent-model =
    { $subagents ->
        [one] { $subagents } subagent
       *[other] { $subagents } subagents
    } used nothing but tools that read and search

cause-background-model = background work on a large model
advice-background-model = take a small model for background work
computed-background-model = the tokens of unlisted calls priced on the newest Haiku, where a session's are at most 50,000
remedy-background-model = set `ANTHROPIC_DEFAULT_HAIKU_MODEL` to a Haiku your platform offers (older versions: `ANTHROPIC_SMALL_FAST_MODEL`)
found-background-model =
    { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } of titles and the like were served by a model larger than Haiku

cause-subagent-fan-out = many subagents at once
advice-subagent-fan-out = start fewer subagents, with more to do each
computed-subagent-fan-out = the beginning of the context that each further subagent of a kind wrote to the cache priced as read from it
remedy-subagent-fan-out = ask for fewer subagents with larger tasks; one that begins after another has answered once reads the beginning of its context from the cache
found-subagent-fan-out =
    { $subagents ->
        [one] { $subagents } subagent
       *[other] { $subagents } subagents
    } began within 10 minutes of each other; they wrote { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } to the cache that another had written too

cause-one-by-one = look-ups one by one
advice-one-by-one = have files read together
computed-one-by-one = three of these look-ups taken for one call: of the others, what they read from the cache again is left out
remedy-one-by-one = name the files in the prompt with `@a @b @c`, so that they come with the first call; ask to read and search several things in one step
found-one-by-one =
    { $calls ->
        [one] { $calls } call
       *[other] { $calls } calls
    } in a row asked for one look-up each and read { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } of context again and again

cause-short-prompts = short prompts one after the other
advice-short-prompts = put short tasks into one prompt
computed-short-prompts = the prompts of a row taken for one: of each but the first, what its first call read from the cache again is left out
remedy-short-prompts = ask for several things in one prompt: `fix these 3 files: @a @b @c`
found-short-prompts =
    { $prompts ->
        [one] { $prompts } short prompt was
       *[other] { $prompts } short prompts were
    } sent within 2 minutes of the answer before; the context was read again for each, { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } in all

cause-short-sessions = short sessions in a row
advice-short-sessions = do related tasks in one session
computed-short-sessions = what each session but the first wrote to the cache, as far as the first wrote it too, priced as read
remedy-short-sessions = go on in the open session, or with `claude --continue`, instead of starting a new one for each task; let scripts put several items into one prompt
found-short-sessions =
    { $sessions ->
        [one] { $sessions } session
       *[other] { $sessions } sessions
    } of at most 3 calls began within 10 minutes of another and wrote { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } that it had written too

cause-batch-work = single calls in a row
advice-batch-work = send scripted calls as a batch
computed-batch-work = the same calls at the batch price
remedy-batch-work = what needs no answer at once and no tools can go to the Message Batches API at half price; Claude Code itself does not use it
found-batch-work =
    { $sessions ->
        [one] { $sessions } session
       *[other] { $sessions } sessions
    } of a single call without tools, in rows of up to { $most }

cause-repeated-turns = the same turn again and again
advice-repeated-turns = stop turns that go in circles
computed-repeated-turns = every call of a row but its first left out
remedy-repeated-turns = interrupt with Esc and say what to do differently; a hook or a permission that refuses the same tool each time keeps the model trying
found-repeated-turns =
    { $calls ->
        [one] { $calls } call
       *[other] { $calls } calls
    } repeated the one before: the same tools, results of the same size, answers of the same length

cause-compaction = compactions
advice-compaction = clear between tasks
computed-compaction = no saving is computed; the amount is what compactions on the server cost, and the writing of the new context after those of the client
remedy-compaction = `/clear` between tasks needs no compaction; `/compact` at the end of a step with what to keep makes the next one later
found-compaction =
    the context was compacted or cleared { $times ->
        [one] once
       *[other] { $times } times
    }

cause-fast-mode = fast mode
advice-fast-mode = switch fast mode off
computed-fast-mode = the same calls at standard speed
remedy-fast-mode = `/fast` switches it; `fastMode` in the settings, or `fastModePerSessionOptIn` so that it does not stay on
found-fast-mode =
    { $calls ->
        [one] { $calls } call was
       *[other] { $calls } calls were
    } made in fast mode

cause-regional-premium = regional endpoints
advice-regional-premium = use the global endpoint
computed-regional-premium = the same calls at the price of the global endpoint
remedy-regional-premium = where data may leave the region: a `global.` model id on Bedrock (`ANTHROPIC_MODEL`), `CLOUD_ML_REGION=global` on Google, no US-only inference on the Claude API
found-regional-premium =
    { $calls ->
        [one] { $calls } call was
       *[other] { $calls } calls were
    } made at places that cost a tenth more than the global endpoint

cause-retries = failed attempts
advice-retries = find out why calls fail
computed-retries = no saving is computed: failed attempts are not billed; caches may expire while they go on
remedy-retries = fewer sessions and subagents at once when the API limits the rate; `claude doctor` and the client's status page otherwise
found-retries =
    { $attempts ->
        [one] { $attempts } failed attempt
       *[other] { $attempts } failed attempts
    } before calls that went through, { $most } before one call

cause-cut-off = answers cut off or refused
advice-cut-off = ask for less in one answer
computed-cut-off = no saving is computed; the amount is what these calls cost
remedy-cut-off = ask for changes instead of whole files and split the task; `CLAUDE_CODE_MAX_OUTPUT_TOKENS` raises the limit of an answer
found-cut-off =
    { $answers ->
        [one] { $answers } answer was
       *[other] { $answers } answers were
    } stopped at a limit or refused, after { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } of output

cause-call-burst = bursts of calls
advice-call-burst = look at what calls so often
computed-call-burst = no saving is computed; the amount is what the calls of these minutes cost
remedy-call-burst = fewer subagents at once, several files in one prompt; a loop or a hook that sends prompts shows here first
found-call-burst =
    { $calls ->
        [one] { $calls } call
       *[other] { $calls } calls
    } in bursts, { $most } of them within one minute

cause-output-heavy = long answers
advice-output-heavy = ask for shorter answers
computed-output-heavy = no saving is computed; the amount is what the output of these answers cost, thinking included
remedy-output-heavy = ask for changes instead of whole files; a lower `effortLevel` thinks less
found-output-heavy =
    { $answers ->
        [one] { $answers } answer
       *[other] { $answers } answers
    } of 4,000 tokens or more, { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } in all, the longest { $most }

cause-web-search = web searches
advice-web-search = search the web less
computed-web-search = no saving is computed; the amount is what the searches cost without their tokens
remedy-web-search = give addresses to fetch, which costs tokens only, or the text itself
found-web-search =
    { $searches ->
        [one] { $searches } web search
       *[other] { $searches } web searches
    }

cause-unlisted-share = calls in no transcript
advice-unlisted-share = look at background calls
computed-unlisted-share = no saving is computed; the amount is what Claude Code reports for calls that its transcripts do not hold
remedy-unlisted-share = titles, compaction and suggestions: `promptSuggestionEnabled` and `idleCompaction` switch some of them off
found-unlisted-share = { $amount } is for calls that are in no transcript, such as titles and compaction
found-with-calls-cost = { $found }; their calls cost { $cost }
found-in-sessions =
    { $found } (in { $sessions ->
        [one] { $sessions } session
       *[other] { $sessions } sessions
    })

## Strategies, and how sure a saving is.

strategy-model-choice = choosing the model
strategy-context-size = size of the context and `@` references
strategy-background-model = a smaller model for subagents and background work
strategy-batching = several tasks in one prompt
strategy-cache = the prompt cache
strategy-prices = prices of speed, place and batch
strategy-habits = ways of working
sure-high = high
sure-high-because = high: the same answers for less
sure-medium = medium
sure-medium-because = medium: the same work done in another way, whose answers may differ
sure-low = low
sure-low-because = low: counts alone cannot tell whether the work could have been done so

## The answers: their heads.

advice-title =
    { $cost } for { $calls ->
        [one] { $calls } call
       *[other] { $calls } calls
    } in { $sessions ->
        [one] { $sessions } session
       *[other] { $sessions } sessions
    }
advice-period-all = all of the ledger ({ $zone })
advice-period-until = until { $end } ({ $zone })
advice-period-since = { $start } to now ({ $zone })
advice-period = { $start } to { $end } ({ $zone })
advice-unlisted-of-it = { $amount } of it is unlisted
advice-estimate-of-it = ~ { $amount } of it is an estimate
advice-unreadable =
    { $lines ->
        [one] { $lines } line of the ledger cannot be read and is in no sum
       *[other] { $lines } lines of the ledger cannot be read and are in no sum
    }; `cost-hook doctor` says where.
findings-together = All findings together would have saved { $saving } ({ $share }). They overlap: of each call only the largest saving counts there.

## Labels of what is said about a finding.

finding-label-why = Why
finding-label-found = Found
finding-label-computed = Computed
finding-label-sure = Sure
finding-label-do = Do
finding-label-rests-on = Rests on
finding-label-for-example = For example
finding-labelled = { $label }: { $text }
finding-labelled-in-bold = **{ $label }:** { $text }
finding-sentence = { $text }.
finding-ids = { $ids }, { $id }

## debug.

debug-session = { $number }. { $cost } ({ $share })  { $session }
debug-session-calls =
    { $calls ->
        [one] { $calls } call
       *[other] { $calls } calls
    } in { $span }, from { $start }; longest context { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    }
debug-session-plain = nothing stands out: its cost is that of its calls
finding-saved = { $cause }, would have saved { $saving } ({ $share }): { $found }.
finding-cost = { $cause }, cost { $cost } ({ $share }): { $found }.
finding-free = { $cause }, no money of its own: { $found }.
finding-as-above = { $advice }: as above.
finding-rests-on =
    { $calls ->
        [one] { $calls } call
       *[other] { $calls } calls
    } for { $cost }, { $first } to { $last }: { $ids }
debug-more-findings =
    { $findings ->
        [one] { $findings } more finding
       *[other] { $findings } more findings
    }; --json has all.
debug-more-sessions =
    { $sessions ->
        [one] { $sessions } more session
       *[other] { $sessions } more sessions
    }: { $cost }
debug-nothing = Nothing stands out.

## advise.

heading-recommendation = Recommendation
advise-recommendation = { $number }. { $advice }: { $saving }
advise-nothing = Nothing stands out: no other way of working would have saved as much as a cent.
advise-recommendation-example = { $saving } of session { $session } in { $project }, from { $start }: { $ids }
advise-also-seen = Also seen
advise-also-seen-finding = { $cause }, { $cost } ({ $share }): { $found }.
advise-nothing-to-gain = Nothing to gain from
advise-budgets = Budgets
advise-no-budget = no budget is set.
advise-no-budget-but = no budget is set: `cost-hook config set cost.dailyBudget { $budget }` would have held back none of these days (the dearest, { $day }, cost { $cost }) and stops what is worse.
advise-budget-near-stops = { $limit }: { $spent } of { $allowed } ({ $share }) is spent; it stops the session.
advise-budget-near-warns = { $limit }: { $spent } of { $allowed } ({ $share }) is spent; it only warns.
advise-budgets-far =
    { $limits ->
        [one] { $limits } limit
       *[other] { $limits } limits
    } set, none near its end.
