//! How much of a subscription's windows is used, as the client reports it. Only the newest report is worth keeping; which
//! one that is, is decided here. Where it is kept is `ledger`'s business.

use serde::{Deserialize, Serialize};

use crate::base::time::Time;

/// Reports of one window do not always name its end to the second.
const SAME_WINDOW_MS: i64 = 60_000;
/// A report that says nothing new is noted this often, so that its age can be told.
const NOTED_EVERY_MS: i64 = 5 * 60_000;

/// One window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Used {
    /// Of what the plan allows, 0 to 100.
    pub percent: f64,
    pub resets_at: Time,
    /// When it was reported.
    pub seen: Time,
}

impl Used {
    /// None for what cannot be a report.
    pub fn new(percent: f64, resets_at_seconds: f64, seen: Time) -> Option<Self> {
        let sane = percent.is_finite() && (0.0..=10_000.0).contains(&percent);
        let resets_at = Time::from_seconds(resets_at_seconds as i64);
        (sane && resets_at.0 > 0 && resets_at < Time::MAX).then_some(Self { percent, resets_at, seen })
    }

    /// The window is over: what comes next was not reported yet.
    pub fn is_over(&self, now: Time) -> bool {
        self.resets_at <= now
    }
}

/// The windows of a subscription.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RateLimits {
    pub five_hour: Option<Used>,
    pub seven_day: Option<Used>,
}

impl RateLimits {
    pub fn is_empty(&self) -> bool {
        self.five_hour.is_none() && self.seven_day.is_none()
    }

    /// Takes over what is news; true when there was any. A session that stands idle reports again and again what it was
    /// told with its last answer, so the later window wins, and within a window the larger share: that only grows.
    pub fn learn(&mut self, news: &RateLimits) -> bool {
        let five_hour = learn(&mut self.five_hour, news.five_hour);
        let seven_day = learn(&mut self.seven_day, news.seven_day);
        five_hour || seven_day
    }
}

fn learn(known: &mut Option<Used>, news: Option<Used>) -> bool {
    let Some(news) = news else { return false };
    let is_news = known.is_none_or(|known| {
        let later = news.resets_at.since(known.resets_at);
        let more = news.percent > known.percent
            || news.percent == known.percent && news.seen.since(known.seen) >= NOTED_EVERY_MS;
        later > SAME_WINDOW_MS || later >= -SAME_WINDOW_MS && more
    });
    if is_news {
        *known = Some(news);
    }
    is_news
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(percent: f64, resets_at: f64, seen: i64) -> RateLimits {
        let five_hour = Used::new(percent, resets_at, Time(seen));
        RateLimits { five_hour, seven_day: None }
    }

    #[test]
    fn the_newest_report_is_kept_and_stale_ones_are_not() {
        let mut known = RateLimits::default();
        assert!(known.learn(&used(10.0, 18_000.0, 1)));
        assert!(!known.learn(&used(10.0, 18_000.0, 2)), "nothing new");
        assert!(!known.learn(&used(8.0, 18_001.0, 3)), "an idle session's");
        assert!(known.learn(&used(12.0, 18_001.0, 4)));
        assert!(known.learn(&used(12.0, 18_001.0, 4 + NOTED_EVERY_MS)), "its age is known again");
        assert!(!known.learn(&used(90.0, 9_000.0, 5)), "a window before");
        assert!(known.learn(&used(1.0, 36_000.0, 6)), "the next window");
        assert_eq!(known.five_hour.map(|used| used.percent), Some(1.0));
        assert!(!known.learn(&RateLimits::default()));
    }

    #[test]
    fn what_cannot_be_is_no_report() {
        for (percent, resets_at) in
            [(f64::NAN, 1.0), (-1.0, 1.0), (5.0, 0.0), (5.0, f64::NAN), (5.0, 1e300), (1e9, 1.0)]
        {
            assert!(Used::new(percent, resets_at, Time(0)).is_none(), "{percent} {resets_at}");
        }
    }
}
