//! `validate --format sarif` against the schema of SARIF 2.1.0, which knows every property and allows no other.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cost_hook;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn schema() -> jsonschema::Validator {
    let path = Path::new(ROOT)
        .join("tests/editor/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    // Two patterns hold a bracket without a partner, which JavaScript takes for the character.
    let text = text.replace("{2}]?$", r"{2}\\]?$");
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::draft4::new(&schema).unwrap()
}

/// The whole answer for these files, and for every rule there is.
fn answer(files: &[PathBuf]) -> Value {
    let home = tempfile::tempdir().unwrap();
    let output = cost_hook(home.path()).args(["validate", "--format", "sarif"]).args(files).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn every_sample_gives_a_valid_document() {
    let schema = schema();
    let mut samples: Vec<PathBuf> = ["valid", "invalid"]
        .iter()
        .flat_map(|kind| fs::read_dir(Path::new(ROOT).join("tests/samples/settings").join(kind)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    samples.sort();
    assert!(samples.len() > 90);
    // A folder and a file that is not there have no text, and so no region.
    samples.extend([PathBuf::from("/"), PathBuf::from("/no/such/file.json")]);
    let document = answer(&samples);
    let faults: Vec<String> =
        schema.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    let results = document["runs"][0]["results"].as_array().unwrap();
    assert!(results.len() > 150, "{}", results.len());
    assert!(schema.is_valid(&answer(&[])), "without any file");
}

#[test]
fn the_referee_sees_faults() {
    let mut document = answer(&[PathBuf::from("/no/such/file.json")]);
    assert!(schema().is_valid(&document));
    document["runs"][0]["results"][0]["lever"] = "error".into();
    assert!(!schema().is_valid(&document));
    document["runs"][0]["results"][0].as_object_mut().unwrap().remove("lever");
    document["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!schema().is_valid(&document));
}
