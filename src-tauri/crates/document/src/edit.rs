//! Applies edits: check what is there, splice the text, parse it again, check that it means what was asked for.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::document::Document;
use crate::error::EditError;
use crate::parse::MAX_DEPTH;
use crate::path::{Path, Segment};
use crate::splice::{self, Splice};
use crate::tree::Data;
use crate::value::{depth, same};

/// A change of one value. It is made only if the value still is what it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    pub at: Path,
    /// The value that is there; `None` if there is none.
    pub was: Option<Value>,
    /// The value to set; `None` removes it.
    pub to: Option<Value>,
}

impl Document {
    /// Makes all edits, in order, or none. Each one sees what the ones before it changed.
    ///
    /// An edit does nothing if `was` equals `to`, or if the value is `to` already. Otherwise the value must be `was`. Numbers are compared
    /// by value, objects without regard to order. A missing value is inserted after the last member, with the objects that lead to it; an
    /// element can only be added at the end. A removed value takes along the comment that follows it on its line and the comment lines
    /// directly above it, up to a blank line.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn apply(&self, edits: &[Edit]) -> Result<Document, EditError> {
        let mut document = Cow::Borrowed(self);
        let mut meant = None;
        let mut last = None;
        for edit in edits {
            if let Some(splices) = splices(&document, edit)? {
                set(meant.get_or_insert_with(|| self.value()), edit.at.segments(), edit.to.as_ref());
                document = Cow::Owned(document.spliced(&edit.at, splices)?);
                last = Some(&edit.at);
            }
        }
        if let (Some(meant), Some(at)) = (meant, last) {
            document.check(at, &meant)?;
        }
        Ok(document.into_owned())
    }

    /// Makes splices and parses the text again.
    pub(crate) fn spliced(&self, at: &Path, splices: Vec<Splice>) -> Result<Document, EditError> {
        let broken = |reason: String| EditError::Broken { at: at.clone(), reason };
        let text = splice::splice(&self.text, 0..self.text.len(), splices).ok_or_else(|| broken("splices overlap".to_owned()))?;
        Document::parse(text).map_err(|error| broken(error.to_string()))
    }

    /// Checks that an edit changed what was meant and nothing else.
    pub(crate) fn check(&self, at: &Path, meant: &Value) -> Result<(), EditError> {
        if self.root() == *meant {
            return Ok(());
        }
        Err(EditError::Broken { at: at.clone(), reason: "other values would change".to_owned() })
    }
}

/// Sets or removes a value where [`splices`] found a place for it.
pub(crate) fn set(value: &mut Value, at: &[Segment], to: Option<&Value>) {
    let Some((segment, below)) = at.split_first() else {
        *value = to.cloned().unwrap_or_default();
        return;
    };
    if value.is_null() {
        *value = match segment {
            Segment::Key(_) => Value::Object(Map::new()),
            Segment::Index(_) => Value::Array(vec![]),
        };
    }
    let removes = below.is_empty() && to.is_none();
    match (segment, value) {
        (Segment::Key(key), Value::Object(members)) if removes => drop(members.shift_remove(key)),
        (Segment::Key(key), Value::Object(members)) => set(members.entry(key.as_str()).or_insert(Value::Null), below, to),
        (Segment::Index(index), Value::Array(elements)) => {
            if removes && *index < elements.len() {
                elements.remove(*index);
                return;
            }
            if *index == elements.len() {
                elements.push(Value::Null);
            }
            if let Some(element) = elements.get_mut(*index) {
                set(element, below, to);
            }
        }
        _ => {}
    }
}

/// Returns the splices that make an edit; `None` if there is nothing to do.
fn splices(document: &Document, edit: &Edit) -> Result<Option<Vec<Splice>>, EditError> {
    let Edit { at, was, to } = edit;
    let found = document.get(at);
    let found_is = |value: &Option<Value>| match (found, value) {
        (Some(found), Some(value)) => found == *value,
        (None, None) => true,
        _ => false,
    };
    let changes_nothing = match (was, to) {
        (Some(was), Some(to)) => same(was, to),
        _ => was == to,
    };
    if changes_nothing || found_is(to) {
        return Ok(None);
    }
    if !found_is(was) {
        return Err(EditError::Conflict { at: at.clone() });
    }
    let unsupported = |reason: String| EditError::Unsupported { at: at.clone(), reason };
    let splices = match (to, found) {
        (Some(to), _) if at.segments().len().saturating_add(depth(to, MAX_DEPTH)) > MAX_DEPTH => {
            return Err(unsupported(format!("objects and lists would be nested more than {MAX_DEPTH} deep")));
        }
        (None, _) if at.is_root() => return Err(unsupported("the whole file cannot be removed".to_owned())),
        (Some(to), Some(found)) => splice::replace(document, at, &found.value(), to),
        (Some(to), None) => insert(document, at, to)?,
        (None, _) => splice::remove(document, at),
    };
    Ok(Some(splices))
}

/// Inserts a value and the containers that lead to it.
fn insert(document: &Document, at: &Path, to: &Value) -> Result<Vec<Splice>, EditError> {
    let chain = document.chain(at);
    let (above, missing) = at.segments().split_at(chain.len() - 1);
    let holder: Path = above.iter().cloned().collect();
    let no_container = || EditError::NoContainer { at: at.clone(), holder: holder.clone() };
    let (Some(node), Some((first, below))) = (chain.last(), missing.split_first()) else { return Err(no_container()) };
    let fits = match (&node.data, first) {
        (Data::Object(_), Segment::Key(_)) => true,
        (Data::Array(elements), Segment::Index(index)) => *index == elements.len(),
        _ => false,
    };
    if !fits || below.iter().any(|segment| matches!(segment, Segment::Index(1..))) {
        return Err(no_container());
    }
    let mut value = Value::Null;
    set(&mut value, below, Some(to));
    Ok(splice::add(document, &holder, first, &value))
}
