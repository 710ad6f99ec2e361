//! `cost-hook config`: looking at single settings (`show`, `explain`), changing them (`change`) and a file as a whole in
//! an editor (`edit`). What a key means and which of its values count is `settings`' business.

pub(super) mod change;
mod edit;
mod explain;
mod show;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::args::Whose;
use super::shop::Shop;
use crate::base::env;
use crate::base::error::Result;
use crate::base::jsonc;
use crate::base::rewrite::Readers;
use crate::base::splice::Item;
use crate::base::text::without_secrets;
use crate::base::width::{left, shown};
use crate::base::words::{Language, say};
use crate::budget;
use crate::model::limit::Layer;
use crate::settings::keys::Key;
use crate::settings::layers;
use crate::settings::{self, Place, Settings, SettingsFile};
use crate::setup::with_sources;

const EXAMPLES: &str = "\
Examples:
  cost-hook config set cost.dailyBudget 10          ten dollars a day, in your settings
  cost-hook config set cost.autoStopAtBudget on     and stop when they are spent
  cost-hook config set --scope project cost.limits[docs] '{\"amount\": 5, \"period\": \"daily\"}'
  cost-hook config explain cost.dailyBudget         what it means, and which values count
  cost-hook config list --origin                    every setting with the file it stands in
  cost-hook config edit --scope local               open a file in your editor

Keys are those of settings.json, joined by dots. An entry of a list is named in brackets: cost.limits[docs].amount,
team.members[ann@example.org].allocation, cost.pricing.overrides[claude-opus-5-5].input.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print the value of a setting that is in force
    Get(show::Get),
    /// Write a setting into a settings file
    Set(change::Set),
    /// Take a setting out of a settings file
    Unset(change::Unset),
    /// List the settings that are written somewhere
    List(show::List),
    /// Open a settings file in your editor, and save it only when it is valid
    Edit(edit::Args),
    /// Print the path of a settings file
    Path(show::PathOf),
    /// Tell what a setting means, its default, its value in every file, and which of them count
    Explain(explain::Args),
}

/// `user settings`.
fn whose(layer: Layer, language: Language) -> &'static str {
    language.word(budget::whose(layer))
}

/// `user`, as wide as the widest of them.
fn whose_in_short(layer: &str, language: Language) -> String {
    left(&say!(language, "layer", layer = layer), 8)
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    match &args.what {
        What::Get(args) => show::get(args, shop),
        What::Set(args) => change::set(args, shop),
        What::Unset(args) => change::unset(args, shop),
        What::List(args) => show::list(args, shop),
        What::Edit(args) => edit::run(args, shop),
        What::Path(args) => show::path(args, shop),
        What::Explain(args) => explain::run(args, shop),
    }
}

/// The settings files that apply in the current folder, and what they come to.
struct Loaded {
    places: Vec<Place>,
    files: Vec<SettingsFile>,
    settings: Settings,
}

impl Loaded {
    fn of(shop: &Shop<'_>) -> Self {
        with_sources(shop.world, &shop.world.project_dir(), |sources| {
            let (places, _) = layers::places(sources);
            let files = layers::read_all(&places, sources.zone_exists);
            let settings = settings::join(&files, sources);
            Self { places, files, settings }
        })
    }
}

/// The file a scope is written to.
pub(super) fn file_of(shop: &Shop<'_>, scope: Whose) -> Place {
    let world = shop.world;
    let project = world.project_dir();
    let (path, root) = match scope {
        Whose::Managed => {
            let folder = settings::managed_dir(world.var(env::COST_HOOK_MANAGED_DIR).map(PathBuf::from));
            (folder.join("managed-settings.json"), None)
        }
        Whose::User => (world.config_dir().join("settings.json"), None),
        Whose::Project => (project.join(".claude/settings.json"), Some(project)),
        Whose::Local => (project.join(".claude/settings.local.json"), Some(project)),
    };
    Place { layer: scope.layer(), path, root }
}

/// Managed settings are everybody's to read: nobody is bound by a budget in a file that only root can open.
fn readers(place: &Place) -> Readers {
    if place.layer == Layer::Managed { Readers::Everybody } else { Readers::Owner }
}

/// A value on one line and without passwords, as far as it may be shown to anybody who looks over a shoulder.
fn one_line(text: &str) -> String {
    shown(&without_secrets(&compact(text)), 400)
}

/// A value for a program: a string without its quotes, everything else on one line, nothing left out.
fn plain(text: &str) -> String {
    if let Ok(string) = serde_json::from_str::<String>(text) {
        return string;
    }
    compact(text)
}

fn compact(text: &str) -> String {
    let document = jsonc::parse(text).ok();
    let value = document.as_ref().and_then(|document| document.root.as_ref());
    value.map_or_else(|| text.to_string(), |value| Item::of(text, value).compact())
}

fn key(text: &str) -> Result<Key> {
    let key = Key::parse(text)?;
    key.schema()?;
    Ok(key)
}
