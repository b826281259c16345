//! The route as it stands: what OpenClaw said of its turns, before what the probes foretell of the next one.

use serde::Serialize;
use ts_rs::TS;

use crate::ModelRef;
use crate::config::{Config, RefFault};
use crate::server::Servers;
use crate::turns::Turns;
use crate::turns::fallback::{Fallback, Stranded, Stuck};
use crate::turns::run::{Retry, Run};
use crate::turns::rung::{Facts, Rung};

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

/// The route of the agent that answers, joined from log, socket and probes.
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
    pub rung: Rung,
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
    /// `is_refused`: the config file can't be used as it stands.
    #[must_use]
    pub fn route(&self, servers: Servers<'_>, is_refused: bool) -> RouteState {
        let config = servers.config;
        let chain = config.chain();
        let active = self.leading_fallback(config);
        let primary = config.leading_route().primary.as_ref().or(config.defaults.primary.as_ref());
        let names_nothing = |written: &String| {
            config.resolve(written).is_none() || matches!(config.ref_fault(written), Some(RefFault::Elsewhere { .. }))
        };
        let facts = Facts {
            is_absent: self.absence(config).is_some(),
            is_stuck: self.stuck().is_some(),
            exhausted: self.leading_stranded(config).map(|(model, _)| chain.first() == Some(model)),
            fell_back: active.is_some(),
            is_refused,
            retries: self.retrying().is_some(),
            has_primary: primary.is_some() || !chain.is_empty(),
            names_nothing: primary.is_some_and(names_nothing),
            outlooks: chain.iter().map(|it| servers.availability(it).outlook()).collect(),
            is_unworkable: chain.first().is_some_and(|it| servers.handicap(it).is_some()),
            is_flawed: !servers.flaws(&chain).is_empty(),
        };
        let rung = facts.rung();
        let effective = match rung {
            Rung::Exhausted { is_primary: true } => None,
            _ => active.map(|(_, it)| it.to.clone()).or_else(|| facts.next().map(|i| chain[i].clone())),
        };
        RouteState {
            confirmed: active.is_some_and(|it| !it.1.doubted),
            overall: rung.overall(),
            phase: rung.phase(),
            rung,
            chain,
            effective,
        }
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
