//! A router that is well while the server behind it is not.

use domain::server::observation::{Answer, Failure, Load, Observation, ServedModel, Serving, Upstream};
use domain::{Effect, Event, Kind};

use crate::scene::{Scene, reference};

const LITELLM: &str = r#"{
  agents: { defaults: { model: { primary: "litellm/local", fallbacks: ["anthropic/claude-opus-4-6"] } } },
  models: { mode: "merge", providers: {
    litellm: { baseUrl: "http://127.0.0.1:4000/v1", apiKey: "sk-secret", api: "openai-completions", timeoutSeconds: 60, models: [
      { id: "local", name: "Local", contextWindow: 32768, maxTokens: 4096 },
    ] },
  } },
}"#;

const BEHIND: &str = "http://127.0.0.1:8080/v1";

fn routed(to: &[&str]) -> Answer {
    let upstreams = to.iter().map(|it| Upstream { base_url: (*it).to_owned(), api: None, model: "gemma".to_owned() });
    let model = ServedModel { id: "local".into(), upstreams: upstreams.collect(), ..ServedModel::default() };
    Answer::Up(Serving { models: Some(vec![model]), routes_elsewhere: true, ..Serving::default() })
}

fn gemma(load: Load, context: u64) -> Answer {
    let model = ServedModel { id: "gemma".into(), load, served_context: Some(context), ..ServedModel::default() };
    Answer::Up(Serving { models: Some(vec![model]), ..Serving::default() })
}

impl Scene {
    fn says_of(&mut self, base_url: &str, kind: Kind, answer: Answer) -> &mut Self {
        let up = matches!(answer, Answer::Up(_));
        let observation = Observation { kind: up.then_some(kind), version: None, latency: None, answer };
        let provider = if base_url.contains(":4000") { "litellm" } else { base_url };
        self.wait(10).happen(Event::Probed {
            provider: provider.to_owned(),
            base_url: base_url.to_owned(),
            deep: true,
            observation,
        })
    }

    fn router(&mut self, to: &[&str]) -> &mut Self {
        self.says_of("http://127.0.0.1:4000/v1", Kind::LiteLlm, routed(to))
    }

    fn behind(&mut self, answer: Answer) -> &mut Self {
        self.says_of(BEHIND, Kind::LlamaCpp, answer)
    }

    fn availability(&self) -> &'static str {
        self.state.servers().availability(&reference("litellm/local")).id()
    }
}

#[test]
fn the_server_behind_a_router_is_asked_without_the_routers_key() {
    let mut scene = Scene::new(LITELLM);
    scene.router(&[BEHIND]);
    let asked: Vec<_> = scene
        .effects
        .iter()
        .filter_map(|it| match it {
            Effect::Probe(it) if it.base_url == BEHIND => Some(it.clone()),
            _ => None,
        })
        .collect();
    assert_eq!((asked.len(), asked[0].key.as_ref(), asked[0].headers.len()), (1, None, 0));
    assert_eq!(scene.availability(), "routedUnchecked");
    assert_eq!(scene.behind(gemma(Load::Loaded, 32_768)).availability(), "ready");
}

