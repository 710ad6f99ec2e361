//! The published schemas in real JSON language servers: what an editor completes, explains and underlines in Claude
//! Code's settings.json, in each of the ways docs/guide/editors.md shows; and what code scanning reads (`sarif`). Nothing goes to the network: the servers ask
//! the editor to fetch, and that is these tests.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stdout, unreachable_pub)]

mod sarif;
mod server;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use serde_json::{Value, json};
use server::{At, Problem, SCHEMA_STORE, SERVERS, Server, client_schema, words};
use tempfile::TempDir;

/// How an editor comes to know the schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Ours and Claude Code's are both associated with the file.
    SideBySide,
    /// The file names the schema that holds both.
    Named,
    /// The file names SchemaStore's, and the editor is told that this address means both.
    Replaced,
    /// The same for a file that names none.
    Joined,
}

const WAYS: [Way; 4] = [Way::SideBySide, Way::Named, Way::Replaced, Way::Joined];

const FILES: [&str; 2] = ["**/.claude/settings.json", "**/.claude/settings.local.json"];

/// The schemas as a user has them: printed by the program into files.
struct Schemas {
    folder: TempDir,
}

impl Schemas {
    fn printed() -> Self {
        let folder = tempfile::Builder::new().prefix("cost-hook-schemas-").tempdir().unwrap();
        let schemas = Self { folder };
        for name in ["settings", "editor"] {
            let printed = cost_hook(schemas.folder.path()).args(["schema", name]).output().unwrap();
            assert!(printed.status.success());
            fs::write(schemas.folder.path().join(name), printed.stdout).unwrap();
        }
        schemas
    }

    fn uri(&self, name: &str) -> String {
        format!("file://{}/{name}", self.folder.path().display())
    }

    fn own(&self) -> Value {
        serde_json::from_slice(&fs::read(self.folder.path().join("settings")).unwrap()).unwrap()
    }

    fn associations(&self, way: Way) -> Value {
        let own = self.uri("settings");
        match way {
            Way::SideBySide => json!([
                { "fileMatch": FILES, "url": SCHEMA_STORE[1] },
                { "fileMatch": FILES, "url": own },
            ]),
            Way::Named => json!([]),
            Way::Replaced | Way::Joined => json!([{
                "fileMatch": FILES,
                "url": SCHEMA_STORE[0],
                "schema": { "allOf": [{ "$ref": SCHEMA_STORE[1] }, { "$ref": own }] },
            }]),
        }
    }

    /// A document's first line, as far as the way needs one.
    fn head(&self, way: Way) -> String {
        match way {
            Way::SideBySide | Way::Joined => String::new(),
            Way::Named => format!("\"$schema\": \"{}\",", self.uri("editor")),
            Way::Replaced => format!("\"$schema\": \"{}\",", SCHEMA_STORE[0]),
        }
    }
}

fn cost_hook(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cost-hook"));
    command.env_clear().env("HOME", home).env("COST_HOOK_MANAGED_DIR", home.join("managed"));
    command.current_dir(home);
    command
}

/// Runs a case on every server in every way; the ways side by side, since a server waits before it says anything.
fn everywhere(case: impl Fn(&Server, &Schemas, Way) + Sync) {
    let schemas = Schemas::printed();
    let in_one_way = |name: &str, way: Way| {
        let server = Server::start(name, &schemas.associations(way));
        case(&server, &schemas, way);
        let fetched = server.fetched();
        assert!(!fetched.is_empty(), "Claude Code's own schema was not asked for");
        let known = |address: &String| SCHEMA_STORE.contains(&address.as_str());
        assert!(fetched.iter().all(known), "{fetched:?}");
    };
    for name in SERVERS {
        thread::scope(|scope| {
            let running = WAYS.map(|way| (way, scope.spawn(move || in_one_way(name, way))));
            for (way, one) in running {
                assert!(one.join().is_ok(), "{name}, {way:?}: as said above");
            }
        });
    }
}

fn labels(items: &[Value]) -> BTreeSet<String> {
    items.iter().map(|item| item["label"].as_str().unwrap().to_string()).collect()
}

/// The item of a label, and its explanation.
fn explained(items: &[Value], label: &str) -> String {
    let item = items.iter().find(|item| item["label"] == label);
    words(&item.unwrap_or_else(|| panic!("{label} is not offered: {:?}", labels(items)))["documentation"])
}

fn keys(schema: &Value) -> BTreeSet<String> {
    schema["properties"].as_object().unwrap().keys().cloned().collect()
}

