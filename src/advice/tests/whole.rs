//! The whole study: sums, filters, odd lines, and the two answers.

use super::super::{Budgets, NearLimit, advise_json, advise_page, debug_json, debug_page};
use super::*;
use crate::base::time::Window;
use crate::base::width::columns;
use crate::base::words::{Language, Reader};
use crate::model::limit::Filter;
use crate::report::fold::{By, Cut, fold};
use crate::report::table::Look;

#[test]
fn nothing_and_one_call_are_no_trouble() {
    let empty = study_of(Vec::new());
    assert_eq!(
        (empty.sessions, empty.saving, empty.kinds.len(), empty.dearest.len()),
        (0, Money::ZERO, 0, 0)
    );
    let single = study_of(vec![with(call("0", 0), [10, 10, 0, 0, 0])]);
    assert_eq!((single.sessions, single.saving, kinds(&single).len()), (1, Money::ZERO, 0));
    assert_eq!(single.dearest[0].peak_context, 10);
    let utc = Zone::utc();
    let reader = Reader { zone: &utc, language: Language::English };
    for study in [&empty, &single] {
        let text = debug_page(study, Window::ALWAYS, reader).markdown();
        assert!(text.contains("Nothing stands out"), "{text}");
        let text = advise_page(study, &Budgets::default(), Window::ALWAYS, reader).markdown();
        assert!(text.contains("Nothing stands out") && text.contains("no budget is set"), "{text}");
        for json in [
            debug_json(study, Window::ALWAYS, &utc),
            advise_json(study, &Budgets::default(), Window::ALWAYS, &utc),
        ] {
            let value: serde_json::Value = serde_json::from_str(&json).unwrap();
            assert_eq!(value["savingExact"], "0");
            assert_eq!(value["schemaVersion"], 1);
        }
    }
}

#[test]
fn counts_beyond_all_sense_are_in_the_sums_and_in_no_finding() {
    let huge = Call { cost: Money(i128::from(i64::MAX) * 4), ..with(call("0", 0), [u64::MAX; 5]) };
    let lines = [Line::Call(Box::new(huge.clone())), booked(with(call("1", 1), [1, 1, 0, 0, 0]))];
    let study = study_lines(&lines, &Query::default());
    assert_eq!(study.total.cost, lines.iter().map(Line::cost).sum());
    assert_eq!(study.dearest[0].cost, study.total.cost);
    assert_eq!((study.dearest[0].calls, study.saving), (2, Money::ZERO));
}

#[test]
fn a_filter_keeps_the_neighbours_and_counts_only_its_own() {
    let mut calls = Vec::new();
    // Two models take turns; each goes on from its own cache.
    for n in 0..6_i64 {
        let model = if n % 2 == 0 { "claude-opus-5-5" } else { "claude-sonnet-5-5" };
        let counts = [0, 100, 30_000, 0, 0];
        calls.push(Call { model: model.into(), ..with(call(&n.to_string(), n * 10), counts) });
    }
    let lines: Vec<Line> = calls.into_iter().map(booked).collect();
    let filter = Filter { model: Some("opus".into()), ..Filter::default() };
    let study = study_lines(&lines, &Query { filter, ..Query::default() });
    assert_eq!((study.total.calls, study.dearest[0].calls), (3, 3));
    let found = one(&study, Kind::ModelSwitch);
    assert_eq!((found.calls, found.ids), (2, vec!["2".to_string(), "4".to_string()]));
    none(&study, Kind::CacheMiss);
}

#[test]
fn the_same_dollar_counts_once_in_the_sum() {
    // An expired cache in a conversation an hour's cache would have been cheaper for: both save the same money.
    let calls: Vec<Call> =
        (0..4).map(|n| with(call(&n.to_string(), n * 400), [0, 100, 40_000, 0, 0])).collect();
    let study = study_of(calls);
    let (expired, lifetime) = (one(&study, Kind::CacheExpired5m), one(&study, Kind::CacheTtlShort));
    assert!(lifetime.saving.is_positive() && lifetime.saving < expired.saving);
    assert_eq!(study.saving, expired.saving);
    assert_eq!(study.dearest[0].saving, study.saving);
}

