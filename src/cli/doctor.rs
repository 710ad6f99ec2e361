//! `cost-hook doctor`: what was found, for people and for programs, and with `--fix` the mending of what is safe to
//! mend. Finding is `doctor`'s business.

use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;

use super::install::facts;
use super::place::lasting_path;
use super::shop::{PATIENT, Shop};
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::words::{Language, say, word};
use crate::book::{late, watch};
use crate::claude::install as hooks;
use crate::doctor::{Check, Remedy, Site, State, examine};
use crate::report::json::{self, SCHEMA_VERSION};
use crate::setup::Setup;
use crate::ui::checklist::{self, Item};
use crate::ui::style::Tone;

const EXAMPLES: &str = "\
Examples:
  cost-hook doctor                     everything that recording and stopping depend on
  cost-hook doctor --fix --dry-run     what would be mended
  cost-hook doctor --fix               mends what is safe to mend, then looks again
  cost-hook doctor --json | jq -r '.checks[] | select(.state != \"ok\") | .message'

Exit code: 0 without errors, 1 with errors; warnings do not count.";

/// For the client's answer and the team's store, each.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Mend what is safe to mend: our hooks and status line where hooks of ours are registered, file modes, the
    /// checkpoint, calls left to book
    #[arg(long)]
    fix: bool,
    /// With --fix: say what would be mended, and change nothing
    #[arg(long, requires = "fix")]
    dry_run: bool,
    /// Open no network connection: leave the team's store untried
    #[arg(long)]
    offline: bool,
    /// Show what is known beyond the message of checks that are ok, too
    #[arg(short, long, conflicts_with = "json")]
    verbose: bool,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let mut checks = look(args, shop);
    let mut mended = Vec::new();
    if args.fix {
        mended = mend(&checks, args.dry_run, shop);
        if !args.dry_run && !mended.is_empty() {
            checks = look(args, shop);
        }
    }
    let text = match shop.json {
        true => document(args, &checks, &mended),
        false => told(args, &mended, shop) + &human(args, &checks, shop),
    };
    shop.say(&text)?;
    let failed = checks.iter().any(|check| check.state == State::Error)
        || mended.iter().any(|mended| mended.error.is_some());
    Ok(ExitCode::from(u8::from(failed)))
}

/// Documents are in no language but their own.
fn language(shop: &Shop<'_>) -> Language {
    if shop.json { Language::English } else { shop.out.language }
}

fn look(args: &Args, shop: &Shop<'_>) -> Vec<Check> {
    let project = shop.world.project_dir();
    let setup = Setup::of(shop.world, &project);
    examine(&Site {
        world: shop.world,
        setup: &setup,
        project,
        program: lasting_path(shop.world).ok(),
        language: language(shop),
        offline: args.offline,
        patience: PATIENCE,
    })
}

/// What became of one remedy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Mended {
    /// The check it was for.
    id: &'static str,
    did: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Each remedy once, in the order of the checks: entries first, so that what is booked below is booked by hooks that
