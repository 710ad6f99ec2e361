//! A world that knows what was truly spent: every call a session made, by id. Owns running the binary in bounded time,
//! saving and restoring the data folder, and the check that the ledger is the truth.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use cost_hook::base::money::Money;
use serde_json::{Value, json};

use crate::shim::{Fault, meet};
use crate::support::dice::Dice;
use crate::support::{Call, Env, feed};

/// No process of ours may take longer, however busy the machine is.
const BOUND: Duration = Duration::from_secs(60);

/// The sessions of a busy world. The transcript of the last one is no more: the ledger alone knows its calls.
pub const SESSIONS: [&str; 3] = ["s1", "s2", "gone"];

/// How often each test is to be repeated.
pub fn rounds() -> u64 {
    std::env::var("COST_HOOK_FAULT_ROUNDS")
        .map_or(1, |text| text.parse().expect("COST_HOOK_FAULT_ROUNDS is a number"))
}

pub struct World {
    pub env: Env,
    /// What each call truly cost.
    pub truth: RefCell<BTreeMap<String, Money>>,
    pub dice: RefCell<Dice>,
    pub seed: u64,
    made: Cell<u64>,
}

/// A command with what it reads.
pub struct Job(pub Command, pub Vec<u8>);

/// How a process ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    /// By a signal.
    pub killed: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// What Claude Code takes for an answer of a hook: success, and nothing or one JSON object.
    #[track_caller]
    pub fn answer(&self) -> Option<Value> {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{self:?}");
        if self.stdout.is_empty() {
            return None;
        }
        let answer: Value =
            serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        assert!(answer.is_object(), "{self:?}");
        Some(answer)
    }

    #[track_caller]
    pub fn silent(&self) {
        assert_eq!(self.answer(), None);
    }
}

/// The files below a folder, with their bytes.
pub type Tree = BTreeMap<PathBuf, Option<Vec<u8>>>;

impl World {
    pub fn new(seed: u64) -> Self {
        Self {
            env: Env::new(),
            truth: RefCell::default(),
            dice: RefCell::new(Dice(seed)),
            seed,
            made: Cell::new(0),
        }
    }

    /// A world with a past: three sessions, of which the client has deleted one, in two months; settings with budgets.
    pub fn busy(seed: u64) -> Self {
        let world = Self::new(seed);
        world.env.settings(
            json!({"cost": {"dailyBudget": 1000, "monthlyBudget": 5000, "autoStopAtBudget": true}}),
        );
        world.env.at("2026-10-31T23:50:00.000Z");
        for session in SESSIONS {
            world.done(world.hook("SessionStart", session)).answer();
            world.call(session);
            world.done(world.hook("PostToolUse", session)).silent();
        }
        world.env.at("2026-11-24T12:00:00.000Z");
        for session in SESSIONS {
            for _ in 0..3 {
                world.call(session);
            }
            world.done(world.hook("PostToolUse", session)).silent();
            world.env.later(5);
        }
        fs::remove_file(world.env.session("gone").path()).unwrap();
        world.done(world.hook("PostToolUse", "s1")).silent();
        world
    }

    /// What a hook of `s1` finds new: calls in two months, one with more tokens than before, an agent's.
    pub fn news(&self) {
        self.env.later(60);
        for _ in 0..1 + self.roll(3) {
            self.call("s1");
        }
        self.call_at("s1", "2026-10-31T23:58:00.000Z");
        self.revise("s1");
        let agent = self.env.session("s1").agent("a1", "Explore");
        let (call, id, cost) = self.next_call();
        agent.call(&call);
        self.truth.borrow_mut().insert(id, cost);
    }

    pub fn roll(&self, sides: u64) -> u64 {
        self.dice.borrow_mut().roll(sides)
    }

    fn next_call(&self) -> (Call, String, Money) {
        self.made.set(self.made.get() + 1);
        let (name, input, output) =
            (format!("c{}", self.made.get()), 1 + self.roll(5_000), 2 + self.roll(900));
        // USD 4 a million input tokens, 20 a million output tokens, in 1e-12 USD a token.
        (Call::new(&name).tokens(input, output), format!("msg_{name}:req_{name}"), price(input, output))
    }

    /// A call of a session, written to its transcript.
    pub fn call(&self, session: &str) {
        let (call, id, cost) = self.next_call();
        self.env.session(session).call(&call);
        self.truth.borrow_mut().insert(id, cost);
    }

    pub fn call_at(&self, session: &str, time: &str) {
        let (call, id, cost) = self.next_call();
        self.env.session(session).call(&call.at(time));
        self.truth.borrow_mut().insert(id, cost);
    }

    /// The newest call of all comes again, with more tokens.
    pub fn revise(&self, session: &str) {
        let name = format!("c{}", self.made.get());
        self.env.session(session).call(&Call::new(&name).tokens(6_000, 1_000).at("2026-10-31T23:58:00.000Z"));
        self.truth.borrow_mut().insert(format!("msg_{name}:req_{name}"), price(6_000, 1_000));
    }

    // Running.

    pub fn hook(&self, event: &str, session: &str) -> Job {
        let session = self.env.session(session);
        let more = match event {
            "SessionStart" => json!({"source": "startup"}),
            "UserPromptSubmit" => json!({"prompt": "go on"}),
            "SessionEnd" => json!({"reason": "other"}),
            _ => json!({}),
        };
        Job(self.env.command(&["hook"]), self.env.payload(event, &session, more).into_bytes())
    }

    pub fn job(&self, args: &[&str]) -> Job {
        Job(self.env.command(args), Vec::new())
    }

    pub fn start(&self, mut job: Job) -> Child {
        let mut child = job.0.spawn().unwrap();
        feed(&mut child, &job.1);
        child
    }

