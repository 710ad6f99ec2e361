//! A transcript's line as the client writes it, read without a general parser: no space between its parts, no key twice
//! where a key counts, plain numbers. An import reads gigabytes of them, nearly all of it text that is only stepped over.
//!
//! Owns no rules: whatever looks different in any way is None here and left to the general parser. The tests hold both
//! to the same fields. There is one thing more that is read here: what is only stepped over may hold bytes that are no
//! text, control characters, halves of characters and escapes that are none, for which the general parser takes no line.

use std::borrow::Cow;

use crate::base::quoted::Quoted;

use super::{Content, Raw, RawCacheCreation, RawMessage, RawServerTools, RawUsage, ToolUse};

/// What lies deeper than this is left to the other reader, which has a bound of its own.
const DEEPEST: u32 = 100;

/// So many bytes are looked at at once for whether they are text.
const STRETCH: usize = 256;

pub(super) fn read(line: &[u8]) -> Option<Raw<'_>> {
    let bytes = line.trim_ascii();
    let mut reader = Reader { bytes, at: 0, known: "", known_at: 0 };
    let mut raw = Raw::default();
    let mut met = Met::default();
    reader.object(|reader, key| {
        match key {
            b"type" => raw.kind = met.once(0).then(|| reader.maybe_text())??.unwrap_or_default(),
            b"subtype" => raw.subtype = met.once(1).then(|| reader.maybe_text())??,
            b"timestamp" => raw.timestamp = met.once(2).then(|| reader.maybe_text())??,
            b"sessionId" => raw.session_id = met.once(3).then(|| reader.maybe_text())??,
            b"requestSessionId" => raw.request_session_id = met.once(4).then(|| reader.maybe_text())??,
            b"requestId" => raw.request_id = met.once(5).then(|| reader.maybe_text())??,
            b"requestedModel" => raw.requested_model = met.once(6).then(|| reader.maybe_text())??,
            b"uuid" => raw.uuid = met.once(7).then(|| reader.maybe_text())??,
            b"cwd" => raw.cwd = met.once(8).then(|| reader.maybe_text())??,
            b"gitBranch" => raw.git_branch = met.once(9).then(|| reader.maybe_text())??,
            b"version" => raw.version = met.once(10).then(|| reader.maybe_text())??,
            b"isSidechain" => raw.is_sidechain = met.once(11).then(|| reader.maybe_bool())??,
            b"agentId" => raw.agent_id = met.once(12).then(|| reader.maybe_text())??,
            b"promptId" => raw.prompt_id = met.once(13).then(|| reader.maybe_text())??,
            b"attributionAgent" => raw.attribution_agent = met.once(14).then(|| reader.maybe_text())??,
            b"attributionSkill" => raw.attribution_skill = met.once(15).then(|| reader.maybe_text())??,
            b"attributionPlugin" => raw.attribution_plugin = met.once(16).then(|| reader.maybe_text())??,
            b"attributionMcpServer" => {
                raw.attribution_mcp_server = met.once(17).then(|| reader.maybe_text())??
            }
            b"message" => raw.message = met.once(18).then(|| reader.message())??,
            // The client's totals are few.
            b"totalCostUSD" | b"startTime" | b"hasUnknownModelCost" | b"modelUsage" => return None,
            _ => reader.skip(DEEPEST)?,
        }
        Some(())
    })?;
    (reader.at == reader.bytes.len() && met.has(0)).then_some(raw)
}

/// Keys that were met; one that comes again is an error to the general parser.
#[derive(Default)]
struct Met(u32);

impl Met {
    fn has(&self, key: u32) -> bool {
        self.0 & (1 << key) != 0
    }

    fn once(&mut self, key: u32) -> bool {
        let news = !self.has(key);
        self.0 |= 1 << key;
        news
    }
}