/// Text as an editor may show it: marks of Markdown are escaped there.
fn plain(text: &str) -> String {
    text.replace('\\', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn keys_are_completed_and_explained() {
    everywhere(|server, schemas, way| {
        let own = schemas.own();
        for (section, inside) in [
            ("cost", "\"cost\": { | }"),
            ("team", "\"team\": { | }"),
            ("cost/properties/pricing", "\"cost\": { \"pricing\": { | } }"),
            ("cost/properties/limits/items", "\"cost\": { \"limits\": [{ | }] }"),
        ] {
            let (at, text) = At::cursor(&format!("{{ {} {inside} }}", schemas.head(way)));
            let items = server.completions(&text, at);
            let schema = own.pointer(&format!("/properties/{section}")).unwrap();
            assert_eq!(labels(&items), keys(schema), "{section}");
            for (key, property) in schema["properties"].as_object().unwrap() {
                let description = property["description"].as_str().unwrap();
                assert_eq!(plain(&explained(&items, key)), plain(description), "{section} {key}");
            }
        }
    });
}

#[test]
fn a_key_half_typed_and_in_quotes_is_completed() {
    everywhere(|server, schemas, way| {
        let (at, text) = At::cursor(&format!("{{ {} \"cost\": {{ \"daily|\" }} }}", schemas.head(way)));
        let items = server.completions(&text, at);
        let daily = items.iter().find(|item| item["label"] == "dailyBudget").unwrap();
        let new = daily["textEdit"]["newText"].as_str().unwrap();
        assert!(new.starts_with("\"dailyBudget\": "), "{new}");
    });
}

#[test]
fn values_are_completed() {
    everywhere(|server, schemas, way| {
        for (inside, wanted) in [
            ("\"cost\": { \"onError\": | }", &["\"allow\"", "\"block\""][..]),
            ("\"cost\": { \"weekStart\": | }", &["\"monday\"", "\"sunday\""]),
            ("\"cost\": { \"provider\": | }", &["\"bedrock\"", "\"claude-platform-aws\""]),
            ("\"cost\": { \"timezone\": | }", &["\"Europe/Berlin\""]),
            ("\"cost\": { \"autoStopAtBudget\": | }", &["true", "false"]),
            ("\"cost\": { \"limits\": [{ \"period\": | }] }", &["\"daily\"", "\"total\""]),
        ] {
            let (at, text) = At::cursor(&format!("{{ {} {inside} }}", schemas.head(way)));
            let offered = labels(&server.completions(&text, at));
            for value in wanted {
                assert!(offered.contains(*value), "{inside}: {offered:?}");
            }
        }
    });
}

#[test]
fn what_the_mouse_is_on_is_explained() {
    everywhere(|server, schemas, way| {
        let own = schemas.own();
        let text = format!(
            "{{\n  {}\n  \"costThreshold\": 1,\n  \"cost\": {{ \"dailyBudget\": 5, \"limits\": [{{ \"warnAt\": 0.5 }}] }}\n}}",
            schemas.head(way)
        );
        for (key, pointer) in [
            ("costThreshold", "/properties/costThreshold"),
            ("dailyBudget", "/properties/cost/properties/dailyBudget"),
            ("limits", "/properties/cost/properties/limits"),
            ("warnAt", "/properties/cost/properties/limits/items/properties/warnAt"),
        ] {
            let description = own.pointer(pointer).unwrap()["description"].as_str().unwrap();
            let mut at = At::start_of(&format!("\"{key}\""), &text);
            at.character += 2;
            let said = plain(&server.hover(&text, at));
            assert!(said.contains(&plain(description)), "{key}: {said}");
        }
    });
}

/// The same document for the editor and for `validate`: both begin each problem at the same character.
#[test]
fn mistakes_are_underlined_where_validate_finds_them() {
    let wrong = ["\"dailyBugdet\"", "\"ten\"", "80", "\"sometimes\"", "\"allocaton\"", "32"];
    everywhere(|server, schemas, way| {
        let text = format!(
            r#"{{
  {}
  "model": "opus", "ümläut": "😀", "costThreshold": {},
  "cost": {{
    {}: 10,
    "warningThreshold": {}, "billingDay": {},
    "onError": {}
  }},
  "team": {{ "members": [{{ "user": "ada", "allocation": 1, {}: 1 }}] }}
}}"#,
            schemas.head(way),
            wrong[1],
            wrong[0],
            wrong[2],
            wrong[5],
            wrong[3],
            wrong[4]
        );
        let problems = server.open(&text);
        let underlined: BTreeSet<(At, At)> = problems.iter().map(|one| (one.start, one.end)).collect();
        let expected: BTreeSet<(At, At)> = wrong
            .iter()
            .map(|part| {
                let start = At::start_of(part, &text);
                let length = u64::try_from(part.len()).unwrap();
                (start, At { character: start.character + length, ..start })
            })
            .collect();
        assert_eq!(underlined, expected, "{problems:#?}");
        // The protocol counts UTF-16 units from 0, `validate` characters from 1.
        let place = |part: &&str| {
            let before = &text[..text.find(part).unwrap()];
            let column = before.rsplit('\n').next().unwrap().chars().count();
            (before.matches('\n').count() + 1, column + 1)
        };
        assert_eq!(validated(&text), wrong.iter().map(place).collect());
    });
}

