//! Time: UTC milliseconds inside, the reader's zone outside. Owns zones, civil days and the windows of periods;
//! the clock itself is `world`'s.

use std::fmt;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, Timelike};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Milliseconds since the epoch, UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

impl Time {
    /// The ends of what RFC 3339 can write, so that both survive being stored: years 0000 and 9999.
    pub const MIN: Time = Time(-62_167_219_200_000);
    pub const MAX: Time = Time(253_402_300_799_999);

    pub fn from_seconds(seconds: i64) -> Self {
        Time(seconds.saturating_mul(1000))
    }

    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    pub fn plus_ms(self, ms: i64) -> Self {
        Time(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to here.
    pub fn since(self, earlier: Time) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// RFC 3339, as transcripts have it. The common form is read without a general parser since an import reads
    /// it a million times.
    pub fn parse(text: &str) -> Option<Self> {
        parse_common(text.as_bytes()).or_else(|| {
            let parsed = DateTime::parse_from_rfc3339(text).ok()?;
            Some(Time(parsed.timestamp_millis()))
        })
    }

    pub fn utc(self) -> NaiveDateTime {
        let shown = self.clamp(Time::MIN, Time::MAX);
        DateTime::from_timestamp_millis(shown.0).unwrap_or_default().naive_utc()
    }

    /// The UTC month as `yyyymm`: what the ledger is cut by.
    pub fn utc_month(self) -> u32 {
        let date = self.utc().date();
        u32::try_from(date.year().clamp(0, 9999)).unwrap_or(0) * 100 + date.month()
    }
}

/// `2026-11-24T02:14:56.123Z`, with or without the fraction, and nothing else.
fn parse_common(b: &[u8]) -> Option<Time> {
    if b.len() < 20 || b[b.len() - 1] != b'Z' || b[4] != b'-' || b[7] != b'-' || b[10] != b'T' {
        return None;
    }
    if b[13] != b':' || b[16] != b':' {
        return None;
    }
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        let mut value = 0;
        let mut are_digits = true;
        for &digit in &b[range] {
            are_digits &= digit.is_ascii_digit();
            value = value * 10 + i64::from(digit.wrapping_sub(b'0'));
        }
        are_digits.then_some(value)
    };
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let milli = match b.len() {
        20 => 0,
        22..=30 if b[19] == b'.' => {
            let digits = (b.len() - 21).min(3);
            number(20..b.len() - 1)?;
            number(20..20 + digits)? * 10_i64.pow(3 - digits as u32)
        }
        _ => return None,
    };
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let days = days_of(year, month, day)?;
    Some(Time(((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + milli))
}

/// Days since the epoch of a day of the calendar. Counted from March, so that the leap day is the last of its year.
fn days_of(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468)
}

/// `2026-11-24T02:14:56.123Z`. By hand for the same reason as the reading.
struct Written([u8; 24]);

impl Written {
    fn of(time: Time) -> Self {
        let utc = time.utc();
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let mut put = |places: std::ops::Range<usize>, mut number: u32| {
            for place in text[places].iter_mut().rev() {
                *place = b'0' + (number % 10) as u8;
                number /= 10;
            }
        };
        put(0..4, utc.year().unsigned_abs());
        put(5..7, utc.month());
        put(8..10, utc.day());
        put(11..13, utc.hour());
        put(14..16, utc.minute());
        put(17..19, utc.second());
        put(20..23, utc.and_utc().timestamp_subsec_millis());
        Self(text)
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Written::of(*self).text())
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(Written::of(*self).text())
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Time::parse(&text).ok_or_else(|| de::Error::custom(format!("`{text}` is not an RFC 3339 time")))
    }
}

impl JsonSchema for Time {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time", "description": "UTC, RFC 3339." })
    }
}

/// A time zone of the system's database.
#[derive(Debug, Clone)]
pub struct Zone {
    name: String,
    tz: tz::TimeZone,
}

impl Zone {
    pub fn utc() -> Self {
        Self { name: "UTC".into(), tz: tz::TimeZone::utc() }
    }

    /// An IANA name. None when the system's database does not have it.
    pub fn named(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("utc") {
            return Some(Self::utc());
        }
        // The name becomes a path: nothing may lead out of the database.
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+');
        if name.is_empty() || name.starts_with('/') || name.len() > 64 || !name.bytes().all(plain) {
            return None;
        }
        let data = ZONE_FOLDERS.iter().find_map(|folder| std::fs::read(format!("{folder}/{name}")).ok())?;
        Some(Self { name: name.into(), tz: tz::TimeZone::from_tz_data(&data).ok()? })
    }

    /// The system's zone: `TZ` as given, else `/etc/localtime`, else UTC.
    pub fn system(tz_variable: Option<&str>) -> Self {
        if let Some(spec) = tz_variable {
            let spec = spec.trim_start_matches(':');
            let posix = || Some(Self { name: spec.into(), tz: tz::TimeZone::from_posix_tz(spec).ok()? });
            return Self::named(spec).or_else(posix).unwrap_or_else(Self::utc);
        }
        let data = std::fs::read("/etc/localtime").ok();
        match data.and_then(|data| tz::TimeZone::from_tz_data(&data).ok()) {
            Some(tz) => Self { name: local_name(), tz },
            None => Self::utc(),
        }
    }

