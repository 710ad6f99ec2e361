//! `cost-hook uninstall`: our hooks and status line out of Claude Code's settings again. The ledger is the user's
//! and stays.

use std::process::ExitCode;

use super::install::{self, Target};
use super::shop::Shop;
use super::success;
use crate::base::error::Result;
use crate::base::words::{say, word};
use crate::claude::install::{Plan, plan_uninstall};
use crate::ledger::Ledger;

const EXAMPLES: &str = "\
Examples:
  cost-hook uninstall                  out of your own settings
  cost-hook uninstall --scope project  out of this project's shared settings
  cost-hook uninstall --dry-run        only show what would change";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    target: Target,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let path = args.target.scope.file(shop.world);
    let plan = |bytes: Option<&[u8]>| match bytes {
        Some(bytes) => plan_uninstall(bytes),
        None => Ok(Plan { new_bytes: Vec::new(), changes: Vec::new() }),
    };
    let edit = install::edit(&path, args.target.dry_run, plan)?;
    if shop.json {
        shop.say(&install::document(&edit, args.target.scope, None, None))?;
        return success();
    }
    let language = shop.out.language;
    let mut text = edit.in_words(shop, false);
    if args.target.dry_run {
        text.push_str(&format!("{}\n", language.word(word!("nothing-was-changed"))));
    } else if !edit.changes.is_empty() {
        let ledger = Ledger::at(&shop.world.data_dir());
        if ledger.exists() {
            let folder = ledger.base().display().to_string();
            text.push_str(&(say!(language, "ledger-stays", folder = folder) + "\n"));
        }
        let again = format!("cost-hook install{}", args.target.scope.option());
        text.push_str(&(say!(language, "install-again", command = shop.command(&again)) + "\n"));
    }
    shop.say(&text)?;
    success()
}
