//! The texts before each write, as a person picks one.

use serde::Serialize;
use ts_rs::TS;

use crate::Now;
use crate::base::words::clock;
use crate::transition::Rejection;

/// Comes with the backups while the file has curly quotes: the file as it is, with straight ones.
pub const STRAIGHT_QUOTES: &str = "straight-quotes";

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BackupView {
    /// Its file name: what a restore names.
    pub name: String,
    /// The file whose text it was, where the config takes it in; nothing for the config's own.
    pub file: Option<String>,
    /// "today, 09:15": when it was replaced, local.
    pub when: String,
    #[ts(type = "number")]
    pub bytes: u64,
    /// "undone by OpenClaw"; nothing for a text before a write of ours.
    pub remark: Option<String>,
}

impl BackupView {
    #[must_use]
    pub fn new(name: String, file: Option<String>, replaced_ms: i64, bytes: u64, aside: Option<Rejection>, now: &Now) -> Self {
        let remark = match aside {
            _ if name == STRAIGHT_QUOTES => Some("the file as it is, with straight quotes".to_owned()),
            aside => aside.map(|it| it.words().to_owned()),
        };
        BackupView { name, file, when: format!("{}, {}", day(replaced_ms, now), clock(replaced_ms, now)), bytes, remark }
    }
}

/// "today", "yesterday", "2026-11-20"; local.
pub(crate) fn day(unix_ms: i64, now: &Now) -> String {
    let days = |ms: i64| (ms.div_euclid(1_000) + i64::from(now.utc_offset_s)).div_euclid(86_400);
    match days(now.wall_ms) - days(unix_ms) {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        _ => date(days(unix_ms)),
    }
}

/// Of days since 1970; years are counted from March, so that the leap day is their last.
fn date(days: i64) -> String {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    format!("{}-{month:02}-{day:02}", era * 400 + year + i64::from(month <= 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_local() {
        // 2026-11-23 14:00 UTC.
        let now = Now { wall_ms: 1_795_442_400_000, utc_offset_s: 3_600, ..Now::default() };
        let hour = 3_600_000;
        let said = |ago: i64| BackupView::new(String::new(), None, now.wall_ms - ago * hour, 0, None, &now).when;
        assert_eq!([0, 15, 16, 40].map(said), ["today, 15:00", "today, 00:00", "yesterday, 23:00", "2026-11-21, 23:00"]);
        assert_eq!([0, 19_781, 19_782, 20_514].map(date), ["1970-01-01", "2024-02-28", "2024-02-29", "2026-03-02"]);
    }
}
