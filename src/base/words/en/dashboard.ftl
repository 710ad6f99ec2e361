### The words of the dashboard: the page and the command.

## The frame.

page-title = Claude Code costs
page-skip = Skip to the figures
page-colours = Colours
page-colours-system = System
page-colours-light = Light
page-colours-dark = Dark
page-print = Print
page-filters = Filters
page-summary = Summary

## Filters and notes.

page-dates-label = Dates
page-from = From
page-to = To
page-everything = Everything
page-last-7-days = Last 7 days
page-last-30-days = Last 30 days
page-last-90-days = Last 90 days
page-this-month = This month
page-last-month = Last month
page-own-dates = Own dates
page-reset = Reset
page-project = Project
page-projects = projects
page-model = Model
page-models = models
page-feature = Feature
page-features = features
page-branch = Branch
page-branches = branches
page-user = Person
page-users = people
page-provider = Provider
page-providers = providers
page-session = Session
page-sessions = sessions
page-all-of = All { $names }
page-others = { $count } other { $names }
page-others-uncounted = others
page-without-project = (no project)
page-without = (no { $title })
page-remove-filter = Remove the filter { $title } { $name }
page-chip = { $title }: { $name }
page-dates = { $first } to { $last }
page-day-and-time = { $day }, { $time }
page-calls =
    { $calls ->
        [one] { $calls } call
       *[other] { $calls } calls
    }
page-nothing-booked = Nothing is booked yet: the page fills with the first calls.
page-showing-part = Showing { $part } of { $whole }: { $calls }, { $dates }.
page-showing-everything = Showing everything, { $amount }: { $calls }, { $dates }.
page-wrong = The figures on this page do not add up to the ledger’s total: please make it anew.
page-unreadable =
    { $lines ->
        [one] { $lines } line of the ledger could not be read and is in no figure.
       *[other] { $lines } lines of the ledger could not be read and are in no figure.
    }
page-made-for = This page was made for: { $scope }.
page-anonymous = Names are replaced by numbers.
page-count-of = { $count } { $names }
page-each-hours = each { $hours } hours of the day
page-put-together = To keep the page small, some things are put together: { $things }. Nothing is left out of the sums.
page-made = Made { $time } by { $program }
page-one-file = One file, nothing loaded from anywhere: it shows what the ledger held when it was made. { $command } makes it anew.
page-amounts = Unlisted money is part of every total. Amounts are rounded only for display; hover over one for all its digits.

## Tiles.

page-spent = Spent
page-part-of-everything = { $share } of everything
page-each = { $amount } each
page-days-with-calls = Days with calls
page-on-such-a-day = { $amount } on such a day
page-written-by-model = { $tokens } of them written by the model
page-read-from-cache = Read from cache
page-caching-cost = caching cost { $amount } more than it saved
page-caching-saved = caching saved { $amount }
page-known-exactly = Known exactly
page-not-exactly = { $unlisted } unlisted, { $estimated } estimated

## The running month.

page-forecast-for = Forecast for { $month }
page-no-forecast = The page was made for days that are over: there is nothing to forecast.
page-budget-used-up = The { $budget } of { $amount } is used up.
page-budget-used-up-on = At this pace the { $budget } of { $amount } is used up on { $day }.
page-budget-enough = At this pace the { $budget } of { $amount } is enough: { $left } would be left.
page-forecast-basis =
    { $days ->
        [one] What was spent so far, and the mean of the last { $days } whole day for the time that is left. Names that are chosen above count, dates do not.
       *[other] What was spent so far, and the mean of the last { $days } whole days for the time that is left. Names that are chosen above count, dates do not.
    }
page-forecast-without-basis = There is no whole day to go by yet. Names that are chosen above count, dates do not.
page-spent-so-far = Spent so far
page-since = since { $day }
page-forecast = Forecast
page-likely-between = Likely between
page-low-and-high = { $low } and { $high }
page-days-left = Days left
page-of-days = of { $days }
page-legend-spent = spent
page-legend-forecast = forecast
page-legend-likely = likely (4 times of 5)
page-legend-budget = budget
page-month-table = Spent and expected, added up by day
page-heading-day = Day
page-expected-by-then = Expected by then

## Budgets.

page-budgets = Budgets
page-state-used-up = used up
page-state-nearly = nearly used up
page-state-within = within
page-budget-stands = { $percent }, { $state }
page-as-they-stood = As they stood when the page was made, whatever is chosen above.
page-no-budget = No budget is set. { $command } sets one.

## When.

