//! Coming from ccusage or from a hook of one's own, and going away again: what `import --from` takes in, that no money
//! counts twice in whatever order things become known, and that `uninstall` leaves nothing but the ledger.

mod ccusage;
mod going;
mod hook_log;
mod program;

use std::path::PathBuf;

use serde_json::Value;

use crate::support::Env;

/// A file in the world's root; its time is the clock's.
fn file(env: &Env, name: &str, text: &str) -> PathBuf {
    let path = env.root().join(name);
    env.write(&path, text.as_bytes());
    path
}

/// Imports a file of this kind.
fn import(env: &Env, kind: &str, path: &std::path::Path) -> Value {
    env.run(&["import", "--from", kind, path.to_str().unwrap(), "--json"]).json()
}

fn total(env: &Env) -> String {
    env.run(&["report", "--json"]).json()["totals"]["totalCostExact"].as_str().unwrap().to_string()
}
