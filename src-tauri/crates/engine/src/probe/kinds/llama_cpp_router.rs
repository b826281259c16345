//! llama.cpp's `llama-server` in router mode: many models, each with a state. `/props?model=` would load one and evict another.

use super::llama_cpp::{self, Listed, PROPS, Props};
use super::{CALL, Call, Found, KindSpec, ListClues, MODELS, Match, found};
use crate::probe::base::Endpoint::Root;
use crate::probe::wire::{Listing, lenient};
use domain::Kind;
use domain::server::job::JobRequest;
use domain::server::observation::Load;
use serde::Deserialize;
use serde_json::json;

pub(super) const SPEC: KindSpec = KindSpec {
    owner: llama_cpp::SPEC.owner,
    lists,
    alive: CALL,
    asks: &[&[MODELS], &[PROPS]],
    liveness: llama_cpp::liveness,
    read: llama_cpp::read,
    load: Some(load),
    unload: Some(unload),
    works_on: true,
    ..KindSpec::new(Kind::LlamaCppRouter)
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Status {
    #[serde(deserialize_with = "lenient")]
    value: Option<String>,
    #[serde(deserialize_with = "lenient")]
    failed: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    args: Option<Vec<String>>,
}

fn lists(clues: &ListClues<'_>) -> Match {
    let owned = clues.rows.iter().any(|row| row.owned_by.as_deref() == SPEC.owner);
    let has_status = |listing: Listing<Listed>| listing.rows.iter().any(|row| row.extra.status.is_some());
    Match::sure_if(owned && clues.reply.listing().is_ok_and(has_status))
}

pub(super) fn found_in(listing: &Listing<Listed>, props: Props) -> Found {
    let models = listing.rows.iter().map(|row| {
        let status = row.extra.status.as_ref();
        let mut it = llama_cpp::with_facts(row, status.map_or(Load::Unknown, load_of));
        it.configured_context = status.and_then(|it| llama_cpp::context_of(it.args.as_ref()?.iter().map(String::as_str)));
        it
    });
    let mut found = found(Kind::LlamaCppRouter, models.collect(), listing.cut).version(props.build_info);
    found.serving.room = props.max_instances.and_then(|it| usize::try_from(it).ok());
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
fn load(it: &JobRequest) -> Call {
    Call::new(Root("models/load"), json!({ "model": it.served_as }))
}

fn unload(it: &JobRequest) -> Vec<Call> {
    vec![Call::new(Root("models/unload"), json!({ "model": it.served_as }))]
}
