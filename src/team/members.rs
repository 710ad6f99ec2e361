//! Who is in the team, and what the store says of their spending: for administrators all of it, for a member their own
//! and the totals.

use chrono::NaiveDate;
use postgres::types::Type;
use postgres_protocol::password::scram_sha_256;
use rustls::crypto::ring;

use super::store::Store;
use crate::base::error::{Error, Result};
use crate::base::money::Money;
use crate::base::text::hex;
use crate::base::time::Time;

/// A login that was made, with the password nobody else knows.
pub struct Invited {
    pub login: String,
    pub password: String,
}

/// A member as the store has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub name: String,
    pub login: Option<String>,
    pub is_admin: bool,
    pub allocation: Option<Money>,
    pub spent: Money,
    pub calls: u64,
    pub last_sync: Option<Time>,
    pub removed: Option<Time>,
}

/// By what a report of the team is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    User,
    Project,
    Model,
}

/// A row of such a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub name: String,
    pub calls: u64,
    pub tokens: u64,
    pub cost: Money,
    pub estimated: Money,
}

/// Makes a login for a member, or a new password for a known one. The server is given a verifier of the password only.
pub fn invite(store: &Store, name: &str, is_admin: bool, allocation: Option<Money>) -> Result<Invited> {
    let mut random = [0_u8; 24];
    let filled = ring::default_provider().secure_random.fill(&mut random);
    filled.map_err(|_| Error::internal("the system gives no random numbers"))?;
    let password = hex(&random);
    let secret = scram_sha_256(password.as_bytes());
    let (name, allocation) = (name.to_string(), allocation.map(|amount| amount.to_string()));
    let login = store.transact(move |transaction| {
        let row = transaction.query_typed_one(
            "SELECT cost_hook.invite($1, $2, $3, $4::text::numeric)",
            &[(&name, Type::TEXT), (&secret, Type::TEXT), (&is_admin, Type::BOOL), (&allocation, Type::TEXT)],
        )?;
        row.try_get(0)
    })?;
    Ok(Invited { login, password })
}

/// Takes a member's login away; None when there is no such member. What they spent stays.
pub fn remove(store: &Store, name: &str) -> Result<Option<String>> {
    let name = name.to_string();
    store.transact(move |transaction| {
        transaction.query_typed_one("SELECT cost_hook.remove($1)", &[(&name, Type::TEXT)])?.try_get(0)
    })
}

/// Is there such a member, or was there, whom this login may see?
pub fn is_known(store: &Store, name: &str) -> Result<bool> {
    let name = name.to_string();
    store.transact(move |transaction| {
        let row = transaction.query_typed_one(
            "SELECT EXISTS (SELECT FROM cost_hook.members m WHERE lower(m.name) = lower($1))",
            &[(&name, Type::TEXT)],
        )?;
        row.try_get(0)
    })
}

/// Gives the store the allocations of the settings; how many members have another one now.
pub fn allocate(store: &Store, shares: &[(String, Money)]) -> Result<u64> {
    let shares: Vec<_> =
        shares.iter().map(|(user, share)| serde_json::json!({"user": user, "allocation": share})).collect();
    let shares = serde_json::Value::Array(shares).to_string();
    store.transact(move |transaction| {
        let row = transaction
            .query_typed_one("SELECT cost_hook.allocate($1::text::jsonb)", &[(&shares, Type::TEXT)])?;
        Ok(u64::try_from(row.try_get::<_, i64>(0)?).unwrap_or_default())
    })
}

