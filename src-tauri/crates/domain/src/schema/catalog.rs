//! All settings that have no field of their own in the window, so that they can be offered with the right input. The window reads them
//! from `ui/src/generated/settings.json`, which a test writes.

use document::{Path, ValueKind, ValueRef, path};
use serde::Serialize;
use serde_json::{Map, Value};
use ts_rs::TS;

use super::field::Role;
use super::rule::{Age, KeyRule, Rule};
use super::rule_at;
use crate::base::change::Fields;
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

/// The kinds of owners, each with a place where one of it would stand.
fn owners() -> [(&'static str, Path); 5] {
    [
        ("models", path!["models"]),
        ("provider", path!["models", "providers", ""]),
        ("model", path!["models", "providers", "", "models", 0]),
        ("agent", path!["agents", "defaults"]),
        ("entry", path!["agents", "defaults", "models", ""]),
    ]
}

#[must_use]
pub fn catalog() -> Vec<SettingSpec> {
    let mut found = Vec::new();
    for (of, at) in owners() {
        rows(&at).iter().for_each(|it| visit(of, it, &[], (false, false), &mut found));
    }
    found
}

fn rows(at: &Path) -> &'static [KeyRule] {
    match rule_at(at) {
        Some(Rule::Object(keys) | Rule::Open(keys)) => keys,
        _ => &[],
    }
}

/// The settings of a provider with a field of their own that hold no secret, as written.
#[must_use]
pub fn provider_fields(provider: ValueRef<'_>) -> Fields {
    let mut fields = Fields::default();
    gather(rows(&path!["models", "providers", ""]), provider, &mut fields.0);
    fields
}

/// The same of a model.
#[must_use]
pub fn model_fields(model: ValueRef<'_>) -> Fields {
    let mut fields = Fields::default();
    gather(rows(&path!["models", "providers", "", "models", 0]), model, &mut fields.0);
    fields
}

fn gather(rows: &[KeyRule], owner: ValueRef<'_>, fields: &mut Map<String, Value>) {
    for (name, member) in owner.members() {
        let Some(row) = rows.iter().find(|it| it.name == name) else { continue };
        match (row.role, row.rule) {
            (Role::Field(_), rule) if !rule.holds_secrets() => {
                fields.extend(plain(member).map(|it| (name.to_owned(), it)));
            }
            (Role::Setting, Rule::Object(rows)) if rows.iter().any(|it| matches!(it.role, Role::Field(_))) => {
                let mut below = Map::new();
                gather(rows, member, &mut below);
                if !below.is_empty() {
                    fields.insert(name.to_owned(), Value::Object(below));
                }
            }
            _ => {}
        }
    }
}

/// A value as a field can show it; none where the file has something that no field takes.
#[must_use]
pub fn plain(value: ValueRef<'_>) -> Option<Value> {
    let is_plain = match value.kind() {
        ValueKind::String | ValueKind::Bool | ValueKind::Number => true,
        ValueKind::Array => value.elements().all(|it| it.kind() == ValueKind::String),
        ValueKind::Object | ValueKind::Null => false,
    };
    is_plain.then(|| value.value())
}

fn visit(
    of: &'static str,
    key: &'static KeyRule,
    above: &[&'static str],
    (newer, older): (bool, bool),
    found: &mut Vec<SettingSpec>,
) {
    if key.role != Role::Setting {
        return;
    }
    let way = [above, &[key.name]].concat();
    let age = (newer || key.age == Age::Newer, older || key.age == Age::Older);
    let (sort, options) = match key.rule {
        Rule::Object(keys) | Rule::Open(keys) => return keys.iter().for_each(|it| visit(of, it, &way, age, found)),
        Rule::Text | Rule::Filled | Rule::Nullable => (SettingSort::Text, &[][..]),
        Rule::Flag => (SettingSort::Flag, &[][..]),
        Rule::Number | Rule::Positive | Rule::Count | Rule::Whole => (SettingSort::Number, &[][..]),
        Rule::OneOf(options) => (SettingSort::Choice, *options),
        Rule::Secret => (SettingSort::Secret, &[][..]),
        Rule::Map(Rule::Secret) => (SettingSort::Secrets, &[][..]),
        Rule::Map(Rule::Text) if FOLDERS.contains(&key.name) => (SettingSort::SecretTexts, &[][..]),
        Rule::List(Rule::Text | Rule::Filled) => (SettingSort::Texts, &[][..]),
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
