//! Turns one change into edits of the text at hand: finds the place by id, and what stands there now.

use document::{Document, Edit, EditError, Path, Value, ValueRef};
use serde_json::json;

use super::refs::Target;
use crate::base::change::{Change, FieldValue, Flag, Limit, ModelField, NewKey, Owner};
use crate::base::refusal::{Refusal, RefusalCode};
use crate::base::words::count;
use crate::config::{Config, Model, Route};

/// The document with the change made. `config` is what this document says.
pub fn apply(doc: &Document, config: &Config, change: &Change) -> Result<Document, Refusal> {
    match change {
        Change::RemoveModel { provider, model, force } => {
            let at = model_path(doc, provider, model).ok_or_else(|| no_model(provider, model))?;
            remove(doc, config, Target { provider, model: Some(model) }, &at, *force)
        }
        Change::RemoveProvider { provider, force } => {
            let at = provider_path(doc, provider)?;
            remove(doc, config, Target { provider, model: None }, &at, *force)
        }
        Change::RenameModel { provider, was, to } => {
            let at = model_path(doc, provider, was).ok_or_else(|| no_model(provider, was))?;
            if was != to && model_path(doc, provider, to).is_some() {
                return Err(invalid(format!("{provider}/{to} is in the file already")));
            }
            let renamed = doc.apply(&set(doc, at.child("id"), Some(Value::from(to.as_str())))).map_err(|it| file(&it))?;
            Target { provider, model: Some(was) }.lead_to(&renamed, to)
        }
        Change::RenameProvider { was, to } => {
            let at = provider_path(doc, was)?;
            if was != to && provider_path(doc, to).is_ok() {
                return Err(invalid(format!("there is a provider {to} already")));
            }
            let renamed = doc.rename(&at, to).map_err(|it| file(&it))?;
            Target { provider: was, model: None }.lead_to(&renamed, to)
        }
        _ => doc.apply(&plan(doc, config, change)?).map_err(|it| file(&it)),
    }
}

fn plan(doc: &Document, config: &Config, change: &Change) -> Result<Vec<Edit>, Refusal> {
    match change {
        Change::Alias { model_ref, to, .. } => {
            let at = Path::from(["agents", "defaults", "models", model_ref, "alias"]);
            Ok(set(doc, at, to.clone().map(Value::from)))
        }
        Change::Limit { provider, model, limit, to, .. } => {
            let at = model_path(doc, provider, model).ok_or_else(|| no_model(provider, model))?;
            Ok(set(doc, at.child(limit.key()), to.map(Value::from)))
        }
        Change::Model { provider, model, field, to, .. } => {
            let at = model_path(doc, provider, model).ok_or_else(|| no_model(provider, model))?;
            Ok(set(doc, field.below(&at), to.as_ref().map(FieldValue::value)))
        }
        Change::BaseUrl { provider, to, .. } => set_provider(doc, provider, &["baseUrl"], to.clone().map(Value::from)),
        Change::Api { provider, to, .. } => set_provider(doc, provider, &["api"], to.clone().map(Value::from)),
        Change::Timeout { provider, to, .. } => set_provider(doc, provider, &["timeoutSeconds"], to.map(Value::from)),
        Change::Key { provider, to, .. } => set_provider(doc, provider, &["apiKey"], to.value()),
        Change::Header { provider, name, to, .. } => set_provider(doc, provider, &["headers", name], to.value()),
        Change::Flag { provider, flag, to, .. } => set_provider(doc, provider, flag.keys(), to.map(Value::from)),
        Change::Setting { of, key, to, .. } => Ok(set(doc, of.place(doc, key)?, to.clone())),
        Change::Secret { of, key, to, .. } => Ok(set(doc, of.place(doc, key)?, to.value())),
        Change::Mode { to, .. } => Ok(set(doc, Path::from(["models", "mode"]), to.clone().map(Value::from))),
        Change::Route { agent, to, .. } => {
            let route = config.routes().find(|it| it.0 == agent.as_deref()).map(|it| it.1.clone());
            let route =
                route.or_else(|| Some(Route { at: agent_path(doc, agent.as_deref()?)?.child("model"), ..Route::default() }));
            let route =
                route.ok_or_else(|| invalid(format!("the agent {} is not in the file", agent.as_deref().unwrap_or_default())))?;
            Ok(set_route(doc, &route, to))
        }
        Change::AddProvider { provider, base_url, api, key } => {
            let at = Path::from(["models", "providers", provider]);
            let mut value = json!({ "baseUrl": base_url });
            if let Some(key) = key.value() {
                value["apiKey"] = key;
            }
            if let Some(api) = api {
                value["api"] = Value::from(api.as_str());
            }
            value["models"] = json!([]);
            add(doc, at, value, || format!("there is a provider {provider} already"))
        }
        Change::AddModel { provider, model, fields } => {
            let at = provider_path(doc, provider)?.child("models");
            let mut value = json!({ "id": model });
            for (field, to) in fields {
                let keys = field.keys();
                let mut place = &mut value;
                for key in keys {
                    place = &mut place[*key];
                }
                *place = to.value();
            }
            let n = doc.get(&at).map_or(0, |it| it.elements().len());
            let at = model_path(doc, provider, model).unwrap_or_else(|| at.child(n));
            add(doc, at, value, || format!("{provider}/{model} is in the file already"))
        }
        Change::RemoveModel { .. }
        | Change::RemoveProvider { .. }
        | Change::RenameModel { .. }
        | Change::RenameProvider { .. } => Ok(Vec::new()),
    }
}

