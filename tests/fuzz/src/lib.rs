//! The sealed world the fuzzers run the product in: a temporary folder, an environment of its own, a fixed clock.
//! What each fuzzer holds the product to is its target's business.

pub mod client;

use std::fs;
use std::path::{Path, PathBuf};

use cost_hook::base::time::{Time, Window};
use cost_hook::base::world::World;
use cost_hook::ledger::{Ledger, scan};
use cost_hook::model::entry::Line;

/// Stands between the parts of an input. No reader of the product gives this byte a meaning.
pub const CUT: u8 = 0x1e;

/// A tuesday in the month most samples are of.
pub fn now() -> Time {
    Time::parse("2026-11-24T10:00:00Z").unwrap()
}

/// A home, a project and a data folder that vanish with it.
pub struct Sealed {
    dir: tempfile::TempDir,
    pub world: World,
}

impl Sealed {
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("w").tempdir().unwrap();
        let at = |name: &str| dir.path().join(name).to_str().unwrap().to_string();
        for folder in ["home/.claude/projects/w", "work/.claude", "managed", "tmp"] {
            fs::create_dir_all(dir.path().join(folder)).unwrap();
        }
        let env = [
            ("HOME", at("home")),
            ("TMPDIR", at("tmp")),
            ("TZ", "UTC".into()),
            ("USER", "fuzz".into()),
            ("NO_COLOR", "1".into()),
            ("CLAUDE_PROJECT_DIR", at("work")),
            ("COST_HOOK_MANAGED_DIR", at("managed")),
        ];
        let env: Vec<(&str, &str)> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let world = World::made_up(&env, &dir.path().join("work"), now());
        Self { world, dir }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn user_settings(&self) -> PathBuf {
        self.path().join("home/.claude/settings.json")
    }

    pub fn project_settings(&self) -> PathBuf {
        self.path().join("work/.claude/settings.json")
    }

    pub fn transcript(&self, session: &str) -> PathBuf {
        self.path().join("home/.claude/projects/w").join(format!("{session}.jsonl"))
    }

    pub fn ledger(&self) -> Ledger {
        Ledger::at(&self.world.data_dir())
    }

    /// All lines in their newest state. Whatever was written by the product has to be readable.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let bad = scan::each(&self.ledger(), Window::ALWAYS, |line| lines.push(line)).unwrap();
        assert!(bad.is_empty(), "lines were written that cannot be read: {bad:?}");
        lines
    }
}

/// The parts of an input.
pub fn parts(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    data.split(|byte| *byte == CUT)
}
