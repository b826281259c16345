//! llama-swap, which starts and stops servers behind one address. Its list calls a model loaded while it is still starting: `/running` has
//! the truth. `GET /unload` and anything below `/upstream` is never asked.

use super::llama_cpp::context_of;
use super::wire::{Running, Version};
use super::{Call, Found, TurnSignal, found, known, model, sign_of_list};
use crate::probe::base::At::Root;
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use crate::probe::wire::Row;
use domain::server::job::JobRequest;
use domain::server::observation::{Failure, Kind, Load};
use serde_json::json;

pub(super) fn sign(reply: &Reply) -> TurnSignal {
    sign_of_list(reply, Kind::LlamaSwap)
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let mut listing = heard.models()?;
    let running = heard.maybe::<Running>(Root("running"));
    // Models may be left out of the list on purpose, and still run.
    for it in running.iter().flat_map(|it| &it.running) {
        if !listing.rows.iter().any(|row| row.id.as_ref() == Some(&it.model)) {
            listing.rows.push(Row { id: Some(it.model.clone()), ..Row::default() });
        }
    }
    let models = listing.rows.iter().map(|row| {
        let mut it = model(row, Load::Unknown);
        let swap = row.meta.as_ref().and_then(|it| it.llamaswap.as_ref());
        it.aliases.extend(swap.and_then(|it| it.aliases.clone()).unwrap_or_default());
        it.configured_context = known(row.context_length).or(row.meta.as_ref().and_then(|it| known(it.n_ctx)));
        if swap.and_then(|it| it.sort.as_deref()).is_some_and(|it| it != "model") {
            return it;
        }
        if let Some(running) = &running {
            let now = running.running.iter().find(|run| run.model == it.id);
            it.load = match now.and_then(|it| it.state.as_deref()) {
                Some("ready") => Load::Loaded,
                Some("starting") => Load::Loading,
                _ => Load::NotLoaded,
            };
            if let Some(now) = now {
                let of_command = || context_of(now.cmd.as_deref()?.split_whitespace());
                it.served_context = it.configured_context.take().or_else(of_command);
            }
        }
        it
    });
    let models = models.collect();
    Ok(found(Kind::LlamaSwap, models, listing.cut).version(heard.maybe::<Version>(Root("api/version")).map(|it| it.version)))
}

pub(super) fn unload(it: &JobRequest) -> Vec<Call> {
    vec![Call { model: Some(it.served_as.clone()), ..Call::new(Root("api/models/unload"), json!({})) }]
}
