//! `pricing update`: new prices from a file, weighed against those in force and written as the user's own into the
//! settings, so that the hook needs no other file. What is booked keeps its cost.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ValueEnum, ValueHint};
use serde::Serialize;

use super::today;
use crate::base::diagnostic::Diagnostic;
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::jsonc;
use crate::base::money::Money;
use crate::base::splice::Item;
use crate::base::text::quoted;
use crate::base::width::{shown, wrapped};
use crate::base::words::{say, word};
use crate::cli::args::Whose;
use crate::cli::config::change::{self, Target};
use crate::cli::config::file_of;
use crate::cli::shop::{self, Shop};
use crate::cli::success;
use crate::model::day::Day;
use crate::model::model_id::{canonical, identify};
use crate::model::price::{CallFacts, ModelOverride, PriceOverrides};
use crate::model::price_table::thresholds;
use crate::model::tariff::{Kind, Tariff};
use crate::model::usage::Tokens;
use crate::report::columns::{self, Column, Row};
use crate::report::json::{self, SCHEMA_VERSION};
use crate::report::prices;
use crate::report::table::Role;
use crate::settings::edit;
use crate::settings::keys::{Key, Step};
use crate::settings::price_file::{self, Refusal};
use crate::ui::print;

const EXAMPLES: &str = "\
Examples:
  cost-hook pricing update prices.json --dry-run        only show what would change
  cost-hook pricing update prices.json                  take new models and changed prices
  cost-hook pricing update prices.json --model claude-opus-6  this model alone
  cost-hook pricing update prices.json --replace        your own prices of before, too

The file is LiteLLM's `model_prices_and_context_window.json`, of which the prices of the Claude API are taken, or what
`cost-hook pricing list --json` printed. Nothing is downloaded. What is booked keeps its cost; new calls have the new prices.";

/// A price file has a few megabytes.
const MAX_FILE: u64 = 64 << 20;

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The price file
    #[arg(value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// Only this model, as the file names it or in another spelling; may be given several times
    #[arg(long, value_name = "MODEL")]
    model: Vec<String>,
    /// Change prices too that you have set yourself before
    #[arg(long)]
    replace: bool,
    /// Whose settings
    #[arg(long, value_enum, default_value_t = Scope::User)]
    scope: Scope,
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Prices count in these settings only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scope {
    User,
    Managed,
}

impl From<Scope> for Whose {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::User => Whose::User,
            Scope::Managed => Whose::Managed,
        }
    }
}

/// New prices of one model.
#[derive(Debug, Clone, PartialEq)]
struct Change {
    model: String,
    is_new: bool,
    prices: Vec<(Kind, Option<Money>, Money)>,
    /// The file has other prices for longer prompts, which an override cannot hold.
    loses_steps: bool,
}

/// What a file comes to.
#[derive(Debug, Default)]
struct Findings {
    changes: Vec<Change>,
    refused: Vec<(String, Refusal)>,
    /// Own prices that differ and were not asked for.
    kept: Vec<String>,
    same: usize,
    /// Rows of other platforms and other makers.
    others: usize,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let rows = read(args)?;
    let setup = shop.setup();
    let found = findings(args, &rows, &setup.prices, today(shop))?;
    for (name, refusal) in &found.refused {
        print::warning(
            &shop.err,
            &say!(
                shop.err.language,
                "row-left-out",
                row = quoted(name),
                why = &refusal.why,
                cure = refusal.cure
            ),
        );
    }
    if let Some((name, refusal)) = found.refused.first().filter(|_| !args.model.is_empty()) {
        return Err(
            Error::user(format!("{} has no usable price in the file", quoted(name))).hint(refusal.cure)
        );
    }
    let key = overrides_key(&[]);
    let target = Target { scope: args.scope.into(), dry_run: args.dry_run };
    let place = file_of(shop, target.scope);
    // That the list does not know a model is why it gets a price here.
    let is_expected = |found: &Diagnostic| found.rule == "unknown-model";
    let (outcome, written) = change::carry_out(shop, &key, &place, target, is_expected, |text| {
        found.changes.iter().try_fold(text.to_string(), |text, change| with(&text, change)).map(Some)
    })?;
    let idle =
        change::idle(shop, &key, &place, target.scope).filter(|_| !args.dry_run && !found.changes.is_empty());
    if shop.json {
        let backup = written.backup.as_ref().map(|path| path.display().to_string());
        shop.say(&document(args, &found, &place.path.display().to_string(), written.changed, backup))?;
        return success();
    }
    let mut text = in_words(shop, args, &found, &place.path.display().to_string());
    text.push_str(&change::closing(shop, target, &outcome, &written));
    shop.say(&text)?;
    if let Some(why) = idle {
        let key = key.to_string();
        print::warning(&shop.err, &say!(shop.err.language, "setting-without-effect", key = key, why = why));
    }
    success()
}

