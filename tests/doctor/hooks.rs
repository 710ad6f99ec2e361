//! Whether the hooks run: where they are, what stands in their way, and whether calls were booked.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use super::{change, client, healthy, look, script, user_settings};
use crate::support::{Call, Env};

fn our_hook(program: &str) -> Value {
    json!([{"hooks": [{"type": "command", "command": format!("'{program}' hook")}]}])
}

#[test]
fn without_hooks_nothing_works() {
    let env = Env::new();
    client(&env, "2.1.330");
    let report = look(&env);
    report.says("hooks", "error", &["in no settings file", "cost-hook install"]);
    assert!(report.find("hook-program").is_none());
    report.says("status-line", "warning", &["no status line", "cost-hook install"]);
    report.says("ledger", "ok", &["nothing is booked yet"]);
    report.says("ledger-writable", "ok", &["can be made"]);
    report.says("settings", "ok", &["no settings files"]);
    report.says("hooks-run", "ok", &["no new transcript"]);
}

#[test]
fn missing_events_are_named_with_what_is_lost() {
    let env = healthy();
    change(&env, |settings| drop(settings["hooks"].as_object_mut().unwrap().remove("PreCompact")));
    let report = look(&env);
    report.says("hooks", "warning", &["hooks for 13 of 14 events", "`PreCompact`", "a compaction"]);
    assert_eq!(report.check("hooks")["fixable"], true);
    assert_eq!(report.wrong(), ["hooks"], "the settings check leaves it to this one");
    change(&env, |settings| drop(settings["hooks"].as_object_mut().unwrap().remove("UserPromptSubmit")));
    look(&env).says("hooks", "error", &["does not stop the next prompt"]);
    // Two files together have all.
    let missing = our_hook(env!("CARGO_BIN_EXE_cost-hook"));
    env.local_settings(json!({"hooks": {"PreCompact": missing, "UserPromptSubmit": missing}}));
    look(&env).says("hooks", "ok", &["(user) and ", "(local)"]);
}

#[test]
fn a_file_the_client_leaves_out_has_no_hooks() {
    let env = healthy();
    change(&env, |settings| settings["model"] = json!(5));
    let report = look(&env);
    report.says("hooks", "error", &["leaves out every file", "cost-hook validate"]);
    report.says("settings", "error", &["`model` is a number", "altogether"]);
    assert_eq!(report.check("hooks")["fixable"], false);
    env.local_settings(json!({"hooks": {"Stop": our_hook(env!("CARGO_BIN_EXE_cost-hook"))}}));
    look(&env).says("hooks", "error", &["hooks for 1 of 14 events", "do not count"]);
}

#[test]
fn comments_and_broken_json_cost_the_hooks() {
    let env = healthy();
    let path = env.config().join("settings.json");
    let text = fs::read_to_string(&path).unwrap();
    env.write(&path, format!("// mine\n{text}").as_bytes());
    look(&env).says("hooks", "error", &["leaves out every file"]).says("settings", "error", &["altogether"]);
    env.write(&path, &text.as_bytes()[..text.len() / 2]);
    let report = look(&env);
    report.says("hooks", "error", &["in no settings file", "would not count", "mend that file"]);
    report.says("settings", "error", &["is not JSON"]);
    assert_eq!(report.check("hooks")["fixable"], false);
}

#[test]
fn the_program_of_the_hooks_is_looked_for() {
    let env = healthy();
    let text = fs::read_to_string(env.config().join("settings.json")).unwrap();
    let other = env.root().join("other/cost-hook");
    let moved = text.replace(env!("CARGO_BIN_EXE_cost-hook"), other.to_str().unwrap());
    env.write(&env.config().join("settings.json"), moved.as_bytes());
    let report = look(&env);
    report.says("hook-program", "error", &["is not there", "named in", "says nothing"]);
    report.says("status-line", "warning", &["cannot be run"]);
    assert_eq!(report.check("hook-program")["fixable"], true);
    assert_eq!(report.wrong(), ["hook-program", "status-line"]);
    script(&other, "#!/bin/sh\n");
    fs::set_permissions(&other, fs::Permissions::from_mode(0o644)).unwrap();
    look(&env).says("hook-program", "error", &["is not executable"]);
    script(&other, "#!/bin/sh\n");
    let report = look(&env);
    report.says("hook-program", "warning", &["the hooks run `", "of different versions"]);
    assert_eq!(report.check("hook-program")["fixable"], false, "which one is right is not ours to say");
    report.says("status-line", "ok", &["is ours"]);
}

