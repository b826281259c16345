//! Lemonade. One call says it all: what is loaded, with which context, and whether it works.

use super::{Call, Found, KindSpec, Liveness, MODELS, found, model};
use crate::probe::base::Endpoint::{self, Root};
use crate::probe::reply::Reply;
use crate::probe::round::Answers;
use crate::probe::wire::{known, lenient, whole};
use domain::Kind;
use domain::server::job::JobRequest;
use domain::server::observation::{Failure, Load};
use serde::Deserialize;
use serde_json::json;

const HEALTH: Endpoint = Root("v1/health");

pub(super) const SPEC: KindSpec = KindSpec {
    owner: Some("lemonade"),
    refuses: |refusal| {
        let complaint = &refusal.complaint;
        refusal.reply.status == 404 && complaint.kind == "not_found" && !complaint.path.is_empty()
    },
    alive: HEALTH,
    asks: &[&[MODELS], &[HEALTH]],
    liveness,
    read,
    load: Some(load),
    unload: Some(unload),
    processes: &["lemonade"],
    ..KindSpec::new(Kind::Lemonade)
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Listed {
    #[serde(deserialize_with = "known")]
    context_length: Option<u64>,
    #[serde(deserialize_with = "known")]
    max_context_window: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    checkpoint: Option<String>,
    #[serde(deserialize_with = "lenient")]
    recipe: Option<String>,
    /// In gigabytes.
    #[serde(deserialize_with = "lenient")]
    size: Option<f64>,
}

#[derive(Deserialize)]
struct Health {
    #[serde(default, deserialize_with = "lenient")]
    version: Option<String>,
    all_models_loaded: Vec<Loaded>,
    #[serde(default, deserialize_with = "lenient")]
    max_models: Option<Room>,
}

#[derive(Deserialize)]
struct Room {
    #[serde(default, deserialize_with = "known")]
    llm: Option<u64>,
}

#[derive(Deserialize)]
struct Loaded {
    model_name: String,
    #[serde(default, deserialize_with = "lenient")]
    is_busy: Option<bool>,
    #[serde(default, deserialize_with = "lenient")]
    recipe_options: Option<Options>,
}

#[derive(Deserialize)]
struct Options {
    #[serde(default, deserialize_with = "known")]
    ctx_size: Option<u64>,
}

fn is_mine(reply: &Reply) -> bool {
    reply.is_ok() && reply.json::<Health>().is_some()
}

fn liveness(_: &KindSpec, reply: &Reply) -> Liveness {
    match reply.refusal() {
        Err(failure @ (Failure::AuthNeeded | Failure::AuthWrong)) => Liveness::Unwell(failure),
        _ => Liveness::mine_if(is_mine(reply)),
    }
}

fn read(kind: Kind, answers: &Answers) -> Result<Found, Failure> {
    let listing = answers.models::<Listed>()?;
    let health = answers.optional::<Health>(HEALTH);
    let models = listing.rows.iter().map(|row| {
        let mut it = model(row, Load::Unknown);
        let listed = &row.extra;
        it.max_context = listed.max_context_window;
        it.quantisation = listed.checkpoint.as_deref().and_then(|it| it.rsplit_once(':')).map(|it| it.1.to_owned());
        it.size_bytes = listed.size.and_then(|it| whole(it * 1e9)).filter(|it| *it > 0);
        // A row of someone's cloud is never loaded here.
        it.remote = listed.recipe.as_deref() == Some("cloud");
        if !it.remote
            && let Some(health) = &health
        {
            let now = health.all_models_loaded.iter().find(|now| now.model_name == it.id);
            it.load = if now.is_some() { Load::Loaded } else { Load::NotLoaded };
            it.configured_context = listed.context_length;
            it.served_context = now.and_then(|it| it.recipe_options.as_ref()?.ctx_size.or(listed.context_length));
        }
        it
    });
    let mut found = found(kind, models.collect(), listing.cut);
    found.serving.busy = health.as_ref().is_some_and(|it| it.all_models_loaded.iter().any(|it| it.is_busy == Some(true)));
    let room = health.as_ref().and_then(|it| it.max_models.as_ref()?.llm);
    found.serving.room = room.and_then(|it| usize::try_from(it).ok());
    Ok(found.version(health.and_then(|it| it.version)))
}

fn load(it: &JobRequest) -> Call {
    let mut body = json!({ "model_name": it.served_as });
    if let Some(context) = it.context {
        body["ctx_size"] = json!(context);
    }
    Call::new(Root("v1/load"), body)
}

fn unload(it: &JobRequest) -> Vec<Call> {
    vec![Call::new(Root("v1/unload"), json!({ "model_name": it.served_as }))]
}
