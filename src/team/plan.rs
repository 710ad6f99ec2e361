//! What leaves this machine: from lines of the ledger to what the store takes in. No input or output; what is listed here is
//! what `team sync --dry-run` prints, and nothing else is sent.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::base::money::Money;
use crate::base::text::hex;
use crate::base::time::Time;
use crate::model::entry::{Call, Line, Override, Unlisted};
use crate::model::usage::Tokens;
use crate::settings::Naming;

/// More tokens than any call has: sums of such counts still fit.
const MOST_TOKENS: u64 = 1_000_000_000_000_000;
/// The dearest line the store takes.
const DEAREST: Money = Money::from_usd(100_000);
/// The store's bounds, in characters.
const ID: usize = 500;
const LONG: usize = 1000;
const SHORT: usize = 100;
const REASON: usize = 2000;

/// A call, or money without one, as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sent {
    pub id: String,
    pub kind: &'static str,
    pub rev: u32,
    pub time: Time,
    pub project: String,
    pub model: String,
    pub provider: &'static str,
    pub region: String,
    pub input: u64,
    pub output: u64,
    pub cache_write_5m: u64,
    pub cache_write_1h: u64,
    pub cache_read: u64,
    pub web_searches: u64,
    pub cost: Money,
    pub estimated: bool,
}

/// A limit that a person raised, as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Raised {
    pub id: String,
    pub time: Time,
    pub limit_id: String,
    pub amount: Option<Money>,
    pub until: Option<Time>,
    pub reason: String,
}

/// What goes in one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Batch {
    pub lines: Vec<Sent>,
    pub raised: Vec<Raised>,
}

impl Batch {
    pub fn of(lines: &[Line], naming: Naming) -> Self {
        let mut batch = Batch::default();
        for line in lines {
            match line {
                Line::Call(call) => batch.lines.push(of_call(call, naming)),
                Line::Unlisted(line) => batch.lines.push(of_unlisted(line, naming)),
                Line::Override(raised) => batch.raised.push(of_override(raised)),
                // The beginning of a process is no spending.
                Line::Start(_) => {}
            }
        }
        batch
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.raised.is_empty()
    }

    pub fn len(&self) -> usize {
        self.lines.len() + self.raised.len()
    }
}

fn of_call(call: &Call, naming: Naming) -> Sent {
    Sent {
        kind: "call",
        model: plain(&call.model, 2 * SHORT),
        ..sent(
            (&call.id, call.rev, call.time, call.cost, call.estimated),
            (&call.project, naming),
            (call.provider.name(), call.region.as_deref()),
            (&call.billed_tokens(), call.web_searches),
        )
    }
}

fn of_unlisted(line: &Unlisted, naming: Naming) -> Sent {
    Sent {
        kind: "unlisted",
        model: plain(line.model.as_deref().unwrap_or_default(), 2 * SHORT),
        ..sent(
            (&line.id, line.rev, line.time, line.cost, line.estimated),
            (&line.project, naming),
            (line.provider.name(), line.region.as_deref()),
            (&line.tokens, line.web_searches),
        )
    }
}

