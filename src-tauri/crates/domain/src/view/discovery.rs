//! What answers on this machine and is no provider yet: what it is, what it lists, and how it would stand in OpenClaw's config.

use serde::Serialize;
use serde_json::json;
use ts_rs::TS;

use crate::Kind;
use crate::base::change::Fields;
use crate::base::locality;
use crate::base::openclaw::GUIDE_TIMEOUT;
use crate::base::refusal::{Refusal, RefusalCode};
use crate::base::words::{count, short_tokens};
use crate::config::Config;
use crate::server::availability::is_named;
use crate::server::observation::{Answer, Failure, Load, Observation, ServedModel, Serving};
use crate::server::words;
use crate::view::types::{Mark, Shape};

/// What OpenClaw takes for `maxTokens` where a model does not say (2026.9.6).
const MAX_TOKENS: u64 = 8_192;

/// A server that was found on a well-known port.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Found {
    /// Where it was asked.
    pub base_url: String,
    /// "127.0.0.1:1234"
    pub address: String,
    /// `lmstudio`, as in `status --json`.
    pub kind: String,
    /// "LM Studio"
    pub name: String,
    pub version: Option<String>,
    pub mark: Mark,
    /// "3 models, 1 loaded with 32k"
    pub about: String,
    /// Those in memory first.
    pub models: Vec<ListedModel>,
    pub needs_key: bool,
    /// The provider of the config that is this server, if there is one.
    pub configured: Option<String>,
    pub suggestion: Suggestion,
}

/// A model as its server lists it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ListedModel {
    pub id: String,
    /// `null` where the server does not say.
    pub loaded: Option<bool>,
    /// In tokens.
    #[ts(type = "number | null")]
    pub served_context: Option<u64>,
    #[ts(type = "number | null")]
    pub max_context: Option<u64>,
    /// "loaded with 32k of 262k · Q4_K_M"
    pub about: String,
    /// The provider has it in the config.
    pub configured: bool,
    /// The settings to add it with; the limits are those that it is served with.
    pub fields: Fields,
}

/// How OpenClaw wants such a server in its config.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Suggestion {
    /// An id that no provider has yet.
    pub provider: String,
    pub base_url: String,
    pub api: String,
    /// No secret: OpenClaw wants some key even where the server wants none. `null` where a real one is needed.
    pub key: Option<String>,
    #[ts(type = "number")]
    pub timeout_seconds: u64,
}

/// `None` for whatever is no model server.
#[must_use]
pub fn found(config: &Config, base_url: &str, seen: &Observation) -> Option<Found> {
    let kind = seen.kind?;
    let (mark, about, models) = match &seen.answer {
        Answer::Up(serving) => (mark(serving), summary(serving), serving.models.as_deref().unwrap_or_default()),
        Answer::Failed(why) if !why.is_outage() || *why == Failure::TimedOut => {
            let (text, about) = refusal(why);
            (Mark { shape: Shape::Warn, text: text.to_owned() }, about.to_owned(), [].as_slice())
        }
        Answer::Failed(_) => return None,
    };
    let configured = config.providers.iter().find(|it| {
        let known = it.base_url.as_deref();
        known.is_some_and(|known| locality::same_server(known, base_url))
    });
    let needs_key = matches!(seen.answer, Answer::Failed(Failure::AuthNeeded | Failure::AuthWrong));
    Some(Found {
        base_url: base_url.to_owned(),
        address: locality::address(base_url),
        kind: kind.id().to_owned(),
        name: kind.label().to_owned(),
        version: seen.version.clone(),
        mark,
        about,
        models: rows(config, configured.map(|it| it.id.as_str()), Some(kind), models),
        needs_key,
        configured: configured.map(|it| it.id.clone()),
        suggestion: suggestion(config, kind, base_url, needs_key),
    })
}

/// The list of a server that a person wants to choose from.
///
/// # Errors
/// Why there is none.
pub fn listed(config: &Config, provider: Option<&str>, seen: &Observation) -> Result<Vec<ListedModel>, Refusal> {
    let refused = |message: String, hint: &str| Err(Refusal::new(RefusalCode::Invalid, message).hint(hint));
    match &seen.answer {
        Answer::Failed(why) => refused(format!("the server gave no list: {}", words::failure(why)), words::next_step(why)),
        Answer::Up(Serving { models: None, .. }) => refused(
            format!("{} is not asked for its models: that would cut an answer under way", seen.kind.map_or("it", Kind::label)),
            "type the id; it answers with the model that it has",
        ),
        Answer::Up(Serving { models: Some(models), .. }) => Ok(rows(config, provider, seen.kind, models)),
    }
}

fn rows(config: &Config, provider: Option<&str>, kind: Option<Kind>, models: &[ServedModel]) -> Vec<ListedModel> {
    let known = provider.and_then(|it| config.provider(it)).map_or(&[][..], |it| &it.models);
    let mut rows: Vec<ListedModel> = models
        .iter()
        .map(|it| ListedModel {
            id: it.id.clone(),
            loaded: match it.load {
                Load::Loaded => Some(true),
                Load::Unknown => None,
                _ => Some(false),
            },
            served_context: it.served_context,
            max_context: it.max_context,
            about: about(it),
            configured: known.iter().any(|known| is_named(kind, it, &known.id)),
            fields: fields(it),
        })
        .collect();
    rows.sort_by_key(|it| it.loaded != Some(true));
    rows
}

