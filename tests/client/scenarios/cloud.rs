//! Bedrock and Google through their own wire formats. The client prices both at the plain list; the bill has a
//! tenth more on regional and geographic endpoints, and the ledger books the bill.

use super::{Scenario, figures};
use crate::api::Wire;
use crate::bench::Bench;
use crate::client::Endpoint;
use crate::price;
use crate::script::{Reply, Script};

use serde_json::json;

pub(super) const ALL: &[Scenario] = &[
    figures("cloud::bedrock_us_profile", || bedrock(&[], true)),
    figures("cloud::bedrock_global_profile", || {
        bedrock(&["--model", "global.anthropic.claude-opus-5-5"], false)
    }),
    figures("cloud::google_region", || google("us-east5", true)),
    figures("cloud::google_global", || google("global", false)),
];

fn bedrock(args: &[&str], regional: bool) {
    settle(Endpoint::Bedrock { region: "us-east-1" }, Wire::Bedrock, args, regional);
}

fn google(region: &'static str, regional: bool) {
    settle(Endpoint::Google { region }, Wire::Google, &[], regional);
}

fn settle(endpoint: Endpoint, wire: Wire, args: &[&str], regional: bool) {
    let script = Script::new().on("GO", vec![Reply::bash(&["echo hi"]), Reply::text("Done.")]);
    let bench = Bench::with(script, endpoint, &json!({}));
    let run = bench.home.run("GO", args);
    assert_eq!(run.ended(), "completed");
    let calls = bench.api.calls();
    assert!(calls.len() == 2 && calls.iter().all(|c| c.wire == wire), "{calls:?}");
    let list = bench.api.total();
    let bill = if regional { price::regional(list) } else { list };
    bench.agree(&run.session(), list, run.total(), bill);
}
