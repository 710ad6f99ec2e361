//! The real client: where its executable is, a fresh home for each scenario, and its headless runs. It is always
//! started with an empty environment and its own HOME and CLAUDE_CONFIG_DIR, inside a network namespace that
//! has loopback only (`main`). Not here: the interactive screen (`screen`), what the ledger says (`ledger`).

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::price::{self, Pico};

const KEY: &str = "sk-ant-dummy-000000000000000000000000";

/// A client that says nothing for this long is taken for hung.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/client")
}

pub(crate) fn executable() -> PathBuf {
    folder().join("node_modules/@anthropic-ai/claude-code-linux-x64/claude")
}

/// Makes sure the pinned client is there; the reason, if it cannot be had.
pub(crate) fn prepare() -> Result<(), String> {
    let setup = folder().join("setup");
    let done =
        Command::new("bash").arg(&setup).output().map_err(|e| format!("bash {}: {e}", setup.display()))?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        return Err(format!("{} failed: {}", setup.display(), said.trim()));
    }
    if executable().is_file() { Ok(()) } else { Err(format!("{} is missing", executable().display())) }
}

/// Arguments: a folder for the real `/etc`, the managed folder, the command.
const ADMINISTERED: &str = "set -e
    mount --rbind /etc \"$1\"
    mount -t tmpfs tmpfs /etc
    ln -s \"$1\"/* /etc/
    rm -f /etc/claude-code
    mkdir /etc/claude-code
    mount --bind \"$2\" /etc/claude-code
    shift 2
    exec \"$@\"";

/// Which endpoint the client is told to talk to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Endpoint {
    Claude,
    Bedrock { region: &'static str },
    Google { region: &'static str },
}

/// A home folder, a project folder and the environment of every client started in them.
pub(crate) struct Home {
    dir: TempDir,
    env: Vec<(String, String)>,
}

impl Home {
    pub(crate) fn new(url: &str, endpoint: Endpoint, titles: bool) -> Self {
        let dir = tempfile::Builder::new().prefix("client-").tempdir().unwrap();
        let mut home = Self { dir, env: Vec::new() };
        for folder in [home.path("home/.claude"), home.path("tmp"), home.project()] {
            fs::create_dir_all(folder).unwrap();
        }
        let fixed = [
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("LANG", "C.UTF-8"),
            ("TERM", "xterm-256color"),
            ("TZ", "UTC"),
            ("DISABLE_TELEMETRY", "1"),
            ("DISABLE_AUTOUPDATER", "1"),
            ("DISABLE_ERROR_REPORTING", "1"),
            // Root may not skip permission questions outside a sandbox, which the namespace is.
            ("IS_SANDBOX", "1"),
            ("CLAUDE_CODE_MAX_RETRIES", "3"),
        ];
        for (key, value) in fixed {
            home.set(key, value);
        }
        // Task outputs and sockets go where the rest goes, and end with it.
        for key in ["TMPDIR", "CLAUDE_CODE_TMPDIR"] {
            home.set(key, &home.path("tmp").display().to_string());
        }
        home.set("HOME", &home.path("home").display().to_string());
        home.set("CLAUDE_CONFIG_DIR", &home.config().display().to_string());
        // Debug builds look for the administrator's settings here; whatever this machine has is left out.
        home.set("COST_HOOK_MANAGED_DIR", &home.path("managed").display().to_string());
        if !titles {
            // The title call counts as nonessential; scenarios that are not about it do without.
            home.set("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1");
        }
        match endpoint {
            Endpoint::Claude => {
                home.set("ANTHROPIC_BASE_URL", url);
                home.set("ANTHROPIC_API_KEY", KEY);
            }
            Endpoint::Bedrock { region } => {
                home.set("CLAUDE_CODE_USE_BEDROCK", "1");
                home.set("CLAUDE_CODE_SKIP_BEDROCK_AUTH", "1");
                home.set("ANTHROPIC_BEDROCK_BASE_URL", url);
                home.set("AWS_REGION", region);
            }
            Endpoint::Google { region } => {
                home.set("CLAUDE_CODE_USE_VERTEX", "1");
                home.set("CLAUDE_CODE_SKIP_VERTEX_AUTH", "1");
                home.set("ANTHROPIC_VERTEX_BASE_URL", url);
                home.set("ANTHROPIC_VERTEX_PROJECT_ID", "project");
                home.set("CLOUD_ML_REGION", region);
            }
        }
        home.open_at_the_prompt();
        home
    }

    fn set(&mut self, key: &str, value: &str) {
        self.env.push((key.to_owned(), value.to_owned()));
    }

    /// One more variable of every program started here.
    pub(crate) fn also(mut self, key: &str, value: &str) -> Self {
        self.env.retain(|(known, _)| known != key);
        self.set(key, value);
        self
    }

    /// What a person answers once: the theme, the key, whether the folder is trusted.
    fn open_at_the_prompt(&self) {
        let project = self.project().display().to_string();
        let state = json!({
            "hasCompletedOnboarding": true,
            "theme": "dark",
            "customApiKeyResponses": { "approved": [&KEY[KEY.len() - 20..]], "rejected": [] },
            "projects": { project: { "hasTrustDialogAccepted": true, "hasCompletedProjectOnboarding": true } },
        });
        fs::write(self.config().join(".claude.json"), state.to_string()).unwrap();
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.dir.path().join(below)
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.path("home/.claude")
    }

    pub(crate) fn project(&self) -> PathBuf {
        self.path("project")
    }

    /// A second project folder, trusted in headless runs only.
    pub(crate) fn elsewhere(&self) -> PathBuf {
        let folder = self.path("elsewhere");
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    pub(crate) fn env(&self) -> &[(String, String)] {
        &self.env
    }

    /// Adds keys to the user's settings.json, keeping what is there.
    pub(crate) fn settings(&self, keys: &Value) {
        add_keys(&self.config().join("settings.json"), keys);
    }

    /// The settings a project's folder brings along.
    pub(crate) fn project_settings(&self, keys: &Value) {
        add_keys(&self.project().join(".claude/settings.json"), keys);
    }

    /// What an administrator sets.
    pub(crate) fn managed_settings(&self, keys: &Value) {
        add_keys(&self.path("managed/managed-settings.json"), keys);
    }

    /// Any program, in this home's environment and project folder.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.env.iter().cloned()).current_dir(self.project()).stdin(Stdio::null());
        command
    }

    pub(crate) fn client(&self) -> Command {
        self.command(&executable())
    }

    /// `claude -p PROMPT …`, to its end.
    pub(crate) fn run(&self, prompt: &str, args: &[&str]) -> Run {
        self.start(prompt, args).finish()
    }

    pub(crate) fn start(&self, prompt: &str, args: &[&str]) -> Running {
        self.start_in(&self.project(), prompt, args)
    }

    pub(crate) fn start_in(&self, folder: &Path, prompt: &str, args: &[&str]) -> Running {
        let mut command = self.headless(prompt, args);
        command.current_dir(folder);
        self.spawn(command)
    }

    /// `claude -p PROMPT …`, not yet started.
    pub(crate) fn headless(&self, prompt: &str, args: &[&str]) -> Command {
        let mut command = self.client();
        command.args(["-p", prompt, "--output-format", "json", "--permission-mode", "bypassPermissions"]);
        command.args(args);
        command
    }

    /// The same command where this home's managed folder is what the client knows as `/etc/claude-code`: in a mount
    /// namespace of its own, whose `/etc` is made of links to the real one. Nothing of it outlives the command.
    pub(crate) fn administered(&self, command: &Command) -> Command {
        let (etc, managed) = (self.path("etc"), self.path("managed"));
        fs::create_dir_all(&etc).unwrap();
        fs::create_dir_all(&managed).unwrap();
        let mut inside = Command::new("unshare");
        inside.args(["-m", "sh", "-c", ADMINISTERED, "sh"]).args([etc, managed]);
        inside.arg(command.get_program()).args(command.get_args());
        inside.env_clear().stdin(Stdio::null()).current_dir(command.get_current_dir().unwrap());
        for (key, value) in command.get_envs() {
            value.map(|value| inside.env(key, value));
        }
        inside
    }

    pub(crate) fn spawn(&self, mut command: Command) -> Running {
        let (out, err) = (self.dir.path().join(name("out")), self.dir.path().join(name("err")));
        let child = command
            .stdout(fs::File::create(&out).unwrap())
            .stderr(fs::File::create(&err).unwrap())
            .spawn()
            .unwrap();
        Running { child, out, err }
    }

    /// Every transcript below the projects folder, subagents' included.
    pub(crate) fn transcripts(&self) -> Vec<PathBuf> {
        fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    walk(&path, found);
                } else if path.extension().is_some_and(|e| e == "jsonl") {
                    found.push(path);
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.config().join("projects"), &mut found);
        found.sort();
        found
    }

    /// The last total the client wrote into a session's transcript.
    pub(crate) fn saved_total(&self, session: &str) -> Option<Pico> {
        let file = self.transcripts().into_iter().find(|p| p.file_stem().is_some_and(|s| s == session))?;
        let text = fs::read_to_string(file).ok()?;
        let mut lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let last = lines.rfind(|line| line["type"] == "cost-state")?;
        last["totalCostUSD"].as_f64().map(price::from_usd)
    }
}