fn read(args: &Args) -> Result<Vec<price_file::Row>> {
    let path = &args.file;
    let bytes = disk::read_at_most(path, MAX_FILE)?.ok_or_else(|| {
        Error::user(format!("there is no file `{}`", path.display()))
            .hint("give a saved price file; docs/guide/pricing.md says where to get one")
    })?;
    let decoded = jsonc::decode(&bytes)
        .map_err(|_| Error::user(format!("{} is not UTF-8 text", path.display())).hint("save it as UTF-8"))?;
    price_file::read(decoded.text)
        .map_err(|error| error.hint(format!("the file is {}", shown(&path.display().to_string(), 200))))
}

/// What the file's rows would change of the prices in force.
fn findings(args: &Args, rows: &[price_file::Row], own: &PriceOverrides, day: Day) -> Result<Findings> {
    let mut found = Findings::default();
    let mut wanted: BTreeMap<String, &price_file::Row> = BTreeMap::new();
    for row in rows {
        let named = args.model.iter().any(|name| is_meant(name, row));
        if if args.model.is_empty() { !is_of_claude_api(row) } else { !named } {
            found.others += 1;
            continue;
        }
        let model = canonical(&row.name).into_owned();
        // Of an alias and the id itself the id's row counts.
        match wanted.get(&model) {
            Some(known) if known.name == model || row.name != model => {
                if known.prices != row.prices {
                    let why = format!("`{}` has other prices for the same model", known.name);
                    found.refused.push((
                        row.name.clone(),
                        Refusal { why, cure: "the row with the model's own id is taken" },
                    ));
                }
            }
            _ => drop(wanted.insert(model, row)),
        }
    }
    for name in &args.model {
        if !rows.iter().any(|row| is_meant(name, row)) {
            return Err(Error::user(format!("the file has no prices of {}", quoted(name)))
                .hint("`--model` takes the name of a row, such as claude-opus-5-5"));
        }
    }
    for (model, row) in wanted {
        found.weigh(args, &model, row, own, day);
    }
    Ok(found)
}

/// Prices of the Claude API; those of platforms follow from them by factors.
fn is_of_claude_api(row: &price_file::Row) -> bool {
    let id = identify(&row.name);
    let is_claude = id.target.model().is_some() || row.name.starts_with("claude-");
    let is_plain = id.scope.is_none() && id.provider.is_none() && !id.fast && !row.name.contains('/');
    is_claude && is_plain && row.platform.as_deref().is_none_or(|platform| platform == "anthropic")
}

fn is_meant(name: &str, row: &price_file::Row) -> bool {
    let of_list = |id: &str| identify(id).target.model().map(|model| model.id);
    name.eq_ignore_ascii_case(&row.name)
        || is_of_claude_api(row) && of_list(name).is_some() && of_list(name) == of_list(&row.name)
}

impl Findings {
    fn weigh(&mut self, args: &Args, model: &str, row: &price_file::Row, own: &PriceOverrides, day: Day) {
        let listed = identify(model).target.model();
        // Factors of contracts and places are no business of a price list.
        let prices = PriceOverrides { models: own.models.clone(), ..PriceOverrides::default() };
        let facts = CallFacts::plain(model, day, Tokens::default());
        let at = |prompt: u64| {
            let tariff = Tariff::of(&facts, prompt, &prices);
            Kind::ALL.map(|kind| tariff.per_million(kind))
        };
        let has_own = own.of(model);
        let is_new = listed.is_none() && has_own.is_none();
        let [input, output, cache_write_5m, cache_write_1h, cache_read] = at(0);
        let now = ModelOverride { input, output, cache_write_5m, cache_write_1h, cache_read };
        let now = (!is_new).then_some(now);
        if let Err(refusal) = row.check(now.as_ref()) {
            self.refused.push((row.name.clone(), refusal));
            return;
        }
        let prices: Vec<(Kind, Option<Money>, Money)> = Kind::ALL
            .into_iter()
            .filter_map(|kind| {
                let (before, after) = (now.as_ref().and_then(|now| kind.of(now)), kind.of(&row.prices)?);
                (before != Some(after)).then_some((kind, before, after))
            })
            .collect();
        if prices.is_empty() {
            self.same += 1;
            return;
        }
        if has_own.is_some() && !args.replace && args.model.is_empty() {
            self.kept.push(model.to_string());
            return;
        }
        if let Some(above) = thresholds().into_iter().find(|above| at(above + 1) != at(0)).filter(|_| !is_new)
        {
            let why = format!(
                "its prices change for prompts over {above} tokens, and an override holds for all lengths"
            );
            let cure = "update cost-hook for its new prices, or set one in `cost.pricing.overrides` yourself";
            self.refused.push((row.name.clone(), Refusal { why, cure }));
            return;
        }
        self.changes.push(Change { model: model.to_string(), is_new, prices, loses_steps: row.has_steps });
    }
}

