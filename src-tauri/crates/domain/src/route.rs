//! Which model answers now: the gateway's log says what happened, the probes say what the next turn will meet.

use std::collections::BTreeMap;

use crate::ModelRef;
use crate::decision::{Decision, Outcome, Reason};
use crate::observation::Failure;
use crate::standing::Prospect;
use crate::state::{Reading, State};
use crate::view_types::{Overall, Severity};

/// With no sign of the primary for this long after the last answer from a fallback, the fallback is no longer claimed.
const FORGET_AFTER_MS: i64 = 60 * 60 * 1_000;
/// A model that starts an answer may still break off; only if nothing is heard against it for this long did it answer.
const SETTLE_MS: i64 = 10 * 1_000;
/// Runs whose answer was counted, to count each once.
const RUNS_KEPT: usize = 256;

/// The fallbacks in force, by the model that was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fallbacks {
    pub active: BTreeMap<ModelRef, Fallback>,
    /// What failed in runs that are under way, by run or session.
    failed: BTreeMap<String, Vec<(ModelRef, Reason)>>,
    counted: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Fallback {
    pub to: ModelRef,
    /// Unix milliseconds.
    pub since: i64,
    pub last: i64,
    /// Each model that failed on the way, with OpenClaw's reason.
    pub failed: Vec<(ModelRef, Reason)>,
    /// What the probe of the primary's server said then.
    pub probe: Option<Failure>,
    /// Answers by model since then.
    pub answers: BTreeMap<ModelRef, u32>,
    /// The primary's server was seen down meanwhile, so its return ends the fallback.
    pub saw_down: bool,
    /// The primary began to answer at this time (Unix milliseconds).
    pub recovering: Option<i64>,
}

/// What a decision changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Turn {
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
}

impl Fallbacks {
    pub(crate) fn take(&mut self, decision: Decision, probe: Option<&Failure>) -> Turn {
        let run = decision.run.clone().or_else(|| decision.session.clone()).unwrap_or_default();
        match decision.outcome {
            Outcome::Failed { reason, next } => {
                if let Some(active) =
                    self.active.get_mut(&decision.requested).filter(|_| decision.candidate == decision.requested)
                {
                    active.recovering = None;
                }
                // A bound for runs whose end is never logged.
                if self.failed.len() >= RUNS_KEPT {
                    self.failed.pop_first();
                }
                let failed = self.failed.entry(run.clone()).or_default();
                failed.retain(|it| it.0 != decision.candidate);
                failed.push((decision.candidate, reason));
                if next.is_some() {
                    return Turn::Nothing;
                }
                Turn::Exhausted { requested: decision.requested, failed: self.failed.remove(&run).unwrap_or_default() }
            }
            Outcome::Skipped { reason } => {
                self.failed.entry(run).or_default().push((decision.candidate, reason));
                Turn::Nothing
            }
            Outcome::Stopped { .. } => {
                self.failed.remove(&run);
                Turn::GaveUp { requested: decision.requested, on: decision.candidate }
            }
            Outcome::Answered if decision.candidate == decision.requested => {
                self.failed.remove(&run);
                self.back(&decision.requested)
            }
            Outcome::Answered => {
                let failed = self.failed.remove(&run).unwrap_or_default();
                if self.counted.contains(&run) && !run.is_empty() {
                    return Turn::Nothing;
                }
                if self.counted.len() >= RUNS_KEPT {
                    self.counted.remove(0);
                }
                self.counted.push(run);
                self.answered(decision.requested, decision.candidate, decision.at, failed, probe)
            }
        }
    }

    fn answered(
        &mut self,
        from: ModelRef,
        to: ModelRef,
        at: i64,
        failed: Vec<(ModelRef, Reason)>,
        probe: Option<&Failure>,
    ) -> Turn {
        let Some(active) = self.active.get_mut(&from) else {
            let fallback = Fallback {
                answers: BTreeMap::from([(to.clone(), 1)]),
                to,
                since: at,
                last: at,
                failed,
                saw_down: probe.is_some(),
                probe: probe.cloned(),
                recovering: None,
            };
            self.active.insert(from.clone(), fallback);
            return Turn::FellBack { from };
        };
        *active.answers.entry(to.clone()).or_default() += 1;
        active.last = active.last.max(at);
        active.recovering = None;
        if !failed.is_empty() {
            active.failed = failed;
        }
        if active.to == to {
            return Turn::Nothing;
        }
        active.to = to;
        Turn::Moved { from }
    }

    /// A model answered over HTTP; the primary's own answer is the first sign of its return.
    pub(crate) fn fetched(&mut self, model: &ModelRef, at: i64) {
        if let Some(active) = self.active.get_mut(model).filter(|it| at > it.last) {
            active.recovering.get_or_insert(at);
        }
    }

