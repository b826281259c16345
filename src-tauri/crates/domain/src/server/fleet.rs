//! All servers that the config names, with the state of this machine and of jobs under way.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::base::Now;
use crate::config::Config;
use crate::server::health::Health;
use crate::server::job::{self, JobState};
use crate::server::liveness_check::LivenessCheck;
use crate::server::machine::Machine;
use crate::server::observation::{Failure, Serving};
use crate::server::schedule::Pace;
use crate::{Kind, ModelRef};

/// How long an answer of a model to OpenClaw is remembered.
const ANSWERED_FOR_MS: i64 = 60 * 60 * 1_000;

#[derive(Clone, Debug, Default)]
pub struct Fleet {
    /// By provider id; only local ones.
    pub servers: BTreeMap<String, Server>,
    /// Servers behind routers, by base URL.
    pub upstreams: BTreeMap<String, Server>,
    /// Fingerprints of certificates that a person trusts, by origin.
    pub trusted: BTreeMap<String, String>,
    /// By provider id, one at a time.
    pub jobs: BTreeMap<String, JobState>,
    pub(crate) jobs_begun: u64,
    /// By provider id.
    pub liveness_checks: BTreeMap<String, LivenessCheck>,
    pub machine: Machine,
    pub pace: Pace,
    /// Someone looks at the window.
    pub visible: bool,
    /// Counts what the probes changed, latencies apart.
    pub revision: u32,
    /// When OpenClaw last had an answer of a model, within the last hour (Unix milliseconds).
    pub(crate) answered: BTreeMap<ModelRef, i64>,
    pub(crate) last_seen: Option<Now>,
    /// This machine slept until then, so a miss may be its own network waking up.
    pub(crate) woke: Option<Duration>,
}

/// The servers beside the config that names them: most questions need both.
#[derive(Clone, Copy, Debug)]
pub struct Servers<'a> {
    pub config: &'a Config,
    pub fleet: &'a Fleet,
}

#[derive(Clone, Debug, Default)]
pub struct Server {
    pub base_url: String,
    /// For a server behind a router: the API that the router uses.
    pub(crate) api: Option<String>,
    pub health: Health,
    pub kind: Option<Kind>,
    pub version: Option<String>,
    /// Its last list of models, kept while it is only wavering.
    pub serving: Option<Serving>,
    /// It answers, but refuses or is not ready.
    pub refusal: Option<Failure>,
    /// The latest in milliseconds, oldest first; `None` for a probe without an answer.
    pub latencies: VecDeque<Option<u32>>,
    /// It did not answer while this machine had no network.
    pub(crate) unjudged: bool,
    pub(crate) due: Option<Duration>,
    pub(crate) in_flight: bool,
    /// Asked for again while one was in flight.
    pub(crate) again: bool,
    pub(crate) deep_due: Duration,
    pub(crate) rounds: u32,
    pub(crate) misses_while_down: u32,
    /// Whether each model was served with less context than configured, when that was last known.
    pub(crate) was_small: BTreeMap<ModelRef, bool>,
}

/// The latency shown is the median of this many.
pub(crate) const LATENCIES: usize = 5;

impl Server {
    /// The median of the last five, so that one slow answer does not make the number jump.
    #[must_use]
    pub fn latency_ms(&self) -> Option<u64> {
        let mut recent: Vec<u32> = self.latencies.iter().copied().flatten().collect();
        recent.sort_unstable();
        recent.get(recent.len() / 2).map(|it| u64::from(*it))
    }
}

impl Fleet {
    /// Every server was probed at least once.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.servers.values().all(|it| it.rounds > 0)
    }

    /// Remembers that OpenClaw had an answer of this model.
    pub(crate) fn note_answer(&mut self, model: &ModelRef, at: i64) {
        let last = self.answered.entry(model.clone()).or_insert(at);
        *last = at.max(*last);
    }

    /// A server that answered a turn is up, whatever the last probe said: the next one has only to confirm it.
    pub(crate) fn believe_answer(&mut self, provider: &str, at: i64, now: &Now) {
        if let Some(server) = self.servers.get_mut(provider)
            && server.health.outage().is_some_and(|it| at > it.0)
        {
            server.health = std::mem::take(&mut server.health).rising();
            server.hurry(now);
        }
    }

    /// Forgets jobs that ended a while ago, and answers of more than an hour ago.
    pub(crate) fn forget_old(&mut self, now: &Now) {
        self.jobs.retain(|_, it| it.is_running() || now.wall_ms < it.since + job::SHOWN_MS);
        self.answered.retain(|_, at| now.wall_ms < *at + ANSWERED_FOR_MS);
    }

    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Server> {
        self.servers.values_mut().chain(self.upstreams.values_mut())
    }
}

impl<'a> Servers<'a> {
    #[must_use]
    pub fn get(self, provider: &str) -> Option<&'a Server> {
        self.fleet.servers.get(provider)
    }

    #[must_use]
    pub fn kind(self, provider: &str) -> Option<Kind> {
        self.get(provider)?.kind
    }

    /// Why a provider's server is down, if it is.
    #[must_use]
    pub fn outage(self, provider: &str) -> Option<&'a Failure> {
        self.get(provider)?.health.outage().map(|it| it.1)
    }

    /// What a person calls the server: its kind where that is a product, with the provider's id where two are of one kind.
    #[must_use]
    pub fn box_name(self, provider: &str) -> String {
        let Some(kind) = self.kind(provider).filter(|kind| kind.is_known()) else { return provider.to_owned() };
        let has_twin = self.fleet.servers.values().filter(|it| it.kind == Some(kind)).nth(1).is_some();
        if has_twin { format!("{provider} ({})", kind.label()) } else { kind.label().to_owned() }
    }
}