/// As the guide writes a local model: it costs nothing, and has the context that is served, or else can be.
fn fields(model: &ServedModel) -> Fields {
    let free = json!({ "input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0 });
    let fields = Fields::default()
        .with(&["name"], model.id.as_str())
        .with(&["reasoning"], false)
        .with(&["input"], ["text"].as_slice())
        .with(&["cost"], free);
    match model.served_context.or(model.max_context) {
        Some(window) => fields.with(&["contextWindow"], window).with(&["maxTokens"], MAX_TOKENS.min((window / 4).max(1))),
        None => fields,
    }
}

fn about(model: &ServedModel) -> String {
    let context = match (model.served_context, model.max_context) {
        (Some(served), Some(most)) => format!(" with {} of {}", short_tokens(served), short_tokens(most)),
        (Some(served), None) => format!(" with {}", short_tokens(served)),
        (None, Some(most)) => format!(", at most {}", short_tokens(most)),
        (None, None) => String::new(),
    };
    let load = match model.load {
        Load::Loaded => "loaded",
        Load::NotLoaded => "not loaded",
        Load::Loading => "loading",
        Load::Sleeping => "asleep",
        Load::Failed => "failed to load",
        Load::Unknown => "listed",
    };
    let size = model.size_bytes.map(|it| format!("{:.1} GB", it as f64 / 1e9));
    [Some(format!("{load}{context}")), model.quantisation.clone(), size].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn mark(serving: &Serving) -> Mark {
    let loads = |load: Load| serving.models.iter().flatten().any(|it| it.load == load);
    let (shape, text) = match &serving.models {
        Some(models) if models.is_empty() => (Shape::Warn, "No models"),
        None => (Shape::Ok, "Ready"),
        Some(_) if loads(Load::Loaded) => (Shape::Ok, "Ready"),
        Some(models) if models.iter().all(|it| it.load == Load::Unknown) => (Shape::Ok, "Ready"),
        Some(_) if loads(Load::Loading) => (Shape::Wait, "Loading"),
        Some(_) if loads(Load::Sleeping) => (Shape::Sleep, "Asleep"),
        Some(_) => (Shape::Sleep, "Nothing loaded"),
    };
    Mark { shape, text: text.to_owned() }
}

fn summary(serving: &Serving) -> String {
    let Some(models) = &serving.models else { return "does not say what it serves".to_owned() };
    let loaded: Vec<&ServedModel> = models.iter().filter(|it| it.load == Load::Loaded).collect();
    let with = match loaded.as_slice() {
        [] => String::new(),
        [one] => {
            let context = one.served_context.map(|it| format!(" with {}", short_tokens(it))).unwrap_or_default();
            if models.len() == 1 { format!(", loaded{context}") } else { format!(", 1 loaded{context}") }
        }
        several => format!(", {} loaded", several.len()),
    };
    format!("{}{with}", count(models.len(), "model", "models"))
}

/// It is there, and has not shown its models.
fn refusal(why: &Failure) -> (&'static str, &'static str) {
    match why {
        Failure::AuthNeeded | Failure::AuthWrong => ("Wants a key", "lists its models only with it"),
        Failure::Starting => ("Loading", "its model is not in memory yet"),
        Failure::Untrusted(_) => ("Refuses", "its certificate is not trusted"),
        Failure::HostRefused => ("Refuses", "it takes no requests for this address"),
        _ => ("Slow", "it did not give its list in time"),
    }
}

fn suggestion(config: &Config, kind: Kind, base_url: &str, needs_key: bool) -> Suggestion {
    let info = kind.info();
    let defaults = &info.provider;
    let id = defaults.id.to_owned();
    let is_free = |id: &String| config.providers.iter().all(|it| it.id != *id || it.implied);
    let provider = std::iter::once(id.clone()).chain((2..).map(|n| format!("{id}-{n}"))).find(is_free);
    let root = base_url.trim_end_matches('/');
    let base_url = info.own_api.and_then(|_| root.strip_suffix(info.api_path)).unwrap_or(root);
    Suggestion {
        provider: provider.unwrap_or(id),
        base_url: base_url.to_owned(),
        api: defaults.api.to_owned(),
        key: (!needs_key).then(|| defaults.marker.to_owned()),
        timeout_seconds: GUIDE_TIMEOUT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_window_keeps_room_for_a_prompt() {
        let model = |served, most| ServedModel {
            id: "m".to_owned(),
            load: Load::Loaded,
            served_context: served,
            max_context: most,
            ..ServedModel::default()
        };
        let limits = |it: &ServedModel| {
            let fields = fields(it);
            let of = |key| fields.get(&[key]).and_then(serde_json::Value::as_u64);
            (of("contextWindow"), of("maxTokens"))
        };
        assert_eq!(limits(&model(Some(4_096), Some(262_144))), (Some(4_096), Some(1_024)));
        assert_eq!(limits(&model(None, Some(262_144))), (Some(262_144), Some(8_192)));
        assert_eq!(limits(&model(None, None)), (None, None));
    }
}
