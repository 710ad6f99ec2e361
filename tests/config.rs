//! `cost-hook config` as it is typed: what it answers, what it writes, and what it refuses to write.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::{Call, Env, Output};

fn user_file(env: &Env) -> PathBuf {
    env.config().join("settings.json")
}

fn text(path: &PathBuf) -> String {
    fs::read_to_string(path).unwrap()
}

#[track_caller]
fn refused(output: &Output, words: &str) {
    assert_eq!(output.code, Some(1), "{output:?}");
    assert!(output.stderr.contains(words), "{words}: {output:?}");
}

/// An editor that does this to the file it is given.
fn editor(env: &Env, script: &str) {
    let path = env.root().join("editor");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    env.var("EDITOR", &format!("'{}' --wait", path.display()));
}

#[test]
fn a_budget_in_two_commands() {
    let env = Env::new();
    let said = env.run(&["config", "set", "cost.dailyBudget", "$10"]).ok();
    let file = user_file(&env);
    assert_eq!(
        said.stdout,
        format!("cost.dailyBudget is now 10 in the user settings, {}.\n", file.display())
    );
    env.run(&["config", "set", "cost.autoStopAtBudget", "on"]).ok();
    let written = "{\n  \"cost\": {\n    \"dailyBudget\": 10,\n    \"autoStopAtBudget\": true\n  }\n}\n";
    assert_eq!(text(&file), written);
    let limits = env.run(&["status", "--json"]).json()["limits"].clone();
    assert_eq!((&limits[0]["amount"], &limits[0]["action"]), (&json!("10"), &json!("stop")));
    let again = env.run(&["config", "set", "cost.dailyBudget", "10 USD"]).ok();
    assert_eq!(again.stdout, format!("Nothing to do: `cost.dailyBudget` is 10 in {}.\n", file.display()));
    let more = env.run(&["config", "set", "cost.dailyBudget", "12.50"]).ok();
    assert!(
        more.stdout.starts_with("cost.dailyBudget is now 12.50 in the user settings (was 10).\n"),
        "{more:?}"
    );
    let backup = file.with_file_name("settings.json.cost-hook-backup");
    assert_eq!(text(&backup), written, "the file as it was before the last change");
    let gone = env.run(&["config", "unset", "cost.autoStopAtBudget"]).ok();
    assert!(gone.stdout.contains("is not set in the user settings any more (was true)"), "{gone:?}");
    env.run(&["config", "unset", "cost.dailyBudget"]).ok();
    assert_eq!(text(&file), "{}\n");
}

#[test]
fn what_would_not_be_right_is_not_written() {
    let env = Env::new();
    let before = "{\n  \"cost\": { \"dailyBudget\": 10 }\n}\n";
    env.write(&user_file(&env), before.as_bytes());
    let set = |words: &[&str]| env.run(&[&["config", "set"], words].concat());
    for (key, value, words) in [
        ("cost.dailyBudget", "-5", "`cost.dailyBudget` is less than 0"),
        ("cost.dailyBudget", "1e12", "more than"),
        ("cost.dailyBudget", "1e400", "cannot be `1e400`"),
        ("cost.dailyBudget", "ten", "amounts look like 10, 2.50, $10"),
        ("cost.warningThreshold", "80", "for 80 percent write 0.8"),
        ("cost.timezone", "Mars/Olympus", "there is no time zone `Mars/Olympus`"),
        ("cost.weekStart", "sundey", "did you mean `sunday`?"),
        ("cost.billingDay", "32", "more than 31"),
        ("cost.onError", "explode", "expected `allow` or `block`"),
        ("cost.limits[x].amount", "5", "give it as a whole: cost-hook config set 'cost.limits[x]'"),
        ("cost.limits", "{}", "takes a list"),
        ("cost.limits[x]", "{\"amount\": 5, \"period\": \"hourly\"}", "`cost.limits[0].period`"),
        ("team.maxAge", "soon", "team.maxAge"),
        ("cost.dialyBudget", "5", "did you mean `cost.dailyBudget`?"),
        ("model", "opus", "there is no setting `model`"),
    ] {
        refused(&set(&[key, value]), words);
    }
    let cloned = set(&["--scope", "project", "cost.enabled", "false"]);
    refused(&cloned, "`cost.enabled` has no effect in a project's settings");
    assert!(!env.project().join(".claude/settings.json").exists());
    assert_eq!(env.run(&["config", "set", "cost..x", "5"]).code, Some(64));
    assert_eq!(text(&user_file(&env)), before);
    assert_eq!(fs::read_dir(env.config()).unwrap().count(), 1, "no backup and no temporary file is left");
}

