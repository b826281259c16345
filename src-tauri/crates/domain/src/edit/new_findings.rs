//! Which of a file's faults an edit brought in. A fault is the same one as before when it is of the same thing, wherever that stands by
//! now and whatever it is called: paths have indexes that a removal shifts, and ids that a rename changes.

use std::collections::HashSet;

use document::{Document, Path, Segment, ValueRef};

use crate::base::change::Change;
use crate::config::Problem;
use crate::schema::{Generation, InstalledSchema, Violation, violations};

/// Sees through the renames among some changes.
pub struct NewFindings<'a> {
    changes: &'a [Change],
}

impl<'a> NewFindings<'a> {
    pub fn new(changes: &'a [Change]) -> Self {
        NewFindings { changes }
    }

    /// For an OpenClaw of some generation. `found` in the text after.
    pub fn new_violations(
        &self,
        before: &Document,
        after: &Document,
        generation: Generation,
        found: &[Violation],
    ) -> Vec<Violation> {
        self.new_among((before, &|| violations(before, generation)), (after, found), violation).into_iter().cloned().collect()
    }

    /// For the OpenClaw that printed its schema. What did not change is not looked at: it was so before.
    pub fn newly_refused(&self, before: &Document, after: &Document, installed: &InstalledSchema) -> Vec<Violation> {
        let (was, is) = (before.root(), after.root());
        let differs = |key: &str| was.get(key).map(ValueRef::source) != is.get(key).map(ValueRef::source);
        let found = installed.violations(after, &differs);
        self.new_among((before, &|| installed.violations(before, &differs)), (after, &found), violation)
            .into_iter()
            .cloned()
            .collect()
    }

    pub fn new_problems<'p>(
        &self,
        before: (&Document, &dyn Fn() -> Vec<Problem>),
        after: (&Document, &'p [Problem]),
    ) -> Vec<&'p Problem> {
        self.new_among(before, after, |it| (it.code, &it.at))
    }

    /// What was wrong before is only asked for if something is wrong after. `of` tells what one is called and where it is.
    fn new_among<'f, T>(
        &self,
        (before, old): (&Document, &dyn Fn() -> Vec<T>),
        (after, found): (&Document, &'f [T]),
        of: fn(&T) -> (&'static str, &Path),
    ) -> Vec<&'f T> {
        if found.is_empty() {
            return Vec::new();
        }
        let old: HashSet<_> = old().iter().map(of).map(|(code, at)| (code, self.renamed(names(before, at)))).collect();
        let is_new = |it: &&T| {
            let (code, at) = of(it);
            !old.contains(&(code, names(after, at)))
        };
        found.iter().filter(is_new).collect()
    }

    fn renamed(&self, mut names: Vec<String>) -> Vec<String> {
        for change in self.changes {
            let (was, to, is_model) = match change {
                Change::Rename { provider, model: None, to } => (provider.clone(), to.clone(), false),
                Change::Rename { provider, model: Some(model), to } => {
                    (format!("{provider}/{model}"), format!("{provider}/{to}"), true)
                }
                _ => continue,
            };
            for i in 0..names.len() {
                let led = match (i, names[i].strip_prefix(&was)) {
                    // Its own entry, or a ref as a key.
                    (2, Some("")) if !is_model && names[1] == "providers" => Some(to.clone()),
                    (_, Some("")) if is_model => Some(to.clone()),
                    (_, Some(rest)) if !is_model && rest.starts_with('/') => Some(format!("{to}{rest}")),
                    _ => None,
                };
                if let Some(led) = led {
                    names[i] = led;
                }
            }
        }
        names
    }
}

fn violation(violation: &Violation) -> (&'static str, &Path) {
    (violation.code(), &violation.at)
}

/// A path with ids in the place of indexes; of a model its whole ref.
fn names(doc: &Document, at: &Path) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut value = Some(doc.root());
    for segment in at.segments() {
        let (name, next) = match segment {
            Segment::Key(key) => (key.clone(), value.and_then(|it| it.get(key))),
            Segment::Index(index) => {
                let item = value.and_then(|it| it.element(*index));
                // A member of a chain is its own name.
                let id = item.and_then(|it| it.get("id").or(Some(it))).and_then(ValueRef::as_str);
                let name = match (id, names.as_slice()) {
                    (Some(id), [first, second, provider, _]) if first == "models" && second == "providers" => {
                        format!("{provider}/{id}")
                    }
                    (Some(id), _) => id.to_owned(),
                    (None, _) => index.to_string(),
                };
                (name, item)
            }
        };
        names.push(name);
        value = next;
    }
    names
}
