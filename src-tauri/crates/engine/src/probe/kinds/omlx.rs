//! oMLX. `/v1/models` lists what is in its folder, by the names that a person gave; `/v1/models/status` lists all of it by its own ids and
//! says what is in memory.

use super::{Call, Found, KindSpec, MODELS, OPENAPI, Test, found, model, title};
use crate::probe::base::Endpoint::{self, Root};
use crate::probe::round::Answers;
use crate::probe::wire::{Plain, known, lenient, number};
use domain::Kind;
use domain::server::job::JobRequest;
use domain::server::observation::{Failure, Load, ServedModel};
use serde::Deserialize;
use serde_json::json;

const MODEL_STATUS: Endpoint = Root("v1/models/status");
const SERVER_STATUS: Endpoint = Root("api/status");

pub(super) const SPEC: KindSpec = KindSpec {
    owner: Some("omlx"),
    complains: |refusal| {
        let complaint = &refusal.complaint;
        complaint.kind == "authentication_error" && matches!(complaint.message.as_str(), "API key required" | "Invalid API key")
    },
    test: Some(Test::new(OPENAPI, |reply| title(reply).as_deref() == Some("oMLX API"))),
    asks: &[&[MODELS], &[MODEL_STATUS], &[SERVER_STATUS]],
    read,
    unload: Some(unload),
    processes: &["omlx"],
    ..KindSpec::new(Kind::Omlx)
};

#[derive(Deserialize)]
struct ModelStatus {
    models: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    id: String,
    #[serde(default, deserialize_with = "lenient")]
    model_alias: Option<String>,
    loaded: bool,
    #[serde(default, deserialize_with = "lenient")]
    is_loading: Option<bool>,
    #[serde(default, deserialize_with = "known")]
    estimated_size: Option<u64>,
    /// What it refuses longer prompts by.
    #[serde(default, deserialize_with = "known")]
    max_context_window: Option<u64>,
    #[serde(default, deserialize_with = "known")]
    model_context_length: Option<u64>,
}

#[derive(Deserialize)]
struct ServerStatus {
    #[serde(default, deserialize_with = "lenient")]
    version: Option<String>,
    #[serde(default, deserialize_with = "number")]
    active_requests: Option<u64>,
}

fn read(kind: Kind, answers: &Answers) -> Result<Found, Failure> {
    let listing = answers.models::<Plain>()?;
    let status = answers.optional::<ModelStatus>(MODEL_STATUS).map(|it| it.models).unwrap_or_default();
    let mut models: Vec<ServedModel> = status.into_iter().map(served).collect();
    for row in &listing.rows {
        if !models.iter().any(|it| it.id == row.id || it.aliases.contains(&row.id)) {
            models.push(model(row, Load::Unknown));
        }
    }
    let server = answers.optional::<ServerStatus>(SERVER_STATUS);
    let mut found = found(kind, models, listing.cut);
    found.serving.busy = server.as_ref().is_some_and(|it| it.active_requests > Some(0));
    Ok(found.version(server.and_then(|it| it.version)))
}

fn served(it: Model) -> ServedModel {
    ServedModel {
        load: match (it.loaded, it.is_loading) {
            (true, _) => Load::Loaded,
            (false, Some(true)) => Load::Loading,
            (false, _) => Load::NotLoaded,
        },
        served_context: it.max_context_window.filter(|_| it.loaded),
        configured_context: it.max_context_window.filter(|_| !it.loaded),
        max_context: it.model_context_length,
        size_bytes: it.estimated_size,
        aliases: it.model_alias.into_iter().collect(),
        id: it.id,
        ..ServedModel::default()
    }
}

/// Takes its own id of the model, and no alias.
fn unload(it: &JobRequest) -> Vec<Call> {
    vec![Call::about(&it.served_as, Root("v1/models/{model}/unload"), json!({}))]
}