#[test]
fn a_file_with_other_mistakes_can_be_changed_and_a_broken_one_cannot() {
    let env = Env::new();
    env.settings(json!({"cost": {"dialyBudget": 5, "weeklyBudget": -1}}));
    env.run(&["config", "set", "cost.dailyBudget", "5"]).ok().stderr.is_empty().then_some(()).unwrap();
    env.run(&["config", "set", "cost.weeklyBudget", "50"]).ok();
    let warned = env.run(&["config", "set", "cost.monthlyBudget", "20"]).ok();
    assert!(warned.stderr.contains("warning[never-reached]"), "what is new is told: {warned:?}");
    for broken in ["{\"cost\": ", "[]", "{\"cost\": 5}"] {
        env.write(&user_file(&env), broken.as_bytes());
        refused(&env.run(&["config", "set", "cost.dailyBudget", "5"]), "the file is ");
        assert_eq!(text(&user_file(&env)), broken);
    }
    env.write(&user_file(&env), b"\xff\xfe{\0}\0");
    refused(&env.run(&["config", "set", "cost.dailyBudget", "5"]), "not UTF-8");
}

#[test]
fn everything_about_the_file_stays() {
    let env = Env::new();
    let real = env.root().join("dotfiles/claude.json");
    let before = "\u{feff}{\r\n\t\"model\": \"opus\", // mine\r\n\t\"permissions\": { \"allow\": [ \"Bash(ls:*)\" ] }\r\n}\r\n";
    env.write(&real, before.as_bytes());
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&real, user_file(&env)).unwrap();
    let set = env.run(&["config", "set", "cost.dailyBudget", "5"]);
    // The comment is a mistake that was there before.
    assert_eq!(set.code, Some(0), "{set:?}");
    assert!(fs::symlink_metadata(user_file(&env)).unwrap().is_symlink());
    assert_eq!(fs::metadata(&real).unwrap().mode() & 0o777, 0o640);
    let expected = before.replace(" }\r\n}", " },\r\n\t\"cost\": {\r\n\t\t\"dailyBudget\": 5\r\n\t}\r\n}");
    assert_eq!(text(&real), expected);
    env.run(&["config", "unset", "cost.dailyBudget"]).ok();
    assert_eq!(text(&real), before, "to the byte");
    assert!(
        real.with_file_name("claude.json.cost-hook-backup").exists(),
        "the backup lies beside the real file"
    );
    let protected = fs::Permissions::from_mode(0o440);
    fs::set_permissions(&real, protected).unwrap();
    refused(&env.run(&["config", "set", "cost.dailyBudget", "5"]), "read-only");
}

