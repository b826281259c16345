//! Models: each setting, and models that come, go and are renamed with all that refers to them.

use document::Document;
use document::ValueRef;
use domain::base::change::{Change, Fields, Place};
use domain::base::refusal::RefusalCode;
use insta::assert_snapshot;
use serde_json::Value;

use crate::edit::{reviewed, try_changes};

/// Refers to its one local model in every way that there is.
const REFERRED: &str = r#"// mine
{
  agents: {
    defaults: {
      model: { primary: "box/m", fallbacks: ["hosted/big", "box/small"] }, // the box first
      imageModel: "box/m",
      mediaModels: { image: { primary: "hosted/big", fallbacks: ["box/m"] } },
      heartbeat: { model: "box/m", every: "30m" },
      models: {
        // short names
        "box/m": { alias: "Local" }, // mine
        "hosted/big": { alias: "Big" },
      },
      modelPolicy: { allow: ["box/m", "hosted/*"] },
      memorySearch: { model: "box/m" },
    },
    entries: { kid: { model: "box/m" }, maid: { model: { primary: "Local", fallbacks: [] } } },
  },
  channels: { modelByChannel: { telegram: { "1": "box/m" } } },
  tools: { media: { models: [{ provider: "box", model: "m" }] }, byProvider: { "box/m": { allow: [] } } },
  models: { providers: { box: { baseUrl: "http://127.0.0.1:1234/v1", timeoutSeconds: 300, models: [
    { id: "m", name: "M", contextWindow: 65536, maxTokens: 8192 }, // as loaded
    { id: "small", name: "S", contextWindow: 65536, maxTokens: 8192 },
  ] } } },
}
"#;

/// One line of nothing but what is needed.
const OLD: &str = "{ meta: { lastTouchedVersion: '2026.3.28' }, models: { providers: { b: { baseUrl: 'http://127.0.0.1:1/v1', models: [{ id: 'm', name: 'M' }] } } } }";
const NEW: &str = "{ meta: { lastTouchedVersion: '2026.9.6' }, models: { providers: { b: { baseUrl: 'http://127.0.0.1:1/v1', models: [{ id: 'm', name: 'M' }] } } } }";

fn field(key: &[&str], was: Option<Value>, to: Option<Value>) -> Change {
    Change::set(Place::model("b", "m", key), was, to)
}

fn text(text: &str) -> Option<Value> {
    Some(text.into())
}

fn number(n: f64) -> Option<Value> {
    let whole = n.fract() == 0.0 && n >= 0.0;
    Some(if whole { (n as u64).into() } else { n.into() })
}

fn list(items: &[&str]) -> Option<Value> {
    Some(items.into())
}

/// What the file then says of the model, after the first line of the review.
#[track_caller]
fn becomes(config: &str, change: &Change) -> String {
    let text = match try_changes(config, std::slice::from_ref(change)) {
        Ok(proposal) => proposal.text().to_owned(),
        Err(refusal) => return format!("refused: {}", refusal.message),
    };
    let start = text.find("models: [").expect("models");
    text[start..].trim_end_matches(|it| " }\n".contains(it)).to_owned()
}

