### The team's store: members, sums, what was sent.

heading-member = Member
heading-role = Role
heading-allocation = Allocation
heading-spent = Spent
heading-used = Used
heading-last-sync = Last sync
