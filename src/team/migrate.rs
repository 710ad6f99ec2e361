//! The schema of the store, by versions. A version is a file of `migrations` that is never changed once released; the
//! database remembers the checksum of each, so that a changed one is noticed. One transaction under a lock: whoever comes
//! second finds everything done.

use postgres::types::Type;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::store::Store;
use crate::base::error::{Error, Result};
use crate::base::text::hex;
use crate::base::words::sentence;

/// One version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Migration {
    pub version: i32,
    pub name: &'static str,
    #[serde(skip)]
    pub sql: &'static str,
}

/// Oldest first.
pub const ALL: &[Migration] = &[
    Migration { version: 1, name: "store", sql: include_str!("migrations/0001_store.sql") },
    Migration { version: 2, name: "months", sql: include_str!("migrations/0002_months.sql") },
];

/// Where the versions are remembered.
const BOOK: &str = "\
CREATE SCHEMA IF NOT EXISTS cost_hook;
CREATE TABLE IF NOT EXISTS cost_hook.migrations (
    version integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied timestamptz NOT NULL DEFAULT now()
);
DO $$
BEGIN
    -- Whoever brings it up to date, everything belongs to who set it up: its functions call one another.
    EXECUTE format('SET LOCAL ROLE %I', (
        SELECT pg_catalog.pg_get_userbyid(c.relowner) FROM pg_catalog.pg_class c
        WHERE c.oid = 'cost_hook.migrations'::regclass
    ));
END
$$;
";

/// Whatever numbers, as long as nobody else uses them. The second is that of `make_month`: a machine that makes a month's
/// partition holds it while it waits for `calls`, which is held here.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7308895166), pg_advisory_xact_lock(7308895167)";

impl Migration {
    /// Of the text, whatever the lines' ends became on the way here.
    fn checksum(&self) -> String {
        hex(&Sha256::digest(self.sql.replace('\r', "").as_bytes()))
    }
}

/// What is missing in a store; in one that knows nothing of us, everything.
///
/// Errors: a store that a newer version set up, or one whose versions are not ours.
pub fn missing(store: &Store) -> Result<Vec<Migration>> {
    let known = store.transact(|transaction| {
        let is_there = "SELECT to_regclass('cost_hook.migrations') IS NOT NULL";
        if !transaction.query_typed_one(is_there, &[])?.try_get::<_, bool>(0)? {
            return Ok(Vec::new());
        }
        applied(transaction)
    })?;
    compare(ALL, &known)
}

/// Brings the store up to these versions (`ALL`, but for tests of what comes after them) and says what was applied. Run again
/// it finds nothing to do.
///
/// Errors: as `missing`; a login that may not do it.
pub fn run(store: &Store, versions: &'static [Migration]) -> Result<Vec<Migration>> {
    let (done, known) = store.transact(|transaction| {
        transaction.batch_execute(LOCK)?;
        transaction.batch_execute(BOOK)?;
        let known = applied(transaction)?;
        let Ok(missing) = compare(versions, &known) else { return Ok((Vec::new(), known)) };
        for migration in &missing {
            transaction.batch_execute(migration.sql)?;
            transaction.query_typed(
                "INSERT INTO cost_hook.migrations (version, name, checksum) VALUES ($1, $2, $3)",
                &[
                    (&migration.version, Type::INT4),
                    (&migration.name, Type::TEXT),
                    (&migration.checksum(), Type::TEXT),
                ],
            )?;
        }
        // This month and the two to come.
        transaction.batch_execute(
            "SELECT cost_hook.make_month((now() + n * interval '1 month')::date) FROM generate_series(0, 2) AS n",
        )?;
        Ok((missing, known))
    })?;
    compare(versions, &known).map(|_| done)
}

/// The same as text, for people who want to read it first.
pub fn script(migrations: &[Migration]) -> String {
    let mut text = format!("BEGIN;\n{LOCK};\n{BOOK}");
    for migration in migrations {
        text.push_str(&format!(
            "\n-- Version {}: {}\n{}\nINSERT INTO cost_hook.migrations (version, name, checksum) VALUES ({}, '{}', '{}');\n",
            migration.version,
            migration.name,
            migration.sql,
            migration.version,
            migration.name,
            migration.checksum()
        ));
    }
    text.push_str("COMMIT;\n");
    text
}

type Known = Vec<(i32, String)>;

fn applied(transaction: &mut postgres::Transaction<'_>) -> std::result::Result<Known, postgres::Error> {
    let rows = transaction
        .query_typed("SELECT version, checksum FROM cost_hook.migrations ORDER BY version", &[])?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// The versions that are not among the known ones.
fn compare(versions: &[Migration], known: &[(i32, String)]) -> Result<Vec<Migration>> {
    for (version, checksum) in known {
        match versions.iter().find(|migration| migration.version == *version) {
            None => {
                return Err(Error::user(format!(
                    "the team's store was set up by a newer cost-hook (version {version})"
                ))
                .hint(sentence!("store-newer-cure")));
            }
            Some(migration) if migration.checksum() != *checksum => {
                return Err(Error::user(format!(
                    "version {version} of the team's store is not the one that was released"
                ))
                .hint(sentence!("store-changed-cure")));
            }
            Some(_) => {}
        }
    }
    let is_new = |migration: &&Migration| !known.iter().any(|(version, _)| *version == migration.version);
    Ok(versions.iter().filter(is_new).copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_up_and_a_changed_or_newer_one_is_noticed() {
        assert!(ALL.iter().zip(1..).all(|(migration, version)| migration.version == version));
        let ours: Known = ALL.iter().map(|migration| (migration.version, migration.checksum())).collect();
        assert_eq!(compare(ALL, &[]).unwrap(), ALL);
        assert_eq!(compare(ALL, &ours).unwrap(), []);
        let changed = compare(ALL, &[(1, "0".repeat(64))]).unwrap_err();
        assert!(changed.message.contains("not the one that was released"), "{changed}");
        let newer = compare(ALL, &[(99, String::new())]).unwrap_err();
        assert!(newer.message.contains("newer cost-hook"), "{newer}");
        assert!(script(ALL).contains("CREATE TABLE cost_hook.calls"));
    }

    #[test]
    fn what_was_released_is_not_changed_any_more() {
        let released = [
            "6903dc0b1adc34c38e5045ba627541a73cafaa18bcdf0c7cb92144a500f9a1e0",
            "7bf097bb0e23c6ebdeb3899dd693ad4d463c1ba93bafcb3c5faa30924d5fd10f",
        ];
        assert_eq!(released.len(), ALL.len());
        for (migration, checksum) in ALL.iter().zip(released) {
            assert_eq!(
                migration.checksum(),
                checksum,
                "version {} is in databases already",
                migration.version
            );
        }
    }
}
