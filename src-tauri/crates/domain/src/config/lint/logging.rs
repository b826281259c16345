//! A log that says too little.

use document::{Path, Segment};

use crate::base::Severity;
use crate::config::{About, Config, Problem};

/// OpenClaw logs its decisions as warnings.
pub(super) fn level(config: &Config) -> Option<Problem> {
    let level = config.logging.level.as_deref().filter(|it| matches!(*it, "error" | "fatal" | "silent"))?;
    let at: Path = ["logging", "level"].into_iter().map(Segment::from).collect();
    let message = format!(
        "With logging.level \"{level}\" OpenClaw does not log its fallbacks. Without its gateway's socket they go unseen. Set it to \"info\"."
    );
    Some(Problem::new("logging.level", Severity::Warning, at, message).about(About::Config))
}