/// go on.
fn mend(checks: &[Check], dry: bool, shop: &Shop<'_>) -> Vec<Mended> {
    let mut all: Vec<(&'static str, &Remedy)> = Vec::new();
    for check in checks {
        for remedy in &check.remedies {
            let again = |known: &Remedy| match (known, remedy) {
                (Remedy::Entries { file, .. }, Remedy::Entries { file: other, .. }) => file == other,
                _ => known == remedy,
            };
            if !all.iter().any(|(_, known)| again(known)) {
                all.push((check.id, remedy));
            }
        }
    }
    let mut mended = Vec::new();
    for (id, remedy) in all {
        let (did, error) = match carry_out(remedy, dry, shop) {
            Ok(did) => (did, None),
            Err(error) => (Vec::new(), Some(language(shop).error(&error))),
        };
        if !did.is_empty() || error.is_some() {
            mended.push(Mended { id, did, error });
        }
    }
    mended
}

fn carry_out(remedy: &Remedy, dry: bool, shop: &Shop<'_>) -> Result<Vec<String>> {
    let language = language(shop);
    match remedy {
        Remedy::Entries { file, program } => {
            let plan = |bytes: Option<&[u8]>| hooks::plan_mend(bytes, program, &hooks::EVENTS);
            let (changes, backup) = match dry {
                true => (plan(disk::read(file)?.as_deref())?.changes, None),
                false => {
                    let (changes, written) = hooks::apply(file, plan)?;
                    (changes, written.backup)
                }
            };
            let name = file.display().to_string();
            let facts = facts(&changes, language).into_iter();
            let mut did: Vec<String> =
                facts.map(|fact| say!(language, "mended-in", fact = fact, file = &name)).collect();
            did.extend(
                backup.map(|backup| say!(language, "file-before", file = backup.display().to_string())),
            );
            Ok(did)
        }
        Remedy::Private(paths) => {
            if !dry {
                paths.iter().try_for_each(|path| disk::make_private(path))?;
            }
            Ok(vec![say!(language, "made-private", paths = paths.len())])
        }
        Remedy::Checkpoint => {
            let setup = Setup::of(shop.world, &shop.world.project_dir());
            if !dry {
                setup.ledger.make_checkpoint_anew(shop.world.now(), PATIENT)?;
            }
            Ok(vec![language.word(word!("checkpoint-made-anew")).to_string()])
        }
        Remedy::Book => book(dry, shop),
    }
}

fn book(dry: bool, shop: &Shop<'_>) -> Result<Vec<String>> {
    let (setup, language) = (Setup::of(shop.world, &shop.world.project_dir()), language(shop));
    if !setup.settings.enabled {
        return Err(Error::user(language.word(word!("booking-is-off-so-nothing"))));
    }
    if dry {
        return Ok(vec![language.word(word!("would-take-in")).to_string()]);
    }
    let mut writer = setup.ledger.write(shop.world.now(), PATIENT)?;
    let caught = watch::catch_up(&mut writer, &setup.context(shop.world, &|_| None), None, None)?;
    writer.commit()?;
    late::forget(&caught.heard);
    Ok(vec![say!(language, "booked-in-catching-up", calls = caught.new_calls)])
}

/// What was mended.
fn told(args: &Args, mended: &[Mended], shop: &Shop<'_>) -> String {
    if !args.fix {
        return String::new();
    }
    let word = |word| shop.out.language.word(word);
    if mended.is_empty() {
        return word(word!("nothing-mends-itself")).to_string() + "\n\n";
    }
    let head = if args.dry_run { word!("would-mend") } else { word!("mended") };
    let mut text = format!("{}\n", shop.heading(word(head)));
    for mended in mended {
        for did in &mended.did {
            text.push_str(&format!("  {}: {did}\n", mended.id));
        }
        if let Some(error) = &mended.error {
            let failed = shop.out.paint(Tone::Bad, word(word!("mend-failed")));
            let error = say!(shop.out.language, "labelled", label = failed, text = error);
            text.push_str(&format!("  {}: {error}\n", mended.id));
        }
    }
    text.push('\n');
    text
}

fn human(args: &Args, checks: &[Check], shop: &Shop<'_>) -> String {
    let language = shop.out.language;
    let item = |check: &Check| {
        let (word, tone) = match check.state {
            State::Ok => (word!("state-ok"), Tone::Good),
            State::Warning => (word!("state-warning"), Tone::Warning),
            State::Error => (word!("state-error"), Tone::Bad),
        };
        let mut notes = Vec::new();
        if args.verbose || check.state != State::Ok {
            notes.extend(check.details.iter().map(|detail| (Tone::Faint, detail.clone())));
        }
        for (at, cure) in check.cures.iter().enumerate() {
            let note = match at {
                0 => say!(language, "check-cure", cure = cure),
                _ => say!(language, "check-other-cure", cure = cure),
            };
            notes.push((Tone::Command, note));
        }
        // The guide explains each check under its id.
        let text = match check.state {
            State::Ok => check.message.clone(),
            _ => format!("{} [{}]", check.message, check.id),
        };
        let heading = language.word(check.group.heading());
        Item { heading, word: language.word(word), tone, text, notes }
    };
    let items: Vec<Item> = checks.iter().map(item).collect();
    let mut text = checklist::render(&shop.out, &items);
    text.push('\n');
    text.push_str(&verdict(checks, shop));
    let mendable = checks.iter().filter(|check| !check.remedies.is_empty()).count();
    if mendable > 0 && !args.fix {
        let command = shop.command("cost-hook doctor --fix");
        text.push_str(&(say!(language, "can-be-mended", checks = mendable, command = command) + "\n"));
    }
    text
}

fn verdict(checks: &[Check], shop: &Shop<'_>) -> String {
    let count = |state| checks.iter().filter(|check| check.state == state).count();
    let (errors, warnings, language) = (count(State::Error), count(State::Warning), shop.out.language);
    let bad = || shop.out.paint(Tone::Bad, say!(language, "error-count", errors = errors));
    let checks = checks.len();
    let verdict = match (errors, warnings) {
        (0, 0) => shop.out.paint(Tone::Good, say!(language, "all-in-order", checks = checks)),
        (0, _) => say!(language, "warnings-in-checks", warnings = warnings, checks = checks),
        (_, 0) => say!(language, "errors-in-checks", errors = bad(), checks = checks),
        _ => say!(
            language,
            "errors-and-warnings-in-checks",
            errors = bad(),
            warnings = warnings,
            checks = checks
        ),
    };
    verdict + "\n"
}

fn document(args: &Args, checks: &[Check], mended: &[Mended]) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Row<'a> {
        id: &'static str,
        group: &'static str,
        state: &'static str,
        message: &'a str,
        details: &'a [String],
        cures: &'a [String],
        fixable: bool,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        version: &'static str,
        errors: usize,
        warnings: usize,
        checks: Vec<Row<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        dry_run: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        fixed: Option<&'a [Mended]>,
    }
    let count = |state| checks.iter().filter(|check| check.state == state).count();
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        version: env!("CARGO_PKG_VERSION"),
        errors: count(State::Error),
        warnings: count(State::Warning),
        checks: checks
            .iter()
            .map(|check| Row {
                id: check.id,
                group: check.group.name(),
                state: check.state.name(),
                message: &check.message,
                details: &check.details,
                cures: &check.cures,
                fixable: !check.remedies.is_empty(),
            })
            .collect(),
        dry_run: args.fix.then_some(args.dry_run),
        fixed: args.fix.then_some(mended),
    })
}
