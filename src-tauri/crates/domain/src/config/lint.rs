//! What OpenClaw accepts without a word and a person would still want to know. Each finding has a code, a sentence and, where one
//! click can mend it, the change.

use document::{Path, Segment};

use super::{About, Config, Field, Model, Problem, Provider};
use crate::ModelRef;
use crate::change::Change;
use crate::discovery::GUIDE_TIMEOUT;
use crate::view_types::Severity;
use crate::words::tokens;

/// Without `contextWindow` OpenClaw assumes this many tokens (2026.9.6, measured).
pub const ASSUMED_CONTEXT: u64 = 200_000;
/// OpenClaw's own prompt is about 19,000 tokens, so a smaller window leaves no room to work (2026.9.6, measured).
const USABLE_CONTEXT: u64 = 32_000;
/// Below this a hanging box ends the turn with an error instead of a fallback (2026.9.6, measured).
const SAFE_TIMEOUT: u64 = 30;

pub fn lint(config: &Config) -> Vec<Problem> {
    let mut problems = Vec::new();
    for provider in config.providers.iter().filter(|it| !it.implied) {
        lint_provider(provider, &mut problems);
        for (i, model) in provider.models.iter().enumerate() {
            lint_model(provider, i, model, &mut problems);
        }
    }
    lint_aliases(config, &mut problems);
    lint_routes(config, &mut problems);
    problems
}

fn lint_provider(provider: &Provider, problems: &mut Vec<Problem>) {
    let at: Path = ["models", "providers", &provider.id].into_iter().map(Segment::from).collect();
    let mut tell = |code, severity, field: Field, message: String| {
        let problem = Problem::new(code, severity, at.child(field.name()), message);
        problems.push(problem.about(About::Provider(provider.id.clone())).field(field));
        problems.len() - 1
    };
    let Some(base_url) = &provider.base_url else { return };
    if url::Url::parse(base_url).is_err() && !base_url.contains("${") {
        tell(
            "baseUrl.invalid",
            Severity::Error,
            Field::BaseUrl,
            format!("{} is not a URL; it should look like http://127.0.0.1:1234/v1", provider.id),
        );
        return;
    }
    if !provider.is_local() {
        return;
    }
    let path_slashes = base_url.split_once("://").is_some_and(|(_, rest)| rest.contains("//"));
    if path_slashes {
        tell(
            "baseUrl.doubleSlash",
            Severity::Warning,
            Field::BaseUrl,
            "the base URL has a double slash, which some servers answer with an error".to_owned(),
        );
    }
    let ends_in_v1 = base_url.trim_end_matches('/').ends_with("/v1");
    match provider.api.as_deref() {
        Some("ollama") if ends_in_v1 => {
            tell(
                "baseUrl.ollamaV1",
                Severity::Warning,
                Field::BaseUrl,
                "Ollama's native API is at the base URL without /v1; with it tools and the context size fail".to_owned(),
            );
        }
        Some("ollama" | "anthropic-messages" | "google-generative-ai") => {}
        _ if !ends_in_v1 && !provider.on_demand => {
            tell(
                "baseUrl.noV1",
                Severity::Warning,
                Field::BaseUrl,
                "the base URL does not end in /v1, where OpenAI-compatible servers answer".to_owned(),
            );
        }
        _ => {}
    }
    let set = |to| Change::Timeout { provider: provider.id.clone(), was: provider.timeout_seconds, to: Some(to) };
    match provider.timeout_seconds {
        None => {
            let i = tell(
                "timeout.missing",
                Severity::Info,
                Field::TimeoutSeconds,
                "without a time-out OpenClaw waits for a hung box without end, and does not fall back".to_owned(),
            );
            problems[i].fix = Some((format!("Set {GUIDE_TIMEOUT} s"), set(GUIDE_TIMEOUT)));
        }
        Some(s) if s < SAFE_TIMEOUT => {
            let i = tell(
                "timeout.short",
                Severity::Warning,
                Field::TimeoutSeconds,
                format!(
                    "with {s} s a hung box ends the turn with an error and no fallback; from {SAFE_TIMEOUT} s on OpenClaw falls back"
                ),
            );
            problems[i].fix = Some((format!("Set {GUIDE_TIMEOUT} s"), set(GUIDE_TIMEOUT)));
        }
        Some(_) => {}
    }
}

