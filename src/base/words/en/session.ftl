### What a session of Claude Code shows: the status line, stops, warnings, how to go on, faults.

## The status line.

status-line-session = { $amount } session
status-line-today = { $amount } today
status-line-limit = { $limit } { $percent } of { $amount }
status-line-stopped = { $limit } STOPPED
status-line-lifted = { $limit } (lifted)

## Limits.

limit-used-up =
    cost-hook: the { $limit } of { $amount } ({ $whose }) is used up: { $spent } spent. { $resets }. { $go_on }
limit-used-up-by-totals =
    cost-hook: the { $limit } of { $amount } ({ $whose }) is used up: { $spent } spent, by { $totals }. { $resets }. { $go_on }
limit-about-to-be-crossed =
    cost-hook: the next call (about { $next }) would cross the { $limit } of { $amount } ({ $whose }): { $spent } spent. { $resets }. { $go_on }
limit-about-to-be-crossed-by-several =
    cost-hook: the next call (about { $next }) would cross the { $limit } of { $amount } ({ $whose }): { $spent } spent, about { $under_way } under way. { $resets }. { $go_on }
go-on =
    To go on, enter this as a prompt (or in a terminal):
    cost-hook allow 5 --reason "..."
cannot-go-on = Your administrator set it; it cannot be raised here.
threshold-crossed = cost-hook: { $percent } of the { $limit } used: { $spent } of { $amount } ({ $whose }). { $resets }.
limit-left = { $left } of { $amount } left of the { $limit }
limits-left = cost-hook: { $limits }.

said = cost-hook: { $text }

## The team's totals.

team-totals-of = the team's totals of { $age } ago
team-totals-none = this machine alone, since the team's totals were never fetched
team-totals-old = the team's totals are { $age } old, more than { $most } (`team.maxAge`)
team-totals-never-fetched = the team's totals were never fetched
team-totals-block = { $old }, and `team.onStale` is `block`
team-totals-stop =
    cost-hook: { $old }. They are fetched in the background; `cost-hook team sync` does it at once and says what is wrong.
team-totals-warn = cost-hook: { $old }.
fact-team-totals = team's totals of { $age } ago
fact-team-totals-never = team's totals never fetched

## Raising a limit.

limit-lifted = the { $limit } stops nothing until { $moment }.
limit-raised =
    { $period ->
        [session] the { $limit } is now { $now } for this session (was { $before }); { $left } left.
        [total] the { $limit } is now { $now } for good (was { $before }); { $left } left.
       *[other] the { $limit } is now { $now } for this period (was { $before }); { $left } left.
    }
still-used-up = It is still used up: { $spent } was spent, { $over } more than that.
raise-needs-reason = a raised limit needs a reason
raise-needs-reason-cure = add --reason "..."
raise-needs-amount = say by how much or until when
raise-needs-amount-cure = for example: cost-hook allow 5 --reason "..."
raise-not-positive = the amount must be above zero
raise-until-past = the time given with --until is past
raise-forbidden = the { $limit } cannot be raised
raise-forbidden-why = it is set in { $file } and only whoever keeps that file can change it
no-such-limit = there is no limit called `{ $name }`
no-limits-here = there are no limits here
limits-here = the limits here: { $names }
no-limit-used-up = no limit is used up
no-limit-used-up-cure = name the one to raise with --limit NAME; `cost-hook status` lists them
option-needs-value = `{ $option }` needs a value
option-of-allow-unknown = `{ $option }` is not an option of `allow`
no-amount = `{ $text }` is not an amount in USD
no-amount-cure = for example 5 or 2.50
no-time = `{ $text }` is not a time
no-time-cure = for example 18:00, 2h, 30m, tomorrow or 2026-11-24T18:00:00Z

## What a hook answers otherwise.

not-by-the-model =
    cost-hook: a limit is raised by the person at the keyboard, not by the model. Ask the user to enter the `cost-hook allow` line as a prompt.
model-switch-too-dear =
    cost-hook: switching the model writes the conversation into a new cache for about { $cost }, and { $left } is left of the budget.
setting-unusable =
    { $more ->
        [0] cost-hook: { $problem }. Run `cost-hook validate`.
       *[other] cost-hook: { $problem } (and { $more } more). Run `cost-hook validate`.
    }
cannot-work = cost-hook cannot work: { $error }. No call is lost: they are booked once it works again; budgets do not hold until then.
cannot-work-and-blocks = cost-hook cannot work: { $error }. cost.onError is `block`.
slash-cannot-run = cost-hook cannot be run from here; in a terminal: cost-hook { $command }
slash-shortened = … The rest is longer than Claude Code shows; in a terminal: cost-hook { $command }
