//! The style of a file, so that new text looks like the text around it. It is taken from near the edit first, then from further up;
//! the defaults are those of strict JSON.

use serde_json::Value;

use crate::document::Document;
use crate::layout::line_breaks;
use crate::parse::BYTE_ORDER_MARK;
use crate::tree::{Item, Node, ValueKind};
use crate::value::depth;

/// How to write in one container.
pub(crate) struct Style {
    /// The line end and indent before an item of the container.
    pub item_break: String,
    /// The line end and indent before the closing bracket.
    pub close_break: String,
    /// The space between two items on one line.
    pub space: String,
    newline: &'static str,
    indent_unit: String,
    bare_keys: bool,
    key_quote: char,
    string_quote: char,
    /// The space before and after a colon.
    colon: (String, String),
    /// The space inside the brackets of a container on one line.
    object_padding: String,
    array_padding: String,
    trailing_comma: bool,
    /// Whether arrays of scalars go on one line.
    inline_arrays: bool,
}

impl Style {
    /// Returns the style for the last node of the chain, which leads from the root to it.
    pub fn of(chain: &[&Node], document: &Document) -> Self {
        let (Some(root), Some(container)) = (chain.first(), chain.last()) else {
            return Self::default();
        };
        let items = || chain.iter().rev().flat_map(|node| node.items().iter().rev());
        let keys = || items().filter_map(|item| item.key.as_ref());
        let key_quotes = || keys().map(|key| (key, quote_of(document.slice(&key.span))));
        let node_quote = |node: &Node| quote_of(document.slice(&node.span));

        let string_quote = items()
            .find_map(|item| node_quote(&item.node))
            .or_else(|| chain.iter().rev().find_map(|node| first(node, &node_quote)))
            .or_else(|| key_quotes().find_map(|(_, quote)| quote))
            .unwrap_or('"');
        let key_quote = key_quotes().find_map(|(_, quote)| quote).unwrap_or(string_quote);
        // A key that needs its quotes says nothing about the habit.
        let bare_keys = key_quotes().find_map(|(key, quote)| match quote {
            None => Some(true),
            Some(_) => is_plain_name(&key.name).then_some(false),
        });
        let colon = items().find_map(|item| colon_of(item, document)).unwrap_or_else(|| (String::new(), " ".to_owned()));
        let space = if colon.1.is_empty() { "" } else { " " };
        let padding = |kind, usual: &str| {
            let of_node = |node: &Node| (node.kind() == kind).then(|| padding_of(node, document)).flatten();
            let near = chain
                .iter()
                .rev()
                .find_map(|node| of_node(node).or_else(|| node.items().iter().rev().find_map(|item| of_node(&item.node))));
            near.unwrap_or_else(|| if space.is_empty() { String::new() } else { usual.to_owned() })
        };
        let newline = newline_of(&document.text);
        let indent_unit = chain.iter().rev().find_map(|node| indent_unit_of(node, document)).unwrap_or_else(|| "  ".to_owned());
        let base = document.line_indent(container.span.start);
        let indent = item_indent(container, document).map_or_else(|| format!("{base}{indent_unit}"), str::to_owned);
        let last_item = chain.iter().rev().find_map(|node| node.items().last());
        let inline_arrays = first(root, &|node| {
            let elements = node.elements();
            let is_list = elements.len() > 1 && elements.iter().all(|element| !element.node.is_container());
            is_list.then(|| is_inline(node, document))
        });
        Self {
            item_break: format!("{newline}{indent}"),
            close_break: format!("{newline}{base}"),
            space: space.to_owned(),
            newline,
            bare_keys: bare_keys.unwrap_or(false),
            key_quote,
            string_quote,
            object_padding: padding(ValueKind::Object, " "),
            array_padding: padding(ValueKind::Array, ""),
            colon,
            indent_unit,
            trailing_comma: last_item.is_some_and(|item| item.comma.is_some()),
            inline_arrays: inline_arrays.unwrap_or(true),
        }
    }

    /// Writes a member, or an element if there is no key. `line_break` is the line end and indent of the line where it starts.
    pub fn item(&self, key: Option<&str>, value: &Value, inline: bool, line_break: &str) -> String {
        let mut out = String::new();
        self.write_item(key, value, inline, line_break, &mut out);
        out
    }