fn add(doc: &Document, at: Path, to: Value, taken: impl Fn() -> String) -> Result<Vec<Edit>, Refusal> {
    match doc.get(&at) {
        // Added before, just so.
        Some(found) if found.value() == to => Ok(Vec::new()),
        Some(_) => Err(invalid(taken()).hint("change what is there instead")),
        None => Ok(set(doc, at, Some(to))),
    }
}

/// What goes is taken out where it is referred to, but only if that was asked for.
fn remove(doc: &Document, config: &Config, target: Target<'_>, at: &Path, force: bool) -> Result<Document, Refusal> {
    let referrers = target.referrers(doc, config);
    if !referrers.is_empty() && !force {
        let what = target.model.map_or_else(|| target.provider.to_owned(), |it| format!("{}/{it}", target.provider));
        let places = count(referrers.len(), "place", "places");
        let message = format!("{what} is still referred to in {places}: {}", referrers.join(", "));
        return Err(invalid(message).hint("force it, and it is taken out there too"));
    }
    let after = target.take_out(doc, config)?;
    after.apply(&set(&after, at.clone(), None)).map_err(|it| file(&it))
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::Invalid, message)
}

pub(super) fn file(error: &EditError) -> Refusal {
    Refusal::new(RefusalCode::File, error.to_string()).hint("make this change in an editor; nothing was written")
}

fn no_model(provider: &str, model: &str) -> Refusal {
    invalid(format!("{provider}/{model} is not in the file"))
}

fn provider_path(doc: &Document, provider: &str) -> Result<Path, Refusal> {
    let at = Path::from(["models", "providers", provider]);
    let there = doc.get(&at).is_some();
    if there { Ok(at) } else { Err(invalid(format!("the provider {provider} is not in the file"))) }
}

/// Where an agent is, in either generation's form.
fn agent_path(doc: &Document, agent: &str) -> Option<Path> {
    let entry = Path::from(["agents", "entries", agent]);
    if doc.get(&entry).is_some() {
        return Some(entry);
    }
    let list = Path::from(["agents", "list"]);
    let index = doc.get(&list)?.elements().position(|it| it.get("id").and_then(ValueRef::as_str) == Some(agent))?;
    Some(list.child(index))
}

fn set_provider(doc: &Document, provider: &str, keys: &[&str], to: Option<Value>) -> Result<Vec<Edit>, Refusal> {
    let mut at = provider_path(doc, provider)?;
    at.extend(keys.iter().copied());
    Ok(set(doc, at, to))
}

/// The string form stays a string while it can; the object form keeps its other members.
fn set_route(doc: &Document, route: &Route, to: &[String]) -> Vec<Edit> {
    // Of an agent, as checked before: it follows the defaults again.
    let [primary, fallbacks @ ..] = to else { return set(doc, route.at.clone(), None) };
    if route.is_string && fallbacks.is_empty() {
        return set(doc, route.at.clone(), Some(Value::from(primary.as_str())));
    }
    if route.is_string {
        let object = serde_json::json!({ "primary": primary, "fallbacks": fallbacks });
        return set(doc, route.at.clone(), Some(object));
    }
    let mut edits = set(doc, route.at.child("primary"), Some(Value::from(primary.as_str())));
    let fallbacks_at = route.at.child("fallbacks");
    if !(fallbacks.is_empty() && doc.get(&fallbacks_at).is_none()) {
        edits.extend(set(doc, fallbacks_at, Some(Value::from(fallbacks.to_vec()))));
    }
    edits
}

/// Nothing at all where the file says so already.
pub(super) fn set(doc: &Document, at: Path, to: Option<Value>) -> Vec<Edit> {
    let was = doc.get(&at).map(ValueRef::value);
    if was == to { Vec::new() } else { vec![Edit { at, was, to }] }
}

pub(super) fn model_path(doc: &Document, provider: &str, model: &str) -> Option<Path> {
    let at = Path::from(["models", "providers", provider, "models"]);
    let index = doc.get(&at)?.elements().position(|it| it.get("id").and_then(ValueRef::as_str) == Some(model))?;
    Some(at.child(index))
}

