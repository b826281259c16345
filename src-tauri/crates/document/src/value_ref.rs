//! One value of a document, as it is written.

use std::ops::Range;

use serde_json::{Number, Value};

use crate::path::{Path, Segment};
use crate::tree::{Data, Item, Node, ValueKind};

/// A value of a document together with its place in the text. It is cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct ValueRef<'a> {
    text: &'a str,
    node: &'a Node,
    /// A member starts with its key.
    start: usize,
}

impl<'a> ValueRef<'a> {
    pub(crate) fn new(text: &'a str, node: &'a Node) -> Self {
        Self { text, node, start: node.span.start }
    }

    fn item(self, item: &'a Item) -> Self {
        Self { node: &item.node, start: item.body().start, ..self }
    }

    #[must_use]
    pub fn kind(self) -> ValueKind {
        self.node.kind()
    }

    #[must_use]
    pub fn is_object(self) -> bool {
        self.kind() == ValueKind::Object
    }

    #[must_use]
    pub fn is_array(self) -> bool {
        self.kind() == ValueKind::Array
    }

    /// Returns a member of an object. If a key is written twice, the last one counts.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Self> {
        self.node.member(key).map(|item| self.item(item))
    }

    /// Returns an element of an array.
    #[must_use]
    pub fn element(self, index: usize) -> Option<Self> {
        self.node.elements().get(index).map(|item| self.item(item))
    }

    /// Returns the value at a path that starts here.
    #[must_use]
    pub fn at(self, path: &Path) -> Option<Self> {
        path.segments().iter().try_fold(self, Self::step)
    }

    pub(crate) fn step(self, segment: &Segment) -> Option<Self> {
        self.node.item(segment).map(|item| self.item(item))
    }

    /// Returns the members of an object in the order of the text. If a key is written twice, only the last one is among them.
    pub fn members(self) -> impl Iterator<Item = (&'a str, Self)> {
        self.named(self.node.members().iter().filter(|item| !item.overridden))
    }

    /// Returns the members of an object in the order of the text, with every one of a key that is written twice.
    pub fn all_members(self) -> impl Iterator<Item = (&'a str, Self)> {
        self.named(self.node.members().iter())
    }

    fn named(self, items: impl Iterator<Item = &'a Item>) -> impl Iterator<Item = (&'a str, Self)> {
        items.filter_map(move |item| Some((item.name()?, self.item(item))))
    }

    /// Returns the elements of an array.
    pub fn elements(self) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        self.node.elements().iter().map(move |item| self.item(item))
    }

    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        if let Data::String(text) = &self.node.data { Some(text) } else { None }
    }

    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        if let Data::Bool(flag) = self.node.data { Some(flag) } else { None }
    }

    #[must_use]
    pub fn as_number(self) -> Option<&'a Number> {
        if let Data::Number(number) = &self.node.data { Some(number) } else { None }
    }

    #[must_use]
    pub fn as_f64(self) -> Option<f64> {
        self.as_number()?.as_f64()
    }

    #[must_use]
    pub fn as_u64(self) -> Option<u64> {
        self.as_number()?.as_u64()
    }

    /// Returns the value with everything in it.
    #[must_use]
    pub fn value(self) -> Value {
        self.node.value()
    }

    /// Returns the text of the value, without its key.
    #[must_use]
    pub fn source(self) -> &'a str {
        &self.text[self.span()]
    }

    /// Returns where the value is written, in bytes, without its key.
    #[must_use]
    pub fn span(self) -> Range<usize> {
        self.node.span.clone()
    }

    /// Returns where the value starts, in bytes; a member starts with its key.
    pub(crate) fn start(self) -> usize {
        self.start
    }
}

/// Numbers are compared by value (`1.0` is `1`), objects without regard to order.
impl PartialEq<Value> for ValueRef<'_> {
    fn eq(&self, other: &Value) -> bool {
        self.node.equals(other)
    }
}
