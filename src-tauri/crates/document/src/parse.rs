//! From text to spans. The tokens are `jsonc-parser`'s; the grammar over them is here, because it must be
//! JSON5 and nothing more, must not recurse, and must remember where commas and comments are.
//!
//! Where the tokens of `jsonc-parser` are not those of JSON5, the text is refused in words rather than read differently
//! from OpenClaw: see `token` and `bare_key`.

use std::borrow::Cow;
use std::collections::HashSet;

use jsonc_parser::{
    ParseStringErrorKind, Scanner, ScannerOptions,
    errors::{ParseError as ScanError, ParseErrorKind as ScanErrorKind},
    tokens::Token,
};
use serde_json::Value;

use crate::{
    MAX_DEPTH, MAX_LENGTH, ParseError, ParseErrorKind, curly,
    number::number,
    place::{column_of, line_of, line_start},
    style::quote_of,
    tree::{Comment, Item, Kind, Node, Span, Tree},
};

pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

pub(crate) fn parse(text: &str) -> Result<Tree, ParseError> {
    let read = if text.len() > MAX_LENGTH {
        Err(Fault::at(0, format!("the file is larger than {} MiB", MAX_LENGTH >> 20)))
    } else {
        let mark = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
        Parser::new(text, mark..text.len(), 0).run()
    };
    read.map_err(|fault| fault.told(text))
}

/// A container by itself, which stands in so many others. The span is all of it.
pub(crate) fn parse_part(text: &str, span: Span, depth: usize) -> Result<Tree, ParseError> {
    let end = span.end;
    let tree = Parser::new(text, span, depth).run().map_err(|fault| fault.told(text))?;
    // A comment after it would go on, or not, with what follows.
    if tree.root.span().end == end { Ok(tree) } else { Err(Fault::at(end, "it does not end where it should").told(text)) }
}

/// An error whose line is not counted yet.
struct Fault {
    offset: usize,
    message: String,
    kind: ParseErrorKind,
}

struct Parser<'a> {
    /// Up to the end of what is read.
    text: &'a str,
    scanner: Scanner<'a>,
    /// Where the scanner's text starts.
    base: usize,
    /// How many containers what is read stands in.
    depth: usize,
    comments: Vec<Comment>,
    open: Vec<Frame>,
    /// Of all open containers, the outermost's first.
    items: Vec<Item>,
    /// Of all closed ones, in the order in which they closed.
    done: Vec<Item>,
    repeats: bool,
}

/// A container that is not closed yet.
struct Frame {
    kind: Kind,
    start: usize,
    /// Its first item among those of all open containers.
    first_item: usize,
    /// Of the member whose value comes next.
    key: Option<Span>,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq)]
