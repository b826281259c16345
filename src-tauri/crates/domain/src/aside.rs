//! Texts that OpenClaw puts aside, beside the config: an edit that it undid (`.clobbered.`), or a write of its own that it refused
//! (`.rejected.`). The one whose edit is gone has to hear of it, and can put it back.

use std::time::Duration;

use crate::event::Effect;
use crate::notice::Code;
use crate::state::{Now, State};
use crate::telling::tell;
use crate::view::types::SetAsideView;
use crate::words::count;

/// After a save: OpenClaw 2026.9.6 takes a changed file up within this time (measured).
pub const LOOK_AFTER: Duration = Duration::from_secs(2);
/// What was not put back within a day is not going to be.
const SHOWN_FOR_MS: i64 = 24 * 3_600_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// The name of its file, beside the config.
    pub name: String,
    /// Unix milliseconds.
    pub at: i64,
    pub why: Why,
    /// Of its text; SHA-256 in hex.
    pub hash: String,
    /// How many lines of the config it would change.
    pub lines: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// OpenClaw put the file before back in its place.
    Undone,
    /// OpenClaw's own write, which it did not go through with.
    Refused,
}

impl Why {
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Why::Undone => "undone by OpenClaw",
            Why::Refused => "refused by OpenClaw",
        }
    }
}

impl SetAside {
    fn title(&self) -> &'static str {
        match self.why {
            Why::Undone => "OpenClaw undid an edit",
            Why::Refused => "OpenClaw refused a change of its own",
        }
    }

    fn body(&self) -> String {
        match self.why {
            Why::Undone => format!("Your version is in {}.", self.name),
            Why::Refused => format!("What it would have written is in {}.", self.name),
        }
    }
}

pub(crate) fn take(state: &mut State, aside: SetAside, known: bool, now: &Now, effects: &mut Vec<Effect>) {
    if state.file.hash.as_ref() == Some(&aside.hash) || state.aside.as_ref().is_some_and(|it| it.at >= aside.at) {
        return;
    }
    if !known {
        tell(state, now, effects, Code::ConfigReverted, &aside.name, aside.title().to_owned(), aside.body());
    }
    state.aside = Some(aside);
}

pub(crate) fn shown(state: &State, now: &Now) -> Option<SetAsideView> {
    let aside = state.aside.as_ref().filter(|it| now.wall_ms - it.at < SHOWN_FOR_MS)?;
    let lines = count(aside.lines as usize, "line differs", "lines differ");
    Some(SetAsideView {
        title: format!("{}.", aside.title()),
        text: format!("{} {lines}.", aside.body()),
        backup: aside.name.clone(),
    })
}
