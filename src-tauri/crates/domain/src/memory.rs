//! What survives a restart, so that nothing is told twice and nothing is lost: the fallbacks in force, the runs that were judged, and
//! what was told when.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ModelRef;
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
}

/// How it was when Pilot Light ended, until what happened since is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Before {
    pub active: BTreeMap<ModelRef, Fallback>,
    pub told: BTreeMap<ModelRef, ModelRef>,
    pub stranded: BTreeSet<ModelRef>,
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
        }
    }

    /// Call it before the first event.
    pub fn recall(&mut self, memory: Memory, now: &Now) {
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
