//! `cost-hook uninstall`: our hooks and status line out of Claude Code's settings again. The ledger is the user's
//! and stays.

use std::path::Path;
use std::process::ExitCode;

use super::install::{self, Left, Scope, Target};
use super::managed;
use super::shop::Shop;
use super::traces::{self, Gone};
use super::{report, success};
use crate::base::disk;
use crate::base::error::Result;
use crate::base::jsonc;
use crate::base::words::{say, word};
use crate::claude::install::{Plan, plan_uninstall};
use crate::claude::{shell, state};
use crate::ledger::Ledger;
use crate::settings::layers::MAX_FILE;

const EXAMPLES: &str = "\
Examples:
  cost-hook uninstall                  out of your own settings
  cost-hook uninstall --scope project  out of this project's shared settings
  cost-hook uninstall --scope managed  out of the settings of all users of this machine
  cost-hook uninstall --dry-run        only show what would change";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    target: Target,
}

/// Our entries out of a file, which may not be there.
pub(super) fn plan(bytes: Option<&[u8]>) -> Result<Plan> {
    match bytes {
        Some(bytes) => plan_uninstall(bytes),
        None => Ok(Plan { new_bytes: Vec::new(), changes: Vec::new() }),
    }
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    if args.target.scope == Scope::Managed {
        return managed::uninstall(args.target.dry_run, shop);
    }
    let world = shop.world;
    let path = args.target.scope.file(world);
    let edit = install::edit(&path, args.target.dry_run, plan)?;
    let mut gone = Gone { lines: traces::start_up_lines(world), ..Gone::default() };
    if edit.is_done() {
        traces::restore(world, &path, edit.after(), &mut gone)?;
    }
    let setup = shop.setup();
    let others = others(shop);
    // Whoever still books needs what is made from the ledger.
    if !args.target.dry_run
        && args.target.scope == Scope::User
        && others.is_empty()
        && !report::is_installed(&setup)
    {
        traces::sweep(world, &mut gone)?;
    }
    if !args.target.dry_run {
        traces::tidy(world, &mut gone)?;
    }
    let edit = edit.without_backup();
    let ledger = Ledger::at(&world.data_dir());
    let has_cost = has_cost(edit.after());
    if shop.json {
        let show = |path: &Path| path.display().to_string();
        let left = Left {
            removed: gone.removed.iter().map(|path| show(path)).collect(),
            ledger: ledger.exists().then(|| show(ledger.base())),
            start_up_lines: gone
                .lines
                .iter()
                .map(|(file, line)| format!("{}: {line}", file.display()))
                .collect(),
            plugins: others,
        };
        shop.say(&install::document(&edit, args.target.scope, None, None, Some(&left)))?;
        return success();
    }
    let language = shop.out.language;
    let mut text = edit.in_words(shop, false);
    for removed in &gone.removed {
        let removed = say!(language, "file-removed", file = removed.display().to_string());
        text.push_str(&(shop.faint(&format!("  {removed}")) + "\n"));
    }
    if args.target.dry_run {
        text.push_str(&format!("{}\n", language.word(word!("nothing-was-changed"))));
        shop.say(&text)?;
        return success();
    }
    if has_cost {
        text.push_str(&(say!(language, "own-settings-stay", file = path.display().to_string()) + "\n"));
    }
    for plugin in &others {
        let command = shop.command(&format!("claude plugin uninstall {plugin}"));
        text.push_str(&(say!(language, "plugin-stays", plugin = plugin, command = command) + "\n"));
    }
    for (file, line) in &gone.lines {
        let left = say!(language, "line-is-left", file = file.display().to_string());
        text.push_str(&format!("{left}\n  {line}\n"));
    }
    if ledger.exists() {
        let folder = ledger.base().display().to_string();
        let command = shop.command(&format!("rm -r {}", shell::quote(&folder)));
        text.push_str(&(say!(language, "ledger-stays", folder = folder, command = command) + "\n"));
    }
    if edit.is_done() {
        let again = format!("cost-hook install{}", args.target.scope.option());
        text.push_str(&(say!(language, "install-again", command = shop.command(&again)) + "\n"));
    }
    shop.say(&text)?;
    success()
}

/// Plugins of ours that Claude Code has.
fn others(shop: &Shop<'_>) -> Vec<String> {
    let config = shop.world.config_dir();
    let list = disk::read_at_most(&config.join("plugins/installed_plugins.json"), MAX_FILE).ok().flatten();
    let list: Option<serde_json::Value> = list.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let names = list.as_ref().and_then(|list| list.get("plugins")).and_then(serde_json::Value::as_object);
    let names: Vec<String> = names.into_iter().flat_map(|names| names.keys().cloned()).collect();
    // Where they are listed; what managed settings run where it lies is not the user's to take away.
    let ours =
        state::plugins(&config, &names, |_| None).into_iter().filter(|plugin| !plugin.registered.is_empty());
    ours.map(|plugin| plugin.name).collect()
}

fn has_cost(bytes: &[u8]) -> bool {
    let text = jsonc::decode(bytes).map(|decoded| decoded.text).unwrap_or_default();
    jsonc::parse(text).ok().and_then(|document| document.root).is_some_and(|root| root.get("cost").is_some())
}
