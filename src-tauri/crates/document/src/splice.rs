//! From a changed value to splices of the text: as few and as small as keep every comment with its item.

use serde_json::{Map, Value};

use crate::array_match::match_elements;
use crate::document::Document;
use crate::path::{Path, Segment};
use crate::rebuild::{Slot, rebuild};
use crate::style::{Style, goes_inline, is_inline, newline_of, quote_of, quoted};
use crate::tree::{Data, Node, Span};
use crate::value::same;

/// A range of the text and what comes in its place.
pub(crate) type Splice = (Span, String);

/// Replaces the value at a path, which is `old`.
pub(crate) fn replace(document: &Document, at: &Path, old: &Value, new: &Value) -> Vec<Splice> {
    diff(document, &document.chain(at), old, new)
}

/// Adds a member to the object at `holder`, or an element to the end of the array.
pub(crate) fn add(document: &Document, holder: &Path, segment: &Segment, value: &Value) -> Vec<Splice> {
    let chain = document.chain(holder);
    let key = match segment {
        Segment::Key(key) => Some(key.as_str()),
        Segment::Index(_) => None,
    };
    let count = chain.last().map_or(0, |container| container.items().len());
    let kept = (0..count).map(|position| Slot::Keep { position, body: None });
    arrange(document, &chain, kept.chain([Slot::New { key, value }]).collect())
}

/// Removes the value at a path, with every member of its key.
pub(crate) fn remove(document: &Document, at: &Path) -> Vec<Splice> {
    let mut chain = document.chain(at);
    chain.truncate(at.segments().len());
    let (Some(container), Some(segment)) = (chain.last(), at.last()) else { return vec![] };
    let kept = container.items().iter().enumerate().filter(|(position, item)| match segment {
        Segment::Key(key) => !item.is_named(key),
        Segment::Index(index) => position != index,
    });
    let slots = kept.map(|(position, _)| Slot::Keep { position, body: None }).collect();
    arrange(document, &chain, slots)
}

/// Makes splices in a part of a text. Returns `None` if they overlap or lie outside of it.
pub(crate) fn splice(text: &str, within: Span, mut splices: Vec<Splice>) -> Option<String> {
    splices.sort_by_key(|(span, _)| span.start);
    let mut out = String::with_capacity(within.len() + splices.iter().map(|(_, new)| new.len()).sum::<usize>());
    let mut from = within.start;
    for (span, new) in splices {
        out.push_str(text.get(from..span.start)?);
        out.push_str(&new);
        from = span.end;
    }
    out.push_str(text.get(from..within.end)?);
    Some(out)
}

/// Changes the last node of the chain, which is `old`, to `new`. The chain leads there from the root.
fn diff(document: &Document, chain: &[&Node], old: &Value, new: &Value) -> Vec<Splice> {
    let Some(node) = chain.last() else { return vec![] };
    match (old, new) {
        _ if same(old, new) => vec![],
        (Value::Object(old), Value::Object(new)) => arrange(document, chain, changed_members(document, chain, old, new)),
        (Value::Array(old), Value::Array(new)) => {
            let slots = match_elements(old, new).into_iter().zip(new).map(|(from, value)| match from {
                Some(position) => kept(document, chain, position, &old[position], value),
                None => Slot::New { key: None, value },
            });
            arrange(document, chain, slots.collect())
        }
        (_, Value::String(text)) if let Some(quote) = quote_of(document.slice(&node.span)) => {
            vec![(node.span.clone(), quoted(text, quote))]
        }
        _ => vec![overwrite(document, chain, new)],
    }
}

/// Returns the members of an object as they will be.
fn changed_members<'v>(
    document: &Document,
    chain: &[&Node],
    old: &Map<String, Value>,
    new: &'v Map<String, Value>,
) -> Vec<Slot<'v>> {
    let members = chain.last().map_or(&[][..], |object| object.members()).iter().enumerate();
    let kept = members.filter_map(|(position, member)| {
        let (old, new) = (old.get(member.name()?)?, new.get(member.name()?)?);
        Some(if member.overridden { Slot::Keep { position, body: None } } else { kept(document, chain, position, old, new) })
    });
    let added = new.iter().filter(|(key, _)| !old.contains_key(*key));
    kept.chain(added.map(|(key, value)| Slot::New { key: Some(key), value })).collect()
}

/// Keeps an item of the last node of the chain, with its value changed from `old` to `new`.
fn kept<'v>(document: &Document, chain: &[&Node], position: usize, old: &Value, new: &Value) -> Slot<'v> {
    let Some(item) = chain.last().and_then(|container| container.items().get(position)) else {
        return Slot::Keep { position, body: None };
    };
    let splices = diff(document, &[chain, &[&item.node]].concat(), old, new);
    let body = if splices.is_empty() { None } else { splice(&document.text, item.body(), splices) };
    Slot::Keep { position, body }
}

/// Gives the last node of the chain these items.
fn arrange(document: &Document, chain: &[&Node], slots: Vec<Slot>) -> Vec<Splice> {
    let Some(node) = chain.last() else { return vec![] };
    let items = node.items();
    let stays = |(index, slot): (usize, &Slot)| matches!(slot, Slot::Keep { position, .. } if *position == index);
    if slots.len() == items.len() && slots.iter().enumerate().all(stays) {
        let bodies = slots.into_iter().zip(items).filter_map(|(slot, item)| match slot {
            Slot::Keep { body, .. } => Some((item.body(), body?)),
            Slot::New { .. } => None,
        });
        return bodies.collect();
    }
    if items.is_empty() {
        return vec![fill(document, chain, &slots)];
    }
    vec![(node.interior(), rebuild(node, &slots, document, &Style::of(chain, document)))]
}

/// Gives an empty container its first items.
fn fill(document: &Document, chain: &[&Node], slots: &[Slot]) -> Splice {
    let Some(node) = chain.last() else { return (0..0, String::new()) };
    let new = slots.iter().filter_map(|slot| match slot {
        Slot::New { key, value } => Some((*key, *value)),
        Slot::Keep { .. } => None,
    });
    if document.slice(&node.interior()).trim().is_empty() {
        let value = match node.data {
            Data::Array(_) => new.map(|(_, value)| value.clone()).collect(),
            _ => Value::Object(new.filter_map(|(key, value)| Some((key?.to_owned(), value.clone()))).collect()),
        };
        return overwrite(document, chain, &value);
    }
    let style = Style::of(chain, document);
    let inline = is_inline(node, document);
    let line_break = style.break_below_comments(node, document);
    let items: Vec<String> = new.map(|(key, value)| style.item(key, value, inline, &line_break)).collect();
    (node.interior(), style.fill(node, &items, &line_break, document))
}

/// Writes a value in the place of the last node of the chain.
fn overwrite(document: &Document, chain: &[&Node], value: &Value) -> Splice {
    let [above @ .., node] = chain else { return (0..0, String::new()) };
    let inline = above.last().is_some_and(|parent| goes_inline(parent, value, document));
    let style = Style::of(if above.is_empty() { chain } else { above }, document);
    let line_break = format!("{}{}", newline_of(&document.text), document.line_indent(node.span.start));
    (node.span.clone(), style.value(value, inline, &line_break))
}
