//! How long a server was up and how fast it answered: over a day on its card, over weeks when asked.

use serde::Serialize;
use ts_rs::TS;

use crate::Now;
use crate::base::words;
use crate::history::{DayStats, Range, RangeStats, STRIP};

/// How a server fared over a time.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Day {
    /// For each quarter of an hour (two hours of a week, a day of 90), oldest first: how much of it the server was up, in percent; `null`
    /// where nobody looked.
    pub strip: Vec<Option<u8>>,
    /// "up 99.2 %", "watched for 4 min", "no history yet"
    pub uptime: String,
    /// "Half of its answers within 38 ms, 95 % within 71 ms"
    pub pace: Option<String>,
}

/// The same of one server over a longer time.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Stretch {
    pub provider: String,
    pub base_url: String,
    pub day: Day,
}

impl Stretch {
    #[must_use]
    pub fn new(longer: RangeStats, range: Range) -> Stretch {
        let day = Day {
            strip: longer.strip(range),
            uptime: uptime(longer.uptime(), i64::from(longer.watched()) * 60_000),
            pace: longer.pace().map(|(average, most)| format!("Its answers took {average} ms on average, {most} ms at most")),
        };
        Stretch { provider: longer.provider, base_url: longer.base_url, day }
    }
}

pub(super) fn day(past: Option<&DayStats>, now: &Now) -> Day {
    let pace = past.and_then(DayStats::percentiles);
    Day {
        strip: past.map_or_else(|| vec![None; STRIP], |it| it.strip(now.wall_ms)),
        uptime: uptime(past.and_then(|it| it.uptime(now.wall_ms)), past.map_or(0, |it| it.watched_ms(now.wall_ms))),
        pace: pace.map(|(half, most)| format!("Half of its answers within {half} ms, 95 % within {most} ms")),
    }
}

/// A share of a few minutes says nothing of a day.
fn uptime(share: Option<u32>, watched_ms: i64) -> String {
    const ENOUGH_MS: i64 = 10 * 60_000;
    match share {
        Some(share) if watched_ms >= ENOUGH_MS => format!("up {}", words::tenths(share)),
        Some(_) if watched_ms >= 60_000 => format!("watched for {} min", watched_ms / 60_000),
        _ => "no history yet".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_needs_some_time() {
        let cases = [(None, 0), (Some(0), 40_000), (Some(0), 240_000), (Some(0), 600_000), (Some(992), 86_400_000)];
        let said = cases.map(|(share, watched)| uptime(share, watched));
        assert_eq!(said, ["no history yet", "no history yet", "watched for 4 min", "up 0 %", "up 99.2 %"]);
    }
}
