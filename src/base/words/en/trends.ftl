### The words of trend and analyze.
