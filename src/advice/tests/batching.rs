//! Look-ups one by one, short prompts and short sessions in a row.

use super::*;

#[test]
fn look_ups_one_by_one_read_the_context_again() {
    let counts = [5, 400, 500, 0, 30_000];
    let steps = |count: i64| -> Vec<Call> {
        (0..count)
            .map(|n| Call {
                tools: vec!["Read".into()],
                prompt_id: Some("p".into()),
                ..with(call(&n.to_string(), n * 5), counts)
            })
            .collect()
    };
    let found = one(&study_of(steps(7)), Kind::OneByOne);
    // Calls 1, 2, 4 and 5 of 0 to 6.
    assert_eq!(found.saving, opus([0, 0, 0, 0, 4 * 30_000]));
    assert_eq!((found.calls, found.numbers.count, found.numbers.tokens), (4, 7, 120_000));
    assert_eq!(found.ids, ["1", "2", "4"]);
    none(&study_of(steps(5)), Kind::OneByOne);
    assert_eq!(of_kind(&study_of(steps(6)), Kind::OneByOne).len(), 1);
    type Change = fn(&mut Call);
    let changes: [Change; 4] = [
        |call| call.tools.push("Grep".into()),
        |call| call.tools = vec!["Edit".into()],
        |call| call.tokens.output = 401,
        |call| call.prompt_id = Some("q".into()),
    ];
    for change in changes {
        let mut calls = steps(6);
        change(&mut calls[3]);
        none(&study_of(calls), Kind::OneByOne);
    }
}

#[test]
fn short_prompts_in_a_row_could_have_been_one() {
    let prompts = |count: i64, gap: i64, output: u64| -> Vec<Call> {
        (0..count)
            .map(|n| Call {
                prompt_id: Some(format!("p{n}")),
                tools: vec!["Edit".into()],
                ..with(call(&n.to_string(), n * gap), [50, output, 300, 0, 40_000])
            })
            .collect()
    };
    let found = one(&study_of(prompts(3, 120, 1_000)), Kind::ShortPrompts);
    assert_eq!(found.saving, opus([0, 0, 0, 0, 80_000]));
    assert_eq!((found.calls, found.numbers.count), (2, 3));
    assert_eq!(found.ids, ["1", "2"]);
    none(&study_of(prompts(2, 120, 1_000)), Kind::ShortPrompts);
    none(&study_of(prompts(3, 121, 1_000)), Kind::ShortPrompts);
    none(&study_of(prompts(3, 120, 1_001)), Kind::ShortPrompts);
    let mut longer = prompts(3, 120, 300);
    for extra in 0..2 {
        longer.push(Call {
            prompt_id: Some("p1".into()),
            ..with(call(&format!("x{extra}"), 121), [1, 1, 1, 0, 1])
        });
    }
    none(&study_of(longer), Kind::ShortPrompts);
    let mut nameless = prompts(3, 120, 300);
    nameless.iter_mut().for_each(|call| call.prompt_id = None);
    none(&study_of(nameless), Kind::ShortPrompts);
}

fn sessions(count: i64, gap: i64) -> Vec<Call> {
    (0..count)
        .map(|n| Call {
            session: format!("s{n}"),
            ..with(call(&format!("c{n}"), n * gap), [50, 100, 8_000 + n as u64, 0, 0])
        })
        .collect()
}

#[test]
fn short_sessions_in_a_row_write_the_same_beginning() {
    let study = study_of(sessions(5, 600));
    let found = of_kind(&study, Kind::ShortSessions);
    assert_eq!(found.len(), 4, "all but the first");
    let each = opus([0, 0, 8_000, 0, 0]) - opus([0, 0, 0, 0, 8_000]);
    assert!(found.iter().all(|finding| finding.saving == each && finding.calls == 1));
    let total = study.kinds.iter().find(|total| total.kind == Kind::ShortSessions).unwrap();
    assert_eq!((total.saving, total.sessions, total.numbers.tokens), (Money(each.0 * 4), 4, 32_000));
    none(&study, Kind::BatchWork);
    none(&study_of(sessions(4, 600)), Kind::ShortSessions);
    none(&study_of(sessions(5, 601)), Kind::ShortSessions);
    let mut elsewhere = sessions(5, 600);
    elsewhere[2].project = "/other".into();
    none(&study_of(elsewhere), Kind::ShortSessions);
    let mut longer = sessions(5, 600);
    for extra in 0..3 {
        longer.push(Call {
            session: "s2".into(),
            ..with(call(&format!("x{extra}"), 1201 + extra), [1, 1, 0, 0, 1])
        });
    }
    none(&study_of(longer), Kind::ShortSessions);
}

#[test]
fn single_calls_in_long_rows_cost_half_as_a_batch() {
    let study = study_of(sessions(10, 60));
    let found = of_kind(&study, Kind::BatchWork);
    assert_eq!(found.len(), 10);
    for (number, finding) in (0..10).zip(&study.dearest.iter().rev().collect::<Vec<_>>()) {
        let batch = finding.findings.iter().find(|finding| finding.kind == Kind::BatchWork).unwrap();
        assert_eq!(batch.saving, Money(opus([50, 100, 8_000 + number, 0, 0]).0 / 2));
    }
    none(&study_of(sessions(9, 60)), Kind::BatchWork);
    let mut with_tools = sessions(10, 60);
    with_tools.iter_mut().for_each(|call| call.tools = vec!["Bash".into()]);
    none(&study_of(with_tools), Kind::BatchWork);
}
