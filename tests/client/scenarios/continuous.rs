//! The GitHub Action's script, as a workflow runs it: what it prints, its outputs, its summary, its exit code.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Scenario, product};
use crate::api::{Api, Call};
use crate::client::{Endpoint, Home, Run, executable};
use crate::price::{self, Pico};
use crate::script::{Reply, Script, Usage};

pub(super) const ALL: &[Scenario] = &[
    product("continuous::within_the_budget", within_the_budget),
    product("continuous::stopped_in_mid_turn", stopped_in_mid_turn),
    product("continuous::held_at_once", held_at_once),
    product("continuous::claude_fails", claude_fails),
    product("continuous::inputs_are_not_run", inputs_are_not_run),
    product("continuous::wrong_inputs", wrong_inputs),
    product("continuous::a_project_that_switches_hooks_off", a_project_that_switches_hooks_off),
];

/// The codes `docs/guide/ci.md` promises.
const STOPPED: i32 = 75;
const WRONG_INPUT: i32 = 64;

/// A bit over 0.25 USD on Opus.
fn quarter() -> Usage {
    Usage { input: 62_500, output: 7, ..Usage::default() }
}

/// A runner's machine: a home without the product, and the files a workflow step writes to.
struct Job {
    api: Api,
    home: Home,
}

impl Job {
    fn new(script: Script) -> Self {
        let api = Api::start(script);
        let home = Home::new(&api.url(), Endpoint::Claude, false);
        fs::create_dir_all(home.path("runner temp")).unwrap();
        Self { api, home }
    }

    fn run(&self, prompt: &str, budget: &str, more: &[(&str, &str)]) -> Run {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/actions/cost-hook/run.sh");
        let mut command = self.home.command(Path::new("bash"));
        command.arg(script).env("INPUT_PROMPT", prompt).env("INPUT_BUDGET", budget);
        command.env("INPUT_CLAUDE", executable()).env("INPUT_COST_HOOK", env!("CARGO_BIN_EXE_cost-hook"));
        command.env("INPUT_CLAUDE_ARGS", "--permission-mode\nbypassPermissions");
        command.env("RUNNER_TEMP", self.home.path("runner temp"));
        command.env("GITHUB_OUTPUT", self.outputs()).env("GITHUB_STEP_SUMMARY", self.home.path("summary.md"));
        command.envs(more.iter().copied());
        self.home.spawn(command).finish()
    }

    fn outputs(&self) -> PathBuf {
        self.home.path("outputs")
    }

    fn output(&self, name: &str) -> String {
        let text = fs::read_to_string(self.outputs()).unwrap();
        let values: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('=')).collect();
        assert_eq!(values.len(), 1, "{name} in {text}");
        values[0].to_owned()
    }

    fn summary(&self) -> String {
        fs::read_to_string(self.home.path("summary.md")).unwrap()
    }

    /// The user's own configuration and the folder of the project are as they were.
    fn nothing_left(&self) {
        assert!(!self.home.config().join("settings.json").exists(), "the user's settings were written");
        assert!(!self.home.config().join("cost-hook").exists(), "the user's ledger was begun");
        assert_eq!(fs::read_dir(self.home.project()).unwrap().count(), 0, "files in the project");
    }
}

fn loops() -> Vec<Reply> {
    (0..12).map(|_| Reply::bash(&["echo again"]).usage(quarter())).collect()
}

