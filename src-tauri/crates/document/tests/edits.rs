//! Edits as pairs of texts, before and after. `|` at the start of a line stands for the margin.

use document::{Document, Edit, EditError, Path, Segment, Value, path};
use serde_json::json;

/// Sets (`Some`) or removes (`None`) the value at a dotted path and compares the whole text.
#[track_caller]
fn check(before: &str, at: &str, to: Option<Value>, after: &str) {
    let (before, after) = (margin(before), margin(after));
    let got = set(&before, at, to);
    assert_eq!(got, after, "\n--- got\n{got}\n--- expected\n{after}\n");
}

/// The same for files with CRLF, tabs or a byte order mark, made from the plain texts.
#[track_caller]
fn check_all_styles(before: &str, at: &str, to: Option<Value>, after: &str) {
    check(before, at, to.clone(), after);
    let (before, after) = (margin(before), margin(after));
    type Restyle = fn(&str) -> String;
    let styles: [Restyle; 3] = [|it| it.replace('\n', "\r\n"), |it| it.replace("  ", "\t"), |it| format!("\u{feff}{it}")];
    for restyle in styles {
        assert_eq!(set(&restyle(&before), at, to.clone()), restyle(&after));
    }
}

fn set(before: &str, at: &str, to: Option<Value>) -> String {
    let document = Document::parse(before).unwrap_or_else(|error| panic!("{error}: {before:?}"));
    let at = dotted(at);
    let was = document.get(&at).map(document::ValueRef::value);
    let edit = Edit { at, was, to: to.clone() };
    let edited = document.apply(std::slice::from_ref(&edit)).unwrap_or_else(|error| panic!("{error}: {before:?}"));
    let json5: Value = json5::from_str(edited.text().trim_start_matches('\u{feff}')).expect("json5 reads the result");
    assert_eq!(json5, edited.value());
    assert!(!document.is_strict_json() || edited.is_strict_json(), "strict JSON stays strict: {:?}", edited.text());
    let again = edited.apply(&[edit]).expect("the same edit again is no conflict");
    assert_eq!(again.text(), edited.text(), "the same edit again changes nothing");
    edited.text().to_owned()
}

/// `a.b.0.c`; a step in backquotes may hold dots.
fn dotted(at: &str) -> Path {
    let mut path = Path::root();
    let mut quoted = false;
    for part in at.split('`') {
        if quoted {
            path.push(part);
        } else {
            for step in part.split('.').filter(|step| !step.is_empty()) {
                path.push(step.parse().map_or_else(|_| Segment::from(step), Segment::Index));
            }
        }
        quoted = !quoted;
    }
    path
}

/// Takes away the margin of a multi-line text.
fn margin(text: &str) -> String {
    let Some(lines) = text.strip_prefix('\n') else { return text.to_owned() };
    let lines = lines.lines().filter_map(|line| line.trim_start().strip_prefix('|'));
    lines.map(|line| format!("{line}\n")).collect()
}

const CONFIG: &str = "
    |// my setup
    |{
    |  meta: { lastTouchedVersion: '2026.9.6' }, // keep
    |  models: {
    |    mode: \"merge\",
    |    providers: {
    |      // the box under the desk
    |      local: {
    |        baseUrl: 'http://127.0.0.1:1234/v1', /* LM Studio */
    |        models: [
    |          { id: 'qwen', contextWindow: 0x8000, maxTokens: 8192. }, // big
    |          { id: 'phi', contextWindow: 4096 },
    |        ],
    |      },
    |    },
    |  },
    |  agents: { defaults: { model: 'local/qwen' } },
    |}
";

#[test]
fn one_field_of_a_commented_config() {
    let expected = CONFIG.replace("4096", "16384");
    check_all_styles(CONFIG, "models.providers.local.models.1.contextWindow", Some(json!(16384)), &expected);
    let expected = CONFIG.replace("0x8000", "65536");
    check_all_styles(CONFIG, "models.providers.local.models.0.contextWindow", Some(json!(65536)), &expected);
    let expected = CONFIG.replace("contextWindow: 4096 }", "contextWindow: 4096, maxTokens: 1024 }");
    check_all_styles(CONFIG, "models.providers.local.models.1.maxTokens", Some(json!(1024)), &expected);
    let expected = CONFIG.replace(", maxTokens: 8192. }", " }");
    check_all_styles(CONFIG, "models.providers.local.models.0.maxTokens", None, &expected);
}

