//! Lossless JSON5 text: read a value at a path, edit it, keep every other byte.
//!
//! A [`Document`] is a text together with its tree. A [`ValueRef`] is one value in it. An [`Edit`] is a splice of the text, so what is not
//! edited stays as it is: comments, order, quotes, line ends, a byte order mark. New text is written in the style of the text around it.
//!
//! ```
//! use document::{Document, Edit, path};
//!
//! let document = Document::parse("{\n  port: 18789, // the default\n}\n")?;
//! assert_eq!(document.get(&path!["port"]).and_then(|port| port.as_u64()), Some(18789));
//!
//! let move_port = Edit { at: path!["port"], was: Some(18789.into()), to: Some(8080.into()) };
//! let add_mode = Edit { at: path!["auth", "mode"], was: None, to: Some("token".into()) };
//! let edited = document.apply(&[move_port, add_mode])?;
//! assert_eq!(edited.text(), "{\n  port: 8080, // the default\n  auth: {\n    mode: \"token\",\n  },\n}\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Limits
//!
//! - Objects and arrays may be nested [`MAX_DEPTH`] deep.
//! - JSON has no `NaN` and no `Infinity`: they are read as null.
//! - Some JSON5 is refused, because it cannot be read with certainty: U+2028 in a `//` comment, a byte order mark after the start,
//!   combining accents in a key without quotes, halves of surrogate pairs, hexadecimal numbers beyond 128 bits.
//! - An element can be added only at the end of an array; to insert or reorder elements, replace the array.
//! - Every edit parses the whole text again: 1 MB takes some 10 ms. The length of a text is the caller's to limit.
//!
//! # Modules
//!
//! Each module uses only those above it: `path`, `lines`, `error`, `value`, `curly_quotes`, `tree`, `parse`, `value_ref`, `document`,
//! `layout`, `style`, `rebuild`, `array_match`, `splice`, `edit`, `rename`.

mod array_match;
mod curly_quotes;
mod document;
mod edit;
mod error;
mod layout;
mod lines;
mod parse;
mod path;
mod rebuild;
mod rename;
mod splice;
mod style;
mod tree;
mod value;
mod value_ref;

pub use document::{Document, straighten_quotes};
pub use edit::Edit;
pub use error::{EditError, ParseError, ParseErrorKind};
pub use parse::MAX_DEPTH;
pub use path::{Path, PathRef, Segment};
pub use serde_json::Value;
pub use tree::ValueKind;
pub use value_ref::ValueRef;
