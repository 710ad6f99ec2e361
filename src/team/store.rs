//! The connection to the store. Every step has a time limit, and everything happens in transactions that set nothing for
//! the session and name no statement, so that a pool of connections (PgBouncer) may stand between.

use std::error::Error as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use postgres::error::SqlState;
use postgres::{Client, IsolationLevel, NoTls, Transaction, TransactionBuilder};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::Address;
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::words::{Language, sentence};

/// The server is given so long for one statement, and half of it for a lock.
const STATEMENT: Duration = Duration::from_secs(30);
/// Longer than the server takes to give up by itself; this is for one that says nothing any more.
const ANSWER: Duration = Duration::from_secs(45);
/// Between two pages the server answers three statements at most.
const PAGE: Duration = Duration::from_secs(3 * STATEMENT.as_secs() + 15);
/// More is no list of certificate authorities.
const ROOTS: u64 = 16 << 20;

/// Classes of troubles that are the server's and pass: connections, rolled back, no room, not in a state to do it, an
/// operator's doing, its disk.
const PASSES: [&str; 6] = ["08", "40", "53", "55", "57", "58"];

type Job = Box<dyn FnOnce(&mut Client) + Send>;

/// An open connection. It lives in a thread of its own: whoever waits for an answer stops waiting when the time is over,
/// whatever became of the network.
pub struct Store {
    jobs: Sender<Job>,
    /// Of the store, for errors.
    name: String,
}

impl Store {
    /// Errors: no connection, a server that cannot be trusted, a login that is refused. None of them holds the password.
    pub fn open(address: &Address) -> Result<Self> {
        let tls = if address.is_secure { Some(tls(address.roots.as_deref())?) } else { None };
        let (jobs, todo) = mpsc::channel::<Job>();
        let (opened, answer) = mpsc::channel();
        let config = address.config.clone();
        std::thread::spawn(move || {
            let connected = match tls {
                Some(tls) => config.connect(MakeRustlsConnect::new(tls)),
                None => config.connect(NoTls),
            };
            match connected {
                Ok(mut client) => {
                    let _ = opened.send(Ok(()));
                    while let Ok(job) = todo.recv() {
                        job(&mut client);
                    }
                }
                Err(error) => drop(opened.send(Err(error))),
            }
        });
        let name = address.name(Language::English);
        match answer.recv_timeout(ANSWER) {
            Ok(Ok(())) => Ok(Self { jobs, name }),
            Ok(Err(error)) => Err(explained(&error, &name)),
            Err(_) => Err(silent(&name)),
        }
    }

    /// Does something in one transaction: all of it or nothing.
    pub fn transact<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> std::result::Result<T, postgres::Error> + Send + 'static,
    ) -> Result<T> {
        let (done, answer) = mpsc::channel();
        let job: Job = Box::new(move |client: &mut Client| {
            let _ = done.send(in_transaction(client.build_transaction(), work));
        });
        // When nobody takes it the connection is gone, and so is whoever would answer.
        let _ = self.jobs.send(job);
        match answer.recv_timeout(ANSWER) {
            Ok(result) => result.map_err(|error| explained(&error, &self.name)),
            Err(RecvTimeoutError::Timeout) => Err(silent(&self.name)),
            Err(RecvTimeoutError::Disconnected) => Err(lost(&self.name)),
        }
    }

    /// Reads what is too much for one answer: `work` hands it out page by page, for `take`, and is told when nobody takes any
    /// more. All of it is of one state of the store, that of its beginning, however long it takes; the time limits are
    /// those of a statement and of a page. In memory are three pages at most: one that is taken, one that waits, and one
    /// that cannot be handed out yet.
    pub fn read<P: Send + 'static>(
        &self,
        work: impl FnOnce(
            &mut Transaction<'_>,
            &mut dyn FnMut(P) -> bool,
        ) -> std::result::Result<(), postgres::Error>
        + Send
        + 'static,
        mut take: impl FnMut(P) -> Result<()>,
    ) -> Result<()> {
        let (pages, answer) = mpsc::sync_channel(1);
        let job: Job = Box::new(move |client: &mut Client| {
            let snapshot =
                client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
            let done = in_transaction(snapshot, |transaction| {
                work(transaction, &mut |page| pages.send(Ok(Some(page))).is_ok())
            });
            let _ = pages.send(done.map(|()| None));
        });
        let _ = self.jobs.send(job);
        loop {
            match answer.recv_timeout(PAGE) {
                Ok(Ok(Some(page))) => take(page)?,
                Ok(Ok(None)) => return Ok(()),
                Ok(Err(error)) => return Err(explained(&error, &self.name)),
                Err(RecvTimeoutError::Timeout) => return Err(silent(&self.name)),
                Err(RecvTimeoutError::Disconnected) => return Err(lost(&self.name)),
            }
        }
    }
}

