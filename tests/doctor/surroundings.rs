//! The client, the settings, prices, time, the team's store, the journal, network and credentials.

use std::fs;
use std::net::TcpListener;

use serde_json::json;

use super::{Report, change, claude, client, healthy, look, script};
use crate::support::{Call, Env};

#[test]
fn the_client_is_asked_for_its_version() {
    let env = healthy();
    look(&env).says("client", "ok", &["Claude Code 2.1.330 at ", "bin/claude"]);
    client(&env, "2.1.331");
    look(&env).says("client", "ok", &["newer than 2.1.330"]);
    client(&env, "2.1.200");
    let old = look(&env);
    old.says("client", "warning", &["too old", "before 2.1.277", "before 2.1.211", "to 2.1.277 or later"]);
    assert!(!old.check("client").to_string().contains("before 2.1.105"));
    client(&env, "1.0.40");
    look(&env).says("client", "error", &["before 1.0.54"]);
    script(&claude(&env), "#!/bin/sh\necho no idea\n");
    look(&env).says("client", "ok", &["Claude Code 2.1.330", "did not answer"]);
    fs::remove_dir_all(env.config().join("projects")).unwrap();
    look(&env).says("client", "warning", &["does not say which version"]);
    fs::remove_file(claude(&env)).unwrap();
    look(&env).says("client", "warning", &["was not found"]);
    env.session("s1").call(&Call::new("a"));
    look(&env).says("client", "ok", &["2.1.330, by its newest transcript"]);
}

#[test]
fn the_client_is_found_without_path_and_known_by_its_place() {
    let env = healthy();
    fs::remove_file(claude(&env)).unwrap();
    let versions = env.home().join(".local/share/claude/versions");
    // It would say something else, but is not even started.
    script(&versions.join("2.1.329"), "#!/bin/sh\necho 1.0.0\n");
    fs::create_dir_all(env.home().join(".local/bin")).unwrap();
    std::os::unix::fs::symlink(versions.join("2.1.329"), env.home().join(".local/bin/claude")).unwrap();
    look(&env).says("client", "ok", &["Claude Code 2.1.329", ".local/bin/claude"]);
    let package = env.home().join("node_modules/@anthropic-ai/claude-code");
    script(&package.join("cli.js"), "#!/bin/sh\necho 1.0.0\n");
    env.write(
        &package.join("package.json"),
        br#"{"name": "@anthropic-ai/claude-code", "version": "2.1.328"}"#,
    );
    std::os::unix::fs::symlink(package.join("cli.js"), claude(&env)).unwrap();
    look(&env).says("client", "ok", &["Claude Code 2.1.328", "1 other copy: "]);
}

#[test]
fn a_client_that_hangs_is_ended() {
    let env = healthy();
    let pid = env.root().join("pid");
    script(&claude(&env), &format!("#!/bin/sh\necho $$ > {}\nexec sleep 600\n", pid.display()));
    look(&env).says("client", "ok", &["did not answer"]);
    let pid = fs::read_to_string(pid).unwrap();
    assert!(!std::path::Path::new(&format!("/proc/{}", pid.trim())).exists());
}

#[test]
fn settings_are_judged_in_short() {
    let env = healthy();
    look(&env).says("settings", "ok", &["1 settings file without a problem"]);
    change(&env, |settings| settings["cost"] = json!({"weeklyBudget": 9, "monthlyBudget": 8}));
    look(&env).says("settings", "warning", &["1 warning in 1 settings file", "monthlyBudget"]);
    change(&env, |settings| settings["cost"] = json!({"dialyBudget": 9}));
    let report = look(&env);
    report.says("settings", "error", &["1 error", "did you mean `dailyBudget`?", "cost-hook validate"]);
    report.says("booking", "ok", &[]);
    change(&env, |settings| settings["cost"] = json!({"enabled": false}));
    look(&env).says("booking", "error", &["booking is off", "cost.enabled", "(user)"]);
}

#[test]
fn budgets_say_what_they_do() {
    let env = healthy();
    look(&env).says("budgets", "ok", &["no budget is set"]);
    change(&env, |settings| settings["cost"] = json!({"dailyBudget": 9}));
    look(&env).says("budgets", "ok", &["1 limit, which only warn", "daily budget of $9.00: warns"]);
    change(&env, |settings| settings["cost"] = json!({"dailyBudget": 9, "hardLimit": 50}));
    look(&env).says("budgets", "ok", &["2 limits; sessions are stopped by 1 of them"]);
}

