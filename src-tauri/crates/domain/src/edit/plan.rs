//! Turns one change into edits of the text at hand: finds the place by id, and what stands there now.

use document::{Document, Edit, Path, Value};

use crate::change::{Change, Limit, NewKey};
use crate::config::{Config, Model, Route};

pub fn plan(doc: &Document, config: &Config, change: &Change) -> Result<Vec<Edit>, String> {
    match change {
        Change::Alias { model_ref, to, .. } => {
            let at = Path::from(["agents", "defaults", "models", model_ref, "alias"]);
            Ok(set(doc, at, to.clone().map(Value::from)))
        }
        Change::Limit { provider, model, limit, to, .. } => {
            let at = model_path(doc, provider, model).ok_or_else(|| format!("{provider}/{model} is not in the file any more"))?;
            Ok(set(doc, at.child(limit.key()), to.map(Value::from)))
        }
        Change::BaseUrl { provider, to, .. } => set_provider(doc, provider, "baseUrl", to.clone().map(Value::from)),
        Change::Api { provider, to, .. } => set_provider(doc, provider, "api", to.clone().map(Value::from)),
        Change::Timeout { provider, to, .. } => set_provider(doc, provider, "timeoutSeconds", to.map(Value::from)),
        Change::Key { provider, to, .. } => {
            let key = match to {
                NewKey::None => None,
                NewKey::Literal(key) => Some(Value::from(key.as_str())),
                NewKey::Env(name) => Some(Value::from(format!("${{{name}}}"))),
            };
            set_provider(doc, provider, "apiKey", key)
        }
        Change::Route { agent, to, .. } => {
            let route = config.routes().find(|it| it.0 == agent.as_deref()).map(|it| it.1);
            let route = route
                .ok_or_else(|| format!("the agent {} has no route of its own any more", agent.as_deref().unwrap_or_default()))?;
            set_route(doc, route, to)
        }
    }
}

fn set_provider(doc: &Document, provider: &str, key: &str, to: Option<Value>) -> Result<Vec<Edit>, String> {
    let at = Path::from(["models", "providers", provider]);
    if doc.get(&at).is_none() {
        return Err(format!("the provider {provider} is not in the file any more"));
    }
    Ok(set(doc, at.child(key), to))
}

/// The string form stays a string while it can; the object form keeps its other members.
fn set_route(doc: &Document, route: &Route, to: &[String]) -> Result<Vec<Edit>, String> {
    let [primary, fallbacks @ ..] = to else { return Err("a route needs a primary model".to_owned()) };
    if route.is_string && fallbacks.is_empty() {
        return Ok(set(doc, route.at.clone(), Some(Value::from(primary.as_str()))));
    }
    if route.is_string {
        let object = serde_json::json!({ "primary": primary, "fallbacks": fallbacks });
        return Ok(set(doc, route.at.clone(), Some(object)));
    }
    let mut edits = set(doc, route.at.child("primary"), Some(Value::from(primary.as_str())));
    let fallbacks_at = route.at.child("fallbacks");
    if !(fallbacks.is_empty() && doc.get(&fallbacks_at).is_none()) {
        edits.extend(set(doc, fallbacks_at, Some(Value::from(fallbacks.to_vec()))));
    }
    Ok(edits)
}

/// Nothing at all where the file says so already.
fn set(doc: &Document, at: Path, to: Option<Value>) -> Vec<Edit> {
    let was = doc.get(&at).cloned();
    if was == to { Vec::new() } else { vec![Edit { at, was, to }] }
}

fn model_path(doc: &Document, provider: &str, model: &str) -> Option<Path> {
    let at = Path::from(["models", "providers", provider, "models"]);
    let index = doc.get(&at)?.as_array()?.iter().position(|it| it.get("id").and_then(Value::as_str) == Some(model))?;
    Some(at.child(index))
}

impl Limit {
    fn key(self) -> &'static str {
        match self {
            Limit::ContextWindow => "contextWindow",
            Limit::MaxTokens => "maxTokens",
        }
    }

    pub(super) fn of(self, model: &Model) -> Option<u64> {
        match self {
            Limit::ContextWindow => model.context_window,
            Limit::MaxTokens => model.max_tokens,
        }
    }
}
