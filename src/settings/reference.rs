//! The page that describes every setting, `docs/reference/settings.md`, made from the schema and so from the doc
//! comments of `file`. Which files a key counts in is `validate`'s to say, what the settings are good for the guide's.

use serde_json::Value as Json;

use super::scalar::{DATABASE_PATTERN, MAX_USD, SPAN_PATTERN};
use super::validate::{NOT_FOR_PROJECTS, RULES};
use crate::base::text::{list_or, ticked};

/// Where it is checked in, from the root of the repository.
pub const PATH: &str = "docs/reference/settings.md";

/// What a part of the page is about.
struct Part {
    /// The key whose members it lists; nothing is the top of the file.
    key: &'static str,
    guide: &'static str,
    example: &'static str,
}

/// In the order of the page. A key belongs to the part whose key is the longest beginning of it.
const PARTS: &[Part] = &[
    Part {
        key: "",
        guide: "[Warnings and stops](../guide/budgets.md#warnings-and-stops)",
        example: r#"{ "costWarnings": true, "costThreshold": 1.00 }"#,
    },
    Part {
        key: "cost",
        guide: "[Budgets](../guide/budgets.md)",
        example: r#"{
  "cost": {
    "dailyBudget": 10,
    "monthlyBudget": 150,
    "hardLimit": 200,
    "autoStopAtBudget": true,
    "warningThreshold": [0.5, 0.8],
    "timezone": "Europe/Berlin"
  }
}"#,
    },
    Part {
        key: "cost.limits",
        guide: "[Limits for a part of the work](../guide/budgets.md#limits-for-a-part-of-the-work)",
        example: r#"{
  "cost": {
    "limits": [
      { "name": "opus today", "amount": 3, "period": "daily", "model": "opus", "action": "stop" },
      { "name": "release", "amount": 50, "period": "total", "branch": "release/*", "warnAt": [0.5, 0.9] }
    ]
  }
}"#,
    },
    Part {
        key: "cost.pricing",
        guide: "[Prices, provider, region](../guide/budgets.md#prices-provider-region)",
        example: r#"{
  "cost": {
    "pricing": {
      "multiplier": 0.9,
      "overrides": { "claude-opus-5-5": { "input": 3.5, "output": 18 } },
      "discounts": { "batch": 0.5, "providers": { "bedrock": 0.95 } }
    }
  }
}"#,
    },
    Part {
        key: "team",
        guide: "[A team](../guide/teams.md), and [on one machine](../guide/budgets.md#a-team-on-one-machine)",
        example: r#"{
  "team": {
    "budget": 400,
    "user": "ada",
    "members": [{ "user": "ada", "allocation": 60 }, { "user": "ben@example.org", "allocation": 40 }]
  }
}"#,
    },
];

const HEAD: &str = "\
# Settings

Every key that cost-hook reads from Claude Code's settings files. Generated from the program itself by
`cargo run -- reference --write`; a test fails when it is not current. [Budgets](../guide/budgets.md) says what to do
with them, [Editors](../guide/editors.md) how an editor completes them, and `cost-hook validate` checks what you wrote.

In a key `[]` stands for an entry of a list, or for a name of your choice. All amounts are USD. `null` is not a way to
say \"none\"; leave the key out.
";

/// One setting, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// As in `keys::all_keys`.
    pub key: String,
    pub meaning: String,
    pub kind: String,
    /// `required`, or what holds without the key.
    pub default: String,
    /// Counts in managed and user settings only.
    pub not_in_projects: bool,
    /// Values that may be chosen, with what they do where that is said.
    values: Vec<(String, String)>,
}

/// Every setting of a schema, outer keys before what is in them.
pub fn settings(schema: &Json) -> Vec<Setting> {
    let mut found = Vec::new();
    collect(schema, "", &mut found);
    found
}

fn collect(schema: &Json, at: &str, found: &mut Vec<Setting>) {
    let required =
        |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|one| one == name));
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let key = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
        found.push(setting(&key, property, required(name)));
        collect(property, &key, found);
        for inner in [&property["items"], &property["additionalProperties"]] {
            collect(inner, &format!("{key}[]"), found);
        }
    }
}

