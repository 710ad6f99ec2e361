//! The published JSON Schema of a ledger line, made from the types in `model::entry`. The checked-in copy under
//! `schema/` is what `cost-hook schema ledger` prints; `tests/generated.rs` fails when it is out of date.

use crate::base::schema;
use crate::model::entry::Line;

/// The schema as checked in.
pub const CHECKED_IN: &str = include_str!("../../schema/ledger.schema.json");

/// Where it is checked in, from the root of the repository.
pub const PATH: &str = "schema/ledger.schema.json";

const ID: &str = "urn:cost-hook:schema:ledger:1";

/// The schema as the types say it, in the formatting in which it is checked in.
pub fn schema_text() -> String {
    schema::text_of::<Line>(ID, |schema| {
        schema.insert("title".to_string(), "A line of the cost-hook ledger".into());
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn lines_as_written_satisfy_the_schema_and_others_do_not() {
        let schema: Value = serde_json::from_str(CHECKED_IN).unwrap();
        let validator = jsonschema::draft7::new(&schema).unwrap();
        let text = r#"{"kind":"call","v":1,"id":"msg_1:req_1","time":"2026-11-24T10:00:00Z","session":"s",
            "project":"/w","model":"claude-opus-5-5","provider":"anthropic","tokens":{"output":5},
            "feature":"chat","user":"u","cost":"0.25","prices":"2026-11"}"#;
        let line: Line = serde_json::from_str(text).unwrap();
        let mut written = serde_json::to_value(line).unwrap();
        assert!(validator.is_valid(&written), "{:?}", validator.validate(&written));
        written["cost"] = 0.25.into();
        assert!(!validator.is_valid(&written), "money is a string");
        written["cost"] = "0.25".into();
        written["fieldOfALaterVersion"] = true.into();
        assert!(validator.is_valid(&written), "a reader ignores what it does not know");
        written["kind"] = "guess".into();
        assert!(!validator.is_valid(&written));
    }
}
