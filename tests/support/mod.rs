//! A sealed world for the real binary: folders of its own, an empty environment, a fixed clock. What a test does not
//! say does not exist. Every test that starts the binary goes through `Env`.
//!
//! The debug build honours `COST_HOOK_TEST_NOW` and `COST_HOOK_MANAGED_DIR`; a release build does not know them.

pub mod books;
pub mod crowd;
pub mod dice;
// For two of the test programs.
#[allow(dead_code)]
pub mod full_disk;
pub mod table;
pub mod transcript;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cost_hook::base::money::Money;
use cost_hook::base::time::Time;
use cost_hook::ledger::Ledger;
use cost_hook::ledger::state::Session;
use serde_json::{Value, json};
use tempfile::TempDir;
pub use transcript::{Call, Transcript};

/// The moment at which every world begins: a Tuesday, in the middle of the day in every zone the tests use.
pub const NOON: &str = "2026-11-24T12:00:00.000Z";

/// An amount, as the ledger writes it.
pub fn usd(text: &str) -> Money {
    text.parse().unwrap_or_else(|_| panic!("{text} is no amount"))
}

pub struct Env {
    root: TempDir,
    vars: RefCell<BTreeMap<String, String>>,
    now: Cell<Time>,
    /// Counts the writes of the test, so that no two files get the same time.
    writes: Cell<u64>,
}

impl Env {
    pub fn new() -> Self {
        let root = tempfile::Builder::new().prefix("cost-hook-test-").tempdir().unwrap();
        // The path is compared with what the binary says: without links.
        let env = Self {
            vars: RefCell::default(),
            now: Cell::new(Time::parse(NOON).unwrap()),
            writes: Cell::new(0),
            root,
        };
        for folder in [env.home(), env.config(), env.project(), env.managed_dir()] {
            fs::create_dir_all(folder).unwrap();
        }
        for (name, value) in [
            ("HOME", env.home()),
            ("CLAUDE_CONFIG_DIR", env.config()),
            ("COST_HOOK_DIR", env.data()),
            ("COST_HOOK_MANAGED_DIR", env.managed_dir()),
            ("CLAUDE_PROJECT_DIR", env.project()),
        ] {
            env.var(name, value.to_str().unwrap());
        }
        env.var("TZ", "UTC").var("USER", "tester").var("PATH", "/usr/bin:/bin");
        env.var("GIT_CONFIG_NOSYSTEM", "1");
        env
    }

    // The world.

    pub fn root(&self) -> PathBuf {
        fs::canonicalize(self.root.path()).unwrap()
    }

    pub fn home(&self) -> PathBuf {
        self.root().join("home")
    }

    pub fn config(&self) -> PathBuf {
        self.home().join(".claude")
    }

    pub fn data(&self) -> PathBuf {
        self.root().join("data")
    }

    pub fn project(&self) -> PathBuf {
        self.root().join("work")
    }

    pub fn managed_dir(&self) -> PathBuf {
        self.root().join("managed")
    }

    pub fn var(&self, name: &str, value: &str) -> &Self {
        self.vars.borrow_mut().insert(name.to_string(), value.to_string());
        self
    }

    pub fn now(&self) -> Time {
        self.now.get()
    }

    /// Sets the clock.
    pub fn at(&self, time: &str) -> &Self {
        self.now.set(Time::parse(time).unwrap_or_else(|| panic!("{time} is no time")));
        self
    }

    /// Moves the clock.
    pub fn later(&self, seconds: i64) -> &Self {
        self.now.set(self.now.get().plus_ms(seconds * 1000));
        self
    }

    pub fn settings(&self, settings: Value) -> &Self {
        self.write(&self.config().join("settings.json"), settings.to_string().as_bytes());
        self
    }

    pub fn managed(&self, settings: Value) -> &Self {
        self.write(&self.managed_dir().join("managed-settings.json"), settings.to_string().as_bytes());
        self
    }

    pub fn project_settings(&self, settings: Value) -> &Self {
        self.write(&self.project().join(".claude/settings.json"), settings.to_string().as_bytes());
        self
    }