enum Expect {
    Root,
    ElementOrClose,
    KeyOrClose,
    Colon,
    MemberValue,
    CommaOrClose,
    End,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, span: Span, depth: usize) -> Self {
        let text = &text[..span.end];
        Self {
            text,
            scanner: Scanner::new(&text[span.start..], &ScannerOptions::default()),
            base: span.start,
            depth,
            comments: vec![],
            open: vec![],
            items: vec![],
            done: vec![],
            repeats: false,
        }
    }

    fn run(mut self) -> Result<Tree, Fault> {
        let mut expect = Expect::Root;
        let mut root = None;
        while let Some((token, span)) = self.token(expect)? {
            let finished = match (expect, token) {
                (Expect::Root | Expect::ElementOrClose | Expect::MemberValue, Token::OpenBrace | Token::OpenBracket) => {
                    expect = self.enter(span.start)?;
                    None
                }
                (Expect::ElementOrClose, Token::CloseBracket) | (Expect::KeyOrClose, Token::CloseBrace) => self.leave(span.end),
                (Expect::Root | Expect::ElementOrClose | Expect::MemberValue, token) => {
                    check_scalar(&token, &span, self.text)?;
                    Some(Node::new(Kind::Scalar, span, 0..0))
                }
                (Expect::KeyOrClose, token) => {
                    if !matches!(token, Token::String(_)) {
                        let message = if token == Token::Comma { "a comma too many" } else { "a key was expected here" };
                        return Err(Fault::at(span.start, message));
                    }
                    if let Some(frame) = self.open.last_mut() {
                        frame.key = Some(span);
                    }
                    expect = Expect::Colon;
                    None
                }
                (Expect::Colon, Token::Colon) => {
                    expect = Expect::MemberValue;
                    None
                }
                (Expect::Colon, _) => return Err(Fault::at(span.start, "a colon is missing before this")),
                (Expect::CommaOrClose, token) => match (token, self.open.last_mut()) {
                    (Token::Comma, Some(frame)) => {
                        if let Some(item) = self.items.last_mut() {
                            item.set_comma(span.start);
                        }
                        expect = frame.next();
                        None
                    }
                    (Token::CloseBracket, Some(Frame { kind: Kind::Array, .. }))
                    | (Token::CloseBrace, Some(Frame { kind: Kind::Object, .. })) => self.leave(span.end),
                    (Token::CloseBracket | Token::CloseBrace, _) => {
                        return Err(Fault::at(span.start, "this bracket does not match the one that is open"));
                    }
                    _ => return Err(Fault::at(span.start, "a comma is missing before this")),
                },
                (Expect::End, _) => return Err(Fault::at(span.start, "the file should end before this")),
            };
            if let Some(node) = finished {
                match self.open.last_mut() {
                    Some(frame) => {
                        self.items.push(Item::new(frame.key.take(), node));
                        expect = Expect::CommaOrClose;
                    }
                    None => {
                        root = Some(node);
                        expect = Expect::End;
                    }
                }
            }
        }
        match root {
            Some(root) => Ok(Tree { root, items: self.done, comments: self.comments, repeats: self.repeats }),
            None => Err(self.ended_early()),
        }
    }

    /// The next token that is no comment. Refuses what the scanner reads and JSON5 does not.
    fn token(&mut self, expect: Expect) -> Result<Option<(Token<'a>, Span)>, Fault> {
        loop {
            let gap = self.base + self.scanner.token_end();
            let scanned = self.scanner.scan();
            let span = self.base + self.scanner.token_start()..self.base + self.scanner.token_end();
            if let Some(at) = self.text[gap..span.start].find('\u{85}') {
                return Err(Fault::at(gap + at, "an invisible character (next line, U+0085) that JSON5 does not know"));
            }
            let token = match scanned {
                Err(error) if expect == Expect::KeyOrClose && matches!(error.kind(), ScanErrorKind::UnexpectedToken) => {
                    return self.bare_key(span).map(Some);
                }
                Err(error) => return Err(self.unreadable(&error)),
                Ok(token) => token,
            };
            match token {
                None => return Ok(None),
                Some(Token::CommentBlock(_)) => self.comments.push(Comment { span, to_line_end: false }),
                Some(Token::CommentLine(words)) => {
                    if let Some(at) = words.find(['\u{2028}', '\u{2029}']) {
                        let message = "an invisible line end (U+2028 or U+2029) in a comment: JSON5 ends the comment here";
                        return Err(Fault::at(span.start + 2 + at, message));
                    }
                    self.comments.push(Comment { span, to_line_end: true });
                }
                Some(Token::String(_)) if breaks_line(&self.text[span.clone()]) => {
                    return Err(Fault::at(span.start, "this text has no closing quote on its line"));
                }
                Some(Token::Word(_) | Token::Number(_) | Token::Boolean(_) | Token::Null) if expect == Expect::KeyOrClose => {
                    return self.bare_key(span).map(Some);
                }
                Some(token) => return Ok(Some((token, span))),
            }
        }
    }

    fn enter(&mut self, start: usize) -> Result<Expect, Fault> {
        if self.depth + self.open.len() == MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} objects and lists in each other");
            return Err(Fault { offset: start, message, kind: ParseErrorKind::TooDeep });
        }
        let kind = if self.text.as_bytes()[start] == b'{' { Kind::Object } else { Kind::Array };
        let frame = Frame { kind, start, first_item: self.items.len(), key: None };
        let expect = frame.next();
        self.open.push(frame);
        Ok(expect)
    }

    fn leave(&mut self, end: usize) -> Option<Node> {
        let frame = self.open.pop()?;
        self.repeats |= frame.kind == Kind::Object && repeats(&self.items[frame.first_item..], self.text);
        let first = self.done.len();
        self.done.extend(self.items.drain(frame.first_item..));
        Some(Node::new(frame.kind, frame.start..end, first..self.done.len()))
    }

    /// A key without quotes, which the scanner read as a word of its own kind or not at all: `null_x`, `a/* */:`, `\\u0061`.
    fn bare_key(&mut self, scanned: Span) -> Result<(Token<'a>, Span), Fault> {
        let start = scanned.start;
        let rest = &self.text[start..];
        let Some((name, length)) = bare_name(rest) else { return Err(self.strange(&scanned)) };
        let end = start + length;
        let after = &self.text[end..];
        let ends =
            after.starts_with(|c: char| c == ':' || c.is_whitespace()) || after.starts_with("//") || after.starts_with("/*");
        if !ends && !after.is_empty() {
            let word = rest.split([':', ',', '}', '\n', '\r']).next().unwrap_or(rest).trim_end();
            let fault = if word.len() > length { "needs quotes" } else { "has no colon" };
            return Err(Fault::at(start, format!("the key {word} {fault}")));
        }
        if end != scanned.end {
            self.scanner = Scanner::new(&self.text[end..], &ScannerOptions::default());
            self.base = end;
        }
        Ok((Token::String(name), start..end))
    }

    fn ended_early(&self) -> Fault {
        match self.open.last() {
            Some(frame) => {
                let bracket = &self.text[frame.start..=frame.start];
                let line = line_of(self.text, frame.start);
                Fault::at(self.text.len(), format!("the file ends, but the {bracket} of line {line} is not closed"))
            }
            None => Fault {
                offset: self.text.len(),
                message: "there is nothing in this file".to_owned(),
                kind: ParseErrorKind::Empty,
            },
        }
    }

    fn unreadable(&self, error: &ScanError) -> Fault {
        use ParseStringErrorKind as InString;
        use ScanErrorKind as Scan;
        let start = self.base + self.scanner.token_start();
        let message = match error.kind() {
            Scan::String(InString::UnterminatedStringLiteral) => "this text has no closing quote",
            Scan::String(InString::InvalidUnicodeEscapeSequence(_)) => {
                "half of a character: \\u escapes of this kind come in pairs"
            }
            Scan::String(InString::ExpectedFourHexDigits) => "\\u needs four hexadecimal digits",
            Scan::String(InString::ExpectedTwoHexDigits) => "\\x needs two hexadecimal digits",
            Scan::String(_) => "JSON5 does not know this backslash escape",
            Scan::UnterminatedCommentBlock => "this comment is not closed: */ is missing",
            Scan::UnexpectedToken => return self.strange(&(start..self.base + self.scanner.token_end())),
            _ => "this is not a number",
        };
        let offset = if matches!(error.kind(), Scan::String(_)) { self.base + error.range().start } else { start };
        Fault::at(offset, message)
    }

    /// The scanner met a character that begins no token, or that cannot be within the word it began.
    fn strange(&self, scanned: &Span) -> Fault {
        let word = &self.text[scanned.clone()];
        match self.text[scanned.end..].chars().next() {
            Some(c) if word.is_empty() && (c.is_control() || !c.is_ascii()) => {
                Fault::at(scanned.start, format!("the character {c:?} (U+{:04X}) does not belong here", u32::from(c)))
            }
            Some(c) if word.is_empty() => Fault::at(scanned.start, format!("{c} does not belong here")),
            _ => Fault::at(scanned.start, format!("text needs quotes: {word}")),
        }
    }
}

