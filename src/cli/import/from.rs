//! `cost-hook import --from`: history of which only another program's report is left. First whatever Claude Code still
//! has is booked, so that what a report says of those calls is known to be theirs.

use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ValueEnum, ValueHint};
use serde::Serialize;

use super::{Done, ZoneArgs, book_with};
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::money::Money;
use crate::base::time::{Time, Zone};
use crate::base::words::{say, word};
use crate::book::imported;
use crate::cli::shop::{PATIENT, Shop};
use crate::cli::success;
use crate::migrate::{self, Found, ccusage, hook_log};
use crate::report::json::{self, SCHEMA_VERSION};
use crate::setup::Setup;
use crate::ui::print;

/// Larger files than any sane report; they are held in memory.
const MAX_FILE: u64 = 256 << 20;

#[derive(Debug, Clone, clap::Args)]
pub(super) struct FromArgs {
    /// What the files are, where they are no transcripts
    #[arg(long, value_name = "KIND", value_enum, requires = "files")]
    from: Option<Form>,
    /// Files of another program; `-` is standard input
    #[arg(value_name = "FILE", requires = "from", value_hint = ValueHint::FilePath)]
    files: Vec<PathBuf>,
    /// What the amounts of a hook's log are, where it can be read in two ways
    #[arg(long, value_name = "WHAT", value_enum, requires = "from")]
    amounts: Option<Amounts>,
    /// Show what would be imported, and change nothing
    #[arg(long, requires = "from")]
    dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// What `ccusage daily --json` and its other reports write
    CcusageJson,
    /// JSON lines of a hook or status line of your own
    HookLog,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Amounts {
    /// The session's total up to then: the largest counts
    Session,
    /// Each call's own: they are added up
    Call,
}

impl FromArgs {
    pub(super) fn is_asked(&self) -> bool {
        self.from.is_some()
    }

    pub(super) fn run(&self, zone: &ZoneArgs, shop: &Shop<'_>, setup: &Setup) -> Result<ExitCode> {
        let found = self.read(shop, &zone.zone(setup)?)?;
        let done = if self.dry_run { None } else { Some(book_with(shop, setup, &found.transcripts)?) };
        let nothing_known = |_: &str| None;
        let context = setup.context(shop.world, &nothing_known);
        let became = if self.dry_run && !setup.ledger.exists() {
            let reported = found.reports.iter().map(|report| report.cost).sum();
            imported::Done { reports: found.reports.len(), reported, booked: reported, held: reported }
        } else {
            let mut writer = setup.ledger.write(shop.world.now(), PATIENT)?.expecting_much()?;
            let (lines, became) = imported::plan(&mut writer, &context, &found.reports)?;
            if !self.dry_run {
                imported::book(&mut writer, lines)?;
                writer.commit()?;
            }
            became
        };
        if shop.json {
            shop.say(&self.document(&found, done.as_ref(), &became))?;
        } else {
            for warning in &found.warnings {
                print::warning(&shop.err, warning);
            }
            shop.say(&self.in_words(shop, &found, done.as_ref(), &became))?;
        }
        success()
    }

    fn read(&self, shop: &Shop<'_>, zone: &Zone) -> Result<Found> {
        let mut found = Found::default();
        for path in &self.files {
            let (bytes, written) = content(path, shop)?;
            let name =
                if path.as_os_str() == "-" { "standard input".into() } else { path.display().to_string() };
            let source = migrate::Source { name: &name, bytes: &bytes, written, zone };
            match self.from {
                Some(Form::HookLog) => {
                    let told = self.amounts.map(|amounts| match amounts {
                        Amounts::Session => hook_log::Amounts::Session,
                        Amounts::Call => hook_log::Amounts::Call,
                    });
                    hook_log::read(&source, told, &mut found)?;
                }
                _ => ccusage::read(&source, &mut found)?,
            }
        }
        Ok(found)
    }

    fn in_words(
        &self,
        shop: &Shop<'_>,
        found: &Found,
        done: Option<&Done>,
        became: &imported::Done,
    ) -> String {
        let mut text = String::new();
        if let Some(done) = done.filter(|done| done.new_calls > 0) {
            text.push_str(&done.in_words(shop));
        }
        for note in &found.notes {
            text.push_str(&format!("{note}\n"));
        }
        let language = shop.out.language;
        let (totals, files) = (became.reports, self.files.len());
        let said = became.reported.show();
        text.push_str(&(say!(language, "totals-say", totals = totals, files = files, amount = said) + "\n"));
        let explained = became.reported - became.held;
        if explained.is_positive() {
            text.push_str(&format!("  {}\n", say!(language, "totals-known", amount = explained.show())));
        }
        let (amount, before) = (became.booked.show(), became.held - became.booked);
        let imported = match (self.dry_run, before.is_positive()) {
            (false, false) => say!(language, "totals-imported", amount = amount),
            (false, true) => {
                say!(language, "totals-imported-before", amount = amount, before = before.show())
            }
            (true, false) => say!(language, "totals-would-be-imported", amount = amount),
            (true, true) => {
                say!(language, "totals-would-be-imported-before", amount = amount, before = before.show())
            }
        };
        text.push_str(&format!("  {imported}\n"));
        if self.dry_run {
            text.push_str(&format!("{}\n", language.word(word!("nothing-was-changed"))));
        } else if became.held.is_positive() {
            text.push_str(&format!("{}\n", language.word(word!("imported-is-marked"))));
        }
        text
    }

    fn document(&self, found: &Found, done: Option<&Done>, became: &imported::Done) -> String {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Document<'a> {
            schema_version: u32,
            from: &'static str,
            dry_run: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            transcripts: Option<&'a Done>,
            totals_read: usize,
            reported_cost: f64,
            reported_cost_exact: Money,
            imported_cost: f64,
            imported_cost_exact: Money,
            held_cost: f64,
            held_cost_exact: Money,
            notes: &'a [String],
            warnings: &'a [String],
        }
        json::text(&Document {
            schema_version: SCHEMA_VERSION,
            from: if self.from == Some(Form::HookLog) { "hook-log" } else { "ccusage-json" },
            dry_run: self.dry_run,
            transcripts: done,
            totals_read: became.reports,
            reported_cost: became.reported.to_f64(),
            reported_cost_exact: became.reported,
            imported_cost: became.booked.to_f64(),
            imported_cost_exact: became.booked,
            held_cost: became.held.to_f64(),
            held_cost_exact: became.held,
            notes: &found.notes,
            warnings: &found.warnings,
        })
    }
}

/// The bytes, and when they were written: what comes by a pipe is written now.
fn content(path: &PathBuf, shop: &Shop<'_>) -> Result<(Vec<u8>, Time)> {
    let now = shop.world.now();
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().take(MAX_FILE).read_to_end(&mut bytes);
        return read
            .map(|_| (bytes, now))
            .map_err(|error| Error::user("cannot read standard input").caused_by(error));
    }
    let place = shop.world.cwd().join(path);
    let bytes = disk::read_at_most(&place, MAX_FILE)?
        .ok_or_else(|| Error::user(format!("there is no file `{}`", path.display())))?;
    let changed = std::fs::metadata(&place).and_then(|facts| facts.modified()).ok();
    let since_1970 = changed.and_then(|changed| changed.duration_since(std::time::UNIX_EPOCH).ok());
    let written = since_1970.and_then(|span| i64::try_from(span.as_millis()).ok()).map_or(now, Time);
    Ok((bytes, written.min(now)))
}
