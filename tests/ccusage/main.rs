//! `cost-hook ccusage` in the place of ccusage: the real ccusage on the same transcripts says the same, and two programs
//! that read its JSON come to the same with either. `tests/ccusage/setup` fetches all three; what is missing is a failure.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, unreachable_pub)]

// What other test binaries use of it is not used here.
#[allow(dead_code)]
#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use support::{Call, Env};

const OPUS: &str = "claude-opus-4-5-20251101";
const HAIKU: &str = "claude-haiku-4-5-20251001";

fn modules() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ccusage/node_modules");
    assert!(folder.join("ccusage").is_dir(), "run tests/ccusage/setup first");
    folder
}

/// Two projects, two models, a cache, a subagent, and an answer in several lines; all of it booked.
fn world() -> Env {
    let env = Env::new();
    for (number, day) in [(1, "2026-10-30"), (2, "2026-11-01"), (3, "2026-11-02"), (4, "2026-11-20")] {
        let project = PathBuf::from(format!("/work/shop-{}", number % 2));
        let session = env.session_in(&format!("0000000{number}-0000-4000-8000-000000000000"), &project);
        let call = |name: &str, model: &str, time: &str| {
            Call::new(&format!("{name}{number}")).model(model).at(&format!("{day}T{time}Z"))
        };
        session
            .call(&call("a", OPUS, "09:10:00").tokens(1000 * number, 77).blocks(3))
            .call(
                &call("b", OPUS, "11:20:00")
                    .usage("cache_creation_input_tokens", json!(3000))
                    .usage("cache_read_input_tokens", json!(90_000))
                    .usage(
                        "cache_creation",
                        json!({"ephemeral_5m_input_tokens": 1000, "ephemeral_1h_input_tokens": 2000}),
                    ),
            )
            .call(&call("c", HAIKU, "23:40:00"));
        session.agent(&format!("a{number}"), "Explore").call(&call("d", HAIKU, "11:25:00"));
    }
    env.run(&["import"]).ok();
    env
}

