//! The ledgers the pages are made of, written line by line: a few calls of every kind, names that mean harm, a million
//! calls with the sums they have to come to.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};

use cost_hook::base::money::Money;
use serde_json::{Value, json};

use super::support::Env;

pub const MILLION: u64 = 1_000_000;

/// Names that would be scripts, tags, comments or line breaks of a script where a page is careless.
pub const HOSTILE: [&str; 8] = [
    "/w/</script><script>globalThis.pwned=1</script>",
    "/w/<img src=x onerror=globalThis.pwned=2>",
    "<!--<script>globalThis.pwned=3",
    "a\u{2028}globalThis.pwned=4\u{2029}",
    "\"};globalThis.pwned=5;//",
    "{{script}}{{data}}",
    "javascript:globalThis.pwned=6",
    "\u{202e}dlrow\u{0}\u{1b}[31m&lt;b&gt;&#x3c;",
];

struct Lines<'e> {
    env: &'e Env,
    count: u64,
}

impl Lines<'_> {
    /// A call, or money without one; `more` replaces fields.
    fn add(&mut self, kind: &str, time: &str, cost: &str, more: Value) {
        self.count += 1;
        let number = self.count;
        let mut line = json!({
            "kind": kind, "v": 1, "id": format!("msg_{number}:req_{number}"), "time": time, "session": "s1",
            "project": "/work/shop", "provider": "anthropic", "user": "ada@example.org", "cost": cost,
            "tokens": {"input": 12 + number, "output": 900, "cacheWrite5m": 2000, "cacheWrite1h": 5, "cacheRead": 40_000},
        });
        let fields = match kind {
            "call" => {
                json!({"model": "claude-opus-5-5", "feature": "conversation", "prices": "2026-11-23", "branch": "main"})
            }
            _ => json!({"source": "status-line", "tokens": {}}),
        };
        for object in [fields, more] {
            for (name, value) in object.as_object().unwrap() {
                line[name] = value.clone();
            }
        }
        let segment = self.env.data().join(format!("ledger/{}.jsonl", &time[..7]));
        self.env.append(&segment, format!("{line}\n").as_bytes());
    }
}

/// Ten calls in three months, two people, two folders, and money that no call explains. One amount is smaller than any
/// rounding shows.
pub fn ten() -> Env {
    let env = Env::new();
    env.settings(json!({"cost": {
        "dailyBudget": 5, "weeklyBudget": 20, "monthlyBudget": 100, "timezone": "Europe/Berlin",
        "limits": [{"name": "blog", "amount": 1, "period": "monthly", "project": "/work/blog"}],
    }}));
    let mut lines = Lines { env: &env, count: 0 };
    let blog =
        json!({"session": "s2", "project": "/work/blog", "model": "claude-haiku-5-5", "branch": "release/1"});
    lines.add("call", "2026-09-28T10:00:00.000Z", "1.25", json!({}));
    lines.add("call", "2026-10-25T00:30:00.000Z", "0.5", json!({"feature": "tool:Bash", "tools": ["Bash"]}));
    lines.add("call", "2026-10-25T01:30:00.000Z", "0.000000000001", json!({"feature": "tool:Bash"}));
    lines.add("call", "2026-11-01T23:30:00.000Z", "0.75", blog.clone());
    lines.add("call", "2026-11-02T22:59:59.000Z", "0.125", blog.clone());
    lines.add(
        "call",
        "2026-11-17T09:00:00.000Z",
        "2.333333333333",
        json!({"estimated": true, "model": "gateway/x"}),
    );
    lines.add("call", "2026-11-20T23:30:00.000Z", "0.9", json!({"session": "s3", "user": "bob@example.org"}));
    lines.add("call", "2026-11-21T13:00:00.000Z", "1.1", json!({"session": "s3", "feature": "skill:review"}));
    lines.add(
        "call",
        "2026-11-24T08:00:00.000Z",
        "3.5",
        json!({"feature": "mcp:github", "provider": "bedrock"}),
    );
    lines.add("call", "2026-11-24T11:00:00.000Z", "0.04", blog);
    lines.add("unlisted", "2026-11-24T11:30:00.000Z", "0.0031415", json!({}));
    env
}

