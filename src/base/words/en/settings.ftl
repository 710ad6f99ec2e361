### The words of config and validate, and what is wrong with settings.

## validate.

diagnostic-error = error
diagnostic-warning = warning
diagnostic-help = help
settings-files-none = There are no settings files here.
settings-files-right =
    No problems in { $files ->
        [one] { $files } settings file
       *[other] { $files } settings files
    }.
settings-files-warnings =
    { $warnings ->
        [one] { $warnings } warning
       *[other] { $warnings } warnings
    } in { $files ->
        [one] { $files } settings file
       *[other] { $files } settings files
    }.
settings-files-errors =
    { $errors ->
        [one] { $errors } error
       *[other] { $errors } errors
    } in { $files ->
        [one] { $files } settings file
       *[other] { $files } settings files
    }.
settings-files-both =
    { $errors ->
        [one] { $errors } error
       *[other] { $errors } errors
    } and { $warnings ->
        [one] { $warnings } warning
       *[other] { $warnings } warnings
    } in { $files ->
        [one] { $files } settings file
       *[other] { $files } settings files
    }.
more-problems =
    { $problems ->
        [one] { $problems } more problem
       *[other] { $problems } more problems
    } in the settings; `cost-hook validate` shows all

## config.

layer = { $layer }
setting-not-set = `{ $key }` is not set
setting-not-set-in = `{ $key }` is not set in the { $whose }
setting-not-set-cure = `cost-hook config explain { $key }` says what it means
nothing-is-set = Nothing is set. `cost-hook config list --all` shows what there is to set.
settings-have-mistakes = there are mistakes in the settings; `cost-hook validate` shows them
not-set = (not set)
no-file = (no file)
setting-changed =
    { $key } { $would ->
        [would] would be
       *[is] is now
    } { $value } in the { $whose } (was { $before }).
setting-set =
    { $key } { $would ->
        [would] would be
       *[is] is now
    } { $value } in the { $whose }, { $file }.
setting-unset =
    { $key } { $would ->
        [would] would not be set in the { $whose }
       *[is] is not set in the { $whose } any more
    }.
setting-unset-was =
    { $key } { $would ->
        [would] would not be set in the { $whose }
       *[is] is not set in the { $whose } any more
    } (was { $before }).
setting-stays = Nothing to do: `{ $key }` is { $value } in { $file }.
setting-stays-unset = Nothing to do: `{ $key }` is not set in { $file }.
no-effect-there = `{ $key }` there has no effect: { $why }
setting-not-changed = `{ $key }` was not changed: { $file } would not be right any more
whole-entry-cure = give it as a whole: { $command }
the-file-is = the file is { $file }
settings-not-utf-8 = the settings file is not UTF-8 text
file-not-utf-8 = `{ $file }` is not UTF-8 text
save-as-utf-8 = save it as UTF-8
nothing-changed-in = Nothing was changed in { $file }.
editor-left-nothing = the editor left no file behind
editor-not-utf-8 = what the editor saved is not UTF-8 text
file-left-as-it-is = { $file } was left as it is
changed-meanwhile = { $file } was changed by somebody else meanwhile
changed-meanwhile-cure = run it again, and take your changes from the copy
editor-not-started = cannot start the editor `{ $editor }`
editor-failed = the editor `{ $editor }` failed: { $status }
editor-failed-cure = nothing was changed; set EDITOR to the editor you use
edit-again = Edit again? [Y/n]
typed-is-in = what you typed is in { $file }
typed-not-kept = what you typed could not be kept: { $error }
setting-takes = Takes { $what }.
in-several-files = In several files: { $rule }.
heading-keys = Keys
heading-values = Values
no-file-sets-it = no file sets it
no-file-sets-it-default = no file sets it; the default is { $value }
team-url-comes-first = The variable COST_HOOK_TEAM_URL is set and comes before the user settings.
limits-it-concerns = Limits it concerns
limit-in-words =
    { $name }: { $amount } { $period ->
        [session] a session
        [daily] a day
        [weekly] a week
        [monthly] a month
       *[total] in all
    } ({ $whose }), { $facts }
