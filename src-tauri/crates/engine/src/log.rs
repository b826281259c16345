//! The programs' own log, on stderr. `PILOTLIGHT_LOG` sets how much of it: a level, or `engine=debug,warn`.

pub use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

const VARIABLE: &str = "PILOTLIGHT_LOG";

/// Starts the log. `otherwise` holds where the variable is absent or makes no sense.
pub fn to_stderr(otherwise: Level) {
    let variable = std::env::var(VARIABLE).ok();
    let targets = variable.as_deref().map(str::parse::<Targets>);
    let unread = matches!(targets, Some(Err(_)));
    let targets = targets.and_then(Result::ok).unwrap_or_else(|| Targets::new().with_default(otherwise));
    tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().with_ansi(false).with_writer(std::io::stderr))
        .with(targets)
        .init();
    if unread {
        tracing::error!(
            "{VARIABLE} is not understood; it takes error, warn, info, debug, trace or off, or parts such as engine=debug,warn"
        );
    }
}
