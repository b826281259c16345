//! Typographic quotes: web pages and word processors turn `"` into `“ ”`, and a config pasted from there is no JSON5.

use crate::{Document, place::line_of};

/// The byte offsets of the curly quotes that stand where syntax is expected: not in comments, not in proper strings.
/// Works on broken text, so it can only guess: a quote that is not closed on its line opens no string.
pub(crate) fn find(text: &str) -> Vec<usize> {
    let mut found = vec![];
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        at += match c {
            '/' if rest.starts_with("//") => rest.find(['\n', '\r']).unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' | '\'' => straight(rest).unwrap_or(1),
            '“' | '”' | '‘' | '’' => {
                found.push(at);
                // What is quoted is text, also where it looks like a comment: “http://…”
                let inside = &rest[c.len_utf8()..];
                match inside.find(['“', '”', '‘', '’', '\n', '\r']) {
                    Some(end) if matches!(c, '“' | '‘') => c.len_utf8() + end,
                    _ => c.len_utf8(),
                }
            }
            _ => c.len_utf8(),
        };
    }
    found
}

/// The lines of these offsets, each once.
pub(crate) fn lines(text: &str, offsets: &[usize]) -> Vec<usize> {
    let (mut lines, mut line, mut from) = (vec![], 1, 0);
    for &offset in offsets {
        line += line_of(&text[from..], offset - from) - 1;
        from = offset;
        if lines.last() != Some(&line) {
            lines.push(line);
        }
    }
    lines
}

/// The text with its curly quotes made straight, if that makes it a document.
#[must_use]
pub fn straighten(text: &str) -> Option<String> {
    let offsets = find(text);
    let mut straight = String::with_capacity(text.len());
    let mut from = 0;
    for offset in &offsets {
        let curly = text[*offset..].chars().next()?;
        straight.push_str(&text[from..*offset]);
        straight.push(if matches!(curly, '“' | '”') { '"' } else { '\'' });
        from = offset + curly.len_utf8();
    }
    straight.push_str(&text[from..]);
    (!offsets.is_empty() && Document::parse(&straight).is_ok()).then_some(straight)
}

/// How long the straight-quoted string at the start of this text is, if it ends on its line.
fn straight(text: &str) -> Option<usize> {
    let mut chars = text.char_indices();
    let (_, quote) = chars.next()?;
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '\n' | '\r' => return None,
            _ if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}
