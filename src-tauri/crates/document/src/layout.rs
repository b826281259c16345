//! Whose is a comment? Cuts the text between the brackets of a container into the pieces that move and go with its items.
//!
//! ```text
//! {  // of the container          head: the opening line, and what a blank line parts from the first item
//!
//!    // of a                      lead: the line break, comment lines directly above, the indent
//!    a: 1,  // of a               body, then own: the comma and the rest of the line
//!
//!    // of nobody                 loose: what a blank line parts from the next item
//!
//!    b: 2, /* of c */ c: 3        before an item on the same line is its lead
//!    // of the container          tail
//! }
//! ```
//!
//! The pieces cover the text without gap or overlap, so putting them back in order gives the same text.

use crate::source::Source;
use crate::tree::{Node, Span};

pub(crate) struct Layout {
    pub head: Span,
    pub chunks: Vec<Chunk>,
    pub tail: Span,
}

/// An item with what belongs to it. The spans follow each other.
pub(crate) struct Chunk {
    /// Before it, but nobody's. Always empty for the first item: there it is in the head.
    pub loose: Span,
    pub lead: Span,
    pub body: Span,
    pub own: Span,
}

impl Layout {
    pub fn of(container: &Node, source: Source) -> Self {
        let interior = container.interior();
        let items = source.items(container);
        let Some(first) = items.first() else {
            return Self { head: interior.start..interior.start, chunks: vec![], tail: interior };
        };
        let gap = interior.start..first.body().start;
        let mut from = source.lead_start(source.line_rest(gap.clone(), false)..gap.end);
        let head = interior.start..from;
        let mut loose_start = from;
        let mut chunks = Vec::with_capacity(items.len());
        for (position, item) in items.iter().enumerate() {
            let body = item.body();
            let next = items.get(position + 1);
            let gap_end = next.map_or(interior.end, |next| next.body().start);
            let after = item.comma().map_or(body.end, |comma| comma + 1);
            let own = body.end..source.line_rest(after..gap_end, next.is_some());
            chunks.push(Chunk { loose: loose_start..from, lead: from..body.start, body, own: own.clone() });
            loose_start = own.end;
            from = if next.is_some() { source.lead_start(own.end..gap_end) } else { own.end };
        }
        Self { head, chunks, tail: loose_start..interior.end }
    }
}

impl Source<'_> {
    /// How far, from the start of a gap, the rest of the line goes: its comments and, if the line ends here, its spaces.
    /// If an item follows on the same line, the comments are that one's.
    fn line_rest(&self, gap: Span, item_follows: bool) -> usize {
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

    /// Where, in a gap that ends with an item, the lead of that item starts.
    fn lead_start(&self, gap: Span) -> usize {
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

/// Where the last line break starts, else 0.
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
    fn white_space_of_more_than_one_byte() {
        for (text, at) in [("\u{a0}\n ", 2), ("\u{a0}\r\n", 2), ("\r\n", 0), ("\n", 0), (" \r", 1), ("\u{a0}", 0)] {
            assert_eq!(last_break(text), at, "{text:?}");
        }
    }
}
