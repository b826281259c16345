//! Applies edits: compare, find the smallest splices, splice, read back.

use crate::{
    Document, EditError, MAX_DEPTH, MAX_LENGTH, Path, Segment, Value, View,
    change::{self, Splice, splice},
    number::{depth, same},
    parse::{parse, parse_part},
    source::Source,
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
    let found = document.get(&edit.at).map(View::value);
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
    let chain = document.source().walk(at);
    let (above, missing) = at.segments().split_at(chain.len() - 1);
    let holder: Path = above.iter().cloned().collect();
    let no_container = || EditError::NoContainer { at: at.clone(), holder: holder.clone() };
    let (Some(node), Some((first, below))) = (chain.last(), missing.split_first()) else { return Err(no_container()) };
    let fits = match (node.kind, first) {
        (Kind::Object, Segment::Key(_)) => true,
        (Kind::Array, Segment::Index(index)) => *index == document.source().items(node).len(),
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

/// Reads the spliced text and checks that exactly what was meant has changed.
fn read_back(document: &Document, edit: &Edit, splices: Vec<Splice>) -> Result<Document, EditError> {
    let broken = |reason: String| EditError::Broken { at: edit.at.clone(), reason };
    let edited = document.spliced(&edit.at, splices).map_err(broken)?;
    let becomes = |_: Option<&Node>, new: Option<&Node>| match (new, &edit.to) {
        (Some(new), Some(to)) => edited.source().means(new, to),
        (None, None) => true,
        _ => false,
    };
    if only_differs(document, &edited, &edit.at, edit.to.is_none(), &becomes) {
        Ok(edited)
    } else {
        Err(broken("other values would change too".into()))
    }
}

impl Document {
    /// The document with splices made in and around the value at a path.
    ///
    /// Only the nearest container that holds them all is read again: if that reads as one container by itself, the text around it
    /// reads as it did.
    pub(crate) fn spliced(&self, at: &Path, splices: Vec<Splice>) -> Result<Document, String> {
        let (from, to) = splices.iter().fold((usize::MAX, 0), |(from, to), (span, _)| (from.min(span.start), to.max(span.end)));
        let text = splice(&self.text, 0..self.text.len(), splices).ok_or("splices overlap")?;
        let chain = self.source().walk(at);
        let holds = |node: &Node| node.is_container() && node.interior().start <= from && to <= node.interior().end;
        let tree = match chain.iter().rposition(|it| holds(it)) {
            Some(depth @ 1..) if text.len() <= MAX_LENGTH => {
                let holder = chain[depth];
                let span = holder.span();
                let end = text.len() - (self.text.len() - span.end);
                parse_part(&text, span.start..end, depth).map(|part| self.tree.graft(holder, part))
            }
            _ => parse(&text),
        };
        tree.map(|tree| Document::of(text, tree)).map_err(|error| error.to_string())
    }
}

/// Whether two documents differ at the path alone, and there as they should. `gone`: what was there was taken out.
pub(crate) fn only_differs(
    old: &Document,
    new: &Document,
    at: &Path,
    gone: bool,
    there: &dyn Fn(Option<&Node>, Option<&Node>) -> bool,
) -> bool {
    let comparison = Comparison { old: old.source(), new: new.source(), gone, there };
    comparison.only_differs(Some(&old.tree.root), Some(&new.tree.root), at.segments())
}

struct Comparison<'a> {
    old: Source<'a>,
    new: Source<'a>,
    gone: bool,
    there: &'a dyn Fn(Option<&Node>, Option<&Node>) -> bool,
}

impl<'a> Comparison<'a> {
    fn only_differs(&self, old: Option<&Node>, new: Option<&Node>, at: &[Segment]) -> bool {
        let Some((segment, below)) = at.split_first() else { return (self.there)(old, new) };
        let kind = match segment {
            Segment::Key(_) => Kind::Object,
            Segment::Index(_) => Kind::Array,
        };
        let Some(new) = new.filter(|new| new.kind == kind && old.is_none_or(|old| old.kind == kind)) else { return false };
        let (old_items, new_items) = (old.map_or(&[][..], |old| self.old.items(old)), self.new.items(new));
        let old_at = old.and_then(|old| self.old.item(old, segment));
        let new_at = self.new.item(new, segment);
        let goes = self.gone && below.is_empty();
        let others_stay = match segment {
            Segment::Key(key) => {
                let old_others = old_items.iter().filter(|item| !item.is_named(key, self.old.text));
                let new_others = new_items.iter().filter(|item| !item.is_named(key, self.new.text));
                self.all_same(old_others, new_others)
            }
            Segment::Index(index) => {
                // The one that is removed leaves its place to the next.
                let old_others = old_items.iter().enumerate().filter(|(position, _)| position != index);
                let new_others = new_items.iter().enumerate().filter(|(position, _)| goes || position != index);
                self.all_same(old_others.map(|(_, item)| item), new_others.map(|(_, item)| item))
            }
        };
        if goes {
            return others_stay && (kind == Kind::Array || new_at.is_none()) && new_items.len() < old_items.len();
        }
        let node = |item: Option<(usize, &'a Item)>| item.map(|(_, item)| &item.node);
        others_stay && self.only_differs(node(old_at), node(new_at), below)
    }

    fn all_same<'n>(&self, mut old: impl Iterator<Item = &'n Item>, mut new: impl Iterator<Item = &'n Item>) -> bool {
        loop {
            match (old.next(), new.next()) {
                (Some(old), Some(new)) if self.old.same_item(old, self.new, new) => {}
                (None, None) => return true,
                _ => return false,
            }
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
