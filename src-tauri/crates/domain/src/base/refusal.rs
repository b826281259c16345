//! Why something that a person asked for is refused.

use serde::Serialize;
use ts_rs::TS;

/// Why a command of the window was refused: a code for the UI, a sentence and a next step for the person.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Refusal {
    pub code: RefusalCode,
    pub message: String,
    pub hint: Option<String>,
    /// For `conflict`: each setting that changed in the file meanwhile.
    pub conflicts: Vec<Conflict>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum RefusalCode {
    /// The same setting was changed in the file meanwhile.
    Conflict,
    /// The file changed since the review; review again.
    Stale,
    /// A value that can't be taken.
    Invalid,
    /// The file can't be written, or reads as broken.
    File,
    Internal,
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Conflict {
    /// Index into the changes that were sent.
    pub change: u32,
    /// "Local: context"
    pub what: String,
    /// The value in the file now, and the one in the draft; secrets masked.
    pub theirs: String,
    pub yours: String,
}
