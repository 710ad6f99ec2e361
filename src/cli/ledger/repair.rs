//! `ledger repair`: mends what is wrong with the ledger.

use std::process::ExitCode;

use serde::Serialize;

use super::rewritten;
use crate::base::error::Result;
use crate::base::words::{Language, say, word};
use crate::cli::shop::Shop;
use crate::ledger::repair::{self, Repaired};
use crate::report::json::{self, SCHEMA_VERSION};

const EXAMPLES: &str = "\
Examples:
  cost-hook ledger repair --dry-run   what would be mended, changing nothing
  cost-hook ledger repair             mends it; the backup's folder is printed
  cost-hook ledger verify             what is left, such as lines a person has to decide on";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Say what would be mended, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    // Documents are in no language but their own.
    let language = if shop.json { Language::English } else { shop.out.language };
    rewritten(
        shop,
        |ledger, now, patience| repair::repair(ledger, now, patience, args.dry_run, language),
        |repaired| document(args, repaired),
        |repaired| in_words(args, repaired, shop),
    )
}

fn in_words(args: &Args, repaired: &Repaired, shop: &Shop<'_>) -> String {
    let language = shop.out.language;
    let mut text = String::new();
    if repaired.did.is_empty() && repaired.left.is_empty() {
        text.push_str(language.word(word!("nothing-to-mend")));
        text.push('\n');
    } else if !repaired.did.is_empty() {
        let head = if args.dry_run { word!("would-mend") } else { word!("mended") };
        text.push_str(&format!("{}\n", shop.heading(language.word(head))));
        repaired.did.iter().for_each(|did| text.push_str(&format!("  {did}\n")));
    }
    if !repaired.left.is_empty() {
        text.push_str(&format!("{}\n", shop.heading(language.word(word!("left-as-it-is")))));
        repaired.left.iter().for_each(|left| text.push_str(&format!("  {left}\n")));
    }
    if let Some(aside) = repaired.aside.as_ref().filter(|_| !args.dry_run) {
        let file = aside.display().to_string();
        text.push_str(&(say!(language, "lines-taken-out", file = file) + "\n"));
    }
    if let Some(backup) = &repaired.backup {
        let folder = backup.display().to_string();
        text.push_str(&(say!(language, "files-as-they-were", folder = folder) + "\n"));
    }
    text
}

fn document(args: &Args, repaired: &Repaired) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        dry_run: bool,
        did: &'a [String],
        left: &'a [String],
        #[serde(skip_serializing_if = "Option::is_none")]
        backup: Option<String>,
    }
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        dry_run: args.dry_run,
        did: &repaired.did,
        left: &repaired.left,
        backup: repaired.backup.as_ref().map(|path| path.display().to_string()),
    })
}
