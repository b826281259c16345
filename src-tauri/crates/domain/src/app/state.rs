//! All that Pilot Light knows. Changed by `update` alone.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::Kind;
use crate::app::persisted::{Before, Persisted};
use crate::app::rejected_config::RejectedConfig;
use crate::config::{Config, Problem};
use crate::history::DayStats;
use crate::notify::notice::{Code, Notice};
use crate::notify::settings::Settings;
use crate::notify::wording::Gathered;
use crate::schema::OwnSchema;
use crate::server::health::Health;
use crate::server::job::JobState;
use crate::server::liveness_check::LivenessCheck;
use crate::server::machine::Machine;
use crate::server::observation::{Failure, Serving};
use crate::turns::fallback::Fallbacks;
use crate::turns::gateway_connection::{ConnectionError, ConnectionState};

/// The time, as the engine reads it: a clock that only runs forward, and the wall's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    pub mono: Duration,
    /// Unix milliseconds.
    pub wall_ms: i64,
    /// Seconds east of UTC, for times that a person reads.
    pub utc_offset_s: i32,
}

/// How the app was started.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Between two probes of a server while someone is looking.
    pub visible: Duration,
    /// While nobody is.
    pub hidden: Duration,
    /// So many times slower on battery.
    pub on_battery: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Pace { visible: Duration::from_secs(10), hidden: Duration::from_secs(30), on_battery: 2 }
    }
}

impl Pace {
    #[must_use]
    pub fn every(interval: Duration) -> Self {
        Pace { visible: interval, hidden: interval, on_battery: 1 }
    }
}

