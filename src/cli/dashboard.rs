//! `cost-hook dashboard`: the ledger as one HTML page. The page itself is `dashboard`'s; here it gets its file, and its
//! reader a browser.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use clap::ValueHint;
use serde::Serialize;

use super::args::Filters;
use super::shop::{SHORT, Shop};
use super::status;
use super::success;
use crate::base::disk;
use crate::base::env;
use crate::base::error::{Error, Result};
use crate::base::text::size;
use crate::base::words::say;
use crate::budget::Place;
use crate::dashboard::{self, Dashboard, Request};
use crate::report::fold::Cut;
use crate::report::json::{self, Figures, SCHEMA_VERSION};
use crate::report::table::calls_in;
use crate::ui::print;

/// In the current folder, not beside the ledger: browsers that are confined to the user's documents cannot read a folder
/// whose name begins with a dot.
const FILE: &str = "cost-hook-dashboard.html";

/// How long an opener is watched, and how closely.
const PATIENCE_STEPS: u32 = 60;
const PATIENCE_STEP: Duration = Duration::from_millis(50);

const EXAMPLES: &str = "\
Examples:
  cost-hook dashboard --open                             write the page here and show it in the browser
  cost-hook dashboard --since 2026-11 --output nov.html  one month, in a file of that name
  cost-hook dashboard --anonymize --output -             for others: numbers instead of names, to standard output";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The file to write, or `-` for standard output; an existing one is replaced in one step
    #[arg(long, short, value_name = "FILE", default_value = FILE, value_hint = ValueHint::FilePath)]
    output: PathBuf,
    /// Show the page in the browser
    #[arg(long)]
    open: bool,
    /// Put numbers in the place of projects, branches, people, sessions, skills, servers and subagents
    #[arg(long)]
    anonymize: bool,
    #[command(flatten)]
    filters: Filters,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let to_stdout = args.output == Path::new("-");
    if to_stdout && (args.open || shop.json) {
        let option = if args.open { "--open" } else { "--json" };
        return Err(Error::usage(format!(
            "`{option}` needs a file to speak of, and `--output -` writes none"
        ))
        .hint("name a file with --output"));
    }
    let session = shop.world.var(env::CLAUDE_CODE_SESSION_ID);
    let project = shop.project(session.as_deref(), SHORT).unwrap_or_else(|_| shop.world.project_dir());
    let setup = shop.setup_in(&project);
    let zone = args.filters.zone.zone(&setup)?;
    let query = args.filters.query(shop.world, &zone)?;
    let project = project.display().to_string();
    let place = Place { session: session.as_deref(), project: &project, ..Place::default() };
    // Books what is new, too.
    let standings = status::standings(shop, &setup, &place)?;
    let cut = Cut::new(zone, &setup.settings.calendar);
    let made = dashboard::make(&Request {
        ledger: &setup.ledger,
        query: &query,
        cut: &cut,
        prices: &setup.prices,
        now: shop.world.now(),
        standings: &standings,
        system: &setup.system,
        language: shop.out.language,
        anonymous: args.anonymize,
    })?;
    if made.unreadable_lines > 0 {
        let lines = made.unreadable_lines;
        print::warning(&shop.err, &say!(shop.err.language, "dashboard-unread", lines = lines));
    }
    if to_stdout {
        shop.say(&made.html)?;
        return success();
    }
    let path = shop.world.cwd().join(&args.output);
    // Somebody else's folder may bring a link of the name we choose ourselves.
    if args.output.as_os_str() == FILE && disk::is_link(&path) {
        return Err(Error::user(format!("`{FILE}` is a symbolic link, which may lead anywhere"))
            .hint("remove it, or name the file to be written with `--output`"));
    }
    disk::replace(&path, made.html.as_bytes())?;
    shop.say(&if shop.json { document(&path, &made, cut.zone.name()) } else { told(shop, &path, &made) })?;
    if args.open {
        open(&path)?;
    }
    success()
}

/// The path on a line of its own, to be copied or clicked at.
fn told(shop: &Shop<'_>, path: &Path, made: &Dashboard) -> String {
    let language = shop.out.language;
    let (cost, calls) = (made.sum.cost.show(), calls_in(made.sum.calls, language));
    let size = size(made.html.len() as u64);
    let what = match made.days {
        None => say!(language, "dashboard-nothing-booked", size = size),
        Some((first, last)) if first == last => {
            let day = first.to_string();
            say!(language, "dashboard-made-of-day", cost = cost, calls = calls, day = day, size = size)
        }
        Some((first, last)) => say!(
            language,
            "dashboard-made",
            cost = cost,
            calls = calls,
            first = first.to_string(),
            last = last.to_string(),
            size = size
        ),
    };
    format!("{}\n{}", path.display(), shop.faint(&(what + "\n")))
}

fn document(path: &Path, made: &Dashboard, timezone: &str) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        timezone: &'a str,
        file: String,
        bytes: usize,
        start_date: Option<String>,
        end_date: Option<String>,
        sessions: usize,
        sessions_shown: usize,
        totals: Figures,
        unreadable_lines: usize,
    }
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        timezone,
        file: path.display().to_string(),
        bytes: made.html.len(),
        start_date: made.days.map(|(first, _)| first.to_string()),
        end_date: made.days.map(|(_, last)| last.to_string()),
        sessions: made.sessions.1,
        sessions_shown: made.sessions.0,
        totals: Figures::from(&made.sum),
        unreadable_lines: made.unreadable_lines,
    })
}

/// Hands the file to whatever shows such files here.
fn open(path: &Path) -> Result<()> {
    let (program, before): (&str, &[&str]) = if cfg!(windows) {
        // The empty word is the window's title, which a quoted path would be taken for.
        ("cmd", &["/C", "start", ""])
    } else if cfg!(target_os = "macos") {
        ("open", &[])
    } else {
        ("xdg-open", &[])
    };
    let mut command = Command::new(program);
    command.args(before).arg(path).stdin(Stdio::null()).stdout(Stdio::null());
    let failed = |why: String| {
        Error::user(format!("cannot show the page with `{program}`: {why}"))
            .hint(format!("it is written; open {} in a browser", path.display()))
    };
    let mut child = command.stderr(Stdio::null()).spawn().map_err(|error| failed(error.to_string()))?;
    // Some openers end at once, some are the browser and stay: whoever is still there after this has not failed.
    for _ in 0..PATIENCE_STEPS {
        match child.try_wait().map_err(|error| failed(error.to_string()))? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(failed(status.to_string())),
            None => std::thread::sleep(PATIENCE_STEP),
        }
    }
    Ok(())
}