fn setting(key: &str, schema: &Json, required: bool) -> Setting {
    let description = schema["description"].as_str().unwrap_or_default();
    let (meaning, told) = without_default(description);
    let is_within = |outer: &str| {
        key.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    Setting {
        key: key.to_string(),
        kind: kind(schema, description),
        default: match told {
            _ if required => "required".to_string(),
            Some(told) => told,
            None => "none".to_string(),
        },
        meaning,
        not_in_projects: NOT_FOR_PROJECTS.into_iter().any(is_within),
        values: values(schema),
    }
}

/// A description without its sentence on the default, and what that says.
fn without_default(description: &str) -> (String, Option<String>) {
    let Some((before, after)) = description.split_once("Default: ") else {
        return (description.to_string(), None);
    };
    let (told, rest) = match after.split_once(". ") {
        Some((told, rest)) => (told, rest),
        None => (after.trim_end_matches('.'), ""),
    };
    (format!("{before}{rest}").trim().to_string(), Some(told.to_string()))
}

/// What may stand there, in words.
fn kind(schema: &Json, description: &str) -> String {
    if let Some(branches) = schema["anyOf"].as_array() {
        let kinds: Vec<String> = branches.iter().map(|branch| kind(branch, description)).collect();
        return list_or(&kinds);
    }
    let values = values(schema);
    if !values.is_empty() {
        let names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
        return list_or(&ticked(&names));
    }
    let bounds = || format!("from {} to {}", grouped(&schema["minimum"]), grouped(&schema["maximum"]));
    match schema["type"].as_str().unwrap_or_default() {
        "boolean" => "`true` or `false`".to_string(),
        "integer" => format!("a whole number {}", bounds()),
        "number" if schema["maximum"] == MAX_USD => {
            let per =
                ["million", "gigabyte"].iter().find(|unit| description.contains(&format!("per {unit}")));
            let per = per.map(|unit| match *unit {
                "million" => " per million tokens",
                _ => " per gigabyte",
            });
            format!("USD{}, a number {}", per.unwrap_or_default(), bounds())
        }
        "number" => format!("a number {}", bounds()),
        "array" if schema["items"]["type"] == "object" => "a list of objects".to_string(),
        "array" => format!("a list of numbers {}", {
            let inner = &schema["items"];
            format!("from {} to {}", grouped(&inner["minimum"]), grouped(&inner["maximum"]))
        }),
        "object" if schema["additionalProperties"].is_object() => "an object of objects".to_string(),
        "object" => "an object".to_string(),
        _ => match schema["pattern"].as_str() {
            Some(SPAN_PATTERN) => "a length of time, such as `90s`, `15m`, `2h` or `1d`".to_string(),
            Some(DATABASE_PATTERN) => "a `postgres://` or `postgresql://` URL".to_string(),
            Some(pattern) => format!("text that matches `{pattern}`"),
            None => "text, not empty".to_string(),
        },
    }
}

fn values(schema: &Json) -> Vec<(String, String)> {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_string();
    let plain = schema["enum"].as_array().into_iter().flatten().map(|value| (text(value), String::new()));
    let told = schema["oneOf"].as_array().into_iter().flatten();
    plain.chain(told.map(|branch| (text(&branch["const"]), text(&branch["description"])))).collect()
}

/// `1000000000` as `1,000,000,000`.
fn grouped(number: &Json) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The page.
pub fn page(schema: &Json) -> String {
    let settings = settings(schema);
    let mut out = HEAD.to_string();
    out.push_str("\n| key | what may stand there | default |\n|---|---|---|\n");
    for one in &settings {
        let row = format!("| [`{}`](#{}) | {} | {} |\n", one.key, anchor(&one.key), one.kind, one.default);
        out.push_str(&row);
    }
    for part in PARTS {
        let (title, own) = match part.key {
            "" => ("At the top of the file".to_string(), None),
            key => (format!("`{key}`"), settings.iter().find(|one| one.key == key)),
        };
        out.push_str(&format!("\n## {title}\n"));
        if let Some(own) = own {
            out.push_str(&described(own));
        }
        out.push_str(&format!("\nSee {}.\n\n```json\n{}\n```\n", part.guide, part.example));
        for one in settings.iter().filter(|one| part_of(&one.key).key == part.key && one.key != part.key) {
            out.push_str(&format!("\n### `{}`\n{}", one.key, described(one)));
        }
    }
    out.push_str(
        "\n## What is checked\n\nThe rules `cost-hook validate` names, as in `error[unknown-key]`.\n\n",
    );
    out.push_str("| rule | what it is about |\n|---|---|\n");
    for (rule, about) in RULES {
        out.push_str(&format!("| `{rule}` | {about} |\n"));
    }
    out
}

fn part_of(key: &str) -> &'static Part {
    let within = |part: &&Part| {
        let rest = key.strip_prefix(part.key);
        part.key.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    PARTS.iter().filter(within).max_by_key(|part| part.key.len()).unwrap_or(&PARTS[0])
}

fn described(one: &Setting) -> String {
    let mut out = format!("\n{}\n\n- Value: {}\n- Default: {}\n", one.meaning, one.kind, one.default);
    let counts = if one.not_in_projects { "managed and user settings only" } else { "every settings file" };
    out.push_str(&format!("- Counts in: {counts}\n"));
    for (value, about) in one.values.iter().filter(|(_, about)| !about.is_empty()) {
        out.push_str(&format!("- `{value}`: {about}\n"));
    }
    out
}

/// What GitHub makes of a heading that is a key.
fn anchor(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric() || *c == '-').map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::keys::all_keys;
    use crate::settings::validate::{self, root_schema};

    #[test]
    fn every_key_is_described_once() {
        let page = page(root_schema());
        let headings: Vec<&str> = page.lines().filter(|line| line.starts_with("##")).collect();
        for key in all_keys() {
            let heading = format!(" `{key}`");
            assert_eq!(headings.iter().filter(|line| line.ends_with(&heading)).count(), 1, "{key}");
        }
        assert_eq!(settings(root_schema()).len(), all_keys().len());
    }

    /// The sentence people read and the value tools read.
    #[test]
    fn defaults_in_words_are_those_of_the_schema() {
        let mut compared = 0;
        for one in settings(root_schema()) {
            let key = super::super::keys::Key::parse(&one.key.replace("[]", "[x]")).unwrap();
            let schema = key.schema().unwrap();
            assert!(!one.meaning.contains("Default") && !one.default.is_empty(), "{one:?}");
            if let Some(default) = schema.get("default") {
                let text = default.as_str().map_or_else(|| default.to_string(), str::to_string);
                assert_eq!(one.default, text, "{}", one.key);
                compared += 1;
            }
        }
        assert!(compared > 8, "{compared}");
    }

    #[test]
    fn what_counts_where_is_said_in_words_too() {
        for one in settings(root_schema()) {
            let said = one.meaning.contains("ounts in managed and user settings only");
            let outer = NOT_FOR_PROJECTS.contains(&one.key.as_str());
            assert_eq!(said, outer, "{}: {}", one.key, one.meaning);
        }
    }

    #[test]
    fn kinds_in_words() {
        let kind_of =
            |key: &str| settings(root_schema()).into_iter().find(|one| one.key == key).unwrap().kind;
        assert_eq!(kind_of("cost.dailyBudget"), "USD, a number from 0 to 1,000,000,000");
        assert_eq!(
            kind_of("cost.pricing.overrides[].input"),
            "USD per million tokens, a number from 0 to 1,000,000,000"
        );
        assert_eq!(kind_of("cost.warningThreshold"), "a number from 0 to 1 or a list of numbers from 0 to 1");
        assert_eq!(kind_of("cost.billingDay"), "a whole number from 1 to 31");
        assert_eq!(kind_of("cost.onError"), "`allow` or `block`");
        assert_eq!(kind_of("team.maxAge"), "a length of time, such as `90s`, `15m`, `2h` or `1d`");
    }

    #[test]
    fn the_examples_are_valid() {
        for part in PARTS {
            let context =
                validate::Context { file: "settings.json", layer: None, root: None, zone_exists: |_| true };
            let found = validate::validate(part.example.as_bytes(), &context);
            assert!(found.is_empty(), "{}: {found:#?}", part.key);
            let example: Json = serde_json::from_str(part.example).unwrap();
            let pointer = format!("/{}", part.key.replace('.', "/"));
            assert!(
                part.key.is_empty() || example.pointer(&pointer).is_some(),
                "{} is not in its example",
                part.key
            );
        }
    }
}