fn add_keys(file: &Path, keys: &Value) {
    let known = fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let mut all: Value = known.unwrap_or_else(|| json!({}));
    for (key, value) in keys.as_object().into_iter().flatten() {
        all[key] = value.clone();
    }
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, serde_json::to_vec_pretty(&all).unwrap()).unwrap();
}

/// A name no other run of this process uses.
fn name(kind: &str) -> String {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("{}.{kind}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A headless client at work.
pub(crate) struct Running {
    pub(crate) child: Child,
    out: PathBuf,
    err: PathBuf,
}

impl Running {
    pub(crate) fn finish(mut self) -> Run {
        let give_up = Instant::now() + PATIENCE;
        let code = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.code();
            }
            if Instant::now() > give_up {
                self.child.kill().unwrap();
                self.child.wait().unwrap();
                panic!("the client did not end in {PATIENCE:?}: {}", fs::read_to_string(&self.err).unwrap());
            }
            thread::sleep(Duration::from_millis(10));
        };
        let out = fs::read_to_string(&self.out).unwrap();
        let err = fs::read_to_string(&self.err).unwrap();
        Run { json: serde_json::from_str(&out).unwrap_or(Value::Null), code, out, err }
    }

    /// As when the machine loses power: nothing is written any more.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// What a headless run printed.
pub(crate) struct Run {
    pub(crate) json: Value,
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    pub(crate) fn session(&self) -> String {
        match self.json["session_id"].as_str() {
            Some(id) => id.to_owned(),
            None => panic!("no result from the client ({:?}): {}{}", self.code, self.out, self.err),
        }
    }

    pub(crate) fn total(&self) -> Pico {
        price::from_usd(self.json["total_cost_usd"].as_f64().unwrap())
    }

    pub(crate) fn ended(&self) -> &str {
        self.json["terminal_reason"].as_str().unwrap_or("")
    }
}
