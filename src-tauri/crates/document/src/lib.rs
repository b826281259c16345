//! Lossless JSON5 text: read a value at a path, edit it, keep every other byte.
//!
//! A [`Document`] is a text together with the place where each of its values is written; what they mean is read from
//! there when it is asked for, through a [`View`]. An edit is a splice of the original text, so whatever is not edited (comments, order, quotes, line ends, a byte order mark) stays
//! by construction. Knows no key of OpenClaw, does no IO, reads no clock.

#![expect(clippy::result_large_err, reason = "a conflict carries both values, and is too rare to count bytes")]

mod align;
mod change;
mod curly;
mod edit;
mod error;
mod fingerprint;
mod layout;
mod number;
mod parse;
mod path;
mod place;
mod rebuild;
mod rename;
mod source;
mod style;
mod tree;
mod view;

use std::{collections::HashSet, ops::Range, sync::OnceLock};

pub use curly::straighten;
pub use edit::Edit;
pub use error::{EditError, ParseError, ParseErrorKind};
pub use fingerprint::Fingerprint;
pub use path::{Path, PathRef, Segment};
pub use serde_json::Value;
pub use view::{Sort, View};

use source::Source;
use tree::Tree;

/// How many objects and arrays may sit in each other.
pub const MAX_DEPTH: usize = 200;
/// How many bytes a text may have.
pub const MAX_LENGTH: usize = 256 << 20;

/// A JSON5 text that was read.
#[derive(Clone, Debug)]
pub struct Document {
    text: String,
    tree: Tree,
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
        Self::read(text.to_owned())
    }

    /// The same of a text that is not needed elsewhere.
    pub fn read(text: String) -> Result<Document, ParseError> {
        let tree = parse::parse(&text)?;
        Ok(Self::of(text, tree))
    }

    /// The text exactly as given, a byte order mark and all.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole of it.
    #[must_use]
    pub fn root(&self) -> View<'_> {
        View::of(self.source(), &self.tree.root)
    }

    /// What the whole text means. Of a key written twice, the last counts.
    #[must_use]
    pub fn value(&self) -> Value {
        self.root().value()
    }

    #[must_use]
    pub fn get(&self, at: &Path) -> Option<View<'_>> {
        self.root().below(at)
    }

    /// The line, from 1, of the value; of a member, the line of its key.
    #[must_use]
    pub fn line(&self, at: &Path) -> Option<usize> {
        self.get(at).map(|it| self.line_of(it))
    }

    /// The line of the value, or else of the nearest one above it that exists.
    #[must_use]
    pub fn line_near(&self, at: &Path) -> usize {
        let mut nearest = self.root();
        for segment in at.segments() {
            let Some(next) = nearest.step(segment) else { break };
            nearest = next;
        }
        self.line_of(nearest)
    }

    /// The line, from 1, of a place in bytes.
    #[must_use]
    pub fn line_at(&self, offset: usize) -> usize {
        1 + self.line_starts().partition_point(|start| *start <= offset)
    }

    /// How many lines the text has; a line end at its end begins no other.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.line_starts().len() + usize::from(!self.text.is_empty() && !self.text.ends_with(['\n', '\r']))
    }

    /// The line, from 1, of a value of this document; of a member, the line of its key.
    #[must_use]
    pub fn line_of(&self, value: View<'_>) -> usize {
        self.line_at(value.start())
    }

    /// Where in the text the value is written, in bytes; of a member, from its key on.
    #[must_use]
    pub fn span(&self, at: &Path) -> Option<Range<usize>> {
        self.get(at).map(|it| it.start()..it.span().end)
    }

    /// The keys written more than once in one object, each once, in the order of the text.
    #[must_use]
    pub fn duplicates(&self) -> Vec<Path> {
        let mut found = vec![];
        if !self.tree.repeats {
            return found;
        }
        collect_duplicates(self.root(), &PathRef::root(), &mut found);
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

    fn of(text: String, tree: Tree) -> Self {
        Self { text, tree, lines: OnceLock::new() }
    }

    fn source(&self) -> Source<'_> {
        Source { text: &self.text, tree: &self.tree }
    }

    fn line_starts(&self) -> &[usize] {
        self.lines.get_or_init(|| place::line_starts(&self.text))
    }
}

/// Two are equal if their texts are, and all is found at the same places in them.
impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        let Tree { root, items, comments, .. } = &self.tree;
        self.text == other.text && (root, items, comments) == (&other.tree.root, &other.tree.items, &other.tree.comments)
    }
}

fn collect_duplicates(value: View<'_>, at: &PathRef<'_>, found: &mut Vec<Path>) {
    if value.is_array() {
        value.elements().enumerate().for_each(|(i, it)| collect_duplicates(it, &at.index(i), found));
        return;
    }
    let overwritten = value.overwritten();
    let mut told = HashSet::new();
    for (position, (name, member)) in value.all().enumerate() {
        let name = name.unwrap_or_default();
        if !overwritten.contains(&position) {
            collect_duplicates(member, &at.key(&name), found);
        } else if told.insert(name.clone()) {
            // What is in it has no path: it does not count.
            found.push(at.key(&name).to_path());
        }
    }
}
