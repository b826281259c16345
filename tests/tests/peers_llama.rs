//! A real llama.cpp server with a real small model, through all its states.
#![expect(clippy::print_stdout, reason = "the figures are what this test is run for")]

use std::time::Duration;

use domain::Overall;
use domain::server::observation::Answer;
use engine::probe::Prober;
use tests::observe::request;
use tests::peer::{Peer, free_port};
use tests::stage::{Stage, hybrid};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

fn config(port: u16) -> String {
    hybrid(&format!("http://127.0.0.1:{port}/v1"))
        .replace("my-local-model", "gemma-3-270m")
        .replace("contextWindow: 32768", "contextWindow: 2048")
}

fn state(it: &engine::Published) -> &'static str {
    it.status.providers.first().map_or("unknown", |it| it.state)
}

#[tokio::test]
async fn refused_loading_ready_killed_and_back() {
    let port = free_port();
    let mut stage = Stage::start(&config(port));
    stage.until("down", |it| state(it) == "down").await;
    let server = Peer::spawn("PILOTLIGHT_LLAMA", &[&port.to_string()], &[]);
    stage.until("starting", |it| state(it) == "starting").await;
    // A busy machine takes its time to read a model.
    let seen = stage.until_for("ready", Duration::from_secs(180), |it| state(it) == "ready").await;
    let provider = &seen.status.providers[0];
    assert_eq!(
        (provider.kind, provider.models[0].loaded, provider.models[0].served_context),
        (Some("llama.cpp"), Some(true), Some(2_048))
    );
    println!("llama.cpp: ready, answers in {:?} ms", provider.latency_ms);
    stage.told_so_far();
    let killed = std::time::Instant::now();
    server.kill().await;
    stage.until("down", |it| state(it) == "down").await;
    println!("killed -> shown as down: {:?}", killed.elapsed());
    assert_eq!(stage.told().await.code.id(), "box.down");
    let _server = Peer::start("PILOTLIGHT_LLAMA", &[&port.to_string()], &[], "ready").await;
    stage.until("ready", |it| it.view.overall == Overall::Ready || state(it) == "ready").await;
    assert_eq!(stage.told().await.code.id(), "box.up");
}

#[tokio::test]
async fn a_wrong_key_and_a_tiny_context() {
    let port = free_port();
    let _server = Peer::start("PILOTLIGHT_LLAMA", &[&port.to_string(), "api_keys=sk-right", "n_ctx=512"], &[], "ready").await;
    let mut stage = Stage::start(&config(port));
    stage.until("the key refused", |it| state(it) == "authWrong").await;
    stage.write_config(&config(port).replace("sk-local-secret", "sk-right"));
    let seen = stage.until("ready", |it| state(it) == "ready").await;
    assert_eq!(seen.status.providers[0].models[0].served_context, Some(512));
    assert_eq!(seen.view.overall, Overall::Attention);
}

/// One slot, taken by an answer of some thousand tokens: what it says of itself it still says at once, and what is shown is that it works.
#[tokio::test]
async fn busy_it_still_tells_of_itself() {
    let port = free_port();
    let args = [&port.to_string(), "n_ctx=8192", "endpoint_metrics=1"];
    let _server = Peer::start("PILOTLIGHT_LLAMA", &args, &[], "ready").await;
    let mut stage = Stage::start(&config(port));
    stage.until("ready", |it| state(it) == "ready").await;
    let body = r#"{"prompt":"One two three","n_predict":6000,"ignore_eos":true,"stream":true}"#;
    let mut work = TcpStream::connect(("127.0.0.1", port)).await.expect("it listens");
    let head = format!("POST /completion HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", body.len());
    work.write_all(format!("{head}{body}").as_bytes()).await.expect("asked");
    stage.until("busy", |it| state(it) == "busy").await;
    let prober = Prober::new().expect("a prober");
    let mut latencies = Vec::new();
    for _ in 0..100 {
        let seen = prober.probe(&request(&format!("http://127.0.0.1:{port}/v1"))).await;
        let Answer::Up(serving) = &seen.answer else { panic!("{seen:?}") };
        assert!(serving.busy, "it worked to the end of the test");
        latencies.extend(seen.latency);
    }
    assert_eq!(state(&stage.now()), "busy");
    assert!(stage.told_so_far().is_empty(), "to work is no news");
    latencies.sort();
    println!("llama.cpp at work: answers of itself in p50 {:?}, p95 {:?}", latencies[50], latencies[95]);
    drop(work);
    stage.until("ready again", |it| state(it) == "ready").await;
}

/// Five minutes of probing ten times a second does not wake it: as many probes as in eight hours at the default pace.
#[tokio::test]
async fn asleep_it_stays_asleep() {
    let port = free_port();
    let _server = Peer::start("PILOTLIGHT_LLAMA", &[&port.to_string(), "sleep_idle_seconds=3"], &[], "ready").await;
    let mut stage = Stage::start(&config(port));
    stage.until("asleep", |it| state(it) == "sleeping").await;
    let mut published = stage.handle.published();
    let woke = published.wait_for(|it| state(it) != "sleeping");
    assert!(tokio::time::timeout(Duration::from_secs(300), woke).await.is_err(), "it woke");
}
