//! A made-up client against the booking: random sessions with calls in several lines, subagents, unlisted calls, torn
//! lines, kills, resumes and forks, with hook events of any session in between, checkpoints deleted and the last
//! ledger line torn off. After all that, each session's money in the ledger is what the client truly spent.
//!
//! Runs on the library, so that thousands of steps take a second. The real client is in `tests/client`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use cost_hook::base::money::Money;
use cost_hook::base::time::{Time, Window};
use cost_hook::book::{Context, process, unlisted, watch};
use cost_hook::ledger::{Ledger, scan};
use cost_hook::model::entry::Line;
use cost_hook::model::price::PriceOverrides;

use crate::support::dice::Dice;

/// USD 4 a million input tokens, 20 a million output tokens, in 1e-12 USD a token.
fn cost(input: u64, output: u64) -> Money {
    Money(i128::from(input) * 4_000_000 + i128::from(output) * 20_000_000)
}

#[derive(Clone, Default)]
struct Session {
    /// What this session's own calls truly cost.
    truth: Money,
    /// The running client's total, and the one saved in the file.
    total: Money,
    saved: Money,
    running: bool,
    in_terminal: bool,
    /// A call of its own stands in its main file.
    answered: bool,
    /// The last process did not get to say anything.
    killed: bool,
    process: u64,
    /// The start that was saved with the total; the client restores both.
    saved_start: Option<u64>,
    /// Unlisted money a killed process took with it unseen by anyone.
    lost: Money,
    unseen: Money,
    /// All unlisted money so far.
    hidden: Money,
    lines: Vec<String>,
    /// The ledger lost a line about it that nothing else knows.
    torn: bool,
}

struct World {
    dice: Dice,
    dir: tempfile::TempDir,
    sessions: Vec<Session>,
    clock: i64,
    calls: u64,
}

