//! Which model answers now, from OpenClaw's log and socket.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ModelRef;
use crate::base::pairs;
use crate::server::observation::Failure;
use crate::turns::run::{Run, Runs, TurnOutcome};
use crate::turns::sessions::Sessions;
use crate::turns::signal::{Reason, SignalKind, Source, SourceTimes, TurnSignal};

/// With no sign of the primary for this long after the last answer from a fallback, the fallback is no longer claimed.
pub(crate) const FORGET_AFTER_MS: i64 = 60 * 60 * 1_000;
/// The same, where a session stays on its fallback however long nobody speaks.
const FORGET_KEPT_AFTER_MS: i64 = 24 * FORGET_AFTER_MS;
/// A model that starts an answer may still break off; only if nothing is heard against it for this long did it answer.
const SETTLE_MS: i64 = 10 * 1_000;
/// Answers that wait for that at once.
const UNSETTLED: usize = 64;

/// What is in force, by the model that was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fallbacks {
    pub active: BTreeMap<ModelRef, Fallback>,
    /// Those whose primary is asked first no more since the route was changed. They go on when it is again, and end when it answers.
    pub dormant: BTreeMap<ModelRef, Fallback>,
    /// Turns that got no answer at all, and none since.
    pub stranded: BTreeMap<ModelRef, Stranded>,
    /// Models that OpenClaw waits for without end.
    pub stuck: BTreeMap<ModelRef, Stuck>,
    pub sessions: Sessions,
    pub runs: Runs,
    /// Answers that began, by the log.
    unsettled: Vec<Unsettled>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fallback {
    pub to: ModelRef,
    /// Unix milliseconds.
    pub since: i64,
    pub last: i64,
    /// Each model that failed on the way, with OpenClaw's reason.
    pub failed: Vec<(ModelRef, Reason)>,
    /// What the probe of the primary's server said then.
    #[serde(skip)]
    pub probe: Option<Failure>,
    /// Answers by model since then.
    #[serde(with = "pairs")]
    pub answers: BTreeMap<ModelRef, u32>,
    /// Whose turns they were, where that is known.
    pub agents: BTreeSet<String>,
    /// The sessions that it answered, each with the time of its last answer. One whose turn is not told has an empty name.
    #[serde(default)]
    pub sessions: BTreeMap<String, i64>,
    /// The primary answered a turn since, and it is not said whether of one of these sessions.
    #[serde(default)]
    pub doubted: bool,
    /// The primary's server was seen down meanwhile, so its return ends the fallback.
    pub saw_down: bool,
    pub evidence: SourceTimes,
    /// The run that `failed` is of.
    pub run: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stranded {
    pub at: i64,
    pub failed: Vec<(ModelRef, Reason)>,
    pub evidence: SourceTimes,
    pub run: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Stuck {
    pub since: i64,
    pub run: String,
}

/// An answer that began over HTTP, of a turn that the log names by its trace alone.
#[derive(Clone, Debug, PartialEq)]
struct Unsettled {
    model: ModelRef,
    trace: Option<String>,
    at: i64,
}

/// What changed in which model answers, and matters to a person.
#[derive(Clone, Debug, PartialEq)]
pub enum RouteTransition {
    FellBack {
        from: ModelRef,
        fallback: Fallback,
    },
    /// The answers come from another model than before.
    Moved {
        from: ModelRef,
        fallback: Fallback,
    },
    Back {
        from: ModelRef,
        was: Fallback,
    },
    Exhausted {
        requested: ModelRef,
        failed: Vec<(ModelRef, Reason)>,
        evidence: SourceTimes,
    },
    /// OpenClaw ended the turn without trying the rest.
    GaveUp {
        requested: ModelRef,
        on: ModelRef,
        reason: Reason,
        evidence: SourceTimes,
    },
    /// The prompt was longer than the model's context.
    Overflow {
        requested: ModelRef,
        on: ModelRef,
        evidence: SourceTimes,
    },
    /// OpenClaw waits for a model, and nothing will end the wait.
    Stuck {
        on: ModelRef,
        waited_ms: i64,
    },
}

/// What the world is like while a signal is taken.
pub(crate) struct TurnContext<'a> {
    /// What the probe of a provider's server says against it.
    pub(crate) outage: &'a dyn Fn(&str) -> Option<Failure>,
    /// The models that a turn for this one may use, itself first.
    pub(crate) chain: &'a dyn Fn(&ModelRef) -> Vec<ModelRef>,
    /// Turns ask this model first.
    pub(crate) is_asked_first: &'a dyn Fn(&ModelRef) -> bool,
    /// A session stays on its fallback until its own primary answers; `None` where the release is not known.
    pub(crate) keeps_fallback: Option<bool>,
    /// The socket tells of every turn.
    pub(crate) is_connected: bool,
    /// A run of which nothing was logged may be believed to have had its primary's answer.
    pub(crate) trust_silence: bool,
}

impl Fallbacks {
    pub(crate) fn take(&mut self, signal: &TurnSignal, context: &TurnContext<'_>) -> Option<RouteTransition> {
        if let Some((id, key)) = self.sessions.learn(signal) {
            self.rename(&id, &key);
        }
        let session = self.sessions.name(signal.key.as_deref(), signal.session.as_deref());
        match &signal.what {
            SignalKind::Fetched { model, status } => {
                if *status < 300 && !context.is_connected && self.unsettled.len() < UNSETTLED {
                    self.unsettled.push(Unsettled { model: model.clone(), trace: signal.trace.clone(), at: signal.at });
                }
                return None;
            }
            SignalKind::Pinned(is_pinned) => {
                session.into_iter().for_each(|it| self.sessions.pin(it, *is_pinned));
                return None;
            }
            SignalKind::Spoke(model) => return self.spoke(model, session.as_deref(), signal.at, context),
            SignalKind::Cleared(model) => return self.answered_by_primary(model, session.as_deref(), signal.at, context),
            SignalKind::Failed { .. } | SignalKind::Answered(_) | SignalKind::AttemptEnded => {
                self.unsettled.retain(|it| it.trace != signal.trace);
            }
            _ => {}
        }
        let key = self.runs.take(signal)?;
        let run = self.runs.get_mut(&key)?;
        if run.waiting.is_none() {
            self.stuck.retain(|_, it| it.run != key);
        }
        if run.settled {
            let run = run.clone();
            self.tell_more(&key, &run);
            return None;
        }
        let outcome = run.outcome(context.chain)?;
        run.settled = outcome != TurnOutcome::SomePrimary;
        let run = run.clone();
        let session = self.sessions.name(run.key.as_deref(), run.session.as_deref());
        if let (Some(session), TurnOutcome::Primary(by) | TurnOutcome::Fallback { by, .. }) = (&session, &outcome) {
            self.sessions.answered(session, by, signal.at);
        }
        // What a person chose for one session says nothing of the route.
        let is_pinned = session.as_ref().is_some_and(|it| self.sessions.is_pinned(it));
        match outcome {
            TurnOutcome::Primary(model) => self.answered_by_primary(&model, session.as_deref(), signal.at, context),
            TurnOutcome::SomePrimary => self.answered_by_some_primary(signal.at, context),
            TurnOutcome::Fallback { requested, by } => {
                let session = session.unwrap_or_default();
                self.answered((requested, by), signal.at, (session, key, run), context)
            }
            TurnOutcome::Alone => None,
            _ if is_pinned => None,
            TurnOutcome::Exhausted(requested) => {
                let (failed, evidence) = (run.failed.clone(), run.evidence.clone());
                self.strand(&requested, signal.at, key, run);
                Some(RouteTransition::Exhausted { requested, failed, evidence })
            }
            TurnOutcome::GaveUp { requested, on, reason } => {
                let evidence = run.evidence.clone();
                self.strand(&requested, signal.at, key, run);
                Some(RouteTransition::GaveUp { requested, on, reason, evidence })
            }
            TurnOutcome::Overflow { requested, on } => Some(RouteTransition::Overflow { requested, on, evidence: run.evidence }),
        }
    }

    fn answered(
        &mut self,
        (from, to): (ModelRef, ModelRef),
        at: i64,
        (session, key, run): (String, String, Run),
        context: &TurnContext<'_>,
    ) -> Option<RouteTransition> {
        self.stranded.remove(&from);
        let is_asked_first = (context.is_asked_first)(&from);
        if is_asked_first && let Some(dormant) = self.dormant.remove(&from) {
            self.active.insert(from.clone(), dormant);
        }
        let known = if is_asked_first { self.active.get_mut(&from) } else { self.dormant.get_mut(&from) };
        let Some(fallback) = known else {
            // The route was changed while the turn was under way.
            if !is_asked_first {
                return None;
            }
            let probe = (context.outage)(&from.provider);
            let mut evidence = run.evidence;
            if probe.is_some() {
                evidence.add(Source::Probe, at);
            }
            let fallback = Fallback {
                answers: BTreeMap::from([(to.clone(), 1)]),
                to,
                since: at,
                last: at,
                failed: run.failed,
                saw_down: probe.is_some(),
                probe,
                agents: run.agent.into_iter().collect(),
                sessions: BTreeMap::from([(session, at)]),
                doubted: false,
                evidence,
                run: key,
            };
            self.active.insert(from.clone(), fallback.clone());
            return Some(RouteTransition::FellBack { from, fallback });
        };
        fallback.count(&to, &session, at);
        fallback.agents.extend(run.agent);
        fallback.evidence.join(&run.evidence);
        if !run.failed.is_empty() {
            (fallback.failed, fallback.run) = (run.failed, key);
        }
        if fallback.to == to || !is_asked_first {
            return None;
        }
        fallback.to = to;
        Some(RouteTransition::Moved { from, fallback: fallback.clone() })
    }

    fn strand(&mut self, requested: &ModelRef, at: i64, key: String, run: Run) {
        self.stranded.insert(requested.clone(), Stranded { at, failed: run.failed, evidence: run.evidence, run: key });
    }

    /// The run was judged before; what came later says more of why, and who else says so.
    fn tell_more(&mut self, key: &str, run: &Run) {
        let session = self.sessions.name(run.key.as_deref(), run.session.as_deref());
        for it in self.active.values_mut().chain(self.dormant.values_mut()).filter(|it| it.run == key) {
            it.failed.clone_from(&run.failed);
            it.agents.extend(run.agent.clone());
            it.evidence.join(&run.evidence);
            if let Some(session) = &session
                && let Some(at) = it.sessions.remove("")
            {
                it.sessions.entry(session.clone()).or_insert(at);
            }
        }
        for it in self.stranded.values_mut().filter(|it| it.run == key) {
            it.failed.clone_from(&run.failed);
            it.evidence.join(&run.evidence);
        }
    }

    fn rename(&mut self, id: &str, key: &str) {
        for it in self.active.values_mut().chain(self.dormant.values_mut()) {
            if let Some(at) = it.sessions.remove(id) {
                let known = it.sessions.entry(key.to_owned()).or_insert(at);
                *known = at.max(*known);
            }
        }
    }

    /// A session has an answer. A session that stays on its fallback has its answers without a decision.
    fn spoke(&mut self, model: &ModelRef, session: Option<&str>, at: i64, context: &TurnContext<'_>) -> Option<RouteTransition> {
        if let Some(session) = session {
            self.sessions.answered(session, model, at);
            let is_of_session =
                |run: &Run| self.sessions.name(run.key.as_deref(), run.session.as_deref()).as_deref() == Some(session);
            // A run that fell back is counted with its own outcome.
            if context.keeps_fallback == Some(true) && !self.runs.fell_back(is_of_session, at) {
                let stays = |it: &&mut Fallback| it.to == *model && it.sessions.get(session).is_some_and(|last| at > *last);
                self.active.values_mut().filter(stays).for_each(|it| it.count(model, session, at));
            }
        }
        self.answered_by_primary(model, session, at, context)
    }

    fn answered_by_primary(
        &mut self,
        model: &ModelRef,
        session: Option<&str>,
        at: i64,
        context: &TurnContext<'_>,
    ) -> Option<RouteTransition> {
        if self.stranded.get(model).is_some_and(|it| at > it.at) {
            self.stranded.remove(model);
        }
        let dormant = self.dormant.get_mut(model).filter(|_| (context.is_asked_first)(model));
        let fallback = self.active.get_mut(model).or(dormant)?;
        // Where a fallback is of one turn alone, the next turn of any session begins at the primary.
        if context.keeps_fallback == Some(false) {
            return if at > fallback.last { self.back(model) } else { None };
        }
        match session {
            None => fallback.doubted |= at > fallback.last,
            Some(session) => {
                if fallback.sessions.get(session).is_some_and(|last| at > *last) {
                    fallback.sessions.remove(session);
                }
                if fallback.sessions.is_empty() {
                    return self.back(model);
                }
                // Whether it is this one is not known.
                fallback.doubted |= fallback.sessions.keys().all(String::is_empty) && at > fallback.last;
            }
        }
        None
    }

    /// Whose run it was is not said, so only a single fallback can be ended by it.
    fn answered_by_some_primary(&mut self, at: i64, context: &TurnContext<'_>) -> Option<RouteTransition> {
        if !context.trust_silence || context.keeps_fallback != Some(false) {
            return None;
        }
        self.stranded.retain(|_, it| at <= it.at);
        let mut active = self.active.iter();
        match (active.next(), active.next()) {
            (Some((from, fallback)), None) if at > fallback.last => {
                let from = from.clone();
                self.back(&from)
            }
            _ => None,
        }
    }

    /// Notes which primaries can't have answered lately, so that their return ends their fallbacks.
    pub(crate) fn note_outages(&mut self, is_out: impl Fn(&ModelRef) -> bool) {
        for (_, fallback) in self.active.iter_mut().filter(|(from, _)| is_out(from)) {
            fallback.saw_down = true;
        }
    }

    /// The server of a primary is ready again. That ends a fallback only where the next turn begins at the primary.
    pub(crate) fn saw_ready(&mut self, provider: &str, keeps_fallback: Option<bool>) -> Vec<RouteTransition> {
        if keeps_fallback != Some(false) {
            return Vec::new();
        }
        let back: Vec<ModelRef> =
            self.active.iter().filter(|(from, it)| from.provider == provider && it.saw_down).map(|it| it.0.clone()).collect();
        back.iter().filter_map(|from| self.back(from)).collect()
    }

    /// The route was changed.
    pub(crate) fn follow(&mut self, is_asked_first: &dyn Fn(&ModelRef) -> bool, keeps_fallback: Option<bool>) {
        self.stranded.retain(|from, _| is_asked_first(from));
        let is_first = |it: &(ModelRef, Fallback)| is_asked_first(&it.0);
        let (stay, left): (BTreeMap<_, _>, BTreeMap<_, _>) = std::mem::take(&mut self.active).into_iter().partition(is_first);
        self.active = stay;
        self.dormant.extend(left);
        if keeps_fallback != Some(false) {
            let (again, left): (Vec<_>, Vec<_>) = std::mem::take(&mut self.dormant).into_iter().partition(is_first);
            self.dormant.extend(left);
            self.active.extend(again.into_iter().map(|(from, it)| {
                let doubted = it.doubted || keeps_fallback.is_none();
                (from, Fallback { doubted, ..it })
            }));
        }
    }

    /// What time alone settles.
    pub(crate) fn tick(&mut self, now_ms: i64, keeps_fallback: Option<bool>) -> Vec<RouteTransition> {
        self.active.retain(|_, it| now_ms < it.expiry(keeps_fallback));
        self.dormant.retain(|_, it| now_ms < it.expiry(keeps_fallback));
        self.stranded.retain(|_, it| now_ms < it.at + FORGET_AFTER_MS);
        let settled: Vec<Unsettled> = self.unsettled.extract_if(.., |it| now_ms >= it.at + SETTLE_MS).collect();
        settled.into_iter().filter_map(|it| self.settle(it, keeps_fallback)).collect()
    }

    /// A turn was answered, and the log does not say of which session.
    fn settle(&mut self, answer: Unsettled, keeps_fallback: Option<bool>) -> Option<RouteTransition> {
        let Unsettled { model, at, .. } = answer;
        if keeps_fallback == Some(true) {
            for it in self.active.values_mut().filter(|it| it.to == model && at > it.last) {
                *it.answers.entry(model.clone()).or_default() += 1;
                (it.last, it.doubted) = (at, false);
            }
        }
        let fallback = self.active.get_mut(&model).filter(|it| at > it.last)?;
        if keeps_fallback == Some(false) {
            return self.back(&model);
        }
        fallback.doubted = true;
        None
    }

    pub(crate) fn next_expiry(&self, keeps_fallback: Option<bool>) -> Option<i64> {
        let fallbacks = self.active.values().chain(self.dormant.values()).map(|it| it.expiry(keeps_fallback));
        let stranded = self.stranded.values().map(|it| it.at + FORGET_AFTER_MS);
        fallbacks.chain(stranded).chain(self.unsettled.iter().map(|it| it.at + SETTLE_MS)).min()
    }

    fn back(&mut self, from: &ModelRef) -> Option<RouteTransition> {
        let was = self.active.remove(from).or_else(|| self.dormant.remove(from))?;
        Some(RouteTransition::Back { from: from.clone(), was })
    }
}

impl Fallback {
    /// When it is no longer claimed (Unix milliseconds).
    pub(crate) fn expiry(&self, keeps_fallback: Option<bool>) -> i64 {
        let stays = keeps_fallback == Some(true) && !self.doubted;
        self.last + if stays { FORGET_KEPT_AFTER_MS } else { FORGET_AFTER_MS }
    }

    fn count(&mut self, by: &ModelRef, session: &str, at: i64) {
        *self.answers.entry(by.clone()).or_default() += 1;
        self.last = self.last.max(at);
        self.doubted = false;
        let last = self.sessions.entry(session.to_owned()).or_insert(at);
        *last = at.max(*last);
    }
}