impl Limit {
    pub(super) fn key(self) -> &'static str {
        match self {
            Limit::ContextWindow => "contextWindow",
            Limit::MaxTokens => "maxTokens",
        }
    }

    pub(super) fn of(self, model: &Model) -> Option<u64> {
        match self {
            Limit::ContextWindow => model.context_window,
            Limit::MaxTokens => model.max_tokens,
        }
    }
}

impl ModelField {
    /// From the model down to the setting.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            ModelField::Name => &["name"],
            ModelField::Api => &["api"],
            ModelField::Reasoning => &["reasoning"],
            ModelField::Input => &["input"],
            ModelField::CostInput => &["cost", "input"],
            ModelField::CostOutput => &["cost", "output"],
            ModelField::CostCacheRead => &["cost", "cacheRead"],
            ModelField::CostCacheWrite => &["cost", "cacheWrite"],
            ModelField::ContextWindow => &["contextWindow"],
            ModelField::ContextTokens => &["contextTokens"],
            ModelField::MaxTokens => &["maxTokens"],
        }
    }

    fn below(self, model: &Path) -> Path {
        let mut at = model.clone();
        at.extend(self.keys().iter().copied());
        at
    }

    /// What the file says; nothing where it says something that no such setting can be.
    #[must_use]
    pub fn read(self, doc: &Document, provider: &str, model: &str) -> Option<FieldValue> {
        self.of(doc.get(&model_path(doc, provider, model)?)?)
    }

    fn of(self, model: ValueRef<'_>) -> Option<FieldValue> {
        FieldValue::of(self.keys().iter().try_fold(model, |value, key| value.get(key))?)
    }
}

impl FieldValue {
    pub(crate) fn of(value: ValueRef<'_>) -> Option<FieldValue> {
        if value.is_array() {
            return value.elements().map(|it| it.as_str().map(Into::into)).collect::<Option<_>>().map(FieldValue::List);
        }
        let text = value.as_str().map(|it| FieldValue::Text(it.into()));
        text.or_else(|| value.as_bool().map(FieldValue::Flag)).or_else(|| value.as_number().cloned().map(FieldValue::Number))
    }

    fn value(&self) -> Value {
        match self {
            FieldValue::Flag(it) => Value::from(*it),
            FieldValue::Number(it) => Value::Number(it.clone()),
            FieldValue::Text(it) => Value::from(it.as_str()),
            FieldValue::List(it) => Value::from(it.as_slice()),
        }
    }

    /// Numbers by value: 1 is 1.0.
    pub fn same(&self, other: &FieldValue) -> bool {
        match (self, other) {
            (FieldValue::Number(a), FieldValue::Number(b)) => a.as_f64() == b.as_f64(),
            _ => self == other,
        }
    }
}

impl Flag {
    /// From the provider down to the setting.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Flag::AuthHeader => &["authHeader"],
            Flag::AllowPrivateNetwork => &["request", "allowPrivateNetwork"],
        }
    }

    #[must_use]
    pub fn read(self, doc: &Document, provider: &str) -> Option<bool> {
        self.of(doc.get(&Path::from(["models", "providers", provider]))?)
    }

    pub(crate) fn of(self, provider: ValueRef<'_>) -> Option<bool> {
        self.keys().iter().try_fold(provider, |value, key| value.get(key))?.as_bool()
    }
}

impl Owner {
    /// Where a setting of it stands, or would stand.
    pub fn place(&self, doc: &Document, key: &[String]) -> Result<Path, Refusal> {
        let agent_at = |agent: &Option<String>| match agent {
            None => Ok(Path::from(["agents", "defaults"])),
            Some(id) => agent_path(doc, id).ok_or_else(|| invalid(format!("the agent {id} is not in the file"))),
        };
        let mut at = match self {
            Owner::Models => Path::from(["models"]),
            Owner::Provider { provider } => provider_path(doc, provider)?,
            Owner::Model { provider, model } => model_path(doc, provider, model).ok_or_else(|| no_model(provider, model))?,
            Owner::Agent { agent } => agent_at(agent)?,
            Owner::Entry { agent, model_ref } => agent_at(agent)?.child("models").child(model_ref.as_str()),
        };
        at.extend(key.iter().map(String::as_str));
        Ok(at)
    }
}

impl NewKey {
    fn value(&self) -> Option<Value> {
        match self {
            NewKey::None => None,
            NewKey::Literal(key) => Some(Value::from(key.as_str())),
            NewKey::Env(name) => Some(Value::from(format!("${{{name}}}"))),
            NewKey::Reference(it) => Some(json!({ "source": it.source, "provider": it.provider, "id": it.id })),
        }
    }
}
