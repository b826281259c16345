//! Puts a container together again from the parts of its [`Layout`], with items removed, added or in another order. Every part is copied
//! as it is; only commas and the space between items on one line change.

use std::collections::HashSet;
use std::ops::Range;

use serde_json::Value;

use crate::document::Document;
use crate::layout::{Chunk, Layout, last_break, line_breaks, starts_with_break};
use crate::style::{Style, goes_inline};
use crate::tree::{Node, Span};

/// An item of the container as it will be.
pub(crate) enum Slot<'v> {
    /// The item at this position, with another text from its key to its value if `body` has one.
    Keep { position: usize, body: Option<String> },
    /// A new member, or a new element if there is no key.
    New { key: Option<&'v str>, value: &'v Value },
}

impl Slot<'_> {
    fn kept(&self) -> Option<usize> {
        if let Slot::Keep { position, .. } = self { Some(*position) } else { None }
    }
}

/// Returns the new text between the brackets. The container must have items; see [`Style::fill`] for one without.
pub(crate) fn rebuild(container: &Node, slots: &[Slot], document: &Document, style: &Style) -> String {
    let layout = Layout::of(container, document);
    let mut builder = Builder {
        document,
        style,
        container,
        in_order: slots.iter().filter_map(Slot::kept).is_sorted(),
        separator: separator(&layout, document, style),
        layout,
        out: String::new(),
        in_line_comment: false,
    };
    builder.run(slots);
    builder.out
}

/// Returns the space between the last item and what is before it. A new item gets the same.
fn separator(layout: &Layout, document: &Document, style: &Style) -> String {
    match layout.chunks.as_slice() {
        [.., last] if line_breaks(document.slice(&last.leading)) > 0 => {
            let above = document.comments_in(&last.leading).last().map_or(last.leading.start, |comment| comment.span.end);
            let before_body = &document.text[above..last.leading.end];
            let space = if line_breaks(before_body) > 0 { before_body } else { space_before(last, document) };
            space[last_break(space)..].to_owned()
        }
        [_, .., last] => space_before(last, document).to_owned(),
        _ => style.space.clone(),
    }
}

struct Builder<'a> {
    document: &'a Document,
    style: &'a Style,
    container: &'a Node,
    layout: Layout,
    /// Whether the kept items are in their old order.
    in_order: bool,
    separator: String,
    out: String,
    /// Whether the output ends in a `//` comment, which would swallow what follows unless that starts with a line break.
    in_line_comment: bool,
}

