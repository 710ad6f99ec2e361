//! `cost-hook status`: how every limit stands, and what today and this month cost.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;

use super::args::ZoneArgs;
use super::shop::{SHORT, Shop};
use super::success;
use crate::base::env;
use crate::base::error::{Kind, Result};
use crate::base::money::Money;
use crate::base::time::{Time, Window, Zone};
use crate::base::width::{columns, left, right};
use crate::base::words::{Language, Reader, say, word};
use crate::base::world::World;
use crate::budget::{self, Place, Standing};
use crate::ledger::counter::Definition;
use crate::ledger::scan;
use crate::model::entry::{Line, Override};
use crate::model::limit::{Action, Calendar, Period};
use crate::report::fold::{By, Cut, Sum, fold};
use crate::report::json::{self, Figures, SCHEMA_VERSION};
use crate::report::query::Query;
use crate::setup::Setup;
use crate::ui::bar::{bar, percent};
use crate::ui::print;
use crate::ui::style::Tone;

/// How long to wait for the sums of limits before they are added up anew.
const PATIENCE: Duration = Duration::from_millis(1500);
const BAR: usize = 20;

const EXAMPLES: &str = "\
Examples:
  cost-hook status                     every budget that counts in this folder
  cost-hook status --json              exact amounts, for a program
  cost-hook status --timezone UTC      days that begin at midnight UTC";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    zone: ZoneArgs,
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let (session, project) = here(shop);
    let setup = shop.setup_in(&project);
    let cut = args.zone.cut(&setup)?;
    let project = project.display().to_string();
    let place = Place { session: session.as_deref(), project: &project, ..Place::default() };
    let standings = standings(shop, &setup, &place)?;
    let costs = Costs::of(&setup, &cut, shop.world.now())?;
    let text = if shop.json {
        document(&setup, &cut, &standings, &costs)
    } else {
        screen(shop, &setup, &cut.zone, &standings, &costs)
    };
    shop.say(&text)?;
    success()
}

/// The session the command is run in, and the folder whose limits apply.
pub(super) fn here(shop: &Shop<'_>) -> (Option<String>, PathBuf) {
    let session = shop.world.var(env::CLAUDE_CODE_SESSION_ID);
    let project = shop.project(session.as_deref(), SHORT).unwrap_or_else(|_| shop.world.project_dir());
    (session, project)
}

/// Today and the month, as the reader cuts them.
pub(super) struct Costs {
    pub(super) today: Sum,
    pub(super) month: Sum,
}

impl Costs {
    pub(super) fn of(setup: &Setup, cut: &Cut, now: Time) -> Result<Self> {
        let day = cut.zone.day(now);
        let window = Window::month(&cut.zone, day, cut.billing_day);
        if !setup.ledger.exists() {
            return Ok(Self { today: Sum::default(), month: Sum::default() });
        }
        let folded = fold(&setup.ledger, &Query { window, ..Query::default() }, By::Day, cut)?;
        let name = day.to_string();
        let today = folded.groups.iter().find(|group| group.name == name).map(|group| group.sum);
        Ok(Self { today: today.unwrap_or_default(), month: folded.total.sum })
    }
}

/// How all limits that apply stand; books what is new first.
pub(super) fn standings(shop: &Shop<'_>, setup: &Setup, place: &Place<'_>) -> Result<Vec<Standing>> {
    if !setup.ledger.exists() {
        return from_ledger(setup, place, shop.world.now());
    }
    let ask = |writer: &mut _| budget::standings(writer, &setup.settings, place, &setup.system);
    let asked = shop.booked(setup, PATIENCE, |writer| ask(writer).map(drop), ask);
    asked.or_else(|error| {
        if error.kind != Kind::Busy {
            let language = shop.err.language;
            let error = language.error(&error);
            print::warning(&shop.err, &say!(language, "newest-calls-missing", error = error));
        }
        from_ledger(setup, place, shop.world.now())
    })
}

