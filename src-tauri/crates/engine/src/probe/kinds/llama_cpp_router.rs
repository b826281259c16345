//! llama.cpp's `llama-server` in router mode: many models, each with a state. `/props?model=` would load one and evict another.

use super::wire::Props;
use super::{Call, Found, TurnSignal, found, known, llama_cpp, model};
use crate::probe::base::At::Root;
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use crate::probe::wire::{Listing, Status};
use domain::server::job::JobRequest;
use domain::server::observation::{Failure, Kind, Load};
use serde_json::json;

pub(super) fn sign(reply: &Reply) -> TurnSignal {
    llama_cpp::sign(reply)
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    llama_cpp::read(heard)
}

pub(super) fn from(listing: &Listing, props: Props) -> Found {
    let models = listing.rows.iter().map(|row| {
        let mut it = model(row, row.status.as_ref().map_or(Load::Unknown, load_of));
        if let Some(meta) = &row.meta {
            it.served_context = known(meta.n_ctx);
            it.max_context = known(meta.n_ctx_train);
            it.quantisation.clone_from(&meta.ftype);
            it.size_bytes = known(meta.size);
        }
        it.configured_context =
            row.status.as_ref().and_then(|it| llama_cpp::context_of(it.args.as_ref()?.iter().map(String::as_str)));
        it
    });
    let mut found = found(Kind::LlamaCppRouter, models.collect(), listing.cut).version(props.build_info);
    found.serving.room = known(props.max_instances).and_then(|it| usize::try_from(it).ok());
    found
}

fn load_of(status: &Status) -> Load {
    match status.value.as_deref() {
        Some("loaded") => Load::Loaded,
        Some("loading" | "downloading") => Load::Loading,
        Some("sleeping") => Load::Sleeping,
        _ if status.failed == Some(true) => Load::Failed,
        Some("unloaded") => Load::NotLoaded,
        _ => Load::Unknown,
    }
}

/// Answered at once; the list then says how far it is.
pub(super) fn load(it: &JobRequest) -> Call {
    Call::new(Root("models/load"), json!({ "model": it.served_as }))
}

pub(super) fn unload(it: &JobRequest) -> Vec<Call> {
    vec![Call::new(Root("models/unload"), json!({ "model": it.served_as }))]
}
