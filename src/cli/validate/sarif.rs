//! The answer of `validate` as SARIF 2.1.0, the form in which code scanning services take findings.
//!
//! Files below the current folder are named relative to it, as such services expect; others by their full URI.

use std::path::{Component, Path};

use serde_json::{Value, json};

use super::forms::end;
use crate::base::diagnostic::Severity;
use crate::doctor::files::{Checked, rules};
use crate::report::json;

pub(super) fn document(checked: &[Checked], cwd: &Path) -> String {
    let rules: Vec<(&str, &str)> = rules().collect();
    let mut results = Vec::new();
    for file in checked {
        for found in &file.found {
            let (end_line, end_column) = end(file, found);
            let mut text = found.message.to_string();
            for part in std::iter::once(&found.label).chain(&found.hints).filter(|part| !part.is_empty()) {
                text.push_str(&format!("; {part}"));
            }
            let mut place = json!({ "artifactLocation": { "uri": uri(&file.name, cwd) } });
            // Without a text there is nothing a region could be in.
            if file.bytes.is_some() {
                place["region"] = json!({
                    "startLine": found.line,
                    "startColumn": found.column,
                    "endLine": end_line,
                    "endColumn": end_column,
                });
            }
            let mut location = json!({ "physicalLocation": place });
            if !found.key.is_empty() {
                location["logicalLocations"] = json!([{ "fullyQualifiedName": found.key, "kind": "member" }]);
            }
            results.push(json!({
                "ruleId": found.rule,
                "ruleIndex": rules.iter().position(|(rule, _)| *rule == found.rule),
                "level": match found.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                },
                "message": { "text": text },
                "locations": [location],
            }));
        }
    }
    // The one sentence there is, in the three places where services look for it.
    let rule = |(id, about): &(&str, &str)| {
        let about = json!({ "text": about });
        json!({ "id": id, "shortDescription": about, "fullDescription": about, "help": about })
    };
    let rules: Vec<Value> = rules.iter().map(rule).collect();
    let artifacts: Vec<Value> =
        checked.iter().map(|file| json!({ "location": { "uri": uri(&file.name, cwd) } })).collect();
    json::text(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cost-hook",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            // Columns count characters, as everywhere in cost-hook, and not UTF-16 units.
            "columnKind": "unicodeCodePoints",
            "artifacts": artifacts,
            "results": results,
        }],
    }))
}

/// A path as a URI reference.
fn uri(name: &str, cwd: &Path) -> String {
    let path = Path::new(name);
    let relative = if path.is_absolute() { path.strip_prefix(cwd).ok() } else { Some(path) };
    let (lead, path) = match relative {
        Some(relative) => ("", relative),
        None => ("file:///", path),
    };
    let parts: Vec<String> = path
        .components()
        .filter_map(|part| match part {
            Component::RootDir | Component::CurDir => None,
            part => Some(encoded(&part.as_os_str().to_string_lossy(), lead.is_empty())),
        })
        .collect();
    format!("{lead}{}", parts.join("/"))
}

/// Everything but what a path of a URI may hold as it is. The first part of a relative reference may hold no colon.
fn encoded(part: &str, relative: bool) -> String {
    let plain = |byte: u8| {
        byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=@".contains(&byte) || (byte == b':' && !relative)
    };
    part.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_as_uris() {
        let cwd = Path::new("/work/my shop");
        assert_eq!(uri("/work/my shop/.claude/settings.json", cwd), ".claude/settings.json");
        assert_eq!(uri("./a b/\u{e9}%:.json", cwd), "a%20b/%C3%A9%25%3A.json");
        assert_eq!(uri("/etc/claude-code/x y.json", cwd), "file:///etc/claude-code/x%20y.json");
        assert_eq!(uri("<stdin>", cwd), "%3Cstdin%3E");
    }
}
