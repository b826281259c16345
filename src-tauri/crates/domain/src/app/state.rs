//! Everything that Pilot Light knows. Only `update` changes it.

use std::time::Duration;

use crate::Now;
use crate::app::persisted::Persistence;
use crate::base::Severity;
use crate::base::releases::Release;
use crate::config::{Config, ConfigFile, Problem, Reading};
use crate::history::History;
use crate::notify::Notify;
use crate::notify::settings::Settings;
use crate::schema::SchemaStatus;
use crate::server::availability::Outlook;
use crate::server::{Fleet, Pace, Servers};
use crate::transition::RejectedConfig;
use crate::turns::Turns;
use crate::turns::route_status::RouteState;

#[derive(Clone, Debug, Default)]
pub struct State {
    pub file: ConfigFile,
    /// The last good config.
    pub config: Config,
    pub problems: Vec<Problem>,
    /// `None`: not looked for yet.
    pub installed_schema: Option<SchemaStatus>,
    pub fleet: Fleet,
    pub turns: Turns,
    pub notify: Notify,
    pub history: History,
    pub preferences: Preferences,
    pub(crate) persistence: Persistence,
    pub(crate) save: Save,
    /// The last text that OpenClaw rejected, until it is restored or another one is saved.
    pub rejected: Option<RejectedConfig>,
    /// Random, from the engine. Mixed into the tags of keys, so that a tag reveals nothing.
    pub seed: u64,
}

/// The settings of Pilot Light itself, with their file.
#[derive(Clone, Debug, Default)]
pub struct Preferences {
    pub settings: Settings,
    /// The path of their file.
    pub path: String,
    /// Why the file can't be read; the settings are then the last good ones.
    pub fault: Option<String>,
    /// The interval was given on the command line, so the settings don't change it.
    pub interval_given: bool,
}

/// The last save from here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Save {
    /// The hash of what was saved, and what was changed, until it is read back.
    pub expected: Option<(String, Vec<String>)>,
    /// When to look whether OpenClaw took it.
    pub look_again: Option<Duration>,
}

impl State {
    /// `seed` is mixed into the tags of keys; it should be random.
    #[must_use]
    pub fn new(path: String, home: Option<String>, pace: Pace, seed: u64) -> Self {
        State {
            file: ConfigFile { path, home, ..ConfigFile::default() },
            fleet: Fleet { pace, ..Fleet::default() },
            seed,
            ..State::default()
        }
    }

    /// The config and the log were read, and every server probed at least once.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.file.reading != Reading::Waiting && self.turns.log_caught_up && self.fleet.is_settled()
    }

    /// The servers beside the config that names them.
    #[must_use]
    pub fn servers(&self) -> Servers<'_> {
        Servers { config: &self.config, fleet: &self.fleet }
    }

    /// The default route as it stands.
    #[must_use]
    pub fn route(&self) -> RouteState {
        self.turns.route(self.servers(), self.file.is_broken() || self.would_be_refused())
    }

    /// Which OpenClaw answers: what its gateway said, else what is installed here, else what the file tells.
    #[must_use]
    pub fn release(&self) -> Release {
        let said = self.turns.gateway_version.as_deref();
        let installed = || self.installed_schema.as_ref().filter(|_| !self.config.gateway.remote)?.version();
        said.or_else(installed).and_then(Release::named).unwrap_or(self.config.release)
    }

    /// It reads, and OpenClaw would still refuse it.
    #[must_use]
    pub fn would_be_refused(&self) -> bool {
        self.problems.iter().any(|it| it.severity == Severity::Error)
    }

    /// Whether every primary of this provider that has a fallback in force can answer again.
    pub(crate) fn primaries_answer(&self, provider: &str) -> bool {
        let mut waiting = self.turns.fallbacks.active.keys().filter(|it| it.provider == provider);
        waiting.all(|it| self.servers().availability(it).outlook() == Outlook::Answers)
    }

    /// When `Event::Tick` is next due; the engine holds the only timer.
    #[must_use]
    pub fn next_deadline(&self, now: &Now) -> Option<Duration> {
        let turns = self.turns.next_deadline(self.servers(), now);
        let all = [self.fleet.next_deadline(), turns, self.notify.next_deadline(now), self.save.look_again];
        all.into_iter().flatten().min()
    }
}
