//! What the headline says when something known speaks against the box: where it runs, who answers, whether OpenClaw is there at all.

use std::time::Duration;

use domain::server::observation::{Answer, Load, Observation, ServedModel, Serving, Upstream};
use domain::turns::gateway_connection::{ConnectionError, ConnectionState};
use domain::view::status::exit_code;
use domain::{Event, Kind};
use insta::assert_snapshot;

use crate::scene::Scene;

fn on(base_url: &str, api: &str, model: &str, more: &str) -> Scene {
    Scene::new(&format!(
        "{{ {more} models: {{ providers: {{ box: {{ baseUrl: '{base_url}', api: '{api}', timeoutSeconds: 300, models: [\n  {{ id: '{model}', name: 'M', contextWindow: 65536, maxTokens: 8192 }} ] }} }} }},\n agents: {{ defaults: {{ model: {{ primary: 'box/{model}', fallbacks: ['anthropic/claude-opus-4-6'] }} }} }} }}"
    ))
}

fn served(id: &str) -> ServedModel {
    ServedModel { id: id.into(), load: Load::Loaded, served_context: Some(65_536), ..ServedModel::default() }
}

impl Scene {
    fn answers(&mut self, kind: Kind, model: ServedModel) -> &mut Self {
        let base_url = self.state.fleet.servers["box"].base_url.clone();
        let info = kind.info();
        let models = Some(vec![model]);
        let (routes_elsewhere, ignores_names) = (info.routes_elsewhere, info.ignores_names);
        let answer = Answer::Up(Serving { models, routes_elsewhere, ignores_names, ..Serving::default() });
        let observation = Observation { kind: Some(kind), version: None, latency: Some(Duration::from_millis(5)), answer };
        self.happen(Event::Probed { provider: "box".into(), base_url, deep: true, observation })
    }
}

const HERE: &str = "http://127.0.0.1:8080/v1";
const CHAT: &str = "openai-completions";

#[test]
fn where_it_runs_is_what_the_server_says() {
    let upstream = |base_url: &str| Upstream { base_url: base_url.into(), api: None, model: "q".into() };
    let place = |kind, base_url: &str, model: ServedModel| {
        let id = model.id.clone();
        let mut scene = on(base_url, if kind == Kind::Ollama { "ollama" } else { CHAT }, &id, "");
        let view = scene.answers(kind, model).view();
        view.detail.last().map(|it| it.text.clone()).unwrap_or_default()
    };
    let remote = |id: &str| ServedModel { remote: true, ..served(id) };
    let behind = |urls: &[&str]| ServedModel { upstreams: urls.iter().map(|it| upstream(it)).collect(), ..served("m") };
    for (is, should) in [
        (place(Kind::LlamaCpp, HERE, served("m")), "on this machine"),
        (place(Kind::Vllm, "http://rig.lan:8000/v1", served("m")), "on your network"),
        (place(Kind::Ollama, "http://127.0.0.1:11434", served("qwen3:8b")), "on this machine"),
        (place(Kind::Ollama, "http://127.0.0.1:11434", remote("my-copy")), "requests leave this machine, through Ollama's cloud"),
        (
            place(Kind::Ollama, "http://127.0.0.1:11434", served("gpt-oss:120b-cloud")),
            "requests leave this machine, through Ollama's cloud",
        ),
        (
            place(Kind::Ollama, "http://rig.lan:11434", served("MiniMax:Cloud")),
            "requests leave this machine, through Ollama's cloud",
        ),
        (place(Kind::Lemonade, "http://127.0.0.1:13305/v1", remote("m")), "requests leave this machine, through Lemonade"),
        (place(Kind::LiteLlm, "http://127.0.0.1:4000/v1", remote("m")), "requests leave this machine, through LiteLLM"),
        (place(Kind::LiteLlm, "http://127.0.0.1:4000/v1", served("m")), "answered at this machine; where it runs is not known"),
        (
            place(Kind::LiteLlm, "http://127.0.0.1:4000/v1", behind(&["http://127.0.0.1:8001/v1"])),
            "answered at this machine; where it runs is not known",
        ),
        (place(Kind::Generic, HERE, served("m")), "answered at this machine; where it runs is not known"),
        (place(Kind::Generic, "http://192.168.1.9:8080/v1", served("m")), "answered on your network; where it runs is not known"),
    ] {
        assert_eq!(is, should);
    }
}

/// Before it answers, and when it never does, a cloud model's name tells of it.
#[test]
fn a_cloud_model_is_known_by_its_name_alone() {
    let scene = on("http://127.0.0.1:11434", "ollama", "minimax-m2.7:cloud", "");
    assert!(!scene.state.servers().is_local(&crate::scene::reference("box/minimax-m2.7:cloud")));
}

#[test]
fn who_answers_is_said() {
    let mut scene = on(HERE, CHAT, "my-model", "");
    scene.answers(Kind::LlamaCpp, served("gemma-3-4b"));
    assert_snapshot!(scene.says(), @"Ready: OpenClaw answers with box/my-model (box/my-model; gemma-3-4b answers under this name; on this machine)");
    let mut scene = on(HERE, CHAT, "qwen3-coder-30b", "");
    scene.answers(Kind::LlamaCpp, served("gemma-3-4b"));
    assert_snapshot!(scene.says(), @"Attention: gemma-3-4b answers instead of qwen3-coder-30b (box/qwen3-coder-30b; gemma-3-4b answers under this name; box/qwen3-coder-30b: ready; on this machine)");
}

#[test]
fn a_model_that_answers_may_still_do_no_turn() {
    let mut scene = on(HERE, CHAT, "m", "");
    scene.answers(Kind::LlamaCpp, ServedModel { served_context: Some(8_192), ..served("m") });
    assert_snapshot!(scene.says(), @"Attention: box/m is up, but no turn will get done (box/m; it gives 8k of context, and OpenClaw's own prompt takes about 19k; on this machine)");
    let mut scene = on(HERE, CHAT, "m", "");
    scene.answers(Kind::LlamaCpp, ServedModel { tools: Some(false), ..served("m") });
    assert_snapshot!(scene.says(), @"Attention: box/m is up, but no turn will get done (box/m; it takes no tools, and OpenClaw sends some with each request; on this machine)");
}

#[test]
fn without_openclaw_nothing_answers() {
    let mut scene = on(HERE, CHAT, "m", "gateway: { mode: 'local', port: 18789 },");
    scene.answers(Kind::LlamaCpp, served("m"));
    for (why, said) in [
        (
            ConnectionError::NotRunning,
            "Attention: OpenClaw is not running (nothing listens at its gateway's address; 127.0.0.1:18789; box/m: ready)",
        ),
        (
            ConnectionError::NotAGateway("it answers with HTTP 200".into()),
            "Attention: OpenClaw's gateway is not at its address (another program answers there; 127.0.0.1:18789; box/m: ready)",
        ),
    ] {
        scene.link(ConnectionState::Down(why));
        assert_eq!((scene.says().as_str(), exit_code(&scene.state)), (said, 1));
    }
    scene.link(ConnectionState::Down(ConnectionError::NoToken));
    assert_eq!(exit_code(&scene.state), 0, "no token says nothing of OpenClaw");
    scene.happen(Event::Pulse { port: 18_789, answer: Err(ConnectionError::NotRunning) });
    assert_eq!(exit_code(&scene.state), 1, "asked without a token, it is not there");
    scene.happen(Event::Pulse { port: 18_789, answer: Ok(()) });
    assert_eq!(exit_code(&scene.state), 0);
    // A config that names no gateway may be one of a container, or of another machine.
    let mut scene = on(HERE, CHAT, "m", "");
    scene.answers(Kind::LlamaCpp, served("m")).link(ConnectionState::Down(ConnectionError::NoToken));
    scene.happen(Event::Visible(true)).happen(Event::Pulse { port: 18_789, answer: Err(ConnectionError::NotRunning) });
    assert_eq!(exit_code(&scene.state), 0, "where it runs is not said");
}

#[test]
fn a_file_that_openclaw_can_t_use_is_the_headline() {
    for base_url in ["127.0.0.1:8080/v1", "localhost:8080/v1", "ftp://127.0.0.1/v1", "box"] {
        let scene = on(base_url, CHAT, "m", "");
        let says = scene.says();
        assert!(says.starts_with("Attention: OpenClaw can't use openclaw.json as it is (line 1: "), "{says}");
        assert_eq!(exit_code(&scene.state), 3, "{base_url}");
    }
    let unknown = Scene::new(
        "{ models: { providers: { box: { models: [{ id: 'm', name: 'M' }] }, openai: { models: [{ id: 'gpt', name: 'G' }] } } }, agents: { defaults: { model: 'box/m' } } }",
    );
    assert!(unknown.says().contains("box has no base URL"), "{}", unknown.says());
    assert!(!unknown.says().contains("openai"), "OpenClaw knows its address");
}

#[test]
fn a_primary_that_names_nothing_is_the_headline() {
    for (primary, said) in [
        (
            "nope",
            "Attention: The primary nope names no model of this file (it is neither an alias nor a model ref (provider/model))",
        ),
        (
            "google/gemma-4",
            "Attention: The primary google/gemma-4 is probably not the model that is meant (OpenClaw asks the provider google for gemma-4; box/google/gemma-4 is in this file)",
        ),
        (
            "bx/google/gemma-4",
            "Attention: The primary bx/google/gemma-4 is probably not the model that is meant (OpenClaw asks the provider bx for google/gemma-4; box/google/gemma-4 is in this file)",
        ),
    ] {
        let scene = Scene::new(&format!(
            "{{ models: {{ providers: {{ box: {{ baseUrl: '{HERE}', timeoutSeconds: 300, models: [{{ id: 'google/gemma-4', name: 'M', contextWindow: 65536, maxTokens: 8192 }}] }} }} }}, agents: {{ defaults: {{ model: '{primary}' }} }} }}"
        ));
        assert_eq!(scene.says(), said);
    }
}