impl Frame {
    /// What may come after the opening bracket or a comma.
    fn next(&self) -> Expect {
        if self.kind == Kind::Object { Expect::KeyOrClose } else { Expect::ElementOrClose }
    }
}

impl Fault {
    fn at(offset: usize, message: impl Into<String>) -> Self {
        Self { offset, message: message.into(), kind: ParseErrorKind::Other }
    }

    fn told(mut self, text: &str) -> ParseError {
        if self.kind == ParseErrorKind::Other {
            self.blame_curly_quotes(text);
        }
        ParseError {
            offset: self.offset,
            line: line_of(text, self.offset),
            column: column_of(text, self.offset),
            message: self.message,
            kind: self.kind,
        }
    }

    /// On a line with a curly quote, that is the fault, whatever the scanner stumbled over.
    fn blame_curly_quotes(&mut self, text: &str) {
        let start = line_start(text, self.offset);
        let end = text[self.offset..].find(['\n', '\r']).map_or(text.len(), |end| self.offset + end);
        let offsets = curly::find(text);
        if let Some(first) = offsets.iter().find(|offset| (start..end).contains(offset)) {
            self.offset = *first;
            self.message = "a curly quote; OpenClaw reads only straight ones: \" or '".to_owned();
            self.kind = ParseErrorKind::CurlyQuote { count: offsets.len(), lines: curly::lines(text, &offsets) };
        }
    }
}

