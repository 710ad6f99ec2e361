//! `cost-hook ccusage`: ccusage's command line, answered from the ledger, for programs that start ccusage and read its
//! JSON. What it has no counterpart for is refused with what to use instead, never passed over in silence.

use std::process::ExitCode;

use chrono::{Datelike, Days, Months};
use clap::ValueEnum;

use super::args::{Filters, ZoneArgs};
use super::shop::Shop;
use super::{blocks, report, success};
use crate::base::error::{Error, Result};
use crate::base::time::{Time, Window};
use crate::model::limit::slug;
use crate::report::ccusage;
use crate::report::fold::{self, By, Cut, Folded, fold};
use crate::report::query::{Project, Query};

const EXAMPLES: &str = "\
Examples:
  cost-hook ccusage daily --json                   what ccusage daily --json would say
  cost-hook ccusage blocks --json --active         the window of five hours that is running
  cost-hook ccusage claude daily --json --instances

So that programs find it in ccusage's place, put a file named ccusage in front of it on PATH:
#!/bin/sh
exec cost-hook ccusage \"$@\"";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, disable_version_flag = true)]
pub(super) struct Args {
    /// As ccusage has them: daily (as when nothing is named), weekly, monthly, session or blocks; claude in front of it
    #[arg(value_name = "REPORT", value_enum, num_args = 0..=2)]
    words: Vec<Word>,
    /// One JSON document, as --json
    #[arg(short = 'j')]
    brief_json: bool,
    /// First day: YYYYMMDD or YYYY-MM-DD
    #[arg(long, short, value_name = "DAY")]
    since: Option<String>,
    /// Last day, all of it
    #[arg(long, short, value_name = "DAY")]
    until: Option<String>,
    /// IANA time zone in which days begin
    #[arg(long, short = 'z', value_name = "ZONE")]
    timezone: Option<String>,
    /// Oldest first, or newest first
    #[arg(long, short, value_enum, default_value_t = Order::Asc)]
    order: Order,
    /// Days of each project by itself
    #[arg(long, short)]
    instances: bool,
    /// Only this project
    #[arg(long, short, value_name = "NAME", allow_hyphen_values = true)]
    project: Option<String>,
    /// Only so many days, weeks or months up to now
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    last: Option<u32>,
    /// First day of the week
    #[arg(long, short = 'w', value_enum, value_name = "DAY")]
    start_of_week: Option<Weekday>,
    /// Each row says again what Claude Code spent of it
    #[arg(long)]
    by_agent: bool,
    /// Only the window that is running
    #[arg(long, short)]
    active: bool,
    /// Only windows of the last three days
    #[arg(long, short)]
    recent: bool,
    /// Hold windows against so many tokens, or against the largest one that is over (max)
    #[arg(long, short, value_name = "TOKENS|max")]
    token_limit: Option<blocks::TokenLimit>,
    /// Hours of a window: five
    #[arg(long, short = 'n', value_name = "HOURS")]
    session_length: Option<String>,
    /// auto or calculate: amounts are always computed from tokens and prices
    #[arg(long, short, value_name = "MODE")]
    mode: Option<String>,
    #[command(flatten)]
    idle: Idle,
    #[command(flatten)]
    refused: Refused,
}

/// What changes nothing here.
#[derive(Debug, Clone, clap::Args)]
#[allow(clippy::struct_excessive_bools)]
struct Idle {
    /// Always so
    #[arg(long, short = 'O')]
    offline: bool,
    /// No program here asks the network
    #[arg(long, hide = true)]
    no_offline: bool,
    /// The parts by model are always there
    #[arg(long, short)]
    breakdown: bool,
    #[arg(long, hide = true)]
    all: bool,
    #[arg(long, hide = true)]
    compact: bool,
    #[arg(long, hide = true)]
    color: bool,
    #[arg(long, hide = true)]
    single_thread: bool,
    #[arg(long, short, hide = true)]
    debug: bool,
    #[arg(long, hide = true, value_name = "COUNT")]
    debug_samples: Option<String>,
    #[arg(long, short = 'l', hide = true, value_name = "LOCALE")]
    locale: Option<String>,
}

