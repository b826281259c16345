//! Secrets as the window may know them: what kind they are, and a tag that tells two of them apart.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;
use ts_rs::TS;

use crate::config::Key;

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

pub fn key_view(key: &Key, seed: u64) -> KeyView {
    let (kind, shown) = match key {
        Key::None => (KeyKind::None, String::new()),
        Key::Literal(_) => (KeyKind::Literal, String::new()),
        Key::Env { name, .. } => (KeyKind::Env, format!("${{{name}}}")),
        Key::Reference { source } => (KeyKind::Reference, format!("kept by {source}")),
    };
    let variable = match key {
        Key::Env { name, .. } => Some(name.clone()),
        _ => None,
    };
    KeyView { kind, shown, variable, tag: key_tag(key, seed) }
}

/// Tells two keys apart and nothing else: the seed is random and stays in this process. Empty where there is no key.
pub fn key_tag(key: &Key, seed: u64) -> String {
    if *key == Key::None {
        return String::new();
    }
    let mut hasher = DefaultHasher::new();
    seed.hash(&mut hasher);
    match key {
        Key::None => 0.hash(&mut hasher),
        Key::Literal(value) => (1, value).hash(&mut hasher),
        Key::Env { name, .. } => (2, name).hash(&mut hasher),
        Key::Reference { source } => (3, source).hash(&mut hasher),
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
