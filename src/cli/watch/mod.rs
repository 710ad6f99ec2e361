//! `cost-hook watch`: spending as it is booked. A live screen in a terminal, a line for each new call anywhere else. Each
//! look is a `stat` of the segments and the new lines; the whole ledger is read at the start, at midnight and once an hour.

mod forms;

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use super::args::{Drawing, Only};
use super::shop::{SHORT, Shop};
use super::{report, status, success};
use crate::base::env;
use crate::base::error::{Kind, Result};
use crate::base::money::Money;
use crate::base::time::Time;
use crate::budget::{self, Place, Standing};
use crate::ledger::Writer;
use crate::ledger::tail::Tail;
use crate::model::rate_limit::RateLimits;
use crate::report::fold::Cut;
use crate::report::live::{Call, Live};
use crate::report::query::Query;
use crate::setup::Setup;
use crate::ui::print;
use crate::ui::terminal::{Key, Terminal, wait_while_read};

const EXAMPLES: &str = "\
Examples:
  cost-hook watch                         the live view; q ends it
  cost-hook watch --project shop          one project
  cost-hook watch --once                  how things stand, once
  cost-hook watch --json > calls.jsonl    one JSON object for each call, as it is booked";

/// How often the transcripts of known sessions are looked at. Hooks book most calls at once; this is for the rest.
const BOOK_EVERY: Duration = Duration::from_secs(5);

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Seconds between two looks
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    interval: Duration,
    /// Print how things stand, and end
    #[arg(long)]
    once: bool,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    only: Only,
}

fn seconds(text: &str) -> std::result::Result<Duration, String> {
    let seconds: Option<f64> = text.parse().ok();
    let seconds = seconds.filter(|seconds| (0.1..=3600.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "a number of seconds from 0.1 to 3600".to_string())
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let (session, project) = status::here(shop);
    let setup = shop.setup_in(&project);
    let cut = args.only.zone.cut(&setup)?;
    if args.once && !shop.json && !setup.ledger.exists() {
        shop.say(&report::nothing(shop, &setup))?;
        return success();
    }
    let query = args.only.query(shop.world);
    let project = project.display().to_string();
    let mut watch = Watch::begin(shop, &setup, &cut, query, session, project)?;
    if args.once {
        let now = shop.world.now();
        let out = args.drawing.on(shop.out);
        let text = if shop.json {
            forms::document(&watch, now)
        } else {
            forms::frame(&watch, &out, usize::MAX, now).iter().map(|line| format!("{line}\n")).collect()
        };
        shop.say(&text)?;
        return success();
    }
    let dumb = shop.world.var(env::TERM).is_none_or(|term| term == "dumb");
    let terminal = if shop.json || dumb { None } else { Terminal::open()? };
    match terminal {
        Some(terminal) => live(&mut watch, &terminal, args)?,
        None => lines(&mut watch, args)?,
    }
    success()
}

/// Draws until a person has seen enough.
fn live(watch: &mut Watch<'_>, terminal: &Terminal, args: &Args) -> Result<()> {
    let shop = watch.shop;
    let mut drawn: Option<((usize, usize), Instant)> = None;
    loop {
        let size = terminal.size();
        let is_due = drawn.is_none_or(|(before, at)| before != size || at.elapsed() >= args.interval);
        if is_due {
            watch.look()?;
            let screen = args.drawing.on(shop.out);
            let screen =
                crate::ui::style::Screen { width: u16::try_from(size.0).unwrap_or(u16::MAX), ..screen };
            terminal.draw(&forms::frame(watch, &screen, size.1, shop.world.now()))?;
            drawn = Some((size, Instant::now()));
        }
        match terminal.key() {
            Key::Quit => return Ok(()),
            Key::Other => drawn = None,
            Key::None => {}
        }
    }
}

/// Prints a line for each call that is booked from now on, as long as somebody reads it.
fn lines(watch: &mut Watch<'_>, args: &Args) -> Result<()> {
    let out = args.drawing.on(watch.shop.out);
    loop {
        let mut calls = watch.look()?;
        calls.sort_by_key(|call| call.time);
        let line = |call: &Call| {
            if watch.shop.json { forms::json_line(call) } else { forms::line(watch, &out, call) + "\n" }
        };
        let text: String = calls.iter().map(line).collect();
        let is_read = text.is_empty() || print::out_while_read(&text)?;
        if !is_read || !wait_while_read(args.interval) {
            return Ok(());
        }
    }
}

/// What is watched, and how it stands.
struct Watch<'a> {
    shop: &'a Shop<'a>,
    setup: &'a Setup,
    cut: &'a Cut,
    query: Query,
    session: Option<String>,
    project: String,
    live: Live,
    tail: Tail,
    standings: Vec<Standing>,
    /// What each session at work cost altogether, in the ledger's terms.
    totals: BTreeMap<String, Money>,
    rate_limits: Option<RateLimits>,
    /// Why the newest calls may be missing.
    trouble: Option<String>,
    booked: Option<Instant>,
}