limit-fact-after-facts = { $facts }, { $fact }
only-warns = only warns
warns-at = warns at { $parts }
rule-limit = every file's is a limit of its own; a project's local settings replace its shared ones
rule-program = managed settings decide, else yours; a project's have no effect
rule-inherited = each holds for the limits of its own file; managed, then yours, where a file has none
rule-managed = managed settings decide for all limits, else each file for its own
rule-own = each holds for the limits of its own file
rule-calendar = managed settings decide, else yours; a project's hold for its own limits
rule-strictest = managed settings decide, else the strictest
rule-person = each holds for the members its own file lists; managed, then yours, for everything else
value-counts = counts
value-invalid = does not count: { $why }
value-not-for-projects = no effect: only managed and user settings may set it
value-replaced = replaced by { $file }
value-overruled = overruled by { $file }
value-managed-limits = no effect: the managed settings set limits
takes-switch = true or false
takes-amount = an amount in USD, 0 or more
takes-factor = a factor from 0 to { $most }
takes-fractions = a fraction from 0 to 1, or a list of them
takes-whole = a whole number from { $least } to { $most }
takes-span = a length of time: a number with `s`, `m`, `h` or `d`
takes-address = a `postgres://` address
takes-text = text
takes-list = a list
takes-object = an object
type-switch-cure = type true or false
type-amount-cure = amounts look like 10, 2.50, $10 or "10 USD"
type-factor-cure = 0.9 or 90% is ten percent off
type-fractions-cure = fractions look like 0.8 or 80%, lists of them like 0.5,0.8
type-whole-cure = it takes { $what }
type-list-cure = lists are typed as JSON, such as '[…]'; single entries have keys of their own, such as cost.limits[night].amount
type-object-cure = objects are typed as JSON, such as { $example }

## install --scope managed.

managed-file-to-be = Nothing was changed. This is to be { $file }, mode 0644.
managed-installed =
    All users of this machine have them from their next session on. Budgets for all go into the same file,
    or into another one beside it: docs/guide/organisations.md
managed-would-be-removed = Nothing else is in the file: it would be removed.
managed-removed = Nothing else was in the file: it is removed.
every-ledger-stays = Each user's ledger stays.
others-cannot-read = other users cannot read { $what }: { $command } lets them
others-cannot-run = other users cannot run { $what }: { $command } lets them
managed-run-as-administrator = managed settings are the administrator's: run it as one
managed-sudo = managed settings are the administrator's: { $command }
managed-dry-run = `--dry-run` prints the file, and needs no rights

## What is wrong: frames and kinds.

problem-at = { $place }: { $problem }
expected = expected { $what }
expected-words = expected { $words }
words-or = { $words } or { $word }
kinds-or = { $kinds } or { $kind }
did-you-mean = did you mean `{ $near }`?
kind-string = a string
kind-number = a number
kind-boolean = a boolean
kind-object = an object
kind-array = an array
kind-integer = an integer
kind-null = null
is-of-kind = `{ $key }` is { $what }
is-value = `{ $key }` is { $value }
lacks = `{ $key }` lacks `{ $needed }`
is-needed = `{ $needed }` is needed here

## What is wrong: the text.

text-not-json = this is not JSON: { $error }
text-too-nested = nothing of this file counts for cost-hook; no setting is nested so deeply
text-not-object = a settings file must be one JSON object
text-is-of-kind = this is { $what }
text-not-read = the settings cannot be read: { $error }
text-not-utf-8 = the file is not UTF-8 text
text-first-byte = the first byte that is none
text-utf-16 = it looks like UTF-16: save it as UTF-8 without a byte order mark
strict-managed = Claude Code does not start while managed settings are no strict JSON
strict-file = Claude Code reads strict JSON and ignores the whole file: its hooks, permissions and all
byte-order-mark = the file begins with a byte order mark
byte-order-mark-cure = Claude Code reads over it, other programs do not: save it as UTF-8 without one
too-deep = a value is nested more than { $levels } levels deep
too-deep-ignored = Claude Code ignores what is below
comments =
    { $comments ->
        [one] the file holds a comment
       *[other] the file holds { $comments } comments
    }
