//! Configs of many contents, each written in many styles, and the changes that a person may make of each.

use document::Document;
use domain::State;
use domain::base::change::{Change, Fields, NewKey, Place};
use domain::config::Config;
use domain::edit::secret_tag;
use serde_json::{Value, json};

pub struct Fixture {
    pub name: String,
    pub text: String,
    /// Those of the same number say the same.
    pub content: usize,
    pub style: Style,
}

/// Of a change: what may be seen of it in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    OneSetting,
    Addition,
    Removal,
    Rename,
}

pub fn fixtures() -> Vec<Fixture> {
    let contents = contents();
    let written = contents.iter().enumerate().flat_map(|(content, it)| {
        STYLES.map(|style| Fixture { name: format!("{} {content}", style.name), text: style.write(it), content, style })
    });
    let by_hand = [("keys written twice", TWICE.to_owned()), ("comments in odd places", ODD.to_owned()), ("1 MB", large())];
    let by_hand = by_hand.into_iter().enumerate().map(|(i, (name, text))| {
        let style = Style { comments: true, ..PLAIN };
        Fixture { name: name.to_owned(), text, content: contents.len() + i, style }
    });
    written.chain(by_hand).collect()
}

/// The last one counts.
const TWICE: &str = r#"{
  models: { mode: "replace", providers: { none: {} } },
  meta: { lastTouchedVersion: "2026.9.6" },
  agents: { defaults: { model: { primary: "x/y", primary: "box/m", fallbacks: ["hosted/x", "box/n"] } } },
  models: {
    providers: {
      box: {
        baseUrl: "http://127.0.0.1:7/v1", // <c1> an old one
        timeoutSeconds: 300,
        apiKey: "sk-1",
        models: [
          { id: "m", maxTokens: 1, name: "M", contextWindow: 65536, maxTokens: 8192 }, // <c2>
          { id: "n", name: "N" },
        ],
        baseUrl: "http://127.0.0.1:1234/v1", // <c3>
      },
      "überbox": { baseUrl: "http://127.0.0.1:2/v1", models: [{ id: "größe/日本", name: "GRÖSSE/日本" }] },
    },
  },
}
"#;

const ODD: &str = r#"/*<c1>*/{/*<c2>*/meta/*<c3>*/:/*<c4>*/{lastTouchedVersion:'2026.9.6'/*<c5>*/,/*<c6>*/}/*<c7>*/,
// <c8>

// <c9>
agents:{defaults:{model:{primary:/*<c10>*/'box/m'/*<c11>*/,fallbacks:[/*<c12>*/'hosted/x',// <c13>
'box/n'/*<c14>*/]},models:{'box/m':{/*<c15>*/alias:"Local"},}}},models:{
    providers:{box:{// <c16>
    baseUrl:'http://127.0.0.1:1234/v1'/* <c17>
    */,apiKey:'sk-1',// <c18>
    timeoutSeconds:300// <c19>
    ,models:[/*<c20>*/{id:'m',name:'M',contextWindow:65536,
    // <c21>
    maxTokens:8192/*<c22>*/}/*<c23>*/,{id:'n',name:'N'}// <c24>
    ]},'\u00fcberbox':{baseUrl:'http://127.0.0.1:2/v1',models:[{id:'größe/\u65e5本',name:'GRÖSSE/日本'},]}}
}}// <c25>"#;

fn large() -> String {
    let mut others = String::new();
    for n in 0..14_000 {
        others.push_str(&format!("    entry{n}: {{ name: 'number {n}', tags: ['a', 'b'], value: {n} }}, // entry {n}\n"));
    }
    ODD.replacen("agents:{", &format!("plugins: {{\n{others}  }},\nagents:{{"), 1)
}

#[derive(Clone, Copy)]
pub struct Style {
    pub name: &'static str,
    unit: &'static str,
    pub newline: &'static str,
    quote: char,
    bare_keys: bool,
    trailing_comma: bool,
    colon: &'static str,
    comments: bool,
    pub bom: bool,
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
        json!({ "plugins": { "deep": deep(150), "😀 \u{202e}\t\"": "\\ \u{7f} e\u{301}" }, "meta": meta, "agents": { "defaults": { "model": chain, "models": names } }, "models": { "providers": providers } }),
    ]
}

fn deep(levels: usize) -> Value {
    (0..levels).fold(json!(1), |inner, level| if level % 2 == 0 { json!({ "a": inner }) } else { json!([inner]) })
}

pub fn changes(state: &State, doc: &Document) -> Vec<(Sort, Change)> {
    let (config, _) = Config::read(doc, &|_| None);
    let (provider, model) = (|| "box".to_owned(), || "m".to_owned());
    let tag = secret_tag(doc, &config, &Place::api_key("box"), state.seed);
    let alias = config.alias(&domain::ModelRef::new("box", "m")).map(str::to_owned);
    let mode = Place::mode().value(doc);
    vec![
        (Sort::OneSetting, Change::set(Place::model(&provider(), &model(), &["contextWindow"]), Some(65_536), Some(32_768))),
        (
            Sort::OneSetting,
            Change::set(
                Place::provider(&provider(), &["baseUrl"]),
                Some("http://127.0.0.1:1234/v1"),
                Some("http://127.0.0.1:9/v1"),
            ),
        ),
        (Sort::OneSetting, Change::set(Place::provider(&provider(), &["timeoutSeconds"]), Some(300), Some(60))),
        (Sort::OneSetting, Change::Secret { at: Place::api_key(&provider()), was: tag, to: NewKey::Env("BOX_KEY".into()) }),
        (
            Sort::OneSetting,
            Change::set(Place::model("überbox", "größe/日本", &["name"]), Some("GRÖSSE/日本"), Some("\"quoted\" 'name'")),
        ),
        (Sort::Removal, Change::set(Place::model(&provider(), &model(), &["maxTokens"]), Some(8_192), None)),
        (Sort::Addition, Change::set(Place::provider(&provider(), &["api"]), None, Some("openai-responses"))),
        (Sort::Addition, Change::set(Place::provider(&provider(), &["request", "allowPrivateNetwork"]), None, Some(true))),
        (Sort::Addition, Change::set(Place::model(&provider(), &model(), &["compat", "supportsTools"]), None, Some(false))),
        (Sort::Addition, Change::set(Place::alias("box/m"), alias, Some("Box".into()))),
        (
            Sort::Addition,
            Change::AddModel {
                provider: provider(),
                model: "new".into(),
                fields: Fields::default().with(&["name"], "New").with(&["contextWindow"], 40_000),
            },
        ),
        (
            Sort::Addition,
            Change::AddProvider {
                provider: "rig".into(),
                fields: Fields::default().with(&["baseUrl"], "http://127.0.0.1:3/v1"),
                key: NewKey::Literal("sk-2".into()),
            },
        ),
        (Sort::Addition, Change::Route { agent: None, was: config.defaults.written(), to: turned(config.defaults.written()) }),
        (Sort::Addition, Change::set(Place::mode(), mode, Some("merge".into()))),
        (Sort::Rename, Change::Rename { provider: "box".into(), model: None, to: "rig".into() }),
        (Sort::Rename, Change::Rename { provider: provider(), model: Some(model()), to: "größer".into() }),
        (Sort::Removal, Change::Remove { provider: provider(), model: Some("n".into()), force: true }),
        (Sort::Removal, Change::Remove { provider: "überbox".into(), model: None, force: true }),
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