fn lint_model(provider: &Provider, index: usize, model: &Model, problems: &mut Vec<Problem>) {
    let mut at: Path = ["models", "providers", &provider.id, "models"].into_iter().map(Segment::from).collect();
    at.push(index);
    if model.name.is_none() {
        let message = format!("{} has no name; OpenClaw refuses a model without one", model.id);
        let about = About::Model { provider: provider.id.clone(), model: model.id.clone() };
        problems.push(Problem::new("model.noName", Severity::Error, at.child("name"), message).about(about));
    }
    let mut tell = |code, severity, field: Field, message: String| {
        let about = About::Model { provider: provider.id.clone(), model: model.id.clone() };
        problems.push(Problem::new(code, severity, at.child(field.name()), message).about(about).field(field));
    };
    match model.context_window {
        None if provider.is_local() => {
            tell(
                "contextWindow.missing",
                Severity::Warning,
                Field::ContextWindow,
                format!("no contextWindow: OpenClaw assumes {} tokens", tokens(ASSUMED_CONTEXT)),
            );
        }
        Some(window) if window < USABLE_CONTEXT && provider.is_local() => {
            tell(
                "contextWindow.small",
                Severity::Warning,
                Field::ContextWindow,
                format!("{} tokens leave little room: OpenClaw's own prompt takes about 19,000", tokens(window)),
            );
        }
        _ => {}
    }
    if let (Some(window), Some(max)) = (model.context_window, model.max_tokens)
        && max >= window
    {
        tell("maxTokens.noRoom", Severity::Warning, Field::MaxTokens, "max tokens leaves no room for a prompt".to_owned());
    }
}

fn lint_aliases(config: &Config, problems: &mut Vec<Problem>) {
    for (i, it) in config.aliases.iter().enumerate() {
        let at: Path = ["agents", "defaults", "models", &it.model.to_string(), "alias"].into_iter().map(Segment::from).collect();
        let mut tell = |code, message: String| {
            let about = About::Model { provider: it.model.provider.clone(), model: it.model.model.clone() };
            problems.push(Problem::new(code, Severity::Warning, at.clone(), message).about(about).field(Field::Alias));
        };
        if let Some(first) = config.aliases[..i].iter().find(|other| other.alias.eq_ignore_ascii_case(&it.alias)) {
            tell("alias.duplicate", format!("{} is also the alias of {}", it.alias, first.model));
        }
        if let Some(why) = alias_fault(&it.alias) {
            tell("alias.shape", format!("the alias {why}"));
        } else if config.provider(&it.alias).is_some() {
            tell("alias.isProvider", format!("{} is also the name of a provider", it.alias));
        }
    }
}

/// What is wrong with an alias, as the end of a sentence: "has a slash, so ...".
#[must_use]
pub fn alias_fault(alias: &str) -> Option<&'static str> {
    if alias.is_empty() {
        Some("is empty")
    } else if alias.contains('/') {
        Some("has a slash, so OpenClaw would read it as a model ref")
    } else if alias.contains(char::is_whitespace) {
        Some("has white space, so it can't be typed after /model")
    } else {
        None
    }
}

fn lint_routes(config: &Config, problems: &mut Vec<Problem>) {
    for (agent, route) in config.routes() {
        let whose = agent.map_or_else(String::new, |it| format!("agent {it}: "));
        let about = About::Route(agent.map(str::to_owned));
        let mut tell = |code, severity, at: Path, message: String| {
            problems.push(Problem::new(code, severity, at, format!("{whose}{message}")).about(about.clone()));
            problems.len() - 1
        };
        let primary_at = if route.is_string { route.at.clone() } else { route.at.child("primary") };
        let mut seen: Vec<ModelRef> = Vec::new();
        for (i, written) in route.written().iter().enumerate() {
            let at = if i == 0 && route.primary.is_some() {
                primary_at.clone()
            } else {
                route.at.child("fallbacks").child(i - usize::from(route.primary.is_some()))
            };
            let Some(model) = config.resolve(written) else {
                tell(
                    "ref.unknown",
                    Severity::Warning,
                    at,
                    format!("{written} is neither an alias nor a model ref (provider/model)"),
                );
                continue;
            };
            let in_file = config.provider(&model.provider).filter(|it| !it.implied);
            if in_file.is_some_and(|it| !it.models.is_empty() && it.model(&model.model).is_none()) {
                tell(
                    "ref.unknown",
                    Severity::Warning,
                    at.clone(),
                    format!("{written} names no model of the provider {}", model.provider),
                );
            } else if in_file.is_none() && config.replace {
                tell(
                    "mode.replace",
                    Severity::Warning,
                    at.clone(),
                    format!("with models.mode \"replace\" OpenClaw does not know {written}"),
                );
            }
            if seen.contains(&model) {
                let at_first = if seen.first() == Some(&model) { "the primary" } else { "an earlier fallback" };
                tell("route.repeated", Severity::Warning, at, format!("{written} is also {at_first}"));
            }
            seen.push(model);
        }
        match (agent, &route.primary) {
            (None, None) => {
                tell(
                    "route.noPrimary",
                    Severity::Warning,
                    route.at.clone(),
                    "no primary model is set, so OpenClaw uses its built-in default".to_owned(),
                );
            }
            (Some(_), Some(_)) if route.fallbacks.is_empty() && !config.defaults.fallbacks.is_empty() => {
                tell(
                    "route.noFallback",
                    Severity::Info,
                    route.at.clone(),
                    "its own primary switches the default fallbacks off".to_owned(),
                );
            }
            (None, Some(_)) if route.fallbacks.is_empty() => {
                tell(
                    "route.noFallback",
                    Severity::Info,
                    route.at.clone(),
                    "there is no fallback: when the primary fails, nothing answers".to_owned(),
                );
            }
            _ => {}
        }
    }
}