not-in-strict-json = not allowed in strict JSON
trailing-comma = a comma stands after the last item
not-strict-json = this is not strict JSON: { $error }
key-twice = the key { $key } stands twice
only-last-counts = only this last one counts
first-one-is-at = the first one is in line { $line }, column { $column }

## What is wrong: keys and values.

outside-cost = { $key } has no effect outside `cost`
inside-cost-cure = write it inside `cost`: { $example }
no-setting-of-ours = { $key } is no setting of cost-hook
no-time-zone = there is no time zone { $zone }
expected-zone = expected an IANA name such as `Europe/Berlin` or `UTC`
entry-does-not-count =
    this { $entry ->
        [limit] limit
       *[member] member
    } does not count until it is mended
two-entries =
    there are two { $entry ->
        [limit] limits
       *[member] members
    } called { $name }
used-before = used before
no-effect-in-project = `{ $key }` has no effect in a project's settings
only-managed-and-user = only managed and user settings may set this
move-to-user-cure = move it to your user settings, `~/.claude/settings.json`
folder-upwards = the folder { $folder } goes upwards
folder-upwards-cure = write it without `..`
folder-depends = the folder { $folder } depends on where the session starts
expected-full-path = expected a full path, or one that begins with `~/`
folder-outside = the folder { $folder } is outside the project
expected-inner-folder = expected a folder of this project, relative to it
unknown-key = unknown key { $key } in `{ $section }`
no-such-setting = no such setting
belongs-into = it belongs into `{ $section }`
belongs-to-the-top = it belongs at the top of the file, outside `cost` and `team`
section-knows = `{ $section }` knows { $keys }
about-key = `{ $key }`: { $about }
is-empty = `{ $key }` is empty
expected-one = expected at least one
expected-number = expected a number from { $min } to { $max }
expected-whole = expected a whole number from { $min } to { $max }
far-too-large = `{ $key }` is far too large
less-than = `{ $key }` is less than { $min }
more-than = `{ $key }` is more than { $max }
percent-cure = for { $value } percent write { $fraction }
not-whole = `{ $key }` is not a whole number
cannot-be = `{ $key }` cannot be { $value }
expected-text = expected some text
expected-span = expected a number with `s`, `m`, `h` or `d`, such as `15m`
expected-address = expected an address such as `postgres://host/name`
wrong-form = `{ $key }` is not in the right form
leave-key-out = to have none, leave the key out
without-quotes = write { $value }, without quotes

## What is wrong: files together.

the-limit = the limit { $name }
no-member-no-allocation = { $name } is no member of the team, so no allocation applies
no-member-user-cure = set `team.user` in your user settings to the name that is listed
managed-set-limits = `{ $key }` has no effect: the managed settings set limits
ask-who-manages-cure = ask who manages the settings
user-says-block = `cost.onError` has no effect: the user settings say `block`
project-stricter = a project may only be stricter
never-reached = { $short } ({ $amount }) is more than { $long } ({ $most })
never-reached-first = never reached first
lower-it-cure = lower it below { $amount }, or raise { $long }
limit-is-zero = { $limit } is 0: it is used up from the start
no-call-fits = no call fits into it
no-limit-cure = to have no limit, leave the key out
neither-stops-nor-warns = { $limit } neither stops nor warns
warnings-off-cure = `costWarnings` is false: set it to true
warnings-off-or-stop-cure = `costWarnings` is false: set it to true, or `autoStopAtBudget` to true
nothing-happens = nothing happens when it is used up
model-unknown-limit = no model { $model } is known, so { $limit } may count nothing
expected-model = expected a model id, or a family such as `opus`
no-such-folder = there is no folder { $folder }
limit-counts-nothing = the limit counts nothing
limits-cannot-work =
    nothing is recorded, so { $more ->
        [0] { $limit } cannot work
        [one] { $limit } and { $more } more limit cannot work
       *[other] { $limit } and { $more } more limits cannot work
    }
no-call-booked = no call is booked
true-or-out-cure = leave it out or set it to true
calls-cost-nothing =
    every call costs nothing, so { $more ->
        [0] { $limit } cannot work
        [one] { $limit } and { $more } more limit cannot work
       *[other] { $limit } and { $more } more limits cannot work
    }
