//! How a conclusion came about: each question of a round with its answer, and what gave the server away. No body, no header, no key.

use domain::server::observation::{Failure, Observation};
use std::time::Duration;

#[derive(Clone, Debug)]
pub struct Explained {
    pub seen: Observation,
    /// What showed its kind, if that was found out in this round.
    pub why: Option<&'static str>,
    pub steps: Vec<Step>,
}

/// One question.
#[derive(Clone, Debug)]
pub struct Step {
    /// GET, but for the one question that a server takes only as a POST.
    pub method: &'static str,
    pub path: String,
    /// The key or the headers that were given went with it.
    pub keyed: bool,
    pub purpose: Purpose,
    /// The HTTP status.
    pub answer: Result<u16, Failure>,
    pub took: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// What is it?
    Kind,
    /// Is it alive?
    Alive,
    /// What does it serve?
    Serves,
}