#[test]
fn a_dry_run_shows_the_lines_and_writes_nothing() {
    let env = Env::new();
    env.settings(json!({"cost": {"dailyBudget": 10}, "apiKey": "sk-secret"}));
    let before = text(&user_file(&env));
    let dry = env.run(&["config", "set", "--dry-run", "cost.dailyBudget", "20"]).ok();
    assert!(
        dry.stdout.starts_with("cost.dailyBudget would be 20 in the user settings (was 10).\n"),
        "{dry:?}"
    );
    assert!(dry.stdout.contains("\n- ") && dry.stdout.contains("\n+ "), "{dry:?}");
    assert!(dry.stdout.ends_with("Nothing was changed.\n") && !dry.stdout.contains("sk-secret"), "{dry:?}");
    let json = env.run(&["config", "unset", "--dry-run", "cost.dailyBudget", "--json"]).json();
    assert_eq!(
        (&json["changed"], &json["before"], &json["after"]),
        (&json!(false), &json!(10), &Value::Null)
    );
    assert_eq!(text(&user_file(&env)), before);
    let other = Env::new();
    other.run(&["config", "set", "--dry-run", "--scope", "local", "cost.dailyBudget", "5"]).ok();
    assert!(!other.project().join(".claude").exists());
}

#[test]
fn every_scope_has_its_file() {
    let env = Env::new();
    for (scope, file) in [
        ("managed", env.managed_dir().join("managed-settings.json")),
        ("user", user_file(&env)),
        ("project", env.project().join(".claude/settings.json")),
        ("local", env.project().join(".claude/settings.local.json")),
    ] {
        let path = env.run(&["config", "path", "--scope", scope]).ok().stdout;
        assert_eq!(path, format!("{}\n", file.display()));
        let set = env.run(&["config", "set", "--scope", scope, "cost.dailyBudget", "7", "--json"]).json();
        assert_eq!((&set["scope"], &set["changed"]), (&json!(scope), &json!(true)));
        assert_eq!(set["file"], json!(file));
        assert_eq!(serde_json::from_str::<Value>(&text(&file)).unwrap(), json!({"cost": {"dailyBudget": 7}}));
        // Managed settings bind all users, who have to read them.
        let mode = if scope == "managed" { 0o644 } else { 0o600 };
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, mode, "{scope}: new files are private");
    }
    let all = env.run(&["config", "path", "--all", "--json"]).json();
    let layers: Vec<&str> =
        all["files"].as_array().unwrap().iter().map(|file| file["layer"].as_str().unwrap()).collect();
    assert_eq!(layers, ["managed", "user", "project", "local"]);
    let shadowed = env.run(&["config", "set", "--scope", "project", "cost.dailyBudget", "9"]).ok();
    assert!(shadowed.stderr.contains("has no effect: replaced by "), "{shadowed:?}");
}

#[test]
fn get_prints_what_is_in_force() {
    let env = Env::new();
    assert_eq!(env.run(&["config", "get", "cost.weekStart"]).ok().stdout, "monday\n");
    refused(&env.run(&["config", "get", "cost.dailyBudget"]), "`cost.dailyBudget` is not set");
    env.managed(json!({"cost": {"dailyBudget": 25, "timezone": "Europe/Berlin"}}));
    env.settings(json!({"cost": {"dailyBudget": 10, "timezone": "UTC", "warningThreshold": [0.5, 0.8]}}));
    assert_eq!(env.run(&["config", "get", "cost.dailyBudget"]).ok().stdout, "25\n10\n", "two limits");
    assert_eq!(env.run(&["config", "get", "cost.timezone"]).ok().stdout, "Europe/Berlin\n");
    let user = env.run(&["config", "get", "cost.timezone", "--scope", "user"]).ok();
    assert_eq!(user.stdout, "UTC\n");
    assert_eq!(env.run(&["config", "get", "cost.warningThreshold"]).ok().stdout, "[0.5, 0.8]\n");
    let json = env.run(&["config", "get", "cost.dailyBudget", "--json"]).json();
    assert_eq!((&json["settings"][1]["value"], &json["settings"][1]["origin"]), (&json!(10), &json!("user")));
    refused(&env.run(&["config", "get", "cost.region", "--scope", "local"]), "not set in the local settings");
}

