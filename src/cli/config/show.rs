//! `config get`, `list` and `path`: looking without changing anything.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde::Serialize;
use serde_json::Value as Json;

use super::super::setting_key::SettingKey;
use super::{Loaded, file_of, key, one_line, plain, whose, whose_in_short};
use crate::base::diagnostic::Severity;
use crate::base::error::{Error, Result};
use crate::base::width::columns;
use crate::base::words::{say, sentence, word};
use crate::cli::args::Whose;
use crate::cli::shop::Shop;
use crate::cli::success;
use crate::model::limit::Layer;
use crate::report::json::{self, SCHEMA_VERSION};
use crate::settings::Place;
use crate::settings::keys::{self, Key};
use crate::settings::precedence::{Occurrence, Pages, Standing};
use crate::settings::value::Kind;
use crate::ui::print;
use crate::ui::style::Tone;

const GET: &str = "\
Examples:
  cost-hook config get cost.dailyBudget                the value that counts
  cost-hook config get cost.dailyBudget --scope user   what stands in your own settings";

#[derive(Debug, clap::Args)]
#[command(after_help = GET)]
pub(super) struct Get {
    /// The setting, such as cost.dailyBudget
    #[arg(value_parser = SettingKey, hide_possible_values = true)]
    key: String,
    /// Only what stands in these settings, whether it counts or not
    #[arg(long, value_enum)]
    scope: Option<Whose>,
}

const LIST: &str = "\
Examples:
  cost-hook config list                 what is set
  cost-hook config list --origin        with the file each value stands in
  cost-hook config list cost.limits     one part
  cost-hook config list --all           what is not set too, with its default";

#[derive(Debug, clap::Args)]
#[command(after_help = LIST)]
pub(super) struct List {
    /// Only settings below this key, such as cost.limits
    #[arg(value_parser = SettingKey, hide_possible_values = true)]
    key: Option<String>,
    /// Show where each value stands and whether it counts; those that do not count too
    #[arg(long)]
    origin: bool,
    /// Also what no file sets, with its default
    #[arg(long)]
    all: bool,
    /// Only what stands in these settings
    #[arg(long, value_enum)]
    scope: Option<Whose>,
}

const PATH: &str = "\
Examples:
  cost-hook config path                   your settings
  cost-hook config path --scope project   those of this project
  cost-hook config path --all             every place that is looked at";

#[derive(Debug, clap::Args)]
#[command(after_help = PATH)]
pub(super) struct PathOf {
    /// Whose settings
    #[arg(long, value_enum, default_value_t = Whose::User, conflicts_with = "all")]
    scope: Whose,
    /// Every place where settings are looked for, whether there is a file or not
    #[arg(long)]
    all: bool,
}

/// A value as a document shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row<'a> {
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Json>,
    /// `managed`, `user`, `project`, `local` or `default`.
    origin: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    counts: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip)]
    text: String,
    #[serde(skip)]
    standing: Option<&'a Standing>,
}

impl<'a> Row<'a> {
    pub(super) fn of(key: &Key, one: &'a Occurrence<'_>) -> Self {
        Self {
            key: key.to_string(),
            value: serde_json::from_str(&one_line(one.text)).ok(),
            origin: one.file.place.layer.name(),
            file: Some(one.file.name()),
            line: Some(one.place.line),
            counts: one.standing.counts(),
            why: (!one.standing.counts()).then(|| one.standing.in_words().to_string()),
            text: one_line(one.text),
            standing: Some(&one.standing),
        }
    }

    fn default(name: &str, schema: &Json) -> Self {
        let value = schema.get("default").cloned();
        Self {
            key: name.to_string(),
            text: value.as_ref().map(Json::to_string).unwrap_or_default(),
            value,
            origin: "default",
            file: None,
            line: None,
            counts: true,
            why: None,
            standing: None,
        }
    }
}