/// Every name there is, hostile; and the first and last days that a clock could have shown by mistake.
pub fn hostile() -> Env {
    let env = Env::new();
    let mut lines = Lines { env: &env, count: 0 };
    for (at, name) in HOSTILE.iter().enumerate() {
        let time = format!("2026-11-{:02}T10:00:00.000Z", 10 + at);
        let fields = json!({
            "project": name, "branch": name, "user": name, "session": name, "model": name,
            "feature": format!("skill:{name}"),
        });
        lines.add("call", &time, "0.1", fields);
    }
    let long = format!("/w/{}", "long-name-without-an-end-".repeat(12));
    lines.add("call", "1970-01-01T00:00:00.000Z", "0.2", json!({"project": long, "branch": long}));
    lines.add("call", "2099-12-31T23:59:59.000Z", "0.3", json!({"project": "/a/same"}));
    lines.add(
        "call",
        "2026-11-24T10:00:00.000Z",
        "12345678901234.567890123456",
        json!({"project": "/b/same"}),
    );
    lines.add("call", "2026-11-24T10:00:00.000Z", "-1.5", json!({"project": ""}));
    env
}

/// What calls come to.
#[derive(Debug, Default)]
pub struct Totals {
    cost: Money,
    calls: u64,
}

/// Tokens of each of the million calls: input, output, written, read.
const TOKENS: [u64; 4] = [10, 500, 1000, 50_000];

impl Totals {
    fn add(&mut self, cost: Money) {
        self.cost += cost;
        self.calls += 1;
    }

    pub fn document(&self) -> Value {
        json!({
            "totalCostExact": self.cost.to_string(), "calls": self.calls,
            "totalTokens": self.calls * TOKENS.iter().sum::<u64>(),
            "unlistedCostExact": "0", "estimatedCostExact": "0",
        })
    }
}

#[derive(Debug, Default)]
pub struct Million {
    pub all: Totals,
    pub project: Totals,
    pub model_and_feature: Totals,
    pub may: Totals,
}

/// A million calls in eleven months, ten thousand sessions in eight folders.
pub fn million(env: &Env) -> Million {
    const MODELS: [&str; 3] = ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"];
    let folder = env.data().join("ledger");
    std::fs::create_dir_all(&folder).unwrap();
    let mut segments: BTreeMap<u64, BufWriter<File>> = BTreeMap::new();
    let mut world = Million::default();
    let [input, output, written, read] = TOKENS;
    for number in 0..MILLION {
        let day = number * 300 / MILLION;
        let (month, day, hour) = (1 + day / 28, 1 + day % 28, (7 + number / 37) % 24);
        // Some names are dearer than others: those are kept where not all can be.
        let (session, project) = (number / 100, [0, 1, 2, 3, 3, 3, 4, 5, 6, 7][(number / 100 % 10) as usize]);
        let feature = if number % 17 > 12 { 5 } else { number % 17 };
        let (model, cents) = (MODELS[(number % 7 % 3) as usize], number % 9);
        let segment = segments.entry(month).or_insert_with(|| {
            BufWriter::with_capacity(
                1 << 20,
                File::create(folder.join(format!("2026-{month:02}.jsonl"))).unwrap(),
            )
        });
        writeln!(
            segment,
            r#"{{"kind":"call","v":1,"id":"msg_{number}:req_{number}","time":"2026-{month:02}-{day:02}T{hour:02}:00:00.000Z","session":"s{session:06}","project":"/home/dev/p{project}","model":"{model}","provider":"anthropic","tokens":{{"input":{input},"output":{output},"cacheWrite5m":{written},"cacheWrite1h":0,"cacheRead":{read}}},"feature":"tool:T{feature}","branch":"main","user":"dev@example.org","cost":"0.0250{cents}","prices":"2026-11-23"}}"#
        )
        .unwrap();
        let cost = Money(25_000_000_000 + i128::from(cents) * 10_000_000);
        world.all.add(cost);
        if project == 3 {
            world.project.add(cost);
        }
        if model == MODELS[2] && feature == 5 {
            world.model_and_feature.add(cost);
        }
        if month == 5 {
            world.may.add(cost);
        }
    }
    segments.into_values().for_each(|mut segment| segment.flush().unwrap());
    world
}