fn within_the_budget() {
    let job = Job::new(Script::new().on("ASK", vec![Reply::text("::error::Answer.").usage(quarter())]));
    let run = job.run("ASK", "1", &[("GITHUB_ACTIONS", "true")]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let calls = job.api.calls();
    assert_eq!(job.output("stopped"), "false");
    assert_eq!(job.output("calls"), "1");
    assert_eq!(price::from_usd(job.output("cost").parse().unwrap()), calls[0].cost());
    assert_eq!(job.output("session-id"), calls[0].session);
    assert!(Path::new(&job.output("ledger")).is_dir());
    let summary = job.summary();
    assert!(summary.starts_with("### Claude Code is done\n"), "{summary}");
    assert!(
        summary.contains("of a budget of $1, calls: 1.") && summary.contains(&calls[0].session),
        "{summary}"
    );
    // What the model says is shown, between marks that keep the runner from obeying it.
    let lines: Vec<&str> = run.out.lines().filter(|line| !line.is_empty()).collect();
    let token = lines[0].strip_prefix("::stop-commands::").unwrap();
    assert_eq!(token.len(), 32);
    assert_eq!(lines[1..], ["::error::Answer.", &format!("::{token}::")]);
    // A second run in the same job has money of its own.
    fs::remove_file(job.outputs()).unwrap();
    let again = job.run("ASK again", "0.3", &[("INPUT_SUMMARY", "false")]);
    assert_eq!(again.code, Some(0), "{}", again.err);
    assert_eq!(job.output("calls"), "1");
    assert_eq!(job.summary(), summary, "a summary nobody asked for");
    job.nothing_left();
}

fn stopped_in_mid_turn() {
    let job = Job::new(Script::new().on("GO", loops()));
    let run = job.run("GO", "0.6", &[]);
    assert_eq!(run.code, Some(STOPPED), "{}", run.err);
    let calls = job.api.calls();
    assert_eq!(calls.len(), 3, "the third call crosses 0.6 USD");
    assert_eq!(job.output("stopped"), "true");
    assert_eq!(job.output("calls"), "3");
    let cost = calls.iter().map(Call::cost).sum::<Pico>();
    assert_eq!(price::from_usd(job.output("cost").parse().unwrap()), cost);
    let summary = job.summary();
    assert!(summary.starts_with("### Claude Code was stopped by a budget\n"), "{summary}");
    let row = format!("| run budget | ${} | $0.6 |", job.output("cost"));
    assert!(summary.contains(&row), "{row} in {summary}");
    assert!(run.err.contains("cost-hook: stopped by a budget: run budget, $"), "{}", run.err);
    println!("SUMMARY\n{summary}\n{}", run.err);
    job.nothing_left();
}

fn held_at_once() {
    let job = Job::new(Script::new());
    let run = job.run("GO", "0", &[]);
    assert_eq!(run.code, Some(STOPPED), "{}", run.err);
    assert_eq!(job.api.calls().len(), 0, "nothing was to be asked");
    assert_eq!(
        (job.output("stopped"), job.output("calls"), job.output("cost")),
        ("true".into(), "0".into(), "0".into())
    );
    assert!(job.summary().contains("| run budget | $0 | $0 |"), "{}", job.summary());
    job.nothing_left();
}

/// Its own exit codes come through, and are not taken for a stop.
fn claude_fails() {
    let job = Job::new(Script::new());
    let run = job.run("GO", "1", &[("INPUT_CLAUDE_ARGS", "--no-such-option")]);
    assert_eq!(run.code, Some(1), "{}", run.err);
    assert!(run.err.contains("--no-such-option"), "{}", run.err);
    assert_eq!((job.output("stopped"), job.output("session-id")), ("false".into(), String::new()));
    assert!(job.summary().starts_with("### Claude Code failed with exit code 1\n"), "{}", job.summary());
    let other = job.home.path("other claude");
    fs::write(&other, "#!/bin/sh\nexit 42\n").unwrap();
    fs::set_permissions(&other, Permissions::from_mode(0o755)).unwrap();
    fs::remove_file(job.outputs()).unwrap();
    let run = job.run("GO", "1", &[("INPUT_CLAUDE", other.to_str().unwrap())]);
    assert_eq!(run.code, Some(42), "{}", run.err);
    assert_eq!(job.output("stopped"), "false");
    job.nothing_left();
}

/// Whatever stands in an input is one word to claude, and nothing to the shell.
fn inputs_are_not_run() {
    let job = Job::new(Script::new());
    let seen = job.home.path("seen");
    let other = job.home.path("it's \"claude\" $(touch ran)");
    fs::write(&other, "#!/bin/sh\nprintf '<%s>' \"$@\" > \"$SEEN\"\ncat >> \"$SEEN\"\n").unwrap();
    fs::set_permissions(&other, Permissions::from_mode(0o755)).unwrap();
    let prompt = "--help 'a' \"b\" $(touch ran) `touch ran`\n; touch ran\n";
    let arguments = "--append-system-prompt\nbe \"brief\" $(touch ran)  `touch ran`; touch ran *\n\n--x=it's";
    let more = [
        ("INPUT_CLAUDE", other.to_str().unwrap()),
        ("INPUT_CLAUDE_ARGS", arguments),
        ("SEEN", seen.to_str().unwrap()),
    ];
    let run = job.run(prompt, "1", &more);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let words = "<--append-system-prompt><be \"brief\" $(touch ran)  `touch ran`; touch ran *><--x=it's>";
    let text = fs::read_to_string(&seen).unwrap();
    assert!(text.ends_with(&format!("{words}{prompt}")), "{text}");
    job.nothing_left();
}

/// Nothing is asked where the budget could not hold.
fn wrong_inputs() {
    let job = Job::new(Script::new());
    for budget in ["", "1e3", "-1", "1,5", "1;touch ran", "$(touch ran)", "1\n2", "a[$(touch ran)]"] {
        let run = job.run("GO", budget, &[]);
        assert_eq!(run.code, Some(WRONG_INPUT), "{budget}: {}", run.err);
        assert!(run.err.contains("the input budget"), "{}", run.err);
    }
    for word in [
        "--settings\n{}",
        "--settings={}",
        "--setting-sources=project",
        "--output-format\ntext",
        "--model\nopus\n--bare",
        "--safe-mode",
        "--no-session-persistence",
        "--bg",
        "--background",
    ] {
        let run = job.run("GO", "1", &[("INPUT_CLAUDE_ARGS", word)]);
        assert_eq!(run.code, Some(WRONG_INPUT), "{word}: {}", run.err);
        assert!(run.err.contains("the input claude-args"), "{}", run.err);
    }
    assert_eq!(job.run("", "1", &[]).code, Some(WRONG_INPUT));
    assert_eq!(job.run("GO", "1", &[("INPUT_SUMMARY", "yes")]).code, Some(WRONG_INPUT));
    assert_eq!(job.api.calls().len(), 0, "nothing was to be asked");
    job.nothing_left();
}

/// A pull request may bring settings of its own: they neither lift the budget nor switch it off.
fn a_project_that_switches_hooks_off() {
    let job = Job::new(Script::new().on("GO", loops()));
    job.home.project_settings(&json!({ "disableAllHooks": true, "cost": { "enabled": false } }));
    let run = job.run("GO", "0.6", &[]);
    assert_eq!(run.code, Some(STOPPED), "{}", run.err);
    assert_eq!(job.api.calls().len(), 3);
}