    /// Writes a value. `line_break` is the line end and indent of the line where it starts.
    pub fn value(&self, value: &Value, inline: bool, line_break: &str) -> String {
        let mut out = String::new();
        self.write(value, inline, line_break, &mut out);
        out
    }

    /// Writes a key that needs quotes.
    pub fn quoted_key(&self, name: &str) -> String {
        quoted(name, self.key_quote)
    }

    /// Returns the line end and indent for the first items of a container that holds only comments: those of the last comment.
    pub fn break_below_comments(&self, container: &Node, document: &Document) -> String {
        let interior = container.interior();
        let Some(comment) = document.comments_in(&interior).last() else { return self.item_break.clone() };
        let start = document.lines.start(comment.span.start);
        match document.text.get(start..comment.span.start) {
            Some(indent) if start >= interior.start && indent.trim().is_empty() => format!("{}{indent}", self.newline),
            _ => self.item_break.clone(),
        }
    }

    /// Writes the first items into a container that holds only comments. If the comments take more than one line, each item starts with
    /// `line_break`. Returns the new interior.
    pub fn fill(&self, container: &Node, items: &[String], line_break: &str, document: &Document) -> String {
        let interior = document.slice(&container.interior());
        let kept = interior.trim_end();
        let space = &interior[kept.len()..];
        let (first, next, end) = if line_breaks(interior) > 0 {
            (line_break, line_break, if line_breaks(space) > 0 { space } else { self.close_break.as_str() })
        } else if space.is_empty() {
            (self.space.as_str(), self.space.as_str(), "")
        } else {
            (space, self.space.as_str(), space)
        };
        [kept, first, &items.join(&format!(",{next}")), end].concat()
    }

    fn write_item(&self, key: Option<&str>, value: &Value, inline: bool, line_break: &str, out: &mut String) {
        if let Some(key) = key {
            if self.bare_keys && is_plain_name(key) {
                out.push_str(key);
            } else {
                out.push_str(&self.quoted_key(key));
            }
            out.extend([self.colon.0.as_str(), ":", self.colon.1.as_str()]);
        }
        self.write(value, inline, line_break, out);
    }

    fn write(&self, value: &Value, inline: bool, line_break: &str, out: &mut String) {
        match value {
            Value::String(text) => out.push_str(&quoted(text, self.string_quote)),
            Value::Object(members) => {
                let items = members.iter().map(|(key, value)| (Some(key.as_str()), value));
                self.write_container(['{', '}'], &self.object_padding, items, inline, line_break, out);
            }
            Value::Array(elements) => {
                let is_list = !elements.iter().any(|element| element.is_array() || element.is_object());
                let items = elements.iter().map(|value| (None, value));
                let inline = inline || is_list && self.inline_arrays;
                self.write_container(['[', ']'], &self.array_padding, items, inline, line_break, out);
            }
            _ => out.push_str(&value.to_string()),
        }
    }

    fn write_container<'v>(
        &self,
        [open, close]: [char; 2],
        padding: &str,
        items: impl ExactSizeIterator<Item = (Option<&'v str>, &'v Value)>,
        inline: bool,
        line_break: &str,
        out: &mut String,
    ) {
        let count = items.len();
        let item_break = if inline { self.space.clone() } else { format!("{line_break}{}", self.indent_unit) };
        out.push(open);
        for (position, (key, value)) in items.enumerate() {
            out.push_str(if inline && position == 0 { padding } else { &item_break });
            self.write_item(key, value, inline, if inline { line_break } else { &item_break }, out);
            if position + 1 < count || !inline && self.trailing_comma {
                out.push(',');
            }
        }
        if count > 0 {
            out.push_str(if inline { padding } else { line_break });
        }
        out.push(close);
    }
}

impl Default for Style {
    fn default() -> Self {
        Self {
            item_break: "\n  ".to_owned(),
            close_break: "\n".to_owned(),
            space: " ".to_owned(),
            newline: "\n",
            indent_unit: "  ".to_owned(),
            bare_keys: false,
            key_quote: '"',
            string_quote: '"',
            colon: (String::new(), " ".to_owned()),
            object_padding: " ".to_owned(),
            array_padding: String::new(),
            trailing_comma: false,
            inline_arrays: true,
        }
    }
}

