//! Puts a container together again from the pieces of its [`Layout`], with items gone, added or in another order.
//! Every piece is copied as it is; only commas and the space between items on one line give way.

use std::ops::Range;

use crate::{
    layout::{Chunk, Layout, last_break, line_breaks, starts_with_break},
    source::Source,
    style::Style,
    tree::{Node, Span},
};

/// An item of the container to be.
pub(crate) enum Slot {
    /// The item at this position, with its body as it is or with another one.
    Keep { position: usize, body: Option<String> },
    /// A new one, as it is to be written.
    New(String),
}

/// The text between the brackets. The container must have items; see [`Style::fill`] for an empty one.
pub(crate) fn rebuild(container: &Node, slots: &[Slot], source: Source, style: &Style) -> String {
    let layout = Layout::of(container, source);
    let mut builder = Builder {
        source,
        style,
        container,
        in_order: in_order(slots),
        separator: separator(&layout, source, style),
        layout,
        out: String::new(),
        in_line_comment: false,
    };
    builder.run(slots);
    builder.out
}

/// The space that parts the last item from what is before it: what a new item would have too.
pub(crate) fn separator(layout: &Layout, source: Source, style: &Style) -> String {
    match layout.chunks.as_slice() {
        [.., last] if line_breaks(source.get(&last.lead)) > 0 => {
            let above = source.comments_in(&last.lead).last().map_or(last.lead.start, |comment| comment.span.end);
            let before_body = &source.text[above..last.lead.end];
            let space = if line_breaks(before_body) > 0 { before_body } else { space_of(last, source) };
            space[last_break(space)..].to_owned()
        }
        [_, .., last] => space_of(last, source).to_owned(),
        _ => style.gap.clone(),
    }
}

struct Builder<'a> {
    source: Source<'a>,
    style: &'a Style,
    container: &'a Node,
    layout: Layout,
    /// Whether the kept items are in their old order.
    in_order: bool,
    separator: String,
    out: String,
    /// Whether what is put out next would be swallowed by a `//` comment, unless it starts with a line break.
    in_line_comment: bool,
}

