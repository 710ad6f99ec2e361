//! `config explain`: what a setting means, its value in every file, which of them count, and the limits it concerns.

use std::process::ExitCode;

use serde::Serialize;
use serde_json::Value as Json;

use super::super::setting_key::SettingKey;
use super::show::Row;
use super::{Loaded, key, one_line, whose, whose_in_short};
use crate::base::env;
use crate::base::error::Result;
use crate::base::money::Money;
use crate::base::text::ticked;
use crate::base::width::wrapped;
use crate::base::words::{Language, say, word};
use crate::budget;
use crate::cli::shop::Shop;
use crate::cli::success;
use crate::model::limit::{Action, Filter, Limit, Period};
use crate::report::json::{self, SCHEMA_VERSION};
use crate::settings::keys::{Key, is_within};
use crate::settings::precedence::{Pages, Rule};
use crate::settings::validate::NOT_FOR_PROJECTS;
use crate::settings::value::{self, Kind};
use crate::ui::style::Tone;

const EXAMPLES: &str = "\
Examples:
  cost-hook config explain cost.dailyBudget     one setting
  cost-hook config explain cost.pricing         everything in a part";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The setting, such as cost.dailyBudget; a part such as cost.pricing explains everything in it
    #[arg(value_parser = SettingKey, hide_possible_values = true)]
    key: String,
}

/// What `explain` says of a key.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Explained<'a> {
    schema_version: u32,
    key: &'a str,
    meaning: &'a str,
    takes: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<&'a Json>,
    precedence: &'a str,
    /// May project and local settings set it?
    in_projects: bool,
    values: Vec<Row<'a>>,
    limits: Vec<Concerned<'a>>,
    /// The keys in an object, or in the entries of a list.
    keys: Vec<Part>,
}

#[derive(Serialize)]
struct Part {
    key: String,
    meaning: String,
}

/// A limit that a key makes or governs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Concerned<'a> {
    id: &'a str,
    name: &'a str,
    layer: &'static str,
    file: &'a str,
    amount: Money,
    period: Period,
    action: Action,
    overridable: bool,
    filter: &'a Filter,
}

impl<'a> From<&'a Limit> for Concerned<'a> {
    fn from(limit: &'a Limit) -> Self {
        Self {
            id: &limit.id,
            name: &limit.name,
            layer: limit.layer.name(),
            file: &limit.file,
            amount: limit.amount,
            period: limit.period,
            action: limit.action,
            overridable: limit.overridable,
            filter: &limit.filter,
        }
    }
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let key = key(&args.key)?;
    let schema = key.schema()?;
    let name = key.to_string();
    let loaded = Loaded::of(shop);
    let found = Pages::of(&loaded.files, &loaded.settings).occurrences(&key);
    let rule = Rule::of(&key);
    let section = matches!(Kind::of(schema), Kind::Object | Kind::List);
    let not_for_projects = NOT_FOR_PROJECTS.iter().any(|outer| is_within(&name, outer));
    let inner: Vec<(String, String)> = parts(&name, schema);
    let limits: Vec<&Limit> =
        loaded.settings.limits.iter().filter(|limit| concerns(rule, &key, limit)).collect();
    if shop.json {
        shop.say(&json::text(&Explained {
            schema_version: SCHEMA_VERSION,
            key: &name,
            meaning: schema["description"].as_str().unwrap_or_default(),
            takes: value::in_words(schema).to_string(),
            default: schema.get("default"),
            precedence: Language::English.word(rule.in_words()),
            in_projects: !not_for_projects,
            values: found.iter().map(|one| Row::of(&key, one)).collect(),
            limits: limits.into_iter().map(Concerned::from).collect(),
            keys: inner.into_iter().map(|(key, meaning)| Part { key, meaning }).collect(),
        }))?;
        return success();
    }
    let language = shop.out.language;
    let mut text = format!("{}\n", shop.heading(&name));
    let width = usize::from(shop.out.width).min(100) - 2;
    let mut say = |line: &str| text.push_str(&indented(line, width));
    say(schema["description"].as_str().unwrap_or_default());
    if !section {
        say(&say!(language, "setting-takes", what = value::in_words(schema)));
    }
    if name != "cost" && name != "team" {
        say(&say!(language, "in-several-files", rule = language.word(rule.in_words())));
    }
    if !inner.is_empty() {
        text.push_str(&format!("\n{}\n", shop.heading(language.word(word!("heading-keys")))));
        for (key, meaning) in &inner {
            text.push_str(&format!("  {}\n", shop.command(key)));
            text.push_str(
                &indented(meaning, width - 2).lines().map(|line| format!("  {line}\n")).collect::<String>(),
            );
        }
    }
    text.push_str(&format!("\n{}\n", shop.heading(language.word(word!("heading-values")))));
    if found.is_empty() {
        let none = match schema.get("default") {
            Some(value) => say!(language, "no-file-sets-it-default", value = value.to_string()),
            None => language.word(word!("no-file-sets-it")).to_string(),
        };
        text.push_str(&format!("  {none}\n"));
    }
    for one in &found {
        let whose = whose_in_short(one.file.place.layer.name(), language);
        text.push_str(&format!("  {whose} {}\n", one_line(one.text)));
        text.push_str(&shop.faint(&format!("           {}:{}\n", one.file.name(), one.place.line)));
        let tone = if one.standing.counts() { Tone::Good } else { Tone::Warning };
        text.push_str(&format!(
            "           {}\n",
            shop.out.paint(tone, one.standing.in_words().within(language))
        ));
    }
    if key.to_string() == "team.databaseUrl" && shop.world.var(env::COST_HOOK_TEAM_URL).is_some() {
        text.push_str(&format!("  {}\n", language.word(word!("team-url-comes-first"))));
    }
    if !limits.is_empty() {
        text.push_str(&format!("\n{}\n", shop.heading(language.word(word!("limits-it-concerns")))));
        for limit in limits {
            text.push_str(&indented(&limit_in_words(limit, language), width));
        }
    }
    shop.say(&text)?;
    success()
}

