//! The model side of OpenClaw's config, key by key, as `openclaw config schema` of 2026.3.28 and 2026.9.6 printed it. Where the two
//! differ, a key stands twice, the newer one last.

use super::field::{Field, Role, Unit};
use super::rule::{Age, KeyRule, Rule};
use Rule::{
    Anything, Count, Either, Filled, Flag, Like, List, Map, Never, Nullable, Number, Object, OneOf, Open, Positive, Secret, Text,
    Whole,
};

const fn key(name: &'static str, rule: &'static Rule) -> KeyRule {
    KeyRule { name, rule, age: Age::Always, needed: false, role: Role::Setting }
}

const fn newer(name: &'static str, rule: &'static Rule) -> KeyRule {
    KeyRule { age: Age::Newer, ..key(name, rule) }
}

const fn older(name: &'static str, rule: &'static Rule) -> KeyRule {
    KeyRule { age: Age::Older, ..key(name, rule) }
}

const fn needed(it: KeyRule) -> KeyRule {
    KeyRule { needed: true, ..it }
}

/// Edited by a field of its own in the window, under this name.
const fn field(it: KeyRule, label: &'static str) -> KeyRule {
    measured(it, label, Unit::None)
}

const fn measured(it: KeyRule, label: &'static str, unit: Unit) -> KeyRule {
    KeyRule { role: Role::Field(Field { label, unit }), ..it }
}

/// Changed by a `Change` of its own: it holds what others refer to.
const fn structural(it: KeyRule) -> KeyRule {
    KeyRule { role: Role::Structural, ..it }
}

/// Everything of it that has to do with models; the rest is not looked at.
pub static CONFIG: Rule = Open(&[key("models", &MODELS), key("agents", &AGENTS)]);

static MODELS: Rule = Object(&[
    field(key("mode", &OneOf(&["merge", "replace"])), "mode"),
    structural(key("providers", &Map(&PROVIDER))),
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

static PROVIDER: Rule = Object(&[
    field(needed(older("baseUrl", &Filled)), "base URL"),
    field(newer("baseUrl", &Text), "base URL"),
    field(key("apiKey", &Secret), "key"),
    key("auth", &OneOf(&["api-key", "aws-sdk", "oauth", "token"])),
    field(older("api", &APIS_OLD), "API"),
    field(newer("api", &APIS_NEW), "API"),
    key("injectNumCtxForOpenAICompat", &Flag),
    field(key("headers", &Map(&Secret)), "header"),
    field(key("authHeader", &Flag), "Authorization header"),
    structural(needed(older("models", &List(&MODEL)))),
    structural(newer("models", &List(&MODEL))),
    newer("maxTokens", &Positive),
    measured(newer("timeoutSeconds", &Count), "timeout", Unit::Seconds),
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
            field(key("allowPrivateNetwork", &Flag), "access to private networks"),
        ]),
    ),
]);

static REQUEST_AUTH: Rule = Either(&[
    Object(&[needed(key("mode", &OneOf(&["provider-default"])))]),
    Object(&[needed(key("mode", &OneOf(&["authorization-bearer"]))), needed(key("token", &Secret))]),
    Object(&[
        needed(key("mode", &OneOf(&["header"]))),
        needed(key("headerName", &Filled)),
        needed(key("value", &Secret)),
        key("prefix", &Text),
    ]),
]);

static REQUEST_PROXY: Rule = Either(&[
    Object(&[needed(key("mode", &OneOf(&["env-proxy"]))), key("tls", &TLS)]),
    Object(&[needed(key("mode", &OneOf(&["explicit-proxy"]))), needed(key("url", &Filled)), key("tls", &TLS)]),
]);

static TLS: Rule = Object(&[
    key("ca", &Secret),
    key("cert", &Secret),
    key("key", &Secret),
    key("passphrase", &Secret),
    key("serverName", &Text),
    key("insecureSkipVerify", &Flag),
]);

static MODEL: Rule = Object(&[
    structural(needed(key("id", &Filled))),
    field(needed(key("name", &Filled)), "name"),
    field(older("api", &APIS_OLD), "API"),
    field(newer("api", &APIS_NEW), "API"),
    field(key("reasoning", &Flag), "reasoning"),
    field(older("input", &List(&OneOf(&["text", "image"]))), "input"),
    field(newer("input", &List(&OneOf(&["text", "image", "video", "audio"]))), "input"),
    key("cost", &COST),
    measured(key("contextWindow", &Positive), "context", Unit::Tokens),
    measured(newer("contextTokens", &Count), "context in use", Unit::Tokens),
    measured(key("maxTokens", &Positive), "max tokens", Unit::Tokens),
    key("headers", &Map(&Text)),
    key("compat", &COMPAT),
    newer("baseUrl", &Filled),
    newer("thinkingLevelMap", &THINKING),
    newer("params", &PARAMS),
    newer("agentRuntime", &RUNTIME),
    newer("mediaInput", &MEDIA_INPUT),
    newer("metadataSource", &OneOf(&["models-add"])),
]);

