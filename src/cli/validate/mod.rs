//! `cost-hook validate`: every problem of settings files, for people and for tools. Finding them is `doctor::files`'
//! business; here is which files are asked for, in which form the answer is given, and the exit code.

mod forms;
mod sarif;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ValueEnum, ValueHint};

use super::args::Whose;
use super::shop::Shop;
use crate::base::diagnostic::Severity;
use crate::base::error::Result;
use crate::doctor::files::{self, Checked};
use crate::setup::with_sources;

const EXAMPLES: &str = "\
Examples:
  cost-hook validate                                   every settings file that applies here
  cost-hook validate .claude/settings.json             one file, as the project's
  cost-hook validate - --scope managed < policy.json   standard input, as managed settings
  cost-hook validate --format sarif > cost.sarif       for code scanning
  cost-hook validate --format github --strict          annotations in a GitHub workflow

Exit code: 0 without errors, 1 with errors (with --strict also with warnings).";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Settings files; `-` is standard input [default: all that apply in the current folder]
    #[arg(value_hint = ValueHint::FilePath)]
    files: Vec<PathBuf>,
    /// All settings files that apply in the current folder: managed, user, project and local
    #[arg(long, conflicts_with = "files")]
    all: bool,
    /// In which form to answer
    #[arg(long, value_enum, default_value_t = Format::Human, conflicts_with = "json")]
    format: Format,
    /// Whose settings the given files are or will be, where their names do not tell
    #[arg(long, value_enum, requires = "files")]
    scope: Option<Whose>,
    /// Warnings count as errors
    #[arg(long)]
    strict: bool,
    /// Print nothing but errors (with --strict also warnings)
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Each problem over its source, with its cure
    Human,
    /// One JSON document
    Json,
    /// SARIF 2.1.0, which code scanning reads
    Sarif,
    /// Workflow commands, which GitHub shows beside the changed lines
    Github,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let mut checked = gather(args, shop)?;
    let count = |severity| checked.iter().map(|file| file.count(severity)).sum::<usize>();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let failed = errors > 0 || (args.strict && warnings > 0);
    if args.quiet {
        for file in &mut checked {
            file.found.retain(|found| args.strict || found.severity == Severity::Error);
        }
    }
    let text = match (args.format, shop.json) {
        (_, true) | (Format::Json, _) => forms::json(&checked, errors, warnings),
        (Format::Sarif, _) => sarif::document(&checked, shop.world.cwd()),
        (Format::Github, _) => forms::github(&checked, shop.world.cwd()),
        (Format::Human, _) => forms::human(shop, &checked, args.quiet),
    };
    shop.say(&text)?;
    Ok(ExitCode::from(u8::from(failed)))
}

fn gather(args: &Args, shop: &Shop<'_>) -> Result<Vec<Checked>> {
    let (world, project) = (shop.world, shop.world.project_dir());
    if args.files.is_empty() || args.all {
        return Ok(files::all(world, &project));
    }
    let scope = args.scope.map(Whose::layer);
    let mut checked = Vec::new();
    for path in &args.files {
        checked.push(if path == Path::new("-") {
            let bytes = files::input(&mut std::io::stdin().lock())?;
            let name = "<stdin>";
            let place = with_sources(world, &project, |sources| {
                files::place_of(Path::new(name), Some(scope?), sources)
            });
            files::text(world, &project, name, bytes, place.as_ref())
        } else {
            files::one(world, &project, path, scope)
        });
    }
    Ok(checked)
}
