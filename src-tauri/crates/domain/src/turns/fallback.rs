//! Which model answers now, from OpenClaw's log and socket.
//! comes from the probes. All three are joined here into one state.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ModelRef;
use crate::server::observation::Failure;
use crate::turns::run::{Run, Runs, TurnOutcome};
use crate::turns::signal::{Reason, SignalKind, Source, SourceTimes, TurnSignal};

/// With no sign of the primary for this long after the last answer from a fallback, the fallback is no longer claimed.
pub(crate) const FORGET_AFTER_MS: i64 = 60 * 60 * 1_000;
/// A model that starts an answer may still break off; only if nothing is heard against it for this long did it answer.
const SETTLE_MS: i64 = 10 * 1_000;

/// What is in force, by the model that was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fallbacks {
    pub active: BTreeMap<ModelRef, Fallback>,
    /// Turns that got no answer at all, and none since.
    pub stranded: BTreeMap<ModelRef, Stranded>,
    /// Models that OpenClaw waits for without end.
    pub stuck: BTreeMap<ModelRef, Stuck>,
    pub runs: Runs,
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
    /// The primary's server was seen down meanwhile, so its return ends the fallback.
    pub saw_down: bool,
    /// The primary began to answer at this time (Unix milliseconds).
    pub recovering: Option<i64>,
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

/// What the world is like while a sign is taken.
pub(crate) struct TurnContext<'a> {
    /// What the probe of a provider's server says against it.
    pub(crate) outage: &'a dyn Fn(&str) -> Option<Failure>,
    /// The models that a turn for this one may use, itself first.
    pub(crate) chain: &'a dyn Fn(&ModelRef) -> Vec<ModelRef>,
    /// A run of which nothing was logged may be believed to have had its primary's answer.
    pub(crate) trust_silence: bool,
}

impl Fallbacks {
    pub(crate) fn take(&mut self, sign: &TurnSignal, context: &TurnContext<'_>) -> Option<RouteTransition> {
        match &sign.what {
            SignalKind::Fetched { model, status } => {
                if *status < 300 {
                    self.fetched(model, sign.at);
                }
                return None;
            }
            SignalKind::Spoke(model) | SignalKind::Cleared(model) => return self.answered_by_primary(model, sign.at),
            SignalKind::Failed { model, .. } => {
                if let Some(active) = self.active.get_mut(model) {
                    active.recovering = None;
                }
            }
            _ => {}
        }
        let key = self.runs.take(sign)?;
        let run = self.runs.get_mut(&key)?;
        if run.waiting.is_none() {
            self.stuck.retain(|_, it| it.run != key);
        }
        if run.settled {
            let run = run.clone();
            self.tell_more(&key, &run);
            return None;
        }
        let verdict = run.verdict(context.chain)?;
        run.settled = verdict != TurnOutcome::SomePrimary;
        let run = run.clone();
        match verdict {
            TurnOutcome::Primary(model) => self.answered_by_primary(&model, sign.at),
            TurnOutcome::SomePrimary if context.trust_silence => self.answered_by_some_primary(sign.at),
            TurnOutcome::SomePrimary => None,
            TurnOutcome::Fallback { requested, by } => {
                let probe = (context.outage)(&requested.provider);
                self.answered(requested, by, sign.at, key, run, probe)
            }
            TurnOutcome::Exhausted(requested) => {
                let (failed, evidence) = (run.failed.clone(), run.evidence.clone());
                self.strand(&requested, sign.at, key, run);
                Some(RouteTransition::Exhausted { requested, failed, evidence })
            }
            TurnOutcome::GaveUp { requested, on } => {
                let evidence = run.evidence.clone();
                self.strand(&requested, sign.at, key, run);
                Some(RouteTransition::GaveUp { requested, on, evidence })
            }
            TurnOutcome::Overflow { requested, on } => Some(RouteTransition::Overflow { requested, on, evidence: run.evidence }),
        }
    }