#[test]
fn copies_in_two_places_are_told() {
    let env = healthy();
    // The very same command runs once.
    env.local_settings(json!({"hooks": user_settings(&env)["hooks"]}));
    look(&env).says("hook-copies", "ok", &["once"]);
    let other = env.root().join("other/cost-hook");
    script(&other, "#!/bin/sh\n");
    env.local_settings(json!({"hooks": {"Stop": our_hook(other.to_str().unwrap())}}));
    let report = look(&env);
    report.says("hook-copies", "warning", &["twice for 1 event", "(user) and ", "(local)", "uninstall"]);
    assert_eq!(report.check("hook-copies")["fixable"], false);
    env.local_settings(json!({}));
    let copy = our_hook(other.to_str().unwrap())[0].clone();
    change(&env, |settings| settings["hooks"]["Stop"].as_array_mut().unwrap().push(copy.clone()));
    let report = look(&env);
    report.says("hook-copies", "warning", &["twice for 1 event", "`cost-hook install`"]);
    assert_eq!(report.check("hook-copies")["fixable"], true);
}

#[test]
fn a_plugin_counts_and_is_a_copy_beside_settings() {
    let env = healthy();
    let folder = env.root().join("plugin");
    let hooks = user_settings(&env)["hooks"].to_string();
    let hooks = hooks.replace(env!("CARGO_BIN_EXE_cost-hook"), "${CLAUDE_PLUGIN_ROOT}/bin/cost-hook");
    env.write(&folder.join("hooks/hooks.json"), format!("{{\"hooks\": {hooks}}}").as_bytes());
    let list = json!({"version": 2, "plugins": {"cost@market": [{"scope": "user", "installPath": folder}]}});
    env.write(&env.config().join("plugins/installed_plugins.json"), list.to_string().as_bytes());
    assert_eq!(look(&env).wrong(), [""; 0], "it is installed, but not enabled");
    change(&env, |settings| settings["enabledPlugins"] = json!({"cost@market": true}));
    look(&env).says("hook-copies", "warning", &["twice for 14 events", "the plugin cost@market"]);
    change(&env, |settings| drop(settings.as_object_mut().unwrap().remove("hooks")));
    let report = look(&env);
    report.says("hooks", "ok", &["in the plugin cost@market"]);
    report.says("hook-program", "error", &["plugin/bin/cost-hook` is not there", "named in the plugin"]);
    assert_eq!(report.check("hook-program")["fixable"], false);
    script(&folder.join("bin/cost-hook"), "#!/bin/sh\n");
    let report = look(&env);
    report.says("hook-program", "warning", &["plugin/bin/cost-hook"]);
    report.says("hook-copies", "ok", &[]);
    // Our own plugin's hooks are a script that a shell reads: without its executable bit, too.
    let own = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/hooks/hooks.json")).unwrap();
    env.write(&folder.join("hooks/hooks.json"), own.as_bytes());
    look(&env).says("hook-program", "error", &["plugin/hooks/cost-hook` is not there"]);
    env.write(&folder.join("hooks/cost-hook"), b"");
    let report = look(&env);
    report.says("hooks", "ok", &["all 14 events", "in the plugin cost@market"]);
    report.says("hook-program", "ok", &["depends on the session's environment"]);
    env.managed(json!({"strictPluginOnlyCustomization": true}));
    look(&env).says("hooks-allowed", "ok", &[]);
    env.managed(json!({"allowManagedHooksOnly": true}));
    look(&env).says("hooks-allowed", "error", &["only hooks in managed settings"]);
    env.managed(json!({"allowManagedHooksOnly": true, "enabledPlugins": {"cost@market": true}}));
    look(&env).says("hooks-allowed", "ok", &[]);
}

