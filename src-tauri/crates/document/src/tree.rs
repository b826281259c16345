//! Where everything is written: the spans of values, keys, commas and comments, without their meaning.

use std::ops::Range;

use crate::{Path, Segment};

/// A range of bytes of the text.
pub(crate) type Span = Range<usize>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Scalar,
    Object,
    Array,
}

/// A written value.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub kind: Kind,
    /// Brackets included.
    pub span: Span,
    /// In the order of the text; of a key written twice, both.
    pub items: Vec<Item>,
}

/// A member of an object or an element of an array.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// Elements have none.
    pub key: Option<Key>,
    pub node: Node,
    /// Where the comma after it is.
    pub comma: Option<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// Quotes included.
    pub span: Span,
    pub name: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Comment {
    /// Without the line end of a `//` comment.
    pub span: Span,
    /// `//`, not `/* */`.
    pub to_line_end: bool,
}

impl Node {
    pub fn is_container(&self) -> bool {
        self.kind != Kind::Scalar
    }

    /// The text between the brackets.
    pub fn interior(&self) -> Span {
        self.span.start + 1..self.span.end - 1
    }

    /// The item that counts at this place, and its position among the items.
    pub fn item(&self, segment: &Segment) -> Option<(usize, &Item)> {
        match (segment, self.kind) {
            (Segment::Key(name), Kind::Object) => {
                let position = self.items.iter().rposition(|item| item.name() == Some(name))?;
                Some((position, &self.items[position]))
            }
            (Segment::Index(index), Kind::Array) => Some((*index, self.items.get(*index)?)),
            _ => None,
        }
    }

    /// The chain of nodes from this one down along the path, as far as it exists; this one is the first.
    pub fn walk(&self, at: &Path) -> Vec<&Node> {
        let mut chain = vec![self];
        let mut node = self;
        for segment in at.segments() {
            let Some((_, item)) = node.item(segment) else { break };
            node = &item.node;
            chain.push(node);
        }
        chain
    }
}

impl Item {
    pub fn name(&self) -> Option<&str> {
        self.key.as_ref().map(|key| key.name.as_str())
    }

    /// From the key, if it has one, to the end of the value.
    pub fn body(&self) -> Span {
        let start = self.key.as_ref().map_or(self.node.span.start, |key| key.span.start);
        start..self.node.span.end
    }
}
