//! Findings that OpenClaw accepts silently and a person should still know. Each has a code, a sentence and, where one
//! click fixes it, the changes.

mod logging;
mod names;
mod providers;
mod routes;
mod safety;

use super::{Config, Problem};
use crate::base::releases::Release;
pub use names::{alias_fault, covers};
pub(super) use routes::others;

/// What is found for the OpenClaw that answers; the file alone may not tell which that is.
pub fn lint(config: &Config, release: Release) -> Vec<Problem> {
    let mut problems = Vec::new();
    for provider in config.providers.iter().filter(|it| !it.implied) {
        problems.extend(providers::provider(provider, release));
        problems.extend(provider.models.iter().enumerate().flat_map(|(i, model)| providers::model(provider, i, model)));
    }
    problems.extend(names::aliases(config));
    problems.extend(names::allowed(config));
    problems.extend(routes::routes(config));
    problems.extend(safety::safety(config));
    problems.extend(logging::level(config));
    problems
}
