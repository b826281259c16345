//! The tables of what OpenClaw takes, against the schemas that OpenClaw itself printed: each of its settings is taken, each value of
//! another sort is a fault, and a key of one release is a fault for the other.

use document::Document;
use domain::schema::{Generation, InstalledSchema, violations};
use insta::assert_snapshot;
use serde_json::{Map, Value, json};

const NEW: (&str, Generation) = (include_str!("../../../../../tests/fixtures/openclaw/schema-2026.9.6.json"), Generation::New);
const OLD: (&str, Generation) =
    (include_str!("../../../../../tests/fixtures/openclaw/schema-2026.3.28.json"), Generation::Old(None));

/// Where a part of the schema goes in a config.
const PARTS: [(&str, &[&str]); 3] =
    [("models", &["models"]), ("defaults", &["agents", "defaults"]), ("agent", &["agents", "list", "0"])];

#[test]
fn each_setting_of_the_schema_is_taken() {
    for (schema, generation) in [NEW, OLD] {
        let found = told(&each(schema, sample), generation);
        assert!(found.is_empty(), "{generation:?}: {found:#?}");
    }
}

#[test]
fn each_value_of_another_sort_is_a_fault() {
    for (schema, generation) in [NEW, OLD] {
        for (place, config) in each(schema, spoiled) {
            assert_ne!(told(&[(place.clone(), config)], generation), Vec::<String>::new(), "{place} takes anything");
        }
    }
}

/// The printed schema itself, by the judge of it.
#[test]
fn the_schema_agrees_with_the_tables_made_of_it() {
    for (schema, _) in [NEW, OLD] {
        let parts: Value = serde_json::from_str(schema).expect("a schema");
        let part = |name: &str| match &parts[name] {
            whole if whole.get("properties").is_some() => whole.clone(),
            keys => json!({ "properties": keys, "additionalProperties": false }),
        };
        let agents = json!({ "properties": { "defaults": part("defaults"), "list": { "items": part("agent") } } });
        let whole = json!({ "properties": { "models": part("models"), "agents": agents } });
        let own = InstalledSchema::read("", &InstalledSchema::reduce(&whole.to_string()).expect("a schema")).expect("a schema");
        let refused = |config: &Value| own.violations(&Document::parse(config.to_string()).expect("JSON"), &|_| true);
        for (place, config) in each(schema, sample) {
            assert_eq!(refused(&config), [], "{place}");
        }
        for (place, config) in each(schema, spoiled) {
            let faults = refused(&config);
            assert!(!faults.is_empty() && faults.iter().all(|it| it.at.to_string().starts_with(&place)), "{place}: {faults:?}");
        }
    }
}

#[test]
fn what_the_releases_do_not_share() {
    let newer: Vec<String> = told(&each(NEW.0, sample), OLD.1);
    let older: Vec<String> = told(&each(OLD.0, sample), NEW.1);
    assert!(newer.iter().any(|it| it.contains("models.providers.x.timeoutSeconds is newer")), "{newer:#?}");
    assert_snapshot!(older.join("\n"), @r"
    models.providers.x.models.0.compat.nativeWebSearchTool is a setting that the OpenClaw of this file no longer has.
    models.providers.x.models.0.compat.requiresMistralToolIds is a setting that the OpenClaw of this file no longer has.
    models.bedrockDiscovery is a setting that the OpenClaw of this file no longer has.
    agents.defaults.imageGenerationModel is a setting that the OpenClaw of this file no longer has.
    ");
}

#[test]
fn a_fault_names_its_place_and_never_its_value() {
    let config = r#"{ models: { mode: "sk-secret-1", providers: { box: {
        baseUrl: "http://127.0.0.1:1/v1", apiKey: { source: "env", provider: "default", id: "sk-secret-2" }, sk: 1,
        request: { auth: { mode: "header", value: "sk-secret-3" } }, models: [{ id: "m" }, { name: "n", id: "" }] } } } }"#;
    let doc = Document::parse(config).expect("parses");
    let said: Vec<String> = violations(&doc, Generation::New).iter().map(|it| format!("{} {it}", it.code())).collect();
    assert_snapshot!(said.join("\n"), @r"
    schema.wrongValue models.mode should be one of merge, replace.
    schema.wrongValue models.providers.box.apiKey.id should be a name of A-Z, 0-9 and _ that starts with a letter.
    schema.unknownKey models.providers.box.sk is not a setting of OpenClaw, which does not start with it.
    schema.missing models.providers.box.request.auth.headerName is missing. OpenClaw does not start without it.
    schema.missing models.providers.box.models.0.name is missing. OpenClaw does not start without it.
    schema.wrongValue models.providers.box.models.1.id should be text, and not empty.
    ");
    assert!(!said.iter().any(|it| it.contains("sk-secret")));
}

