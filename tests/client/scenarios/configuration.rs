//! Which settings files the client reads, in which order, and what hooks are told of the start folder, beside what the
//! product makes of the same folders. Every file has a hook that leaves its environment under the place's name; a
//! variable for each pair of files, set in both, tells which of the two comes first. Not here: what in a file makes
//! the client leave it out (`entries`).

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::{Scenario, product};
use crate::api::Api;
use crate::client::{Endpoint, Home};
use crate::ledger;
use crate::script::Script;

pub(super) const ALL: &[Scenario] = &[
    product("configuration::places", places),
    product("configuration::repositories", repositories),
    product("configuration::worktrees", worktrees),
    product("configuration::command_line", command_line),
    product("configuration::managed", managed),
    product("configuration::managed_model", managed_model),
];

/// Where a settings file stands, below the scenario's folder, and what it is called here.
type Place = (&'static str, &'static str);

const USER: Place = ("user", "home/.claude/settings.json");
const USER_LOCAL: Place = ("user local", "home/.claude/settings.local.json");
const PROJECT: Place = ("project", "project/.claude/settings.json");
const LOCAL: Place = ("local", "project/.claude/settings.local.json");
const SUB_PROJECT: Place = ("sub project", "project/sub/.claude/settings.json");
const SUB_LOCAL: Place = ("sub local", "project/sub/.claude/settings.local.json");
const TREE_PROJECT: Place = ("tree project", "tree/.claude/settings.json");
const TREE_LOCAL: Place = ("tree local", "tree/.claude/settings.local.json");
const DEEP_PROJECT: Place = ("deep project", "tree/deep/.claude/settings.json");
const DEEP_LOCAL: Place = ("deep local", "tree/deep/.claude/settings.local.json");
const SHOP_PROJECT: Place = ("shop project", "home/shop/.claude/settings.json");
const SHOP_LOCAL: Place = ("shop local", "home/shop/.claude/settings.local.json");
const OTHER: Place = ("other user", "other/settings.json");
const MAIN: Place = ("managed", "managed/managed-settings.json");

struct Case {
    what: &'static str,
    /// Every file that is there.
    files: &'static [Place],
    /// The names of those the client reads, the one that comes before all others last.
    read: &'static [&'static str],
    start: &'static str,
    /// Changed variables; None takes one away, `@` stands for the scenario's folder.
    env: &'static [(&'static str, Option<&'static str>)],
    args: &'static [&'static str],
    make: fn(&Home),
    /// What the client is told of it and we cannot know; None: nothing, so that both must read the same files.
    ours: Option<&'static [&'static str]>,
}

const CASE: Case =
    Case { what: "", files: &[], read: &[], start: "project", env: &[], args: &[], make: |_| {}, ours: None };

fn fresh() -> (Api, Home) {
    let api = Api::start(Script::new());
    let home = Home::new(&api.url(), Endpoint::Claude, false);
    (api, home)
}

fn all(cases: &[Case]) {
    for case in cases {
        judge(case);
    }
}

fn judge(case: &Case) {
    let (_api, home) = fresh();
    let start = home.path(case.start);
    (case.make)(&home);
    fs::create_dir_all(&start).unwrap();
    fs::create_dir_all(home.path("marks")).unwrap();
    let is_managed = case.files.iter().any(|place| place.1.starts_with("managed/"));
    for place in case.files {
        let text = settings(&home, place, case.files, is_managed).to_string();
        write(&home.path(place.1), text.as_bytes());
    }
    let at = |text: &str| text.replace('@', &home.path("").display().to_string());
    let args: Vec<String> = case.args.iter().map(|arg| at(arg)).collect();
    let mut client = home.headless("hello", &args.iter().map(String::as_str).collect::<Vec<_>>());
    client.current_dir(&start);
    change(&mut client, case, &at);
    let run = home.spawn(if is_managed { home.administered(&client) } else { client }).finish();
    assert_eq!(run.ended(), "completed", "{}: {}", case.what, run.err);

    let marks = marks(&home);
    let mut read: Vec<&str> = marks.keys().map(String::as_str).collect();
    let mut expected = case.read.to_vec();
    read.sort_unstable();
    expected.sort_unstable();
    assert_eq!(read, expected, "{}: what the client reads", case.what);
    let seen = marks.values().next().unwrap();
    for (key, winner) in seen.iter().filter(|(key, _)| key.starts_with("PAIR_")) {
        let rank = |name: &str| case.read.iter().position(|read| *read == name);
        let (one, other) = pair(key, case.files);
        // Without the other one it was not a contest.
        let first = if rank(one) > rank(other) { one } else { other };
        assert_eq!(winner, first, "{}: {one} or {other}", case.what);
    }

    // As a hook of that session, and as a person in the start folder.
    let told = Path::new(&seen["CLAUDE_PROJECT_DIR"]);
    let real = fs::canonicalize(&start).unwrap();
    assert!(case.args.contains(&"--worktree") || *told == *real, "{}: {}", case.what, told.display());
    for told in [Some(told), None] {
        let mut command = home.command(Path::new(&ledger::binary()));
        command.args(["validate", "--json"]).current_dir(told.unwrap_or(&start));
        change(&mut command, case, &at);
        told.map(|told| command.env("CLAUDE_PROJECT_DIR", told));
        if told.is_none() && case.args.contains(&"--worktree") {
            continue;
        }
        let ours = ours(&home, command, case.files);
        assert_eq!(ours, case.ours.unwrap_or(case.read), "{}: what cost-hook reads", case.what);
    }
}

