//! The team's store, where one is set: does somebody listen there, and how did the last sync go. More than that is not
//! asked, so nothing is sent and no password is used.

use std::net::{TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::time::Duration;

use super::{Check, Group, Seen, State};
use crate::base::text::list_and;
use crate::base::words::Language;

pub(super) fn check(seen: &Seen<'_>) -> Vec<Check> {
    let mut checks = connection(seen);
    checks.extend(last_sync(seen));
    checks
}

/// By what this machine remembers.
fn last_sync(seen: &Seen<'_>) -> Option<Check> {
    let setup = seen.site.setup;
    let team = setup.team()?;
    let say = |state, message: String| Check::new("team-sync", Group::Team, state, message);
    let Some(age) = team.age(seen.site.world.now()) else {
        let why = team.trouble.clone().map_or_else(String::new, |why| format!(": {why}"));
        return Some(
            say(State::Warning, format!("the team's totals were never fetched{why}"))
                .cure("run `cost-hook team sync`"),
        );
    };
    let most = setup.settings.team.max_age_ms();
    let fetched = format!("the team's totals are {} old", Language::English.span(age));
    match (&team.trouble, age > most) {
        (Some(why), _) => Some(
            say(State::Warning, format!("{fetched}, and the last try failed: {why}"))
                .cure("run `cost-hook team sync`"),
        ),
        (None, true) => Some(
            say(State::Warning, format!("{fetched}, more than `team.maxAge`"))
                .detail("they are fetched while somebody works")
                .cure("run `cost-hook team sync`"),
        ),
        (None, false) => Some(say(State::Ok, fetched)),
    }
}

fn connection(seen: &Seen<'_>) -> Vec<Check> {
    let Some(url) = &seen.site.setup.settings.team.database_url else { return Vec::new() };
    let say = |state, message: String| Check::new("team-store", Group::Team, state, message);
    let places = places(&url.0);
    let names: Vec<String> = places.iter().map(|(host, port)| format!("{host} port {port}")).collect();
    let named = list_and(&names);
    if places.is_empty() {
        return vec![say(
            State::Ok,
            "the team's store names no host on the network, so it was not tried".to_string(),
        )];
    }
    if seen.site.offline {
        return vec![say(State::Ok, format!("the team's store at {named} was not tried (`--offline`)"))];
    }
    let tried: Vec<Result<(), String>> =
        places.iter().map(|place| connect(place.clone(), seen.site.patience)).collect();
    if tried.iter().any(Result::is_ok) {
        let check = say(State::Ok, format!("the team's store: somebody listens at {named}"));
        return vec![check.detail("whether it is the right database, and lets you in, was not tried")];
    }
    let why = tried.into_iter().find_map(Result::err).unwrap_or_default();
    vec![
        say(State::Error, format!("the team's store: no connection to {named}: {why}"))
            .detail("the team's totals grow old; recording and your own limits go on")
            .cure("check `team.databaseUrl` or COST_HOOK_TEAM_URL, the network and the server"),
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
fn connect(place: (String, u16), patience: Duration) -> Result<(), String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let connected = (place.0.as_str(), place.1).to_socket_addrs().and_then(|addresses| {
            let mut last = std::io::Error::other("the name leads to no address");
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
    receiver.recv_timeout(patience).unwrap_or_else(|_| Err(format!("no answer in {} s", patience.as_secs())))
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
