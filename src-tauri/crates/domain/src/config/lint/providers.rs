//! Addresses, timeouts and limits.

use crate::base::secrets::mask_url;
use document::{Path, path};

use crate::base::Severity;
use crate::base::change::{Change, Place};
use crate::base::openclaw::GUIDE_TIMEOUT;
use crate::base::releases::Release;
use crate::base::words::tokens;
use crate::config::{About, Model, Problem, ProblemField, Provider};
use crate::schema;

/// Without `contextWindow` OpenClaw assumes this many tokens (2026.9.6, measured).
const ASSUMED_CONTEXT: u64 = 200_000;
/// OpenClaw's own prompt is about 19,000 tokens, so a smaller window leaves no room to work (2026.9.6, measured).
const USABLE_CONTEXT: u64 = 32_000;
/// What the guide gives a local model for its answer.
const GUIDE_MAX_TOKENS: u64 = 8_192;

pub fn provider(provider: &Provider, release: Release) -> Vec<Problem> {
    let Some(base_url) = &provider.base_url else {
        // OpenClaw knows the addresses of its own.
        let known = schema::brings(&provider.id) || provider.models.is_empty() && provider.api.is_none();
        let message = format!("{} has no base URL. OpenClaw refuses a provider that it does not know without one.", provider.id);
        let problem = || of(provider, "baseUrl.missing", Severity::Error, ProblemField::BaseUrl, &message);
        return if known { Vec::new() } else { vec![problem()] };
    };
    let is_web = url::Url::parse(base_url).is_ok_and(|it| matches!(it.scheme(), "http" | "https"));
    if !is_web && !base_url.contains("${") {
        let message = format!("The base URL of {} is not a URL. It should look like http://127.0.0.1:1234/v1.", provider.id);
        return vec![of(provider, "baseUrl.invalid", Severity::Error, ProblemField::BaseUrl, &message)];
    }
    if provider.is_local() {
        address(provider, base_url).into_iter().chain(timeout(provider, release)).collect()
    } else {
        Vec::new()
    }
}

fn address(provider: &Provider, base_url: &str) -> Vec<Problem> {
    // An address with a variable in it is mended where the variable is set.
    let mendable = provider.base_url_written.as_deref().filter(|it| !it.contains("${"));
    let found = |code, message: &str, to: Option<String>| {
        let problem = of(provider, code, Severity::Warning, ProblemField::BaseUrl, message);
        let fix = mendable.zip(to).map(|(was, to)| {
            let place = Place::provider(&provider.id, &["baseUrl"]);
            (format!("Set {}", mask_url(&to)), Change::set(place, Some(was.to_owned()), Some(to)))
        });
        match fix {
            Some((label, change)) => problem.fix(label, change),
            None => problem,
        }
    };
    let mut problems = Vec::new();
    let (scheme, rest) = base_url.split_once("://").unwrap_or(("http", base_url));
    if rest.contains("//") {
        let single = rest.split('/').filter(|it| !it.is_empty()).collect::<Vec<_>>().join("/");
        let to = Some(format!("{scheme}://{single}"));
        problems.push(found(
            "baseUrl.doubleSlash",
            "The base URL has a double slash, which some servers answer with an error.",
            to,
        ));
    }
    let bare = base_url.trim_end_matches('/');
    let ends_in_v1 = bare.ends_with("/v1");
    // `/v1` is missing where nothing but a host is given; after another path only its server knows.
    let is_host = !rest.trim_end_matches('/').contains('/');
    match provider.api.as_deref() {
        Some("ollama") if ends_in_v1 => problems.push(found(
            "baseUrl.ollamaV1",
            "Ollama's own API has no /v1 at the end. With it, tools and the context size fail.",
            bare.strip_suffix("/v1").map(str::to_owned),
        )),
        Some("ollama" | "anthropic-messages" | "google-generative-ai") => {}
        _ if !ends_in_v1 && !provider.on_demand => problems.push(found(
            "baseUrl.noV1",
            "The base URL does not end in /v1, where OpenAI-compatible servers answer.",
            is_host.then(|| format!("{bare}/v1")),
        )),
        _ => {}
    }
    problems
}

fn timeout(provider: &Provider, release: Release) -> Option<Problem> {
    let (code, severity, message) = match (provider.timeout_seconds, release.shortest_timeout()) {
        // One that it would refuse can't be missing.
        (None, _) if release.takes_provider_timeout() == Some(false) => return None,
        (None, _) => (
            "timeout.missing",
            Severity::Info,
            "With no timeout, OpenClaw waits forever for a hung server and never falls back.".to_owned(),
        ),
        (Some(s), Some(shortest)) if s < shortest => (
            "timeout.short",
            Severity::Warning,
            format!(
                "With a timeout of {s} s, a hung server ends the turn with an error and no fallback. From {shortest} s on, OpenClaw falls back."
            ),
        ),
        (Some(_), _) => return None,
    };
    let problem = of(provider, code, severity, ProblemField::TimeoutSeconds, &message);
    if release.takes_provider_timeout() != Some(true) {
        return Some(problem);
    }
    let place = Place::provider(&provider.id, &["timeoutSeconds"]);
    let set = Change::set(place, provider.timeout_seconds, Some(GUIDE_TIMEOUT));
    Some(problem.fix(format!("Set {GUIDE_TIMEOUT} s"), set))
}

pub fn model(provider: &Provider, index: usize, model: &Model) -> Vec<Problem> {
    let at = || path!["models", "providers", &provider.id, "models", index];
    let about = || About::Model { provider: provider.id.clone(), model: model.id.clone() };
    let found = |code, severity, field: ProblemField, message: String| {
        Problem::new(code, severity, at().child(field.name()), message).about(about()).field(field)
    };
    let mut problems = Vec::new();
    if model.name.is_none() {
        let message = format!("{} has no name. OpenClaw refuses a model without one.", model.id);
        let name = Change::set(Place::model(&provider.id, &model.id, &["name"]), None, Some(model.id.clone()));
        let problem = Problem::new("model.noName", Severity::Error, at().child("name"), message).about(about());
        problems.push(problem.fix("Use its id", name));
    }
    match model.context_window {
        None if provider.is_local() => problems.push(found(
            "contextWindow.missing",
            Severity::Warning,
            ProblemField::ContextWindow,
            format!("No contextWindow is set, so OpenClaw assumes {} tokens.", tokens(ASSUMED_CONTEXT)),
        )),
        Some(window) if window < USABLE_CONTEXT && provider.is_local() => problems.push(found(
            "contextWindow.small",
            Severity::Warning,
            ProblemField::ContextWindow,
            format!("{} tokens leave little room: OpenClaw's own prompt takes about 19,000.", tokens(window)),
        )),
        _ => {}
    }
    if let (Some(window), Some(max)) = (model.context_window, model.max_tokens)
        && max >= window
    {
        let problem = found(
            "maxTokens.noRoom",
            Severity::Warning,
            ProblemField::MaxTokens,
            "maxTokens is as large as the context, so there is no room for a prompt.".to_owned(),
        );
        let room = GUIDE_MAX_TOKENS.min(window / 4).max(1);
        let set = Change::set(Place::model(&provider.id, &model.id, &["maxTokens"]), Some(max), Some(room));
        problems.push(problem.fix(format!("Set {}", tokens(room)), set));
    }
    problems
}

fn of(provider: &Provider, code: &'static str, severity: Severity, field: ProblemField, message: &str) -> Problem {
    let at: Path = path!["models", "providers", &provider.id, field.name()];
    Problem::new(code, severity, at, message).about(About::Provider(provider.id.clone())).field(field)
}