#[test]
fn an_alias_with_all_that_leads_to_it() {
    let expected = CONFIG.replace("model: 'local/qwen' }", "model: 'local/qwen', models: { 'local/qwen': { alias: 'Qwen' } } }");
    check_all_styles(CONFIG, "agents.defaults.models.`local/qwen`.alias", Some(json!("Qwen")), &expected);
}

#[test]
fn a_second_identical_edit_changes_nothing() {
    let document = Document::parse("{ a: 0x10 }").expect("JSON5");
    let edit = Edit { at: path!["a"], was: Some(json!(16)), to: Some(json!(17)) };
    let once = document.apply(std::slice::from_ref(&edit)).expect("16 is 0x10");
    let twice = once.apply(&[edit]).expect("it is 17 already");
    assert_eq!((once.text(), twice.text()), ("{ a: 17 }", "{ a: 17 }"));
}

#[test]
fn a_foreign_change_is_a_conflict_and_nothing_is_changed() {
    let document = Document::parse("{ a: 1, b: 2 }").expect("JSON5");
    let good = Edit { at: path!["a"], was: Some(json!(1)), to: Some(json!(9)) };
    let stale = Edit { at: path!["b"], was: Some(json!(1)), to: Some(json!(9)) };
    let error = document.apply(&[good, stale]).expect_err("b is 2");
    assert_eq!(error, EditError::Conflict { at: path!["b"] });
    assert_eq!(error.to_string(), "b is not what it was when this change was made");

    let gone = Edit { at: path!["x"], was: Some(json!("x".repeat(99))), to: None };
    assert_eq!(document.apply(&[gone]).expect("it is gone already").text(), "{ a: 1, b: 2 }");
    let there = Edit { at: path!["a"], was: None, to: Some(json!(5)) };
    assert!(matches!(document.apply(&[there]), Err(EditError::Conflict { .. })));
}

#[test]
fn an_edit_sees_what_the_ones_before_it_changed() {
    let document = Document::parse("{ a: [1] }").expect("JSON5");
    let edits = [
        Edit { at: path!["a", 1], was: None, to: Some(json!(2)) },
        Edit { at: path!["a", 2, "x"], was: None, to: Some(json!(3)) },
        Edit { at: path!["a", 0], was: Some(json!(1)), to: None },
        Edit { at: path!["a", 1, "x"], was: Some(json!(3)), to: Some(json!(4)) },
    ];
    assert_eq!(document.apply(&edits).expect("in order").text(), "{ a: [2, { x: 4 }] }");
}

#[test]
fn an_edit_that_changes_nothing_is_not_compared() {
    let document = Document::parse("{ a: 1 }").expect("JSON5");
    let edit = Edit { at: path!["a"], was: Some(json!(7)), to: Some(json!(7.0)) };
    assert_eq!(document.apply(&[edit]).expect("no change is meant").text(), "{ a: 1 }");
    assert_eq!(document.apply(&[]).expect("no edit").text(), "{ a: 1 }");
}

#[test]
fn a_value_needs_a_container() {
    let document = Document::parse("{ a: 1, l: [1], n: null }").expect("JSON5");
    for (at, holder) in [
        (path!["a", "b"], path!["a"]),
        (path!["n", "b"], path!["n"]),
        (path!["l", 2], path!["l"]),
        (path!["l", "x"], path!["l"]),
        (path![0], path![]),
        (path!["l", 0, 0], path!["l", 0]),
        (path!["x", 1, "y"], path![]),
    ] {
        let edit = Edit { at: at.clone(), was: None, to: Some(json!(1)) };
        assert_eq!(document.apply(&[edit]).expect_err("no place"), EditError::NoContainer { at, holder });
    }
}

