//! Secrets in every place that is looked at, and none in the answer.

use serde_json::json;

use super::{change, claude, healthy, script};
use crate::support::Call;

const SECRET: &str = "s3cr3t";

#[test]
fn no_secret_is_printed() {
    let env = healthy();
    for name in [
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "CLAUDE_CODE_OAUTH_TOKEN",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_BEARER_TOKEN_BEDROCK",
        "ANTHROPIC_FOUNDRY_API_KEY",
        "GOOGLE_APPLICATION_CREDENTIALS",
    ] {
        env.var(name, SECRET);
    }
    env.var("ANTHROPIC_BASE_URL", &format!("https://{SECRET}@gateway.example/v1?key={SECRET}"));
    env.var("HTTPS_PROXY", &format!("http://ann:{SECRET}@proxy:3128"));
    env.var("HTTP_PROXY", &format!("ann:{SECRET}@proxy:3128"));
    env.var("COST_HOOK_TEAM_URL", &format!("postgres://ann:{SECRET}@127.0.0.1:1/cost?password={SECRET}"));
    script(&claude(&env), &format!("#!/bin/sh\necho {SECRET}\necho {SECRET} >&2\n"));
    env.write(&env.config().join(".credentials.json"), format!("{{\"t\": \"{SECRET}\"}}").as_bytes());
    let state = json!({"oauthAccount": {"token": SECRET}, "projects": {}});
    env.write(&env.config().join(".claude.json"), state.to_string().as_bytes());
    change(&env, |settings| {
        settings["env"] = json!({"API_TOKEN": SECRET, "NO": 5});
        settings["apiKeyHelper"] = json!(format!("echo {SECRET}"));
        settings["cost"] = json!({"dialyBudget": 5});
        let hook = format!("TOKEN={SECRET} '/gone/cost-hook' hook");
        settings["hooks"]["Stop"] = json!([{"hooks": [{"type": "command", "command": hook}]}]);
        let guard = format!("/gone/guard --token {SECRET}");
        settings["hooks"]["PermissionRequest"] = json!([{"hooks": [{"type": "command", "command": guard}]}]);
    });
    env.local_settings(json!({
        "statusLine": {"type": "command", "command": format!("line {SECRET}")},
        "team": {"databaseUrl": format!("mysql://ann:{SECRET}@db/x")},
    }));
    env.managed(json!({"team": {"databaseUrl": format!("mysql://ann:{SECRET}@db/x")}}));
    let trouble = json!({"time": "2026-11-24T11:00:00Z", "event": "Stop",
        "message": format!("cannot reach postgres://ann:{SECRET}@db/x")});
    env.append(&env.data().join("journal.jsonl"), format!("{trouble}\n").as_bytes());
    let session = env.session("s2");
    let error = json!({"status": SECRET.to_string() + " text", "message": SECRET,
        "error": {"error": {"type": format!("key {SECRET}")}}, "headers": {"x-api-key": SECRET}});
    let line = json!({"type": "system", "subtype": "api_error", "error": error, "timestamp": "2026-11-24T11:30:00Z"});
    session.raw(format!("{line}\n").as_bytes()).call(&Call::new("b"));
    env.append(&env.segments()[0], format!("{{\"{SECRET}\n").as_bytes());
    env.later(3600);
    for args in [
        &["doctor", "--verbose"][..],
        &["doctor", "--json"],
        &["doctor", "--fix", "--dry-run"],
        &["doctor", "--fix"],
    ] {
        let output = env.run(args);
        assert_eq!(output.code, Some(1));
        let words: Vec<&str> =
            output.stdout.split_whitespace().chain(output.stderr.split_whitespace()).collect();
        let text = words.join(" ");
        assert!(!text.contains(SECRET), "{args:?}: {text}");
        // It did look at all of these.
        for seen in ["gateway.example", "1 of unknown", "127.0.0.1 port 1", "`/gone/cost-hook` is not there"]
        {
            let is_mended = args.contains(&"--fix") && !args.contains(&"--dry-run");
            assert!(text.contains(seen) || is_mended, "{args:?} does not say `{seen}`: {text}");
        }
        assert!(text.contains("HTTP_PROXY ***@proxy:3128") || args.contains(&"--fix"), "{text}");
    }
}
