//! What a found server is told to be, and how it would stand in the config.

use document::Document;
use domain::Kind;
use domain::config::Config;
use domain::server::observation::{Answer, Failure, Load, Observation, ServedModel, Serving};
use domain::view::discovery::{Found, found, listed};

const URL: &str = "http://127.0.0.1:1234/v1";

fn model(id: &str, load: Load, served: Option<u64>) -> ServedModel {
    let id = id.to_owned();
    ServedModel { id, load, served_context: served, max_context: Some(262_144), ..ServedModel::default() }
}

fn up(kind: Kind, models: &[ServedModel]) -> Observation {
    let serving = Serving { models: Some(models.to_vec()), ..Serving::default() };
    Observation { kind: Some(kind), version: None, latency: None, answer: Answer::Up(serving) }
}

fn failed(kind: Option<Kind>, why: Failure) -> Observation {
    Observation { kind, version: None, latency: None, answer: Answer::Failed(why) }
}

fn config(text: &str) -> Config {
    Config::read(&Document::parse(text).expect("a config"), &|_| None).0
}

fn line(it: Option<Found>) -> String {
    it.map_or_else(
        || "nothing".to_owned(),
        |it| {
            format!("{}: {:?} {}; {}{}", it.name, it.mark.shape, it.mark.text, it.about, if it.needs_key { "; key" } else { "" })
        },
    )
}

#[track_caller]
fn check(seen: &Observation, said: &str) {
    assert_eq!(line(found(&Config::default(), URL, seen)), said);
}

#[test]
fn what_is_found() {
    let (on, off) = (model("a", Load::Loaded, Some(32_768)), model("b", Load::NotLoaded, None));
    check(&up(Kind::LmStudio, &[off.clone(), on.clone(), off.clone()]), "LM Studio: Ok Ready; 3 models, 1 loaded with 32k");
    check(&up(Kind::LlamaCpp, std::slice::from_ref(&on)), "llama.cpp: Ok Ready; 1 model, loaded with 32k");
    check(&up(Kind::LlamaSwap, &[on.clone(), on]), "llama-swap: Ok Ready; 2 models, 2 loaded");
    check(&up(Kind::Ollama, &[off.clone(), off]), "Ollama: Sleep Nothing loaded; 2 models");
    check(&up(Kind::Ollama, &[]), "Ollama: Warn No models; 0 models");
    check(&up(Kind::Generic, &[model("a", Load::Unknown, None)]), "OpenAI-compatible: Ok Ready; 1 model");
    check(&up(Kind::LlamaCpp, &[model("a", Load::Sleeping, None)]), "llama.cpp: Sleep Asleep; 1 model");
    check(&up(Kind::LlamaSwap, &[model("a", Load::Loading, None)]), "llama-swap: Wait Loading; 1 model");
    check(&failed(Some(Kind::LlamaCpp), Failure::Starting), "llama.cpp: Warn Loading; its model is not in memory yet");
    check(&failed(Some(Kind::Vllm), Failure::AuthNeeded), "vLLM: Warn Wants a key; lists its models only with it; key");
}

#[test]
fn what_is_no_model_server_is_not_found() {
    check(&failed(None, Failure::Refused), "nothing");
    // A web application behind a login.
    check(&failed(None, Failure::AuthNeeded), "nothing");
    check(&failed(None, Failure::TimedOut), "nothing");
    // It sounded like MLX, and has no models.
    check(&failed(Some(Kind::Mlx), Failure::Status(404)), "nothing");
    check(&failed(Some(Kind::Mlx), Failure::TimedOut), "MLX: Warn Slow; it did not give its list in time");
}

#[test]
fn how_it_would_stand_in_the_config() {
    let suggested = |config: &Config, kind, url| {
        let it = found(config, url, &up(kind, &[])).expect("found");
        let it = (it.configured, it.suggestion);
        let key = it.1.key.unwrap_or_default();
        format!("{} {} {} {key}; {}", it.1.provider, it.1.base_url, it.1.api, it.0.unwrap_or_default())
    };
    let none = Config::default();
    assert_eq!(suggested(&none, Kind::LmStudio, URL), format!("lmstudio {URL} openai-responses lmstudio-local; "));
    let ollama = "http://127.0.0.1:11434/v1";
    assert_eq!(suggested(&none, Kind::Ollama, ollama), "ollama http://127.0.0.1:11434 ollama ollama-local; ");
    assert_eq!(suggested(&none, Kind::Vllm, URL), format!("vllm {URL} openai-completions custom-local; "));
    assert_eq!(suggested(&none, Kind::LlamaCpp, URL), format!("llamacpp {URL} openai-completions custom-local; "));
    assert_eq!(suggested(&none, Kind::Generic, URL), format!("local {URL} openai-completions custom-local; "));
    // A name that only a route uses is free; a provider with another address is not.
    let named = config("{ agents: { defaults: { model: 'lmstudio/m' } } }");
    assert_eq!(suggested(&named, Kind::LmStudio, URL), format!("lmstudio {URL} openai-responses lmstudio-local; lmstudio"));
    let taken = config(
        "{ models: { providers: { lmstudio: { baseUrl: 'http://rig:1234/v1' }, x: { baseUrl: 'http://localhost:1234/v1' } } } }",
    );
    assert_eq!(suggested(&taken, Kind::LmStudio, URL), format!("lmstudio-2 {URL} openai-responses lmstudio-local; x"));
    let guarded = found(&none, URL, &failed(Some(Kind::Vllm), Failure::AuthNeeded)).expect("found");
    assert_eq!(guarded.suggestion.key, None);
}

#[test]
fn a_list_to_choose_from() {
    let config =
        config("{ models: { providers: { box: { baseUrl: 'http://127.0.0.1:1/v1', models: [{ id: 'Big', name: 'B' }] } } } }");
    let seen = up(Kind::Ollama, &[model("small:3b", Load::NotLoaded, None), model("big:latest", Load::Loaded, Some(4_096))]);
    let rows = listed(&config, Some("box"), &seen).expect("a list");
    let said: Vec<String> = rows.iter().map(|it| format!("{} {:?} {} {}", it.id, it.loaded, it.configured, it.about)).collect();
    assert_eq!(
        said,
        ["big:latest Some(true) true loaded with 4k of 262k", "small:3b Some(false) false not loaded, at most 262k"]
    );
    let why = |seen: &Observation| {
        let refusal = listed(&config, None, seen).expect_err("no list");
        format!("{} | {}", refusal.message, refusal.hint.unwrap_or_default())
    };
    assert!(why(&failed(None, Failure::Refused)).starts_with("the server gave no list: connection refused | Nothing listens"));
    let silent = Observation { answer: Answer::Up(Serving::default()), ..up(Kind::LlamaCppPython, &[]) };
    assert!(why(&silent).starts_with("llama-cpp-python is not asked for its models"));
}
