//! Random JSON5 documents: any value, in any style, with white space and comments wherever they may stand.

use document::Value;
use proptest::{collection::vec, prelude::*};
use serde_json::json;

#[derive(Clone, Debug)]
pub struct Written {
    pub text: String,
}

/// Returns a document in one style or, more often than in real files, in all of them at once.
pub fn document() -> impl Strategy<Value = Written> {
    let style = (any::<bool>(), 0..4u8, prop::bool::weighted(0.1), 0..3u8, prop::bool::weighted(0.15));
    (any_container(), vec(any::<u8>(), 64), style).prop_map(|(value, chances, (wild, comments, crlf, mode, bom))| {
        let mut writer = Writer { out: String::new(), chances, used: 0, comments_made: 0, wild, comments, mode };
        writer.space(0);
        writer.value(&value, 0);
        writer.space(0);
        let mut text = if crlf { writer.out.replace('\n', "\r\n") } else { writer.out };
        if bom {
            text.insert(0, '\u{feff}');
        }
        Written { text }
    })
}

pub fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![3 => scalar(), 1 => any_container()]
}

/// Returns the marks of all comments in a text. Each comment that [`document`] makes has a mark of its own.
pub fn comment_words(text: &str) -> Vec<String> {
    text.split('#').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Returns texts that are nearly JSON5, made from its pieces and from what looks like them.
pub fn nearly() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES.to_vec());
    let soup = vec(piece.clone(), 0..12).prop_map(|pieces| pieces.concat());
    let member = (piece.clone(), piece.clone(), piece).prop_map(|(a, b, c)| format!("{{a:1,{a}:{b}{c}}}"));
    let scarred = (document(), any::<prop::sample::Index>(), prop::sample::select(PIECES.to_vec()));
    let scarred = scarred.prop_map(|(Written { text }, at, piece)| {
        let mut at = at.index(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        format!("{}{piece}{}", &text[..at], &text[at..])
    });
    prop_oneof![soup, member, scarred]
}

/// Returns documents with a part missing.
pub fn cut() -> impl Strategy<Value = String> {
    let places = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<bool>());
    (document(), places).prop_map(|(Written { text }, (one, other, to_end))| {
        let (one, other) = (one.index(text.len() + 1), other.index(text.len() + 1));
        let (mut from, mut to) = (one.min(other), if to_end { text.len() } else { one.max(other) });
        while !text.is_char_boundary(from) {
            from -= 1;
        }
        while !text.is_char_boundary(to) {
            to += 1;
        }
        format!("{}{}", &text[..from], &text[to..])
    })
}

const PIECES: [&str; 98] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    " ",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\u{b}",
    "\u{c}",
    "\u{a0}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{3000}",
    "//",
    "// x\n",
    "/*",
    "*/",
    "/* x */",
    "/",
    "'",
    "\"",
    "'a'",
    "\"a\"",
    "'a\\\nb'",
    "'a\\\r\nb'",
    "'a\nb'",
    "'\\x41'",
    "'\\x4'",
    "'\\u0041'",
    "'\\ud83d\\ude00'",
    "'\\ud83d'",
    "'\\0'",
    "'\\01'",
    "'\\8'",
    "'\\v\\a\\/'",
    "'\"'",
    "\"'\"",
    "'\\''",
    "'\u{2028}'",
    "'\u{1}'",
    "'“'",
    "“",
    "”",
    "‘",
    "0",
    "00",
    "1",
    "-1",
    "+1",
    "+-1",
    "- 1",
    ".5",
    "5.",
    ".",
    "1e3",
    "1e",
    "1e+",
    "1E-2",
    "1.2.3",
    "0x1F",
    "0x",
    "0xg",
    "-0x10",
    "0XfF",
    "01",
    "1a",
    "Infinity",
    "-Infinity",
    "+NaN",
    "NaN",
    "infinity",
    "true",
    "false",
    "null",
    "nul",
    "truex",
    "true_",
    "null_x",
    "undefined",
    "a",
    "$",
    "_",
    "a-b",
    "a b",
    "é",
    "ключ",
    "a1",
    "1a:",
    "\\u0061",
    "a\u{200d}",
    "²",
    "e\u{301}",
    "`a`",
];

/// Returns whether a text has JSON5 that this crate refuses, as its documentation says.
pub fn refused_on_purpose(text: &str) -> bool {
    let inner_mark = text.trim_start_matches('\u{feff}').contains('\u{feff}') || text.starts_with("\u{feff}\u{feff}");
    let odd_key = text.contains('\u{301}');
    inner_mark || odd_key || text.contains('\u{2028}')
}

fn any_container() -> impl Strategy<Value = Value> {
    let leaf = scalar();
    let value =
        leaf.prop_recursive(4, 24, 4, |inner| prop_oneof![vec(inner.clone(), 0..5).prop_map(Value::Array), members(inner)]);
    prop_oneof![4 => members(value.clone()), 1 => vec(value.clone(), 0..5).prop_map(Value::Array), 1 => value]
}

fn members(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let key = prop_oneof!["[a-c]{1,2}", "[a-z$_]{1,4}", "[a-c]/[a-c.]{1,2}", Just(String::new()), Just("ключ".to_owned())];
    vec((key, value), 0..5).prop_map(|members| Value::Object(members.into_iter().collect()))
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<u16>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::from),
        "[a-z'\"\\\\/*\n\u{2028}é“]{0,6}".prop_map(Value::from),
        Just(json!("// no comment")),
    ]
}

