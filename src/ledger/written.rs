//! A call as a line, written without a serializer between: an import writes a hundred thousand of them in a second.
//!
//! Owns no form: the same bytes as `model::entry` makes of the call, to which the tests hold it.

use serde::Serialize;

use crate::model::entry::{Call, Source};
use crate::model::usage::Tokens;

/// Adds a call's line, without its end.
pub(super) fn call(out: &mut Vec<u8>, call: &Call) -> serde_json::Result<()> {
    // By name, so that no field is forgotten.
    let Call {
        v,
        id,
        rev,
        time,
        session,
        project,
        model,
        requested_model,
        provider,
        region,
        tokens: Tokens { input, output, cache_write_5m, cache_write_1h, cache_read },
        web_searches,
        speed,
        tier,
        geo,
        iterations,
        feature,
        tools,
        agent,
        agent_id,
        skill,
        plugin,
        mcp_server,
        branch,
        user,
        cost,
        client_cost,
        prices,
        estimated,
        estimate_reason,
        prompt_id,
        stop_reason,
        result_bytes,
        retries,
        client,
        source,
    } = call;
    let mut line = Line { out };
    line.value(r#"{"kind":"call","v":"#, v)?;
    line.text(r#","id":"#, id)?;
    line.count(r#","rev":"#, u64::from(*rev))?;
    line.value(r#","time":"#, time)?;
    line.text(r#","session":"#, session)?;
    line.text(r#","project":"#, project)?;
    line.text(r#","model":"#, model)?;
    line.some(r#","requestedModel":"#, requested_model)?;
    line.text(r#","provider":"#, provider.name())?;
    line.some(r#","region":"#, region)?;
    line.value(r#","tokens":{"input":"#, input)?;
    line.value(r#","output":"#, output)?;
    line.value(r#","cacheWrite5m":"#, cache_write_5m)?;
    line.value(r#","cacheWrite1h":"#, cache_write_1h)?;
    line.value(r#","cacheRead":"#, cache_read)?;
    line.out.push(b'}');
    line.count(r#","webSearches":"#, *web_searches)?;
    line.some(r#","speed":"#, speed)?;
    line.some(r#","tier":"#, tier)?;
    line.some(r#","geo":"#, geo)?;
    if !iterations.is_empty() {
        line.value(r#","iterations":"#, iterations)?;
    }
    line.text(r#","feature":"#, feature)?;
    if !tools.is_empty() {
        line.value(r#","tools":"#, tools)?;
    }
    line.some(r#","agent":"#, agent)?;
    line.some(r#","agentId":"#, agent_id)?;
    line.some(r#","skill":"#, skill)?;
    line.some(r#","plugin":"#, plugin)?;
    line.some(r#","mcpServer":"#, mcp_server)?;
    line.some(r#","branch":"#, branch)?;
    line.text(r#","user":"#, user)?;
    line.value(r#","cost":"#, cost)?;
    if let Some(cost) = client_cost {
        line.value(r#","clientCost":"#, cost)?;
    }
    line.text(r#","prices":"#, prices)?;
    if *estimated {
        line.value(r#","estimated":"#, estimated)?;
    }
    line.some(r#","estimateReason":"#, estimate_reason)?;
    line.some(r#","promptId":"#, prompt_id)?;
    line.some(r#","stopReason":"#, stop_reason)?;
    line.count(r#","resultBytes":"#, *result_bytes)?;
    line.count(r#","retries":"#, u64::from(*retries))?;
    line.some(r#","client":"#, client)?;
    if *source != Source::default() {
        line.value(r#","source":"#, source)?;
    }
    line.out.push(b'}');
    Ok(())
}

struct Line<'a> {
    out: &'a mut Vec<u8>,
}

impl Line<'_> {
    fn value(&mut self, key: &str, value: &impl Serialize) -> serde_json::Result<()> {
        self.out.extend_from_slice(key.as_bytes());
        serde_json::to_writer(&mut *self.out, value)
    }

    /// Left out where it is nothing.
    fn count(&mut self, key: &str, count: u64) -> serde_json::Result<()> {
        if count == 0 { Ok(()) } else { self.value(key, &count) }
    }

    fn some(&mut self, key: &str, text: &Option<String>) -> serde_json::Result<()> {
        text.as_ref().map_or(Ok(()), |text| self.text(key, text))
    }

    fn text(&mut self, key: &str, text: &str) -> serde_json::Result<()> {
        let odd = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
        if text.bytes().fold(false, |found, byte| found | odd(byte)) {
            return self.value(key, &text);
        }
        self.out.reserve(key.len() + text.len() + 2);
        self.out.extend_from_slice(key.as_bytes());
        self.out.push(b'"');
        self.out.extend_from_slice(text.as_bytes());
        self.out.push(b'"');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::model::entry::Line as Entry;

    /// A whole line with some of its fields left out, and any text in the others.
    fn line() -> impl Strategy<Value = Value> {
        let text = prop_oneof!["[a-z:/_-]{0,12}", "[a-z\"\\\\\n\u{1}\u{7f}é→😀]{0,8}"];
        let texts = proptest::collection::vec(text, 24);
        let counts = proptest::collection::vec(prop_oneof![Just(0), 0..u64::from(u32::MAX)], 10);
        (texts, counts, any::<(u64, i64, i64)>(), 0..5usize, any::<(bool, bool, bool)>()).prop_map(
            |(texts, counts, (left_out, cost, time), provider, (estimated, runs, other_source))| {
                let mut texts = texts.into_iter();
                let mut counts = counts.into_iter();
                let mut text = || texts.next().unwrap();
                let mut count = || counts.next().unwrap();
                let cost = crate::base::money::Money(i128::from(cost));
                let time = crate::base::time::Time(time % 100_000_000_000_000).to_string();
                let provider = crate::model::provider::Provider::ALL[provider].name();
                let mut line = json!({
                    "kind": "call", "v": 1, "id": text(), "time": time, "session": text(), "project": text(), "model": text(),
                    "provider": provider, "feature": text(), "user": text(), "cost": cost, "prices": text(),
                    "tokens": {"input": count(), "output": count(), "cacheWrite5m": count(), "cacheWrite1h": count(), "cacheRead": count()},
                });
                let mut more = vec![
                    ("requestedModel", json!(text())), ("region", json!(text())), ("speed", json!(text())), ("tier", json!(text())),
                    ("geo", json!(text())), ("tools", json!([text(), text()])), ("agent", json!(text())), ("agentId", json!(text())),
                    ("skill", json!(text())), ("plugin", json!(text())), ("mcpServer", json!(text())), ("branch", json!(text())),
                    ("estimateReason", json!(text())), ("promptId", json!(text())), ("stopReason", json!(text())), ("client", json!(text())),
                    ("clientCost", json!(cost)), ("rev", json!(count())), ("webSearches", json!(count())), ("resultBytes", json!(count())),
                    ("retries", json!(count())), ("estimated", json!(estimated)),
                ];
                if runs {
                    more.push(("iterations", json!([{"kind": "compaction", "tokens": {"output": count()}}])));
                }
                if other_source {
                    more.push(("source", json!("telemetry")));
                }
                for (at, (key, value)) in more.into_iter().enumerate() {
                    if left_out & (1 << at) == 0 {
                        line[key] = value;
                    }
                }
                line
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_bytes_are_those_of_the_serializer(line in line()) {
            let entry: Entry = serde_json::from_value(line).unwrap();
            let Entry::Call(of) = &entry else { panic!("no call") };
            let mut written = Vec::new();
            call(&mut written, of).unwrap();
            prop_assert_eq!(String::from_utf8(written).unwrap(), serde_json::to_string(&entry).unwrap());
        }
    }
}
