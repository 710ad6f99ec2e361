//! The two lanes. What Claude Code runs many times a minute is recognised from its first argument and never meets
//! the argument parser; everything else is the command line proper.

use std::process::ExitCode;

use cost_hook::base::world::World;
use cost_hook::{cli, hook};

fn main() -> ExitCode {
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let world = World::of_process();
    if hook::run_if_hot(&arguments, &world) {
        return ExitCode::SUCCESS;
    }
    cli::run(&world)
}
