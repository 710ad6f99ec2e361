### What several places say: limits, settings' layers, dates, spans of time.

## Limits: their names, whose they are, what they do and when they start afresh.

cost-threshold = cost threshold
session-budget = session budget
daily-budget = daily budget
weekly-budget = weekly budget
monthly-budget = monthly budget
hard-limit = hard limit
team-budget = team budget
team-rest = team rest
team-allocation = team allocation
named-limit = limit `{ $name }`

managed-settings = managed settings
user-settings = user settings
project-settings = project settings
local-settings = local settings

stops-ahead = stops before it is crossed
stops = stops
warns = warns
counts = counts { $name }
counts-branch = counts branch { $name }
counts-agent = counts agent { $name }
counts-session-only = it counts this session only
never-resets = it never resets
resets-on = it resets on { $moment }

fact-after-facts = { $facts }; { $fact }

## Dates and spans. A weekday is a number from 1, which is Monday.

weekday =
    { $weekday ->
        [1] Mon
        [2] Tue
        [3] Wed
        [4] Thu
        [5] Fri
        [6] Sat
       *[7] Sun
    }
month =
    { $month ->
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
moment = { $weekday } { $day } { $month } { $time }
moment-with-year = { $weekday } { $day } { $month } { $year } { $time } ({ $zone })
span-days = { $days } days
span-hours = { $hours } h { $minutes } min
span-minutes = { $minutes } min
span-seconds = { $seconds } s

## What commands and reports have in common.

error = error:
warning = warning:
hint = hint:
labelled = { $label } { $text }
call-count =
    { $calls ->
        [one] { $calls } call
       *[other] { $calls } calls
    }
calls-and-unlisted = { $calls }, { $unlisted } unlisted
part-of = { $part } of { $whole }
newest-calls-missing = the newest calls may be missing: { $error }
no-budget = No budget is set. To stop at 10 dollars a day:
no-budget-after = It counts from the next event on; { $command } shows how it stands.
some-settings-wrong = Some settings do not count as written.
name-after-names = { $names }, { $name }
last-name-after-names = { $names } and { $name }

## Days without their time.

date = { $day } { $month }
date-with-year = { $day } { $month } { $year }
date-with-weekday = { $weekday } { $day } { $month } { $year }
dates-of-a-year = { $day } { $month } to { $last_day } { $last_month } { $year }
dates = { $first } to { $last }

## What helps, whatever command it happens to.

disk-full-cure = the disk is full: free some space
read-only-cure = the file system is read-only: set COST_HOOK_DIR to a folder that can be written
not-there-cure = the file or its folder is not there: check the path, or make the folder first
denied-cure = check the owner and mode of the file and its folder
write-protected-cure = make the file writable for its owner
another-at-work = another cost-hook is at work
run-again-when-done = run it again when that is done
keeps-changing-cure = try again when nothing else writes it
home-cure = set HOME to your home folder, or CLAUDE_CONFIG_DIR to Claude Code's folder, and run it again
run-by-client = it is run by Claude Code; `cost-hook install` sets it up
file-ignored-cure = Claude Code ignores the whole file until this is mended; `cost-hook validate` shows the place
hooks-ignored-cure = Claude Code ignores such hooks; mend or remove them first
mend-place-cure = `cost-hook validate` shows the place; mend it first
keys-look-like = keys look like cost.dailyBudget or cost.limits[night].amount
every-setting-cure = `cost-hook config list --all` shows every setting
remove-first-cure = remove it first: { $command }
named-not-numbered = new entries are named by their `{ $name }`, not by a number
