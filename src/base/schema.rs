//! JSON Schemas of types in the form in which they are checked in: draft 7, nothing nullable, keys in order. Which
//! types have one is their module's business.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value};

/// The schema of a type, named `id`: not an address, nothing has to be fetched to validate. `adjust` has the last
/// word on the root.
pub fn text_of<T: JsonSchema>(id: &str, adjust: impl FnOnce(&mut Schema)) -> String {
    let generator = SchemaGenerator::new(
        // Draft 7 because editors' JSON support knows it best; inlined because that draft ignores what stands
        // beside a `$ref`, which here would be every description.
        SchemaSettings::draft07().for_deserialize().with(|settings| settings.inline_subschemas = true),
    );
    let mut schema = generator.into_root_schema_for::<T>();
    Tidy.transform(&mut schema);
    schema.insert("$id".to_string(), id.into());
    adjust(&mut schema);
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
pub fn sorted(value: Value) -> Value {
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
