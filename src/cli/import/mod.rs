//! `cost-hook import`: every transcript Claude Code still has, into the ledger.
//!
//! Sessions come in the order in which their transcripts changed last, so that what a fork repeats is known by its
//! origin. The lock is given back twice a second: hooks of running sessions get their turn, and an interruption
//! loses nothing that was booked before. What other programs reported (`--from`) is `from`'s.

mod from;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::args::ZoneArgs;
use super::shop::{PATIENT, Shop};
use super::success;
use crate::base::error::{Error, Result};
use crate::base::text::size;
use crate::base::words::{Language, Value, say, word};
use crate::book::ahead::Ahead;
use crate::book::{imported, watch};
use crate::claude::paths;
use crate::ledger::Writer;
use crate::ledger::tally::Tally;
use crate::report::fold::{By, Cut, fold};
use crate::report::json::{self, Figures, SCHEMA_VERSION};
use crate::report::query::Query;
use crate::report::table::grouped;
use crate::setup::Setup;
use crate::ui::print::Progress;

/// So long is booked before hooks of running sessions get their turn.
const TURN: Duration = Duration::from_millis(500);

const EXAMPLES: &str = "\
Examples:
  cost-hook import                                   book what Claude Code still has
  cost-hook import --json                            the same for a program
  cost-hook import --from ccusage-json daily.json    history of which only ccusage's JSON is left
  cost-hook import --from ccusage-json -             the same from standard input
  cost-hook import --from hook-log costs.jsonl --dry-run";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    from: from::FromArgs,
    #[command(flatten)]
    zone: ZoneArgs,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let setup = shop.setup();
    let cut = args.zone.cut(&setup)?;
    if !setup.settings.enabled {
        let language = shop.err.language;
        return Err(
            Error::user(language.word(word!("booking-off"))).hint(language.word(word!("booking-off-cure")))
        );
    }
    if args.from.is_asked() {
        return args.from.run(&args.zone, shop, &setup);
    }
    let done = book(shop, &setup)?;
    let whole = match done.whole {
        Some(whole) => whole,
        None => whole_of(&setup, &cut)?,
    };
    if shop.json {
        shop.say(&document(&done, &whole))?;
    } else {
        shop.say(&(done.in_words(shop) + &holds(&whole, &cut, shop.out.language)))?;
    }
    success()
}

/// What the ledger holds.
fn whole_of(setup: &Setup, cut: &Cut) -> Result<Tally> {
    if !setup.ledger.exists() {
        return Ok(Tally::default());
    }
    let total = fold(&setup.ledger, &Query::default(), By::Month, cut)?.total;
    Ok(Tally { sum: total.sum, first: (!total.sum.is_empty()).then_some(total.first) })
}

/// What an import did.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Done {
    pub(super) sessions: usize,
    pub(super) files: usize,
    pub(super) new_calls: u64,
    /// Bytes that were new.
    pub(super) bytes: u64,
    pub(super) seconds: f64,
    #[serde(skip)]
    folder: PathBuf,
    /// What the ledger holds, where that is known without reading it: it was empty before.
    #[serde(skip)]
    whole: Option<Tally>,
}

impl Done {
    pub(super) fn in_words(&self, shop: &Shop<'_>) -> String {
        let language = shop.out.language;
        if self.files == 0 {
            let folder = self.folder.display().to_string();
            return say!(language, "no-transcripts", folder = folder) + "\n";
        }
        if self.new_calls == 0 {
            return say!(language, "nothing-new", sessions = self.sessions) + "\n";
        }
        let took = say!(
            language,
            "import-took",
            size = size(self.bytes),
            seconds = format!("{:.1}", self.seconds),
            speed = size((self.bytes as f64 / self.seconds.max(0.001)) as u64)
        );
        let calls = Value::Written(self.new_calls, grouped(self.new_calls).into());
        let took = shop.faint(&took);
        say!(language, "booked", calls = calls, sessions = self.sessions, took = took) + "\n"
    }
}

fn holds(whole: &Tally, cut: &Cut, language: Language) -> String {
    let Some(first) = whole.first else { return String::new() };
    say!(
        language,
        "ledger-holds",
        calls = grouped(whole.sum.calls),
        cost = whole.sum.cost.show(),
        day = language.full_date(cut.zone.day(first))
    ) + "\n"
}

/// The files of one session.
#[derive(Debug, Default)]
struct Unit {
    /// When the main file changed last; the agents' where there is no main file any more.
    changed: Option<std::time::SystemTime>,
    files: Vec<PathBuf>,
    bytes: u64,
}

