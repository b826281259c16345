//! The box and the gateway's log, from socket and file to notice.

use std::fs;

use domain::Overall;
use tests::fake_box::{BoxMode, FakeBox};
use tests::stage::{Stage, fallback_lines, hybrid, lit};

const LOCAL: &str = "box/my-local-model";
const OPUS: &str = "anthropic/claude-opus-4-6";

#[tokio::test]
async fn down_and_up_again() {
    let (mut fake, mut stage) = lit().await;
    fake.kill().await;
    let seen = stage.until("fallback", |it| it.view.overall == Overall::Fallback).await;
    assert_eq!(seen.status.providers[0].state, "down");
    assert_eq!(seen.status.route.effective.as_deref(), Some(OPUS));
    let notice = stage.told().await;
    assert_eq!((notice.code.id(), notice.title.as_str()), ("box.down", "llama.cpp stopped answering"));
    fake.revive().await;
    stage.until("ready", |it| it.view.overall == Overall::Ready).await;
    assert_eq!(stage.told().await.code.id(), "box.up");
}

#[tokio::test]
async fn what_a_server_says_of_itself() {
    let (fake, mut stage) = lit().await;
    fake.set_mode(BoxMode::Loading);
    stage.until("starting", |it| it.status.providers[0].state == "starting").await;
    fake.set_mode(BoxMode::WrongKey);
    stage.until("wrong key", |it| it.status.providers[0].state == "authWrong").await;
    fake.set_mode(BoxMode::Ready);
    fake.set_context(4_096);
    let seen = stage.until("small", |it| it.status.providers[0].models[0].served_context == Some(4_096)).await;
    assert_eq!(seen.view.overall, Overall::Attention);
    assert!(seen.status.providers[0].models[0].problems.contains(&"context.small".to_owned()));
    assert_eq!(stage.told().await.title, "llama.cpp serves 4k of 32k");
}

#[tokio::test]
async fn a_fallback_and_its_end() {
    let (mut fake, mut stage) = lit().await;
    fake.kill().await;
    assert_eq!(stage.told().await.code.id(), "box.down");
    stage.log(&fallback_lines("run-1", LOCAL, OPUS));
    let notice = stage.told().await;
    assert_eq!((notice.code.id(), notice.title.as_str()), ("fallback.started", "Fell back to Opus"));
    assert_eq!(notice.body, "Local did not answer (connection refused). Requests now leave this machine.");
    stage.log(&fallback_lines("run-2", LOCAL, OPUS));
    stage.until("two answers", |it| it.view.detail.iter().any(|it| it.text == "2 answers from Opus")).await;
    fake.revive().await;
    let mut codes = [stage.told().await.code.id(), stage.told().await.code.id()];
    codes.sort_unstable();
    assert_eq!(codes, ["box.up", "fallback.ended"]);
    stage.until("ready", |it| it.view.overall == Overall::Ready).await;
    assert!(stage.told_so_far().is_empty());
}

/// The captured lines of three OpenClaw versions, as they are.
#[tokio::test]
async fn lines_of_real_gateways() {
    for (file, provider, model) in [("2026.9.6.jsonl", "deadbox", "my-local-model"), ("2026.7.1.jsonl", "deadbox", "m-404")] {
        let text = fs::read_to_string(format!("{}/fixtures/gateway/{file}", env!("CARGO_MANIFEST_DIR"))).expect(file);
        let fake = FakeBox::start(model).await;
        let config = hybrid(&fake.base_url())
            .replace("box:", "deadbox:")
            .replace("box/my-local-model", &format!("{provider}/{model}"))
            .replace("\"my-local-model\"", &format!("\"{model}\""));
        let mut stage = Stage::start(&config);
        stage.until("ready", |it| it.settled && it.view.overall == Overall::Ready).await;
        stage.log(&text);
        let notice = stage.told().await;
        assert_eq!((notice.code.id(), notice.title.as_str()), ("fallback.started", "Fell back to hosted/big-hosted"), "{file}");
    }
}

/// All gateways and profiles of a user write into one file, each about models of its own config.
#[tokio::test]
async fn several_gateways_in_one_log() {
    let (_fake, mut stage) = lit().await;
    stage.log(&fallback_lines("theirs-1", "rig/their-model", "openai/gpt-5"));
    stage.log(&fallback_lines("ours-1", LOCAL, OPUS));
    stage.log(&fallback_lines("theirs-2", "rig/their-model", "openai/gpt-5"));
    stage.log(&fallback_lines("ours-2", LOCAL, OPUS));
    stage.until("two answers", |it| it.status.route.answers.iter().any(|it| it.count == 2)).await;
    assert_eq!(stage.told().await.title, "Fell back to Opus");
    assert!(stage.told_so_far().is_empty());
}

