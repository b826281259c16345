//! What the gateway's log says of routes: OpenClaw's own decisions, freed of the log's JSON.

use crate::ModelRef;

/// One line of the gateway's log that matters for the route. `at` is the line's own time, Unix milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    pub at: i64,
    pub run: Option<String>,
    pub session: Option<String>,
    /// The model that the turn asked for.
    pub requested: ModelRef,
    /// The model that this line is about.
    pub candidate: ModelRef,
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The candidate failed; `next` is tried, or nothing is left.
    Failed { reason: Reason, next: Option<ModelRef> },
    /// The candidate was left out without asking it (it is cooling down after an earlier failure).
    Skipped { reason: Reason },
    /// The candidate gave the answer.
    Answered,
    /// The chain ended early: OpenClaw will not fall back in this turn.
    Stopped { reason: Reason },
}

/// OpenClaw's reason, its HTTP status and the head of the error text. The text is the provider's own and may hold anything, so it
/// is only matched, never shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason {
    pub code: String,
    pub status: Option<u16>,
    pub preview: String,
}

/// What the tail of the log reports.
#[derive(Clone, Debug, PartialEq)]
pub enum LogEvent {
    Decision(Decision),
    /// A model answered a request over HTTP (`[model-fetch] response ... status=200`, INFO, not in every version).
    Fetched {
        at: i64,
        model: ModelRef,
        status: u16,
    },
    /// A run came to its end with an answer (`[agent] run ... ended with stopReason=stop`, INFO).
    Ended {
        at: i64,
        run: String,
    },
    /// The file that is being followed, or `None` while there is none.
    Following(Option<String>),
}
