//! One message of a list, read by Project Fluent's parser and written with its arguments. Owns that part of the format
//! that messages here are made of: text, arguments, and choices by a count or a text. Terms, attributes, references to
//! other messages and functions are none of it, and a test keeps them out of the lists.
//!
//! Fluent's own `fluent-bundle` would write more than that, and brings the plural rules of all languages with it: 700
//! addresses for the loader to mend at each start of a hook (`docs/design/language.md`).

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey};
use fluent_syntax::parser;
use fluent_syntax::unicode::unescape_unicode_to_string;

use super::{Language, Value};

type Arguments<'a> = [(&'a str, Value<'a>)];

/// The message of this source. What cannot be read is shown as it stands.
pub(super) fn written(source: &str, language: Language, arguments: &Arguments<'_>) -> String {
    let (Ok(resource) | Err((resource, _))) = parser::parse_runtime(source);
    let mut out = String::with_capacity(source.len());
    for entry in &resource.body {
        if let Entry::Message(message) = entry
            && let Some(pattern) = &message.value
        {
            write(pattern, language, arguments, &mut out);
            return out;
        }
    }
    source.trim().to_string()
}

fn write(pattern: &Pattern<&str>, language: Language, arguments: &Arguments<'_>, out: &mut String) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => out.push_str(value),
            PatternElement::Placeable { expression } => express(expression, language, arguments, out),
        }
    }
}

fn express(expression: &Expression<&str>, language: Language, arguments: &Arguments<'_>, out: &mut String) {
    match expression {
        Expression::Inline(InlineExpression::VariableReference { id }) => {
            match argument(id.name, arguments) {
                Some(Value::Text(text) | Value::Written(_, text)) => out.push_str(text),
                Some(Value::Count(count)) => out.push_str(&count.to_string()),
                Some(Value::Said(sentence)) => out.push_str(&sentence.within(language)),
                None => out.push_str(id.name),
            }
        }
        Expression::Inline(InlineExpression::StringLiteral { value }) => {
            out.push_str(&unescape_unicode_to_string(value));
        }
        Expression::Inline(InlineExpression::NumberLiteral { value }) => out.push_str(value),
        Expression::Inline(InlineExpression::Placeable { expression }) => {
            express(expression, language, arguments, out);
        }
        // Kept out by a test.
        Expression::Inline(_) => {}
        Expression::Select { selector, variants } => {
            let chosen = match selector {
                InlineExpression::VariableReference { id } => argument(id.name, arguments),
                _ => None,
            };
            let variant = variants
                .iter()
                .find(|variant| chosen.is_some_and(|value| is_meant(variant, value, language)))
                .or_else(|| variants.iter().find(|variant| variant.default));
            if let Some(variant) = variant {
                write(&variant.value, language, arguments, out);
            }
        }
    }
}

fn argument<'a>(name: &str, arguments: &'a Arguments<'a>) -> Option<&'a Value<'a>> {
    arguments.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// A text by itself; a count by its number or by its plural category, of which English has two and Chinese one.
fn is_meant(variant: &Variant<&str>, value: &Value<'_>, language: Language) -> bool {
    match (&variant.key, value) {
        (VariantKey::Identifier { name }, Value::Text(text)) => name == text,
        (VariantKey::NumberLiteral { value }, Value::Text(text)) => value == text,
        (VariantKey::NumberLiteral { value }, Value::Count(count) | Value::Written(count, _)) => {
            value.parse() == Ok(*count)
        }
        (VariantKey::Identifier { name }, Value::Count(count) | Value::Written(count, _)) => {
            *name == if language == Language::English && *count == 1 { "one" } else { "other" }
        }
        (_, Value::Said(_)) => false,
    }
}