/// The limits by what the segments say, for when the kept sums are out of reach.
fn from_ledger(setup: &Setup, place: &Place<'_>, now: Time) -> Result<Vec<Standing>> {
    let mut overrides: BTreeMap<(String, Time), (Money, Option<Time>)> = BTreeMap::new();
    let mut standings = Vec::new();
    if setup.ledger.exists() && !setup.settings.limits.is_empty() {
        scan::each(&setup.ledger, Window::ALWAYS, |line| {
            if let Line::Override(raised) = line {
                take(&mut overrides, &raised, now);
            }
        })?;
    }
    for limit in &setup.settings.limits {
        let mut filter = limit.filter.clone();
        if limit.period == Period::Session {
            let Some(id) = place.session else { continue };
            filter.session = Some(id.to_string());
        }
        let definition = Definition { period: limit.period, calendar: limit.calendar.clone(), filter };
        let window = definition.window(now, &setup.system);
        let (mut spent, mut estimated) = (Money::ZERO, Money::ZERO);
        if setup.ledger.exists() {
            let query = Query { window, filter: definition.filter, ..Query::default() };
            let cut = Cut::new(setup.system.clone(), &Calendar::default());
            let sum = fold(&setup.ledger, &query, By::Session, &cut)?.total.sum;
            (spent, estimated) = (sum.cost, sum.estimated);
        }
        let key = (limit.id.clone(), window.start);
        let (raised, lifted_until) =
            overrides.get(&key).copied().filter(|_| limit.overridable).unwrap_or_default();
        standings.push(Standing {
            limit: limit.clone(),
            window,
            spent,
            under_way: Money::ZERO,
            estimated,
            raised,
            lifted_until,
            here: true,
        });
    }
    Ok(standings)
}

fn take(overrides: &mut BTreeMap<(String, Time), (Money, Option<Time>)>, raised: &Override, now: Time) {
    let (sum, until) = overrides.entry((raised.limit.clone(), raised.window().start)).or_default();
    *sum += raised.amount.unwrap_or_default();
    *until = (*until).max(raised.until.filter(|until| *until > now));
}

fn screen(shop: &Shop<'_>, setup: &Setup, zone: &Zone, standings: &[Standing], costs: &Costs) -> String {
    let mut text = String::new();
    if !setup.ledger.exists() {
        text.push_str(&super::report::nothing(shop, setup));
        text.push('\n');
    }
    let language = shop.out.language;
    let names = [word!("today"), word!("this-month")].map(|name| language.word(name));
    let sums = [&costs.today, &costs.month];
    let amounts = sums.map(|sum| budget::marked(sum.cost, sum.estimated));
    let widest = |texts: [&str; 2]| texts.map(columns).into_iter().max().unwrap_or_default();
    let (name_width, width) = (widest(names), widest([&amounts[0], &amounts[1]]));
    for ((name, sum), amount) in names.into_iter().zip(sums).zip(&amounts) {
        let calls = say!(language, "call-count", calls = sum.calls);
        let calls = match sum.unlisted {
            Money::ZERO => calls,
            unlisted => say!(language, "calls-and-unlisted", calls = calls, unlisted = unlisted.show()),
        };
        let amount = shop.heading(&right(amount, width));
        text.push_str(&format!("{}  {amount}   {}\n", left(name, name_width), shop.faint(&calls)));
    }
    text.push('\n');
    if !setup.settings.enabled {
        text.push_str(language.word(word!("booking-is-off")));
        text.push('\n');
    }
    if standings.is_empty() {
        text.push_str(&no_limits(shop, setup));
    }
    let width =
        standings.iter().map(|standing| columns(&budget::name(&standing.limit, language))).max().unwrap_or(0);
    for standing in standings {
        text.push_str(&limit(shop, standing, width.min(24), zone, &setup.system));
    }
    text
}

