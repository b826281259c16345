//! A document: the text, its tree, and what can be asked of both.

use std::collections::HashSet;
use std::ops::Range;

use serde_json::{Value, value::RawValue};

use crate::curly_quotes;
use crate::error::ParseError;
use crate::lines::Lines;
use crate::parse::{Parsed, parse};
use crate::path::{Path, PathRef};
use crate::tree::{Comment, Node, Span};
use crate::value_ref::ValueRef;

/// A JSON5 text and where each of its values is written.
#[derive(Clone, Debug)]
pub struct Document {
    pub(crate) text: String,
    pub(crate) root: Node,
    pub(crate) lines: Lines,
    /// In the order of the text.
    comments: Vec<Comment>,
}

impl Document {
    /// Parses a text. Its root may be any value.
    ///
    /// # Errors
    /// When the text is not JSON5, or is JSON5 beyond the [limits](crate#limits) of this crate.
    pub fn parse(text: impl Into<String>) -> Result<Document, ParseError> {
        let text = text.into();
        let Parsed { root, comments } = parse(&text)?;
        Ok(Self { lines: Lines::of(&text), text, root, comments })
    }

    /// Returns the text exactly as given, byte order mark included.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    #[must_use]
    pub fn root(&self) -> ValueRef<'_> {
        ValueRef::new(&self.text, &self.root)
    }

    /// Returns the meaning of the whole text. If a key is written twice, the last one counts.
    #[must_use]
    pub fn value(&self) -> Value {
        self.root.value()
    }

    #[must_use]
    pub fn get(&self, at: &Path) -> Option<ValueRef<'_>> {
        self.root().at(at)
    }

    /// Returns the line, from 1, of a value; of a member, the line of its key.
    #[must_use]
    pub fn line(&self, at: &Path) -> Option<usize> {
        self.get(at).map(|value| self.line_of(value))
    }

    /// Returns the line of a value, or of the nearest one above it that exists.
    #[must_use]
    pub fn nearest_line(&self, at: &Path) -> usize {
        let mut nearest = self.root();
        for segment in at.segments() {
            let Some(next) = nearest.step(segment) else { break };
            nearest = next;
        }
        self.line_of(nearest)
    }

    /// Returns the line, from 1, of a place in bytes.
    #[must_use]
    pub fn line_at(&self, offset: usize) -> usize {
        self.lines.line(offset)
    }

    /// Returns how many lines the text has. A line end at its end starts no other line.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.lines.count()
    }

    /// Returns the line, from 1, of a value of this document; of a member, the line of its key.
    #[must_use]
    pub fn line_of(&self, value: ValueRef<'_>) -> usize {
        self.line_at(value.start())
    }

    /// Returns where a value is written, in bytes; a member starts with its key.
    #[must_use]
    pub fn span(&self, at: &Path) -> Option<Range<usize>> {
        self.get(at).map(|value| value.start()..value.span().end)
    }

    /// Returns the keys that are written more than once in one object, each once, in the order of the text.
    #[must_use]
    pub fn duplicates(&self) -> Vec<Path> {
        let mut found = vec![];
        collect_duplicates(&self.root, &PathRef::root(), &mut found);
        found
    }

    /// Returns whether strict JSON parsers can read the text: no comments, no byte order mark, double quotes.
    #[must_use]
    pub fn is_strict_json(&self) -> bool {
        serde_json::from_str::<&RawValue>(&self.text).is_ok()
    }

    pub(crate) fn slice(&self, span: &Span) -> &str {
        &self.text[span.clone()]
    }

    /// Returns where the comments are, in the order of the text, with the marks around them.
    pub fn comments(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.comments.iter().map(|comment| comment.span.clone())
    }

    pub(crate) fn comments_in(&self, span: &Span) -> &[Comment] {
        let from = self.comments.partition_point(|comment| comment.span.start < span.start);
        let count = self.comments[from..].partition_point(|comment| comment.span.end <= span.end);
        &self.comments[from..from + count]
    }

    /// Returns the nodes along a path as far as it exists, from the root.
    pub(crate) fn chain(&self, at: &Path) -> Vec<&Node> {
        let mut chain = vec![&self.root];
        let mut node = &self.root;
        for segment in at.segments() {
            let Some(item) = node.item(segment) else { break };
            node = &item.node;
            chain.push(node);
        }
        chain
    }
}

/// Replaces curly quotes by straight ones, if that makes the text a document.
#[must_use]
pub fn straighten_quotes(text: &str) -> Option<String> {
    curly_quotes::straighten(text).filter(|straight| parse(straight).is_ok())
}

/// An overridden member is not searched: what is in it does not count and has no path.
fn collect_duplicates(node: &Node, at: &PathRef<'_>, found: &mut Vec<Path>) {
    for (index, element) in node.elements().iter().enumerate() {
        collect_duplicates(&element.node, &at.index(index), found);
    }
    let mut reported = HashSet::new();
    for member in node.members() {
        let Some(name) = member.name() else { continue };
        if !member.overridden {
            collect_duplicates(&member.node, &at.key(name), found);
        } else if reported.insert(name) {
            found.push(at.key(name).to_path());
        }
    }
}
