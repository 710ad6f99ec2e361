//! Options that several commands share, as typed; what they mean is found out where they are used.

use std::ops::Deref;

use clap::{Args, ValueEnum, ValueHint};

use super::shop::{self, Shop};
use crate::base::error::{Error, Result};
use crate::base::time::{Window, Zone};
use crate::base::world::World;
use crate::model::limit::{Filter, Layer};
use crate::report::fold::{self, Cut, Folded};
use crate::report::query::{self, Project, Query};
use crate::report::table;
use crate::report::{json, spreadsheet};
use crate::setup::Setup;
use crate::ui::print;
use crate::ui::style::Screen;

/// Options every command has.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(super) struct Global {
    /// Answer with one JSON document.
    #[arg(long, global = true, display_order = 900)]
    pub(super) json: bool,
    /// No colour, whatever the terminal can do (the variable NO_COLOR does the same).
    #[arg(long, global = true, display_order = 901)]
    pub(super) no_color: bool,
}

/// Whose settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Whose {
    Managed,
    User,
    Project,
    Local,
}

impl Whose {
    pub(super) fn layer(self) -> Layer {
        match self {
            Whose::Managed => Layer::Managed,
            Whose::User => Layer::User,
            Whose::Project => Layer::Project,
            Whose::Local => Layer::Local,
        }
    }
}

/// Which zone days are cut in.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct ZoneArgs {
    /// IANA time zone in which days begin, such as Europe/Berlin [default: cost.timezone, else the system's]
    #[arg(long, value_name = "ZONE")]
    pub(super) timezone: Option<String>,
}

impl ZoneArgs {
    pub(super) fn zone(&self, setup: &Setup) -> Result<Zone> {
        let Some(name) = &self.timezone else { return Ok(setup.zone()) };
        Zone::named(name).ok_or_else(|| {
            Error::usage(format!("`{name}` is not a time zone of this system"))
                .hint("zones have names like Europe/Berlin, America/New_York or UTC")
        })
    }

    pub(super) fn cut(&self, setup: &Setup) -> Result<Cut> {
        Ok(Cut::new(self.zone(setup)?, &setup.settings.calendar))
    }
}

/// How charts and bars are drawn.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(super) struct Drawing {
    /// Draw without Unicode, as where the locale has none
    #[arg(long)]
    ascii: bool,
}

impl Drawing {
    /// The screen as it is to be drawn on.
    pub(super) fn on(self, screen: Screen) -> Screen {
        Screen { unicode: screen.unicode && !self.ascii, ..screen }
    }
}

/// In which form and order a report is shown.
#[derive(Debug, Clone, Args)]
pub(super) struct Shape {
    /// In which form to answer
    #[arg(long, value_enum, default_value_t = Format::Table, conflicts_with = "json")]
    format: Format,
    /// In which order rows stand [default: periods and sessions by time, everything else by cost]
    #[arg(long, value_enum)]
    order: Option<Order>,
    /// Show only so many rows; the others are put together in one
    #[arg(long, value_name = "ROWS", value_parser = clap::value_parser!(u32).range(1..))]
    top: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Columns for the terminal
    Table,
    /// All columns, for spreadsheets
    Csv,
    /// A Markdown table, for issues and job summaries
    Md,
    /// One JSON document, as --json
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Order {
    Time,
    Name,
    Cost,
    Tokens,
    Calls,
}

impl From<Order> for fold::Order {
    fn from(order: Order) -> Self {
        match order {
            Order::Time => fold::Order::Time,
            Order::Name => fold::Order::Name,
            Order::Cost => fold::Order::Cost,
            Order::Tokens => fold::Order::Tokens,
            Order::Calls => fold::Order::Calls,
        }
    }
}

impl Shape {
    /// The whole answer to a report that has rows. `note` is a sentence below it, for people.
    pub(super) fn show(
        &self,
        shop: &Shop<'_>,
        mut folded: Folded,
        breakdown: bool,
        zone: &Zone,
        note: &str,
    ) -> Result<()> {
        folded.arrange(self.order.map(Into::into), self.top.map(|top| top as usize));
        match self.format {
            _ if shop.json => print::json(&json::report(&folded, zone)),
            Format::Json => print::json(&json::report(&folded, zone)),
            Format::Csv => shop.say(&spreadsheet::report(&folded, breakdown)),
            Format::Md => shop.say(&table::markdown(&folded, breakdown, shop.out.language)),
            Format::Table => {
                let look = shop::look(&shop.out);
                let table = shop.table(&table::report(&folded, breakdown, look));
                shop.say(&if note.is_empty() { table } else { table + &shop.faint(note) })
            }
        }
    }

    /// Is the answer for people? Only they are told in words that there is nothing.
    pub(super) fn is_for_people(&self, shop: &Shop<'_>) -> bool {
        self.format == Format::Table && !shop.json
    }
}

/// Which lines of the ledger count.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Filters {
    /// First day: 2026-11-24, 20261124, 2026-11, today, yesterday, 7d, or an RFC 3339 time
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    since: Option<String>,
    /// Last day, all of it; the same forms
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    until: Option<String>,
    #[command(flatten)]
    only: Only,
}

impl Filters {
    /// As ccusage's options name them.
    pub(super) fn of_ccusage(
        since: Option<String>,
        until: Option<String>,
        project: Option<String>,
        zone: ZoneArgs,
    ) -> Self {
        Self { since, until, only: Only { project, zone, ..Only::default() } }
    }

    pub(super) fn query(&self, world: &World, zone: &Zone) -> Result<Query> {
        let window = query::window(self.since.as_deref(), self.until.as_deref(), world.now(), zone)?;
        Ok(Query { window, ..self.only.query(world) })
    }
}

/// What holds whenever it was is asked for in the same way.
impl Deref for Filters {
    type Target = Only;

    fn deref(&self) -> &Only {
        &self.only
    }
}

/// Which lines count, whenever they were booked.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Only {
    /// Only this project: a folder and what is below it, a folder's last name, or a name under `projects/`
    // Names under `projects/` begin with a dash.
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath, allow_hyphen_values = true)]
    project: Option<String>,
    /// Only this model, in any spelling of its id, or a family such as opus
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Only this session, by its whole id
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Only work on this git branch; `*` stands for any characters
    #[arg(long, value_name = "BRANCH")]
    branch: Option<String>,
    /// Only this kind of subagent; `*` stands for any characters
    #[arg(long, value_name = "TYPE")]
    agent: Option<String>,
    /// Only this person, as the ledger names them: an email address or user name
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    #[command(flatten)]
    pub(super) zone: ZoneArgs,
}

impl Only {
    pub(super) fn names_a_session(&self) -> bool {
        self.session.is_some()
    }

    pub(super) fn query(&self, world: &World) -> Query {
        Query {
            window: Window::ALWAYS,
            project: self.project.as_deref().map(|text| Project::parse(text, world.cwd(), &world.home())),
            user: self.user.clone(),
            filter: Filter {
                project: None,
                model: self.model.clone(),
                branch: self.branch.clone(),
                agent: self.agent.clone(),
                session: self.session.clone(),
            },
        }
    }
}