/// What the checkpoint says.
struct Kept {
    standings: Vec<Standing>,
    totals: BTreeMap<String, Money>,
    rate_limits: Option<RateLimits>,
}

impl<'a> Watch<'a> {
    fn begin(
        shop: &'a Shop<'a>,
        setup: &'a Setup,
        cut: &'a Cut,
        query: Query,
        session: Option<String>,
        project: String,
    ) -> Result<Self> {
        let now = shop.world.now();
        // What is booked in between is seen twice, which does no harm; the other way round it would be missed.
        let tail = Tail::at_end(&setup.ledger)?;
        let live = Live::of(&setup.ledger, &query, cut, now)?;
        let mut watch = Self {
            shop,
            setup,
            cut,
            query,
            session,
            project,
            live,
            tail,
            standings: Vec::new(),
            totals: BTreeMap::new(),
            rate_limits: None,
            trouble: None,
            booked: None,
        };
        watch.look()?;
        // The sums of sessions are asked for by those that are known to be at work, which are known only now.
        watch.booked = None;
        Ok(watch)
    }

    /// Brings everything up to now. The calls that are new.
    fn look(&mut self) -> Result<Vec<Call>> {
        let now = self.shop.world.now();
        if self.booked.is_none_or(|at| at.elapsed() >= BOOK_EVERY) && self.setup.ledger.exists() {
            self.book(now);
        }
        if self.live.is_stale(now) {
            self.begin_anew(now)?;
        }
        let mut news = Vec::new();
        let (live, query) = (&mut self.live, &self.query);
        let is_whole = self.tail.news(&self.setup.ledger, |line| news.extend(live.take(line, query)))?;
        if !is_whole {
            self.begin_anew(now)?;
        }
        if !news.is_empty() {
            // The limits are a little behind the calls until the next look.
            self.booked = None;
        }
        self.live.settle(now);
        Ok(news)
    }

    fn begin_anew(&mut self, now: Time) -> Result<()> {
        self.tail = Tail::at_end(&self.setup.ledger)?;
        self.live = Live::of(&self.setup.ledger, &self.query, self.cut, now)?;
        Ok(())
    }

    /// Books what transcripts hold beyond what was read, and asks the checkpoint.
    fn book(&mut self, now: Time) {
        let ids: BTreeSet<String> = self.live.sessions(now).iter().map(|(id, ..)| id.to_string()).collect();
        let place = Place { session: self.session.as_deref(), project: &self.project, ..Place::default() };
        let settings = &self.setup.settings;
        let limits = |writer: &mut Writer| {
            budget::standings(writer, settings, self.setup.team().as_ref(), &place, &self.setup.system)
        };
        let ask = |writer: &mut Writer| {
            let standings = limits(writer)?;
            let mut totals = BTreeMap::new();
            for id in &ids {
                let known = writer.peek_session(id)?;
                totals.extend(known.map(|known| (id.clone(), known.cost)));
            }
            Ok(Kept { standings, totals, rate_limits: writer.rate_limits()? })
        };
        match self.shop.booked(self.setup, SHORT, |writer| limits(writer).map(drop), ask) {
            Ok(kept) => {
                self.standings = kept.standings;
                self.totals = kept.totals;
                self.rate_limits = kept.rate_limits;
                self.trouble = None;
            }
            // Somebody else books; next time.
            Err(error) if error.kind == Kind::Busy => {}
            Err(error) => self.trouble = Some(self.shop.out.language.error(&error)),
        }
        self.booked = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_a_sensible_number() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for wrong in ["", "0", "-1", "NaN", "inf", "1e9", "soon"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
