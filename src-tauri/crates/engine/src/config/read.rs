//! Reads the config and reports it in the rules' terms.

use std::path::{Path, PathBuf};

use document::{Document, ParseError, ParseErrorKind};
use domain::{BadText, FileEvent};

use super::source::Source;
use super::text::{FileText, read_text};

/// Lines shown before and after the one with the error.
const AROUND: usize = 2;
/// A longer line is cut in the excerpt.
const LINE: usize = 160;

/// Returns what the config means now, and the files that it includes.
pub(crate) fn read(path: &Path) -> (FileEvent, Vec<PathBuf>) {
    let text = match read_text(path) {
        FileText::Missing => return (FileEvent::Missing, Vec::new()),
        FileText::Unreadable(why) => return (FileEvent::Unreadable(why), Vec::new()),
        FileText::Read(text) => text,
    };
    match Document::parse(&text) {
        Err(error) => (FileEvent::Bad(bad(&text, &error)), Vec::new()),
        Ok(doc) if !doc.root().is_object() => (FileEvent::Bad(not_an_object(&text)), Vec::new()),
        Ok(doc) => {
            let strict_json = doc.is_strict_json();
            let source = Source::of(path, doc);
            let (config, met) = source.config();
            let problems = source.problems(&config, met);
            let good = FileEvent::Good { hash: source.base(), strict_json, config: Box::new(config), problems };
            (good, source.included())
        }
    }
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

fn not_an_object(text: &str) -> BadText {
    BadText {
        message: "the config should be an object: { ... }".to_owned(),
        line: 1,
        column: 1,
        excerpt: excerpt(text, 1),
        straightens: false,
        curly_quotes: None,
    }
}

fn excerpt(text: &str, line: usize) -> Vec<(usize, String)> {
    let first = line.saturating_sub(AROUND).max(1);
    let masked = domain::mask_unread(text);
    let lines = masked.lines().enumerate().skip(first - 1).take(AROUND + 1 + line - first);
    lines.map(|(index, line)| (index + 1, line.chars().take(LINE).collect())).collect()
}
