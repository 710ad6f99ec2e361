//! The command line: what can be typed, and one file per command that carries it out. Owns the wording of answers
//! and the exit code; sums are `report`'s, drawing is `ui`'s.
//!
//! What Claude Code itself runs (`hook`, `statusline`) never comes here: it is listed for the help only.

mod advise;
mod allow;
mod analyze;
mod args;
mod blocks;
mod breakdown;
mod ccusage;
mod compare;
mod completions;
mod config;
mod dashboard;
mod debug;
mod demo;
mod doctor;
mod examples;
mod export;
mod import;
mod init;
mod install;
mod ledger;
mod man;
mod managed;
mod place;
mod pricing;
mod reconcile;
#[cfg(debug_assertions)]
pub mod reference;
mod refusal;
mod report;
mod schema;
mod session;
mod setting_key;
mod shop;
mod status;
mod team;
mod traces;
mod trend;
mod uninstall;
mod validate;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::base::error::{Error, Kind, Result};
use crate::base::text::shown_painted;
use crate::base::words::{Language, word};
use crate::base::world::World;
use crate::ui::print;
use crate::ui::style::Screen;
use shop::Shop;

/// What people type.
const PROGRAM: &str = "cost-hook";

const EXAMPLES: &str = "\
Examples:
  cost-hook install                              begin: hooks, status line, history
  cost-hook status                               how every budget stands
  cost-hook report --since 7d --breakdown        a week by day and model
  cost-hook allow 5 --reason \"the release\"      go on after a stop";

/// Books every model call Claude Code makes, and stops the session at the budget.
#[derive(Debug, Parser)]
#[command(name = "cost-hook", version, max_term_width = 100)]
#[command(subcommand_required = true, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    global: args::Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Put the hooks and the status line into Claude Code's settings, and book the history.
    Install(install::Args),
    /// Take the hooks and the status line out again; the ledger stays.
    Uninstall(uninstall::Args),
    /// Book every transcript Claude Code still has. Safe to repeat and to interrupt.
    Import(import::Args),
    /// How every budget stands, and what today and this month cost.
    Status(status::Args),
    /// What one session cost, by model.
    Session(session::Args),
    /// Cost and tokens by day, week, month, session or project.
    Report(report::Args),
    /// Spending over time: a chart with the moving average, compared with the time before, and what the month will cost.
    Trend(trend::Args),
    /// What a month came to: days, models, projects and features, the change against the month before, a forecast.
    Analyze(analyze::Args),
    /// Where the money went: by feature, model, project, tool, agent, branch, user, provider or hour.
    Breakdown(breakdown::Args),
    /// What the same calls would cost on other models, other platforms, or in batches.
    Compare(compare::Args),
    /// The dearest sessions of a period and why they were dear, with the calls it rests on and the remedy.
    Debug(debug::Args),
    /// What would have saved money, from your own ledger: how much, how it was computed, and how sure it is.
    Advise(advise::Args),
    /// Look at the prices in force, at everything about one model, and take new prices from a file.
    Pricing(pricing::Args),
    /// Write one HTML page with everything: charts, tables, filters. It needs no network.
    Dashboard(dashboard::Args),
    /// The five-hour windows of a subscription: cost, burn rate, projection, and the limits Claude Code reports.
    Blocks(blocks::Args),
    /// ccusage's reports, options and JSON, answered from the ledger: for programs made for ccusage.
    Ccusage(ccusage::Args),
    /// Watch spending as it is booked: limits, sessions, burn rate and the newest calls.
    Watch(watch::Args),
    /// Write the ledger as CSV, JSON, Parquet, or as a bill in the forms of FOCUS and AWS.
    Export(export::Args),
    /// Hold bills and providers' reports against the ledger: by day, model and meter.
    Reconcile(reconcile::Args),
    /// One budget over many machines: set up the team's database, send what was spent, see who spent what.
    Team(team::Args),
    /// Raise a limit for its present period, or switch it off until a time. Booked, with the reason.
    Allow(allow::Args),
    /// Check settings files: every problem with its place and its cure.
    Validate(validate::Args),
    /// Look at settings and change them: get, set, unset, list, edit, path, explain.
    Config(config::Args),
    /// Look at everything that recording and stopping depend on, with the cure for what is wrong.
    Doctor(doctor::Args),
    /// Look after the ledger itself: what is wrong with it, repairing it with a backup, dropping superseded lines, figures.
    Ledger(ledger::Args),
    /// Print the JSON Schema of the settings, alone or with Claude Code's own for editors, or of a ledger line.
    Schema(schema::Args),
    /// Print the shell function with which `claude cost ...` runs cost-hook.
    Init(init::Args),
    /// Print the script that completes commands and options in a shell.
    Completions(completions::Args),
    /// Print or write the manual pages.
    Man(man::Args),
    /// Write or check the generated files of the repository.
    #[cfg(debug_assertions)]
    #[command(hide = true)]
    Reference(reference::Args),
    /// See booking and a budget stop on sample data, in a temporary folder that is removed again.
    Demo(demo::Args),
    /// Answer one hook event of Claude Code. Run by Claude Code: reads the event from standard input.
    Hook(Hot),
    /// Print the status line. Run by Claude Code: reads the session's state from standard input.
    Statusline(Hot),
}

