//! TabbyAPI. With an admin's key it lists the whole folder, so what is loaded is asked on its own.

use super::wire::{ServiceInfo, TabbyModel};
use super::{Call, Found, TurnSignal, found, known, model, sign_of};
use crate::probe::base::At::Root;
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::server::job::JobRequest;
use domain::server::observation::{Failure, Kind, Load};
use serde_json::json;

pub(super) fn sign(reply: &Reply) -> TurnSignal {
    sign_of(reply, |it: ServiceInfo| it.software.name == "TabbyAPI")
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let listing = heard.models()?;
    let now = heard.maybe::<TabbyModel>(Root("v1/model"));
    let models = listing.rows.iter().map(|row| {
        let mut it = model(row, Load::NotLoaded);
        if let Some(now) = now.as_ref().filter(|now| now.id == it.id) {
            it.load = Load::Loaded;
            it.served_context = now.parameters.as_ref().and_then(|it| known(it.max_seq_len));
        }
        it
    });
    let mut models: Vec<_> = models.collect();
    // It answers any name with the loaded one, so that comes first.
    models.sort_by_key(|it| it.load != Load::Loaded);
    let mut found = found(Kind::TabbyApi, models, listing.cut);
    found.serving.room = Some(1);
    Ok(found)
}

/// Wants the admin's key; it tells of each module as it goes on, and ends when all are loaded.
pub(super) fn load(it: &JobRequest) -> Call {
    let mut body = json!({ "model_name": it.served_as });
    if let Some(context) = it.context {
        body["max_seq_len"] = json!(context);
    }
    Call::new(Root("v1/model/load"), body)
}

pub(super) fn unload(_: &JobRequest) -> Vec<Call> {
    vec![Call::new(Root("v1/model/unload"), json!({}))]
}