#[test]
fn list_names_every_value_with_its_place() {
    let env = Env::new();
    assert!(env.run(&["config", "list"]).ok().stdout.starts_with("Nothing is set."));
    env.managed(json!({"cost": {"onError": "block"}}));
    let team = json!({"databaseUrl": "postgres://u:pass@db/x"});
    env.settings(json!({"model": "opus", "cost": {"onError": "allow", "dailyBudget": 10}, "team": team}));
    env.project_settings(
        json!({"cost": {"enabled": false, "limits": [{"name": "a b", "amount": 1, "period": "daily"}]}}),
    );
    let plain = env.run(&["config", "list"]).ok();
    let expected = "\
cost.dailyBudget = 10
cost.limits[a b].amount = 1
cost.limits[a b].name = \"a b\"
cost.limits[a b].period = \"daily\"
cost.onError = \"block\"
team.databaseUrl = \"postgres://u:****@db/x\"
";
    assert_eq!(plain.stdout, expected);
    let project = env.project().join(".claude/settings.json");
    let origin = env.run(&["config", "list", "--origin"]).ok().stdout;
    let found = |words: &str| assert!(origin.contains(words), "{words}\n{origin}");
    found(&format!("project  {}:1", project.display()));
    found("cost.enabled = false");
    found("no effect: only managed and user settings may set it");
    found("overruled by ");
    let below = env.run(&["config", "list", "cost.limits"]).ok().stdout;
    assert_eq!(below.lines().count(), 3);
    let scoped = env.run(&["config", "list", "--scope", "user"]).ok().stdout;
    assert!(scoped.contains("cost.onError = \"allow\"") && !scoped.contains("limits"), "{scoped}");
    let all = env.run(&["config", "list", "--all"]).ok().stdout;
    for key in cost_hook::settings::keys::all_keys() {
        let section =
            ["cost", "team", "cost.pricing", "cost.pricing.discounts", "cost.pricing.discounts.providers"];
        let list = ["cost.limits", "team.members", "cost.pricing.overrides"];
        let shown = all.contains(&format!("\n{key} ")) || all.starts_with(&format!("{key} "));
        let named = key.starts_with("cost.limits[]") && all.contains(&key.replace("[]", "[a b]"));
        assert!(shown || named || section.contains(&&*key) || list.contains(&&*key), "{key} in\n{all}");
    }
    let json = env.run(&["config", "list", "--json"]).json();
    let rows = json["settings"].as_array().unwrap();
    let enabled = rows.iter().find(|row| row["key"] == "cost.enabled").unwrap();
    assert_eq!((&enabled["counts"], &enabled["line"]), (&json!(false), &json!(1)));
    assert!(!json.to_string().contains("pass"), "{json}");
}

#[test]
fn what_list_prints_can_be_set() {
    let env = Env::new();
    let limits =
        json!([{"name": "a b", "amount": 1.5, "period": "daily", "warnAt": [0.5, 1], "model": "opus"}]);
    let pricing = json!({"overrides": {"claude-opus-5-5": {"input": 3.5}}, "multiplier": 0.9});
    let cost =
        json!({"dailyBudget": 10, "timezone": "UTC", "limits": limits, "pricing": pricing, "enabled": true});
    env.settings(
        json!({"costThreshold": 1, "cost": cost, "team": {"members": [{"user": "ann", "allocation": 5}]}}),
    );
    let list = env.run(&["config", "list"]).ok().stdout;
    let other = Env::new();
    // What an entry cannot do without comes first, and all of it at once.
    let whole = ["config", "set", "cost.limits[a b]", "{\"amount\": 1, \"period\": \"total\"}"];
    other.run(&whole).ok();
    for line in list.lines() {
        let (key, value) = line.split_once(" = ").unwrap();
        other.run(&["config", "set", key, value]).ok();
    }
    assert_eq!(other.run(&["config", "list"]).ok().stdout, list);
}

