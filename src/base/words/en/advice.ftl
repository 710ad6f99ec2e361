### The words of debug and advise.
