//! A notice: what happened, what it means and what to do.

use serde::{Deserialize, Serialize};

use crate::intent::{Intent, Page, Pause, Show};

/// The codes are part of the JSON contract (`notice.code`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Code {
    FallbackStarted,
    FallbackEnded,
    RouteExhausted,
    RunStuck,
    BoxDown,
    BoxUp,
    ContextSmall,
    ConfigInvalid,
    ConfigReverted,
    JobDone,
    CertificateChanged,
}

impl Code {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Code::FallbackStarted => "fallback.started",
            Code::FallbackEnded => "fallback.ended",
            Code::RouteExhausted => "route.exhausted",
            Code::RunStuck => "run.stuck",
            Code::BoxDown => "box.down",
            Code::BoxUp => "box.up",
            Code::ContextSmall => "context.small",
            Code::ConfigInvalid => "config.invalid",
            Code::ConfigReverted => "config.reverted",
            Code::JobDone => "job.done",
            Code::CertificateChanged => "certificate.changed",
        }
    }

    /// Those that can be switched off one by one.
    pub const TOLD: [Code; 10] = [
        Code::FallbackStarted,
        Code::FallbackEnded,
        Code::RouteExhausted,
        Code::RunStuck,
        Code::BoxDown,
        Code::BoxUp,
        Code::ContextSmall,
        Code::ConfigInvalid,
        Code::ConfigReverted,
        Code::CertificateChanged,
    ];

    /// Describes the notice on the Settings page.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Code::FallbackStarted => "OpenClaw fell back to another model",
            Code::FallbackEnded => "The primary answers again",
            Code::RouteExhausted => "No model answered",
            Code::RunStuck => "OpenClaw waits forever",
            Code::BoxDown => "A server stopped answering",
            Code::BoxUp => "A server is back",
            Code::ContextSmall => "A model is served with less context than configured",
            Code::ConfigInvalid => "The config has an error",
            Code::ConfigReverted => "OpenClaw undid an edit of the config",
            Code::CertificateChanged => "A server shows another certificate than the one you trust",
            Code::JobDone => "A model was loaded or unloaded",
        }
    }

    /// Shown even while notifications are paused: no model answers, or the person asked for it.
    #[must_use]
    pub fn is_urgent(self) -> bool {
        matches!(self, Code::RouteExhausted | Code::JobDone)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    pub code: Code,
    /// What it is about: a provider, a model ref, a file. The same code about another subject is another notice.
    pub subject: String,
    pub title: String,
    pub body: String,
    /// Unix milliseconds.
    pub at: i64,
}

impl Notice {
    /// What a click on the popup does: it opens the page that shows the details.
    #[must_use]
    pub fn click(&self) -> Intent {
        Intent::Open(match self.code {
            Code::ContextSmall => Show::page(Page::Models),
            Code::ConfigReverted => Show::backup(self.subject.clone()),
            Code::JobDone | Code::CertificateChanged => Show::page(Page::Status),
            _ => Show { moment: Some(self.at), ..Show::page(Page::History) },
        })
    }

    /// The buttons of its popup, with what each does.
    #[must_use]
    pub fn actions(&self) -> Vec<(&'static str, Intent)> {
        let open = |page| ("Open", Intent::Open(Show::page(page)));
        match self.code {
            Code::FallbackStarted => vec![open(Page::Status), ("Pause 1 h", Intent::Pause(Some(Pause::Hour)))],
            Code::ContextSmall => vec![open(Page::Models)],
            Code::BoxDown => vec![open(Page::Status), ("Mute this server", Intent::Mute(self.subject.clone()))],
            Code::RouteExhausted | Code::RunStuck | Code::CertificateChanged | Code::ConfigInvalid => vec![open(Page::Status)],
            Code::ConfigReverted => vec![("Show the difference", Intent::Open(Show::backup(self.subject.clone())))],
            Code::FallbackEnded | Code::BoxUp | Code::JobDone => Vec::new(),
        }
    }
}
