//! What survives a restart, so that nothing is told twice and nothing is lost: the fallbacks in force, the runs that were judged, and
//! what was told when.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ModelRef;
use crate::event::Effect;
use crate::history::Record;
use crate::route::{FORGET_AFTER_MS, Fallback, Stranded};
use crate::state::{Now, State};

/// The runs of the last hours are enough: older lines are not read again.
const RUNS: usize = 64;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    active: Vec<(ModelRef, Fallback)>,
    stranded: Vec<(ModelRef, Stranded)>,
    runs: Vec<String>,
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

impl Memory {
    /// Nothing, where nothing was kept or it can't be read: then it is as on the first start.
    #[must_use]
    pub fn of(values: &BTreeMap<String, String>) -> Option<Memory> {
        serde_json::from_str(values.get(KEY)?).ok()
    }
}

/// Before anything is told, so that what is told is not told again after a restart.
pub(crate) fn keep(state: &mut State, now: &Now, effects: &mut Vec<Effect>) {
    let urgent = effects.iter().any(|it| matches!(it, Effect::Notify(_) | Effect::Quit));
    if !state.recalled || !urgent && now.mono < state.remembered_at + CALM {
        return;
    }
    state.remembered_at = now.mono;
    let memory = state.memory();
    if memory == state.remembered {
        return;
    }
    if let Ok(value) = serde_json::to_string(&memory) {
        effects.insert(0, Effect::Remember(Record::Value { key: KEY, value }));
    }
    state.remembered = memory;
}

impl State {
    #[must_use]
    pub fn memory(&self) -> Memory {
        let mut runs: Vec<String> = self.fallbacks.runs.settled().cloned().collect();
        runs.drain(..runs.len().saturating_sub(RUNS));
        Memory {
            active: self.fallbacks.active.clone().into_iter().collect(),
            stranded: self.fallbacks.stranded.clone().into_iter().collect(),
            runs,
            bookmark: self.bookmark.clone(),
        }
    }

    /// What was kept comes back before the first line of the log.
    pub(crate) fn recall(&mut self, memory: Option<Memory>, now: &Now) {
        self.recalled = true;
        let Some(memory) = memory else { return };
        self.bookmark.clone_from(&memory.bookmark);
        self.remembered = memory.clone();
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