/// Members with what they spent from a day to the day before another; those that were removed only when they spent.
pub fn list(store: &Store, first: NaiveDate, next: NaiveDate) -> Result<Vec<Member>> {
    let (first, next) = (first.to_string(), next.to_string());
    let rows = store.transact(move |transaction| {
        transaction.query_typed(
            "SELECT m.name, m.login, m.is_admin, m.allocation::text, coalesce(sum(t.cost), 0)::text,
                coalesce(sum(t.calls), 0)::bigint, (extract(epoch FROM m.last_sync) * 1000)::bigint,
                (extract(epoch FROM m.removed) * 1000)::bigint
            FROM cost_hook.members m LEFT JOIN cost_hook.totals t
                ON t.member = m.member AND t.day >= $1::text::date AND t.day < $2::text::date
            GROUP BY m.member, m.name, m.login, m.is_admin, m.allocation, m.last_sync, m.removed
            HAVING m.removed IS NULL OR count(t.day) > 0
            ORDER BY coalesce(sum(t.cost), 0) DESC, lower(m.name)",
            &[(&first, Type::TEXT), (&next, Type::TEXT)],
        )
    })?;
    let member = |row: &postgres::Row| -> std::result::Result<Member, postgres::Error> {
        Ok(Member {
            name: row.try_get(0)?,
            login: row.try_get(1)?,
            is_admin: row.try_get(2)?,
            allocation: row.try_get::<_, Option<String>>(3)?.as_deref().map(amount),
            spent: amount(row.try_get(4)?),
            calls: count(row.try_get(5)?),
            last_sync: row.try_get::<_, Option<i64>>(6)?.map(Time),
            removed: row.try_get::<_, Option<i64>>(7)?.map(Time),
        })
    };
    rows.iter().map(member).collect::<std::result::Result<_, _>>().map_err(unreadable)
}

/// What was spent from a day to the day before another, the dearest first: of everybody whose rows this login may read.
pub fn report(store: &Store, by: By, first: NaiveDate, next: NaiveDate) -> Result<Vec<Row>> {
    let (first, next) = (first.to_string(), next.to_string());
    let rows = store.transact(move |transaction| {
        transaction.query_typed(&question(by), &[(&first, Type::TEXT), (&next, Type::TEXT)])
    })?;
    let row = |row: &postgres::Row| -> std::result::Result<Row, postgres::Error> {
        Ok(Row {
            name: row.try_get(0)?,
            calls: count(row.try_get(1)?),
            tokens: count(row.try_get(2)?),
            cost: amount(row.try_get(3)?),
            estimated: amount(row.try_get(4)?),
        })
    };
    rows.iter().map(row).collect::<std::result::Result<_, _>>().map_err(unreadable)
}

/// What `report` asks: `$1` is the first day, `$2` the one behind the last.
pub fn question(by: By) -> String {
    let key = match by {
        By::User => "m.name",
        By::Project => "d.project",
        By::Model => "d.model",
    };
    format!(
        "SELECT {key}, sum(d.calls)::bigint, sum(d.tokens)::bigint, sum(d.cost)::text, sum(d.estimated)::text
        FROM cost_hook.daily d JOIN cost_hook.members m ON m.member = d.member
        WHERE d.day >= $1::text::date AND d.day < $2::text::date
        GROUP BY {key} ORDER BY sum(d.cost) DESC, {key}"
    )
}

/// What everybody spent from a day to the day before another.
pub fn team_total(store: &Store, first: NaiveDate, next: NaiveDate) -> Result<Money> {
    let (first, next) = (first.to_string(), next.to_string());
    store.transact(move |transaction| {
        let row = transaction.query_typed_one(
            "SELECT team::text FROM cost_hook.spent($1::text::date, $2::text::date)",
            &[(&first, Type::TEXT), (&next, Type::TEXT)],
        )?;
        Ok(amount(row.try_get(0)?))
    })
}

/// Who the store takes this login for.
pub fn whoami(store: &Store) -> Result<(Option<String>, bool)> {
    store.transact(|transaction| {
        let row = transaction.query_typed_one(
            "SELECT (SELECT m.name FROM cost_hook.members m WHERE m.member = cost_hook.me()), cost_hook.is_admin()",
            &[],
        )?;
        Ok((row.try_get(0)?, row.try_get(1)?))
    })
}

/// A `numeric` as text. The store holds no more digits than an amount does.
pub(super) fn amount(text: &str) -> Money {
    text.parse().unwrap_or_default()
}

pub(super) fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}

pub(super) fn unreadable(error: postgres::Error) -> Error {
    Error::internal("an answer of the team's store cannot be read").caused_by(error)
}
