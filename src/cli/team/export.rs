//! `cost-hook team export`: the team's calls, as `cost-hook export` writes those of this machine.

use std::cell::Cell;
use std::process::ExitCode;

use clap::ValueEnum;

use super::{Month, month, open};
use crate::base::error::{Error, Result};
use crate::base::time::{Time, Window, Zone};
use crate::base::words::{say, sentence, word};
use crate::cli::export::Target;
use crate::cli::shop::Shop;
use crate::cli::success;
use crate::export::{Entries, charges};
use crate::ledger::entries::Entry;
use crate::ledger::scan::Bad;
use crate::model::limit::Filter;
use crate::report::query::{self, Project, Query, Wanted};
use crate::setup::Setup;
use crate::team::store::Store;
use crate::team::{calls, members};
use crate::ui::print;

const EXAMPLES: &str = "\
Examples:
  cost-hook team export --output team.csv                                every call of this month
  cost-hook team export --month 2026-10 --granularity day -o days.csv    a month's sums by day
  cost-hook team export --format focus --month 2026-10 -o focus.csv      for FinOps tools
  cost-hook team export --user ann@example.org --since 2026-01           a member's calls of this year
  cost-hook team export --format jsonl --project shop | jq .cost         for a program

A member exports their own calls; an administrator everybody's. Days and months are those of UTC. Every export of the same
rows has the same bytes, and their sum is what `cost-hook team report` says.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    target: Target,
    /// focus and aws-billing: what rows are told apart by and carry as tags
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["project", "user"])]
    tags: Vec<TagName>,
    /// The month, such as 2026-11 [default: the present one]
    #[arg(long, value_name = "MONTH", conflicts_with_all = ["since", "until"])]
    month: Option<String>,
    /// Instead of a month, the first day: 2026-11-24, 20261124, 2026-11, today, yesterday, 7d, or an RFC 3339 time
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    since: Option<String>,
    /// Last day, all of it; the same forms
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    until: Option<String>,
    /// Only this member
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Only this project, as `team.projects` names it; of paths a folder and what is below it
    #[arg(long, value_name = "PROJECT", allow_hyphen_values = true)]
    project: Option<String>,
    /// Only this model, in any spelling of its id, or a family such as opus
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TagName {
    Project,
    User,
}

impl From<TagName> for charges::Tag {
    fn from(name: TagName) -> Self {
        match name {
            TagName::Project => charges::Tag::Project,
            TagName::User => charges::Tag::User,
        }
    }
}

/// The rows of the store that a query asks for.
struct OfStore<'a> {
    store: &'a Store,
    query: &'a Query,
    /// Those whose provider is not known here.
    strange: Cell<u64>,
    member: Option<&'a str>,
    /// Calls of these days are in the sums of the store alone.
    is_less: Cell<bool>,
}

impl Entries for OfStore<'_> {
    fn each(&self, take: &mut dyn FnMut(&Entry<'_>) -> Result<()>) -> Result<Vec<Bad>> {
        let mut wanted = Wanted::new(self.query);
        let is_less = calls::each(self.store, self.query.window, self.member, &mut |entry, is_known| {
            if !wanted.counts(entry) {
                return Ok(());
            }
            self.strange.set(self.strange.get() + u64::from(!is_known));
            take(entry)
        })?;
        self.is_less.set(is_less);
        Ok(Vec::new())
    }

    /// None of this is sent. What else is not has no value in an entry, either.
    fn unknown(&self) -> &'static [&'static str] {
        &["result_bytes", "retries", "source", "client_cost_usd"]
    }
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let order = args.target.order(args.tags.iter().map(|tag| (*tag).into()), shop)?;
    let setup = shop.setup();
    let query = args.query(&setup, shop)?;
    let (_, store) = open(&setup)?;
    // Row-level security shows nobody's rows to who is nobody here: that is no empty month.
    if let (None, false) = members::whoami(&store)? {
        return Err(
            Error::user("this login is no member of the team").hint(sentence!("no-member-of-team-cure"))
        );
    }
    let member = args.user.as_deref().map(str::trim);
    if let Some(name) = member
        && !members::is_known(&store, name)?
    {
        return Err(Error::user(say!(setup.language, "no-member-to-read", name = name))
            .hint(sentence!("no-member-cure")));
    }
    let entries =
        OfStore { store: &store, query: &query, member, strange: Cell::default(), is_less: Cell::default() };
    order.fill(&entries, &Zone::utc(), &setup.prices, shop)?;
    let language = shop.err.language;
    if let strange @ 1.. = entries.strange.get() {
        print::warning(&shop.err, &say!(language, "export-strange-providers", calls = strange));
    }
    if entries.is_less.get() {
        print::warning(&shop.err, language.word(word!("export-months-taken-out")));
    }
    success()
}

impl Args {
    fn query(&self, setup: &Setup, shop: &Shop<'_>) -> Result<Query> {
        let (now, world) = (shop.world.now(), shop.world);
        let window = if self.since.is_some() || self.until.is_some() {
            query::window(self.since.as_deref(), self.until.as_deref(), now, &Zone::utc())?
        } else {
            window_of(&month(setup, self.month.as_deref(), now)?)
        };
        Ok(Query {
            window,
            project: self.project.as_deref().map(|text| Project::parse(text, world.cwd(), &world.home())),
            // The store goes by the member's name as it writes it.
            user: None,
            filter: Filter { model: self.model.clone(), ..Filter::default() },
        })
    }
}

fn window_of(month: &Month) -> Window {
    let start = |day: chrono::NaiveDate| -> Time { Zone::utc().start_of(day) };
    Window { start: start(month.first), end: start(month.next) }
}
