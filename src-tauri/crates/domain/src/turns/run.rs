//! What is known of each run. Log and socket tell of the same run in any order and with different gaps, so a run is a set of facts that
//! only grows, and its verdict follows from the facts: it is given once, whoever completes it.

use std::collections::{BTreeMap, VecDeque};

use crate::ModelRef;
use crate::turns::signal::{Next, Reason, SignalKind, SourceTimes, TurnSignal};

/// Runs remembered, so that each is judged once.
const KEPT: usize = 256;
/// A session without a word of its run: what is said of it within this time is about the same one.
const SAME_RUN_MS: i64 = 10_000;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Runs {
    runs: BTreeMap<String, Run>,
    /// Oldest first.
    order: VecDeque<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    pub agent: Option<String>,
    pub session: Option<String>,
    /// The key of its session.
    pub key: Option<String>,
    pub requested: Option<ModelRef>,
    /// The first model that was asked: the requested one, if nobody says otherwise.
    pub asked: Option<ModelRef>,
    /// In the order of the chain.
    pub failed: Vec<(ModelRef, Reason)>,
    pub answered: Option<ModelRef>,
    pub exhausted: bool,
    /// It could use one model alone.
    pub alone: bool,
    pub stopped: Option<(ModelRef, Reason)>,
    pub errored: Option<Reason>,
    /// On this one its prompt was too long.
    pub overflowed: Option<ModelRef>,
    pub ended: bool,
    pub retry: Option<Retry>,
    /// Waiting for a model since then (Unix milliseconds).
    pub waiting: Option<i64>,
    pub evidence: SourceTimes,
    pub last: i64,
    pub settled: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    pub n: u32,
    pub of: u32,
    pub reason: Reason,
}

/// How a run came out.
#[derive(Clone, Debug, PartialEq)]
pub enum TurnOutcome {
    Primary(ModelRef),
    Fallback {
        requested: ModelRef,
        by: ModelRef,
    },
    /// It ended well without a decision: the model that it asked for answered, and it is not said which that was.
    SomePrimary,
    Exhausted(ModelRef),
    /// The one model that it could use failed, though its route has others: a person chose the model for its session.
    Alone,
    /// It was ended without trying the rest of the chain.
    GaveUp {
        requested: ModelRef,
        on: ModelRef,
        reason: Reason,
    },
    /// The prompt was too long, which OpenClaw never falls back on.
    Overflow {
        requested: ModelRef,
        on: ModelRef,
    },
}

impl Runs {
    /// Adds what was said; the key is for `get`. `None`: it is about no run that is known.
    pub(crate) fn take(&mut self, sign: &TurnSignal) -> Option<String> {
        let key = match &sign.what {
            SignalKind::Uncompacted(model) => self.overflowed_on(model)?,
            _ => self.key(sign),
        };
        let run = self.runs.entry(key.clone()).or_default();
        run.learn(sign);
        if !self.order.contains(&key) {
            self.order.push_back(key.clone());
            if self.order.len() > KEPT
                && let Some(oldest) = self.order.pop_front()
            {
                self.runs.remove(&oldest);
            }
        }
        Some(key)
    }