static COST: Rule = Object(&[
    measured(key("input", &Number), "price of input", Unit::Dollars),
    measured(key("output", &Number), "price of output", Unit::Dollars),
    measured(key("cacheRead", &Number), "price of cache reads", Unit::Dollars),
    measured(key("cacheWrite", &Number), "price of cache writes", Unit::Dollars),
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

static THINKING: Rule = Object(&[
    key("off", &Nullable),
    key("minimal", &Nullable),
    key("low", &Nullable),
    key("medium", &Nullable),
    key("high", &Nullable),
    key("xhigh", &Nullable),
    key("max", &Nullable),
]);

static MEDIA_INPUT: Rule = Object(&[key(
    "image",
    &Object(&[
        key("maxBytes", &Count),
        key("maxPixels", &Count),
        key("maxSidePx", &Count),
        key("preferredSidePx", &Count),
        key("tokenMode", &OneOf(&["tile", "detail", "provider"])),
    ]),
)]);

static COMPAT: Rule = Object(&[
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

static OPENROUTER: Rule = Object(&[
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

static PRICE: Rule = Either(&[Number, Text]);
static PERCENTILES: Rule =
    Either(&[Number, Object(&[key("p50", &Number), key("p75", &Number), key("p90", &Number), key("p99", &Number)])]);

static AGENTS: Rule = Open(&[key("defaults", &DEFAULTS), key("list", &List(&AGENT)), newer("entries", &Map(&AGENT))]);

static DEFAULTS: Rule = Open(&[
    field(key("model", &CHAIN), "route"),
    key("imageModel", &TIMED_CHAIN),
    older("imageGenerationModel", &CHAIN),
    key("pdfModel", &TIMED_CHAIN),
    newer("voiceModel", &TIMED_CHAIN),
    newer("mediaModels", &Object(&[key("image", &TIMED_CHAIN), key("video", &TIMED_CHAIN), key("music", &TIMED_CHAIN)])),
    newer("utilityModel", &Text),
    newer("decisionModel", &DECIDER),
    newer("modelSelectionScope", &OneOf(&["session", "agent", "global"])),
    structural(key("models", &Map(&ENTRY))),
    newer("modelPolicy", &POLICY),
    newer("params", &PARAMS),
    key("subagents", &Open(&[key("model", &CHAIN)])),
    key("heartbeat", &Open(&[key("model", &Text)])),
    key("compaction", &Open(&[key("model", &Text)])),
    older("timeoutSeconds", &Count),
    newer("timeoutSeconds", &Whole),
]);

/// What only the defaults can say is refused here.
static AGENT: Rule = Open(&[
    key("imageModel", &Never),
    key("imageGenerationModel", &Never),
    key("pdfModel", &Never),
    key("voiceModel", &Never),
    key("mediaModels", &Never),
    key("modelSelectionScope", &Never),
    key("compaction", &Never),
    key("timeoutSeconds", &Never),
    field(key("model", &CHAIN), "route"),
    newer("utilityModel", &Text),
    newer("decisionModel", &DECIDER),
    structural(newer("models", &Map(&ENTRY))),
    newer("modelPolicy", &POLICY),
    key("params", &PARAMS),
    key("subagents", &Open(&[key("model", &CHAIN)])),
    key("heartbeat", &Open(&[key("model", &Text)])),
]);

static CHAIN: Rule = Either(&[Text, Object(&[key("primary", &Text), key("fallbacks", &TEXTS)])]);
static TIMED_CHAIN: Rule =
    Either(&[Text, Object(&[key("primary", &Text), key("fallbacks", &TEXTS), newer("timeoutMs", &Count)])]);

static ENTRY: Rule = Object(&[
    field(key("alias", &Text), "alias"),
    key("params", &PARAMS),
    key("streaming", &Flag),
    newer("agentRuntime", &RUNTIME),
    newer("pickerRuntimes", &WORDS),
    newer("codeMode", &Flag),
]);

static DECIDER: Rule = Like(|it| it.is_empty() || crate::ModelRef::parse(it).is_some(), "a model ref like provider/model");
static CATALOG_URL: Rule = Like(is_catalog_url, "a URL that starts with https://, or one of this machine");

fn is_catalog_url(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|it| match it.scheme() {
        "https" => true,
        "http" => matches!(it.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")),
        _ => false,
    })
}

static POLICY: Rule = Object(&[key("allow", &TEXTS)]);
static PARAMS: Rule = Map(&Anything);
static RUNTIME: Rule = Object(&[key("id", &Text)]);
static TEXTS: Rule = List(&Text);
static WORDS: Rule = List(&Filled);

static APIS_OLD: Rule = OneOf(&[
    "openai-completions",
    "openai-responses",
    "openai-codex-responses",
    "anthropic-messages",
    "google-generative-ai",
    "github-copilot",
    "bedrock-converse-stream",
    "ollama",
]);
static APIS_NEW: Rule = OneOf(&[
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