/// As Claude Code runs it from the folder of its marketplace, installed or not: `organisation::the_plugin_from_a_folder`.
#[test]
fn a_plugin_of_the_administrators_counts_where_it_lies() {
    let env = healthy();
    change(&env, |settings| drop(settings.as_object_mut().unwrap().remove("hooks")));
    let market = env!("CARGO_MANIFEST_DIR");
    let rollout = |source: Value| {
        json!({
            "allowManagedHooksOnly": true,
            "extraKnownMarketplaces": {"cost-hook": {"source": source}},
            "enabledPlugins": {"cost-hook@cost-hook": true},
        })
    };
    env.managed(rollout(json!({"source": "directory", "path": market})));
    let report = look(&env);
    report.says("hooks", "ok", &["all 14 events", "in the plugin cost-hook@cost-hook"]);
    report.says("hooks-allowed", "ok", &["`--bare`", "too"]);
    // The user's own is not run beside it.
    report.says("status-line", "warning", &["there is no status line", "administrator", "--scope managed"]);
    // No user switches it off, and a list that names an empty folder says nothing against it.
    let gone = env.root().join("gone");
    let list = json!({"version": 2, "plugins": {"cost-hook@cost-hook": [{"scope": "managed", "installPath": gone}]}});
    env.write(&env.config().join("plugins/installed_plugins.json"), list.to_string().as_bytes());
    change(&env, |settings| {
        settings["enabledPlugins"] = json!({"cost-hook@cost-hook": false});
        settings["disableAllHooks"] = json!(true);
    });
    let report = look(&env);
    report.says("hooks", "ok", &["in the plugin cost-hook@cost-hook"]).says("hooks-allowed", "ok", &[]);
    for source in
        [json!({"source": "directory", "path": gone}), json!({"source": "git", "url": "file:///gone"})]
    {
        env.managed(rollout(source));
        look(&env).says("hooks", "error", &["in no settings file"]);
    }
    env.managed(json!({"enabledPlugins": {"other@cost-hook": true}}));
    look(&env).says("hooks", "error", &["in no settings file"]);
}

#[test]
fn managed_settings_that_are_no_json_keep_claude_code_from_starting() {
    let env = healthy();
    env.write(&env.managed_dir().join("managed-settings.d/70.json"), b"[]");
    look(&env).says("settings", "error", &["does not start before", "70.json"]);
    let large = json!({"x": "x".repeat(3 << 20)}).to_string();
    env.write(&env.managed_dir().join("managed-settings.d/70.json"), large.as_bytes());
    look(&env).says("settings", "error", &["70.json (managed) out altogether"]);
}

#[test]
fn hooks_are_switched_off_by_precedence() {
    let env = healthy();
    let report = look(&env);
    report.says("hooks-allowed", "ok", &["--bare", "--safe-mode"]);
    env.project_settings(json!({"disableAllHooks": true}));
    look(&env).says("hooks-allowed", "error", &["`disableAllHooks` is true", "(project)"]);
    env.local_settings(json!({"disableAllHooks": false}));
    look(&env).says("hooks-allowed", "ok", &[]);
    env.managed(json!({"disableAllHooks": true}));
    look(&env).says("hooks-allowed", "error", &["(managed)"]);
    // Managed hooks survive what others switch off, but not what managed settings do.
    let hooks = user_settings(&env)["hooks"].clone();
    env.managed(json!({"hooks": hooks, "disableAllHooks": true}));
    look(&env).says("hooks-allowed", "error", &["(managed)"]);
    env.managed(json!({"hooks": hooks}));
    env.local_settings(json!({"disableAllHooks": true}));
    look(&env).says("hooks-allowed", "ok", &[]);
    // Nor by how a session is started: `organisation::nobody_switches_it_off`.
    for name in ["CLAUDE_CODE_SIMPLE", "CLAUDE_CODE_SAFE_MODE"] {
        env.var(name, "1");
        look(&env).says("hooks-allowed", "ok", &["managed hooks run", "`--bare`"]);
    }
}

#[test]
fn policies_and_variables_switch_hooks_off_too() {
    let env = healthy();
    env.managed(json!({"allowManagedHooksOnly": true}));
    look(&env).says("hooks-allowed", "error", &["allowManagedHooksOnly", "administrator"]);
    env.settings(json!({"hooks": user_settings(&env)["hooks"], "allowManagedHooksOnly": true}));
    env.managed(json!({}));
    look(&env).says("hooks-allowed", "ok", &[]);
    env.managed(json!({"strictPluginOnlyCustomization": ["hooks"]}));
    look(&env).says("hooks-allowed", "error", &["strictPluginOnlyCustomization"]);
    env.managed(json!({"strictPluginOnlyCustomization": ["skills"]}));
    look(&env).says("hooks-allowed", "ok", &[]);
    env.var("CLAUDE_CODE_SIMPLE", "0");
    look(&env).says("hooks-allowed", "ok", &[]);
    env.var("CLAUDE_CODE_SIMPLE", "1");
    look(&env).says("hooks-allowed", "error", &["CLAUDE_CODE_SIMPLE", "--bare"]);
    env.var("CLAUDE_CODE_SIMPLE", "");
    change(&env, |settings| settings["env"] = json!({"CLAUDE_CODE_SAFE_MODE": "true"}));
    look(&env).says("hooks-allowed", "error", &["--safe-mode"]);
}

