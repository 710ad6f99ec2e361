### The words of doctor.

## Headings and the frame.

group-client = Claude Code
group-hooks = Hooks
group-settings = Settings
group-ledger = Ledger
group-prices = Prices
group-time = Time
group-team = Team
group-troubles = Troubles
group-network = Network and credentials
state-ok = ok
state-warning = warning
state-error = error
check-cure = cure: { $cure }
check-other-cure = or: { $cure }
all-in-order =
    Everything is in order: { $checks ->
        [one] { $checks } check
       *[other] { $checks } checks
    }.
warnings-in-checks =
    { $warnings ->
        [one] { $warnings } warning
       *[other] { $warnings } warnings
    } in { $checks ->
        [one] { $checks } check
       *[other] { $checks } checks
    }.
errors-in-checks =
    { $errors } in { $checks ->
        [one] { $checks } check
       *[other] { $checks } checks
    }.
errors-and-warnings-in-checks =
    { $errors } and { $warnings ->
        [one] { $warnings } warning
       *[other] { $warnings } warnings
    } in { $checks ->
        [one] { $checks } check
       *[other] { $checks } checks
    }.
error-count =
    { $errors ->
        [one] { $errors } error
       *[other] { $errors } errors
    }
can-be-mended = { $checks } of them can be mended by { $command }.
file-of-layer = { $file } ({ $layer })
the-plugin = the plugin { $name }
further-ones = { $count } more

## --fix.

nothing-mends-itself = There is nothing that can be mended without you.
mend-failed = failed:
mended-in = { $fact } in { $file }
made-private =
    { $paths ->
        [one] { $paths } file or folder
       *[other] { $paths } files and folders
    } made private
checkpoint-made-anew = checkpoint made anew from the ledger
booking-is-off-so-nothing = nothing was booked: `cost.enabled` is false
would-take-in = what the ledger and the transcripts hold beyond the checkpoint taken in
booked-in-catching-up =
    { $calls ->
        [one] { $calls } call
       *[other] { $calls } calls
    } booked in catching up with the ledger and the transcripts

## Claude Code.

client-cure = install Claude Code, or put its folder into PATH, and start it once
client-by-transcript = Claude Code { $version }, by its newest transcript
client-no-program = no program `claude` was found in PATH or in the usual places
client-not-found = Claude Code was not found in PATH or in the usual places
client-without-version = `{ $program }` does not say which version it is
client-without-version-cure = see whether `claude --version` answers in a terminal
client-at = Claude Code { $version } at { $program }
client-did-not-answer = it did not answer when asked; the version is that of its newest transcript
client-other-transcript = the newest transcript was written by { $version }
client-copies =
    { $copies ->
        [one] { $copies } other copy
       *[other] { $copies } other copies
    }: { $programs }
client-newer-than-tested = newer than { $version }, which cost-hook was tested with
client-too-old = { $client }: too old for some of what cost-hook does
client-lacks = before { $version } { $lack }
client-update-cure = update Claude Code to { $version } or later: claude update
lack-prompt = it has no UserPromptSubmit, so that no prompt can be stopped
lack-compaction = PreCompact cannot stop a compaction
lack-faulty-entry = one faulty hook entry may cost all hooks of a file
lack-clear = its total is not reset by `/clear`, so that unlisted calls are left out
lack-streaming = a stop may be lost while an answer is still streaming
lack-totals = it saves no totals, so that unlisted calls are known from the status line only
lack-resume = in `-p` its total does not go on after a resume

## Hooks.

