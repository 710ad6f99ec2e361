//! What a call costs, worked out a second time: a small table of the client's measured list prices and the
//! arithmetic over it. It shares no code and no numbers with the product, so that a wrong price in one of the
//! two shows as a difference. Not here: what is billed differently from the client (that is `Bill`'s caller).

use crate::script::Usage;

/// 1e-12 USD, so that every price below and the 1.1 of a region are whole numbers.
pub(crate) type Pico = i128;

/// The bar of every comparison: 1e-9 USD. Client totals are binary floats and cannot be equal to the last bit.
pub(crate) const BAR: Pico = 1_000;

/// USD per million tokens: input, output, 5-minute write, 1-hour write, read, and the factor of fast mode.
const LIST: &[(&str, [f64; 5], i128)] = &[
    ("claude-opus-5-5", [4.0, 20.0, 5.0, 8.0, 0.20], 2),
    ("claude-opus-5", [5.0, 25.0, 6.25, 10.0, 0.50], 2),
    ("claude-opus-4-7", [5.0, 25.0, 6.25, 10.0, 0.50], 6),
    ("claude-sonnet-5-5", [2.0, 10.0, 2.50, 4.0, 0.10], 1),
    ("claude-sonnet-4-6", [3.0, 15.0, 3.75, 6.0, 0.30], 1),
    ("claude-haiku-4-5", [1.0, 5.0, 1.25, 2.0, 0.10], 1),
];

const HAIKU_5_5: [f64; 5] = [0.10, 0.50, 0.125, 0.20, 0.01];
const HAIKU_5_5_LONG: [f64; 5] = [0.50, 2.50, 0.625, 1.0, 0.05];

/// The longest prompt Haiku 5.5 still bills at the low price.
const HAIKU_5_5_STEP: u64 = 100_000;

/// What the client charges for one call, by its own list.
pub(crate) fn list(model: &str, usage: &Usage) -> Pico {
    let bare = bare(model);
    let (prices, fast) = if bare == "claude-haiku-5-5" {
        let prompt = usage.input + usage.read + usage.write_5m + usage.write_1h;
        (if prompt > HAIKU_5_5_STEP { HAIKU_5_5_LONG } else { HAIKU_5_5 }, 1)
    } else {
        // An unknown model is charged like the newest Opus, the first row.
        let row = LIST.iter().find(|row| row.0 == bare).unwrap_or(&LIST[0]);
        (row.1, row.2)
    };
    let counts = [usage.input, usage.output, usage.write_5m, usage.write_1h, usage.read];
    let mut sum: Pico =
        prices.iter().zip(counts).map(|(price, count)| per_token(*price) * Pico::from(count)).sum();
    if usage.fast {
        sum *= fast;
    }
    if usage.geo == "us" {
        sum = sum * 11 / 10;
    }
    sum + Pico::from(usage.web_searches) * 10_000_000_000
}

/// A regional or geographic endpoint of Bedrock and Google bills a tenth more than the list says.
pub(crate) fn regional(list: Pico) -> Pico {
    list * 11 / 10
}

/// `us.anthropic.claude-opus-5-5`, `claude-haiku-4-5-20251001` and the like, without their ornaments.
fn bare(model: &str) -> &str {
    let start = model.find("claude-").unwrap_or(0);
    let id = &model[start..];
    let id = id.split(['@', '[', ':']).next().unwrap_or(id);
    match id.rsplit_once('-') {
        Some((front, date)) if date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit()) => front,
        _ => id,
    }
}

/// USD per million tokens is micro-USD per token; a micro-USD is 1e6 of our units.
fn per_token(usd_per_million: f64) -> Pico {
    (usd_per_million * 1e6).round() as Pico
}

/// From a client's float, for comparing only.
pub(crate) fn from_usd(usd: f64) -> Pico {
    (usd * 1e12).round() as Pico
}

/// From the ledger's exact decimal string.
pub(crate) fn from_decimal(text: &str) -> Option<Pico> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if part.len() > 12 {
        return None;
    }
    let part: Pico = format!("{part:0<12}").parse().ok()?;
    Some(sign * (whole.parse::<Pico>().ok()? * 1_000_000_000_000 + part))
}

pub(crate) fn show(amount: Pico) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let amount = amount.abs();
    let text = format!("{sign}{}.{:012}", amount / 1_000_000_000_000, amount % 1_000_000_000_000);
    let short = text.trim_end_matches('0');
    // Cents at least, the way money is read.
    let point = short.find('.').unwrap_or(0);
    if short.len() < point + 3 { text[..point + 3].to_owned() } else { short.to_owned() }
}