fn change(command: &mut Command, case: &Case, at: &impl Fn(&str) -> String) {
    for (key, value) in case.env {
        match value {
            Some(value) => command.env(key, at(value)),
            None => command.env_remove(key),
        };
    }
}

/// A hook that leaves a mark, and every pair's variable.
fn settings(home: &Home, place: &Place, files: &[Place], is_managed: bool) -> Value {
    let mark = home.path("marks").join(place.0);
    let hook =
        json!([{ "hooks": [{ "type": "command", "command": format!("env > '{}'", mark.display()) }] }]);
    let mut env = json!({});
    for other in files.iter().filter(|other| other.0 != place.0) {
        // Beside managed settings the client takes the user's `env` before a project's, which it does with no other
        // key: `managed_model`.
        let contest = !is_managed || [place, other].iter().any(|place| place.1.starts_with("managed/"));
        if contest {
            let mut names = [place.0, other.0];
            names.sort_unstable();
            env[format!("PAIR_{}", names.join("__").replace(' ', "_"))] = place.0.into();
        }
    }
    json!({ "hooks": { "UserPromptSubmit": hook }, "env": env })
}

fn pair<'a>(key: &str, files: &'a [Place]) -> (&'a str, &'a str) {
    let names = key.strip_prefix("PAIR_").unwrap();
    let (one, other) = names.split_once("__").unwrap();
    let named = |name: &str| files.iter().find(|file| file.0.replace(' ', "_") == name).unwrap().0;
    (named(one), named(other))
}

/// The environment each file's hook saw.
fn marks(home: &Home) -> BTreeMap<String, BTreeMap<String, String>> {
    let files = fs::read_dir(home.path("marks")).unwrap().flatten();
    files
        .map(|file| {
            let text = fs::read_to_string(file.path()).unwrap();
            let lines = text.lines().filter_map(|line| line.split_once('='));
            let env = lines.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
            (file.file_name().into_string().unwrap(), env)
        })
        .collect()
}

/// What the product reads, lowest first: managed settings stand first in its list and come before all others.
fn ours(home: &Home, mut command: Command, files: &[Place]) -> Vec<String> {
    let done = command.output().unwrap();
    let answer: Value = serde_json::from_slice(&done.stdout).unwrap();
    let listed = answer["files"].as_array().unwrap();
    let (managed, others): (Vec<_>, Vec<_>) = listed.iter().partition(|file| file["layer"] == "managed");
    let real = |path: &Path| fs::canonicalize(path).unwrap();
    let name = |file: &Value| {
        let path = real(Path::new(file["file"].as_str().unwrap()));
        files.iter().find(|place| real(&home.path(place.1)) == path).unwrap().0.to_owned()
    };
    others.into_iter().chain(managed).map(name).collect()
}

fn write(file: &Path, bytes: &[u8]) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, bytes).unwrap();
}

