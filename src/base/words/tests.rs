//! The lists against each other, against Fluent's own parser and against the code that says them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey};
use fluent_syntax::parser;

use super::*;

/// The messages of a list, with the variables of each.
type Messages = BTreeMap<String, BTreeSet<String>>;

fn messages(area: &str, list: &str) -> Messages {
    let resource = parser::parse(list).unwrap_or_else(|(_, errors)| panic!("{area}: {errors:?}"));
    let mut messages = Messages::new();
    for entry in resource.body {
        match entry {
            Entry::Message(message) => {
                let key = message.id.name.to_string();
                assert!(message.attributes.is_empty(), "{area}: {key} has attributes");
                let mut variables = BTreeSet::new();
                collect(&key, &message.value.expect("a message has a text"), &mut variables);
                assert!(messages.insert(key.clone(), variables).is_none(), "{area}: {key} stands twice");
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            other => panic!("{area}: {other:?} is nothing that messages here are made of"),
        }
    }
    messages
}

fn collect(key: &str, pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            express(key, expression, variables);
        }
    }
}

fn express(key: &str, expression: &Expression<&str>, variables: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(InlineExpression::VariableReference { id }) => {
            variables.insert(id.name.to_string());
        }
        Expression::Inline(
            InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. },
        ) => {}
        Expression::Inline(InlineExpression::Placeable { expression }) => express(key, expression, variables),
        Expression::Inline(other) => panic!("{key}: {other:?} is not understood"),
        Expression::Select { selector, variants } => {
            let InlineExpression::VariableReference { id } = selector else {
                panic!("{key}: a choice is by an argument");
            };
            variables.insert(id.name.to_string());
            for variant in variants {
                if let VariantKey::Identifier { name } = &variant.key {
                    assert!(
                        !matches!(*name, "zero" | "two" | "few" | "many"),
                        "{key}: no language here has {name}"
                    );
                }
                collect(key, &variant.value, variables);
            }
        }
    }
}

#[test]
fn the_languages_say_the_same_things_each_once() {
    let mut everywhere = BTreeSet::new();
    for (area, english, chinese) in AREAS {
        let (english, chinese) = (messages(area, english), messages(area, chinese));
        assert_eq!(english, chinese, "{area}: other messages, or other variables in them");
        for key in english.into_keys() {
            assert!(everywhere.insert(key.clone()), "{key} stands in two lists");
        }
    }
    assert_eq!(everywhere.len(), COUNT, "every message begins a line");
}

#[test]
fn every_list_is_one_of_the_lists() {
    for language in ["en", "zh-CN"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/base/words").join(language);
        let mut files: Vec<String> = fs::read_dir(folder)
            .expect("the lists")
            .map(|entry| entry.expect("a file").file_name().into_string().expect("a name"))
            .collect();
        files.sort();
        let mut areas: Vec<String> = AREAS.iter().map(|(area, ..)| format!("{area}.ftl")).collect();
        areas.sort();
        assert_eq!(files, areas, "{language}");
    }
}

#[test]
fn every_message_is_said_somewhere() {
    fn read(folder: &Path, all: &mut String) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                read(&path, all);
            } else if path.extension().is_some_and(|end| end == "rs")
                && !path.ends_with("base/words/tests.rs")
            {
                all.push_str(&fs::read_to_string(&path).expect("a source file"));
            }
        }
    }
    let mut sources = String::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    let unsaid: Vec<String> = AREAS
        .iter()
        .flat_map(|(area, english, _)| messages(area, english).into_keys())
        .filter(|key| !sources.contains(&format!("\"{key}\"")))
        .collect();
    assert!(unsaid.is_empty(), "nobody says {unsaid:?}");
}

#[test]
fn every_message_can_be_said() {
    // With every variable as a text, as one and as many; the parser has the whole list read the same already.
    for (number, (language, values)) in Language::ALL
        .into_iter()
        .flat_map(|language| {
            [Value::from("x"), Value::from(1_u64), Value::from(2_u64)].map(|value| (language, value))
        })
        .enumerate()
    {
        for (area, english, _) in AREAS {
            for (key, variables) in messages(area, english) {
                let message = Message(find(&key, "unknown"));
                let arguments: Vec<_> =
                    variables.iter().map(|name| (name.as_str(), values.clone())).collect();
                let said = language.say(message, &arguments);
                assert!(!said.is_empty() && !said.contains('{'), "{number} {key}: {said}");
            }
        }
    }
}

#[test]
fn plain_words_are_what_the_parser_makes_of_them() {
    for language in Language::ALL {
        for message in (0..COUNT).map(Message) {
            let (text, starts) = match language {
                Language::English => (ENGLISH, &STARTS_ENGLISH),
                Language::Chinese => (CHINESE, &STARTS_CHINESE),
            };
            if is_plain(text, starts[message.0] as usize) {
                assert_eq!(language.word(Word(message)), language.say(message, &[]));
            }
        }
    }
}

#[test]
fn one_is_one_in_english_and_chinese_has_no_plural() {
    let said = |language, list, value| fluent::written(list, language, &[("count", value)]);
    let english = "calls = { $count ->\n    [one] one call, { $count }\n   *[other] { $count } calls\n }";
    assert_eq!(said(Language::English, english, Value::Count(1)), "one call, 1");
    assert_eq!(said(Language::English, english, Value::Count(0)), "0 calls");
    assert_eq!(said(Language::English, english, Value::Written(1200, "1,200".into())), "1,200 calls");
    assert_eq!(said(Language::Chinese, english, Value::Count(1)), "1 calls");
    let chosen = "layer = { $count ->\n    [user] yours\n    [3] three\n   *[other] others\n }";
    assert_eq!(said(Language::English, chosen, Value::from("user")), "yours");
    assert_eq!(said(Language::English, chosen, Value::Count(3)), "three");
    assert_eq!(said(Language::English, chosen, Value::from("team")), "others");
}

#[test]
fn what_is_put_in_is_not_read() {
    let said =
        |value| fluent::written("m = a { $name } b", Language::English, &[("name", Value::from(value))]);
    for odd in ["{ $name }", "}\nn = x", "\"", "\\u0041", ""] {
        assert_eq!(said(odd), format!("a {odd} b"));
    }
}

#[test]
fn a_locale_asks_for_a_language() {
    for (locale, language) in [
        ("zh_CN.UTF-8", Language::Chinese),
        ("zh_CN.utf8", Language::Chinese),
        ("zh_SG.UTF-8@x", Language::Chinese),
        ("zh", Language::Chinese),
        ("zh-CN", Language::Chinese),
        ("zh-Hans-CN", Language::Chinese),
        ("zh_TW.UTF-8", Language::English),
        ("zh_HK.UTF-8", Language::English),
        ("zh-Hant", Language::English),
        ("zh_CN.GB18030", Language::English),
        ("C.UTF-8", Language::English),
        ("POSIX", Language::English),
        ("de_DE.UTF-8", Language::English),
        ("", Language::English),
    ] {
        assert_eq!(Language::of_locale(locale), language, "{locale}");
    }
}
