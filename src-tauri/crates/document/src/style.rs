//! How this file is written, so that what is new looks like what is there. Everything is measured near the place of the
//! edit first, then further up; the defaults are those of strict JSON.

use serde_json::Value;

use crate::{
    layout::line_breaks,
    number::depth,
    place::line_start,
    source::Source,
    tree::{Item, Kind, Node},
};

/// How to write in one container.
pub(crate) struct Style {
    /// The line end and indent of an item in the container.
    pub line: String,
    /// The line end and indent of its closing bracket.
    pub close: String,
    /// Between two items on one line.
    pub gap: String,
    newline: &'static str,
    unit: String,
    bare_keys: bool,
    key_quote: char,
    text_quote: char,
    colon: (String, String),
    object_pad: String,
    array_pad: String,
    trailing_comma: bool,
    /// Lists of scalars go on one line.
    short_lists: bool,
}

impl Style {
    /// The style for the last of the chain, which leads from the root to it.
    pub fn of(chain: &[&Node], source: Source) -> Self {
        let (Some(root), Some(container)) = (chain.first(), chain.last()) else {
            return Self::default();
        };
        let items = || chain.iter().rev().flat_map(|node| source.items(node).iter().rev());
        let keys = || items().filter_map(Item::key);
        let named = || items().filter_map(|item| Some((item.key()?, item.name(source.text)?)));

        let text_quote = items()
            .find_map(|item| quote_of(source.get(&item.node.span())))
            .or_else(|| chain.iter().rev().find_map(|node| first(node, source, &|node| quote_of(source.get(&node.span())))))
            .or_else(|| keys().find_map(|key| quote_of(source.get(&key))))
            .unwrap_or('"');
        let key_quote = keys().find_map(|key| quote_of(source.get(&key))).unwrap_or(text_quote);
        // Quotes that the key could not do without say nothing about habit.
        let bare_keys = named().find_map(|(key, name)| match quote_of(source.get(&key)) {
            None => Some(true),
            Some(_) => is_plain_name(&name).then_some(false),
        });
        let colon = items().find_map(|item| colon_of(item, source)).unwrap_or_else(|| (String::new(), " ".to_owned()));
        let gap = if colon.1.is_empty() { "" } else { " " };
        let pad = |kind, usual: &str| {
            let of_node = |node: &Node| (node.kind == kind).then(|| pad_of(node, source)).flatten();
            let near = chain
                .iter()
                .rev()
                .find_map(|node| of_node(node).or_else(|| source.items(node).iter().rev().find_map(|item| of_node(&item.node))));
            near.unwrap_or_else(|| if gap.is_empty() { String::new() } else { usual.to_owned() })
        };
        let newline = newline_of(source.text);
        let unit = chain.iter().rev().find_map(|node| unit_of(node, source)).unwrap_or_else(|| "  ".to_owned());
        let base = line_indent(source.text, container.span().start);
        let indent = item_indent(container, source).map_or_else(|| format!("{base}{unit}"), str::to_owned);
        let many = chain.iter().rev().find_map(|node| source.items(node).last());
        let list = first(root, source, &|node| {
            let items = source.items(node);
            let is_list = node.kind == Kind::Array && items.len() > 1;
            (is_list && items.iter().all(|item| !item.node.is_container())).then(|| is_inline(node, source))
        });
        Self {
            line: format!("{newline}{indent}"),
            close: format!("{newline}{base}"),
            gap: gap.to_owned(),
            newline,
            bare_keys: bare_keys.unwrap_or(false),
            key_quote,
            text_quote,
            object_pad: pad(Kind::Object, " "),
            array_pad: pad(Kind::Array, ""),
            colon,
            unit,
            trailing_comma: many.is_some_and(|item| item.comma().is_some()),
            short_lists: list.unwrap_or(true),
        }
    }

    /// A member, or with no key an element, as a new item on a line that starts with `line`.
    pub fn item(&self, key: Option<&str>, value: &Value, inline: bool, line: &str) -> String {
        let mut out = String::new();
        self.write_item(key, value, inline, line, &mut out);
        out
    }

    /// A value in the place of another. `close` is the line end and indent of the line where it starts.
    pub fn value(&self, value: &Value, inline: bool, close: &str) -> String {
        let mut out = String::new();
        self.write(value, inline, close, &mut out);
        out
    }

