### The words of doctor.
