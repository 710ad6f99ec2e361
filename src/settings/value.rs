//! A setting's value as people type it in a terminal: `10`, `$10`, `10 USD`, `80%`, `on`, `0.5,0.8`, `Monday`. Read
//! by what the schema says of the key; whether it is in range and makes sense is `validate`'s business, which sees the
//! whole file.

use serde_json::Value as Json;

use super::keys::Key;
use super::scalar::{self, MAX_FACTOR, MAX_USD};
use super::validate::allowed_words;
use crate::base::error::{Error, Result};
use crate::base::jsonc;
use crate::base::money::Money;
use crate::base::splice::Item;
use crate::base::text::{nearest, quoted};
use crate::base::words::{Sentence, sentence, word};

/// What a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Switch,
    /// An amount in USD.
    Amount,
    /// A factor on a price.
    Factor,
    /// A part of an amount, or a list of them.
    Fractions,
    Whole,
    /// One of a few words.
    Word,
    Text,
    List,
    Object,
}

impl Kind {
    pub fn of(schema: &'static Json) -> Self {
        let limit = schema["maximum"].as_i64();
        match schema["type"].as_str() {
            Some("boolean") => Kind::Switch,
            Some("integer") => Kind::Whole,
            Some("number") if limit == Some(MAX_USD) => Kind::Amount,
            Some("number") if limit == Some(MAX_FACTOR) => Kind::Factor,
            Some("array") => Kind::List,
            Some("object") => Kind::Object,
            _ if schema["anyOf"].is_array() => Kind::Fractions,
            _ if !allowed_words(schema).is_empty() => Kind::Word,
            _ => Kind::Text,
        }
    }
}

/// What may stand there, for people: `an amount in USD`, `one of …`.
pub fn in_words(schema: &'static Json) -> Sentence {
    match Kind::of(schema) {
        Kind::Switch => word!("takes-switch").into(),
        Kind::Amount => word!("takes-amount").into(),
        Kind::Factor => sentence!("takes-factor", most = MAX_FACTOR.to_string()),
        Kind::Fractions => word!("takes-fractions").into(),
        Kind::Whole => {
            let [least, most] = ["minimum", "maximum"].map(|bound| schema[bound].to_string());
            sentence!("takes-whole", least = least, most = most)
        }
        Kind::Word => Sentence::one_of(&allowed_words(schema)),
        Kind::Text => match schema["pattern"].as_str() {
            Some(scalar::SPAN_PATTERN) => word!("takes-span").into(),
            Some(scalar::DATABASE_PATTERN) => word!("takes-address").into(),
            _ => word!("takes-text").into(),
        },
        Kind::List => word!("takes-list").into(),
        Kind::Object => word!("takes-object").into(),
    }
}

/// What to type, for who typed something else.
fn example(schema: &'static Json) -> Sentence {
    match Kind::of(schema) {
        Kind::Switch => word!("type-switch-cure").into(),
        Kind::Amount => word!("type-amount-cure").into(),
        Kind::Factor => word!("type-factor-cure").into(),
        Kind::Fractions => word!("type-fractions-cure").into(),
        Kind::Whole => sentence!("type-whole-cure", what = in_words(schema)),
        Kind::List => word!("type-list-cure").into(),
        Kind::Object => sentence!("type-object-cure", example = "'{…}'"),
        Kind::Word => sentence!("expected-words", words = in_words(schema)),
        Kind::Text => sentence!("expected", what = in_words(schema)),
    }
}

/// The value somebody typed for a key.
pub fn parse(key: &Key, typed: &str) -> Result<Item> {
    let schema = key.schema()?;
    let text = typed.trim();
    let wrong = |message: String| Error::user(message).hint(example(schema));
    let raw = match Kind::of(schema) {
        Kind::Switch => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Some("true".to_string()),
            "false" | "no" | "off" => Some("false".to_string()),
            _ => None,
        },
        Kind::Amount => number(without_currency(text)),
        Kind::Factor => fraction(text),
        Kind::Whole => number(text),
        Kind::Fractions => {
            let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
            let is_list = inside.is_some() || text.contains(',');
            let parts: Option<Vec<String>> =
                inside.unwrap_or(text).split(',').map(|part| fraction(part.trim())).collect();
            match parts {
                Some(parts) if is_list => return Ok(Item::List(parts.into_iter().map(Item::Raw).collect())),
                Some(parts) => parts.into_iter().next(),
                None => None,
            }
        }
        Kind::Word => {
            let words = allowed_words(schema);
            let text = unquoted(text);
            let Some(word) = words.iter().find(|word| word.eq_ignore_ascii_case(&text)) else {
                let near = nearest(&text, words.iter().copied());
                let error = Error::user(format!("`{key}` cannot be {}", quoted(&text)));
                let error = error.hint(sentence!("expected-words", words = in_words(schema)));
                return Err(match near {
                    Some(near) => error.hint(sentence!("did-you-mean", near = near)),
                    None => error,
                });
            };
            return Ok(Item::string(word));
        }
        Kind::Text => return Ok(Item::string(&unquoted(text))),
        Kind::List | Kind::Object => return json(text, schema, &wrong, key),
    };
    raw.map(Item::Raw).ok_or_else(|| wrong(format!("`{key}` cannot be {}", quoted(typed))))
}