fn in_scope(layer: Layer, scope: Option<Whose>) -> bool {
    scope.is_none_or(|scope| scope.layer() == layer)
}

pub(super) fn get(args: &Get, shop: &Shop<'_>) -> Result<ExitCode> {
    let key = key(&args.key)?;
    let loaded = Loaded::of(shop);
    let found = Pages::of(&loaded.files, &loaded.settings).occurrences(&key);
    let asked = |one: &&Occurrence<'_>| match args.scope {
        Some(scope) => one.file.place.layer == scope.layer(),
        None => one.standing.counts(),
    };
    let found: Vec<&Occurrence<'_>> = found.iter().filter(asked).collect();
    let schema = key.schema()?;
    let default = schema.get("default").filter(|_| found.is_empty() && args.scope.is_none());
    if shop.json {
        let mut rows: Vec<Row<'_>> = found.iter().map(|one| Row::of(&key, one)).collect();
        rows.extend(default.map(|_| Row::default(&key.to_string(), schema)));
        shop.say(&document(&rows))?;
        return Ok(ExitCode::from(u8::from(rows.is_empty())));
    }
    // As it is, a password too: this is the one that was asked for.
    let mut text: String = found.iter().map(|one| plain(one.text) + "\n").collect();
    if let Some(value) = default {
        text = plain(&value.to_string()) + "\n";
    }
    if text.is_empty() {
        let (language, name) = (shop.err.language, key.to_string());
        let message = match args.scope {
            Some(scope) => {
                let whose = whose(scope.layer(), language);
                say!(language, "setting-not-set-in", key = &name, whose = whose)
            }
            None => say!(language, "setting-not-set", key = &name),
        };
        return Err(Error::user(message).hint(sentence!("setting-not-set-cure", key = name)));
    }
    shop.say(&text)?;
    success()
}

fn document(rows: &[Row<'_>]) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        settings: &'a [Row<'a>],
    }
    json::text(&Document { schema_version: SCHEMA_VERSION, settings: rows })
}

pub(super) fn list(args: &List, shop: &Shop<'_>) -> Result<ExitCode> {
    let below = args.key.as_deref().map(key).transpose()?.map(|key| key.to_string());
    let loaded = Loaded::of(shop);
    let pages = Pages::of(&loaded.files, &loaded.settings);
    let mut keys: BTreeMap<String, Key> = BTreeMap::new();
    for (_, document) in pages.documents() {
        let root = document.root.iter();
        keys.extend(root.flat_map(keys::leaves).map(|key| (key.to_string(), key)));
    }
    let is_below = |name: &str| below.as_deref().is_none_or(|below| keys::is_within(name, below));
    let found: Vec<(Key, Vec<Occurrence<'_>>)> = keys
        .into_values()
        .filter(|key| is_below(&key.to_string()))
        .map(|key| (key.clone(), pages.occurrences(&key)))
        .collect();
    let mut rows: Vec<Row<'_>> = Vec::new();
    for (key, occurrences) in &found {
        let wanted = |one: &&Occurrence<'_>| {
            in_scope(one.file.place.layer, args.scope)
                && (args.origin || args.scope.is_some() || shop.json || one.standing.counts())
        };
        rows.extend(occurrences.iter().filter(wanted).map(|one| Row::of(key, one)));
    }
    if args.all {
        for name in keys::all_keys().into_iter().filter(|name| is_below(name)) {
            let schema = Key::parse(&name.replace("[]", "[x]")).and_then(|key| key.schema())?;
            let section = matches!(Kind::of(schema), Kind::Object | Kind::List);
            let set = |row: &&Row<'_>| row.counts && shape_of(&row.key) == name;
            if !section && !rows.iter().any(|row| set(&row)) {
                rows.push(Row::default(&name, schema));
            }
        }
        rows.sort_by(|a, b| a.key.cmp(&b.key));
    }
    if shop.json {
        shop.say(&document(&rows))?;
        return success();
    }
    if rows.is_empty() {
        shop.say(&format!("{}\n", shop.out.language.word(word!("nothing-is-set"))))?;
        return success();
    }
    let text: String = if args.origin {
        with_origin(shop, &rows)
    } else {
        rows.iter().map(|row| assignment(shop, row) + "\n").collect()
    };
    shop.say(&text)?;
    let errors = loaded.settings.problems.iter().filter(|found| found.severity == Severity::Error);
    if errors.count() > 0 {
        print::warning(&shop.err, shop.err.language.word(word!("settings-have-mistakes")));
    }
    success()
}

/// `cost.limits[docs].amount` as `cost.limits[].amount`.
fn shape_of(key: &str) -> String {
    let mut shape = String::new();
    let mut depth = 0;
    for c in key.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ if depth > 0 => continue,
            _ => {}
        }
        shape.push(c);
    }
    shape
}

