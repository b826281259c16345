//! Configs of many contents, each written in many styles, under every sort of change: the same value comes out in every style, all
//! comments stay but those of what is removed, a second time writes nothing, and what is one setting is one line.

use document::Document;
use domain::change::{Change, FieldValue, Flag, Limit, ModelField, NewKey, Owner};
use domain::config::Config;
use domain::edit::{key_tag, propose};
use serde_json::{Value, json};

use crate::scene::{LOCAL_FIRST, Scene};

struct Style {
    name: &'static str,
    unit: &'static str,
    newline: &'static str,
    quote: char,
    bare_keys: bool,
    trailing_comma: bool,
    colon: &'static str,
    comments: bool,
    bom: bool,
    /// Containers from this depth on are written on one line.
    inline_from: usize,
}

const PLAIN: Style = Style {
    name: "plain",
    unit: "  ",
    newline: "\n",
    quote: '"',
    bare_keys: true,
    trailing_comma: true,
    colon: ": ",
    comments: false,
    bom: false,
    inline_from: 99,
};

const STYLES: [Style; 14] = [
    PLAIN,
    Style { name: "strict JSON", bare_keys: false, trailing_comma: false, ..PLAIN },
    Style { name: "strict JSON, minified", bare_keys: false, trailing_comma: false, inline_from: 0, colon: ":", ..PLAIN },
    Style { name: "commented", comments: true, ..PLAIN },
    Style { name: "commented, no trailing comma", comments: true, trailing_comma: false, ..PLAIN },
    Style { name: "tabs", unit: "\t", comments: true, ..PLAIN },
    Style { name: "four spaces, quoted keys", unit: "    ", bare_keys: false, comments: true, ..PLAIN },
    Style { name: "CRLF", newline: "\r\n", comments: true, ..PLAIN },
    Style { name: "CR", newline: "\r", ..PLAIN },
    Style { name: "byte order mark", bom: true, comments: true, ..PLAIN },
    Style { name: "single quotes, tight colons", quote: '\'', colon: ":", comments: true, ..PLAIN },
    Style { name: "no indent", unit: "", comments: true, ..PLAIN },
    Style { name: "one-line objects", inline_from: 3, comments: true, ..PLAIN },
    Style { name: "all on one line", inline_from: 0, comments: true, ..PLAIN },
];

fn contents() -> Vec<Value> {
    let model = |id: &str| json!({ "id": id, "name": id.to_uppercase(), "contextWindow": 65536, "maxTokens": 8192, "cost": { "input": 0, "output": 0.5 } });
    let providers = json!({
        "box": { "baseUrl": "http://127.0.0.1:1234/v1", "apiKey": "sk-1", "timeoutSeconds": 300, "headers": { "X-A": "h" }, "models": [model("m"), model("n")] },
        "überbox": { "baseUrl": "http://127.0.0.1:2/v1", "models": [model("größe/日本")] },
    });
    let meta = json!({ "lastTouchedVersion": "2026.9.6" });
    let names = json!({ "box/m": { "alias": "Local" }, "box/n": {}, "hosted/x": { "alias": "Big" } });
    let chain = json!({ "primary": "box/m", "fallbacks": ["hosted/x", "box/n"] });
    vec![
        json!({ "meta": meta, "agents": { "defaults": { "model": chain, "models": names } }, "models": { "mode": "merge", "providers": providers } }),
        json!({ "models": { "providers": providers }, "agents": { "defaults": { "model": "box/m" } }, "meta": meta, "gateway": { "mode": "local" } }),
        json!({ "meta": meta, "models": { "providers": providers }, "agents": { "list": [{ "id": "a", "model": "box/m" }, { "id": "b", "model": chain }], "defaults": { "models": names, "model": chain } } }),
        json!({ "meta": meta, "agents": { "entries": { "a": { "model": chain }, "b": {} }, "defaults": { "model": chain, "models": names, "modelPolicy": { "allow": ["box/*", "box/n"] }, "imageModel": "box/m" } }, "models": { "providers": providers } }),
        json!({ "env": { "vars": { "A": "b" } }, "tools": { "byProvider": { "box": { "deny": ["exec"] } } }, "meta": meta, "models": { "providers": providers, "mode": "replace" }, "agents": { "defaults": { "model": chain, "models": names } }, "channels": [] }),
    ]
}