#[derive(Clone, Debug, Default)]
pub struct State {
    pub pace: Pace,
    pub visible: bool,
    pub machine: Machine,
    pub file: ConfigFile,
    /// The last good config.
    pub config: Config,
    pub problems: Vec<Problem>,
    /// `None`: not looked for.
    pub own_schema: Option<OwnSchema>,
    /// By provider id; only local ones.
    pub servers: BTreeMap<String, Server>,
    /// Fingerprints of certificates that were taken on a person's word, by origin.
    pub trusted: BTreeMap<String, String>,
    /// Behind routers, by base URL.
    pub upstreams: BTreeMap<String, Server>,
    /// By provider id: one at a time.
    pub jobs: BTreeMap<String, JobState>,
    pub(crate) jobs_begun: u64,
    /// By provider id.
    pub liveness_checks: BTreeMap<String, LivenessCheck>,
    pub fallbacks: Fallbacks,
    /// The last day of each server, by provider and base URL; also of one that the config names no more.
    pub day_stats: BTreeMap<(String, String), DayStats>,
    /// Counts what was added to the history, so that those who show it know that there is more.
    pub entries: u32,
    /// Counts what the probes changed, latencies apart: of those there is a new one some times a second.
    pub news: u32,
    /// The hash of what was just saved from here, and what was changed.
    pub(crate) saved: Option<(String, Vec<String>)>,
    /// The log file that is followed, if there is one.
    pub log: Option<String>,
    /// What the log said before is read, so that whatever comes is new.
    pub(crate) log_caught_up: bool,
    /// Where in the log all before was read.
    pub(crate) bookmark: Option<String>,
    /// The gateway's address, and how the link to it stands.
    pub gateway: String,
    pub connection: ConnectionState,
    pub pulse: Pulse,
    /// The link was up before, so what it shows now may be news.
    pub(crate) linked_before: bool,
    /// An earlier start left its memory, so what happened since is news.
    pub(crate) ran_before: bool,
    /// Notices of which the shell has not said yet that they were shown.
    pub(crate) unshown: Vec<Notice>,
    /// How it was before a restart, until that is compared with now.
    pub(crate) before: Option<Before>,
    /// What was kept has come back, so that it may be replaced.
    pub(crate) recalled: bool,
    pub(crate) remembered: Option<Persisted>,
    pub(crate) remembered_at: Duration,
    /// The last text that OpenClaw set aside, until it is put back or another one is saved.
    pub aside: Option<RejectedConfig>,
    pub(crate) look_again: Option<Duration>,
    pub settings: Settings,
    /// Where they are written.
    pub settings_path: String,
    /// Why the file of the settings can't be read; then these are the last good ones.
    pub settings_fault: Option<String>,
    /// The pace was given at the start, so the settings don't change it.
    pub interval_given: bool,
    /// Notices that wait to be told as one, and until when.
    pub(crate) gathered: Gathered,
    /// Notices are held back until then (Unix milliseconds).
    pub paused_until: Option<i64>,
    pub(crate) told: BTreeMap<(Code, String), Duration>,
    pub(crate) last_seen: Option<Now>,
    /// This machine slept until then, so a miss may be its own network waking up.
    pub(crate) woke: Option<Duration>,
    /// Mixed into the tags of keys, so that a tag gives nothing away. Random, from the engine.
    pub seed: u64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConfigFile {
    pub path: String,
    /// The home folder, for paths as a person writes them.
    pub home: Option<String>,
    pub reading: Reading,
    /// Of the last good text; SHA-256 in hex.
    pub hash: Option<String>,
    pub strict_json: bool,
    /// When the last good version was read (Unix milliseconds).
    pub good_since: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Reading {
    #[default]
    Waiting,
    Good,
    Missing,
    /// Can't be opened; why, in a few words.
    Unreadable(String),
    Bad(BadText),
}

/// A text that is no config: where and why.
#[derive(Clone, Debug, PartialEq)]
pub struct BadText {
    pub message: String,
    pub line: usize,
    pub column: usize,
    /// (number, text) of the lines around it.
    pub excerpt: Vec<(usize, String)>,
    /// With straight quotes it would read.
    pub straightens: bool,
    /// How many curly quotes it has, and in how many lines.
    pub curly_quotes: Option<(usize, usize)>,
}

#[derive(Clone, Debug, Default)]
pub struct Server {
    pub base_url: String,
    /// Of a server behind a router: how that talks to it.
    pub(crate) api: Option<String>,
    pub health: Health,
    pub kind: Option<Kind>,
    pub version: Option<String>,
    /// The last list that it gave; kept while it is only wavering.
    pub serving: Option<Serving>,
    /// It answers, but refuses or is not ready.
    pub refusal: Option<Failure>,
    /// The latest in milliseconds, oldest first; `None` for a probe without an answer.
    pub latencies: VecDeque<Option<u32>>,
    /// It gives no answer while this machine has no network.
    pub(crate) unjudged: bool,
    /// The fall was told, so the rise is too.
    pub(crate) told_down: bool,
    pub(crate) due: Option<Duration>,
    pub(crate) in_flight: bool,
    /// Asked for again while one was in flight.
    pub(crate) again: bool,
    pub(crate) deep_due: Duration,
    pub(crate) rounds: u32,
    pub(crate) misses_while_down: u32,
}

/// Whether the gateway lives, asked without a token: while someone is looking and there is no link that would tell.
#[derive(Clone, Debug, Default)]
pub struct Pulse {
    /// The port of this machine that was asked, and what came of it.
    pub seen: Option<(u16, Result<(), ConnectionError>)>,
    pub(crate) due: Option<Duration>,
    pub(crate) in_flight: bool,
}

/// How many latencies the one that is shown is the middle of.
pub(crate) const LATENCIES: usize = 5;

impl Server {
    /// The middle of the last five, so that one slow answer does not make the number jump.
    #[must_use]
    pub fn latency_ms(&self) -> Option<u64> {
        let mut recent: Vec<u32> = self.latencies.iter().copied().flatten().collect();
        recent.sort_unstable();
        recent.get(recent.len() / 2).map(|it| u64::from(*it))
    }
}

impl State {
    /// `seed` is mixed into the tags of keys; it should be random.
    #[must_use]
    pub fn new(path: String, home: Option<String>, pace: Pace, seed: u64) -> Self {
        State { file: ConfigFile { path, home, ..ConfigFile::default() }, pace, seed, ..State::default() }
    }

    /// The config and the log were read, and every server probed at least once.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.file.reading != Reading::Waiting && self.log_caught_up && self.servers.values().all(|it| it.rounds > 0)
    }

    /// When the gateway is to be asked, if it is.
    pub(crate) fn pulse_due(&self) -> Option<Duration> {
        let local = !self.config.gateway.remote && !self.config.gateway.tls && !self.config.posture.gateway_elsewhere;
        self.pulse.due.filter(|_| local && self.visible && !self.pulse.in_flight && !self.connection.is_up())
    }

    /// When `Event::Tick` is next due; the engine holds the only timer.
    #[must_use]
    pub fn next_deadline(&self, now: &Now) -> Option<Duration> {
        let probes = self.servers.values().chain(self.upstreams.values()).filter(|it| !it.in_flight).filter_map(|it| it.due);
        let until = |at: i64| now.mono + Duration::from_millis(u64::try_from(at - now.wall_ms).unwrap_or(0));
        let pause = self.paused_until.map(until);
        let forget = self.fallbacks.next_expiry().map(until);
        let stuck = crate::turns::listen::next_stuck(self, now).map(until);
        let gathered = self.gathered.due();
        probes.chain(gathered).chain(pause).chain(forget).chain(stuck).chain(self.look_again).chain(self.pulse_due()).min()
    }
}
