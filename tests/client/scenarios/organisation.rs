//! An organisation without a database: hooks, status line, budgets and the plugin come from managed settings alone, on a
//! machine whose users have set nothing, or whatever they like. `docs/guide/organisations.md` says what is proved here.
//! How the client reads managed files otherwise is `configuration`'s and `entries`' subject.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::plugin::{PLAIN, marketplace};
use super::{Scenario, product};
use crate::api::Api;
use crate::bench::{Bench, note};
use crate::client::{Endpoint, Home, Run};
use crate::ledger::binary;
use crate::price::Pico;
use crate::screen::Screen;
use crate::script::{Reply, Script, Usage};

pub(super) const ALL: &[Scenario] = &[
    product("organisation::users_who_set_nothing", users_who_set_nothing),
    product("organisation::nobody_switches_it_off", nobody_switches_it_off),
    product("organisation::another_folder_for_the_ledger", another_folder),
    product("organisation::members", members),
    product("organisation::drop_ins", drop_ins),
    product("organisation::a_broken_drop_in", a_broken_drop_in),
    product("organisation::another_user_of_the_machine", another_user),
    product("organisation::the_status_line", status_line),
    product("organisation::the_plugin_from_a_folder", plugin_from_a_folder),
    product("organisation::the_plugin_from_a_repository", plugin_from_a_repository),
];

const DOLLAR: Pico = 1_000_000_000_000;
const OURS: &str = "50-cost-hook.json";
const BUDGETS: &str = "60-budgets.json";

/// A session that would go on for twelve calls, a bit over 0.25 USD each.
fn quarters() -> Script {
    let quarter = Usage { input: 62_500, output: 7, ..Usage::default() };
    let steps = (0..12).map(|_| Reply::bash(&["echo again"]).usage(quarter.clone())).collect();
    let one = vec![Reply::text("Answer alpha.").usage(quarter)];
    Script::new().on("GO", steps).on("ALPHA", one)
}

/// A machine that an administrator has set up, as one of its users sees it.
struct Machine {
    bench: Bench,
    /// Where all users can run it.
    program: PathBuf,
}

impl Machine {
    /// With the program, and nothing in the settings.
    fn bare(user: &str) -> Self {
        let api = Api::start(quarters());
        let home = Home::new(&api.url(), Endpoint::Claude, false);
        let program = home.path("opt/cost-hook");
        fs::create_dir_all(home.path("opt")).unwrap();
        // By another process: a file that this one has open for writing is busy in what the other scenario starts.
        assert!(Command::new("cp").arg(binary()).arg(&program).status().unwrap().success());
        for folder in ["", "opt"] {
            fs::set_permissions(home.path(folder), Permissions::from_mode(0o755)).unwrap();
        }
        let path = format!("{}:{PLAIN}", home.path("opt").display());
        let home = home.also("USER", user).also("PATH", &path);
        Self { bench: Bench { api, home }, program }
    }

    /// With the hooks, and these keys as the administrator's.
    fn new(user: &str, keys: &Value) -> Self {
        let machine = Self::bare(user);
        machine.ask(&["install", "--scope", "managed"]);
        machine.drop_in(BUDGETS, &keys.to_string());
        machine
    }

    /// One more variable, as a user may set it.
    fn with(self, name: &str, value: &str) -> Self {
        let Self { bench: Bench { api, home }, program } = self;
        Self { bench: Bench { api, home: home.also(name, value) }, program }
    }

    fn folder(&self) -> PathBuf {
        self.bench.home.path("managed/managed-settings.d")
    }

    fn drop_in(&self, name: &str, text: &str) {
        fs::create_dir_all(self.folder()).unwrap();
        fs::write(self.folder().join(name), text).unwrap();
    }

    /// What the program answers: exit code, and all it prints.
    fn product(&self, args: &[&str]) -> (Option<i32>, String) {
        let done = self.bench.home.command(&self.program).args(args).output().unwrap();
        let said =
            String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
        (done.status.code(), said)
    }

