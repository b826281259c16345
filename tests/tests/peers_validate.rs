//! What we say of the model side of a config, beside what the real OpenClaw says: each setting with values of every sort, and each
//! config of the corpus before and after each edit. Both releases whose schema we know, and what we make of the schemas they print.
#![expect(clippy::print_stdout, reason = "the table of disagreements is what this test is run for")]

/// The corpus that the rules themselves are held to.
#[expect(dead_code, reason = "the domain's own test of these configs reads more of each")]
#[path = "../../src-tauri/crates/domain/tests/rules/configs.rs"]
mod configs;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use document::Document;
use domain::State;
use domain::config::Config;
use domain::edit::propose;
use domain::schema::{InstalledSchema, SettingSort, catalog, violations};
use domain::view::types::Severity;
use serde::Deserialize;
use serde_json::{Value, json};

#[test]
fn our_verdict_is_openclaws() {
    let folders = std::env::var("PILOTLIGHT_OPENCLAW_FOLDERS").expect("`make test-peers` sets it");
    let (mut table, mut false_alarms) = (Vec::new(), Vec::new());
    for folder in folders.split(' ').map(Path::new) {
        let package = std::fs::read_to_string(folder.join("package.json")).expect("it is installed");
        let package: Value = serde_json::from_str(&package).expect("JSON");
        let version = package["version"].as_str().expect("a version");
        let cases = cases(version);
        let verdicts = theirs(folder, &cases);
        let own = printed(folder, version);
        let (mut agreed, mut unseen) = (0, BTreeMap::<String, usize>::new());
        for (case, theirs) in cases.iter().zip(verdicts) {
            let refused = own.violations(&Document::parse(&case.text).expect("it parses"), &|_| true);
            match (refused.is_empty(), theirs.valid) {
                (false, Some(true)) => false_alarms.push(format!("{version} | {} | {refused:?}", case.name)),
                (true, Some(false)) => *unseen.entry(theirs.issues[0]["message"].to_string()).or_default() += 1,
                _ => {}
            }
            let ours = ours(&case.text);
            match (ours.is_empty(), theirs.valid) {
                (a, Some(b)) if a == b => agreed += 1,
                (true, Some(false)) if theirs.is_of_other_things() => agreed += 1,
                (_, Some(_)) => table.push(format!("{version} | {} | ours: {ours:?} | theirs: {:?}", case.name, theirs.issues)),
                (_, None) => panic!("no verdict on {}: {:?}", case.name, theirs.said),
            }
        }
        println!("{version}: agreed on {agreed} of {}", cases.len());
        println!("what its code refuses and its schema does not: {unseen:#?}");
    }
    println!("{}", table.join("\n"));
    assert_eq!(table.len(), 0, "disagreements");
    // A schema may know less than the code. What is refused by it and taken by the code would be a needless question to a person.
    assert_eq!(false_alarms, Vec::<String>::new());
}

/// The schema that OpenClaw itself prints, by our judge of it.
fn printed(folder: &Path, version: &str) -> InstalledSchema {
    let home = tempfile::tempdir().expect("a folder");
    let output = Command::new("node")
        .arg(folder.join("openclaw.mjs"))
        .args(["config", "schema"])
        .envs([("HOME", home.path()), ("OPENCLAW_STATE_DIR", home.path())])
        .output()
        .expect("node runs");
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    let kept = InstalledSchema::reduce(&said).expect("a schema");
    println!("{version}: {} bytes printed, {} kept", said.len(), kept.len());
    InstalledSchema::read(version, &kept).expect("a schema")
}

struct Case {
    name: String,
    text: String,
}

#[derive(Debug, Deserialize)]
struct Verdict {
    valid: Option<bool>,
    issues: Value,
    said: Option<String>,
}

/// What the corpus has beside the model side, and 2026.9.6 does not take.
const OTHER_THINGS: [&str; 3] = ["agents.ownership", "channels", "plugins"];

impl Verdict {
    fn is_of_other_things(&self) -> bool {
        let mut issues = self.issues.as_array().into_iter().flatten().filter_map(|it| it["path"].as_str()).peekable();
        issues.peek().is_some() && issues.all(|it| OTHER_THINGS.contains(&it))
    }
}

/// What keeps OpenClaw from starting, as we see it.
fn ours(text: &str) -> Vec<String> {
    let doc = Document::parse(text).expect("it parses");
    let (config, problems) = Config::read(&doc, &|_| None);
    let faults = violations(&doc, config.generation).into_iter().map(|it| it.to_string());
    let ours = problems.into_iter().filter(|it| it.severity == Severity::Error);
    let ours = ours.filter(|it| it.code.starts_with("schema.") || it.code.starts_with("model.")).map(|it| it.message);
    faults.chain(ours).collect()
}

