//! The real OpenClaw gateway with a dead primary and a live fallback: what it does is told, and so is its end.
#![expect(clippy::print_stdout, reason = "the figures are what this test is run for")]

use domain::Overall;
use tests::fake_box::FakeBox;
use tests::peer::Peer;
use tests::stage::{Stage, hybrid};

#[tokio::test]
async fn a_real_fallback_and_its_end() {
    let hosted = FakeBox::start("big-hosted").await;
    let mut local = FakeBox::start("my-local-model").await;
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path().join("home");
    let log = folder.path().join("gateway.log");
    std::fs::create_dir_all(home.join(".openclaw")).expect("made");
    let gateway = std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port").port();
    let provider = format!(
        r#"hosted: {{ baseUrl: "{}", apiKey: "sk-hosted", api: "openai-completions", models: [{{ id: "big-hosted", name: "Big", contextWindow: 200000, maxTokens: 8192 }}] }},
      box: {{"#,
        hosted.base_url()
    );
    let config = hybrid(&local.base_url())
        .replace("contextWindow: 32768", "contextWindow: 120000")
        .replace("anthropic/claude-opus-4-6", "hosted/big-hosted")
        .replace("box: {", &provider)
        .replace(r#"gateway: { mode: "local" }"#, &format!(r#"gateway: {{ mode: "local", port: {gateway}, bind: "loopback", auth: {{ mode: "token", token: "tok-test" }} }}, logging: {{ file: {:?} }}"#, log.to_string_lossy()));
    let path = home.join(".openclaw/openclaw.json");
    std::fs::write(&path, &config).expect("written");
    let home_text = home.to_string_lossy().into_owned();
    let env = [("HOME", home_text.as_str()), ("OPENCLAW_NO_RESPAWN", "1")];
    let verdict = Peer::run("PILOTLIGHT_OPENCLAW", &["config", "validate", "--json"], &env).await;
    assert!(verdict.contains("\"valid\":true") || verdict.contains("\"valid\": true"), "{verdict}");
    let _gateway = Peer::start("PILOTLIGHT_OPENCLAW", &["gateway", "run"], &env, "[gateway] ready").await;

    let mut stage = Stage::watch(folder, path, None);
    stage.until("both ready", |it| it.settled && it.view.overall != Overall::Unknown).await;
    local.kill().await;
    assert_eq!(stage.told().await.code.id(), "box.down");
    let started = std::time::Instant::now();
    let turn = tokio::spawn({
        let home = home_text.clone();
        async move {
            Peer::run(
                "PILOTLIGHT_OPENCLAW",
                &["agent", "--agent", "main", "--message", "hi", "--json"],
                &[("HOME", home.as_str()), ("OPENCLAW_NO_RESPAWN", "1")],
            )
            .await
        }
    });
    let notice = stage.told_within(std::time::Duration::from_secs(400)).await;
    println!("turn begun -> fallback.started: {:?}", started.elapsed());
    let text = std::fs::read_to_string(&log).expect("a log");
    let line = text.lines().rfind(|it| it.contains("candidate_succeeded")).expect("a decision");
    let logged: jiff::Timestamp = serde_json::from_str::<serde_json::Value>(line).expect("JSON")["time"]
        .as_str()
        .expect("a time")
        .parse()
        .expect("an instant");
    println!("OpenClaw's log line -> notice: {} ms", notice.at - logged.as_millisecond());
    assert_eq!((notice.code.id(), notice.title.as_str()), ("fallback.started", "Fell back to Opus"));
    assert_eq!(notice.body, "Local did not answer (connection refused). Another of your boxes answers.");
    assert!(turn.await.expect("it ran").contains("pong"));

    local.revive().await;
    let mut codes = [stage.told().await.code.id(), stage.told().await.code.id()];
    codes.sort_unstable();
    assert_eq!(codes, ["box.up", "fallback.ended"]);
}