/// A string as it stands, between its quotes.
#[derive(Clone, Copy)]
struct Text<'a> {
    raw: &'a [u8],
    has_escapes: bool,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// A stretch that is known to be text, and where it begins: what counts stands close together in a line.
    known: &'a str,
    known_at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        let fits = self.peek()? == byte;
        self.at += 1;
        fits.then_some(())
    }

    /// An object, each key handed out with the reader at its value. One whose escapes may stand for any key is left to
    /// the other reader.
    fn object(&mut self, mut take: impl FnMut(&mut Self, &'a [u8]) -> Option<()>) -> Option<()> {
        self.fields(|reader, key| {
            if key.has_escapes {
                return None;
            }
            take(reader, key.raw)
        })
    }

    fn fields(&mut self, mut take: impl FnMut(&mut Self, Text<'a>) -> Option<()>) -> Option<()> {
        self.items(b'{', b'}', |reader| {
            let key = reader.text()?;
            reader.expect(b':')?;
            take(reader, key)
        })
    }

    fn list(&mut self, take: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.items(b'[', b']', take)
    }

    /// What stands between two brackets, with commas between.
    fn items(&mut self, open: u8, close: u8, mut take: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.expect(open)?;
        if self.peek()? == close {
            self.at += 1;
            return Some(());
        }
        loop {
            take(self)?;
            match self.peek()? {
                b',' => self.at += 1,
                byte if byte == close => {
                    self.at += 1;
                    return Some(());
                }
                _ => return None,
            }
        }
    }

    fn text(&mut self) -> Option<Text<'a>> {
        self.expect(b'"')?;
        let rest = &self.bytes[self.at..];
        let Quoted { end, has_escapes } = Quoted::find(rest)?;
        self.at += end + 1;
        Some(Text { raw: &rest[..end], has_escapes })
    }

    /// A string that counts.
    fn kept(&mut self) -> Option<Cow<'a, str>> {
        let Text { raw, has_escapes } = self.text()?;
        if has_escapes {
            let quoted = [b"\"", raw, b"\""].concat();
            return serde_json::from_slice::<String>(&quoted).ok().map(Cow::Owned);
        }
        // No string of JSON holds a control character as it is.
        if Quoted::plain(raw) < raw.len() {
            return None;
        }
        let end = self.at - 1;
        self.known(end - raw.len(), end).map(Cow::Borrowed)
    }

    fn known(&mut self, from: usize, to: usize) -> Option<&'a str> {
        if from < self.known_at || to > self.known_at + self.known.len() {
            let bytes = &self.bytes[from..self.bytes.len().min(to.max(from + STRETCH))];
            self.known = match std::str::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?,
            };
            self.known_at = from;
        }
        self.known.get(from - self.known_at..to - self.known_at)
    }

    /// How many bytes a text is.
    fn length(&mut self) -> Option<u64> {
        self.expect(b'"')?;
        let (text, length) = Quoted::measure(&self.bytes[self.at..])?;
        self.at += text.end + 1;
        Some(length as u64)
    }

    /// Steps over a value of any kind.
    fn skip(&mut self, depth: u32) -> Option<()> {
        match self.peek()? {
            b'"' => self.text().map(drop),
            b'{' if depth > 0 => self.fields(|reader, _| reader.skip(depth - 1)),
            b'[' if depth > 0 => self.list(|reader| reader.skip(depth - 1)),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            b'-' | b'0'..=b'9' => self.number(),
            _ => None,
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let fits = self.bytes[self.at..].starts_with(word);
        self.at += word.len();
        fits.then_some(())
    }

    fn digits(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// A number without an exponent. Huge ones are no numbers to the general parser.
    fn number(&mut self) -> Option<()> {
        if self.peek()? == b'-' {
            self.at += 1;
        }
        let whole = self.digits();
        let mut length = whole.len();
        if whole.is_empty() || whole.len() > 1 && whole[0] == b'0' {
            return None;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            let fraction = self.digits();
            length += fraction.len();
            if fraction.is_empty() {
                return None;
            }
        }
        (length < 200 && !matches!(self.peek(), Some(b'e' | b'E'))).then_some(())
    }

    /// `lenient::maybe` of a text.
    fn maybe_text(&mut self) -> Option<Option<Cow<'a, str>>> {
        if self.peek()? == b'"' {
            return self.kept().map(Some);
        }
        self.skip(DEEPEST).map(|()| None)
    }

    fn maybe_bool(&mut self) -> Option<bool> {
        let is_true = self.peek()? == b't';
        self.skip(DEEPEST).map(|()| is_true)
    }

    /// `lenient::or_default` of a count, as far as it is one.
    fn count(&mut self) -> Option<u64> {
        if !self.peek()?.is_ascii_digit() {
            return if self.peek()? == b'-' { None } else { self.skip(DEEPEST).map(|()| 0) };
        }
        let digits = self.digits();
        let plain = digits.len() < 19 && (digits.len() == 1 || digits[0] != b'0');
        let ends = !matches!(self.peek(), Some(b'.' | b'e' | b'E'));
        (plain && ends).then(|| digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
    }

    fn message(&mut self) -> Option<Option<RawMessage<'a>>> {
        let mut message = RawMessage::default();
        match self.peek()? {
            b'"' => drop(self.kept()?),
            b'n' => return self.word(b"null").map(|()| None),
            _ => {
                let mut met = Met::default();
                self.object(|reader, key| {
                    match key {
                        b"id" => message.id = met.once(0).then(|| reader.maybe_text())??,
                        b"model" => message.model = met.once(1).then(|| reader.maybe_text())??,
                        b"stop_reason" => {
                            message.stop_reason = met.once(2).then(|| reader.maybe_text())??
                        }
                        b"usage" => message.usage = met.once(3).then(|| reader.usage())??,
                        b"content" => message.content = met.once(4).then(|| reader.content())??,
                        _ => reader.skip(DEEPEST)?,
                    }
                    Some(())
                })?;
            }
        }
        Some(Some(message))
    }

    fn usage(&mut self) -> Option<Option<RawUsage<'a>>> {
        if self.peek()? == b'n' {
            return self.word(b"null").map(|()| None);
        }
        let mut usage = RawUsage::default();
        let mut met = Met::default();
        self.object(|reader, key| {
            match key {
                b"input_tokens" => usage.input_tokens = met.once(0).then(|| reader.count())??,
                b"output_tokens" => usage.output_tokens = met.once(1).then(|| reader.count())??,
                b"cache_creation_input_tokens" => {
                    usage.cache_creation_input_tokens = met.once(2).then(|| reader.count())??;
                }
                b"cache_read_input_tokens" => {
                    usage.cache_read_input_tokens = met.once(3).then(|| reader.count())??;
                }
                b"cache_creation" => {
                    usage.cache_creation = met.once(4).then(|| reader.cache_creation())??
                }
                b"server_tool_use" => {
                    usage.server_tool_use = met.once(5).then(|| reader.server_tools())??
                }
                b"speed" => usage.speed = met.once(6).then(|| reader.maybe_text())??,
                b"service_tier" => usage.service_tier = met.once(7).then(|| reader.maybe_text())??,
                b"inference_geo" => usage.inference_geo = met.once(8).then(|| reader.maybe_text())??,
                // What there is in it is rare.
                b"iterations" if met.once(9) => match reader.peek()? {
                    b'[' => reader.list(|_| None)?,
                    _ => reader.word(b"null")?,
                },
                b"iterations" => return None,
                _ => reader.skip(DEEPEST)?,
            }
            Some(())
        })?;
        Some(Some(usage))
    }

    fn cache_creation(&mut self) -> Option<Option<RawCacheCreation>> {
        if self.peek()? == b'n' {
            return self.word(b"null").map(|()| None);
        }
        let mut split = RawCacheCreation::default();
        let mut met = Met::default();
        self.object(|reader, key| {
            match key {
                b"ephemeral_5m_input_tokens" => {
                    split.ephemeral_5m_input_tokens = met.once(0).then(|| reader.count())??;
                }
                b"ephemeral_1h_input_tokens" => {
                    split.ephemeral_1h_input_tokens = met.once(1).then(|| reader.count())??;
                }
                _ => reader.skip(DEEPEST)?,
            }
            Some(())
        })?;
        Some(Some(split))
    }

    fn server_tools(&mut self) -> Option<Option<RawServerTools>> {
        if self.peek()? == b'n' {
            return self.word(b"null").map(|()| None);
        }
        let mut tools = RawServerTools::default();
        let mut met = Met::default();
        self.object(|reader, key| {
            match key {
                b"web_search_requests" => {
                    tools.web_search_requests = met.once(0).then(|| reader.count())??
                }
                _ => reader.skip(DEEPEST)?,
            }
            Some(())
        })?;
        Some(Some(tools))
    }

    fn content(&mut self) -> Option<Content> {
        let mut content = Content::default();
        match self.peek()? {
            b'"' | b'{' | b'n' => self.skip(DEEPEST)?,
            _ => self.list(|reader| {
                let (mut kind, mut id, mut name, mut bytes) = (None, None, None, 0);
                let mut met = Met::default();
                reader.object(|reader, key| {
                    match key {
                        b"type" => kind = met.once(0).then(|| reader.maybe_text())??,
                        b"id" => id = met.once(1).then(|| reader.maybe_text())??,
                        b"name" => name = met.once(2).then(|| reader.maybe_text())??,
                        b"content" => bytes = met.once(3).then(|| reader.measure(DEEPEST))??,
                        _ => reader.skip(DEEPEST)?,
                    }
                    Some(())
                })?;
                match kind.as_deref() {
                    Some("tool_use" | "server_tool_use") => content.tools.push(ToolUse {
                        id: id.unwrap_or_default().into_owned(),
                        name: name.unwrap_or_default().into_owned(),
                    }),
                    Some("tool_result") => content.result_bytes += bytes,
                    _ => {}
                }
                Some(())
            })?,
        }
        Some(content)
    }

    /// The length of a tool result.
    fn measure(&mut self, depth: u32) -> Option<u64> {
        match self.peek()? {
            b'"' => self.length(),
            b'[' if depth > 0 => {
                let mut total = 0;
                self.list(|reader| {
                    total += reader.measure(depth - 1)?;
                    Some(())
                })?;
                Some(total)
            }
            b'{' if depth > 0 => {
                let mut total = 0;
                self.object(|reader, key| {
                    match key {
                        b"text" | b"data" | b"source" => total += reader.measure(depth - 1)?,
                        _ => reader.skip(depth - 1)?,
                    }
                    Some(())
                })?;
                Some(total)
            }
            _ => self.skip(0).map(|()| 0),
        }
    }
}

#[cfg(test)]
mod tests;