    pub fn local_settings(&self, settings: Value) -> &Self {
        self.write(&self.project().join(".claude/settings.local.json"), settings.to_string().as_bytes());
        self
    }

    /// Writes a file, its time following the made-up clock.
    pub fn write(&self, path: &Path, bytes: &[u8]) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self.touch(path);
    }

    pub fn append(&self, path: &Path, bytes: &[u8]) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut file = fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
        file.write_all(bytes).unwrap();
        drop(file);
        self.touch(path);
    }

    /// Gives a file and its folder the time of the clock, and every write a nanosecond of its own: what changed is
    /// told by size and time.
    pub fn touch(&self, path: &Path) {
        self.writes.set(self.writes.get() + 1);
        let ms = u64::try_from(self.now().0).unwrap();
        let time =
            std::time::UNIX_EPOCH + Duration::from_millis(ms) + Duration::from_nanos(self.writes.get());
        for path in [Some(path), path.parent()].into_iter().flatten() {
            fs::File::open(path).unwrap().set_modified(time).unwrap();
        }
    }

    /// A session of this world's project; nothing is written yet.
    pub fn session(&self, id: &str) -> Transcript<'_> {
        Transcript::new(self, id, &self.project())
    }

    pub fn session_in(&self, id: &str, project: &Path) -> Transcript<'_> {
        Transcript::new(self, id, project)
    }

    // The binary.

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cost-hook"));
        command.args(args).env_clear().envs(self.vars.borrow().iter()).current_dir(self.project());
        command.env("COST_HOOK_TEST_NOW", self.now().to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.run_with(args, b"")
    }

    pub fn run_with(&self, args: &[&str], stdin: &[u8]) -> Output {
        finish(self.start(args, stdin))
    }

    pub fn start(&self, args: &[&str], stdin: &[u8]) -> Child {
        let mut child = self.command(args).spawn().unwrap();
        feed(&mut child, stdin);
        child
    }

    /// Runs `cost-hook hook` for an event of a session. `more` is added to the common fields; a null removes one.
    pub fn hook(&self, event: &str, session: &Transcript<'_>, more: Value) -> Output {
        let stdin = self.payload(event, session, more);
        self.var("CLAUDE_PROJECT_DIR", session.project().to_str().unwrap());
        self.run_with(&["hook"], stdin.as_bytes())
    }

    pub fn payload(&self, event: &str, session: &Transcript<'_>, more: Value) -> String {
        let mut payload = json!({
            "session_id": session.id(),
            "transcript_path": session.path(),
            "cwd": session.project(),
            "hook_event_name": event,
        });
        for (key, value) in more.as_object().unwrap() {
            payload[key] = value.clone();
        }
        format!("{payload}\n")
    }

    /// Runs `cost-hook statusline` with the client's running total.
    pub fn statusline(&self, session: &Transcript<'_>, total: f64) -> Output {
        let stdin = json!({
            "session_id": session.id(),
            "transcript_path": session.path(),
            "cwd": session.project(),
            "version": "2.1.330",
            "model": {"id": "claude-opus-5-5", "display_name": "Opus 5.5"},
            "workspace": {"current_dir": session.project(), "project_dir": session.project(), "added_dirs": []},
            "cost": {"total_cost_usd": total, "total_duration_ms": 1, "total_api_duration_ms": 1},
        });
        self.var("CLAUDE_PROJECT_DIR", session.project().to_str().unwrap());
        self.run_with(&["statusline"], stdin.to_string().as_bytes())
    }

    // What came of it.

    pub fn segments(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.data().join("ledger")) else { return Vec::new() };
        let mut found: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        found.retain(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.ends_with(".jsonl") && name.starts_with(|first: char| first.is_ascii_digit())
        });
        found.sort();
        found
    }

    /// Every line of the ledger about money, as it stands there.
    pub fn ledger(&self) -> Vec<Value> {
        self.lines().into_iter().filter(|line| line["kind"] != "start").collect()
    }

    /// The valid lines that say when a process of the client began.
    pub fn starts(&self) -> Vec<Value> {
        self.newest("start")
    }

    /// Every line of the ledger, as it stands there.
    pub fn lines(&self) -> Vec<Value> {
        let mut lines = Vec::new();
        for segment in self.segments() {
            let text = fs::read_to_string(&segment).unwrap();
            assert!(text.is_empty() || text.ends_with('\n'), "{} has an unfinished line", segment.display());
            lines.extend(text.lines().map(|line| {
                serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error} in {line}"))
            }));
        }
        lines
    }

    /// The lines of a kind that are valid: of each id the one with the highest `rev`.
    pub fn newest(&self, kind: &str) -> Vec<Value> {
        let mut newest: BTreeMap<String, Value> = BTreeMap::new();
        for line in self.lines().into_iter().filter(|line| line["kind"] == kind) {
            let id = line["id"].as_str().unwrap().to_string();
            let rev = |line: &Value| line["rev"].as_u64().unwrap_or(0);
            match newest.get(&id) {
                Some(known) if rev(known) == rev(&line) => panic!("{id} is booked twice at one rev"),
                Some(known) if rev(known) > rev(&line) => {}
                _ => drop(newest.insert(id, line)),
            }
        }
        newest.into_values().collect()
    }

    pub fn calls(&self) -> Vec<Value> {
        self.newest("call")
    }

    /// The only call there is.
    pub fn call(&self) -> Value {
        let mut calls = self.calls();
        assert_eq!(calls.len(), 1, "{calls:#?}");
        calls.remove(0)
    }

    pub fn unlisted(&self) -> Vec<Value> {
        self.newest("unlisted")
    }

    /// What the ledger holds altogether.
    pub fn total(&self) -> Money {
        self.sum(|_| true)
    }

    pub fn total_of(&self, session: &str) -> Money {
        self.sum(|line| line["session"] == session)
    }

    pub fn unlisted_total(&self) -> Money {
        self.unlisted().iter().map(cost).sum()
    }

    fn sum(&self, counts: impl Fn(&Value) -> bool) -> Money {
        let lines = [self.calls(), self.unlisted()].concat();
        lines.iter().filter(|line| counts(line)).map(cost).sum()
    }

    /// What the checkpoint knows of a session.
    pub fn known(&self, session: &str) -> Session {
        let ledger = Ledger::at(&self.data());
        let mut writer = ledger.write(self.now(), Duration::from_secs(10)).unwrap();
        writer.peek_session(session).unwrap().cloned().unwrap_or_default()
    }

    pub fn checkpoint(&self) -> PathBuf {
        Ledger::at(&self.data()).checkpoint_path()
    }

    /// Where faults are noted; empty when there were none.
    pub fn journal(&self) -> String {
        fs::read_to_string(self.data().join("journal.jsonl")).unwrap_or_default()
    }
}

pub fn cost(line: &Value) -> Money {
    usd(line["cost"].as_str().unwrap())
}

pub fn feed(child: &mut Child, stdin: &[u8]) {
    let mut pipe = child.stdin.take().unwrap();
    match pipe.write_all(stdin) {
        // A process that needs no input may be gone before it is written.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        result => result.unwrap(),
    }
}

pub fn finish(child: Child) -> Output {
    let output = child.wait_with_output().unwrap();
    Output {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[derive(Debug, PartialEq, Eq)]
pub struct Output {
    /// None when a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    /// Success, and not a byte said.
    #[track_caller]
    pub fn silent(&self) {
        assert_eq!((self.code, self.stdout.as_str(), self.stderr.as_str()), (Some(0), "", ""));
    }

    /// Success and one JSON document on stdout.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{self:?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Success, and nothing on stdout but a message to the user.
    #[track_caller]
    pub fn message(&self) -> String {
        let answer = self.json();
        let fields: Vec<_> = answer.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["systemMessage"], "{answer}");
        answer["systemMessage"].as_str().unwrap().to_string()
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }
}