#[test]
fn the_price_list_grows_old() {
    let env = healthy();
    look(&env).says("price-list", "ok", &["2026-11-23, 1 day ago"]);
    env.at("2027-06-01T12:00:00Z");
    look(&env).says("price-list", "warning", &["190 days ago", "cost-hook pricing update"]);
}

#[test]
fn models_without_a_price_are_named() {
    let env = healthy();
    look(&env).says("models", "ok", &[]);
    let session = env.session("s1");
    session.call(&Call::new("b").model("claude-opus-9"));
    env.hook("Stop", &session, json!({})).silent();
    look(&env).says("models", "warning", &["`claude-opus-9`", "$0.0050 of the ledger is an estimate"]);
    let set = |model: &str| {
        let prices = json!({"overrides": {model: {"input": 1, "output": 2}}});
        change(&env, |settings| settings["cost"] = json!({"pricing": prices}));
    };
    set("claude-opus-9");
    look(&env).says("price-overrides", "ok", &["1 model"]);
    set("claude-opus-nine");
    look(&env).says("price-overrides", "warning", &["nobody called: `claude-opus-nine`"]);
}

#[test]
fn zones_that_are_not_known() {
    let env = healthy();
    look(&env).says("time-zone", "ok", &["UTC, the system's zone"]);
    env.var("TZ", "Mars/Olympus");
    look(&env).says("time-zone", "warning", &["TZ is `Mars/Olympus`", "UTC instead"]);
    env.var("TZ", "CET-1CEST,M3.5.0,M10.5.0/3");
    look(&env).says("time-zone", "ok", &[]);
    change(&env, |settings| settings["cost"] = json!({"timezone": "Europe/Berlin"}));
    look(&env).says("time-zone", "ok", &["Europe/Berlin (`cost.timezone`)"]);
    change(&env, |settings| settings["cost"] = json!({"timezone": "Mars/Olympus"}));
    look(&env).says("time-zone", "error", &["`cost.timezone` `Mars/Olympus`", "(user)"]);
}

#[test]
fn clocks_that_cannot_be_right() {
    let env = healthy();
    look(&env).says("clock", "ok", &["2026-11-24 12:00"]);
    env.at("2026-11-24T09:00:00Z");
    look(&env).says("clock", "warning", &["2026-11-24 12:00, which is still to come", "was set back"]);
    env.at("2024-01-01T00:00:00Z");
    look(&env).says("clock", "error", &["2024-01-01", "before this program's price list"]);
}

#[test]
fn the_team_store_is_knocked_at() {
    let env = healthy();
    assert!(look(&env).find("team-store").is_none());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    env.var("COST_HOOK_TEAM_URL", &format!("postgres://ann:s3cret@127.0.0.1:{port}/cost"));
    look(&env).says("team-store", "ok", &[&format!("127.0.0.1 port {port}"), "was not tried"]);
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_ok(), "somebody knocked");
    // A look is taken in each language.
    while listener.accept().is_ok() {}
    Report::of(&env, &["--offline"]).says("team-store", "ok", &["was not tried (`--offline`)"]);
    assert!(listener.accept().is_err(), "nobody knocked");
    drop(listener);
    look(&env).says("team-store", "error", &["no connection to 127.0.0.1", "refused", "team.databaseUrl"]);
    look(&env).says("team-sync", "warning", &["were never fetched", "cost-hook team sync"]);
    env.var("COST_HOOK_TEAM_URL", "postgres:///cost");
    look(&env).says("team-store", "ok", &["no host"]);
}

#[test]
fn troubles_of_hooks_are_told() {
    let env = healthy();
    look(&env).says("journal", "ok", &["no trouble"]);
    let note = |time: &str, message: &str| {
        let line = json!({"time": time, "event": "Stop", "session": "s1", "message": message});
        env.append(&env.data().join("journal.jsonl"), format!("{line}\n").as_bytes());
    };
    note("2026-11-01T12:00:00Z", "long ago");
    look(&env).says("journal", "ok", &[]);
    note("2026-11-24T11:00:00Z", "the disk \u{1b}[2J is full");
    note("2026-11-24T11:30:00Z", "the disk \u{1b}[2J is full");
    let report = look(&env);
    report.says("journal", "warning", &["failed 2 times", "Stop, 2 times: the disk \u{fffd}[2J is full"]);
    report.says("journal", "warning", &["calls were booked since"]);
}