#[test]
fn explain_tells_meaning_values_and_limits() {
    let env = Env::new();
    env.managed(json!({"cost": {"dailyBudget": 25}}));
    env.settings(json!({"cost": {"dailyBudget": 10, "autoStopAtBudget": true}}));
    env.project_settings(json!({"cost": {"dailyBudget": 5}}));
    env.local_settings(json!({"cost": {"dailyBudget": "8"}}));
    let text = env.run(&["config", "explain", "cost.dailyBudget"]).ok().stdout;
    let expected = "\
cost.dailyBudget
  Budget for a calendar day, in USD. Default: none.
  Takes an amount in USD, 0 or more.
  In several files: every file's is a limit of its own; a project's local settings replace its
  shared ones.

Values
  managed  25
           MANAGED/managed-settings.json:1
           counts
  user     10
           HOME/.claude/settings.json:1
           counts
  project  5
           WORK/.claude/settings.json:1
           counts
  local    \"8\"
           WORK/.claude/settings.local.json:1
           does not count: `cost.dailyBudget` is a string

Limits it concerns
  daily budget: $25.00 a day (managed settings), only warns, warns at 80%
  daily budget: $10.00 a day (user settings), stops, warns at 80%
  daily budget: $5.00 a day (project settings), only warns, warns at 80%, counts `WORK`
";
    let paths = [(env.managed_dir(), "MANAGED"), (env.home(), "HOME"), (env.project(), "WORK")];
    let named = paths.iter().fold(text, |text, (path, name)| text.replace(&path.display().to_string(), name));
    // The width of the real path decides where the line breaks.
    assert_eq!(named.replace("counts\n  `", "counts `"), expected);
    let json = env.run(&["config", "explain", "cost.dailyBudget", "--json"]).json();
    assert_eq!((json["values"].as_array().unwrap().len(), json["limits"].as_array().unwrap().len()), (4, 3));
    assert_eq!(json["inProjects"], json!(true));
    let pricing = env.run(&["config", "explain", "cost.pricing", "--json"]).json();
    assert_eq!(pricing["inProjects"], json!(false));
    assert!(pricing["keys"].as_array().unwrap().iter().any(|key| key["key"] == "cost.pricing.multiplier"));
    for key in cost_hook::settings::keys::all_keys() {
        let said = env.run(&["config", "explain", &key.replace("[]", "[x]")]).ok();
        assert!(said.stdout.contains("Values\n"), "{said:?}");
    }
}

#[test]
fn the_editor_gets_a_copy_and_only_what_is_valid_comes_back() {
    let env = Env::new();
    let before = "{\n  \"cost\": { \"dailyBudget\": 10 }\n}\n";
    env.write(&user_file(&env), before.as_bytes());
    editor(&env, "test \"$1\" = --wait && sed -i 's/10/20/' \"$2\"");
    let said = env.run(&["config", "edit"]).ok();
    assert!(said.stdout.starts_with(&format!("Changed {}\n", user_file(&env).display())), "{said:?}");
    let after = before.replace("10", "20");
    assert_eq!(text(&user_file(&env)), after);
    editor(&env, "true");
    assert!(env.run(&["config", "edit"]).ok().stdout.starts_with("Nothing was changed"));
    editor(&env, "sed -i 's/20/-20/' \"$2\"");
    let wrong = env.run(&["config", "edit"]);
    refused(&wrong, "error[out-of-range]");
    refused(&wrong, "was left as it is");
    assert_eq!(
        text(&env.data().join("settings-draft.json")),
        before.replace("10", "-20"),
        "nothing typed is lost"
    );
    editor(&env, "exit 3");
    refused(&env.run(&["config", "edit"]), "failed: exit status: 3");
    // Somebody else writes the file while the editor is open.
    let foreign = format!("echo '{{}}' > '{}'; sed -i 's/20/30/' \"$2\"", user_file(&env).display());
    editor(&env, &foreign);
    let late = env.run(&["config", "edit"]);
    refused(&late, "was changed by somebody else meanwhile");
    assert_eq!(text(&user_file(&env)), "{}\n");
    assert!(text(&env.data().join("settings-draft.json")).contains("30"));
    editor(
        &env,
        "sed -i 's/{$/{ \"dailyBudget\": 3/2' \"$2\"; sed -i '2s/.*/\"cost\": {\"dailyBudget\": 3/' \"$2\"",
    );
    let fresh = env.run(&["config", "edit", "--scope", "local", "--dry-run"]).ok();
    assert!(
        fresh.stdout.contains("dailyBudget") && fresh.stdout.ends_with("Nothing was changed.\n"),
        "{fresh:?}"
    );
    assert!(!env.project().join(".claude").exists());
}

