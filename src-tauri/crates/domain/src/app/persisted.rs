//! What survives a restart, so that nothing is told twice and nothing is lost: the fallbacks in force, the runs that were judged, and
//! what was told when.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ModelRef;
use crate::app::event::Effect;
use crate::app::state::{Now, State};
use crate::history::Record;
use crate::notify::notice::Notice;
use crate::turns::fallback::{FORGET_AFTER_MS, Fallback, Stranded};

/// The runs of the last hours are enough: older lines are not read again.
const RUNS: usize = 64;
/// A desktop that never says that it showed one does not make this grow.
const UNSHOWN: usize = 16;
/// What nobody saw for longer is no news any more.
const NEWS_MS: i64 = 10 * 60 * 1_000;
/// It may have been on the screen already: of the two, twice is the better.
const AGAIN: &str = " Told again, since Pilot Light ended as it showed this.";

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Persisted {
    active: Vec<(ModelRef, Fallback)>,
    stranded: Vec<(ModelRef, Stranded)>,
    runs: Vec<String>,
    /// Told, as far as the rules go; the shell has not said yet that a person could see them.
    unshown: Vec<Notice>,
    /// Where in the log all before was read.
    pub bookmark: Option<String>,
}

/// How it was when Pilot Light ended, until what happened since is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Before {
    pub active: BTreeMap<ModelRef, Fallback>,
    pub told: BTreeMap<ModelRef, ModelRef>,
    pub stranded: BTreeSet<ModelRef>,
}

/// The name of the value in the history.
const KEY: &str = "route";
/// Between two writes while nothing happens but that the log grows.
const CALM: Duration = Duration::from_secs(30);

impl Persisted {
    /// Nothing, where nothing was kept or it can't be read: then it is as on the first start.
    #[must_use]
    pub fn of(values: &BTreeMap<String, String>) -> Option<Persisted> {
        serde_json::from_str(values.get(KEY)?).ok()
    }
}

/// Before anything is told, so that what is told is not told again after a restart; with what is told, so that it is not lost in one.
pub(crate) fn keep(state: &mut State, now: &Now, effects: &mut Vec<Effect>) {
    let told = effects.iter().filter_map(|it| match it {
        Effect::Notify(notice) => Some(notice.clone()),
        _ => None,
    });
    state.unshown.extend(told);
    let surplus = state.unshown.len().saturating_sub(UNSHOWN);
    state.unshown.drain(..surplus);
    // The first one says that there was a start before.
    let unshown = state.remembered.as_ref().map(|it| &it.unshown);
    let urgent = unshown != Some(&state.unshown) || effects.contains(&Effect::Quit);
    if !state.recalled || !urgent && now.mono < state.remembered_at + CALM {
        return;
    }
    state.remembered_at = now.mono;
    let memory = state.memory();
    if state.remembered.as_ref() == Some(&memory) {
        return;
    }
    if let Ok(value) = serde_json::to_string(&memory) {
        effects.insert(0, Effect::Remember(Record::Value { key: KEY, value }));
    }
    state.remembered = Some(memory);
}

impl State {
    /// What an earlier start left is known.
    #[must_use]
    pub fn is_recalled(&self) -> bool {
        self.recalled
    }

    #[must_use]
    pub fn memory(&self) -> Persisted {
        let mut runs: Vec<String> = self.fallbacks.runs.settled().cloned().collect();
        runs.drain(..runs.len().saturating_sub(RUNS));
        Persisted {
            active: self.fallbacks.active.clone().into_iter().collect(),
            stranded: self.fallbacks.stranded.clone().into_iter().collect(),
            runs,
            unshown: self.unshown.clone(),
            bookmark: self.bookmark.clone(),
        }
    }

    /// What was kept comes back before the first line of the log.
    pub(crate) fn recall(&mut self, memory: Option<Persisted>, now: &Now, effects: &mut Vec<Effect>) {
        self.recalled = true;
        let Some(memory) = memory else { return };
        self.ran_before = true;
        let news = memory.unshown.iter().filter(|it| now.wall_ms - it.at < NEWS_MS);
        effects.extend(news.map(|it| {
            let body = it.body.trim_end_matches(AGAIN).to_owned() + AGAIN;
            Effect::Notify(Notice { body, ..it.clone() })
        }));
        self.bookmark.clone_from(&memory.bookmark);
        self.remembered = Some(memory.clone());
        let fresh = |at: i64| now.wall_ms - at < FORGET_AFTER_MS;
        let active: BTreeMap<ModelRef, Fallback> = memory.active.into_iter().filter(|(_, it)| fresh(it.last)).collect();
        let stranded: BTreeMap<ModelRef, Stranded> = memory.stranded.into_iter().filter(|(_, it)| fresh(it.at)).collect();
        self.before = Some(Before {
            told: active.iter().map(|(from, it)| (from.clone(), it.to.clone())).collect(),
            stranded: stranded.keys().cloned().collect(),
            active: active.clone(),
        });
        self.fallbacks.active = active;
        self.fallbacks.stranded = stranded;
        self.fallbacks.runs.remember(memory.runs);
    }
}