/// ccusage itself, which needs no network then.
fn ccusage(env: &Env, args: &[&str]) -> Value {
    let mut command = Command::new("node");
    command.arg(modules().join("ccusage/src/cli.js")).args(args).arg("--offline");
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("TZ", "UTC");
    command.env("HOME", env.home()).env("CLAUDE_CONFIG_DIR", env.config());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn ours(env: &Env, args: &[&str]) -> Value {
    env.run(&[&["ccusage"], args, &["--offline"]].concat()).json()
}

/// All that the one says the other says too. Lists of names may come in another order; floats are floats.
fn says_as_much(path: &str, theirs: &Value, ours: &Value) {
    match (theirs, ours) {
        (Value::Object(fields), Value::Object(_)) => {
            for (name, value) in fields {
                assert!(ours.get(name).is_some(), "{path}.{name} is missing in {ours}");
                says_as_much(&format!("{path}.{name}"), value, &ours[name]);
            }
        }
        (Value::Array(rows), Value::Array(own)) => {
            assert_eq!(rows.len(), own.len(), "{path}: {theirs} and {ours}");
            let sorted = |rows: &[Value]| {
                let mut names: Vec<String> =
                    rows.iter().filter_map(|row| row.as_str().map(String::from)).collect();
                names.sort();
                names
            };
            assert_eq!(sorted(rows), sorted(own), "{path}");
            for (at, (row, own)) in rows.iter().zip(own).enumerate().filter(|(_, (row, _))| !row.is_string())
            {
                says_as_much(&format!("{path}[{at}]"), row, own);
            }
        }
        (Value::Number(one), Value::Number(other)) => {
            let (one, other) = (one.as_f64().unwrap(), other.as_f64().unwrap());
            assert!((one - other).abs() <= 1e-9 * one.abs().max(1.0), "{path}: {one} and {other}");
        }
        _ => assert_eq!(theirs, ours, "{path}"),
    }
}

#[test]
fn ccusage_itself_says_the_same_of_the_same_transcripts() {
    let env = world();
    for args in [
        "daily --json",
        "weekly --json",
        "monthly --json",
        "session --json",
        "blocks --json",
        "daily --json --order desc",
        "daily --json --since 20261101 --until 20261110",
        "daily --json --timezone Asia/Tokyo",
        "daily --json --by-agent",
        "claude daily --json --breakdown",
        "claude daily --json --instances",
        "claude weekly --json",
        "claude monthly --json",
        "claude session --json",
    ] {
        let args: Vec<&str> = args.split_whitespace().collect();
        let theirs = ccusage(&env, &args);
        let rows: usize =
            theirs.as_object().unwrap().values().filter_map(Value::as_array).map(Vec::len).sum();
        assert!(rows > 1 || args.contains(&"--instances"), "{args:?}: {theirs}");
        says_as_much(&args.join(" "), &theirs, &ours(&env, &args));
    }
}

/// What they write is what `import` reads: into a ledger without these transcripts it brings all of the money, into one
/// with them none.
#[test]
fn what_ccusage_writes_is_imported_without_a_cent_more_or_less() {
    let env = world();
    let whole = ours(&env, &["daily", "--json"])["totals"]["totalCost"].as_f64().unwrap();
    for args in [
        "daily --json",
        "weekly --json",
        "monthly --json",
        "session --json",
        "blocks --json",
        "claude daily --json --instances",
        "claude session --json",
    ] {
        let text = ccusage(&env, &args.split_whitespace().collect::<Vec<_>>()).to_string();
        for (env, expected) in [(Env::new(), whole), (world(), 0.0)] {
            let path = env.root().join("report.json");
            env.write(&path, text.as_bytes());
            let said =
                env.run(&["import", "--from", "ccusage-json", path.to_str().unwrap(), "--json"]).json();
            let imported = said["importedCost"].as_f64().unwrap();
            assert!((imported - expected).abs() < 1e-9, "{args}: {said}");
            assert_eq!(said["warnings"], json!([]), "{args}");
        }
    }
}

/// A program that speaks MCP on its standard streams.
struct Server {
    child: Child,
    stdin: ChildStdin,
    lines: std::sync::mpsc::Receiver<String>,
    asked: u64,
}

impl Server {
    /// The server of ccusage's own makers. What it starts as ccusage is `command`.
    fn start(env: &Env, folder: &Path, command: &[&str]) -> Self {
        // It finds ccusage by its package, so that it needs a tree in which that package's program is another one.
        let tree = folder.join("node_modules");
        fs::create_dir_all(tree.join("@ccusage/mcp/dist")).unwrap();
        let from = modules();
        for name in ["@ccusage/mcp/package.json", "@ccusage/mcp/dist/index.js"] {
            fs::copy(from.join(name), tree.join(name)).unwrap();
        }
        for entry in fs::read_dir(&from).unwrap().flatten() {
            let name = entry.file_name();
            let there = tree.join(&name);
            if !there.exists() && name != "ccusage" && !name.to_string_lossy().starts_with('.') {
                std::os::unix::fs::symlink(entry.path(), there).unwrap();
            }
        }
        copy_all(&from.join("@ccusage/mcp/node_modules/ccusage"), &tree.join("ccusage"));
        let starts = format!(
            "import {{ spawnSync }} from 'node:child_process';\n\
             const done = spawnSync({}, [...{}, ...process.argv.slice(2), ...{}], {{ stdio: 'inherit' }});\n\
             process.exit(done.status ?? 1);\n",
            json!(command[0]),
            json!(command[1..].iter().filter(|word| **word != "--offline").collect::<Vec<_>>()),
            json!(["--offline"]),
        );
        let package: Value =
            serde_json::from_slice(&fs::read(tree.join("ccusage/package.json")).unwrap()).unwrap();
        fs::write(tree.join("ccusage").join(package["bin"]["ccusage"].as_str().unwrap()), starts).unwrap();

        let mut run = Command::new("node");
        run.arg(tree.join("@ccusage/mcp/dist/index.js"));
        run.env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("TZ", "UTC")
            .env("HOME", env.home());
        run.env("CLAUDE_CONFIG_DIR", env.config()).env("COST_HOOK_DIR", env.data());
        run.env("COST_HOOK_MANAGED_DIR", env.managed_dir()).env("COST_HOOK_TEST_NOW", env.now().to_string());
        let mut child =
            run.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let stdin = child.stdin.take().unwrap();
        let (send, lines) = std::sync::mpsc::channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        let mut server = Self { child, stdin, lines, asked: 0 };
        server.ask(
            "initialize",
            json!({"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}),
        );
        writeln!(server.stdin, "{}", json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
            .unwrap();
        server
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let request = json!({"jsonrpc": "2.0", "id": self.asked, "method": method, "params": params});
        writeln!(self.stdin, "{request}").unwrap();
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(60)).expect("an answer");
            // It greets on the same stream.
            let Ok(answer) = serde_json::from_str::<Value>(&line) else { continue };
            if answer["id"] == json!(self.asked) {
                assert!(answer["error"].is_null(), "{answer}");
                return answer["result"].clone();
            }
        }
    }

    fn tool(&mut self, name: &str, arguments: Value) -> Value {
        let result = self.ask("tools/call", json!({"name": name, "arguments": arguments}));
        let text = result["content"][0]["text"].as_str().unwrap();
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {name}: {text}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let there = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_all(&entry.path(), &there);
        } else {
            fs::copy(entry.path(), there).unwrap();
        }
    }
}

#[test]
fn the_mcp_server_of_ccusage_answers_the_same() {
    let env = world();
    let real = modules().join("ccusage/src/cli.js");
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let mut theirs = Server::start(&env, folders[0].path(), &["node", real.to_str().unwrap()]);
    let mut ours = Server::start(&env, folders[1].path(), &[env!("CARGO_BIN_EXE_cost-hook"), "ccusage"]);
    for (tool, arguments) in [
        ("daily", json!({})),
        ("daily", json!({"since": "20261101", "until": "20261110", "timezone": "Asia/Tokyo"})),
        ("monthly", json!({"mode": "calculate", "timezone": "UTC"})),
        ("session", json!({})),
        ("blocks", json!({})),
    ] {
        // Not every option is known to every report of version 20: then its server says that there is nothing.
        let (one, other) = (theirs.tool(tool, arguments.clone()), ours.tool(tool, arguments.clone()));
        let rows = |answer: &Value| {
            answer.as_object().unwrap().values().filter_map(Value::as_array).map(Vec::len).max()
        };
        assert!(rows(&other) > Some(0), "{tool} {arguments}: {other}");
        if rows(&one) > Some(0) {
            says_as_much(tool, &one, &other);
        }
    }
    // The older names, by which this server's own clients know rows.
    let daily = ours.tool("daily", json!({}));
    assert_eq!(daily["daily"][0]["date"], "2026-10-30");
    assert_eq!(ours.tool("session", json!({}))["sessions"].as_array().unwrap().len(), 4);
}

/// The script that `cc-statusline init` writes with everything switched on.
fn status_line(home: &Path) -> PathBuf {
    let mut run = Command::new("node");
    run.arg(modules().join("@chongdashu/cc-statusline/dist/index.js")).arg("init").current_dir(home);
    run.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", home);
    let mut child = run.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut keys = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let (send, shown) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = std::io::Read::read(&mut stdout, &mut bytes) {
            if send.send(String::from_utf8_lossy(&bytes[..count]).into_owned()).is_err() {
                break;
            }
        }
    });
    let mut screen = String::new();
    // All features, and to each other question what it proposes.
    for (question, answer) in [
        ("Select statusline features", " a\r"),
        ("modern color", "\r"),
        ("debug logging", "\r"),
        ("like to install", "\r"),
    ] {
        let end = Instant::now() + Duration::from_secs(60);
        while !screen.contains(question) {
            let left = end.saturating_duration_since(Instant::now());
            screen += &shown.recv_timeout(left).unwrap_or_else(|_| panic!("no `{question}` in {screen}"));
        }
        for key in answer.chars() {
            // The program takes a key at a time.
            std::thread::sleep(Duration::from_millis(150));
            write!(keys, "{key}").unwrap();
            keys.flush().unwrap();
        }
    }
    assert!(child.wait().unwrap().success(), "{screen}");
    home.join(".claude/statusline.sh")
}

