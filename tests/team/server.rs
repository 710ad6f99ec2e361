//! A PostgreSQL server of one's own. It runs below a shell that ends it when this process does, however that ends.

use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};
use tempfile::TempDir;

/// The superuser's password. The server listens on loopback and lives as long as the run.
pub const PASSWORD: &str = "of-the-superuser";
/// That of databases' owners.
const OWNERS_PASSWORD: &str = "owner-s3cret";
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts it below the shell, until whoever holds the other end of its input is gone; then removes the folder, if one is
/// named: what all tests share is dropped by nobody. The shell, too, is the server's user: root may be one that has no right
/// to look into others' folders.
const KEEPER: &str = r#"
    folder=$1; shift
    "$@" & server=$!
    cat >/dev/null
    kill -INT "$server" 2>/dev/null
    wait "$server"
    [ -z "$folder" ] || rm -rf "$folder"
"#;

pub struct Server {
    folder: TempDir,
    port: u16,
    keeper: Option<Child>,
    is_shared: bool,
    /// Settings besides those of all tests.
    more: Vec<String>,
}

/// The one that tests share.
pub fn shared() -> &'static Server {
    static SHARED: OnceLock<Server> = OnceLock::new();
    SHARED.get_or_init(|| Server::begin(true, |_| {}))
}

impl Server {
    /// With a fresh data folder.
    pub fn start() -> Self {
        Self::begin(false, |_| {})
    }

    /// The same, with a data folder that is made ready before anything is put there.
    pub fn start_in(make_ready: impl FnOnce(&Path)) -> Self {
        Self::begin(false, make_ready)
    }