impl World {
    fn new(seed: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("projects/-p")).unwrap();
        let mut world =
            Self { dice: Dice(seed), dir, sessions: Vec::new(), clock: 1_795_500_000_000, calls: 0 };
        world.begin();
        world
    }

    fn name(number: usize) -> String {
        format!("session-{number}")
    }

    fn main_file(&self, number: usize) -> PathBuf {
        self.dir.path().join(format!("projects/-p/{}.jsonl", Self::name(number)))
    }

    fn append(&mut self, path: &PathBuf, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
    }

    fn tick(&mut self) -> i64 {
        self.clock += 1 + self.dice.roll(900) as i64;
        self.clock
    }

    fn context<'a>(
        &self,
        session: Option<&'a str>,
        prices: &'a PriceOverrides,
        env: &'a dyn Fn(&str) -> Option<String>,
    ) -> Context<'a> {
        Context {
            now: Time(self.clock),
            prices,
            provider: None,
            region: None,
            user: "u",
            env,
            session,
            project: Some("/p"),
        }
    }

    /// What a hook does for an event of a session.
    fn event(&mut self, number: usize, start: Option<&str>, sight: bool) {
        let (prices, nothing) = (PriceOverrides::default(), |_: &str| None);
        let name = Self::name(number);
        let main = self.main_file(number);
        let context = self.context(Some(&name), &prices, &nothing);
        let mut writer = Ledger::at(self.dir.path()).write(context.now, Duration::from_secs(5)).unwrap();
        watch::catch_up(&mut writer, &context, Some(&main), None).unwrap();
        if let Some(source) = start {
            process::start(&mut writer, &context, &name, Some(source)).unwrap();
        }
        if sight {
            unlisted::sight(&mut writer, &context, &name, self.sessions[number].total, Some("2.1.330"))
                .unwrap();
        }
        writer.commit().unwrap();
        if sight {
            self.sessions[number].unseen = Money::ZERO;
        }
    }

    fn begin(&mut self) {
        let number = self.sessions.len();
        self.sessions.push(Session::default());
        self.start(number, "startup", Money::ZERO);
    }

    fn start(&mut self, number: usize, source: &str, total: Money) {
        // The client notes when it began before it runs any hook.
        let process = self.tick() as u64;
        self.tick();
        self.event(number, Some(source), false);
        self.tick();
        let session = &mut self.sessions[number];
        let process = session.saved_start.unwrap_or(process);
        (session.running, session.total, session.process) = (true, total, process);
        // In a terminal the client shows its total at once; a run with `-p` never does.
        self.sessions[number].in_terminal = self.dice.roll(3) > 0;
        if self.sessions[number].in_terminal {
            self.event(number, None, true);
        }
    }

    /// One API call, in one or several lines; early lines may hold fewer output tokens.
    fn call(&mut self, number: usize) {
        self.calls += 1;
        let (input, output) = (1 + self.dice.roll(5_000), 2 + self.dice.roll(900));
        let time = Time(self.tick());
        // The first call is the main thread's: there is nobody else to start an agent.
        let agent = self.dice.roll(4) == 0 && self.sessions[number].answered;
        self.sessions[number].answered = true;
        // Whatever a process does began with a prompt, which is a line of the main file.
        let line = format!("{{\"type\":\"user\",\"timestamp\":\"{time}\",\"cwd\":\"/p\"}}\n");
        let path = self.main_file(number);
        self.append(&path, &line);
        let id = self.calls;
        let name = Self::name(number);
        let line = |output: u64, block: u64, stop: &str| {
            format!(
                "{{\"type\":\"assistant\",\"message\":{{\"id\":\"msg_{id}\",\"model\":\"claude-opus-5-5\",\"content\":[{{\"type\":\"tool_use\",\"id\":\"t{id}_{block}\",\"name\":\"T{block}\"}}],\"stop_reason\":{stop},\"usage\":{{\"input_tokens\":{input},\"output_tokens\":{output}}}}},\"requestId\":\"req_{id}\",\"timestamp\":\"{time}\",\"sessionId\":\"{name}\",\"cwd\":\"/p\"}}\n"
            )
        };
        let path = match agent {
            true => self
                .main_file(number)
                .with_extension("")
                .join(format!("subagents/agent-a{}.jsonl", self.dice.roll(3))),
            false => self.main_file(number),
        };
        let spent = cost(input, output);
        self.sessions[number].truth += spent;
        self.sessions[number].total += spent;
        if self.sessions[number].in_terminal && self.dice.roll(8) == 0 {
            // The total runs ahead of the lines, and sometimes is believed before they come.
            self.tick();
            self.event(number, None, true);
            if self.dice.roll(2) == 0 {
                self.clock += 3_000;
                self.event(number, None, false);
                if self.dice.roll(4) == 0 {
                    self.lose_checkpoint();
                }
            }
        }
        let blocks = 1 + self.dice.roll(3);
        for block in 0..blocks {
            let last = block + 1 == blocks;
            let text = line(if last { output } else { 1 }, block, if last { "\"tool_use\"" } else { "null" });
            if self.dice.roll(6) == 0 {
                // The hook comes while a line is half written.
                let half = text.len() / 2;
                self.append(&path, &text[..half]);
                self.event(number, None, false);
                self.append(&path, &text[half..]);
            } else {
                self.append(&path, &text);
            }
            if self.dice.roll(3) == 0 {
                let anyone = self.dice.roll(self.sessions.len() as u64) as usize;
                self.event(anyone, None, false);
            }
            if !agent {
                self.sessions[number].lines.push(text);
            }
        }
    }

    /// A title or a compaction: in the client's total and nowhere else.
    fn unlisted(&mut self, number: usize) {
        // It comes with a prompt or a command, which is in the file.
        let line = format!("{{\"type\":\"user\",\"timestamp\":\"{}\",\"cwd\":\"/p\"}}\n", Time(self.tick()));
        let path = self.main_file(number);
        self.append(&path, &line);
        let amount = cost(100 + self.dice.roll(3_000), 5);
        let session = &mut self.sessions[number];
        session.truth += amount;
        session.total += amount;
        session.unseen += amount;
        session.hidden += amount;
    }

    fn exit(&mut self, number: usize) {
        self.tick();
        let (total, process) = (self.sessions[number].total, self.sessions[number].process);
        let text = format!(
            "{{\"type\":\"cost-state\",\"sessionId\":\"{}\",\"totalCostUSD\":{},\"startTime\":{process},\"modelUsage\":{{}}}}\n",
            Self::name(number),
            total.to_f64()
        );
        let path = self.main_file(number);
        self.append(&path, &text);
        if self.dice.roll(2) == 0 {
            self.append(&path, &text);
        }
        let session = &mut self.sessions[number];
        session.saved_start = Some(process);
        (session.saved, session.running, session.killed, session.unseen) = (total, false, false, Money::ZERO);
    }

    /// Without a word. What only its total knew and nobody saw is gone for good.
    fn kill(&mut self, number: usize) {
        let session = &mut self.sessions[number];
        session.lost += session.unseen;
        (session.unseen, session.running, session.killed) = (Money::ZERO, false, true);
    }

    fn fork(&mut self, parent: usize) {
        let number = self.sessions.len();
        let saved = self.sessions[parent].saved;
        let inherited = self.sessions[parent].lines.clone();
        let saved_start = self.sessions[parent].saved_start;
        self.sessions.push(Session { saved_start, ..Session::default() });
        self.start(number, "fork", saved);
        let (old, new) = (Self::name(parent), Self::name(number));
        let path = self.main_file(number);
        for line in inherited {
            let copied = match line.contains("requestSessionId") {
                true => {
                    line.replace(&format!("\"sessionId\":\"{old}\""), &format!("\"sessionId\":\"{new}\""))
                }
                false => line.replace(
                    &format!("\"sessionId\":\"{old}\""),
                    &format!("\"sessionId\":\"{new}\",\"requestSessionId\":\"{old}\""),
                ),
            };
            self.append(&path, &copied);
            self.sessions[number].lines.push(copied);
        }
    }

    /// The last line of the newest segment is lost but for its first half, as when a process dies while it writes.
    fn tear(&mut self) {
        let path = self.dir.path().join("ledger/2026-11.jsonl");
        let Ok(bytes) = fs::read(&path) else { return };
        let end = bytes[..bytes.len().saturating_sub(1)]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        if end < bytes.len() {
            fs::write(&path, &bytes[..end + (bytes.len() - end) / 2]).unwrap();
            // A call is in its transcript. But the ledger alone knew when a process began and what a killed one showed.
            let torn: serde_json::Value = serde_json::from_slice(&bytes[end..]).unwrap_or_default();
            for (number, session) in self.sessions.iter_mut().enumerate() {
                session.torn |= torn["kind"] != "call" && torn["session"] == Self::name(number);
            }
            self.forget_sights();
        }
    }

    fn lose_checkpoint(&mut self) {
        drop(fs::remove_file(self.dir.path().join("checkpoint.db")));
        self.forget_sights();
    }

    /// With the checkpoint go the totals that were seen and not booked yet: a running process shows its own again, that
    /// of a killed one is gone for good.
    fn forget_sights(&mut self) {
        let booked = self.unlisted_booked();
        for (number, session) in self.sessions.iter_mut().enumerate() {
            let booked = booked.get(&Self::name(number)).copied().unwrap_or_default();
            let missing = (session.hidden - session.lost - booked).max(Money::ZERO);
            match (session.running, session.killed) {
                (true, _) => session.unseen = missing,
                (false, true) => session.lost += missing,
                // In the file.
                (false, false) => {}
            }
        }
    }

    fn unlisted_booked(&self) -> BTreeMap<String, Money> {
        let mut sums: BTreeMap<String, Money> = BTreeMap::new();
        scan::each(&Ledger::at(self.dir.path()), Window::ALWAYS, |line| {
            if let Line::Unlisted(line) = line {
                *sums.entry(line.session).or_default() += line.cost;
            }
        })
        .unwrap();
        sums
    }

    fn step(&mut self) {
        let count = self.sessions.len() as u64;
        let number = self.dice.roll(count) as usize;
        let running = self.sessions[number].running;
        match self.dice.roll(40) {
            0..=17 if running => self.call(number),
            18..=21 if running => self.unlisted(number),
            22..=26 if running && self.sessions[number].in_terminal => {
                self.tick();
                self.event(number, None, true);
            }
            27..=30 => self.event(number, None, false),
            31..=32 if running => self.exit(number),
            33 if running => self.kill(number),
            34..=35 if !running => {
                let saved = self.sessions[number].saved;
                self.start(number, "resume", saved);
            }
            // The client forks only what has an answer in it. (A fork of a fork that got none itself, run with `-p`, cannot
            // be told from a fork of its origin.)
            36 if !running && count < 6 && self.sessions[number].answered => self.fork(number),
            37 if count < 6 => self.begin(),
            38 => self.lose_checkpoint(),
            _ => {
                self.clock += 3_000;
            }
        }
    }

    fn booked(&self) -> (BTreeMap<String, Money>, u64) {
        let mut sums: BTreeMap<String, Money> = BTreeMap::new();
        let mut calls = 0;
        let bad = scan::each(&Ledger::at(self.dir.path()), Window::ALWAYS, |line| match line {
            Line::Call(call) => {
                calls += 1;
                *sums.entry(call.session).or_default() += call.cost;
            }
            Line::Unlisted(line) => *sums.entry(line.session).or_default() += line.cost,
            Line::Start(_) | Line::Override(_) => {}
        })
        .unwrap();
        assert!(bad.is_empty(), "{bad:?}");
        (sums, calls)
    }
}

fn run(seed: u64, with_losses: bool) {
    let mut world = World::new(seed);
    for _ in 0..80 {
        world.step();
        if with_losses && world.dice.roll(25) == 0 {
            world.tear();
        }
    }
    for number in 0..world.sessions.len() {
        if world.sessions[number].running {
            world.exit(number);
        }
        world.clock += 5_000;
        world.event(number, None, false);
    }
    let (sums, calls) = world.booked();
    assert_eq!(calls, world.calls, "seed {seed}: calls booked");
    for (number, session) in world.sessions.iter().enumerate() {
        let booked = sums.get(&World::name(number)).copied().unwrap_or_default();
        let missing = session.truth - booked;
        let bound = if session.torn { session.truth } else { session.lost };
        assert!(
            missing >= Money(-1_000) && missing <= bound + Money(1_000),
            "seed {seed}: session {number} spent {}, the ledger says {booked}; {} may be missing",
            session.truth,
            bound
        );
    }
}

#[test]
fn every_session_is_booked_to_the_last_token() {
    for seed in 0..150 {
        run(seed, false);
    }
}

#[test]
fn torn_ledgers_lose_no_call_and_book_none_twice() {
    for seed in 1_000..1_060 {
        run(seed, true);
    }
}
