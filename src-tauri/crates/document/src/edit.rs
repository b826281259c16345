//! Applies edits: compare, find the smallest splices, splice, read back.

use crate::{
    Document, EditError, MAX_DEPTH, Path, Segment, Value,
    change::{self, Splice, splice},
    number::{depth, same},
    parse::parse,
    tree::{Item, Kind, Node},
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
    if same_option(edit.was.as_ref(), edit.to.as_ref()) {
        return Ok(None);
    }
    let found = document.node(&edit.at).map(|node| node.value(&document.text));
    if same_option(found.as_ref(), edit.to.as_ref()) {
        return Ok(None);
    }
    if !same_option(found.as_ref(), edit.was.as_ref()) {
        return Err(EditError::Conflict { at: edit.at.clone(), expected: edit.was.clone(), found });
    }
    let unsupported = |reason: &str| EditError::Unsupported { at: edit.at.clone(), reason: reason.to_owned() };
    let splices = match (&edit.to, &found) {
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
    let chain = document.root.walk(at, &document.text);
    let (above, missing) = at.segments().split_at(chain.len() - 1);
    let holder: Path = above.iter().cloned().collect();
    let no_container = || EditError::NoContainer { at: at.clone(), holder: holder.clone() };
    let (Some(node), Some((first, below))) = (chain.last(), missing.split_first()) else { return Err(no_container()) };
    let fits = match (node.kind, first) {
        (Kind::Object, Segment::Key(_)) => true,
        (Kind::Array, Segment::Index(index)) => *index == node.items.len(),
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
    let texts = (document.text.as_str(), text.as_str());
    if !is_meant(Some(&document.root), Some(&parsed.root), texts, edit.at.segments(), edit.to.as_ref()) {
        return Err(broken("other values would change too".into()));
    }
    Ok(Document::from_parsed(text, parsed))
}

/// Whether `new` is `old` with `to` at the path and no other difference.
fn is_meant(old: Option<&Node>, new: Option<&Node>, texts: (&str, &str), at: &[Segment], to: Option<&Value>) -> bool {
    let Some((segment, below)) = at.split_first() else {
        return match (new, to) {
            (Some(new), Some(to)) => new.means(texts.1, to),
            (None, None) => true,
            _ => false,
        };
    };
    let kind = match segment {
        Segment::Key(_) => Kind::Object,
        Segment::Index(_) => Kind::Array,
    };
    let Some(new) = new.filter(|new| new.kind == kind && old.is_none_or(|old| old.kind == kind)) else { return false };
    let old_items = old.map_or(&[][..], |old| &old.items);
    let step = |node: &'_ Node, text: &str| node.item(segment, text).map(|(position, _)| position);
    let (old_at, new_at) = (old.and_then(|old| step(old, texts.0)), step(new, texts.1));
    let others_stay = match segment {
        Segment::Key(key) => {
            let old_others = old_items.iter().filter(|item| !item.is_named(key, texts.0));
            let new_others = new.items.iter().filter(|item| !item.is_named(key, texts.1));
            all_same(old_others, new_others, texts)
        }
        Segment::Index(index) => {
            // The one that is removed leaves its place to the next.
            let removed = below.is_empty() && to.is_none();
            let old_others = old_items.iter().enumerate().filter(|(position, _)| position != index);
            let new_others = new.items.iter().enumerate().filter(|(position, _)| removed || position != index);
            all_same(old_others.map(|(_, item)| item), new_others.map(|(_, item)| item), texts)
        }
    };
    if below.is_empty() && to.is_none() {
        let gone = kind == Kind::Array || new_at.is_none();
        return others_stay && gone && new.items.len() < old_items.len();
    }
    let old = old_at.and_then(|position| old_items.get(position)).map(|item| &item.node);
    let new = new_at.and_then(|position| new.items.get(position)).map(|item| &item.node);
    others_stay && is_meant(old, new, texts, below, to)
}

fn all_same<'n>(mut old: impl Iterator<Item = &'n Item>, mut new: impl Iterator<Item = &'n Item>, texts: (&str, &str)) -> bool {
    loop {
        match (old.next(), new.next()) {
            (Some(old), Some(new)) if old.same(texts.0, new, texts.1) => {}
            (None, None) => return true,
            _ => return false,
        }
    }
}

fn same_option(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => same(a, b),
        (None, None) => true,
        _ => false,
    }
}
