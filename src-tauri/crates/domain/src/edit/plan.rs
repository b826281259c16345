//! Turns one change into edits of the text at hand: finds the place by id, and what stands there now.

use document::{Document, Edit, EditError, Path, Value, ValueRef};
use serde_json::json;

use super::refs::{Target, lead_alias};
use crate::ModelRef;
use crate::base::change::{Change, NewKey, Owner, Place};
use crate::base::refusal::{Refusal, RefusalCode};
use crate::base::words::count;
use crate::config::{Config, Route, is_same_id};
use crate::schema;

/// Returns the document with the change made. `config` is what this document says.
pub fn apply(doc: &Document, config: &Config, change: &Change) -> Result<Document, Refusal> {
    match change {
        Change::Remove { provider, model, force } => {
            let at = entry_path(doc, provider, model.as_deref())?;
            remove(doc, config, Target { provider, model: model.as_deref() }, &at, *force)
        }
        Change::Rename { provider, model: Some(model), to } => {
            let at = entry_path(doc, provider, Some(model))?;
            if model != to && model_path(doc, provider, to).is_some() {
                return Err(invalid(format!("{provider}/{to} is already in the file")));
            }
            let renamed = doc.apply(&set(doc, at.child("id"), Some(Value::from(to.as_str())))).map_err(|it| file(&it))?;
            Target { provider, model: Some(model) }.lead_to(&renamed, to)
        }
        Change::Rename { provider, model: None, to } => {
            let at = entry_path(doc, provider, None)?;
            if provider != to && provider_path(doc, to).is_ok() {
                return Err(invalid(format!("there is already a provider {to}")));
            }
            let renamed = doc.rename(&[(at, to.clone())]).map_err(|it| file(&it))?;
            Target { provider, model: None }.lead_to(&renamed, to)
        }
        Change::Set { at, to, .. } if at.alias_of().is_some() => {
            let was = at.value(doc).and_then(|it| it.as_str().map(str::to_owned));
            let after = doc.apply(&plan(doc, config, change)?).map_err(|it| file(&it))?;
            follow_alias(after, config, at, was.as_deref(), to.as_ref().and_then(Value::as_str))
        }
        _ => doc.apply(&plan(doc, config, change)?).map_err(|it| file(&it)),
    }
}

/// What referred to a model by the alias that it had goes on to name it: by the new one, else by its ref. Where another model has that
/// alias now, the name stands, and means that one.
fn follow_alias(after: Document, config: &Config, at: &Place, was: Option<&str>, to: Option<&str>) -> Result<Document, Refusal> {
    let (Some(was), Some(model)) = (was, at.alias_of()) else { return Ok(after) };
    let is_taken = {
        let entries = after.get(&Path::from(["agents", "defaults", "models"])).into_iter().flat_map(ValueRef::members);
        entries.filter_map(|it| it.1.get("alias")?.as_str()).any(|it| it.eq_ignore_ascii_case(was))
    };
    if is_taken {
        return Ok(after);
    }
    let model = ModelRef::parse(model).map(|it| config.spelled(&it).to_string());
    match to.map(str::to_owned).or(model) {
        Some(to) => lead_alias(&after, was, &to),
        None => Ok(after),
    }
}

fn plan(doc: &Document, config: &Config, change: &Change) -> Result<Vec<Edit>, Refusal> {
    match change {
        Change::Set { at, to, .. } => Ok(set(doc, at.path(doc)?, to.clone())),
        Change::Secret { at, to, .. } => Ok(set(doc, at.path(doc)?, to.value())),
        Change::Route { agent, to, .. } => {
            let route = config.routes().find(|it| it.0 == agent.as_deref()).map(|it| it.1.clone());
            let route =
                route.or_else(|| Some(Route { at: agent_path(doc, agent.as_deref()?)?.child("model"), ..Route::default() }));
            let route =
                route.ok_or_else(|| invalid(format!("the agent {} is not in the file", agent.as_deref().unwrap_or_default())))?;
            Ok(set_route(doc, &route, to))
        }
        Change::AddProvider { provider, fields, key } => {
            let at = Path::from(["models", "providers", provider]);
            let mut value = fields.0.clone();
            value.extend(key.value().map(|key| ("apiKey".to_owned(), key)));
            value.insert("models".to_owned(), json!([]));
            let twin = config.provider(provider).filter(|it| !it.implied && it.id != *provider);
            if let Some(twin) = twin {
                return Err(
                    invalid(format!("there is a provider {} already", twin.id)).hint("OpenClaw compares ids without case")
                );
            }
            add(doc, at, schema::in_order(&Place::provider(provider, &[]).pattern(), value.into()), || {
                format!("there is already a provider {provider}")
            })
        }
        Change::AddModel { provider, model, fields } => {
            let at = provider_path(doc, provider)?.child("models");
            let mut value = fields.0.clone();
            value.insert("id".to_owned(), Value::from(model.as_str()));
            let n = doc.get(&at).map_or(0, |it| it.elements().len());
            let at = model_path(doc, provider, model).unwrap_or_else(|| at.child(n));
            add(doc, at, schema::in_order(&Place::model(provider, model, &[]).pattern(), value.into()), || {
                format!("{provider}/{model} is already in the file")
            })
        }
        Change::Remove { .. } | Change::Rename { .. } => Ok(Vec::new()),
    }
}