/// Objects of up to so many members are searched without a table: most are small, and a large config has many.
const FEW: usize = 16;

/// Whether two members have the same key.
fn repeats(members: &[Item], text: &str) -> bool {
    let mut names = members.iter().filter_map(|it| it.name(text));
    if members.len() > FEW {
        let mut seen = HashSet::with_capacity(members.len());
        return !names.all(|it| seen.insert(it));
    }
    members.iter().enumerate().skip(1).any(|(position, member)| {
        let name = member.name(text);
        members[..position].iter().any(|it| it.name(text) == name)
    })
}

/// The value of a scalar that was parsed before.
pub(crate) fn scalar(written: &str) -> Option<Value> {
    match written {
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        _ if quote_of(written).is_some() => quoted(written).map(|it| Value::String(it.into_owned())),
        _ if written.starts_with(|it: char| it.is_ascii_digit() || matches!(it, '+' | '-' | '.')) => number(written),
        _ => Some(Value::Null),
    }
}

/// What a text in quotes means that was parsed before. Nearly none has an escape.
pub(crate) fn quoted(written: &str) -> Option<Cow<'_, str>> {
    if !written.bytes().any(|it| it == b'\\') {
        return Some(Cow::Borrowed(&written[1..written.len() - 1]));
    }
    match Scanner::new(written, &ScannerOptions::default()).scan().ok()?? {
        Token::String(words) => Some(words),
        _ => None,
    }
}

fn check_scalar(token: &Token, span: &Span, text: &str) -> Result<(), Fault> {
    match token {
        Token::String(_) | Token::Boolean(_) | Token::Null => Ok(()),
        Token::Number(digits) if number(digits).is_some() => Ok(()),
        Token::Number(_) => Err(Fault::at(span.start, "this number is too large")),
        Token::Word(word) => Err(Fault::at(span.start, format!("text needs quotes: {word}"))),
        Token::Comma => Err(Fault::at(span.start, "a value is missing before this comma")),
        _ => Err(Fault::at(span.start, format!("a value was expected here, not {}", &text[span.clone()]))),
    }
}

/// Whether a quoted string holds a line end that no backslash continues. JSON5 has no such strings.
fn breaks_line(quoted: &str) -> bool {
    let bytes = quoted.as_bytes();
    if !bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return false;
    }
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if bytes[at + 1..].starts_with(b"\r\n") => at += 3,
            b'\\' => at += 2,
            b'\n' | b'\r' => return true,
            _ => at += 1,
        }
    }
    false
}

/// The name at the start of a text, as it is meant, and how many bytes it is written in. Beyond ASCII this is a little
/// wider than the standard (circled letters) and a little narrower (accents as characters of their own, foreign digits).
pub(crate) fn bare_name(text: &str) -> Option<(Cow<'_, str>, usize)> {
    let starts = |c: char| c.is_ascii_alphabetic() || matches!(c, '$' | '_') || !c.is_ascii() && c.is_alphabetic();
    let goes_on = |c: char| c.is_ascii_alphanumeric() || starts(c) || matches!(c, '\u{200c}' | '\u{200d}');
    let mut length = text.find(|c| !goes_on(c)).unwrap_or(text.len());
    let mut name = Cow::Borrowed(&text[..length]);
    while let Some(escape) = text[length..].strip_prefix("\\u") {
        let digits = escape.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        let c = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).filter(|c| goes_on(*c))?;
        let plain = &escape[4..];
        let plain = &plain[..plain.find(|c| !goes_on(c)).unwrap_or(plain.len())];
        name.to_mut().push(c);
        name.to_mut().push_str(plain);
        length += "\\u0000".len() + plain.len();
    }
    name.starts_with(starts).then_some((name, length))
}
