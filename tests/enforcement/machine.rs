//! The machine all sessions share: folders, settings, clock, dice, and what was spent on it before. What sessions do is
//! `client`'s.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, UNIX_EPOCH};

use cost_hook::base::time::Time;
use cost_hook::base::world::World;
use cost_hook::hook;
use serde_json::{Value, json};

use super::shape::Dice;
use super::stage::Stage;
use super::truth::Truth;

/// What all sessions share.
pub struct Machine {
    pub stage: Stage,
    pub root: PathBuf,
    pub dice: Mutex<Dice>,
    pub truth: Mutex<Truth>,
    pub world: World,
    /// Tells threads, calls and writes apart.
    count: Mutex<u64>,
}

impl Machine {
    pub fn new(stage: &Stage, root: &Path, dice: Dice, settings: &Value) -> Arc<Self> {
        let folder = |name: &str| root.join(name).to_str().unwrap().to_string();
        for name in ["home/.claude/projects/-work", "work", "managed"] {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        fs::write(root.join("home/.claude/settings.json"), settings.to_string()).unwrap();
        let (home, data, managed, work) = (folder("home"), folder("data"), folder("managed"), folder("work"));
        let env = [
            ("HOME", home.as_str()),
            ("COST_HOOK_DIR", &data),
            ("COST_HOOK_MANAGED_DIR", &managed),
            ("CLAUDE_PROJECT_DIR", &work),
            ("TZ", "UTC"),
            ("USER", "tester"),
        ];
        let world = World::made_up(&env, Path::new(&work), Time(0)).by(Arc::new(stage.clone()));
        Arc::new(Self {
            stage: stage.clone(),
            root: root.to_path_buf(),
            dice: Mutex::new(dice),
            truth: Mutex::default(),
            world,
            count: Mutex::new(0),
        })
    }

    pub fn truth(&self) -> MutexGuard<'_, Truth> {
        self.truth.lock().unwrap()
    }

    pub fn dice(&self) -> MutexGuard<'_, Dice> {
        self.dice.lock().unwrap()
    }

    pub fn number(&self) -> u64 {
        let mut count = self.count.lock().unwrap();
        *count += 1;
        *count
    }

    pub fn roll(&self, low: i64, high: i64) -> i64 {
        self.dice().between(low, high)
    }

    pub fn sleep(&self, low: i64, high: i64) {
        let ms = self.roll(low, high);
        self.stage.sleep_for(ms);
    }

    /// Appends lines to a transcript, whose time and whose folder's follow the made-up clock.
    pub fn append(&self, path: &Path, lines: &[Value]) {
        let folder = path.parent().unwrap();
        fs::create_dir_all(folder).unwrap();
        let mut file = fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        file.write_all(text.as_bytes()).unwrap();
        let ms = u64::try_from(self.stage.now()).unwrap();
        let time = UNIX_EPOCH + Duration::from_millis(ms) + Duration::from_nanos(self.number());
        file.set_modified(time).unwrap();
        fs::File::open(folder).unwrap().set_modified(time).unwrap();
    }
}

/// What was spent before on this machine: one large call of a session that has ended.
pub fn spent_before(machine: &Arc<Machine>, tokens: u64) {
    let now = machine.stage.now() - 3_600_000;
    let path = machine.root.join("home/.claude/projects/-work/before.jsonl");
    let line = json!({
        "type": "assistant", "requestId": "req_before", "sessionId": "before", "timestamp": Time(now).to_string(),
        "message": {
            "id": "msg_before", "model": "claude-opus-5-5", "content": [{"type": "text", "text": "x"}],
            "usage": {"input_tokens": tokens, "output_tokens": 0},
        },
    });
    machine.append(&path, &[line]);
    heard_out(machine, "before", &path);
}

/// The hook at the end of a session that ended before the run.
pub fn heard_out(machine: &Machine, id: &str, path: &Path) {
    let payload = json!({"session_id": id, "transcript_path": path, "hook_event_name": "SessionEnd"});
    assert_eq!(hook::answer(&machine.world, payload.to_string().as_bytes()), None);
}
