### The words of reconcile.
