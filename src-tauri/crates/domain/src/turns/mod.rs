//! OpenClaw's turns: what its log and its socket say of each run, and which model answers.

pub mod fallback;
pub mod gateway_connection;
mod listen;
mod outage_cost;
pub mod route_status;
pub mod run;
mod rung;
pub mod sessions;
pub mod signal;
mod stuck;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::ModelRef;
use crate::base::Now;
use crate::base::releases::Release;
use crate::config::Config;
use crate::server::Servers;
use fallback::{Fallback, Fallbacks, RouteTransition};
use gateway_connection::{ConnectionError, ConnectionState};
pub use outage_cost::OutageCost;
pub use rung::Rung;
pub use words::{Destination, failed_with, gave_up, left_because, price_of_turn, retry, why_left};

/// What OpenClaw says of its turns, and where it is listened to.
#[derive(Clone, Debug, Default)]
pub struct Turns {
    pub fallbacks: Fallbacks,
    /// The log file that is followed, if there is one.
    pub log: Option<String>,
    /// What the log said before is read, so that whatever comes is new.
    pub(crate) log_caught_up: bool,
    /// The position in the log up to which everything was read.
    pub(crate) bookmark: Option<String>,
    /// The gateway's address.
    pub gateway: String,
    pub connection: ConnectionState,
    /// The version of the gateway that was last connected to.
    pub(crate) gateway_version: Option<String>,
    /// Which OpenClaw answers.
    pub release: Release,
    pub pulse: Pulse,
    /// The socket was connected before, so what it shows now may be news.
    pub(crate) connected_before: bool,
    /// An earlier start left its memory, so what happened since is news.
    pub(crate) ran_before: bool,
    /// How it was before a restart, until that is compared with now.
    pub(crate) before: Option<BeforeRestart>,
}

/// How it was when Pilot Light ended, until what happened since is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BeforeRestart {
    pub active: BTreeMap<ModelRef, Fallback>,
    pub told: BTreeMap<ModelRef, ModelRef>,
    pub stranded: BTreeSet<ModelRef>,
}

/// Whether the gateway lives, asked without a token: while someone looks and no connection would tell.
#[derive(Clone, Debug, Default)]
pub struct Pulse {
    /// The port of this machine that was asked, and what came of it.
    pub seen: Option<(u16, Result<(), ConnectionError>)>,
    pub(crate) due: Option<Duration>,
    pub(crate) in_flight: bool,
}

/// Between two questions to a gateway that there is no connection to.
const PULSE_EVERY: Duration = Duration::from_secs(30);

impl Turns {
    /// The route was changed.
    pub(crate) fn follow_config(&mut self, config: &Config) {
        self.fallbacks.follow(&|model| config.asks_first(model), self.release.keeps_fallback());
    }

    /// What time alone settles.
    pub(crate) fn tick(&mut self, now: &Now) -> Vec<RouteTransition> {
        self.fallbacks.tick(now.wall_ms, self.release.keeps_fallback())
    }

    /// The server of a primary is ready again.
    pub(crate) fn saw_ready(&mut self, provider: &str) -> Vec<RouteTransition> {
        self.fallbacks.saw_ready(provider, self.release.keeps_fallback())
    }

    /// When the gateway is to be asked, if it is.
    fn pulse_due(&self, servers: Servers<'_>) -> Option<Duration> {
        let config = servers.config;
        let local = !config.gateway.remote && !config.gateway.tls && !config.posture.gateway_elsewhere;
        let looked_for = servers.fleet.visible || config.gateway.is_declared;
        let wanted = local && looked_for && !self.pulse.in_flight && !self.connection.is_up();
        self.pulse.due.filter(|_| wanted)
    }

    /// Why OpenClaw is known not to run where the config has its gateway. Where it names none, the gateway may be anywhere.
    #[must_use]
    pub fn absence(&self, config: &Config) -> Option<&ConnectionError> {
        if !config.gateway.is_declared {
            return None;
        }
        let is_absent = |it: &&ConnectionError| matches!(it, ConnectionError::NotRunning | ConnectionError::NotAGateway(_));
        match (&self.connection, &self.pulse.seen) {
            (ConnectionState::Up { .. }, _) => None,
            (ConnectionState::Down(why), _) if is_absent(&why) => Some(why),
            // Any other answer of the gateway shows that it is there.
            (ConnectionState::Down(ConnectionError::NoToken | ConnectionError::TokenElsewhere), Some((_, Err(why)))) => {
                Some(why).filter(is_absent)
            }
            _ => None,
        }
    }

    /// Begins to ask the gateway, if that is due.
    pub(crate) fn begin_pulse(&mut self, servers: Servers<'_>, now: &Now) -> bool {
        let due = self.pulse_due(servers).is_some_and(|due| due <= now.mono);
        self.pulse.in_flight |= due;
        due
    }

    pub(crate) fn take_pulse(&mut self, port: u16, answer: Result<(), ConnectionError>, now: &Now) {
        self.pulse = Pulse { seen: Some((port, answer)), due: Some(now.mono + PULSE_EVERY), in_flight: false };
    }

    pub(crate) fn next_deadline(&self, servers: Servers<'_>, now: &Now) -> Option<Duration> {
        let expiry = self.fallbacks.next_expiry(self.release.keeps_fallback()).map(|at| now.mono_at(at));
        let stuck = self.next_stuck(servers, now).map(|at| now.mono_at(at));
        expiry.into_iter().chain(stuck).chain(self.pulse_due(servers)).min()
    }
}
