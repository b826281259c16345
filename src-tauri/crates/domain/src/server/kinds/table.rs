//! The table of kinds. A new kind is a variant and its row here, and a module in the engine's `probe/kinds`.

use strum::VariantArray;

use super::{
    Cloud, Command, Eviction, KindInfo, ListingCost, LoadCommands, ModelNames, Overflow, ProviderDefaults, SmallDefault,
    StartHelp, TimingCost,
};
use crate::config::template::{Template, local};

/// The kind of server behind a base URL. Servers are looked for in this order, the commonest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, VariantArray)]
pub enum Kind {
    LmStudio,
    Ollama,
    LlamaCpp,
    LlamaCppRouter,
    LlamaSwap,
    Vllm,
    Sglang,
    LiteLlm,
    LlamaCppPython,
    Jan,
    TextGenerationWebUi,
    TabbyApi,
    KoboldCpp,
    Lemonade,
    DockerModelRunner,
    Gpt4All,
    LocalAi,
    Mlx,
    Omlx,
    /// Anything else that lists models as OpenAI does.
    #[default]
    Generic,
}

impl Kind {
    pub const ALL: &'static [Kind] = Kind::VARIANTS;

    #[must_use]
    pub fn info(self) -> &'static KindInfo {
        &TABLE[self as usize]
    }

    const fn row(self) -> KindInfo {
        match self {
            Kind::LmStudio => KindInfo {
                provider: ProviderDefaults { id: "lmstudio", api: "openai-responses", marker: "lmstudio-local" },
                template: Some(Template {
                    api: Some("openai-responses"),
                    marker: Some("lmstudio"),
                    env: Some("LM_API_TOKEN"),
                    ..local(
                        "lmstudio",
                        "LM Studio",
                        "Its Responses API keeps reasoning apart from the answer",
                        "http://127.0.0.1:1234/v1",
                    )
                }),
                loads: true,
                has_responses: true,
                names: ModelNames::Quantized,
                start: Some(StartHelp {
                    question: "Is LM Studio's server started?",
                    order: "Start its server.",
                    clicks: "In LM Studio: Developer > Start server.",
                    command: Command { name: "lms server start", line: "lms server start" },
                }),
                load: Some(LoadCommands { command: LMS_LOAD, keep: LMS_LOAD }),
                unloads: Some("one that was loaded by a request goes after an hour without use"),
                context_setting: Some(Command { name: "lms load", line: "lms load {model} --context-length {context}" }),
                ..new("lmstudio", "LM Studio", &[1234])
            },
            Kind::Ollama => KindInfo {
                provider: ProviderDefaults { id: "ollama", api: "ollama", marker: "ollama-local" },
                own_api: Some("ollama"),
                template: Some(Template {
                    api: Some("ollama"),
                    marker: Some("ollama-local"),
                    env: Some("OLLAMA_API_KEY"),
                    ..local(
                        "ollama",
                        "Ollama",
                        "Its own API, so without /v1: tools and the context size work",
                        "http://127.0.0.1:11434",
                    )
                }),
                loads: true,
                has_responses: true,
                names: ModelNames::Tagged,
                start: Some(StartHelp {
                    question: "Is Ollama started?",
                    order: "Start it.",
                    clicks: "",
                    command: Command { name: "ollama serve", line: "ollama serve" },
                }),
                load: Some(LoadCommands {
                    command: Command { name: "ollama run", line: "ollama run {model} \"\"" },
                    keep: Command { name: "ollama run", line: "ollama run {model} --keepalive -1 \"\"" },
                }),
                unloads: Some("Ollama lets it go after 5 min without use, unless told otherwise (OLLAMA_KEEP_ALIVE)"),
                context_setting: Some(Command {
                    name: "OLLAMA_CONTEXT_LENGTH",
                    line: "OLLAMA_CONTEXT_LENGTH={context} ollama serve",
                }),
                overflow: Overflow {
                    brief: "the oldest messages are dropped without an error",
                    full: "Ollama drops the oldest messages without an error, and its OpenAI-compatible API can't ask for more.",
                },
                // Ollama's source of 2026-08.
                small_default: Some(SmallDefault {
                    context: 4_096,
                    why: "That is its default below 24 GB of video memory. It then drops the oldest messages without an error.",
                }),
                cloud: Some(Cloud { name: "Ollama's cloud", endings: &[":cloud", "-cloud"] }),
                ..new("ollama", "Ollama", &[11434])
            },
            Kind::LlamaCpp => KindInfo {
                template: Some(local(
                    "llama-cpp",
                    "llama.cpp",
                    "llama-server with one model, or as a router of many",
                    "http://127.0.0.1:8080/v1",
                )),
                ignores_names: true,
                overflow: Overflow {
                    full: "Longer prompts fail, and OpenClaw does not fall back on that. llama.cpp shares its context out among its slots.",
                    ..FAILS
                },
                ..llama_cpp("llama.cpp", "llama.cpp")
            },
            Kind::LlamaCppRouter => KindInfo { loads: true, ..llama_cpp("llama.cpp-router", "llama.cpp router") },
            Kind::LlamaSwap => KindInfo {
                loads: true,
                eviction: Eviction::ByGroups,
                context_setting: Some(CTX_SIZE),
                ..new("llama-swap", "llama-swap", &[8080])
            },
            Kind::Vllm => KindInfo {
                template: Some(Template {
                    marker: Some("vllm-local"),
                    env: Some("VLLM_API_KEY"),
                    ..local("vllm", "vLLM", "Serves one model to many at once", "http://127.0.0.1:8000/v1")
                }),
                has_responses: true,
                context_setting: Some(Command { name: "--max-model-len", line: "--max-model-len {context}" }),
                ..new("vllm", "vLLM", &[8000])
            },
            Kind::Sglang => KindInfo {
                template: Some(Template {
                    marker: Some("sglang-local"),
                    env: Some("SGLANG_API_KEY"),
                    ..local("sglang", "SGLang", "Serves one model to many at once", "http://127.0.0.1:30000/v1")
                }),
                has_responses: true,
                ignores_names: true,
                context_setting: Some(Command { name: "--context-length", line: "--context-length {context}" }),
                ..new("sglang", "SGLang", &[30000])
            },
            Kind::LiteLlm => KindInfo {
                template: Some(Template {
                    marker: None,
                    env: Some("LITELLM_API_KEY"),
                    ..local(
                        "litellm",
                        "LiteLLM",
                        "A proxy in front of other servers, with a key of its own",
                        "http://127.0.0.1:4000/v1",
                    )
                }),
                has_responses: true,
                routes_elsewhere: true,
                timing: TimingCost::MayCost,
                ..new("litellm", "LiteLLM", &[4000])
            },
            Kind::LlamaCppPython => KindInfo {
                has_responses: false,
                listing: ListingCost::CutsAnswers,
                timing: TimingCost::CutsAnswers,
                ports: &[8000],
                ignores_names: true,
                context_setting: Some(Command { name: "--n_ctx", line: "--n_ctx {context}" }),
                ..llama_cpp("llama-cpp-python", "llama-cpp-python")
            },
            Kind::Jan => new("jan", "Jan", &[1337]),
            Kind::TextGenerationWebUi => KindInfo {
                ignores_names: true,
                context_setting: Some(CTX_SIZE),
                ..new("text-generation-webui", "text-generation-webui", &[5000])
            },
            Kind::TabbyApi => KindInfo {
                loads: true,
                ignores_names: true,
                eviction: Eviction::TakesPlace,
                context_setting: Some(Command { name: "max_seq_len", line: "max_seq_len: {context}" }),
                ..new("tabbyapi", "TabbyAPI", &[5000])
            },
            Kind::KoboldCpp => KindInfo {
                context_setting: Some(Command { name: "--contextsize", line: "--contextsize {context}" }),
                ..new("koboldcpp", "KoboldCpp", &[5001])
            },
            Kind::Lemonade => KindInfo {
                loads: true,
                has_responses: true,
                context_setting: Some(Command { name: "ctx_size", line: "lemonade-server serve --ctx-size {context}" }),
                // Older ones listened on the second.
                ..new("lemonade", "Lemonade", &[13305, 8000])
            },
            Kind::DockerModelRunner => KindInfo {
                api_path: "/engines/v1",
                loads: true,
                has_responses: true,
                context_setting: Some(Command {
                    name: "docker model configure",
                    line: "docker model configure --context-size {context} {model}",
                }),
                ..new("docker-model-runner", "Docker Model Runner", &[12434])
            },
            Kind::Gpt4All => new("gpt4all", "GPT4All", &[4891]),
            Kind::LocalAi => KindInfo {
                loads: true,
                has_responses: true,
                context_setting: Some(Command { name: "context_size", line: "context_size: {context}" }),
                ..new("localai", "LocalAI", &[8080])
            },
            Kind::Mlx => {
                KindInfo { listing: ListingCost::ScansDisk, timing: TimingCost::MayDownload, ..new("mlx-lm", "MLX", &[8080]) }
            }
            Kind::Omlx => KindInfo {
                has_responses: true,
                loads: true,
                start: Some(StartHelp {
                    question: "Is oMLX started?",
                    order: "Start it.",
                    clicks: "Open the oMLX app, or start it in a terminal.",
                    command: Command { name: "omlx serve", line: "omlx serve" },
                }),
                ..new("omlx", "oMLX", &[8000])
            },
            Kind::Generic => KindInfo {
                provider: ProviderDefaults { id: "local", ..COMPATIBLE },
                template: Some(Template {
                    provider: "local",
                    ..local(
                        "openai",
                        "OpenAI-compatible server",
                        "MLX, LocalAI, a proxy of your own: whatever answers at /v1",
                        "http://127.0.0.1:8000/v1",
                    )
                }),
                timing: TimingCost::MayCost,
                // llmman and ds4, of which OpenClaw's documents tell.
                ..new("generic", "OpenAI-compatible", &[17434, 18000])
            },
        }
    }
}

