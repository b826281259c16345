//! Refuses values that OpenClaw would refuse, before anything is planned.

use document::{Path, Segment};
use serde_json::Value;

use crate::base::change::{Change, NewKey, Owner, Place};
use crate::config::{alias_fault, is_env_name};
use crate::schema::{self, Rule, reference_part};

/// What OpenClaw would refuse of a value by its schema is found in the text that the change makes.
pub fn check(change: &Change) -> Result<(), String> {
    match change {
        Change::Set { at, to, .. } => setting(at, to.as_ref()),
        Change::Secret { at, to, .. } => secret(at, to),
        Change::Route { agent, to, .. } => match to.iter().find(|it| it.trim().is_empty()) {
            _ if to.is_empty() && agent.is_none() => Err("a route needs a primary model".to_owned()),
            Some(_) => Err("a member of the route is empty".to_owned()),
            None => Ok(()),
        },
        Change::AddProvider { provider, fields, key } => {
            provider_id(provider)?;
            let place = Place::provider(provider, &[]);
            if fields.get(&["baseUrl"]).is_none() {
                base_url(provider, None)?;
            }
            all_of(&place, &Value::Object(fields.0.clone()))?;
            one_word(key)
        }
        Change::AddModel { provider, model, fields } => {
            model_id(model)?;
            if fields.get(&["name"]).is_none() {
                return Err(format!("{model} needs a name; OpenClaw refuses a model without one"));
            }
            all_of(&Place::model(provider, model, &[]), &Value::Object(fields.0.clone()))
        }
        Change::Remove { .. } => Ok(()),
        Change::Rename { model: Some(_), to, .. } => model_id(to),
        Change::Rename { model: None, to, .. } => provider_id(to),
    }
}

/// Each setting in a value: those that the tables know by themselves.
fn all_of(place: &Place, value: &Value) -> Result<(), String> {
    match (schema::rule_at(&place.pattern()), value) {
        (Some(Rule::Object(_) | Rule::Open(_)), Value::Object(members)) => members.iter().try_for_each(|(key, member)| {
            let mut below = place.clone();
            below.key.push(key.clone());
            all_of(&below, member)
        }),
        _ => setting(place, Some(value)),
    }
}

fn setting(at: &Place, to: Option<&Value>) -> Result<(), String> {
    let pattern = named(at)?;
    let rule = schema::rule_at(&pattern).ok_or_else(|| format!("OpenClaw knows no setting {}", at.key.join(".")))?;
    let is_structural = schema::is_structural(&Place { of: at.of.clone(), key: at.key[..1].to_vec() }.pattern());
    if is_structural || matches!(rule, Rule::Secret) {
        return Err(format!("{} has a command of its own", at.key[0]));
    }
    if rule.holds_secrets() && to.is_some() {
        return Err(format!("{} holds secrets; set them one by one", at.key.join(".")));
    }
    match (&at.of, at.keys().as_slice(), to) {
        (Owner::Provider { provider }, ["baseUrl"], to) => base_url(provider, to.and_then(Value::as_str)),
        (Owner::Model { .. }, ["name"], None) => Err("OpenClaw refuses a model without a name".to_owned()),
        (Owner::Model { .. }, ["name"], Some(Value::String(name))) if name.trim().is_empty() => {
            Err("the name is empty".to_owned())
        }
        (Owner::Model { .. }, ["input"], Some(Value::Array(inputs))) if inputs.is_empty() => {
            Err("the list of inputs is empty".to_owned())
        }
        (Owner::Entry { model_ref, .. }, ["alias"], to) => alias(model_ref, to.and_then(Value::as_str)),
        (_, _, Some(value)) => schema::field_at(&pattern).and_then(|(field, _)| field.unit.fault(value)).map_or(Ok(()), Err),
        (_, _, None) => Ok(()),
    }
}

