//! Setting and unsetting in files of every shape: what changes, what stays, and that there is a way back.

use super::*;
use crate::settings::value;
use proptest::prelude::*;

fn key(text: &str) -> Key {
    let key = Key::parse(text).unwrap();
    key.schema().unwrap();
    key
}

fn with(text: &str, name: &str, typed: &str) -> String {
    let key = key(name);
    set(text, &key, &value::parse(&key, typed).unwrap()).unwrap()
}

fn refused(text: &str, name: &str, typed: &str) -> String {
    let key = key(name);
    set(text, &key, &value::parse(&key, typed).unwrap()).unwrap_err().to_string()
}

fn without(text: &str, name: &str) -> String {
    unset(text, &key(name)).unwrap().unwrap()
}

#[test]
fn a_new_file_looks_as_one_would_write_it() {
    let text = with("", "cost.dailyBudget", "$10");
    assert_eq!(text, "{\n  \"cost\": {\n    \"dailyBudget\": 10\n  }\n}\n");
    let text = with(&text, "cost.warningThreshold", "50%,80%");
    assert_eq!(
        text,
        "{\n  \"cost\": {\n    \"dailyBudget\": 10,\n    \"warningThreshold\": [0.5, 0.8]\n  }\n}\n"
    );
    let text = with("{}\n", "cost.limits[night]", r#"{"amount":5,"period":"daily"}"#);
    let limit = "      {\n        \"name\": \"night\",\n        \"amount\": 5,\n        \"period\": \"daily\"\n      }";
    assert_eq!(text, format!("{{\n  \"cost\": {{\n    \"limits\": [\n{limit}\n    ]\n  }}\n}}\n"));
    assert_eq!(with(&text, "cost.limits[night].amount", "7"), text.replace('5', "7"));
    let team = with("{}", "team.members[ann@example.org].allocation", "60");
    assert!(team.contains("\"user\": \"ann@example.org\",\n        \"allocation\": 60\n"), "{team}");
}

#[test]
fn everything_else_keeps_its_bytes() {
    let text = "\t// mine\r\n{\r\n\t\"model\" : \"opus\",\r\n\t\"cost\": { \"dailyBudget\": 1.0 /* a day */, },\r\n}\r\n// end";
    assert_eq!(with(text, "cost.dailyBudget", "2"), text.replace("1.0", "2"));
    let more = with(text, "cost.weeklyBudget", "5");
    assert!(
        more.starts_with("\t// mine\r\n{\r\n\t\"model\" : \"opus\",\r\n") && more.ends_with("\r\n// end"),
        "{more}"
    );
    assert!(
        more.contains("\"dailyBudget\": 1.0 /* a day */,"),
        "the comment stays with what it is about: {more}"
    );
    assert_eq!(without(&more, "cost.weeklyBudget"), text);
    // Of a key that stands twice the last one counts, and so it is the one that changes.
    let twice = "{\"cost\": {\"dailyBudget\": 1}, \"cost\": {\"dailyBudget\": 2}}";
    assert_eq!(with(twice, "cost.dailyBudget", "3"), twice.replace('2', "3"));
}

#[test]
fn what_only_held_the_key_goes_with_it_and_comments_never_do() {
    let text = "{\n  \"a\": 1,\n  \"cost\": {\n    \"dailyBudget\": 1\n  }\n}\n";
    assert_eq!(without(text, "cost.dailyBudget"), "{\n  \"a\": 1\n}\n");
    let told = "{\n  \"cost\": {\n    // for Ben\n    \"dailyBudget\": 1\n  }\n}\n";
    assert_eq!(without(told, "cost.dailyBudget"), "{\n  \"cost\": {\n    // for Ben\n  }\n}\n");
    let middle =
        "{\n  \"cost\": {\n    \"dailyBudget\": 1, // a day, or so\n    \"weeklyBudget\": 2\n  }\n}\n";
    let kept = "{\n  \"cost\": {\n    // a day, or so\n    \"weeklyBudget\": 2\n  }\n}\n";
    assert_eq!(without(middle, "cost.dailyBudget"), kept);
    let last = "{\n  \"cost\": {\n    \"dailyBudget\": 1, // a day, or so\n    \"weeklyBudget\": 2\n  }\n}\n";
    let shorter = "{\n  \"cost\": {\n    \"dailyBudget\": 1 // a day, or so\n  }\n}\n";
    assert_eq!(without(last, "cost.weeklyBudget"), shorter);
    assert_eq!(with(shorter, "cost.weeklyBudget", "2"), last);
    assert_eq!(without("{\"cost\": {\"dailyBudget\": 1,},}", "cost.dailyBudget"), "{\"cost\": {},}");
    assert_eq!(unset("{\"cost\": {}}", &key("cost.dailyBudget")).unwrap(), None);
    assert_eq!(unset("", &key("cost.dailyBudget")).unwrap(), None);
}

#[test]
fn lists_by_name_and_number() {
    let text = r#"{"cost": {"limits": [{"name": "a", "amount": 1}, {"name": "b", "amount": 2}]}}"#;
    assert_eq!(with(text, "cost.limits[b].amount", "9"), text.replace('2', "9"));
    assert_eq!(with(text, "cost.limits[0].amount", "9"), text.replace('1', "9"));
    assert_eq!(without(text, "cost.limits[a]"), r#"{"cost": {"limits": [{"name": "b", "amount": 2}]}}"#);
    assert_eq!(with(text, "cost.limits[a].name", "c"), text.replace("\"a\"", "\"c\""));
    let renamed = with(text, "cost.limits[a]", r#"{"name": "z", "amount": 3}"#);
    assert!(renamed.contains("\"z\"") && !renamed.contains("\"a\""), "{renamed}");
    assert!(refused(text, "cost.limits[7].amount", "9").contains("there is no `cost.limits[7]`"));
    assert!(refused(text, "cost.limits[x].name", "y").contains("could be changed"));
    let nameless = refused(text, "cost.limits[x]", r#"{"name": {"a": 1}, "amount": 3}"#);
    assert!(nameless.contains("the `name` of an entry must be text"), "{nameless}");
}

#[test]
fn what_cannot_be_edited_is_said() {
    assert!(refused("{", "cost.dailyBudget", "1").contains("not JSON: "));
    assert!(refused("[]", "cost.dailyBudget", "1").contains("one JSON object, and is an array"));
    assert!(refused("{\"cost\": 5}", "cost.dailyBudget", "1").contains("`cost` is a number, not an object"));
    assert!(refused("{\"cost\": {\"limits\": {}}}", "cost.limits[a]", "{}").contains("not a list"));
}

fn space() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "",
        " ",
        "\n",
        "\n  ",
        "\n\t",
        "\r\n    ",
        " // c, d\n",
        "/* c, */",
        " /* c */\n  ",
    ])
    .prop_map(String::from)
}

/// An object of these members in any layout, comments and trailing commas included.
fn object(members: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    (prop::collection::vec((space(), members, space()), 0..4), space(), any::<bool>()).prop_map(
        |(members, inner, trailing)| {
            let parts: Vec<String> = members.iter().map(|(a, b, c)| format!("{a}{b}{c}")).collect();
            let comma = if trailing && !parts.is_empty() { "," } else { "" };
            format!("{{{}{comma}{inner}}}", parts.join(","))
        },
    )
}

fn file() -> impl Strategy<Value = String> {
    let cost_key = prop::sample::select(vec![
        "\"weeklyBudget\":7",
        "\"dailyBudget\" : 1.0",
        "\"limits\":[]",
        "\"limits\": [ {\"name\":\"b\",\"amount\":1} ]",
        "\"limits\": [\n{\"name\":\"a\",\n\"amount\":1}, // x\n{\"name\": \"b\"} ]",
    ]);
    let cost = object(cost_key.prop_map(String::from).boxed());
    let member = prop_oneof![
        cost.prop_map(|cost| format!("\"cost\":{cost}")),
        Just("\"model\": \"opus\"".to_string()),
        Just("\"hooks\": {\"Stop\": [1, 2,]}".to_string()),
    ];
    (space(), object(member.boxed()), space()).prop_map(|(a, b, c)| format!("{a}{b}{c}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    /// Whatever the layout: setting and unsetting come to what was meant (`check` refuses all else), and a value
    /// put where none was comes out again to the byte.
    #[test]
    fn edits_come_to_what_was_meant_and_can_be_undone(
        text in file(),
        name in prop::sample::select(vec![
            "cost", "cost.dailyBudget", "cost.limits[a].amount", "cost.limits[new]", "team.user", "costThreshold",
            "cost.pricing.overrides[claude-opus-5-5].input",
        ]),
    ) {
        let key = key(name);
        let typed = match name {
            "cost" | "cost.limits[new]" => "{\"region\": \"x\"}",
            "team.user" => "ann",
            _ => "42",
        };
        let value = value::parse(&key, typed).unwrap();
        let document = parse(&text).unwrap();
        let was_there = find(&document, &key).is_some();
        let made = made_by(&document, &key);
        let there = set(&text, &key, &value).unwrap();
        prop_assert_eq!(set(&there, &key, &value).unwrap(), there.clone(), "a second time changes nothing");
        let back = unset(&there, &made).unwrap().unwrap();
        if !was_there {
            prop_assert_eq!(&back, &text, "through\n{}", there);
        }
        let gone = unset(&text, &key).unwrap();
        prop_assert_eq!(gone.is_some(), was_there);
    }

    /// A value and back again: the same bytes.
    #[test]
    fn another_value_and_back(text in file()) {
        let key = key("cost.dailyBudget");
        let old = find(&parse(&text).unwrap(), &key).map(|node| Item::of(&text, node));
        if let Some(old) = old {
            let there = set(&text, &key, &Item::Raw("42".into())).unwrap();
            prop_assert_eq!(set(&there, &key, &old).unwrap(), text);
        }
    }
}
