//! Secrets as the window may know them: what kind they are, and a tag that tells two of them apart.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;
use ts_rs::TS;

use crate::config::Secret;

/// A header that goes along with each request; its value is a secret.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HeaderView {
    pub name: String,
    pub value: KeyView,
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct KeyView {
    pub kind: KeyKind,
    /// What may be shown: nothing of a literal, the name of a variable, the source of a reference.
    pub shown: String,
    /// The variable that it is taken from.
    pub variable: Option<String>,
    /// Changes whenever the key does; gives nothing of it away. Sent back as `was`.
    pub tag: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum KeyKind {
    None,
    Literal,
    Env,
    /// A SecretRef object: read-only here.
    Reference,
}

pub fn key_view(key: &Secret, seed: u64) -> KeyView {
    let (kind, shown) = match key {
        Secret::None => (KeyKind::None, String::new()),
        Secret::Literal(_) => (KeyKind::Literal, String::new()),
        Secret::Env { name, .. } => (KeyKind::Env, format!("${{{name}}}")),
        Secret::Reference { source } => (KeyKind::Reference, format!("kept by {source}")),
    };
    let variable = match key {
        Secret::Env { name, .. } => Some(name.clone()),
        _ => None,
    };
    KeyView { kind, shown, variable, tag: key_tag(key, seed) }
}

/// Tells two keys apart and nothing else: the seed is random and stays in this process. Empty where there is no key.
pub fn key_tag(key: &Secret, seed: u64) -> String {
    if *key == Secret::None {
        return String::new();
    }
    let mut hasher = DefaultHasher::new();
    seed.hash(&mut hasher);
    match key {
        Secret::None => 0.hash(&mut hasher),
        Secret::Literal(value) => (1, value).hash(&mut hasher),
        Secret::Env { name, .. } => (2, name).hash(&mut hasher),
        Secret::Reference { source } => (3, source).hash(&mut hasher),
    }
    format!("{:016x}", hasher.finish())
}

/// The same for a secret as it stands in the file.
pub fn value_tag(value: Option<&serde_json::Value>, seed: u64) -> String {
    let Some(value) = value else { return String::new() };
    let mut hasher = DefaultHasher::new();
    (seed, value.to_string()).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
