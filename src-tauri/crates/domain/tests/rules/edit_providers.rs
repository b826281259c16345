//! Providers: those that come, go and are renamed; headers, flags and the mode.

use document::Document;
use domain::base::change::{Change, Fields, NewKey, Place};
use insta::assert_snapshot;

use crate::edit::{reviewed, try_changes};
use crate::scene::Scene;

const CONFIG: &str = r#"{
  meta: { lastTouchedVersion: "2026.9.6" },
  auth: { profiles: { "box:me": { provider: "box", mode: "api_key" } } },
  agents: { defaults: {
    model: { primary: "box/m", fallbacks: ["other/n", "box/k"] },
    models: { "box/m": { alias: "Local" }, "box/*": {}, 'other/n': {} }, // names
    modelPolicy: { allow: ["box/*", "other/n"] },
  } },
  tools: { byProvider: { box: { deny: ["exec"] } } },
  models: { providers: {
    // in the cellar
    box: { baseUrl: "http://127.0.0.1:1234/v1", headers: { "X-Key": "h-secret" }, models: [{ id: "m", name: "M", contextWindow: 65536 }, { id: "k", name: "K", contextWindow: 65536 }] },
    other: { baseUrl: "https://example.com/v1", models: [{ id: "n", name: "N" }] },
  } },
}
"#;