fn places() {
    let plain = &[USER, USER_LOCAL, PROJECT, LOCAL];
    let nested = &[USER, PROJECT, LOCAL, SUB_PROJECT, SUB_LOCAL];
    all(&[
        Case { what: "a folder", files: plain, read: &["user", "project", "local"], ..CASE },
        Case {
            what: "no CLAUDE_CONFIG_DIR",
            files: plain,
            read: &["user", "project", "local"],
            env: &[("CLAUDE_CONFIG_DIR", None)],
            ..CASE
        },
        Case {
            what: "CLAUDE_CONFIG_DIR elsewhere",
            files: &[USER, OTHER, PROJECT, LOCAL],
            read: &["other user", "project", "local"],
            env: &[("CLAUDE_CONFIG_DIR", Some("@/other"))],
            ..CASE
        },
        Case {
            what: "CLAUDE_CONFIG_DIR relative to the start folder",
            files: &[USER, OTHER, PROJECT, LOCAL],
            read: &["other user", "project", "local"],
            env: &[("CLAUDE_CONFIG_DIR", Some("../other"))],
            ..CASE
        },
        Case {
            what: "below a folder that is no repository",
            files: nested,
            read: &["user", "sub project", "sub local"],
            start: "project/sub",
            ..CASE
        },
        Case {
            what: "the home folder",
            files: &[USER, USER_LOCAL],
            read: &["user", "user local"],
            start: "home",
            ..CASE
        },
        Case {
            what: "the home folder with CLAUDE_CONFIG_DIR elsewhere",
            files: &[USER, USER_LOCAL, OTHER],
            read: &["other user", "user", "user local"],
            start: "home",
            env: &[("CLAUDE_CONFIG_DIR", Some("@/other"))],
            ..CASE
        },
        Case {
            what: "through a link",
            files: nested,
            read: &["user", "sub project", "sub local", "local"],
            start: "link",
            make: |home| {
                fs::create_dir_all(home.path("project/.git")).unwrap();
                fs::create_dir_all(home.path("project/sub")).unwrap();
                symlink(home.path("project/sub"), home.path("link")).unwrap();
            },
            ..CASE
        },
    ]);
}