fn changes(doc: &Document) -> Vec<(&'static str, Change)> {
    let scene = Scene::new(LOCAL_FIRST);
    let (config, _) = Config::read(doc, &|_| None);
    let (provider, model) = (|| "box".to_owned(), || "m".to_owned());
    let number = |n: u64| FieldValue::Number(n.into());
    let tag = key_tag(&scene.state, &config.provider("box").expect("the box").key);
    let alias = config.alias(&domain::ModelRef::new("box", "m")).map(str::to_owned);
    let mode = doc.get(&document::path!["models", "mode"]).and_then(Value::as_str).map(str::to_owned);
    vec![
        (
            "one setting",
            Change::Limit {
                provider: provider(),
                model: model(),
                limit: Limit::ContextWindow,
                was: Some(65_536),
                to: Some(32_768),
            },
        ),
        (
            "one setting",
            Change::BaseUrl {
                provider: provider(),
                was: Some("http://127.0.0.1:1234/v1".into()),
                to: Some("http://127.0.0.1:9/v1".into()),
            },
        ),
        ("one setting", Change::Timeout { provider: provider(), was: Some(300), to: Some(60) }),
        ("one setting", Change::Key { provider: provider(), was: tag, to: NewKey::Env("BOX_KEY".into()) }),
        (
            "one setting",
            Change::Model {
                provider: "überbox".into(),
                model: "größe/日本".into(),
                field: ModelField::Name,
                was: Some(FieldValue::Text("GRÖSSE/日本".into())),
                to: Some(FieldValue::Text("\"quoted\" 'name'".into())),
            },
        ),
        (
            "a removal",
            Change::Limit { provider: provider(), model: model(), limit: Limit::MaxTokens, was: Some(8_192), to: None },
        ),
        ("an addition", Change::Api { provider: provider(), was: None, to: Some("openai-responses".into()) }),
        ("an addition", Change::Flag { provider: provider(), flag: Flag::AllowPrivateNetwork, was: None, to: Some(true) }),
        (
            "an addition",
            Change::Setting {
                of: Owner::Model { provider: provider(), model: model() },
                key: vec!["compat".into(), "supportsTools".into()],
                was: None,
                to: Some(json!(false)),
            },
        ),
        ("an addition", Change::Alias { model_ref: "box/m".into(), was: alias, to: Some("Box".into()) }),
        (
            "an addition",
            Change::AddModel {
                provider: provider(),
                model: "new".into(),
                fields: [(ModelField::Name, FieldValue::Text("New".into())), (ModelField::ContextWindow, number(40_000))].into(),
            },
        ),
        (
            "an addition",
            Change::AddProvider {
                provider: "rig".into(),
                base_url: "http://127.0.0.1:3/v1".into(),
                api: None,
                key: NewKey::Literal("sk-2".into()),
            },
        ),
        ("an addition", Change::Route { agent: None, was: config.defaults.written(), to: turned(config.defaults.written()) }),
        ("an addition", Change::Mode { was: mode, to: Some("merge".into()) }),
        ("a rename", Change::RenameProvider { was: "box".into(), to: "rig".into() }),
        ("a rename", Change::RenameModel { provider: provider(), was: model(), to: "größer".into() }),
        ("a removal", Change::RemoveModel { provider: provider(), model: "n".into(), force: true }),
        ("a removal", Change::RemoveProvider { provider: "überbox".into(), force: true }),
    ]
}

/// The fallbacks in another order; of a chain of one, a fallback more.
fn turned(mut chain: Vec<String>) -> Vec<String> {
    chain[1..].reverse();
    if chain.len() == 1 {
        chain.push("hosted/x".to_owned());
    }
    chain
}

