//! A line of the ledger as this program writes it, read without a general parser: keys in any order, but no space
//! between them, none that is unknown or comes twice. Reports read a million such lines at once, and a general parser was
//! four fifths of their time.
//!
//! Owns no rules: whatever looks different in any way is None here and left to `scan::parse`, so that a line is
//! accepted or refused by one reader only. The tests hold both to the same entries.

use std::borrow::Cow;

use super::{Entry, UNLISTED};
use crate::base::money::Money;
use crate::base::quoted::Quoted;
use crate::base::time::Time;
use crate::model::entry::{self, Source};
use crate::model::price::Iteration;
use crate::model::provider::Provider;
use crate::model::usage::Tokens;

/// More tools than this in one call are left to the other reader.
const MOST_TOOLS: usize = 8;

type Text<'a> = Cow<'a, str>;

/// What was read of a line.
#[derive(Default)]
pub(super) struct Quick<'a> {
    is_unlisted: bool,
    pub(super) id: Text<'a>,
    pub(super) rev: u32,
    pub(super) time: Time,
    session: Text<'a>,
    project: Text<'a>,
    model: Option<Text<'a>>,
    requested_model: Text<'a>,
    provider: Option<Provider>,
    region: Text<'a>,
    tokens: Tokens,
    web_searches: u64,
    speed: Text<'a>,
    tier: Text<'a>,
    geo: Text<'a>,
    iterations: Vec<Iteration>,
    feature: Text<'a>,
    tools: [Text<'a>; MOST_TOOLS],
    tool_count: usize,
    agent: Text<'a>,
    agent_id: Text<'a>,
    skill: Text<'a>,
    plugin: Text<'a>,
    mcp_server: Text<'a>,
    branch: Text<'a>,
    user: Text<'a>,
    cost: Money,
    client_cost: Option<Money>,
    prices: Text<'a>,
    estimated: bool,
    estimate_reason: Text<'a>,
    prompt_id: Text<'a>,
    stop_reason: Text<'a>,
    result_bytes: u64,
    retries: u32,
    client: Text<'a>,
    source: Source,
}

/// One bit a key: which were met.
mod key {
    pub(super) const V: u64 = 1;
    pub(super) const ID: u64 = 1 << 1;
    pub(super) const REV: u64 = 1 << 2;
    pub(super) const TIME: u64 = 1 << 3;
    pub(super) const SESSION: u64 = 1 << 4;
    pub(super) const PROJECT: u64 = 1 << 5;
    pub(super) const MODEL: u64 = 1 << 6;
    pub(super) const PROVIDER: u64 = 1 << 7;
    pub(super) const REGION: u64 = 1 << 8;
    pub(super) const TOKENS: u64 = 1 << 9;
    pub(super) const WEB_SEARCHES: u64 = 1 << 10;
    pub(super) const BRANCH: u64 = 1 << 11;
    pub(super) const USER: u64 = 1 << 12;
    pub(super) const COST: u64 = 1 << 13;
    pub(super) const CLIENT_COST: u64 = 1 << 14;
    pub(super) const ESTIMATED: u64 = 1 << 15;
    pub(super) const SOURCE: u64 = 1 << 16;
    pub(super) const KIND: u64 = 1 << 17;
    // Of calls only.
    pub(super) const SPEED: u64 = 1 << 20;
    pub(super) const TIER: u64 = 1 << 21;
    pub(super) const GEO: u64 = 1 << 22;
    pub(super) const ITERATIONS: u64 = 1 << 23;
    pub(super) const FEATURE: u64 = 1 << 24;
    pub(super) const TOOLS: u64 = 1 << 25;
    pub(super) const AGENT: u64 = 1 << 26;
    pub(super) const AGENT_ID: u64 = 1 << 27;
    pub(super) const SKILL: u64 = 1 << 28;
    pub(super) const MCP_SERVER: u64 = 1 << 29;
    pub(super) const PRICES: u64 = 1 << 30;
    pub(super) const PROMPT_ID: u64 = 1 << 31;
    pub(super) const STOP_REASON: u64 = 1 << 32;
    pub(super) const RESULT_BYTES: u64 = 1 << 33;
    pub(super) const RETRIES: u64 = 1 << 34;
    pub(super) const PLUGIN: u64 = 1 << 35;
    pub(super) const REQUESTED_MODEL: u64 = 1 << 36;
    pub(super) const ESTIMATE_REASON: u64 = 1 << 37;
    pub(super) const CLIENT: u64 = 1 << 38;
    // Of unlisted money only.
    pub(super) const CLIENT_TOTAL: u64 = 1 << 50;
    pub(super) const KNOWN_CALLS: u64 = 1 << 51;

