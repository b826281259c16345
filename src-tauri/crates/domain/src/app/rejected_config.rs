//! Texts that OpenClaw puts aside, beside the config: an edit that it undid (`.clobbered.`), or a write of its own that it refused
//! (`.rejected.`). The one whose edit is gone has to hear of it, and can put it back.

use std::time::Duration;

use crate::app::event::Effect;
use crate::app::state::{Now, State};
use crate::base::words::count;
use crate::notify::notice::Code;
use crate::notify::wording::tell;
use crate::view::types::RejectedConfigView;

/// After a save: OpenClaw 2026.9.6 takes a changed file up within this time (measured).
pub const LOOK_AFTER: Duration = Duration::from_secs(2);
/// What was not put back within a day is not going to be.
const SHOWN_FOR_MS: i64 = 24 * 3_600_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedConfig {
    /// The name of its file, beside the config.
    pub name: String,
    /// Unix milliseconds.
    pub at: i64,
    pub why: Rejection,
    /// Of its text; SHA-256 in hex.
    pub hash: String,
    /// How many lines of the config it would change.
    pub lines: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// OpenClaw put the file before back in its place.
    Undone,
    /// OpenClaw's own write, which it did not go through with.
    Refused,
}

impl Rejection {
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Rejection::Undone => "undone by OpenClaw",
            Rejection::Refused => "refused by OpenClaw",
        }
    }
}

impl RejectedConfig {
    fn title(&self) -> &'static str {
        match self.why {
            Rejection::Undone => "OpenClaw undid an edit",
            Rejection::Refused => "OpenClaw refused a change of its own",
        }
    }

    fn body(&self) -> String {
        match self.why {
            Rejection::Undone => format!("Your version is in {}.", self.name),
            Rejection::Refused => format!("What it would have written is in {}.", self.name),
        }
    }
}

pub(crate) fn take(state: &mut State, aside: RejectedConfig, known: bool, now: &Now, effects: &mut Vec<Effect>) {
    if state.file.hash.as_ref() == Some(&aside.hash) || state.aside.as_ref().is_some_and(|it| it.at >= aside.at) {
        return;
    }
    if !known {
        tell(state, now, effects, Code::ConfigReverted, &aside.name, aside.title().to_owned(), aside.body());
    }
    state.aside = Some(aside);
}

pub(crate) fn shown(state: &State, now: &Now) -> Option<RejectedConfigView> {
    let aside = state.aside.as_ref().filter(|it| now.wall_ms - it.at < SHOWN_FOR_MS)?;
    let lines = count(aside.lines as usize, "line differs", "lines differ");
    Some(RejectedConfigView {
        title: format!("{}.", aside.title()),
        text: format!("{} {lines}.", aside.body()),
        backup: aside.name.clone(),
    })
}