    /// A key that can't do without quotes.
    pub fn quoted_key(&self, name: &str) -> String {
        Self::quoted(name, self.key_quote)
    }

    /// A text in quotes of this kind.
    pub fn quoted(text: &str, quote: char) -> String {
        let mut out = String::with_capacity(text.len() + 2);
        out.push(quote);
        for c in text.chars() {
            match c {
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\\' => out.push_str("\\\\"),
                _ if c == quote => out.extend(['\\', c]),
                // The last two end a line for some readers of JSON5, and cannot be seen.
                '\0'..='\u{1f}' | '\u{7f}' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
                _ => out.push(c),
            }
        }
        out.push(quote);
        out
    }

    /// The line end and indent for the first items of a container that holds comments only: those of the last comment.
    pub fn line_below_comments(&self, container: &Node, source: Source) -> String {
        let interior = container.interior();
        let Some(comment) = source.comments_in(&interior).last() else { return self.line.clone() };
        let start = line_start(source.text, comment.span.start);
        match source.text.get(start..comment.span.start) {
            Some(indent) if start >= interior.start && indent.trim().is_empty() => format!("{}{indent}", self.newline),
            _ => self.line.clone(),
        }
    }

    /// The interior of a container that held comments only, with its first items, each starting with `line` if the
    /// comments take more than one line.
    pub fn fill(&self, container: &Node, items: &[String], line: &str, source: Source) -> String {
        let interior = source.get(&container.interior());
        let kept = interior.trim_end();
        let space = &interior[kept.len()..];
        let tall = line_breaks(interior) > 0;
        let (first, next, end) = match (tall, space) {
            (true, _) => (line, line, if line_breaks(space) > 0 { space } else { self.close.as_str() }),
            (false, "") => (self.gap.as_str(), self.gap.as_str(), ""),
            (false, _) => (space, self.gap.as_str(), space),
        };
        [kept, first, &items.join(&format!(",{next}")), end].concat()
    }

    fn write_item(&self, key: Option<&str>, value: &Value, inline: bool, line: &str, out: &mut String) {
        if let Some(key) = key {
            if self.bare_keys && is_plain_name(key) {
                out.push_str(key);
            } else {
                out.push_str(&Self::quoted(key, self.key_quote));
            }
            out.extend([self.colon.0.as_str(), ":", self.colon.1.as_str()]);
        }
        self.write(value, inline, line, out);
    }

    fn write(&self, value: &Value, inline: bool, close: &str, out: &mut String) {
        match value {
            Value::String(text) => out.push_str(&Self::quoted(text, self.text_quote)),
            Value::Object(members) => {
                let items = members.iter().map(|(key, value)| (Some(key.as_str()), value));
                self.write_container(['{', '}'], &self.object_pad, items, inline, close, out);
            }
            Value::Array(elements) => {
                let short = self.short_lists && !elements.iter().any(|it| it.is_array() || it.is_object());
                let items = elements.iter().map(|value| (None, value));
                self.write_container(['[', ']'], &self.array_pad, items, inline || short, close, out);
            }
            _ => out.push_str(&value.to_string()),
        }
    }

    fn write_container<'v>(
        &self,
        [open, shut]: [char; 2],
        pad: &str,
        items: impl ExactSizeIterator<Item = (Option<&'v str>, &'v Value)>,
        inline: bool,
        close: &str,
        out: &mut String,
    ) {
        let count = items.len();
        let line = if inline { self.gap.clone() } else { format!("{close}{}", self.unit) };
        out.push(open);
        for (position, (key, value)) in items.enumerate() {
            out.push_str(if inline && position == 0 { pad } else { &line });
            self.write_item(key, value, inline, if inline { close } else { &line }, out);
            if position + 1 < count || !inline && self.trailing_comma {
                out.push(',');
            }
        }
        if count > 0 {
            out.push_str(if inline { pad } else { close });
        }
        out.push(shut);
    }
}

impl Default for Style {
    fn default() -> Self {
        Self {
            line: "\n  ".to_owned(),
            close: "\n".to_owned(),
            gap: " ".to_owned(),
            newline: "\n",
            unit: "  ".to_owned(),
            bare_keys: false,
            key_quote: '"',
            text_quote: '"',
            colon: (String::new(), " ".to_owned()),
            object_pad: " ".to_owned(),
            array_pad: String::new(),
            trailing_comma: false,
            short_lists: true,
        }
    }
}