    fn answered(
        &mut self,
        from: ModelRef,
        to: ModelRef,
        at: i64,
        key: String,
        run: Run,
        probe: Option<Failure>,
    ) -> Option<RouteTransition> {
        self.stranded.remove(&from);
        let Some(active) = self.active.get_mut(&from) else {
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
                recovering: None,
                evidence,
                run: key,
            };
            self.active.insert(from.clone(), fallback.clone());
            return Some(RouteTransition::FellBack { from, fallback });
        };
        *active.answers.entry(to.clone()).or_default() += 1;
        active.last = active.last.max(at);
        active.recovering = None;
        active.agents.extend(run.agent);
        active.evidence.join(&run.evidence);
        if !run.failed.is_empty() {
            (active.failed, active.run) = (run.failed, key);
        }
        if active.to == to {
            return None;
        }
        active.to = to;
        Some(RouteTransition::Moved { from, fallback: active.clone() })
    }

    fn strand(&mut self, requested: &ModelRef, at: i64, key: String, run: Run) {
        self.stranded.insert(requested.clone(), Stranded { at, failed: run.failed, evidence: run.evidence, run: key });
    }

    /// The run was judged before; what came later says more of why, and who else says so.
    fn tell_more(&mut self, key: &str, run: &Run) {
        for it in self.active.values_mut().filter(|it| it.run == key) {
            it.failed.clone_from(&run.failed);
            it.agents.extend(run.agent.clone());
            it.evidence.join(&run.evidence);
        }
        for it in self.stranded.values_mut().filter(|it| it.run == key) {
            it.failed.clone_from(&run.failed);
            it.evidence.join(&run.evidence);
        }
    }

    /// A model answered over HTTP; the primary's own answer is the first sign of its return.
    fn fetched(&mut self, model: &ModelRef, at: i64) {
        if let Some(active) = self.active.get_mut(model).filter(|it| at > it.last) {
            active.recovering.get_or_insert(at);
        }
    }

    fn answered_by_primary(&mut self, model: &ModelRef, at: i64) -> Option<RouteTransition> {
        if self.stranded.get(model).is_some_and(|it| at > it.at) {
            self.stranded.remove(model);
        }
        if self.active.get(model).is_some_and(|it| at > it.last) { self.back(model) } else { None }
    }

    /// Whose run it was is not said, so only a single fallback can be ended by it.
    fn answered_by_some_primary(&mut self, at: i64) -> Option<RouteTransition> {
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

    /// The server of a primary is ready again.
    pub(crate) fn saw_ready(&mut self, provider: &str) -> Vec<RouteTransition> {
        let back: Vec<ModelRef> =
            self.active.iter().filter(|(from, it)| from.provider == provider && it.saw_down).map(|it| it.0.clone()).collect();
        back.iter().filter_map(|from| self.back(from)).collect()
    }

    /// What time alone settles.
    pub(crate) fn tick(&mut self, now_ms: i64) -> Vec<RouteTransition> {
        self.active.retain(|_, it| it.recovering.is_some() || now_ms < it.last + FORGET_AFTER_MS);
        self.stranded.retain(|_, it| now_ms < it.at + FORGET_AFTER_MS);
        let settled = self.active.iter().filter(|(_, it)| it.recovering.is_some_and(|at| now_ms >= at + SETTLE_MS));
        let settled: Vec<ModelRef> = settled.map(|it| it.0.clone()).collect();
        settled.iter().filter_map(|from| self.back(from)).collect()
    }

    pub(crate) fn next_expiry(&self) -> Option<i64> {
        let active = self.active.values().map(|it| it.recovering.map_or(it.last + FORGET_AFTER_MS, |at| at + SETTLE_MS));
        active.chain(self.stranded.values().map(|it| it.at + FORGET_AFTER_MS)).min()
    }

    fn back(&mut self, from: &ModelRef) -> Option<RouteTransition> {
        let was = self.active.remove(from)?;
        Some(RouteTransition::Back { from: from.clone(), was })
    }
}

/// A map with keys that are no text, as a list of pairs.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::ModelRef;

    pub(super) fn serialize<S: Serializer>(map: &BTreeMap<ModelRef, u32>, to: S) -> Result<S::Ok, S::Error> {
        map.iter().collect::<Vec<_>>().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<ModelRef, u32>, D::Error> {
        Ok(Vec::<(ModelRef, u32)>::deserialize(from)?.into_iter().collect())
    }
}
