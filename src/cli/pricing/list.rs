//! `pricing list`: the prices in force.

use std::process::ExitCode;

use super::At;
use crate::base::error::Result;
use crate::base::width::wrapped;
use crate::base::words::{Language, say};
use crate::cli::args::Format;
use crate::cli::shop::{self, Shop};
use crate::cli::success;
use crate::model::price_table::PRICES_VERSION;
use crate::model::ratio::Ratio;
use crate::report::columns;
use crate::report::prices::{self, Priced, Scene};

const EXAMPLES: &str = "\
Examples:
  cost-hook pricing list                          every model that is sold today
  cost-hook pricing list --all --date 2026-02-20  every model there ever was, as it cost then
  cost-hook pricing list --provider google --region eu  with what the region adds
  cost-hook pricing list --json > prices.json     for programs, and for `pricing update` elsewhere";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    at: At,
    /// Models too that are not sold any more, or not there
    #[arg(long)]
    all: bool,
    /// In which form to answer
    #[arg(long, value_enum, default_value_t = Format::Table, conflicts_with = "json")]
    format: Format,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let setup = shop.setup();
    let scene = args.at.scene(shop, &setup)?;
    let rows = scene.all(args.all);
    let language = shop.out.language;
    let (heads, cells) = prices::table(&rows, language);
    let notes = notes(&rows, &scene, language);
    shop.say(&match args.format {
        _ if shop.json => prices::document(&rows, &scene),
        Format::Json => prices::document(&rows, &scene),
        Format::Csv => csv(&rows),
        Format::Md => {
            let table = columns::markdown(&heads, &cells, language);
            notes.iter().fold(table, |text, note| text + "\n" + note + "\n")
        }
        Format::Table => {
            let look = shop::look(&shop.out);
            let lines = notes.iter().flat_map(|note| wrapped(note, look.width));
            let notes: String = lines.map(|line| shop.faint(&line) + "\n").collect();
            shop.table(&columns::draw(&heads, &cells, look)) + &notes
        }
    })?;
    success()
}

fn notes(rows: &[Priced], scene: &Scene<'_>, language: Language) -> Vec<String> {
    let mut notes = vec![say!(
        language,
        "prices-shown",
        platform = scene.place.provider.name(),
        region = &scene.place.region,
        day = scene.day.to_string(),
        list = PRICES_VERSION,
        factor = scene.overrides.batch.unwrap_or(Ratio::thousandths(500)).to_string()
    )];
    let contract = scene.overrides.contract(scene.place.provider);
    if contract != Ratio::ONE {
        notes.push(say!(language, "prices-multiplied", factor = contract.to_string()));
    }
    let of_model = |row: &Priced| {
        let kinds = prices::in_words(&row.own, language);
        say!(language, "own-prices-of-model", model = &row.id, prices = kinds)
    };
    let own: Vec<String> = rows.iter().filter(|row| !row.own.is_empty()).map(of_model).collect();
    if !own.is_empty() {
        notes.push(say!(language, "own-prices", prices = language.facts(&own)));
    }
    notes
}

fn csv(rows: &[Priced]) -> String {
    let head = [
        "model",
        "above_prompt_tokens",
        "input_usd",
        "output_usd",
        "cache_write_5m_usd",
        "cache_write_1h_usd",
        "cache_read_usd",
        "own_prices",
    ];
    let records = rows.iter().flat_map(|row| {
        row.steps.iter().map(|step| {
            let mut record = vec![row.id.clone(), step.above.to_string()];
            record.extend(step.prices.map(|price| price.map_or(String::new(), |price| price.to_string())));
            record.push(prices::own_keys(row).join(" "));
            record
        })
    });
    columns::csv(&head, records)
}
