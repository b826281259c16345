//! The schema that an installed OpenClaw prints, held against what an edit changes.

use document::Document;
use domain::Event;
use domain::base::change::{Change, Owner, Place};
use domain::edit::{draft_check, propose};
use domain::schema::{InstalledSchema, SchemaStatus};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::scene::{LOCAL_FIRST, Scene};

/// A schema of a whole config with this one of `models.x`.
fn printed(x: &Value) -> InstalledSchema {
    let schema = json!({ "properties": { "agents": {}, "models": { "properties": { "x": x } } }, "additionalProperties": false });
    InstalledSchema::read("2026.9.6", &InstalledSchema::reduce(&schema.to_string()).expect("a schema")).expect("a schema")
}

fn told(x: &Value, value: &Value) -> String {
    let config = json!({ "models": { "x": value } });
    let violations = printed(x).violations(&Document::parse(config.to_string()).expect("JSON"), &|_| true);
    violations.iter().map(|it| format!("{} {it}", it.code())).collect::<Vec<_>>().join("; ")
}

#[test]
fn what_is_judged() {
    let secret = json!({ "oneOf": [{ "type": "string" }, {
        "type": "object", "properties": { "source": { "const": "env" }, "id": { "type": "string", "maxLength": 3 } },
        "required": ["source", "id"], "additionalProperties": false }, {
        "type": "object", "properties": { "source": { "const": "file" }, "id": { "type": "string", "minLength": 1 } },
        "required": ["source", "id"], "additionalProperties": false }] });
    let source = |it: &str, needs: &[&str]| json!({ "properties": { "source": { "const": it } }, "required": needs });
    let exec = json!({ "anyOf": [source("exec", &["source", "command"]), source("exec", &["source", "plugin"])] });
    let source = json!({ "anyOf": [source("env", &["source"]), exec] });
    let cases = [
        (json!({ "type": "string" }), json!(1)),
        (json!({ "type": ["string", "null"] }), json!(true)),
        (json!({ "type": "integer", "exclusiveMinimum": 0, "maximum": 9_007_199_254_740_991_i64 }), json!(0)),
        (json!({ "type": "integer" }), json!(1.5)),
        (json!({ "type": "number", "minimum": 0, "maximum": 2 }), json!(3)),
        (json!({ "type": "string", "minLength": 1 }), json!("")),
        (json!({ "type": "string", "maxLength": 3 }), json!("four")),
        (json!({ "type": "string", "format": "uri" }), json!("no url")),
        (json!({ "enum": ["merge", "replace"] }), json!("other")),
        (json!({ "type": "string", "enum": ["merge", "replace"] }), json!(3)),
        (json!({ "anyOf": [{ "const": "on" }, { "type": "boolean" }] }), json!("off")),
        (json!({ "items": { "type": "string" } }), json!(["a", 1])),
        (json!({ "items": [{ "type": "number" }], "additionalItems": false }), json!([1, 2])),
        (json!({ "type": "array", "minItems": 1 }), json!([])),
        (json!({ "additionalProperties": { "type": "number" } }), json!({ "a": "b" })),
        (json!({ "additionalProperties": { "items": { "type": "number" } } }), json!({ "0": ["b"], "a/~": [0, "c"] })),
        (json!({ "propertyNames": { "maxLength": 1 } }), json!({ "A": 1, "AA": 1 })),
        (json!({ "allOf": [{ "required": ["a"] }, { "required": ["b"] }] }), json!({ "a": 1 })),
        (secret.clone(), json!({ "source": "env", "id": "lower" })),
        (secret.clone(), json!({ "source": "file", "id": "", "more": 1 })),
        (secret, json!(3)),
        (source, json!({})),
    ];
    let said: Vec<String> = cases.iter().map(|(schema, value)| told(schema, value)).collect();
    assert_snapshot!(said.join("\n"), @r"
    schema.wrongValue models.x should be text.
    schema.wrongValue models.x should be text, or null.
    schema.wrongValue models.x should be a whole number above 0.
    schema.wrongValue models.x should be a whole number.
    schema.wrongValue models.x should be a number from 0 to 2.
    schema.wrongValue models.x should be text, and not empty.
    schema.wrongValue models.x should be text of at most 3 characters.
    schema.wrongValue models.x should be a URL.
    schema.wrongValue models.x should be one of merge, replace.
    schema.wrongValue models.x should be one of merge, replace.
    schema.wrongValue models.x should be on, or true or false.
    schema.wrongValue models.x.1 should be text.
    schema.unknownKey models.x.1 is not a setting of OpenClaw, which does not start with it.
    schema.wrongValue models.x should be a list [ ... ].
    schema.wrongValue models.x.a should be a number.
    schema.wrongValue models.x.0.0 should be a number.; schema.wrongValue models.x.a/~.1 should be a number.
    schema.unknownKey models.x.AA is not a setting of OpenClaw, which does not start with it.
    schema.missing models.x.b is missing. OpenClaw does not start without it.
    schema.wrongValue models.x.id should be text of at most 3 characters.
    schema.wrongValue models.x.id should be text, and not empty.; schema.unknownKey models.x.more is not a setting of OpenClaw, which does not start with it.
    schema.wrongValue models.x should be text, or an object { ... }.
    schema.missing models.x.source is missing. OpenClaw does not start without it.
    ");
}

/// Each would be refused by a validator that knows no more than the schema, and OpenClaw takes it; or it can't be known.
#[test]
fn what_is_not_judged() {
    for (schema, value) in [
        // What has a default may be left out, though the schema demands it.
        (json!({ "properties": { "a": { "default": 1 } }, "required": ["a"] }), json!({})),
        // What a variable brings.
        (json!({ "enum": ["merge"] }), json!("${MODE}")),
        (json!({ "type": "string", "pattern": "^[a-z]+$" }), json!("${NAME}")),
        // What another file brings.
        (
            json!({ "properties": { "a": {} }, "required": ["a"], "additionalProperties": false }),
            json!({ "$include": "./a.json5" }),
        ),
        (
            json!({ "anyOf": [{ "type": "string" }, { "type": "object", "required": ["a"], "additionalProperties": { "type": "number" } }] }),
            json!({ "$include": ["./a.json5"] }),
        ),
        // Patterns, in the dialect of JavaScript.
        (json!({ "type": "string", "pattern": "^[a-z]+$" }), json!("A")),
        (json!({ "type": "string", "pattern": "^\\/(?!\\/)[^\\0]*$" }), json!("x")),
        (json!({ "patternProperties": { "^x-": {} }, "additionalProperties": false }), json!({ "x-a": 1 })),
        (json!({ "$ref": "#/nowhere", "type": "string" }), json!(1)),
        (json!({ "not": {} }), json!(1)),
        (json!({ "if": {}, "then": false }), json!(1)),
        (json!({ "type": "integer" }), json!(2.0)),
        (json!({ "oneOf": [{ "type": "number" }, { "type": "integer" }] }), json!(1)),
        (json!(true), json!(1)),
        (json!({ "unheardOf": 1 }), json!(1)),
    ] {
        assert_eq!(told(&schema, &value), "", "{schema}");
    }
}

#[test]
fn settings_named_like_words_of_the_schema_are_kept() {
    let x = json!({ "title": "X", "description": "long", "properties": { "title": { "type": "string", "title": "T" },
        "description": { "type": "string" }, "default": { "type": "string" }, "pattern": { "type": "string" } },
        "additionalProperties": false });
    assert_eq!(told(&x, &json!({ "title": "a", "description": "b", "default": "c", "pattern": "d" })), "");
    assert_eq!(told(&x, &json!({ "title": 1 })), "schema.wrongValue models.x.title should be text.");
}

#[test]
fn what_is_no_schema() {
    for printed in ["", "no", "{", "}{", "[]", "{}", r#"{"properties":{"models":{}}}"#, r#"{"properties":[]}"#] {
        assert!(InstalledSchema::reduce(printed).is_err(), "{printed}");
        assert!(InstalledSchema::read("1", printed).is_err(), "{printed}");
    }
    let schema = |it| json!({ "properties": { "models": { "type": it }, "agents": {} } }).to_string();
    assert!(InstalledSchema::reduce(&schema("object")).is_ok());
    assert!(InstalledSchema::reduce(&schema("any")).is_err());
    let printed = "config warnings:\n- x\n{\"properties\":{\"models\":{},\"agents\":{}}}\ndone\n";
    assert_eq!(InstalledSchema::reduce(printed).expect("it is there"), r#"{"properties":{"models":{},"agents":{}}}"#);
}

/// A release that knows no `region`, wants `vip` of each model and no context over 100,000, and no key longer than 3.
fn strict() -> InstalledSchema {
    let model =
        json!({ "properties": { "contextWindow": { "type": "number", "maximum": 100_000 }, "vip": {} }, "required": ["vip"] });
    let provider = json!({ "properties": { "baseUrl": {}, "apiKey": { "maxLength": 3 }, "models": { "items": model } }, "additionalProperties": false });
    let models = json!({ "properties": { "providers": { "additionalProperties": provider } } });
    let schema = json!({ "properties": { "models": models, "agents": {}, "channels": false }, "required": ["commands"] });
    InstalledSchema::read("2027.1.1", &schema.to_string()).expect("a schema")
}

const CONFIG: &str = r#"{ meta: { lastTouchedVersion: "2026.9.6" }, channels: {}, agents: { defaults: { model: "box/b" } }, models: { providers: { box: {
    baseUrl: "http://127.0.0.1:1/v1", apiKey: "sk-secret", models: [
      { id: "a", name: "A", contextWindow: 65536, maxTokens: 1024 }, { id: "b", name: "B", contextWindow: 200000, maxTokens: 1024 } ] } } } }"#;