hooks-absent = the hooks are in no settings file: nothing is recorded or stopped
hooks-would-not-count = hooks in { $file } would not count: Claude Code leaves the file out
mend-that-file-cure = mend that file; `cost-hook validate` shows what is wrong with it
hooks-install-cure = `cost-hook install` registers them in your settings
hooks-files-left-out = Claude Code leaves out every file the hooks are in
mend-the-file-cure = mend the file; `cost-hook validate` shows what is wrong with it
hooks-all = hooks for all { $events } events, in { $places }
hooks-some = hooks for { $there } of { $events } events, in { $places }
hooks-missing = missing: { $events }
hooks-add-cure = `cost-hook install` adds what is missing
hooks-plugin-cure = update the plugin, or use `cost-hook install` in its place
hooks-do-not-count = those in { $file } do not count: Claude Code leaves the file out
lost-prompt = without UserPromptSubmit a used-up budget does not stop the next prompt
lost-tool = without PreToolUse a used-up budget lets one more tool run
lost-batch = without PostToolBatch a used-up budget is noticed one call later
lost-use = without PostToolUse a used-up budget is noticed one call later
lost-compaction = without PreCompact a used-up budget does not stop a compaction
lost-switch = without PreModelSwitch a switch may cost more than is left
lost-end = without SessionEnd the last call of a session is booked only with the next session
lost-others = without them calls are booked later than they could be
program-missing = `{ $program }` is not there
program-not-executable = `{ $program }` is not executable
program-folder = `{ $program }` is a folder
program-silence = Claude Code says nothing when a hook's program is missing: calls pass unseen
program-cure = `cost-hook install`, from where the program is now
program-named-in = named in { $place }
programs-others = the hooks run { $programs }
program-is-this = this program is `{ $program }`; the two may be of different versions
program-choose-cure = `cost-hook install` from the one that is to be used
program-runs = { $program } is there and can be run
program-unknown = which program the hooks run depends on the session's environment
copies-none = each event runs the program once
copies-twice =
    the hooks are there twice for { $events ->
        [one] { $events } event
       *[other] { $events } events
    }
copies-cost = nothing is counted twice, but each copy costs a process
copies-in = in { $places }
copies-uninstall-cure = `cost-hook uninstall` with `--scope user`, `project` or `local` takes one of them out
copies-install-cure = `cost-hook install` takes out the second copy in a file
hooks-disabled = `disableAllHooks` is true: no hook and no status line runs
hooks-disabled-cure = take `disableAllHooks` out of { $file }
managed-hooks-only = `allowManagedHooksOnly`: only hooks in managed settings run, and ours are not there
managed-install-cure = have an administrator run `cost-hook install --scope managed`
said-by = said by { $file }
plugin-hooks-only = `strictPluginOnlyCustomization`: hooks in user and project settings do not run
managed-install-or-plugin-cure = have an administrator run `cost-hook install --scope managed`, or use the plugin
hooks-allowed = no setting switches hooks off
managed-hooks-run-too = managed hooks run in sessions started with `--bare` or `--safe-mode`, too
simple-mode = `{ $name }` is set: sessions started from here run no hooks, as with `--bare`
safe-mode = `{ $name }` is set: sessions started from here run managed hooks only, as with `--safe-mode`
unset-cure = unset { $name }
bare-sessions = sessions started with `--bare` or `--safe-mode` run no hooks and are not counted while they run
every-folder-trusted = every folder is trusted (`CLAUDE_CODE_SANDBOXED`)
folder-trusted = { $folder } is trusted
folder-not-trusted = { $folder } is not trusted yet
folder-not-known = { $folder } is not trusted yet: Claude Code has kept nothing in { $file }
trust-holds-hooks = interactive sessions hold all hooks back until then; `claude -p` takes every folder as trusted
trust-cure = start `claude` in this folder and accept the dialog
line-late = calls that no transcript names (titles, compaction) are booked when a session ends, not while it runs
line-absent = there is no status line
line-managed-only = `allowManagedHooksOnly` leaves only one in managed settings
line-install-cure = `cost-hook install` adds it
line-broken = the status line's program `{ $program }` cannot be run
line-broken-cure = `cost-hook install` points it to the program
line-ours = the status line is ours, in { $file }
line-another = the status line is another one, in { $file }
line-managed-cure = have an administrator put `cost-hook statusline --then` around it
line-below-cure = `{ $command }` puts ours below it; yours goes on
no-new-transcript = no new transcript holds a call yet: nothing to book
newest-call-booked = the newest call, of { $time }, is booked
newest-call-next = the newest call, of { $time }, is for the next event to book
call-in = in { $file }
sessions-without-hooks = sessions ran without the hooks: none of their calls is booked
last-call-not-booked = the last call of a session is not booked yet
transcript-last-call = { $file }, last call { $time }
hooks-run-cure = `cost-hook import` books what the transcripts hold

