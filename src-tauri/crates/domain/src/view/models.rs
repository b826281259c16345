//! The Models table.

use super::config_page::problems;
use super::contexts;
use super::mark;
use super::settings::settings;
use super::types::{Mark, ModelRow, ProblemView, Severity, Shape};
use crate::ModelRef;
use crate::app::state::State;
use crate::base::Now;
use crate::config::{About, Model};
use crate::server::availability::{Availability, known_models};

pub fn rows(state: &State, now: &Now) -> Vec<ModelRow> {
    known_models(&state.config).into_iter().map(|(model, in_file)| row(state, &model, in_file, now)).collect()
}

fn row(state: &State, model: &ModelRef, in_file: Option<&Model>, now: &Now) -> ModelRow {
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
        served: state.servers().context(model),
        maximum: state.servers().max_context(model),
        input: config.inputs(),
        reasoning: config.reasoning,
        cost: config.cost.map(cost),
        fields: config.fields,
        settings: settings(&config.settings, state.seed),
        mark: brief(mark(state, model, now)),
        problems: row_problems(state, model),
    }
}

/// Its row has said by then that it is hosted.
fn brief(mark: Mark) -> Mark {
    if mark.shape == Shape::Hosted { Mark { text: "assumed".to_owned(), ..mark } } else { mark }
}

fn about(state: &State, model: &ModelRef, in_file: Option<&Model>) -> String {
    let Some(config) = in_file else {
        let provider = state.config.provider(&model.provider);
        return if provider.is_some_and(|it| !it.implied) { "not in the provider's list" } else { "hosted, built in" }.to_owned();
    };
    let quantisation = state.servers().served(model).and_then(|it| it.quantisation.clone());
    let name = config.name.clone().filter(|it| *it != config.id);
    [name, quantisation].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn row_problems(state: &State, model: &ModelRef) -> Vec<ProblemView> {
    let about = About::Model { provider: model.provider.clone(), model: model.model.clone() };
    let mut found = runtime_problems(state, model);
    // What the server gives says it as well, and has the fix.
    let is_told = found.iter().any(|it| it.code == "context.unset");
    found.extend(problems(state, &about).into_iter().filter(|it| !(is_told && it.code == "contextWindow.missing")));
    found
}

/// What only the server's answer shows.
pub fn runtime_problems(state: &State, model: &ModelRef) -> Vec<ProblemView> {
    let mut found: Vec<ProblemView> = contexts::problem(state, model).into_iter().collect();
    let mut tell = |code: &str, message: String| {
        found.push(ProblemView {
            code: code.to_owned(),
            severity: Severity::Warning,
            message,
            field: None,
            line: None,
            fix: None,
        });
    };
    match state.servers().availability(model) {
        Availability::ModelMissing => tell("model.missing", "The server does not list it.".to_owned()),
        Availability::LoadFailed => tell("model.loadFailed", "The server failed to load it.".to_owned()),
        Availability::NoAnswer => tell("model.noAnswer", "It is loaded, but does not answer.".to_owned()),
        Availability::UpstreamDown => tell("upstream.down", "Its router is up, but the server behind it is down.".to_owned()),
        _ => {}
    }
    found
}

fn cost((input, output): (f64, f64)) -> String {
    if input == 0.0 && output == 0.0 { "free".to_owned() } else { format!("${input:.2} in, ${output:.2} out per million tokens") }
}
