//! All places of a config where models can be named: routes, aliases, allowlists, and settings that name a single one.

use document::{Document, Path, PathRef, ValueKind, ValueRef};

/// Keys below which a `model` is no model of OpenClaw's own, or anything at all may stand.
const ELSEWHERE: [&str; 7] = ["params", "headers", "env", "meta", "memorySearch", "compat", "auth"];

/// A place that can name models.
#[derive(Clone, Debug)]
pub(crate) enum RefPlace {
    /// A model ref or alias, or an object with `primary` and `fallbacks`.
    Slot(Path),
    List(Path),
    /// An object whose keys are refs or providers.
    Keys(Path),
    /// `{ provider, model }`.
    Pair(Path),
}

/// All places of the file, in its order. The providers' own lists are none: they are what is referred to.
pub(crate) fn ref_places(doc: &Document) -> Vec<RefPlace> {
    let mut found = Vec::new();
    for (key, member) in doc.root().members().filter(|it| it.0 != "models") {
        visit(key, member, &PathRef::root().key(key), "", &mut found);
    }
    found
}

fn visit(key: &str, value: ValueRef<'_>, at: &PathRef<'_>, parent: &str, found: &mut Vec<RefPlace>) {
    match value.kind() {
        _ if ELSEWHERE.contains(&key) || key == "search" && parent == "memory" => {}
        ValueKind::String | ValueKind::Object if key == "model" || key.ends_with("Model") || parent == "mediaModels" => {
            found.push(RefPlace::Slot(at.to_path()));
        }
        ValueKind::String if parent == "modelByChannel" || key == "modelByChannel" => found.push(RefPlace::Slot(at.to_path())),
        ValueKind::Object if key == "modelByChannel" => {
            value.members().for_each(|(name, it)| visit(key, it, &at.key(name), key, found));
        }
        ValueKind::Array if key == "allowModels" || key == "allow" && parent == "modelPolicy" => {
            found.push(RefPlace::List(at.to_path()));
        }
        ValueKind::Object if key == "models" || key == "byProvider" => {
            found.push(RefPlace::Keys(at.to_path()));
        }
        ValueKind::Array if key == "models" => {
            found.extend((0..value.elements().len()).map(|i| RefPlace::Pair(at.index(i).to_path())))
        }
        ValueKind::Object => value.members().for_each(|(name, it)| visit(name, it, &at.key(name), key, found)),
        ValueKind::Array => value.elements().enumerate().for_each(|(i, it)| visit(key, it, &at.index(i), parent, found)),
        _ => {}
    }
}
