//! The doctor's one question of its own: whether the gateway lives, at the port that the config names.

use engine::{Options, examine};
use tests::held_port::HeldPort;
use tests::replay::{Replay, Sample};

/// What the check of the gateway says with this config, given the port.
async fn gateway(port: u16, more: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("openclaw.json");
    std::fs::write(&config, format!("{{ gateway: {{ port: {port}, {more} }} }}")).expect("written");
    let log_dir = Some(folder.path().to_owned());
    let seen = examine(Options { config: Some(config), log_dir, ..Options::default() }).await.expect("a look");
    let check = seen.view.doctor.checks.iter().find(|it| it.id == "gateway").expect("a check").clone();
    format!("{:?}: {}", check.verdict, check.evidence)
}

async fn answering(sample: Sample) -> (Replay, u16) {
    let gateway = Replay::answering("gateway", vec![sample]).await;
    let port = gateway.url("").rsplit(':').next().and_then(|it| it.parse().ok()).expect("a port");
    (gateway, port)
}

#[tokio::test]
async fn lives() {
    let (server, port) = answering(Sample::new("/healthz", 200, r#"{"ok":true,"status":"live"}"#)).await;
    assert_eq!(gateway(port, "").await, format!("Ok: 127.0.0.1:{port} is live"));
    let asked = server.asked();
    assert_eq!(asked.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), ["/healthz"]);
    assert!(asked.iter().all(|it| it.header("authorization").is_none()), "without a key");
    // Another machine's gateway is not looked for here.
    assert!(gateway(port, "mode: 'remote'").await.starts_with("Skipped"));
    assert_eq!(server.asked().len(), 1);
}

/// The gateway gives its web page on each path that it does not know; so do others.
#[tokio::test]
async fn a_web_page_is_no_health() {
    let (_server, port) = answering(Sample::new("*", 200, "<!doctype html>")).await;
    assert!(gateway(port, "").await.starts_with(&format!("Warn: 127.0.0.1:{port}: What answers")));
}

#[tokio::test]
async fn is_not_there() {
    let held = HeldPort::new();
    let port = held.number();
    assert!(gateway(port, "").await.starts_with(&format!("Fail: 127.0.0.1:{port}: OpenClaw's gateway is not running")));
}