    pub fn get(&self, key: &str) -> Option<&Run> {
        self.runs.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Run> {
        self.runs.get_mut(key)
    }

    /// Those that are under way.
    pub fn open(&self) -> impl Iterator<Item = (&str, &Run)> {
        self.order.iter().filter_map(|key| Some((key.as_str(), self.runs.get(key).filter(|it| it.is_open())?)))
    }

    /// Whether the latest run of a session fell back, if it is the one that spoke then.
    pub(crate) fn fell_back(&self, is_of_session: impl Fn(&Run) -> bool, at: i64) -> bool {
        let latest = self.order.iter().rev().filter_map(|key| self.runs.get(key)).find(|run| is_of_session(run));
        latest.is_some_and(|run| {
            (run.is_open() || (at - run.last).abs() <= SAME_RUN_MS) && (!run.failed.is_empty() || run.answered.is_some())
        })
    }

    /// Of runs that were heard of only over the socket it is not known any more whether they still wait.
    pub(crate) fn lose_sight(&mut self) {
        self.runs.values_mut().for_each(|it| (it.waiting, it.retry) = (None, None));
    }

    /// The keys of those that were judged, oldest first.
    pub(crate) fn settled(&self) -> impl Iterator<Item = &String> {
        self.order.iter().filter(|key| self.runs.get(*key).is_some_and(|it| it.settled))
    }

    /// Judged before a restart.
    pub(crate) fn remember(&mut self, keys: impl IntoIterator<Item = String>) {
        for key in keys {
            self.runs.insert(key.clone(), Run { settled: true, ..Run::default() });
            self.order.push_back(key);
        }
    }

    /// OpenClaw leaves the run out of some lines; then the session says which one is meant.
    fn key(&mut self, sign: &TurnSignal) -> String {
        let of_session = sign.session.as_ref().map(|it| format!("session {it}"));
        if let Some(run) = &sign.run {
            // A nameless record of a moment ago turns out to be this run.
            if let Some(nameless) = of_session.filter(|it| !self.runs.contains_key(run) && self.is_recent(it, sign.at))
                && let Some(known) = self.runs.remove(&nameless)
            {
                self.runs.insert(run.clone(), known);
                self.order.iter_mut().filter(|it| **it == nameless).for_each(|it| it.clone_from(run));
            }
            return run.clone();
        }
        let Some(nameless) = of_session else { return String::new() };
        let named = self.order.iter().rev().find(|key| {
            self.runs
                .get(*key)
                .is_some_and(|it| it.session == sign.session && (it.is_open() || (sign.at - it.last).abs() <= SAME_RUN_MS))
        });
        if let Some(named) = named {
            return named.clone();
        }
        // The session's next turn.
        if self.runs.remove(&nameless).is_some() {
            self.order.retain(|it| *it != nameless);
        }
        nameless
    }

    /// The latest that goes on after it overflowed.
    fn overflowed_on(&self, model: &ModelRef) -> Option<String> {
        let goes_on = |it: &Run| it.is_open() && it.overflowed.as_ref() == Some(model);
        self.order.iter().rev().find(|key| self.runs.get(*key).is_some_and(goes_on)).cloned()
    }

    fn is_recent(&self, key: &str, at: i64) -> bool {
        self.runs.get(key).is_some_and(|it| (at - it.last).abs() <= SAME_RUN_MS)
    }
}

impl Run {
    fn learn(&mut self, sign: &TurnSignal) {
        self.last = self.last.max(sign.at);
        self.evidence.add(sign.source, sign.at);
        let known = [(&mut self.agent, &sign.agent), (&mut self.session, &sign.session), (&mut self.key, &sign.key)];
        for (mine, said) in known {
            if mine.is_none() {
                mine.clone_from(said);
            }
        }
        if sign.requested.is_some() {
            self.requested.clone_from(&sign.requested);
        }
        match &sign.what {
            SignalKind::Asking(model) => {
                if self.asked.is_none() {
                    self.asked.clone_from(model);
                }
                self.waiting.get_or_insert(sign.at);
            }
            SignalKind::Retrying { n, of, reason } => {
                self.retry = Some(Retry { n: *n, of: *of, reason: reason.clone() });
                // The attempt before came to an end, so OpenClaw is not waiting for it without end.
                self.waiting = Some(sign.at);
            }
            SignalKind::Stalled { waited_ms } => {
                let since = sign.at - waited_ms;
                self.waiting = Some(self.waiting.map_or(since, |it| it.min(since)));
            }
            SignalKind::Failed { model, reason, next } => {
                match self.failed.iter_mut().find(|it| it.0 == *model) {
                    Some((_, known)) => known.learn(reason),
                    None => self.failed.push((model.clone(), reason.clone())),
                }
                self.exhausted |= matches!(next, Next::Nobody | Next::Alone);
                self.alone |= *next == Next::Alone;
                self.waiting = None;
                // It may be asked again.
                if *next != Next::Unsaid {
                    self.retry = None;
                }
            }
            SignalKind::Answered(model) => {
                self.answered = Some(model.clone());
                self.rest();
            }
            SignalKind::Stopped { model, reason } => {
                let known = self.stopped.get_or_insert_with(|| (model.clone(), Reason::default()));
                known.1.learn(reason);
                self.rest();
            }
            SignalKind::Errored(reason) => {
                let errored = self.errored.get_or_insert_default();
                errored.learn(reason);
                // Where no reason is given, that of the last attempt.
                if let Some(retry) = self.retry.as_ref().filter(|_| reason.code.is_empty()) {
                    errored.learn(&retry.reason);
                }
                self.rest();
            }
            SignalKind::Overflowed(model) => {
                self.overflowed = Some(model.clone());
                self.asked.get_or_insert_with(|| model.clone());
                self.rest();
            }
            SignalKind::Uncompacted(_) => {
                self.errored.get_or_insert_default().learn(&Reason::of("context_overflow"));
                self.rest();
            }
            SignalKind::Ended => {
                self.ended = true;
                self.rest();
            }
            // No model's doing, so there is nothing to judge.
            SignalKind::Interrupted => {
                self.settled = true;
                self.rest();
            }
            SignalKind::AttemptEnded => self.waiting = None,
            SignalKind::Alive { speaking } => {
                self.rest();
                // It may stop in the middle.
                self.waiting = speaking.then_some(sign.at);
            }
            SignalKind::Fetched { .. } | SignalKind::Spoke(_) | SignalKind::Cleared(_) | SignalKind::Pinned(_) => {}
        }
    }