impl Command {
    /// Does it read or write what lies in Claude Code's folder? Without a home that would be one at the root of the disk.
    fn needs_a_home(&self) -> bool {
        #[cfg(debug_assertions)]
        if matches!(self, Command::Reference(_)) {
            return false;
        }
        !matches!(
            self,
            Command::Schema(_)
                | Command::Init(_)
                | Command::Completions(_)
                | Command::Man(_)
                | Command::Demo(_)
                | Command::Hook(_)
                | Command::Statusline(_)
        )
    }
}

/// What Claude Code runs takes no arguments that a person would type.
#[derive(Debug, clap::Args)]
struct Hot {
    #[arg(hide = true, allow_hyphen_values = true, trailing_var_arg = true)]
    rest: Vec<OsString>,
}

/// Every command with its arguments, for what is made from them.
fn definition() -> clap::Command {
    Cli::command()
}

/// Runs what the process was called with.
pub fn run(world: &World) -> ExitCode {
    run_with(world, std::env::args_os())
}

/// Runs a command line, the program's name first.
pub fn run_with(world: &World, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let parsed = examples::laid_out(definition()).try_get_matches_from(&arguments);
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        // The flag was not read, but it was meant all the same.
        Err(error) => return refuse(world, error, &arguments),
    };
    let global = cli.global;
    let shop = Shop::new(world, &global);
    if cli.command.needs_a_home() && !world.has_home() {
        let error =
            Error::user("HOME is not set, so that it is not known where Claude Code keeps its settings")
                .hint(word!("home-cure"));
        print::error(&shop.err, &error);
        return ExitCode::from(error.kind.exit_code());
    }
    let done = match cli.command {
        Command::Install(args) => install::run(&args, &shop),
        Command::Uninstall(args) => uninstall::run(&args, &shop),
        Command::Import(args) => import::run(&args, &shop),
        Command::Status(args) => status::run(&args, &shop),
        Command::Session(args) => session::run(&args, &shop),
        Command::Report(args) => report::run(&args, &shop),
        Command::Trend(args) => trend::run(&args, &shop),
        Command::Analyze(args) => analyze::run(&args, &shop),
        Command::Breakdown(args) => breakdown::run(&args, &shop),
        Command::Compare(args) => compare::run(&args, &shop),
        Command::Debug(args) => debug::run(&args, &shop),
        Command::Advise(args) => advise::run(&args, &shop),
        Command::Pricing(args) => pricing::run(&args, &shop),
        Command::Dashboard(args) => dashboard::run(&args, &shop),
        Command::Blocks(args) => blocks::run(&args, &shop),
        Command::Ccusage(args) => ccusage::run(&args, &shop),
        Command::Watch(args) => watch::run(&args, &shop),
        Command::Export(args) => export::run(&args, &shop),
        Command::Reconcile(args) => reconcile::run(&args, &shop),
        Command::Team(args) => team::run(&args, &shop),
        Command::Allow(args) => allow::run(&args, &shop),
        Command::Validate(args) => validate::run(&args, &shop),
        Command::Config(args) => config::run(&args, &shop),
        Command::Doctor(args) => doctor::run(&args, &shop),
        Command::Ledger(args) => ledger::run(&args, &shop),
        Command::Schema(args) => schema::run(&args, &shop),
        Command::Init(args) => init::run(&args, &shop),
        Command::Completions(args) => completions::run(&args, &shop),
        Command::Man(args) => man::run(&args, &shop),
        #[cfg(debug_assertions)]
        Command::Reference(args) => reference::run(&args, &shop),
        Command::Demo(args) => demo::run(&args, &shop),
        Command::Hook(hot) => Err(not_for_people("hook", &hot)),
        Command::Statusline(hot) => Err(not_for_people("statusline", &hot)),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            let error = match error.kind {
                Kind::Busy => error.hint(word!("run-again-when-done")),
                _ => error,
            };
            print::error(&shop.err, &error);
            ExitCode::from(error.kind.exit_code())
        }
    }
}

