//! Raising a limit: by an amount for the present period, or off until a time, always with a reason. Booked as an
//! `override` line, so that every report can show who went over what and why.

use super::Standing;
use super::words::title;
use crate::base::error::{Error, Result};
use crate::base::money::Money;
use crate::base::text::words;
use crate::base::time::Time;
use crate::base::words::{Language, Reader, say, word};
use crate::ledger::Writer;
use crate::model::entry::{self, Line, Override, Source};
use crate::model::limit::{Action, Limit, Period};

/// What a person asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    pub amount: Option<Money>,
    pub until: Option<Time>,
    pub reason: String,
    /// Name or id of a limit; None means those that are used up.
    pub limit: Option<String>,
    pub session: Option<String>,
}

/// Raises the limits the request means and books it. Returns each as it stood before, with the line booked.
///
/// Errors: no such limit; none is used up and none was named; a managed limit that does not permit it; no reason.
pub fn raise(
    writer: &mut Writer,
    standings: &[Standing],
    request: &Request,
    user: &str,
    now: Time,
    language: Language,
) -> Result<Vec<(Standing, Override)>> {
    let said = |word| language.word(word);
    if request.reason.trim().is_empty() {
        return Err(
            Error::usage(said(word!("raise-needs-reason"))).hint(said(word!("raise-needs-reason-cure")))
        );
    }
    if request.amount.is_none() && request.until.is_none() {
        return Err(
            Error::usage(said(word!("raise-needs-amount"))).hint(said(word!("raise-needs-amount-cure")))
        );
    }
    if request.amount.is_some_and(|amount| !amount.is_positive()) {
        return Err(Error::usage(said(word!("raise-not-positive"))));
    }
    if request.until.is_some_and(|until| until <= now) {
        return Err(Error::usage(said(word!("raise-until-past"))));
    }
    let chosen = choose(standings, request, language)?;
    if let Some(fixed) = chosen.iter().find(|standing| !standing.limit.overridable) {
        let limit = title(&fixed.limit, language);
        return Err(Error::user(say!(language, "raise-forbidden", limit = limit)).hint(say!(
            language,
            "raise-forbidden-why",
            file = &fixed.limit.file
        )));
    }
    let mut raised = Vec::new();
    for (number, standing) in chosen.into_iter().enumerate() {
        let line = Override {
            v: entry::VERSION,
            id: format!("override:{}:{}:{number}", now.0, std::process::id()),
            time: now,
            limit: standing.limit.id.clone(),
            period: standing.limit.period,
            start: standing.window.ends().0,
            end: standing.window.ends().1,
            amount: request.amount,
            until: request.until,
            reason: request.reason.trim().chars().take(500).collect(),
            session: request.session.clone(),
            user: user.to_string(),
            source: Source::Person,
        };
        writer.book(&Line::Override(Box::new(line.clone())))?;
        raised.push((standing.clone(), line));
    }
    Ok(raised)
}

fn choose<'a>(standings: &'a [Standing], request: &Request, language: Language) -> Result<Vec<&'a Standing>> {
    if let Some(name) = &request.limit {
        // What `status` calls it in the reader's language, and what it is called in the ledger.
        let is_meant = |limit: &Limit| {
            limit.id == *name
                || limit.name.eq_ignore_ascii_case(name)
                || super::words::name(limit, language).eq_ignore_ascii_case(name)
        };
        let named: Vec<&Standing> = standings.iter().filter(|standing| is_meant(&standing.limit)).collect();
        if named.is_empty() {
            let all: Vec<_> =
                standings.iter().map(|standing| super::words::name(&standing.limit, language)).collect();
            let known = match all.is_empty() {
                true => language.word(word!("no-limits-here")).to_string(),
                false => say!(language, "limits-here", names = all.join(", ")),
            };
            return Err(Error::user(say!(language, "no-such-limit", name = name)).hint(known));
        }
        return Ok(named);
    }
    let stopping = || {
        standings.iter().filter(|standing| {
            standing.here && standing.limit.action == Action::Stop && standing.lifted_until.is_none()
        })
    };
    let used_up: Vec<&Standing> = stopping().filter(|standing| standing.is_used_up()).collect();
    if !used_up.is_empty() {
        return Ok(used_up);
    }
    // A hard limit stops before it is reached; so when nothing is used up, it is what people want raised.
    let hard: Vec<&Standing> = stopping().filter(|standing| standing.limit.hard).collect();
    match hard.len() {
        1 => Ok(hard),
        _ => Err(Error::user(language.word(word!("no-limit-used-up")))
            .hint(language.word(word!("no-limit-used-up-cure")))),
    }
}

