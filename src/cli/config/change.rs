//! `config set` and `config unset`: one setting in one file, written only when the file is no worse for it.

use std::process::ExitCode;

use serde::Serialize;
use serde_json::Value as Json;

use super::super::setting_key::SettingKey;
use super::{Loaded, file_of, key, one_line, readers, whose};
use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::jsonc;
use crate::base::rewrite::{Written, rewrite_for};
use crate::base::text::without_secrets;
use crate::base::words::{Sentence, say, sentence, word};
use crate::cli::args::Whose;
use crate::cli::shop::Shop;
use crate::cli::success;
use crate::doctor::files;
use crate::report::json::{self, SCHEMA_VERSION};
use crate::settings::keys::Key;
use crate::settings::precedence::Pages;
use crate::settings::{Place, edit, value};
use crate::ui::diagnostics::render;
use crate::ui::diff::diff;
use crate::ui::print;

const SET: &str = "\
Examples:
  cost-hook config set cost.dailyBudget 10          ten dollars a day
  cost-hook config set cost.warningThreshold 0.5,0.8 --scope local  for this project and you alone
  cost-hook config set cost.onError block --dry-run  only show what would change";

#[derive(Debug, clap::Args)]
#[command(after_help = SET)]
pub(super) struct Set {
    /// The setting, such as cost.dailyBudget
    #[arg(value_parser = SettingKey, hide_possible_values = true)]
    key: String,
    /// Its value: 10, $10, "10 USD", 80%, on, 0.5,0.8, sunday; lists and objects as JSON
    #[arg(allow_hyphen_values = true)]
    value: String,
    #[command(flatten)]
    target: Target,
}

const UNSET: &str = "\
Examples:
  cost-hook config unset cost.dailyBudget      no budget any more
  cost-hook config unset cost.limits[docs]     one limit of several";

#[derive(Debug, clap::Args)]
#[command(after_help = UNSET)]
pub(super) struct Unset {
    /// The setting, such as cost.dailyBudget
    #[arg(value_parser = SettingKey, hide_possible_values = true)]
    key: String,
    #[command(flatten)]
    target: Target,
}

#[derive(Debug, Clone, Copy, clap::Args)]
pub(in crate::cli) struct Target {
    /// Whose settings: yours everywhere, this project's for all who use it, this project's for you alone, or everybody's
    /// on this machine
    #[arg(long, value_enum, default_value_t = Whose::User)]
    pub(in crate::cli) scope: Whose,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
}

pub(super) fn set(args: &Set, shop: &Shop<'_>) -> Result<ExitCode> {
    let key = key(&args.key)?;
    let item = value::parse(&key, &args.value)?;
    change(shop, &key, args.target, |text| edit::set(text, &key, &item).map(Some))
}

pub(super) fn unset(args: &Unset, shop: &Shop<'_>) -> Result<ExitCode> {
    let key = key(&args.key)?;
    change(shop, &key, args.target, |text| edit::unset(text, &key))
}

/// What a change would come to, or came to.
pub(in crate::cli) struct Outcome {
    pub(in crate::cli) before: String,
    pub(in crate::cli) after: String,
    /// What is new in what `validate` says of the file.
    news: Vec<Diagnostic>,
}

