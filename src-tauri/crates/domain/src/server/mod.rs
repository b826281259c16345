//! The model servers: what a probe saw, whether each is up, what it can do, and when it is asked next.

pub mod availability;
mod fleet;
pub mod health;
pub mod job;
pub mod kinds;
pub mod liveness_check;
pub mod machine;
pub mod observation;
mod place;
mod probed;
mod schedule;
mod upstream;
pub mod words;

pub use fleet::{Fleet, Server, Servers};
pub use place::Place;
pub use schedule::Pace;

use crate::ModelRef;
use job::JobState;
use observation::Failure;

/// What changed at a server, and matters to a person.
#[derive(Clone, Debug, PartialEq)]
pub enum ServerTransition {
    /// `since` is Unix milliseconds, here and below.
    BoxDown {
        provider: String,
        since: i64,
        why: Failure,
    },
    BoxUp {
        provider: String,
        since: i64,
    },
    /// A router is up and the server behind it is not; `model` is one that it answers for.
    UpstreamDown {
        base_url: String,
        model: ModelRef,
        since: i64,
        why: Failure,
    },
    UpstreamUp {
        base_url: String,
        model: ModelRef,
        since: i64,
    },
    /// A loaded model gave no answer to a question for one token; `why` ends a sentence.
    CheckFailed {
        model: ModelRef,
        why: String,
    },
    CheckPassed {
        model: ModelRef,
    },
    /// In tokens.
    ContextSmall {
        model: ModelRef,
        served: u64,
        configured: u64,
    },
    /// Someone else may be answering there.
    CertificateChanged {
        provider: String,
    },
    JobEnded(Box<JobState>),
}