/// Help and version are answers; everything else is a command line that cannot be understood. The argument parser speaks
/// English.
fn refuse(world: &World, error: clap::Error, arguments: &[OsString]) -> ExitCode {
    let (error, cure) = refusal::with_cure(error, arguments);
    let no_color = arguments.iter().any(|word| word == "--no-color");
    let text = error.render();
    let painted = |screen: Screen| if screen.color { text.ansi().to_string() } else { text.to_string() };
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return match print::out(&painted(Screen::stdout(world, no_color, Language::English))) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => ExitCode::from(error.kind.exit_code()),
        };
    }
    print::err(&shown_painted(&painted(Screen::stderr(world, no_color, Language::English))));
    print::err(&cure);
    // The parser's own code for this is 2, which Claude Code reads from a hook as "block what the user does".
    ExitCode::from(Kind::Usage.exit_code())
}

fn not_for_people(name: &str, hot: &Hot) -> Error {
    match hot.rest.first() {
        Some(word) => Error::usage(format!("`cost-hook {name}` takes no `{}`", word.to_string_lossy())),
        None => Error::internal(format!("`{name}` was not recognised in time")),
    }
    .hint(word!("run-by-client"))
}

/// The answer of commands that cannot half succeed.
fn success() -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Time;
    use std::path::Path;

    fn code(words: &[&str]) -> ExitCode {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().display().to_string();
        let world = World::made_up(&[("HOME", &home)], Path::new(&home), Time(1_795_521_600_000));
        run_with(&world, ["cost-hook"].iter().chain(words).map(OsString::from))
    }

    #[test]
    fn the_definition_is_sound() {
        definition().debug_assert();
    }

    #[test]
    fn nothing_exits_with_two() {
        let usage = format!("{:?}", ExitCode::from(64));
        for words in [&["--nope"][..], &["nope"], &[], &["report", "--period", "hourly"], &["hook", "--x"]] {
            assert_eq!(format!("{:?}", code(words)), usage, "{words:?}");
        }
        for words in [&["--help"][..], &["--version"], &["allow", "--help"], &["hook", "--help"]] {
            assert_eq!(format!("{:?}", code(words)), format!("{:?}", ExitCode::SUCCESS), "{words:?}");
        }
    }

    #[test]
    fn without_a_home_nothing_is_looked_for_at_the_root_of_the_disk() {
        let dir = tempfile::tempdir().unwrap();
        let run = |env: &[(&str, &str)], words: &[&str]| {
            let world = World::made_up(env, dir.path(), Time(1_795_521_600_000));
            run_with(&world, ["cost-hook"].iter().chain(words).map(OsString::from))
        };
        let (good, bad) = (format!("{:?}", ExitCode::SUCCESS), format!("{:?}", ExitCode::from(1)));
        // `--dry-run` writes nothing even where this fails.
        for words in [&["status"][..], &["install", "--dry-run"], &["config", "list"]] {
            assert_eq!(format!("{:?}", run(&[], words)), bad, "{words:?}");
        }
        let config = dir.path().display().to_string();
        assert_eq!(format!("{:?}", run(&[("CLAUDE_CONFIG_DIR", &config)], &["status"])), good);
        assert_eq!(format!("{:?}", run(&[("HOME", &config)], &["status"])), good);
        assert_eq!(format!("{:?}", run(&[], &["schema"])), good);
    }

    #[test]
    fn every_command_and_option_says_what_it_is() {
        for command in definition().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for option in command.get_arguments().filter(|option| !option.is_hide_set()) {
                assert!(option.get_help().is_some(), "{} {}", command.get_name(), option.get_id());
            }
        }
    }
}
