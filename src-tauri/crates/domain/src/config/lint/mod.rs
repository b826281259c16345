//! Findings that OpenClaw accepts silently and a person should still know. Each has a code, a sentence and, where one
//! click fixes it, the changes.

mod logging;
mod names;
mod providers;
mod routes;
mod safety;

use super::{Config, Problem};
pub use names::{alias_fault, covers};
pub(super) use routes::others;

pub fn lint(config: &Config) -> Vec<Problem> {
    let mut problems = Vec::new();
    for provider in config.providers.iter().filter(|it| !it.implied) {
        problems.extend(providers::provider(provider));
        problems.extend(provider.models.iter().enumerate().flat_map(|(i, model)| providers::model(provider, i, model)));
    }
    problems.extend(names::aliases(config));
    problems.extend(names::allowed(config));
    problems.extend(routes::routes(config));
    problems.extend(safety::safety(config));
    problems.extend(logging::level(config));
    problems
}
