### The words of blocks and watch.

## blocks.

no-window-running = No window is running: the next call begins one.
pause-of = { $span } pause
running-with-left = running, { $span } left
running-window = Running window
running-window-span = { $start } to { $end }, { $left } left
spent = Spent
spent-on = { $calls }, { $tokens } tokens
burn-rate = Burn rate
burn-rate-of = an hour, and { $tokens } tokens a minute, from the first call to the last
projection = Projection
projection-of = by { $end }, and { $tokens } tokens, if it goes on so
token-limit = Token limit
token-limit-stands =
    { $status ->
        [exceeds] of { $limit } tokens, { $percent } by { $end }: more than the limit
        [warning] of { $limit } tokens, { $percent } by { $end }: close to it
       *[ok] of { $limit } tokens, { $percent } by { $end }
    }
limits-of-plan = Limits of the plan, as Claude Code reported them
five-hours = five hours
seven-days = seven days
plan-limit-over = over since { $moment }; nothing reported since
plan-limit-stands = resets { $moment } (in { $span }); reported { $ago } ago

## watch.

watch = cost-hook watch
watch-with-keys = cost-hook watch (q ends it)
clock = { $moment }:{ $seconds }
this-week = This week
of-the-plan = of the plan, { $span } left
last-hour = Last hour
tokens-a-minute = { $tokens } tokens a minute
newest-calls = Newest calls
sessions-of-last-hour = Sessions of the last hour
an-hour = { $amount }/h
ago = { $span } ago
and-more = and { $count } more
