//! What OpenClaw put aside lately, as the window shows it.

use crate::app::state::State;
use crate::base::Now;
use crate::base::words::count;
use crate::view::types::RejectedConfigView;

/// What was not put back within a day is not going to be.
const SHOWN_FOR_MS: i64 = 24 * 3_600_000;

pub(super) fn shown(state: &State, now: &Now) -> Option<RejectedConfigView> {
    let rejected = state.rejected.as_ref().filter(|it| now.wall_ms - it.at < SHOWN_FOR_MS)?;
    let lines = count(rejected.lines as usize, "line differs", "lines differ");
    Some(RejectedConfigView {
        title: format!("{}.", rejected.title()),
        text: format!("{} {lines}.", rejected.body()),
        backup: rejected.name.clone(),
    })
}
