//! What OpenClaw takes on the model side of its config: one unknown key or one value of the wrong sort, and it does not start. The
//! tables hold 2026.3.28 and 2026.9.6, each as its `openclaw config schema` printed it; what is not of models is not looked at. Where an
//! OpenClaw is installed, what it prints itself is held beside them ([`InstalledSchema`]).

mod catalog;
mod custom;
mod field;
mod generation;
mod installed;
mod json_schema;
mod policy;
mod rule;
mod tables;
mod wording;

use document::{Document, Path, Segment, ValueRef};
use serde_json::Value;

pub use catalog::{SettingSort, SettingSpec, catalog, model_fields, plain, provider_fields};
pub use custom::brings;
use field::Role;
pub use field::{Field, Unit};
pub use generation::{Generation, release};
pub use installed::{InstalledSchema, SchemaStatus};
pub use rule::{Rule, Violation, reference_part};

/// What is wrong with the model side of a config, for an OpenClaw of some generation.
#[must_use]
pub fn violations(doc: &Document, generation: Generation) -> Vec<Violation> {
    found(doc, None, generation)
}

/// The same, but for what is written as it was in another document: an edit of a large config leaves most of it alone.
#[must_use]
pub fn violations_since(before: &Document, doc: &Document, generation: Generation) -> Vec<Violation> {
    found(doc, Some(before.root()), generation)
}

fn found(doc: &Document, was: Option<ValueRef<'_>>, generation: Generation) -> Vec<Violation> {
    let mut violations = rule::check(&tables::CONFIG, doc.root(), was, generation);
    violations.extend(policy::violations(doc));
    violations.extend(custom::violations(doc, generation));
    violations
}

/// The rule of a setting; `None` where no release knows it.
#[must_use]
pub fn rule_at(at: &Path) -> Option<&'static Rule> {
    tables::CONFIG.below(at.segments())
}

/// The field that a setting has of its own in the window, and the keys that lead on from there.
#[must_use]
pub fn field_at(at: &Path) -> Option<(Field, &[Segment])> {
    match tables::CONFIG.role_below(at.segments())? {
        (Role::Field(field), rest) => Some((field, rest)),
        _ => None,
    }
}

/// Whether the window has a field for a setting, which shows it as it is written.
#[must_use]
pub fn is_field(at: &Path) -> bool {
    field_at(at).is_some_and(|(_, rest)| rest.is_empty()) && rule_at(at).is_some_and(Rule::is_plain)
}

/// Whether others refer to what is in a setting, so that no plain change of it is right.
#[must_use]
pub fn is_structural(at: &Path) -> bool {
    matches!(tables::CONFIG.role_below(at.segments()), Some((Role::Structural, [])))
}

/// Returns a new entry with its settings in the order of the tables.
#[must_use]
pub fn in_order(at: &Path, entry: Value) -> Value {
    match rule_at(at) {
        Some(rule) => rule.in_order(entry),
        None => entry,
    }
}