    fn is_open(&self) -> bool {
        !self.settled && !self.ended && self.errored.is_none()
    }

    /// It does not wait for a model.
    fn rest(&mut self) {
        (self.waiting, self.retry) = (None, None);
    }

    /// What the run asked for, as far as can be told.
    pub fn asked_for(&self) -> Option<&ModelRef> {
        self.requested.as_ref().or_else(|| self.failed.first().map(|it| &it.0)).or(self.asked.as_ref())
    }

    /// `None` while it can't be said. `chain` gives the models that a run for this one may use.
    pub(crate) fn outcome(&self, chain: impl Fn(&ModelRef) -> Vec<ModelRef>) -> Option<TurnOutcome> {
        if let Some(by) = &self.answered {
            let requested = self.requested.clone()?;
            return Some(if requested == *by {
                TurnOutcome::Primary(requested)
            } else {
                TurnOutcome::Fallback { requested, by: by.clone() }
            });
        }
        if self.ended && self.failed.is_empty() {
            return Some(TurnOutcome::SomePrimary);
        }
        let requested = self.asked_for().or(self.stopped.as_ref().map(|it| &it.0))?.clone();
        if self.exhausted {
            let has_others = self.alone && chain(&requested).len() > 1;
            return Some(if has_others { TurnOutcome::Alone } else { TurnOutcome::Exhausted(requested) });
        }
        if let Some((on, reason)) = self.stopped.clone() {
            return Some(TurnOutcome::GaveUp { requested, on, reason });
        }
        let errored = self.errored.as_ref()?;
        let last = self.failed.last();
        let on = last.map_or_else(|| requested.clone(), |it| it.0.clone());
        let code = last.map_or(errored.code.as_str(), |it| it.1.code.as_str());
        let tried_all = chain(&requested).iter().all(|it| self.failed.iter().any(|failed| failed.0 == *it));
        match code {
            "context_overflow" => Some(TurnOutcome::Overflow { requested, on }),
            // A person stopped it, or a tool failed: that is not the models' doing.
            "" => None,
            _ if tried_all => Some(TurnOutcome::Exhausted(requested)),
            _ => Some(TurnOutcome::GaveUp { requested, on, reason: last.map_or(errored, |it| &it.1).clone() }),
        }
    }
}
