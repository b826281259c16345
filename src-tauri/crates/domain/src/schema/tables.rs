//! The model side of OpenClaw's config, key by key, as `openclaw config schema` of 2026.3.28 and 2026.9.6 printed it. Where the two
//! differ, a key stands twice, the newer one last.

use super::shape::{Age, Key, Shape};
use Shape::{
    Anything, Count, Either, Filled, Flag, Like, List, Map, Never, Nullable, Number, Object, OneOf, Open, Positive, Secret, Text,
    Whole,
};

const fn key(name: &'static str, shape: &'static Shape) -> Key {
    Key { name, shape, age: Age::Always, needed: false }
}

const fn newer(name: &'static str, shape: &'static Shape) -> Key {
    Key { age: Age::Newer, ..key(name, shape) }
}

const fn older(name: &'static str, shape: &'static Shape) -> Key {
    Key { age: Age::Older, ..key(name, shape) }
}

const fn needed(it: Key) -> Key {
    Key { needed: true, ..it }
}

/// Everything of it that has to do with models; the rest is not looked at.
pub static CONFIG: Shape = Open(&[key("models", &MODELS), key("agents", &AGENTS)]);

static MODELS: Shape = Object(&[
    key("mode", &OneOf(&["merge", "replace"])),
    key("providers", &Map(&PROVIDER)),
    older(
        "bedrockDiscovery",
        &Object(&[
            key("enabled", &Flag),
            key("region", &Text),
            key("providerFilter", &TEXTS),
            key("refreshInterval", &Whole),
            key("defaultContextWindow", &Count),
            key("defaultMaxTokens", &Count),
        ]),
    ),
    newer("catalogRefresh", &Object(&[key("enabled", &Flag), key("url", &CATALOG_URL)])),
]);

static PROVIDER: Shape = Object(&[
    needed(older("baseUrl", &Filled)),
    newer("baseUrl", &Text),
    key("apiKey", &Secret),
    key("auth", &OneOf(&["api-key", "aws-sdk", "oauth", "token"])),
    older("api", &APIS_OLD),
    newer("api", &APIS_NEW),
    key("injectNumCtxForOpenAICompat", &Flag),
    key("headers", &Map(&Secret)),
    key("authHeader", &Flag),
    needed(older("models", &List(&MODEL))),
    newer("models", &List(&MODEL)),
    newer("maxTokens", &Positive),
    newer("timeoutSeconds", &Count),
    newer("region", &Filled),
    newer("params", &PARAMS),
    newer("agentRuntime", &RUNTIME),
    newer(
        "localService",
        &Object(&[
            needed(key("command", &Filled)),
            key("args", &TEXTS),
            key("cwd", &Filled),
            key("env", &Map(&Text)),
            key("healthUrl", &Filled),
            key("readyTimeoutMs", &Count),
            key("idleStopMs", &Whole),
        ]),
    ),
    newer(
        "request",
        &Object(&[
            key("headers", &Map(&Secret)),
            key("auth", &REQUEST_AUTH),
            key("proxy", &REQUEST_PROXY),
            key("tls", &TLS),
            key("allowPrivateNetwork", &Flag),
        ]),
    ),
]);

static REQUEST_AUTH: Shape = Either(&[
    Object(&[needed(key("mode", &OneOf(&["provider-default"])))]),
    Object(&[needed(key("mode", &OneOf(&["authorization-bearer"]))), needed(key("token", &Secret))]),
    Object(&[
        needed(key("mode", &OneOf(&["header"]))),
        needed(key("headerName", &Filled)),
        needed(key("value", &Secret)),
        key("prefix", &Text),
    ]),
]);

static REQUEST_PROXY: Shape = Either(&[
    Object(&[needed(key("mode", &OneOf(&["env-proxy"]))), key("tls", &TLS)]),
    Object(&[needed(key("mode", &OneOf(&["explicit-proxy"]))), needed(key("url", &Filled)), key("tls", &TLS)]),
]);

static TLS: Shape = Object(&[
    key("ca", &Secret),
    key("cert", &Secret),
    key("key", &Secret),
    key("passphrase", &Secret),
    key("serverName", &Text),
    key("insecureSkipVerify", &Flag),
]);

