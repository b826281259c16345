//! The sessions that turns belong to. Log and socket call one session by different names, and OpenClaw keeps some things by session: what
//! a person pinned, and in older releases the fallback.

use std::collections::{BTreeMap, BTreeSet};

use crate::ModelRef;
use crate::turns::signal::TurnSignal;

/// Sessions remembered.
const KEPT: usize = 256;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sessions {
    /// The key of each session id. The key stays when a person begins anew, the id does not.
    keys: BTreeMap<String, String>,
    last: BTreeMap<String, LastTurn>,
    /// A person chose the model of these with `/model`, so they have no fallback.
    pinned: BTreeSet<String>,
}

/// Which model gave a session its last answer.
#[derive(Clone, Debug, PartialEq)]
pub struct LastTurn {
    pub model: ModelRef,
    /// Unix milliseconds.
    pub at: i64,
}

impl Sessions {
    /// The name of a signal's session: its key where that is known, else its id.
    pub(crate) fn name(&self, key: Option<&str>, id: Option<&str>) -> Option<String> {
        key.or_else(|| id.and_then(|it| self.keys.get(it)).map(String::as_str)).or(id).map(str::to_owned)
    }

    /// Learns that an id and a key are one session, and returns the two if that is new.
    pub(crate) fn learn(&mut self, signal: &TurnSignal) -> Option<(String, String)> {
        let (id, key) = (signal.session.as_ref()?, signal.key.as_ref()?);
        if self.keys.get(id) == Some(key) {
            return None;
        }
        if self.keys.len() >= KEPT {
            self.keys.clear();
        }
        self.keys.insert(id.clone(), key.clone());
        if let Some(last) = self.last.remove(id) {
            self.last.entry(key.clone()).or_insert(last);
        }
        Some((id.clone(), key.clone()))
    }

    pub(crate) fn answered(&mut self, session: &str, model: &ModelRef, at: i64) {
        if self.last.get(session).is_some_and(|it| it.at > at) {
            return;
        }
        if self.last.len() >= KEPT
            && let Some(oldest) = self.last.iter().min_by_key(|it| it.1.at).map(|it| it.0.clone())
        {
            self.last.remove(&oldest);
        }
        self.last.insert(session.to_owned(), LastTurn { model: model.clone(), at });
    }

    /// Which model answered a session's last turn, by its key (`agent:main:main`) or its id.
    #[must_use]
    pub fn last(&self, session: &str) -> Option<&LastTurn> {
        self.last.get(session)
    }

    pub(crate) fn pin(&mut self, session: String, is_pinned: bool) {
        if !is_pinned {
            self.pinned.remove(&session);
        } else if self.pinned.len() < KEPT {
            self.pinned.insert(session);
        }
    }

    pub(crate) fn is_pinned(&self, session: &str) -> bool {
        self.pinned.contains(session)
    }
}