/// What cannot be done, each with what can.
#[derive(Debug, Clone, clap::Args)]
struct Refused {
    #[arg(long, short = 'q', hide = true, value_name = "FILTER")]
    jq: Option<String>,
    #[arg(long, hide = true)]
    live: bool,
    #[arg(long, hide = true)]
    no_cost: bool,
    #[arg(long, short = 'v', hide = true)]
    version: bool,
    #[arg(long, hide = true, value_name = "ID")]
    id: Option<String>,
    #[arg(long, hide = true, value_name = "NAMES")]
    sections: Option<String>,
    #[arg(long, hide = true, value_name = "NAMES")]
    project_aliases: Option<String>,
    #[arg(long, hide = true, value_name = "FILE")]
    config: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Word {
    Claude,
    Daily,
    Weekly,
    Monthly,
    Session,
    Blocks,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Order {
    Asc,
    Desc,
}

/// In the order in which `Cut` counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    if args.refused.version {
        shop.say(&format!("cost-hook {}\n", env!("CARGO_PKG_VERSION")))?;
        return success();
    }
    args.refuse()?;
    let is_claude = args.words.first() == Some(&Word::Claude);
    let rest = &args.words[usize::from(is_claude)..];
    let word = match rest {
        [] => Word::Daily,
        [word] if *word != Word::Claude => *word,
        _ => return Err(Error::usage("one report at a time: daily, weekly, monthly, session or blocks")),
    };
    let zone = ZoneArgs { timezone: args.timezone.clone() };
    let filters = Filters::of_ccusage(args.since.clone(), args.until.clone(), args.project.clone(), zone);
    let shop = &Shop { json: shop.json || args.brief_json, ..*shop };
    if word == Word::Blocks {
        let asked = blocks::Args::of_ccusage(args.active, args.recent, args.token_limit, filters);
        return blocks::run_in_order(&asked, shop, args.order == Order::Desc);
    }
    let by = match word {
        Word::Weekly => By::Week,
        Word::Monthly => By::Month,
        Word::Session => By::Session,
        _ => By::Day,
    };
    let setup = shop.setup();
    let zone = filters.zone.zone(&setup)?;
    let mut query = filters.query(shop.world, &zone)?;
    shop.catch_up(&setup, |_| Ok(()));
    let mut cut = Cut::new(zone, &setup.settings.calendar);
    // ccusage's months are the calendar's. Its weeks begin on Monday, in reports of Claude Code alone on Sunday.
    cut.billing_day = 1;
    cut.week_start = args.start_of_week.map_or(if is_claude { 6 } else { 0 }, |day| day as u8);
    if let Some(last) = args.last {
        let start = begin_of_last(last, by, &cut, shop.world.now())?;
        query.window.start = query.window.start.max(start);
    }
    let mut folded = fold(&setup.ledger, &query, by, &cut)?;
    args.arrange(&mut folded);
    if !shop.json {
        let shown = if folded.groups.is_empty() {
            report::nothing(shop, &setup)
        } else {
            shop.table(&crate::report::table::report(
                &folded,
                args.idle.breakdown,
                super::shop::look(&shop.out),
            ))
        };
        shop.say(&shown)?;
        return success();
    }
    if args.instances && by == By::Day {
        let projects = fold(&setup.ledger, &query, By::Project, &cut)?;
        let mut names: Vec<String> = projects.groups.iter().map(|group| slug(&group.name)).collect();
        names.sort();
        names.dedup();
        let mut of = Vec::new();
        for name in names {
            let own = Query { project: Some(Project::Name(name.clone())), ..query.clone() };
            let mut days = fold(&setup.ledger, &own, By::Day, &cut)?;
            args.arrange(&mut days);
            of.push((name, days));
        }
        shop.say(&ccusage::projects(&of, &folded.total.sum))?;
    } else {
        shop.say(&ccusage::report(&folded, args.by_agent))?;
    }
    success()
}

/// When the first of so many periods up to now begins.
fn begin_of_last(count: u32, by: By, cut: &Cut, now: Time) -> Result<Time> {
    let today = cut.zone.day(now);
    let before = u64::from(count - 1);
    let (day, start) = match by {
        By::Day => (today.checked_sub_days(Days::new(before)), None),
        By::Week => (today.checked_sub_days(Days::new(7 * before)), Some(cut.week_start)),
        By::Month => {
            let first = today.with_day(1);
            (first.and_then(|first| first.checked_sub_months(Months::new(count - 1))), None)
        }
        _ => return Err(Error::usage("--last counts days, weeks or months, not sessions")),
    };
    let day = day.ok_or_else(|| Error::usage("--last goes back too far"))?;
    Ok(match start {
        Some(week_start) => Window::week(&cut.zone, day, week_start).start,
        None => cut.zone.start_of(day),
    })
}

impl Args {
    fn arrange(&self, folded: &mut Folded) {
        if folded.by == By::Session {
            // ccusage has the dearest first, whatever order was asked for.
            folded.arrange(Some(fold::Order::Cost), None);
        } else if self.order == Order::Desc {
            folded.groups.reverse();
        }
    }

    fn refuse(&self) -> Result<()> {
        let refused = &self.refused;
        let no = |option: &str, instead: &str| {
            Err(Error::usage(format!("{option} of ccusage is not here")).hint(instead))
        };
        if refused.jq.is_some() {
            return no("--jq", "pipe the answer to jq: `cost-hook ccusage daily --json | jq .totals`");
        }
        if refused.live {
            return no("--live", "`cost-hook watch` shows spending as it is booked");
        }
        if refused.no_cost {
            return no("--no-cost", "leave it out, and pass over the amounts");
        }
        if refused.id.is_some() {
            return no("--id", "`cost-hook session ID --json` shows one session");
        }
        if refused.sections.is_some() {
            return no("--sections", "ask for one report at a time");
        }
        if refused.project_aliases.is_some() {
            return no("--project-aliases", "projects go by their folders");
        }
        if refused.config.is_some() {
            return no("--config", "settings are Claude Code's: `cost-hook config list` shows them");
        }
        match self.mode.as_deref() {
            None | Some("auto" | "calculate") => {}
            Some(_) => {
                return no(
                    "any --mode but auto and calculate",
                    "amounts are always computed from tokens and prices",
                );
            }
        }
        match self.session_length.as_deref() {
            None | Some("5") => Ok(()),
            Some(_) => no("any --session-length but 5", "windows have five hours, as those of subscriptions"),
        }
    }
}
