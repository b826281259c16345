//! What the doctor says, as the window and the command line show it.

use serde::Serialize;
use ts_rs::TS;

use crate::intent::Page;
use crate::view::types::{Copy, Fix};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Check {
    /// For machines; the same for each server or model that has the same trouble.
    pub id: String,
    pub group: Group,
    /// What should be so: "The server answers".
    pub title: String,
    pub verdict: Verdict,
    /// What was seen.
    pub evidence: String,
    pub remedy: Option<Remedy>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Group {
    Setup,
    Troubleshooting,
    Safety,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Verdict {
    Ok,
    /// It could not be judged, or does not apply; the evidence says which.
    Skipped,
    Warn,
    Fail,
}

/// What to do about it: always a sentence, and at most one of each way to do it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Remedy {
    pub text: String,
    pub fix: Option<Fix>,
    pub copy: Option<Copy>,
    pub go: Option<Go>,
}

/// A page where it can be mended.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Go {
    pub label: String,
    pub page: Page,
    /// The provider whose form it opens.
    pub provider: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DoctorView {
    /// "2 things need a hand, 9 are fine"
    pub title: String,
    /// How many need a hand.
    pub open: u32,
    pub checks: Vec<Check>,
}

impl Remedy {
    pub(super) fn say(text: impl Into<String>) -> Remedy {
        Remedy { text: text.into(), ..Remedy::default() }
    }

    pub(super) fn fix(self, fix: Option<Fix>) -> Remedy {
        Remedy { fix, ..self }
    }

    pub(super) fn copy(self, command: impl Into<String>) -> Remedy {
        Remedy { copy: Some(Copy { label: "Copy command".to_owned(), text: command.into() }), ..self }
    }

    pub(super) fn go(self, page: Page, provider: Option<&str>) -> Remedy {
        let label = match page {
            Page::Models => "Models",
            Page::Providers => "Providers",
            Page::Route => "Route",
            Page::Status => "Status",
            _ => "Open",
        };
        Remedy { go: Some(Go { label: label.to_owned(), page, provider: provider.map(str::to_owned) }), ..self }
    }
}

impl Group {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Group::Setup => "Setup",
            Group::Troubleshooting => "Troubleshooting",
            Group::Safety => "Safety",
        }
    }
}
