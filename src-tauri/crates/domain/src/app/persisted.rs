//! What survives a restart, so that no notice is repeated or lost: the fallbacks in force, the runs already judged, and the
//! notices not shown yet.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ModelRef;
use crate::app::event::Effect;
use crate::app::state::State;
use crate::base::Now;
use crate::history::{Recalled, Record};
use crate::notify::Ledger;
use crate::notify::notice::Notice;
use crate::turns::BeforeRestart;
use crate::turns::fallback::{FORGET_AFTER_MS, Fallback, Stranded};

/// Runs kept. Older lines of the log are not read again.
const RUNS: usize = 64;
/// A notice that was not shown for this long is no longer news.
const NEWS_MS: i64 = 10 * 60 * 1_000;
/// A notice may have been on the screen already; showing it twice is better than never.
const AGAIN: &str = " Shown again, because Pilot Light stopped while showing this.";

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Persisted {
    active: Vec<(ModelRef, Fallback)>,
    dormant: Vec<(ModelRef, Fallback)>,
    stranded: Vec<(ModelRef, Stranded)>,
    runs: Vec<String>,
    /// Lasting states that were announced.
    ledger: Ledger,
    /// Notices that the shell has not confirmed as shown.
    unshown: Vec<Notice>,
    /// The position in the log up to which everything was read.
    pub bookmark: Option<String>,
}

/// The name of the value in the history.
const KEY: &str = "route";
/// Between two writes while only the log grows.
const CALM: Duration = Duration::from_secs(30);

impl Persisted {
    /// Whether more changed since than the position in the log and the runs that ended well.
    fn is_outdated(&self, state: &State) -> bool {
        let fallbacks = &state.turns.fallbacks;
        let same = |kept: &[(ModelRef, Fallback)], now: &BTreeMap<ModelRef, Fallback>| {
            kept.len() == now.len() && kept.iter().zip(now).all(|(kept, now)| (&kept.0, &kept.1) == now)
        };
        let stranded = &fallbacks.stranded;
        let same_stranded = self.stranded.len() == stranded.len()
            && self.stranded.iter().zip(stranded).all(|(kept, now)| (&kept.0, &kept.1) == now);
        !(same(&self.active, &fallbacks.active) && same(&self.dormant, &fallbacks.dormant) && same_stranded)
            || self.ledger != state.notify.ledger
            || self.unshown != state.notify.unshown()
    }

    /// `None` if nothing was kept or it can't be read, as on the first start.
    #[must_use]
    pub fn of(values: &BTreeMap<String, String>) -> Option<Persisted> {
        serde_json::from_str(values.get(KEY)?).ok()
    }
}

/// What was last written to the disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct Persistence {
    /// The earlier value was read, so it may be replaced.
    recalled: bool,
    written: Option<Persisted>,
    written_at: Duration,
}

/// Persists before notifying: a restart neither repeats nor loses a notice.
pub(crate) fn keep(state: &mut State, now: &Now, effects: &mut Vec<Effect>) {
    let told = effects.iter().filter_map(|effect| match effect {
        Effect::Notify(notice) => Some(notice.clone()),
        _ => None,
    });
    state.notify.add_unshown(told);
    // The first one says that there was a start before.
    let written = state.persistence.written.as_ref();
    let urgent = written.is_none_or(|it| it.is_outdated(state)) || effects.contains(&Effect::Quit);
    if !state.persistence.recalled || !urgent && now.mono < state.persistence.written_at + CALM {
        return;
    }
    state.persistence.written_at = now.mono;
    let persisted = state.persisted();
    if state.persistence.written.as_ref() == Some(&persisted) {
        return;
    }
    if let Ok(value) = serde_json::to_string(&persisted) {
        effects.insert(0, Effect::Remember(Record::Value { key: KEY, value }));
    }
    state.persistence.written = Some(persisted);
}

impl State {
    /// Whether the values of earlier runs were read.
    #[must_use]
    pub fn is_recalled(&self) -> bool {
        self.persistence.recalled
    }

    #[must_use]
    pub fn persisted(&self) -> Persisted {
        let fallbacks = &self.turns.fallbacks;
        let mut runs: Vec<String> = fallbacks.runs.settled().cloned().collect();
        runs.drain(..runs.len().saturating_sub(RUNS));
        Persisted {
            active: fallbacks.active.clone().into_iter().collect(),
            dormant: fallbacks.dormant.clone().into_iter().collect(),
            ledger: self.notify.ledger.clone(),
            stranded: fallbacks.stranded.clone().into_iter().collect(),
            runs,
            unshown: self.notify.unshown().to_vec(),
            bookmark: self.turns.bookmark.clone(),
        }
    }

    /// Takes over what earlier runs kept, before the first line of the log.
    pub(crate) fn recall(&mut self, recalled: Recalled, now: &Now) -> Vec<Effect> {
        self.history.recall(recalled.day_stats, now);
        self.persistence.recalled = true;
        let Some(persisted) = Persisted::of(&recalled.values) else { return Vec::new() };
        let news = persisted.unshown.iter().filter(|it| now.wall_ms - it.at < NEWS_MS);
        let again = news.map(|it| {
            let body = it.body.trim_end_matches(AGAIN).to_owned() + AGAIN;
            Effect::Notify(Notice { body, ..it.clone() })
        });
        let again = again.collect();
        self.persistence.written = Some(persisted.clone());
        let keeps_fallback = self.release().keeps_fallback();
        let fresh = |all: Vec<(ModelRef, Fallback)>| {
            all.into_iter().filter(|(_, it)| now.wall_ms < it.expiry(keeps_fallback)).collect::<BTreeMap<_, _>>()
        };
        let (active, dormant) = (fresh(persisted.active), fresh(persisted.dormant));
        let stranded = persisted.stranded.into_iter().filter(|(_, it)| now.wall_ms - it.at < FORGET_AFTER_MS);
        let stranded: BTreeMap<ModelRef, Stranded> = stranded.collect();
        self.notify.recall(persisted.ledger);
        let turns = &mut self.turns;
        turns.ran_before = true;
        turns.bookmark = persisted.bookmark;
        turns.before = Some(BeforeRestart {
            told: active.iter().map(|(from, it)| (from.clone(), it.to.clone())).collect(),
            stranded: stranded.keys().cloned().collect(),
            active: active.clone(),
        });
        turns.fallbacks.active = active;
        turns.fallbacks.dormant = dormant;
        turns.fallbacks.stranded = stranded;
        turns.fallbacks.runs.remember(persisted.runs);
        again
    }
}
