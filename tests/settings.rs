//! Settings as files: what is valid, what is wrong with the rest, and a referee who knows only the schema.
//!
//! A sample belongs to the layer behind the `@` in its name, else to the user. `UPDATE_SAMPLES=1` rewrites what is
//! expected; the difference is then for a person to read.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use cost_hook::base::diagnostic::Diagnostic;
use cost_hook::base::disk;
use cost_hook::base::jsonc::{self, Lines};
use cost_hook::claude::entries::{self, Surroundings};
use cost_hook::doctor::files::rules;
use cost_hook::model::limit::Layer;
use cost_hook::settings::file::FileSettings;
use cost_hook::settings::validate::{self, Context};
use cost_hook::settings::{Place, SettingsFile, Sources, schema, together};
use proptest::prelude::*;
use serde_json::Value;

const ROOT: &str = "/work/shop";

/// Rules that a schema can judge; the others need more than a schema.
const SCHEMA_RULES: [&str; 6] =
    ["missing-key", "not-an-object", "not-allowed", "out-of-range", "unknown-key", "wrong-type"];

fn zone_exists(name: &str) -> bool {
    matches!(name, "Europe/Berlin" | "UTC")
}

fn samples(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/settings").join(kind);
    let all = disk::list(&folder).unwrap().into_iter();
    all.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect()
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

fn context(file: &str) -> Context<'_> {
    let layer = match file.split_once('@').map(|(_, layer)| layer) {
        Some("project") => Layer::Project,
        Some("local") => Layer::Local,
        Some("managed") => Layer::Managed,
        _ => Layer::User,
    };
    let of_project = matches!(layer, Layer::Project | Layer::Local);
    Context { file, layer: Some(layer), root: of_project.then_some(Path::new(ROOT)), zone_exists }
}

fn shown(bytes: &[u8], found: &[Diagnostic]) -> String {
    let text = jsonc::decode(bytes).map(|decoded| decoded.text).unwrap_or_default();
    let lines = Lines::new(text);
    let mut out = String::new();
    for found in found {
        let end = lines.position(found.range.end);
        let (severity, rule) = (found.severity.name(), found.rule);
        let key = if found.key.is_empty() { "-" } else { &found.key };
        writeln!(
            out,
            "{severity}[{rule}] {key} {}:{}..{}:{}",
            found.line, found.column, end.line, end.column
        )
        .unwrap();
        writeln!(out, "  {}", found.message).unwrap();
        if !found.label.is_empty() {
            writeln!(out, "  ^ {}", found.label).unwrap();
        }
        for hint in &found.hints {
            writeln!(out, "  hint: {hint}").unwrap();
        }
    }
    out
}

/// Everything `cost-hook validate` says of these bytes, and what of them counts. Folders and programs of a machine
/// that is not there.
fn problems(bytes: &[u8], context: &Context<'_>) -> (FileSettings, Vec<Diagnostic>) {
    let (settings, found) = validate::read(bytes, context);
    let place = Place {
        layer: context.layer.unwrap_or(Layer::User),
        path: context.file.into(),
        root: context.root.map(Path::to_path_buf),
    };
    let file = SettingsFile { place, bytes: bytes.to_vec(), settings: settings.clone(), problems: found };
    let files = [file];
    let joined = cost_hook::settings::join(
        &files,
        &Sources {
            managed_dir: "/no/managed".into(),
            config_dir: "/no/home/.claude".into(),
            home: Some("/no/home".into()),
            start_dir: ROOT.into(),
            team_url: None,
            member: &|| None,
            zone_exists,
        },
    );
    let mut all = joined.problems.clone();
    all.extend(together::check(&files, &joined, &|folder| !folder.ends_with("missing")));
    if let Ok(decoded) = jsonc::decode(bytes)
        && let Ok(document) = jsonc::parse(decoded.text)
        && let Some(root) = document.root.filter(|root| matches!(root.value, jsonc::Value::Object(_)))
    {
        let around = Surroundings {
            managed: context.layer == Some(Layer::Managed),
            path: None,
            home: Path::new("/no/home"),
            project: Path::new(ROOT),
        };
        all.extend(entries::check(decoded.text, &root, &around, context.file));
    }
    all.sort_by_key(|found| (found.range.start, found.range.end));
    (settings, all)
}

