//! All settings that have no field of their own in the window, so that they can be offered with the right input. The window reads them
//! from `ui/src/generated/settings.json`, which a test writes.

use document::{Path, path};
use serde::Serialize;
use ts_rs::TS;

use super::shape::{Age, Key, Shape};
use super::shape_at;
use crate::base::secrets::FOLDERS;

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SettingSpec {
    /// The kind of its owner: `models`, `provider`, `model`, `agent`, `entry`.
    pub of: &'static str,
    pub key: Vec<&'static str>,
    pub sort: SettingSort,
    /// For `choice`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<&'static str>,
    /// 2026.3.28 refuses it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub newer: bool,
    /// 2026.9.6 refuses it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub older: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum SettingSort {
    Text,
    Flag,
    Number,
    Choice,
    /// A list of texts.
    Texts,
    /// Set by `Change::Secret`.
    Secret,
    /// Secrets by name: the name is one more step of the key.
    Secrets,
    /// The same where no SecretRef can stand.
    SecretTexts,
    /// Whatever JSON can say.
    Json,
}

/// With a field or a change of their own.
const ELSEWHERE: [(&str, &[&str]); 5] = [
    ("models", &["mode", "providers"]),
    ("provider", &["baseUrl", "apiKey", "api", "headers", "authHeader", "models", "timeoutSeconds"]),
    ("model", &["id", "name", "api", "reasoning", "input", "contextWindow", "contextTokens", "maxTokens"]),
    ("agent", &["model", "models"]),
    ("entry", &["alias"]),
];

/// What is none of the settings below, by the kind of its owner.
pub fn has_field(of: &str, key: &str) -> bool {
    ELSEWHERE.iter().any(|it| it.0 == of && it.1.contains(&key))
}

#[must_use]
pub fn known() -> Vec<SettingSpec> {
    let owners: [(&'static str, Path); 5] = [
        ("models", path!["models"]),
        ("provider", path!["models", "providers", ""]),
        ("model", path!["models", "providers", "", "models", 0]),
        ("agent", path!["agents", "defaults"]),
        ("entry", path!["agents", "defaults", "models", ""]),
    ];
    let mut found = Vec::new();
    for ((of, at), (_, elsewhere)) in owners.iter().zip(ELSEWHERE) {
        if let Some(Shape::Object(keys) | Shape::Open(keys)) = shape_at(at) {
            let keys = keys.iter().filter(|it| !elsewhere.contains(&it.name));
            keys.for_each(|it| visit(of, it, &[], (false, false), &mut found));
        }
    }
    found
}

fn visit(
    of: &'static str,
    key: &'static Key,
    above: &[&'static str],
    (newer, older): (bool, bool),
    found: &mut Vec<SettingSpec>,
) {
    let way = [above, &[key.name]].concat();
    // A model's prices and a provider's reach have fields of their own.
    if matches!(way[..], ["cost", "input" | "output" | "cacheRead" | "cacheWrite"] | ["request", "allowPrivateNetwork"]) {
        return;
    }
    let age = (newer || key.age == Age::Newer, older || key.age == Age::Older);
    let (sort, options) = match key.shape {
        Shape::Object(keys) | Shape::Open(keys) => return keys.iter().for_each(|it| visit(of, it, &way, age, found)),
        Shape::Text | Shape::Filled | Shape::Nullable => (SettingSort::Text, &[][..]),
        Shape::Flag => (SettingSort::Flag, &[][..]),
        Shape::Number | Shape::Positive | Shape::Count | Shape::Whole => (SettingSort::Number, &[][..]),
        Shape::OneOf(options) => (SettingSort::Choice, *options),
        Shape::Secret => (SettingSort::Secret, &[][..]),
        Shape::Map(Shape::Secret) => (SettingSort::Secrets, &[][..]),
        Shape::Map(Shape::Text) if FOLDERS.contains(&key.name) => (SettingSort::SecretTexts, &[][..]),
        Shape::List(Shape::Text | Shape::Filled) => (SettingSort::Texts, &[][..]),
        _ => (SettingSort::Json, &[][..]),
    };
    match found.iter_mut().find(|it| it.of == of && it.key == way) {
        // The same key in another release.
        Some(twin) => {
            (twin.newer, twin.older) = (false, false);
            twin.options = options.to_vec();
        }
        None => found.push(SettingSpec { of, key: way, sort, options: options.to_vec(), newer: age.0, older: age.1 }),
    }
}
