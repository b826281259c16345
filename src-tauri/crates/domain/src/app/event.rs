//! Everything that can happen, and everything that may be asked of the world. There is no other way in or out.

use std::collections::BTreeMap;

use crate::config::{BadText, Config, Problem};
use crate::history::{Recalled, Record};
use crate::intent::{Intent, Show};
use crate::notify::notice::Notice;
use crate::notify::settings::Settings;
use crate::schema::OwnSchema;
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
    /// What a person trusts by now: fingerprints by origin.
    Trusted(BTreeMap<String, String>),
    Log(LogEvent),
    /// From before the start: it sets the scene, and nothing is told of it.
    PastLog(LogEvent),
    Gateway(GatewayEvent),
    /// What was kept before this start; it comes once, soon after it.
    Recalled(Box<Recalled>),
    /// The text of this hash is our own, with what was changed: what is read next may be it.
    Saved {
        hash: String,
        said: Vec<String>,
    },
    /// OpenClaw put a text aside, beside the config. `known`: from before the start, and told then.
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
    Schema(OwnSchema),
    /// The app's own settings were read; or why they can't be.
    Settings(Result<Settings, String>),
    /// The shell has shown it, as far as a desktop can say.
    Shown(Notice),
    Intent(Intent),
    /// Of a job that a person asked for.
    Job {
        provider: String,
        id: u64,
        progress: JobProgress,
    },
    /// Of a question that a person switched on, not clicked.
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
    /// Read the config once more, and what stands beside it.
    LookAgain,
    Job(JobRequest),
    /// One token of a model that is in memory and has nothing to do, once.
    Ask(JobRequest),
    /// And undo what was only begun, where that can be.
    StopJob(JobRequest),
    /// Ask the gateway on this machine whether it lives.
    AskGateway,
    /// Take this certificate at this address from now on.
    Trust {
        base_url: String,
        fingerprint: String,
    },
    /// And no longer what was taken at this origin.
    Forget {
        origin: String,
    },
    Notify(Notice),
    /// Keep this; it is never waited for.
    Remember(Record),
    SaveSettings(Settings),
    Show(Show),
    CopyText(String),
    Quit,
}