/// Two lines: the bar with its numbers, and whose limit it is, what it does and when it starts afresh.
fn limit(shop: &Shop<'_>, standing: &Standing, width: usize, zone: &Zone, system: &Zone) -> String {
    let (limit, language) = (&standing.limit, shop.out.language);
    let ratio = ratio(standing);
    let tone = tone(standing);
    let drawn = shop.out.paint(tone, bar(&shop.out, ratio, BAR));
    let spent = budget::marked(standing.spent, standing.estimated);
    let of = say!(language, "part-of", part = spent, whole = standing.allowed().show());
    let name = left(&budget::name(limit, language), width);
    let first = format!("{name}  {drawn} {:>5}  {of}\n", percent(ratio));

    let (effect, whose) = (budget::effect(limit), budget::whose(limit.layer));
    let (effect, whose) = (language.word(effect), language.word(whose));
    let mut facts = vec![say!(language, "effect-of-limit", effect = effect, whose = whose)];
    facts.extend(budget::counted_only(&limit.filter, language));
    if standing.raised != Money::ZERO {
        facts.push(say!(language, "raised-by", amount = standing.raised.show()));
    }
    if let Some(until) = standing.lifted_until {
        facts.push(say!(language, "off-until", moment = language.moment(until, zone)));
    }
    facts.push(resets(shop.world, standing, Reader { zone: system, language }));
    let room = usize::from(shop.out.width).saturating_sub(width + 2);
    let lines = joined(&facts, room, language);
    first + &lines.iter().map(|line| format!("{:width$}  {}\n", "", shop.faint(line))).collect::<String>()
}

/// Facts behind one another, in lines of at most `room` columns.
fn joined(facts: &[String], room: usize, language: Language) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for fact in facts {
        let longer = lines.last().map(|line| language.facts(&[line.clone(), fact.clone()]));
        match (lines.last_mut(), longer) {
            (Some(line), Some(longer)) if columns(&longer) <= room => *line = longer,
            _ => lines.push(fact.clone()),
        }
    }
    lines
}

pub(super) fn ratio(standing: &Standing) -> f64 {
    if standing.is_used_up() {
        return standing.spent.ratio(standing.allowed()).max(1.0);
    }
    standing.spent.ratio(standing.allowed())
}

pub(super) fn tone(standing: &Standing) -> Tone {
    let warn_at = standing.limit.warn_at.first().copied().unwrap_or(1_000_000);
    if standing.is_used_up() {
        Tone::Bad
    } else if standing.spent.0 * 1_000_000 >= standing.allowed().0 * i128::from(warn_at) {
        Tone::Warning
    } else {
        Tone::Good
    }
}

fn resets(world: &World, standing: &Standing, Reader { zone: system, language }: Reader<'_>) -> String {
    match standing.limit.period {
        Period::Session => language.word(word!("counts-this-session")).to_string(),
        Period::Total => language.word(word!("limit-never-resets")).to_string(),
        _ => {
            // In the zone that cuts the limit's days, which is not always the reader's.
            let named = standing.limit.calendar.zone.as_deref().and_then(Zone::named);
            let end = standing.window.end;
            let at = language.moment(end, named.as_ref().unwrap_or(system));
            say!(language, "resets-in", moment = at, span = language.span(end.since(world.now())))
        }
    }
}

/// How a budget is set, with lines to copy.
pub(super) fn no_limits(shop: &Shop<'_>, setup: &Setup) -> String {
    let language = shop.out.language;
    let mut text = language.word(word!("no-budget")).to_string() + "\n\n";
    for line in ["cost-hook config set cost.dailyBudget 10", "cost-hook config set cost.autoStopAtBudget on"]
    {
        text.push_str(&format!("  {}\n", shop.command(line)));
    }
    let status = shop.command("cost-hook status");
    text.push_str(&format!("\n{}\n", say!(language, "no-budget-after", command = status)));
    if !setup.settings.problems.is_empty() {
        text.push_str(language.word(word!("some-settings-wrong")));
        text.push('\n');
    }
    text
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LimitRow<'a> {
    id: &'a str,
    name: &'a str,
    layer: &'static str,
    file: &'a str,
    period: Period,
    action: Action,
    hard: bool,
    amount: Money,
    raised: Money,
    allowed: Money,
    spent: Money,
    estimated: Money,
    left: Money,
    /// Of the allowed amount, rounded down.
    percent: i128,
    used_up: bool,
    overridable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    lifted_until: Option<Time>,
    /// Absent for limits without a calendar period.
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Time>,
    timezone: String,
    warn_at: Vec<f64>,
    filter: &'a crate::model::limit::Filter,
}