every-price-zero = every price times 0
multiplier-cure = 1 is the published price, 0.9 ten percent off
nothing-to-stop-at = `autoStopAtBudget` has nothing to stop at: no budget is set here
stops-nothing = stops nothing
nothing-to-stop-at-cure = set a budget beside it, such as `"dailyBudget": 10`; it governs its own layer's only
over-allocated = the allocations add up to { $sum }, { $more } more than `team.budget`
team-may-spend = the team may spend { $budget }
over-allocated-why = the budget still holds for all together, but it may be gone before a member has used theirs
model-unknown-price = no model { $model } is known, so the price may apply to nothing
no-known-model = not a known model id

## What is wrong: what Claude Code makes of it.

leaves-all-hooks-out = Claude Code leaves all hooks of this file out until it is mended
leaves-whole-file-out = Claude Code leaves the whole file out until this is mended: its hooks, permissions and all
leaves-key-out = Claude Code leaves this key out
leaves-it-out-loudly = Claude Code leaves it out, and says so when it starts
leaves-it-out-quietly = Claude Code leaves it out, and says so only in `claude doctor`
runs-the-others = Claude Code runs the other hooks of this file, but not these
runs-no-hook = Claude Code runs no hook of this file
goes-on-without = Claude Code goes on without a word when a hook's program is missing
expected-inside-hooks = expected inside `hooks`
expected-directly-inside-hooks = expected directly inside `hooks`
expected-events-example = expected an object of events: { $example }
expected-events = expected an object of events
no-event-but-hooks = it is no event, but holds hooks
hooks-no-object = `hooks` is no object of events
hooks-in-wrong-place = the hooks of `{ $key }` stand in the wrong place
unknown-event = Claude Code knows no hook event { $event }
hooks-never-run = these hooks never run
list-of-groups = a list of groups
list-of-hooks = a list of hooks
object-with-hooks = an object with `hooks`
object-with-type = an object with `type` and `command`
is-needed-expected = `{ $needed }` is needed here: { $what }
command-empty = the command is empty
nothing-is-run = nothing is run
if-never-runs = a hook for { $event } with `if` never runs
if-is-for-tools = `if` is for the events of tools only
event-without-type = { $event } runs no hook of type `{ $kind }`
matcher-no-expression = the matcher { $pattern } is no regular expression: { $fault }
matches-nothing = it matches nothing
match-everything-cure = to match everything, leave the matcher out
fault-backslash = it ends in a backslash
fault-closing = a closing parenthesis is too many
fault-repetition = nothing stands before the sign of repetition
fault-bracket = a bracket is open
fault-parenthesis = a parenthesis is open
no-program = there is no program { $program }
not-found = not found
cannot-be-executed = { $program } cannot be executed
not-executable = not executable
program-is-folder = { $program } is a folder
no-program-here = not a program
nothing-through-this-hook = nothing is recorded or stopped through this hook; `cost-hook install` points it to the program
make-executable-cure = make it executable: { $command }
kind-switch = true or false
kind-list = a list
kind-days = a whole number from 1
kind-seconds = a number of seconds above 0
kind-strings = a list of strings
kind-object-of-strings = an object of strings
kind-text-not-empty = a string that is not empty
kind-address = an address such as `https://example.org/hook`
line-not-command = the status line is not of the type `command`
line-lacks-command = the status line lacks its `command`
not-registered-for = cost-hook is not registered for { $events }
registered-for =
    registered for { $there } of { $events ->
        [one] { $events } event
       *[other] { $events } events
    }
adds-what-is-missing = `cost-hook install` adds what is missing
registered-twice = cost-hook is registered twice for `{ $event }`
one-copy-is-enough = one copy is enough
second-copy-cure = nothing is counted twice, but each copy costs a process; `cost-hook install` removes it
switched-off = `disableAllHooks` switches cost-hook off
nothing-recorded-or-stopped = nothing is recorded, and no budget stops anything
hooks-do-not-run-here = the hooks in { $file } do not run in this folder
