//! The check for an answer, on real sockets: asked for where it may be, and nowhere else. The replayed server holds every other question
//! that could make it work against whoever asks it.

use std::time::Duration;

use engine::Published;
use tests::fake_box::FakeBox;
use tests::replay::{Order, Replay};
use tests::stage::{Stage, hybrid};

const CHAT: &str = "/v1/chat/completions";
/// Deep rounds of a server that is not asked: enough to be sure of it.
const ROUNDS: usize = 5;

fn stage(base_url: &str, model: &str, on: bool) -> Stage {
    let folder = tempfile::tempdir().expect("a folder");
    let config = hybrid(base_url).replace("my-local-model", model);
    std::fs::write(folder.path().join("openclaw.json"), config).expect("written");
    std::fs::write(folder.path().join("settings.toml"), format!("checkAnswers = {on}\n")).expect("written");
    Stage::start_in(folder)
}

fn state(it: &Published) -> &'static str {
    it.status.providers.first().map_or("", |it| it.state)
}

/// Waits until it was looked at so many times; the replay then fails on any question that is not a GET.
async fn not_asked(server: &str, states: &[&str], model: &str, on: bool, shown: &str) {
    let replay = Replay::of(server, states).await;
    let mut stage = stage(&replay.url("/v1"), model, on);
    stage.until(shown, |it| state(it) == shown).await;
    let lists = || replay.asked().iter().filter(|it| it.path == "/v1/models").count();
    let begun = lists();
    stage.until("looked at again and again", |_| lists() >= begun + ROUNDS).await;
    assert_eq!(state(&stage.now()), shown);
}

#[tokio::test]
async fn a_gate_that_holds() {
    let gemma = "gemma-3-270m";
    not_asked("llama.cpp", &["ready"], gemma, false, "ready").await;
    not_asked("llama.cpp", &["busy", "ready"], gemma, true, "busy").await;
    not_asked("llama.cpp", &["sleeping", "rightkey"], gemma, true, "sleeping").await;
    not_asked("ollama", &["notloaded", "ready"], "llama3.1:8b", true, "listedNotLoaded").await;
    not_asked("llama-swap", &["none-running", "ready"], "qwen3-30b", true, "listedNotLoaded").await;
    not_asked("litellm", &["ready"], "mocked", true, "routedUnchecked").await;
}

#[tokio::test]
async fn one_token_once() {
    let answer: Order<'_> = (CHAT, 200, r#"{"choices":[{"message":{"content":"p"}}]}"#, &[]);
    let replay = Replay::working("llama.cpp", &["ready"], &[answer]).await;
    let mut stage = stage(&replay.url("/v1"), "gemma-3-270m", true);
    let told = |it: &Published| it.view.boxes[0].facts.iter().any(|it| it.text.starts_with("answered a test question in "));
    stage.until("the answer on its card", |it| it.view.boxes.len() == 1 && told(it)).await;
    let lists = || replay.asked().iter().filter(|it| it.path == "/v1/models").count();
    let begun = lists();
    stage.until("looked at again and again", |_| lists() >= begun + ROUNDS).await;
    let asked = replay.asked();
    let posts: Vec<_> = asked.iter().filter(|it| it.method == "POST").collect();
    assert_eq!((posts.len(), posts[0].path.as_str(), state(&stage.now())), (1, CHAT, "ready"));
    let body: serde_json::Value = serde_json::from_str(&posts[0].body).expect("JSON");
    assert_eq!((body["max_tokens"].as_u64(), body["stream"].as_bool()), (Some(1), Some(false)));
}

#[tokio::test]
async fn a_box_that_lists_its_models_and_answers_nothing() {
    let answer: Order<'_> = (CHAT, 500, r#"{"error":{"message":"CUDA error: out of memory","type":"server_error"}}"#, &[]);
    let replay = Replay::working("llama.cpp", &["ready"], &[answer]).await;
    let mut stage = stage(&replay.url("/v1"), "gemma-3-270m", true);
    let seen = stage.until("no answer", |it| it.status.providers.first().is_some_and(|it| it.state == "noAnswer")).await;
    assert!(seen.status.providers[0].models[0].problems.contains(&"model.noAnswer".to_owned()));
    let told = stage.told().await;
    assert_eq!(told.code.id(), "box.down");
    assert!(told.body.contains("CUDA error: out of memory"), "{}", told.body);
}

/// The setting holds at once, and is off where nobody wrote it.
#[tokio::test]
async fn off_as_it_comes() {
    let fake = FakeBox::start("my-local-model").await;
    let mut stage = Stage::every(&hybrid(&fake.base_url()), Duration::from_millis(50));
    let posts = || fake.asked().iter().filter(|it| it.starts_with("POST ")).count();
    let lists = || fake.asked().iter().filter(|it| it.ends_with("/v1/models")).count();
    stage.until("looked at again and again", |_| lists() >= ROUNDS).await;
    assert_eq!(posts(), 0);
    std::fs::write(stage.folder.path().join("settings.toml"), "checkAnswers = true\n").expect("written");
    stage.until("asked", |_| posts() == 1).await;
}
