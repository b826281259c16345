//! A provider that OpenClaw does not bring along has to say where it is and what it has; of those that it brings, a file may say as
//! little as it likes (2026.9.6; 2026.3.28 wants both of every provider).

use document::{Document, ValueRef, path};

use super::generation::Generation;
use super::rule::{Violation, ViolationKind};

pub fn violations(doc: &Document, generation: Generation) -> Vec<Violation> {
    let providers = path!["models", "providers"];
    let written = doc.get(&providers).into_iter().flat_map(ValueRef::members);
    let custom = written
        .filter(|(id, it)| generation == Generation::New && !is_bundled(id) && it.is_object() && it.get("$include").is_none());
    let missing = custom.flat_map(|(id, provider)| {
        let missing = ["baseUrl", "models"].into_iter().filter(|it| provider.get(it).is_none_or(|it| it.as_str() == Some("")));
        missing.map(|key| Violation { at: providers.child(id).child(key), kind: ViolationKind::Missing }).collect::<Vec<_>>()
    });
    missing.collect()
}

fn is_bundled(id: &str) -> bool {
    BUNDLED.contains(&id.trim().to_lowercase().as_str())
}

/// Whether OpenClaw knows a provider of this name by itself. A plug-in may bring others.
#[must_use]
pub fn brings(id: &str) -> bool {
    is_bundled(id) || DOCUMENTED.contains(&id.trim().to_lowercase().as_str())
}

/// Named in its documents, and not among those that may go without a base URL (2026.9.6).
const DOCUMENTED: [&str; 20] = [
    "abliteration",
    "aimlapi",
    "alibaba",
    "azure",
    "azure-openai",
    "baseten",
    "bedrock",
    "codex-cli",
    "cohere",
    "deepgram",
    "elevenlabs",
    "glm",
    "gradium",
    "kimi-code",
    "llama-cpp",
    "minimax-cn",
    "openai-codex",
    "perplexity",
    "qwen-portal",
    "tokenhub",
];

/// They may go without a base URL and models.
const BUNDLED: [&str; 79] = [
    "amazon-bedrock",
    "amazon-bedrock-mantle",
    "anthropic",
    "anthropic-vertex",
    "arcee",
    "azure-openai-responses",
    "byteplus",
    "byteplus-plan",
    "cerebras",
    "chutes",
    "claude-cli",
    "clawrouter",
    "cloudflare-ai-gateway",
    "codex",
    "comfy",
    "copilot-proxy",
    "dashscope",
    "deepinfra",
    "deepseek",
    "fal",
    "fireworks",
    "github-copilot",
    "gmi",
    "gmi-cloud",
    "gmicloud",
    "google",
    "google-antigravity",
    "google-gemini-cli",
    "google-vertex",
    "groq",
    "huggingface",
    "kilocode",
    "kimi",
    "kimi-coding",
    "litellm",
    "lmstudio",
    "meta",
    "microsoft-foundry",
    "minimax",
    "minimax-portal",
    "mistral",
    "modelstudio",
    "moonshot",
    "moonshot-ai",
    "moonshotai",
    "nvidia",
    "novita",
    "novita-ai",
    "novitaai",
    "ollama",
    "ollama-cloud",
    "openai",
    "opencode",
    "opencode-go",
    "openrouter",
    "qianfan",
    "qwen",
    "qwen-token-plan",
    "qwencloud",
    "sglang",
    "stepfun",
    "stepfun-plan",
    "synthetic",
    "tencent-tokenhub",
    "tencent-tokenplan",
    "together",
    "venice",
    "vercel-ai-gateway",
    "vllm",
    "volcengine",
    "volcengine-plan",
    "vydra",
    "x-ai",
    "xai",
    "xiaomi",
    "xiaomi-token-plan",
    "z.ai",
    "z-ai",
    "zai",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_can_be_written_and_stands_once() {
        let mut names = [&BUNDLED[..], &DOCUMENTED].concat();
        assert!(
            names.iter().all(|it| it.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c))),
            "{names:?}"
        );
        names.sort_unstable();
        let many = names.len();
        names.dedup();
        assert_eq!(names.len(), many);
        assert!(brings("kimi-code") && brings(" MiniMax-Portal ") && !brings("rig"));
    }
}
