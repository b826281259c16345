//! A look at one value as it is written. A [`Value`] is made only of what is asked for: to make one of a whole large text costs more
//! than to read it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use serde_json::{Number, Value};

use crate::{
    Path, Segment,
    parse::{quoted, scalar},
    source::Source,
    style::quote_of,
    tree::{Item, Kind, Node},
};

/// A value as it is written in a document. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    source: Source<'a>,
    node: &'a Node,
    /// Of its key, if it has one.
    start: usize,
}

/// What sort of value stands somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Null,
    Flag,
    Number,
    Text,
    Array,
    Object,
}

impl<'a> View<'a> {
    pub(crate) fn of(source: Source<'a>, node: &'a Node) -> Self {
        View { source, node, start: node.span().start }
    }

    fn item(self, item: &'a Item) -> Self {
        View { node: &item.node, start: item.body().start, ..self }
    }

    #[must_use]
    pub fn sort(self) -> Sort {
        let written = self.written();
        match self.node.kind {
            Kind::Object => Sort::Object,
            Kind::Array => Sort::Array,
            Kind::Scalar if quote_of(written).is_some() => Sort::Text,
            Kind::Scalar if matches!(written, "true" | "false") => Sort::Flag,
            Kind::Scalar if self.as_number().is_some() => Sort::Number,
            Kind::Scalar => Sort::Null,
        }
    }

    #[must_use]
    pub fn is_object(self) -> bool {
        self.node.kind == Kind::Object
    }

    #[must_use]
    pub fn is_array(self) -> bool {
        self.node.kind == Kind::Array
    }

    /// It is a text, or one may be in it.
    #[must_use]
    pub fn can_hold_text(self) -> bool {
        self.is_container() || quote_of(self.written()).is_some()
    }

    pub(crate) fn is_container(self) -> bool {
        self.node.is_container()
    }

    /// A member of an object. Of a key written twice, the last counts.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Self> {
        self.source.member(self.node, key).map(|(_, item)| self.item(item))
    }

    #[must_use]
    pub fn below(self, at: &Path) -> Option<Self> {
        at.segments().iter().try_fold(self, View::step)
    }

    /// The members of an object that count, in the order of the text. None, if it is no object.
    pub fn members(self) -> impl Iterator<Item = (Cow<'a, str>, Self)> {
        let repeated = if self.source.tree.repeats { self.overwritten() } else { HashSet::new() };
        let counted = self.all().enumerate().filter(move |it| !repeated.contains(&it.0));
        counted.filter_map(|(_, (name, it))| Some((name?, it)))
    }

    /// The positions of members that another of the same name follows.
    pub(crate) fn overwritten(self) -> HashSet<usize> {
        let mut last = HashMap::new();
        let named = self.all().enumerate().filter_map(|(position, (name, _))| Some((name?, position)));
        named.filter_map(|(name, position)| last.insert(name, position)).collect()
    }

    #[must_use]
    pub fn element(self, index: usize) -> Option<Self> {
        self.step(&Segment::Index(index))
    }

    /// The elements of an array. None, if it is no array.
    pub fn elements(self) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        let items = if self.is_array() { self.source.items(self.node) } else { &[] };
        items.iter().map(move |it| self.item(it))
    }

    /// All that is written in an object or array: of a key written twice, both.
    pub fn all(self) -> impl Iterator<Item = (Option<Cow<'a, str>>, Self)> {
        self.source.items(self.node).iter().map(move |it| (it.name(self.source.text), self.item(it)))
    }

    #[must_use]
    pub fn as_str(self) -> Option<Cow<'a, str>> {
        let written = self.written();
        quote_of(written).and_then(|_| quoted(written))
    }

    /// Whether it is this text.
    #[must_use]
    pub fn is(self, text: &str) -> bool {
        self.as_str().is_some_and(|it| it == text)
    }

    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.written() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    #[must_use]
    pub fn as_f64(self) -> Option<f64> {
        self.as_number()?.as_f64()
    }

    #[must_use]
    pub fn as_u64(self) -> Option<u64> {
        self.as_number()?.as_u64()
    }

    /// What it means, all of it.
    #[must_use]
    pub fn value(self) -> Value {
        self.source.value(self.node)
    }

    /// As it is written.
    #[must_use]
    pub fn written(self) -> &'a str {
        self.source.get(&self.span())
    }

    /// Where it is written, in bytes; without its key.
    #[must_use]
    pub fn span(self) -> Range<usize> {
        self.node.span()
    }

    /// Where it starts, in bytes; a member with its key.
    pub(crate) fn start(self) -> usize {
        self.start
    }

    pub(crate) fn step(self, segment: &Segment) -> Option<Self> {
        self.source.item(self.node, segment).map(|(_, item)| self.item(item))
    }

    #[must_use]
    pub fn as_number(self) -> Option<Number> {
        let written = self.written();
        if self.is_container() || quote_of(written).is_some() {
            return None;
        }
        match scalar(written) {
            Some(Value::Number(number)) => Some(number),
            _ => None,
        }
    }
}