/// Git, knowing nothing of this machine.
fn git(home: &Home, folder: &str, args: &[&str]) {
    let folder = home.path(folder);
    fs::create_dir_all(&folder).unwrap();
    let config = ["user.name=a", "user.email=a@example.org", "protocol.file.allow=always"];
    let mut command = home.command(Path::new("git"));
    command.env("GIT_CONFIG_NOSYSTEM", "1").current_dir(folder);
    let done = command.args(config.iter().flat_map(|key| ["-c", key])).args(args).output().unwrap();
    assert!(done.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn repository(home: &Home, folder: &str) {
    git(home, folder, &["init", "-q"]);
    git(home, folder, &["commit", "-q", "--allow-empty", "-m", "x"]);
}

/// A repository in `project` with a linked worktree.
fn with_worktree(home: &Home, tree: &str) -> PathBuf {
    repository(home, "project");
    let path = home.path(tree);
    git(home, "project", &["worktree", "add", "-q", &path.display().to_string()]);
    path
}

fn repositories() {
    let nested = &[USER, PROJECT, LOCAL, SUB_PROJECT, SUB_LOCAL];
    let shop = &[USER, USER_LOCAL, SHOP_PROJECT, SHOP_LOCAL];
    all(&[
        Case {
            what: "the root of a repository",
            files: nested,
            read: &["user", "project", "local"],
            make: |home| repository(home, "project"),
            ..CASE
        },
        Case {
            what: "below the root: its local file comes first, its project file is not read",
            files: nested,
            read: &["user", "sub project", "sub local", "local"],
            start: "project/sub",
            make: |home| repository(home, "project"),
            ..CASE
        },
        Case {
            what: "a submodule is a repository of its own",
            files: nested,
            read: &["user", "sub project", "sub local"],
            start: "project/sub",
            make: |home| {
                repository(home, "library");
                repository(home, "project");
                let library = home.path("library").display().to_string();
                git(home, "project", &["submodule", "add", "-q", &library, "sub"]);
            },
            ..CASE
        },
        Case {
            what: "a `.git` that leads nowhere",
            files: nested,
            read: &["user", "sub project", "sub local", "local"],
            start: "project/sub",
            make: |home| write(&home.path("project/.git"), b"gitdir: elsewhere\n"),
            ..CASE
        },
        Case {
            what: "the home folder is the repository",
            files: shop,
            read: &["user", "shop project", "shop local"],
            start: "home/shop",
            make: |home| repository(home, "home"),
            ..CASE
        },
        Case {
            what: "the home folder is the repository, and named through a link",
            files: shop,
            read: &["user", "shop project", "shop local"],
            start: "home/shop",
            env: &[("HOME", Some("@/door"))],
            make: |home| {
                repository(home, "home");
                symlink(home.path("home"), home.path("door")).unwrap();
            },
            ..CASE
        },
    ]);
}

fn worktrees() {
    let beside = &[USER, PROJECT, LOCAL, TREE_PROJECT, TREE_LOCAL];
    let deep = &[USER, LOCAL, TREE_PROJECT, TREE_LOCAL, DEEP_PROJECT, DEEP_LOCAL];
    let inside: &[Place] = &[
        USER,
        LOCAL,
        ("in project", "project/in/.claude/settings.json"),
        ("in local", "project/in/.claude/settings.local.json"),
    ];
    all(&[
        Case {
            what: "a worktree beside: the main checkout's local file comes first",
            files: beside,
            read: &["user", "tree project", "tree local", "local"],
            start: "tree",
            make: |home| drop(with_worktree(home, "tree")),
            ..CASE
        },
        Case {
            what: "a worktree inside the main checkout",
            files: inside,
            read: &["user", "in project", "in local", "local"],
            start: "project/in",
            make: |home| drop(with_worktree(home, "project/in")),
            ..CASE
        },
        Case {
            what: "below a worktree's root: the main checkout's local file instead of the worktree's",
            files: deep,
            read: &["user", "deep project", "deep local", "local"],
            start: "tree/deep",
            make: |home| drop(with_worktree(home, "tree")),
            ..CASE
        },
        Case {
            what: "a worktree that its repository does not know",
            files: deep,
            read: &["user", "deep project", "deep local", "tree local"],
            start: "tree/deep",
            make: |home| {
                with_worktree(home, "tree");
                write(&home.path("project/.git/worktrees/tree/gitdir"), b"/elsewhere/.git\n");
            },
            ..CASE
        },
        Case {
            what: "a worktree of a bare repository: none but the start folder's",
            files: deep,
            read: &["user", "deep project", "deep local"],
            start: "tree/deep",
            make: |home| {
                repository(home, "project");
                git(home, "", &["clone", "-q", "--bare", "project", "bare.git"]);
                let tree = home.path("tree").display().to_string();
                git(home, "bare.git", &["worktree", "add", "-q", &tree]);
            },
            ..CASE
        },
        Case {
            what: "claude --worktree",
            files: &[USER, PROJECT, LOCAL],
            read: &["user", "local"],
            args: &["--worktree", "one"],
            make: |home| repository(home, "project"),
            ..CASE
        },
    ]);
}

/// What is said when the client is started, and cost-hook never learns.
fn command_line() {
    let files = &[USER, PROJECT, LOCAL, ("flag", "flag.json")];
    let ours: Option<&[&str]> = Some(&["user", "project", "local"]);
    let sources = |read, args| Case { what: "--setting-sources", files, read, args, ours, ..CASE };
    all(&[
        Case {
            what: "--settings: between local and managed",
            files,
            read: &["user", "project", "local", "flag"],
            args: &["--settings", "@/flag.json"],
            ours,
            ..CASE
        },
        sources(&["user"], &["--setting-sources", "user"]),
        sources(&["project", "local"], &["--setting-sources", "project,local"]),
    ]);
}

fn managed() {
    let files: &[Place] = &[
        USER,
        PROJECT,
        LOCAL,
        MAIN,
        ("capital", "managed/managed-settings.d/Z.json"),
        ("first", "managed/managed-settings.d/10-b.json"),
        ("second", "managed/managed-settings.d/20-a.json"),
        ("hidden", "managed/managed-settings.d/.30.json"),
        ("below", "managed/managed-settings.d/more/40.json"),
        ("text", "managed/managed-settings.d/50.txt"),
        ("shouted", "managed/managed-settings.d/60.JSON"),
    ];
    let policies = &["managed", "first", "second", "capital"];
    all(&[
        Case {
            what: "drop-ins by name, the main file first",
            files,
            read: &["user", "project", "local", "managed", "first", "second", "capital"],
            ..CASE
        },
        Case {
            what: "drop-ins without a main file",
            files: &[USER, ("only", "managed/managed-settings.d/10.json")],
            read: &["user", "only"],
            ..CASE
        },
        Case {
            what: "nothing but managed settings",
            files,
            read: policies,
            args: &["--setting-sources", ""],
            ours: Some(&["user", "project", "local", "managed", "first", "second", "capital"]),
            ..CASE
        },
    ]);
}

/// A key with one value, in every pair of neighbours: the higher one's model is asked.
fn managed_model() {
    const MODELS: [&str; 2] = ["claude-sonnet-5-5", "claude-haiku-5-5"];
    let order = [
        USER.1,
        PROJECT.1,
        LOCAL.1,
        MAIN.1,
        "managed/managed-settings.d/10.json",
        "managed/managed-settings.d/20.json",
    ];
    for pair in order.windows(2) {
        let (api, home) = fresh();
        write(&home.path(MAIN.1), b"{}");
        for (file, model) in pair.iter().zip(MODELS) {
            write(&home.path(file), json!({ "model": model }).to_string().as_bytes());
        }
        home.spawn(home.administered(&home.headless("hello", &[]))).finish();
        let asked: Vec<String> = api.calls().into_iter().map(|call| call.asked_model).collect();
        assert_eq!(asked, MODELS[1..], "{pair:?}");
    }
}