    fn ask(&self, args: &[&str]) -> String {
        let (code, said) = self.product(args);
        assert_eq!(code, Some(0), "cost-hook {args:?}: {said}");
        said
    }

    fn validate(&self) -> Vec<String> {
        let answer: Value = serde_json::from_str(&self.product(&["validate", "--json"]).1).unwrap();
        let rule = |found: &Value| format!("{} {}", found["severity"], found["rule"]).replace('"', "");
        let mut rules: Vec<String> = answer["problems"].as_array().unwrap().iter().map(rule).collect();
        rules.sort();
        rules
    }

    /// One check of `doctor`: its state, and everything it says.
    fn doctor(&self, id: &str) -> (String, String) {
        let answer: Value =
            serde_json::from_str(&self.product(&["doctor", "--offline", "--json"]).1).unwrap();
        let check = answer["checks"].as_array().unwrap().iter().find(|check| check["id"] == id).unwrap();
        (check["state"].as_str().unwrap().to_owned(), check.to_string())
    }

    fn run(&self, prompt: &str, args: &[&str]) -> Run {
        let home = &self.bench.home;
        home.spawn(home.administered(&home.headless(prompt, args))).finish()
    }

    fn screen(&self) -> Screen<'_> {
        let home = &self.bench.home;
        Screen::of(home, &home.administered(&home.client()))
    }

    fn calls(&self) -> usize {
        self.bench.api.calls().len()
    }

    /// It is stopped after so many quarters of a dollar, to the call, and booked to the last digit.
    fn stops_after(&self, calls: usize, what: &str) {
        let run = self.run("GO", &[]);
        assert_eq!(run.ended(), "hook_stopped", "{what}: {} {}", run.json["result"], run.err);
        assert_eq!(self.calls(), calls, "{what}");
        self.bench.settle(&run);
    }

    fn goes_on(&self, run: &Run, what: &str) {
        assert_eq!(run.ended(), "completed", "{what}: {} {}", run.json["result"], run.err);
        note(format!("{what}: {} calls, nothing stopped", self.calls()));
    }
}

fn monthly(usd: f64) -> Value {
    json!({ "cost": { "monthlyBudget": usd, "autoStopAtBudget": true, "timezone": "UTC" } })
}

fn said(run: &Run) -> &str {
    run.json["result"].as_str().unwrap()
}

/// Their `~/.claude` is empty: the first session is booked and stopped, and what they may raise is what the
/// administrator lets them.
fn users_who_set_nothing() {
    let mut keys = monthly(1.0);
    let pilot = json!({ "name": "pilot", "amount": 0.5, "period": "monthly", "allowOverride": true });
    keys["cost"]["limits"] = json!([pilot]);
    keys["team"] = json!({ "budget": 100, "members": [{ "user": "ada", "allocation": 0.75 }] });
    let machine = Machine::new("ada", &keys);
    assert!(!machine.bench.home.config().join("settings.json").exists());
    assert_eq!(machine.doctor("hooks").0, "ok");
    machine.stops_after(2, "the limit that may be raised");
    machine.bench.stopped_at(DOLLAR / 2);
    let raised = machine.run("cost-hook allow 1 --limit pilot --reason 'the release'", &[]);
    assert!(said(&raised).contains("the limit `pilot` is now $1.50 for this period"), "{}", said(&raised));
    machine.stops_after(3, "the allocation");
    machine.bench.stopped_at(DOLLAR * 3 / 4);
    let held = machine.run("GO", &[]);
    let words = "the team allocation of $0.75 (managed settings) is used up: $0.75 spent.";
    assert!(said(&held).contains(words), "{}", said(&held));
    assert!(said(&held).contains("Your administrator set it; it cannot be raised here."), "{}", said(&held));
    let refused = machine.run("cost-hook allow 5 --limit 'team allocation' --reason 'more'", &[]);
    assert!(said(&refused).contains("the team allocation cannot be raised"), "{}", said(&refused));
    assert!(said(&refused).contains("only whoever keeps that file can change it"), "{}", said(&refused));
    let (code, words) = machine.product(&["allow", "5", "--limit", "monthly budget", "--reason", "more"]);
    assert!(code == Some(1) && words.contains("cannot be raised"), "{words}");
    assert_eq!(machine.bench.ledger().raises(), 1);
    assert_eq!(machine.calls(), 3);
    // Raised by the administrator, it counts from the next prompt on.
    keys["team"]["members"][0]["allocation"] = json!(10);
    machine.drop_in(BUDGETS, &keys.to_string());
    machine.stops_after(4, "the monthly budget");
    // Without the hooks the budgets that stay stop nothing.
    machine.ask(&["uninstall", "--scope", "managed"]);
    assert!(!machine.folder().join(OURS).exists() && machine.folder().join(BUDGETS).exists());
    machine.goes_on(&machine.run("GO", &[]), "uninstalled");
}

