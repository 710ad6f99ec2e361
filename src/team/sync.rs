//! Sending and asking: what the ledger has beyond what was sent, batch by batch, then the totals. Owns the order of steps;
//! what is sent is `plan`'s, what is remembered `state`'s.

use std::path::Path;
use std::time::Duration;

use postgres::types::Type;

use super::address::Address;
use super::members::amount;
use super::plan::Batch;
use super::state::{self, State, Sum, Totals};
use super::store::Store;
use crate::base::disk;
use crate::base::error::Result;
use crate::base::lock::Lock;
use crate::base::money::Money;
use crate::base::time::{Time, Window, Zone};
use crate::ledger::counter::Definition;
use crate::ledger::outgoing::{self, Marks};
use crate::ledger::{Ledger, segment};
use crate::model::limit::{Calendar, Filter, Period};
use crate::settings::{Naming, Settings};

/// Lines in one transaction.
pub const BATCH: usize = 500;

/// What a sync came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// Lines that were sent.
    pub sent: usize,
    /// Of them those that were new to the store, or had grown.
    pub news: u64,
    pub totals: Totals,
}

/// What the team's months are summed by: as its limits, so that the checkpoint keeps one sum for both.
pub fn period(settings: &Settings) -> Definition {
    let of_limits = settings.limits.iter().find(|limit| limit.share().is_some());
    let calendar = of_limits.map_or_else(
        || Calendar { zone: Some("UTC".to_string()), ..settings.calendar.clone() },
        |limit| limit.calendar.clone(),
    );
    Definition { period: Period::Monthly, calendar, filter: Filter::default() }
}

/// Holds off every other sync of this machine.
///
/// Errors: `Busy` when one is under way.
pub fn lock(base: &Path, patience: Duration) -> Result<Lock> {
    disk::create_dir_private(base)?;
    Lock::acquire(&state::lock_path(base), patience)
}

/// Sends and asks. Whatever happens on the way, what was sent is remembered, and the next one goes on from there.
pub fn run(
    ledger: &Ledger,
    settings: &Settings,
    address: &Address,
    (now, patience): (Time, Duration),
    mut progress: impl FnMut(usize),
) -> Result<Done> {
    let base = ledger.base();
    let mut state = State::read(base).of_store(&address.store);
    state.tried = Some(now);
    state.write(base)?;
    let done = steps(ledger, settings, address, (now, patience), &mut state, &mut progress);
    state.trouble = done.as_ref().err().map(|error| error.one_line());
    state.write(base)?;
    done
}

fn steps(
    ledger: &Ledger,
    settings: &Settings,
    address: &Address,
    (now, patience): (Time, Duration),
    state: &mut State,
    progress: &mut impl FnMut(usize),
) -> Result<Done> {
    let definition = period(settings);
    let window = definition.window(now, &Zone::utc());
    // Under one lock: what the ledger comes to, and where it ends. So the sum is that of the lines that are sent below.
    let (booked, ends) = standing(ledger, &definition, now, patience)?;
    let store = Store::open(address)?;
    let (mut sent, mut news) = (0, 0);
    loop {
        let mut marks = state.sent.clone();
        let lines = outgoing::next(ledger, &mut marks, &ends, BATCH)?;
        if lines.is_empty() {
            // Behind lines that cannot be read nobody has to look again.
            state.sent = marks;
            break;
        }
        let batch = Batch::of(&lines, settings.team.projects);
        if !batch.is_empty() {
            sent += batch.len();
            news += book(&store, &batch)?;
        }
        state.sent = marks;
        state.write(ledger.base())?;
        progress(sent);
    }
    // Months whose segments are gone.
    state.sent.retain(|name, _| ends.iter().any(|(month, _)| *name == segment::month_name(*month)));
    if sent == 0 {
        // A word that this machine is there, and nothing else.
        book(&store, &Batch::default())?;
    }
    let totals = ask(&store, window, now, booked)?.after(state.totals.as_ref());
    state.totals = Some(totals.clone());
    Ok(Done { sent, news, totals })
}

fn standing(
    ledger: &Ledger,
    definition: &Definition,
    now: Time,
    patience: Duration,
) -> Result<(Sum, Vec<(u32, u64)>)> {
    if !ledger.exists() {
        return Ok((Sum::default(), Vec::new()));
    }
    let mut writer = ledger.write(now, patience)?;
    let spent = writer.spent(definition, &Zone::utc())?;
    let ends = outgoing::ends(ledger)?;
    writer.commit()?;
    Ok((Sum { cost: spent.sum, estimated: spent.estimated }, ends))
}

/// Sends a batch; an empty one is a word that this machine is there. How many of its lines were new.
pub fn book(store: &Store, batch: &Batch) -> Result<u64> {
    let lines = serde_json::to_string(&batch.lines).unwrap_or_default();
    let raised = serde_json::to_string(&batch.raised).unwrap_or_default();
    store.transact(move |transaction| {
        let row = transaction.query_typed_one(
            "SELECT cost_hook.book($1::text::jsonb, $2::text::jsonb)",
            &[(&lines, Type::TEXT), (&raised, Type::TEXT)],
        )?;
        Ok(u64::try_from(row.try_get::<_, i64>(0)?).unwrap_or_default())
    })
}

/// Fetches the totals of a period, with what the own ledger came to when everything in it had been sent.
pub fn ask(store: &Store, window: Window, now: Time, booked: Sum) -> Result<Totals> {
    let (first, next) = (window.start.utc().date().to_string(), window.end.utc().date().to_string());
    store.transact(move |transaction| {
        let row = transaction.query_typed_one(
            "SELECT (extract(epoch FROM server_time) * 1000)::bigint, team::text, team_estimated::text, own::text,
                own_estimated::text, rest::text, rest_estimated::text, active, allocation::text
            FROM cost_hook.spent($1::text::date, $2::text::date)",
            &[(&first, Type::TEXT), (&next, Type::TEXT)],
        )?;
        let sum = |at: usize| -> std::result::Result<Sum, postgres::Error> {
            Ok(Sum { cost: amount(row.try_get(at)?), estimated: amount(row.try_get(at + 1)?) })
        };
        Ok(Totals {
            start: window.start,
            end: window.end,
            team: sum(1)?,
            own: sum(3)?,
            rest: sum(5)?,
            active: u64::try_from(row.try_get::<_, i64>(7)?).unwrap_or_default(),
            allocation: row.try_get::<_, Option<String>>(8)?.as_deref().map(amount),
            server_time: Time(row.try_get(0)?),
            fetched: now,
            booked,
            pace: Money::ZERO,
        })
    })
}

/// What would be sent, in its batches' order.
pub fn outgoing(
    ledger: &Ledger,
    store: &str,
    naming: Naming,
    mut take: impl FnMut(&Batch) -> Result<()>,
) -> Result<()> {
    let ends = outgoing::ends(ledger)?;
    let mut marks: Marks = State::read(ledger.base()).of_store(store).sent;
    loop {
        let lines = outgoing::next(ledger, &mut marks, &ends, BATCH)?;
        if lines.is_empty() {
            return Ok(());
        }
        take(&Batch::of(&lines, naming))?;
    }
}