page-when = When
page-heat-keys = Cost by day of the week and hour; arrow keys read single hours
page-heat = Cost by day of the week and hour of the day, in { $zone }
page-hours = { $weekday }, { $from } to { $to }
page-part-of-cost = { $share } of the cost
page-peak = Most is spent on { $weekday }s from { $from } to { $to }: { $amount }.
page-nothing-chosen = Nothing in this selection.
page-scale = Scale

## Cache and certainty.

page-cache = Cache
page-written-to-cache = Written to cache
page-outside-cache = Outside the cache
page-read-share = Read share
page-of-prompt-tokens = of the prompt tokens
page-caching-cost-more = Caching cost more
page-caching-saved-title = Caching saved
page-against-plain-input = against plain input
page-kind-count = { $kind }: { $count } ({ $share })
page-read-share-over-time = Read share over time
page-period = Period
page-prompt-tokens = Prompt tokens
page-certainty = How certain it is
page-amount-and-share = { $amount } ({ $share })
page-exactly-is = Calls with known prices, to the last token.
page-unlisted-is = Claude Code says it was spent, and no transcript names the call.
page-estimated-is = Calls whose price is not certain, such as models in no price list.

## Tables.

page-as-table = Show as table
page-show-fewer = Show fewer
page-show-all = Show all { $count }
page-table-caption = { $caption }. Column headings sort; names narrow the page down to them.
page-not-printed = { $count } more are not printed; “Show all” prints them too.
page-partly-estimated = partly estimated
page-about = about
page-by = By { $title }
page-cost-by = Cost by { $title }
page-name-in-full = { $name } ({ $full })
page-began = Began
page-last-call = Last call
page-sessions-known = The page knows { $known } of { $all } sessions one by one: the dearest, also of each project and each month. All others are one row.
page-sessions-title = Sessions

## Spend over time.

page-timeline = Spend over time
page-7-day-average = 7-day average
page-4-week-average = 4-week average
page-3-month-average = 3-month average
page-unit-day = day
page-unit-week = week
page-unit-month = month
page-unit-year = year
page-units-day = days
page-units-week = weeks
page-units-month = months
page-units-year = years
page-count-day =
    { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
page-count-week =
    { $count ->
        [one] { $count } week
       *[other] { $count } weeks
    }
page-count-month =
    { $count ->
        [one] { $count } month
       *[other] { $count } months
    }
page-count-year =
    { $count ->
        [one] { $count } year
       *[other] { $count } years
    }
page-switch-day = Day
page-switch-week = Week
page-switch-month = Month
page-all-others = all others
page-chart = Bar chart of the cost by { $unit }: { $bars }, { $amount } altogether. Arrow keys read single bars, Enter narrows the page down to one; the same figures are in the table below.
page-amount-for-calls = { $amount } for { $calls }
page-named-amount = { $name }: { $amount }
page-name-and-amount = { $name } { $amount }
page-far-above = { $name } { $amount } is far above
page-too-many = There are too many { $units } in this span to be told apart; it is shown by { $unit }.
page-split-by = Split by
page-split-nothing = nothing
page-bars-stand-for = Bars stand for

## What is put into the page ready made, and what the command says.

page-needs-script = This page needs JavaScript to show its charts. Altogether: { $cost } for { $calls } calls.
page-anonymous-name =
    { $kind ->
        [project] project { $number }
        [model] model { $number }
        [branch] branch { $number }
        [user] user { $number }
        [session] session { $number }
       *[other] { $kind } { $number }
    }
page-a-project = a project
page-a-limit = limit { $number }
page-scope-from = from { $day }
page-scope-until = until { $day }
page-scope-name =
    { $kind ->
        [project] project { $name }
        [model] model { $name }
        [session] session { $name }
        [branch] branch { $name }
        [agent] agent { $name }
       *[user] user { $name }
    }
page-scope-one =
    { $kind ->
        [project] one project
        [model] one model
        [session] one session
        [branch] one branch
        [agent] one agent
       *[user] one user
    }
dashboard-unread =
    { $lines ->
        [one] { $lines } line of the ledger cannot be read and is in no figure; `cost-hook doctor` shows them
       *[other] { $lines } lines of the ledger cannot be read and are in no figure; `cost-hook doctor` shows them
    }
dashboard-nothing-booked = nothing is booked yet ({ $size })
dashboard-made-of-day = { $cost } for { $calls }, { $day } ({ $size })
dashboard-made = { $cost } for { $calls }, { $first } to { $last } ({ $size })
