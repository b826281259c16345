//! Says a change in one sentence, for the review.

use serde_json::Value;

use crate::ModelRef;
use crate::app::state::State;
use crate::base::change::{Change, FieldValue, Flag, Limit, ModelField, NewKey, Owner};
use crate::base::secrets::MASK;
use crate::base::words::tokens;
use crate::config::Config;
use crate::view::types::Sentence;

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
            let served = state.servers().served(&reference).and_then(|it| it.served_context);
            let agrees = *limit == Limit::ContextWindow && to.is_some() && *to == served;
            (pieces, agrees.then(|| format!("agrees with what {} serves", state.servers().box_name(provider))))
        }
        Change::BaseUrl { provider, to, .. } => (assigned(provider, "base URL", to.as_deref()), None),
        Change::Api { provider, to, .. } => (assigned(provider, "API kind", to.as_deref()), None),
        Change::Timeout { provider, to, .. } => (assigned(provider, "time-out", to.map(|it| format!("{it} s")).as_deref()), None),
        Change::Key { provider, to, .. } => {
            let pieces = match to {
                NewKey::None => vec![String::new(), provider.clone(), " loses its key".to_owned()],
                NewKey::Literal(_) => vec![String::new(), provider.clone(), " gets another key".to_owned()],
                NewKey::Env(_) | NewKey::Reference(_) => {
                    vec![String::new(), provider.clone(), " takes its key from ".to_owned(), origin(to)]
                }
            };
            (pieces, key_remark(to))
        }
        Change::Route { agent: Some(agent), to, .. } if to.is_empty() => {
            (vec![String::new(), agent.clone(), " follows the default route".to_owned()], None)
        }
        Change::Route { agent, to, .. } => {
            let whose = agent.as_ref().map_or_else(|| "The route is now ".to_owned(), |it| format!("The route of {it} is now "));
            let names: Vec<String> =
                to.iter().map(|it| config.resolve(it).map_or_else(|| it.clone(), |model| config.name(&model))).collect();
            (vec![whose, names.join(" > ")], None)
        }
        Change::Model { provider, model, field, was, to } => {
            let was = was.as_ref().map(|it| format!(", was {}", value(it))).unwrap_or_default();
            let name = config.name(&ModelRef::new(provider, model));
            let pieces = match to {
                Some(to) => vec![String::new(), name, format!(" gets the {} ", field_name(*field)), value(to), was],
                None => vec![String::new(), name, format!(" loses its {}{was}", field_name(*field))],
            };
            (pieces, None)
        }
        Change::AddModel { provider, model, .. } => {
            (vec![String::new(), provider.clone(), " gets the model ".to_owned(), model.clone()], None)
        }
        Change::RemoveModel { provider, model, .. } => {
            (vec![String::new(), format!("{provider}/{model}"), " goes".to_owned()], None)
        }
        Change::RenameModel { provider, was, to } => {
            let pieces =
                vec![String::new(), format!("{provider}/{was}"), " is now called ".to_owned(), format!("{provider}/{to}")];
            (pieces, Some("in each place that refers to it".to_owned()))
        }
        Change::AddProvider { provider, base_url, key, .. } => {
            let pieces = vec!["A new provider ".to_owned(), provider.clone(), " at ".to_owned(), base_url.clone()];
            (pieces, key_remark(key))
        }
        Change::RemoveProvider { provider, .. } => {
            (vec![String::new(), provider.clone(), " goes, with all its models".to_owned()], None)
        }
        Change::RenameProvider { was, to } => {
            let pieces = vec!["The provider ".to_owned(), was.clone(), " is now called ".to_owned(), to.clone()];
            (pieces, Some("in each place that refers to it".to_owned()))
        }
        Change::Mode { to, .. } => {
            let what = match to.as_deref() {
                Some("replace") => "OpenClaw is to know the models of this file only",
                _ => "OpenClaw is to know its own models beside those of this file",
            };
            (vec![what.to_owned()], None)
        }
        Change::Header { provider, name, to, .. } => {
            let pieces = match to {
                NewKey::None => vec![String::new(), provider.clone(), " loses the header ".to_owned(), name.clone()],
                NewKey::Literal(_) => vec![String::new(), provider.clone(), " gets the header ".to_owned(), name.clone()],
                NewKey::Env(_) | NewKey::Reference(_) => vec![
                    String::new(),
                    provider.clone(),
                    " takes the header ".to_owned(),
                    name.clone(),
                    " from ".to_owned(),
                    origin(to),
                ],
            };
            (pieces, key_remark(to))
        }
        Change::Flag { provider, flag, to, .. } => {
            let to = to.map(|it| if it { "on" } else { "off" });
            (assigned(provider, flag_name(*flag), to), None)
        }
        Change::Setting { of, key, to, .. } => (now_is(&owner(config, of), key, to.as_ref().map(setting)), None),
        Change::Secret { of, key, to, .. } => {
            let value = match to {
                NewKey::None => None,
                NewKey::Literal(_) => Some(MASK.to_owned()),
                NewKey::Env(_) | NewKey::Reference(_) => Some(origin(to)),
            };
            (now_is(&owner(config, of), key, value), key_remark(to))
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
        Change::Model { provider, model, field, .. } => {
            format!("{}: {}", config.name(&ModelRef::new(provider, model)), field_name(*field))
        }
        Change::AddModel { provider, model, .. } | Change::RemoveModel { provider, model, .. } => format!("{provider}/{model}"),
        Change::RenameModel { provider, was, .. } => format!("{provider}/{was}: id"),
        Change::AddProvider { provider, .. } | Change::RemoveProvider { provider, .. } => provider.clone(),
        Change::RenameProvider { was, .. } => format!("{was}: id"),
        Change::Mode { .. } => "models.mode".to_owned(),
        Change::Header { provider, name, .. } => format!("{provider}: header {name}"),
        Change::Flag { provider, flag, .. } => format!("{provider}: {}", flag_name(*flag)),
        Change::Setting { of, key, .. } => format!("{}: {}", owner(config, of), key.join(".")),
        Change::Secret { of, key, .. } => format!("{}: {}", owner(config, of), key.join(".")),
    }
}

