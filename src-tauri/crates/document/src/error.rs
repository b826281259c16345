//! Errors, worded for the person who owns the file.

use crate::path::Path;

/// Why a text is not a document, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct ParseError {
    /// The place in bytes from the start of the text, a byte order mark included.
    pub offset: usize,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    pub message: String,
    pub kind: ParseErrorKind,
}

/// The kinds of [`ParseError`] that a caller may want to treat differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseErrorKind {
    /// Typographic quotes, as word processors and web pages make them.
    CurlyQuote {
        /// The number of curly quotes in the text, outside comments and proper strings.
        count: usize,
        /// The lines that hold one, each once, in order.
        lines: Vec<usize>,
    },
    /// The text holds only white space and comments.
    Empty,
    /// Objects and arrays are nested deeper than [`MAX_DEPTH`](crate::MAX_DEPTH).
    TooDeep,
    Other,
}

/// Why an edit was not made. The document is unchanged.
///
/// The messages name places, never values: a value may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The value is not the one that the edit expects.
    #[error("{at} is not what it was when this change was made")]
    Conflict { at: Path },
    /// Nothing there can hold the value: a step of the path leads into a scalar, by key into an array, by index into an object, or
    /// past the end of an array.
    #[error("{at} cannot be set: {holder} cannot hold it")]
    NoContainer {
        at: Path,
        /// The part of the path that exists.
        holder: Path,
    },
    /// The edit makes no sense, or its result could not be parsed.
    #[error("{at} cannot be changed: {reason}")]
    Unsupported { at: Path, reason: String },
    /// The edited text does not mean what the edit asked for. This is a fault of this crate.
    #[error("the change of {at} would change the file in other ways too, so it was not made: {reason}")]
    Broken { at: Path, reason: String },
}