/// `cost-hook allow 5 --reason "..."` as a prompt: the way on that costs no model call. None when the prompt is
/// anything else; an error when it is meant but wrong.
pub fn of_prompt(prompt: &str, now: Time, reader: Reader<'_>) -> Option<Result<Request>> {
    Some(parse(&arguments(prompt)?, now, reader))
}

/// Is a prompt meant as an `allow` line, right or wrong?
pub fn is_prompt(prompt: &str) -> bool {
    arguments(prompt).is_some()
}

/// What follows `cost-hook allow` in a prompt that is such a line, or the plugin's `/cost-hook:allow`.
fn arguments(prompt: &str) -> Option<Vec<String>> {
    let mut words = words(prompt.trim().trim_start_matches(['!', '/']).trim_start())?;
    let begins =
        |with: &[&str]| words.len() >= with.len() && words.iter().zip(with).all(|(word, with)| word == with);
    let before = [&["cost-hook", "allow"][..], &["cost-hook:allow"]].into_iter().find(|with| begins(with))?;
    Some(words.split_off(before.len()))
}

fn parse(words: &[String], now: Time, reader: Reader<'_>) -> Result<Request> {
    let language = reader.language;
    let mut request = Request::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let (name, inline) = match word.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value.to_string())),
            _ => (word.as_str(), None),
        };
        let mut value = || {
            inline
                .clone()
                .or_else(|| words.next().cloned())
                .ok_or_else(|| Error::usage(say!(language, "option-needs-value", option = name)))
        };
        match name {
            "--reason" => request.reason = value()?,
            "--limit" => request.limit = Some(value()?),
            "--until" => request.until = Some(until(&value()?, now, reader)?),
            _ if name.starts_with('-') => {
                return Err(Error::usage(say!(language, "option-of-allow-unknown", option = name)));
            }
            _ => request.amount = Some(amount(name, language)?),
        }
    }
    Ok(request)
}

/// `5`, `$5`, `5 USD`.
pub fn amount(text: &str, language: Language) -> Result<Money> {
    let bare = text.trim().trim_start_matches('$').trim_end_matches("USD").trim_end_matches("usd").trim();
    bare.parse().map_err(|_| {
        Error::usage(say!(language, "no-amount", text = text)).hint(language.word(word!("no-amount-cure")))
    })
}

/// `18:00` (today, or tomorrow when that is past), `2h`, `30m`, `tomorrow`, or an RFC 3339 time.
pub fn until(text: &str, now: Time, Reader { zone, language }: Reader<'_>) -> Result<Time> {
    let wrong =
        || Error::usage(say!(language, "no-time", text = text)).hint(language.word(word!("no-time-cure")));
    let text = text.trim();
    if let Some(time) = Time::parse(text) {
        return Ok(time);
    }
    if text == "tomorrow" {
        let tomorrow = zone.day(now).succ_opt().ok_or_else(wrong)?;
        return Ok(zone.start_of(tomorrow));
    }
    let span = |suffix: char, ms: i64| -> Option<Time> {
        let count: i64 = text.strip_suffix(suffix)?.parse().ok()?;
        (0..=10_000).contains(&count).then(|| now.plus_ms(count * ms))
    };
    if let Some(time) = span('m', 60_000).or_else(|| span('h', 3_600_000)).or_else(|| span('d', 86_400_000)) {
        return Ok(time);
    }
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    let (hour, minute): (u32, u32) =
        (hour.parse().map_err(|_| wrong())?, minute.parse().map_err(|_| wrong())?);
    // By the wall clock, not by hours since midnight: they differ on the days the clock changes.
    let at = |day: chrono::NaiveDate| {
        day.and_hms_opt(hour, minute, 0).map(|civil| zone.instant(civil)).ok_or_else(wrong)
    };
    let today = zone.day(now);
    let time = at(today)?;
    if time > now { Ok(time) } else { at(today.succ_opt().ok_or_else(wrong)?) }
}