/// What is new of it, by the rules and by the schema.
fn new(config: &str, changes: &[Change]) -> String {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.happen(Event::Schema(SchemaStatus::Known(strict())));
    let proposal =
        propose(&scene.state, &Document::parse(config).expect("parses"), "base", changes, &|_| None).expect("no refusal");
    let problems = proposal.review.problems.iter().filter(|it| it.code.starts_with("schema."));
    problems.map(|it| format!("{} {}", it.code, it.message)).collect::<Vec<_>>().join("\n")
}

fn setting(key: &str, to: Value) -> Change {
    Change::set(Place::provider("box", &[key]), None, Some(to))
}

fn context(model: &str, was: u64, to: u64) -> Change {
    Change::set(Place::model("box", model, &["contextWindow"]), Some(was), Some(to))
}

#[test]
fn what_an_edit_brings_in() {
    assert_snapshot!(new(CONFIG, &[setting("region", json!("eu")), context("a", 65_536, 131_072)]), @r"
    schema.refused OpenClaw 2027.1.1 would refuse this: models.providers.box.models.0.contextWindow should be a number, 100000 or less.
    schema.refused OpenClaw 2027.1.1 would refuse this: it knows no models.providers.box.region.
    ");
}

#[test]
fn it_is_told_while_a_draft_is_made() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.happen(Event::Schema(SchemaStatus::Known(strict())));
    let doc = Document::parse(CONFIG).expect("parses");
    // One that the rules know is told once.
    let changes = [context("a", 65_536, 131_072), setting("region", json!(3))];
    let found = draft_check(&scene.state, &doc, &changes, &|_| None).findings;
    let told: Vec<_> = found.iter().map(|it| (&it.of, it.problem.code.as_str(), it.problem.field.as_deref())).collect();
    let model = Owner::Model { provider: "box".into(), model: "a".into() };
    let provider = Owner::Provider { provider: "box".into() };
    assert_eq!(told, [(&provider, "schema.wrongValue", Some("region")), (&model, "schema.refused", Some("contextWindow"))]);
}

