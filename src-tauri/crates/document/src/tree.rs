//! Where everything is written: the spans of values, keys, commas and comments, without their meaning.
//!
//! A large config has very many values, so what is kept of each is small: offsets of 32 bits, and all items of a text in one list.

use std::{borrow::Cow, cmp::Ordering, ops::Range};

use crate::parse::{bare_name, quoted};
use crate::style::quote_of;

/// A range of bytes of the text.
pub(crate) type Span = Range<usize>;

/// An offset that is none.
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Scalar,
    Object,
    Array,
}

/// All that is written in a text.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub root: Node,
    /// Those of one container stand together, in the order of the text; those of the containers in it stand before them.
    pub items: Vec<Item>,
    /// In the order of the text.
    pub comments: Vec<Comment>,
    /// Somewhere an object has a key twice, or had before an edit. Hardly any text has that.
    pub repeats: bool,
}

/// A written value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Node {
    pub kind: Kind,
    start: u32,
    end: u32,
    /// Its items among all: from the first, so many. Of a key written twice, both.
    first: u32,
    count: u32,
}

/// A member of an object or an element of an array.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Item {
    pub node: Node,
    key: (u32, u32),
    comma: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Comment {
    /// Without the line end of a `//` comment.
    pub span: Span,
    /// `//`, not `/* */`.
    pub to_line_end: bool,
}

impl Node {
    /// Of a text that is short enough: see [`crate::MAX_LENGTH`].
    pub fn new(kind: Kind, span: Span, items: Span) -> Self {
        Self { kind, start: short(span.start), end: short(span.end), first: short(items.start), count: short(items.len()) }
    }

    /// Brackets included.
    pub fn span(&self) -> Span {
        self.start as usize..self.end as usize
    }

    pub fn is_container(&self) -> bool {
        self.kind != Kind::Scalar
    }

    /// The text between the brackets.
    pub fn interior(&self) -> Span {
        self.start as usize + 1..self.end as usize - 1
    }

    /// So many places later its items stand; a scalar has none.
    fn later(&self, places: u32) -> u32 {
        if self.is_container() { places } else { 0 }
    }

    /// Where its items are among all.
    fn range(&self) -> Range<usize> {
        self.first as usize..self.first as usize + self.count as usize
    }
}

impl Item {
    /// Elements have no key. The span is that of the key, quotes included.
    pub fn new(key: Option<Span>, node: Node) -> Self {
        let key = key.map_or((NONE, NONE), |it| (short(it.start), short(it.end)));
        Self { key, node, comma: NONE }
    }

    pub fn key(&self) -> Option<Span> {
        (self.key.0 != NONE).then_some(self.key.0 as usize..self.key.1 as usize)
    }

    /// Where the comma after it is.
    pub fn comma(&self) -> Option<usize> {
        (self.comma != NONE).then_some(self.comma as usize)
    }

    pub fn set_comma(&mut self, at: usize) {
        self.comma = short(at);
    }

    /// The key, as it is meant.
    pub fn name<'a>(&self, text: &'a str) -> Option<Cow<'a, str>> {
        let written = &text[self.key()?];
        match quote_of(written) {
            Some(_) => quoted(written),
            // As it is written, but for escapes: it was read before.
            None if !written.bytes().any(|it| it == b'\\') => Some(Cow::Borrowed(written)),
            None => bare_name(written).map(|(name, _)| name),
        }
    }

    pub fn is_named(&self, name: &str, text: &str) -> bool {
        let Some(key) = self.key() else { return false };
        let written = &text.as_bytes()[key];
        let inner = if matches!(written.first(), Some(b'"' | b'\'')) { &written[1..written.len() - 1] } else { written };
        // A key with escapes is longer than what it means.
        match inner.len().cmp(&name.len()) {
            Ordering::Less => false,
            Ordering::Equal => inner == name.as_bytes() && !name.contains('\\'),
            Ordering::Greater => inner.contains(&b'\\') && self.name(text).is_some_and(|it| it == name),
        }
    }

    /// From the key, if it has one, to the end of the value.
    pub fn body(&self) -> Span {
        let start = if self.key.0 == NONE { self.node.start } else { self.key.0 };
        start as usize..self.node.end as usize
    }
}

impl Tree {
    /// In the order of the text; of a key written twice, both.
    pub fn items(&self, node: &Node) -> &[Item] {
        &self.items[node.range()]
    }

    /// This tree with another in the place of one container below the root. What follows in the text moves along.
    pub fn graft(&self, old: &Node, new: Tree) -> Tree {
        // Its items and those below it.
        let block = self.first_below(old)..old.range().end;
        let (longer, more) = (new.root.end.wrapping_sub(old.end), short(new.items.len()).wrapping_sub(short(block.len())));
        let moved = |at: u32| if at >= old.end && at != NONE { at.wrapping_add(longer) } else { at };
        let own = |node: Node| Node { first: node.first.wrapping_add(node.later(short(block.start))), ..node };
        let grafted = own(new.root);
        let other = |node: Node| match node {
            _ if node.start == old.start => grafted,
            // It closed before.
            _ if node.end <= old.start => node,
            _ => {
                let first = node.first.wrapping_add(node.later(more));
                Node { start: moved(node.start), end: moved(node.end), first, ..node }
            }
        };

        let mut items = Vec::with_capacity(self.items.len() - block.len() + new.items.len());
        items.extend_from_slice(&self.items[..block.start]);
        items.extend(new.items.into_iter().map(|item| Item { node: own(item.node), ..item }));
        items.extend(self.items[block.end..].iter().map(|item| Item {
            node: other(item.node),
            key: (moved(item.key.0), moved(item.key.1)),
            comma: moved(item.comma),
        }));

        let before = self.comments.partition_point(|it| it.span.start < old.start as usize);
        let after = self.comments.partition_point(|it| it.span.start < old.end as usize);
        let at = |offset: usize| offset - old.end as usize + new.root.end as usize;
        let mut comments = self.comments[..before].to_vec();
        comments.extend(new.comments);
        let later = self.comments[after..].iter();
        comments.extend(later.map(|it| Comment { span: at(it.span.start)..at(it.span.end), ..it.clone() }));
        Tree { root: other(self.root), items, comments, repeats: self.repeats || new.repeats }
    }

    /// The first of all items in a container and below.
    fn first_below(&self, node: &Node) -> usize {
        let inner = self.items(node).iter().find(|item| item.node.count > 0);
        inner.map_or(node.first as usize, |item| self.first_below(&item.node))
    }
}

/// Texts are short enough for it, and have no more items than bytes.
fn short(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(NONE)
}
