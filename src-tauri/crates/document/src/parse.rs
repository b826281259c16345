//! From text to tree. The tokens are `jsonc-parser`'s. The grammar is our own: it must be exactly JSON5, must not recurse, and must
//! remember where commas and comments are.
//!
//! Where a token of `jsonc-parser` is not one of JSON5, the text is refused rather than read differently from OpenClaw.

use std::borrow::Cow;
use std::collections::HashSet;

use jsonc_parser::{
    ParseStringErrorKind, Scanner, ScannerOptions,
    errors::{ParseError as ScanError, ParseErrorKind as ScanErrorKind},
    tokens::Token,
};
use serde_json::Value;

use crate::curly_quotes;
use crate::error::{ParseError, ParseErrorKind};
use crate::lines::Lines;
use crate::tree::{Comment, Data, Item, Key, Node, Span};
use crate::value::parse_number;

/// How deep objects and arrays may be nested.
pub const MAX_DEPTH: usize = 200;

pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

/// No message quotes the text: what stands there may be a secret.
const UNQUOTED: &str = "this text needs quotes";

/// What a text consists of.
pub(crate) struct Parsed {
    pub root: Node,
    /// In the order of the text.
    pub comments: Vec<Comment>,
}

pub(crate) fn parse(text: &str) -> Result<Parsed, ParseError> {
    Parser::new(text).run().map_err(|fault| fault.into_error(text))
}

/// An error in the syntax, before its line is counted.
struct Fault {
    offset: usize,
    message: String,
    kind: ParseErrorKind,
}

struct Parser<'a> {
    text: &'a str,
    scanner: Scanner<'a>,
    /// Where the scanner's text starts.
    base: usize,
    comments: Vec<Comment>,
    open: Vec<Frame>,
    /// The items of all open containers.
    items: Vec<Item>,
}

/// A container that is not closed yet.
struct Frame {
    is_object: bool,
    start: usize,
    first_item: usize,
    /// The key of the member whose value comes next.
    key: Option<Key>,
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
    fn new(text: &'a str) -> Self {
        let base = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
        let scanner = Scanner::new(&text[base..], &ScannerOptions::default());
        Self { text, scanner, base, comments: vec![], open: vec![], items: vec![] }
    }