    fn begin(is_shared: bool, make_ready: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::Builder::new().prefix("cost-hook-postgres-").tempdir().unwrap();
        certificates(folder.path());
        fs::write(folder.path().join("password"), PASSWORD).unwrap();
        fs::write(folder.path().join("log"), "").unwrap();
        for name in ["server.key", "server.crt", "password", ""] {
            give_away(&folder.path().join(name));
        }
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let data = folder.path().join("data");
        make_ready(&data);
        run(Command::new(binary("initdb"))
            .args(["--username=super", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"])
            .arg(format!("--pwfile={}", folder.path().join("password").display()))
            .arg(&data));
        let mut server = Self { folder, port: free_port(), keeper: None, is_shared, more: Vec::new() };
        server.go_on();
        let mut client = Client::connect(&server.superuser("postgres"), NoTls).unwrap();
        let version: String = client.query_one("SHOW server_version_num", &[]).unwrap().get(0);
        if version.parse::<u32>().unwrap() >= 160_000 {
            client.batch_execute("CREATE ROLE cost_hook_member; CREATE ROLE cost_hook_admin").unwrap();
        }
        server
    }

    /// Ends it in good order and starts it with other settings.
    pub fn restart_with(&mut self, more: &[&str]) {
        self.leave();
        self.more = more.iter().map(ToString::to_string).collect();
        self.go_on();
    }

    /// Starts it on the data that is there.
    pub fn go_on(&mut self) {
        let data = self.data();
        let file = |name: &str| self.folder.path().join(name).display().to_string();
        let settings = [
            format!("port={}", self.port),
            "listen_addresses=127.0.0.1".to_string(),
            "unix_socket_directories=".to_string(),
            "ssl=on".to_string(),
            format!("ssl_cert_file={}", file("server.crt")),
            format!("ssl_key_file={}", file("server.key")),
            "max_connections=100".to_string(),
            // A test's data may be lost with the machine, not with the process.
            "fsync=off".to_string(),
            "log_statement=all".to_string(),
        ];
        let folder = if self.is_shared { self.folder.path().to_str().unwrap() } else { "" };
        let mut server = Command::new("sh");
        server.args(["-c", KEEPER, "sh", folder]).arg(binary("postgres")).arg("-D").arg(&data);
        for setting in settings.iter().chain(&self.more) {
            server.args(["-c", setting]);
        }
        let log = fs::OpenOptions::new().append(true).open(self.log_path()).unwrap();
        let mut keeper = unprivileged(&server);
        keeper.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log);
        self.keeper = Some(keeper.spawn().unwrap());
        let started = Instant::now();
        while let Err(error) = Client::connect(&self.superuser("postgres"), NoTls) {
            assert!(started.elapsed() < PATIENCE, "the server does not start: {error}\n{}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// As by a power cut: at once, whatever it was doing.
    pub fn kill(&mut self) {
        let pid = fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        run(Command::new("kill").args(["-KILL", pid.lines().next().unwrap()]));
        self.leave();
        // Its children find out that it is gone, and let go of the shared memory.
        std::thread::sleep(Duration::from_millis(500));
        fs::remove_file(self.data().join("postmaster.pid")).unwrap();
    }

    /// As its administrator stops it.
    pub fn stop(&mut self) {
        self.leave();
    }

    /// Processor time of it and of all connections that have ended, in seconds.
    pub fn seconds_of_work(&self) -> f64 {
        let pid = fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        let text = fs::read_to_string(format!("/proc/{}/stat", pid.lines().next().unwrap())).unwrap();
        // Behind the name, which may hold anything: utime, stime, cutime and cstime, in hundredths.
        let fields: Vec<&str> = text.rsplit_once(") ").unwrap().1.split(' ').collect();
        fields[11..15].iter().map(|ticks| ticks.parse::<f64>().unwrap() / 100.0).sum()
    }

    fn leave(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            keeper.wait().unwrap();
        }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.crt")
    }

    pub fn superuser(&self, database: &str) -> String {
        format!("postgres://super:{PASSWORD}@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    /// Makes a database and an owner of it who is no superuser; their address.
    pub fn database(&self, name: &str, owner: &str) -> String {
        let mut client = Client::connect(&self.superuser("postgres"), NoTls).unwrap();
        client
            .batch_execute(&format!("CREATE ROLE {owner} LOGIN CREATEROLE PASSWORD '{OWNERS_PASSWORD}'"))
            .unwrap();
        // From version 16 on the groups are their first maker's to give, and these tests have a team each.
        client
            .batch_execute(&format!(
                "DO $$ BEGIN
                    IF current_setting('server_version_num')::int >= 160000 THEN
                        GRANT cost_hook_member, cost_hook_admin TO {owner} WITH ADMIN OPTION;
                    END IF;
                END $$"
            ))
            .unwrap();
        client.batch_execute(&format!("CREATE DATABASE {name} OWNER {owner}")).unwrap();
        format!("postgres://{owner}:{OWNERS_PASSWORD}@127.0.0.1:{}/{name}?sslmode=disable", self.port)
    }

    pub fn log(&self) -> String {
        let mut text = String::new();
        fs::File::open(self.log_path()).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.leave();
        // By whom it belongs to. What a test has mounted there goes with its namespace.
        let _ = unprivileged(Command::new("rm").arg("-rf").arg(self.folder.path())).status();
    }
}

/// A folder with another server's programs, to run all of it on another version.
const OTHER: &str = "COST_HOOK_TEST_POSTGRES";

/// Is there a server that could be started? The client's tests ask.
#[allow(dead_code)]
pub fn is_installed() -> bool {
    !found("postgres").is_empty()
}

/// Of the newest server installed.
fn binary(name: &str) -> PathBuf {
    found(name).pop().unwrap_or_else(|| {
        panic!("`{name}` is not installed: `apt-get install postgresql`, or use tests/run")
    })
}

/// Wherever distributions put it, oldest first.
fn found(name: &str) -> Vec<PathBuf> {
    if let Some(folder) = std::env::var_os(OTHER) {
        return vec![Path::new(&folder).join(name)];
    }
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .map(|version| version.unwrap().path().join("bin").join(name))
        .collect();
    found.extend(
        ["/usr/pgsql-17/bin", "/usr/local/bin", "/opt/homebrew/bin", "/usr/bin"]
            .map(|at| Path::new(at).join(name)),
    );
    found.retain(|path| path.is_file());
    let version = |path: &PathBuf| {
        let at = path.iter().find_map(|part| part.to_str()?.parse::<u32>().ok());
        at.unwrap_or_default()
    };
    found.sort_by_key(version);
    found
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout == b"0\n"
}

/// PostgreSQL refuses to run as root; then it runs as `postgres`, which its package makes, or as `nobody`.
pub fn unprivileged(command: &Command) -> Command {
    if !is_root() {
        let mut same = Command::new(command.get_program());
        same.args(command.get_args());
        return same;
    }
    let mut other = Command::new("setpriv");
    other.args([format!("--reuid={}", user()), format!("--regid={}", group()), "--clear-groups".to_string()]);
    other.arg(command.get_program()).args(command.get_args());
    other
}

fn user() -> &'static str {
    let known = Command::new("id").args(["-u", "postgres"]).output().unwrap().status.success();
    if known { "postgres" } else { "nobody" }
}

fn group() -> String {
    let output = Command::new("id").args(["-g", user()]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_string()
}

pub fn give_away(path: &Path) {
    if is_root() {
        run_as_self(Command::new("chown").arg(user()).arg(path));
    }
}

fn run(command: &mut Command) {
    run_as_self(&mut unprivileged(command));
}

fn run_as_self(command: &mut Command) {
    let output = command.current_dir("/").output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// An authority of this run, and a certificate by it for this machine.
fn certificates(folder: &Path) {
    let at = |name: &str| folder.join(name).display().to_string();
    let mut file = fs::File::create(folder.join("names")).unwrap();
    file.write_all(b"subjectAltName=IP:127.0.0.1,DNS:localhost\n").unwrap();
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    run_as_self(
        Command::new("openssl")
            .args(["req", "-x509", "-days", "2", "-subj", "/CN=authority of a test"])
            .args(key)
            .args(["-keyout", &at("ca.key"), "-out", &at("ca.crt")]),
    );
    run_as_self(Command::new("openssl").args(["req", "-subj", "/CN=localhost"]).args(key).args([
        "-keyout",
        &at("server.key"),
        "-out",
        &at("server.csr"),
    ]));
    run_as_self(Command::new("openssl").args([
        "x509",
        "-req",
        "-days",
        "2",
        "-in",
        &at("server.csr"),
        "-CA",
        &at("ca.crt"),
        "-CAkey",
        &at("ca.key"),
        "-CAcreateserial",
        "-extfile",
        &at("names"),
        "-out",
        &at("server.crt"),
    ]));
}
