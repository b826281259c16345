//! LM Studio. The OpenAI list shows what is downloaded, or what is loaded, as its settings will; its own API knows both. Every unknown
//! path is answered with 200 and an error, and a line in its log.

use super::wire::{LmStudioModel, LmStudioV0, LmStudioV0Model, LmStudioV1};
use super::{Call, Found, TurnSignal, found, known, model, sign_of_list};
use crate::probe::base::At::Root;
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::server::job::JobRequest;
use domain::server::observation::{Failure, Kind, Load, ServedModel};
use serde_json::json;

pub(super) fn sign(reply: &Reply) -> TurnSignal {
    sign_of_list(reply, Kind::LmStudio)
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let listing = heard.models()?;
    let (mut models, version): (Vec<_>, _) = if let Some(v1) = heard.maybe::<LmStudioV1>(Root("api/v1/models")) {
        (v1.models.into_iter().map(of_v1).collect(), Some("0.4+"))
    } else if let Some(v0) = heard.maybe::<LmStudioV0>(Root("api/v0/models")) {
        (v0.data.into_iter().map(of_v0).collect(), None)
    } else {
        (Vec::new(), None)
    };
    for row in &listing.rows {
        if !models.iter().any(|it| {
            it.id.as_str() == row.id.as_deref().unwrap_or_default() || it.aliases.iter().any(|a| Some(a) == row.id.as_ref())
        }) {
            models.push(model(row, Load::Unknown));
        }
    }
    Ok(found(Kind::LmStudio, models, listing.cut).version(version.map(str::to_owned)))
}

fn of_v1(it: LmStudioModel) -> ServedModel {
    let instances: Vec<String> = it.loaded_instances.iter().filter_map(|it| it.id.clone()).collect();
    let mut aliases = instances.clone();
    aliases.extend(it.selected_variant);
    aliases.extend(it.variants.unwrap_or_default());
    aliases.sort();
    aliases.dedup();
    aliases.retain(|alias| *alias != it.key);
    let instance = it.loaded_instances.first();
    ServedModel {
        load: if instance.is_some() { Load::Loaded } else { Load::NotLoaded },
        served_context: instance.and_then(|it| known(it.config.as_ref()?.context_length)),
        max_context: known(it.max_context_length),
        quantisation: it.quantization.and_then(|it| it.name),
        size_bytes: known(it.size_bytes),
        id: it.key,
        aliases,
        instances,
        ..ServedModel::default()
    }
}

fn of_v0(it: LmStudioV0Model) -> ServedModel {
    ServedModel {
        load: match it.state.as_deref() {
            Some("loaded") => Load::Loaded,
            Some("not-loaded") => Load::NotLoaded,
            Some("loading") => Load::Loading,
            _ => Load::Unknown,
        },
        served_context: known(it.loaded_context_length),
        max_context: known(it.max_context_length),
        quantisation: it.quantization,
        id: it.id,
        ..ServedModel::default()
    }
}

/// 0.4 and newer; it answers when the model is loaded.
pub(super) fn load(it: &JobRequest) -> Call {
    let mut body = json!({ "model": it.served_as, "echo_load_config": true });
    if let Some(context) = it.context {
        body["context_length"] = json!(context);
    }
    Call::new(Root("api/v1/models/load"), body)
}

pub(super) fn unload(it: &JobRequest) -> Vec<Call> {
    let unload = |instance| Call::new(Root("api/v1/models/unload"), json!({ "instance_id": instance }));
    it.instances.iter().map(unload).collect()
}