#[test]
fn each_setting() {
    let given: [(&[&str], _); 11] = [
        (&["name"], text("N")),
        (&["api"], text("openai-responses")),
        (&["reasoning"], Some(true.into())),
        (&["input"], list(&["text", "image"])),
        (&["cost", "input"], number(0.5)),
        (&["cost", "output"], number(2.0)),
        (&["cost", "cacheRead"], number(0.0)),
        (&["cost", "cacheWrite"], number(1.0)),
        (&["contextWindow"], number(65_536.0)),
        (&["contextTokens"], number(32_768.0)),
        (&["maxTokens"], number(8_192.0)),
    ];
    let was = |key: &[&str]| if *key == ["name"] { text("M") } else { None };
    let shown: Vec<String> = given.iter().map(|(key, to)| becomes(NEW, &field(key, was(key), to.clone()))).collect();
    assert_snapshot!(shown.join("\n"), @r"
    models: [{ id: 'm', name: 'N' }]
    models: [{ id: 'm', name: 'M', api: 'openai-responses' }]
    models: [{ id: 'm', name: 'M', reasoning: true }]
    models: [{ id: 'm', name: 'M', input: ['text', 'image'] }]
    models: [{ id: 'm', name: 'M', cost: { input: 0.5 } }]
    models: [{ id: 'm', name: 'M', cost: { output: 2 } }]
    models: [{ id: 'm', name: 'M', cost: { cacheRead: 0 } }]
    models: [{ id: 'm', name: 'M', cost: { cacheWrite: 1 } }]
    models: [{ id: 'm', name: 'M', contextWindow: 65536 }]
    models: [{ id: 'm', name: 'M', contextTokens: 32768 }]
    models: [{ id: 'm', name: 'M', maxTokens: 8192 }]
    ");
}

#[test]
fn a_second_time_writes_nothing() {
    let change = field(&["cost", "input"], None, number(0.5));
    let once = try_changes(NEW, std::slice::from_ref(&change)).expect("taken").text().to_owned();
    assert_eq!(try_changes(&once, &[change]).expect("taken").text().to_owned(), once);
}

#[test]
fn settings_that_openclaw_would_refuse() {
    let refused: [(&str, &[&str], _); 12] = [
        (OLD, &["contextTokens"], number(1.0)),
        (OLD, &["input"], list(&["text", "video"])),
        (OLD, &["api"], text("google-vertex")),
        (NEW, &["api"], text("openai-codex-responses")),
        (NEW, &["api"], text("openai")),
        (NEW, &["input"], list(&["smell"])),
        (NEW, &["input"], list(&[])),
        (NEW, &["name"], text(" ")),
        (NEW, &["contextWindow"], number(0.0)),
        (NEW, &["contextWindow"], number(1.5)),
        (NEW, &["maxTokens"], text("many")),
        (NEW, &["cost", "input"], number(-1.0)),
    ];
    let was = |key: &[&str]| if *key == ["name"] { text("M") } else { None };
    let shown: Vec<String> = refused
        .into_iter()
        .map(|(config, key, to)| becomes(config, &field(key, was(key), to)))
        .chain([becomes(NEW, &field(&["name"], text("M"), None))])
        .collect();
    assert_snapshot!(shown.join("\n"), @r"
    refused: models.providers.b.models.0.contextTokens is newer than the OpenClaw of this file, which does not start with it. Update OpenClaw first.
    refused: models.providers.b.models.0.input.1 should be one of text, image.
    refused: models.providers.b.models.0.api should be one of openai-completions, openai-responses, openai-codex-responses, anthropic-messages, google-generative-ai, github-copilot, bedrock-converse-stream, ollama.
    refused: models.providers.b.models.0.api should be one of openai-completions, openai-responses, openai-chatgpt-responses, azure-openai-responses, anthropic-messages, google-generative-ai, google-vertex, github-copilot, bedrock-converse-stream, ollama, pi-messages.
    refused: models.providers.b.models.0.api should be one of openai-completions, openai-responses, openai-chatgpt-responses, azure-openai-responses, anthropic-messages, google-generative-ai, google-vertex, github-copilot, bedrock-converse-stream, ollama, pi-messages.
    refused: models.providers.b.models.0.input.0 should be one of text, image, video, audio.
    refused: the list of inputs is empty
    refused: the name is empty
    refused: 0 tokens is out of range; it should be from 1 to 1,000,000,000
    refused: 1.5 is no number of tokens
    refused: models.providers.b.models.0.maxTokens should be a number above 0.
    refused: -1.0 is no price in dollars per million tokens
    refused: OpenClaw refuses a model without a name
    ");
}

#[test]
fn a_file_that_does_not_tell_its_openclaw_is_warned_of() {
    let bare = NEW.replace("meta: { lastTouchedVersion: '2026.9.6' }, ", "");
    assert_snapshot!(reviewed(&bare, &[field(&["contextTokens"], None, number(32_768.0))]), @r"
    b/m: context in use is now 32,768
    -{ models: { providers: { b: { baseUrl: 'http://127.0.0.1:1/v1', models: [{ id: 'm', name: 'M' }] } } } }
    +{ models: { providers: { b: { baseUrl: 'http://127.0.0.1:1/v1', models: [{ id: 'm', name: 'M', contextTokens: 32768 }] } } } }
    ! schema.unsure OpenClaw 2026.3.28 and before refuse contextTokens as set here, and the file does not tell which release reads it.
    ");
    let between = NEW.replace("2026.9.6", "2026.7.1");
    assert_snapshot!(reviewed(&between, &[field(&["contextTokens"], None, number(32_768.0))]), @r"
    b/m: context in use is now 32,768
    -{ meta: { lastTouchedVersion: '2026.7.1' }, models: { providers: { b: { baseUrl: 'http://127.0.0.1:1/v1', models: [{ id: 'm', name: 'M' }] } } } }
    +{ meta: { lastTouchedVersion: '2026.7.1' }, models: { providers: { b: { baseUrl: 'http://127.0.0.1:1/v1', models: [{ id: 'm', name: 'M', contextTokens: 32768 }] } } } }
    ! schema.unsure contextTokens changed between OpenClaw 2026.3.28 and 2026.9.6: OpenClaw 2026.7, which last wrote this file, may refuse it.
    ");
}

#[test]
fn a_foreign_change_is_a_conflict() {
    let change = field(&["name"], text("Other"), text("Mine"));
    let refusal = try_changes(NEW, &[change]).expect_err("a conflict");
    assert_eq!(refusal.code, RefusalCode::Conflict);
    assert_eq!((refusal.conflicts[0].theirs.as_str(), refusal.conflicts[0].yours.as_str()), ("M", "Mine"));
    // The same number in another spelling is none.
    let spelled = NEW.replace("name: 'M'", "name: 'M', contextWindow: 65536.0");
    let change = field(&["contextWindow"], number(65_536.0), number(32_768.0));
    assert!(try_changes(&spelled, &[change]).is_ok());
}

#[test]
fn a_model_comes() {
    let add = |provider: &str, model: &str, fields: &Fields| Change::AddModel {
        provider: provider.into(),
        model: model.into(),
        fields: fields.clone(),
    };
    let full = Fields::default()
        .with(&["maxTokens"], 8_192)
        .with(&["contextWindow"], 65_536)
        .with(&["cost", "output"], 0)
        .with(&["cost", "input"], 0)
        .with(&["name"], "New");
    assert_snapshot!(reviewed(REFERRED, &[add("box", "new", &full)]), @r#"
    box gets the model new
    +    { id: "new", name: "New", cost: { input: 0, output: 0 }, contextWindow: 65536, maxTokens: 8192 },
    ! modelPolicy.notAllowed box/new is not in agents.defaults.modelPolicy.allow, so /model can't choose it.
    "#);
    let once = try_changes(REFERRED, &[add("box", "new", &full)]).expect("taken").text().to_owned();
    assert_eq!(try_changes(&once, &[add("box", "new", &full)]).expect("just so").text().to_owned(), once);
    let named = Fields::default().with(&["name"], "Other");
    assert_snapshot!(reviewed(&once, &[add("box", "new", &named)]), @"Invalid: box/new is already in the file (Change what is there instead.)");
    assert_snapshot!(reviewed(REFERRED, &[add("box", "new", &Fields::default())]), @"Invalid: new needs a name; OpenClaw refuses a model without one");
    assert_snapshot!(reviewed(REFERRED, &[add("nobody", "new", &named)]), @"Invalid: the provider nobody is not in the file");
    let bundled = "{ models: { providers: { lmstudio: { baseUrl: 'http://127.0.0.1:1234/v1' } } } }";
    assert_snapshot!(reviewed(bundled, &[add("lmstudio", "new", &named)]), @r"
    lmstudio gets the model new
    -{ models: { providers: { lmstudio: { baseUrl: 'http://127.0.0.1:1234/v1' } } } }
    +{ models: { providers: { lmstudio: { baseUrl: 'http://127.0.0.1:1234/v1', models: [{ id: 'new', name: 'Other' }] } } } }
    ! contextWindow.missing No contextWindow is set, so OpenClaw assumes 200,000 tokens.
    ");
}

#[test]
fn a_rename_reaches_every_place() {
    let rename = Change::Rename { provider: "box".into(), model: Some("m".into()), to: "vendor/q4".into() };
    assert_snapshot!(reviewed(REFERRED, std::slice::from_ref(&rename)), @r#"
    box/m is now called box/vendor/q4 [in each place that refers to it]
    -      model: { primary: "box/m", fallbacks: ["hosted/big", "box/small"] }, // the box first
    -      imageModel: "box/m",
    -      mediaModels: { image: { primary: "hosted/big", fallbacks: ["box/m"] } },
    -      heartbeat: { model: "box/m", every: "30m" },
    +      model: { primary: "box/vendor/q4", fallbacks: ["hosted/big", "box/small"] }, // the box first
    +      imageModel: "box/vendor/q4",
    +      mediaModels: { image: { primary: "hosted/big", fallbacks: ["box/vendor/q4"] } },
    +      heartbeat: { model: "box/vendor/q4", every: "30m" },
    -        "box/m": { alias: "Local" }, // mine
    +        "box/vendor/q4": { alias: "Local" }, // mine
    -      modelPolicy: { allow: ["box/m", "hosted/*"] },
    +      modelPolicy: { allow: ["box/vendor/q4", "hosted/*"] },
    -    entries: { kid: { model: "box/m" }, maid: { model: { primary: "Local", fallbacks: [] } } },
    +    entries: { kid: { model: "box/vendor/q4" }, maid: { model: { primary: "Local", fallbacks: [] } } },
    -  channels: { modelByChannel: { telegram: { "1": "box/m" } } },
    -  tools: { media: { models: [{ provider: "box", model: "m" }] }, byProvider: { "box/m": { allow: [] } } },
    +  channels: { modelByChannel: { telegram: { "1": "box/vendor/q4" } } },
    +  tools: { media: { models: [{ provider: "box", model: "vendor/q4" }] }, byProvider: { "box/vendor/q4": { allow: [] } } },
    -    { id: "m", name: "M", contextWindow: 65536, maxTokens: 8192 }, // as loaded
    +    { id: "vendor/q4", name: "M", contextWindow: 65536, maxTokens: 8192 }, // as loaded
    "#);
    let taken = Change::Rename { provider: "box".into(), model: Some("m".into()), to: "small".into() };
    assert_snapshot!(reviewed(REFERRED, &[taken]), @"Invalid: box/small is already in the file");
    let text = try_changes(REFERRED, &[rename]).expect("taken").text().to_owned();
    let back = Change::Rename { provider: "box".into(), model: Some("vendor/q4".into()), to: "m".into() };
    assert_eq!(try_changes(&text, &[back]).expect("taken").text().to_owned(), REFERRED, "there and back is the same text");
}

#[test]
fn a_removal_lists_what_refers_to_it() {
    let remove = |model: &str, force: bool| Change::Remove { provider: "box".into(), model: Some(model.into()), force };
    assert_snapshot!(reviewed(REFERRED, &[remove("m", false)]), @"Invalid: box/m is still used in 11 places: agents.defaults.model.primary, agents.defaults.imageModel, agents.defaults.mediaModels.image.fallbacks.0, agents.defaults.heartbeat.model, agents.defaults.models.box/m, agents.defaults.modelPolicy.allow.0, agents.entries.kid.model, agents.entries.maid.model.primary, channels.modelByChannel.telegram.1, tools.media.models.0, tools.byProvider.box/m (Use --force to remove those references as well.)");
    assert_snapshot!(reviewed(REFERRED, &[remove("m", true)]), @r#"
    box/m goes
    -      model: { primary: "box/m", fallbacks: ["hosted/big", "box/small"] }, // the box first
    -      imageModel: "box/m",
    -      mediaModels: { image: { primary: "hosted/big", fallbacks: ["box/m"] } },
    -      heartbeat: { model: "box/m", every: "30m" },
    +      model: { primary: "hosted/big", fallbacks: ["box/small"] }, // the box first
    +      mediaModels: { image: { primary: "hosted/big", fallbacks: [] } },
    +      heartbeat: { every: "30m" },
    -        // short names
    -        "box/m": { alias: "Local" }, // mine
    -      modelPolicy: { allow: ["box/m", "hosted/*"] },
    +      modelPolicy: { allow: ["hosted/*"] },
    -    entries: { kid: { model: "box/m" }, maid: { model: { primary: "Local", fallbacks: [] } } },
    +    entries: { kid: {}, maid: {} },
    -  channels: { modelByChannel: { telegram: { "1": "box/m" } } },
    -  tools: { media: { models: [{ provider: "box", model: "m" }] }, byProvider: { "box/m": { allow: [] } } },
    +  channels: { modelByChannel: { telegram: {} } },
    +  tools: { media: { models: [] }, byProvider: {} },
    -    { id: "m", name: "M", contextWindow: 65536, maxTokens: 8192 }, // as loaded
    "#);
    assert_snapshot!(reviewed(REFERRED, &[remove("gone", true)]), @"Invalid: box/gone is not in the file");
    let alone = REFERRED.replace(", \"box/small\"]", "]");
    assert_snapshot!(reviewed(&alone, &[remove("small", false)]), @r#"
    box/small goes
    -    { id: "small", name: "S", contextWindow: 65536, maxTokens: 8192 },
    "#);
    let text = try_changes(REFERRED, &[remove("m", true)]).expect("taken").text().to_owned();
    let doc = Document::parse(&text).expect("parses");
    assert_eq!(
        doc.get(&["agents", "defaults", "model"].into()).map(ValueRef::value),
        Some(serde_json::json!({ "primary": "hosted/big", "fallbacks": ["box/small"] }))
    );
    assert_eq!(
        doc.get(&["agents", "defaults", "memorySearch", "model"].into()).map(ValueRef::value),
        Some("box/m".into()),
        "an embedding model is another thing"
    );
}

#[test]
fn an_allowlist_that_is_emptied_allows_all() {
    let config = REFERRED.replace(", \"hosted/*\"]", "]");
    let remove = Change::Remove { provider: "box".into(), model: Some("m".into()), force: true };
    let shown = reviewed(&config, &[remove]);
    assert!(shown.contains("! modelPolicy.emptied agents.defaults.modelPolicy.allow is then empty, so"), "{shown}");
}