/// The verdict of a validator that knows only the schema; None where there is no document to judge.
fn referee(bytes: &[u8]) -> Option<bool> {
    let document = serde_json::from_slice(bytes).ok()?;
    let schema: Value = serde_json::from_str(schema::CHECKED_IN).unwrap();
    Some(jsonschema::draft7::new(&schema).unwrap().is_valid(&document))
}

fn agree(bytes: &[u8], found: &[Diagnostic]) -> Result<(), String> {
    let ours = found.iter().all(|found| !SCHEMA_RULES.contains(&found.rule));
    // Of a repeated key the referee sees the last one only.
    let repeated = found.iter().any(|found| found.rule == "duplicate-key");
    match referee(bytes) {
        Some(theirs) if theirs != ours && !repeated => {
            Err(format!("the referee says {theirs}, we say\n{}", shown(bytes, found)))
        }
        _ => Ok(()),
    }
}

#[test]
fn valid_samples_have_no_problems() {
    for path in samples("valid") {
        let (file, bytes) = (name(&path), disk::read(&path).unwrap().unwrap());
        let (settings, found) = problems(&bytes, &context(&file));
        assert_eq!(shown(&bytes, &found), "", "{file}");
        assert_eq!(validate::read_quickly(&bytes, &context(&file)), (settings, found), "{file}");
        assert_eq!(referee(&bytes), Some(true), "{file}");
    }
}

#[test]
#[allow(clippy::disallowed_methods)]
fn invalid_samples_have_the_problems_written_beside_them() {
    let update = std::env::var_os("UPDATE_SAMPLES").is_some();
    let samples = samples("invalid");
    assert!(samples.len() >= 80);
    for path in samples {
        let (file, bytes) = (name(&path), disk::read(&path).unwrap().unwrap());
        let (settings, found) = problems(&bytes, &context(&file));
        let beside = path.with_extension("expected");
        if update {
            disk::replace_with_mode(&beside, shown(&bytes, &found).as_bytes(), 0o644).unwrap();
        }
        let expected = disk::read(&beside).unwrap().unwrap_or_default();
        assert_eq!(shown(&bytes, &found), String::from_utf8(expected).unwrap(), "{file}");
        assert!(!found.is_empty(), "{file}");
        assert!(!found.iter().any(|found| found.message.to_string().contains("cannot be read")), "{file}");
        for found in &found {
            assert!(rules().any(|(rule, _)| rule == found.rule), "{} is not listed", found.rule);
            assert!(!found.message.to_string().contains("secret"), "{file} shows a password");
        }
        agree(&bytes, &found).unwrap_or_else(|error| panic!("{file}: {error}"));
        // What the strict reader takes without a word is at most what is Claude Code's own business.
        let (quick, _) = validate::read_quickly(&bytes, &context(&file));
        assert_eq!(quick, settings, "{file}");
    }
}

#[test]
fn every_rule_is_listed_once_and_has_a_sample() {
    let rules: Vec<(&str, &str)> = rules().collect();
    assert!(rules.windows(2).all(|pair| pair[0].0 < pair[1].0));
    // These need a file that is not there, or cannot be given as text.
    let without = ["missing-program", "too-large", "unreadable"];
    let expected: String = samples("invalid")
        .iter()
        .map(|path| {
            String::from_utf8(disk::read(&path.with_extension("expected")).unwrap().unwrap_or_default())
                .unwrap()
        })
        .collect();
    for (rule, _) in rules.iter().filter(|(rule, _)| !without.contains(rule)) {
        assert!(expected.contains(&format!("[{rule}]")), "no sample breaks the rule {rule}");
    }
}