/// Carries an edit of what is below a key out, or with `--dry-run` only looks what it would come to. What the file gains in
/// problems is told, but for what is expected; where it would be worse for it, nothing is written and that is the error.
pub(in crate::cli) fn carry_out(
    shop: &Shop<'_>,
    key: &Key,
    place: &Place,
    target: Target,
    is_expected: impl Fn(&Diagnostic) -> bool,
    edit: impl Fn(&str) -> Result<Option<String>>,
) -> Result<(Outcome, Written)> {
    let plan = |bytes: Option<&[u8]>| plan(shop, place, key, bytes, &edit);
    let path = place.path.display();
    let (outcome, written) = if target.dry_run {
        (plan(disk::read(&place.path)?.as_deref())?.1, Written::default())
    } else {
        rewrite_for(readers(place), &place.path, plan)
            .map_err(|error| error.hint(sentence!("the-file-is", file = path.to_string())))?
    };
    let shown = without_secrets(&outcome.after);
    let refused = outcome.news.iter().any(|found| is_fault(key, found));
    let is_told = |found: &&Diagnostic| if refused { is_fault(key, found) } else { !is_expected(found) };
    for found in outcome.news.iter().filter(is_told) {
        print::err(&format!("{}\n\n", render(&shop.err, found, Some(&shown))));
    }
    if refused {
        let (name, file) = (key.to_string(), path.to_string());
        let error = Error::user(say!(shop.err.language, "setting-not-changed", key = name, file = file));
        let incomplete = outcome.news.iter().any(|found| found.rule == "missing-key");
        return Err(match Key::new(key.steps().get(..3).unwrap_or_default().to_vec()) {
            entry if incomplete => {
                let command = format!("cost-hook config set '{entry}' '{{…}}'");
                error.hint(sentence!("whole-entry-cure", command = command))
            }
            _ => error,
        });
    }
    Ok((outcome, written))
}

/// What stands below the words: the lines a dry run would change, or where the file is as it was.
pub(in crate::cli) fn closing(
    shop: &Shop<'_>,
    target: Target,
    outcome: &Outcome,
    written: &Written,
) -> String {
    let (mut text, language) = (String::new(), shop.out.language);
    if target.dry_run && outcome.before != outcome.after {
        text.push_str(&diff(&shop.out, &without_secrets(&outcome.before), &without_secrets(&outcome.after)));
        text.push_str(&format!("{}\n", language.word(word!("nothing-was-changed"))));
    }
    if let Some(backup) = &written.backup {
        let before = say!(language, "file-before", file = backup.display().to_string());
        text.push_str(&shop.faint(&format!("  {before}")));
        text.push('\n');
    }
    text
}

fn change(
    shop: &Shop<'_>,
    key: &Key,
    target: Target,
    edit: impl Fn(&str) -> Result<Option<String>>,
) -> Result<ExitCode> {
    let place = file_of(shop, target.scope);
    let (outcome, written) = carry_out(shop, key, &place, target, |_| false, edit)?;
    let idle = idle(shop, key, &place, target.scope).filter(|_| !target.dry_run);
    if shop.json {
        let idle = idle.map(|why| why.to_string());
        shop.say(&document(key, &place, target, &outcome, &written, idle.as_deref()))?;
        return success();
    }
    let mut text = in_words(shop, key, &place, target, &outcome);
    text.push_str(&closing(shop, target, &outcome, &written));
    shop.say(&text)?;
    if let Some(why) = idle {
        let told = say!(shop.err.language, "no-effect-there", key = key.to_string(), why = why);
        print::warning(&shop.err, &told);
    }
    success()
}

/// What becomes of the bytes, and whether they may be written.
fn plan(
    shop: &Shop<'_>,
    place: &Place,
    key: &Key,
    bytes: Option<&[u8]>,
    edit: &impl Fn(&str) -> Result<Option<String>>,
) -> Result<(Option<Vec<u8>>, Outcome)> {
    let decoded = jsonc::decode(bytes.unwrap_or_default()).map_err(|_| {
        let message = shop.err.language.word(word!("settings-not-utf-8"));
        Error::user(message).hint(word!("save-as-utf-8"))
    })?;
    let before = decoded.text.to_string();
    let after = edit(&before)?.unwrap_or_else(|| before.clone());
    let news = news(shop, place, &before, &after);
    let right = !news.iter().any(|found| is_fault(key, found));
    let new = (right && after != before).then(|| jsonc::encode(&after, decoded.byte_order_mark));
    Ok((new, Outcome { before, after, news }))
}

/// Must the change not be written because of this? A value where it has no effect is no mistake of the file, but not
/// what anybody wants to have set.
fn is_fault(key: &Key, found: &Diagnostic) -> bool {
    found.severity == Severity::Error || found.rule == "no-effect" && key.to_string().starts_with(&found.key)
}