impl Builder<'_> {
    fn run(&mut self, slots: &[Slot]) {
        let count = self.layout.chunks.len();
        self.copy(&self.layout.head.clone());
        let mut kept = vec![false; count];
        for slot in slots {
            if let Slot::Keep { position, .. } = slot {
                kept[*position] = true;
            }
        }
        if !self.in_order {
            let gone: Vec<usize> = (0..count).filter(|&position| !kept[position]).collect();
            self.remains(&gone);
        }
        // In old order: the items up to here are done.
        let mut done = 0;
        for (place, slot) in slots.iter().enumerate() {
            let last = place + 1 == slots.len();
            match slot {
                Slot::Keep { position, body } => {
                    let gone = if self.in_order { done..*position } else { *position..*position };
                    let after_new = place > 0 && matches!(slots[place - 1], Slot::New(_));
                    done = position + 1;
                    self.keep(place, *position, gone, after_new, body.as_deref());
                    let goes_on = slots.get(place + 1).is_some_and(|next| self.is_inline(next));
                    self.own(*position, !last || self.trailing_comma(), goes_on);
                }
                Slot::New(body) => {
                    let space = match self.layout.chunks.first() {
                        Some(first) if place == 0 => leading_break_only(space_of(first, self.source)).to_owned(),
                        _ => self.separator.clone(),
                    };
                    self.add(&space);
                    self.add(body);
                    if !last || self.trailing_comma() {
                        self.out.push(',');
                    }
                }
            }
        }
        if self.in_order {
            self.remains(&(done..count).collect::<Vec<_>>());
        }
        let tail = self.layout.tail.clone();
        if self.in_line_comment && !starts_with_break(self.source.get(&tail)) {
            self.out.push_str(&self.style.close);
            self.in_line_comment = false;
        }
        self.copy(&tail);
        if slots.is_empty() && self.out.trim().is_empty() {
            self.out.clear();
        }
    }

    /// Puts out the item, after what remains of the ones that are `gone` before it.
    fn keep(&mut self, place: usize, position: usize, gone: Range<usize>, after_new: bool, body: Option<&str>) {
        let chunk = &self.layout.chunks[position];
        let (loose, lead) = (chunk.loose.clone(), chunk.lead.clone());
        let space = space_of(chunk, self.source);
        let written = chunk.body.clone();

        let inline = line_breaks(self.source.get(&lead)) == 0;
        let space = match self.layout.chunks.get(place) {
            _ if !inline => space.to_owned(),
            Some(holder) if !self.in_order => space_of(holder, self.source).to_owned(),
            None if !self.in_order => self.separator.clone(),
            // The next on the line moves up to the place of the one that goes.
            _ if !gone.is_empty() && !after_new => space_of(&self.layout.chunks[gone.start], self.source).to_owned(),
            _ if position == 0 && place > 0 => self.separator.clone(),
            _ => space.to_owned(),
        };
        let rest = lead.start + space_of(chunk, self.source).len()..lead.end;

        if !self.in_order && self.source.comments_in(&loose).is_empty() {
            // A blank line keeps its place when the items change theirs.
            let loose = self.layout.chunks.get(place).map(|holder| holder.loose.clone());
            let blank = loose.filter(|loose| self.source.comments_in(loose).is_empty());
            self.copy(&blank.unwrap_or_default());
        } else if gone.is_empty() {
            self.copy(&loose);
        } else {
            self.close_ranks(&gone.collect::<Vec<_>>(), &loose, place == 0);
        }
        self.add(&space);
        self.copy(&rest);
        match body {
            Some(body) => self.add(body),
            None => self.copy(&written),
        }
    }

    /// What follows the body, with a comma or without. `goes_on`: the next item is on the same line.
    fn own(&mut self, position: usize, with_comma: bool, goes_on: bool) {
        let own = &self.layout.chunks[position].own.clone();
        match (self.source.items(self.container)[position].comma(), with_comma) {
            (Some(_), true) | (None, false) => self.copy(own),
            (None, true) => {
                // Before the next item on the line, a comment behind the comma would be that one's.
                let written = self.source.get(own).trim_end();
                let comment = self.source.comments_in(own).last();
                let split = if goes_on && comment.is_some_and(|it| !it.to_line_end) { written.len() } else { 0 };
                self.copy(&(own.start..own.start + split));
                self.out.push(',');
                self.copy(&(own.start + split..own.end));
            }
            (Some(comma), false) => {
                // A comma on a line of its own leaves no empty line behind.
                let before = &self.source.text[own.start..comma];
                let kept = if line_breaks(before) > 0 { own.start + before.trim_end().len() } else { comma };
                // White space at the end of a comment is the comment's.
                let comment = self.source.comments_in(&(own.start..comma)).last().map_or(0, |it| it.span.end);
                self.copy(&(own.start..kept.max(comment)));
                self.copy(&(comma + 1..own.end));
            }
        }
    }

    /// Blank lines around items that are gone become as many as the greater gap had; none at the start.
    fn close_ranks(&mut self, gone: &[usize], loose: &Span, at_start: bool) {
        self.remains(gone);
        let parted = ends_with_break(&self.out);
        if !self.source.comments_in(loose).is_empty() {
            // One blank line parts two comments as well as two.
            let text = self.source.get(loose);
            let doubled = if parted && line_breaks(text) > 1 { first_break(text) } else { 0 };
            self.copy(&(loose.start + doubled..loose.end));
        } else if !at_start && !parted {
            let blanks = gone.iter().map(|&position| &self.layout.chunks[position].loose).chain([loose]);
            let widest = blanks.filter(|span| self.source.comments_in(span).is_empty()).max_by_key(|span| span.len());
            self.copy(&widest.cloned().unwrap_or_default());
        }
    }

    /// The comments that stay though the items around them go.
    fn remains(&mut self, gone: &[usize]) {
        for &position in gone {
            let chunk = &self.layout.chunks[position];
            let (loose, own) = (chunk.loose.clone(), chunk.own.clone());
            if !self.source.comments_in(&loose).is_empty() {
                self.copy(&loose);
            }
            // Comment lines between the value and a comma that starts a line.
            let Some(comma) = self.source.items(self.container)[position].comma() else { continue };
            let before_comma = own.start..comma;
            let mut end = own.start;
            let mut strays = None;
            for comment in self.source.comments_in(&before_comma) {
                let space = &self.source.text[end..comment.span.start];
                if strays.is_none() && line_breaks(space) > 0 {
                    strays = Some(end + last_break(space));
                }
                end = comment.span.end;
            }
            if let Some(start) = strays {
                self.copy(&(start..end));
            }
        }
    }

    /// Whether this item starts no line.
    fn is_inline(&self, slot: &Slot) -> bool {
        let space = match slot {
            Slot::Keep { position, .. } => self.source.get(&self.layout.chunks[*position].lead),
            Slot::New(_) => &self.separator,
        };
        line_breaks(space) == 0
    }

    fn trailing_comma(&self) -> bool {
        self.source.items(self.container).last().is_some_and(|last| last.comma().is_some())
    }

    fn copy(&mut self, span: &Span) {
        let text = self.source.get(span);
        self.add(text);
        if let Some(comment) = self.source.comments_in(span).last() {
            self.in_line_comment = comment.to_line_end && comment.span.end == span.end;
        }
    }

    fn add(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.in_line_comment && !starts_with_break(text.trim_start_matches([' ', '\t'])) {
            let space = if line_breaks(&self.separator) > 0 { &self.separator } else { &self.style.line };
            self.out.push_str(space);
            self.out.push_str(text.trim_start_matches([' ', '\t']));
        } else {
            self.out.push_str(text);
        }
        self.in_line_comment = false;
    }
}

fn in_order(slots: &[Slot]) -> bool {
    let kept = slots.iter().filter_map(|slot| match slot {
        Slot::Keep { position, .. } => Some(*position),
        Slot::New(_) => None,
    });
    kept.is_sorted()
}

/// The space at the start of the lead, up to its first comment.
fn space_of<'a>(chunk: &Chunk, source: Source<'a>) -> &'a str {
    let end = source.comments_in(&chunk.lead).first().map_or(chunk.lead.end, |comment| comment.span.start);
    &source.text[chunk.lead.start..end]
}

fn leading_break_only(space: &str) -> &str {
    &space[last_break(space)..]
}

fn ends_with_break(text: &str) -> bool {
    text.trim_end_matches([' ', '\t']).ends_with(['\n', '\r'])
}

/// How long the line break at the start is.
fn first_break(text: &str) -> usize {
    if text.starts_with("\r\n") { 2 } else { usize::from(starts_with_break(text)) }
}
