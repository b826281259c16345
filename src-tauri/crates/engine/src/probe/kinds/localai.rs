//! LocalAI, which answers in the manner of several others. Its list is what is configured; `/system` says what is loaded.

use super::wire::{LocalAiSystem, Version};
use super::{Call, Found, TurnSignal, found, model};
use crate::probe::base::At::{Open, Root};
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::server::job::JobRequest;
use domain::server::observation::{Failure, Kind, Load};
use serde_json::json;

pub(super) fn sign(reply: &Reply) -> TurnSignal {
    match reply.status {
        200 => TurnSignal::Mine,
        503 => TurnSignal::Failed(Failure::Starting),
        _ => TurnSignal::Stranger,
    }
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let listing = heard.models()?;
    let system = heard.maybe::<LocalAiSystem>(Root("system"));
    let version = heard.maybe::<Version>(Open("version")).map(|it| it.version);
    let models = listing.rows.iter().map(|row| {
        let load = match &system {
            None => Load::Unknown,
            Some(it) if it.loaded_models.iter().any(|it| Some(&it.id) == row.id.as_ref()) => Load::Loaded,
            Some(_) => Load::NotLoaded,
        };
        model(row, load)
    });
    Ok(found(Kind::LocalAi, models.collect(), listing.cut).version(version))
}

/// Wants an admin's key where there are users.
pub(super) fn unload(it: &JobRequest) -> Vec<Call> {
    vec![Call::new(Root("backend/shutdown"), json!({ "model": it.served_as }))]
}
