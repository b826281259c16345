//! The context that a server gives against what the config says, and how to bring the two together: the server's value in the config by
//! one click, or the exact setting of that kind of server.

use super::types::{Copy, Fix, Note, ProblemView, Severity};
use crate::app::state::State;
use crate::base::change::{Change, Place};
use crate::base::words::{short_tokens, tokens};
use crate::server::kinds::{KindInfo, Overflow, SmallDefault};
use crate::server::observation::Load;
use crate::{Kind, ModelRef};

enum ContextFit {
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
    /// Not loaded yet; its server would take its own small default.
    SmallDefault {
        configured: u64,
        label: &'static str,
        default: &'static SmallDefault,
    },
}

fn fit(state: &State, model: &ModelRef) -> Option<ContextFit> {
    let in_file = state.config.model(model)?;
    let most = state.servers().max_context(model);
    if let Some((served, configured)) = state.servers().small_context(model) {
        let whole = most.map_or(configured, |it| it.min(configured));
        return Some(ContextFit::Small { served, configured, whole });
    }
    match (in_file.context_window, state.servers().context(model), most) {
        (Some(configured), _, Some(most)) if configured > most => Some(ContextFit::OverMaximum { configured, most }),
        (None, Some(served), _) => Some(ContextFit::Unset { served }),
        (Some(configured), None, _) => {
            let info = kind_left_alone(state, model)?;
            let default = info.small_default.as_ref().filter(|default| configured > default.context)?;
            Some(ContextFit::SmallDefault { configured, label: info.label, default })
        }
        _ => None,
    }
}

/// The kind of a server that will load the model without being told how much context is wanted: an OpenAI-shaped API can't say that, its own
/// can.
fn kind_left_alone(state: &State, model: &ModelRef) -> Option<&'static KindInfo> {
    let info = state.fleet.servers.get(&model.provider)?.kind?.info();
    let waits = state.servers().served(model).is_some_and(|it| it.load == Load::NotLoaded && !it.remote);
    let api = state.config.provider(&model.provider)?.api.as_deref();
    (waits && (api.is_none() || api != info.own_api)).then_some(info)
}

/// In the Models table.
pub fn problem(state: &State, model: &ModelRef) -> Option<ProblemView> {
    let (code, severity, message, better) = match fit(state, model)? {
        ContextFit::Small { served, configured, .. } => {
            let message = format!(
                "Served with {} of {}: {}.",
                short_tokens(served),
                short_tokens(configured),
                overflow(state, model).brief
            );
            ("context.small", Severity::Warning, message, Some(served))
        }
        ContextFit::OverMaximum { most, .. } => {
            let message = format!("The model takes {} at most.", tokens(most));
            ("context.overMaximum", Severity::Warning, message, Some(most))
        }
        ContextFit::Unset { served } => {
            let message =
                format!("No contextWindow is set: OpenClaw assumes 200,000 tokens, the server gives {}.", tokens(served));
            ("context.unset", Severity::Warning, message, Some(served))
        }
        ContextFit::SmallDefault { label, default, .. } => {
            let message = format!("{label} may load it with only {}.", tokens(default.context));
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
    Some(match fit(state, model)? {
        ContextFit::Small { served, configured, whole } => Note {
            severity: Severity::Warning,
            title: format!("{name} is served with {} of {}.", short_tokens(served), short_tokens(configured)),
            text: overflow(state, model).full.to_owned(),
            fix: Some(fix(state, model, served)),
            copy: setting(kind, name, whole),
        },
        ContextFit::OverMaximum { configured, most } => Note {
            severity: Severity::Warning,
            title: format!("{name} takes {} at most, not {}.", tokens(most), tokens(configured)),
            text: "No setting of the server gives more.".to_owned(),
            fix: Some(fix(state, model, most)),
            copy: None,
        },
        ContextFit::Unset { served } => Note {
            severity: Severity::Warning,
            title: format!("The config sets no context for {name}."),
            text: format!("OpenClaw assumes 200,000 tokens; the server gives {}.", tokens(served)),
            fix: Some(fix(state, model, served)),
            copy: None,
        },
        ContextFit::SmallDefault { configured, label, default } => Note {
            severity: Severity::Info,
            title: format!("{label} may load {name} with only {} tokens.", tokens(default.context)),
            text: default.why.to_owned(),
            fix: None,
            copy: setting(kind, name, configured),
        },
    })
}

/// What too little context leads to.
fn overflow(state: &State, model: &ModelRef) -> &'static Overflow {
    let kind = state.fleet.servers.get(&model.provider).and_then(|it| it.kind).unwrap_or_default();
    &kind.info().overflow
}

fn fix(state: &State, model: &ModelRef, to: u64) -> Fix {
    let was = state.config.model(model).and_then(|it| it.context_window);
    let change = Change::set(Place::model(&model.provider, &model.model, &["contextWindow"]), was, Some(to));
    Fix { label: format!("Use {} in the config", tokens(to)), change }
}

/// Where a kind of server is told how much context to give, ready to be pasted there.
fn setting(kind: Option<Kind>, model: &str, context: u64) -> Option<Copy> {
    let setting = kind?.info().context_setting?;
    Some(Copy::of(&setting, setting.with_context(model, context)))
}