const TABLE: &[KindInfo; Kind::ALL.len()] = &{
    let mut rows = [Kind::Generic.row(); Kind::ALL.len()];
    let mut at = 0;
    while at < rows.len() {
        rows[at] = Kind::ALL[at].row();
        at += 1;
    }
    rows
};

const FAILS: Overflow =
    Overflow { brief: "longer prompts fail", full: "Longer prompts fail, and OpenClaw does not fall back on that." };
const COMPATIBLE: ProviderDefaults = ProviderDefaults { id: "", api: "openai-completions", marker: "custom-local" };
const LMS_LOAD: Command = Command { name: "lms load", line: "lms load {model}" };
const CTX_SIZE: Command = Command { name: "--ctx-size", line: "--ctx-size {context}" };

/// What most kinds have in common.
const fn new(id: &'static str, label: &'static str, ports: &'static [u16]) -> KindInfo {
    KindInfo {
        id,
        label,
        ports,
        api_path: "/v1",
        provider: ProviderDefaults { id, ..COMPATIBLE },
        own_api: None,
        template: None,
        has_responses: false,
        loads: false,
        ignores_names: false,
        routes_elsewhere: false,
        names: ModelNames::Exact,
        listing: ListingCost::Cheap,
        timing: TimingCost::Free,
        eviction: Eviction::WhenShort,
        start: None,
        load: None,
        unloads: None,
        context_setting: None,
        overflow: FAILS,
        small_default: None,
        cloud: None,
    }
}

/// Those of llama.cpp. `llama-cpp` is what OpenClaw's own plug-in is called.
const fn llama_cpp(id: &'static str, label: &'static str) -> KindInfo {
    KindInfo {
        provider: ProviderDefaults { id: "llamacpp", ..COMPATIBLE },
        has_responses: true,
        context_setting: Some(CTX_SIZE),
        ..new(id, label, &[8080])
    }
}