    /// Does `system` understand this value of `TZ`? Otherwise it takes UTC.
    pub fn is_understood(tz_variable: &str) -> bool {
        let spec = tz_variable.trim_start_matches(':');
        Self::named(spec).is_some() || tz::TimeZone::from_posix_tz(spec).is_ok()
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Wall clock at an instant.
    pub fn civil(&self, time: Time) -> NaiveDateTime {
        let offset =
            self.tz.find_local_time_type(time.seconds()).map_or(0, |local| i64::from(local.ut_offset()));
        time.plus_ms(offset * 1000).utc()
    }

    pub fn day(&self, time: Time) -> NaiveDate {
        self.civil(time).date()
    }

    /// `Wed 25 Nov 00:00`: an instant near enough to need no year.
    pub fn moment(&self, time: Time) -> String {
        self.civil(time).format("%a %-d %b %H:%M").to_string()
    }

    /// The first instant of a civil day.
    pub fn start_of(&self, day: NaiveDate) -> Time {
        self.instant(day.into())
    }

    /// The instant at which the wall clock shows this. Found by bisection, so that a time skipped or repeated by a
    /// clock change, or a day a country left out, needs no case of its own.
    pub fn instant(&self, civil: NaiveDateTime) -> Time {
        let guess = Time(civil.and_utc().timestamp_millis());
        let (mut before, mut after) = (guess.seconds() - 93_600, guess.seconds() + 93_600);
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            if self.civil(Time::from_seconds(middle)) < civil {
                before = middle;
            } else {
                after = middle;
            }
        }
        Time::from_seconds(after)
    }
}

const ZONE_FOLDERS: &[&str] = &["/usr/share/zoneinfo", "/share/zoneinfo", "/etc/zoneinfo"];

/// The link target of `/etc/localtime` names the zone.
fn local_name() -> String {
    let link = std::fs::read_link("/etc/localtime").unwrap_or_default();
    let link = link.to_string_lossy();
    link.split_once("zoneinfo/").map_or("local time", |(_, name)| name).to_string()
}

/// Half-open span of time, `[start, end)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub start: Time,
    pub end: Time,
}

impl Window {
    pub const ALWAYS: Window = Window { start: Time::MIN, end: Time::MAX };

    pub fn contains(&self, time: Time) -> bool {
        self.start <= time && time < self.end
    }

    pub fn day(zone: &Zone, day: NaiveDate) -> Self {
        Self::days(zone, day, day + Days::new(1))
    }

    /// The ends as they are written down: an end that does not exist is left out.
    pub fn ends(&self) -> (Option<Time>, Option<Time>) {
        (Some(self.start).filter(|start| *start != Time::MIN), Some(self.end).filter(|end| *end != Time::MAX))
    }

    pub fn of_ends(start: Option<Time>, end: Option<Time>) -> Self {
        Self { start: start.unwrap_or(Time::MIN), end: end.unwrap_or(Time::MAX) }
    }

    /// From the first instant of `from` to the first instant of `until`.
    pub fn days(zone: &Zone, from: NaiveDate, until: NaiveDate) -> Self {
        Self { start: zone.start_of(from), end: zone.start_of(until) }
    }

    pub fn week(zone: &Zone, day: NaiveDate, week_start: u8) -> Self {
        let past = (7 + day.weekday().num_days_from_monday() - u32::from(week_start) % 7) % 7;
        let first = day - Days::new(u64::from(past));
        Self::days(zone, first, first + Days::new(7))
    }

    /// The month from `billing_day` on; a month too short for that day starts on its last one.
    pub fn month(zone: &Zone, day: NaiveDate, billing_day: u8) -> Self {
        let this = billing_start(day, billing_day);
        let first = if day < this { billing_start(previous_month(day), billing_day) } else { this };
        let next = billing_start(next_month(first), billing_day);
        Self::days(zone, first, next)
    }
}

impl Serialize for Window {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.ends().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (start, end) = Deserialize::deserialize(deserializer)?;
        Ok(Self::of_ends(start, end))
    }
}

fn billing_start(in_month: NaiveDate, billing_day: u8) -> NaiveDate {
    let first = in_month.with_day(1).unwrap_or(in_month);
    let last = next_month(first) - Days::new(1);
    let wanted = u32::from(billing_day.max(1)).min(last.day());
    first.with_day(wanted).unwrap_or(last)
}

fn next_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day) + Months::new(1)
}

