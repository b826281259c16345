//! Which model answers now. OpenClaw's own word comes from its log and its socket, which repeat each other; what the next turn will meet
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
    /// When OpenClaw last had an answer of a model, within the last hour (Unix milliseconds).
    pub(crate) heard: BTreeMap<ModelRef, i64>,
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

/// What a sign changed.
#[derive(Clone, Debug, PartialEq)]
pub enum RouteTransition {
    Nothing,
    FellBack {
        from: ModelRef,
    },
    /// The answers come from another model than before.
    Moved {
        from: ModelRef,
    },
    Back {
        from: ModelRef,
        was: Fallback,
    },
    Exhausted {
        requested: ModelRef,
        failed: Vec<(ModelRef, Reason)>,
    },
    /// OpenClaw ended the turn without trying the rest.
    GaveUp {
        requested: ModelRef,
        on: ModelRef,
    },
    /// The prompt was longer than the model's context.
    Overflow {
        requested: ModelRef,
        on: ModelRef,
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
    pub(crate) fn take(&mut self, sign: &TurnSignal, setting: &TurnContext<'_>) -> RouteTransition {
        if let SignalKind::Fetched { model, status: ..300 } | SignalKind::Answered(model) | SignalKind::Spoke(model) = &sign.what
        {
            let heard = self.heard.entry(model.clone()).or_insert(sign.at);
            *heard = sign.at.max(*heard);
        }
        match &sign.what {
            SignalKind::Fetched { model, status } => {
                if *status < 300 {
                    self.fetched(model, sign.at);
                }
                return RouteTransition::Nothing;
            }
            SignalKind::Spoke(model) | SignalKind::Cleared(model) => return self.answered_by_primary(model, sign.at),
            SignalKind::Failed { model, .. } => {
                if let Some(active) = self.active.get_mut(model) {
                    active.recovering = None;
                }
            }
            _ => {}
        }
        let Some(key) = self.runs.take(sign) else { return RouteTransition::Nothing };
        let Some(run) = self.runs.get_mut(&key) else { return RouteTransition::Nothing };
        if run.waiting.is_none() {
            self.stuck.retain(|_, it| it.run != key);
        }
        if run.settled {
            let run = run.clone();
            self.tell_more(&key, &run);
            return RouteTransition::Nothing;
        }
        let Some(verdict) = run.verdict(setting.chain) else { return RouteTransition::Nothing };
        run.settled = verdict != TurnOutcome::SomePrimary;
        let run = run.clone();
        match verdict {
            TurnOutcome::Primary(model) => self.answered_by_primary(&model, sign.at),
            TurnOutcome::SomePrimary if setting.trust_silence => self.answered_by_some_primary(sign.at),
            TurnOutcome::SomePrimary => RouteTransition::Nothing,
            TurnOutcome::Fallback { requested, by } => {
                let probe = (setting.outage)(&requested.provider);
                self.answered(requested, by, sign.at, key, run, probe)
            }
            TurnOutcome::Exhausted(requested) => {
                let failed = run.failed.clone();
                self.strand(&requested, sign.at, key, run);
                RouteTransition::Exhausted { requested, failed }
            }
            TurnOutcome::GaveUp { requested, on } => {
                self.strand(&requested, sign.at, key, run);
                RouteTransition::GaveUp { requested, on }
            }
            TurnOutcome::Overflow { requested, on } => RouteTransition::Overflow { requested, on },
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
    ) -> RouteTransition {
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
            self.active.insert(from.clone(), fallback);
            return RouteTransition::FellBack { from };
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
            return RouteTransition::Nothing;
        }
        active.to = to;
        RouteTransition::Moved { from }
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

    fn answered_by_primary(&mut self, model: &ModelRef, at: i64) -> RouteTransition {
        if self.stranded.get(model).is_some_and(|it| at > it.at) {
            self.stranded.remove(model);
        }
        if self.active.get(model).is_some_and(|it| at > it.last) { self.back(model) } else { RouteTransition::Nothing }
    }

    /// Whose run it was is not said, so only a single fallback can be ended by it.
    fn answered_by_some_primary(&mut self, at: i64) -> RouteTransition {
        self.stranded.retain(|_, it| at <= it.at);
        let mut active = self.active.iter();
        match (active.next(), active.next()) {
            (Some((from, fallback)), None) if at > fallback.last => {
                let from = from.clone();
                self.back(&from)
            }
            _ => RouteTransition::Nothing,
        }
    }

    pub(crate) fn saw_down(&mut self, provider: &str) {
        for (_, fallback) in self.active.iter_mut().filter(|(from, _)| from.provider == provider) {
            fallback.saw_down = true;
        }
    }

    /// The server of a primary is ready again.
    pub(crate) fn saw_ready(&mut self, provider: &str) -> Vec<RouteTransition> {
        let back: Vec<ModelRef> =
            self.active.iter().filter(|(from, it)| from.provider == provider && it.saw_down).map(|it| it.0.clone()).collect();
        back.iter().map(|from| self.back(from)).collect()
    }

    /// What time alone settles.
    pub(crate) fn tick(&mut self, now_ms: i64) -> Vec<RouteTransition> {
        self.active.retain(|_, it| it.recovering.is_some() || now_ms < it.last + FORGET_AFTER_MS);
        self.stranded.retain(|_, it| now_ms < it.at + FORGET_AFTER_MS);
        self.heard.retain(|_, at| now_ms < *at + FORGET_AFTER_MS);
        let settled = self.active.iter().filter(|(_, it)| it.recovering.is_some_and(|at| now_ms >= at + SETTLE_MS));
        let settled: Vec<ModelRef> = settled.map(|it| it.0.clone()).collect();
        settled.iter().map(|from| self.back(from)).collect()
    }

    pub(crate) fn next_expiry(&self) -> Option<i64> {
        let active = self.active.values().map(|it| it.recovering.map_or(it.last + FORGET_AFTER_MS, |at| at + SETTLE_MS));
        active.chain(self.stranded.values().map(|it| it.at + FORGET_AFTER_MS)).min()
    }

    fn back(&mut self, from: &ModelRef) -> RouteTransition {
        match self.active.remove(from) {
            Some(was) => RouteTransition::Back { from: from.clone(), was },
            None => RouteTransition::Nothing,
        }
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