/// What `validate` says of the new text and did not say of the old one.
pub(super) fn news(shop: &Shop<'_>, place: &Place, before: &str, after: &str) -> Vec<Diagnostic> {
    let project = shop.world.project_dir();
    let name = place.path.display().to_string();
    let check =
        |text: &str| files::text(shop.world, &project, &name, text.as_bytes().to_vec(), Some(place)).found;
    let mut old = check(before);
    let mut news = check(after);
    news.retain(|found| {
        let same = |known: &Diagnostic| {
            (known.rule, &known.key, &known.message) == (found.rule, &found.key, &found.message)
        };
        // One for one: the same mistake a second time is news.
        let known = old.iter().position(same).map(|at| old.swap_remove(at));
        known.is_none()
    });
    news
}

/// Why the value has no effect where it was written.
pub(in crate::cli) fn idle(shop: &Shop<'_>, key: &Key, place: &Place, scope: Whose) -> Option<Sentence> {
    let loaded = Loaded::of(shop);
    let pages = Pages::of(&loaded.files, &loaded.settings);
    let found = pages.occurrences(key);
    let own = found
        .iter()
        .rfind(|one| one.file.place.path == place.path || one.file.place.layer == scope.layer())?;
    (!own.standing.counts()).then(|| own.standing.in_words())
}

fn value_in(text: &str, key: &Key) -> Option<String> {
    let document = jsonc::parse(text).ok()?;
    let found = key.find(document.root.as_ref()?)?;
    Some(text[found.node.range.clone()].to_string())
}

fn in_words(shop: &Shop<'_>, key: &Key, place: &Place, target: Target, outcome: &Outcome) -> String {
    let (language, file) = (shop.out.language, place.path.display().to_string());
    let [before, after] =
        [&outcome.before, &outcome.after].map(|text| value_in(text, key).map(|text| one_line(&text)));
    let would = if target.dry_run { "would" } else { "is" };
    let (name, whose) = (shop.heading(&key.to_string()), whose(place.layer, language));
    let text = match (before, after) {
        _ if outcome.before == outcome.after => match value_in(&outcome.after, key) {
            Some(value) => {
                let value = one_line(&value);
                say!(language, "setting-stays", key = key.to_string(), value = value, file = file)
            }
            None => say!(language, "setting-stays-unset", key = key.to_string(), file = file),
        },
        (Some(before), Some(after)) => say!(
            language,
            "setting-changed",
            key = name,
            would = would,
            value = after,
            whose = whose,
            before = before
        ),
        (None, Some(after)) => say!(
            language,
            "setting-set",
            key = name,
            would = would,
            value = after,
            whose = whose,
            file = file
        ),
        (Some(before), None) => {
            say!(language, "setting-unset-was", key = name, would = would, whose = whose, before = before)
        }
        (None, None) => say!(language, "setting-unset", key = name, would = would, whose = whose),
    };
    text + "\n"
}

fn document(
    key: &Key,
    place: &Place,
    target: Target,
    outcome: &Outcome,
    written: &Written,
    idle: Option<&str>,
) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        key: String,
        scope: &'static str,
        file: String,
        dry_run: bool,
        changed: bool,
        before: Option<Json>,
        after: Option<Json>,
        #[serde(skip_serializing_if = "Option::is_none")]
        backup: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        no_effect: Option<&'a str>,
        warnings: Vec<String>,
    }
    let value = |text: &str| serde_json::from_str(&one_line(&value_in(text, key)?)).ok();
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        key: key.to_string(),
        scope: place.layer.name(),
        file: place.path.display().to_string(),
        dry_run: target.dry_run,
        changed: written.changed,
        before: value(&outcome.before),
        after: value(&outcome.after),
        backup: written.backup.as_ref().map(|path| path.display().to_string()),
        no_effect: idle,
        warnings: outcome.news.iter().map(Diagnostic::one_line).collect(),
    })
}