#[test]
fn a_provider_comes() {
    let add = |id: &str, key: NewKey| Change::AddProvider {
        provider: id.into(),
        fields: Fields::default().with(&["baseUrl"], "http://127.0.0.1:8080/v1").with(&["api"], "openai-completions"),
        key,
    };
    assert_snapshot!(reviewed(CONFIG, &[add("rig", NewKey::Env("RIG_KEY".into()))]), @r#"
    A new provider rig at http://127.0.0.1:8080/v1 [needs RIG_KEY=... in OpenClaw's .env]
    +    rig: { baseUrl: "http://127.0.0.1:8080/v1", apiKey: "${RIG_KEY}", api: "openai-completions", models: [] },
    ! env.missing models.providers.rig.apiKey uses RIG_KEY, which is not set here. OpenClaw may know it from elsewhere.
    ! timeout.missing With no timeout, OpenClaw waits forever for a hung server and never falls back.
    "#);
    assert_snapshot!(reviewed("{}", &[add("rig", NewKey::None)]), @r#"
    A new provider rig at http://127.0.0.1:8080/v1
    -{}
    +{
    +  "models": {
    +    "providers": {
    +      "rig": {
    +        "baseUrl": "http://127.0.0.1:8080/v1",
    +        "api": "openai-completions",
    +        "models": []
    +      }
    +    }
    +  }
    +}
    ! timeout.missing With no timeout, OpenClaw waits forever for a hung server and never falls back.
    "#);
    assert_snapshot!(reviewed(CONFIG, &[add("box", NewKey::None)]), @"Invalid: there is already a provider box (Change what is there instead.)");
    assert_snapshot!(reviewed(CONFIG, &[add("a/b", NewKey::None)]), @r#"Invalid: "a/b" can't be the id of a provider: no slash and no white space"#);
    let shown = reviewed(CONFIG, &[add("rig", NewKey::Literal("sk-fresh".into()))]);
    assert!(shown.contains("••••••••") && !shown.contains("fresh"), "{shown}");
}

#[test]
fn a_rename_takes_its_models_and_references_along() {
    let rename = |to: &str| Change::Rename { provider: "box".into(), model: None, to: to.into() };
    assert_snapshot!(reviewed(CONFIG, &[rename("cellar-box")]), @r#"
    The provider box is now called cellar-box [in each place that refers to it]
    -    model: { primary: "box/m", fallbacks: ["other/n", "box/k"] },
    -    models: { "box/m": { alias: "Local" }, "box/*": {}, 'other/n': {} }, // names
    -    modelPolicy: { allow: ["box/*", "other/n"] },
    +    model: { primary: "cellar-box/m", fallbacks: ["other/n", "cellar-box/k"] },
    +    models: { "cellar-box/m": { alias: "Local" }, "cellar-box/*": {}, 'other/n': {} }, // names
    +    modelPolicy: { allow: ["cellar-box/*", "other/n"] },
    -  tools: { byProvider: { box: { deny: ["exec"] } } },
    +  tools: { byProvider: { "cellar-box": { deny: ["exec"] } } },
    -    box: { baseUrl: "http://127.0.0.1:1234/v1", headers: { "X-Key": •••••••• }, models: [{ id: "m", name: "M", contextWindow: 65536 }, { id: "k", name: "K", contextWindow: 65536 }] },
    +    "cellar-box": { baseUrl: "http://127.0.0.1:1234/v1", headers: { "X-Key": •••••••• }, models: [{ id: "m", name: "M", contextWindow: 65536 }, { id: "k", name: "K", contextWindow: 65536 }] },
    ! auth.left auth still has entries for box. Its stored sign-ins stay under that id.
    "#);
    assert_snapshot!(reviewed(CONFIG, &[rename("other")]), @"Invalid: there is already a provider other");
    assert_snapshot!(reviewed(CONFIG, &[rename("a b")]), @r#"Invalid: "a b" can't be the id of a provider: no slash and no white space"#);
    let text = try_changes(CONFIG, &[rename("rig")]).expect("taken").text().to_owned();
    let back = Change::Rename { provider: "rig".into(), model: None, to: "box".into() };
    assert_eq!(try_changes(&text, &[back]).expect("taken").text().to_owned(), CONFIG, "there and back is the same text");
}

#[test]
fn a_removal_lists_what_refers_to_it() {
    let remove = |force: bool| Change::Remove { provider: "box".into(), model: None, force };
    assert_snapshot!(reviewed(CONFIG, &[remove(false)]), @"Invalid: box is still used in 6 places: agents.defaults.model.primary, agents.defaults.model.fallbacks.1, agents.defaults.models.box/m, agents.defaults.models.box/*, agents.defaults.modelPolicy.allow.0, tools.byProvider.box (Use --force to remove those references as well.)");
    assert_snapshot!(reviewed(CONFIG, &[remove(true)]), @r#"
    box goes, with all its models
    -    model: { primary: "box/m", fallbacks: ["other/n", "box/k"] },
    -    models: { "box/m": { alias: "Local" }, "box/*": {}, 'other/n': {} }, // names
    -    modelPolicy: { allow: ["box/*", "other/n"] },
    +    model: { primary: "other/n", fallbacks: [] },
    +    models: { 'other/n': {} }, // names
    +    modelPolicy: { allow: ["other/n"] },
    -  tools: { byProvider: { box: { deny: ["exec"] } } },
    +  tools: { byProvider: {} },
    -    // in the cellar
    -    box: { baseUrl: "http://127.0.0.1:1234/v1", headers: { "X-Key": •••••••• }, models: [{ id: "m", name: "M", contextWindow: 65536 }, { id: "k", name: "K", contextWindow: 65536 }] },
    ! route.noFallback There is no fallback: when the primary fails, nothing answers.
    ! auth.left auth still has entries for box. Its stored sign-ins stay under that id.
    "#);
}

#[test]
fn headers_are_secrets() {
    let tag = |name: &str| {
        let scene = Scene::new(CONFIG);
        let doc = Document::parse(CONFIG).expect("parses");
        domain::edit::secret_tag(&doc, &scene.state.config, &Place::header("box", name), scene.state.seed)
    };
    let header = |name: &str, was: String, to: NewKey| Change::Secret { at: Place::header("box", name), was, to };
    assert_snapshot!(reviewed(CONFIG, &[header("X-Key", tag("X-Key"), NewKey::Literal("h-fresh".into()))]), @r#"
    box: header X-Key is now •••••••• [stored in the file as it is]
    -    box: { baseUrl: "http://127.0.0.1:1234/v1", headers: { "X-Key": •••••••• }, models: [{ id: "m", name: "M", contextWindow: 65536 }, { id: "k", name: "K", contextWindow: 65536 }] },
    +    box: { baseUrl: "http://127.0.0.1:1234/v1", headers: { "X-Key": •••••••• (new) }, models: [{ id: "m", name: "M", contextWindow: 65536 }, { id: "k", name: "K", contextWindow: 65536 }] },
    "#);
    assert_snapshot!(reviewed(CONFIG, &[header("X-Key", tag("X-Key"), NewKey::None)]), @r#"
    box: header X-Key is no longer set
    -    box: { baseUrl: "http://127.0.0.1:1234/v1", headers: { "X-Key": •••••••• }, models: [{ id: "m", name: "M", contextWindow: 65536 }, { id: "k", name: "K", contextWindow: 65536 }] },
    +    box: { baseUrl: "http://127.0.0.1:1234/v1", headers: {}, models: [{ id: "m", name: "M", contextWindow: 65536 }, { id: "k", name: "K", contextWindow: 65536 }] },
    "#);
    assert_snapshot!(reviewed(CONFIG, &[header("X-Other", tag("X-Other"), NewKey::Env("OTHER".into()))]), @r#"
    box: header X-Other is now ${OTHER} [needs OTHER=... in OpenClaw's .env]
    -    box: { baseUrl: "http://127.0.0.1:1234/v1", headers: { "X-Key": •••••••• }, models: [{ id: "m", name: "M", contextWindow: 65536 }, { id: "k", name: "K", contextWindow: 65536 }] },
    +    box: { baseUrl: "http://127.0.0.1:1234/v1", headers: { "X-Key": ••••••••, "X-Other": "${OTHER}" }, models: [{ id: "m", name: "M", contextWindow: 65536 }, { id: "k", name: "K", contextWindow: 65536 }] },
    ! env.missing models.providers.box.headers.X-Other uses OTHER, which is not set here. OpenClaw may know it from elsewhere.
    "#);
    assert_snapshot!(reviewed(CONFIG, &[header("X-Key", tag("X-Other"), NewKey::None)]), @"Conflict: the same setting was changed in the file in the meantime (Choose which value to keep.)");
    assert_snapshot!(reviewed(CONFIG, &[header("X Key", tag("X Key"), NewKey::None)]), @r#"Invalid: "X Key" can't be the name of a header"#);
}

#[test]
fn flags_and_the_mode() {
    let flag = |key: &[&str], to: Option<bool>| Change::set(Place::provider("box", key), None, to);
    assert_snapshot!(reviewed(CONFIG, &[flag(&["authHeader"], Some(true)), flag(&["request", "allowPrivateNetwork"], Some(false))]), @r#"
    box: Authorization header is now on
    box: access to private networks is now off
    -    box: { baseUrl: "http://127.0.0.1:1234/v1", headers: { "X-Key": •••••••• }, models: [{ id: "m", name: "M", contextWindow: 65536 }, { id: "k", name: "K", contextWindow: 65536 }] },
    +    box: { baseUrl: "http://127.0.0.1:1234/v1", headers: { "X-Key": •••••••• }, models: [{ id: "m", name: "M", contextWindow: 65536 }, { id: "k", name: "K", contextWindow: 65536 }], authHeader: true, request: { allowPrivateNetwork: false } },
    "#);
    let old = CONFIG.replace("2026.9.6", "2026.3.28");
    assert_snapshot!(reviewed(&old, &[flag(&["request", "allowPrivateNetwork"], Some(true))]), @"Invalid: models.providers.box.request is newer than the OpenClaw of this file, which does not start with it. Update OpenClaw first.");
    let mode = |to: &str| Change::set(Place::mode(), None, Some(to));
    assert_snapshot!(reviewed(CONFIG, &[mode("merge")]), @r#"
    OpenClaw is to know its own models beside those of this file
    -  } },
    +  }, mode: "merge" },
    "#);
    assert_snapshot!(reviewed(CONFIG, &[mode("both")]), @"Invalid: models.mode should be one of merge, replace.");
}

#[test]
fn a_file_that_openclaw_would_put_back_is_warned_of() {
    let long = format!(
        "{{ meta: {{}}, models: {{ providers: {{ box: {{ baseUrl: 'http://127.0.0.1:1/v1', api: 'ollama', models: [{}] }} }} }} }}",
        "{ id: 'm', name: 'M' },".repeat(40)
    );
    let remove = Change::Remove { provider: "box".into(), model: None, force: true };
    let shown = reviewed(&long, &[remove]);
    assert!(shown.contains("! file.undone The file would shrink to under half"), "{shown}");
}

#[test]
fn what_a_new_provider_is_given_needs_no_tag() {
    let add = Change::AddProvider {
        provider: "rig".into(),
        fields: Fields::default().with(&["baseUrl"], "http://rig:8000/v1"),
        key: NewKey::None,
    };
    let key = Change::Secret { at: Place::api_key("rig"), was: String::new(), to: NewKey::Env("RIG".into()) };
    let header =
        |was: &str, name: &str| Change::Secret { at: Place::header("rig", name), was: was.into(), to: NewKey::Env("X".into()) };
    assert_snapshot!(reviewed(CONFIG, &[add, key, header("", "X-Trace")]), @r#"
    A new provider rig at http://rig:8000/v1
    rig: key is now ${RIG} [needs RIG=... in OpenClaw's .env]
    rig: header X-Trace is now ${X} [needs X=... in OpenClaw's .env]
    +    rig: { baseUrl: "http://rig:8000/v1", models: [], apiKey: "${RIG}", headers: { "X-Trace": "${X}" } },
    ! env.missing models.providers.rig.headers.X-Trace uses X, which is not set here. OpenClaw may know it from elsewhere.
    ! env.missing models.providers.rig.apiKey uses RIG, which is not set here. OpenClaw may know it from elsewhere.
    ! timeout.missing With no timeout, OpenClaw waits forever for a hung server and never falls back.
    "#);
    let known = Change::Secret { at: Place::header("box", "X-Key"), was: String::new(), to: NewKey::None };
    assert_snapshot!(reviewed(CONFIG, &[known]), @"Conflict: the same setting was changed in the file in the meantime (Choose which value to keep.)");
}

#[test]
fn the_window_sees_settings_as_written() {
    let config = CONFIG.replace("headers: {", "authHeader: false, request: { allowPrivateNetwork: true }, headers: {");
    let scene = Scene::new(&config);
    let view = scene.view();
    let row = view.providers.iter().find(|it| it.id == "box").expect("there");
    assert_eq!(
        serde_json::to_value(&row.fields).expect("serializes"),
        serde_json::json!({ "baseUrl": "http://127.0.0.1:1234/v1", "authHeader": false, "request": { "allowPrivateNetwork": true } })
    );
    assert_eq!(row.headers.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["X-Key"]);
    let model = view.models.iter().find(|it| it.model_ref == "box/m").expect("there");
    let fields = serde_json::to_string(&model.fields).expect("serializes");
    assert_snapshot!(fields, @r#"{"name":"M","contextWindow":65536}"#);
}

#[test]
fn settings_without_a_field_are_seen_too_but_no_secret() {
    let config = CONFIG.replace(
        "headers: { \"X-Key\"",
        "auth: 'token', params: { a: 1 }, localService: { command: 'serve', env: { HF: 'hf-secret' } }, request: { tls: { passphrase: 'p-secret' }, headers: { 'X-A': 'r-secret' } }, headers: { \"X-Key\"",
    );
    let config = config.replace("id: \"m\",", "id: \"m\", compat: { supportsTools: false }, headers: { 'X-B': 'm-secret' },");
    let config = config.replace("agents: { defaults: {", "agents: { defaults: { imageModel: { primary: 'box/k' },");
    let view = Scene::new(&config).view();
    let shown = |settings: &[domain::view::types::SettingView]| {
        settings
            .iter()
            .map(|it| format!("{} {:?} {:?}\n", it.key.join("."), it.value, it.secret.as_ref().map(|it| it.kind)))
            .collect::<String>()
    };
    let row = view.providers.iter().find(|it| it.id == "box").expect("there");
    assert_snapshot!(shown(&row.settings), @r#"
    auth Some(String("token")) None
    params Some(Object {"a": Number(1)}) None
    localService.command Some(String("serve")) None
    localService.env.HF None Some(Literal)
    request.headers.X-A None Some(Literal)
    request.tls.passphrase None Some(Literal)
    "#);
    let model = view.models.iter().find(|it| it.model_ref == "box/m").expect("there");
    assert_snapshot!(shown(&model.settings), @r"
    headers.X-B None Some(Literal)
    compat.supportsTools Some(Bool(false)) None
    ");
    assert_snapshot!(shown(&view.routes[0].settings), @r#"
    imageModel Some(Object {"primary": String("box/k")}) None
    modelPolicy.allow Some(Array [String("box/*"), String("other/n")]) None
    "#);
    assert!(!serde_json::to_string(&view).expect("serializes").contains("-secret"));
}
