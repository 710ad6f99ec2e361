//! The server's disk is full: a small file system in memory, mounted where the server's data is. The test runs again inside a
//! mount namespace of its own, so that nothing is left mounted. Root alone can do it: in a user namespace everybody is root,
//! and PostgreSQL does not run as root. `tests/run` leaves it out elsewhere, and says so.

use std::fs;

use serde_json::json;

use crate::server::{Server, give_away};
use crate::support::full_disk::{fill, inside, mount, unmount};
use crate::support::usd;
use crate::team::{Team, book_with, refused, state, sync};

const LINES: usize = 6_000;

#[test]
fn with_so_many_pages_left_nothing_is_lost_and_nothing_doubled() {
    inside("full::with_so_many_pages_left_nothing_is_lost_and_nothing_doubled", || {
        let mut data = None;
        let mut server = Server::start_in(|path| {
            mount("size=160m,mode=700", path);
            give_away(path);
            data = Some(path.to_owned());
        });
        let data = data.unwrap();
        let team = Team::on(&server, json!({}));
        let ann = team.member("ann");
        for call in 0..LINES {
            book_with(&ann, &format!("c{call}:1"), json!({"cost": "0.01"}));
        }
        let mut failed = 0;
        for free in [0, 16, 64, 256] {
            fill(&data, free);
            let output = ann.run(&["team", "sync"]);
            if output.code != Some(0) {
                failed += 1;
                let message = refused(&output);
                assert!(message.contains("No space left on device"), "{message}");
                assert!(message.contains("nothing is lost"), "{message}");
                assert!(
                    state(&ann)["trouble"].as_str().unwrap().contains("No space left"),
                    "{}",
                    state(&ann)
                );
            }
            // Whatever got in before, the sums are those of the calls.
            team.total();
        }
        assert!(failed >= 2, "{failed} found the disk full");
        fs::remove_file(data.join("ballast")).unwrap();
        sync(&ann);
        assert_eq!(team.total(), usd("60"));
        assert_eq!(sync(&ann)["sent"], 0);
        assert!(state(&ann)["trouble"].is_null());
        server.stop();
        unmount(&data);
    });
}
