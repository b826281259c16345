//! What the OpenClaw of this file takes. One unknown key and it does not start, so a key that came with a later release is written only
//! where the file shows that its OpenClaw knows it.

use document::{Document, Path, Value};

/// API kinds that OpenClaw took in 2026.3.28 and in 2026.9.6.
const APIS_OLD: [&str; 8] = [
    "openai-completions",
    "openai-responses",
    "openai-codex-responses",
    "anthropic-messages",
    "google-generative-ai",
    "github-copilot",
    "bedrock-converse-stream",
    "ollama",
];
const APIS_NEW: [&str; 11] = [
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
];
const INPUTS_OLD: [&str; 2] = ["text", "image"];
const INPUTS_NEW: [&str; 4] = ["text", "image", "video", "audio"];

/// Which OpenClaw a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// 2026.3 and before.
    Old(Option<(u32, u32)>),
    /// 2026.9 and after.
    New,
    /// In between, where it is not known which release brought which key, or the file does not tell.
    Unsure(Option<(u32, u32)>),
}

impl Generation {
    /// `meta.lastTouchedVersion` says it; else the keys that only one generation takes.
    pub fn of(doc: &Document) -> Self {
        match version(doc) {
            Some(version) if version < (2026, 4) => Generation::Old(Some(version)),
            Some(version) if version >= (2026, 9) => Generation::New,
            Some(version) => Generation::Unsure(Some(version)),
            None => Self::of_shape(doc),
        }
    }

    fn of_shape(doc: &Document) -> Self {
        let has = |keys: &[&str]| doc.get(&keys.iter().copied().collect()).is_some();
        let providers = doc.get(&Path::from(["models", "providers"])).and_then(Value::as_object);
        let new_provider = providers.into_iter().flat_map(serde_json::Map::values).any(|it| {
            let models = it.get("models").and_then(Value::as_array).into_iter().flatten();
            ["timeoutSeconds", "request", "localService", "maxTokens", "params"].iter().any(|key| it.get(key).is_some())
                || models.into_iter().any(|it| it.get("contextTokens").is_some())
        });
        if new_provider
            || has(&["agents", "entries"])
            || has(&["agents", "defaults", "modelPolicy"])
            || has(&["agents", "defaults", "mediaModels"])
        {
            Generation::New
        } else if has(&["agents", "defaults", "imageGenerationModel"])
            || has(&["agents", "defaults", "contextTokens"])
            || has(&["models", "bedrockDiscovery"])
        {
            Generation::Old(None)
        } else {
            Generation::Unsure(None)
        }
    }

    /// Whether a key that 2026.3.28 did not have and 2026.9.6 has may be written.
    pub fn newer_key(self, key: &str) -> Result<(), String> {
        match self {
            Generation::Old(Some((year, month))) => {
                Err(format!("{key} is refused by the OpenClaw that last wrote this file ({year}.{month}); update OpenClaw first"))
            }
            Generation::Old(None) => {
                Err(format!("{key} is refused by an OpenClaw as old as the one this file is for; update OpenClaw first"))
            }
            Generation::New | Generation::Unsure(_) => Ok(()),
        }
    }

    pub fn api(self, api: &str) -> Result<(), String> {
        let (old, new) = (APIS_OLD.contains(&api), APIS_NEW.contains(&api));
        match self {
            _ if !old && !new => Err(format!("OpenClaw knows no API kind \"{api}\"")),
            Generation::Old(_) if !old => Err(format!("the OpenClaw of this file is too old for the API kind \"{api}\"")),
            Generation::New if !new => Err(format!("the OpenClaw of this file no longer knows the API kind \"{api}\"")),
            _ => Ok(()),
        }
    }

    pub fn input(self, input: &str) -> Result<(), String> {
        match self {
            _ if !INPUTS_NEW.contains(&input) => {
                Err(format!("OpenClaw knows no input \"{input}\"; there are {}", INPUTS_NEW.join(", ")))
            }
            Generation::Old(_) if !INPUTS_OLD.contains(&input) => {
                Err(format!("the OpenClaw of this file is too old for the input \"{input}\""))
            }
            _ => Ok(()),
        }
    }

    /// What to tell about a newer key where the file does not show whether it is known.
    pub fn doubt(self, key: &str) -> Option<String> {
        match self {
            Generation::Unsure(Some((year, month))) => Some(format!(
                "{key} came between OpenClaw 2026.3.28 and 2026.9.6; {year}.{month}, which last wrote this file, may refuse it"
            )),
            Generation::Unsure(None) => {
                Some(format!("OpenClaw 2026.3.28 and before refuse {key}, and this file does not tell which one reads it"))
            }
            Generation::Old(_) | Generation::New => None,
        }
    }

    pub fn before(self, version: (u32, u32)) -> bool {
        match self {
            Generation::Old(it) | Generation::Unsure(it) => it.is_none_or(|it| it < version),
            Generation::New => false,
        }
    }
}

/// Year and month of the OpenClaw that last wrote the file.
fn version(doc: &Document) -> Option<(u32, u32)> {
    let text = doc.get(&Path::from(["meta", "lastTouchedVersion"]))?.as_str()?;
    let mut parts = text.split(['.', '-']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