static MODEL: Shape = Object(&[
    needed(key("id", &Filled)),
    needed(key("name", &Filled)),
    older("api", &APIS_OLD),
    newer("api", &APIS_NEW),
    key("reasoning", &Flag),
    older("input", &List(&OneOf(&["text", "image"]))),
    newer("input", &List(&OneOf(&["text", "image", "video", "audio"]))),
    key("cost", &COST),
    key("contextWindow", &Positive),
    key("maxTokens", &Positive),
    key("headers", &Map(&Text)),
    key("compat", &COMPAT),
    newer("baseUrl", &Filled),
    newer("contextTokens", &Count),
    newer("thinkingLevelMap", &THINKING),
    newer("params", &PARAMS),
    newer("agentRuntime", &RUNTIME),
    newer("mediaInput", &MEDIA_INPUT),
    newer("metadataSource", &OneOf(&["models-add"])),
]);

static COST: Shape = Object(&[
    key("input", &Number),
    key("output", &Number),
    key("cacheRead", &Number),
    key("cacheWrite", &Number),
    newer(
        "tieredPricing",
        &List(&Object(&[
            needed(key("input", &Number)),
            needed(key("output", &Number)),
            needed(key("cacheRead", &Number)),
            needed(key("cacheWrite", &Number)),
            needed(key("range", &List(&Number))),
        ])),
    ),
]);

static THINKING: Shape = Object(&[
    key("off", &Nullable),
    key("minimal", &Nullable),
    key("low", &Nullable),
    key("medium", &Nullable),
    key("high", &Nullable),
    key("xhigh", &Nullable),
    key("max", &Nullable),
]);

static MEDIA_INPUT: Shape = Object(&[key(
    "image",
    &Object(&[
        key("maxBytes", &Count),
        key("maxPixels", &Count),
        key("maxSidePx", &Count),
        key("preferredSidePx", &Count),
        key("tokenMode", &OneOf(&["tile", "detail", "provider"])),
    ]),
)]);

static COMPAT: Shape = Object(&[
    key("supportsStore", &Flag),
    key("supportsDeveloperRole", &Flag),
    key("supportsReasoningEffort", &Flag),
    key("supportsUsageInStreaming", &Flag),
    key("supportsTools", &Flag),
    key("supportsStrictMode", &Flag),
    key("maxTokensField", &OneOf(&["max_completion_tokens", "max_tokens"])),
    older("thinkingFormat", &OneOf(&["openai", "openrouter", "zai", "qwen", "qwen-chat-template"])),
    newer("thinkingFormat", &OneOf(&["openai", "openrouter", "deepseek", "together", "qwen", "qwen-chat-template", "zai"])),
    key("requiresToolResultName", &Flag),
    key("requiresAssistantAfterToolResult", &Flag),
    key("requiresThinkingAsText", &Flag),
    key("toolSchemaProfile", &Text),
    key("unsupportedToolSchemaKeywords", &WORDS),
    older("nativeWebSearchTool", &Flag),
    key("toolCallArgumentsEncoding", &Text),
    older("requiresMistralToolIds", &Flag),
    key("requiresOpenAiAnthropicToolPayload", &Flag),
    newer("supportsPromptCacheKey", &Flag),
    newer("supportsResponsesContinuation", &Flag),
    newer("supportsTemperature", &Flag),
    newer("supportsInstructions", &Flag),
    newer("codeMode", &OneOf(&["preferred", "capable"])),
    newer("supportsJsonSchemaResponseFormat", &Flag),
    newer("requiresStringContent", &Flag),
    newer("strictMessageKeys", &Flag),
    newer("visibleReasoningDetailTypes", &WORDS),
    newer("supportedReasoningEfforts", &WORDS),
    newer("reasoningEffortMap", &Map(&Filled)),
    newer("requiresReasoningContentOnAssistantMessages", &Flag),
    newer("openRouterRouting", &OPENROUTER),
    newer("vercelGatewayRouting", &Object(&[key("only", &TEXTS), key("order", &TEXTS)])),
    newer("zaiToolStream", &Flag),
    newer("cacheControlFormat", &OneOf(&["anthropic"])),
    newer("sendSessionAffinityHeaders", &Flag),
    newer("sendSessionIdHeader", &Flag),
    newer("supportsEagerToolInputStreaming", &Flag),
    newer("supportsLongCacheRetention", &Flag),
]);

static OPENROUTER: Shape = Object(&[
    key("allow_fallbacks", &Flag),
    key("require_parameters", &Flag),
    key("data_collection", &OneOf(&["deny", "allow"])),
    key("zdr", &Flag),
    key("enforce_distillable_text", &Flag),
    key("order", &TEXTS),
    key("only", &TEXTS),
    key("ignore", &TEXTS),
    key("quantizations", &TEXTS),
    key("sort", &Either(&[Text, Object(&[key("by", &Text), key("partition", &Nullable)])])),
    key(
        "max_price",
        &Object(&[
            key("prompt", &PRICE),
            key("completion", &PRICE),
            key("image", &PRICE),
            key("audio", &PRICE),
            key("request", &PRICE),
        ]),
    ),
    key("preferred_min_throughput", &PERCENTILES),
    key("preferred_max_latency", &PERCENTILES),
]);

