//! The formats that only one kind of server writes: just the fields that are read, all of them optional unless they are its mark.

use crate::probe::reply::Reply;
use crate::probe::wire::{lenient, number};
use serde::Deserialize;

/// llama.cpp `/props`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Props {
    #[serde(deserialize_with = "lenient")]
    pub role: Option<String>,
    #[serde(deserialize_with = "number")]
    pub max_instances: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub is_sleeping: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub build_info: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub model_ftype: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub default_generation_settings: Option<GenerationSettings>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct GenerationSettings {
    #[serde(deserialize_with = "number")]
    pub n_ctx: Option<u64>,
}

/// text-generation-webui `/v1/internal/health`.
#[derive(Debug, Deserialize)]
pub(super) struct Health {
    pub status: String,
}

/// LM Studio `/api/v1/models`.
#[derive(Debug, Deserialize)]
pub(super) struct LmStudioV1 {
    pub models: Vec<LmStudioModel>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LmStudioModel {
    pub key: String,
    #[serde(default)]
    pub loaded_instances: Vec<LmStudioInstance>,
    #[serde(default, deserialize_with = "number")]
    pub max_context_length: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    pub quantization: Option<LmStudioQuantization>,
    #[serde(default, deserialize_with = "number")]
    pub size_bytes: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    pub selected_variant: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub variants: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LmStudioInstance {
    #[serde(default, deserialize_with = "lenient")]
    pub id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub config: Option<LmStudioConfig>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LmStudioConfig {
    #[serde(default, deserialize_with = "number")]
    pub context_length: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LmStudioQuantization {
    #[serde(default, deserialize_with = "lenient")]
    pub name: Option<String>,
}

/// LM Studio `/api/v0/models`.
#[derive(Debug, Deserialize)]
pub(super) struct LmStudioV0 {
    pub data: Vec<LmStudioV0Model>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LmStudioV0Model {
    pub id: String,
    #[serde(default, deserialize_with = "lenient")]
    pub state: Option<String>,
    #[serde(default, deserialize_with = "number")]
    pub max_context_length: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    pub loaded_context_length: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    pub quantization: Option<String>,
}

/// Ollama `/api/tags` and `/api/ps`.
#[derive(Debug, Deserialize)]
pub(super) struct OllamaModels {
    #[serde(deserialize_with = "lenient")]
    pub models: Option<Vec<OllamaModel>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct OllamaModel {
    pub name: String,
    #[serde(default, deserialize_with = "lenient")]
    pub remote_host: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub digest: Option<String>,
    #[serde(default, deserialize_with = "number")]
    pub size: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    pub context_length: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    pub details: Option<OllamaDetails>,
}

/// Ollama `/api/show`: a model's own facts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OllamaShow {
    pub max_context: Option<u64>,
    /// `num_ctx` of its Modelfile.
    pub num_ctx: Option<u64>,
}

impl OllamaShow {
    pub(crate) fn read(reply: &Reply) -> Option<OllamaShow> {
        #[derive(Deserialize)]
        struct Shown {
            #[serde(default, deserialize_with = "lenient")]
            model_info: Option<serde_json::Map<String, serde_json::Value>>,
            #[serde(default, deserialize_with = "lenient")]
            parameters: Option<String>,
        }
        let shown: Shown = reply.read().ok()?;
        let info = shown.model_info.unwrap_or_default();
        let family = info.get("general.architecture").and_then(|it| it.as_str()).unwrap_or_default();
        let max_context = info.get(&format!("{family}.context_length")).and_then(serde_json::Value::as_u64);
        let mut lines = shown.parameters.as_deref().unwrap_or_default().lines();
        let num_ctx = lines.find_map(|it| it.trim().strip_prefix("num_ctx ")?.trim().parse().ok());
        Some(OllamaShow { max_context: super::known(max_context), num_ctx: super::known(num_ctx) })
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct OllamaDetails {
    #[serde(default, deserialize_with = "lenient")]
    pub quantization_level: Option<String>,
}

/// `{"version": ...}` and nothing else where it is Ollama's or vLLM's.
#[derive(Debug, Deserialize)]
pub(super) struct Version {
    pub version: String,
}

/// LiteLLM `/health/readiness`.
#[derive(Debug, Deserialize)]
pub(super) struct Readiness {
    pub litellm_version: String,
}

/// LiteLLM `/v1/model/info`: one row a deployment, of which a model may have several.
#[derive(Debug, Deserialize)]
pub(super) struct Deployments {
    pub data: Vec<Deployment>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Deployment {
    #[serde(default, deserialize_with = "lenient")]
    pub model_name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub litellm_params: Option<LiteLlmParams>,
    #[serde(default, deserialize_with = "lenient")]
    pub model_info: Option<LiteLlmInfo>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LiteLlmParams {
    #[serde(default, deserialize_with = "lenient")]
    pub api_base: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub model: Option<String>,
    /// It answers by itself, without any upstream.
    #[serde(default)]
    pub mock_response: Option<serde::de::IgnoredAny>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LiteLlmInfo {
    #[serde(default, deserialize_with = "number")]
    pub max_input_tokens: Option<u64>,
}

/// llama-swap `/running`.
#[derive(Debug, Deserialize)]
pub(super) struct Running {
    pub running: Vec<RunningModel>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RunningModel {
    pub model: String,
    #[serde(default, deserialize_with = "lenient")]
    pub state: Option<String>,
    /// May hold a key: read for the context size alone.
    #[serde(default, deserialize_with = "lenient")]
    pub cmd: Option<String>,
}

/// LocalAI `/system`.
#[derive(Debug, Deserialize)]
pub(super) struct LocalAiSystem {
    pub loaded_models: Vec<LocalAiModel>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LocalAiModel {
    pub id: String,
}

/// KoboldCpp `/api/extra/version`.
#[derive(Debug, Deserialize)]
pub(super) struct KoboldVersion {
    pub result: String,
    #[serde(default, deserialize_with = "lenient")]
    pub version: Option<String>,
}

/// KoboldCpp `/api/extra/true_max_context_length`.
#[derive(Debug, Deserialize)]
pub(super) struct KoboldContext {
    #[serde(deserialize_with = "number")]
    pub value: Option<u64>,
}

/// KoboldCpp `/api/extra/perf`.
#[derive(Debug, Deserialize)]
pub(super) struct KoboldPerf {
    #[serde(deserialize_with = "number")]
    pub idle: Option<u64>,
}

/// Lemonade `/v1/health`.
#[derive(Debug, Deserialize)]
pub(super) struct LemonadeHealth {
    #[serde(default, deserialize_with = "lenient")]
    pub version: Option<String>,
    pub all_models_loaded: Vec<LemonadeModel>,
    #[serde(default, deserialize_with = "lenient")]
    pub max_models: Option<LemonadeRoom>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LemonadeRoom {
    #[serde(default, deserialize_with = "number")]
    pub llm: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LemonadeModel {
    pub model_name: String,
    #[serde(default, deserialize_with = "lenient")]
    pub is_busy: Option<bool>,
    #[serde(default, deserialize_with = "lenient")]
    pub recipe_options: Option<LemonadeOptions>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LemonadeOptions {
    #[serde(default, deserialize_with = "number")]
    pub ctx_size: Option<u64>,
}

/// TabbyAPI `/.well-known/serviceinfo`.
#[derive(Debug, Deserialize)]
pub(super) struct ServiceInfo {
    pub software: Software,
}

#[derive(Debug, Deserialize)]
pub(super) struct Software {
    pub name: String,
}

/// TabbyAPI `/v1/model`.
#[derive(Debug, Deserialize)]
pub(super) struct TabbyModel {
    pub id: String,
    #[serde(default, deserialize_with = "lenient")]
    pub parameters: Option<TabbyParameters>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TabbyParameters {
    #[serde(default, deserialize_with = "number")]
    pub max_seq_len: Option<u64>,
}

/// Docker Model Runner `/engines/ps`.
#[derive(Debug, Deserialize)]
pub(super) struct DockerRunner {
    pub model_name: String,
    #[serde(default, deserialize_with = "lenient")]
    pub in_use: Option<bool>,
    #[serde(default, deserialize_with = "lenient")]
    pub loading: Option<bool>,
}
