//! The formats that only one kind of server writes: just the fields that are read, all of them optional unless they are its mark.

use crate::probe::wire::{lenient, number};
use serde::Deserialize;

/// llama.cpp `/props`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Props {
    #[serde(deserialize_with = "lenient")]
    pub role: Option<String>,
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
    #[serde(default, deserialize_with = "number")]
    pub size: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    pub context_length: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    pub details: Option<OllamaDetails>,
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

/// LiteLLM `/model_group/info`.
#[derive(Debug, Deserialize)]
pub(super) struct ModelGroups {
    pub data: Vec<ModelGroup>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ModelGroup {
    #[serde(default, deserialize_with = "lenient")]
    pub model_group: Option<String>,
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
