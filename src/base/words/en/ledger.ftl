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

## What verify finds.

found-left-over = a copy that was being written when a process ended
found-foreign-file = nothing of cost-hook's has this name
found-open-to-others = others than its owner may read or write it
found-folder-in-place = a folder stands where the calls of { $month } belong
found-no-file-in-place = no regular file stands where the calls of { $month } belong
found-link-elsewhere = a link to a file elsewhere
found-wrong-month = its time is in another month: reports of a month miss it
found-negative-amount = an amount below nothing, which no call can cost
found-wrong-session = its id names another session than the line
found-empty-override = it raises nothing, or its period ends before it begins
found-booked-twice = { $id } is booked twice, with the same content: reports count it twice
found-booked-twice-otherwise = { $id } is booked twice as revision { $rev }, with different content: reports count both
found-out-of-order = revision { $rev } of { $id } stands behind a higher one: limits go by the wrong one
found-other-month = revision { $rev } of { $id } is of another month than the first: a month's report counts both
found-revision-missing = before revision { $rev } of { $id } a revision is missing; no figure depends on it
found-fewer-tokens = revision { $rev } of { $id } says fewer tokens than the one before
found-unbooked = { $id } can be read and is booked nowhere
found-lock-held = held by { $who } just now: the checkpoint was not looked at
found-lock-held-by-somebody = held just now: the checkpoint was not looked at
found-checkpoint-behind = { $size } of the ledger are not in it yet: a process was ended
found-checkpoint-absent = there is none of this version
found-checkpoint-apart = it does not fit the segments: { $why }
found-checkpoint-broken = it is broken: { $why }
found-checkpoint-unseen = it cannot be looked at just now: { $why }
found-checkpoint-calls = it knows { $known } calls, the segments hold { $held }
found-checkpoint-amount = it knows { $known } USD, the segments hold { $held }
found-chain-without-segment = the segment is gone, its chain is there
found-chain-unreadable = { $lines } of the chain cannot be read
found-chain-interrupted = a process was ended while `{ $command }` rewrote the segment
found-chain-uncovered = the last { $bytes } are covered by no record
found-chain-shorter = the segment had lost bytes when cost-hook went on with it on { $time }
found-no-such-head = no chain has the head { $head }: a chain was cut, made anew or removed
found-fault-added = { $lines } ({ $bytes }) stand here that no commit wrote
found-fault-added-line = { $lines } ({ $bytes }) stands here that no commit wrote
found-fault-removed = { $bytes } of { $commits } are gone from here
found-fault-shorter =
    { $lines ->
        [one] { $lines } line from here on is { $bytes } shorter than { $commits } wrote: removed or edited
       *[other] { $lines } lines from here on are { $bytes } shorter than { $commits } wrote: removed or edited
    }
found-fault-longer =
    { $lines ->
        [one] { $lines } line from here on is { $bytes } longer than { $commits } wrote: added or edited
       *[other] { $lines } lines from here on are { $bytes } longer than { $commits } wrote: added or edited
    }
found-fault-edited =
    { $lines ->
        [one] { $lines } line from here on is not what { $commits } wrote: edited
       *[other] { $lines } lines from here on are not what { $commits } wrote: edited
    }
found-fault-at = { $what }, at { $time }
found-fault-from-to = { $what }, from { $first } to { $last }
found-fault-to-the-end = { $what }; up to the end nothing is as it was recorded
found-fault-then-holds = { $what }; what follows holds
found-line-count =
    { $lines ->
        [one] { $lines } line
       *[other] { $lines } lines
    }
found-byte-count =
    { $bytes ->
        [one] { $bytes } byte
       *[other] { $bytes } bytes
    }
found-damage-whole = nothing is wrong with it
found-damage-newer = { $why }
found-damage-empty = an empty line
found-damage-all-nul = { $bytes } NUL bytes, as a power cut leaves them
found-damage-nul = NUL bytes in the line ({ $bytes } of { $length })
found-damage-glued = { $count } JSON values on one line
found-damage-foreign = { $why }
found-damage-half = half a line: it ends in the middle
found-damage-unreadable = it cannot be read: { $why }
found-damage-torn = the last line has no end: it was cut off while it was written

## What becomes of it. A cure that `repair` carries out is told as its doing.

cure-remove = repair removes it
cure-left-alone = it is left alone
cure-private = repair makes it private
cure-move-away = move it away
cure-followed = it is followed
cure-update = nothing: update cost-hook; this version touches nothing in the file
cure-drop = repair drops it
cure-keep =
    { $lines ->
        [one] repair keeps the line that can be read here and moves the rest to unreadable.jsonl
       *[other] repair keeps { $lines } lines that can be read here and moves the rest to unreadable.jsonl
    }
cure-move = repair moves it to unreadable.jsonl; it counts for nothing
cure-by-hand = nothing: which value is right is not known here; a backup may tell
cure-to-month = repair moves it to the segment of its month
cure-keep-one = repair keeps one of them
cure-join = repair joins them to the maximum of each count, one revision higher
cure-order = repair puts them in order
cure-restate = repair restates it at the time of the first
cure-none = nothing has to be done
cure-newest-counts = nothing: the newest revision is what counts; a backup may tell which is right
cure-take-back = repair takes it back into its month
cure-verify-again = verify again when it is free
cure-owner-and-mode = check its owner and mode
cure-anew-as-event = repair makes it anew, as the next event does
cure-next-anew = the next event makes it anew
cure-next-takes-in = the next event takes them in
cure-anew = repair makes it anew from the segments
cure-put-back = nothing: put it back from a backup
cure-find-out = nothing: who changed it and why has to be found out; a backup may have the lines
cure-records-hold = nothing: records around it still hold
cure-next-goes-on = the next commit goes on from what is there
cure-next-covers = the next commit covers them, with cost.tamperEvidence
cure-compare = nothing: compare the ledger with a backup

## What repair does.

did-private =
    { $count ->
        [one] { $count } file or folder made private
       *[other] { $count } files and folders made private
    }
did-remove =
    { $count ->
        [one] { $count } unfinished copy removed
       *[other] { $count } unfinished copies removed
    }
did-checkpoint = checkpoint made anew from the segments
did-keep =
    { $count ->
        [one] { $count } line that could be read in damaged ones kept
       *[other] { $count } lines that could be read in damaged ones kept
    }
did-move-aside =
    { $count ->
        [one] { $count } damaged line moved to unreadable.jsonl
       *[other] { $count } damaged lines moved to unreadable.jsonl
    }
did-drop-empty =
    { $count ->
        [one] { $count } empty line dropped
       *[other] { $count } empty lines dropped
    }
did-drop-double =
    { $count ->
        [one] { $count } line that stood there twice dropped
       *[other] { $count } lines that stood there twice dropped
    }
did-join =
    { $count ->
        [one] { $count } call of differing lines joined
       *[other] { $count } calls of differing lines joined
    }
did-order =
    { $count ->
        [one] { $count } call put in the order of its revisions
       *[other] { $count } calls put in the order of their revisions
    }
did-move =
    { $count ->
        [one] { $count } call moved to the segment of its month
       *[other] { $count } calls moved to the segments of their months
    }
did-take-back =
    { $count ->
        [one] { $count } line that was set aside taken back
       *[other] { $count } lines that were set aside taken back
    }
left-newer = { $file }: it holds lines of a newer cost-hook, so that this one touches nothing in it; update cost-hook