/// Books all history.
pub(super) fn book(shop: &Shop<'_>, setup: &Setup) -> Result<Done> {
    book_with(shop, setup, &[])
}

/// The same, with transcripts that lie elsewhere.
fn book_with(shop: &Shop<'_>, setup: &Setup, elsewhere: &[PathBuf]) -> Result<Done> {
    let started = Instant::now();
    let folder = shop.world.config_dir().join("projects");
    let mut found = paths::all_transcripts(&folder);
    for path in elsewhere {
        let agents = paths::agent_files(&paths::subagents_of(path));
        found.extend(std::iter::once(path.clone()).chain(agents).filter(|path| !path.starts_with(&folder)));
    }
    let units = units(found);
    let mut done = Done {
        sessions: units.len(),
        files: units.iter().map(|unit| unit.files.len()).sum(),
        folder,
        ..Done::default()
    };
    if units.is_empty() {
        return Ok(done);
    }
    let progress = Progress::of_bytes(
        &shop.err,
        units.iter().map(|unit| unit.bytes).sum(),
        shop.err.language.word(word!("booking")),
    );
    let nothing_known = |_: &str| None;
    let context = setup.context(shop.world, &nothing_known);
    std::thread::scope(|scope| -> Result<()> {
        let files = units.iter().map(|unit| (unit.files.clone(), unit.bytes));
        let mut ahead = Ahead::of(files, context.now, scope);
        let write = || setup.ledger.write(shop.world.now(), PATIENT)?.expecting_much();
        let mut whole = Whole::nothing();
        let mut writer = whole.before_a_turn(write()?);
        let mut turn = Instant::now();
        for unit in &units {
            let Some(files) = ahead.next(&writer)? else { break };
            let caught = watch::import(&mut writer, &context, files)?;
            done.new_calls += caught.new_calls;
            done.bytes += caught.bytes;
            progress.advance(unit.bytes);
            if setup.ledger.is_over(turn.elapsed(), TURN) {
                whole.after_a_turn(&writer);
                writer.commit()?;
                writer = whole.before_a_turn(write()?);
                turn = Instant::now();
            }
        }
        done.whole = writer.tally();
        let has_imports = !writer.imported()?.is_empty();
        writer.commit()?;
        if has_imports {
            // Calls that were booked meanwhile have been told from what was reported of them; a process that was ended in
            // the middle may have left some. Here there is time to weigh all of it.
            let mut writer = write()?;
            let (lines, _) = imported::plan(&mut writer, &context, &[])?;
            done.whole = done.whole.filter(|_| lines.is_empty());
            imported::book(&mut writer, lines)?;
            writer.commit()?;
        }
        Ok(())
    })?;
    done.seconds = started.elapsed().as_secs_f64();
    Ok(done)
}

/// What the ledger holds, as long as nobody else writes: that is what was booked here, and need not be read again.
struct Whole {
    tally: Option<Tally>,
    /// Of the ledger's lines when the turn before ended.
    bytes: u64,
}

impl Whole {
    /// Of an empty ledger.
    fn nothing() -> Self {
        Self { tally: Some(Tally::default()), bytes: 0 }
    }

    fn before_a_turn(&self, writer: Writer) -> Writer {
        match self.tally.filter(|_| writer.bytes() == self.bytes) {
            Some(so_far) => writer.tallying(so_far),
            None => writer,
        }
    }

    fn after_a_turn(&mut self, writer: &Writer) {
        *self = Self { tally: writer.tally(), bytes: writer.bytes() };
    }
}

/// Sessions in the order of their main files' times, each with its agents behind it. Older agents' files lie beside
/// the sessions and say only inside whose they are: they come last.
fn units(files: Vec<PathBuf>) -> Vec<Unit> {
    let mut sessions: BTreeMap<PathBuf, Unit> = BTreeMap::new();
    let mut loose = Vec::new();
    for path in files {
        let looks = std::fs::metadata(&path).ok();
        let bytes = looks.as_ref().map_or(0, std::fs::Metadata::len);
        let changed = looks.and_then(|looks| looks.modified().ok());
        let is_agent = paths::is_agent_file(&path);
        match folder_of_session(&path) {
            Some(folder) => {
                let unit = sessions.entry(folder).or_default();
                if !is_agent || unit.files.is_empty() {
                    unit.changed = changed;
                }
                unit.bytes += bytes;
                unit.files.push(path);
            }
            None => loose.push(Unit { changed, files: vec![path], bytes }),
        }
    }
    let mut units: Vec<Unit> = sessions.into_values().collect();
    units.sort_by_key(|unit| unit.changed);
    loose.sort_by_key(|unit| unit.changed);
    units.extend(loose);
    units
}