fn previous_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day) - Months::new(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        Time::parse(text).expect(text)
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().expect(text)
    }

    fn zone(name: &str) -> Zone {
        Zone::named(name).expect("the system has the zone database")
    }

    #[test]
    fn moments_in_words() {
        assert_eq!(Zone::utc().moment(Time(1_795_521_600_000)), "Tue 24 Nov 12:00");
    }

    #[test]
    fn reads_and_writes_what_transcripts_hold() {
        for text in ["2026-11-24T02:14:56.123Z", "1999-12-31T23:59:59.000Z"] {
            assert_eq!(time(text).to_string(), text);
        }
        assert_eq!(time("2026-11-24T02:14:56Z").to_string(), "2026-11-24T02:14:56.000Z");
        assert_eq!(time("2026-11-24T02:14:56.5Z").0 % 1000, 500);
        assert_eq!(time("2026-11-24T02:14:56.123456Z").0 % 1000, 123);
        assert_eq!(time("2026-11-24T03:14:56+01:00"), time("2026-11-24T02:14:56Z"));
        for bad in ["", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "yesterday", "2026-11-24T02:14:5xZ"] {
            assert_eq!(Time::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn days_follow_the_clock_changes() {
        let berlin = zone("Europe/Berlin");
        let spring = Window::day(&berlin, date("2026-03-29"));
        assert_eq!(spring.start.to_string(), "2026-03-28T23:00:00.000Z");
        assert_eq!(spring.end.since(spring.start), 23 * 3_600_000);
        let autumn = Window::day(&berlin, date("2026-10-25"));
        assert_eq!(autumn.end.since(autumn.start), 25 * 3_600_000);
        let kolkata = Window::day(&zone("Asia/Kolkata"), date("2026-01-01"));
        assert_eq!(kolkata.start.to_string(), "2025-12-31T18:30:00.000Z");
        // Midnight did not exist in São Paulo on this day: the day began at one o'clock.
        let sao_paulo = Window::day(&zone("America/Sao_Paulo"), date("2018-11-04"));
        assert_eq!(sao_paulo.start.to_string(), "2018-11-04T03:00:00.000Z");
        // Samoa left out 30 December 2011 altogether.
        let apia = Window::day(&zone("Pacific/Apia"), date("2011-12-30"));
        assert_eq!(apia.start, apia.end);
    }

    #[test]
    fn weeks_start_where_the_settings_say() {
        let utc = Zone::utc();
        let tuesday = date("2026-11-24");
        assert_eq!(Window::week(&utc, tuesday, 0).start.to_string(), "2026-11-23T00:00:00.000Z");
        assert_eq!(Window::week(&utc, tuesday, 6).start.to_string(), "2026-11-22T00:00:00.000Z");
        assert_eq!(Window::week(&utc, tuesday, 1).start.to_string(), "2026-11-24T00:00:00.000Z");
        assert_eq!(Window::week(&utc, tuesday, 2).start.to_string(), "2026-11-18T00:00:00.000Z");
    }

    #[test]
    fn months_start_on_the_billing_day_or_the_last_one() {
        let utc = Zone::utc();
        let month = |day: &str, billing: u8| {
            let window = Window::month(&utc, date(day), billing);
            (window.start.to_string()[..10].to_string(), window.end.to_string()[..10].to_string())
        };
        assert_eq!(month("2026-11-24", 1), ("2026-11-01".into(), "2026-12-01".into()));
        assert_eq!(month("2026-11-24", 25), ("2026-10-25".into(), "2026-11-25".into()));
        assert_eq!(month("2026-02-27", 31), ("2026-01-31".into(), "2026-02-28".into()));
        assert_eq!(month("2026-02-28", 31), ("2026-02-28".into(), "2026-03-31".into()));
        assert_eq!(month("2026-01-01", 31), ("2025-12-31".into(), "2026-01-31".into()));
    }

    #[test]
    fn windows_without_ends_survive_being_written_down() {
        for window in [Window::ALWAYS, Window::day(&Zone::utc(), date("2026-11-24"))] {
            let text = serde_json::to_string(&window).expect("text");
            assert_eq!(serde_json::from_str::<Window>(&text).expect("window"), window, "{text}");
        }
    }

    #[test]
    fn zone_names_cannot_leave_the_database() {
        for name in ["../../etc/passwd", "/etc/localtime", "Mars/Olympus", "", "Europe/Berlin\0"] {
            assert!(Zone::named(name).is_none(), "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn it_is_written_as_the_library_would(ms in Time::MIN.0..=Time::MAX.0) {
            let plain = Time(ms).utc().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
            proptest::prop_assert_eq!(Time::parse(&plain), Some(Time(ms)));
            proptest::prop_assert_eq!(Time(ms).to_string(), plain);
        }

        #[test]
        fn days_are_those_of_the_calendar(year in 0..10_000i32, month in 0..14u32, day in 0..33u32) {
            let plain = NaiveDate::from_ymd_opt(year, month, day).map(|date| i64::from(date.num_days_from_ce() - 719_163));
            proptest::prop_assert_eq!(days_of(i64::from(year), i64::from(month), i64::from(day)), plain);
        }
    }

    #[test]
    fn the_ends_of_time_survive_being_stored() {
        for time in [Time::MIN, Time::MAX, Time(0)] {
            assert_eq!(Time::parse(&time.to_string()), Some(time));
        }
        assert_eq!(Time(i64::MAX).to_string(), Time::MAX.to_string());
        let stored = serde_json::to_string(&Window::ALWAYS).unwrap();
        assert_eq!(serde_json::from_str::<Window>(&stored).unwrap(), Window::ALWAYS);
    }
}
