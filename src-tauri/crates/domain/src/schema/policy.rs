//! Who may be chosen: `modelPolicy.allow` names models by alias, by ref, or by a prefix with a star, and OpenClaw refuses a file that has
//! anything else there (2026.9.6).

use document::{Document, Path, ValueRef, path};

use super::rule::{Violation, ViolationKind};
use crate::ModelRef;

pub fn violations(doc: &Document) -> Vec<Violation> {
    let defaults = path!["agents", "defaults"];
    let entries = doc.get(&path!["agents", "entries"]).into_iter().flat_map(ValueRef::members);
    let listed = doc.get(&path!["agents", "list"]).map_or(0, |it| it.elements().len());
    let owners = std::iter::once(defaults.clone())
        .chain(entries.map(|(id, _)| path!["agents", "entries", id]))
        .chain((0..listed).map(|i| path!["agents", "list", i]));
    let mut violations = Vec::new();
    for owner in owners {
        let at = owner.child("modelPolicy").child("allow");
        let allowed = doc.get(&at).into_iter().flat_map(ValueRef::elements).enumerate();
        for (i, written) in allowed.filter_map(|(i, it)| Some((i, it.as_str()?))) {
            let known = [&defaults, &owner].iter().any(|it| is_alias(doc, it, written));
            if !known && ModelRef::parse(written).is_none() && !written.contains("${") {
                let wanted = "an alias, a model ref like provider/model, or provider/*".to_owned();
                violations.push(Violation { at: at.child(i), kind: ViolationKind::Wrong(wanted) });
            }
        }
    }
    violations
}

fn is_alias(doc: &Document, owner: &Path, written: &str) -> bool {
    let entries = doc.get(&owner.child("models")).into_iter().flat_map(ValueRef::members);
    entries.filter_map(|it| it.1.get("alias")?.as_str()).any(|it| it.eq_ignore_ascii_case(written.trim()))
}
