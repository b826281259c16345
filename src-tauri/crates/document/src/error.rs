//! What can go wrong, told in words for the person who owns the file.

use std::fmt;

use serde_json::Value;

use crate::Path;

/// Why a text is not a document, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// In bytes from the start of the text, a byte order mark included.
    pub offset: usize,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    pub message: String,
    pub kind: ParseErrorKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseErrorKind {
    /// Typographic quotes, as word processors and web pages make them.
    CurlyQuote {
        /// All of them in the text, outside comments and proper strings.
        count: usize,
        /// The lines that hold one, each once, in order.
        lines: Vec<usize>,
    },
    /// Nothing but white space and comments.
    Empty,
    /// More than [`MAX_DEPTH`](crate::MAX_DEPTH) containers in each other.
    TooDeep,
    Other,
}

/// Why an edit was not made. Nothing was changed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum EditError {
    /// The value is no longer what the edit was made for.
    Conflict { at: Path, expected: Option<Value>, found: Option<Value> },
    /// Nothing there can hold the value: a step of the path leads into a scalar, by key into an array,
    /// by index into an object, or past the end of an array.
    NoContainer {
        at: Path,
        /// The part of the path that exists but cannot be entered as asked.
        holder: Path,
    },
    /// The edit makes no sense, or its result would be outside of what this crate can read back.
    Unsupported { at: Path, reason: String },
    /// The edited text did not read back as meant. A fault of this crate: it is told instead of written.
    Broken { at: Path, reason: String },
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for ParseError {}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EditError::Conflict { at, expected, found } => {
                write!(f, "{at} was changed by someone else: expected {}, found {}", Shown(expected), Shown(found))
            }
            EditError::NoContainer { at, holder } => {
                write!(f, "cannot reach {at}: {holder} has no such place")
            }
            EditError::Unsupported { at, reason } => write!(f, "cannot edit {at}: {reason}"),
            EditError::Broken { at, reason } => {
                write!(f, "the edit of {at} did not read back as meant, so nothing was changed: {reason}")
            }
        }
    }
}

impl std::error::Error for EditError {}

/// A value in an error message: as JSON, cut short.
struct Shown<'a>(&'a Option<Value>);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 60;
        let Some(value) = self.0 else {
            return f.write_str("nothing");
        };
        let text = value.to_string();
        match text.char_indices().nth(LONGEST) {
            Some((cut, _)) => write!(f, "{}…", &text[..cut]),
            None => f.write_str(&text),
        }
    }
}
