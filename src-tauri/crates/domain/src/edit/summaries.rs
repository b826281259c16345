//! Says a change in words: in one sentence for the review, in short for the list of what is edited.

use document::Document;
use serde::Serialize;
use serde_json::Value;
use ts_rs::TS;

use crate::ModelRef;
use crate::app::state::State;
use crate::base::change::{Change, NewKey, Owner, Place};
use crate::base::secrets::{MASK, mask_url, secrets_below};
use crate::config::Config;
use crate::schema::{self, Unit};
use crate::view::types::Sentence;

/// A change in words, and the field that it is made in.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ChangeSummary {
    /// Whose row it is made in.
    pub of: Owner,
    /// The field there; `null` for what is about the whole row.
    pub field: Option<String>,
    /// What it is about: "Local: context".
    pub label: String,
    /// In short: "Local: context 196,608 → 32,768".
    pub text: String,
}

pub fn summary(config: &Config, change: &Change) -> ChangeSummary {
    let (of, field) = change.place();
    let label = label(config, change);
    let text = match change {
        Change::Set { at, was, to } => {
            let part = |value: &Option<Value>| value.as_ref().map_or(Some("not set".to_owned()), |it| brief(at, it));
            match (part(was), part(to)) {
                (Some(was), Some(to)) => format!("{label} {was} → {to}"),
                _ => label.clone(),
            }
        }
        Change::Secret { at, to, .. } => {
            let (owner, name) = (owner(config, &at.of), setting(at));
            let sort = if *to == NewKey::None { "no" } else { "new" };
            format!("{owner}: {sort} {name}")
        }
        Change::Route { agent: Some(agent), to, .. } if to.is_empty() => format!("{agent}: follows the defaults"),
        Change::Route { agent, to, .. } => {
            let whose = agent.as_ref().map_or_else(|| "Route".to_owned(), |it| format!("Route of {it}"));
            format!("{whose}: {}", chain(config, to))
        }
        Change::AddProvider { .. } | Change::AddModel { .. } => format!("{label}: new"),
        Change::Remove { .. } => format!("{label}: removed"),
        Change::Rename { provider, model, to } => format!("{} → {to}", entry(provider, model.as_deref())),
    };
    ChangeSummary { of, field, label, text }
}

/// Pieces alternate plain and bold, plain first.
pub fn sentence(state: &State, config: &Config, change: &Change) -> Sentence {
    let (pieces, remark) = match change {
        Change::Set { at: Place { of: Owner::Models, key }, to, .. } if *key == ["mode"] => {
            let what = match to.as_ref().and_then(Value::as_str) {
                Some("replace") => "OpenClaw is to know the models of this file only",
                _ => "OpenClaw is to know its own models beside those of this file",
            };
            (vec![what.to_owned()], None)
        }
        Change::Set { at, was, to } => {
            let was = was.as_ref().map(|it| format!(", was {}", value(at, it))).unwrap_or_default();
            let to_value = to.as_ref().map(|it| value(at, it));
            (becomes(config, at, to_value, &was), to.as_ref().and_then(|to| served(state, at, to)))
        }
        Change::Secret { at, to, .. } => {
            let value = match to {
                NewKey::None => None,
                NewKey::Literal(_) => Some(MASK.to_owned()),
                NewKey::Env(name) => Some(format!("${{{name}}}")),
                NewKey::Reference(it) => Some(format!("{} {}", it.source, it.id)),
            };
            (becomes(config, at, value, ""), key_remark(to))
        }
        Change::Route { agent: Some(agent), to, .. } if to.is_empty() => {
            (vec![String::new(), agent.clone(), " follows the default route".to_owned()], None)
        }
        Change::Route { agent, to, .. } => {
            let whose = agent.as_ref().map_or_else(|| "The route is now ".to_owned(), |it| format!("The route of {it} is now "));
            (vec![whose, chain(config, to)], None)
        }
        Change::AddProvider { provider, fields, key } => {
            let mut pieces = vec!["A new provider ".to_owned(), provider.clone()];
            if let Some(url) = fields.get(&["baseUrl"]).and_then(Value::as_str) {
                pieces.extend([" at ".to_owned(), mask_url(url)]);
            }
            (pieces, key_remark(key))
        }
        Change::AddModel { provider, model, .. } => {
            (vec![String::new(), provider.clone(), " gets the model ".to_owned(), model.clone()], None)
        }
        Change::Remove { provider, model, .. } => {
            let what = if model.is_some() { " goes" } else { " goes, with all its models" };
            (vec![String::new(), entry(provider, model.as_deref()), what.to_owned()], None)
        }
        Change::Rename { provider, model, to } => {
            let what = if model.is_some() { "" } else { "The provider " };
            let to = if model.is_some() { entry(provider, Some(to)) } else { to.clone() };
            let pieces = vec![what.to_owned(), entry(provider, model.as_deref()), " is now called ".to_owned(), to];
            (pieces, Some("in each place that refers to it".to_owned()))
        }
    };
    Sentence { pieces, remark }
}

