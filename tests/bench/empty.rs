//! What every process costs on this machine: the measure for a hook.

fn main() {}
