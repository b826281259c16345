//! What OpenClaw says of its runs, in one vocabulary for its log and its socket. Both repeat each other, come late and lack parts;
//! no rule depends on which came first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ModelRef;

/// Who said it. Kept as evidence, never as a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    Log,
    Socket,
    Probe,
}

/// One thing said of one run. `at` is the speaker's own time, Unix milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct TurnSignal {
    pub at: i64,
    pub source: Source,
    pub run: Option<String>,
    /// The id of its session.
    pub session: Option<String>,
    /// The key of its session, like `agent:main:main`.
    pub key: Option<String>,
    /// What the lines of one turn have in common in the log.
    pub trace: Option<String>,
    pub agent: Option<String>,
    /// The model that the turn asked for, where that is said.
    pub requested: Option<ModelRef>,
    pub what: SignalKind,
}

impl TurnSignal {
    /// Says nothing yet of whose turn it is.
    #[must_use]
    pub fn new(at: i64, source: Source, what: SignalKind) -> Self {
        TurnSignal { at, source, run: None, session: None, key: None, trace: None, agent: None, requested: None, what }
    }

    /// The model that gave OpenClaw an answer, where this says so.
    #[must_use]
    pub fn answered_by(&self) -> Option<&ModelRef> {
        match &self.what {
            SignalKind::Fetched { model, status: ..300 } | SignalKind::Answered(model) | SignalKind::Spoke(model) => Some(model),
            _ => None,
        }
    }

    /// What is said now happened now, whatever the clock of the machine that says it shows.
    pub(crate) fn mend_time(&mut self, now_ms: i64) {
        const CREDIBLE_MS: i64 = 10 * 60 * 1_000;
        if (self.at - now_ms).abs() > CREDIBLE_MS {
            self.at = now_ms;
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum SignalKind {
    /// A model was asked, and has not answered yet; `None`: it is not said which.
    Asking(Option<ModelRef>),
    /// A part of an answer came (`speaking`), or a tool is at work, for which nobody waits.
    Alive { speaking: bool },
    /// The same model is asked again: attempt `n` of `of`.
    Retrying { n: u32, of: u32, reason: Reason },
    /// The model failed.
    Failed { model: ModelRef, reason: Reason, next: Next },
    /// The model gave the run's answer.
    Answered(ModelRef),
    /// OpenClaw ended the turn without trying the rest of the chain.
    Stopped { model: ModelRef, reason: Reason },
    /// The run came to its end with an answer, and it is not said whose.
    Ended,
    /// The run came to its end with an error.
    Errored(Reason),
    /// A person stopped the run, or OpenClaw did for a reason that is no model's, like a restart.
    Interrupted,
    /// An attempt of the run came to its end with an error, and another may follow.
    AttemptEnded,
    /// The prompt was too long for the model. OpenClaw shortens it and asks again, if it can.
    Overflowed(ModelRef),
    /// It could not: a turn that overflowed on this model ends so, and it is not said which.
    Uncompacted(ModelRef),
    /// By OpenClaw's own watch the run has been waiting for a model for so long.
    Stalled { waited_ms: i64 },
    /// A model began to answer over HTTP; it may still break off.
    Fetched { model: ModelRef, status: u16 },
    /// The session has an answer from this model, whatever the run.
    Spoke(ModelRef),
    /// The session is back on the model that it asks for.
    Cleared(ModelRef),
    /// Whether a person chose the session's model with `/model`; then it has no fallback.
    Pinned(bool),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    Model(ModelRef),
    /// Nothing is left to try.
    Nobody,
    /// There was nothing else to try.
    Alone,
    Unsaid,
}

/// OpenClaw's reason, its HTTP status and the head of the error text. The text is the provider's own and may hold anything, so it
/// is only matched, never shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reason {
    pub code: String,
    pub status: Option<u16>,
    pub preview: String,
}

impl Reason {
    #[must_use]
    pub fn of(code: impl Into<String>) -> Self {
        Reason { code: code.into(), ..Reason::default() }
    }

    /// The HTTP status that the error text tells: OpenClaw calls some server errors a timeout (2026.8.2, measured).
    #[must_use]
    pub fn told_status(&self) -> Option<u16> {
        let words = self.preview.split([' ', ':', ',', ')']);
        let after_http =
            words.clone().zip(words.clone().skip(1)).find(|it| it.0.trim_start_matches('(') == "HTTP").map(|it| it.1);
        let told = after_http.or(words.clone().next())?.parse().ok()?;
        (400..600).contains(&told).then_some(told)
    }

    /// Nothing came in time, as far as is known.
    #[must_use]
    pub fn is_silence(&self) -> bool {
        self.code.contains("timeout") && self.told_status().is_none() && !self.preview.contains("Connection error")
    }

    /// Of two accounts of one failure, whichever came first, what either knows more of.
    pub(crate) fn learn(&mut self, other: &Reason) {
        self.code = std::mem::take(&mut self.code).max(other.code.clone());
        self.status = self.status.max(other.status);
        self.preview = std::mem::take(&mut self.preview).max(other.preview.clone());
    }
}

/// What the tail of the log reports.
#[derive(Clone, Debug, PartialEq)]
pub enum LogEvent {
    Signal(Box<TurnSignal>),
    /// The file that is being followed, or `None` while there is none.
    Following(Option<String>),
    /// Where in the log all before was read: for the follower itself, after a restart.
    Bookmark(String),
    /// All that was written while Pilot Light was not running has been read.
    CaughtUp,
}

/// For each thing said, who said it and when first: a person can see why Pilot Light claims what it claims.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceTimes(BTreeMap<Source, i64>);

impl SourceTimes {
    pub(crate) fn add(&mut self, source: Source, at: i64) {
        let first = self.0.entry(source).or_insert(at);
        *first = (*first).min(at);
    }

    pub(crate) fn join(&mut self, other: &SourceTimes) {
        other.iter().for_each(|(source, at)| self.add(source, at));
    }

    pub fn iter(&self) -> impl Iterator<Item = (Source, i64)> + '_ {
        self.0.iter().map(|it| (*it.0, *it.1))
    }
}
