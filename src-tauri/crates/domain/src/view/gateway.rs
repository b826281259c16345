//! How Pilot Light knows what OpenClaw does: the link to its gateway, and who said what is claimed now.

use serde::Serialize;
use ts_rs::TS;

use super::types::{Mark, Shape};
use crate::app::state::State;
use crate::base::Now;
use crate::base::words::{clock, list};
use crate::turns::gateway_connection::{ConnectionError, ConnectionState};
use crate::turns::signal::{Source, SourceTimes};

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct GatewayView {
    /// How the link to OpenClaw's gateway stands, as a sentence without its full stop.
    pub link: Mark,
    /// What a person can do about it, as a sentence.
    pub next: Option<String>,
    /// Who says what the headline claims of OpenClaw's turns.
    pub evidence: Option<String>,
}

pub(super) fn gateway(state: &State, now: &Now) -> GatewayView {
    GatewayView {
        link: Mark { shape: shape(&state.turns.connection), text: state.turns.connection.sentence() },
        next: state.turns.connection.next_step().map(str::to_owned),
        evidence: evidence(state).and_then(|it| seen(it, now)),
    }
}

/// Of what is claimed now, where it was OpenClaw that said it.
pub(crate) fn evidence(state: &State) -> Option<&SourceTimes> {
    let runs = &state.turns.fallbacks.runs;
    let stuck = state.turns.stuck().and_then(|(_, it)| runs.get(&it.run)).map(|it| &it.evidence);
    let stranded = || state.turns.leading_stranded(&state.config).map(|(_, it)| &it.evidence);
    stuck.or_else(stranded).or_else(|| state.turns.leading_fallback(&state.config).map(|(_, it)| &it.evidence))
}

fn seen(evidence: &SourceTimes, now: &Now) -> Option<String> {
    let first = evidence.iter().map(|it| it.1).min()?;
    let by = evidence.iter().map(|(source, _)| match source {
        Source::Log => "in OpenClaw's log".to_owned(),
        Source::Socket => "at its gateway".to_owned(),
        Source::Probe => "by Pilot Light's own check".to_owned(),
    });
    Some(format!("Seen {} at {}", list(&by.collect::<Vec<_>>()), clock(first, now)))
}

/// It is optional, so nothing here is worse than a hint.
fn shape(connection: &ConnectionState) -> Shape {
    match connection {
        ConnectionState::Up { .. } => Shape::Ok,
        ConnectionState::Waiting | ConnectionState::Connecting | ConnectionState::Down(ConnectionError::Lost) => Shape::Wait,
        ConnectionState::Down(ConnectionError::NoToken | ConnectionError::TokenElsewhere | ConnectionError::NotRunning) => {
            Shape::Sleep
        }
        ConnectionState::Down(_) => Shape::Warn,
    }
}
