//! LM Studio. The OpenAI list shows what is downloaded, or what is loaded, as its settings will; its own API knows both. Every unknown
//! path is answered with 200 and an error, and a line in its log.

use super::{Call, Found, KindSpec, MODELS, found, model};
use crate::probe::base::Endpoint::{self, Root};
use crate::probe::round::Answers;
use crate::probe::wire::{Plain, known, lenient};
use domain::Kind;
use domain::server::job::JobRequest;
use domain::server::observation::{Failure, Load, ServedModel};
use serde::Deserialize;
use serde_json::json;

const V1: Endpoint = Root("api/v1/models");
const V0: Endpoint = Root("api/v0/models");

pub(super) const SPEC: KindSpec = KindSpec {
    owner: Some("organization_owner"),
    refuses: |refusal| refusal.reply.status == 200 && refusal.complaint.message.starts_with("Unexpected endpoint or method"),
    // Without a test of its own: it is known by its list, which takes the key.
    complains: |refusal| refusal.complaint.message.contains("LM Studio API token"),
    asks: &[&[MODELS], &[V1, V0]],
    read,
    load: Some(load),
    unload: Some(unload),
    ..KindSpec::new(Kind::LmStudio)
};

#[derive(Deserialize)]
struct ListV1 {
    models: Vec<ModelV1>,
}

#[derive(Deserialize)]
struct ModelV1 {
    key: String,
    #[serde(default)]
    loaded_instances: Vec<Instance>,
    #[serde(default, deserialize_with = "known")]
    max_context_length: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    quantization: Option<Quantization>,
    #[serde(default, deserialize_with = "known")]
    size_bytes: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    selected_variant: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    variants: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Instance {
    #[serde(default, deserialize_with = "lenient")]
    id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    config: Option<InstanceConfig>,
}

#[derive(Deserialize)]
struct InstanceConfig {
    #[serde(default, deserialize_with = "known")]
    context_length: Option<u64>,
}

#[derive(Deserialize)]
struct Quantization {
    #[serde(default, deserialize_with = "lenient")]
    name: Option<String>,
}

#[derive(Deserialize)]
struct ListV0 {
    data: Vec<ModelV0>,
}

#[derive(Deserialize)]
struct ModelV0 {
    id: String,
    #[serde(default, deserialize_with = "lenient")]
    state: Option<String>,
    #[serde(default, deserialize_with = "known")]
    max_context_length: Option<u64>,
    #[serde(default, deserialize_with = "known")]
    loaded_context_length: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    quantization: Option<String>,
}

fn read(kind: Kind, answers: &Answers) -> Result<Found, Failure> {
    let listing = answers.models::<Plain>()?;
    let (mut models, version): (Vec<_>, _) = if let Some(v1) = answers.optional::<ListV1>(V1) {
        (v1.models.into_iter().map(of_v1).collect(), Some("0.4+"))
    } else if let Some(v0) = answers.optional::<ListV0>(V0) {
        (v0.data.into_iter().map(of_v0).collect(), None)
    } else {
        (Vec::new(), None)
    };
    for row in &listing.rows {
        if !models.iter().any(|it: &ServedModel| it.id == row.id || it.aliases.contains(&row.id)) {
            models.push(model(row, Load::Unknown));
        }
    }
    Ok(found(kind, models, listing.cut).version(version.map(str::to_owned)))
}

fn of_v1(it: ModelV1) -> ServedModel {
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
        served_context: instance.and_then(|it| it.config.as_ref()?.context_length),
        max_context: it.max_context_length,
        quantisation: it.quantization.and_then(|it| it.name),
        size_bytes: it.size_bytes,
        id: it.key,
        aliases,
        instances,
        ..ServedModel::default()
    }
}

fn of_v0(it: ModelV0) -> ServedModel {
    ServedModel {
        load: match it.state.as_deref() {
            Some("loaded") => Load::Loaded,
            Some("not-loaded") => Load::NotLoaded,
            Some("loading") => Load::Loading,
            _ => Load::Unknown,
        },
        served_context: it.loaded_context_length,
        max_context: it.max_context_length,
        quantisation: it.quantization,
        id: it.id,
        ..ServedModel::default()
    }
}

/// 0.4 and newer; it answers when the model is loaded.
fn load(it: &JobRequest) -> Call {
    let mut body = json!({ "model": it.served_as, "echo_load_config": true });
    if let Some(context) = it.context {
        body["context_length"] = json!(context);
    }
    Call::new(Root("api/v1/models/load"), body)
}

fn unload(it: &JobRequest) -> Vec<Call> {
    let unload = |instance| Call::new(Root("api/v1/models/unload"), json!({ "instance_id": instance }));
    it.instances.iter().map(unload).collect()
}
