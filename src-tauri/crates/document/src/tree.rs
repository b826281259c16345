//! Where everything is written: the spans of values, keys, commas and comments, without their meaning.

use std::{borrow::Cow, ops::Range};

use serde_json::Value;

use crate::{
    Path, Segment,
    number::same,
    parse::{bare_name, scalar},
    style::quote_of,
};

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
    /// The key, quotes included; elements have none.
    pub key: Option<Span>,
    pub node: Node,
    /// Where the comma after it is.
    pub comma: Option<usize>,
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
    pub fn item(&self, segment: &Segment, text: &str) -> Option<(usize, &Item)> {
        match (segment, self.kind) {
            (Segment::Key(name), Kind::Object) => {
                let position = self.items.iter().rposition(|item| item.is_named(name, text))?;
                Some((position, &self.items[position]))
            }
            (Segment::Index(index), Kind::Array) => Some((*index, self.items.get(*index)?)),
            _ => None,
        }
    }

    /// The chain of nodes from this one down along the path, as far as it exists; this one is the first.
    pub fn walk(&self, at: &Path, text: &str) -> Vec<&Node> {
        let mut chain = vec![self];
        let mut node = self;
        for segment in at.segments() {
            let Some((_, item)) = node.item(segment, text) else { break };
            node = &item.node;
            chain.push(node);
        }
        chain
    }

    /// What is written here. The depth of a node is limited, so this may recurse.
    pub fn value(&self, text: &str) -> Value {
        match self.kind {
            Kind::Scalar => scalar(&text[self.span.clone()]).unwrap_or_default(),
            Kind::Array => self.items.iter().map(|item| item.node.value(text)).collect(),
            Kind::Object => {
                let named = self.items.iter().filter_map(|item| Some((item.name(text)?.into_owned(), item.node.value(text))));
                Value::Object(named.collect())
            }
        }
    }

    /// Whether this means the same as another node of another text, member by member in the same order.
    pub fn same(&self, text: &str, other: &Node, other_text: &str) -> bool {
        let (written, other_written) = (&text[self.span.clone()], &other_text[other.span.clone()]);
        match self.kind {
            _ if self.kind != other.kind => false,
            Kind::Scalar => written == other_written || scalar(written) == scalar(other_written),
            _ => {
                self.items.len() == other.items.len() && {
                    let mut pairs = self.items.iter().zip(&other.items);
                    pairs.all(|(item, other)| item.same(text, other, other_text))
                }
            }
        }
    }

    /// Whether this means a value.
    pub fn means(&self, text: &str, value: &Value) -> bool {
        same(&self.value(text), value)
    }
}

impl Item {
    /// The key, as it is meant.
    pub fn name<'a>(&self, text: &'a str) -> Option<Cow<'a, str>> {
        let written = &text[self.key.clone()?];
        if quote_of(written).is_none() {
            return bare_name(written).map(|(name, _)| name);
        }
        if !written.contains('\\') {
            return Some(Cow::Borrowed(&written[1..written.len() - 1]));
        }
        match scalar(written) {
            Some(Value::String(name)) => Some(Cow::Owned(name)),
            _ => None,
        }
    }

    pub fn is_named(&self, name: &str, text: &str) -> bool {
        self.name(text).is_some_and(|it| it == name)
    }

    /// Whether key and value mean the same as those of an item of another text.
    pub fn same(&self, text: &str, other: &Item, other_text: &str) -> bool {
        self.name(text) == other.name(other_text) && self.node.same(text, &other.node, other_text)
    }

    /// From the key, if it has one, to the end of the value.
    pub fn body(&self) -> Span {
        let start = self.key.as_ref().map_or(self.node.span.start, |key| key.start);
        start..self.node.span.end
    }
}
