//! The GitHub Action: its description, its script and its guide page name the same inputs, outputs and exit codes, and
//! no input gets into the text of a script. What it does with a real client is in `tests/client/scenarios/continuous.rs`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

type Names = BTreeSet<String>;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn description() -> Vec<(Vec<String>, String)> {
    entries(&read(".github/actions/cost-hook/action.yml")).unwrap()
}

fn script() -> String {
    read(".github/actions/cost-hook/run.sh")
}

/// The part of YAML the description keeps to: maps and lists of maps by two spaces, plain or quoted values on one line.
/// Each value with the keys that lead to it; an item of a list counts as the key `-`.
fn entries(text: &str) -> Result<Vec<(Vec<String>, String)>, String> {
    let mut path: Vec<String> = Vec::new();
    let mut found: Vec<(Vec<String>, String)> = Vec::new();
    let mut may_nest = true;
    for (number, line) in text.lines().enumerate() {
        let wrong = |why: &str| format!("line {}: {why}: {line}", number + 1);
        let mut rest = line.trim_start_matches(' ');
        if rest.is_empty() || rest.starts_with('#') {
            continue;
        }
        let mut depth = (line.len() - rest.len()) / 2;
        if (line.len() - rest.len()) % 2 == 1 || line.contains('\t') {
            return Err(wrong("not indented by two spaces"));
        }
        if depth > path.len() || (depth == path.len() && !may_nest) {
            return Err(wrong("deeper than what is above it"));
        }
        path.truncate(depth);
        if let Some(item) = rest.strip_prefix("- ") {
            path.push("-".into());
            depth += 1;
            rest = item;
        }
        let (key, value) = rest.split_once(':').ok_or_else(|| wrong("no key"))?;
        if key.is_empty() || !key.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) {
            return Err(wrong("not a plain key"));
        }
        if !value.is_empty() && !value.starts_with(' ') {
            return Err(wrong("no space after the colon"));
        }
        let value = value.trim();
        let quoted = value.len() > 1 && value.starts_with('"') && value.ends_with('"');
        let plain = if quoted { &value[1..value.len() - 1] } else { value };
        let special = |c| "\"'[]{}>|*&!%@`,?".contains(c);
        if (!quoted && (plain.contains(": ") || plain.contains(" #") || plain.starts_with(special)))
            || (quoted && plain.contains(['"', '\\']))
        {
            return Err(wrong("a value that means something else in YAML"));
        }
        path.truncate(depth);
        path.push(key.into());
        if found.iter().any(|(known, _)| *known == path && !path.contains(&"-".into())) {
            return Err(wrong("twice"));
        }
        may_nest = value.is_empty();
        found.push((path.clone(), plain.into()));
    }
    Ok(found)
}

/// The keys right below `group`.
fn keys(entries: &[(Vec<String>, String)], group: &str) -> Names {
    entries
        .iter()
        .filter(|(path, _)| path.len() == 2 && path[0] == group)
        .map(|(p, _)| p[1].clone())
        .collect()
}

/// What stands in `text` between each `before` and the next character that `ends`.
fn between(text: &str, before: &str, ends: fn(char) -> bool) -> Names {
    text.split(before).skip(1).filter_map(|rest| rest.split(ends).next()).map(str::to_string).collect()
}

/// The first column of the guide's table with this heading.
fn table(heading: &str) -> Names {
    let page = read("docs/guide/ci.md");
    let start = format!("| {heading} |");
    let rows = page.lines().skip_while(|line| !line.starts_with(&start)).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    rows.filter_map(|row| row.split('|').nth(1))
        .map(|cell| cell.trim().trim_matches('`').to_string())
        .collect()
}

fn variable(input: &str) -> String {
    format!("INPUT_{}", input.to_ascii_uppercase().replace('-', "_"))
}

fn no_name(c: char) -> bool {
    !c.is_ascii_alphanumeric() && c != '_' && c != '-'
}

