//! The team's store, where one is set: does somebody listen there, and how did the last sync go. More than that is not
//! asked, so nothing is sent and no password is used.

use std::net::{TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::time::Duration;

use super::{Check, Group, Seen, State};
use crate::base::words::{Language, say, word};

pub(super) fn check(seen: &Seen<'_>) -> Vec<Check> {
    let mut checks = connection(seen);
    checks.extend(last_sync(seen));
    checks
}

/// By what this machine remembers.
fn last_sync(seen: &Seen<'_>) -> Option<Check> {
    let setup = seen.site.setup;
    let team = setup.team()?;
    let language = seen.site.language;
    let say = |state, message: String| Check::new("team-sync", Group::Team, state, message);
    let cure = seen.word(word!("sync-cure"));
    let Some(age) = team.age(seen.site.world.now()) else {
        let message = match &team.trouble {
            Some(why) => say!(language, "sync-never-why", why = why),
            None => seen.word(word!("sync-never")).to_string(),
        };
        return Some(say(State::Warning, message).cure(cure));
    };
    let most = setup.settings.team.max_age_ms();
    let old = language.span(age);
    Some(match (&team.trouble, age > most) {
        (Some(why), _) => say(State::Warning, say!(language, "sync-failed", age = old, why = why)).cure(cure),
        (None, true) => say(State::Warning, say!(language, "sync-stale", age = old))
            .detail(seen.word(word!("sync-while-working")))
            .cure(cure),
        (None, false) => say(State::Ok, say!(language, "sync-age", age = old)),
    })
}

fn connection(seen: &Seen<'_>) -> Vec<Check> {
    let Some(url) = &seen.site.setup.settings.team.database_url else { return Vec::new() };
    let say = |state, message: String| Check::new("team-store", Group::Team, state, message);
    let (places, language) = (places(&url.0), seen.site.language);
    let name =
        |(host, port): &(String, u16)| say!(language, "host-and-port", host = host, port = port.to_string());
    let named = language.list_and(&places.iter().map(name).collect::<Vec<_>>());
    if places.is_empty() {
        return vec![say(State::Ok, seen.word(word!("team-store-nowhere")).to_string())];
    }
    if seen.site.offline {
        return vec![say(State::Ok, say!(language, "team-store-untried", places = named))];
    }
    let tried: Vec<Result<(), String>> =
        places.iter().map(|place| connect(place.clone(), seen.site.patience, language)).collect();
    if tried.iter().any(Result::is_ok) {
        let check = say(State::Ok, say!(language, "team-store-listens", places = named));
        return vec![check.detail(seen.word(word!("team-store-not-tried-further")))];
    }
    let why = tried.into_iter().find_map(Result::err).unwrap_or_default();
    vec![
        say(State::Error, say!(language, "team-store-unreachable", places = named, why = why))
            .detail(seen.word(word!("team-store-old")))
            .cure(seen.word(word!("team-store-cure"))),
    ]
}

/// Hosts and ports of a PostgreSQL address. It may name several, and none when it means a socket of this machine.
fn places(url: &str) -> Vec<(String, u16)> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
    let place = |text: &str| {
        let (host, port) = match text.strip_prefix('[').and_then(|text| text.split_once(']')) {
            Some((host, rest)) => (host, rest.strip_prefix(':')),
            None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
        };
        let port = port.filter(|port| !port.is_empty()).map_or(Some(5432), |port| port.parse().ok())?;
        // `%2F…` is the folder of a socket.
        (!host.is_empty() && !host.contains('%')).then(|| (host.to_string(), port))
    };
    hosts.split(',').filter_map(place).collect()
}

/// In a thread of its own, since looking up a name has no deadline.
fn connect(place: (String, u16), patience: Duration, language: Language) -> Result<(), String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let connected = (place.0.as_str(), place.1).to_socket_addrs().and_then(|addresses| {
            let mut last = std::io::Error::other(language.word(word!("no-address-for-name")));
            for address in addresses {
                match TcpStream::connect_timeout(&address, patience) {
                    Ok(_) => return Ok(()),
                    Err(error) => last = error,
                }
            }
            Err(last)
        });
        let _ = sender.send(connected.map_err(|error| error.to_string().to_lowercase()));
    });
    let silent = |_| Err(say!(language, "no-answer-in", seconds = patience.as_secs()));
    receiver.recv_timeout(patience).unwrap_or_else(silent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports_without_what_is_secret() {
        let one = |url: &str| {
            places(url).into_iter().map(|(host, port)| format!("{host} {port}")).collect::<Vec<_>>()
        };
        assert_eq!(one("postgres://ann:p@ss:w/rd@db.example:6543/cost?x=y"), ["ann 5432"; 0]);
        assert_eq!(one("postgres://ann:p%40ss@db.example:6543/cost?password=x@y"), ["db.example 6543"]);
        assert_eq!(one("postgresql://a,b:1/x"), ["a 5432", "b 1"]);
        assert_eq!(one("postgres://[::1]:77/x"), ["::1 77"]);
        assert_eq!(one("postgres://u@%2Fvar%2Frun/x"), ["a 1"; 0]);
        assert_eq!(one("postgres:///x"), ["a 1"; 0]);
    }
}