    fn run(mut self) -> Result<Parsed, Fault> {
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
                    Some(Node { data: scalar(token, &span)?, span })
                }
                (Expect::KeyOrClose, Token::String(name)) => {
                    if let Some(frame) = self.open.last_mut() {
                        frame.key = Some(Key { name: name.into_owned(), span });
                    }
                    expect = Expect::Colon;
                    None
                }
                (Expect::KeyOrClose, Token::Comma) => return Err(Fault::new(span.start, "a comma too many")),
                (Expect::KeyOrClose, _) => return Err(Fault::new(span.start, "a key was expected here")),
                (Expect::Colon, Token::Colon) => {
                    expect = Expect::MemberValue;
                    None
                }
                (Expect::Colon, _) => return Err(Fault::new(span.start, "a colon is missing before this")),
                (Expect::CommaOrClose, token) => match (token, self.open.last_mut()) {
                    (Token::Comma, Some(frame)) => {
                        if let Some(item) = self.items.last_mut() {
                            item.comma = Some(span.start);
                        }
                        expect = frame.next();
                        None
                    }
                    (Token::CloseBracket, Some(Frame { is_object: false, .. }))
                    | (Token::CloseBrace, Some(Frame { is_object: true, .. })) => self.leave(span.end),
                    (Token::CloseBracket | Token::CloseBrace, _) => {
                        return Err(Fault::new(span.start, "this bracket does not match the one that is open"));
                    }
                    _ => return Err(Fault::new(span.start, "a comma is missing before this")),
                },
                (Expect::End, _) => return Err(Fault::new(span.start, "the file should end before this")),
            };
            if let Some(node) = finished {
                match self.open.last_mut() {
                    Some(frame) => {
                        self.items.push(Item { key: frame.key.take(), node, comma: None, overridden: false });
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
            Some(root) => Ok(Parsed { root, comments: self.comments }),
            None => Err(self.ended_early()),
        }
    }

    /// Returns the next token that is not a comment. Refuses what the scanner accepts and JSON5 does not.
    fn token(&mut self, expect: Expect) -> Result<Option<(Token<'a>, Span)>, Fault> {
        loop {
            let gap = self.base + self.scanner.token_end();
            let scanned = self.scanner.scan();
            let span = self.base + self.scanner.token_start()..self.base + self.scanner.token_end();
            if let Some(at) = self.text[gap..span.start].find('\u{85}') {
                return Err(Fault::new(gap + at, "an invisible character (next line, U+0085) that JSON5 does not know"));
            }
            let token = match scanned {
                Err(error) if expect == Expect::KeyOrClose && matches!(error.kind(), ScanErrorKind::UnexpectedToken) => {
                    return self.bare_key(span).map(Some);
                }
                Err(error) => return Err(self.scan_fault(&error)),
                Ok(token) => token,
            };
            match token {
                None => return Ok(None),
                Some(Token::CommentBlock(_)) => self.comments.push(Comment { span, is_line: false }),
                Some(Token::CommentLine(words)) => {
                    if let Some(at) = words.find(['\u{2028}', '\u{2029}']) {
                        let message = "an invisible line end (U+2028 or U+2029) in a comment: JSON5 ends the comment here";
                        return Err(Fault::new(span.start + 2 + at, message));
                    }
                    self.comments.push(Comment { span, is_line: true });
                }
                Some(Token::String(_)) if breaks_line(&self.text[span.clone()]) => {
                    return Err(Fault::new(span.start, "this text has no closing quote on its line"));
                }
                Some(Token::Word(_) | Token::Number(_) | Token::Boolean(_) | Token::Null) if expect == Expect::KeyOrClose => {
                    return self.bare_key(span).map(Some);
                }
                Some(token) => return Ok(Some((token, span))),
            }
        }
    }

    fn enter(&mut self, start: usize) -> Result<Expect, Fault> {
        if self.open.len() == MAX_DEPTH {
            let message = format!("objects and lists are nested more than {MAX_DEPTH} deep");
            return Err(Fault { offset: start, message, kind: ParseErrorKind::TooDeep });
        }
        let frame = Frame { is_object: self.text.as_bytes()[start] == b'{', start, first_item: self.items.len(), key: None };
        let expect = frame.next();
        self.open.push(frame);
        Ok(expect)
    }

    fn leave(&mut self, end: usize) -> Option<Node> {
        let Frame { is_object, start, first_item, .. } = self.open.pop()?;
        let mut items = self.items.split_off(first_item);
        if is_object {
            mark_overridden(&mut items);
        }
        Some(Node { span: start..end, data: if is_object { Data::Object(items) } else { Data::Array(items) } })
    }

    /// Reads a key without quotes, which the scanner read as another kind of word or not at all: `null_x`, `a/* */:`, `\\u0061`.
    fn bare_key(&mut self, scanned: Span) -> Result<(Token<'a>, Span), Fault> {
        let start = scanned.start;
        let rest = &self.text[start..];
        let Some((name, length)) = bare_name(rest) else { return Err(self.unexpected(&scanned)) };
        let end = start + length;
        let after = &self.text[end..];
        let ends =
            after.starts_with(|c: char| c == ':' || c.is_whitespace()) || after.starts_with("//") || after.starts_with("/*");
        if !ends && !after.is_empty() {
            let word = rest.split([':', ',', '}', '\n', '\r']).next().unwrap_or(rest).trim_end();
            return Err(Fault::new(start, if word.len() > length { "this key needs quotes" } else { "this key has no colon" }));
        }
        if end != scanned.end {
            self.scanner = Scanner::new(&self.text[end..], &ScannerOptions::default());
            self.base = end;
        }
        Ok((Token::String(name), start..end))
    }

    fn ended_early(&self) -> Fault {
        let offset = self.text.len();
        match self.open.last() {
            Some(frame) => {
                let bracket = if frame.is_object { '{' } else { '[' };
                let line = Lines::of(self.text).line(frame.start);
                Fault::new(offset, format!("the file ends, but the {bracket} of line {line} is not closed"))
            }
            None => Fault { offset, message: "there is nothing in this file".to_owned(), kind: ParseErrorKind::Empty },
        }
    }

    fn scan_fault(&self, error: &ScanError) -> Fault {
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
            Scan::UnexpectedToken => return self.unexpected(&(start..self.base + self.scanner.token_end())),
            _ => "this is not a number",
        };
        let offset = if matches!(error.kind(), Scan::String(_)) { self.base + error.range().start } else { start };
        Fault::new(offset, message)
    }

    /// The scanner met a character that starts no token, or that cannot stand in the word it started.
    fn unexpected(&self, scanned: &Span) -> Fault {
        let word = &self.text[scanned.clone()];
        match self.text[scanned.end..].chars().next() {
            Some(c) if word.is_empty() && !c.is_alphanumeric() && (c.is_control() || !c.is_ascii()) => {
                Fault::new(scanned.start, format!("the character {c:?} (U+{:04X}) does not belong here", u32::from(c)))
            }
            Some(c) if word.is_empty() && !c.is_alphanumeric() => Fault::new(scanned.start, format!("{c} does not belong here")),
            _ => Fault::new(scanned.start, UNQUOTED),
        }
    }
}

