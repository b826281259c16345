//! The Models table.

use super::config_page::problems;
use super::mark;
use super::types::{Fix, ModelRow, ProblemView, Severity};
use crate::ModelRef;
use crate::change::{Change, Limit};
use crate::config::{About, Model};
use crate::standing::{Standing, known_models};
use crate::state::{Now, State};
use crate::words::{short_tokens, tokens};

pub fn rows(state: &State, now: &Now) -> Vec<ModelRow> {
    known_models(&state.config).into_iter().map(|(model, in_file)| row(state, &model, in_file, now)).collect()
}

fn row(state: &State, model: &ModelRef, in_file: Option<&Model>, now: &Now) -> ModelRow {
    let served = state.served(model);
    let config = in_file.cloned().unwrap_or_default();
    ModelRow {
        model_ref: model.to_string(),
        provider: model.provider.clone(),
        id: model.model.clone(),
        alias: state.config.alias(model).map(str::to_owned),
        about: about(state, model, in_file),
        in_file: in_file.is_some(),
        context_window: config.context_window,
        max_tokens: config.max_tokens,
        served: served.and_then(|it| it.served_context),
        maximum: served.and_then(|it| it.max_context),
        input: config.input,
        reasoning: config.reasoning,
        cost: config.cost.map(cost),
        fields: config.fields,
        mark: mark(state, model, now),
        problems: row_problems(state, model),
    }
}

fn about(state: &State, model: &ModelRef, in_file: Option<&Model>) -> String {
    let Some(config) = in_file else {
        let provider = state.config.provider(&model.provider);
        return if provider.is_some_and(|it| !it.implied) { "not in the provider's list" } else { "hosted, built in" }.to_owned();
    };
    let quantisation = state.served(model).and_then(|it| it.quantisation.clone());
    let name = config.name.clone().filter(|it| *it != config.id);
    let input = (!config.input.is_empty()).then(|| config.input.join(", "));
    [name, input, quantisation].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn row_problems(state: &State, model: &ModelRef) -> Vec<ProblemView> {
    let about = About::Model { provider: model.provider.clone(), model: model.model.clone() };
    let mut found = runtime_problems(state, model);
    found.extend(problems(state, &about));
    found
}

/// What only the server's answer shows.
pub fn runtime_problems(state: &State, model: &ModelRef) -> Vec<ProblemView> {
    let mut found = Vec::new();
    let configured = state.config.model(model).and_then(|it| it.context_window);
    let mut tell = |code: &str, field: Option<&str>, message: String, fix: Option<Fix>| {
        found.push(ProblemView {
            code: code.to_owned(),
            severity: Severity::Warning,
            message,
            field: field.map(str::to_owned),
            line: None,
            fix,
        });
    };
    let use_instead = |to: u64| Fix {
        label: format!("Use {}", tokens(to)),
        change: Change::Limit {
            provider: model.provider.clone(),
            model: model.model.clone(),
            limit: Limit::ContextWindow,
            was: configured,
            to: Some(to),
        },
    };
    if let Some((served, configured)) = state.small_context(model) {
        let message = format!("served with {} of {}; longer prompts fail", short_tokens(served), short_tokens(configured));
        tell("context.small", Some("contextWindow"), message, Some(use_instead(served)));
    } else if let (Some(configured), Some(most)) = (configured, state.served(model).and_then(|it| it.max_context))
        && configured > most
    {
        tell(
            "context.overMaximum",
            Some("contextWindow"),
            format!("the model takes {} at most", tokens(most)),
            Some(use_instead(most)),
        );
    }
    if configured.is_none()
        && state.config.model(model).is_some()
        && let Some(served) = state.served(model).and_then(|it| it.served_context)
    {
        tell("context.unset", Some("contextWindow"), format!("the server gives {}", tokens(served)), Some(use_instead(served)));
    }
    match state.standing(model) {
        Standing::ModelMissing => tell("model.missing", None, "its server does not list it".to_owned(), None),
        Standing::LoadFailed => tell("model.loadFailed", None, "its server failed to load it".to_owned(), None),
        _ => {}
    }
    found
}

fn cost((input, output): (f64, f64)) -> String {
    if input == 0.0 && output == 0.0 { "free".to_owned() } else { format!("${input:.2} in, ${output:.2} out per million tokens") }
}
