//! The one door to the process: environment, clock, folders. Built once by `main` and handed down, so that
//! everything below can be run in a made-up world.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::env;
use super::time::{Time, Zone};
use super::words::Language;

/// What the program knows of its surroundings.
#[derive(Debug, Clone)]
pub struct World {
    env: Env,
    cwd: PathBuf,
    clock: Watch,
}

/// A made-up clock that goes: waiting moves it, not the machine's.
pub trait Clock: Debug + Send + Sync {
    fn now(&self) -> Time;
    fn sleep(&self, time: Duration);
}

#[derive(Debug, Clone)]
enum Watch {
    System,
    /// It stands; whoever waits waits by the system's.
    Standing(Time),
    Given(Arc<dyn Clock>),
}

/// A bounded wait, in naps.
pub struct Wait<'a> {
    watch: &'a Watch,
    started: Instant,
    /// By the given clock.
    from: Time,
    most: Duration,
}

#[derive(Debug, Clone)]
enum Env {
    /// The process's own, looked up one variable at a time: copying all of it is work no hook needs.
    Process,
    Given(BTreeMap<String, String>),
}

impl World {
    #[allow(clippy::disallowed_methods, reason = "this is the door")]
    pub fn of_process() -> Self {
        let mut world = Self {
            env: Env::Process,
            cwd: std::env::current_dir().unwrap_or_default(),
            clock: Watch::System,
        };
        // A made-up clock serves the tests, which run a debug build. A release build does not know the variable,
        // so that no shell can move a budget's day.
        if cfg!(debug_assertions) {
            let fixed = world.var(env::COST_HOOK_TEST_NOW).and_then(|text| Time::parse(&text));
            world.clock = fixed.map_or(Watch::System, Watch::Standing);
        }
        world
    }

    pub fn made_up(env: &[(&str, &str)], cwd: &Path, now: Time) -> Self {
        let env = env.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Self { env: Env::Given(env), cwd: cwd.into(), clock: Watch::Standing(now) }
    }

    /// The same world by another clock.
    pub fn by(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock: Watch::Given(clock), ..self }
    }

    /// An environment variable; empty counts as absent, as does what is not UTF-8.
    #[allow(clippy::disallowed_methods, reason = "this is the door")]
    pub fn var(&self, name: &str) -> Option<String> {
        let value = match &self.env {
            Env::Process => std::env::var(name).ok(),
            Env::Given(map) => map.get(name).cloned(),
        };
        value.filter(|value| !value.is_empty())
    }

    #[allow(clippy::disallowed_methods, reason = "this is the door")]
    pub fn now(&self) -> Time {
        match &self.clock {
            Watch::Standing(now) => *now,
            Watch::Given(clock) => clock.now(),
            Watch::System => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                Time(since.map_or(0, |duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
            }
        }
    }

    /// For tests, as the made-up clock: how much of the ledger is taken in at once.
    pub fn ledger_step(&self) -> Option<u64> {
        if cfg!(debug_assertions) { self.var(env::COST_HOOK_TEST_STEP)?.parse().ok() } else { None }
    }

    /// Begins to wait, for `most` altogether.
    pub fn wait(&self, most: Duration) -> Wait<'_> {
        let from = match &self.clock {
            Watch::Given(clock) => clock.now(),
            Watch::System | Watch::Standing(_) => Time(0),
        };
        Wait { watch: &self.clock, started: Instant::now(), from, most }
    }

    /// This program; none in a made-up world, whose process is a test.
    pub fn program(&self) -> Option<PathBuf> {
        match self.env {
            Env::Process => std::env::current_exe().ok(),
            Env::Given(_) => None,
        }
    }

    pub fn cwd(&self) -> &Path {
        &self.cwd
    }

    pub fn home(&self) -> PathBuf {
        PathBuf::from(
            self.var(env::HOME).or_else(|| self.var(env::USERPROFILE)).unwrap_or_else(|| "/".into()),
        )
    }

    /// Is it known where Claude Code's configuration folder is?
    pub fn has_home(&self) -> bool {
        [env::HOME, env::USERPROFILE, env::CLAUDE_CONFIG_DIR].iter().any(|name| self.var(name).is_some())
    }

    /// Claude Code's configuration folder.
    pub fn config_dir(&self) -> PathBuf {
        match self.var(env::CLAUDE_CONFIG_DIR) {
            Some(dir) => self.cwd.join(dir),
            None => self.home().join(".claude"),
        }
    }

    /// Our own folder: `COST_HOOK_DIR`, else `cost-hook` in the configuration folder.
    pub fn data_dir(&self) -> PathBuf {
        match self.var(env::COST_HOOK_DIR) {
            Some(dir) => self.cwd.join(dir),
            None => self.config_dir().join("cost-hook"),
        }
    }

    /// The session's start folder, which stays when the session changes directory.
    pub fn project_dir(&self) -> PathBuf {
        match self.var(env::CLAUDE_PROJECT_DIR) {
            Some(dir) => PathBuf::from(dir),
            None => self.cwd.clone(),
        }
    }

    /// The system's folder for what may be lost.
    pub fn temporary_dir(&self) -> PathBuf {
        let named = [env::TMPDIR, env::TEMP, env::TMP].iter().find_map(|name| self.var(name));
        named.map_or_else(|| PathBuf::from("/tmp"), PathBuf::from)
    }

    pub fn system_zone(&self) -> Zone {
        Zone::system(self.var(env::TZ).as_deref())
    }

    /// The language of the locale.
    pub fn language(&self) -> Language {
        let locale = [env::LC_ALL, env::LC_MESSAGES, env::LANG].iter().find_map(|name| self.var(name));
        locale.map_or(Language::English, |locale| Language::of_locale(&locale))
    }

    pub fn os_user(&self) -> Option<String> {
        [env::USER, env::LOGNAME, env::USERNAME].iter().find_map(|name| self.var(name))
    }
}

impl Wait<'_> {
    /// Sleeps for a moment; false, at once, when the time is over.
    pub fn nap(&self, nap: Duration) -> bool {
        let waited = match self.watch {
            Watch::Given(clock) => {
                Duration::from_millis(u64::try_from(clock.now().since(self.from)).unwrap_or(0))
            }
            Watch::System | Watch::Standing(_) => self.started.elapsed(),
        };
        if waited >= self.most {
            return false;
        }
        match self.watch {
            Watch::Given(clock) => clock.sleep(nap),
            Watch::System | Watch::Standing(_) => std::thread::sleep(nap),
        }
        true
    }
}