/// The path that a session's main file and its agents' folder share.
fn folder_of_session(path: &std::path::Path) -> Option<PathBuf> {
    if !paths::is_agent_file(path) {
        return Some(path.with_extension(""));
    }
    let subagents =
        path.ancestors().find(|folder| folder.file_name().is_some_and(|name| name == "subagents"))?;
    subagents.parent().map(std::path::Path::to_path_buf)
}

fn document(done: &Done, whole: &Tally) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        folder: String,
        #[serde(flatten)]
        done: &'a Done,
        bytes_per_second: u64,
        totals: Figures,
    }
    let speed = if done.seconds > 0.0 { done.bytes as f64 / done.seconds } else { 0.0 };
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        folder: done.folder.display().to_string(),
        done,
        bytes_per_second: speed as u64,
        totals: Figures::from(&whole.sum),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::disk;
    use crate::base::money::Money;
    use crate::base::time::Time;
    use crate::ledger::Ledger;
    use crate::model::entry::{Call, Line};

    #[test]
    fn what_the_ledger_holds_is_known_until_somebody_else_writes() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::at(dir.path());
        let now = Time::parse("2026-11-24T10:00:00Z").unwrap();
        let call = |id: &str, cost: i128| Call {
            id: id.into(),
            time: now,
            session: "s".into(),
            cost: Money(cost),
            ..Call::nothing()
        };
        let book = |writer: &mut Writer, call: Call| writer.book(&Line::Call(Box::new(call))).unwrap();
        let write = || ledger.write(now, PATIENT).unwrap();

        let mut whole = Whole::nothing();
        let mut writer = whole.before_a_turn(write());
        book(&mut writer, call("a:1", 5));
        book(&mut writer, call("b:1", 7));
        whole.after_a_turn(&writer);
        writer.commit().unwrap();
        let mut writer = whole.before_a_turn(write());
        // A call of the turn before, which has grown.
        book(&mut writer, Call { rev: 1, ..call("a:1", 6) });
        let tally = writer.tally().unwrap();
        assert_eq!((tally.sum.calls, tally.sum.cost, tally.first), (2, Money(13), Some(now)));
        whole.after_a_turn(&writer);
        writer.commit().unwrap();

        let mut hook = write();
        book(&mut hook, call("c:1", 1));
        hook.commit().unwrap();
        let writer = whole.before_a_turn(write());
        assert_eq!(writer.tally(), None);
        whole.after_a_turn(&writer);
        assert_eq!(whole.before_a_turn(writer).tally(), None);
    }

    #[test]
    fn a_ledger_that_holds_something_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::at(dir.path());
        let now = Time::parse("2026-11-24T10:00:00Z").unwrap();
        let mut hook = ledger.write(now, PATIENT).unwrap();
        hook.book(&Line::Call(Box::new(Call { id: "a:1".into(), time: now, ..Call::nothing() }))).unwrap();
        hook.commit().unwrap();
        let writer = Whole::nothing().before_a_turn(ledger.write(now, PATIENT).unwrap());
        assert_eq!(writer.tally(), None);
    }

    #[test]
    fn agents_follow_their_session_and_old_ones_come_last() {
        let dir = tempfile::tempdir().unwrap();
        let slug = dir.path().join("-w");
        let paths = ["later.jsonl", "agent-old.jsonl", "gone/subagents/agent-g.jsonl", "first.jsonl"];
        let more = ["first/subagents/agent-a.jsonl", "first/subagents/workflows/wf_1/agent-b.jsonl"];
        for name in paths.iter().chain(&more) {
            let path = slug.join(name);
            disk::create_dir_private(path.parent().unwrap()).unwrap();
            disk::replace(&path, b"{}\n").unwrap();
        }
        let early = std::fs::File::open(slug.join("first.jsonl")).unwrap();
        early.set_modified(std::time::UNIX_EPOCH).unwrap();
        let units = units(paths::all_transcripts(dir.path()));
        let names: Vec<Vec<String>> = units
            .iter()
            .map(|unit| {
                unit.files.iter().map(|path| path.file_name().unwrap().to_string_lossy().into()).collect()
            })
            .collect();
        assert_eq!(names.len(), 4);
        assert_eq!(names[0], ["first.jsonl", "agent-a.jsonl", "agent-b.jsonl"]);
        assert_eq!(names[3], ["agent-old.jsonl"]);
    }
}
