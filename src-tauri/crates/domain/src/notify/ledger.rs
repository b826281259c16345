//! What a person was told of the states that last: a fallback, an outage. The beginning is told at most once in the quiet time, and later
//! if the state still lasts then; the end is told if the beginning was.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::pairs;
use crate::notify::notice::Code;
use crate::server::ServerTransition;
use crate::transition::Transition;
use crate::turns::fallback::RouteTransition;

/// A state that has a beginning and an end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Lasting {
    pub kind: LastingKind,
    /// The model that was left, the provider, the base URL, or the model that gave no answer.
    pub subject: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LastingKind {
    Fallback,
    BoxDown,
    UpstreamDown,
    NoAnswer,
}

impl Lasting {
    fn new(kind: LastingKind, subject: impl ToString) -> Self {
        Lasting { kind, subject: subject.to_string() }
    }

    /// The state that a transition begins (`true`) or ends.
    pub(super) fn of(transition: &Transition) -> Option<(Lasting, bool)> {
        Some(match transition {
            Transition::Route(RouteTransition::FellBack { from, .. } | RouteTransition::Moved { from, .. }) => {
                (Lasting::new(LastingKind::Fallback, from), true)
            }
            Transition::Route(RouteTransition::Back { from, .. }) => (Lasting::new(LastingKind::Fallback, from), false),
            Transition::Server(ServerTransition::BoxDown { provider, .. }) => {
                (Lasting::new(LastingKind::BoxDown, provider), true)
            }
            Transition::Server(ServerTransition::BoxUp { provider, .. }) => (Lasting::new(LastingKind::BoxDown, provider), false),
            Transition::Server(ServerTransition::UpstreamDown { base_url, .. }) => {
                (Lasting::new(LastingKind::UpstreamDown, base_url), true)
            }
            Transition::Server(ServerTransition::UpstreamUp { base_url, .. }) => {
                (Lasting::new(LastingKind::UpstreamDown, base_url), false)
            }
            Transition::Server(ServerTransition::CheckFailed { model, .. }) => (Lasting::new(LastingKind::NoAnswer, model), true),
            Transition::Server(ServerTransition::CheckPassed { model }) => (Lasting::new(LastingKind::NoAnswer, model), false),
            _ => return None,
        })
    }

    /// Of the notice of its beginning.
    pub(super) fn code(&self) -> Code {
        match self.kind {
            LastingKind::Fallback => Code::FallbackStarted,
            LastingKind::BoxDown | LastingKind::UpstreamDown | LastingKind::NoAnswer => Code::BoxDown,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Ledger {
    #[serde(with = "pairs")]
    states: BTreeMap<Lasting, Told>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Told {
    /// The subject of the notice of its beginning, and when it was told (Unix milliseconds).
    beginning: Option<(String, i64)>,
    /// The beginning, or another one than was told, waits.
    waits: Option<Wait>,
    /// It is over, and that can't be told yet; with the time of its end (Unix milliseconds).
    #[serde(skip)]
    end: Option<(Box<Transition>, i64)>,
}

/// Unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Wait {
    /// When it happened: the moment that the history has.
    at: i64,
    until: i64,
}

impl Ledger {
    pub(super) fn is_told(&self, lasting: &Lasting, subject: &str) -> bool {
        self.beginning(lasting).is_some_and(|it| it.0 == subject)
    }

    /// The states whose beginning was told, and of whose end nothing is known, with the time when it was told.
    pub(crate) fn beginnings(&self) -> impl Iterator<Item = (&Lasting, i64)> {
        let open = self.states.iter().filter(|it| it.1.end.is_none());
        open.filter_map(|(lasting, it)| Some((lasting, it.beginning.as_ref()?.1)))
    }

    /// Every state of which something was told, or waits to be.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Lasting> {
        self.states.keys()
    }

    fn beginning(&self, lasting: &Lasting) -> Option<&(String, i64)> {
        self.states.get(lasting)?.beginning.as_ref()
    }

    pub(super) fn told(&mut self, lasting: Lasting, subject: String, at: i64) {
        self.states.insert(lasting, Told { beginning: Some((subject, at)), ..Told::default() });
    }

    pub(super) fn wait(&mut self, lasting: Lasting, at: i64, until: i64) {
        let state = self.states.entry(lasting).or_default();
        (state.waits, state.end) = (Some(Wait { at, until }), None);
    }

    /// It began again before its end was told, so it goes on as it was told.
    pub(super) fn goes_on(&mut self, lasting: &Lasting) {
        if let Some(state) = self.states.get_mut(lasting) {
            (state.waits, state.end) = (None, None);
        }
    }

    /// Notes the end. Returns whether the beginning was told.
    pub(super) fn ends(&mut self, lasting: &Lasting) -> bool {
        if let Some(state) = self.states.get_mut(lasting) {
            state.waits = None;
            if state.beginning.is_some() {
                return true;
            }
            self.states.remove(lasting);
        }
        false
    }

    pub(super) fn hold_end(&mut self, lasting: Lasting, transition: Transition, at: i64) {
        self.states.entry(lasting).or_default().end = Some((Box::new(transition), at));
    }

    pub(super) fn held_end(&self, lasting: &Lasting) -> Option<(&Transition, i64)> {
        self.states.get(lasting)?.end.as_ref().map(|(transition, at)| (&**transition, *at))
    }

    pub(super) fn held_ends(&self) -> Vec<Lasting> {
        self.states.iter().filter(|it| it.1.end.is_some()).map(|it| it.0.clone()).collect()
    }

    pub(super) fn ended(&mut self, lasting: &Lasting) {
        self.states.remove(lasting);
    }

    /// Those whose beginning waits, each with the time until which it does.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (&Lasting, i64)> {
        self.states.iter().filter_map(|(lasting, it)| Some((lasting, it.waits?.until)))
    }

    /// When the beginning that waits happened.
    pub(super) fn waits_since(&self, lasting: &Lasting) -> Option<i64> {
        Some(self.states.get(lasting)?.waits?.at)
    }

    pub(super) fn all_told(&self) -> impl Iterator<Item = (&Lasting, &str, i64)> {
        self.states.iter().filter_map(|(lasting, it)| it.beginning.as_ref().map(|it| (lasting, it.0.as_str(), it.1)))
    }

    /// Forgets a state that lasts no more, without an end that could be told.
    pub(crate) fn forget(&mut self, lasting: &Lasting) {
        self.states.retain(|it, told| it != lasting || told.end.is_some());
    }

    pub(super) fn clock_set(&mut self, by_ms: i64) {
        for it in self.states.values_mut() {
            it.beginning.iter_mut().for_each(|it| it.1 -= by_ms);
            it.waits.iter_mut().for_each(|it| it.until -= by_ms);
        }
    }
}