    /// A run ended well and no decision was logged for it: its primary answered. Whose run it was is not said, so only a single
    /// fallback can be ended by it.
    pub(crate) fn ended(&mut self, run: &str, at: i64) -> Turn {
        let fell_back = self.counted.iter().any(|it| it == run) || self.failed.contains_key(run);
        let mut active = self.active.iter();
        match (active.next(), active.next()) {
            (Some((from, fallback)), None) if !fell_back && at > fallback.last => {
                let from = from.clone();
                self.back(&from)
            }
            _ => Turn::Nothing,
        }
    }

    pub(crate) fn saw_down(&mut self, provider: &str) {
        for (_, fallback) in self.active.iter_mut().filter(|(from, _)| from.provider == provider) {
            fallback.saw_down = true;
        }
    }

    /// The server of a primary is ready again.
    pub(crate) fn saw_ready(&mut self, provider: &str) -> Vec<Turn> {
        let back: Vec<ModelRef> =
            self.active.iter().filter(|(from, it)| from.provider == provider && it.saw_down).map(|it| it.0.clone()).collect();
        back.iter().map(|from| self.back(from)).collect()
    }

    /// What time alone settles.
    pub(crate) fn tick(&mut self, now_ms: i64) -> Vec<Turn> {
        self.active.retain(|_, it| it.recovering.is_some() || now_ms < it.last + FORGET_AFTER_MS);
        let settled = self.active.iter().filter(|(_, it)| it.recovering.is_some_and(|at| now_ms >= at + SETTLE_MS));
        let settled: Vec<ModelRef> = settled.map(|it| it.0.clone()).collect();
        settled.iter().map(|from| self.back(from)).collect()
    }

    pub(crate) fn next_expiry(&self) -> Option<i64> {
        self.active.values().map(|it| it.recovering.map_or(it.last + FORGET_AFTER_MS, |at| at + SETTLE_MS)).min()
    }

    fn back(&mut self, from: &ModelRef) -> Turn {
        match self.active.remove(from) {
            Some(was) => Turn::Back { from: from.clone(), was },
            None => Turn::Nothing,
        }
    }
}

/// The default route, joined from log and probes.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteState {
    /// Primary first.
    pub chain: Vec<ModelRef>,
    /// The one that answers now, or would answer the next turn.
    pub effective: Option<ModelRef>,
    pub overall: Overall,
    /// The gateway's log shows answers from a fallback.
    pub confirmed: bool,
}

impl State {
    #[must_use]
    pub fn route(&self) -> RouteState {
        let chain = self.config.chain();
        let prospects: Vec<Prospect> = chain.iter().map(|it| self.standing(it).prospect()).collect();
        let predicted =
            prospects.iter().position(|it| matches!(it, Prospect::Answers | Prospect::AnswersLate | Prospect::Unknown));
        let active = self.leading_fallback();
        let effective = active.map(|(_, it)| it.to.clone()).or_else(|| predicted.map(|i| chain[i].clone()));
        let overall = if active.is_some() { Overall::Fallback } else { self.predict(&chain, &prospects, predicted) };
        RouteState { confirmed: active.is_some(), chain, effective, overall }
    }

    /// The fallback of the default primary, else of any agent's.
    #[must_use]
    pub fn leading_fallback(&self) -> Option<(&ModelRef, &Fallback)> {
        let active = &self.fallbacks.active;
        let default = self.config.chain().first().and_then(|it| active.get_key_value(it));
        default.or_else(|| active.iter().next())
    }

    fn predict(&self, chain: &[ModelRef], prospects: &[Prospect], predicted: Option<usize>) -> Overall {
        let Some(primary) = prospects.first() else {
            return if self.needs_hand() { Overall::Attention } else { Overall::Unknown };
        };
        match primary {
            Prospect::Unknown => Overall::Unknown,
            Prospect::NeedsHand => Overall::Attention,
            Prospect::Down => match predicted.map(|i| prospects[i]) {
                Some(Prospect::Unknown) => Overall::Unknown,
                Some(_) => Overall::Fallback,
                None => Overall::Down,
            },
            Prospect::AnswersLate => Overall::Attention,
            Prospect::Answers => {
                let hole = prospects.iter().any(|it| matches!(it, Prospect::Down | Prospect::NeedsHand));
                let small = chain.iter().any(|it| self.small_context(it).is_some());
                if hole || small || self.needs_hand() { Overall::Attention } else { Overall::Ready }
            }
        }
    }

    /// The config file can't be used as it stands.
    fn needs_hand(&self) -> bool {
        let gone = self.file.reading == Reading::Missing && self.file.hash.is_some();
        gone || matches!(self.file.reading, Reading::Bad(_) | Reading::Unreadable(_)) || self.would_be_refused()
    }

    /// It reads, and OpenClaw would still refuse it.
    #[must_use]
    pub fn would_be_refused(&self) -> bool {
        self.problems.iter().any(|it| it.severity == Severity::Error)
    }
}