fn in_transaction<T>(
    builder: TransactionBuilder<'_>,
    work: impl FnOnce(&mut Transaction<'_>) -> std::result::Result<T, postgres::Error>,
) -> std::result::Result<T, postgres::Error> {
    let mut transaction = builder.start()?;
    // For this transaction alone; at the start of a connection a pool would refuse it.
    transaction.batch_execute(&format!(
        "SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}",
        STATEMENT.as_millis(),
        STATEMENT.as_millis() / 2
    ))?;
    let result = work(&mut transaction)?;
    transaction.commit()?;
    Ok(result)
}

/// Checks certificate and name of the server.
fn tls(roots: Option<&Path>) -> Result<ClientConfig> {
    let mut trusted = RootCertStore::empty();
    match roots {
        Some(path) => {
            let bytes = disk::read_at_most(path, ROOTS)?.ok_or_else(|| {
                Error::user(format!("there is no file `{}`, which `sslrootcert` names", path.display()))
            })?;
            for certificate in CertificateDer::pem_slice_iter(&bytes).flatten() {
                let _ = trusted.add(certificate);
            }
            if trusted.is_empty() {
                let message = format!("`{}` holds no certificate that can be used", path.display());
                return Err(Error::user(message).hint(sentence!("store-roots-cure")));
            }
        }
        None => {
            trusted.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::internal("no protocol for encryption").caused_by(error))?;
    Ok(config.with_root_certificates(trusted).with_no_client_auth())
}

fn silent(name: &str) -> Error {
    Error::user(format!("the team's store does not answer ({name})")).hint(sentence!("nothing-is-lost-cure"))
}

fn lost(name: &str) -> Error {
    Error::user(format!("the connection to the team's store was lost ({name})"))
        .hint(sentence!("nothing-is-lost-cure"))
}

/// In the words of the server where it has any. Details are left out: they repeat what was sent.
fn explained(error: &postgres::Error, name: &str) -> Error {
    let Some(told) = error.as_db_error() else { return unreachable(error, name) };
    let said = Error::user(format!("the team's store refuses: {} ({name})", told.message()));
    let code = told.code();
    let is_absent =
        [&SqlState::UNDEFINED_TABLE, &SqlState::UNDEFINED_FUNCTION, &SqlState::INVALID_SCHEMA_NAME]
            .contains(&code);
    if is_absent {
        return Error::user(format!("the team's store is not set up: {} ({name})", told.message()))
            .hint(sentence!("store-not-set-up-cure"));
    }
    if *code == SqlState::INSUFFICIENT_PRIVILEGE {
        return said.hint(sentence!("store-privilege-cure"));
    }
    if *code == SqlState::INVALID_PASSWORD || *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION {
        return said.hint(sentence!("store-password-cure"));
    }
    if *code == SqlState::ADMIN_SHUTDOWN || *code == SqlState::CRASH_SHUTDOWN {
        return lost(name);
    }
    if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        return said.hint(sentence!("store-reads-only-cure"));
    }
    // What takes too long may take too long again.
    if *code != SqlState::QUERY_CANCELED && PASSES.iter().any(|class| code.code().starts_with(class)) {
        return said.hint(sentence!("nothing-is-lost-cure"));
    }
    said
}

fn unreachable(error: &postgres::Error, name: &str) -> Error {
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        causes.push(inner.to_string());
        cause = inner.source();
    }
    let why = if causes.is_empty() { error.to_string() } else { causes.join(": ") };
    let failed = Error::user(format!("no connection to the team's store ({name}): {why}"));
    if why.contains("certificate") {
        return failed.hint(sentence!("store-authority-cure"));
    }
    failed.hint(sentence!("nothing-is-lost-cure"))
}