impl Builder<'_> {
    fn run(&mut self, slots: &[Slot]) {
        let count = self.layout.chunks.len();
        self.copy(&self.layout.head.clone());
        if !self.in_order {
            let kept: HashSet<usize> = slots.iter().filter_map(Slot::kept).collect();
            let removed: Vec<usize> = (0..count).filter(|position| !kept.contains(position)).collect();
            self.copy_comments_of(&removed);
        }
        // With the items in their old order, those before this one are done.
        let mut done = 0;
        for (index, slot) in slots.iter().enumerate() {
            let next = slots.get(index + 1);
            let with_comma = next.is_some() || self.has_trailing_comma();
            match slot {
                Slot::Keep { position, body } => {
                    let removed = if self.in_order { done..*position } else { *position..*position };
                    let after_new = index > 0 && matches!(slots[index - 1], Slot::New { .. });
                    done = position + 1;
                    self.keep(index, *position, removed, after_new, body.as_deref());
                    self.trailing(*position, with_comma, next.is_some_and(|next| self.is_inline(next)));
                }
                Slot::New { key, value } => {
                    let space = match self.layout.chunks.first() {
                        Some(first) if index == 0 => from_last_break(space_before(first, self.document)).to_owned(),
                        _ => self.separator.clone(),
                    };
                    self.add(&space);
                    let inline = goes_inline(self.container, value, self.document);
                    self.add(&self.style.item(*key, value, inline, &self.style.item_break));
                    if with_comma {
                        self.out.push(',');
                    }
                }
            }
        }
        if self.in_order {
            self.copy_comments_of(&(done..count).collect::<Vec<_>>());
        }
        let tail = self.layout.tail.clone();
        if self.in_line_comment && !starts_with_break(self.document.slice(&tail)) {
            self.out.push_str(&self.style.close_break);
            self.in_line_comment = false;
        }
        self.copy(&tail);
        if slots.is_empty() && self.out.trim().is_empty() {
            self.out.clear();
        }
    }

    /// Writes an item, after what stays of the ones that are `removed` before it.
    fn keep(&mut self, index: usize, position: usize, removed: Range<usize>, after_new: bool, body: Option<&str>) {
        let chunk = &self.layout.chunks[position];
        let (detached, leading) = (chunk.detached.clone(), chunk.leading.clone());
        let space = space_before(chunk, self.document);
        let old_body = chunk.body.clone();

        let inline = line_breaks(self.document.slice(&leading)) == 0;
        let space = match self.layout.chunks.get(index) {
            _ if !inline => space.to_owned(),
            Some(replaced) if !self.in_order => space_before(replaced, self.document).to_owned(),
            None if !self.in_order => self.separator.clone(),
            // The next item on the line moves up to the place of the removed one.
            _ if !removed.is_empty() && !after_new => space_before(&self.layout.chunks[removed.start], self.document).to_owned(),
            _ if position == 0 && index > 0 => self.separator.clone(),
            _ => space.to_owned(),
        };
        let rest = leading.start + space_before(chunk, self.document).len()..leading.end;

        if !self.in_order && self.document.comments_in(&detached).is_empty() {
            // A blank line stays where it is when items change places.
            let detached = self.layout.chunks.get(index).map(|replaced| replaced.detached.clone());
            let blank = detached.filter(|detached| self.document.comments_in(detached).is_empty());
            self.copy(&blank.unwrap_or_default());
        } else if removed.is_empty() {
            self.copy(&detached);
        } else {
            self.join_gap(&removed.collect::<Vec<_>>(), &detached, index == 0);
        }
        self.add(&space);
        self.copy(&rest);
        match body {
            Some(body) => self.add(body),
            None => self.copy(&old_body),
        }
    }

    /// Writes what follows the body. `item_follows`: the next item is on the same line.
    fn trailing(&mut self, position: usize, with_comma: bool, item_follows: bool) {
        let trailing = &self.layout.chunks[position].trailing.clone();
        match (self.container.items()[position].comma, with_comma) {
            (Some(_), true) | (None, false) => self.copy(trailing),
            (None, true) => {
                // A comment behind the comma would belong to the next item on the line.
                let written = self.document.slice(trailing).trim_end();
                let comment = self.document.comments_in(trailing).last();
                let split = if item_follows && comment.is_some_and(|comment| !comment.is_line) { written.len() } else { 0 };
                self.copy(&(trailing.start..trailing.start + split));
                self.out.push(',');
                self.copy(&(trailing.start + split..trailing.end));
            }
            (Some(comma), false) => {
                // A comma on a line of its own leaves no empty line behind.
                let before = &self.document.text[trailing.start..comma];
                let kept = if line_breaks(before) > 0 { trailing.start + before.trim_end().len() } else { comma };
                // White space at the end of a comment belongs to the comment.
                let comment_end =
                    self.document.comments_in(&(trailing.start..comma)).last().map_or(0, |comment| comment.span.end);
                self.copy(&(trailing.start..kept.max(comment_end)));
                self.copy(&(comma + 1..trailing.end));
            }
        }
    }

    /// Writes what stays between two items when those between them are removed: the comments, and as many blank lines as the widest gap
    /// had. At the start of the container no blank line stays.
    fn join_gap(&mut self, removed: &[usize], detached: &Span, at_start: bool) {
        self.copy_comments_of(removed);
        let after_break = ends_with_break(&self.out);
        if !self.document.comments_in(detached).is_empty() {
            // One blank line between two comments is enough.
            let text = self.document.slice(detached);
            let doubled = if after_break && line_breaks(text) > 1 { first_break_length(text) } else { 0 };
            self.copy(&(detached.start + doubled..detached.end));
        } else if !at_start && !after_break {
            let gaps = removed.iter().map(|&position| &self.layout.chunks[position].detached).chain([detached]);
            let widest = gaps.filter(|span| self.document.comments_in(span).is_empty()).max_by_key(|span| span.len());
            self.copy(&widest.cloned().unwrap_or_default());
        }
    }

    /// Writes the comments around removed items that do not belong to them.
    fn copy_comments_of(&mut self, removed: &[usize]) {
        for &position in removed {
            let chunk = &self.layout.chunks[position];
            let (detached, trailing) = (chunk.detached.clone(), chunk.trailing.clone());
            if !self.document.comments_in(&detached).is_empty() {
                self.copy(&detached);
            }
            // Comment lines may stand between the value and a comma that starts a line.
            let Some(comma) = self.container.items()[position].comma else { continue };
            let mut end = trailing.start;
            let mut lines_start = None;
            for comment in self.document.comments_in(&(trailing.start..comma)) {
                let space = &self.document.text[end..comment.span.start];
                if lines_start.is_none() && line_breaks(space) > 0 {
                    lines_start = Some(end + last_break(space));
                }
                end = comment.span.end;
            }
            if let Some(start) = lines_start {
                self.copy(&(start..end));
            }
        }
    }

    /// Returns whether this item starts no line.
    fn is_inline(&self, slot: &Slot) -> bool {
        let space = match slot {
            Slot::Keep { position, .. } => self.document.slice(&self.layout.chunks[*position].leading),
            Slot::New { .. } => &self.separator,
        };
        line_breaks(space) == 0
    }

    fn has_trailing_comma(&self) -> bool {
        self.container.items().last().is_some_and(|last| last.comma.is_some())
    }

    fn copy(&mut self, span: &Span) {
        let text = self.document.slice(span);
        self.add(text);
        if let Some(comment) = self.document.comments_in(span).last() {
            self.in_line_comment = comment.is_line && comment.span.end == span.end;
        }
    }

    fn add(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.in_line_comment && !starts_with_break(text.trim_start_matches([' ', '\t'])) {
            let space = if line_breaks(&self.separator) > 0 { &self.separator } else { &self.style.item_break };
            self.out.push_str(space);
            self.out.push_str(text.trim_start_matches([' ', '\t']));
        } else {
            self.out.push_str(text);
        }
        self.in_line_comment = false;
    }
}

/// Returns the space before an item, or before the first comment that belongs to it.
fn space_before<'a>(chunk: &Chunk, document: &'a Document) -> &'a str {
    let end = document.comments_in(&chunk.leading).first().map_or(chunk.leading.end, |comment| comment.span.start);
    &document.text[chunk.leading.start..end]
}

fn from_last_break(space: &str) -> &str {
    &space[last_break(space)..]
}

fn ends_with_break(text: &str) -> bool {
    text.trim_end_matches([' ', '\t']).ends_with(['\n', '\r'])
}

fn first_break_length(text: &str) -> usize {
    if text.starts_with("\r\n") { 2 } else { usize::from(starts_with_break(text)) }
}