fn assignment(shop: &Shop<'_>, row: &Row<'_>) -> String {
    match row.text.as_str() {
        "" => format!("{} {}", row.key, shop.faint(shop.out.language.word(word!("not-set")))),
        text => format!("{} = {text}", row.key),
    }
}

/// The origins in a column of their own where the screen has room, else below.
fn with_origin(shop: &Shop<'_>, rows: &[Row<'_>]) -> String {
    let left: Vec<usize> = rows.iter().map(|row| columns(&row.key) + 3 + columns(&row.text)).collect();
    let column = left.iter().copied().max().unwrap_or_default().min(44);
    let (mut text, language) = (String::new(), shop.out.language);
    for (row, width) in rows.iter().zip(&left) {
        let place = match (&row.file, row.line) {
            (Some(file), Some(line)) => format!("{} {file}:{line}", whose_in_short(row.origin, language)),
            _ if row.text.is_empty() => String::new(),
            _ => say!(language, "layer", layer = row.origin),
        };
        let standing = row.standing.filter(|standing| !standing.counts()).map(Standing::in_words);
        text.push_str(&assignment(shop, row));
        let fits = column + 2 + columns(&place) <= usize::from(shop.out.width);
        if place.is_empty() {
        } else if fits && *width <= column {
            text.push_str(&format!("{:1$}", "", column + 2 - width));
            text.push_str(&shop.faint(&place));
        } else {
            text.push_str(&format!("\n    {}", shop.faint(&place)));
        }
        if let Some(standing) = standing {
            text.push_str(&format!("\n    {}", shop.out.paint(Tone::Warning, standing.within(language))));
        }
        text.push('\n');
    }
    text
}

pub(super) fn path(args: &PathOf, shop: &Shop<'_>) -> Result<ExitCode> {
    let loaded = Loaded::of(shop);
    let one = file_of(shop, args.scope);
    let places = if args.all { loaded.places } else { vec![one] };
    let there = |place: &Place| place.path.is_file();
    if shop.json {
        let rows: Vec<Json> = places
            .iter()
            .map(|place| {
                serde_json::json!({
                    "layer": place.layer.name(), "file": place.path.display().to_string(), "exists": there(place)
                })
            })
            .collect();
        shop.say(&json::text(&serde_json::json!({ "schemaVersion": SCHEMA_VERSION, "files": rows })))?;
        return success();
    }
    let (mut text, language) = (String::new(), shop.out.language);
    for place in &places {
        let path = place.path.display();
        if args.all {
            let missing = match there(place) {
                true => String::new(),
                false => shop.faint(&format!("  {}", language.word(word!("no-file")))),
            };
            let whose = whose_in_short(place.layer.name(), language);
            text.push_str(&format!("{whose} {path}{missing}\n"));
        } else {
            text.push_str(&format!("{path}\n"));
        }
    }
    shop.say(&text)?;
    success()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        assert_eq!(shape_of("cost.limits[a.b].amount"), "cost.limits[].amount");
        assert_eq!(shape_of("cost.dailyBudget"), "cost.dailyBudget");
    }
}
