//! Options that several commands share, as typed; what they mean is found out where they are used.

use clap::{Args, ValueEnum, ValueHint};

use crate::base::error::{Error, Result};
use crate::base::time::Zone;
use crate::base::world::World;
use crate::model::limit::{Filter, Layer};
use crate::report::fold::Cut;
use crate::report::query::{self, Project, Query};
use crate::setup::Setup;

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

/// Which lines of the ledger count.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Filters {
    /// First day: 2026-11-24, 20261124, 2026-11, today, yesterday, 7d, or an RFC 3339 time
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    since: Option<String>,
    /// Last day, all of it; the same forms
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    until: Option<String>,
    /// Only this project: a folder and what is below it, a folder's last name, or a name under `projects/`
    // Names under `projects/` begin with a dash.
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath, allow_hyphen_values = true)]
    project: Option<String>,
    /// Only this model, in any spelling of its id, or a family such as opus
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    #[command(flatten)]
    pub(super) zone: ZoneArgs,
}

impl Filters {
    pub(super) fn query(&self, world: &World, zone: &Zone) -> Result<Query> {
        Ok(Query {
            window: query::window(self.since.as_deref(), self.until.as_deref(), world.now(), zone)?,
            project: self.project.as_deref().map(|text| Project::parse(text, world.cwd(), &world.home())),
            filter: Filter { model: self.model.clone(), ..Filter::default() },
        })
    }
}
