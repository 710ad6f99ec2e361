//! Reading the calls of the store: every row this login may read, by time and, at the same time, by id. For exports; what is
//! made of the rows is theirs.
//!
//! One transaction sees one state of the store. It goes from day to day, so that the server sorts no more than a day at
//! once, and takes a page at a time through a cursor, which is of the transaction and has a pool's blessing.

use chrono::Datelike;
use postgres::Transaction;
use postgres::types::Type;

use super::members::{amount, count, unreadable};
use super::store::Store;
use crate::base::error::Result;
use crate::base::time::{Time, Window};
use crate::ledger::entries::Entry;
use crate::model::provider::Provider;
use crate::model::usage::Tokens;

/// So many rows are asked for at once; a few such pages are in memory.
const PAGE: usize = 2_000;
const DAY: i64 = 86_400_000;

/// The days on which something was spent, as days since 1970 (an answer that no setting of the server changes), and how many
/// calls were made on them.
const DAYS: &str = "
    SELECT (t.day - DATE '1970-01-01')::bigint, sum(t.calls)::bigint
    FROM cost_hook.totals t JOIN cost_hook.members m ON m.member = t.member
    WHERE t.day >= $1::text::date AND t.day <= $2::text::date AND ($3::text IS NULL OR lower(m.name) = lower($3))
    GROUP BY t.day ORDER BY t.day";

/// The month, whose name stands where `MONTH` does: written out, so that no other month's partition is planned for, or held.
/// A member's rows of some hours are found by their index.
const WHERE: &str = "
    FROM cost_hook.members m JOIN cost_hook.calls c ON c.member = m.member
    WHERE c.month = DATE 'MONTH' AND c.time >= $1::text::timestamptz AND c.time < $2::text::timestamptz
        AND ($3::text IS NULL OR lower(m.name) = lower($3))";

/// Times are told in whole milliseconds, cut off and not rounded, so that none leaves its day; ids stand in the order of their
/// bytes, whatever the database's language.
const ROWS: &str = "
    DECLARE cost_hook_export NO SCROLL CURSOR FOR
    SELECT (extract(epoch FROM date_trunc('milliseconds', c.time)) * 1000)::bigint, c.id, m.name, c.kind, c.project,
        c.model, c.provider, c.region, c.input, c.output, c.cache_write_5m, c.cache_write_1h, c.cache_read,
        c.web_searches, c.cost::text, c.estimated";
const ORDER: &str = "ORDER BY date_trunc('milliseconds', c.time), c.id COLLATE \"C\"";

/// Some rows of a day.
struct Page {
    rows: Vec<postgres::Row>,
    /// The sums know calls of that day of which there is no row.
    is_less: bool,
}

