### The words of reconcile.

## Bills and their rows.

bill-usage-report = Anthropic usage report
bill-cost-report = Anthropic cost report
bill-claude-code = Claude Code report
bill-analytics-usage = Anthropic analytics usage
bill-analytics-cost = Anthropic analytics cost
bill-console-usage = Console usage export
bill-console-cost = Console cost export
bill-cur = AWS Cost and Usage Report
bill-focus = FOCUS
bill-of-files = { $bill }: { $files }
bill-and-days = { $bill }, { $days }
bill-day = { $day } (UTC)
bill-days = { $first } to { $last } (UTC)
bill-of-no-time = no time at all
rows-by-state =
    { $rows ->
        [one] Of { $rows } row: { $matched } matched, { $differing } differ, { $bill } only in the bill, { $ledger } only in the ledger.
       *[other] Of { $rows } rows: { $matched } matched, { $differing } differ, { $bill } only in the bill, { $ledger } only in the ledger.
    }
lines-left-out =
    { $lines ->
        [one] { $lines } line of the ledger could not be read and are left out.
       *[other] { $lines } lines of the ledger could not be read and are left out.
    }
heading-bill = Bill
heading-ledger = Ledger
heading-day = Day
heading-meter = Meter
heading-bill-tokens = Bill tokens
heading-ledger-tokens = Ledger tokens
heading-tokens-apart = Tokens apart
heading-bill-cost = Bill cost
heading-ledger-cost = Ledger cost
heading-cost-apart = Cost apart
heading-state = State
row-matched = matched
row-differs = differs
row-only-in-bill = only in the bill
row-only-in-ledger = only in the ledger
meter-input = input
meter-output = output
meter-cache-write-5m = cache write 5m
meter-cache-write-1h = cache write 1h
meter-cache-write = cache write
meter-cache-read = cache read
meter-web-search = web search
meter-unlisted = unlisted
meter-other = other
meter-all = all
within-tolerance = Within the tolerance.
not-within-tolerance = Not within the tolerance.

## Why they may differ.

row-count =
    { $rows ->
        [one] { $rows } row
       *[other] { $rows } rows
    }
reason-unfinished = { $file } ends before the last page (`has_more` is true)
reason-no-usage = the bill also holds { $amount } of { $what }, which is no usage and is not compared
reason-elsewhere = { $amount } of the ledger in this time went through providers this bill does not hold, and is left out
reason-priority = the ledger has { $amount } of priority tier calls, which cost reports leave out
reason-unlisted = { $amount } of the ledger is unlisted: calls that only Claude Code's own total knows, without the time and counts of each
reason-estimated = { $amount } of the ledger is estimated: models or places that are in no price list
reason-regional = the bill is 10 % above the ledger in { $rows }: the price of regional endpoints and of US inference; set `cost.region` where the ledger does not know the place
reason-not-regional = the ledger is 10 % above the bill in { $rows }: it takes them for regional, and the bill does not; set `cost.region` to `global` if that is where they ran
reason-discount = the bill is { $percent } % below the ledger in { $rows }: a discount or credit; `cost.pricing.multiplier` or `cost.pricing.providers` teach it to the ledger
reason-surcharge = the bill is { $percent } % above the ledger in { $rows }: a surcharge, a tax, or another currency's rate
reason-list-cost = the bill's list cost is the ledger's: the difference is { $amount } of discounts
reason-steps = { $rows } of a model whose price depends on the length of the prompt: the same tokens cost more in long prompts
reason-other = { $amount } of the bill is neither tokens nor searches (code execution, session hours, support): the ledger cannot know it
reason-only-in-bill = { $rows } only in the bill: other programs or machines with the same account, or sessions that were never booked here (`cost-hook import`)
reason-unknown-models = models this version does not know: { $models }
reason-only-in-ledger = { $rows } only in the ledger: another account, key or workspace than the bill's, or a report that was not yet complete
reason-units = consumption units of Claude Platform on AWS name no model
reason-edges = only { $first } and { $last }, the ends of the file, differ: the bill may not hold the whole of these days (UTC)
