//! Settings of Pilot Light itself: how often to probe, which notices to show and when, how long to keep history. `settings.toml`
//! has them under these names in camelCase.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::base::Now;
use crate::notify::notice::Code;
use crate::server::Pace;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[ts(export)]
pub struct Settings {
    /// Seconds between two probes of a server while the window is open, three times as long while it is closed. 1 to 3600.
    pub probe_seconds: u32,
    /// How many days of history are kept, 1 to 365.
    pub history_days: u32,
    /// Now and then, a model in memory that has nothing to do is asked for one token. Never where that could load, cost, cut or wait.
    pub check_answers: bool,
    /// Codes of notices that are switched off.
    pub off: Vec<String>,
    /// Providers without notices about their servers.
    pub muted: Vec<String>,
    /// Groups notices of one kind that come within seconds.
    pub group: bool,
    /// Between these local times, only turns without an answer are announced.
    pub quiet: bool,
    /// `HH:MM`
    pub quiet_from: String,
    pub quiet_to: String,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            probe_seconds: 10,
            history_days: 90,
            check_answers: false,
            off: Vec::new(),
            muted: Vec::new(),
            group: true,
            quiet: false,
            quiet_from: "22:00".to_owned(),
            quiet_to: "07:00".to_owned(),
        }
    }
}

/// An invalid value: which setting, and what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidSetting {
    pub key: &'static str,
    pub message: String,
}

impl Settings {
    /// Checks all values.
    ///
    /// # Errors
    /// The first value that is out of range or has no meaning.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        let range = |key, n: u32, most: u32| {
            if (1..=most).contains(&n) { Ok(()) } else { fault(key, format!("{key} is {n}; it must be from 1 to {most}")) }
        };
        range("probeSeconds", self.probe_seconds, 3_600)?;
        range("historyDays", self.history_days, 365)?;
        for (key, time) in [("quietFrom", &self.quiet_from), ("quietTo", &self.quiet_to)] {
            // The value may be anything that was pasted there.
            if minutes(time).is_none() {
                return fault(key, format!("{key} must be a time of day such as \"22:00\""));
            }
        }
        if self.quiet && self.quiet_from == self.quiet_to {
            return fault("quietTo", "quietFrom and quietTo are the same time".to_owned());
        }
        if self.off.iter().any(|it| !Code::TOLD.iter().any(|code| code.id() == it.as_str())) {
            return fault("off", "off names a notification that does not exist".to_owned());
        }
        Ok(())
    }

    #[must_use]
    pub fn pace(&self) -> Pace {
        let every = std::time::Duration::from_secs(u64::from(self.probe_seconds));
        Pace { visible: every, hidden: every * 3, ..Pace::default() }
    }

    /// Whether a notice may be shown at this time. For a server, the subject is its provider or a model of it.
    #[must_use]
    pub fn allow(&self, code: Code, subject: &str, now: &Now) -> bool {
        self.wants(code, subject) && (code.is_urgent() || !self.is_quiet(now))
    }

    /// Whether a notice may be told at all.
    #[must_use]
    pub fn wants(&self, code: Code, subject: &str) -> bool {
        let is_off = self.off.iter().any(|it| it == code.id());
        let is_muted = match code {
            Code::BoxDown | Code::BoxUp => self.muted.iter().any(|it| it == subject),
            Code::ContextSmall => self.muted.iter().any(|it| subject.split('/').next() == Some(it)),
            _ => false,
        };
        !is_off && !is_muted
    }

    /// From the first time to the second, over midnight where that is the earlier one.
    #[must_use]
    pub fn is_quiet(&self, now: &Now) -> bool {
        let (Some(from), Some(to)) = (minutes(&self.quiet_from), minutes(&self.quiet_to)) else { return false };
        let local = now.wall_ms.div_euclid(60_000) + i64::from(now.utc_offset_s).div_euclid(60);
        let time = local.rem_euclid(24 * 60);
        self.quiet && if from <= to { (from..to).contains(&time) } else { time >= from || time < to }
    }
}

fn fault(key: &'static str, message: String) -> Result<(), InvalidSetting> {
    Err(InvalidSetting { key, message })
}

/// Of `HH:MM`, since midnight.
fn minutes(time: &str) -> Option<i64> {
    let (hours, minutes) = time.split_once(':')?;
    let digits = |it: &str| (it.len() == 2 && it.bytes().all(|it| it.is_ascii_digit())).then(|| it.parse::<i64>().ok()).flatten();
    let (hours, minutes) = (digits(hours)?, digits(minutes)?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At this local time, two hours east of UTC.
    fn at(hours: i64, minutes: i64) -> Now {
        Now { wall_ms: ((hours - 2) * 60 + minutes) * 60_000 + 86_400_000 * 20_000, utc_offset_s: 7_200, ..Now::default() }
    }

    fn quiet(from: &str, to: &str) -> Settings {
        Settings { quiet: true, quiet_from: from.to_owned(), quiet_to: to.to_owned(), ..Settings::default() }
    }

    #[test]
    fn quiet_hours_go_over_midnight() {
        let night = quiet("22:00", "07:00");
        let told = [(21, 59), (22, 0), (23, 59), (0, 0), (6, 59), (7, 0), (12, 0)].map(|(h, m)| night.is_quiet(&at(h, m)));
        assert_eq!(told, [false, true, true, true, true, false, false]);
        let noon = quiet("12:00", "13:00");
        assert_eq!([(11, 59), (12, 0), (13, 0)].map(|(h, m)| noon.is_quiet(&at(h, m))), [false, true, false]);
        assert!(!Settings { quiet: false, ..night }.is_quiet(&at(23, 0)));
    }

    #[test]
    fn a_turn_without_an_answer_is_told_at_night_too() {
        let night = quiet("22:00", "07:00");
        assert!(!night.allow(Code::FallbackStarted, "a/b > c/d", &at(23, 0)));
        assert!(night.allow(Code::RouteExhausted, "a/b", &at(23, 0)));
    }

    #[test]
    fn off_and_muted() {
        let settings = Settings { off: vec!["box.up".to_owned()], muted: vec!["rig".to_owned()], ..Settings::default() };
        let told = |code, subject| settings.allow(code, subject, &at(12, 0));
        assert!(told(Code::BoxDown, "lmstudio") && !told(Code::BoxUp, "lmstudio"));
        assert!(!told(Code::BoxDown, "rig") && !told(Code::ContextSmall, "rig/m") && told(Code::ContextSmall, "lmstudio/m"));
        assert!(told(Code::FallbackStarted, "rig/m > hosted/big"), "what it does to the answers is told");
    }

    #[test]
    fn values_have_ranges() {
        let wrong = |settings: Settings| settings.check().err().map(|it| it.key);
        assert_eq!(wrong(Settings::default()), None);
        assert_eq!(wrong(Settings { probe_seconds: 0, ..Settings::default() }), Some("probeSeconds"));
        assert_eq!(wrong(Settings { history_days: 366, ..Settings::default() }), Some("historyDays"));
        for time in ["24:00", "7:00", "07:60", "+7:00", "", "07:00:00"] {
            assert_eq!(wrong(quiet(time, "07:00")), Some("quietFrom"), "{time}");
        }
        assert_eq!(wrong(quiet("07:00", "07:00")), Some("quietTo"));
        assert_eq!(wrong(Settings { off: vec!["box".to_owned()], ..Settings::default() }), Some("off"));
    }
}
