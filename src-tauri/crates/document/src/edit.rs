//! Applies edits: compare, find the smallest splices, splice, read back.

use crate::{
    Document, EditError, MAX_DEPTH, Path, Segment, Value,
    change::{self, Splice, splice},
    number::{depth, same},
    parse::parse,
};

/// One change of one value: applied only if the value still is what it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    pub at: Path,
    /// `None`: there was nothing.
    pub was: Option<Value>,
    /// `None`: remove it.
    pub to: Option<Value>,
}

/// The document after one edit; `None` if it is as meant already.
pub(crate) fn apply(document: &Document, edit: &Edit) -> Result<Option<Document>, EditError> {
    let found = document.get(&edit.at);
    if same_option(edit.was.as_ref(), edit.to.as_ref()) || same_option(found, edit.to.as_ref()) {
        return Ok(None);
    }
    if !same_option(found, edit.was.as_ref()) {
        let (at, expected, found) = (edit.at.clone(), edit.was.clone(), found.cloned());
        return Err(EditError::Conflict { at, expected, found });
    }
    let unsupported = |reason: &str| EditError::Unsupported { at: edit.at.clone(), reason: reason.to_owned() };
    let splices = match (&edit.to, found) {
        (Some(to), _) if edit.at.segments().len().saturating_add(depth(to, MAX_DEPTH)) > MAX_DEPTH => {
            return Err(unsupported(&format!("more than {MAX_DEPTH} objects and lists in each other")));
        }
        (None, _) if edit.at.is_root() => return Err(unsupported("the whole file cannot be removed")),
        (Some(to), Some(found)) => change::replace(document, &edit.at, found, to),
        (Some(to), None) => insert(document, &edit.at, to)?,
        (None, _) => change::remove(document, &edit.at),
    };
    read_back(document, edit, splices).map(Some)
}

/// Splits the path in what exists and what is to be made, and inserts that.
fn insert(document: &Document, at: &Path, to: &Value) -> Result<Vec<Splice>, EditError> {
    let existing = document.root.walk(at).len() - 1;
    let (holder, missing) = at.segments().split_at(existing);
    let holder: Path = holder.iter().cloned().collect();
    let no_container = || EditError::NoContainer { at: at.clone(), holder: holder.clone() };
    let Some((first, below)) = missing.split_first() else { return Err(no_container()) };
    let fits = match (document.get(&holder), first) {
        (Some(Value::Object(_)), Segment::Key(_)) => true,
        (Some(Value::Array(elements)), Segment::Index(index)) => *index == elements.len(),
        _ => false,
    };
    if !fits || below.iter().any(|segment| matches!(segment, Segment::Index(1..))) {
        return Err(no_container());
    }
    let value = below.iter().rev().fold(to.clone(), |value, segment| match segment {
        Segment::Key(key) => Value::Object([(key.clone(), value)].into_iter().collect()),
        Segment::Index(_) => Value::Array(vec![value]),
    });
    Ok(change::add(document, &holder, first, &value))
}

/// Parses the spliced text and checks that exactly what was meant has changed.
fn read_back(document: &Document, edit: &Edit, splices: Vec<Splice>) -> Result<Document, EditError> {
    let broken = |reason: String| EditError::Broken { at: edit.at.clone(), reason };
    let text = splice(&document.text, 0..document.text.len(), splices).ok_or_else(|| broken("splices overlap".into()))?;
    let parsed = parse(&text).map_err(|error| broken(error.to_string()))?;
    if !is_meant(Some(&document.value), Some(&parsed.value), edit.at.segments(), edit.to.as_ref()) {
        return Err(broken("other values would change too".into()));
    }
    Ok(Document::from_parsed(text, parsed))
}

/// Whether `new` is `old` with `to` at the path and no other difference.
fn is_meant(old: Option<&Value>, new: Option<&Value>, at: &[Segment], to: Option<&Value>) -> bool {
    let Some((segment, below)) = at.split_first() else {
        return same_option(new, to);
    };
    match (segment, old, new) {
        (Segment::Key(key), None | Some(Value::Object(_)), Some(Value::Object(new))) => {
            let old = old.and_then(Value::as_object);
            let others = old.map_or(0, |old| old.len() - usize::from(old.contains_key(key)));
            let kept = new.len() - usize::from(new.contains_key(key));
            kept == others
                && old.is_none_or(|old| {
                    let mut others = old.iter().filter(|(name, _)| *name != key);
                    others.all(|(name, value)| new.get(name).is_some_and(|it| same(it, value)))
                })
                && is_meant(old.and_then(|old| old.get(key)), new.get(key), below, to)
        }
        (Segment::Index(index), None | Some(Value::Array(_)), Some(Value::Array(new))) => {
            let old = old.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let equal = |a: &[Value], b: &[Value]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b));
            let (Some(before), Some(new_before)) = (old.get(..*index), new.get(..*index)) else { return false };
            let after = old.get(index + 1..).unwrap_or_default();
            if below.is_empty() && to.is_none() {
                return equal(before, new_before) && equal(after, &new[*index..]);
            }
            equal(before, new_before)
                && equal(after, new.get(index + 1..).unwrap_or_default())
                && is_meant(old.get(*index), new.get(*index), below, to)
        }
        _ => false,
    }
}

fn same_option(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => same(a, b),
        (None, None) => true,
        _ => false,
    }
}
