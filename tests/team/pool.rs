//! A pool between machines and server: PgBouncer in its strictest mode, in which each transaction may get another
//! connection, fewer of them than there are clients, and no statement is kept.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::json;
use tempfile::TempDir;

use crate::server::{PASSWORD, free_port, give_away, shared, unprivileged};
use crate::support::{finish, usd};
use crate::team::{Team, book, sync, until};

struct Pool {
    folder: TempDir,
    port: u16,
    process: Child,
}

impl Pool {
    fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("cost-hook-pool-").tempdir().unwrap();
        let (port, users) = (free_port(), folder.path().join("users"));
        fs::write(&users, format!("\"super\" \"{PASSWORD}\"\n")).unwrap();
        let settings = format!(
            "[databases]\n* = host=127.0.0.1 port={} auth_user=super\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = scram-sha-256\nauth_file = {}\n\
             auth_query = SELECT usename, passwd FROM pg_shadow WHERE usename = $1\npool_mode = transaction\n\
             default_pool_size = 2\nmax_client_conn = 100\nlogfile = {}\n",
            shared().port(),
            users.display(),
            folder.path().join("log").display()
        );
        let path = folder.path().join("pgbouncer.ini");
        fs::write(&path, settings).unwrap();
        for path in [folder.path(), &users, &path] {
            give_away(path);
        }
        let mut command = unprivileged(Command::new(binary()).arg("--quiet").arg(&path));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().unwrap();
        until("the pool listens", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        Self { folder, port, process }
    }

    fn address(&self, url: &str) -> String {
        url.replace(&format!(":{}/", shared().port()), &format!(":{}/", self.port))
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        if std::thread::panicking() {
            eprintln!("{log}");
        }
    }
}

fn binary() -> PathBuf {
    let found =
        ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer"].map(PathBuf::from);
    let found = found.into_iter().find(|path| path.is_file());
    found.expect("`pgbouncer` is not installed: `apt-get install pgbouncer`, or use tests/run")
}

#[test]
fn a_pool_of_transactions_serves_more_machines_than_it_has_connections() {
    let pool = Pool::start();
    let team = Team::bare(shared(), json!({}));
    let owner = pool.address(team.url_of_owner());
    team.owner.var("COST_HOOK_TEAM_URL", &owner);
    team.owner.run(&["team", "init"]).ok();
    let mut machines = Vec::new();
    for name in ["ann", "ben", "zoe"] {
        let url = team.invite(name, &[]);
        assert!(url.contains(&format!(":{}/", pool.port)), "the address is the pool's: {url}");
        machines.extend((0..4).map(|_| team.machine(name, &url)));
    }
    for round in 0..3 {
        for (at, machine) in machines.iter().enumerate() {
            for call in 0..50 {
                book(machine, &format!("m{at}-{round}-{call}:1"), "0.01");
            }
        }
        let running: Vec<_> = machines.iter().map(|machine| machine.start(&["team", "sync"], b"")).collect();
        for child in running {
            finish(child).ok();
        }
    }
    assert_eq!(team.total(), usd("18"));
    assert_eq!(sync(&machines[0])["totals"]["own"]["cost"], "6");
    // Cursors of more exports at once than there are connections.
    let exports: Vec<_> =
        machines.iter().map(|machine| machine.start(&["team", "export", "--json"], b"")).collect();
    for child in exports {
        let own = finish(child).json();
        assert_eq!((&own["totals"]["totalCostExact"], &own["totals"]["calls"]), (&json!("6"), &json!(600)));
    }
    assert_eq!(team.owner.run(&["team", "export", "--json"]).json()["totals"]["totalCostExact"], "18");
    assert_eq!(team.owner.run(&["team", "members", "--json"]).json()["members"].as_array().unwrap().len(), 3);
}
