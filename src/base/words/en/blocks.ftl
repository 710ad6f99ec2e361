### The words of blocks and watch.
