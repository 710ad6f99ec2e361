//! The JSON Schema of our keys, made from the types in `file`. The checked-in copy under `schema/` is what editors,
//! the validator and `cost-hook schema` use; a test here fails when it is out of date.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value};

use super::file::FileSettings;

/// The schema as checked in.
pub const CHECKED_IN: &str = include_str!("../../schema/settings.schema.json");

/// Where it is checked in, from the root of the repository.
pub const PATH: &str = "schema/settings.schema.json";

/// Names the schema for those who refer to it. Not an address: nothing has to be fetched to validate.
const ID: &str = "urn:cost-hook:schema:settings:1";

/// The schema as the types say it, in the formatting in which it is checked in.
pub fn schema_text() -> String {
    let generator = SchemaGenerator::new(
        // Draft 7 because editors' JSON support knows it best; inlined because that draft ignores what stands
        // beside a `$ref`, which here would be every description.
        SchemaSettings::draft07().for_deserialize().with(|settings| settings.inline_subschemas = true),
    );
    let mut schema = generator.into_root_schema_for::<FileSettings>();
    Tidy.transform(&mut schema);
    schema.insert("$id".to_string(), ID.into());
    // Explicit, so that nobody takes the open top for an oversight: the rest of the file is Claude Code's.
    schema.insert("additionalProperties".to_string(), true.into());
    let mut text = format!("{:#}", sorted(schema.to_value()));
    text.push('\n');
    text
}

/// schemars lets every `Option` be `null`; here a missing key is the only way to say "none".
#[derive(Clone)]
struct Tidy;

impl Transform for Tidy {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(object) = schema.as_object_mut() {
            tidy(object);
        }
        transform_subschemas(self, schema);
    }
}

fn tidy(schema: &mut Map<String, Value>) {
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    if let Some(Value::String(description)) = schema.get_mut("description") {
        // The line breaks of the source are none of the reader's business.
        *description = description.replace('\n', " ");
    }
    if let Some(Value::Array(kinds)) = schema.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [kind] = kinds.as_slice() {
            let kind = kind.clone();
            schema.insert("type".to_string(), kind);
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if let Some(Value::Array(branches)) = schema.get_mut("anyOf") {
        branches.retain(|branch| branch.get("type").is_none_or(|kind| kind != "null"));
        if let [Value::Object(only)] = branches.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            for (key, value) in only {
                // The field's own description comes before that of its type.
                schema.entry(key).or_insert(value);
            }
        }
    }
}

/// Keys in alphabetical order, whatever order the map type of this build keeps.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.into_iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().map(|(key, value)| (key, sorted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
