//! Everything that can happen, and everything that the rules may ask of the world.

use std::collections::BTreeMap;

use crate::config::{BadText, Config, Problem};
use crate::history::{Recalled, Record};
use crate::intent::{Intent, Show};
use crate::notify::notice::Notice;
use crate::notify::settings::Settings;
use crate::schema::SchemaStatus;
use crate::server::job::{JobProgress, JobRequest};
use crate::server::liveness_check::CheckOutcome;
use crate::server::machine::Machine;
use crate::server::observation::{Observation, ProbeRequest};
use crate::transition::RejectedConfig;
use crate::turns::gateway_connection::{ConnectionError, GatewayEvent};
use crate::turns::signal::LogEvent;

#[derive(Clone, Debug)]
pub enum Event {
    /// The config file was read, or could not be.
    Config(FileEvent),
    /// `base_url` is the one that was asked: the config may have moved on meanwhile.
    Probed {
        provider: String,
        base_url: String,
        deep: bool,
        observation: Observation,
    },
    /// The certificates that a person trusts: fingerprints by origin.
    Trusted(BTreeMap<String, String>),
    Log(LogEvent),
    /// From before the start: it shapes the state and causes no notice.
    PastLog(LogEvent),
    Gateway(GatewayEvent),
    /// What earlier runs kept. It comes once, soon after the start.
    Recalled(Box<Recalled>),
    /// Pilot Light wrote the text of this hash; `said` sums up what changed.
    Saved {
        hash: String,
        said: Vec<String>,
    },
    /// OpenClaw rejected a text and stored it beside the config. `known`: announced before this start.
    ConfigRejected {
        rejected: RejectedConfig,
        known: bool,
    },
    /// Whether the gateway lives at a port of this machine.
    Pulse {
        port: u16,
        answer: Result<(), ConnectionError>,
    },
    /// What is known of the installed OpenClaw's own schema.
    Schema(SchemaStatus),
    /// The app's own settings, or why they can't be read.
    Settings(Result<Settings, String>),
    /// The desktop has shown this notice.
    Shown(Notice),
    Intent(Intent),
    /// Progress of a job that a person started.
    Job {
        provider: String,
        id: u64,
        progress: JobProgress,
    },
    /// The result of a liveness check.
    Asked {
        provider: String,
        id: u64,
        outcome: CheckOutcome,
    },
    /// This machine's own network or power changed.
    Machine(Machine),
    /// Someone is looking at the window, or no longer.
    Visible(bool),
    Tick,
}

#[derive(Clone, Debug)]
pub enum FileEvent {
    Good { hash: String, strict_json: bool, config: Box<Config>, problems: Vec<Problem> },
    Missing,
    Unreadable(String),
    Bad(BadText),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Probe(ProbeRequest),
    /// Read the config and the files beside it once more.
    LookAgain,
    Job(JobRequest),
    /// Ask an idle model in memory for one token, once.
    Ask(JobRequest),
    /// Stop a job, and undo what it began, where possible.
    StopJob(JobRequest),
    /// Ask the gateway on this machine whether it lives.
    AskGateway,
    /// Trust this certificate at this address from now on.
    Trust {
        base_url: String,
        fingerprint: String,
    },
    /// Stop trusting the certificate of this origin.
    Forget {
        origin: String,
    },
    Notify(Notice),
    /// Store this. Nothing waits for it.
    Remember(Record),
    SaveSettings(Settings),
    Show(Show),
    CopyText(String),
    Quit,
}