static PRICE: Shape = Either(&[Number, Text]);
static PERCENTILES: Shape =
    Either(&[Number, Object(&[key("p50", &Number), key("p75", &Number), key("p90", &Number), key("p99", &Number)])]);

static AGENTS: Shape = Open(&[key("defaults", &DEFAULTS), key("list", &List(&AGENT)), newer("entries", &Map(&AGENT))]);

static DEFAULTS: Shape = Open(&[
    key("model", &CHAIN),
    key("imageModel", &TIMED_CHAIN),
    older("imageGenerationModel", &CHAIN),
    key("pdfModel", &TIMED_CHAIN),
    newer("voiceModel", &TIMED_CHAIN),
    newer("mediaModels", &Object(&[key("image", &TIMED_CHAIN), key("video", &TIMED_CHAIN), key("music", &TIMED_CHAIN)])),
    newer("utilityModel", &Text),
    newer("decisionModel", &DECIDER),
    newer("modelSelectionScope", &OneOf(&["session", "agent", "global"])),
    key("models", &Map(&ENTRY)),
    newer("modelPolicy", &POLICY),
    newer("params", &PARAMS),
    key("subagents", &Open(&[key("model", &CHAIN)])),
    key("heartbeat", &Open(&[key("model", &Text)])),
    key("compaction", &Open(&[key("model", &Text)])),
    older("timeoutSeconds", &Count),
    newer("timeoutSeconds", &Whole),
]);

/// What only the defaults can say is refused here.
static AGENT: Shape = Open(&[
    key("imageModel", &Never),
    key("imageGenerationModel", &Never),
    key("pdfModel", &Never),
    key("voiceModel", &Never),
    key("mediaModels", &Never),
    key("modelSelectionScope", &Never),
    key("compaction", &Never),
    key("timeoutSeconds", &Never),
    key("model", &CHAIN),
    newer("utilityModel", &Text),
    newer("decisionModel", &DECIDER),
    newer("models", &Map(&ENTRY)),
    newer("modelPolicy", &POLICY),
    key("params", &PARAMS),
    key("subagents", &Open(&[key("model", &CHAIN)])),
    key("heartbeat", &Open(&[key("model", &Text)])),
]);

static CHAIN: Shape = Either(&[Text, Object(&[key("primary", &Text), key("fallbacks", &TEXTS)])]);
static TIMED_CHAIN: Shape =
    Either(&[Text, Object(&[key("primary", &Text), key("fallbacks", &TEXTS), newer("timeoutMs", &Count)])]);

static ENTRY: Shape = Object(&[
    key("alias", &Text),
    key("params", &PARAMS),
    key("streaming", &Flag),
    newer("agentRuntime", &RUNTIME),
    newer("pickerRuntimes", &WORDS),
    newer("codeMode", &Flag),
]);

static DECIDER: Shape = Like(|it| it.is_empty() || crate::ModelRef::parse(it).is_some(), "a model ref like provider/model");
static CATALOG_URL: Shape = Like(is_catalog_url, "a URL that starts with https://, or one of this machine");

fn is_catalog_url(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|it| match it.scheme() {
        "https" => true,
        "http" => matches!(it.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")),
        _ => false,
    })
}

static POLICY: Shape = Object(&[key("allow", &TEXTS)]);
static PARAMS: Shape = Map(&Anything);
static RUNTIME: Shape = Object(&[key("id", &Text)]);
static TEXTS: Shape = List(&Text);
static WORDS: Shape = List(&Filled);

static APIS_OLD: Shape = OneOf(&[
    "openai-completions",
    "openai-responses",
    "openai-codex-responses",
    "anthropic-messages",
    "google-generative-ai",
    "github-copilot",
    "bedrock-converse-stream",
    "ollama",
]);
static APIS_NEW: Shape = OneOf(&[
    "openai-completions",
    "openai-responses",
    "openai-chatgpt-responses",
    "azure-openai-responses",
    "anthropic-messages",
    "google-generative-ai",
    "google-vertex",
    "github-copilot",
    "bedrock-converse-stream",
    "ollama",
    "pi-messages",
]);