#[test]
fn sums_are_those_of_a_report() {
    let mut lines: Vec<Line> = Vec::new();
    for n in 0..300_u64 {
        let mut call = with(call(&n.to_string(), n as i64 * 977), [n, n * 2, 100, 0, 5_000]);
        call.session = format!("s{}", n % 17);
        lines.push(booked(call));
    }
    lines.push(Line::Unlisted(Box::new(unlisted("1", Money(123_456_789)))));
    let (_dir, ledger) = ledger_of(&lines);
    let prices = PriceOverrides::default();
    let zone = Zone::named("Asia/Kolkata").unwrap();
    let query = Query::default();
    let study = study(&ledger, &Question { query: &query, prices: &prices, zone: &zone, top: 1000 }).unwrap();
    let cut = Cut { zone: zone.clone(), week_start: 0, billing_day: 1 };
    let folded = fold(&ledger, &query, By::Session, &cut).unwrap();
    assert_eq!(study.total, folded.total.sum);
    assert_eq!(study.sessions as usize, folded.groups.len());
    assert_eq!(study.hours.iter().map(|hour| hour.cost).sum::<Money>(), study.total.cost);
    assert_eq!(study.hours.iter().map(|hour| hour.calls).sum::<u64>(), study.total.calls);
    for hour in &study.hours {
        assert!(zone.civil(hour.start).to_string().contains(":00:00"), "{hour:?}");
    }
    for session in &study.dearest {
        let group = folded.groups.iter().find(|group| group.name == session.id).unwrap();
        assert_eq!((session.cost, session.calls), (group.sum.cost, group.sum.calls));
        assert_eq!((session.first, session.last), (group.first, group.last));
        assert_eq!(
            (session.unlisted, session.project.as_str()),
            (group.sum.unlisted, group.project.as_str())
        );
    }
}

#[test]
fn hostile_names_move_no_cursor_and_make_no_markup() {
    let evil = "\x1b[2J<script>|`x`\n# boo";
    let mut calls: Vec<Call> = (0..4)
        .map(|n| Call {
            id: format!("{evil}{n}"),
            session: evil.into(),
            project: format!("/w/{evil}"),
            ..with(call("", n * 400), [0, 100, 400_000, 0, 0])
        })
        .collect();
    calls[3].agent = Some(evil.into());
    let study = study_of(calls);
    let utc = Zone::utc();
    let (name, title, spent) = (evil.to_string(), evil.to_string(), Money::from_usd(1));
    let near = NearLimit { name, title, spent, allowed: spent, stops: true };
    let budgets = Budgets { set: 1, near: vec![near] };
    let pages = Language::ALL.into_iter().flat_map(|language| {
        let reader = Reader { zone: &utc, language };
        [debug_page(&study, Window::ALWAYS, reader), advise_page(&study, &budgets, Window::ALWAYS, reader)]
    });
    for page in pages {
        for width in [40, 60, 80, 120, 200] {
            for line in page.lines(Look { width, unicode: false, language: Language::English }) {
                assert!(!line.text.contains(['\x1b', '\n']), "{:?}", line.text);
                assert!(columns(&line.text) <= width, "{width}: {}", line.text);
            }
        }
        let text = page.markdown();
        assert!(!text.contains('\x1b') && !text.contains("<script>") && !text.contains("\n# boo"), "{text}");
    }
}

#[test]
fn order_of_lines_and_number_of_readers_change_nothing() {
    let mut lines: Vec<Line> = Vec::new();
    for n in 0..40_i64 {
        let counts = [0, 100, 20_000 + n as u64 * 100, 0, 0];
        let call = with(call(&n.to_string(), n * 37), counts);
        lines.push(booked(Call { session: format!("s{}", n % 3), ..call }));
    }
    let utc = Zone::utc();
    let shown = |lines: &[Line]| {
        let study = study_lines(lines, &Query::default());
        (
            debug_json(&study, Window::ALWAYS, &utc),
            advise_json(&study, &Budgets::default(), Window::ALWAYS, &utc),
        )
    };
    let first = shown(&lines);
    lines.reverse();
    assert_eq!(shown(&lines), first);
}