#[test]
fn the_router_is_up_and_its_upstream_is_not() {
    let mut scene = Scene::new(LITELLM);
    scene.router(&[BEHIND]).behind(gemma(Load::Loaded, 32_768));
    let refused = || Answer::Failed(Failure::Refused);
    assert_eq!(scene.behind(refused()).availability(), "ready", "one miss is no outage");
    assert_eq!(scene.behind(refused()).router(&[BEHIND]).availability(), "upstreamDown");
    insta::assert_snapshot!(scene.says(), @"Fallback: The next answer comes from anthropic/claude-opus-4-6 (litellm/local: the server behind it is down; requests leave this machine)");
    insta::assert_snapshot!(scene.view().boxes[0].notes[0].title, @"LiteLLM is up, but the server behind it is down.");
    insta::assert_snapshot!(scene.view().boxes[0].notes[0].text, @"It sends local to 127.0.0.1:8080: connection refused since 14:00. If LiteLLM runs in a container, that address is the container itself: use host.docker.internal there.");
    scene.behind(gemma(Load::Loaded, 32_768)).behind(gemma(Load::Loaded, 32_768));
    assert_eq!(scene.availability(), "ready");
    insta::assert_snapshot!(scene.told(), @r"
    box.down: LiteLLM is up, but the server behind it is down | 127.0.0.1:8080: connection refused since 14:00.
    box.up: The server behind LiteLLM is back | 127.0.0.1:8080, after 30 s
    ");
}

#[test]
fn what_the_upstream_serves_is_what_counts() {
    let mut scene = Scene::new(LITELLM);
    scene.router(&[BEHIND]).behind(gemma(Load::Loaded, 4_096));
    let model = reference("litellm/local");
    assert_eq!(scene.state.servers().small_context(&model), Some((4_096, 32_768)));
    assert_eq!(scene.behind(gemma(Load::NotLoaded, 4_096)).availability(), "listedNotLoaded");
}

#[test]
fn of_several_upstreams_one_is_enough() {
    let mut scene = Scene::new(LITELLM);
    scene.router(&[BEHIND, "http://127.0.0.1:8081/v1"]).behind(Answer::Failed(Failure::Refused));
    assert_eq!(scene.availability(), "routedUnchecked");
    scene.says_of("http://127.0.0.1:8081/v1", Kind::Vllm, gemma(Load::Loaded, 32_768));
    assert_eq!(scene.availability(), "ready");
}

#[test]
fn what_proves_nothing() {
    for (to, answer) in [
        // The name of a container, which the router alone knows.
        ("http://ollama:11434", Answer::Failed(Failure::NameUnknown)),
        // The router has a key for it.
        (BEHIND, Answer::Failed(Failure::AuthNeeded)),
    ] {
        let mut scene = Scene::new(LITELLM);
        scene.router(&[to]).says_of(to, Kind::Generic, answer);
        assert_eq!(scene.availability(), "routedUnchecked", "{to}");
    }
    let mut hosted = Scene::new(LITELLM);
    hosted.router(&["https://api.example.com/v1"]);
    assert!(!hosted.effects.iter().any(|it| matches!(it, Effect::Probe(it) if it.base_url.contains("example"))));
    let elsewhere = LITELLM.replace("127.0.0.1:4000", "gpu-rig:4000");
    let mut elsewhere = Scene::new(&elsewhere);
    let observation = Observation { kind: Some(Kind::LiteLlm), version: None, latency: None, answer: routed(&[BEHIND]) };
    let base_url = "http://gpu-rig:4000/v1".to_owned();
    elsewhere.happen(Event::Probed { provider: "litellm".into(), base_url, deep: true, observation });
    assert!(elsewhere.state.fleet.upstreams.is_empty(), "127.0.0.1 of another machine");
}

#[test]
fn an_upstream_that_is_routed_to_no_more_is_forgotten() {
    let mut scene = Scene::new(LITELLM);
    scene.router(&[BEHIND]).behind(Answer::Failed(Failure::Refused)).router(&[]);
    assert!(scene.state.fleet.upstreams.is_empty());
    assert_eq!(scene.availability(), "routedUnchecked");
}

/// What this machine can't reach, the router may: nothing is claimed of it.
#[test]
fn what_only_the_router_may_reach() {
    let refused = || Answer::Failed(Failure::Refused);
    let note =
        |scene: &Scene| scene.view().boxes[0].notes.first().map(|it| format!("{} {}", it.title, it.text)).unwrap_or_default();
    let inside = "http://host.docker.internal:8080/v1";
    let mut named = Scene::new(LITELLM);
    named.router(&[inside]).says_of(inside, Kind::LlamaCpp, refused());
    assert_eq!(named.availability(), "routedUnchecked");
    insta::assert_snapshot!(note(&named), @"Seen from this machine, host.docker.internal:8080: connection refused since 14:00. LiteLLM sends local there, and may reach it anyway.");
    let rig = "http://192.168.1.20:8080/v1";
    let mut elsewhere = Scene::new(&LITELLM.replace("127.0.0.1:4000", "gpu-rig:4000"));
    let observation = Observation { kind: Some(Kind::LiteLlm), version: None, latency: None, answer: routed(&[rig]) };
    let base_url = "http://gpu-rig:4000/v1".to_owned();
    elsewhere.happen(Event::Probed { provider: "litellm".into(), base_url, deep: true, observation });
    elsewhere.says_of(rig, Kind::LlamaCpp, refused());
    assert_eq!(elsewhere.availability(), "routedUnchecked");
    let mut here = Scene::new(LITELLM);
    here.router(&[BEHIND]).behind(refused());
    assert_eq!(here.availability(), "upstreamDown");
    here.wait(5).fetched("litellm/local");
    assert_eq!(here.availability(), "routedUnchecked", "OpenClaw had an answer through it since");
}
