//! The GitHub Action's script, as a workflow runs it: what it prints, its outputs, its summary, its exit code.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
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
    product("continuous::a_claude_inside", a_claude_inside),
    product("continuous::no_budget_held", no_budget_held),
    product("continuous::nothing_can_be_booked", nothing_can_be_booked),
    product("continuous::by_hand", by_hand),
    product("continuous::built_once", built_once),
];

/// The codes `docs/guide/ci.md` promises.
const STOPPED: i32 = 75;
const WRONG_INPUT: i32 = 64;
const NOT_WORKING: i32 = 70;

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

fn guide() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide/ci.md")).unwrap()
}

/// The guide's lines for a shell that hold this word.
fn recipe(word: &str) -> String {
    let page = guide();
    let blocks = page.split("```bash\n").skip(1).filter_map(|rest| rest.split("```").next());
    let found: Vec<&str> = blocks.filter(|block| block.contains(word)).collect();
    assert_eq!(found.len(), 1, "blocks with {word}");
    found[0].to_owned()
}

fn program(job: &Job, name: &str, text: &str) -> String {
    let path = job.home.path(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    path.into_os_string().into_string().unwrap()
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
    // The guide shows this very summary, of another session.
    let page = guide();
    let shown = page.split("```markdown\n").nth(1).unwrap().split("```").next().unwrap();
    let shown = shown.replace("f8917b96-30da-4bef-b8d1-5d8d0d3dac7b", &job.output("session-id"));
    assert_eq!(summary.trim_end(), shown.trim_end());
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
    let other = program(&job, "other claude", "#!/bin/sh\nexit 42\n");
    fs::remove_file(job.outputs()).unwrap();
    let run = job.run("GO", "1", &[("INPUT_CLAUDE", &other)]);
    assert_eq!(run.code, Some(42), "{}", run.err);
    assert_eq!(job.output("stopped"), "false");
    // One that ends well before it has read its prompt did not fail.
    let other = program(&job, "hasty claude", "#!/bin/sh\nexit 0\n");
    let run = job.run(&"long ".repeat(20_000), "1", &[("INPUT_CLAUDE", &other)]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    job.nothing_left();
}

/// Whatever stands in an input is one word to claude, and nothing to the shell.
fn inputs_are_not_run() {
    let job = Job::new(Script::new());
    let seen = job.home.path("seen");
    let text = "#!/bin/sh\nprintf '<%s>' \"$@\" > \"$SEEN\"\ncat >> \"$SEEN\"\n";
    let other = program(&job, "it's \"claude\" $(touch ran)", text);
    let prompt = "--help 'a' \"b\" $(touch ran) `touch ran`\n; touch ran\n";
    let arguments = "--append-system-prompt\nbe \"brief\" $(touch ran)  `touch ran`; touch ran *\n\n--x=it's";
    let more = [
        ("INPUT_CLAUDE", other.as_str()),
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

/// A claude which the session starts spends the same money.
fn a_claude_inside() {
    let nested = format!("{} -p NEST --permission-mode bypassPermissions", executable().display());
    let go = vec![Reply::bash(&[&nested]).usage(quarter()), Reply::text("On and on.").usage(quarter())];
    let job = Job::new(Script::new().on("GO", go).on("NEST", loops()));
    let run = job.run("GO", "0.6", &[]);
    assert_eq!(run.code, Some(STOPPED), "{}", run.err);
    let calls = job.api.calls();
    assert_eq!(calls.len(), 3, "one outside, two inside");
    assert_ne!(calls[0].session, calls[1].session);
    assert_eq!(job.output("calls"), "3");
    assert_eq!(job.output("session-id"), calls[0].session);
}

/// Where cost-hook is on no PATH, it is built from the action's own folder, once for all steps of a job.
fn built_once() {
    let job = Job::new(Script::new().on("ASK", vec![Reply::text("Answer.")]));
    let text = format!(
        "#!/bin/sh\nshift $(($# - 4)); echo \"$*\" >> \"$SEEN\"\n\
        test \"$1\" = --path && test -f \"$2/Cargo.toml\" && test \"$3\" = --root || exit 9\n\
        mkdir -p \"$4/bin\"; ln -sf '{}' \"$4/bin/cost-hook\"\n",
        env!("CARGO_BIN_EXE_cost-hook")
    );
    let cargo = program(&job, "bin/cargo", &text);
    let bin = Path::new(&cargo).parent().unwrap();
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let seen = job.home.path("seen");
    let more = [("INPUT_COST_HOOK", ""), ("PATH", path.as_str()), ("SEEN", seen.to_str().unwrap())];
    for _ in 0..2 {
        let run = job.run("ASK", "1", &more);
        assert_eq!(run.code, Some(0), "{}", run.err);
    }
    let asked = fs::read_to_string(&seen).unwrap();
    assert_eq!(asked.lines().count(), 1, "{asked}");
    fs::write(&cargo, "#!/bin/sh\nexit 101\n").unwrap();
    fs::remove_dir_all(job.home.path("runner temp/cost-hook-built")).unwrap();
    let run = job.run("ASK", "1", &more);
    assert_eq!(run.code, Some(NOT_WORKING), "{}", run.err);
    assert!(run.err.contains("cost-hook could not be built"), "{}", run.err);
    assert_eq!(job.api.calls().len(), 2, "nothing was to be asked");
}

/// Whatever takes the budget away from a run fails it.
fn no_budget_held() {
    let job = Job::new(Script::new().on("GO", loops()[..2].to_vec()));
    let text = format!(
        "#!/bin/sh\nexec '{}' \"$@\" --settings '{{\"disableAllHooks\":true}}'\n",
        executable().display()
    );
    let other = program(&job, "without hooks", &text);
    let run = job.run("GO", "0.1", &[("INPUT_CLAUDE", &other)]);
    assert_eq!(run.code, Some(NOT_WORKING), "{}", run.err);
    assert!(run.err.contains("the hooks did not run"), "{}", run.err);
    assert_eq!((job.output("stopped"), job.output("calls")), ("false".into(), "3".into()));
}

/// Where nothing can be booked, nothing is asked.
fn nothing_can_be_booked() {
    let job = Job::new(Script::new().on("GO", loops()));
    let text = format!(
        "#!/bin/sh\nmkdir -p \"$COST_HOOK_DIR\"; chmod 555 \"$COST_HOOK_DIR\"\nexec '{}' \"$@\"\n",
        executable().display()
    );
    let other = program(&job, "read-only", &text);
    let run = job.run("GO", "1", &[("INPUT_CLAUDE", &other)]);
    assert_eq!(run.code, Some(NOT_WORKING), "{}", run.err);
    assert_eq!(job.api.calls().len(), 0, "nothing was to be asked");
}

/// The guide's own lines, in a shell: the run is stopped; and ledgers of two runs come to one.
fn by_hand() {
    let job =
        Job::new(Script::new().on("GO", loops()).on("ASK", vec![Reply::text("Answer.").usage(quarter())]));
    let bin = job.home.path("bin");
    fs::create_dir(&bin).unwrap();
    symlink(executable(), bin.join("claude")).unwrap();
    symlink(env!("CARGO_BIN_EXE_cost-hook"), bin.join("cost-hook")).unwrap();
    let shell = |text: &str, prompt: &str| {
        let mut command = job.home.command(Path::new("bash"));
        command.args(["-euo", "pipefail", "-c", text]).env("PROMPT", prompt);
        command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()));
        job.home.spawn(command).finish()
    };
    let lines = recipe("jq -e").replace("acceptEdits", "bypassPermissions");
    let good = shell(&lines, "ASK");
    assert_eq!(good.code, Some(0), "{}", good.err);
    let stopped = shell(&lines, "GO");
    assert_eq!(stopped.code, Some(1), "{}", stopped.err);
    assert_eq!(job.api.calls().len(), 4, "one, and three of the run that was stopped");
    let summary = fs::read_to_string(job.home.project().join("summary.md")).unwrap();
    assert!(summary.contains("| project | 3 | 187,500 |"), "{summary}");

    let runs = job.home.project().join("runs");
    for (name, prompt) in [("one", "ASK"), ("two", "ASK again")] {
        assert_eq!(job.run(prompt, "1", &[]).code, Some(0));
        let ledger = job.output("ledger");
        fs::create_dir_all(&runs).unwrap();
        fs::rename(ledger, runs.join(name)).unwrap();
        fs::remove_file(job.outputs()).unwrap();
    }
    // The second one is taken twice.
    let copied = shell("cp -r runs/two runs/three", "");
    assert_eq!(copied.code, Some(0), "{}", copied.err);
    let together = shell(&recipe("????-??.jsonl"), "");
    assert_eq!(together.code, Some(0), "{}", together.err);
    let total = together.out.lines().find(|line| line.contains("Total")).unwrap_or(&together.out);
    assert!(total.contains("$0.50") && total.contains(" 2 "), "{}", together.out);
    let rows = fs::read_to_string(job.home.project().join("costs.csv")).unwrap();
    assert_eq!(rows.lines().count(), 1 + 2, "{rows}");
}
