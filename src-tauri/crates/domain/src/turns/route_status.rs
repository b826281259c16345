//! The default route as it stands: what OpenClaw said of its turns, before what the probes foretell of the next one.

use serde::Serialize;
use ts_rs::TS;

use crate::ModelRef;
use crate::config::Config;
use crate::server::Servers;
use crate::server::availability::Outlook;
use crate::turns::Turns;
use crate::turns::fallback::{Fallback, Stranded, Stuck};
use crate::turns::run::{Retry, Run};

/// The tray icon's five states, from best to unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Overall {
    Ready,
    Attention,
    Fallback,
    Down,
    Unknown,
}

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

impl Turns {
    #[must_use]
    /// `needs_hand`: the config file can't be used as it stands.
    pub fn route(&self, servers: Servers<'_>, needs_hand: bool) -> RouteState {
        let config = servers.config;
        let chain = config.chain();
        let outlooks: Vec<Outlook> = chain.iter().map(|it| servers.availability(it).outlook()).collect();
        let predicted = outlooks.iter().position(|it| matches!(it, Outlook::Answers | Outlook::AnswersLate | Outlook::Unknown));
        let active = self.leading_fallback(config);
        let foreseen = foresee(servers, &chain, &outlooks, predicted, needs_hand);
        let at_least = |overall| if foreseen == Overall::Ready { overall } else { foreseen };
        let (phase, overall) = if self.stuck().is_some() {
            (Phase::Stuck, at_least(Overall::Attention))
        } else if let Some((model, _)) = self.leading_stranded(config) {
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
    pub fn leading_fallback(&self, config: &Config) -> Option<(&ModelRef, &Fallback)> {
        let active = &self.fallbacks.active;
        let default = config.chain().first().and_then(|it| active.get_key_value(it));
        default.or_else(|| active.iter().next())
    }

    #[must_use]
    pub fn leading_stranded(&self, config: &Config) -> Option<(&ModelRef, &Stranded)> {
        let stranded = &self.fallbacks.stranded;
        let default = config.chain().first().and_then(|it| stranded.get_key_value(it));
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
}

/// What the probes say of the next turn.
fn foresee(
    servers: Servers<'_>,
    chain: &[ModelRef],
    outlooks: &[Outlook],
    predicted: Option<usize>,
    needs_hand: bool,
) -> Overall {
    let Some(primary) = outlooks.first() else {
        return if needs_hand { Overall::Attention } else { Overall::Unknown };
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
            let small = chain.iter().any(|it| servers.small_context(it).is_some());
            if hole || small || needs_hand { Overall::Attention } else { Overall::Ready }
        }
    }
}