    pub fn done(&self, job: Job) -> Ended {
        self.end(self.start(job))
    }

    pub fn run_with(&self, mut job: Job, fault: &Fault) -> Ended {
        meet(&mut job.0, self, fault);
        self.done(job)
    }

    /// Starts a job that is suspended at a call; None when it ended, well, without coming to that call.
    pub fn start_stopped(&self, mut job: Job, ops: &'static str, at: u64) -> Option<Child> {
        meet(&mut job.0, self, &Fault::kill(ops, "stop", at));
        let mut child = self.start(job);
        let state = format!("/proc/{}/stat", child.id());
        loop {
            if child.try_wait().unwrap().is_some() {
                assert_eq!(self.end(child).code, Some(0));
                return None;
            }
            // The word after the name, which is in brackets.
            let stopped = fs::read_to_string(&state).is_ok_and(|text| text.contains(") T "));
            if stopped {
                return Some(child);
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// Lets a suspended process go on.
    pub fn wake(&self, child: &Child) {
        let done = Command::new("kill").args(["-CONT", &child.id().to_string()]).status();
        assert!(done.unwrap().success());
    }

    /// Waits, and never for ever: what hangs is ended, and fails.
    pub fn end(&self, mut child: Child) -> Ended {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if started.elapsed() > BOUND {
                let _ = child.kill();
                panic!("a process did not end within {BOUND:?} (seed {})", self.seed);
            }
            std::thread::sleep(Duration::from_micros(300));
        };
        let mut ended = Ended {
            code: status.code(),
            killed: status.code().is_none(),
            stdout: String::new(),
            stderr: String::new(),
        };
        child.stdout.take().unwrap().read_to_string(&mut ended.stdout).unwrap();
        child.stderr.take().unwrap().read_to_string(&mut ended.stderr).unwrap();
        ended
    }

    // Saving and restoring.

    pub fn save(&self) -> Tree {
        tree(&self.env.data())
    }

    pub fn restore(&self, files: &Tree) {
        put_tree(&self.env.data(), files);
    }

    // The truth.

    /// What the segments hold, by the rule of the guide: of each id the line with the highest `rev`. Lines that are none
    /// are passed over; an id that comes twice at one `rev` is a failure.
    #[track_caller]
    pub fn booked(&self) -> BTreeMap<String, Money> {
        let mut newest: BTreeMap<String, (u64, Money)> = BTreeMap::new();
        for segment in self.env.segments() {
            let bytes = fs::read(&segment).unwrap();
            let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            for line in bytes[..whole].split(|byte| *byte == b'\n') {
                let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
                let Ok(line) = serde_json::from_slice::<Value>(line) else { continue };
                if line["kind"] != "call" || line["v"] != 1 {
                    continue;
                }
                let (Some(id), Some(cost)) = (line["id"].as_str(), line["cost"].as_str()) else { continue };
                let (rev, cost) = (line["rev"].as_u64().unwrap_or(0), cost.parse().unwrap());
                match newest.get(id) {
                    Some((known, _)) if *known == rev => {
                        panic!(
                            "{id} is booked twice at rev {rev} in {} (seed {})",
                            segment.display(),
                            self.seed
                        )
                    }
                    Some((known, _)) if *known > rev => {}
                    _ => drop(newest.insert(id.to_string(), (rev, cost))),
                }
            }
        }
        newest.into_iter().map(|(id, (_, cost))| (id, cost)).collect()
    }

    /// The ledger holds the truth, no call twice; and what the checkpoint and a report say is the same.
    #[track_caller]
    pub fn check(&self, what: &dyn Debug) {
        self.check_calls(what);
        let known: Money = SESSIONS.into_iter().map(|session| self.env.known(session).cost).sum();
        assert_eq!(known, self.total(), "the checkpoint after {what:?} (seed {})", self.seed);
    }

    /// The same of the segments alone.
    #[track_caller]
    pub fn check_calls(&self, what: &dyn Debug) {
        let (booked, truth) = (self.booked(), self.truth.borrow());
        let missing: Vec<_> = truth.keys().filter(|id| !booked.contains_key(*id)).collect();
        assert!(missing.is_empty(), "{missing:?} are lost after {what:?} (seed {})", self.seed);
        assert_eq!(booked, *truth, "after {what:?} (seed {})", self.seed);
    }

    /// What a report says altogether.
    #[track_caller]
    pub fn reported(&self) -> Money {
        let ended = self.done(self.job(&["report", "--period", "monthly", "--json"]));
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let document: Value = serde_json::from_str(&ended.stdout).unwrap();
        document["totals"]["totalCostExact"].as_str().unwrap().parse().unwrap()
    }

    pub fn total(&self) -> Money {
        self.truth.borrow().values().copied().sum()
    }
}

pub fn price(input: u64, output: u64) -> Money {
    Money(i128::from(input) * 4_000_000 + i128::from(output) * 20_000_000)
}

pub fn tree(root: &Path) -> Tree {
    let mut files = Tree::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            let below = path.strip_prefix(root).unwrap().to_path_buf();
            if path.is_dir() {
                files.insert(below, None);
                folders.push(path);
            } else {
                files.insert(below, Some(fs::read(&path).unwrap()));
            }
        }
    }
    files
}

pub fn put_tree(root: &Path, files: &Tree) {
    let _ = fs::remove_dir_all(root);
    make_folder(root);
    for (below, bytes) in files {
        let path = root.join(below);
        match bytes {
            None => make_folder(&path),
            Some(bytes) => {
                make_folder(path.parent().unwrap());
                fs::write(&path, bytes).unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            }
        }
    }
}

fn make_folder(path: &Path) {
    fs::create_dir_all(path).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
}
