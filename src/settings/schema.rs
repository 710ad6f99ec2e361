//! The JSON Schema of our keys, made from the types in `file`. The checked-in copy under `schema/` is what editors,
//! the validator and `cost-hook schema` use; a test here fails when it is out of date.

use super::file::FileSettings;
use crate::base::schema;

/// The schema as checked in.
pub const CHECKED_IN: &str = include_str!("../../schema/settings.schema.json");

/// Where it is checked in, from the root of the repository.
pub const PATH: &str = "schema/settings.schema.json";

const ID: &str = "urn:cost-hook:schema:settings:1";

/// The schema as the types say it, in the formatting in which it is checked in.
pub fn schema_text() -> String {
    schema::text_of::<FileSettings>(ID, |schema| {
        // Explicit, so that nobody takes the open top for an oversight: the rest of the file is Claude Code's.
        schema.insert("additionalProperties".to_string(), true.into());
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, Value};

    #[test]
    #[allow(clippy::disallowed_methods)]
    fn the_checked_in_schema_is_current() {
        let fresh = schema_text();
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(PATH);
            crate::base::disk::replace_with_mode(&path, fresh.as_bytes(), 0o644).unwrap();
            return;
        }
        assert!(
            fresh == CHECKED_IN,
            "{PATH} is not what the types in src/settings/file.rs say; bring it up to date with\n\n    \
             UPDATE_SCHEMA=1 cargo test --lib the_checked_in_schema_is_current\n"
        );
    }

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
