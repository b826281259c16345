//! Curly quotes: web pages and word processors turn `"` into `“ ”`, and a config pasted from there is not JSON5.

/// Returns the byte offsets of the curly quotes outside comments and proper strings.
///
/// The text may be broken, so this can only guess: a quote that is not closed on its line opens no string.
pub(crate) fn find(text: &str) -> Vec<usize> {
    let mut found = vec![];
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        at += match c {
            '/' if rest.starts_with("//") => rest.find(['\n', '\r']).unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' | '\'' => string_length(rest).unwrap_or(1),
            '“' | '”' | '‘' | '’' => {
                found.push(at);
                // Quoted text may look like a comment: “http://…”
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

/// Replaces the curly quotes by straight ones. Returns `None` if there are none.
pub(crate) fn straighten(text: &str) -> Option<String> {
    let offsets = find(text);
    let mut straight = String::with_capacity(text.len());
    let mut from = 0;
    for &offset in &offsets {
        let quote = text[offset..].chars().next()?;
        straight.push_str(&text[from..offset]);
        straight.push(if matches!(quote, '“' | '”') { '"' } else { '\'' });
        from = offset + quote.len_utf8();
    }
    straight.push_str(&text[from..]);
    (!offsets.is_empty()).then_some(straight)
}

/// Returns the length of the straight-quoted string at the start of the text, if it ends on its line.
fn string_length(text: &str) -> Option<usize> {
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
