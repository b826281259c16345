//! From a changed value to splices of the text, as few and as small as keeps every comment with its owner.

use std::collections::HashSet;

use crate::{
    Document, Path, Segment, Value,
    align::align,
    number::same,
    rebuild::{Slot, rebuild},
    source::Source,
    style::{Style, goes_inline, is_inline, line_indent, newline_of, quote_of},
    tree::{Kind, Node, Span},
};

/// A range of the text and what comes in its place.
pub(crate) type Splice = (Span, String);

/// The value at the path, which is `old`, becomes `new`.
pub(crate) fn replace(document: &Document, at: &Path, old: &Value, new: &Value) -> Vec<Splice> {
    let chain = document.source().walk(at);
    let mut splices = vec![];
    Change { source: document.source() }.diff(&chain, old, new, &mut splices);
    splices
}

/// A new member or last element of the container at `holder`.
pub(crate) fn add(document: &Document, holder: &Path, segment: &Segment, value: &Value) -> Vec<Splice> {
    let chain = document.source().walk(holder);
    let key = match segment {
        Segment::Key(key) => Some(key.as_str()),
        Segment::Index(_) => None,
    };
    let kept = chain.last().map_or(0, |node| document.source().items(node).len());
    let slots = (0..kept).map(|position| Planned::Keep { position, splices: vec![] });
    Change { source: document.source() }.relay(&chain, slots.chain([Planned::New { key, value }]).collect())
}

/// The value at the path goes; of a key written twice, both.
pub(crate) fn remove(document: &Document, at: &Path) -> Vec<Splice> {
    let mut chain = document.source().walk(at);
    chain.truncate(at.segments().len());
    let (Some(container), Some(segment)) = (chain.last(), at.last()) else { return vec![] };
    let kept = document.source().items(container).iter().enumerate().filter(|(position, item)| match segment {
        Segment::Key(key) => !item.is_named(key, &document.text),
        Segment::Index(index) => position != index,
    });
    let slots = kept.map(|(position, _)| Planned::Keep { position, splices: vec![] }).collect();
    Change { source: document.source() }.relay(&chain, slots)
}

/// A part of the text with these splices made. `None` if they overlap or reach beyond it.
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

struct Change<'a> {
    source: Source<'a>,
}

/// An item of a container to be, before it is written.
enum Planned<'v> {
    Keep { position: usize, splices: Vec<Splice> },
    New { key: Option<&'v str>, value: &'v Value },
}

impl Change<'_> {
    /// The last node of the chain from the root becomes `new`.
    fn diff(&self, chain: &[&Node], old: &Value, new: &Value, splices: &mut Vec<Splice>) {
        let Some(node) = chain.last() else { return };
        match (old, new) {
            _ if same(old, new) => {}
            (Value::Object(old), Value::Object(new)) => {
                let items = self.source.items(node);
                let mut plan = Vec::with_capacity(items.len());
                let mut below = HashSet::with_capacity(items.len());
                // From the end, as the last of a key is the one that counts.
                for (position, item) in items.iter().enumerate().rev() {
                    let name = item.name(self.source.text);
                    let Some((name, new)) = name.and_then(|name| new.get_key_value(name.as_ref())) else { continue };
                    let mut inner = vec![];
                    if below.insert(name.as_str())
                        && let Some(old) = old.get(name)
                    {
                        self.diff(&[chain, &[&item.node]].concat(), old, new, &mut inner);
                    }
                    plan.push(Planned::Keep { position, splices: inner });
                }
                plan.reverse();
                let added = new.iter().filter(|(key, _)| !old.contains_key(*key));
                plan.extend(added.map(|(key, value)| Planned::New { key: Some(key), value }));
                splices.extend(self.relay(chain, plan));
            }
            (Value::Array(old), Value::Array(new)) => {
                let plan = align(old, new).into_iter().zip(new).map(|(from, value)| match from {
                    Some(position) => {
                        let mut inner = vec![];
                        self.diff(
                            &[chain, &[&self.source.items(node)[position].node]].concat(),
                            &old[position],
                            value,
                            &mut inner,
                        );
                        Planned::Keep { position, splices: inner }
                    }
                    None => Planned::New { key: None, value },
                });
                splices.extend(self.relay(chain, plan.collect()));
            }
            (_, Value::String(text)) if let Some(quote) = quote_of(self.source.get(&node.span())) => {
                splices.push((node.span(), Style::quoted(text, quote)));
            }
            _ => {
                let style = Style::of(&chain[..chain.len().saturating_sub(1).max(1)], self.source);
                let inline = match chain {
                    [.., parent, _] => goes_inline(parent, new, self.source),
                    _ => false,
                };
                splices.push((node.span(), style.value(new, inline, &self.line_of(node))));
            }
        }
    }

    /// The last node of the chain gets these items.
    fn relay(&self, chain: &[&Node], plan: Vec<Planned>) -> Vec<Splice> {
        let Some(node) = chain.last() else { return vec![] };
        let stays = |(at, slot): (usize, &Planned)| matches!(slot, Planned::Keep { position, .. } if *position == at);
        if plan.len() == self.source.items(node).len() && plan.iter().enumerate().all(stays) {
            let inner = plan.into_iter().filter_map(|slot| match slot {
                Planned::Keep { splices, .. } => Some(splices),
                Planned::New { .. } => None,
            });
            return inner.flatten().collect();
        }
        let style = Style::of(chain, self.source);
        if self.source.items(node).is_empty() {
            return vec![self.fill(chain, &plan, &style)];
        }
        let slots: Vec<Slot> = plan.into_iter().map(|slot| self.slot(node, slot, &style)).collect();
        vec![(node.interior(), rebuild(node, &slots, self.source, &style))]
    }

    fn slot(&self, node: &Node, planned: Planned, style: &Style) -> Slot {
        match planned {
            Planned::Keep { position, splices } if splices.is_empty() => Slot::Keep { position, body: None },
            Planned::Keep { position, splices } => {
                let body = self.source.items(node)[position].body();
                Slot::Keep { position, body: splice(self.source.text, body, splices) }
            }
            Planned::New { key, value } => Slot::New(style.item(key, value, goes_inline(node, value, self.source), &style.line)),
        }
    }

    /// An empty container gets its first items.
    fn fill(&self, chain: &[&Node], plan: &[Planned], style: &Style) -> Splice {
        let Some(node) = chain.last() else { return (0..0, String::new()) };
        let new = plan.iter().filter_map(|slot| match slot {
            Planned::New { key, value } => Some((*key, *value)),
            Planned::Keep { .. } => None,
        });
        if self.source.get(&node.interior()).trim().is_empty() {
            // Nothing in it is worth keeping: write it as if it were new itself.
            let value = match node.kind {
                Kind::Array => new.map(|(_, value)| value.clone()).collect(),
                _ => Value::Object(new.filter_map(|(key, value)| Some((key?.to_owned(), value.clone()))).collect()),
            };
            let inline = match chain {
                [.., parent, _] => goes_inline(parent, &value, self.source),
                _ => false,
            };
            return (node.span(), style.value(&value, inline, &self.line_of(node)));
        }
        let inline = is_inline(node, self.source);
        let line = style.line_below_comments(node, self.source);
        let items: Vec<String> = new.map(|(key, value)| style.item(key, value, inline, &line)).collect();
        (node.interior(), style.fill(node, &items, &line, self.source))
    }

    /// The line end and indent of the line where a value starts.
    fn line_of(&self, node: &Node) -> String {
        format!("{}{}", newline_of(self.source.text), line_indent(self.source.text, node.span().start))
    }
}