/// A line comes in two parts, with junk around it.
#[tokio::test]
async fn partial_lines_and_junk() {
    let (_fake, mut stage) = lit().await;
    let lines = fallback_lines("run-1", LOCAL, OPUS);
    let (first, rest) = lines.split_at(lines.len() / 3);
    stage.log("not json\n{\"model_fallback_decision\": \n\u{0}\n[]\n\n");
    stage.log(first);
    stage.until("followed", |it| it.settled).await;
    stage.log(rest);
    assert_eq!(stage.told().await.code.id(), "fallback.started");
}

#[tokio::test]
async fn a_log_that_rotates_and_is_cut() {
    let (_fake, mut stage) = lit().await;
    stage.log(&fallback_lines("run-1", LOCAL, OPUS));
    assert_eq!(stage.told().await.code.id(), "fallback.started");
    // Rotated: the old file is renamed, a new one begins.
    fs::rename(stage.log_path(), stage.log_path().with_extension("log.1")).expect("renamed");
    stage.log(&fallback_lines("run-2", LOCAL, OPUS));
    stage.until("two answers", |it| it.view.detail.iter().any(|it| it.text == "2 answers from Opus")).await;
    // Cut to nothing and written anew.
    fs::write(stage.log_path(), fallback_lines("run-3", LOCAL, "anthropic/claude-opus-4-6")).expect("written");
    stage.until("three answers", |it| it.view.detail.iter().any(|it| it.text == "3 answers from Opus")).await;
}

#[tokio::test]
async fn what_was_logged_before_the_start_sets_the_scene_and_is_not_told() {
    let fake = FakeBox::start("my-local-model").await;
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("openclaw.json"), hybrid(&fake.base_url()).replace(LOCAL, "anthropic/claude-sonnet-4-6"))
        .expect("written");
    let logs = folder.path().join("logs");
    fs::create_dir(&logs).expect("made");
    let log = logs.join(format!("openclaw-{}.log", jiff::Zoned::now().date()));
    fs::write(log, fallback_lines("run-1", "anthropic/claude-sonnet-4-6", OPUS)).expect("written");
    let mut stage = Stage::start_in(folder);
    stage.until("fallback", |it| it.view.overall == Overall::Fallback).await;
    assert!(stage.told_so_far().is_empty());
}

/// What was written while it was not running is read from where it stopped, over a rotation too, and told as its outcome.
#[tokio::test]
async fn a_restart_goes_on_where_it_stopped() {
    let (_fake, mut stage) = lit().await;
    stage.log(&fallback_lines("run-1", LOCAL, OPUS));
    assert_eq!(stage.told().await.code.id(), "fallback.started");
    let (log, folder) = (stage.log_path(), stage.end().await);
    fs::rename(&log, log.with_extension("log.1")).expect("renamed");
    let mut stage = Stage::start_in(folder);
    stage.log(&fallback_lines("run-2", LOCAL, OPUS));
    stage.until("two answers", |it| it.status.route.answers.iter().any(|it| it.count == 2)).await;
    assert!(stage.told_so_far().is_empty(), "it was told before");
    let folder = stage.end().await;
    let away = fallback_lines("run-3", LOCAL, "anthropic/claude-sonnet-4-6");
    let log = folder.path().join("logs").join(log.file_name().expect("it has one"));
    fs::write(&log, fs::read_to_string(&log).expect("read") + &away).expect("written");
    let mut stage = Stage::start_in(folder);
    assert_eq!(stage.told().await.title, "Fell back to anthropic/claude-sonnet-4-6");
}

/// `logging.file`, where no folder was given on the command line.
#[tokio::test]
async fn the_log_that_the_config_names() {
    let fake = FakeBox::start("my-local-model").await;
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("elsewhere.log");
    let config = hybrid(&fake.base_url()).replacen(
        "gateway:",
        &format!("logging: {{ file: {:?} }},\n  gateway:", log.to_string_lossy()),
        1,
    );
    fs::write(folder.path().join("openclaw.json"), config).expect("written");
    let state_dir = Some(folder.path().join("state"));
    let options = engine::Options { config: Some(folder.path().join("openclaw.json")), state_dir, ..engine::Options::default() };
    let (handle, mut commands) = engine::start(options).expect("it starts");
    handle.published().wait_for(|it| it.settled && it.view.overall == Overall::Ready).await.expect("running");
    fs::write(&log, fallback_lines("run-1", LOCAL, OPUS)).expect("written");
    let told = tokio::time::timeout(std::time::Duration::from_secs(20), commands.recv()).await.expect("in time");
    assert!(matches!(told, Some(engine::ShellCommand::Notify(it)) if it.code.id() == "fallback.started"));
}

/// Only questions that can do no harm: each is a GET from this list.
#[tokio::test]
async fn no_harmful_question() {
    let (fake, mut stage) = lit().await;
    fake.set_context(4_096);
    stage.until("small", |it| it.view.overall == Overall::Attention).await;
    let harmless = ["GET /v1/chat/completions", "GET /v1/models", "GET /health", "GET /props", "GET /metrics"];
    for asked in fake.asked() {
        assert!(harmless.contains(&asked.as_str()), "{asked}");
    }
}