#[test]
fn an_impossible_edit_is_refused() {
    let document = Document::parse("[]").expect("JSON5");
    let remove_all = Edit { at: Path::root(), was: Some(json!([])), to: None };
    assert!(matches!(document.apply(&[remove_all]), Err(EditError::Unsupported { .. })));

    let deep = (0..110).fold(json!(1), |value, _| json!([value]));
    let deeper = Edit { at: path![0], was: None, to: Some(deep.clone()) };
    let document = document.apply(&[deeper]).expect("111 levels");
    let at: Path = (0..100).map(|_| 0usize).collect();
    let was = document.get(&at).map(document::ValueRef::value);
    assert!(matches!(document.apply(&[Edit { at, was, to: Some(deep) }]), Err(EditError::Unsupported { .. })));
    let long: Path = (0..document::MAX_DEPTH + 1).map(|_| 0usize).collect();
    let on_empty = Document::parse("[]").expect("JSON5").apply(&[Edit { at: long, was: None, to: Some(json!(1)) }]);
    assert!(matches!(on_empty, Err(EditError::Unsupported { .. })));
}

#[test]
fn numbers_that_json_lacks_are_read_as_null() {
    let document = Document::parse("{ a: NaN, b: -Infinity, c: 1e999 }").expect("JSON5");
    assert_eq!(document.value(), json!({ "a": null, "b": null, "c": null }));
}

#[test]
fn lines_are_those_of_the_editor() {
    let document =
        Document::parse("\u{feff}// 1\r\n{\r\n  a: /* 3 */\r\n    { b: [\r\n 1,\r\n\r\n 2] },\r a: 3 }").expect("JSON5");
    assert_eq!(document.line(&path![]), Some(2));
    assert_eq!(document.line(&path!["a"]), Some(8), "the one that counts");
    let document = Document::parse("// 1\n{\n  a: /* 3 */\n    { b: [\n 1,\n\n 2] } }").expect("JSON5");
    assert_eq!(document.line(&path!["a"]), Some(3), "the line of the key");
    assert_eq!(document.line(&path!["a", "b", 1]), Some(7));
    assert_eq!(document.line(&path!["a", "b", 2]), None);
    assert_eq!(document.nearest_line(&path!["a", "b", 2]), 4);
    assert_eq!(document.nearest_line(&path!["x", "y"]), 2);
}

#[test]
fn duplicate_keys_are_listed() {
    let text = "{ a: 1, b: { c: 1, c: 2, c: 3 }, 'a': { d: 1, \"d\": 2 }, l: [{ e: 1, e: 1 }], b: { f: 1 } }";
    let document = Document::parse(text).expect("JSON5");
    assert_eq!(document.duplicates(), [path!["a"], path!["b"], path!["a", "d"], path!["l", 0, "e"]]);
    assert!(Document::parse("{ a: { b: 1 }, c: { b: 1 } }").expect("JSON5").duplicates().is_empty());
}

#[test]
fn strict_json_is_recognized() {
    for (text, strict) in [
        ("{\"a\": [1, null]}", true),
        ("{\"a\": 1,}", false),
        ("{\"a\": 1} // x", false),
        ("{'a': 1}", false),
        ("{a: 1}", false),
        ("[+1]", false),
        ("[\"\\x41\"]", false),
        ("\u{feff}{}", false),
    ] {
        assert_eq!(Document::parse(text).expect("JSON5").is_strict_json(), strict, "{text}");
    }
}

/// No edit of a field touches another line.
#[test]
fn one_field_is_one_line() {
    let before = margin(CONFIG);
    for (at, to) in [
        ("models.mode", json!("replace")),
        ("models.providers.local.baseUrl", json!("http://127.0.0.1:8080/v1")),
        ("meta.lastTouchedVersion", json!("2026.9.7")),
    ] {
        let after = set(&before, at, Some(to));
        let changed = before.lines().zip(after.lines()).filter(|(old, new)| old != new).count();
        assert_eq!((changed, before.lines().count()), (1, after.lines().count()), "{at}");
    }
}

#[test]
fn white_space_at_the_end_of_a_comment_belongs_to_it() {
    for (before, after) in
        [("{ b: [] // c  \n, a: 2 }", "{ b: [] // c  \n }"), ("{ a: 1, b: [] //x\r//z\u{c}\n, a: 2}", "{ b: [] //x\r//z\u{c}\r}")]
    {
        let document = Document::parse(before).expect("parses");
        let at = Path::from(["a"]);
        let edit = Edit { was: document.get(&at).map(document::ValueRef::value), at, to: None };
        assert_eq!(document.apply(&[edit]).expect("it is edited").text(), after, "{before:?}");
    }
}
