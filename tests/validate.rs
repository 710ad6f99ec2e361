//! `cost-hook validate` as it is typed: which files it looks at, whose they are, the four forms of its answer, and
//! the exit code. What is wrong with which text is in `settings`, with its samples.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use crate::support::{Env, Output};

const WRONG: &str = "{\n  \"cost\": {\"dialyBudget\": 5, \"weeklyBudget\": 9, \"monthlyBudget\": 8}\n}\n";

fn user_file(env: &Env, text: &str) -> String {
    let path = env.config().join("settings.json");
    env.write(&path, text.as_bytes());
    path.display().to_string()
}

/// The document of `--json`, whatever the verdict is.
#[track_caller]
fn document(output: &Output) -> Value {
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn rules(output: &Output) -> Vec<String> {
    let problems = document(output)["problems"].as_array().unwrap().clone();
    problems.iter().map(|problem| problem["rule"].as_str().unwrap().to_string()).collect()
}

#[test]
fn every_file_that_applies_is_looked_at() {
    let env = Env::new();
    let none = env.run(&["validate"]).ok();
    assert_eq!(none.stdout, "There are no settings files here.\n");
    env.managed(json!({"cost": {"monthlyBudget": 5}}));
    env.write(&env.managed_dir().join("managed-settings.d/10-team.json"), b"{\"team\": {\"budget\": \"x\"}}");
    env.settings(json!({"cost": {"dailyBudget": -1}}));
    env.project_settings(json!({"cost": {"enabled": false}}));
    env.local_settings(json!({"cost": {"timezone": "Mars/Olympus"}}));
    let output = env.run(&["validate", "--json"]);
    assert_eq!(output.code, Some(1));
    let document = document(&output);
    let layers: Vec<&str> =
        document["files"].as_array().unwrap().iter().map(|file| file["layer"].as_str().unwrap()).collect();
    assert_eq!(layers, ["managed", "managed", "user", "project", "local"]);
    assert_eq!(rules(&output), ["wrong-type", "out-of-range", "no-effect", "unknown-zone"]);
    assert_eq!((&document["errors"], &document["warnings"]), (&json!(3), &json!(1)));
    assert_eq!(env.run(&["validate", "--all", "--json"]).stdout, output.stdout);
}

/// Whoever is not listed shares what the allocations leave, which may be nothing: the budget itself is not 0.
#[test]
fn a_budget_that_is_allocated_to_the_last_is_not_said_to_be_nothing() {
    let env = Env::new();
    env.var("USER", "zoe");
    let team = |allocation: u32| {
        env.settings(json!({"team": {"budget": 10, "members": [{"user": "ann", "allocation": allocation}]}}));
        env.run(&["validate", "--json"]).ok()
    };
    assert_eq!(rules(&team(10)), Vec::<String>::new());
    assert_eq!(rules(&team(20)), ["over-allocated"]);
    env.settings(json!({"team": {"budget": 0}}));
    assert_eq!(rules(&env.run(&["validate", "--json"]).ok()), ["zero-amount"]);
}

/// Claude Code reads with JavaScript, which takes half of a surrogate pair: so does the hook, and so does who checks.
#[test]
fn half_of_a_surrogate_pair_is_json() {
    let env = Env::new();
    let text = r#"{"env": {"X": "\ud800"}, "\uDfff": 1, "cost": {"dailyBudget": 5, "region": "a\ud83d\ude00\ud83d"}}"#;
    user_file(&env, text);
    let output = env.run(&["validate", "--json"]).ok();
    assert_eq!(rules(&output), Vec::<String>::new());
    assert_eq!(env.run(&["config", "get", "cost.dailyBudget"]).ok().stdout, "5\n");
    let before = fs::read_to_string(env.config().join("settings.json")).unwrap();
    env.run(&["config", "set", "cost.dailyBudget", "6"]).ok();
    let after = fs::read_to_string(env.config().join("settings.json")).unwrap();
    assert_eq!(after, before.replace('5', "6"), "spelled as it was");
    // What else is wrong is still found, and where it is.
    user_file(&env, "{\"a\": \"\\ud800\",\n \"cost\": {\"dailyBudget\": -1, \"weeklyBudget\": 7}}");
    let output = env.run(&["validate", "--json"]);
    assert_eq!(rules(&output), ["out-of-range"]);
    assert_eq!(document(&output)["problems"][0]["line"], 2);
    assert_eq!(env.run(&["config", "get", "cost.weeklyBudget"]).ok().stdout, "7\n", "the rest counts");
}

#[test]
fn people_see_the_source_and_the_cure() {
    let env = Env::new();
    let path = user_file(&env, WRONG);
    let output = env.run(&["validate"]);
    assert_eq!(output.code, Some(1));
    let expected = format!(
        "\
error[unknown-key]: unknown key `dialyBudget` in `cost`
 --> {path}:2:12
  |
2 |   \"cost\": {{\"dialyBudget\": 5, \"weeklyBudget\": 9, \"monthlyBudget\": 8}}
  |            ^^^^^^^^^^^^^ no such setting
  |
  = help: did you mean `dailyBudget`?

warning[never-reached]: `cost.weeklyBudget` ($9.00) is more than `cost.monthlyBudget` ($8.00)
 --> {path}:2:46
  |
2 |   \"cost\": {{\"dialyBudget\": 5, \"weeklyBudget\": 9, \"monthlyBudget\": 8}}
  |                                              ^ never reached first
  |
  = help: lower it below $8.00, or raise `cost.monthlyBudget`

1 error and 1 warning in 1 settings file.
  {path} (user)
"
    );
    assert_eq!(output.stdout, expected);
}

#[test]
fn quiet_and_strict() {
    let env = Env::new();
    user_file(&env, WRONG);
    let quiet = env.run(&["validate", "--quiet"]);
    assert_eq!(quiet.code, Some(1));
    assert!(quiet.stdout.contains("dialyBudget") && !quiet.stdout.contains("never-reached"), "{quiet:?}");
    assert!(!quiet.stdout.contains("settings file"), "{quiet:?}");
    user_file(&env, &WRONG.replace("\"dialyBudget\": 5, ", ""));
    env.run(&["validate", "-q"]).silent();
    assert_eq!(env.run(&["validate"]).code, Some(0));
    let strict = env.run(&["validate", "--strict", "--quiet"]);
    assert_eq!(strict.code, Some(1));
    assert!(strict.stdout.contains("never-reached"), "{strict:?}");
    user_file(&env, "{}");
    env.run(&["validate", "--strict", "--quiet"]).silent();
}

#[test]
fn github_commands_are_one_line_each_and_relative_to_the_workspace() {
    let env = Env::new();
    let name = env.project().join(".claude/settings.json");
    env.write(&name, "{\"cost\": {\"a%\\nb\": 1,\n\"timezone\": \"Mars\"}}".as_bytes());
    let output = env.run(&["validate", "--format", "github"]);
    assert_eq!(output.code, Some(1));
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{output:?}");
    let start = "::error file=.claude/settings.json,line=1,col=11,endLine=1,endColumn=18,title=cost-hook unknown-key::";
    assert!(lines[0].starts_with(start), "{}", lines[0]);
    assert!(lines[0].contains("a%25") && lines[0].contains("%0A"), "{}", lines[0]);
    assert!(lines[1].starts_with("::error file=.claude/settings.json,line=2,col=13,"), "{}", lines[1]);
}

#[test]
fn sarif_names_rules_places_and_files() {
    let env = Env::new();
    user_file(&env, WRONG);
    env.write(&env.project().join(".claude/settings.json"), "{\"cost\": {\"\u{e9}\": 1}}".as_bytes());
    let output = env.run(&["validate", "--format", "sarif"]);
    assert_eq!(output.code, Some(1));
    let sarif = document(&output);
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    for result in results {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
    }
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["region"], json!({"startLine": 2, "startColumn": 12, "endLine": 2, "endColumn": 25}));
    let uri = place["artifactLocation"]["uri"].as_str().unwrap();
    assert_eq!(uri, format!("file://{}/settings.json", env.config().display()));
    assert_eq!(results[0]["level"], "error");
    assert_eq!(results[1]["level"], "warning");
    let place = &results[2]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], ".claude/settings.json");
    assert_eq!(place["region"]["endColumn"], 14, "columns count characters");
    // A run without findings is a run as well.
    let clean = document(&Env::new().run(&["validate", "--format", "sarif"]));
    assert_eq!(clean["runs"][0]["results"], json!([]));
}