fn secret(at: &Place, to: &NewKey) -> Result<(), String> {
    match schema::rule_at(&named(at)?) {
        Some(Rule::Secret | Rule::Text | Rule::Filled | Rule::Nullable | Rule::Anything) => {}
        _ => return Err(format!("{} is no secret", at.key.join("."))),
    }
    match (&at.of, at.keys().as_slice()) {
        (Owner::Provider { .. }, ["apiKey"]) => one_word(to),
        (Owner::Provider { .. }, ["headers", name]) => {
            let is_token = |it: char| it.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(it);
            match to {
                _ if !name.chars().all(is_token) => Err(format!("\"{name}\" can't be the name of a header")),
                NewKey::Literal(value) if value.chars().any(char::is_control) => {
                    Err("the value of a header is one line".to_owned())
                }
                other => some_text(other),
            }
        }
        _ => some_text(to),
    }
}

fn named(at: &Place) -> Result<Path, String> {
    let pattern = at.pattern();
    if at.key.is_empty() {
        return Err("a setting needs a name".to_owned());
    }
    // An empty key is none that OpenClaw has.
    if pattern.segments().iter().any(|it| matches!(it, Segment::Key(key) if key.is_empty())) {
        return Err("a name is empty".to_owned());
    }
    Ok(pattern)
}

fn alias(model_ref: &str, to: Option<&str>) -> Result<(), String> {
    if crate::ModelRef::parse(model_ref).is_none() {
        return Err(format!("{model_ref} is not a model ref, which looks like provider/model"));
    }
    match to.and_then(|alias| Some((alias, alias_fault(alias)?))) {
        Some((alias, why)) => Err(format!("the alias \"{alias}\" {why}")),
        None => Ok(()),
    }
}

fn model_id(id: &str) -> Result<(), String> {
    if id.is_empty() || id.trim() != id || id.contains(char::is_control) {
        return Err("a model needs an id, with no white space around it".to_owned());
    }
    Ok(())
}

fn provider_id(id: &str) -> Result<(), String> {
    if id.is_empty() || id.contains(['/', '\\']) || id.contains(|it: char| it.is_whitespace() || it.is_control()) {
        return Err(format!("\"{id}\" can't be the id of a provider: no slash and no white space"));
    }
    Ok(())
}

/// A key is one word; other secrets may have white space in them.
fn some_text(to: &NewKey) -> Result<(), String> {
    match to {
        NewKey::Literal(value) if value.trim().is_empty() => Err("the value is empty".to_owned()),
        NewKey::Literal(_) => Ok(()),
        other => one_word(other),
    }
}

fn one_word(to: &NewKey) -> Result<(), String> {
    match to {
        NewKey::None => Ok(()),
        NewKey::Literal(key) if key.trim().is_empty() => Err("the key is empty".to_owned()),
        NewKey::Literal(key) if key.chars().any(|it| it.is_control() || it.is_whitespace()) => {
            Err("a key has no white space in it; was something else pasted?".to_owned())
        }
        NewKey::Literal(_) => Ok(()),
        NewKey::Reference(it) => {
            [("source", &it.source), ("provider", &it.provider), ("id", &it.id)].into_iter().try_for_each(|(part, text)| {
                reference_part(part, text, &it.source).map_err(|wanted| format!("the {part} of the reference should be {wanted}"))
            })
        }
        NewKey::Env(name) if is_env_name(name) => Ok(()),
        NewKey::Env(_) => Err("the name of a variable has only A-Z, 0-9 and _, and starts with a letter or _".to_owned()),
    }
}

fn base_url(provider: &str, to: Option<&str>) -> Result<(), String> {
    let Some(text) = to else { return Err(format!("{provider} needs a base URL, like http://127.0.0.1:1234/v1")) };
    // With a variable in it, only OpenClaw's environment tells what it will be.
    if text.contains("${") {
        return Ok(());
    }
    match url::Url::parse(text) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => {
            Err(format!("the base URL should start with http:// or https://, not {}://", url.scheme()))
        }
        Ok(url) if url.host().is_none() => Err("the base URL has no host".to_owned()),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            Err("the base URL has a user name in it; put the key into the key field".to_owned())
        }
        Ok(_) => Ok(()),
        Err(_) => Err(format!("\"{text}\" is not a URL; it should look like http://127.0.0.1:1234/v1")),
    }
}
