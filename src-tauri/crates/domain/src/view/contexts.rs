//! The context that a server gives against what the config says, and how to bring the two together: the server's value in the config by
//! one click, or the exact setting of that kind of server.

use super::types::{Copy, Fix, Note, ProblemView, Severity};
use crate::app::state::State;
use crate::base::change::{Change, Place};
use crate::base::words::{short_tokens, tokens};
use crate::server::observation::Load;
use crate::{Kind, ModelRef};

/// What Ollama loads a model with below 24 GB of video memory (its source of 2026-08), if nobody says otherwise.
const OLLAMAS_OWN: u64 = 4_096;

enum Verdict {
    /// `whole`: what it would take to serve all that is configured, as far as the model can.
    Small {
        served: u64,
        configured: u64,
        whole: u64,
    },
    OverMaximum {
        configured: u64,
        most: u64,
    },
    Unset {
        served: u64,
    },
    /// Not loaded yet; Ollama would take its own small default.
    OllamasDefault {
        configured: u64,
    },
}

fn verdict(state: &State, model: &ModelRef) -> Option<Verdict> {
    let in_file = state.config.model(model)?;
    let most = state.servers().max_context(model);
    if let Some((served, configured)) = state.servers().small_context(model) {
        let whole = most.map_or(configured, |it| it.min(configured));
        return Some(Verdict::Small { served, configured, whole });
    }
    match (in_file.context_window, state.servers().context(model), most) {
        (Some(configured), _, Some(most)) if configured > most => Some(Verdict::OverMaximum { configured, most }),
        (None, Some(served), _) => Some(Verdict::Unset { served }),
        (Some(configured), None, _) if configured > OLLAMAS_OWN && is_left_to_ollama(state, model) => {
            Some(Verdict::OllamasDefault { configured })
        }
        _ => None,
    }
}

/// Its OpenAI-shaped API can't say how much context is wanted; its own API does.
fn is_left_to_ollama(state: &State, model: &ModelRef) -> bool {
    let server = state.fleet.servers.get(&model.provider);
    let served = state.servers().served(model);
    server.is_some_and(|it| it.kind == Some(Kind::Ollama))
        && served.is_some_and(|it| it.load == Load::NotLoaded && !it.remote)
        && state.config.provider(&model.provider).is_some_and(|it| it.api.as_deref() != Some("ollama"))
}

/// In the Models table.
pub fn problem(state: &State, model: &ModelRef) -> Option<ProblemView> {
    let (code, severity, message, better) = match verdict(state, model)? {
        Verdict::Small { served, configured, .. } => {
            let message =
                format!("served with {} of {}; {}", short_tokens(served), short_tokens(configured), meaning(state, model).0);
            ("context.small", Severity::Warning, message, Some(served))
        }
        Verdict::OverMaximum { most, .. } => {
            let message = format!("the model takes {} at most", tokens(most));
            ("context.overMaximum", Severity::Warning, message, Some(most))
        }
        Verdict::Unset { served } => {
            let message = format!("no contextWindow: OpenClaw assumes 200,000 tokens, the server gives {}", tokens(served));
            ("context.unset", Severity::Warning, message, Some(served))
        }
        Verdict::OllamasDefault { .. } => {
            let message = format!("Ollama may load it with {} only", tokens(OLLAMAS_OWN));
            ("context.ollamaDefault", Severity::Info, message, None)
        }
    };
    Some(ProblemView {
        code: code.to_owned(),
        severity,
        message,
        field: Some("contextWindow".to_owned()),
        line: None,
        fix: better.map(|to| Fix { label: format!("Use {}", tokens(to)), ..fix(state, model, to) }),
    })
}