/// Hands out the rows of the window, of all members or of one, and whether the row's provider is known here. Where it is
/// not, the entry says Anthropic. Returns whether calls of these days are left in the sums alone: those of months that were
/// taken out of the database.
pub fn each(
    store: &Store,
    window: Window,
    member: Option<&str>,
    take: &mut dyn FnMut(&Entry<'_>, bool) -> Result<()>,
) -> Result<bool> {
    // The store holds nothing earlier, and PostgreSQL writes a year 0 otherwise.
    let window = Window { start: window.start.max(Time(0)), end: window.end.max(Time(0)) };
    let member = member.map(str::to_string);
    let mut is_less = false;
    store.read(
        move |transaction, hand_out| pages(transaction, window, &member, hand_out),
        |page: Page| {
            is_less |= page.is_less;
            for row in &page.rows {
                let row = Row::of(row).map_err(unreadable)?;
                let provider = Provider::parse(row.provider);
                take(&row.entry(provider.unwrap_or(Provider::Anthropic)), provider.is_some())?;
            }
            Ok(())
        },
    )?;
    Ok(is_less)
}

fn pages(
    transaction: &mut Transaction<'_>,
    window: Window,
    member: &Option<String>,
    hand_out: &mut dyn FnMut(Page) -> bool,
) -> std::result::Result<(), postgres::Error> {
    let (first, last) = (window.start.utc().date(), window.end.plus_ms(-1).utc().date());
    let days = transaction.query_typed(
        DAYS,
        &[(&first.to_string(), Type::TEXT), (&last.to_string(), Type::TEXT), (member, Type::TEXT)],
    )?;
    let next = format!("FETCH {PAGE} FROM cost_hook_export");
    for row in days {
        let day = Time(row.try_get::<_, i64>(0)?.saturating_mul(DAY));
        let date = day.utc().date();
        let of_month = WHERE.replace("MONTH", &date.with_day(1).unwrap_or(date).to_string());
        let (start, end) = (day.max(window.start), day.plus_ms(DAY).min(window.end));
        let known = count(row.try_get(1)?);
        // Of a part of a day nobody knows how much it should be; of the day it is known.
        let mut of_day = None;
        if end.since(start) != DAY {
            let (from, to) = (day.to_string(), day.plus_ms(DAY).to_string());
            let counted = transaction.query_typed_one(
                &format!("SELECT count(*) {of_month}"),
                &[(&from, Type::TEXT), (&to, Type::TEXT), (member, Type::TEXT)],
            )?;
            of_day = Some(count(counted.try_get(0)?));
        }
        let (from, to) = (start.to_string(), end.to_string());
        transaction.query_typed(
            &format!("{ROWS} {of_month} {ORDER}"),
            &[(&from, Type::TEXT), (&to, Type::TEXT), (member, Type::TEXT)],
        )?;
        let mut taken = 0;
        loop {
            let rows = transaction.query_typed(&next, &[])?;
            taken += rows.len() as u64;
            let is_last = rows.len() < PAGE;
            if !hand_out(Page { rows, is_less: is_last && of_day.unwrap_or(taken) < known }) {
                return Ok(());
            }
            if is_last {
                break;
            }
        }
        transaction.batch_execute("CLOSE cost_hook_export")?;
    }
    Ok(())
}

/// A row as it came.
struct Row<'a> {
    time: Time,
    id: &'a str,
    member: &'a str,
    is_unlisted: bool,
    project: &'a str,
    model: &'a str,
    provider: &'a str,
    region: &'a str,
    tokens: Tokens,
    web_searches: u64,
    cost: &'a str,
    estimated: bool,
}

impl<'a> Row<'a> {
    fn of(row: &'a postgres::Row) -> std::result::Result<Self, postgres::Error> {
        let counted =
            |at: usize| -> std::result::Result<u64, postgres::Error> { Ok(count(row.try_get(at)?)) };
        Ok(Self {
            time: Time(row.try_get(0)?),
            id: row.try_get(1)?,
            member: row.try_get(2)?,
            is_unlisted: row.try_get::<_, &str>(3)? == "unlisted",
            project: row.try_get(4)?,
            model: row.try_get(5)?,
            provider: row.try_get(6)?,
            region: row.try_get(7)?,
            tokens: Tokens {
                input: counted(8)?,
                output: counted(9)?,
                cache_write_5m: counted(10)?,
                cache_write_1h: counted(11)?,
                cache_read: counted(12)?,
            },
            web_searches: counted(13)?,
            cost: row.try_get(14)?,
            estimated: row.try_get(15)?,
        })
    }

    fn entry(&self, provider: Provider) -> Entry<'a> {
        Entry {
            is_unlisted: self.is_unlisted,
            id: self.id,
            time: self.time,
            project: self.project,
            // Money without a call has none until the client names one.
            model: Some(self.model).filter(|model| !(self.is_unlisted && model.is_empty())),
            provider,
            region: self.region,
            tokens: self.tokens,
            counts: self.tokens,
            web_searches: self.web_searches,
            user: self.member,
            cost: amount(self.cost),
            estimated: self.estimated,
            ..Entry::nothing()
        }
    }
}