/// Not by settings of their own, nor of a project, nor by the ways a client can be started.
fn nobody_switches_it_off() {
    let user = json!({
        "disableAllHooks": true,
        "cost": {
            "enabled": false, "autoStopAtBudget": false, "monthlyBudget": 1000, "allowOverride": true,
            "onError": "allow", "timezone": "Pacific/Auckland", "billingDay": 2, "pricing": { "multiplier": 0.001 },
        },
    });
    let options = json!({ "disableAllHooks": true, "hooks": {}, "cost": { "enabled": false } }).to_string();
    let starts: [(&str, &[&str], &str); 7] = [
        ("settings of their own", &[], ""),
        ("--settings", &["--settings", &options], ""),
        ("--setting-sources", &["--setting-sources", ""], ""),
        ("--bare", &["--bare"], ""),
        ("--safe-mode", &["--safe-mode"], ""),
        ("CLAUDE_CODE_SIMPLE", &[], "CLAUDE_CODE_SIMPLE"),
        ("CLAUDE_CODE_SAFE_MODE", &[], "CLAUDE_CODE_SAFE_MODE"),
    ];
    for (what, args, variable) in starts {
        let machine = Machine::new("ada", &monthly(1.0));
        let machine = if variable.is_empty() { machine } else { machine.with(variable, "1") };
        machine.bench.home.settings(&user);
        machine
            .bench
            .home
            .project_settings(&json!({ "disableAllHooks": true, "cost": { "enabled": false } }));
        let run = machine.run("GO", args);
        assert_eq!(run.ended(), "hook_stopped", "{what}: {}", run.json["result"]);
        machine.bench.settle(&run);
        machine.bench.stopped_at(DOLLAR);
        let (state, words) = machine.doctor("hooks-allowed");
        assert!(state == "ok" && words.contains("`--bare`"), "{what}: {words}");
    }
}