#[test]
fn a_status_line_made_for_ccusage_shows_the_same_reset() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let moment = |seconds: u64| chrono::DateTime::from_timestamp(i64::try_from(seconds).unwrap(), 0).unwrap();
    let env = Env::new();
    env.at(&moment(now).format("%Y-%m-%dT%H:%M:%SZ").to_string());
    let session = env.session("00000001-0000-4000-8000-000000000000");
    for (name, ago) in [("a", 1500), ("b", 60)] {
        session.call(
            &Call::new(name).model(OPUS).at(&moment(now - ago).format("%Y-%m-%dT%H:%M:%SZ").to_string()),
        );
    }
    env.run(&["import"]).ok();
    let script = status_line(&env.home());
    let input = json!({"session_id": session.id(), "cwd": "/work", "workspace": {"current_dir": "/work"},
        "model": {"id": OPUS, "display_name": "Opus 4.5"}, "version": "2.1.330",
        "cost": {"total_cost_usd": 0.5, "total_duration_ms": 60000}});
    let mut said = Vec::new();
    let real = modules().join("ccusage/src/cli.js");
    for command in [
        format!("exec node '{}' \"$@\" --offline", real.display()),
        format!("exec '{}' ccusage \"$@\"", env!("CARGO_BIN_EXE_cost-hook")),
        "exit 1".to_string(),
    ] {
        // The shim of docs/guide/migration.md.
        let folder = tempfile::tempdir().unwrap();
        let shim = folder.path().join("ccusage");
        fs::write(&shim, format!("#!/bin/sh\n{command}\n")).unwrap();
        fs::set_permissions(&shim, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
        let mut run = Command::new("bash");
        run.arg(&script).env_clear().env("PATH", path).env("TZ", "UTC").env("HOME", env.home());
        run.env("CLAUDE_CONFIG_DIR", env.config()).env("COST_HOOK_DIR", env.data());
        run.env("COST_HOOK_MANAGED_DIR", env.managed_dir());
        let mut child = run.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        write!(child.stdin.take().unwrap(), "{input}").unwrap();
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        // Minutes go by between the two.
        let reset = text.split_once("until reset at ").map(|(_, rest)| rest[..5].to_string());
        said.push(reset);
    }
    assert!(said[0].is_some(), "{said:?}");
    assert_eq!(said[0], said[1]);
    assert_eq!(said[2], None, "it is ccusage that the script asks");
}