/// Returns whether a new object or array in this container goes on one line: if the container is on one line, or if its last sibling of
/// that kind is and has a depth that fits.
pub(crate) fn goes_inline(parent: &Node, value: &Value, document: &Document) -> bool {
    let items = parent.items();
    if !items.is_empty() && is_inline(parent, document) {
        return true;
    }
    let sibling = items.iter().rev().map(|item| &item.node).find(|node| match value {
        Value::Object(_) => !node.members().is_empty(),
        Value::Array(_) => !node.elements().is_empty(),
        _ => false,
    });
    sibling.is_some_and(|node| {
        let deepest = depth_of(node) + 1;
        is_inline(node, document) && depth(value, deepest + 1) <= deepest
    })
}

/// Returns how deep objects and arrays are nested in a node.
fn depth_of(node: &Node) -> usize {
    let inner = node.items().iter().map(|item| depth_of(&item.node)).max().unwrap_or(0);
    inner + usize::from(node.is_container())
}

/// Returns whether a container is written on one line.
pub(crate) fn is_inline(container: &Node, document: &Document) -> bool {
    line_breaks(document.slice(&container.span)) == 0
}

/// Returns the quote at the start of a written key or string.
pub(crate) fn quote_of(written: &str) -> Option<char> {
    written.chars().next().filter(|c| matches!(c, '"' | '\''))
}

/// Writes a string in quotes of this kind.
pub(crate) fn quoted(text: &str, quote: char) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            _ if c == quote => out.extend(['\\', c]),
            // The last two are invisible, and some JSON5 parsers take them for line ends.
            '\0'..='\u{1f}' | '\u{7f}' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// Returns whether every JSON5 parser takes this key without quotes.
pub(crate) fn is_plain_name(key: &str) -> bool {
    let starts = |c: char| c.is_ascii_alphabetic() || matches!(c, '$' | '_');
    key.starts_with(starts) && key.chars().all(|c| starts(c) || c.is_ascii_digit())
}

pub(crate) fn newline_of(text: &str) -> &'static str {
    match text.find(['\n', '\r']) {
        Some(at) if text[at..].starts_with("\r\n") => "\r\n",
        Some(at) if text[at..].starts_with('\r') => "\r",
        _ => "\n",
    }
}

impl Document {
    /// Returns the spaces and tabs at the start of the line of an offset.
    pub(crate) fn line_indent(&self, offset: usize) -> &str {
        let line = &self.text[self.lines.start(offset)..offset];
        let line = line.trim_start_matches(BYTE_ORDER_MARK);
        &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
    }
}

/// Returns the space before and after the colon of a member, if it is on one line and without comments.
fn colon_of(item: &Item, document: &Document) -> Option<(String, String)> {
    let between = &document.text[item.key.as_ref()?.span.end..item.node.span.start];
    let (before, after) = between.split_once(':')?;
    let is_plain = before.chars().chain(after.chars()).all(|c| matches!(c, ' ' | '\t'));
    // More than one space aligns values; a new key has another length.
    is_plain.then(|| (before.to_owned(), if after.len() > 1 { " ".to_owned() } else { after.to_owned() }))
}

/// Returns the space after the opening bracket of a container on one line.
fn padding_of(node: &Node, document: &Document) -> Option<String> {
    let first = node.items().first()?;
    let padding = &document.text[node.interior().start..first.body().start];
    let is_plain = padding.chars().all(|c| matches!(c, ' ' | '\t'));
    (is_plain && is_inline(node, document)).then(|| padding.to_owned())
}

/// Returns the indent of the last item that starts a line.
fn item_indent<'a>(container: &Node, document: &'a Document) -> Option<&'a str> {
    container.items().iter().rev().find_map(|item| {
        let start = item.body().start;
        let line_start = document.lines.start(start);
        let indent = &document.text[line_start..start];
        let starts_line = line_start > container.span.start && indent.chars().all(|c| matches!(c, ' ' | '\t'));
        starts_line.then_some(indent)
    })
}

/// Returns by how much the items of a container are indented.
fn indent_unit_of(container: &Node, document: &Document) -> Option<String> {
    let indent = item_indent(container, document)?;
    let unit = indent.strip_prefix(document.line_indent(container.span.start))?;
    (!unit.is_empty()).then(|| unit.to_owned())
}

/// Returns the first answer of a node and those below it, in the order of the text.
fn first<T>(node: &Node, ask: &impl Fn(&Node) -> Option<T>) -> Option<T> {
    ask(node).or_else(|| node.items().iter().find_map(|item| first(&item.node, ask)))
}