impl Frame {
    /// Returns what may come after the opening bracket or a comma.
    fn next(&self) -> Expect {
        if self.is_object { Expect::KeyOrClose } else { Expect::ElementOrClose }
    }
}

impl Fault {
    fn new(offset: usize, message: impl Into<String>) -> Self {
        Self { offset, message: message.into(), kind: ParseErrorKind::Other }
    }

    fn into_error(mut self, text: &str) -> ParseError {
        let lines = Lines::of(text);
        if self.kind == ParseErrorKind::Other {
            self.blame_curly_quotes(text, &lines);
        }
        let before = &text[lines.start(self.offset)..self.offset];
        ParseError {
            offset: self.offset,
            line: lines.line(self.offset),
            column: 1 + before.trim_start_matches(BYTE_ORDER_MARK).chars().count(),
            message: self.message,
            kind: self.kind,
        }
    }

    /// On a line with a curly quote, the quote is the fault, whatever the scanner stumbled over.
    fn blame_curly_quotes(&mut self, text: &str, lines: &Lines) {
        let offsets = curly_quotes::find(text);
        let line = lines.line(self.offset);
        let Some(&first) = offsets.iter().find(|offset| lines.line(**offset) == line) else { return };
        let mut quoted_lines: Vec<usize> = offsets.iter().map(|offset| lines.line(*offset)).collect();
        quoted_lines.dedup();
        self.offset = first;
        self.message = "a curly quote; OpenClaw reads only straight ones: \" or '".to_owned();
        self.kind = ParseErrorKind::CurlyQuote { count: offsets.len(), lines: quoted_lines };
    }
}

fn mark_overridden(members: &mut [Item]) {
    let mut seen = HashSet::with_capacity(members.len());
    for member in members.iter_mut().rev() {
        member.overridden = member.key.as_ref().is_some_and(|key| !seen.insert(key.name.as_str()));
    }
}

fn scalar(token: Token, span: &Span) -> Result<Data, Fault> {
    let message = match token {
        Token::String(words) => return Ok(Data::String(words.into_owned())),
        Token::Boolean(flag) => return Ok(Data::Bool(flag)),
        Token::Null => return Ok(Data::Null),
        Token::Number(digits) => match parse_number(digits) {
            Some(Value::Number(number)) => return Ok(Data::Number(number)),
            Some(_) => return Ok(Data::Null),
            None => "this number is too large",
        },
        Token::Word(_) => UNQUOTED,
        Token::Comma => "a value is missing before this comma",
        _ => "a value was expected here",
    };
    Err(Fault::new(span.start, message))
}

/// Returns whether a quoted string holds a line end without a backslash before it, which JSON5 forbids.
fn breaks_line(quoted: &str) -> bool {
    let mut chars = quoted.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\r' => return true,
            // A backslash continues the string past `\r\n` as a whole.
            '\\' if chars.next() == Some('\r') => drop(chars.next_if_eq(&'\n')),
            _ => {}
        }
    }
    false
}

/// Returns the name at the start of a text, with its escapes decoded, and how many bytes it is written in.
///
/// Beyond ASCII this is a little wider than the standard (circled letters) and a little narrower (combining accents, foreign digits).
fn bare_name(text: &str) -> Option<(Cow<'_, str>, usize)> {
    let starts = |c: char| c.is_ascii_alphabetic() || matches!(c, '$' | '_') || !c.is_ascii() && c.is_alphabetic();
    let continues = |c: char| c.is_ascii_alphanumeric() || starts(c) || matches!(c, '\u{200c}' | '\u{200d}');
    let mut length = text.find(|c| !continues(c)).unwrap_or(text.len());
    let mut name = Cow::Borrowed(&text[..length]);
    while let Some(escape) = text[length..].strip_prefix("\\u") {
        let digits = escape.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        let c = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).filter(|c| continues(*c))?;
        let plain = &escape[4..];
        let plain = &plain[..plain.find(|c| !continues(c)).unwrap_or(plain.len())];
        name.to_mut().push(c);
        name.to_mut().push_str(plain);
        length += "\\u0000".len() + plain.len();
    }
    name.starts_with(starts).then_some((name, length))
}
