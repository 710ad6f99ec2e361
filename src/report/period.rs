//! A period as one word or two ends: `last-24h`, `7d`, `2026-11`, `2026-11-01..2026-11-15`, `all`. Days and times are
//! understood as everywhere, by `query`.

use super::query;
use crate::base::error::{Error, Result};
use crate::base::time::{Time, Window, Zone};

const HOUR: i64 = 3_600_000;

/// The span of time a text names. Hours are counted back from now; days are whole days, today's included.
pub fn window(text: &str, now: Time, zone: &Zone) -> Result<Window> {
    let text = text.trim();
    let wrong = || {
        Error::usage(format!("`{text}` is not a period")).hint(
            "for example last-24h, 7d, today, yesterday, 2026-11, 2026-11-01..2026-11-15, with RFC 3339 times as ends, or all",
        )
    };
    if text == "all" {
        return Ok(Window::ALWAYS);
    }
    if let Some((since, until)) = text.split_once("..") {
        let (since, until) = (some(since), some(until));
        if since.is_none() && until.is_none() {
            return Err(wrong());
        }
        return query::window(since, until, now, zone).map_err(|error| match error.to_string() {
            said if said.starts_with("--until") => Error::usage(format!("`{text}` ends before it begins")),
            _ => wrong(),
        });
    }
    let back = text.strip_prefix("last-").unwrap_or(text);
    if let Some(hours) = back.strip_suffix('h').and_then(number) {
        let start = hours.checked_mul(HOUR).map(|ms| now.plus_ms(-ms)).filter(|start| *start >= Time::MIN);
        return start.map(|start| Window { start, end: Time::MAX }).ok_or_else(wrong);
    }
    if back.strip_suffix('d').and_then(number).is_some() {
        return query::window(Some(back), None, now, zone).map_err(|_| wrong());
    }
    if back != text {
        return Err(wrong());
    }
    query::window(Some(text), Some(text), now, zone).map_err(|_| wrong())
}

fn some(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// A count of hours or days, none of them nothing.
fn number(digits: &str) -> Option<i64> {
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|count| plain && *count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Time = Time(1_795_521_600_000);

    fn span(text: &str) -> String {
        let berlin = Zone::named("Europe/Berlin").expect("the system has the zone database");
        match window(text, NOON, &berlin) {
            Err(error) => {
                assert_eq!(error.kind.exit_code(), 64, "{text}");
                "wrong".to_string()
            }
            Ok(window) => {
                let shown = |time: Time| match time {
                    Time::MIN | Time::MAX => "-".to_string(),
                    time => time.to_string().replace(":00.000Z", ""),
                };
                format!("{} {}", shown(window.start), shown(window.end))
            }
        }
    }

    #[test]
    fn periods_are_understood() {
        for (text, expected) in [
            ("all", "- -"),
            ("last-24h", "2026-11-23T12:00 -"),
            ("24h", "2026-11-23T12:00 -"),
            ("1h", "2026-11-24T11:00 -"),
            ("7d", "2026-11-16T23:00 -"),
            ("last-7d", "2026-11-16T23:00 -"),
            ("last-30d", "2026-10-24T22:00 -"),
            ("today", "2026-11-23T23:00 2026-11-24T23:00"),
            ("yesterday", "2026-11-22T23:00 2026-11-23T23:00"),
            ("2026-11", "2026-10-31T23:00 2026-11-30T23:00"),
            ("2026-11-24", "2026-11-23T23:00 2026-11-24T23:00"),
            ("2026-11-01..2026-11-15", "2026-10-31T23:00 2026-11-15T23:00"),
            ("2026-11-01..", "2026-10-31T23:00 -"),
            ("..yesterday", "- 2026-11-23T23:00"),
            ("7d..today", "2026-11-16T23:00 2026-11-24T23:00"),
            ("2026-11-24T08:00:00Z..2026-11-24T09:30:00+01:00", "2026-11-24T08:00 2026-11-24T08:30"),
        ] {
            assert_eq!(span(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in [
            "",
            "..",
            "soon",
            "last-",
            "last-week",
            "0h",
            "-1h",
            "h",
            "999999999999999999h",
            "last-2026-11",
            "2026-11-15..2026-11-01",
            "2026-13",
            "+5h",
            "1.5h",
            "a..b",
        ] {
            assert_eq!(span(text), "wrong", "{text}");
        }
    }
}