/// On the server's card.
pub fn note(state: &State, model: &ModelRef) -> Option<Note> {
    let name = &model.model;
    let kind = state.fleet.servers.get(&model.provider).and_then(|it| it.kind);
    Some(match verdict(state, model)? {
        Verdict::Small { served, configured, whole } => Note {
            severity: Severity::Warning,
            title: format!("{name} is served with {} of {}.", short_tokens(served), short_tokens(configured)),
            text: meaning(state, model).1.to_owned(),
            fix: Some(fix(state, model, served)),
            copy: setting(kind, name, whole),
        },
        Verdict::OverMaximum { configured, most } => Note {
            severity: Severity::Warning,
            title: format!("{name} takes {} at most, not {}.", tokens(most), tokens(configured)),
            text: "No setting of the server gives more.".to_owned(),
            fix: Some(fix(state, model, most)),
            copy: None,
        },
        Verdict::Unset { served } => Note {
            severity: Severity::Warning,
            title: format!("The config sets no context for {name}."),
            text: format!("OpenClaw assumes 200,000 tokens; the server gives {}.", tokens(served)),
            fix: Some(fix(state, model, served)),
            copy: None,
        },
        Verdict::OllamasDefault { configured } => Note {
            severity: Severity::Info,
            title: format!("Ollama may load {name} with {} tokens only.", tokens(OLLAMAS_OWN)),
            text: "That is its default below 24 GB of video memory. It then drops the oldest messages without an error."
                .to_owned(),
            fix: None,
            copy: setting(kind, name, configured),
        },
    })
}

/// What too little context leads to: in half a sentence, and in full.
fn meaning(state: &State, model: &ModelRef) -> (&'static str, &'static str) {
    match state.fleet.servers.get(&model.provider).and_then(|it| it.kind) {
        Some(Kind::Ollama) => (
            "the oldest messages are dropped without an error",
            "Ollama drops the oldest messages without an error, and its OpenAI-compatible API can't ask for more.",
        ),
        Some(Kind::LlamaCpp) => (
            "longer prompts fail",
            "Longer prompts fail, and OpenClaw does not fall back on that. llama.cpp shares its context out among its slots.",
        ),
        _ => ("longer prompts fail", "Longer prompts fail, and OpenClaw does not fall back on that."),
    }
}

fn fix(state: &State, model: &ModelRef, to: u64) -> Fix {
    let was = state.config.model(model).and_then(|it| it.context_window);
    let change = Change::set(Place::model(&model.provider, &model.model, &["contextWindow"]), was, Some(to));
    Fix { label: format!("Use {} in the config", tokens(to)), change }
}

/// Where a kind of server is told how much context to give, ready to be pasted there.
fn setting(kind: Option<Kind>, model: &str, context: u64) -> Option<Copy> {
    let (label, text) = match kind? {
        Kind::LmStudio => ("lms load", format!("lms load {model} --context-length {context}")),
        Kind::Ollama => ("OLLAMA_CONTEXT_LENGTH", format!("OLLAMA_CONTEXT_LENGTH={context} ollama serve")),
        Kind::LlamaCpp | Kind::LlamaCppRouter | Kind::LlamaSwap => ("--ctx-size", format!("--ctx-size {context}")),
        Kind::LlamaCppPython => ("--n_ctx", format!("--n_ctx {context}")),
        Kind::Vllm => ("--max-model-len", format!("--max-model-len {context}")),
        Kind::Sglang => ("--context-length", format!("--context-length {context}")),
        Kind::KoboldCpp => ("--contextsize", format!("--contextsize {context}")),
        Kind::TextGenerationWebUi => ("--ctx-size", format!("--ctx-size {context}")),
        Kind::TabbyApi => ("max_seq_len", format!("max_seq_len: {context}")),
        Kind::LocalAi => ("context_size", format!("context_size: {context}")),
        Kind::Lemonade => ("ctx_size", format!("lemonade-server serve --ctx-size {context}")),
        Kind::DockerModelRunner => ("docker model configure", format!("docker model configure --context-size {context} {model}")),
        Kind::Jan | Kind::Mlx | Kind::Gpt4All | Kind::LiteLlm | Kind::Generic => return None,
    };
    Some(Copy { label: format!("Copy: {label}"), text })
}