struct Writer {
    out: String,
    chances: Vec<u8>,
    used: usize,
    comments_made: usize,
    /// Comments and white space in every gap.
    wild: bool,
    comments: u8,
    /// 0: one line; 1: an item a line; 2: mixed.
    mode: u8,
}

impl Writer {
    fn chance(&mut self, of: u8) -> u8 {
        self.used += 1;
        let salt = (self.used / self.chances.len()) as u8;
        self.chances[self.used % self.chances.len()].wrapping_add(salt.wrapping_mul(37)) % of
    }

    fn value(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Array(elements) => self.container(['[', ']'], elements.iter().map(|it| (None, it)).collect(), depth),
            Value::Object(members) => {
                self.container(['{', '}'], members.iter().map(|(key, it)| (Some(key.as_str()), it)).collect(), depth);
            }
            Value::String(text) => self.string(text),
            Value::Number(number) => self.number(&number.to_string()),
            _ => self.out.push_str(&value.to_string()),
        }
    }

    fn container(&mut self, [open, close]: [char; 2], items: Vec<(Option<&str>, &Value)>, depth: usize) {
        let spread = match self.mode {
            0 => false,
            1 => true,
            _ => self.chance(2) == 0,
        };
        self.out.push(open);
        let count = items.len();
        for (position, (key, value)) in items.into_iter().enumerate() {
            self.gap(spread, depth + 1);
            if let Some(key) = key {
                // Now and then a key that is overridden.
                if self.wild && self.chance(12) == 0 {
                    self.key(key);
                    self.out.push_str(": 'shadow',");
                    self.gap(spread, depth + 1);
                }
                self.key(key);
                self.inner();
                self.out.push(':');
                self.inner();
                if !self.wild {
                    self.out.push(' ');
                }
            }
            self.value(value, depth + 1);
            self.inner();
            if position + 1 < count || self.chance(3) == 0 {
                self.out.push(',');
            }
            if self.comments > 0 && self.chance(4) == 0 {
                self.comment();
            }
        }
        self.gap(spread, depth);
        self.out.push(close);
    }

    fn key(&mut self, key: &str) {
        let plain = key.starts_with(|c: char| c.is_alphabetic() || "$_".contains(c))
            && key.chars().all(|c| c.is_alphanumeric() || "$_".contains(c));
        if plain && self.chance(2) == 0 { self.out.push_str(key) } else { self.string(key) }
    }

    fn string(&mut self, text: &str) {
        let quote = if self.chance(2) == 0 { '"' } else { '\'' };
        self.out.push(quote);
        for c in text.chars() {
            match c {
                '\n' => self.out.push_str("\\n"),
                '\\' => self.out.push_str("\\\\"),
                _ if c == quote => self.out.extend(['\\', c]),
                _ if self.wild && self.chance(8) == 0 => self.out.push_str(&format!("\\\n\\u{:04x}", u32::from(c))),
                _ => self.out.push(c),
            }
        }
        self.out.push(quote);
    }

    fn number(&mut self, number: &str) {
        let whole: Option<u64> = number.parse().ok();
        match (self.chance(6), whole) {
            (0, Some(whole)) => self.out.push_str(&format!("0x{whole:X}")),
            (1, Some(_)) => self.out.push_str(&format!("+{number}")),
            (2, Some(whole)) if whole > 0 => self.out.push_str(&format!("{number}.")),
            _ => self.out.push_str(number),
        }
    }

    /// Writes the space before an item or a closing bracket.
    fn gap(&mut self, spread: bool, depth: usize) {
        if spread {
            let lines = if self.chance(5) == 0 { "\n\n" } else { "\n" };
            self.out.push_str(lines);
            self.out.push_str(&"  ".repeat(depth));
            for _ in 0..2 {
                if self.comments > 1 && self.chance(4) == 0 {
                    self.comment();
                    let lines = ["\n", "\n\n", ""][usize::from(self.chance(3))];
                    self.out.push_str(lines);
                    self.out.push_str(&"  ".repeat(depth));
                }
            }
        } else {
            self.space(1);
        }
    }

    /// Writes space where hardly any file has some.
    fn inner(&mut self) {
        if self.wild && self.chance(6) == 0 {
            self.space(2);
        }
    }

    fn space(&mut self, usual: usize) {
        let wild = if self.wild { self.chance(8) } else { 7 };
        match wild {
            0 => self.out.push('\n'),
            1 => self.out.push('\t'),
            2 => self.out.push('\u{a0}'),
            3 if self.comments > 0 => self.comment(),
            4 if self.comments > 0 => {
                self.comment();
                self.comment();
            }
            _ => self.out.push_str(&" ".repeat(usual)),
        }
    }

    fn comment(&mut self) {
        self.comments_made += 1;
        let mark = format!("#{}#", self.comments_made);
        match self.chance(4) {
            0 => self.out.push_str(&format!(" // {mark}\n")),
            1 => self.out.push_str(&format!(" // {mark}, }} it's \"\n  ")),
            2 => self.out.push_str(&format!(" /* {mark} \" */ ")),
            _ => self.out.push_str(&format!("/* {mark}\n // */")),
        }
    }
}