#[test]
fn what_was_so_before_is_no_news() {
    let rename = |was: &str, to: &str| Change::Rename { provider: "box".into(), model: Some(was.into()), to: to.into() };
    for changes in [
        vec![context("b", 200_000, 150_000)],
        vec![rename("b", "c")],
        vec![Change::Rename { provider: "box".into(), model: None, to: "rig".into() }],
        // The other one moves up.
        vec![Change::Remove { provider: "box".into(), model: Some("a".into()), force: true }],
        vec![rename("b", "c"), Change::Rename { provider: "box".into(), model: None, to: "rig".into() }],
    ] {
        assert_eq!(new(CONFIG, &changes), "", "{changes:?}");
    }
}

#[test]
fn with_a_schema_at_hand_there_is_no_doubt() {
    let unsure = CONFIG.replace(r#"meta: { lastTouchedVersion: "2026.9.6" }, "#, "");
    let doubtful = setting("timeoutSeconds", json!(300));
    let own = new(&unsure, std::slice::from_ref(&doubtful));
    assert_eq!(own, "schema.refused OpenClaw 2027.1.1 would refuse this: it knows no models.providers.box.timeoutSeconds.");
    let scene = Scene::new(LOCAL_FIRST);
    let doc = Document::parse(&unsure).expect("parses");
    let proposal = propose(&scene.state, &doc, "base", &[doubtful], &|_| None).expect("no refusal");
    assert!(proposal.review.problems.iter().any(|it| it.code == "schema.unsure"));
}
