//! Divides the text between the brackets of a container into the parts that move and go with its items, and so decides to which item a
//! comment belongs.
//!
//! ```text
//! {  // of the container          head: the opening line, and what a blank line separates from the first item
//!
//!    // of a                      leading: the line break, comment lines directly above, the indent
//!    a: 1,  // of a               body, then trailing: the comma and the rest of the line
//!
//!    // of no item                detached: what a blank line separates from the next item
//!
//!    b: 2, /* of c */ c: 3        leading: a comment before an item on the same line
//!    // of the container          tail
//! }
//! ```
//!
//! The parts cover the text without gap or overlap: put back in order, they give the same text.

use crate::document::Document;
use crate::tree::{Node, Span};

pub(crate) struct Layout {
    pub head: Span,
    pub chunks: Vec<Chunk>,
    pub tail: Span,
}

/// An item with what belongs to it. The spans follow each other.
pub(crate) struct Chunk {
    /// Always empty for the first item, where the head holds it.
    pub detached: Span,
    pub leading: Span,
    pub body: Span,
    pub trailing: Span,
}

impl Layout {
    pub fn of(container: &Node, document: &Document) -> Self {
        let interior = container.interior();
        let items = container.items();
        let Some(first) = items.first() else {
            return Self { head: interior.start..interior.start, chunks: vec![], tail: interior };
        };
        let gap = interior.start..first.body().start;
        let mut leading_start = document.leading_start(document.trailing_end(gap.clone(), false)..gap.end);
        let head = interior.start..leading_start;
        let mut detached_start = leading_start;
        let mut chunks = Vec::with_capacity(items.len());
        for (position, item) in items.iter().enumerate() {
            let body = item.body();
            let next = items.get(position + 1);
            let gap_end = next.map_or(interior.end, |next| next.body().start);
            let after_comma = item.comma.map_or(body.end, |comma| comma + 1);
            let trailing = body.end..document.trailing_end(after_comma..gap_end, next.is_some());
            chunks.push(Chunk {
                detached: detached_start..leading_start,
                leading: leading_start..body.start,
                body,
                trailing: trailing.clone(),
            });
            detached_start = trailing.end;
            leading_start = if next.is_some() { document.leading_start(trailing.end..gap_end) } else { trailing.end };
        }
        Self { head, chunks, tail: detached_start..interior.end }
    }
}

impl Document {
    /// Returns how far, from the start of a gap, the rest of the line goes: its comments and, if the line ends here, its spaces. If an
    /// item follows on the same line, the comments belong to that item.
    fn trailing_end(&self, gap: Span, item_follows: bool) -> usize {
        let mut end = gap.start;
        for comment in self.comments_in(&gap) {
            if line_breaks(&self.text[end..comment.span.start]) > 0 {
                break;
            }
            end = comment.span.end;
        }
        let rest = &self.text[end..gap.end];
        let spaces = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if starts_with_break(&rest[spaces..]) {
            end + spaces
        } else if item_follows && self.comments_in(&(end..gap.end)).is_empty() && line_breaks(rest) == 0 {
            gap.start
        } else {
            end
        }
    }

    /// Returns where, in a gap that ends with an item, the part that belongs to the item starts.
    fn leading_start(&self, gap: Span) -> usize {
        let mut from = gap.end;
        for comment in self.comments_in(&gap).iter().rev() {
            let space = &self.text[comment.span.end..from];
            if line_breaks(space) > 1 {
                return comment.span.end + last_break(space);
            }
            from = comment.span.start;
        }
        let space = &self.text[gap.start..from];
        if line_breaks(space) > 1 { gap.start + last_break(space) } else { gap.start }
    }
}

pub(crate) fn line_breaks(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ends = bytes.iter().enumerate();
    ends.filter(|&(at, &byte)| byte == b'\n' || byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')).count()
}

pub(crate) fn starts_with_break(text: &str) -> bool {
    text.starts_with(['\n', '\r'])
}

/// Returns where the last line break starts, or 0 if there is none.
pub(crate) fn last_break(text: &str) -> usize {
    match text.rfind(['\n', '\r']) {
        Some(at) if text.as_bytes()[..=at].ends_with(b"\r\n") => at - 1,
        Some(at) => at,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::last_break;

    #[test]
    fn last_break_in_white_space_of_several_bytes() {
        for (text, at) in [("\u{a0}\n ", 2), ("\u{a0}\r\n", 2), ("\r\n", 0), ("\n", 0), (" \r", 1), ("\u{a0}", 0)] {
            assert_eq!(last_break(text), at, "{text:?}");
        }
    }
}
