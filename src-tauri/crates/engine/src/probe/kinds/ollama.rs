//! Ollama. What its model card calls the context is the most the model could take; what is served is in `/api/ps`, once it is loaded.

use super::{
    Call, Details, Family, Found, KindSpec, Liveness, MODELS, Match, ModelDetails, ModelVersion, Question, Test, Version, found,
    is_only_version, model,
};
use crate::probe::base::Endpoint::{self, Open, Root};
use crate::probe::reply::Reply;
use crate::probe::round::Answers;
use crate::probe::wire::{Plain, known, lenient};
use domain::Kind;
use domain::server::job::JobRequest;
use domain::server::observation::{Failure, Load, ServedModel};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const VERSION: Endpoint = Open("api/version");
const TAGS: Endpoint = Root("api/tags");
const RUNNING: Endpoint = Root("api/ps");

pub(super) const SPEC: KindSpec = KindSpec {
    owner: Some("library"),
    lists: |clues| Match::maybe_if(clues.rows.is_empty() && !clues.family.is_fast_api()),
    suspected: &[Family::Gin, Family::Unknown],
    tested_first_in: Some(Family::Gin),
    // Others answer this path too, and add keys of their own or a constant.
    test: Some(Test::new(VERSION, is_only_version)),
    alive: VERSION,
    asks: &[&[MODELS], &[TAGS], &[RUNNING]],
    details: Some(Details { at: Root("api/show"), wanted, read: details }),
    liveness: |_, reply| Liveness::mine_if(is_only_version(reply)),
    read,
    load: Some(load),
    unload: Some(unload),
    own_question: Some(own_question),
    processes: &["ollama"],
    ..KindSpec::new(Kind::Ollama)
};

/// `/api/tags` and `/api/ps`.
#[derive(Deserialize)]
struct Models {
    #[serde(deserialize_with = "lenient")]
    models: Option<Vec<Model>>,
}

#[derive(Deserialize)]
struct Model {
    name: String,
    #[serde(default, deserialize_with = "lenient")]
    remote_host: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    digest: Option<String>,
    #[serde(default, deserialize_with = "known")]
    size: Option<u64>,
    #[serde(default, deserialize_with = "known")]
    context_length: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    details: Option<Weights>,
}

#[derive(Deserialize)]
struct Weights {
    #[serde(default, deserialize_with = "lenient")]
    quantization_level: Option<String>,
}

#[derive(Deserialize)]
struct Shown {
    #[serde(default, deserialize_with = "lenient")]
    model_info: Option<Map<String, Value>>,
    #[serde(default, deserialize_with = "lenient")]
    parameters: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    capabilities: Option<Vec<String>>,
}

fn read(kind: Kind, answers: &Answers) -> Result<Found, Failure> {
    let listed = match answers.models::<Plain>() {
        // Not asked: the provider speaks Ollama's own API.
        Err(_) if answers.get(MODELS).is_none() => None,
        listing => Some(listing?),
    };
    let tags = match &listed {
        None => Some(answers.required::<Models>(TAGS)?),
        Some(_) => answers.optional::<Models>(TAGS),
    };
    let running = answers.optional::<Models>(RUNNING).map(|it| it.models.unwrap_or_default());
    let mut models: Vec<ServedModel> =
        tags.and_then(|it| it.models).unwrap_or_default().into_iter().map(|tag| of_tag(tag, running.as_deref())).collect();
    for row in listed.iter().flat_map(|it| &it.rows) {
        if !models.iter().any(|it| it.id == row.id) {
            models.push(model(row, Load::Unknown));
        }
    }
    for it in &mut models {
        if let Some(details) = answers.details(&it.id) {
            it.max_context = details.max_context;
            it.configured_context = details.configured_context;
            it.tools = details.tools;
        }
        it.aliases.extend(it.id.strip_suffix(":latest").map(str::to_owned));
    }
    let version = match answers.get(VERSION).or_else(|| answers.get(Root("api/version"))) {
        Some(Ok(reply)) => reply.json::<Version>().map(|it| it.version),
        _ => None,
    };
    Ok(found(kind, models, listed.is_some_and(|it| it.cut)).version(version))
}

