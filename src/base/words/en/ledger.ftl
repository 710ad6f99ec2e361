### The words of ledger's commands and of import.

## Common.

nothing-booked-in = Nothing is booked yet in { $folder }.
none = none

## ledger compact.

nothing-to-drop = There is nothing to drop: no line is superseded.
lines-would-be-dropped =
    { $lines ->
        [one] { $lines } superseded line, { $size }, would be dropped.
       *[other] { $lines } superseded lines, { $size }, would be dropped.
    }
lines-dropped =
    { $lines ->
        [one] { $lines } superseded line, { $size }, dropped; every figure is the same.
       *[other] { $lines } superseded lines, { $size }, dropped; every figure is the same.
    }

## ledger repair.

nothing-to-mend = There is nothing to mend.
would-mend = Would mend
mended = Mended
left-as-it-is = Left as it is
lines-taken-out = Lines as they were taken out: { $file }
files-as-they-were = The files as they were: { $folder }

## ledger stats.

stats-sessions = Sessions
stats-in-projects =
    { $projects ->
        [one] in { $projects } project
       *[other] in { $projects } projects
    }
stats-models = Models
stats-estimated = calls whose cost is not certain
stats-unpriced = Unpriced
stats-unpriced-are = calls that cost nothing although they used tokens
stats-checkpoint = Checkpoint
stats-checkpoint-is = a cache, made anew when it is deleted
stats-set-aside =
    { $lines ->
        [one] { $lines } line that was set aside
       *[other] { $lines } lines that were set aside
    }
stats-superseded = Superseded
stats-superseded-is = what `cost-hook ledger compact` would drop

## ledger verify.

transcripts-wait =
    { $transcripts ->
        [one] { $transcripts } transcript waits to be read: an event could not get the lock
       *[other] { $transcripts } transcripts wait to be read: an event could not get the lock
    }
transcripts-wait-cure = the next event of any session books them
finding-wrong = wrong
finding-note = note
finding-at = { $place }: { $words } [{ $id }]
finding-more = { $count } more [{ $id }]; --json has all
place-with-byte = { $place } (byte { $byte })
the-data-folder = the data folder
heads-to-note = Heads, to be noted elsewhere and given to --expect:
commit-count =
    { $commits ->
        [one] { $commits } commit
       *[other] { $commits } commits
    }
chain-holds = holds, { $commits }
chain-holds-in-part = holds, { $commits }, not up to the end
chain-broken = broken, { $commits }
head-not-found = not found
head-found = found in { $month }
head-rewritten = found in { $month }, rewritten by { $command } on { $time }
month-count =
    { $months ->
        [one] { $months } month
       *[other] { $months } months
    }
nothing-wrong =
    { $lines ->
        [one] Nothing is wrong: { $lines } line in { $months }.
       *[other] Nothing is wrong: { $lines } lines in { $months }.
    }
things-wrong =
    { $count ->
        [one] { $count } thing is wrong
       *[other] { $count } things are wrong
    }
wrong-only = { $wrong }.
wrong-all-mended = { $wrong }; { $command } mends it.
wrong-some-mended = { $wrong }; { $command } mends { $some } of them.