fn overrides_key(below: &[&str]) -> Key {
    let member = |name: &&str| Step::Member((*name).to_string());
    let steps = ["cost", "pricing", "overrides"].iter().map(member);
    Key::new(steps.chain(below.iter().map(|name| Step::Entry((*name).to_string()))).collect())
}

/// The settings with the new prices in them.
fn with(text: &str, change: &Change) -> Result<String> {
    change.prices.iter().try_fold(text.to_string(), |text, (kind, _, price)| {
        edit::set(&text, &overrides_key(&[change.model.as_str(), kind.key()]), &Item::Raw(price.to_string()))
    })
}

fn in_words(shop: &Shop<'_>, args: &Args, found: &Findings, path: &str) -> String {
    let look = shop::look(&shop.out);
    let language = look.language;
    let mut text = String::new();
    if found.changes.is_empty() {
        text.push_str(&say!(language, "no-prices-to-take", models = found.same));
        text.push('\n');
    } else {
        let columns = [
            Column::text(word!("heading-model"), 0),
            Column::text(word!("heading-price"), 0),
            Column::number(word!("heading-in-force"), 1),
            Column::number(word!("heading-new"), 0),
        ];
        let mut rows = Vec::new();
        for change in &found.changes {
            for (at, (kind, before, after)) in change.prices.iter().enumerate() {
                let name = if at == 0 { shown(&change.model, 60) } else { String::new() };
                let before = match before {
                    _ if change.is_new => "-".to_string(),
                    Some(before) => before.to_string(),
                    None => "-".to_string(),
                };
                let cells =
                    vec![name, language.word(prices::word(*kind)).to_string(), before, after.to_string()];
                rows.push(Row { role: Role::Row, cells });
            }
        }
        text.push_str(&shop.table(&columns::draw(&columns, &rows, look)));
        let models = found.changes.len();
        let note = match args.dry_run {
            true => say!(language, "prices-would-be-written", models = models, file = path),
            false => say!(language, "prices-written", models = models, file = path),
        };
        text.extend(wrapped(&note, look.width).into_iter().map(|line| line + "\n"));
    }
    for change in found.changes.iter().filter(|change| change.loses_steps) {
        text.push_str(&say!(language, "steps-lost", model = shown(&change.model, 60)));
        text.push('\n');
    }
    if !found.kept.is_empty() {
        let models = shown(&language.names(&found.kept), 400);
        text.push_str(&say!(language, "own-prices-left", models = models));
        text.push('\n');
    }
    text
}

fn document(args: &Args, found: &Findings, path: &str, changed: bool, backup: Option<String>) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        scope: String,
        file: &'a str,
        dry_run: bool,
        changed: bool,
        changes: Vec<Changed<'a>>,
        refused: Vec<Refused<'a>>,
        kept: &'a [String],
        unchanged_models: usize,
        other_rows: usize,
        #[serde(skip_serializing_if = "Option::is_none")]
        backup: Option<String>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Changed<'a> {
        model_name: &'a str,
        is_new: bool,
        prices: Vec<Moved>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Moved {
        kind: &'static str,
        before: Option<f64>,
        before_exact: Option<Money>,
        after: f64,
        after_exact: Money,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Refused<'a> {
        name: &'a str,
        reason: &'a str,
        cure: &'a str,
    }
    let moved = |(kind, before, after): &(Kind, Option<Money>, Money)| Moved {
        kind: kind.key(),
        before: before.map(Money::to_f64),
        before_exact: *before,
        after: after.to_f64(),
        after_exact: *after,
    };
    let change = |change: &'_ Change| (change.is_new, change.prices.iter().map(moved).collect::<Vec<_>>());
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        scope: args.scope.to_possible_value().map(|value| value.get_name().to_string()).unwrap_or_default(),
        file: path,
        dry_run: args.dry_run,
        changed,
        changes: found
            .changes
            .iter()
            .map(|one| {
                let (is_new, prices) = change(one);
                Changed { model_name: &one.model, is_new, prices }
            })
            .collect(),
        refused: found
            .refused
            .iter()
            .map(|(name, refusal)| Refused { name, reason: &refusal.why, cure: refusal.cure })
            .collect(),
        kept: &found.kept,
        unchanged_models: found.same,
        other_rows: found.others,
        backup,
    })
}