#[test]
fn standard_input_is_judged_as_whose_it_is_said_to_be() {
    let env = Env::new();
    let text = br#"{"cost": {"enabled": false, "provider": "bedrock"}}"#;
    let free = env.run_with(&["validate", "-", "--json"], text).ok();
    assert_eq!(rules(&free), [""; 0]);
    let project = env.run_with(&["validate", "-", "--scope", "project", "--json"], text);
    assert_eq!(rules(&project), ["no-effect", "no-effect"]);
    let managed = env.run_with(&["validate", "-", "--scope", "managed", "--json"], text).ok();
    assert_eq!(rules(&managed), [""; 0]);
    let broken = env.run_with(&["validate", "-"], b"{\"cost\": {");
    assert_eq!(broken.code, Some(1));
    assert!(broken.stdout.contains("--> <stdin>:1:"), "{broken:?}");
    let endless = env.run_with(&["validate", "-"], &vec![b' '; (2 << 20) + 1]);
    assert_eq!(endless.code, Some(1));
    assert!(endless.stderr.contains("standard input is too large"), "{endless:?}");
}

#[test]
fn a_file_elsewhere_is_whose_its_name_says() {
    let env = Env::new();
    let text = br#"{"cost": {"enabled": false}}"#;
    let project = env.root().join("other/.claude/settings.json");
    let plain = env.root().join("other/policy.json");
    env.write(&project, text);
    env.write(&plain, text);
    let (project, plain) = (project.to_str().unwrap(), plain.to_str().unwrap());
    assert_eq!(rules(&env.run(&["validate", project, "--json"])), ["no-effect"]);
    assert_eq!(rules(&env.run(&["validate", plain, "--json"])), [""; 0]);
    assert_eq!(rules(&env.run(&["validate", plain, "--scope", "local", "--json"])), ["no-effect"]);
    assert_eq!(rules(&env.run(&["validate", project, "--scope", "user", "--json"])), [""; 0]);
    // Each of several.
    let both = env.run(&["validate", plain, project, "--json"]);
    assert_eq!(document(&both)["files"].as_array().unwrap().len(), 2);
    // A link is the file it leads to.
    let link = env.root().join("link.json");
    symlink(env.config().join("settings.json"), &link).unwrap();
    env.settings(json!({"cost": {"enabled": false}}));
    let output = env.run(&["validate", link.to_str().unwrap(), "--json"]);
    assert_eq!(document(&output)["files"][0]["layer"], "user");
}

