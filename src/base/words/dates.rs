//! Moments and spans of time as they are said in a language. Dates in tables are ISO's and need no words.

use chrono::{Datelike, NaiveDate};

use super::{Language, say};
use crate::base::error::Error;
use crate::base::time::{Time, Zone};

impl Language {
    /// `Wed 25 Nov 00:00`: an instant near enough to need no year.
    pub fn moment(self, time: Time, zone: &Zone) -> String {
        let (weekday, day, month, time, _) = self.parts(time, zone);
        say!(self, "moment", weekday = weekday, day = day, month = month, time = time)
    }

    /// `Wed 25 Nov 2026 00:00 (Europe/Berlin)`.
    pub fn full_moment(self, time: Time, zone: &Zone) -> String {
        let (weekday, day, month, time, year) = self.parts(time, zone);
        say!(
            self,
            "moment-with-year",
            weekday = weekday,
            day = day,
            month = month,
            year = year.to_string(),
            time = time,
            zone = zone.name()
        )
    }

    fn parts(self, time: Time, zone: &Zone) -> (String, u64, String, String, i32) {
        let civil = zone.civil(time);
        let weekday = u64::from(civil.weekday().number_from_monday());
        let weekday = say!(self, "weekday", weekday = weekday);
        let month = say!(self, "month", month = u64::from(civil.month()));
        (weekday, civil.day().into(), month, civil.format("%H:%M").to_string(), civil.year())
    }

    /// `24 Nov`.
    pub fn date(self, date: NaiveDate) -> String {
        let (day, month, _) = self.parts_of(date);
        say!(self, "date", day = day, month = month)
    }

    /// `24 Nov 2026`.
    pub fn full_date(self, date: NaiveDate) -> String {
        let (day, month, year) = self.parts_of(date);
        say!(self, "date-with-year", day = day, month = month, year = year)
    }

    /// `Tue 24 Nov 2026`.
    pub fn date_and_weekday(self, date: NaiveDate) -> String {
        let (day, month, year) = self.parts_of(date);
        let weekday = say!(self, "weekday", weekday = u64::from(date.weekday().number_from_monday()));
        say!(self, "date-with-weekday", weekday = weekday, day = day, month = month, year = year)
    }

    /// `26 Oct to 24 Nov 2026`, `24 Nov 2026`.
    pub fn dates(self, first: NaiveDate, last: NaiveDate) -> String {
        if first == last {
            return self.full_date(last);
        }
        if first.year() != last.year() {
            return say!(self, "dates", first = self.full_date(first), last = self.full_date(last));
        }
        let (day, month, _) = self.parts_of(first);
        let (last_day, last_month, year) = self.parts_of(last);
        say!(
            self,
            "dates-of-a-year",
            day = day,
            month = month,
            last_day = last_day,
            last_month = last_month,
            year = year
        )
    }

    fn parts_of(self, date: NaiveDate) -> (u64, String, String) {
        let month = say!(self, "month", month = u64::from(date.month()));
        (date.day().into(), month, date.format("%Y").to_string())
    }

    /// `3 days`, `5 h 12 min`, `40 s`.
    pub fn span(self, ms: i64) -> String {
        let ms = u64::try_from(ms).unwrap_or_default();
        let minutes = ms / 60_000;
        match (minutes / 1440, minutes / 60, minutes) {
            (days @ 2.., _, _) => say!(self, "span-days", days = days),
            (_, hours @ 1.., _) => say!(self, "span-hours", hours = hours, minutes = minutes % 60),
            (_, _, minutes @ 1..) => say!(self, "span-minutes", minutes = minutes),
            _ => say!(self, "span-seconds", seconds = ms / 1000),
        }
    }

    /// An error with its causes and cures, on one line.
    pub fn error(self, error: &Error) -> String {
        let cures = error.hints.iter().map(|hint| hint.within(self));
        self.facts(&std::iter::once(error.to_string()).chain(cures).collect::<Vec<_>>())
    }

    /// Facts behind one another.
    pub fn facts(self, facts: &[String]) -> String {
        let mut facts = facts.iter();
        let first = facts.next().cloned().unwrap_or_default();
        facts.fold(first, |facts, fact| say!(self, "fact-after-facts", facts = facts, fact = fact))
    }

    /// `a, b, c`.
    pub fn names(self, names: &[String]) -> String {
        let mut names = names.iter();
        let first = names.next().cloned().unwrap_or_default();
        names.fold(first, |names, name| say!(self, "name-after-names", names = names, name = name))
    }

    /// `a`, `a and b`, `a, b and c`.
    pub fn list_and(self, names: &[String]) -> String {
        match names.split_last() {
            Some((last, names)) if !names.is_empty() => {
                say!(self, "last-name-after-names", names = self.names(names), name = last)
            }
            _ => self.names(names),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Time = Time(1_795_521_600_000);

    #[test]
    fn moments_are_those_of_the_calendar_in_every_language() {
        let utc = Zone::utc();
        for days in 0..400 {
            let time = NOON.plus_ms(days * 86_400_000);
            assert_eq!(Language::English.moment(time, &utc), utc.moment(time));
        }
        assert_eq!(Language::English.full_moment(NOON, &utc), "Tue 24 Nov 2026 12:00 (UTC)");
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let dates = |language: Language, first: &str| language.dates(day(first), day("2026-11-24"));
        for (first, english, chinese) in [
            ("2026-10-26", "26 Oct to 24 Nov 2026", "2026 年 10 月 26 日至 11 月 24 日"),
            ("2025-12-01", "1 Dec 2025 to 24 Nov 2026", "2025 年 12 月 1 日至 2026 年 11 月 24 日"),
            ("2026-11-24", "24 Nov 2026", "2026 年 11 月 24 日"),
        ] {
            assert_eq!(
                (dates(Language::English, first), dates(Language::Chinese, first)),
                (english.into(), chinese.into())
            );
        }
        assert_eq!(Language::English.date(day("2026-11-03")), "3 Nov");
        assert_eq!(Language::English.date_and_weekday(day("2026-11-24")), "Tue 24 Nov 2026");
        assert_eq!(Language::Chinese.date_and_weekday(day("2026-11-24")), "2026 年 11 月 24 日周二");
        assert_eq!(Language::Chinese.moment(NOON, &utc), "11 月 24 日周二 12:00");
        assert_eq!(Language::Chinese.full_moment(NOON, &utc), "2026 年 11 月 24 日周二 12:00（UTC）");
    }

    #[test]
    fn spans_in_words() {
        for (ms, said) in [
            (-5, "0 s"),
            (0, "0 s"),
            (59_999, "59 s"),
            (60_000, "1 min"),
            (90 * 60_000, "1 h 30 min"),
            (30 * 3_600_000, "30 h 0 min"),
            (3 * 86_400_000 + 5, "3 days"),
        ] {
            assert_eq!(Language::English.span(ms), said);
        }
        assert_eq!(Language::Chinese.span(90 * 60_000), "1 小时 30 分钟");
        let facts = ["甲".to_string(), "乙".to_string(), "丙".to_string()];
        assert_eq!(Language::Chinese.facts(&facts), "甲；乙；丙");
    }

    #[test]
    fn lists_are_as_those_of_texts() {
        let names = ["a", "b", "c", "d"].map(String::from);
        for length in 0..=names.len() {
            let list = crate::base::text::list_and(&names[..length]);
            assert_eq!(Language::English.list_and(&names[..length]), list);
        }
        assert_eq!(Language::Chinese.list_and(&names[..3]), "a、b、c");
        assert_eq!(Language::English.names(&names), "a, b, c, d");
    }
}
