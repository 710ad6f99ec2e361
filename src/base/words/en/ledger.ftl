### The words of ledger's commands and of import.