## Settings and budgets.

no-settings-files = there are no settings files here
settings-right =
    { $files ->
        [one] { $files } settings file
       *[other] { $files } settings files
    } without a problem
settings-warnings =
    { $warnings ->
        [one] { $warnings } warning
       *[other] { $warnings } warnings
    } in { $files ->
        [one] { $files } settings file
       *[other] { $files } settings files
    }
settings-errors =
    { $errors ->
        [one] { $errors } error
       *[other] { $errors } errors
    } in { $files ->
        [one] { $files } settings file
       *[other] { $files } settings files
    }
keeps-from-starting = Claude Code does not start before { $file } is mended
leaves-out = Claude Code leaves { $file } out altogether
settings-cure = `cost-hook validate` shows each at its place
calls-are-booked = calls are booked (`cost.enabled`)
booking-off-nothing = booking is off: nothing is recorded and no budget stops anything
booking-cure = set `cost.enabled` to true in { $file }, or take it out
the-settings = the settings
no-budget-set = no budget is set, so nothing is ever stopped
limits-only-warn =
    { $limits ->
        [one] { $limits } limit
       *[other] { $limits } limits
    }, which only warn
limits-stop =
    { $limits ->
        [one] { $limits } limit
       *[other] { $limits } limits
    }; sessions are stopped by { $stops } of them
limit-does = { $name } of { $amount }: { $does }
warnings-not-shown = warnings are not shown (`costWarnings` is false)

## Ledger.

nothing-booked-yet-in = nothing is booked yet in { $folder }
history-cure = `cost-hook import` books the history
ledger-unreadable-cure = check owner and mode of the folder and its files
ledger-contents =
    { $calls ->
        [one] { $calls } call
       *[other] { $calls } calls
    } in { $months ->
        [one] { $months } month
       *[other] { $months } months
    }, { $size }, in { $folder }
ledger-partly-read =
    only the newest { $months ->
        [one] { $months } month was
       *[other] { $months } months were
    } read: more than { $size } in one go would take long
no-folder = `{ $file }` is no folder: nothing can be booked
no-folder-cure = move it away, or set COST_HOOK_DIR to a folder that can be written
not-writable = `{ $path }` cannot be written: nothing can be booked
not-writable-cure = check its owner and mode, and whether the file system is read-only
set-folder-cure = set COST_HOOK_DIR to a folder that can be written
folder-can-be-made = the ledger's folder can be made
ledger-private = the ledger can be written, by its owner alone
ledger-open =
    others may read or write { $paths ->
        [one] { $paths } file or folder
       *[other] { $paths } files and folders
    } of the ledger
lines-aside =
    { $lines ->
        [one] { $lines } unfinished line was
       *[other] { $lines } unfinished lines were
    } set aside in { $file }; their calls were read again
lines-whole =
    { $lines ->
        [one] { $lines } line was
       *[other] { $lines } lines were
    } read, each of them whole
lines-bad =
    { $lines ->
        [one] { $lines } line
       *[other] { $lines } lines
    } cannot be read and count for nothing
lines-repair-cure = `cost-hook ledger repair` keeps what can be read in them and moves the rest aside, with a backup
lines-leave-cure = leave them: nothing else depends on them; `cost-hook ledger verify` says more
lines-newer =
    { $lines ->
        [one] { $lines } line was
       *[other] { $lines } lines were
    } written by a newer cost-hook: this one books nothing
