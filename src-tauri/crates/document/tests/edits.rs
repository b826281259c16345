//! Edits as pairs of texts: before, and what must be there after. `|` at the start of a line stands for the margin.

use document::{Document, Edit, Path, Segment, Value};
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
    let was = document.get(&at).cloned();
    let edit = Edit { at, was, to: to.clone() };
    let edited = document.apply(std::slice::from_ref(&edit)).unwrap_or_else(|error| panic!("{error}: {before:?}"));
    let json5: Value = json5::from_str(edited.text().trim_start_matches('\u{feff}')).expect("json5 reads the result");
    assert_eq!(&json5, edited.value());
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
