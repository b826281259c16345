//! Lossless JSON5 text: read a value at a path, edit it, keep every other byte.
//!
//! A [`Document`] is a text together with the values it means and the place where each of them is written. An edit is a
//! splice of the original text, so whatever is not edited (comments, order, quotes, line ends, a byte order mark) stays
//! by construction. Knows no key of OpenClaw, does no IO, reads no clock.

#![expect(clippy::result_large_err, reason = "a conflict carries both values, and is too rare to count bytes")]

mod align;
mod change;
mod curly;
mod edit;
mod error;
mod layout;
mod number;
mod parse;
mod path;
mod place;
mod rebuild;
mod rename;
mod style;
mod tree;

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
    sync::OnceLock,
};

pub use curly::straighten;
pub use edit::Edit;
pub use error::{EditError, ParseError, ParseErrorKind};
pub use path::{Path, Segment, Way};
pub use serde_json::Value;

use layout::Source;
use parse::Parsed;
use tree::{Comment, Node};

/// How many objects and arrays may sit in each other.
pub const MAX_DEPTH: usize = 200;

/// A JSON5 text and what it means.
#[derive(Clone, Debug)]
pub struct Document {
    text: String,
    root: Node,
    comments: Vec<Comment>,
    /// Made when it is first asked for: an edit does not need it, and for a large text it costs most of the time.
    value: OnceLock<Value>,
    /// Where each line but the first starts; made when a line is first asked for, so that asking for many is no sweep each.
    lines: OnceLock<Vec<usize>>,
}

impl Document {
    /// Reads a text. Its root may be any value.
    ///
    /// What JSON cannot say (`NaN`, `Infinity`) is read as null. Refused though it is JSON5, because it cannot be read
    /// with certainty: U+2028 in a `//` comment, a byte order mark after the first, accents as characters of their own
    /// in a key without quotes, halves of surrogate pairs, hexadecimal numbers beyond 128 bits.
    pub fn parse(text: &str) -> Result<Document, ParseError> {
        parse::parse(text).map(|parsed| Self::from_parsed(text.to_owned(), parsed))
    }

    /// The text exactly as given, a byte order mark and all.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the whole text means. Of a key written twice, the last counts.
    #[must_use]
    pub fn value(&self) -> &Value {
        self.value.get_or_init(|| self.root.value(&self.text))
    }

    #[must_use]
    pub fn get(&self, at: &Path) -> Option<&Value> {
        at.segments().iter().try_fold(self.value(), |value, segment| match segment {
            Segment::Key(key) => value.as_object()?.get(key),
            Segment::Index(index) => value.as_array()?.get(*index),
        })
    }

    /// The line, from 1, of the value; of a member, the line of its key.
    #[must_use]
    pub fn line(&self, at: &Path) -> Option<usize> {
        let (line, found) = self.place(at);
        found.then_some(line)
    }

    /// The line of the value, or else of the nearest one above it that exists.
    #[must_use]
    pub fn line_near(&self, at: &Path) -> usize {
        self.place(at).0
    }

    /// Where in the text the value is written, in bytes; of a member, from its key on.
    #[must_use]
    pub fn span(&self, at: &Path) -> Option<Range<usize>> {
        let (above, last) = (at.parent(), at.last());
        let Some((above, last)) = above.zip(last) else { return Some(self.root.span.clone()) };
        self.node(&above)?.item(last, &self.text).map(|(_, item)| item.body())
    }

    /// Where in the text the value itself is written, in bytes.
    #[must_use]
    pub fn value_span(&self, at: &Path) -> Option<Range<usize>> {
        self.node(at).map(|it| it.span.clone())
    }

    /// The keys written more than once in one object, each once, in the order of the text.
    #[must_use]
    pub fn duplicates(&self) -> Vec<Path> {
        let mut found = vec![];
        collect_duplicates(&self.root, &mut vec![], &self.text, &mut found);
        found
    }

    /// Whether readers of strict JSON read it too: no comments, no byte order mark, double quotes.
    #[must_use]
    pub fn is_strict_json(&self) -> bool {
        serde_json::from_str::<&serde_json::value::RawValue>(&self.text).is_ok()
    }

    /// Makes all edits, in order, or none. Each one meets the values that the ones before it left.
    ///
    /// An edit is skipped if `was` is `to`, or if the value is `to` already. Otherwise the value must be `was`. Numbers
    /// are compared by value, objects without regard to order. A missing value is inserted after the last member, with
    /// the objects that lead to it; an element only right after the last. A value that goes takes along the comment that
    /// follows it on its line and the comment lines directly above it, up to a blank line.
    pub fn apply(&self, edits: &[Edit]) -> Result<Document, EditError> {
        let mut edited: Option<Document> = None;
        for edit in edits {
            if let Some(next) = edit::apply(edited.as_ref().unwrap_or(self), edit)? {
                edited = Some(next);
            }
        }
        Ok(edited.unwrap_or_else(|| self.clone()))
    }

    fn from_parsed(text: String, Parsed { root, comments }: Parsed) -> Self {
        Self { text, root, comments, value: OnceLock::new(), lines: OnceLock::new() }
    }

    fn node(&self, at: &Path) -> Option<&Node> {
        let chain = self.root.walk(at, &self.text);
        chain.get(at.segments().len()).copied()
    }

    fn source(&self) -> Source<'_> {
        Source { text: &self.text, comments: &self.comments }
    }

    /// The line of the value or the nearest above it, and whether it is the value's.
    fn place(&self, at: &Path) -> (usize, bool) {
        let (mut node, mut offset) = (&self.root, self.root.span.start);
        for segment in at.segments() {
            let Some((_, item)) = node.item(segment, &self.text) else {
                return (self.line_at(offset), false);
            };
            (node, offset) = (&item.node, item.body().start);
        }
        (self.line_at(offset), true)
    }

    fn line_at(&self, offset: usize) -> usize {
        let starts = self.lines.get_or_init(|| place::line_starts(&self.text));
        1 + starts.partition_point(|start| *start <= offset)
    }
}

/// Objects of up to so many members are searched without a table: most are small, and a large config has many.
const FEW: usize = 16;

fn collect_duplicates(node: &Node, at: &mut Vec<Segment>, text: &str, found: &mut Vec<Path>) {
    let names: Vec<_> = node.items.iter().map(|item| item.name(text)).collect();
    // The earlier ones do not count, so what is in them has no path.
    let last: HashMap<_, _> = match names.len() {
        0..=FEW => HashMap::new(),
        _ => names.iter().enumerate().map(|(position, name)| (name, position)).collect(),
    };
    let is_overwritten = |position: usize| match &names[position] {
        None => false,
        name if names.len() <= FEW => names[position + 1..].contains(name),
        name => last.get(name) != Some(&position),
    };
    let mut told = HashSet::new();
    for (position, (item, name)) in node.items.iter().zip(&names).enumerate() {
        let overwritten = is_overwritten(position);
        if !overwritten && !item.node.is_container() {
            continue;
        }
        at.push(name.as_ref().map_or(Segment::Index(position), |name| name.as_ref().into()));
        if overwritten {
            found.extend(told.insert(name).then(|| at.iter().cloned().collect()));
        } else {
            collect_duplicates(&item.node, at, text, found);
        }
        at.pop();
    }
}
