//! What the programs say of their own work, on stderr, as far as `PILOTLIGHT_LOG` asks for it: a level, or `engine=debug,warn`.

pub use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

const VARIABLE: &str = "PILOTLIGHT_LOG";

/// `otherwise` where the variable is absent or cannot be read.
pub fn to_stderr(otherwise: Level) {
    let said = std::env::var(VARIABLE).ok();
    let targets = said.as_deref().map(str::parse::<Targets>);
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