/// A ledger of the user's own choice begins at nothing, unless managed settings say where it is.
fn another_folder() {
    let machine = Machine::new("ada", &monthly(0.5));
    machine.stops_after(2, "the ledger in its place");
    let elsewhere = machine.bench.home.path("elsewhere").display().to_string();
    let machine = machine.with("COST_HOOK_DIR", &elsewhere);
    let run = machine.run("GO", &[]);
    assert_eq!((run.ended(), machine.calls()), ("hook_stopped", 4), "{}", run.json["result"]);
    machine.drop_in("80-place.json", r#"{ "env": { "COST_HOOK_DIR": "" } }"#);
    let held = machine.run("GO", &[]);
    assert!(said(&held).contains("the monthly budget of $0.50"), "{}", said(&held));
    assert_eq!(machine.calls(), 4);
}

/// Each member's allocation holds on their machine, from the same files; who is not listed has the rest of the limits.
fn members() {
    let mut keys = monthly(1.0);
    keys["team"] = json!({
        "budget": 100,
        "members": [{ "user": "ada", "allocation": 0.5 }, { "user": "Ben@Example.org", "allocation": 0.75 }],
    });
    let ada = Machine::new("ada", &keys);
    ada.stops_after(2, "ada's allocation");
    assert_eq!(ada.validate(), [""; 0]);
    // Git's address comes before the name in the system.
    let ben = Machine::new("bkoch", &keys);
    fs::write(ben.bench.home.path("home/.gitconfig"), "[user]\n\temail = ben@example.org\n").unwrap();
    ben.stops_after(3, "ben's allocation");
    // Who is not on the list shares what the allocations leave of the team's budget.
    let cyd = Machine::new("cyd", &keys);
    cyd.stops_after(4, "nobody's allocation: the budget for all");
    assert_eq!(cyd.validate(), [""; 0]);
    keys["team"]["budget"] = json!(1.75);
    let dan = Machine::new("dan", &keys);
    dan.stops_after(2, "the rest: 0.50");
    assert!(keys["team"].as_object_mut().unwrap().remove("budget").is_some());
    let eve = Machine::new("eve", &keys);
    eve.stops_after(4, "no team's budget: nothing to share");
    assert_eq!(eve.validate(), ["warning no-member"]);
    // Who they are is the users' to say, as long as the administrator does not.
    let named = Machine::new("ada", &keys);
    named.bench.home.settings(&json!({ "team": { "user": "ben@example.org" } }));
    named.stops_after(3, "as ben");
    let held = Machine::new("ada", &keys);
    held.bench.home.settings(&json!({ "team": { "user": "ben@example.org" } }));
    held.drop_in("70-person.json", r#"{ "team": { "user": "ada" } }"#);
    held.stops_after(2, "as the administrator says");
}

/// Key by key the last one counts; members and limits by their names.
fn drop_ins() {
    let machine = Machine::new("ada", &monthly(0.25));
    machine.drop_in("70-more.json", r#"{ "cost": { "monthlyBudget": 1 } }"#);
    machine.stops_after(4, "the later amount, with the earlier autoStopAtBudget");
    let mut keys = monthly(5.0);
    keys["team"] =
        json!({ "members": [{ "user": "ada", "allocation": 0.25 }, { "user": "ben", "allocation": 1 }] });
    let machine = Machine::new("ada", &keys);
    machine.drop_in("70-more.json", r#"{ "team": { "members": [{ "user": "ada", "allocation": 0.5 }] } }"#);
    machine.stops_after(2, "the later allocation");
    // What is wrong in one file costs itself: the same key of an earlier file counts.
    for (wrong, rule) in [
        (r#"{ "cost": { "monthlyBudget": "5", "dailyBudget": 0.5 } }"#, "error wrong-type"),
        (r#"{ "cost": { "monthlyBuget": 5, "dailyBudget": 0.5 } }"#, "error unknown-key"),
        (
            r#"{ "cost": { "dailyBudget": 0.5 }, "hooks": { "PreToolUse": [{ "hooks": [{ "type": "shell" }] }] } }"#,
            "error broken-guard",
        ),
    ] {
        let machine = Machine::new("ada", &monthly(1.0));
        machine.drop_in("70-more.json", wrong);
        machine.stops_after(2, wrong);
        assert_eq!(machine.validate(), [rule], "{wrong}");
        assert_eq!(machine.doctor("settings").0, "error", "{wrong}");
        fs::remove_file(machine.folder().join("70-more.json")).unwrap();
        machine.stops_after(4, "the earlier file");
    }
}

/// One that is no JSON keeps Claude Code from starting for everybody; a broken guard beside our hooks takes them out.
fn a_broken_drop_in() {
    for text in ["{ \"cost\": ", "{} // since June", "[]"] {
        let machine = Machine::new("ada", &monthly(1.0));
        machine.drop_in("70-more.json", text);
        let run = machine.run("GO", &[]);
        assert_eq!((run.code, machine.calls()), (Some(1), 0), "{text}");
        assert!(
            run.err.contains("70-more.json: Managed settings document could not be parsed"),
            "{}",
            run.err
        );
        let (code, words) = machine.product(&["validate"]);
        assert!(code == Some(1) && words.contains("Claude Code does not start"), "{words}");
        let (state, words) = machine.doctor("settings");
        assert!(state == "error" && words.contains("does not start before"), "{words}");
        assert!(!words.contains("altogether"), "{words}");
    }
    // One that is too large to be read is left out, and the others count.
    let machine = Machine::new("ada", &monthly(1.0));
    machine.drop_in("70-more.json", &json!({ "companyAnnouncements": ["x".repeat(3 << 20)] }).to_string());
    machine.stops_after(4, "a large one");
    assert_eq!(machine.validate(), ["error too-large"]);
    assert!(machine.doctor("settings").1.contains("altogether"));
    let machine = Machine::new("ada", &monthly(1.0));
    let ours = fs::read_to_string(machine.folder().join(OURS)).unwrap();
    let guard = r#""PreToolUse": [{ "hooks": [{ "type": "shell" }] }, "#;
    machine.drop_in(OURS, &ours.replacen("\"PreToolUse\": [", guard, 1));
    machine.goes_on(&machine.run("GO", &[]), "a broken guard in our file");
    assert_eq!(machine.product(&["validate"]).0, Some(1));
    assert_eq!(machine.doctor("hooks").0, "error");
}

/// The files belong to root, made under a strict umask; the user is another one, who can read them and change nothing.
fn another_user() {
    let as_user = ["--reuid=20001", "--regid=20001", "--clear-groups"];
    for is_readable in [true, false] {
        let machine = Machine::bare("cyd");
        let home = &machine.bench.home;
        for args in [
            "install --scope managed",
            "config set --scope managed cost.monthlyBudget 1",
            "config set --scope managed cost.autoStopAtBudget on",
        ] {
            let mut strict = home.command("sh".as_ref());
            strict.args(["-c", &format!("umask 077; '{}' {args}", machine.program.display())]);
            assert!(strict.output().unwrap().status.success(), "{args}");
        }
        if !is_readable {
            let main = home.path("managed/managed-settings.json");
            fs::set_permissions(main, Permissions::from_mode(0o600)).unwrap();
        }
        let give = |owner: &str| {
            let folders = ["home", "project", "tmp"].map(|folder| home.path(folder));
            assert!(Command::new("chown").args(["-R", owner]).args(folders).status().unwrap().success());
        };
        give("20001:20001");
        let plain = home.headless("GO", &[]);
        let mut client = home.command("setpriv".as_ref());
        client.args(as_user).arg(plain.get_program()).args(plain.get_args());
        let run = home.spawn(home.administered(&client)).finish();
        let doctor =
            home.command("setpriv".as_ref()).args(as_user).arg(&machine.program).arg("doctor").output();
        let doctor = String::from_utf8(doctor.unwrap().stdout).unwrap();
        let mut denied = home.command("setpriv".as_ref());
        let denied = denied.args(as_user).arg(&machine.program).args(["uninstall", "--scope", "managed"]);
        let denied = String::from_utf8(denied.output().unwrap().stderr).unwrap();
        assert!(denied.contains("sudo cost-hook uninstall --scope managed"), "{denied}");
        give("0:0");
        machine.bench.settle(&run);
        if is_readable {
            assert_eq!(run.ended(), "hook_stopped", "{} {}", run.json["result"], run.err);
            machine.bench.stopped_at(DOLLAR);
        } else {
            // Nobody is bound by a budget that only root can read, and both programs say so.
            machine.goes_on(&run, "a budget that only root can read");
            assert!(run.err.contains("EACCES"), "{}", run.err);
            assert!(doctor.contains("Permission denied") && doctor.contains("no budget is set"), "{doctor}");
        }
    }
}

/// Ours takes the place of the user's own, and stays when they switch hooks off.
fn status_line() {
    let own = json!({ "statusLine": { "type": "command", "command": "echo MINE" }, "disableAllHooks": true });
    let machine = Machine::new("ada", &monthly(1.0));
    machine.bench.home.settings(&own);
    let screen = machine.screen();
    screen.say("ALPHA: hello");
    screen.wait("$0.25 session · $0.25 today · monthly budget 25% of $1.00");
    assert_eq!(screen.count("MINE"), 0, "{}", screen.text());
    screen.leave();
    machine.bench.settle_saved(&machine.bench.only_session());
}

fn rollout(source: &Value, managed_hooks_only: bool) -> String {
    json!({
        "allowManagedHooksOnly": managed_hooks_only,
        "extraKnownMarketplaces": { "cost-hook": { "source": source } },
        "enabledPlugins": { "cost-hook@cost-hook": true },
    })
    .to_string()
}

/// From a folder of the machine the plugin is there in the first session, and no user switches it off. Beside managed
/// hooks nothing is doubled.
fn plugin_from_a_folder() {
    for (has_hooks, managed_hooks_only) in [(false, false), (false, true), (true, true)] {
        let machine = Machine::bare("ada");
        let market = marketplace(&machine.bench.home, "market");
        let source = json!({ "source": "directory", "path": market });
        machine.drop_in("40-plugin.json", &rollout(&source, managed_hooks_only));
        machine.drop_in(BUDGETS, &monthly(1.0).to_string());
        if has_hooks {
            machine.ask(&["install", "--scope", "managed"]);
        }
        let off = json!({ "disableAllHooks": true, "enabledPlugins": { "cost-hook@cost-hook": false } });
        machine.bench.home.settings(&off);
        machine.stops_after(4, "the first session");
        machine.bench.stopped_at(DOLLAR);
        for args in [&["--bare"][..], &["--safe-mode"], &["--setting-sources", ""]] {
            let held = machine.run("GO", args);
            assert!(said(&held).contains("is used up"), "{args:?}: {}", said(&held));
        }
        assert_eq!(machine.calls(), 4);
        let screen = machine.screen();
        screen.say("/cost-hook:budget");
        screen.wait("This month");
        screen.once("This month");
        screen.key("C-u");
        screen.say("ALPHA: hello");
        screen.wait("blocked by hook: cost-hook: the monthly budget of $1.00");
        screen.once("blocked by hook: cost-hook: the monthly budget of $1.00");
        screen.once("SessionStart:startup says: cost-hook");
        screen.leave();
        assert_eq!(machine.calls(), 4);
        let copies = if has_hooks { "warning" } else { "ok" };
        for (id, expected) in [("hooks", "ok"), ("hooks-allowed", "ok"), ("hook-copies", copies)] {
            let (state, words) = machine.doctor(id);
            assert_eq!(state, expected, "{words}");
        }
    }
}

/// A marketplace that has to be fetched comes after a user's first sessions, which nothing counts; managed hooks are there
/// from the first.
fn plugin_from_a_repository() {
    for has_hooks in [false, true] {
        let machine = Machine::bare("ada");
        let home = &machine.bench.home;
        let market = marketplace(home, "market");
        for args in ["init -q", "add -A", "-c user.name=a -c user.email=a@example.org commit -q -m x"] {
            let mut git = home.command("git".as_ref());
            let done = git.current_dir(&market).args(args.split(' ')).status().unwrap();
            assert!(done.success(), "git {args}");
        }
        let url = format!("file://{}", market.display());
        machine.drop_in("40-plugin.json", &rollout(&json!({ "source": "git", "url": url }), true));
        machine.drop_in(BUDGETS, &monthly(1.0).to_string());
        if has_hooks {
            machine.ask(&["install", "--scope", "managed"]);
            machine.stops_after(4, "the first session");
            continue;
        }
        machine.goes_on(&machine.run("GO", &[]), "the first session of a user");
        until_installed(&machine);
        let before = machine.calls();
        let run = machine.run("GO", &["--bare"]);
        assert_eq!(run.ended(), "hook_stopped", "{} {}", run.json["result"], run.err);
        assert_eq!(machine.calls(), before + 4);
        assert_eq!(machine.doctor("hooks").0, "ok");
    }
}

/// Sessions with a short answer, until one has left the plugin behind.
fn until_installed(machine: &Machine) {
    let list = machine.bench.home.config().join("plugins/installed_plugins.json");
    let is_there =
        |file: &Path| fs::read_to_string(file).is_ok_and(|text| text.contains("cost-hook@cost-hook"));
    for _ in 0..5 {
        if is_there(&list) {
            return;
        }
        machine.run("hello", &[]);
        thread::sleep(Duration::from_millis(200));
    }
    panic!("the plugin was not installed in five sessions");
}
