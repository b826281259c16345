//! Texts that are not documents: the place and the message of the error.

use document::{Document, MAX_DEPTH, ParseError, ParseErrorKind, straighten_quotes};

fn refused(text: &str) -> ParseError {
    Document::parse(text).expect_err(text)
}

/// `▶` marks the place where the error must be.
#[track_caller]
fn check(marked: &str, message: &str) {
    let offset = marked.find('▶').expect("a mark");
    let text = marked.replace('▶', "");
    let error = refused(&text);
    assert_eq!((error.offset, error.message.as_str()), (offset, message), "{text}");
    let line_start = text[..offset].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let before = text[line_start..offset].trim_start_matches('\u{feff}');
    assert_eq!(error.column, before.chars().count() + 1);
    assert_eq!(error.line, text[..offset].replace("\r\n", "\n").replace('\r', "\n").matches('\n').count() + 1);
    assert!(json5::from_str::<serde_json::Value>(&text).is_err(), "json5 refuses it too");
}

#[test]
fn the_place_and_the_words() {
    check("{ a: 1 ▶b: 2 }", "a comma is missing before this");
    check("{\r\n\ta: 1\r\n\t▶b: 2\r\n}", "a comma is missing before this");
    check("{ 'ключ 🙂': ▶да }", "this text needs quotes");
    check("{ a: ▶foo, b: 1 }", "this text needs quotes");
    check("{ ▶a-b: 1 }", "this key needs quotes");
    check("{ ▶x/y: 1 }", "this key needs quotes");
    check("{ ▶1a: 1 }", "this text needs quotes");
    check("{ a ▶}", "a colon is missing before this");
    check("{ ▶a; }", "this key needs quotes");
    check("{ a ▶= 1 }", "= does not belong here");
    check("{ 'a' ▶1 }", "a colon is missing before this");
    check("{ a: ▶}", "a value was expected here");
    check("{ a: ▶, }", "a value is missing before this comma");
    check("{ a: 1,▶, b: 2 }", "a comma too many");
    check("[1▶}", "this bracket does not match the one that is open");
    check("{ a: [1, 2 ▶}", "this bracket does not match the one that is open");
    check("{ a: 1 } ▶}", "the file should end before this");
    check("{\n  a: [\n    1,\n▶", "the file ends, but the [ of line 2 is not closed");
    check("{ a: ▶'x\n, b: 'y' }", "this text has no closing quote on its line");
    check("{ a: ▶'x }", "this text has no closing quote");
    check("{ a: 1 ▶/* x }", "this comment is not closed: */ is missing");
    check("{ a: ▶0x }", "this is not a number");
    check("{ a: ▶1e }", "this is not a number");
    check("[▶-]", "this is not a number");
    check("[0▶1]", "a comma is missing before this");
    check("{ a: '▶\\1' }", "JSON5 does not know this backslash escape");
    check("{ a: 'xy▶\\x4' }", "\\x needs two hexadecimal digits");
    check("\u{feff}{ a: '▶\\ud83d' }", "half of a character: \\u escapes of this kind come in pairs");
    check("\u{feff}{\r a: 1 ▶b }", "a comma is missing before this");
    check("{ a: ▶0x1ffffffffffffffffffffffffffffffff }", "this number is too large");
    check("{ a:▶\u{85}1 }", "an invisible character (next line, U+0085) that JSON5 does not know");
    check("{ a: 1 ▶; }", "; does not belong here");
    check("{ a: 1 ▶\u{0} }", "the character '\\0' (U+0000) does not belong here");
}

#[test]
fn the_whole_message() {
    assert_eq!(refused("{\n  a: 1\n  b: 2\n}").to_string(), "line 3, column 3: a comma is missing before this");
}

#[test]
fn nothing_is_no_document() {
    for text in ["", "  \r\n", "// only this", "/* and\nthis */\n", "\u{feff}", "\u{feff} // x\n"] {
        let error = refused(text);
        assert_eq!((error.kind, error.offset), (ParseErrorKind::Empty, text.len()));
        assert_eq!(error.message, "there is nothing in this file");
    }
}

#[test]
fn curly_quotes_are_named_and_counted() {
    // As the documentation of OpenClaw is rendered in a browser.
    let text = "// don’t count “this”\n{\n  models: {\n    mode: “merge”,\n    url: “http://x/v1”, // nor “this”\n    ok: \"it’s\",\n    ‘id’: 'y',\n  },\n}";
    let error = refused(text);
    assert_eq!(error.kind, ParseErrorKind::CurlyQuote { count: 6, lines: vec![4, 5, 7] });
    assert_eq!((error.line, error.column), (4, 11));
    assert_eq!(error.message, "a curly quote; OpenClaw reads only straight ones: \" or '");
    let straight = straighten_quotes(text).expect("that is all that was wrong");
    let document = Document::parse(&straight).expect("JSON5");
    assert_eq!(document.value()["models"]["url"], "http://x/v1");
    assert_eq!(document.value()["models"]["ok"], "it’s");
    assert!(straight.starts_with("// don’t count “this”\n"));

    for text in ["{ “a”: 1 }", "{ a: \"x” }", "[‘x’]", "{ a”: 1 }"] {
        assert!(matches!(refused(text).kind, ParseErrorKind::CurlyQuote { .. }), "{text}");
    }
    for text in ["{ a: 'it’s' b: 1 }", "{ a: 1 // “x”\n b: 2 }", "{ a: \"“\", /* ’ */ b }"] {
        assert_eq!(refused(text).kind, ParseErrorKind::Other, "{text}");
    }
    assert_eq!(straighten_quotes("{ a: 1 }"), None, "nothing to do");
    assert_eq!(straighten_quotes("{ “a: 1 }"), None, "it would still be broken");
}

#[test]
fn depth_is_limited_and_costs_no_stack() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(Document::parse(nested(MAX_DEPTH)).is_ok());
    let error = refused(&nested(MAX_DEPTH + 1));
    assert_eq!((error.kind, error.offset), (ParseErrorKind::TooDeep, MAX_DEPTH));
    assert_eq!(refused(&"{a:".repeat(1_000_000)).kind, ParseErrorKind::TooDeep);
    assert_eq!(refused(&"[".repeat(1_000_000)).kind, ParseErrorKind::TooDeep);
}

/// JSON5 by the letter, refused because it cannot be read with certainty or not at all by the scanner.
#[test]
fn what_is_refused_though_it_is_json5() {
    for (text, message) in [
        ("{ // x\u{2028}\n a: 1 }", "an invisible line end (U+2028 or U+2029) in a comment: JSON5 ends the comment here"),
        ("{ \u{feff} a: 1 }", "the character '\\u{feff}' (U+FEFF) does not belong here"),
        ("{ e\u{301}: 1 }", "this key needs quotes"),
    ] {
        assert_eq!(refused(text).message, message);
        assert!(json5::from_str::<serde_json::Value>(text).is_ok(), "{text}");
    }
}

/// What `jsonc-parser` alone would read otherwise than JSON5.
#[test]
fn bare_keys_are_those_of_json5() {
    let text = "{ a/* x */: 1, null_x: 2, \\u0061b\\u0031: 3, true: 4, a\u{200d}b: 5, NaN// y\n: 6, $_9: 7, null: 8 }";
    let document = Document::parse(text).expect("JSON5");
    assert_eq!(document.value(), json5::from_str::<serde_json::Value>(text).expect("JSON5"));
    assert_eq!(document.value()["ab1"], 3);
}
