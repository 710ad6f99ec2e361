//! The JSON Schema of our keys, made from the types in `file`, and the one of the whole file that editors can be
//! given. The checked-in copies under `schema/` are what editors, the validator and `cost-hook schema` use;
//! `tests/generated.rs` fails when one is out of date.

use serde_json::{Value, json};

use super::file::FileSettings;
use crate::base::schema;

/// The schema as checked in.
pub const CHECKED_IN: &str = include_str!("../../schema/settings.schema.json");

/// Where it is checked in, from the root of the repository.
pub const PATH: &str = "schema/settings.schema.json";

const ID: &str = "urn:cost-hook:schema:settings:1";

/// The schema of the whole file for editors, as checked in: ours and Claude Code's together.
pub const EDITOR: &str = include_str!("../../schema/claude-code-settings.schema.json");

/// Where that is checked in.
pub const EDITOR_PATH: &str = "schema/claude-code-settings.schema.json";

const EDITOR_ID: &str = "urn:cost-hook:schema:claude-code-settings:1";

/// Where SchemaStore keeps the schema of Claude Code's own keys. Editors fetch it, the program never does.
pub const CLIENT: &str = "https://json.schemastore.org/claude-code-settings.json";

/// The schema as the types say it, in the formatting in which it is checked in.
pub fn schema_text() -> String {
    schema::text_of::<FileSettings>(ID, |schema| {
        // Explicit, so that nobody takes the open top for an oversight: the rest of the file is Claude Code's.
        schema.insert("additionalProperties".to_string(), true.into());
    })
}

/// The schema a `$schema` in the file can name: an editor then goes by that one alone, so it has to hold Claude Code's
/// keys as well.
pub fn editor_text() -> String {
    let mut own: Value = serde_json::from_str(&schema_text()).unwrap_or_default();
    let own_root = own.as_object_mut();
    // A schema within another one has no name of its own.
    own_root.into_iter().for_each(|root| root.retain(|key, _| !matches!(key.as_str(), "$id" | "$schema")));
    let whole = json!({
        "$id": EDITOR_ID,
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Claude Code settings with cost-hook's",
        "description": "Claude Code's settings.json: its own keys as SchemaStore describes them, and those of cost-hook.",
        "allOf": [{ "$ref": CLIENT }, own],
    });
    let mut text = format!("{:#}", schema::sorted(whole));
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Map;

    fn walk(schema: &Value, at: &str, visit: &mut impl FnMut(&Map<String, Value>, &str)) {
        let Value::Object(map) = schema else { return };
        visit(map, at);
        for (key, value) in map {
            match (key.as_str(), value) {
                ("properties", Value::Object(properties)) => {
                    for (name, property) in properties {
                        walk(property, &format!("{at}/{name}"), visit);
                    }
                }
                ("additionalProperties" | "items", value) => walk(value, &format!("{at}/*"), visit),
                ("anyOf" | "oneOf", Value::Array(branches)) => {
                    for branch in branches {
                        walk(branch, at, visit);
                    }
                }
                _ => {}
            }
        }
    }

    #[test]
    fn our_sections_are_closed_and_everything_is_described() {
        let schema: Value = serde_json::from_str(CHECKED_IN).unwrap();
        walk(&schema, "", &mut |map, at| {
            if map.contains_key("properties") && !at.is_empty() {
                assert_eq!(map.get("additionalProperties"), Some(&Value::Bool(false)), "{at} is open");
            }
            for (name, property) in map.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let description = property.get("description").and_then(Value::as_str).unwrap_or_default();
                assert!(description.ends_with('.'), "{at}/{name} has no description");
            }
        });
        assert_eq!(schema["additionalProperties"], true);
    }
}
