//! Says a change in one sentence, for the review.

use crate::ModelRef;
use crate::change::{Change, Limit, NewKey};
use crate::config::Config;
use crate::state::State;
use crate::view::types::Sentence;
use crate::words::tokens;

/// Pieces alternate plain and bold, plain first.
pub fn sentence(state: &State, config: &Config, change: &Change) -> Sentence {
    let bold = |text: String| text;
    let (pieces, remark) = match change {
        Change::Alias { model_ref, was, to } => {
            let pieces = match (was, to) {
                (None, Some(to)) => vec![String::new(), bold(model_ref.clone()), " gets the alias ".to_owned(), to.clone()],
                (Some(was), Some(to)) => {
                    vec![String::new(), model_ref.clone(), " gets the alias ".to_owned(), to.clone(), format!(", was {was}")]
                }
                (Some(was), None) => vec![String::new(), model_ref.clone(), " loses its alias ".to_owned(), was.clone()],
                (None, None) => vec![String::new(), model_ref.clone(), " keeps no alias".to_owned()],
            };
            (pieces, None)
        }
        Change::Limit { provider, model, limit, was, to } => {
            let reference = ModelRef::new(provider, model);
            let what = match limit {
                Limit::ContextWindow => "a context",
                Limit::MaxTokens => "max tokens",
            };
            let pieces = match to {
                Some(to) => vec![
                    String::new(),
                    config.name(&reference),
                    format!(" gets {what} of "),
                    tokens(*to),
                    format!(" tokens{}", was_number(*was)),
                ],
                None => {
                    vec![String::new(), config.name(&reference), format!(" loses its {}{}", limit_name(*limit), was_number(*was))]
                }
            };
            let served = state.served(&reference).and_then(|it| it.served_context);
            let agrees = *limit == Limit::ContextWindow && to.is_some() && *to == served;
            (pieces, agrees.then(|| format!("agrees with what {} serves", state.box_name(provider))))
        }
        Change::BaseUrl { provider, to, .. } => (assigned(provider, "base URL", to.as_deref()), None),
        Change::Api { provider, to, .. } => (assigned(provider, "API kind", to.as_deref()), None),
        Change::Timeout { provider, to, .. } => (assigned(provider, "time-out", to.map(|it| format!("{it} s")).as_deref()), None),
        Change::Key { provider, to, .. } => {
            let pieces = match to {
                NewKey::None => vec![String::new(), provider.clone(), " loses its key".to_owned()],
                NewKey::Literal(_) => vec![String::new(), provider.clone(), " gets another key".to_owned()],
                NewKey::Env(name) => {
                    vec![String::new(), provider.clone(), " takes its key from ".to_owned(), format!("${{{name}}}")]
                }
            };
            let remark = match to {
                NewKey::Literal(_) => Some("stored in the file as it is".to_owned()),
                NewKey::Env(name) => Some(format!("needs {name}=... in OpenClaw's .env")),
                NewKey::None => None,
            };
            (pieces, remark)
        }
        Change::Route { agent, to, .. } => {
            let whose = agent.as_ref().map_or_else(|| "The route is now ".to_owned(), |it| format!("The route of {it} is now "));
            let names: Vec<String> =
                to.iter().map(|it| config.resolve(it).map_or_else(|| it.clone(), |model| config.name(&model))).collect();
            (vec![whose, names.join(" > ")], None)
        }
    };
    Sentence { pieces, remark }
}

/// What a change is about, in a few words.
pub fn subject(config: &Config, change: &Change) -> String {
    match change {
        Change::Alias { model_ref, .. } => format!("{model_ref}: alias"),
        Change::Limit { provider, model, limit, .. } => {
            format!("{}: {}", config.name(&ModelRef::new(provider, model)), limit_name(*limit))
        }
        Change::BaseUrl { provider, .. } => format!("{provider}: base URL"),
        Change::Api { provider, .. } => format!("{provider}: API kind"),
        Change::Timeout { provider, .. } => format!("{provider}: time-out"),
        Change::Key { provider, .. } => format!("{provider}: key"),
        Change::Route { agent, .. } => agent.as_ref().map_or_else(|| "route".to_owned(), |it| format!("route of {it}")),
    }
}

fn limit_name(limit: Limit) -> &'static str {
    match limit {
        Limit::ContextWindow => "context",
        Limit::MaxTokens => "max tokens",
    }
}

fn was_number(was: Option<u64>) -> String {
    was.map(|it| format!(", was {}", tokens(it))).unwrap_or_default()
}

fn assigned(provider: &str, what: &str, to: Option<&str>) -> Vec<String> {
    match to {
        Some(to) => vec![String::new(), provider.to_owned(), format!(" gets the {what} "), to.to_owned()],
        None => vec![String::new(), provider.to_owned(), format!(" loses its {what}")],
    }
}
