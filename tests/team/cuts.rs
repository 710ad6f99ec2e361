//! What breaks in the middle: the server is killed, the connection is cut, a process is ended. Afterwards the next sync goes
//! on, and everything is there once.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::Duration;

use serde_json::json;

use crate::server::{Server, shared};
use crate::support::{finish, usd};
use crate::team::{Team, book_with, refused, state, sync};

/// Several batches.
const LINES: usize = 3_000;

fn fill(env: &crate::support::Env) {
    for call in 0..LINES {
        book_with(env, &format!("c{call}:1"), json!({"cost": "0.01"}));
    }
}

#[test]
fn the_server_is_killed_in_the_middle_and_comes_back() {
    let mut server = Server::start();
    let team = Team::on(&server, json!({}));
    let ann = team.member("ann");
    fill(&ann);
    let running = ann.start(&["team", "sync"], b"");
    crate::team::until("the first batch", || state(&ann)["sent"]["2026-11"]["len"].as_u64().is_some());
    server.kill();
    let output = finish(running);
    if output.code != Some(0) {
        let message = refused(&output);
        assert!(message.contains("nothing is lost") || message.contains("refuses"), "{message}");
    }
    refused(&ann.run(&["team", "sync"]));
    server.go_on();
    sync(&ann);
    assert_eq!(team.total(), usd("30"));
    assert_eq!(sync(&ann)["sent"], 0);
}

/// Which bytes are counted.
pub enum Way {
    ToServer,
    FromServer,
}

/// Hands on so many bytes that go that way, then cuts. Whoever connects to the port that is returned is the one.
pub fn cut_after(bytes: usize, way: Way, port: u16) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let own = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (client, _) = listener.accept().unwrap();
        let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let (mut from, mut to) = match way {
            Way::ToServer => (client, server),
            Way::FromServer => (server, client),
        };
        let (mut answers, mut back) = (to.try_clone().unwrap(), from.try_clone().unwrap());
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut answers, &mut back);
        });
        let (mut left, mut buffer) = (bytes, [0; 4096]);
        while left > 0 {
            let Ok(read @ 1..) = from.read(&mut buffer) else { break };
            let part = read.min(left);
            if to.write_all(&buffer[..part]).is_err() {
                break;
            }
            left -= part;
        }
        let _ = to.shutdown(Shutdown::Both);
        let _ = from.shutdown(Shutdown::Both);
    });
    own
}

#[test]
fn a_connection_cut_anywhere_loses_and_doubles_nothing() {
    let team = Team::new();
    let url = team.invite("ann", &[]);
    let ann = team.machine("ann", &url);
    fill(&ann);
    let port = format!(":{}/", shared().port());
    let mut failed = 0;
    for bytes in [0, 60, 400, 1_000, 20_000, 150_000, 250_000, 400_000, 600_000] {
        let cut = cut_after(bytes, Way::ToServer, shared().port());
        ann.var("COST_HOOK_TEAM_URL", &url.replace(&port, &format!(":{cut}/")));
        let output = ann.run(&["team", "sync"]);
        if output.code != Some(0) {
            failed += 1;
            let message = refused(&output);
            assert!(message.contains("nothing is lost"), "{message}");
        }
        // Whatever got through, the sums are those of the calls.
        team.total();
    }
    assert!(failed >= 5, "{failed} were cut");
    ann.var("COST_HOOK_TEAM_URL", &url);
    sync(&ann);
    assert_eq!(team.total(), usd("30"));
}

#[test]
fn a_sync_that_is_killed_goes_on_where_it_stopped() {
    let team = Team::new();
    let ann = team.member("ann");
    fill(&ann);
    for round in 0..6 {
        let mut running = ann.start(&["team", "sync"], b"");
        std::thread::sleep(Duration::from_millis(20 + 40 * round));
        let _ = running.kill();
        running.wait().unwrap();
        team.total();
    }
    sync(&ann);
    assert_eq!(team.total(), usd("30"));
}