#[test]
fn what_cannot_be_read_is_a_problem_of_its_own() {
    let env = Env::new();
    let path = |name: &str| env.root().join(name).display().to_string();
    fs::create_dir(env.root().join("folder")).unwrap();
    symlink("nowhere", env.root().join("dangling")).unwrap();
    symlink("loop", env.root().join("loop")).unwrap();
    env.write(&env.root().join("large"), &vec![b' '; 10 << 20]);
    env.write(&env.root().join("deep"), format!("{{\"cost\": {}", "[".repeat(1 << 20)).as_bytes());
    env.write(&env.root().join("bytes"), b"{\"cost\": {\"region\": \"\xff\"}}");
    env.write(&env.root().join("utf-16"), b"\xff\xfe{\0}\0");
    env.write(&env.root().join("infinite"), b"{\"cost\": {\"dailyBudget\": 1e400}}");
    assert!(std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
    for (name, rule, words) in [
        ("missing", "unreadable", "there is no file"),
        ("folder", "unreadable", "it is a folder"),
        ("dangling", "unreadable", "there is no file"),
        ("loop", "unreadable", "cannot read"),
        ("pipe", "unreadable", "not a regular file"),
        ("large", "too-large", "10485760 bytes, at most 2097152 are read"),
        ("deep", "invalid-json", "nesting"),
        ("bytes", "not-utf-8", "not UTF-8"),
        ("utf-16", "not-utf-8", "not UTF-8"),
        ("infinite", "out-of-range", "far too large"),
    ] {
        for format in ["json", "human", "sarif", "github"] {
            let output = env.run(&["validate", &path(name), "--format", format]);
            assert_eq!((output.code, output.stderr.as_str()), (Some(1), ""), "{name} {format}: {output:?}");
            assert!(output.stdout.contains(words), "{name} {format}: {output:?}");
        }
        let output = env.run(&["validate", &path(name), "--json"]);
        assert_eq!(rules(&output), [rule], "{name}");
    }
    // In the place of real settings as well.
    fs::create_dir(env.config().join("settings.json")).unwrap();
    let output = env.run(&["validate", "--json"]);
    assert_eq!((output.code, rules(&output)), (Some(1), vec!["unreadable".to_string()]));
}

#[test]
fn values_of_several_files_are_taken_together() {
    let env = Env::new();
    // The local settings take the project's daily budget over, above its monthly one.
    env.project_settings(json!({"cost": {"dailyBudget": 5, "monthlyBudget": 40}}));
    env.local_settings(json!({"cost": {"dailyBudget": 50}}));
    let output = env.run(&["validate", "--json"]).ok();
    assert_eq!(rules(&output), ["never-reached"]);
    let problem = &document(&output)["problems"][0];
    assert!(problem["file"].as_str().unwrap().ends_with("settings.local.json"), "{problem}");
    // Alone each of the files is fine.
    for name in ["settings.json", "settings.local.json"] {
        let path = env.project().join(".claude").join(name);
        let output = env.run(&["validate", path.to_str().unwrap(), "--json"]).ok();
        assert_eq!(rules(&output), [""; 0], "{name}");
    }
    // Silenced warnings in one file, a budget that only warns in another.
    env.settings(json!({"costWarnings": false}));
    assert_eq!(rules(&env.run(&["validate", "--json"])), ["no-action", "never-reached", "no-action"]);
    // Another owner's budget is no reason to change one's own.
    let env = Env::new();
    env.managed(json!({"cost": {"monthlyBudget": 40}}));
    env.settings(json!({"cost": {"dailyBudget": 50}}));
    assert_eq!(rules(&env.run(&["validate", "--json"])), [""; 0]);
}

#[test]
fn what_install_writes_has_no_problems() {
    let env = Env::new();
    env.run(&["install", "--no-import"]).ok();
    let output = env.run(&["validate", "--strict", "--json"]).ok();
    assert_eq!(rules(&output), [""; 0]);
    // A binary that moved away is the end of all booking.
    let path = env.config().join("settings.json");
    let text = fs::read_to_string(&path).unwrap();
    let binary = env!("CARGO_BIN_EXE_cost-hook");
    env.write(&path, text.replace(binary, "/gone/cost-hook").as_bytes());
    let output = env.run(&["validate", "--json"]);
    assert_eq!(output.code, Some(1));
    assert!(rules(&output).iter().all(|rule| rule == "missing-program"), "{output:?}");
    assert_eq!(rules(&output).len(), 14);
    // Mended by what the cure says.
    env.run(&["install", "--no-import"]).ok();
    assert_eq!(rules(&env.run(&["validate", "--strict", "--json"]).ok()), [""; 0]);
}

#[test]
fn hooks_that_another_file_switches_off_are_told() {
    let env = Env::new();
    let off = |off: bool| json!({"disableAllHooks": off});
    // As the client does it: `entries::hooks_off` of the client tests.
    env.project_settings(off(true));
    assert_eq!(rules(&env.run(&["validate", "--json"]).ok()), [""; 0], "there is nothing to switch off");
    env.run(&["install", "--no-import"]).ok();
    let output = env.run(&["validate", "--json"]).ok();
    assert_eq!(rules(&output), ["hooks-off"]);
    let problem = &document(&output)["problems"][0];
    assert!(problem["file"].as_str().unwrap().ends_with("/.claude/settings.json"), "{problem}");
    assert!(problem["hints"][0].as_str().unwrap().contains("do not run in this folder"), "{problem}");
    env.local_settings(off(false));
    assert_eq!(rules(&env.run(&["validate", "--json"]).ok()), [""; 0], "the local file comes first");
    env.managed(off(true));
    assert_eq!(rules(&env.run(&["validate", "--json"]).ok()), ["hooks-off"]);
    // Managed hooks are switched off by managed settings alone.
    let installed = fs::read(env.config().join("settings.json")).unwrap();
    env.write(&env.managed_dir().join("managed-settings.json"), &installed);
    env.run(&["uninstall"]).ok();
    env.local_settings(off(true));
    assert_eq!(rules(&env.run(&["validate", "--json"]).ok()), [""; 0]);
}

#[test]
fn nothing_is_shown_that_a_terminal_would_obey_and_no_password() {
    let env = Env::new();
    let text = "{\"cost\": {\"\\u001b[31mred\": 1}, \"team\": {\"databaseUrl\": \"mysql://u:hunter2@h/d\"}}";
    user_file(&env, text);
    for format in ["json", "sarif", "github"] {
        let output = env.run(&["validate", "--format", format]);
        assert!(
            !output.stdout.contains('\u{1b}') && !output.stdout.contains("hunter2"),
            "{format}: {output:?}"
        );
    }
    let human = env.run(&["validate"]).stdout;
    assert!(!human.contains('\u{1b}') && !human.contains("hunter2"), "{human:?}");
    user_file(&env, "{\"env\": {\"ANTHROPIC_API_KEY\": \"sk-secret\"}, \"cost\": {\"x\": 1}, }");
    let human = env.run(&["validate"]).stdout;
    assert!(human.contains("unknown-key") && !human.contains("sk-secret"), "{human}");
}