update-cure = update cost-hook
lock-absent = the ledger has no lock yet
lock-free = nobody holds the ledger's lock
lock-held = the ledger's lock is held just now
lock-held-by = the ledger's lock is held by { $who } just now
lock-held-why = an event at work holds it for some milliseconds, an import for a second at a time
lock-held-cure = run `cost-hook doctor` again; if it stays held, end that process
lock-cure = check the file's owner and mode
process = process { $id }
process-named = process { $id } ({ $name })
segments-not-listed = the segments cannot be listed
segment-shorter = `{ $file }` has become shorter
segment-exchanged = `{ $file }` was exchanged
segment-gone = `{ $file }` is gone
made-anew-at-next-event = it is made anew from the ledger at the next event
checkpoint-in-step = the checkpoint is in step with the ledger
checkpoint-nothing = there is no checkpoint yet, and nothing to remember
checkpoint-absent = there is no checkpoint of this version
checkpoint-slow-cure = nothing needs to be done, but that event takes longer
checkpoint-behind = { $size } of the ledger are not in the checkpoint yet
checkpoint-behind-why = a process was ended while it booked; nothing is lost
checkpoint-behind-cure = the next event takes them in
checkpoint-apart = the checkpoint is out of step with the ledger: { $why }
checkpoint-verify-cure = `cost-hook ledger verify` says whether lines are damaged, and where they were changed
checkpoint-import-cure = if the ledger lost lines, `cost-hook import` books again what transcripts still hold
checkpoint-broken = the checkpoint is broken: { $why }
checkpoint-unseen = the checkpoint cannot be looked at just now: { $why }
checkpoint-unseen-why = a process may have been ended in the middle of a change, which the next event takes back
checkpoint-unseen-cure = run `cost-hook doctor` again after the next event
totals-fit = Claude Code's own totals fit the calls known
totals-odd =
    in { $sessions ->
        [one] { $sessions } session
       *[other] { $sessions } sessions
    } Claude Code's own total did not fit the calls known
totals-odd-why = such a total was below the calls, or jumped; it was booked as nothing, the calls count
totals-odd-cure = older versions of Claude Code do that; update it if it happens again
totals-odd-session =
    session { $session }: { $times ->
        [one] { $times } time
       *[other] { $times } times
    }
late-none = no transcript waits to be read
late-some =
    { $transcripts ->
        [one] { $transcripts } transcript waits
       *[other] { $transcripts } transcripts wait
    } to be read: an event could not get the lock
late-cure = the next event of any session books them
space-free = { $size } are free on the ledger's disk
space-none = { $size } are free on the ledger's disk: nothing can be booked
space-cure = make room on the disk of { $folder }

## Prices and time.

list-of-today = the price list is of { $version }
list-of-days-ago =
    the price list is of { $version }, { $days ->
        [one] { $days } day
       *[other] { $days } days
    } ago
list-old = models that came since are priced like the newest Opus it knows, and prices may have changed
list-cure = update cost-hook, or take newer prices from a file with `cost-hook pricing update`
models-known = every model in the ledger is in the price list
models-unknown = not in the price list: { $models }
models-estimate = { $amount } of the ledger is an estimate for that reason, at the prices of the newest Opus
models-cure = update cost-hook, or give them prices: `cost-hook pricing update FILE --model NAME`, or `cost.pricing.overrides`
overrides-right =
    prices of your own for { $models ->
        [one] { $models } model
       *[other] { $models } models
    }
