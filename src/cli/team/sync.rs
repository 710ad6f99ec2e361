//! `cost-hook team sync`: sends and asks. By hand, by cron, and in the background by the hook.

use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;

use crate::base::error::Result;
use crate::base::words::{Language, say, word};
use crate::cli::shop::{PATIENT, Shop};
use crate::cli::success;
use crate::report::json::{self, SCHEMA_VERSION};
use crate::setup::Setup;
use crate::team::plan::{Raised, Sent};
use crate::team::sync::{self, Done};

const EXAMPLES: &str = "\
Examples:
  cost-hook team sync              now: what was not sent yet, then the totals
  cost-hook team sync --dry-run    every line that would leave this machine, and nothing else
  cost-hook team sync --json       for a job's last step

The hook runs it in the background while somebody works. Prompts, code and paths are never sent.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// List what would be sent, one JSON object a line, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Say nothing, and do nothing when another one is under way: how the hook runs it
    #[arg(long, conflicts_with_all = ["dry_run", "json"])]
    background: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    sent: usize,
    news: u64,
    totals: &'a crate::team::state::Totals,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Planned {
    schema_version: u32,
    lines: Vec<Sent>,
    raised: Vec<Raised>,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    if args.background {
        in_background(shop);
        return success();
    }
    let setup = shop.setup();
    // So that what was spent a moment ago is among it.
    shop.catch_up(&setup, |_| Ok(()));
    if args.dry_run {
        return planned(shop, &setup);
    }
    let address = super::address(&setup)?;
    let _lock = sync::lock(setup.ledger.base(), PATIENT)?;
    let done = sync::run(&setup.ledger, &setup.settings, &address, (shop.world.now(), PATIENT), |_| {})?;
    shop.say(&match shop.json {
        true => json::text(&Document {
            schema_version: SCHEMA_VERSION,
            sent: done.sent,
            news: done.news,
            totals: &done.totals,
        }),
        false => in_words(&done, shop.out.language),
    })?;
    success()
}

fn in_words(done: &Done, language: Language) -> String {
    let sent = match (done.sent, done.news) {
        (0, _) => language.word(word!("nothing-to-send")).to_string(),
        (sent, news) if news == sent as u64 => say!(language, "lines-sent", lines = sent),
        (sent, news) => say!(language, "lines-sent-some-new", lines = sent, news = news),
    };
    let (team, own) = (done.totals.team.cost.show(), done.totals.own.cost.show());
    say!(language, "team-has-spent", sent = sent, team = team, own = own) + "\n"
}

/// Nobody reads what it would say. What went wrong stands in `team.json`, for `team status` and `doctor`.
fn in_background(shop: &Shop<'_>) {
    let setup = Setup::of(shop.world, &shop.world.project_dir());
    // Whoever began it may be gone with its folder, which is not made again for this.
    if !setup.ledger.exists() {
        return;
    }
    let Ok(address) = super::address(&setup) else { return };
    let Ok(_lock) = sync::lock(setup.ledger.base(), Duration::ZERO) else { return };
    let _ = sync::run(&setup.ledger, &setup.settings, &address, (shop.world.now(), PATIENT), |_| {});
}

fn planned(shop: &Shop<'_>, setup: &Setup) -> Result<ExitCode> {
    let store = match setup.settings.team.database_url {
        Some(_) => super::address(setup)?.store,
        None => String::new(),
    };
    let mut all = Planned { schema_version: SCHEMA_VERSION, lines: Vec::new(), raised: Vec::new() };
    sync::outgoing(&setup.ledger, &store, setup.settings.team.projects, |batch| {
        if shop.json {
            all.lines.extend(batch.lines.iter().cloned());
            all.raised.extend(batch.raised.iter().cloned());
            return Ok(());
        }
        let mut text = String::new();
        for line in &batch.lines {
            text.push_str(&one_line(line));
        }
        for raised in &batch.raised {
            text.push_str(&one_line(raised));
        }
        shop.say(&text)
    })?;
    if shop.json {
        shop.say(&json::text(&all))?;
    }
    success()
}

fn one_line(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default() + "\n"
}