/// A value as the sentences say it.
pub fn value(value: &FieldValue) -> String {
    match value {
        FieldValue::Flag(it) => if *it { "yes" } else { "no" }.to_owned(),
        FieldValue::Number(it) => it.as_u64().map_or_else(|| it.to_string(), tokens),
        FieldValue::Text(it) => it.clone(),
        FieldValue::List(it) => it.join(", "),
    }
}

/// Any value of the file, on one line and not too long.
pub fn setting(value: &Value) -> String {
    const MOST: usize = 60;
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(it) => it.as_u64().map_or_else(|| it.to_string(), tokens),
        Value::Bool(it) => if *it { "on" } else { "off" }.to_owned(),
        other => other.to_string(),
    };
    if text.chars().count() <= MOST { text } else { format!("{}…", text.chars().take(MOST).collect::<String>()) }
}

fn owner(config: &Config, owner: &Owner) -> String {
    match owner {
        Owner::Models => "models".to_owned(),
        Owner::Provider { provider } => provider.clone(),
        Owner::Model { provider, model } => config.name(&ModelRef::new(provider, model)),
        Owner::Agent { agent: None } => "the defaults".to_owned(),
        Owner::Agent { agent: Some(agent) } => format!("agent {agent}"),
        Owner::Entry { agent: None, model_ref } => model_ref.clone(),
        Owner::Entry { agent: Some(agent), model_ref } => format!("{model_ref} of agent {agent}"),
    }
}

/// Where a secret is taken from.
fn origin(key: &NewKey) -> String {
    match key {
        NewKey::None | NewKey::Literal(_) => "the file".to_owned(),
        NewKey::Env(name) => format!("${{{name}}}"),
        NewKey::Reference(it) => format!("{} {}", it.source, it.id),
    }
}

fn key_remark(key: &NewKey) -> Option<String> {
    match key {
        NewKey::Literal(_) => Some("stored in the file as it is".to_owned()),
        NewKey::Env(name) => Some(format!("needs {name}=... in OpenClaw's .env")),
        NewKey::Reference(it) if it.source == "env" => Some(format!("needs {}=... in OpenClaw's .env", it.id)),
        NewKey::Reference(_) => Some("looked up by OpenClaw itself".to_owned()),
        NewKey::None => None,
    }
}

fn field_name(field: ModelField) -> &'static str {
    match field {
        ModelField::Name => "name",
        ModelField::Api => "API kind",
        ModelField::Reasoning => "reasoning",
        ModelField::Input => "input",
        ModelField::CostInput => "price of input",
        ModelField::CostOutput => "price of output",
        ModelField::CostCacheRead => "price of cache reads",
        ModelField::CostCacheWrite => "price of cache writes",
        ModelField::ContextWindow => "context",
        ModelField::ContextTokens => "context in use",
        ModelField::MaxTokens => "max tokens",
    }
}

fn flag_name(flag: Flag) -> &'static str {
    match flag {
        Flag::AuthHeader => "Authorization header",
        Flag::AllowPrivateNetwork => "leave to reach private networks",
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

/// For a setting that has no name but its key.
fn now_is(owner: &str, key: &[String], to: Option<String>) -> Vec<String> {
    let key = key.join(".");
    match to {
        Some(to) => vec![String::new(), owner.to_owned(), format!(": {key} is now "), to],
        None => vec![String::new(), owner.to_owned(), format!(": {key} goes")],
    }
}