fn add(doc: &Document, at: Path, to: Value, taken: impl Fn() -> String) -> Result<Vec<Edit>, Refusal> {
    match doc.get(&at) {
        // Added before, just so.
        Some(found) if found.value() == to => Ok(Vec::new()),
        Some(_) => Err(invalid(taken()).hint("Change what is there instead.")),
        None => Ok(set(doc, at, Some(to))),
    }
}

/// What goes is taken out where it is referred to, but only if that was asked for.
fn remove(doc: &Document, config: &Config, target: Target<'_>, at: &Path, force: bool) -> Result<Document, Refusal> {
    let referrers = target.referrers(doc, config);
    if !referrers.is_empty() && !force {
        let what = target.model.map_or_else(|| target.provider.to_owned(), |it| format!("{}/{it}", target.provider));
        let places = count(referrers.len(), "place", "places");
        let message = format!("{what} is still used in {places}: {}", referrers.join(", "));
        return Err(invalid(message).hint("Use --force to remove those references as well."));
    }
    let after = target.take_out(doc, config)?;
    after.apply(&set(&after, at.clone(), None)).map_err(|it| file(&it))
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::Invalid, message)
}

pub(super) fn file(error: &EditError) -> Refusal {
    Refusal::new(RefusalCode::File, error.to_string()).hint("Nothing was written. Make this change in an editor.")
}

/// Where a model is, or a whole provider.
fn entry_path(doc: &Document, provider: &str, model: Option<&str>) -> Result<Path, Refusal> {
    let Some(model) = model else { return provider_path(doc, provider) };
    model_path(doc, provider, model).ok_or_else(|| invalid(format!("{provider}/{model} is not in the file")))
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

/// The entry of a model, whichever way its key is written: the provider in another case, or left out.
fn entry_key(doc: &Document, entries: &Path, model_ref: &str) -> Path {
    let keys = || doc.get(entries).into_iter().flat_map(ValueRef::members).map(|it| it.0);
    let wanted = ModelRef::parse(model_ref);
    let is_same = |key: &&str| match (ModelRef::parse(key), &wanted) {
        (Some(key), Some(wanted)) => is_same_id(&key.provider, &wanted.provider) && key.model == wanted.model,
        (None, Some(wanted)) => *key == wanted.model,
        (_, None) => false,
    };
    let exact = keys().find(|it| *it == model_ref);
    entries.child(exact.or_else(|| keys().find(is_same)).unwrap_or(model_ref))
}

fn model_path(doc: &Document, provider: &str, model: &str) -> Option<Path> {
    let at = Path::from(["models", "providers", provider, "models"]);
    let index = doc.get(&at)?.elements().position(|it| it.get("id").and_then(ValueRef::as_str) == Some(model))?;
    Some(at.child(index))
}

impl Place {
    /// Returns where it stands in a document, or would stand.
    ///
    /// # Errors
    /// When what it belongs to is not in the file.
    pub fn path(&self, doc: &Document) -> Result<Path, Refusal> {
        let agent_at = |agent: &Option<String>| match agent {
            None => Ok(Path::from(["agents", "defaults"])),
            Some(id) => agent_path(doc, id).ok_or_else(|| invalid(format!("the agent {id} is not in the file"))),
        };
        let mut at = match &self.of {
            Owner::Models => Path::from(["models"]),
            Owner::Provider { provider } => provider_path(doc, provider)?,
            Owner::Model { provider, model } => entry_path(doc, provider, Some(model))?,
            Owner::Agent { agent } => agent_at(agent)?,
            Owner::Entry { agent, model_ref } => entry_key(doc, &agent_at(agent)?.child("models"), model_ref),
        };
        at.extend(self.key.iter().map(String::as_str));
        Ok(at)
    }

    /// Returns a path that a setting of this sort can have, whatever is in the file: enough to find its rule.
    pub(super) fn pattern(&self) -> Path {
        let agent_at = |agent: &Option<String>| match agent {
            None => Path::from(["agents", "defaults"]),
            Some(id) => Path::from(["agents", "entries", id]),
        };
        let mut at = match &self.of {
            Owner::Models => Path::from(["models"]),
            Owner::Provider { provider } => Path::from(["models", "providers", provider]),
            Owner::Model { provider, .. } => Path::from(["models", "providers", provider, "models"]).child(0),
            Owner::Agent { agent } => agent_at(agent),
            Owner::Entry { agent, model_ref } => agent_at(agent).child("models").child(model_ref.as_str()),
        };
        at.extend(self.key.iter().map(String::as_str));
        at
    }

    /// Returns what the file says there: what a `Change::Set` takes as `was`. Where the window has a field for it, a value that no
    /// such field takes counts as none.
    #[must_use]
    pub fn value(&self, doc: &Document) -> Option<Value> {
        let value = doc.get(&self.path(doc).ok()?)?;
        if schema::is_field(&self.pattern()) { schema::plain(value) } else { Some(value.value()) }
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
