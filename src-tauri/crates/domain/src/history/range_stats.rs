//! Statistics of one server over weeks, from the minutes that the history keeps.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Range {
    /// 7 days, by two hours.
    Week,
    /// 90 days, by the day.
    Quarter,
}

impl Range {
    #[must_use]
    pub fn slots(self) -> usize {
        match self {
            Range::Week => 7 * 12,
            Range::Quarter => 90,
        }
    }

    #[must_use]
    pub fn minutes_a_slot(self) -> i64 {
        match self {
            Range::Week => 2 * 60,
            Range::Quarter => 24 * 60,
        }
    }
}

/// A server over a range.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RangeStats {
    pub provider: String,
    pub base_url: String,
    /// Only those in which it was watched, oldest first.
    pub slots: Vec<Slot>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Slot {
    /// Counted from the oldest of the range.
    pub index: usize,
    /// In how many minutes it was watched, and how much of them it was up.
    pub watched: u32,
    pub up: f64,
    pub answers: u32,
    /// In milliseconds.
    pub latency_sum: u64,
    pub latency_max: u32,
}

impl RangeStats {
    /// For each slot, oldest first: how much of it the server was up, in percent, where anything is known.
    #[must_use]
    pub fn strip(&self, range: Range) -> Vec<Option<u8>> {
        let mut strip = vec![None; range.slots()];
        for slot in &self.slots {
            if let Some(place) = strip.get_mut(slot.index) {
                *place = u8::try_from(tenths(slot.up, slot.watched) / 10).ok();
            }
        }
        strip
    }

    /// In tenths of a percent; 1000 only if it was never down.
    #[must_use]
    pub fn uptime(&self) -> Option<u32> {
        let watched = self.watched();
        (watched > 0).then(|| tenths(self.slots.iter().map(|it| it.up).sum(), watched))
    }

    /// Minutes.
    #[must_use]
    pub fn watched(&self) -> u32 {
        self.slots.iter().map(|it| it.watched).sum()
    }

    /// The average and the longest, in milliseconds.
    #[must_use]
    pub fn pace(&self) -> Option<(u64, u32)> {
        let answers: u64 = self.slots.iter().map(|it| u64::from(it.answers)).sum();
        let average = self.slots.iter().map(|it| it.latency_sum).sum::<u64>().checked_div(answers)?;
        Some((average, self.slots.iter().map(|it| it.latency_max).max()?))
    }
}

/// Never rounds up. The share is at most the whole, so the cast only drops the fraction.
fn tenths(up: f64, watched: u32) -> u32 {
    // Shares of minutes add up to a little less than they should.
    const SLACK: f64 = 1e-6;
    (up / f64::from(watched.max(1)) * 1_000.0 + SLACK).clamp(0.0, 1_000.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_in_a_strip() {
        let slot = |index, watched, up| Slot {
            index,
            watched,
            up,
            answers: watched,
            latency_sum: 40 * u64::from(watched),
            latency_max: 90,
        };
        let week = RangeStats { slots: vec![slot(0, 120, 120.0), slot(83, 60, 59.9), slot(99, 1, 1.0)], ..RangeStats::default() };
        let strip = week.strip(Range::Week);
        assert_eq!((strip.len(), strip[0], strip[1], strip[83]), (84, Some(100), None, Some(99)));
        assert_eq!((week.uptime(), week.pace()), (Some(999), Some((40, 90))));
        assert_eq!((RangeStats::default().uptime(), RangeStats::default().pace()), (None, None));
        let thirds = Slot { watched: 3, up: 1.0 / 3.0 + 1.0 / 3.0 + 1.0 / 3.0 + 2.0, ..Slot::default() };
        assert_eq!(RangeStats { slots: vec![thirds], ..RangeStats::default() }.uptime(), Some(1_000));
    }
}