#[test]
fn inputs_are_the_same_everywhere() {
    let entries = description();
    let inputs = keys(&entries, "inputs");
    assert!(inputs.contains("prompt") && inputs.contains("budget"), "{inputs:?}");
    assert_eq!(inputs, table("input"), "docs/guide/ci.md");
    let wanted: Names = inputs.iter().map(|input| variable(input)).collect();
    let used = between(&script(), "${INPUT_", no_name);
    let used: Names = used.into_iter().map(|name| format!("INPUT_{name}")).collect();
    assert_eq!(wanted, used, "run.sh");
    let handed: Vec<(String, String)> = entries
        .iter()
        .filter(|(path, _)| path.len() == 5 && path[3] == "env")
        .map(|(path, value)| (path[4].clone(), value.clone()))
        .collect();
    let should: Names =
        inputs.iter().map(|i| format!("{}={}", variable(i), format_args!("${{{{ inputs.{i} }}}}"))).collect();
    let handed: Names = handed.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(handed, should, "env in action.yml");
    for input in &inputs {
        let has = |what: &str| entries.iter().any(|(path, _)| path[..] == ["inputs", input, what]);
        assert!(has("description") && has("required"), "{input}");
    }
}

#[test]
fn outputs_are_the_same_everywhere() {
    let entries = description();
    let outputs = keys(&entries, "outputs");
    assert!(outputs.contains("stopped"), "{outputs:?}");
    assert_eq!(outputs, table("output"), "docs/guide/ci.md");
    let script = script();
    let written = script.split("printf '").skip(1).filter_map(|rest| rest.split_once("=%s\\n'"));
    let written: Names =
        written.map(|(name, _)| name.to_string()).filter(|name| !name.contains(no_name)).collect();
    assert_eq!(outputs, written, "run.sh");
    for output in &outputs {
        let value = format!("${{{{ steps.run.outputs.{output} }}}}");
        assert!(
            entries.contains(&(vec!["outputs".into(), output.clone(), "value".into()], value)),
            "{output}"
        );
    }
}

#[test]
fn exit_codes_are_the_same_everywhere() {
    let mut codes = between(&script(), "fail ", no_name);
    codes.retain(|code| code.parse::<u8>().is_ok());
    codes.extend(["0".to_string(), "other".to_string()]);
    assert_eq!(codes, table("code"), "docs/guide/ci.md");
    assert_eq!(codes.len(), 5, "{codes:?}");
}

/// An expression is put in before a shell reads the line: in a script it would be run.
#[test]
fn no_expression_stands_in_a_script() {
    let entries = description();
    assert!(!script().contains("${{"), "run.sh");
    let runs: Vec<&String> = entries
        .iter()
        .filter(|(path, _)| path.last().is_some_and(|key| key == "run"))
        .map(|(_, v)| v)
        .collect();
    assert_eq!(runs, ["bash \"$GITHUB_ACTION_PATH/run.sh\""]);
    for (path, value) in entries.iter().filter(|(_, value)| value.contains("${{")) {
        let place = path.iter().map(String::as_str).collect::<Vec<_>>();
        assert!(
            matches!(place[..], ["outputs", _, "value"] | ["runs", "steps", "-", "env", _]),
            "{path:?} {value}"
        );
    }
}

#[test]
fn what_is_not_well_formed_is_found() {
    let text = "a:\n  b: \"c: d\"\n  # e\n  f:\n    - g: h\n      i: j\n";
    let found = entries(text).unwrap();
    let names: Vec<String> =
        found.iter().map(|(path, value)| format!("{}={value}", path.join("."))).collect();
    assert_eq!(names, ["a=", "a.b=c: d", "a.f=", "a.f.-.g=h", "a.f.-.i=j"]);
    for wrong in [
        "a: b: c",
        "a: b #c",
        "a:b",
        "a: b\n  c: d",
        "a:\n    b: c",
        "a:\n b: c",
        "a: [b",
        "a\n",
        "a: 1\na: 2",
        "a: \"b",
    ] {
        assert!(entries(wrong).is_err(), "{wrong}");
    }
}