/// One process for all: OpenClaw takes seconds to start.
fn theirs(folder: &Path, cases: &[Case]) -> Vec<Verdict> {
    let home = tempfile::tempdir().expect("a folder");
    let paths: Vec<PathBuf> = (0..cases.len()).map(|i| home.path().join(format!("{i}.json"))).collect();
    for (path, case) in paths.iter().zip(cases) {
        std::fs::write(path, &case.text).expect("written");
    }
    let mut node = Command::new("node")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/peers/validate_many.mjs"))
        .arg(folder)
        .envs([("HOME", home.path()), ("OPENCLAW_STATE_DIR", home.path())])
        .env("OPENCLAW_NO_RESPAWN", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("node starts");
    let mut stdin = node.stdin.take().expect("piped");
    let lines: String = paths.iter().map(|it| format!("{}\n", it.display())).collect();
    let feed = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = node.wait_with_output().expect("it ends");
    feed.join().expect("no panic").expect("it read all");
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    let verdicts: Vec<Verdict> = said.lines().map(|it| serde_json::from_str(it).expect("a verdict a line")).collect();
    assert_eq!(verdicts.len(), cases.len());
    verdicts
}

/// A config that this release takes.
fn base(version: &str) -> Value {
    let model = |id: &str| json!({ "id": id, "name": id.to_uppercase() });
    let mut base = json!({
        "meta": { "lastTouchedVersion": version },
        "gateway": { "mode": "local" },
        "agents": { "defaults": {
            "model": { "primary": "box/m", "fallbacks": ["hosted/big"] },
            "models": { "box/m": { "alias": "Local" }, "hosted/big": {} },
        } },
        "models": { "mode": "merge", "providers": {
            "box": { "baseUrl": "http://127.0.0.1:1234/v1", "api": "openai-completions", "models": [model("m")] },
            "hosted": { "baseUrl": "https://example.com/v1", "models": [model("big")] },
        } },
    });
    if version.starts_with("2026.3.") {
        base["agents"]["list"] = json!([{ "id": "kid", "model": "box/m" }]);
    } else {
        base["agents"]["entries"] = json!({ "kid": { "model": "box/m" } });
    }
    base
}

fn cases(version: &str) -> Vec<Case> {
    let base = base(version);
    let mut cases = vec![Case { name: "the base".to_owned(), text: base.to_string() }];
    let agent = if version.starts_with("2026.3.") { "/agents/list/0" } else { "/agents/entries/kid" };
    let owners = BTreeMap::from([
        ("models", vec!["/models"]),
        ("provider", vec!["/models/providers/box"]),
        ("model", vec!["/models/providers/box/models/0"]),
        ("agent", vec!["/agents/defaults", agent]),
        ("entry", vec!["/agents/defaults/models/box~1m"]),
    ]);
    let listed = catalog().into_iter().map(|it| (it.of, it.key, it.sort, it.options));
    let keys = listed.chain(FIELDS.iter().map(|(of, key, sort)| (*of, key.split('.').collect(), *sort, Vec::new())));
    for (of, key, sort, options) in keys {
        for owner in &owners[of] {
            for to in values(sort, &options) {
                let mut changed = base.clone();
                let mut place = changed.pointer_mut(owner).expect("it has one");
                for step in &key {
                    if !place.is_object() {
                        *place = json!({});
                    }
                    place = &mut place[*step];
                }
                *place = to.clone();
                cases.push(Case { name: format!("{owner} {} = {to}", key.join(".")), text: changed.to_string() });
            }
        }
    }
    for gone in GONE {
        let mut changed = base.clone();
        let (owner, key) = gone.rsplit_once('/').expect("a pointer");
        changed.pointer_mut(owner).and_then(Value::as_object_mut).expect("an object").remove(key);
        cases.push(Case { name: format!("without {gone}"), text: changed.to_string() });
    }
    for (id, provider) in ["ollama", "lmstudio", "openai", "mine"].into_iter().flat_map(|id| PROVIDERS.map(|it| (id, it))) {
        let mut changed = base.clone();
        changed["models"]["providers"][id] = serde_json::from_str(provider).expect("JSON");
        cases.push(Case { name: format!("{id}: {provider}"), text: changed.to_string() });
    }
    cases.extend(corpus(version));
    cases
}

/// Each config of the corpus, before and after each change that we would make of it.
fn corpus(version: &str) -> Vec<Case> {
    let state = State::default();
    let mut cases = Vec::new();
    for configs::Fixture { name, text, .. } in configs::fixtures() {
        let doc = Document::parse(text.replace("2026.9.6", version)).expect("it parses");
        for (i, (_, change)) in configs::changes(&state, &doc).into_iter().enumerate() {
            if let Ok(proposal) = propose(&state, &doc, "", &[change], &|_| None) {
                cases.push(Case { name: format!("{name}, change {i}"), text: proposal.text().to_owned() });
            }
        }
        cases.push(Case { name, text: doc.text().to_owned() });
    }
    cases
}

/// What a config can lack, and OpenClaw may miss.
const GONE: [&str; 8] = [
    "/models",
    "/models/mode",
    "/models/providers/box/baseUrl",
    "/models/providers/box/api",
    "/models/providers/box/models",
    "/models/providers/box/models/0/id",
    "/models/providers/box/models/0/name",
    "/agents/defaults/model/primary",
];

/// Some of these are enough for a provider that OpenClaw brings along.
const PROVIDERS: [&str; 6] = [
    "{}",
    r#"{ "apiKey": "x" }"#,
    r#"{ "baseUrl": "" }"#,
    r#"{ "baseUrl": "http://127.0.0.1:1/v1" }"#,
    r#"{ "models": [] }"#,
    r#"{ "baseUrl": "http://127.0.0.1:1/v1", "models": [] }"#,
];

/// The settings that have fields of their own.
const FIELDS: [(&str, &str, SettingSort); 32] = {
    use SettingSort::{Choice, Flag, Json, Number, Secret, Text, Texts};
    [
        ("models", "mode", Choice),
        ("models", "providers", Json),
        ("models", "unheardOf", Flag),
        ("provider", "baseUrl", Text),
        ("provider", "apiKey", Secret),
        ("provider", "api", Choice),
        ("provider", "headers.X-Any", Secret),
        ("provider", "authHeader", Flag),
        ("provider", "models", Json),
        ("provider", "timeoutSeconds", Number),
        ("provider", "request.allowPrivateNetwork", Flag),
        ("provider", "unheardOf", Flag),
        ("model", "id", Text),
        ("model", "name", Text),
        ("model", "api", Choice),
        ("model", "reasoning", Flag),
        ("model", "input", Texts),
        ("model", "cost.input", Number),
        ("model", "cost.output", Number),
        ("model", "cost.cacheRead", Number),
        ("model", "cost.unheardOf", Number),
        ("model", "contextWindow", Number),
        ("model", "contextTokens", Number),
        ("model", "maxTokens", Number),
        ("model", "unheardOf", Text),
        ("agent", "model", Text),
        ("agent", "model.primary", Text),
        ("agent", "model.fallbacks", Texts),
        ("agent", "model.unheardOf", Text),
        ("agent", "models.box/m", Json),
        ("entry", "alias", Text),
        ("entry", "unheardOf", Text),
    ]
};

/// Some of each sort, right ones and wrong ones.
fn values(sort: SettingSort, options: &[&str]) -> Vec<Value> {
    let mut values = vec![json!(true), json!("text"), json!(3), json!(null), json!({}), json!([])];
    match sort {
        SettingSort::Number => values.extend([json!(0), json!(-1), json!(1.5), json!("3"), json!(1e12)]),
        SettingSort::Text => values.push(json!("")),
        SettingSort::Flag => values.push(json!(false)),
        SettingSort::Choice => {
            let every = ["merge", "replace", "openai-codex-responses", "openai-chatgpt-responses", "ollama", "pi-messages"];
            values.extend(options.iter().chain(&every).map(|it| json!(it)));
        }
        SettingSort::Texts => {
            values.extend([json!(["text"]), json!(["image", "video"]), json!([""]), json!([1]), json!(["x", "x"])])
        }
        SettingSort::Secret | SettingSort::Secrets | SettingSort::SecretTexts => values.extend([
            json!(""),
            json!("${LOCAL_KEY}"),
            json!("$LOCAL_KEY"),
            json!({ "source": "env", "provider": "default", "id": "LOCAL_KEY" }),
            json!({ "source": "env", "provider": "default", "id": "local key" }),
            json!({ "source": "env", "provider": "Default", "id": "LOCAL_KEY" }),
            json!({ "source": "env", "id": "LOCAL_KEY" }),
            json!({ "source": "file", "provider": "default", "id": "/keys/local" }),
            json!({ "source": "file", "provider": "default", "id": "keys/local" }),
            json!({ "source": "exec", "provider": "default", "id": "vault:local" }),
            json!({ "source": "exec", "provider": "default", "id": "../local" }),
            json!({ "source": "store", "provider": "default", "id": "LOCAL_KEY" }),
            json!({ "source": "none", "provider": "default", "id": "LOCAL_KEY" }),
            json!({ "source": "env", "provider": "default", "id": "LOCAL_KEY", "more": 1 }),
            json!({ "X-Name": "text" }),
        ]),
        SettingSort::Json => values.extend([json!({ "any": 1 }), json!([1]), json!("box/m"), json!({ "primary": "box/m" })]),
    }
    values
}
