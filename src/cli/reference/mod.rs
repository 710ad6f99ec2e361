//! `cost-hook reference`: writes and checks every generated file of the repository. For contributors, so it exists
//! in debug builds only. What the files say is their makers' business.

mod commands;
mod environment;

use std::process::ExitCode;

use super::shop::Shop;
use super::success;
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::text::{counted, list_and, ticked};
use crate::ledger::schema as ledger;
use crate::settings::{reference as settings_page, schema as settings};

/// What brings the files up to date.
pub const COMMAND: &str = "cargo run -- reference --write";

const EXAMPLES: &str = "\
Examples:
  cost-hook reference --check   names the files that are not current
  cost-hook reference --write   writes them anew";

/// Write or check the generated files below the current folder.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[group(id = "what", required = true)]
pub(super) struct Args {
    /// Bring every file up to date
    #[arg(long, group = "what")]
    write: bool,
    /// Change nothing; fail when a file is not current
    #[arg(long, group = "what")]
    check: bool,
}

/// Every generated file, its path from the root of the repository, and what it should hold.
pub fn files() -> Vec<(&'static str, String)> {
    let schema = settings::schema_text();
    // Not the schema the program carries: one run has to be enough after a change of the types.
    let parsed = serde_json::from_str(&schema).unwrap_or_default();
    vec![
        (settings_page::PATH, settings_page::page(&parsed)),
        (environment::PATH, environment::page()),
        (commands::PATH, commands::page()),
        (settings::EDITOR_PATH, settings::editor_text()),
        (settings::PATH, schema),
        (ledger::PATH, ledger::schema_text()),
    ]
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let root = shop.world.cwd();
    if !root.join("schema").is_dir() {
        return Err(
            Error::user("there is no folder `schema` here").hint("run it in the root of the repository")
        );
    }
    let mut stale = Vec::new();
    for (path, text) in files() {
        if disk::read(&root.join(path))?.as_deref() != Some(text.as_bytes()) {
            stale.push((path, text));
        }
    }
    if args.check {
        if stale.is_empty() {
            return success();
        }
        let names: Vec<&str> = stale.iter().map(|(path, _)| *path).collect();
        let message = format!("{}: {}", counted(stale.len(), "stale file"), list_and(&ticked(&names)));
        return Err(Error::user(message).hint(format!("bring them up to date with `{COMMAND}`")));
    }
    for (path, text) in stale {
        disk::replace_with_mode(&root.join(path), text.as_bytes(), 0o644)?;
        shop.say(&format!("{path}\n"))?;
    }
    success()
}
