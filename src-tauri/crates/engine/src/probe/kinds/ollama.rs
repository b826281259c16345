//! Ollama. What its model card calls the context is the most the model could take; what is served is in `/api/ps`, once it is loaded.

use super::wire::{OllamaModel, OllamaModels, Version};
use super::{Call, Found, TurnSignal, found, is_only_version, known, model};
use crate::probe::base::At::{Open, Root};
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::server::job::JobRequest;
use domain::server::observation::{Failure, Kind, Load, ServedModel};
use serde_json::json;

/// Others answer this path too, and add keys of their own or a constant.
pub(super) fn sign(reply: &Reply) -> TurnSignal {
    if is_only_version(reply) { TurnSignal::Mine } else { TurnSignal::Stranger }
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let listed = match heard.models() {
        // Not asked: the provider speaks Ollama's own API.
        Err(_) if heard.get(super::MODELS).is_none() => None,
        listing => Some(listing?),
    };
    let tags = match &listed {
        None => Some(heard.must::<OllamaModels>(Root("api/tags"))?),
        Some(_) => heard.maybe::<OllamaModels>(Root("api/tags")),
    };
    let running = heard.maybe::<OllamaModels>(Root("api/ps")).map(|it| it.models.unwrap_or_default());
    let mut models: Vec<ServedModel> =
        tags.and_then(|it| it.models).unwrap_or_default().into_iter().map(|tag| of_tag(tag, running.as_deref())).collect();
    for row in listed.iter().flat_map(|it| &it.rows) {
        if !models.iter().any(|it| Some(&it.id) == row.id.as_ref()) {
            models.push(model(row, Load::Unknown));
        }
    }
    for it in &mut models {
        if let Some(shown) = heard.shown(&it.id) {
            it.max_context = shown.max_context;
            it.configured_context = shown.num_ctx;
        }
        it.aliases.extend(it.id.strip_suffix(":latest").map(str::to_owned));
    }
    let version = match heard.get(Open("api/version")).or_else(|| heard.get(Root("api/version"))) {
        Some(Ok(reply)) => reply.json::<Version>().map(|it| it.version),
        _ => None,
    };
    Ok(found(Kind::Ollama, models, listed.is_some_and(|it| it.cut)).version(version))
}

/// A round has an end.
const SHOWN_AT_ONCE: usize = 16;

/// The models that the config names, with their digests: those whose facts are asked for.
pub(crate) fn to_show(heard: &Heard, wanted: Option<&[String]>) -> Vec<(String, String)> {
    let tags = heard.maybe::<OllamaModels>(Root("api/tags")).and_then(|it| it.models).unwrap_or_default();
    let ours =
        tags.into_iter().filter(|tag| !is_remote(tag) && wanted.is_none_or(|it| it.iter().any(|it| same_name(it, &tag.name))));
    ours.take(SHOWN_AT_ONCE).map(|tag| (tag.name, tag.digest.unwrap_or_default())).collect()
}

/// Someone's cloud, behind the server at home.
fn is_remote(tag: &OllamaModel) -> bool {
    tag.remote_host.as_ref().is_some_and(|it| !it.is_empty()) || tag.name.ends_with("-cloud") || tag.name.ends_with(":cloud")
}

fn of_tag(tag: OllamaModel, running: Option<&[OllamaModel]>) -> ServedModel {
    let remote = is_remote(&tag);
    let now = running.into_iter().flatten().find(|it| same_name(&it.name, &tag.name));
    ServedModel {
        load: match (now, running) {
            _ if remote => Load::Unknown,
            (Some(_), _) => Load::Loaded,
            (None, Some(_)) => Load::NotLoaded,
            (None, None) => Load::Unknown,
        },
        served_context: now.and_then(|it| known(it.context_length)),
        quantisation: tag.details.and_then(|it| it.quantization_level).filter(|it| !it.is_empty()),
        size_bytes: if remote { None } else { known(tag.size) },
        id: tag.name,
        remote,
        ..ServedModel::default()
    }
}

fn same_name(a: &str, b: &str) -> bool {
    let bare = |it: &str| it.to_lowercase().trim_end_matches(":latest").to_owned();
    bare(a) == bare(b)
}

/// A generation without a prompt. Its own API is told how much context is wanted, the other can't be: a size given here would be undone by
/// the agent's first request.
pub(super) fn load(it: &JobRequest) -> Call {
    let mut body = json!({ "model": it.served_as, "keep_alive": "30m" });
    if let Some(context) = it.context.filter(|_| it.api.as_deref() == Some("ollama")) {
        body["options"] = json!({ "num_ctx": context });
    }
    Call::new(Root("api/generate"), body)
}

pub(super) fn unload(it: &JobRequest) -> Vec<Call> {
    vec![Call::new(Root("api/generate"), json!({ "model": it.served_as, "keep_alive": 0 }))]
}