    const BOTH: u64 = V | ID | TIME | SESSION | PROJECT | PROVIDER | USER | COST;
    /// Without these there is no call, and with these it is something else.
    pub(super) const CALL: (u64, u64) =
        (BOTH | MODEL | TOKENS | FEATURE | PRICES, CLIENT_TOTAL | KNOWN_CALLS);
    pub(super) const UNLISTED: (u64, u64) = (BOTH | SOURCE, (CLIENT << 1) - SPEED);
}

/// `line`: nothing yet. It is large, and moving it would be a twentieth of the time.
pub(super) fn read<'a>(bytes: &'a [u8], line: &mut Quick<'a>) -> Option<()> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut reader = Reader { text, at: 0 };
    let mut met = 0;
    let mut end = b'{';
    while end != b'}' {
        // The brace before the first key, the comma before each other one.
        reader.expect(if met == 0 { b'{' } else { b',' })?;
        let key = reader.field(line)?;
        if met & key != 0 {
            return None;
        }
        met |= key;
        end = reader.peek()?;
    }
    let (needed, strange) = if line.is_unlisted { key::UNLISTED } else { key::CALL };
    let is_whole = met & needed == needed && met & strange == 0 && met & key::KIND != 0;
    (is_whole && reader.at + 1 == text.len()).then_some(())
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// One key and its value; the key's bit.
    fn field(&mut self, line: &mut Quick<'a>) -> Option<u64> {
        let name = self.plain()?;
        self.expect(b':')?;
        let bit = match name {
            "kind" => {
                line.is_unlisted = match self.plain()? {
                    "call" => false,
                    "unlisted" => true,
                    _ => return None,
                };
                key::KIND
            }
            "v" => {
                if self.number()? != u64::from(entry::VERSION) {
                    return None;
                }
                key::V
            }
            "id" => self.text(&mut line.id, key::ID)?,
            "rev" => {
                line.rev = u32::try_from(self.number()?).ok()?;
                key::REV
            }
            "time" => {
                line.time = Time::parse(self.plain()?)?;
                key::TIME
            }
            "session" => self.text(&mut line.session, key::SESSION)?,
            "project" => self.text(&mut line.project, key::PROJECT)?,
            "model" => {
                line.model = Some(self.string()?);
                key::MODEL
            }
            "provider" => {
                let name = self.plain()?;
                line.provider = Provider::ALL.into_iter().find(|provider| provider.name() == name);
                line.provider?;
                key::PROVIDER
            }
            "region" => self.text(&mut line.region, key::REGION)?,
            "tokens" => {
                line.tokens = self.tokens()?;
                key::TOKENS
            }
            "webSearches" => {
                line.web_searches = self.number()?;
                key::WEB_SEARCHES
            }
            "speed" => self.text(&mut line.speed, key::SPEED)?,
            "tier" => self.text(&mut line.tier, key::TIER)?,
            "geo" => self.text(&mut line.geo, key::GEO)?,
            "iterations" => {
                line.iterations = self.iterations()?;
                key::ITERATIONS
            }
            "feature" => self.text(&mut line.feature, key::FEATURE)?,
            "tools" => {
                self.tools(line)?;
                key::TOOLS
            }
            "agent" => self.text(&mut line.agent, key::AGENT)?,
            "agentId" => self.text(&mut line.agent_id, key::AGENT_ID)?,
            "skill" => self.text(&mut line.skill, key::SKILL)?,
            "mcpServer" => self.text(&mut line.mcp_server, key::MCP_SERVER)?,
            "branch" => self.text(&mut line.branch, key::BRANCH)?,
            "user" => self.text(&mut line.user, key::USER)?,
            "cost" => {
                line.cost = self.money()?;
                key::COST
            }
            "clientCost" => {
                line.client_cost = Some(self.money()?);
                key::CLIENT_COST
            }
            "prices" => self.text(&mut line.prices, key::PRICES)?,
            "estimated" => {
                line.estimated = self.truth()?;
                key::ESTIMATED
            }
            "promptId" => self.text(&mut line.prompt_id, key::PROMPT_ID)?,
            "stopReason" => self.text(&mut line.stop_reason, key::STOP_REASON)?,
            "resultBytes" => {
                line.result_bytes = self.number()?;
                key::RESULT_BYTES
            }
            "retries" => {
                line.retries = u32::try_from(self.number()?).ok()?;
                key::RETRIES
            }
            "source" => {
                line.source = self.source()?;
                key::SOURCE
            }
            "plugin" => self.text(&mut line.plugin, key::PLUGIN)?,
            "requestedModel" => self.text(&mut line.requested_model, key::REQUESTED_MODEL)?,
            "estimateReason" => self.text(&mut line.estimate_reason, key::ESTIMATE_REASON)?,
            "client" => self.text(&mut line.client, key::CLIENT)?,
            // Not asked for, but they have to be amounts all the same.
            "clientTotal" => self.money().map(|_| key::CLIENT_TOTAL)?,
            "knownCalls" => self.money().map(|_| key::KNOWN_CALLS)?,
            _ => return None,
        };
        Some(bit)
    }

    fn text(&mut self, into: &mut Text<'a>, bit: u64) -> Option<u64> {
        *into = self.string()?;
        Some(bit)
    }

    /// A string without escapes.
    fn plain(&mut self) -> Option<&'a str> {
        match self.string()? {
            Cow::Borrowed(text) => Some(text),
            Cow::Owned(_) => None,
        }
    }

    fn string(&mut self) -> Option<Text<'a>> {
        self.expect(b'"')?;
        let start = self.at;
        self.at += Quoted::plain(&self.text.as_bytes()[start..]);
        match self.peek()? {
            b'"' => {}
            b'\\' => return self.escaped(start),
            _ => return None,
        }
        let found = self.text.get(start..self.at)?;
        self.at += 1;
        Some(Cow::Borrowed(found))
    }

    /// The rest of a string that began at `start` and has a backslash here.
    fn escaped(&mut self, start: usize) -> Option<Text<'a>> {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at)? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        serde_json::from_str(self.text.get(start - 1..self.at)?).ok().map(Cow::Owned)
    }

    fn number(&mut self) -> Option<u64> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut value: u64 = 0;
        while let Some(digit) = bytes.get(self.at).filter(|byte| byte.is_ascii_digit()) {
            value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
            self.at += 1;
        }
        let digits = self.at - start;
        (digits == 1 || digits > 1 && bytes[start] != b'0').then_some(value)
    }

    fn truth(&mut self) -> Option<bool> {
        let rest = &self.text.as_bytes()[self.at..];
        let (length, truth) = if rest.starts_with(b"true") { (4, true) } else { (5, false) };
        (truth || rest.starts_with(b"false")).then(|| self.at += length)?;
        Some(truth)
    }

    fn money(&mut self) -> Option<Money> {
        self.plain()?.parse().ok()
    }

    fn source(&mut self) -> Option<Source> {
        // Rare enough for the general parser.
        let start = self.at;
        self.plain()?;
        serde_json::from_str(&self.text[start..self.at]).ok()
    }

    /// All five counts, in the order they are written in.
    fn tokens(&mut self) -> Option<Tokens> {
        let mut count = |key: &str| {
            let rest = self.text.get(self.at..)?.strip_prefix(key)?;
            self.at = self.text.len() - rest.len();
            self.number()
        };
        let tokens = Tokens {
            input: count("{\"input\":")?,
            output: count(",\"output\":")?,
            cache_write_5m: count(",\"cacheWrite5m\":")?,
            cache_write_1h: count(",\"cacheWrite1h\":")?,
            cache_read: count(",\"cacheRead\":")?,
        };
        self.expect(b'}')?;
        Some(tokens)
    }

    fn tools(&mut self, line: &mut Quick<'a>) -> Option<()> {
        self.expect(b'[')?;
        if self.peek()? == b']' {
            return self.expect(b']');
        }
        loop {
            *line.tools.get_mut(line.tool_count)? = self.string()?;
            line.tool_count += 1;
            if self.peek()? == b']' {
                return self.expect(b']');
            }
            self.expect(b',')?;
        }
    }

    fn iterations(&mut self) -> Option<Vec<Iteration>> {
        let mut values = serde_json::Deserializer::from_str(self.text.get(self.at..)?).into_iter();
        let found = values.next()?.ok()?;
        self.at += values.byte_offset();
        Some(found)
    }
}