/// Forty processes, each with a key of its own and one they all write.
#[test]
fn of_many_changes_at_once_none_is_lost() {
    let env = Env::new();
    env.settings(json!({"model": "opus"}));
    let children: Vec<_> = (0..40)
        .map(|number| {
            let key = format!("cost.pricing.overrides[model-{number}].input");
            env.start(&["config", "set", &key, &number.to_string()], b"")
        })
        .collect();
    for child in children {
        crate::support::finish(child).ok();
    }
    let settings: Value = serde_json::from_str(&text(&user_file(&env))).unwrap();
    assert_eq!(settings["model"], "opus");
    let overrides = settings["cost"]["pricing"]["overrides"].as_object().unwrap();
    assert_eq!(overrides.len(), 40, "{overrides:?}");
    for number in 0..40 {
        assert_eq!(overrides[&format!("model-{number}")]["input"], json!(number));
    }
}

#[test]
fn options_of_the_plugin_are_settings_of_the_user() {
    let configs = |options: Value| json!({"cost-hook@anywhere": {"options": options}, "cost-hooks@x": {"options": {"monthlyBudget": 1}}});
    let options = json!({"dailyBudget": 2.5, "autoStopAtBudget": true, "timezone": "Europe/Berlin", "monthlyBudget": "", "enabled": false});
    let env = Env::new();
    env.settings(json!({"pluginConfigs": configs(options.clone())}));
    // A project brings options of its own along; they are nobody's.
    env.project_settings(json!({"pluginConfigs": configs(json!({"dailyBudget": 0}))}));
    let status = env.run(&["status", "--json"]).json();
    let limits = status["limits"].as_array().unwrap();
    assert_eq!(limits.len(), 1, "{status}");
    assert_eq!(
        (&limits[0]["name"], &limits[0]["amount"]),
        (&json!("daily budget"), &json!("2.5")),
        "{status}"
    );
    let list = env.run(&["config", "list", "--origin"]).ok().stdout;
    assert_eq!(list.matches("settings.json, options of the plugin:1").count(), 3, "{list}");
    assert!(!list.contains("cost.enabled") && !list.contains("monthlyBudget"), "{list}");
    let session = env.session("s1");
    session.call(&Call::cents("a", 300));
    let stopped = env.hook("UserPromptSubmit", &session, json!({"prompt": "go on"})).json();
    assert_eq!(stopped["decision"], "block", "{stopped}");
    // What stands in `cost` takes an option's place.
    env.settings(json!({"pluginConfigs": configs(options), "cost": {"dailyBudget": 10}}));
    let status = env.run(&["status", "--json"]).json();
    assert_eq!(status["limits"][0]["amount"], json!("10"), "{status}");
    env.settings(json!({"pluginConfigs": configs(json!({"timezone": "Mars/Olympus", "dailyBudget": 3}))}));
    let said = env.run(&["validate"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.stdout.contains("Mars/Olympus") && said.stdout.contains("options of the plugin:1:"),
        "{said:?}"
    );
    let status: Value = serde_json::from_str(&env.run(&["status", "--json"]).stdout).unwrap();
    assert_eq!(status["limits"][0]["amount"], json!("3"), "one bad option takes no other with it");
}
