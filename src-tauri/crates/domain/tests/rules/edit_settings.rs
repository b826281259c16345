//! Settings that have no change of their own: any key of the model side, where OpenClaw knows it, and any secret.

use domain::base::change::{Change, NewKey, Owner, Place, SecretRef};
use domain::config::Config;
use domain::edit::secret_tag;
use domain::view::types::SettingView;
use domain::{Now, State};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::edit::reviewed;

const CONFIG: &str = r#"{
  meta: { lastTouchedVersion: "2026.9.6" },
  agents: {
    defaults: { model: "box/m", imageModel: "box/m" },
    entries: { night: { model: "box/m" } },
  },
  models: { providers: {
    box: {
      baseUrl: "http://127.0.0.1:1234/v1", timeoutSeconds: 60,
      request: { auth: { mode: "header", headerName: "X", value: "sk-old" } }, // the proxy's
      models: [{ id: "m", name: "M", contextWindow: 65536 }],
    },
  } },
}"#;

fn setting(of: Owner, key: &[&str], was: Value, to: Value) -> Change {
    let some = |it: Value| (!it.is_null()).then_some(it);
    Change::Set { at: Place::new(of, key), was: some(was), to: some(to) }
}

fn of_provider(key: &[&str], to: Value) -> Change {
    setting(Owner::Provider { provider: "box".into() }, key, Value::Null, to)
}

fn of_model(key: &[&str], to: Value) -> Change {
    setting(Owner::Model { provider: "box".into(), model: "m".into() }, key, Value::Null, to)
}

