//! The one door to the process: environment, clock, folders. Built once by `main` and handed down, so that
//! everything below can be run in a made-up world.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::env;
use super::time::{Time, Zone};

/// What the program knows of its surroundings.
#[derive(Debug, Clone)]
pub struct World {
    env: Env,
    cwd: PathBuf,
    fixed_now: Option<Time>,
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
        let mut world =
            Self { env: Env::Process, cwd: std::env::current_dir().unwrap_or_default(), fixed_now: None };
        // A made-up clock serves the tests, which run a debug build. A release build does not know the variable,
        // so that no shell can move a budget's day.
        if cfg!(debug_assertions) {
            world.fixed_now = world.var(env::COST_HOOK_TEST_NOW).and_then(|text| Time::parse(&text));
        }
        world
    }

    pub fn made_up(env: &[(&str, &str)], cwd: &Path, now: Time) -> Self {
        let env = env.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Self { env: Env::Given(env), cwd: cwd.into(), fixed_now: Some(now) }
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
        self.fixed_now.unwrap_or_else(|| {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            Time(since.map_or(0, |duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
        })
    }

    pub fn cwd(&self) -> &Path {
        &self.cwd
    }

    pub fn home(&self) -> PathBuf {
        PathBuf::from(
            self.var(env::HOME).or_else(|| self.var(env::USERPROFILE)).unwrap_or_else(|| "/".into()),
        )
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

    pub fn os_user(&self) -> Option<String> {
        [env::USER, env::LOGNAME, env::USERNAME].iter().find_map(|name| self.var(name))
    }
}
