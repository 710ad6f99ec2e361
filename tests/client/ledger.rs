//! The product's side of a comparison: its hooks installed into a home, and what its commands answer there.
//! Not here: the client (`client`) and what the figures should be (`bench`).

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::client::Home;
use crate::price::{self, Pico};

/// The binary of this build, or another one: a packaged release is tested the same way.
pub(crate) fn binary() -> String {
    std::env::var("COST_HOOK_TEST_BINARY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_cost-hook").to_owned())
}

/// Whether the comparison runs without the ledger: only the stand-in against the client.
pub(crate) fn left_out() -> bool {
    std::env::var("COST_HOOK_TEST_LEDGER").is_ok_and(|v| v == "skip")
}

pub(crate) struct Ledger<'a> {
    home: &'a Home,
}

/// What the ledger holds of one session.
#[derive(Debug)]
pub(crate) struct Booked {
    pub(crate) total: Pico,
    pub(crate) calls: u64,
    pub(crate) unlisted: Pico,
}

impl<'a> Ledger<'a> {
    pub(crate) fn of(home: &'a Home) -> Self {
        Self { home }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.home.command(Path::new(&binary()));
        command.args(args);
        command
    }

    /// The program's answer, which must be a success.
    pub(crate) fn ask(&self, args: &[&str]) -> String {
        let done = self.command(args).output().unwrap();
        let out = String::from_utf8_lossy(&done.stdout).into_owned();
        let err = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "cost-hook {args:?}: {}\n{out}{err}", done.status);
        out
    }

    /// What the program says to a command it must refuse.
    pub(crate) fn refused(&self, args: &[&str]) -> String {
        let done = self.command(args).output().unwrap();
        assert!(!done.status.success(), "cost-hook {args:?} was to be refused");
        String::from_utf8_lossy(&done.stderr).into_owned()
    }

    pub(crate) fn install(&self) {
        self.ask(&["install", "--scope", "user", "--no-import"]);
    }

    pub(crate) fn uninstall(&self) {
        self.ask(&["uninstall", "--scope", "user"]);
    }

    pub(crate) fn session(&self, id: &str) -> Booked {
        let out = self.ask(&["session", id, "--json"]);
        let answer: Value =
            serde_json::from_str(&out).unwrap_or_else(|e| panic!("session {id}: {e}: {out:?}"));
        let totals = &answer["totals"];
        let money = |key: &str| {
            let text = totals[key].as_str().unwrap_or_else(|| panic!("session {id}: no {key} in {totals}"));
            price::from_decimal(text).unwrap_or_else(|| panic!("session {id}: {key} is {text:?}"))
        };
        Booked {
            total: money("totalCostExact"),
            unlisted: money("unlistedCostExact"),
            calls: totals["calls"].as_u64().unwrap_or_else(|| panic!("session {id}: no calls in {totals}")),
        }
    }

    /// How often a limit was raised, by whatever way.
    pub(crate) fn raises(&self) -> usize {
        let folder = self.home.config().join("cost-hook/ledger");
        let segments = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
        let lines = segments.filter(|path| path.extension().is_some_and(|end| end == "jsonl"));
        lines.map(|path| fs::read_to_string(path).unwrap().matches("\"kind\":\"override\"").count()).sum()
    }

    pub(crate) fn allow(&self, usd: &str) {
        self.ask(&["allow", usd, "--reason", "a test goes on"]);
    }
}
