//! The command lines the product was asked for, word for word, as a person types them: through the wrapper of
//! `cost-hook init`, in each shell, on a ledger that holds something.

use std::process::Stdio;

use serde_json::json;

use super::support::{Call, Env, Output, finish};

/// A line, and what has to stand in its answer.
const LINES: &[(&str, &[&str])] = &[
    ("claude cost report --period daily", &["2026-11-23", "2026-11-24", "Total", "$0.45"]),
    ("claude cost analyze --month 2024-01", &["2024-01", "$0.10"]),
    ("claude cost trend --days 30", &["7-day mean", "$0.35"]),
    ("claude cost breakdown --by feature", &["conversation", "tool:Bash", "Share", "$0.45"]),
    ("claude cost compare --models all", &["as booked", "haiku-5-5", "fable-5-2", "Saving", "$0.45"]),
    ("claude cost export --format csv --output costs.csv", &[]),
    ("claude cost export --format aws-billing", &["line_item_unblended_cost", "AmazonBedrock"]),
    ("claude cost debug --period last-24h", &["s-shop", "$0.30"]),
];

fn filled() -> Env {
    let env = Env::new();
    // fish would set one of its own.
    env.var("LC_ALL", "C.UTF-8");
    let session = env.session("s-shop");
    session.call(&Call::cents("old", 10).at("2024-01-15T10:00:00Z"));
    session.call(&Call::cents("a", 5).tools(&[("t1", "Bash")]).at("2026-11-23T10:00:00Z"));
    session.call(&Call::cents("b", 30).at("2026-11-24T11:00:00Z"));
    env.hook("Stop", &session, json!({}));
    assert_eq!(env.total().to_string(), "0.45");
    env
}

/// The same world, in a shell that has loaded the wrapper.
fn in_shell(env: &Env, program: &str, line: &str) -> Output {
    let plain: &[&str] = if program == "bash" { &["--norc"] } else { &[] };
    let direct = env.command(&[]);
    let own = direct.get_program().to_str().unwrap();
    let load = match program {
        "fish" => format!("'{own}' init fish | source"),
        _ => format!("eval \"$('{own}' init {program})\""),
    };
    let mut command = std::process::Command::new(program);
    command.args(plain).args(["-c", &format!("{load}\n{line}")]);
    command.env_clear().current_dir(direct.get_current_dir().unwrap());
    command.envs(direct.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    finish(command.spawn().unwrap_or_else(|error| panic!("{program}: {error}")))
}

fn every_line(program: &str) {
    let env = filled();
    for (line, parts) in LINES {
        let answer = in_shell(&env, program, line);
        let words: Vec<&str> = line.split(' ').skip(2).collect();
        assert_eq!(answer, env.run(&words), "{program}: {line}");
        assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""), "{program}: {line}");
        if line.contains("costs.csv") {
            let written = env.command(&[]).get_current_dir().unwrap().join("costs.csv");
            let rows = std::fs::read_to_string(&written).unwrap();
            assert_eq!((rows.lines().count(), rows.contains("0.05")), (4, true), "{program}: {rows}");
            std::fs::remove_file(written).unwrap();
        }
        for part in *parts {
            assert!(answer.stdout.contains(part), "{program}: {line}: {part} is missing: {}", answer.stdout);
        }
    }
}

#[test]
fn bash() {
    every_line("bash");
}

#[test]
fn zsh() {
    every_line("zsh");
}

#[test]
fn fish() {
    every_line("fish");
}
