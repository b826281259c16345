//! Constants measured on OpenClaw or taken from its guide.

/// Seconds that the guide gives local servers (`timeoutSeconds`).
pub const GUIDE_TIMEOUT: u64 = 300;
/// Tokens of OpenClaw's own prompt, about (2026.9.6, measured).
pub const OWN_PROMPT: u64 = 19_000;

/// Hosted providers that OpenClaw knows without an entry in the file (2026.9.6, its documents). A plug-in may bring others.
const BROUGHT: [&str; 42] = [
    "amazon-bedrock",
    "anthropic",
    "arcee",
    "azure",
    "azure-openai",
    "cerebras",
    "chutes",
    "claude-cli",
    "cloudflare-ai-gateway",
    "codex",
    "cohere",
    "deepinfra",
    "deepseek",
    "fireworks",
    "github-copilot",
    "google",
    "google-gemini-cli",
    "google-vertex",
    "groq",
    "huggingface",
    "kilocode",
    "kimi",
    "kimi-coding",
    "minimax",
    "mistral",
    "moonshot",
    "nvidia",
    "openai",
    "openai-codex",
    "opencode",
    "opencode-go",
    "openrouter",
    "perplexity",
    "qianfan",
    "qwen",
    "synthetic",
    "together",
    "venice",
    "vercel-ai-gateway",
    "xai",
    "xiaomi",
    "zai",
];

/// Whether OpenClaw has this hosted provider by itself.
#[must_use]
pub fn brings(provider: &str) -> bool {
    BROUGHT.iter().any(|it| it.eq_ignore_ascii_case(provider))
}
