//! Configured against served context: each verdict, with what mends it.

use domain::server::observation::{Answer, Load, Observation, ServedModel, Serving};
use domain::{Event, Kind};

use crate::scene::{LOCAL_FIRST, Scene};

const CONFIGURED: &str = "contextWindow: 196608, ";

struct Served {
    load: Load,
    served: Option<u64>,
    to_be: Option<u64>,
    most: Option<u64>,
}

const LOADED: Served = Served { load: Load::Loaded, served: None, to_be: None, most: None };

/// `code: title text [fix] [copied text]`, or nothing.
fn verdict(config: &str, kind: Kind, it: Served) -> String {
    let mut scene = Scene::new(config);
    let model = ServedModel {
        id: "my-local-model".into(),
        load: it.load,
        served_context: it.served,
        configured_context: it.to_be,
        max_context: it.most,
        ..ServedModel::default()
    };
    let answer = Answer::Up(Serving { models: Some(vec![model]), ..Serving::default() });
    let observation = Observation { kind: Some(kind), version: None, latency: None, answer };
    let base_url = "http://127.0.0.1:1234/v1".to_owned();
    scene.happen(Event::Probed { provider: "lmstudio".into(), base_url, deep: true, observation });
    let view = scene.view();
    let codes: Vec<&str> =
        view.models[0].problems.iter().map(|it| it.code.as_str()).filter(|it| it.starts_with("context.")).collect();
    let notes = view.boxes[0].notes.iter().filter(|it| !it.title.contains("not loaded"));
    let notes = notes.map(|it| {
        let fix = it.fix.as_ref().map(|it| format!(" [{}]", it.label)).unwrap_or_default();
        let copy = it.copy.as_ref().map(|it| format!(" [{}]", it.text)).unwrap_or_default();
        format!("{} {}{fix}{copy}", it.title, it.text)
    });
    format!("{}: {}", codes.join(" "), notes.collect::<Vec<_>>().join(" / "))
}

#[test]
fn served_with_less_than_configured() {
    let small = || Served { served: Some(4_096), most: Some(262_144), ..LOADED };
    insta::assert_snapshot!(verdict(LOCAL_FIRST, Kind::LmStudio, small()), @"context.small: my-local-model is served with 4k of 196k. Longer prompts fail, and OpenClaw does not fall back on that. [Use 4,096 in the config] [lms load my-local-model --context-length 196608]");
    insta::assert_snapshot!(verdict(LOCAL_FIRST, Kind::Ollama, small()), @"context.small: my-local-model is served with 4k of 196k. Ollama drops the oldest messages without an error, and its OpenAI-compatible API can't ask for more. [Use 4,096 in the config] [OLLAMA_CONTEXT_LENGTH=196608 ollama serve]");
    insta::assert_snapshot!(verdict(LOCAL_FIRST, Kind::DockerModelRunner, small()), @"context.small: my-local-model is served with 4k of 196k. Longer prompts fail, and OpenClaw does not fall back on that. [Use 4,096 in the config] [docker model configure --context-size 196608 my-local-model]");
    insta::assert_snapshot!(verdict(LOCAL_FIRST, Kind::Generic, small()), @"context.small: my-local-model is served with 4k of 196k. Longer prompts fail, and OpenClaw does not fall back on that. [Use 4,096 in the config]");
    let to_be = Served { load: Load::NotLoaded, to_be: Some(8_192), ..LOADED };
    insta::assert_snapshot!(verdict(LOCAL_FIRST, Kind::LlamaCppRouter, to_be), @"context.small: my-local-model is served with 8k of 196k. Longer prompts fail, and OpenClaw does not fall back on that. [Use 8,192 in the config] [--ctx-size 196608]");
}

#[test]
fn no_more_is_asked_of_a_server_than_its_model_can_take() {
    let small = Served { served: Some(4_096), most: Some(32_768), ..LOADED };
    insta::assert_snapshot!(verdict(LOCAL_FIRST, Kind::Vllm, small), @"context.small: my-local-model is served with 4k of 196k. Longer prompts fail, and OpenClaw does not fall back on that. [Use 4,096 in the config] [--max-model-len 32768]");
}

#[test]
fn more_than_the_model_can_take() {
    let over = Served { most: Some(131_072), ..LOADED };
    insta::assert_snapshot!(verdict(LOCAL_FIRST, Kind::LmStudio, over), @"context.overMaximum: my-local-model takes 131,072 at most, not 196,608. No setting of the server gives more. [Use 131,072 in the config]");
}

#[test]
fn not_configured_at_all() {
    let served = Served { served: Some(32_768), ..LOADED };
    insta::assert_snapshot!(verdict(&LOCAL_FIRST.replace(CONFIGURED, ""), Kind::LmStudio, served), @"context.unset: The config sets no context for my-local-model. OpenClaw assumes 200,000 tokens; the server gives 32,768. [Use 32,768 in the config]");
}

#[test]
fn ollamas_silent_default() {
    let unloaded = |to_be| Served { load: Load::NotLoaded, most: Some(262_144), to_be, ..LOADED };
    insta::assert_snapshot!(verdict(LOCAL_FIRST, Kind::Ollama, unloaded(None)), @"context.ollamaDefault: Ollama may load my-local-model with only 4,096 tokens. That is its default below 24 GB of video memory. It then drops the oldest messages without an error. [OLLAMA_CONTEXT_LENGTH=196608 ollama serve]");
    assert_eq!(verdict(LOCAL_FIRST, Kind::Ollama, unloaded(Some(262_144))), ": ", "its Modelfile asks for enough");
    let native = LOCAL_FIRST.replace("openai-responses", "ollama");
    assert_eq!(verdict(&native, Kind::Ollama, unloaded(None)), ": ", "its own API says how much is wanted");
    assert_eq!(verdict(&native, Kind::Ollama, Served { served: Some(4_096), ..LOADED }), ": ", "and loads it again with that");
}

#[test]
fn all_is_well() {
    assert_eq!(verdict(LOCAL_FIRST, Kind::LmStudio, Served { served: Some(196_608), ..LOADED }), ": ");
    assert_eq!(verdict(LOCAL_FIRST, Kind::Generic, LOADED), ": ");
}
