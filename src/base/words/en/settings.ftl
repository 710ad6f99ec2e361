### The words of config and validate.
