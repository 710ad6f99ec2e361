//! The server's disk is full: a small file system in memory, mounted where the server's data is. The test runs again inside a
//! mount namespace of its own, so that nothing is left mounted. Root alone can do it: in a user namespace everybody is root,
//! and PostgreSQL does not run as root. `tests/run` leaves it out elsewhere, and says so.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::server::{Server, give_away};
use crate::support::usd;
use crate::team::{Team, book_with, refused, state, sync};

/// Tells the test that it is inside.
const INSIDE: &str = "COST_HOOK_FULL_INSIDE";
const LINES: usize = 6_000;

fn inside(name: &str, body: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return body();
    }
    let done = Command::new("unshare")
        .arg("-m")
        .arg(std::env::current_exe().unwrap())
        .args([&format!("full::{name}"), "--exact", "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .expect("`unshare` is needed");
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
}

fn mounted(data: &Path) {
    fs::create_dir(data).unwrap();
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", "size=160m,mode=700", "tmpfs"]).arg(data);
    assert!(mount.status().unwrap().success(), "cannot mount a file system in memory");
    give_away(data);
}

/// Takes all room there is but so many pages.
fn fill(data: &Path, free: u64) {
    let mut ballast = fs::File::create(data.join("ballast")).unwrap();
    while ballast.write_all(&[1; 4096]).is_ok() {}
    let len = ballast.metadata().unwrap().len() / 4096 * 4096;
    ballast.set_len(len.saturating_sub(free * 4096)).unwrap();
}

#[test]
fn with_so_many_pages_left_nothing_is_lost_and_nothing_doubled() {
    inside("with_so_many_pages_left_nothing_is_lost_and_nothing_doubled", || {
        let mut data = None;
        let mut server = Server::start_in(|path| {
            mounted(path);
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
        assert!(Command::new("umount").arg(&data).status().unwrap().success());
    });
}
