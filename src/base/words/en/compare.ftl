### The words of compare and pricing.