/// Lines and columns of the errors that `validate` finds.
fn validated(text: &str) -> BTreeSet<(usize, usize)> {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("settings.json");
    fs::write(&path, text).unwrap();
    let answer = cost_hook(home.path()).args(["validate", "--json"]).arg(&path).output().unwrap();
    let answer: Value = serde_json::from_slice(&answer.stdout).unwrap();
    let problems = answer["problems"].as_array().unwrap();
    let errors = problems.iter().filter(|problem| problem["severity"] == "error");
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    errors.map(|problem| (number(&problem["line"]), number(&problem["column"]))).collect()
}

#[test]
fn a_limit_without_its_amount_is_marked() {
    everywhere(|server, schemas, way| {
        let text = format!(
            "{{ {} \"cost\": {{ \"limits\": [{{ \"name\": \"a\", \"period\": \"daily\" }}] }} }}",
            schemas.head(way)
        );
        let problems = server.open(&text);
        assert!(problems.len() == 1 && problems[0].message.contains("amount"), "{problems:?}");
    });
}

/// Nothing is lost of what an editor does for Claude Code's own keys.
#[test]
fn the_clients_own_keys_go_on() {
    let client = client_schema();
    let about = |key: &str| client["properties"][key]["description"].as_str().unwrap().to_string();
    everywhere(|server, schemas, way| {
        let (at, text) = At::cursor(&format!("{{ {} | }}", schemas.head(way)));
        let items = server.completions(&text, at);
        for key in ["model", "permissions", "hooks"] {
            assert_eq!(plain(&explained(&items, key)), plain(&about(key)));
        }
        for key in ["cost", "team", "costWarnings", "costThreshold"] {
            assert!(!explained(&items, key).is_empty());
        }
        let text = format!("{{\n{}\n\"model\": \"opus\" }}", schemas.head(way));
        let mut at = At::start_of("\"model\"", &text);
        at.character += 3;
        assert!(plain(&server.hover(&text, at)).contains(&plain(&about("model"))));
        let (at, text) = At::cursor(&format!(
            "{{ {} \"hooks\": {{ \"Stop\": [{{ \"hooks\": [{{ \"type\": \"command\", | }}] }}] }} }}",
            schemas.head(way)
        ));
        assert!(labels(&server.completions(&text, at)).contains("command"));
        let text = format!("{{ {} \"hooks\": {{ \"Stop\": [{{ \"hoks\": [] }}] }} }}", schemas.head(way));
        let marked = server.open(&text);
        let hoks = |one: &Problem| one.start == At::start_of("\"hoks\"", &text);
        assert!(marked.iter().any(hoks), "the strict hooks are strict no longer: {marked:?}");
    });
}

/// What `validate` calls valid, no editor underlines.
#[test]
fn valid_files_are_clean() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/settings/valid");
    let mut samples = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        // Not those with hooks, whose schema is the stand-in's; nor 1.0, which JSON Schema calls an integer and these
        // servers do not.
        let document: Value = serde_json::from_str(&text).unwrap();
        if document.get("hooks").is_none() && !path.ends_with("whole-number-with-a-point.json") {
            // The ways name a schema of their own.
            let named = format!("\"$schema\": \"{}\",", SCHEMA_STORE[0]);
            samples.push((path, text.replacen(&named, "", 1)));
        }
    }
    assert!(samples.len() > 6, "{samples:?}");
    everywhere(|server, schemas, way| {
        for (path, text) in &samples {
            let inner = text.trim_start().strip_prefix('{').unwrap();
            let head = schemas.head(way);
            let head = if inner.trim() == "}" { head.trim_end_matches(',') } else { &head };
            let problems = server.open(&format!("{{{head}{inner}"));
            assert!(problems.is_empty(), "{}: {problems:?}", path.display());
        }
    });
}
