//! Refuses values that OpenClaw would refuse, before anything is planned.

use document::{Document, Path, Segment};

use crate::base::change::{Change, FieldValue, ModelField, NewKey, Owner};
use crate::config::{alias_fault, is_env_name};
use crate::schema::{Shape, reference_part, shape_at};

const MOST_TOKENS: u64 = 1_000_000_000;
const MOST_SECONDS: u64 = 86_400;
/// Dollars per million tokens.
const MOST_PRICE: f64 = 1_000_000.0;

pub fn check(change: &Change, doc: &Document) -> Result<(), String> {
    match change {
        Change::Alias { model_ref, to, .. } => {
            if crate::ModelRef::parse(model_ref).is_none() {
                return Err(format!("{model_ref} is no model ref; it should look like provider/model"));
            }
            match to.as_deref().and_then(|alias| alias_fault(alias).map(|why| (alias, why))) {
                Some((alias, why)) => Err(format!("the alias \"{alias}\" {why}")),
                None => Ok(()),
            }
        }
        Change::Limit { to, .. } => to.map_or(Ok(()), tokens),
        Change::BaseUrl { provider, to, .. } => base_url(provider, to.as_deref()),
        Change::Timeout { to: Some(seconds), .. } => {
            if *seconds == 0 || *seconds > MOST_SECONDS {
                return Err(format!("{seconds} s is out of range; it should be from 1 to 86,400"));
            }
            Ok(())
        }
        // What OpenClaw would refuse of these is found in the text that they make.
        Change::Api { .. }
        | Change::Flag { .. }
        | Change::Timeout { to: None, .. }
        | Change::RemoveModel { .. }
        | Change::RemoveProvider { .. } => Ok(()),
        Change::Key { to, .. } => key(to),
        Change::Route { agent, to, .. } => match to.iter().find(|it| it.trim().is_empty()) {
            _ if to.is_empty() && agent.is_none() => Err("a route needs a primary model".to_owned()),
            Some(_) => Err("a member of the route is empty".to_owned()),
            None => Ok(()),
        },
        Change::Model { field: ModelField::Name, to: None, .. } => Err("OpenClaw refuses a model without a name".to_owned()),
        Change::Model { field, to, .. } => to.as_ref().map_or(Ok(()), |to| model_field(*field, to)),
        Change::AddModel { model, fields, .. } => {
            model_id(model)?;
            if !fields.contains_key(&ModelField::Name) {
                return Err(format!("{model} needs a name; OpenClaw refuses a model without one"));
            }
            fields.iter().try_for_each(|(field, to)| model_field(*field, to))
        }
        Change::RenameModel { to, .. } => model_id(to),
        Change::AddProvider { provider, base_url: url, key: new_key, .. } => {
            provider_id(provider)?;
            base_url(provider, Some(url))?;
            key(new_key)
        }
        Change::RenameProvider { to, .. } => provider_id(to),
        Change::Mode { to, .. } => match to.as_deref() {
            None | Some("merge" | "replace") => Ok(()),
            Some(other) => Err(format!("models.mode is merge or replace, not \"{other}\"")),
        },
        Change::Header { name, to, .. } => {
            let is_token = |it: char| it.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(it);
            if name.is_empty() || !name.chars().all(is_token) {
                return Err(format!("\"{name}\" can't be the name of a header"));
            }
            match to {
                NewKey::Literal(value) if value.chars().any(char::is_control) => {
                    Err("the value of a header is one line".to_owned())
                }
                other => secret(other),
            }
        }
        Change::Setting { of, key, to, .. } => setting(doc, of, key, to.as_ref()),
        Change::Secret { of, key: way, to, .. } => match shape_at(&place(doc, of, way)?) {
            Some(Shape::Secret | Shape::Text | Shape::Filled | Shape::Nullable | Shape::Anything) => secret(to),
            _ => Err(format!("{} is no secret", way.join("."))),
        },
    }
}

fn setting(doc: &Document, of: &Owner, key: &[String], to: Option<&serde_json::Value>) -> Result<(), String> {
    let at = place(doc, of, key)?;
    // Each of these has a change of its own, which sees more than the value.
    let own: &[&str] = match of {
        Owner::Models => &["providers"],
        Owner::Provider { .. } => &["models", "apiKey"],
        Owner::Model { .. } => &["id"],
        Owner::Agent { .. } => &["models"],
        Owner::Entry { .. } => &["alias"],
    };
    let Some(first) = key.first() else { return Err("a setting needs a name".to_owned()) };
    let Some(shape) = shape_at(&at) else {
        return Err(format!("OpenClaw knows no setting {}", key.join(".")));
    };
    if own.contains(&first.as_str()) {
        return Err(format!("{first} is changed in a way of its own"));
    }
    if shape.holds_secrets() && to.is_some() {
        return Err(format!("{} holds secrets; set them one by one", key.join(".")));
    }
    match (of, key) {
        (Owner::Provider { provider }, [name]) if name == "baseUrl" => base_url(provider, to.and_then(serde_json::Value::as_str)),
        (Owner::Model { .. }, [name]) if name == "name" && to.is_none() => {
            Err("OpenClaw refuses a model without a name".to_owned())
        }
        _ => Ok(()),
    }
}

fn place(doc: &Document, of: &Owner, key: &[String]) -> Result<Path, String> {
    let at = of.place(doc, key).map_err(|it| it.message)?;
    // An empty key is none that OpenClaw has.
    if at.segments().iter().any(|it| matches!(it, Segment::Key(key) if key.is_empty())) {
        return Err("a name is empty".to_owned());
    }
    Ok(at)
}

fn model_field(field: ModelField, to: &FieldValue) -> Result<(), String> {
    match (field, to) {
        (ModelField::Name, FieldValue::Text(name)) if name.trim().is_empty() => Err("the name is empty".to_owned()),
        (ModelField::Name, FieldValue::Text(_)) | (ModelField::Reasoning, FieldValue::Flag(_)) => Ok(()),
        (ModelField::Api, FieldValue::Text(_)) => Ok(()),
        (ModelField::Input, FieldValue::List(inputs)) if inputs.is_empty() => Err("the list of inputs is empty".to_owned()),
        (ModelField::Input, FieldValue::List(_)) => Ok(()),
        (
            ModelField::CostInput | ModelField::CostOutput | ModelField::CostCacheRead | ModelField::CostCacheWrite,
            FieldValue::Number(price),
        ) => match price.as_f64() {
            Some(price) if (0.0..=MOST_PRICE).contains(&price) => Ok(()),
            _ => Err(format!("{price} is no price in dollars per million tokens")),
        },
        (ModelField::ContextWindow | ModelField::ContextTokens | ModelField::MaxTokens, FieldValue::Number(n)) => {
            n.as_u64().map_or_else(|| Err(format!("{n} is no number of tokens")), tokens)
        }
        _ => Err(format!("{} takes another sort of value", field.keys().join("."))),
    }
}

fn tokens(n: u64) -> Result<(), String> {
    if n == 0 || n > MOST_TOKENS {
        return Err(format!("{n} tokens is out of range; it should be from 1 to 1,000,000,000"));
    }
    Ok(())
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
fn secret(to: &NewKey) -> Result<(), String> {
    match to {
        NewKey::Literal(value) if value.trim().is_empty() => Err("the value is empty".to_owned()),
        NewKey::Literal(_) => Ok(()),
        other => key(other),
    }
}

fn key(to: &NewKey) -> Result<(), String> {
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
