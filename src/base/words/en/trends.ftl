### The words of trend and analyze.

## More or less than before.

change-more = { $amount } more
change-more-by = { $amount } more ({ $percent })
change-less = { $amount } less
change-less-by = { $amount } less ({ $percent })
change-the-same = the same

## What a month will come to.

forecast =
    { $days ->
        [one] { $spent } so far, and the mean of the last { $days } whole day for the { $left } days left
       *[other] { $spent } so far, and the mean of the last { $days } whole days for the { $left } days left
    }
forecast-likely = likely { $low } to { $high }: { $forecast }
forecast-by = by { $day }: { $forecast }
forecast-by-likely = by { $day }, likely { $low } to { $high }: { $forecast }

## Names of figures, and what is said of them.

figure-total = Total
figure-mean = Mean
figure-before = Before
figure-dearest-day = Dearest day
figure-forecast = Forecast
figure-cost = Cost
figure-calls = Calls
figure-tokens = Tokens
figure-cache-hits = Cache hits
figure-unlisted = Unlisted
figure-estimated = Estimated
figure-limit = Limit
a-day = a day
calls-in-days =
    { $calls ->
        [one] { $calls } call
       *[other] { $calls } calls
    } in { $count ->
        [one] { $count } day
       *[other] { $count } days
    }: { $dates }
before-and-now = { $dates }; now { $change }
before-and-now-at = { $dates } { $time }; now { $change }
no-day-begun = No day of this range has begun.
sessions-on-days =
    in { $sessions ->
        [one] { $sessions } session
       *[other] { $sessions } sessions
    } on { $days ->
        [one] { $days } day
       *[other] { $days } days
    }
kinds-of-tokens = { $input } input, { $output } output, { $write } cache write, { $read } cache read
what-cache-hits-are = of what went into the models was read from the cache
what-is-unlisted = of the cost, reported by Claude Code for calls its transcripts do not hold
what-is-estimated = of the cost, for which there is no certain price
change-from = { $change } than { $month } ({ $cost })
same-as = the same as { $month } ({ $cost })
month-up-to = { $month } up to { $day } { $time }
limit-would-be-left = of the { $limit } of { $amount } by the end of the month: { $expected } expected, { $left } of it would be left
limit-would-be-crossed = of the { $limit } of { $amount } by the end of the month: { $expected } expected, { $over } more than it allows
month-so-far = { $dates }, day { $day } of { $days }

## Titles of tables.

title-dearest-days = Dearest days
title-models = Models
title-projects = Projects
title-features = Features
heading-figure = Figure

## Below a chart.

bar-stands-for =
    { $unit ->
        [day] a day
        [week] a week
       *[month] a month
    }
bar-is-mean-of =
    { $unit ->
        [day] mean of { $many } days
        [week] mean of { $many } weeks
       *[month] mean of { $many } months
    }
limit-of = { $limit } of { $amount }
limit-far-above = { $limit } of { $amount } is far above
chart-day =
    { $day } { $month ->
        [1] Jan
        [2] Feb
        [3] Mar
        [4] Apr
        [5] May
        [6] Jun
        [7] Jul
        [8] Aug
        [9] Sep
        [10] Oct
        [11] Nov
       *[12] Dec
    }

## What was typed wrong.

range-too-early = the range begins before the calendar does
range-too-early-cure = give fewer --days
no-month = { $text } is not a month
no-month-cure = for example 2026-11, or last
month-not-begun = the month { $text } has not begun
