### The team's store: members, sums, what was sent.

heading-member = Member
heading-role = Role
heading-allocation = Allocation
heading-spent = Spent
heading-used = Used
heading-last-sync = Last sync

## The address of the store, and what is wrong with it.

store-at = database { $database } at { $places }
host-and-port = { $host } port { $port }
no-store-set = no team's store is set
no-store-set-cure = set COST_HOOK_TEAM_URL or `team.databaseUrl` to the address you were given: postgres://login:password@host:5432/database
store-address-cure = check `team.databaseUrl` or COST_HOOK_TEAM_URL: postgres://login:password@host:5432/database
store-roots-cure = `sslrootcert` names a file of PEM certificates
store-authority-cure = `sslrootcert` in the address names the file of the authority that signed the server's
nothing-is-lost-cure = what is not sent yet is sent the next time: nothing is lost
store-not-set-up-cure = whoever owns the database runs `cost-hook team init` first
store-privilege-cure = an administrator of the team may do it, or give you the right: `cost-hook team invite`
store-reads-only-cure = this server only reads: the address has to name the one that is written to, or several hosts and `target_session_attrs=read-write`
store-password-cure = an administrator makes a new address with `cost-hook team invite`
store-newer-cure = update cost-hook on this machine
store-changed-cure = somebody changed it; restore the database, or ask whoever set it up

## init.

store-up-to-date = The team's store is up to date: { $store }.
store-set-up =
    Set up the team's store, { $versions ->
        [one] { $versions } version
       *[other] { $versions } versions
    } of its schema applied: { $store }.
allocations-changed =
    { $allocations ->
        [one] { $allocations } allocation
       *[other] { $allocations } allocations
    } now as the settings say.
next-invite = Next: { $command } for each member.

## invite and remove.

member-name-wrong = a member's name has 1 to 200 characters, on one line
invited-with-allocation =
    { $name } is { $role ->
        [admin] an administrator
       *[member] a member
    } of the team, with an allocation of { $amount } a month.
invited-without-allocation =
    { $name } is { $role ->
        [admin] an administrator
       *[member] a member
    } of the team, without an allocation: shares what the others leave.
give-them-this-address = Give them this address over a channel you trust; it is not shown again:
they-put-it = They put it where only they can read it, and try it:
the-address = the address
no-member = `{ $name }` is no member of the team
no-member-cure = `cost-hook team members` lists them
no-member-to-read = `{ $name }` is no member whose calls you may read
removed-from-team = { $name } has no login any more. What they spent stays in the team's totals.

## members and report.

no-calendar-month = `{ $text }` is no month
no-calendar-month-cure = a month is written like 2026-11
role-removed = removed
role-admin = admin
role-member = member
never = never
days-of-month = { $first } to { $last }
days-and-whole-team = { $days }; the whole team { $amount }
unknown-name = (unknown)

## sync.

nothing-to-send = Nothing to send.
lines-sent =
    Sent { $lines ->
        [one] { $lines } line
       *[other] { $lines } lines
    }.
lines-sent-some-new =
    Sent { $lines ->
        [one] { $lines } line
       *[other] { $lines } lines
    }, { $news } of them new to the team.
team-has-spent = { $sent } The team has spent { $team } this month, you { $own } of it.

## status.

fact-connection = Connection
fact-store = Store
fact-totals = Totals
fact-last-try = Last try
fact-member = Member
fact-waiting = Waiting
fact-team = Team
fact-you = You
connection-not-tried = not tried
connection-none = none
connection-ok = ok
connected-as = as { $user }
connected-as-admin = as { $user }, an administrator
connected-as-owner = as the owner of the database
connected-as-nobody = with a login that is no member of the team
totals-stale = stale: older than `team.maxAge`, or never fetched
member-another = another
member-differs = limits go by `{ $local }`: set `team.user` to { $known } to have its allocation
everything-sent = everything is sent
not-sent-yet = of the ledger not sent yet
active-in-last-hour = { $members } active in the last hour
of-an-allocation = of an allocation of { $amount }

## export, of the team and of the ledger.

export-written =
    { $path }: { $rows ->
        [one] { $rows } row
       *[other] { $rows } rows
    }, { $amount }
export-bad-lines =
    { $lines ->
        [one] { $lines } line of the ledger could not be read and is left out
       *[other] { $lines } lines of the ledger could not be read and are left out
    }; `cost-hook doctor` says which
export-strange-providers =
    { $calls ->
        [one] { $calls } call of a provider that this version does not know stands there as Anthropic's; its amount is right
       *[other] { $calls } calls of a provider that this version does not know stand there as Anthropic's; their amounts are right
    }
export-months-taken-out = left out: calls of months that were detached from the database; `cost-hook team report` counts them all the same
no-member-of-team-cure = an administrator makes an address of your own with `cost-hook team invite`