/// The keys of an object, or of a list's entries, with their meanings.
fn parts(name: &str, schema: &'static Json) -> Vec<(String, String)> {
    let (inner, at) = match schema.get("items").or_else(|| schema.get("additionalProperties")) {
        Some(inner) if inner["properties"].is_object() => (inner, format!("{name}[…]")),
        _ => (schema, name.to_string()),
    };
    let properties = inner["properties"].as_object().into_iter().flatten();
    properties
        .map(|(key, property)| {
            (format!("{at}.{key}"), property["description"].as_str().unwrap_or_default().to_string())
        })
        .collect()
}

/// Does a setting make this limit, or govern it?
fn concerns(rule: Rule, key: &Key, limit: &Limit) -> bool {
    match rule {
        Rule::Limit => {
            let (own, limit) = (key.to_string(), limit.key.as_str());
            is_within(limit, &own) || is_within(&own, limit)
        }
        Rule::Inherited | Rule::Managed | Rule::Own | Rule::Calendar => true,
        Rule::Program | Rule::Strictest | Rule::Person => false,
    }
}

fn limit_in_words(limit: &Limit, language: Language) -> String {
    let does = match limit.action {
        Action::Stop => budget::effect(limit),
        Action::Warn => word!("only-warns"),
    };
    let mut facts = language.word(does).to_string();
    let mut add = |fact: String| {
        facts = say!(language, "limit-fact-after-facts", facts = &facts, fact = fact);
    };
    if !limit.warn_at.is_empty() {
        let parts: Vec<String> =
            limit.warn_at.iter().map(|part| format!("{}%", f64::from(*part) / 10_000.0)).collect();
        add(say!(language, "warns-at", parts = language.list_and(&parts)));
    }
    let filter = &limit.filter;
    let filters = [&filter.project, &filter.model, &filter.branch, &filter.agent];
    let counted: Vec<&String> = filters.into_iter().flatten().collect();
    if !counted.is_empty() {
        add(say!(language, "counts", name = language.list_and(&ticked(&counted))));
    }
    let period = match limit.period {
        Period::Session => "session",
        Period::Daily => "daily",
        Period::Weekly => "weekly",
        Period::Monthly => "monthly",
        Period::Total => "total",
    };
    say!(
        language,
        "limit-in-words",
        name = budget::name(limit, language).as_ref(),
        amount = limit.amount.show(),
        period = period,
        whose = whose(limit.layer, language),
        facts = facts
    )
}

/// Words in lines of at most `width` columns, two columns in.
fn indented(words: &str, width: usize) -> String {
    wrapped(words, width).iter().map(|line| format!("  {line}\n")).collect()
}
