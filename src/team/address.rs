//! The address of the store, `postgres://login:password@host:port/database?sslmode=...`, taken apart. What people are shown
//! of it never holds the password.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use postgres::Config;
use postgres::config::{Host, SslMode};

use crate::base::error::{Error, Result};
use crate::base::words::{Language, say, sentence};

/// The server is given so long to take a connection, where the address says nothing else.
const CONNECT: Duration = Duration::from_secs(5);

/// An address that can be connected to.
#[derive(Clone)]
pub struct Address {
    pub(super) config: Config,
    /// A file of certificate authorities; None is the system's.
    pub(super) roots: Option<PathBuf>,
    /// Is the connection encrypted at all?
    pub(super) is_secure: bool,
    database: String,
    /// Hosts with their ports.
    places: Vec<(String, u16)>,
    /// Which store and login it is, without what is secret.
    pub store: String,
}

impl Address {
    /// Errors: anything that is no such address. None of them repeats it: it may hold a password.
    pub fn parse(url: &str) -> Result<Self> {
        let unusable = |why: String| {
            Error::user(format!("the address of the team's store cannot be used: {why}"))
                .hint(sentence!("store-address-cure"))
        };
        let (plain, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut roots, mut others) = (None, None, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value.to_string()),
                Some(("sslrootcert", value)) => roots = Some(decoded(value)),
                _ => others.push(pair),
            }
        }
        let rest =
            if others.is_empty() { plain.to_string() } else { format!("{plain}?{}", others.join("&")) };
        let mut config = Config::from_str(&rest)
            .map_err(|_| unusable("it is no address of a PostgreSQL database".to_string()))?;
        if config.get_hosts().is_empty() {
            return Err(unusable("it names no host".to_string()));
        }
        let is_here = config.get_hosts().iter().all(is_this_machine);
        let ssl = match mode.as_deref() {
            Some("disable") => SslMode::Disable,
            Some("allow" | "prefer") => SslMode::Prefer,
            Some("require" | "verify-ca" | "verify-full") => SslMode::Require,
            Some(_) => {
                return Err(unusable(
                    "`sslmode` is one of disable, allow, prefer, require, verify-ca, verify-full".to_string(),
                ));
            }
            None if is_here => SslMode::Prefer,
            None => SslMode::Require,
        };
        config.ssl_mode(ssl).application_name("cost-hook");
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        // A connection that was cut without a word is given up in half a minute.
        config.keepalives_idle(Duration::from_secs(10)).keepalives_interval(Duration::from_secs(5));
        config.keepalives_retries(3).tcp_user_timeout(Duration::from_secs(20));
        let places: Vec<(String, u16)> =
            config.get_hosts().iter().enumerate().map(|(at, host)| place(&config, at, host)).collect();
        let all: Vec<String> = places.iter().map(|(host, port)| format!("{host} port {port}")).collect();
        let database = config.get_dbname().or(config.get_user()).unwrap_or("postgres").to_string();
        let login = config.get_user().unwrap_or_default().to_string();
        Ok(Self {
            is_secure: ssl != SslMode::Disable,
            roots: roots.filter(|path| path != "system").map(PathBuf::from),
            store: format!("{login}@{}/{database}", all.join(",")),
            database,
            places,
            config,
        })
    }

    /// For people: `database cost at db.example port 5432`.
    pub fn name(&self, language: Language) -> String {
        let place = |(host, port): &(String, u16)| {
            say!(language, "host-and-port", host = host, port = port.to_string())
        };
        let places: Vec<String> = self.places.iter().map(place).collect();
        say!(language, "store-at", database = &self.database, places = language.list_and(&places))
    }
}

/// The same address for another login.
pub fn with_login(url: &str, login: &str, password: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_string() };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let host = rest[..end].rsplit_once('@').map_or(&rest[..end], |(_, host)| host);
    // What follows may name a login of its own.
    let (path, query) = rest[end..].split_once('?').unwrap_or((&rest[end..], ""));
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("user=") && !pair.starts_with("password="))
        .collect();
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    format!("{scheme}://{login}:{password}@{host}{path}{query}")
}

fn place(config: &Config, at: usize, host: &Host) -> (String, u16) {
    let ports = config.get_ports();
    let port = ports.get(at).or(ports.first()).copied().unwrap_or(5432);
    match host {
        Host::Tcp(name) => (name.clone(), port),
        #[cfg(unix)]
        Host::Unix(path) => (path.display().to_string(), port),
    }
}

fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// `%2F` as `/`.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let code =
            (bytes[at] == b'%').then(|| u8::from_str_radix(text.get(at + 1..at + 3)?, 16).ok()).flatten();
        match code {
            Some(byte) => out.push(byte),
            None => out.push(bytes[at]),
        }
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Address {
        Address::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"))
    }

    #[test]
    fn encryption_is_the_rule_and_this_machine_the_exception() {
        let mode = |url: &str| of(url).config.get_ssl_mode();
        assert_eq!(mode("postgres://a:b@db.example/x"), SslMode::Require);
        assert_eq!(mode("postgres://a:b@127.0.0.1/x"), SslMode::Prefer);
        assert_eq!(mode("postgres://a:b@[::1]:77/x"), SslMode::Prefer);
        assert_eq!(mode("postgres://a:b@db.example/x?sslmode=prefer"), SslMode::Prefer);
        assert_eq!(mode("postgres://a:b@localhost/x?sslmode=verify-full"), SslMode::Require);
        let plain = of("postgres://a:b@db.example/x?sslmode=disable&connect_timeout=9");
        assert_eq!(plain.config.get_connect_timeout(), Some(&Duration::from_secs(9)));
        assert!(!plain.is_secure);
        let own = of("postgres://a@db.example/x?sslrootcert=%2Fetc%2Fca%20x.pem&sslmode=require");
        assert_eq!(own.roots.unwrap().to_str(), Some("/etc/ca x.pem"));
        assert_eq!(of("postgres://a@db.example/x?sslrootcert=system").roots, None);
    }

    #[test]
    fn nothing_that_is_shown_or_kept_holds_the_password() {
        let address = of("postgres://ann:s3cr%2Ft@db.example,other:6543/cost?sslmode=require");
        let name = address.name(Language::English);
        assert_eq!(name, "database cost at db.example port 5432 and other port 6543");
        let name = address.name(Language::Chinese);
        assert_eq!(name, "db.example 端口 5432、other 端口 6543 上的数据库 cost");
        assert_eq!(address.store, "ann@db.example port 5432,other port 6543/cost");
        for bad in [
            "postgres://ann:s3cret@h:port/x",
            "postgres://ann:s3cret@h/x?sslmode=s3cret",
            "s3cret",
            "postgres:///x?s3cret=1",
        ] {
            let Err(error) = Address::parse(bad) else { panic!("{bad} was taken") };
            assert!(!error.one_line().contains("s3cret"), "{}", error.one_line());
        }
    }

    #[test]
    fn another_login_takes_the_place_of_the_first() {
        assert_eq!(
            with_login("postgres://o:p@h:1/d?sslmode=require", "ann", "x"),
            "postgres://ann:x@h:1/d?sslmode=require"
        );
        assert_eq!(with_login("postgres://h/d?user=o&password=p", "ann", "x"), "postgres://ann:x@h/d");
        assert_eq!(with_login("postgresql://h", "ann", "x"), "postgresql://ann:x@h");
    }
}