impl Quick<'_> {
    pub(super) fn hand_out(&self, take: impl FnOnce(&Entry<'_>)) {
        let Some(provider) = self.provider else { return };
        take(&Entry {
            is_unlisted: self.is_unlisted,
            id: &self.id,
            time: self.time,
            session: &self.session,
            project: &self.project,
            model: self.model.as_deref(),
            requested_model: &self.requested_model,
            provider,
            region: &self.region,
            tokens: entry::billed(&self.tokens, &self.iterations),
            counts: self.tokens,
            iterations: &self.iterations,
            web_searches: self.web_searches,
            speed: &self.speed,
            tier: &self.tier,
            geo: &self.geo,
            feature: if self.is_unlisted { UNLISTED } else { &self.feature },
            tools: &self.tools[..self.tool_count],
            agent: &self.agent,
            agent_id: &self.agent_id,
            skill: &self.skill,
            plugin: &self.plugin,
            mcp_server: &self.mcp_server,
            branch: &self.branch,
            user: &self.user,
            cost: self.cost,
            client_cost: self.client_cost.unwrap_or(self.cost),
            prices: &self.prices,
            estimated: self.estimated,
            estimate_reason: &self.estimate_reason,
            prompt_id: &self.prompt_id,
            stop_reason: &self.stop_reason,
            result_bytes: self.result_bytes,
            retries: self.retries,
            client: &self.client,
            source: self.source,
        });
    }
}
