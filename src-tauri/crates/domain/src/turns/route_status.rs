//! The default route as it stands: what OpenClaw said of its turns, before what the probes foretell of the next one.

use crate::ModelRef;
use crate::app::state::{Reading, State};
use crate::server::availability::Outlook;
use crate::turns::fallback::{Fallback, Stranded, Stuck};
use crate::turns::run::{Retry, Run};
use crate::view::types::{Overall, Severity};

/// The default route, joined from log, socket and probes.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteState {
    /// Primary first.
    pub chain: Vec<ModelRef>,
    /// The one that answers now, or would answer the next turn.
    pub effective: Option<ModelRef>,
    pub overall: Overall,
    /// OpenClaw itself said that answers come from a fallback.
    pub confirmed: bool,
    pub phase: Phase,
}

/// The ids are part of the JSON contract (`route.state`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Primary,
    /// OpenClaw asks the same model again.
    Retrying,
    Fallback,
    /// It waits, and no fallback will come.
    Stuck,
    /// The last turn got no answer.
    Exhausted,
    /// The probes say that the next turn falls back.
    Predicted,
    /// The probes say that the next turn gets no answer.
    Down,
    Unknown,
}

impl Phase {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Phase::Primary => "primary",
            Phase::Retrying => "retrying",
            Phase::Fallback => "fallback",
            Phase::Stuck => "stuck",
            Phase::Exhausted => "exhausted",
            Phase::Predicted => "predicted",
            Phase::Down => "down",
            Phase::Unknown => "unknown",
        }
    }
}

impl State {
    #[must_use]
    pub fn route(&self) -> RouteState {
        let chain = self.config.chain();
        let outlooks: Vec<Outlook> = chain.iter().map(|it| self.availability(it).outlook()).collect();
        let predicted = outlooks.iter().position(|it| matches!(it, Outlook::Answers | Outlook::AnswersLate | Outlook::Unknown));
        let active = self.leading_fallback();
        let foreseen = self.predict(&chain, &outlooks, predicted);
        let at_least = |overall| if foreseen == Overall::Ready { overall } else { foreseen };
        let (phase, overall) = if self.stuck().is_some() {
            (Phase::Stuck, at_least(Overall::Attention))
        } else if let Some((model, _)) = self.leading_stranded() {
            (Phase::Exhausted, if chain.first() == Some(model) { Overall::Down } else { at_least(Overall::Attention) })
        } else if active.is_some() {
            (Phase::Fallback, Overall::Fallback)
        } else if self.retrying().is_some() {
            (Phase::Retrying, at_least(Overall::Attention))
        } else {
            let phase = match foreseen {
                Overall::Ready | Overall::Attention => Phase::Primary,
                Overall::Fallback => Phase::Predicted,
                Overall::Down => Phase::Down,
                Overall::Unknown => Phase::Unknown,
            };
            (phase, foreseen)
        };
        let effective = match phase {
            Phase::Exhausted if overall == Overall::Down => None,
            _ => active.map(|(_, it)| it.to.clone()).or_else(|| predicted.map(|i| chain[i].clone())),
        };
        RouteState { confirmed: active.is_some(), chain, effective, overall, phase }
    }

    /// The fallback of the default primary, else of any agent's.
    #[must_use]
    pub fn leading_fallback(&self) -> Option<(&ModelRef, &Fallback)> {
        let active = &self.fallbacks.active;
        let default = self.config.chain().first().and_then(|it| active.get_key_value(it));
        default.or_else(|| active.iter().next())
    }

    #[must_use]
    pub fn leading_stranded(&self) -> Option<(&ModelRef, &Stranded)> {
        let stranded = &self.fallbacks.stranded;
        let default = self.config.chain().first().and_then(|it| stranded.get_key_value(it));
        default.or_else(|| stranded.iter().next())
    }

    #[must_use]
    pub fn stuck(&self) -> Option<(&ModelRef, &Stuck)> {
        self.fallbacks.stuck.iter().next()
    }

    /// The latest run whose model is being asked again.
    #[must_use]
    pub fn retrying(&self) -> Option<(&ModelRef, &Retry)> {
        let retries = |run: &Run| run.retry.is_some();
        let (_, run) = self.fallbacks.runs.open().filter(|(_, run)| retries(run)).last()?;
        Some((run.failed.last().map(|it| &it.0).or(run.asked_for())?, run.retry.as_ref()?))
    }

    fn predict(&self, chain: &[ModelRef], outlooks: &[Outlook], predicted: Option<usize>) -> Overall {
        let Some(primary) = outlooks.first() else {
            return if self.needs_hand() { Overall::Attention } else { Overall::Unknown };
        };
        match primary {
            Outlook::Unknown => Overall::Unknown,
            Outlook::NeedsHand => Overall::Attention,
            Outlook::Down => match predicted.map(|i| outlooks[i]) {
                Some(Outlook::Unknown) => Overall::Unknown,
                Some(_) => Overall::Fallback,
                None => Overall::Down,
            },
            Outlook::AnswersLate => Overall::Attention,
            Outlook::Answers => {
                let hole = outlooks.iter().any(|it| matches!(it, Outlook::Down | Outlook::NeedsHand));
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