#[test]
fn every_change_in_every_style() {
    let scene = Scene::new(LOCAL_FIRST);
    let (mut texts, mut edits) = (0, 0);
    for (c, content) in contents().iter().enumerate() {
        let mut expected: Vec<Value> = Vec::new();
        for style in &STYLES {
            let text = style.write(content);
            let doc = Document::parse(&text).unwrap_or_else(|it| panic!("{} {c}: {it}", style.name));
            assert_eq!(doc.value(), content, "{} {c}", style.name);
            texts += 1;
            for (i, (sort, change)) in changes(&doc).into_iter().enumerate() {
                let what = format!("content {c}, {}, change {i}: {change:?}\n{text}", style.name);
                let done = propose(&scene.state, &doc, "", std::slice::from_ref(&change), &|_| None);
                let proposal = done.unwrap_or_else(|it| panic!("{}: {what}", it.message));
                let after = proposal.text();
                let read: Value =
                    json5::from_str(after.trim_start_matches('\u{feff}')).unwrap_or_else(|it| panic!("{it}: {what}"));
                assert_eq!(&read, proposal.after.value(), "{what}");
                // The first style says what is meant; the others may differ in nothing.
                if expected.len() == i {
                    expected.push(read.clone());
                }
                assert_eq!(read, expected[i], "{what}");
                let lost: Vec<&str> = comments(&text).into_iter().filter(|it| !after.contains(it)).collect();
                assert!(
                    lost.is_empty() || sort == "a removal" && lost.len() < comments(&text).len() / 3,
                    "lost {lost:?}: {what}\n{after}"
                );
                assert!(sort != "one setting" || proposal.review.lines_changed == 1, "{what}\n{after}");
                assert!(!doc.is_strict_json() || proposal.after.is_strict_json(), "{what}\n{after}");
                assert_eq!(after.starts_with('\u{feff}'), style.bom, "{what}");
                assert_eq!(after.contains('\r'), style.newline.contains('\r') && text.contains('\r'), "{what}");
                // Again: nothing to do, or no longer what it was.
                if let Ok(again) = propose(&scene.state, &proposal.after, "", &[change], &|_| None) {
                    assert_eq!(again.text(), after, "{what}");
                }
                edits += 1;
            }
        }
    }
    assert!(texts >= 60 && edits > 1_000, "{texts} {edits}");
}

/// The marks of all comments.
fn comments(text: &str) -> Vec<&str> {
    text.match_indices("<c").filter_map(|(at, _)| text[at..].find('>').map(|end| &text[at..=at + end])).collect()
}

impl Style {
    fn write(&self, value: &Value) -> String {
        let mut mark = 0;
        let mut out = if self.bom { "\u{feff}".to_owned() } else { String::new() };
        if self.comments {
            out.push_str(&format!("// <c-head>{}", self.newline));
        }
        self.value(value, 0, &mut mark, &mut out);
        out.push_str(self.newline);
        if self.comments {
            out.push_str("/* <c-tail> */");
        }
        // A comment to the end of a line would take all that follows along.
        if self.inline_from == 0 { out.replacen(&format!("// <c-head>{}", self.newline), "/* <c-head> */", 1) } else { out }
    }

    fn value(&self, value: &Value, depth: usize, mark: &mut usize, out: &mut String) {
        match value {
            Value::Object(members) => {
                let items: Vec<_> = members.iter().map(|(key, it)| (Some(key.as_str()), it)).collect();
                self.items(['{', '}'], &items, depth, mark, out);
            }
            Value::Array(items) => {
                self.items(['[', ']'], &items.iter().map(|it| (None, it)).collect::<Vec<_>>(), depth, mark, out)
            }
            Value::String(text) => out.push_str(&self.text(text)),
            other => out.push_str(&other.to_string()),
        }
    }

    fn items(
        &self,
        [open, close]: [char; 2],
        items: &[(Option<&str>, &Value)],
        depth: usize,
        mark: &mut usize,
        out: &mut String,
    ) {
        let inline = depth >= self.inline_from;
        let line = |depth: usize| if inline { " ".to_owned() } else { format!("{}{}", self.newline, self.unit.repeat(depth)) };
        out.push(open);
        for (i, (key, value)) in items.iter().enumerate() {
            *mark += 1;
            let (n, last) = (*mark, i + 1 == items.len());
            out.push_str(&line(depth + 1));
            if self.comments && n % 3 == 0 {
                out.push_str(&if inline { format!("/* <c{n}a> */ ") } else { format!("// <c{n}a>{}", line(depth + 1)) });
            }
            if let Some(key) = key {
                let plain = key.chars().all(|it| it.is_ascii_alphanumeric());
                out.push_str(&if self.bare_keys && plain { (*key).to_owned() } else { self.text(key) });
                out.push_str(self.colon);
            }
            if self.comments && n % 5 == 0 {
                out.push_str(&format!("/* <c{n}b> */ "));
            }
            self.value(value, depth + 1, mark, out);
            if self.comments && n % 7 == 0 {
                out.push_str(&format!(" /* <c{n}c> */"));
            }
            if !last || self.trailing_comma && !inline {
                out.push(',');
            }
            if self.comments && n % 2 == 0 && !inline {
                out.push_str(&format!(" // <c{n}d>"));
            }
        }
        if !items.is_empty() {
            out.push_str(&line(depth));
        }
        out.push(close);
    }

    fn text(&self, text: &str) -> String {
        let written = Value::from(text).to_string();
        if self.quote == '"' { written } else { format!("'{}'", &written[1..written.len() - 1]) }
    }
}
