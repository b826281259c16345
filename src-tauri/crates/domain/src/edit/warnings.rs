//! Warns of what OpenClaw would take without a word, and of what it might not take.

use document::{Document, Path, Segment, ValueRef};

use super::new_findings::NewFindings;
use crate::app::state::State;
use crate::base::change::Change;
use crate::config::covers;
use crate::schema::{Generation, SchemaStatus, violations_since};
use crate::view::types::{ProblemView, Severity};

/// From this size on OpenClaw puts back the text before, if a file shrinks to under half (2026.9.6, measured).
const WATCHED_SIZE: usize = 512;

pub fn warnings(state: &State, doc: &Document, after: &Document, changes: &[Change]) -> Vec<ProblemView> {
    let generation = Generation::of(doc);
    let mut found: Vec<ProblemView> = changes.iter().filter_map(|it| allowlist(doc, generation, it)).collect();
    // One that is there was asked.
    if !matches!(state.installed_schema, Some(SchemaStatus::Known(_))) {
        found.extend(doubts(doc, after, changes));
    }
    found.extend(changes.iter().filter_map(|it| auth_left(doc, it)));
    if list(doc, &ALLOW).is_some_and(|it| !it.is_empty()) && list(after, &ALLOW).is_some_and(|it| it.is_empty()) {
        let message = "agents.defaults.modelPolicy.allow is then empty, so every model may be chosen.".to_owned();
        found.push(warn("modelPolicy.emptied", None, message));
    }
    found.extend(undone(doc, after));
    found
}

/// What makes OpenClaw put back the text before at its next start (2026.9.6, measured).
pub fn undone(doc: &Document, after: &Document) -> Vec<ProblemView> {
    let lost = |keys: &[&str]| {
        let at: Path = keys.iter().copied().collect();
        doc.get(&at).is_some() && after.get(&at).is_none()
    };
    let mut found = Vec::new();
    let mut tell = |why: &str| {
        found.push(warn("file.undone", None, format!("{why}. OpenClaw would take that for damage and put the old file back.")));
    };
    if lost(&["meta"]) {
        tell("meta would be gone");
    }
    if lost(&["gateway", "mode"]) {
        tell("gateway.mode would be gone");
    }
    if doc.text().len() >= WATCHED_SIZE && after.text().len() * 2 < doc.text().len() {
        tell("The file would shrink to under half");
    }
    found
}

const ALLOW: [&str; 4] = ["agents", "defaults", "modelPolicy", "allow"];

/// A name for a model that is not among those allowed, or the first one where the names are what is allowed.
fn allowlist(doc: &Document, generation: Generation, change: &Change) -> Option<ProblemView> {
    let Change::Set { at, to: Some(_), .. } = change else { return None };
    let model = at.alias_of()?;
    let entries = doc.get(&Path::from(["agents", "defaults", "models"])).filter(|it| it.is_object());
    if entries.is_some_and(|it| it.get(model).is_some()) {
        return None;
    }
    let allow = list(doc, &ALLOW);
    let migrated = doc.get(&Path::from(["meta", "migrations", "modelPolicyAllowlist"])).is_some() || allow.is_some();
    let (code, message) = match allow {
        Some(allow) if !allow.is_empty() && !allow.iter().any(|it| it.as_str().is_some_and(|it| covers(it, model))) => {
            ("modelPolicy.notAllowed", format!("{model} is not in agents.defaults.modelPolicy.allow, so it can't be chosen."))
        }
        None if entries.is_none_or(|it| it.members().next().is_none()) && !migrated && generation.before((2026, 8)) => (
            "models.becomesAllowlist",
            format!(
                "{model} would be the first entry in agents.defaults.models. OpenClaw before 2026.8 then allows only the models listed there."
            ),
        ),
        _ => return None,
    };
    Some(warn(code, Some("alias"), message))
}

/// What one OpenClaw takes and another refuses, where the file does not tell which of them reads it.
fn doubts(doc: &Document, after: &Document, changes: &[Change]) -> Vec<ProblemView> {
    let generation = Generation::of(doc);
    if generation.is_sure() {
        return Vec::new();
    }
    let new = NewFindings::new(changes);
    let only = |other| {
        new.new_violations(doc, after, other, &violations_since(doc, after, other))
            .into_iter()
            .filter_map(move |it| Some((generation.doubt(other, &key(&it.at)?)?, it.at)))
    };
    let told = only(Generation::Old(None)).chain(only(Generation::New));
    told.map(|(message, at)| warn("schema.unsure", key(&at).as_deref(), message)).collect()
}

/// The setting that a place is of: its last key, or that of the list that it is in.
fn key(at: &Path) -> Option<String> {
    at.segments().iter().rev().find_map(|it| match it {
        Segment::Key(key) => Some(key.clone()),
        Segment::Index(_) => None,
    })
}

/// Stored credentials go by the provider's id, and are kept outside of the file: no edit of it can take them along.
fn auth_left(doc: &Document, change: &Change) -> Option<ProblemView> {
    let (Change::Rename { provider: id, model: None, .. } | Change::Remove { provider: id, model: None, .. }) = change else {
        return None;
    };
    let mut profiles = doc.get(&Path::from(["auth", "profiles"])).into_iter().flat_map(ValueRef::members);
    let has_profile = profiles.any(|(_, it)| it.get("provider").and_then(ValueRef::as_str) == Some(id));
    (has_profile || doc.get(&Path::from(["auth", "order", id])).is_some())
        .then(|| warn("auth.left", None, format!("auth still has entries for {id}. Its stored sign-ins stay under that id.")))
}

fn list<'d>(doc: &'d Document, keys: &[&str]) -> Option<Vec<ValueRef<'d>>> {
    let list = doc.get(&keys.iter().copied().collect()).filter(|it| it.is_array())?;
    Some(list.elements().collect())
}

fn warn(code: &str, field: Option<&str>, message: String) -> ProblemView {
    ProblemView {
        code: code.to_owned(),
        severity: Severity::Warning,
        message,
        field: field.map(str::to_owned),
        line: None,
        fix: None,
    }
}
