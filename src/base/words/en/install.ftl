### The words of install, uninstall, init, demo and dashboard.

## import.

booking = Booking
progress-of-bytes = { $what } [{ $bar }] { $done } of { $total }, { $speed }, { $left } left
booking-off = booking is off: `cost.enabled` is false in the settings
booking-off-cure = `cost-hook validate` names the files they come from
no-transcripts = No transcripts of Claude Code were found in { $folder }.
nothing-new =
    { $sessions ->
        [one] Nothing new: every call of { $sessions } session is booked.
       *[other] Nothing new: every call of { $sessions } sessions is booked.
    }
booked =
    Booked { $calls ->
        [one] { $calls } call
       *[other] { $calls } calls
    } of { $sessions ->
        [one] { $sessions } session
       *[other] { $sessions } sessions
    } { $took }
import-took = ({ $size } in { $seconds } s, { $speed }/s)
ledger-holds = The ledger holds { $calls } calls for { $cost }, the first of { $day }.

## import --from.

totals-say =
    { $totals ->
        [one] { $totals } total
       *[other] { $totals } totals
    } in { $files ->
        [one] { $files } file
       *[other] { $files } files
    } say { $amount }
totals-known = { $amount } of it the ledger has as calls, or from another file
totals-imported = { $amount } imported
totals-imported-before = { $amount } imported; { $before } of it was imported before
totals-would-be-imported = { $amount } would be imported
totals-would-be-imported-before = { $amount } would be imported; { $before } of it was imported before
imported-is-marked = It is marked ~ in reports: an amount that another program computed.

## install and uninstall: what became of a settings file.

hooks-are-disabled = `disableAllHooks` is true in this file: while it is, no hook runs and nothing is booked
nothing-to-do-installed = Nothing to do: the hooks and the status line are installed in { $file }.
nothing-to-do-not-installed = Nothing to do: the hooks and the status line are not in { $file }.
changed = Changed
would-change = Would change
hooks-added =
    { $hooks ->
        [one] { $hooks } hook added
       *[other] { $hooks } hooks added
    }
hooks-updated =
    { $hooks ->
        [one] { $hooks } hook pointed to the program's new path
       *[other] { $hooks } hooks pointed to the program's new path
    }
hooks-removed =
    { $hooks ->
        [one] { $hooks } hook taken out
       *[other] { $hooks } hooks taken out
    }
status-line-added = status line added
status-line-added-below = status line added below your own, which goes on: { $command }
status-line-updated = status line pointed to the program's new path
status-line-restored = your status line restored: { $command }
status-line-removed = status line taken out
file-before = the file as it was: { $file }
nothing-was-changed = Nothing was changed.
file-removed = removed { $file }
own-settings-stay = Your own settings under `cost` stay in { $file }; Claude Code passes over them.
plugin-stays = The plugin { $plugin } still runs its own hooks; to take it out: { $command }
line-is-left = Left to you is this line in { $file }:
ledger-stays = The ledger stays in { $folder }; reports go on working. To delete it for good: { $command }
install-again = Install it again with { $command }.

## install: the first screen.

booking-stays-off = Booking is off (cost.enabled is false): nothing is counted until that changes.
today-and-month = { $today } (this month { $month })
label-today = Today:
what-happens-next = What happens next
from-the-first-prompt-on =
    Start Claude Code. From your first prompt on, every model call is booked with its exact cost; the
    status line shows it, and { $status } and { $report } answer at any time.
see-a-budget-stop = To see a budget stop now, on sample data and without a model call: { $command }
not-on-path = The shell does not find cost-hook yet:
add-to-path = add { $folder } to PATH
to-type-claude-cost = To type `claude cost report` as well:
undo = Undo:
