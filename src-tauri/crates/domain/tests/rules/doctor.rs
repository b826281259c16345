//! The doctor: each check with nothing to say against, with something, and where it can't be judged.

use document::Document;
use domain::schema::{InstalledSchema, SchemaStatus};
use domain::server::observation::{Answer, Failure, Load, ServedModel, Serving};
use domain::turns::gateway_connection::ConnectionError;
use domain::view::doctor::{Check, Verdict, doctor};
use domain::{Event, FileEvent};

use crate::scene::{HOSTED_FIRST, LOCAL_FIRST, Scene};
use crate::views::fixture;

/// A household with trouble of each sort.
const TROUBLED: &str = r#"{
  agents: { defaults: {
    model: { primary: "lmstudio/my-local-model", fallbacks: ["rig/gemma-3-4b-it"] },
    models: { "lmstudio/my-local-model": { alias: "Local" }, "rig/gemma-3-4b-it": { alias: "Small" } },
    compaction: { enabled: false },
  } },
  channels: { whatsapp: {} },
  models: { mode: "replace", providers: {
    lmstudio: { baseUrl: "http://127.0.0.1:1234/v1", apiKey: "lm-studio", models: [
      { id: "my-local-model", name: "Local Model", contextWindow: 196608, maxTokens: 8192 },
    ] },
    rig: { baseUrl: "http://gpu-rig:8000/v1", timeoutSeconds: 300, models: [
      { id: "gemma-3-4b-it", name: "Small", contextWindow: 32768, maxTokens: 4096 },
    ] },
  } },
}"#;

/// The rows of one check: `ok: what was seen`, and after an arrow what to do: sentence, `[fix]`, `$ command`, `(page)`.
fn rows(scene: &Scene, id: &str) -> String {
    let checks = doctor(&scene.state);
    let said = checks.iter().filter(|it| it.id == id).map(row);
    said.collect::<Vec<_>>().join("\n")
}

fn row(check: &Check) -> String {
    let verdict = match check.verdict {
        Verdict::Ok => "ok",
        Verdict::Skipped => "skipped",
        Verdict::Warn => "warn",
        Verdict::Fail => "fail",
    };
    let mut line = format!("{verdict}: {}", check.evidence);
    if let Some(it) = &check.remedy {
        line += &format!(" -> {}", it.text);
        line += &it.fix.as_ref().map(|it| format!(" [{}]", it.label)).unwrap_or_default();
        line += &it.copy.as_ref().map(|it| format!(" $ {}", it.text)).unwrap_or_default();
        line += &it.go.as_ref().map(|it| format!(" ({})", it.label)).unwrap_or_default();
    }
    line
}

#[track_caller]
fn check(scene: &Scene, id: &str, said: &str) {
    assert_eq!(rows(scene, id), said);
}

fn lit() -> Scene {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+");
    scene
}

/// With a setting put in before the rest.
fn with(setting: &str) -> Scene {
    let mut scene = Scene::new(&LOCAL_FIRST.replacen('{', &format!("{{ {setting}, "), 1));
    scene.probes("lmstudio", "+");
    scene
}

fn serve(scene: &mut Scene, models: Vec<ServedModel>) {
    scene.wait(10).probe("lmstudio", Answer::Up(Serving { models: Some(models), ..Serving::default() }));
}

fn model(id: &str, quantisation: &str) -> ServedModel {
    let quantisation = Some(quantisation.to_owned()).filter(|it| !it.is_empty());
    ServedModel { id: id.into(), load: Load::Loaded, served_context: Some(196_608), quantisation, ..ServedModel::default() }
}

#[test]
fn all_is_fine() {
    let mut scene = Scene::new(
        &LOCAL_FIRST
            .replacen('{', "{ tools: { profile: 'messaging' }, channels: { whatsapp: {} }, ", 1)
            .replace("my-local-model", "qwen3-30b-a3b"),
    );
    serve(&mut scene, vec![model("qwen3-30b-a3b", "Q4_K_M"), model("other", "")]);
    scene.happen(Event::Pulse { port: 18_789, answer: Ok(()) });
    let said: Vec<String> = doctor(&scene.state).iter().map(|it| format!("{} {}", it.id, row(it))).collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    config ok: ~/.openclaw/openclaw.json
    server ok: 127.0.0.1:1234, LM Studio, 38 ms
    listed ok: qwen3-30b-a3b is one of 2
    loaded ok: in memory; one that was loaded by a request goes after an hour without use
    limits ok: 196,608 configured, 196,608 served
    mode ok: models.mode is merge
    net ok: 2 hosted fallbacks
    whatsapp ok: lmstudio uses openai-responses
    gateway ok: 127.0.0.1:18789 is live
    reach ok: all answer this machine, where the gateway runs
    timeout ok: lmstudio gets 300 s
    room ok: 196k of context, and OpenClaw's own prompt takes about 19k
    compaction ok: on, OpenClaw's default
    tools ok: lmstudio can't run commands
    size ok: 30 billion parameters, 4 bits each
    ");
    assert_eq!(scene.view().doctor.title, "15 things are fine");
    assert_eq!(scene.view().doctor.open, 0);
    fixture("doctor-fine", &scene);
}

#[test]
fn much_is_wrong() {
    let mut scene = Scene::new(TROUBLED);
    scene.probes("lmstudio", "s").probes("rig", "rr");
    scene.happen(Event::Pulse { port: 18_789, answer: Err(ConnectionError::NotRunning) });
    let doctor = scene.view().doctor;
    assert_eq!(doctor.title, "12 things need a hand, 4 are fine");
    fixture("doctor", &scene);
}

#[test]
fn the_config() {
    let mut scene = lit();
    check(&scene, "config", "ok: ~/.openclaw/openclaw.json");
    scene.bad_config();
    assert!(rows(&scene, "config").starts_with("fail: line 14: a curly quote"));
    assert!(rows(&scene, "server").starts_with("ok"), "the last good one is judged");
    let wrong = Scene::new("{ models: { providers: { box: { baseUrl: 7 } } } }");
    assert!(
        rows(&wrong, "config").starts_with("fail: models.providers.box.baseUrl should be text"),
        "{}",
        rows(&wrong, "config")
    );
    let mut none = Scene::new("{}");
    none.state = domain::State::new("/x".into(), None, domain::Pace::default(), 1);
    none.happen(Event::Config(FileEvent::Missing));
    let ids: Vec<String> = doctor(&none.state).into_iter().map(|it| it.id).collect();
    assert_eq!(ids, ["config", "gateway"], "without a config there is nothing else to judge");
}

#[test]
fn the_server() {
    let mut scene = Scene::new(LOCAL_FIRST);
    check(&scene, "server", "skipped: 127.0.0.1:1234: the first check is under way");
    scene.probes("lmstudio", "+");
    check(&scene, "server", "ok: 127.0.0.1:1234, LM Studio, 38 ms");
    scene.probes("lmstudio", "rr");
    check(&scene, "server", "fail: 127.0.0.1:1234: connection refused -> Start its server. $ lms server start");
    scene.probes("lmstudio", "++k");
    assert!(rows(&scene, "server").starts_with("fail: 127.0.0.1:1234: the key was refused"), "{}", rows(&scene, "server"));
    scene.wait(10).probe("lmstudio", Answer::Failed(Failure::Starting));
    check(&scene, "server", "warn: 127.0.0.1:1234: the model is still loading -> Wait until it is loaded.");
    let hosted = Scene::new("{ agents: { defaults: { model: 'openai/gpt-5' } } }");
    assert!(rows(&hosted, "server").starts_with("warn: the config has no local model server -> Add the server"));
}

#[test]
fn several_servers_with_trouble_are_told_one_by_one() {
    let boxes: Vec<String> =
        (1..=8).map(|i| format!("b{i}: {{ baseUrl: 'http://127.0.0.1:{i}/v1', models: [{{ id: 'm', name: 'M' }}] }}")).collect();
    let refs: Vec<String> = (1..=8).map(|i| format!("'b{i}/m'")).collect();
    let config = format!(
        "{{ agents: {{ defaults: {{ model: {{ primary: 'b1/m', fallbacks: [{}] }} }} }}, models: {{ providers: {{ {} }} }} }}",
        refs[1..].join(", "),
        boxes.join(", ")
    );
    let mut scene = Scene::new(&config);
    for i in 1..=8 {
        scene.probe(&format!("b{i}"), Answer::Failed(Failure::TimedOut));
    }
    let said = rows(&scene, "server");
    assert_eq!(said.lines().count(), 6, "{said}");
    assert!(said.starts_with("fail: b1: 127.0.0.1:1: no answer in time -> It accepts"), "{said}");
    assert!(said.ends_with("fail: and 3 more like that"), "{said}");
    for i in 1..=8 {
        scene.wait(10).probe(&format!("b{i}"), crate::scene::up(Load::Loaded, 196_608));
        scene.wait(10).probe(&format!("b{i}"), crate::scene::up(Load::Loaded, 196_608));
    }
    let said = rows(&scene, "server");
    assert!(said.starts_with("ok: b1 (LM Studio): 127") && said.ends_with("; and 5 more"), "{said}");
}

#[test]
fn whether_the_model_is_listed() {
    let mut scene = lit();
    check(&scene, "listed", "ok: my-local-model is one of 1");
    serve(&mut scene, vec![model("other", "")]);
    check(
        &scene,
        "listed",
        "fail: my-local-model is not there: its server lists other -> Write the id as the server lists it, or load that model there. [Use other] (Models)",
    );
    serve(&mut scene, vec![model("a", ""), model("b", "")]);
    assert!(rows(&scene, "listed").ends_with("load that model there. (Models)"), "which was meant is not ours to say");
    scene.probes("lmstudio", "rr");
    check(&scene, "listed", "skipped: its server has not given a list");
}

#[test]
fn whether_the_model_is_loaded() {
    let mut scene = lit();
    assert!(rows(&scene, "loaded").starts_with("ok: in memory"));
    scene.probes("lmstudio", "n");
    assert!(rows(&scene, "loaded").starts_with("warn: on disk, not in memory"));
    assert!(rows(&scene, "loaded").ends_with("$ lms load my-local-model"));
    for (load, said) in [
        (Load::Failed, "fail: its server could not load it"),
        (Load::Sleeping, "warn: unloaded after a while"),
        (Load::Loading, "skipped: loading right now"),
        (Load::Unknown, "skipped: its server does not say"),
    ] {
        serve(&mut scene, vec![ServedModel { load, ..model("my-local-model", "") }]);
        assert!(rows(&scene, "loaded").starts_with(said), "{}", rows(&scene, "loaded"));
    }
}

#[test]
fn whether_the_limits_match() {
    let mut scene = lit();
    check(&scene, "limits", "ok: 196,608 configured, 196,608 served");
    scene.probes("lmstudio", "s");
    assert!(rows(&scene, "limits").starts_with("warn: Served with 4k of 196k"), "{}", rows(&scene, "limits"));
    assert!(rows(&scene, "limits").ends_with("[Use 4,096] (Models)"), "{}", rows(&scene, "limits"));
    assert!(rows(&scene, "room").starts_with("fail: 4k of context, and OpenClaw's own prompt takes about 19k"));
    let no_room = Scene::new(&LOCAL_FIRST.replace("maxTokens: 8192", "maxTokens: 196608"));
    assert!(rows(&no_room, "limits").starts_with("warn: maxTokens is as large as the context"), "{}", rows(&no_room, "limits"));
    let small = Scene::new(&LOCAL_FIRST.replace("contextWindow: 196608", "contextWindow: 24000"));
    assert!(rows(&small, "room").starts_with("warn: 24k of context"));
    assert!(rows(&lit(), "room").starts_with("ok: 196k of context"));
}

#[test]
fn what_stands_in() {
    check(&lit(), "mode", "ok: models.mode is merge");
    check(&Scene::new("{}"), "mode", "ok: models.mode is not set, which means merge");
    let replace = Scene::new(&LOCAL_FIRST.replace("merge", "replace"));
    assert!(
        rows(&replace, "mode").starts_with("warn: models.mode is replace") && rows(&replace, "mode").ends_with("[Use merge]")
    );
    check(&lit(), "net", "ok: 2 hosted fallbacks");
    check(&Scene::new(HOSTED_FIRST), "net", "ok: 1 fallback on another server");
    let alone = "{ agents: { defaults: { model: 'box/a' } } }";
    assert!(rows(&Scene::new(alone), "net").starts_with("warn: There is no fallback"));
    let same = "{ agents: { defaults: { model: { primary: 'lmstudio/a', fallbacks: ['lmstudio/b'] } } } }";
    assert!(rows(&Scene::new(same), "net").starts_with("warn: 1 fallback is on the primary's own server"));
    assert!(rows(&Scene::new("{}"), "net").starts_with("warn: no primary model is set"));
}

#[test]
fn whatsapp() {
    check(&lit(), "whatsapp", "skipped: no WhatsApp channel is configured");
    check(&with("channels: { whatsapp: { enabled: false } }"), "whatsapp", "skipped: no WhatsApp channel is configured");
    check(&with("channels: { whatsapp: {} }"), "whatsapp", "ok: lmstudio uses openai-responses");
    let mut chat = Scene::new(
        &LOCAL_FIRST.replacen('{', "{ channels: { whatsapp: {} }, ", 1).replace("openai-responses", "openai-completions"),
    );
    assert!(rows(&chat, "whatsapp").ends_with("does not think aloud. (Providers)"), "an unknown server may not have it");
    chat.probes("lmstudio", "+");
    check(
        &chat,
        "whatsapp",
        "warn: lmstudio uses openai-completions -> The Responses API keeps reasoning apart from the answer. [Use the Responses API] (Providers)",
    );
}

#[test]
fn the_gateway() {
    let mut scene = lit();
    check(&scene, "gateway", "skipped: not asked yet");
    scene.happen(Event::Pulse { port: 18_789, answer: Ok(()) });
    check(&scene, "gateway", "ok: 127.0.0.1:18789 is live");
    scene.happen(Event::Pulse { port: 18_789, answer: Err(ConnectionError::NotRunning) });
    assert!(rows(&scene, "gateway").starts_with("fail: 127.0.0.1:18789: OpenClaw's gateway is not running"));
    scene.happen(Event::Pulse { port: 18_789, answer: Err(ConnectionError::NotAGateway("a web page".into())) });
    assert!(rows(&scene, "gateway").starts_with("warn: 127.0.0.1:18789: What answers"));
    check(&with("gateway: { mode: 'remote' }"), "gateway", "skipped: it runs on another machine, and is not asked");
    check(&lit(), "reach", "ok: all answer this machine, where the gateway runs");
    let mut down = lit();
    down.probes("lmstudio", "rr");
    check(
        &down,
        "reach",
        "skipped: can't be judged while a server is down -> To be sure, ask it by hand on the machine of the gateway. $ curl http://127.0.0.1:1234/v1/models",
    );
    check(
        &with("gateway: { mode: 'remote' }"),
        "reach",
        "warn: the gateway runs on another machine, where 127.0.0.1:1234 is that machine itself -> Use the address that this server has in your network. (Providers)",
    );
    let rig = Scene::new(&LOCAL_FIRST.replacen('{', "{ gateway: { mode: 'remote' }, ", 1).replace("127.0.0.1", "gpu-rig"));
    assert!(rows(&rig, "reach").starts_with("skipped: the gateway runs on another machine"));
}

#[test]
fn the_gateway_is_asked_while_someone_looks() {
    let asks = |scene: &Scene| scene.effects.contains(&domain::Effect::AskGateway);
    let mut scene = lit();
    scene.wait(60).tick();
    assert!(!asks(&scene), "nobody is looking");
    scene.happen(Event::Visible(true));
    assert!(asks(&scene));
    scene.wait(60).tick();
    assert!(!asks(&scene), "one at a time");
    scene.happen(Event::Pulse { port: 1, answer: Ok(()) }).wait(29).tick();
    assert!(!asks(&scene));
    scene.wait(1).tick();
    assert!(asks(&scene), "every 30 s");
    scene.happen(Event::Pulse { port: 1, answer: Ok(()) }).happen(Event::Visible(false)).wait(60).tick();
    assert!(!asks(&scene));
}

#[test]
fn a_hung_box() {
    check(&lit(), "timeout", "ok: lmstudio gets 300 s");
    let none = Scene::new(&LOCAL_FIRST.replace("timeoutSeconds: 300, ", ""));
    assert!(rows(&none, "timeout").starts_with("warn: With no timeout"));
    assert!(rows(&none, "timeout").ends_with("[Set 300 s] (Providers)"), "{}", rows(&none, "timeout"));
    let short = Scene::new(&LOCAL_FIRST.replace("timeoutSeconds: 300", "timeoutSeconds: 20"));
    assert!(rows(&short, "timeout").starts_with("warn: With a timeout of 20 s, a hung server ends the turn with an error"));
}

#[test]
fn safety() {
    check(&lit(), "compaction", "ok: on, OpenClaw's default");
    let safeguard = LOCAL_FIRST.replace("defaults: {", "defaults: { compaction: { mode: 'safeguard' },");
    check(&Scene::new(&safeguard), "compaction", "ok: on, safeguard");
    let off = LOCAL_FIRST.replace("defaults: {", "defaults: { compaction: { enabled: false },");
    assert!(rows(&Scene::new(&off), "compaction").ends_with("$ openclaw config set agents.defaults.compaction.enabled true"));
    assert!(rows(&Scene::new(&off), "compaction").starts_with("warn: agents.defaults.compaction.enabled is false"));
}

#[test]
fn tools() {
    let open = "warn: models of lmstudio may run commands on this machine";
    for (setting, narrow) in [
        ("tools: {}", false),
        ("tools: { profile: 'full' }", false),
        ("tools: { profile: 'coding' }", false),
        ("tools: { allow: ['exec', 'read'] }", false),
        ("tools: { byProvider: { anthropic: { profile: 'minimal' } } }", false),
        ("tools: 7", false),
        ("tools: { profile: 'messaging' }", true),
        ("tools: { allow: ['read'] }", true),
        ("tools: { deny: ['group:runtime'] }", true),
        ("tools: { byProvider: { lmstudio: { profile: 'minimal' } } }", true),
        ("tools: { byProvider: { 'lmstudio/my-local-model': { deny: ['exec'] } } }", true),
    ] {
        let scene = with(setting);
        let said = rows(&scene, "tools");
        if narrow {
            assert_eq!(said, "ok: lmstudio can't run commands", "{setting}");
        } else {
            assert!(said.starts_with(open), "{setting}: {said}");
            assert!(said.ends_with("$ openclaw config set 'tools.byProvider.lmstudio.profile' messaging"), "{said}");
        }
    }
    let sandboxed = LOCAL_FIRST.replace("defaults: {", "defaults: { sandbox: { mode: 'all' },");
    check(&Scene::new(&sandboxed), "tools", "ok: lmstudio runs commands only in a sandbox");
}

#[test]
fn how_large_the_model_is() {
    let sized = |id: &str, quantisation: &str| {
        let mut scene = Scene::new(&LOCAL_FIRST.replace("my-local-model", id));
        serve(&mut scene, vec![model(id, quantisation)]);
        rows(&scene, "size").split(" -> ").next().unwrap_or_default().to_owned()
    };
    assert_eq!(sized("my-local-model", ""), "skipped: neither its name nor its server says how large it is");
    assert_eq!(sized("qwen3-30b", "Q4_K_M"), "ok: 30 billion parameters, 4 bits each");
    assert_eq!(
        sized("gemma-3-270m", "Q8_0"),
        "warn: 270 million parameters, 8 bits each: small models follow planted instructions more easily"
    );
    assert_eq!(
        sized("qwen3-30b", "IQ2_XS"),
        "warn: 30 billion parameters, 2 bits each: hard-quantised models follow planted instructions more easily"
    );
}

/// What is offered as a fix is a change that can be made.
#[test]
fn fixes_can_be_made() {
    let text = &LOCAL_FIRST
        .replace("merge", "replace")
        .replacen('{', "{ channels: { whatsapp: {} }, ", 1)
        .replace("openai-responses", "openai-completions")
        .replace("timeoutSeconds: 300, ", "");
    let mut scene = Scene::new(text);
    scene.probes("lmstudio", "s");
    let doc = Document::parse(text).expect("a config");
    let changes: Vec<_> = doctor(&scene.state).into_iter().filter_map(|it| it.remedy?.fix).map(|it| it.change).collect();
    assert_eq!(changes.len(), 4, "{changes:?}");
    let proposal = domain::edit::propose(&scene.state, &doc, "base", &changes, &|_| None);
    assert!(proposal.is_ok(), "{:?}", proposal.err());
}

#[test]
fn openclaws_own_schema() {
    let mut scene = lit();
    check(&scene, "schema", "");
    for (own, said) in [
        (
            SchemaStatus::NotInstalled,
            "skipped: there is no openclaw on the PATH: the model side is checked with Pilot Light's own rules",
        ),
        (
            SchemaStatus::Fetching { version: "2026.9.6".into() },
            "skipped: OpenClaw 2026.9.6 is being asked for it; until then the model side is checked with Pilot Light's own rules",
        ),
        (
            SchemaStatus::Failed { version: None, why: "it did not end within 15 s".into() },
            "skipped: OpenClaw gave none: it did not end within 15 s; the model side is checked with Pilot Light's own rules -> Run it to see what it says. Pilot Light asks again after an update of OpenClaw, or at its next start. $ openclaw config schema",
        ),
        (
            SchemaStatus::Known(
                InstalledSchema::read("2026.9.6", r#"{"properties":{"models":{},"agents":{}}}"#).expect("a schema"),
            ),
            "ok: checked with OpenClaw 2026.9.6's own schema",
        ),
    ] {
        scene.happen(Event::Schema(own));
        check(&scene, "schema", said);
    }
}
