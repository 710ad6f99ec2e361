//! What an import says the ledger holds, which it only sometimes has to read for that.

use serde_json::{Value, json};

use crate::support::{Call, Env};

fn imported(env: &Env) -> Value {
    env.run(&["import", "--json"]).json()["totals"].clone()
}

fn reported(env: &Env) -> Value {
    env.run(&["report", "--json"]).json()["totals"].clone()
}

/// Sessions that look back at each other's calls, with money that no line explains.
fn world() -> Env {
    let env = Env::new();
    for (number, at) in [(1, "10:00"), (2, "11:00"), (3, "12:00")] {
        let session = env.session(&format!("s{number}"));
        let time = format!("2026-11-{:02}T{at}:00Z", 20 + number);
        session.call(&Call::new(&format!("own{number}")).tools(&[("t", "Bash")]).at(&time));
        // The same call in each file, with more output each time.
        session.call(&Call::cents("shared", 10 * number).at("2026-10-31T23:59:00Z"));
        session.cost_state(1.0 + f64::from(number as u32), &time);
    }
    env
}

#[test]
fn what_an_import_says_of_an_empty_ledger_is_what_a_report_says() {
    for step in [None, Some("1")] {
        let env = world();
        if let Some(step) = step {
            // A turn for each session.
            env.var("COST_HOOK_TEST_STEP", step);
        }
        let said = imported(&env);
        assert_eq!(said, reported(&env));
        assert_eq!(said["calls"], json!(4), "{said}");
        assert_ne!(said["unlistedCostExact"], json!("0"), "{said}");
        // Nothing new: it is read.
        assert_eq!(imported(&env), said);
        env.session("s4").call(&Call::new("later"));
        let more = imported(&env);
        assert_eq!((&more["calls"], &more), (&json!(5), &reported(&env)));
    }
}