/// A document that is mostly right: each key of the schema with a value that may be wrong.
fn document() -> impl Strategy<Value = String> {
    let value = prop::sample::select(vec![
        "0",
        "1",
        "0.8",
        "31",
        "32",
        "1.0",
        "1.5",
        "-1",
        "-0",
        "1e9",
        "1e10",
        "1e-30",
        "true",
        "null",
        "\"\"",
        "\"x\"",
        "\"monday\"",
        "\"allow\"",
        "\"block\"",
        "\"bedrock\"",
        "\"15m\"",
        "\"0m\"",
        "\"warn\"",
        "\"daily\"",
        "[]",
        "{}",
        "[0.5, 1]",
        "[2]",
        "\"postgres://h/d\"",
        "{\"input\": 1}",
        "{\"m\": {\"input\": 1}}",
        "[{\"user\": \"a\", \"allocation\": 1}]",
        "[{\"user\": \"a\"}]",
        "\"UTC\"",
        "[{\"name\": \"a\", \"amount\": 1, \"period\": \"daily\"}]",
        "[{\"name\": \"a\", \"amount\": 1, \"period\": \"daily\", \"action\": 1, \"warnAt\": [0.5]}]",
    ]);
    let keys =
        |keys: &[&str]| prop::sample::select(keys.iter().map(|key| key.to_string()).collect::<Vec<_>>());
    let object = |names: BoxedStrategy<String>| {
        prop::collection::btree_map(names, value.clone(), 0..6).prop_map(|members| {
            let members: Vec<String> =
                members.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
            format!("{{{}}}", members.join(", "))
        })
    };
    let cost = object(
        keys(&[
            "enabled",
            "dailyBudget",
            "warningThreshold",
            "autoStopAtBudget",
            "limits",
            "timezone",
            "weekStart",
            "billingDay",
            "onError",
            "pricing",
            "provider",
            "region",
            "allowOverride",
            "dayly",
        ])
        .boxed(),
    );
    let team = object(keys(&["budget", "members", "user", "onStale", "maxAge", "databaseUrl", "x"]).boxed());
    let pricing = object(keys(&["overrides", "multiplier", "discounts", "transferPerGb"]).boxed());
    let limit = object(
        keys(&["name", "amount", "period", "project", "model", "action", "warnAt", "allowOverride"]).boxed(),
    );
    (cost, team, pricing, limit, value).prop_map(|(cost, team, pricing, limit, value)| {
        let nested = format!("{{\"pricing\": {pricing}, \"limits\": [{limit}]}}");
        let first = if cost.len() % 2 == 0 { cost } else { nested };
        format!("{{\"cost\": {first}, \"team\": {team}, \"costThreshold\": {value}, \"other\": {value}}}")
    })
}

/// Found by fuzzing: derived readers take a list for a struct, its elements for the fields in their order.
#[test]
fn a_list_is_no_object() {
    for text in [
        "[true, 5]",
        r#"{"team": []}"#,
        r#"{"team": [5000]}"#,
        r#"{"cost": [false, 1, 2, 3]}"#,
        r#"{"cost": {"limits": [["a", 1, "day", null, null, null, null, null, null, null]]}}"#,
        r#"{"cost": {"pricing": []}}"#,
        r#"{"cost": {"pricing": {"discounts": [], "overrides": {"m": [0, 0, 0, 0, 0]}}}}"#,
        r#"{"cost": {"pricing": {"discounts": {"providers": [1]}}}}"#,
        r#"{"team": {"members": [["ann", 5]]}}"#,
    ] {
        let context = Context { file: "x", layer: Some(Layer::User), root: None, zone_exists };
        let (settings, found) = validate::read(text.as_bytes(), &context);
        assert!(!found.is_empty(), "{text}");
        assert_eq!(validate::read_quickly(text.as_bytes(), &context), (settings, found), "{text}");
    }
}

proptest! {
    #[test]
    fn we_and_the_referee_agree(text in document()) {
        let context = Context { file: "x", layer: Some(Layer::User), root: None, zone_exists };
        let (settings, found) = validate::read(text.as_bytes(), &context);
        prop_assert!(!found.iter().any(|found| found.message.to_string().contains("cannot be read")), "{:?}", found);
        if let Err(error) = agree(text.as_bytes(), &found) {
            prop_assert!(false, "{}", error);
        }
        prop_assert_eq!(validate::read_quickly(text.as_bytes(), &context), (settings, found));
    }

    #[test]
    fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let context = Context { file: "x", layer: None, root: None, zone_exists };
        validate::validate(&bytes, &context);
    }

    #[test]
    fn no_text_is_too_odd(text in "[\\[\\]{},:\"0-9a-z/*\\\\ \n\u{e9}-]{0,40}") {
        let context = Context { file: "x", layer: None, root: None, zone_exists };
        for found in validate::validate(text.as_bytes(), &context) {
            prop_assert!(text.is_char_boundary(found.range.start) && text.is_char_boundary(found.range.end));
        }
    }
}