#[test]
fn what_another_file_brings_is_not_missed() {
    let doc =
        Document::parse("{ models: { providers: { $include: './p.json5', b: { $include: './b.json5' } } } }").expect("parses");
    assert_eq!(violations(&doc, Generation::Old(None)), []);
}

fn told(configs: &[(String, Value)], generation: Generation) -> Vec<String> {
    let told = configs.iter().flat_map(|(_, config)| {
        let doc = Document::parse(config.to_string()).expect("JSON");
        violations(&doc, generation).into_iter().map(|it| it.to_string())
    });
    let mut told: Vec<String> = told.collect();
    told.dedup();
    told
}

/// One config for each setting of the schema that holds no others.
fn each(schema: &str, value: fn(&Value) -> Option<Value>) -> Vec<(String, Value)> {
    let schema: Value = serde_json::from_str(schema).expect("a schema");
    let mut configs = Vec::new();
    for (part, way) in PARTS {
        let way: Vec<String> = way.iter().map(|it| (*it).to_owned()).collect();
        let part = &schema[part];
        if part.get("properties").is_some() {
            leaves(part, &way, value, &mut configs);
        } else {
            members(part.as_object().expect("keys"), &way, value, &mut configs);
        }
    }
    configs
}

fn members(keys: &Map<String, Value>, way: &[String], value: fn(&Value) -> Option<Value>, configs: &mut Vec<(String, Value)>) {
    for (key, schema) in keys {
        leaves(schema, &[way, std::slice::from_ref(key)].concat(), value, configs);
    }
}

fn leaves(schema: &Value, way: &[String], value: fn(&Value) -> Option<Value>, configs: &mut Vec<(String, Value)>) {
    if let Some(keys) = schema["properties"].as_object().filter(|it| !it.is_empty()) {
        members(keys, way, value, configs);
    } else if schema["additionalProperties"].is_object() && schema["additionalProperties"] != json!({}) {
        leaves(&schema["additionalProperties"], &[way, &["x".to_owned()]].concat(), value, configs);
    } else if schema["items"]["properties"].is_object() {
        leaves(&schema["items"], &[way, &["0".to_owned()]].concat(), value, configs);
    } else if let Some(value) = value(schema) {
        configs.push((way.join("."), config(way, value)));
    }
}

/// A config with one value in its place, and what its containers need beside it.
fn config(way: &[String], value: Value) -> Value {
    let mut config = value;
    for (i, key) in way.iter().enumerate().rev() {
        config = if key == "0" { json!([config]) } else { json!({ key: config }) };
        let needed = match way[..i].iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["models", "providers", _] => json!({ "baseUrl": "http://127.0.0.1:1/v1", "models": [] }),
            ["models", "providers", _, "models", _] => json!({ "id": "m", "name": "M" }),
            ["models", "providers", _, "localService"] => json!({ "command": "c" }),
            [.., "tieredPricing", _] => json!({ "input": 1, "output": 1, "cacheRead": 1, "cacheWrite": 1, "range": [0] }),
            _ => continue,
        };
        for (key, value) in needed.as_object().expect("an object") {
            config.as_object_mut().expect("an object").entry(key.as_str()).or_insert_with(|| value.clone());
        }
    }
    config
}

/// A value that the schema takes.
fn sample(schema: &Value) -> Option<Value> {
    if let Some(value) = schema.get("const") {
        return Some(value.clone());
    }
    if let Some(first) = schema["enum"].as_array().and_then(|it| it.first()) {
        return Some(first.clone());
    }
    for choices in ["anyOf", "oneOf"] {
        if let Some(first) = schema[choices].as_array().and_then(|it| it.last()) {
            return sample(first);
        }
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str());
    Some(match kind? {
        "string" if schema["pattern"].as_str().is_some_and(|it| it.starts_with("^[A-Z]")) => json!("NAME"),
        "string" if schema["pattern"].is_string() => json!("x"),
        // A text, a URL and a model ref in one: OpenClaw looks at some more closely than its schema says.
        "string" => json!("https://x/m"),
        "number" | "integer" => json!(1),
        "boolean" => json!(true),
        "array" => match &schema["items"] {
            Value::Array(items) => items.iter().map(sample).collect::<Option<Value>>()?,
            item => json!([sample(item)?]),
        },
        "object" => {
            let keys = schema["properties"].as_object().cloned().unwrap_or_default();
            let needed: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            keys.iter()
                .filter(|it| needed.contains(&it.0.as_str()))
                .map(|(key, it)| Some((key.clone(), sample(it)?)))
                .collect::<Option<Value>>()?
        }
        other => panic!("a schema of another sort: {other}"),
    })
}

/// A value that no setting takes but those that take anything.
fn spoiled(schema: &Value) -> Option<Value> {
    let is_open = schema["type"] == "object" && schema["properties"].is_null();
    (!is_open).then(|| json!({ "no": { "such": [] } }))
}