/// Whether a new object or array inside this container goes on one line: as its last sibling of that kind does, if that one says what
/// a line of theirs may hold; else as the container itself does.
pub(crate) fn goes_inline(parent: &Node, value: &Value, source: Source) -> bool {
    let items = source.items(parent);
    if !items.is_empty() && is_inline(parent, source) {
        return true;
    }
    let mut siblings = items.iter().rev().map(|item| &item.node);
    let alike = siblings.find(|node| node.kind == kind_of(value) && !source.items(node).is_empty());
    alike.is_some_and(|node| {
        let most = depth_of(node, source) + 1;
        is_inline(node, source) && depth(value, most + 1) <= most
    })
}

pub(crate) fn kind_of(value: &Value) -> Kind {
    match value {
        Value::Object(_) => Kind::Object,
        Value::Array(_) => Kind::Array,
        _ => Kind::Scalar,
    }
}

/// How many containers stand in each other.
fn depth_of(node: &Node, source: Source) -> usize {
    let inner = source.items(node).iter().map(|item| depth_of(&item.node, source)).max().unwrap_or(0);
    inner + usize::from(node.is_container())
}

/// Whether a container is written on one line.
pub(crate) fn is_inline(container: &Node, source: Source) -> bool {
    line_breaks(source.get(&container.span())) == 0
}

/// The quote at the start of a text, or of a written string.
pub(crate) fn quote_of(written: &str) -> Option<char> {
    written.chars().next().filter(|c| matches!(c, '"' | '\''))
}

/// The spaces and tabs at the start of the line of an offset.
pub(crate) fn line_indent(text: &str, offset: usize) -> &str {
    let line = &text[line_start(text, offset)..offset];
    let line = line.trim_start_matches('\u{feff}');
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

pub(crate) fn newline_of(text: &str) -> &'static str {
    match text.find(['\n', '\r']) {
        Some(at) if text[at..].starts_with("\r\n") => "\r\n",
        Some(at) if text[at..].starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// Whether a key can go without quotes for every reader of JSON5.
pub(crate) fn is_plain_name(key: &str) -> bool {
    let starts = |c: char| c.is_ascii_alphabetic() || matches!(c, '$' | '_');
    key.starts_with(starts) && key.chars().all(|c| starts(c) || c.is_ascii_digit())
}

/// What is before and after the colon of a member, if it is on one line and without comments.
fn colon_of(item: &Item, source: Source) -> Option<(String, String)> {
    let between = &source.text[item.key()?.end..item.node.span().start];
    let (before, after) = between.split_once(':')?;
    let plain = before.chars().chain(after.chars()).all(|c| matches!(c, ' ' | '\t'));
    // More than one space aligns values; a new key has another length.
    plain.then(|| (before.to_owned(), if after.len() > 1 { " ".to_owned() } else { after.to_owned() }))
}

/// The spaces inside the opening bracket of a container on one line.
fn pad_of(node: &Node, source: Source) -> Option<String> {
    let first = source.items(node).first()?;
    let pad = &source.text[node.interior().start..first.body().start];
    let plain = pad.chars().all(|c| matches!(c, ' ' | '\t'));
    (plain && is_inline(node, source)).then(|| pad.to_owned())
}

/// The indent of the last item that starts a line.
fn item_indent<'a>(container: &Node, source: Source<'a>) -> Option<&'a str> {
    source.items(container).iter().rev().find_map(|item| {
        let start = item.body().start;
        let from = line_start(source.text, start);
        let indent = &source.text[from..start];
        let leads_line = from > container.span().start && indent.chars().all(|c| matches!(c, ' ' | '\t'));
        leads_line.then_some(indent)
    })
}

/// By how much the items of a container are indented.
fn unit_of(container: &Node, source: Source) -> Option<String> {
    let indent = item_indent(container, source)?;
    let unit = indent.strip_prefix(line_indent(source.text, container.span().start))?;
    (!unit.is_empty()).then(|| unit.to_owned())
}

/// The first answer of the nodes from this one down, in the order of the text.
fn first<T>(node: &Node, source: Source, ask: &impl Fn(&Node) -> Option<T>) -> Option<T> {
    ask(node).or_else(|| source.items(node).iter().find_map(|item| first(&item.node, source, ask)))
}
