//! Reads the config file once, and says what it found in the domain's terms.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use document::{Document, ParseError, ParseErrorKind};
use domain::{BadText, FileEvent};
use sha2::{Digest, Sha256};

use super::Source;

/// A config larger than this is none.
const MOST_BYTES: u64 = 32 << 20;
/// Lines shown before and after the one with the fault.
const AROUND: usize = 2;
/// A longer line is cut in the excerpt.
const LINE: usize = 160;

/// The text of the file, or why there is none.
#[derive(Debug)]
pub(crate) enum Text {
    Read(String),
    Missing,
    Unreadable(String),
}

pub(crate) fn text(path: &Path) -> Text {
    let meta = match std::fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == ErrorKind::NotFound => return Text::Missing,
        Err(error) => return Text::Unreadable(why(&error)),
    };
    if meta.is_dir() {
        return Text::Unreadable("there is a folder in its place".to_owned());
    }
    if !meta.is_file() {
        return Text::Unreadable("it is no ordinary file".to_owned());
    }
    if meta.len() > MOST_BYTES {
        return Text::Unreadable(format!("it is {} MB large, which no config is", meta.len() >> 20));
    }
    match std::fs::read(path) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Text::Read(text),
            Err(error) => {
                let line = error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|it| **it == b'\n').count() + 1;
                Text::Unreadable(format!("it is not UTF-8 text (line {line})"))
            }
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Text::Missing,
        Err(error) => Text::Unreadable(why(&error)),
    }
}

/// What the file means now.
pub(crate) fn read(path: &Path) -> FileEvent {
    read_all(path).0
}

/// The same, with the files that it takes in.
pub(crate) fn read_all(path: &Path) -> (FileEvent, Vec<PathBuf>) {
    let mut others = Vec::new();
    let event = match text(path) {
        Text::Missing => FileEvent::Missing,
        Text::Unreadable(why) => FileEvent::Unreadable(why),
        Text::Read(text) => match Document::parse(&text) {
            Err(error) => FileEvent::Bad(bad(&text, &error)),
            Ok(doc) if !doc.root().is_object() => FileEvent::Bad(BadText {
                message: "the config should be an object: { ... }".to_owned(),
                line: 1,
                column: 1,
                excerpt: excerpt(&text, 1),
                straightens: false,
                curly_quotes: None,
            }),
            Ok(doc) => {
                let strict_json = doc.is_strict_json();
                let source = Source::of(path, doc);
                let (config, met) = source.config();
                let problems = source.problems(&config, met);
                others = source.others().to_vec();
                FileEvent::Good { hash: source.base(), strict_json, config: Box::new(config), problems }
            }
        },
    };
    (event, others)
}

/// SHA-256 in hex.
pub(crate) fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|it| format!("{it:02x}")).collect()
}

fn bad(text: &str, error: &ParseError) -> BadText {
    let curly_quotes = match &error.kind {
        ParseErrorKind::CurlyQuote { count, lines } => Some((*count, lines.len())),
        _ => None,
    };
    BadText {
        message: error.message.clone(),
        line: error.line,
        column: error.column,
        excerpt: excerpt(text, error.line),
        straightens: curly_quotes.is_some() && document::straighten_quotes(text).is_some(),
        curly_quotes,
    }
}

fn excerpt(text: &str, line: usize) -> Vec<(usize, String)> {
    let first = line.saturating_sub(AROUND).max(1);
    let lines = text.lines().enumerate().skip(first - 1).take(AROUND + 1 + line - first);
    lines.map(|(i, it)| (i + 1, domain::mask_line(it).chars().take(LINE).collect())).collect()
}

pub(super) fn why(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        ErrorKind::NotADirectory => "a part of its path is no folder".to_owned(),
        _ => error.to_string().to_lowercase(),
    }
}
