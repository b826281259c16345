//! Refuses values that OpenClaw would refuse, before anything is planned, and warns of what it would take without a word.

use document::{Document, Path, Value};

use crate::change::{Change, NewKey};
use crate::config::alias_fault;
use crate::view::types::{ProblemView, Severity};

/// API kinds that OpenClaw 2026.9.6 takes, and those of 2026.3.28 that it no longer does.
const APIS: [&str; 11] = [
    "openai-completions",
    "openai-responses",
    "openai-chatgpt-responses",
    "openai-codex-responses",
    "azure-openai-responses",
    "anthropic-messages",
    "google-generative-ai",
    "google-vertex",
    "bedrock-converse-stream",
    "github-copilot",
    "ollama",
];
const MOST_TOKENS: u64 = 1_000_000_000;
const MOST_SECONDS: u64 = 86_400;

pub fn check(change: &Change, doc: &Document) -> Result<(), String> {
    match change {
        Change::Alias { model_ref, to, .. } => {
            if crate::ModelRef::parse(model_ref).is_none() {
                return Err(format!("{model_ref} is no model ref; it should look like provider/model"));
            }
            match to.as_deref().and_then(|alias| alias_fault(alias).map(|why| (alias, why))) {
                Some((alias, why)) => Err(format!("the alias \"{alias}\" {why}")),
                None => Ok(()),
            }
        }
        Change::Limit { to, .. } => match to {
            Some(n) if *n == 0 || *n > MOST_TOKENS => {
                Err(format!("{n} tokens is out of range; it should be from 1 to 1,000,000,000"))
            }
            _ => Ok(()),
        },
        Change::BaseUrl { provider, to, .. } => base_url(provider, to.as_deref()),
        Change::Api { to, .. } => match to {
            Some(api) if !APIS.contains(&api.as_str()) => Err(format!("OpenClaw knows no API kind \"{api}\"")),
            _ => Ok(()),
        },
        Change::Timeout { to: Some(seconds), .. } => {
            if *seconds == 0 || *seconds > MOST_SECONDS {
                return Err(format!("{seconds} s is out of range; it should be from 1 to 86,400"));
            }
            match version(doc) {
                Some(version) if version < (2026, 4) => Err(format!(
                    "timeoutSeconds is refused by the OpenClaw that last wrote this file ({}.{}); update OpenClaw first",
                    version.0, version.1
                )),
                _ => Ok(()),
            }
        }
        Change::Timeout { to: None, .. } => Ok(()),
        Change::Key { to, .. } => match to {
            NewKey::None => Ok(()),
            NewKey::Literal(key) if key.trim().is_empty() => Err("the key is empty".to_owned()),
            NewKey::Literal(key) if key.chars().any(|it| it.is_control() || it.is_whitespace()) => {
                Err("a key has no white space in it; was something else pasted?".to_owned())
            }
            NewKey::Literal(_) => Ok(()),
            NewKey::Env(name) if is_env_name(name) => Ok(()),
            NewKey::Env(_) => Err("the name of a variable has only A-Z, 0-9 and _, and starts with a letter or _".to_owned()),
        },
        Change::Route { to, .. } => match to.iter().find(|it| it.trim().is_empty()) {
            _ if to.is_empty() => Err("a route needs a primary model".to_owned()),
            Some(_) => Err("a member of the route is empty".to_owned()),
            None => Ok(()),
        },
    }
}

fn base_url(provider: &str, to: Option<&str>) -> Result<(), String> {
    let Some(text) = to else { return Err(format!("{provider} needs a base URL, like http://127.0.0.1:1234/v1")) };
    // With a variable in it, only OpenClaw's environment tells what it will be.
    if text.contains("${") {
        return Ok(());
    }
    match url::Url::parse(text) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => {
            Err(format!("the base URL should start with http:// or https://, not {}://", url.scheme()))
        }
        Ok(url) if url.host().is_none() => Err("the base URL has no host".to_owned()),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            Err("the base URL has a user name in it; put the key into the key field".to_owned())
        }
        Ok(_) => Ok(()),
        Err(_) => Err(format!("\"{text}\" is not a URL; it should look like http://127.0.0.1:1234/v1")),
    }
}

/// What OpenClaw takes, and what it then does that a person might not expect.
pub fn warnings(doc: &Document, changes: &[Change]) -> Vec<ProblemView> {
    let entries = doc.get(&Path::from(["agents", "defaults", "models"])).and_then(Value::as_object);
    let allow = doc.get(&Path::from(["agents", "defaults", "modelPolicy", "allow"])).and_then(Value::as_array);
    let migrated = doc.get(&Path::from(["meta", "migrations", "modelPolicyAllowlist"])).is_some() || allow.is_some();
    let new_entries = changes.iter().filter_map(|change| match change {
        Change::Alias { model_ref, to: Some(_), .. } if entries.is_none_or(|it| !it.contains_key(model_ref)) => Some(model_ref),
        _ => None,
    });
    let warn = |code: &str, message: String| ProblemView {
        code: code.to_owned(),
        severity: Severity::Warning,
        message,
        field: Some("alias".to_owned()),
        line: None,
        fix: None,
    };
    new_entries
        .filter_map(|model| match allow {
            Some(allow) if !allow.is_empty() && !allow.iter().any(|it| it.as_str() == Some(model)) => {
                Some(warn("modelPolicy.notAllowed", format!("agents.defaults.modelPolicy.allow does not have {model}, so OpenClaw will not let it be chosen")))
            }
            None if entries.is_none_or(serde_json::Map::is_empty) && !migrated && version(doc).is_none_or(|it| it < (2026, 8)) => Some(warn(
                "models.becomesAllowlist",
                format!("{model} would be the first entry in agents.defaults.models; an OpenClaw before 2026.8 then allows only the models listed there"),
            )),
            _ => None,
        })
        .collect()
}

/// Year and month of the OpenClaw that last wrote the file.
fn version(doc: &Document) -> Option<(u32, u32)> {
    let text = doc.get(&Path::from(["meta", "lastTouchedVersion"]))?.as_str()?;
    let mut parts = text.split(['.', '-']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn is_env_name(name: &str) -> bool {
    name.starts_with(|it: char| it.is_ascii_uppercase() || it == '_')
        && name.chars().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_')
}
