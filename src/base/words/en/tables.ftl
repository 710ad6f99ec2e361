### Headings and labels of the reports' tables: report, breakdown, session, status.

## Headings of columns. Where there is little room, the shorter the better.

heading-date = Date
heading-week = Week of
heading-month = Month
heading-session = Session
heading-project = Project
heading-model = Model
heading-models = Models
heading-feature = Feature
heading-tool = Tool
heading-agent = Agent
heading-branch = Branch
heading-user = User
heading-provider = Provider
heading-hour = Hour
heading-calls = Calls
heading-input = Input
heading-output = Output
heading-cache-write = Cache write
heading-cache-read = Cache read
heading-tokens = Tokens
heading-cost = Cost
heading-share = Share
heading-unlisted = Unlisted
heading-platform = Platform
heading-region = Region
heading-difference = Difference
heading-saving = Saving
heading-adjusted = Adjusted
heading-adjusted-saving = Adj. saving
heading-too-long = Too long
heading-uncached = Uncached
heading-no-fast = No fast
heading-no-us-only = No US only
heading-no-search = No search
heading-no-1h-cache = No 1h cache
heading-not-sold = Not sold
heading-estimated = Estimated
heading-write-5m = Write 5m
heading-write-1h = Write 1h
heading-read = Read
heading-note = Note
heading-begin = Begin
heading-length = Length
heading-of-limit = Of limit
heading-lines = Lines
heading-revisions = Revisions
heading-overrides = Overrides
heading-starts = Starts
heading-unreadable = Unreadable
heading-size = Size
heading-first = First
heading-last = Last
heading-chain = Chain
heading-tamper-evidence = Tamper evidence
heading-lines-dropped = Lines dropped
heading-size-before = Size before
heading-size-after = Size after
heading-price = Price
heading-in-force = In force
heading-new = New
heading-seven-days-mean = 7-day mean
heading-four-weeks-mean = 4-week mean
heading-three-months-mean = 3-month mean

## Labels of rows.

row-total = Total

## status and session.

today = Today
this-month = This month
booking-is-off = Booking is off (cost.enabled is false): nothing new is counted.
effect-of-limit = { $effect } ({ $whose })
raised-by = raised by { $amount }
off-until = off until { $moment }
counts-this-session = counts this session
limit-never-resets = never resets
resets-in = resets { $moment } (in { $span })
session-cost = { $cost } for { $calls } ({ $tokens } tokens), { $first } to { $last }
nothing-booked-for-session = nothing is booked for the session `{ $session }` yet
nothing-booked-for-session-cure = calls are booked at the next event of Claude Code
no-session-booked = no session is booked yet
no-session-booked-with-hooks = the hooks are installed: booking begins with the first prompt in Claude Code
no-session-booked-cure = `cost-hook install` sets the hooks and books the history
session-not-booked = no session `{ $session }` is booked
session-not-booked-why = it is booked with its first model call
session-not-booked-cure = `cost-hook report --period session` lists them
session-not-clear = `{ $beginning }` is the beginning of { $count } sessions
session-not-clear-cure = for example { $names }

## Rows of calls that have no name of their own.

no-tool = (no tool)
main-conversation = (main conversation)
unnamed-subagent = (unnamed subagent)
no-branch = (no branch)
others-together = ({ $count } more)

## Sentences below tables, and where there is none.

part-estimated = ~ { $amount } of this is an estimate: there is no certain price for the model or the way it was called.
part-imported = ~ { $amount } of this was imported: the amount is another program's, and the calls are not known.
what-unlisted-is =
    Unlisted is part of the cost: money Claude Code reports for calls its transcripts do not hold, such as titles and compaction.
lines-unread =
    { $lines ->
        [one] { $lines } line of the ledger cannot be read and is not counted; the first: { $file }:{ $line }: { $why }
       *[other] { $lines } lines of the ledger cannot be read and are not counted; the first: { $file }:{ $line }: { $why }
    }
months-begin-on-day = Months begin on day { $day } (cost.billingDay).
no-calls-match = No calls match.
nothing-booked-with-hooks = Nothing is booked yet. The hooks are installed: booking begins with the first prompt in Claude Code.
nothing-booked =
    Nothing is booked yet: there is no ledger in { $folder }.
    To begin, run { $command }.