/// A round has an end.
const SHOWN_AT_ONCE: usize = 16;

/// The models that the config names, with their digests: those whose facts are asked for.
fn wanted(answers: &Answers, wanted: Option<&[String]>) -> Vec<ModelVersion> {
    let names = Kind::Ollama.info().names;
    let tags = answers.optional::<Models>(TAGS).and_then(|it| it.models).unwrap_or_default();
    let ours = tags
        .into_iter()
        .filter(|tag| !is_remote(tag) && wanted.is_none_or(|wanted| wanted.iter().any(|name| names.are_same(&tag.name, name))));
    ours.take(SHOWN_AT_ONCE).map(|tag| ModelVersion { model: tag.name, digest: tag.digest.unwrap_or_default() }).collect()
}

/// The model's own maximum, and `num_ctx` of its Modelfile.
fn details(reply: &Reply) -> Option<ModelDetails> {
    let shown: Shown = reply.read().ok()?;
    let info = shown.model_info.unwrap_or_default();
    let family = info.get("general.architecture").and_then(Value::as_str).unwrap_or_default();
    let max_context = info.get(&format!("{family}.context_length")).and_then(Value::as_u64);
    let mut lines = shown.parameters.as_deref().unwrap_or_default().lines();
    let num_ctx = lines.find_map(|it| it.trim().strip_prefix("num_ctx ")?.trim().parse().ok());
    let known = |it: &u64| *it > 0;
    let tools = shown.capabilities.filter(|it| !it.is_empty()).map(|it| it.iter().any(|it| it == "tools"));
    Some(ModelDetails { max_context: max_context.filter(known), configured_context: num_ctx.filter(known), tools })
}

/// Someone's cloud, behind the server at home.
fn is_remote(tag: &Model) -> bool {
    tag.remote_host.as_ref().is_some_and(|it| !it.is_empty())
        || Kind::Ollama.info().cloud.is_some_and(|it| it.endings.iter().any(|end| tag.name.ends_with(end)))
}

fn of_tag(tag: Model, running: Option<&[Model]>) -> ServedModel {
    let remote = is_remote(&tag);
    let names = Kind::Ollama.info().names;
    let now = running.into_iter().flatten().find(|it| names.are_same(&it.name, &tag.name));
    ServedModel {
        load: match (now, running) {
            _ if remote => Load::Unknown,
            (Some(_), _) => Load::Loaded,
            (None, Some(_)) => Load::NotLoaded,
            (None, None) => Load::Unknown,
        },
        served_context: now.and_then(|it| it.context_length),
        quantisation: tag.details.and_then(|it| it.quantization_level).filter(|it| !it.is_empty()),
        size_bytes: tag.size.filter(|_| !remote),
        id: tag.name,
        remote,
        ..ServedModel::default()
    }
}

/// A generation without a prompt. Its own API is told how much context is wanted, the other can't be: a size given here would be undone by
/// the agent's first request.
fn load(it: &JobRequest) -> Call {
    let mut body = json!({ "model": it.served_as, "keep_alive": "30m" });
    if let Some(context) = it.context.filter(|_| it.api.as_deref() == Kind::Ollama.info().own_api) {
        body["options"] = json!({ "num_ctx": context });
    }
    Call::new(Root("api/generate"), body)
}

fn unload(it: &JobRequest) -> Vec<Call> {
    vec![Call::new(Root("api/generate"), json!({ "model": it.served_as, "keep_alive": 0 }))]
}

fn own_question(it: &JobRequest, messages: &Value) -> Question {
    let mut options = json!({ "num_predict": 1 });
    // Another size would load it anew.
    if let Some(context) = it.context {
        options["num_ctx"] = json!(context);
    }
    let body = json!({ "model": it.model, "messages": messages, "stream": false, "options": options });
    Question { call: Call::new(Root("api/chat"), body), field: "message" }
}