/// What the person is told.
pub fn done(standing: &Standing, raised: &Override, Reader { zone, language }: Reader<'_>) -> String {
    let limit = title(&standing.limit, language);
    match (raised.amount, raised.until) {
        (_, Some(until)) => {
            say!(language, "limit-lifted", limit = limit, moment = language.full_moment(until, zone))
        }
        (Some(amount), None) => {
            let now = standing.allowed() + amount;
            let period = match raised.period {
                Period::Session => "session",
                Period::Total => "total",
                _ => "other",
            };
            say!(
                language,
                "limit-raised",
                period = period,
                limit = limit,
                now = now.show(),
                before = standing.allowed().show(),
                left = now.saturating_sub_zero(standing.spent).show()
            )
        }
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Zone;

    const NOON: Time = Time(1_795_521_600_000);

    fn reader(zone: &Zone) -> Reader<'_> {
        Reader { zone, language: Language::English }
    }

    #[test]
    fn a_prompt_that_is_an_allow_line_is_understood() {
        let request = of_prompt("cost-hook allow 5 --reason \"ship it\"", NOON, reader(&Zone::utc()))
            .expect("meant")
            .expect("right");
        assert_eq!((request.amount, request.reason.as_str()), (Some(Money::from_usd(5)), "ship it"));
        let request = of_prompt("/cost-hook:allow 5 --reason x", NOON, reader(&Zone::utc()))
            .expect("meant")
            .expect("right");
        assert_eq!((request.amount, request.reason.as_str()), (Some(Money::from_usd(5)), "x"));
        assert!(is_prompt("/cost-hook:allow") && !is_prompt("/cost-hook:allowed 5"));
        let request =
            of_prompt("! cost-hook allow $2.50 --limit=daily --reason x", NOON, reader(&Zone::utc()))
                .expect("meant")
                .expect("right");
        assert_eq!(request.limit.as_deref(), Some("daily"));
        for other in
            ["please run cost-hook allow 5", "cost-hook status", "", "<task-notification>cost-hook allow 5"]
        {
            assert!(of_prompt(other, NOON, reader(&Zone::utc())).is_none(), "{other}");
        }
        assert!(of_prompt("cost-hook allow five", NOON, reader(&Zone::utc())).expect("meant").is_err());
    }

    #[test]
    fn times_are_read_as_people_say_them() {
        let utc = Zone::utc();
        let text = |spec: &str| until(spec, NOON, reader(&utc)).expect(spec).to_string();
        assert_eq!(NOON.to_string(), "2026-11-24T12:00:00.000Z");
        assert_eq!(text("18:30"), "2026-11-24T18:30:00.000Z");
        assert_eq!(text("08:00"), "2026-11-25T08:00:00.000Z");
        assert_eq!(text("2h"), "2026-11-24T14:00:00.000Z");
        assert_eq!(text("tomorrow"), "2026-11-25T00:00:00.000Z");
        for wrong in ["", "25:00", "soon", "-1h"] {
            assert!(until(wrong, NOON, reader(&utc)).is_err(), "{wrong}");
        }
    }
}