fn sent(
    (id, rev, time, cost, estimated): (&str, u32, Time, Money, bool),
    (project, naming): (&str, Naming),
    (provider, region): (&'static str, Option<&str>),
    (tokens, web_searches): (&Tokens, u64),
) -> Sent {
    let count = |count: u64| count.min(MOST_TOKENS);
    Sent {
        id: id_of(id),
        kind: "",
        rev: rev.min(i32::MAX.unsigned_abs()),
        time: sane(time),
        project: project_of(project, naming),
        model: String::new(),
        provider,
        region: plain(region.unwrap_or_default(), SHORT),
        input: count(tokens.input),
        output: count(tokens.output),
        cache_write_5m: count(tokens.cache_write_5m),
        cache_write_1h: count(tokens.cache_write_1h),
        cache_read: count(tokens.cache_read),
        web_searches: count(web_searches),
        cost: cost.clamp(Money::ZERO, DEAREST),
        estimated,
    }
}

fn of_override(raised: &Override) -> Raised {
    Raised {
        id: id_of(&raised.id),
        time: sane(raised.time),
        limit_id: plain(&raised.limit, LONG),
        amount: raised.amount,
        until: raised.until.map(sane),
        reason: plain(&raised.reason, REASON),
    }
}

/// How the store calls a project.
pub fn project_of(path: &str, naming: Naming) -> String {
    // Another system's paths too: a ledger may have moved.
    let name = path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
    match naming {
        Naming::Path => plain(path, LONG),
        Naming::Name => plain(name, LONG),
        Naming::Hash => hex(&Sha256::digest(name.as_bytes())[..8]),
    }
}

/// An id the store cannot hold goes by its hash: on every machine the same.
fn id_of(id: &str) -> String {
    let known = plain(id, usize::MAX);
    if !known.is_empty() && known.len() <= ID && known == id {
        return known;
    }
    format!("sha256:{}", hex(&Sha256::digest(id.as_bytes())))
}

/// Without what PostgreSQL has no room for in a text.
fn plain(text: &str, most: usize) -> String {
    text.chars().filter(|c| *c != '\0').take(most).collect()
}

/// A time PostgreSQL can read: from 1970 to 9999.
fn sane(time: Time) -> Time {
    time.clamp(Time(0), Time::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Window;
    use crate::model::entry::{self, Source};
    use crate::model::limit::Period;

    fn call() -> Call {
        Call {
            id: "msg_1:req_1".into(),
            time: Time(1_795_521_600_000),
            session: "secret-session".into(),
            project: "/home/ann/secret/shop".into(),
            model: "claude-opus-5-5".into(),
            tokens: Tokens { input: 1, output: 2, cache_write_5m: 3, cache_write_1h: 4, cache_read: 5 },
            feature: "secret-feature".into(),
            tools: vec!["secret-tool".into()],
            agent: Some("secret-agent".into()),
            branch: Some("secret-branch".into()),
            prompt_id: Some("secret-prompt".into()),
            user: "secret-user".into(),
            cost: "0.25".parse().unwrap(),
            ..Call::nothing()
        }
    }

    #[test]
    fn a_call_is_sent_without_what_is_nobodys_business() {
        let batch = Batch::of(&[Line::Call(Box::new(call()))], Naming::Name);
        let text = serde_json::to_string(&batch).unwrap();
        assert_eq!(
            text,
            r#"{"lines":[{"id":"msg_1:req_1","kind":"call","rev":0,"time":"2026-11-24T12:00:00.000Z","project":"shop","model":"claude-opus-5-5","provider":"anthropic","region":"","input":1,"output":2,"cache_write_5m":3,"cache_write_1h":4,"cache_read":5,"web_searches":0,"cost":"0.25","estimated":false}],"raised":[]}"#
        );
        assert!(!text.contains("secret"), "{text}");
    }

    #[test]
    fn a_project_goes_by_its_name_its_path_or_a_hash() {
        assert_eq!(project_of("/home/ann/shop/", Naming::Name), "shop");
        assert_eq!(project_of(r"C:\work\shop", Naming::Name), "shop");
        assert_eq!(project_of("/home/ann/shop", Naming::Path), "/home/ann/shop");
        let hash = project_of("/home/ann/shop", Naming::Hash);
        assert_eq!(hash, project_of("/home/ben/shop", Naming::Hash), "two members' folders are one project");
        assert!(hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
        assert_eq!(project_of("", Naming::Name), "");
    }

    #[test]
    fn odd_lines_become_what_the_store_can_hold() {
        let odd = Call {
            id: "x".repeat(900),
            time: Time::MIN,
            model: "m\0".repeat(400),
            tokens: Tokens { input: u64::MAX, ..Tokens::default() },
            cost: Money::from_usd(5_000_000),
            ..call()
        };
        let sent = of_call(&odd, Naming::Name);
        assert_eq!((sent.id.len(), &sent.id[..7], sent.time), (71, "sha256:", Time(0)));
        assert_eq!((sent.model.len(), sent.input, sent.cost), (200, MOST_TOKENS, DEAREST));
        assert_eq!(of_call(&Call { id: String::new(), ..call() }, Naming::Name).id.len(), 71);
    }

    #[test]
    fn raised_limits_go_with_their_reason_and_starts_do_not_go() {
        let window = Window::ALWAYS.ends();
        let raised = Override {
            v: entry::VERSION,
            id: "o1".into(),
            time: Time(0),
            limit: "user:dailyBudget".into(),
            period: Period::Daily,
            start: window.0,
            end: window.1,
            amount: Some(Money::from_usd(5)),
            until: None,
            reason: "the release".into(),
            session: Some("secret".into()),
            user: "secret".into(),
            source: Source::Person,
        };
        let start = r#"{"kind":"start","v":1,"id":"start:s:1","time":"2026-11-24T10:00:00Z","session":"s","project":"/w","user":"u","birth":"startup"}"#;
        let start: Line = serde_json::from_str(start).unwrap();
        let batch = Batch::of(&[Line::Override(Box::new(raised)), start], Naming::Name);
        assert_eq!((batch.len(), batch.lines.len(), batch.is_empty()), (1, 0, false));
        assert_eq!(
            (batch.raised[0].amount, batch.raised[0].reason.as_str()),
            (Some(Money::from_usd(5)), "the release")
        );
        assert!(!serde_json::to_string(&batch).unwrap().contains("secret"));
    }
}
