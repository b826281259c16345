//! The last 24 hours of one server: for how much of each quarter of an hour it was up, and how fast it answered.

use std::collections::{BTreeMap, VecDeque};

use super::Sample;
use crate::server::availability::Availability;

/// How many quarters of an hour are kept: those of the last 24 hours.
pub const STRIP: usize = 96;
const SLOT_MS: i64 = 15 * 60 * 1_000;
/// A probe's result holds until the next one, and at most this long.
const HOLDS_MS: i64 = 5 * 60 * 1_000;
/// The latest latencies, for the sparkline.
const LATEST: usize = 48;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct DayStats {
    /// By the number of quarters of an hour since 1970.
    slots: BTreeMap<i64, Slot>,
    latest: VecDeque<Option<u32>>,
    /// When the last probe was, and whether the server was up.
    last: Option<(i64, bool)>,
    /// How many answers of all slots fell into each step of latency.
    steps: BTreeMap<u16, u32>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Slot {
    up_ms: i64,
    down_ms: i64,
    /// How many answers fell into each step of latency.
    steps: BTreeMap<u16, u32>,
}

impl DayStats {
    pub fn add(&mut self, sample: &Sample) {
        self.take(sample.at, sample.availability != Availability::Down, sample.latency_ms);
        self.settle(sample.at);
    }

    /// Adds one of many old samples; call [`DayStats::settle`] after the last.
    pub fn take(&mut self, at: i64, up: bool, latency_ms: Option<u32>) {
        let (before, was_up) = self.last.filter(|it| it.0 <= at).unwrap_or((at, up));
        let slot = self.slots.entry(at.div_euclid(SLOT_MS)).or_default();
        let held = (at - before).clamp(1_000, HOLDS_MS);
        *(if was_up { &mut slot.up_ms } else { &mut slot.down_ms }) += held;
        if let Some(ms) = latency_ms {
            let step = step(ms);
            *slot.steps.entry(step).or_default() += 1;
            *self.steps.entry(step).or_default() += 1;
        }
        if self.latest.len() >= LATEST {
            self.latest.pop_front();
        }
        self.latest.push_back(latency_ms);
        self.last = Some((at, up));
    }

    /// Forgets what is older than a day.
    pub fn settle(&mut self, now_ms: i64) {
        let first = first_slot(now_ms);
        while let Some(oldest) = self.slots.first_entry().filter(|it| *it.key() < first) {
            for (step, n) in oldest.remove().steps {
                *self.steps.entry(step).or_default() -= n;
            }
            self.steps.retain(|_, n| *n > 0);
        }
    }

    /// Adds statistics that are all older than these.
    pub(crate) fn prepend(&mut self, mut older: DayStats) {
        for (index, theirs) in older.slots {
            let ours = self.slots.entry(index).or_default();
            ours.up_ms += theirs.up_ms;
            ours.down_ms += theirs.down_ms;
            for (step, n) in theirs.steps {
                *ours.steps.entry(step).or_default() += n;
                *self.steps.entry(step).or_default() += n;
            }
        }
        older.latest.extend(self.latest.drain(..));
        let surplus = older.latest.len().saturating_sub(LATEST);
        self.latest = older.latest.split_off(surplus);
        self.last = self.last.or(older.last);
    }

    /// The latest latencies in milliseconds, oldest first; `None` for a probe without an answer.
    #[must_use]
    pub fn latest(&self) -> &VecDeque<Option<u32>> {
        &self.latest
    }

    /// For each quarter of an hour of the last day, oldest first: how much of it the server was up, in percent, where anything is known.
    #[must_use]
    pub fn strip(&self, now_ms: i64) -> Vec<Option<u8>> {
        let first = first_slot(now_ms);
        let share = |index: i64| self.slots.get(&index).and_then(|it| tenths(it.up_ms, it.down_ms));
        (first..).take(STRIP).map(|index| share(index).and_then(|it| u8::try_from(it / 10).ok())).collect()
    }

    /// How much of the known time of the last day it was up, in tenths of a percent. 1000 only if it was never down.
    #[must_use]
    pub fn uptime(&self, now_ms: i64) -> Option<u32> {
        let known = self.slots.range(first_slot(now_ms)..).map(|it| it.1);
        let (up, down) = known.fold((0, 0), |(up, down), it| (up + it.up_ms, down + it.down_ms));
        tenths(up, down)
    }

    /// How much of the last day it was watched, in milliseconds.
    #[must_use]
    pub fn watched_ms(&self, now_ms: i64) -> i64 {
        self.slots.range(first_slot(now_ms)..).map(|it| it.1.up_ms + it.1.down_ms).sum()
    }

    /// Half of the answers of the last day came within the first, 95 % within the second; in milliseconds.
    #[must_use]
    pub fn percentiles(&self) -> Option<(u32, u32)> {
        percentile(&self.steps, 50).zip(percentile(&self.steps, 95))
    }
}

fn first_slot(now_ms: i64) -> i64 {
    now_ms.div_euclid(SLOT_MS) - (STRIP as i64 - 1)
}

/// Never rounded up.
fn tenths(up: i64, down: i64) -> Option<u32> {
    u32::try_from((up * 1_000).checked_div(up + down)?).ok()
}

/// Each millisecond below 64 has a step of its own; from there on a step is at most 1/32 of its latency wide.
fn step(ms: u32) -> u16 {
    let octave = ms.max(32).ilog2() - 5;
    u16::try_from(octave * 32 + (ms >> octave)).unwrap_or(u16::MAX)
}

/// The least latency of a step.
fn least(step: u16) -> u32 {
    let octave = u32::from(step / 32).saturating_sub(1);
    (u32::from(step) - octave * 32) << octave
}

fn percentile(steps: &BTreeMap<u16, u32>, percent: u32) -> Option<u32> {
    let rank = (steps.values().sum::<u32>() * percent).div_ceil(100);
    let mut seen = 0;
    steps
        .iter()
        .find(|(_, n)| {
            seen += **n;
            seen >= rank
        })
        .map(|(step, _)| least(*step))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_442_400_000;

    fn past(samples: impl IntoIterator<Item = (i64, bool, Option<u32>)>) -> DayStats {
        let mut past = DayStats::default();
        samples.into_iter().for_each(|(seconds, up, ms)| past.take(NOW + seconds * 1_000, up, ms));
        past.settle(NOW);
        past
    }

    #[test]
    fn steps_are_narrow() {
        for ms in (0..5_000).chain([60_000, 3_600_000, u32::MAX]) {
            let back = least(step(ms));
            assert!(back <= ms && (ms - back) * 32 <= ms, "{ms} became {back}");
        }
        assert_eq!([0, 1, 38, 63].map(|it| least(step(it))), [0, 1, 38, 63]);
    }

    #[test]
    fn half_and_nearly_all() {
        let answers = past((1..=100).map(|i| (-i, true, Some(u32::try_from(i).expect("small")))));
        assert_eq!(answers.percentiles(), Some((50, 94)));
        assert_eq!(past([(0, false, None)]).percentiles(), None);
    }

    /// Time counts, not the number of probes: a box that is down is asked at another pace.
    #[test]
    fn uptime_is_of_time() {
        let hour = past((-360..=0).map(|i| (i * 10, i <= -36, Some(1))));
        assert_eq!(hour.uptime(NOW), Some(902));
        assert_eq!(hour.strip(NOW).iter().flatten().count(), 5);
        let nearly = past((-8_600..=0).map(|i| (i * 10, i != -5, Some(1))));
        assert_eq!(nearly.uptime(NOW), Some(999));
    }

    #[test]
    fn what_nobody_watched_is_not_known() {
        let gap = past([(-80_000, true, Some(1)), (0, false, None)]);
        assert_eq!(gap.strip(NOW).iter().flatten().count(), 2);
        assert_eq!(gap.strip(NOW).len(), STRIP);
        assert_eq!(DayStats::default().uptime(NOW), None);
    }

    #[test]
    fn a_day_later_nothing_is_left() {
        let mut old = past([(-10, true, Some(1))]);
        old.settle(NOW + 25 * 3_600_000);
        assert_eq!((old.uptime(NOW + 25 * 3_600_000), old.percentiles()), (None, None));
    }

    /// What was kept comes back after the first probes of this start.
    #[test]
    fn the_older_part_comes_later() {
        let times = |range: std::ops::Range<i64>| range.map(|i| (i * 10, i % 7 != 0, Some(30)));
        let whole = past(times(-100..0));
        let mut late = past(times(-20..0));
        late.prepend(past(times(-100..-20)));
        late.settle(NOW);
        assert_eq!((late.latest(), late.percentiles()), (whole.latest(), whole.percentiles()));
        assert_eq!(late.strip(NOW).len(), whole.strip(NOW).len());
    }
}