/// Lists and objects are typed as JSON.
fn json(text: &str, schema: &'static Json, wrong: &dyn Fn(String) -> Error, key: &Key) -> Result<Item> {
    let document = jsonc::parse(text)
        .map_err(|error| wrong(format!("the value of `{key}` is no JSON: {}", error.message)))?;
    let expected = schema["type"].as_str().unwrap_or_default();
    match document.root {
        Some(root) if root.kind() == expected => Ok(Item::of(text, &root)),
        _ => Err(wrong(format!("`{key}` takes {}", in_words(schema)))),
    }
}

/// A text in double quotes is JSON; any other is what it is.
fn unquoted(text: &str) -> String {
    match text.starts_with('"') {
        true => serde_json::from_str(text).unwrap_or_else(|_| text.to_string()),
        false => text.to_string(),
    }
}

fn without_currency(text: &str) -> &str {
    let text = text.strip_prefix('$').map_or(text, str::trim_start);
    let end = text.len().saturating_sub(3);
    match text.get(end..) {
        Some(unit) if unit.eq_ignore_ascii_case("usd") => text[..end].trim_end(),
        _ => text,
    }
}

/// The digits of a number as JSON writes it; nothing is rounded.
fn number(text: &str) -> Option<String> {
    let digits = if text.starts_with('.') { format!("0{text}") } else { text.to_string() };
    // The grammar is JSON's, the value exact.
    serde_json::from_str::<serde_json::Number>(&digits).ok()?;
    Some(digits)
}

/// `0.8` as well as `80%`.
fn fraction(text: &str) -> Option<String> {
    let Some(percent) = text.strip_suffix('%') else { return number(text) };
    let hundred: Money = number(percent.trim_end())?.parse().ok()?;
    // Exact as long as it stays within the digits that amounts have.
    (hundred.0 % 100 == 0).then(|| Money(hundred.0 / 100).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(key: &str, typed: &str) -> String {
        match parse(&Key::parse(key).unwrap(), typed) {
            Ok(Item::Raw(raw)) => raw,
            Ok(item) => format!("{item:?}"),
            Err(error) => error.one_line(),
        }
    }

    #[test]
    fn amounts_are_typed_in_many_ways_and_kept_to_the_digit() {
        for (typed, written) in [
            ("10", "10"),
            (" $10 ", "10"),
            ("$ 2.50", "2.50"),
            ("10 USD", "10"),
            ("10usd", "10"),
            (".5", "0.5"),
            ("0.000000000001", "0.000000000001"),
            ("1e2", "1e2"),
            ("-1", "-1"),
        ] {
            assert_eq!(read("cost.dailyBudget", typed), written, "{typed}");
        }
        for typed in ["", "ten", "1,000", "10 EUR", "0x10", "NaN", "1_000", "010", "USD", "true"] {
            let said = read("cost.dailyBudget", typed);
            assert!(said.contains("cannot be") && said.contains("10 USD"), "{typed}: {said}");
        }
    }

    #[test]
    fn fractions_factors_and_lists_of_them() {
        assert_eq!(read("cost.warningThreshold", "0.8"), "0.8");
        assert_eq!(read("cost.warningThreshold", "80%"), "0.8");
        assert_eq!(read("cost.pricing.multiplier", "90 %"), "0.9");
        let list = |typed| parse(&Key::parse("cost.warningThreshold").unwrap(), typed).unwrap();
        let parts = Item::List(vec![Item::Raw("0.5".into()), Item::Raw("0.95".into())]);
        assert_eq!(list("50%, 0.95"), parts);
        assert_eq!(list("[0.5,0.95]"), parts);
        assert!(read("cost.warningThreshold", "50%,x").contains("80%"));
    }

    #[test]
    fn switches_words_and_texts() {
        assert_eq!(read("cost.autoStopAtBudget", "On"), "true");
        assert_eq!(read("costWarnings", "no"), "false");
        assert!(read("costWarnings", "1").contains("type true or false"));
        assert_eq!(read("cost.weekStart", "Sunday"), "\"sunday\"");
        let said = read("cost.weekStart", "sundey");
        assert!(said.contains("did you mean `sunday`?"), "{said}");
        assert_eq!(read("cost.timezone", "Europe/Berlin"), "\"Europe/Berlin\"");
        assert_eq!(read("team.user", "\"a\\u0062\""), "\"ab\"");
        assert_eq!(read("team.user", "a\"b"), "\"a\\\"b\"");
        assert_eq!(read("cost.limits[x].period", "Daily"), "\"daily\"");
        assert_eq!(read("cost.billingDay", "31"), "31");
    }

    #[test]
    fn lists_and_objects_are_json() {
        let typed = r#"{"amount": 1.50, "period": "daily"}"#;
        let limit = parse(&Key::parse("cost.limits[a]").unwrap(), typed).unwrap();
        assert_eq!(
            limit,
            Item::object([("amount", Item::Raw("1.50".into())), ("period", Item::string("daily"))])
        );
        assert!(read("cost.limits", "5").contains("takes a list"));
        assert!(read("cost.limits[a]", "{").contains("no JSON"));
    }

    #[test]
    fn every_key_says_what_it_takes() {
        for name in super::super::keys::all_keys() {
            let key = Key::parse(&name.replace("[]", "[x]")).unwrap();
            let words = in_words(key.schema().unwrap());
            assert!(!words.is_empty() && !example(key.schema().unwrap()).is_empty(), "{name}");
        }
        assert_eq!(
            in_words(Key::parse("team.maxAge").unwrap().schema().unwrap()).to_string().split(':').count(),
            2
        );
    }
}
