//! What is generated and checked in is what the types say now.

use std::fs;
use std::path::Path;

use cost_hook::cli::reference;
use cost_hook::ledger;
use cost_hook::settings::schema;

use crate::support::Env;

fn checked_in(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_default()
}

/// Says what to run, and where the two part ways: a whole schema in a terminal helps nobody.
fn compare(path: &str, fresh: &str, command: &str) -> Result<(), String> {
    let old = checked_in(path);
    if old == fresh {
        return Ok(());
    }
    let at = old.lines().zip(fresh.lines()).take_while(|(old, fresh)| old == fresh).count();
    let line = |text: &str| text.lines().nth(at).unwrap_or("(the end)").trim().to_string();
    Err(format!(
        "{path} is not current; line {} is\n    {}\nand should be\n    {}\nbring it up to date with\n\n    {command}\n",
        at + 1,
        line(&old),
        line(fresh)
    ))
}

#[track_caller]
fn is_current(path: &str, fresh: &str, command: &str) {
    if let Err(why) = compare(path, fresh, command) {
        panic!("{why}");
    }
}

#[test]
fn every_generated_file_is_current() {
    let files = reference::files();
    assert!(files.len() > 5 && files.iter().any(|(path, _)| *path == schema::PATH), "files are missing");
    for (path, fresh) in files {
        is_current(path, &fresh, reference::COMMAND);
    }
}

#[test]
fn what_the_binary_carries_is_what_is_checked_in() {
    for (path, carried) in [
        (schema::PATH, schema::CHECKED_IN),
        (schema::EDITOR_PATH, schema::EDITOR),
        (ledger::schema::PATH, ledger::schema::CHECKED_IN),
    ] {
        assert_eq!(carried, checked_in(path), "the binary carries another copy of {path}");
    }
}

/// Everything in the folders of generated files is generated, so that nothing is left behind when a file is renamed.
#[test]
fn no_generated_file_is_left_over() {
    let known: Vec<String> = reference::files().into_iter().map(|(path, _)| path.to_string()).collect();
    for folder in ["schema", "docs/reference"] {
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let path = format!("{folder}/{name}");
            assert!(name == "README.md" || known.contains(&path), "nothing generates {path}");
        }
    }
}

#[test]
fn the_binary_prints_what_is_checked_in() {
    let env = Env::new();
    assert_eq!(env.run(&["schema"]).ok().stdout, schema::CHECKED_IN);
    assert_eq!(env.run(&["schema", "settings"]).ok().stdout, schema::CHECKED_IN);
    assert_eq!(env.run(&["schema", "editor"]).ok().stdout, schema::EDITOR);
    assert_eq!(env.run(&["schema", "ledger"]).ok().stdout, ledger::schema::CHECKED_IN);
}

#[test]
fn a_stale_file_is_noticed_and_the_command_named() {
    let stale = schema::schema_text().replacen("boolean", "bolean", 1);
    let why = compare(schema::PATH, &stale, "make it so").unwrap_err();
    assert!(why.contains("make it so") && why.contains("bolean"), "{why}");
}

#[test]
fn the_command_notices_a_stale_file_and_mends_it() {
    let env = Env::new();
    let root = env.project();
    let why = env.run(&["reference", "--check"]);
    assert_eq!(why.code, Some(1));
    assert!(why.stderr.contains("run it in the root of the repository"), "{}", why.stderr);
    for (path, text) in reference::files() {
        env.write(&root.join(path), text.as_bytes());
    }
    assert_eq!(env.run(&["reference", "--check"]).ok().stdout, "");
    env.append(&root.join(schema::PATH), b"\n");
    fs::remove_file(root.join("docs/reference/cli.md")).unwrap();
    let stale = env.run(&["reference", "--check"]);
    assert_eq!(stale.code, Some(1));
    let told = "2 stale files: `docs/reference/cli.md` and `schema/settings.schema.json`";
    assert!(stale.stderr.contains(told) && stale.stderr.contains(reference::COMMAND), "{}", stale.stderr);
    let written = env.run(&["reference", "--write"]).ok().stdout;
    assert_eq!(written, "docs/reference/cli.md\nschema/settings.schema.json\n");
    assert_eq!(fs::read_to_string(root.join(schema::PATH)).unwrap(), schema::CHECKED_IN);
    env.run(&["reference", "--check"]).ok();
}

#[test]
fn the_plugin_has_the_version_of_the_program_and_says_what_it_holds() {
    let plugin: serde_json::Value = serde_json::from_str(&checked_in(".claude-plugin/plugin.json")).unwrap();
    assert_eq!(plugin["version"], env!("CARGO_PKG_VERSION"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(plugin["commands"].as_str().unwrap());
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().trim_end_matches(".md").to_string())
        .collect();
    names.sort();
    assert_eq!(names, ["advise", "allow", "budget", "cost", "debug", "report"]);
    let guide = checked_in("docs/guide/plugin.md");
    for name in names {
        assert!(guide.contains(&format!("`/cost-hook:{name}")), "{name} is not in the guide");
    }
}

#[test]
fn the_hooks_are_those_that_install_writes() {
    let hooks: serde_json::Value = serde_json::from_str(&checked_in("hooks/hooks.json")).unwrap();
    let plan =
        cost_hook::claude::install::plan_install(None, "cost-hook", &cost_hook::claude::install::EVENTS)
            .unwrap();
    let script = r#"sh \"${CLAUDE_PLUGIN_ROOT}/hooks/cost-hook\" hook"#;
    let written = String::from_utf8(plan.new_bytes).unwrap().replace("'cost-hook' hook", script);
    let written: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!(hooks["hooks"], written["hooks"], "the plugin's hooks are not those of `cost-hook install`");
    assert_eq!(hooks.as_object().unwrap().len(), 1, "the client takes no other key beside `hooks`");
}