#[test]
fn a_setting_of_each_owner() {
    let agent = Owner::Agent { agent: Some("night".into()) };
    let entry = Owner::Entry { agent: None, model_ref: "box/m".into() };
    let changes = [
        of_provider(&["localService"], json!({ "command": "llama-server", "args": ["-m", "m.gguf"] })),
        of_model(&["compat", "supportsTools"], json!(false)),
        setting(Owner::Agent { agent: None }, &["imageModel"], json!("box/m"), Value::Null),
        setting(agent, &["utilityModel"], Value::Null, json!("box/m")),
        setting(entry, &["params", "temperature"], Value::Null, json!(0.2)),
    ];
    assert_snapshot!(reviewed(CONFIG, &changes[..1]), @r#"
    box: localService is now {"command":"llama-server","args":["-m","m.gguf"]}
    +      localService: { command: "llama-server", args: ["-m", "m.gguf"] },
    "#);
    assert_snapshot!(reviewed(CONFIG, &changes[1..]), @r#"
    box/m: compat.supportsTools is now off
    the defaults: imageModel is no longer set, was box/m
    agent night: utilityModel is now box/m
    box/m: params.temperature is now 0.2
    -    defaults: { model: "box/m", imageModel: "box/m" },
    -    entries: { night: { model: "box/m" } },
    +    defaults: { model: "box/m", models: { "box/m": { params: { temperature: 0.2 } } } },
    +    entries: { night: { model: "box/m", utilityModel: "box/m" } },
    -      models: [{ id: "m", name: "M", contextWindow: 65536 }],
    +      models: [{ id: "m", name: "M", contextWindow: 65536, compat: { supportsTools: false } }],
    "#);
}

#[test]
fn a_setting_that_openclaw_would_refuse() {
    let said: Vec<String> = [
        of_provider(&["timeOut"], json!(5)),
        of_provider(&["region"], json!("")),
        of_provider(&["models"], json!([])),
        of_provider(&["baseUrl"], json!("ftp://x")),
        of_provider(&["request", "auth"], json!({ "mode": "authorization-bearer", "token": "sk-1" })),
        of_model(&["compat", "supportsTools"], json!("no")),
        of_model(&["compat", ""], json!(true)),
        of_model(&[], json!({})),
        setting(Owner::Agent { agent: Some("day".into()) }, &["utilityModel"], Value::Null, json!("box/m")),
    ]
    .iter()
    .map(|it| reviewed(CONFIG, std::slice::from_ref(it)))
    .collect();
    assert_snapshot!(said.join("\n"), @r"
    Invalid: OpenClaw knows no setting timeOut
    Invalid: models.providers.box.region should be text, and not empty.
    Conflict: the same setting was changed in the file in the meantime (Choose which value to keep.)
    Conflict: the same setting was changed in the file in the meantime (Choose which value to keep.)
    Conflict: the same setting was changed in the file in the meantime (Choose which value to keep.)
    Invalid: models.providers.box.models.0.compat.supportsTools should be true or false.
    Invalid: a name is empty
    Conflict: the same setting was changed in the file in the meantime (Choose which value to keep.)
    Invalid: the agent day is not in the file
    ");
}

#[test]
fn a_secret_is_set_and_never_shown() {
    let doc = document::Document::parse(CONFIG).expect("parses");
    let at = Place::provider("box", &["request", "auth", "value"]);
    let was = secret_tag(&doc, &Config::read(&doc, &|_| None).0, &at, 1);
    let secret = |to| Change::Secret { at: at.clone(), was: was.clone(), to };
    let reference = SecretRef { source: "file".into(), provider: "vault".into(), id: "/box/key".into() };
    let said: Vec<String> = [
        secret(NewKey::Literal("sk-new".into())),
        secret(NewKey::Env("PROXY_KEY".into())),
        secret(NewKey::Reference(reference.clone())),
        secret(NewKey::Reference(SecretRef { id: "no pointer".into(), ..reference.clone() })),
        secret(NewKey::None),
        Change::Secret { at: Place::provider("box", &["baseUrl"]), was: String::new(), to: NewKey::None },
        Change::Secret { at: at.clone(), was: "another".into(), to: NewKey::None },
    ]
    .iter()
    .map(|it| reviewed(CONFIG, std::slice::from_ref(it)))
    .collect();
    assert_snapshot!(said.join("\n"), @r#"
    box: request.auth.value is now •••••••• [stored in the file as it is]
    -      request: { auth: { mode: "header", headerName: "X", value: •••••••• } }, // the proxy's
    +      request: { auth: { mode: "header", headerName: "X", value: •••••••• (new) } }, // the proxy's
    box: request.auth.value is now ${PROXY_KEY} [needs PROXY_KEY=... in OpenClaw's .env]
    -      request: { auth: { mode: "header", headerName: "X", value: •••••••• } }, // the proxy's
    +      request: { auth: { mode: "header", headerName: "X", value: "${PROXY_KEY}" } }, // the proxy's
    box: request.auth.value is now file /box/key [looked up by OpenClaw itself]
    -      request: { auth: { mode: "header", headerName: "X", value: •••••••• } }, // the proxy's
    +      request: { auth: { mode: "header", headerName: "X", value: { source: "file", provider: "vault", id: "/box/key" } } }, // the proxy's
    Invalid: the id of the reference should be a JSON pointer (/a/b), or value
    Invalid: models.providers.box.request.auth.value is missing. OpenClaw does not start without it.
    Conflict: the same setting was changed in the file in the meantime (Choose which value to keep.)
    Conflict: the same setting was changed in the file in the meantime (Choose which value to keep.)
    "#);
    assert!(!said.concat().contains("sk-"));
}

#[test]
fn a_setting_that_changed_meanwhile_is_a_conflict() {
    let change = setting(Owner::Provider { provider: "box".into() }, &["region"], json!("eu"), json!("us"));
    let refused = crate::edit::try_changes(CONFIG, &[change]).expect_err("the file says nothing");
    let conflict = &refused.conflicts[0];
    assert_eq!((&*conflict.what, &*conflict.theirs, &*conflict.yours), ("box: region", "nothing", "us"));
}

const WITHIN: &str = r#"{
  meta: { lastTouchedVersion: "2026.9.6" },
  models: { providers: { box: {
    baseUrl: "http://127.0.0.1:1234/v1", timeoutSeconds: 60,
    localService: {
      command: "llama-server",
      env: { HF_TOKEN: "hf-old", CUDA_VISIBLE_DEVICES: "${GPUS}" }, // for gated models
    },
    params: { top_p: 0.9, extra: { apiKey: "sk-old", seed: 7 } },
    models: [{ id: "m", name: "M", contextWindow: 65536, headers: { "X-Team": "team-old" } }],
  } } },
}"#;

/// What the window has of it: each secret by itself, with the tag that a change of it takes.
fn seen(text: &str) -> Vec<(Owner, SettingView)> {
    let doc = document::Document::parse(text).expect("parses");
    let mut state = State::default();
    (state.config, state.seed) = (Config::read(&doc, &|_| None).0, 1);
    let view = domain::view(&state, &Now::default());
    let providers = view.providers.into_iter().map(|it| (Owner::Provider { provider: it.id }, it.settings));
    let models = view.models.into_iter().map(|it| (Owner::Model { provider: it.provider, model: it.id }, it.settings));
    providers.chain(models).flat_map(|(of, settings)| settings.into_iter().map(move |it| (of.clone(), it))).collect()
}

#[test]
fn a_secret_inside_a_value_is_changed_by_itself_and_the_rest_stays() {
    let told: Vec<String> = seen(WITHIN)
        .iter()
        .map(|(_, it)| {
            let secret = it.secret.as_ref().map(|it| format!("{:?}{}", it.kind, it.shown));
            let value = it.value.as_ref().map(Value::to_string);
            format!("{}: {}", it.key.join("."), secret.or(value).unwrap_or_default())
        })
        .collect();
    assert_snapshot!(told.join("\n"), @r#"
    params.top_p: 0.9
    params.extra.apiKey: Literal
    params.extra.seed: 7
    localService.command: "llama-server"
    localService.env.HF_TOKEN: Literal
    localService.env.CUDA_VISIBLE_DEVICES: Env${GPUS}
    headers.X-Team: Literal
    "#);
    let said = seen(WITHIN).into_iter().filter_map(|(of, it)| {
        let secret = it.secret?;
        Some(reviewed(
            WITHIN,
            &[Change::Secret { at: Place { of, key: it.key }, was: secret.tag, to: NewKey::Literal("new one".into()) }],
        ))
    });
    let said: Vec<String> = said.collect();
    assert_snapshot!(said.join("\n"), @r#"
    box: params.extra.apiKey is now •••••••• [stored in the file as it is]
    -    params: { top_p: 0.9, extra: { apiKey: ••••••••, seed: 7 } },
    +    params: { top_p: 0.9, extra: { apiKey: •••••••• (new), seed: 7 } },
    box: localService.env.HF_TOKEN is now •••••••• [stored in the file as it is]
    -      env: { HF_TOKEN: ••••••••, CUDA_VISIBLE_DEVICES: "${GPUS}" }, // for gated models
    +      env: { HF_TOKEN: •••••••• (new), CUDA_VISIBLE_DEVICES: "${GPUS}" }, // for gated models
    box: localService.env.CUDA_VISIBLE_DEVICES is now •••••••• [stored in the file as it is]
    -      env: { HF_TOKEN: ••••••••, CUDA_VISIBLE_DEVICES: "${GPUS}" }, // for gated models
    +      env: { HF_TOKEN: ••••••••, CUDA_VISIBLE_DEVICES: •••••••• (new) }, // for gated models
    box/m: headers.X-Team is now •••••••• [stored in the file as it is]
    -    models: [{ id: "m", name: "M", contextWindow: 65536, headers: { "X-Team": •••••••• } }],
    +    models: [{ id: "m", name: "M", contextWindow: 65536, headers: { "X-Team": •••••••• (new) } }],
    "#);
    assert!(!format!("{told:?}{said:?}").contains("-old") && !said.concat().contains("new one"));
}

#[test]
fn a_secret_comes_in_beside_those_that_are_there() {
    let at = Place::provider("box", &["localService", "env", "API_TOKEN"]);
    let new = |to| reviewed(WITHIN, &[Change::Secret { at: at.clone(), was: String::new(), to }]);
    assert_snapshot!(new(NewKey::Env("BOX_TOKEN".into())), @r#"
    box: localService.env.API_TOKEN is now ${BOX_TOKEN} [needs BOX_TOKEN=... in OpenClaw's .env]
    -      env: { HF_TOKEN: ••••••••, CUDA_VISIBLE_DEVICES: "${GPUS}" }, // for gated models
    +      env: { HF_TOKEN: ••••••••, CUDA_VISIBLE_DEVICES: "${GPUS}", API_TOKEN: "${BOX_TOKEN}" }, // for gated models
    ! env.missing models.providers.box.localService.env.API_TOKEN uses BOX_TOKEN, which is not set here. OpenClaw may know it from elsewhere.
    "#);
    let reference = SecretRef { source: "env".into(), provider: "default".into(), id: "BOX_TOKEN".into() };
    assert_snapshot!(new(NewKey::Reference(reference)), @"Invalid: models.providers.box.localService.env.API_TOKEN should be text.");
}