#[test]
fn providers_and_their_credentials() {
    let env = healthy();
    look(&env).says("provider", "ok", &["the Claude API"]).says("credentials", "ok", &["ANTHROPIC_API_KEY"]);
    env.var("ANTHROPIC_API_KEY", "");
    if !cfg!(target_os = "macos") {
        look(&env).says("credentials", "warning", &["no credentials", "/login"]);
    }
    env.write(&env.config().join(".credentials.json"), b"{}");
    look(&env).says("credentials", "ok", &[".credentials.json"]);
    change(&env, |settings| settings["apiKeyHelper"] = json!("cat key"));
    look(&env).says("credentials", "ok", &["apiKeyHelper in"]);
    let platforms = [
        ("CLAUDE_CODE_USE_BEDROCK", "Amazon Bedrock", "AWS_PROFILE"),
        ("CLAUDE_CODE_USE_VERTEX", "Google Cloud", "GOOGLE_APPLICATION_CREDENTIALS"),
        ("CLAUDE_CODE_USE_FOUNDRY", "Microsoft Foundry", "ANTHROPIC_FOUNDRY_API_KEY"),
    ];
    for (switch, title, name) in platforms {
        env.var(switch, "1");
        look(&env).says("provider", "ok", &[title]).says("credentials", "warning", &[title]);
        env.var(name, "x");
        look(&env).says("credentials", "ok", &[name]);
        env.var(switch, "").var(name, "");
    }
    // As the client has it from its settings.
    change(&env, |settings| {
        settings["env"] =
            json!({"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_REGION": "eu-west-1", "AWS_PROFILE": "x"});
        settings["cost"] = json!({"provider": "bedrock"});
    });
    look(&env).says("provider", "ok", &["booked as Amazon Bedrock, eu-west-1"]).says(
        "credentials",
        "ok",
        &[],
    );
    change(&env, |settings| settings["cost"] = json!({"provider": "google"}));
    look(&env).says(
        "provider",
        "warning",
        &["booked as Google Cloud", "the environment says Amazon Bedrock"],
    );
}

#[test]
fn gateways_and_proxies() {
    let env = healthy();
    look(&env).says("endpoint", "ok", &["straight to the API"]);
    env.var("HTTPS_PROXY", "http://proxy:3128");
    look(&env).says("endpoint", "ok", &["through a proxy: HTTPS_PROXY http://proxy:3128"]);
    env.var("ANTHROPIC_BASE_URL", "https://gateway.example/v1");
    look(&env).says("endpoint", "ok", &["ANTHROPIC_BASE_URL https://gateway.example/v1", "HTTPS_PROXY"]);
    env.var("ANTHROPIC_BASE_URL", "gateway.example");
    look(&env).says("endpoint", "warning", &["`ANTHROPIC_BASE_URL` is no address"]);
}

fn failure(env: &Env, time: &str, error: serde_json::Value) {
    let line = json!({"type": "system", "subtype": "api_error", "error": error, "timestamp": time});
    env.session("s1").raw(format!("{line}\n").as_bytes());
}

#[test]
fn failed_requests_are_counted_by_kind() {
    let env = healthy();
    failure(&env, "2026-11-20T12:00:00Z", json!({"status": 401}));
    look(&env).says("api-errors", "ok", &["no failed requests"]);
    failure(&env, "2026-11-24T11:00:00Z", json!({"status": 529, "message": "a text"}));
    failure(&env, "2026-11-24T11:01:00Z", json!({"status": 529}));
    let report = look(&env);
    report.says("api-errors", "ok", &["2 of 529"]);
    assert!(!report.document.to_string().contains("a text"));
    failure(&env, "2026-11-24T11:01:00Z", json!({"status": 401}));
    look(&env).says("api-errors", "warning", &["2 of 529 and 1 of 401", "/login"]);
}
