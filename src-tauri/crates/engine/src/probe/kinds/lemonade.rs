//! Lemonade. One call says it all: what is loaded, with which context, and whether it works.

use super::wire::LemonadeHealth;
use super::{Call, Found, TurnSignal, found, known, model, sign_of};
use crate::probe::base::At::Root;
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use crate::probe::wire::{Row, whole};
use domain::server::job::JobRequest;
use domain::server::observation::{Failure, Kind, Load};
use serde_json::json;

pub(super) fn sign(reply: &Reply) -> TurnSignal {
    match reply.refusal() {
        Err(failure @ (Failure::AuthNeeded | Failure::AuthWrong)) => TurnSignal::Failed(failure),
        _ => sign_of(reply, |_: LemonadeHealth| true),
    }
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let listing = heard.models()?;
    let health = heard.maybe::<LemonadeHealth>(Root("v1/health"));
    let models = listing.rows.iter().map(|row| {
        let mut it = model(row, Load::Unknown);
        it.max_context = known(row.max_context_window);
        it.quantisation = row.checkpoint.as_deref().and_then(|it| it.rsplit_once(':')).map(|it| it.1.to_owned());
        it.size_bytes = size(row);
        // A row of someone's cloud is never loaded here.
        it.remote = row.recipe.as_deref() == Some("cloud");
        if !it.remote
            && let Some(health) = &health
        {
            let now = health.all_models_loaded.iter().find(|now| now.model_name == it.id);
            it.load = if now.is_some() { Load::Loaded } else { Load::NotLoaded };
            it.configured_context = known(row.context_length);
            it.served_context = now.and_then(|it| known(it.recipe_options.as_ref()?.ctx_size).or(known(row.context_length)));
        }
        it
    });
    let mut found = found(Kind::Lemonade, models.collect(), listing.cut);
    found.serving.busy = health.as_ref().is_some_and(|it| it.all_models_loaded.iter().any(|it| it.is_busy == Some(true)));
    let room = health.as_ref().and_then(|it| known(it.max_models.as_ref()?.llm));
    found.serving.room = room.and_then(|it| usize::try_from(it).ok());
    Ok(found.version(health.and_then(|it| it.version)))
}

/// It counts in gigabytes.
fn size(row: &Row) -> Option<u64> {
    known(whole(row.size.as_ref()?.as_f64()? * 1e9))
}

pub(super) fn load(it: &JobRequest) -> Call {
    let mut body = json!({ "model_name": it.served_as });
    if let Some(context) = it.context {
        body["ctx_size"] = json!(context);
    }
    Call::new(Root("v1/load"), body)
}

pub(super) fn unload(it: &JobRequest) -> Vec<Call> {
    vec![Call::new(Root("v1/unload"), json!({ "model_name": it.served_as }))]
}
