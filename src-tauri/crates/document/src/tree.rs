//! The parsed text: every value, key, comma and comment with its place.

use std::ops::Range;

use serde_json::{Number, Value};

use crate::path::Segment;
use crate::value::same_number;

/// A range of bytes of the text.
pub(crate) type Span = Range<usize>;

/// A value and where it is written, quotes and brackets included.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub span: Span,
    pub data: Data,
}

#[derive(Clone, Debug)]
pub(crate) enum Data {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Item>),
    Object(Vec<Item>),
}

/// The type of a JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

/// A member of an object or an element of an array.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// Elements have no key.
    pub key: Option<Key>,
    pub node: Node,
    /// Where the comma after it is.
    pub comma: Option<usize>,
    /// Whether a later member of the same object has the same key, so that this one does not count.
    pub overridden: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub name: String,
    /// Quotes included.
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Comment {
    /// Without the line end of a `//` comment.
    pub span: Span,
    /// `//`, not `/* */`.
    pub is_line: bool,
}

impl Node {
    pub fn kind(&self) -> ValueKind {
        match self.data {
            Data::Null => ValueKind::Null,
            Data::Bool(_) => ValueKind::Bool,
            Data::Number(_) => ValueKind::Number,
            Data::String(_) => ValueKind::String,
            Data::Array(_) => ValueKind::Array,
            Data::Object(_) => ValueKind::Object,
        }
    }

    /// Returns the members or elements in the order of the text, overridden members included. A scalar has none.
    pub fn items(&self) -> &[Item] {
        match &self.data {
            Data::Array(items) | Data::Object(items) => items,
            _ => &[],
        }
    }

    /// Returns the members of an object, overridden ones included.
    pub fn members(&self) -> &[Item] {
        if let Data::Object(items) = &self.data { items } else { &[] }
    }

    /// Returns the elements of an array.
    pub fn elements(&self) -> &[Item] {
        if let Data::Array(items) = &self.data { items } else { &[] }
    }

    /// Returns the item one step down. If a key is written twice, the last one counts.
    pub fn item(&self, segment: &Segment) -> Option<&Item> {
        match segment {
            Segment::Key(key) => self.member(key),
            Segment::Index(index) => self.elements().get(*index),
        }
    }

    pub fn member(&self, key: &str) -> Option<&Item> {
        self.members().iter().rev().find(|member| member.is_named(key))
    }

    pub fn is_container(&self) -> bool {
        matches!(self.data, Data::Array(_) | Data::Object(_))
    }

    /// Returns the text between the brackets.
    pub fn interior(&self) -> Span {
        self.span.start + 1..self.span.end - 1
    }

    /// Returns whether the node means a value. Numbers are compared by value (`1.0` is `1`), objects without regard to order.
    pub fn equals(&self, value: &Value) -> bool {
        match (&self.data, value) {
            (Data::Null, Value::Null) => true,
            (Data::Bool(flag), Value::Bool(other)) => flag == other,
            (Data::Number(number), Value::Number(other)) => same_number(number, other),
            (Data::String(text), Value::String(other)) => text == other,
            (Data::Array(items), Value::Array(elements)) => {
                items.len() == elements.len() && items.iter().zip(elements).all(|(item, element)| item.node.equals(element))
            }
            (Data::Object(items), Value::Object(members)) => {
                let equals = |item: &Item| members.get(item.name()?).map(|member| item.node.equals(member));
                let mut counted = items.iter().filter(|item| !item.overridden);
                counted.clone().count() == members.len() && counted.all(|item| equals(item) == Some(true))
            }
            _ => false,
        }
    }

    /// Returns the meaning of the node. Recursion is safe here: the parser limits the depth.
    pub fn value(&self) -> Value {
        match &self.data {
            Data::Null => Value::Null,
            Data::Bool(flag) => Value::Bool(*flag),
            Data::Number(number) => Value::Number(number.clone()),
            Data::String(text) => Value::String(text.clone()),
            Data::Array(items) => items.iter().map(|item| item.node.value()).collect(),
            Data::Object(items) => {
                Value::Object(items.iter().filter_map(|item| Some((item.name()?.to_owned(), item.node.value()))).collect())
            }
        }
    }
}

impl Item {
    pub fn name(&self) -> Option<&str> {
        self.key.as_ref().map(|key| key.name.as_str())
    }

    pub fn is_named(&self, name: &str) -> bool {
        self.name() == Some(name)
    }

    /// Returns the span from the key, if there is one, to the end of the value.
    pub fn body(&self) -> Span {
        self.key.as_ref().map_or(self.node.span.start, |key| key.span.start)..self.node.span.end
    }
}