overrides-nobodys = prices are set for models nobody called: { $models }
overrides-cure = compare the spelling in `cost.pricing.overrides` with the models in `cost-hook report --breakdown`
zone-setting-unknown = `cost.timezone` { $zone } is not a zone of this system
zone-instead = days are cut in { $zone } instead
zone-setting-cure = write a name like Europe/Berlin in { $file }
zone-set = days are cut in { $zone } (`cost.timezone`)
zone-tz-unknown = TZ is { $zone }, which is not a zone of this system
zone-tz-cure = set TZ to a name like Europe/Berlin, install the system's zone files, or set `cost.timezone`
zone-system = days are cut in { $zone }, the system's zone
clock-before-list = the clock shows { $time }, a time before this program's price list ({ $version })
clock-wrong-day = calls are booked for the wrong day and budgets count the wrong period
clock-cure = set the clock
clock-line-ahead = the ledger has a line of { $time }, which is still to come
clock-set-back = the clock was set back, or another machine with a clock ahead writes here
clock-ahead-sums = calls of that time count for its day, and sums are read again from the ledger until then
clock-compare-cure = compare the clock with another one
clock-shows = the clock shows { $time } in { $zone }

## Team.

sync-never = the team's totals were never fetched
sync-never-why = the team's totals were never fetched: { $why }
sync-cure = run `cost-hook team sync`
sync-age = the team's totals are { $age } old
sync-failed = the team's totals are { $age } old, and the last try failed: { $why }
sync-stale = the team's totals are { $age } old, more than `team.maxAge`
sync-while-working = they are fetched while somebody works
team-store-nowhere = the team's store names no host on the network, so it was not tried
team-store-untried = the team's store at { $places } was not tried (`--offline`)
team-store-listens = the team's store: somebody listens at { $places }
team-store-not-tried-further = whether it is the right database, and lets you in, was not tried
team-store-unreachable = the team's store: no connection to { $places }: { $why }
team-store-old = the team's totals grow old; recording and your own limits go on
team-store-cure = check `team.databaseUrl` or COST_HOOK_TEAM_URL, the network and the server
no-address-for-name = the name leads to no address
no-answer-in = no answer in { $seconds } s

## Troubles.

no-trouble = hooks had no trouble in the last { $days } days
hooks-failed =
    hooks failed { $times ->
        [one] { $times } time
       *[other] { $times } times
    } in the last { $days } days, last { $time }
trouble =
    { $time } { $event }, { $times ->
        [one] { $times } time
       *[other] { $times } times
    }: { $message }
no-event = no event
more-kinds = { $count } more kinds in { $file }
booked-since = calls were booked since
trouble-cure = see the checks above for what is still wrong; `cost-hook import` books what was missed

## Network and credentials.

platform-anthropic = the Claude API
platform-claude-aws = Claude Platform on AWS
platform-foundry = Microsoft Foundry
platform-bedrock = Amazon Bedrock
platform-google = Google Cloud
platform-in-region = { $platform }, { $region }
booked-as = calls are booked as { $platform } (`cost.provider`)
calls-go-to = calls go to { $platform }
environment-says = the environment says { $platform }
provider-cure = take `cost.provider` out, or unset the variable that switches the platform
setting-in = { $key } in { $file }
credentials-found = credentials: { $sources }
credentials-not-read = whether they are valid only a call can tell; they were not read
credentials-none = no credentials were found for { $platform }
credentials-keychain = no credentials were found for { $platform }; they may be in the keychain
credentials-why = without them Claude Code makes no call, so there is nothing to record
login-cure = log in with `/login` in Claude Code, or set ANTHROPIC_API_KEY
login-aws-cure = log in to AWS, or set AWS_PROFILE
login-google-cure = run `gcloud auth application-default login`
login-azure-cure = set ANTHROPIC_FOUNDRY_API_KEY, or log in to Azure
no-address = `{ $name }` is no address: it begins with neither http:// nor https://
no-address-cure = correct { $name }, or unset it
straight-to-api = straight to the API, without a proxy
through-proxy = through a proxy: { $proxies }
gateway-prices = a gateway may charge other prices; `cost.pricing` sets them
nothing-sent-there = nothing was sent there
no-failed-requests = no failed requests in the newest transcripts in the last 24 hours
failed-requests = failed requests in the last 24 hours: { $kinds }
count-of-kind = { $count } of { $kind }
api-refused = the API refused who asked
api-refused-cure = log in again with `/login`, or check the key and its limits
api-tried-again = Claude Code tried them again; failed requests cost nothing
