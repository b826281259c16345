//! What a person asks for, from the menu, a notification or the window. A menu row carries its intent, so no label
//! or id is parsed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ModelRef;
use crate::base::change::Change;
use crate::server::job::Job;

#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Probe all servers at once, or one.
    CheckNow {
        provider: Option<String>,
    },
    /// Start a job.
    Job {
        job: Job,
        model: ModelRef,
    },
    CancelJob {
        provider: String,
    },
    /// Trust the certificate of this fingerprint, if the server still shows it.
    Trust {
        provider: String,
        fingerprint: String,
    },
    /// Stop trusting the certificate of this origin.
    Forget {
        origin: String,
    },
    /// Hold notifications back; `None` resumes.
    Pause(Option<Pause>),
    /// Show the window on a page, with changes put into the draft for review.
    Open(Show),
    CopyText(String),
    /// Mute notices about a provider's server.
    Mute(String),
    Quit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Pause {
    Hour,
    /// Until tomorrow, 8:00 local time.
    Tomorrow,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Page {
    #[default]
    Status,
    Models,
    Providers,
    Route,
    History,
    Doctor,
    Settings,
    Backups,
    Review,
}

/// What the window is to show when it opens, or when the tray asks for it while it is open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Show {
    pub page: Page,
    /// Put into the draft, for review.
    pub draft: Vec<Change>,
    /// The provider whose form the Providers page opens.
    pub provider: Option<String>,
    /// The backup that the Backups page shows.
    pub backup: Option<String>,
    /// The moment (Unix milliseconds) whose row the History page points at.
    #[ts(type = "number | null")]
    pub moment: Option<i64>,
}

impl Show {
    #[must_use]
    pub fn page(page: Page) -> Self {
        Show { page, ..Show::default() }
    }

    #[must_use]
    pub fn review(change: Change) -> Self {
        Show { draft: vec![change], ..Show::page(Page::Review) }
    }

    #[must_use]
    pub fn backup(name: String) -> Self {
        Show { backup: Some(name), ..Show::page(Page::Backups) }
    }
}