/// What a change is about, in a few words.
pub fn label(config: &Config, change: &Change) -> String {
    match change {
        Change::Set { at, .. } | Change::Secret { at, .. } => format!("{}: {}", owner(config, &at.of), setting(at)),
        Change::Route { agent, .. } => agent.as_ref().map_or_else(|| "route".to_owned(), |it| format!("route of {it}")),
        Change::AddModel { provider, model, .. } => entry(provider, Some(model)),
        Change::AddProvider { provider, .. } => provider.clone(),
        Change::Remove { provider, model, .. } => entry(provider, model.as_deref()),
        Change::Rename { provider, model, .. } => format!("{}: id", entry(provider, model.as_deref())),
    }
}

/// A value of a setting on one line, not too long, and without a secret that may be in it.
pub fn value(at: &Place, value: &Value) -> String {
    const MOST: usize = 60;
    let key = at.key.last().map_or("", String::as_str);
    if Document::parse(value.to_string()).is_ok_and(|doc| !secrets_below(key, doc.root()).is_empty()) {
        return MASK.to_owned();
    }
    let unit = schema::field_at(&at.pattern()).map_or(Unit::None, |(field, _)| field.unit);
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => unit.words(number),
        Value::Bool(on) => if *on { "on" } else { "off" }.to_owned(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    };
    if text.chars().count() <= MOST { text } else { format!("{}…", text.chars().take(MOST).collect::<String>()) }
}

impl Change {
    /// The row and the field that a person makes it in.
    pub(super) fn place(&self) -> (Owner, Option<String>) {
        let of_entry = |provider: &str, model: Option<&str>| match model {
            Some(model) => Owner::Model { provider: provider.to_owned(), model: model.to_owned() },
            None => Owner::Provider { provider: provider.to_owned() },
        };
        match self {
            Change::Set { at, .. } | Change::Secret { at, .. } => match at.alias_of().and_then(ModelRef::parse) {
                Some(it) => (of_entry(&it.provider, Some(&it.model)), Some("alias".to_owned())),
                None => (at.of.clone(), super::field_name(&at.key)),
            },
            Change::Route { agent, .. } => (Owner::Agent { agent: agent.clone() }, None),
            Change::AddProvider { provider, .. } => (of_entry(provider, None), None),
            Change::AddModel { provider, model, .. } => (of_entry(provider, Some(model)), None),
            Change::Remove { provider, model, .. } => (of_entry(provider, model.as_deref()), None),
            Change::Rename { provider, model, .. } => (of_entry(provider, model.as_deref()), Some("id".to_owned())),
        }
    }
}

fn brief(at: &Place, it: &Value) -> Option<String> {
    const MOST: usize = 24;
    let text = value(at, it);
    (!it.is_object() && text.chars().count() <= MOST).then_some(text)
}

fn becomes(config: &Config, at: &Place, to: Option<String>, was: &str) -> Vec<String> {
    let (owner, name) = (owner(config, &at.of), setting(at));
    match to {
        Some(to) => vec![String::new(), owner, format!(": {name} is now "), to, was.to_owned()],
        None => vec![String::new(), owner, format!(": {name} is no longer set{was}")],
    }
}

/// The name of a setting: that of its field, else its key.
fn setting(at: &Place) -> String {
    match schema::field_at(&at.pattern()) {
        Some((field, rest)) => rest.iter().fold(field.label.to_owned(), |name, step| format!("{name} {step}")),
        None => at.key.join("."),
    }
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

fn entry(provider: &str, model: Option<&str>) -> String {
    model.map_or_else(|| provider.to_owned(), |model| format!("{provider}/{model}"))
}

fn chain(config: &Config, written: &[String]) -> String {
    let names = written.iter().map(|it| config.resolve(it).map_or_else(|| it.clone(), |model| config.name(&model)));
    names.collect::<Vec<_>>().join(" > ")
}

/// A context that its server gives, too.
fn served(state: &State, at: &Place, to: &Value) -> Option<String> {
    let Owner::Model { provider, model } = &at.of else { return None };
    let served = state.servers().served(&ModelRef::new(provider, model))?.served_context?;
    let agrees = at.key == ["contextWindow"] && to.as_u64() == Some(served);
    agrees.then(|| format!("agrees with what {} serves", state.servers().box_name(provider)))
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
