//! What happened and matters, said once: the same value is told to the person and kept in the history, so that the two can't drift.

use crate::base::Now;
use crate::base::releases::Release;
use crate::config::{BadText, ConfigFile};
use crate::server::{ServerTransition, Servers};
use crate::turns::fallback::RouteTransition;

#[derive(Clone, Debug, PartialEq)]
pub enum Transition {
    Server(ServerTransition),
    Route(RouteTransition),
    /// A new good text, and what it changed, in words. `saved_here`: Pilot Light wrote it.
    ConfigChanged {
        saved_here: bool,
        summary: Vec<String>,
    },
    ConfigInvalid(BadText),
    ConfigRejected(RejectedConfig),
}

/// A text that OpenClaw put aside, beside the config: an edit that it undid (`.clobbered.`), or a write of its own that it refused
/// (`.rejected.`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedConfig {
    /// The name of its file, beside the config.
    pub name: String,
    /// Unix milliseconds.
    pub at: i64,
    pub why: Rejection,
    /// Of its text; SHA-256 in hex.
    pub hash: String,
    /// How many lines of the config it would change.
    pub lines: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// OpenClaw put the file before back in its place.
    Undone,
    /// OpenClaw's own write, which it did not go through with.
    Refused,
}

impl Rejection {
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Rejection::Undone => "undone by OpenClaw",
            Rejection::Refused => "refused by OpenClaw",
        }
    }
}

impl RejectedConfig {
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self.why {
            Rejection::Undone => "OpenClaw undid an edit",
            Rejection::Refused => "OpenClaw refused a change of its own",
        }
    }

    #[must_use]
    pub fn body(&self) -> String {
        match self.why {
            Rejection::Undone => format!("Your version is in {}.", self.name),
            Rejection::Refused => format!("What it would have written is in {}.", self.name),
        }
    }
}

/// What is known when a transition happens: its words need names, prices and outages.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    pub servers: Servers<'a>,
    /// Which OpenClaw answers.
    pub release: Release,
    pub file: &'a ConfigFile,
    pub now: &'a Now,
}

impl From<ServerTransition> for Transition {
    fn from(it: ServerTransition) -> Self {
        Transition::Server(it)
    }
}

impl From<RouteTransition> for Transition {
    fn from(it: RouteTransition) -> Self {
        Transition::Route(it)
    }
}