impl<'a> LimitRow<'a> {
    pub(super) fn new(standing: &'a Standing, system: &Zone) -> Self {
        let limit = &standing.limit;
        let calendar = !matches!(limit.period, Period::Session | Period::Total);
        let allowed = standing.allowed();
        Self {
            id: &limit.id,
            name: &limit.name,
            layer: limit.layer.name(),
            file: &limit.file,
            period: limit.period,
            action: limit.action,
            hard: limit.hard,
            amount: limit.amount,
            raised: standing.raised,
            allowed,
            spent: standing.spent,
            estimated: standing.estimated,
            left: standing.left(),
            percent: if allowed.0 > 0 { (standing.spent.0 * 100 / allowed.0).max(0) } else { 100 },
            used_up: standing.is_used_up(),
            overridable: limit.overridable,
            lifted_until: standing.lifted_until,
            start: calendar.then_some(standing.window.start),
            end: calendar.then_some(standing.window.end),
            timezone: limit.calendar.zone.clone().unwrap_or_else(|| system.name().to_string()),
            warn_at: limit.warn_at.iter().map(|part| f64::from(*part) / 1e6).collect(),
            filter: &limit.filter,
        }
    }
}

fn document(setup: &Setup, cut: &Cut, standings: &[Standing], costs: &Costs) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        timezone: &'a str,
        enabled: bool,
        today: Figures,
        month: Figures,
        limits: Vec<LimitRow<'a>>,
        problems: Vec<String>,
    }
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        timezone: cut.zone.name(),
        enabled: setup.settings.enabled,
        today: Figures::from(&costs.today),
        month: Figures::from(&costs.month),
        limits: standings.iter().map(|standing| LimitRow::new(standing, &setup.system)).collect(),
        problems: setup.settings.problems.iter().map(|problem| problem.one_line()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::limit::{Filter, Layer, Limit};
    use crate::ui::style::Screen;
    use std::path::Path;

    fn standing(spent: &str, amount: &str) -> Standing {
        let limit = Limit {
            key: "cost.dailyBudget".into(),
            id: "user:dailyBudget".into(),
            name: "daily budget".into(),
            amount: amount.parse().unwrap(),
            period: Period::Daily,
            calendar: Calendar::default(),
            filter: Filter::default(),
            action: Action::Stop,
            hard: false,
            warn_at: vec![800_000],
            layer: Layer::User,
            file: "/home/me/.claude/settings.json".into(),
            overridable: true,
        };
        let now = Time(1_795_521_600_000);
        let window = Window::day(&Zone::utc(), Zone::utc().day(now));
        Standing {
            limit,
            window,
            spent: spent.parse().unwrap(),
            estimated: Money::ZERO,
            raised: Money::ZERO,
            under_way: Money::ZERO,
            lifted_until: None,
            here: true,
        }
    }

    #[test]
    fn a_limit_takes_two_lines() {
        let world = World::made_up(&[], Path::new("/"), Time(1_795_521_600_000));
        let plain = Screen::plain(80);
        let shop = Shop { world: &world, out: plain, err: plain, json: false };
        let shown = limit(&shop, &standing("4.1", "10"), 12, &Zone::utc(), &Zone::utc());
        let expected = "\
daily budget  ########------------   41%  $4.10 of $10.00
              stops (user settings); resets Wed 25 Nov 00:00 (in 12 h 0 min)
";
        assert_eq!(shown, expected);
        let narrow = Shop { out: Screen::plain(50), ..shop };
        let shown = limit(&narrow, &standing("4.1", "10"), 12, &Zone::utc(), &Zone::utc());
        assert!(
            shown.ends_with("stops (user settings)\n              resets Wed 25 Nov 00:00 (in 12 h 0 min)\n")
        );
    }

    #[test]
    fn tones_and_figures_agree_with_the_verdict() {
        for (spent, amount, tone_expected, percent_expected) in [
            ("0", "10", Tone::Good, 0),
            ("7.99", "10", Tone::Good, 79),
            ("8", "10", Tone::Warning, 80),
            ("9.9999", "10", Tone::Warning, 99),
            ("10", "10", Tone::Bad, 100),
            ("0", "0", Tone::Bad, 100),
        ] {
            let standing = standing(spent, amount);
            assert_eq!(tone(&standing), tone_expected, "{spent} of {amount}");
            assert_eq!(LimitRow::new(&standing, &Zone::utc()).percent, percent_expected);
        }
        assert_eq!(ratio(&standing("0", "0")), 1.0, "nothing allowed is all used up");
    }
}