#[test]
fn a_folder_is_trusted_or_waits() {
    let env = healthy();
    look(&env).says("trust", "ok", &["is trusted"]);
    env.write(&env.config().join(".claude.json"), b"{\"projects\": {}}");
    look(&env).says("trust", "warning", &["not trusted yet", "`claude -p`", "accept the dialog"]);
    let above = json!({"projects": {env.root().to_str().unwrap(): {"hasTrustDialogAccepted": true}}});
    env.write(&env.config().join(".claude.json"), above.to_string().as_bytes());
    look(&env).says("trust", "ok", &[]);
    fs::create_dir(env.project().join(".git")).unwrap();
    look(&env).says("trust", "warning", &[]);
    fs::remove_file(env.config().join(".claude.json")).unwrap();
    look(&env).says("trust", "warning", &["kept nothing in"]);
    env.var("CLAUDE_CODE_SANDBOXED", "1");
    look(&env).says("trust", "ok", &["CLAUDE_CODE_SANDBOXED"]);
}

#[test]
fn the_status_line_is_ours_somebody_elses_or_not_there() {
    let env = healthy();
    look(&env).says("status-line", "ok", &["is ours", "(user)"]);
    env.project_settings(json!({"statusLine": {"type": "command", "command": "echo SECRET"}}));
    let report = look(&env);
    report.says("status-line", "warning", &["another one", "(project)", "install --scope project"]);
    assert_eq!(report.check("status-line")["fixable"], false);
    env.managed(json!({"statusLine": {"type": "command", "command": "date"}}));
    look(&env).says("status-line", "warning", &["(managed)", "administrator"]);
    env.managed(json!({})).project_settings(json!({}));
    change(&env, |settings| drop(settings.as_object_mut().unwrap().remove("statusLine")));
    let report = look(&env);
    report.says("status-line", "warning", &["no status line", "titles, compaction"]);
    assert_eq!(report.check("status-line")["fixable"], true);
}

/// More than what is read in one go: what lies in months that were not read is nobody's fault.
#[test]
fn calls_of_months_that_were_not_read_are_not_judged() {
    let env = healthy();
    let line = fs::read_to_string(&env.segments()[0]).unwrap();
    env.append(&env.segments()[0], line.repeat((64 << 20) / line.len() + 1).as_bytes());
    env.at("2026-12-02T12:00:00Z");
    let newer = line.replace("2026-11-24", "2026-12-02").replace("msg_a", "msg_z");
    env.append(&env.data().join("ledger/2026-12.jsonl"), newer.as_bytes());
    let report = look(&env);
    report.says("ledger", "ok", &["1 call in 2 months", "only the newest 1 month was read"]);
    report.says("hooks-run", "ok", &["no new transcript"]);
}

#[test]
fn the_newest_calls_are_compared_with_the_ledger() {
    let env = healthy();
    look(&env).says("hooks-run", "ok", &["2026-11-24 12:00"]);
    // Just made: the next event books it.
    env.later(60);
    env.session("s1").call(&Call::new("b"));
    look(&env).says("hooks-run", "ok", &["for the next event to book"]);
    env.later(3600);
    let report = look(&env);
    report.says("hooks-run", "warning", &["last call of a session", "cost-hook import"]);
    assert_eq!(report.check("hooks-run")["fixable"], true);
    env.session("s2").call(&Call::new("c"));
    env.later(3600);
    let report = look(&env);
    report.says("hooks-run", "error", &["ran without the hooks", "s2.jsonl", "cost-hook import"]);
    env.run(&["import"]).ok();
    look(&env).says("hooks-run", "ok", &["2026-11-24 13:01"]);
}
