//! The real OpenClaw gateway with a dead primary and a live fallback: what it does is told, and so is its end.
#![expect(clippy::print_stdout, reason = "the figures are what this test is run for")]

use std::path::PathBuf;

use domain::Overall;
use engine::Published;
use tempfile::TempDir;
use tests::fake_box::{BoxMode, FakeBox};
use tests::peer::Peer;
use tests::stage::{Stage, hybrid};

const GATEWAY: &str = "PILOTLIGHT_OPENCLAW";

/// A gateway of its own, with a box first and another one as its hosted fallback.
struct Scene {
    local: FakeBox,
    _hosted: FakeBox,
    _gateway: Peer,
    home: String,
    config: PathBuf,
    log: PathBuf,
    folder: TempDir,
}

impl Scene {
    async fn start() -> Scene {
        let hosted = FakeBox::start("big-hosted").await;
        let local = FakeBox::start("my-local-model").await;
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
        let text = hybrid(&local.base_url())
            .replace("contextWindow: 32768", "contextWindow: 120000")
            .replace("anthropic/claude-opus-4-6", "hosted/big-hosted")
            .replace("box: {", &provider)
            .replace(r#"gateway: { mode: "local" }"#, &format!(r#"gateway: {{ mode: "local", port: {gateway}, bind: "loopback", auth: {{ mode: "token", token: "tok-test" }} }}, logging: {{ file: {:?} }}"#, log.to_string_lossy()));
        let config = home.join(".openclaw/openclaw.json");
        std::fs::write(&config, &text).expect("written");
        let home = home.to_string_lossy().into_owned();
        let verdict = Peer::run(GATEWAY, &["config", "validate", "--json"], &env(&home)).await;
        assert!(verdict.contains("\"valid\":true") || verdict.contains("\"valid\": true"), "{verdict}");
        let gateway = Peer::start(GATEWAY, &["gateway", "run"], &env(&home), "[gateway] ready").await;
        Scene { local, _hosted: hosted, _gateway: gateway, home, config, log, folder }
    }
}

fn env(home: &str) -> [(&str, &str); 2] {
    [("HOME", home), ("OPENCLAW_NO_RESPAWN", "1")]
}

async fn turn(home: String) -> String {
    Peer::run(GATEWAY, &["agent", "--agent", "main", "--message", "hi", "--json"], &env(&home)).await
}

#[tokio::test]
async fn a_real_fallback_and_its_end() {
    let Scene { mut local, home, config, log, folder, _hosted, _gateway } = Scene::start().await;
    let mut stage = Stage::watch(folder, config, None);
    let ready = |it: &Published| it.settled && it.view.overall != Overall::Unknown && it.status.gateway.state == "connected";
    stage.until("both ready and linked", ready).await;
    local.kill().await;
    assert_eq!(stage.told().await.code.id(), "box.down");
    let started = std::time::Instant::now();
    let turn = tokio::spawn(turn(home));
    let notice = stage.told_within(std::time::Duration::from_secs(400)).await;
    println!("turn begun -> fallback.started: {:?}", started.elapsed());
    assert!(turn.await.expect("it ran").contains("pong"));
    let text = std::fs::read_to_string(&log).expect("a log");
    let line = text.lines().rfind(|it| it.contains("candidate_succeeded")).expect("a decision");
    let logged: jiff::Timestamp = serde_json::from_str::<serde_json::Value>(line).expect("JSON")["time"]
        .as_str()
        .expect("a time")
        .parse()
        .expect("an instant");
    println!("OpenClaw's log line -> notice (below 0: the socket was first): {} ms", notice.at - logged.as_millisecond());
    assert_eq!((notice.code.id(), notice.title.as_str()), ("fallback.started", "Fell back to Opus"));
    assert_eq!(notice.body, "Local did not answer (connection refused). Another of your boxes answers.");

    local.revive().await;
    let mut codes = [stage.told().await.code.id(), stage.told().await.code.id()];
    codes.sort_unstable();
    assert_eq!(codes, ["box.up", "fallback.ended"]);
}

/// The log is where Pilot Light does not look: the socket alone tells of the fallback, and of the next answer of the primary.
#[tokio::test]
async fn over_the_socket_alone() {
    let Scene { local, home, config, folder, _hosted, _gateway, .. } = Scene::start().await;
    let nowhere = folder.path().join("nowhere");
    let mut stage = Stage::watch(folder, config, Some(nowhere));
    let seen = stage.until("linked", |it| it.settled && it.status.gateway.state == "connected").await;
    println!("{}", seen.status.gateway.message);
    local.set_mode(BoxMode::WrongKey);
    let begun = tokio::spawn(turn(home.clone()));
    let notice = stage.told_within(std::time::Duration::from_secs(400)).await;
    assert_eq!((notice.code.id(), notice.title.as_str()), ("fallback.started", "Fell back to Opus"));
    assert_eq!(notice.body, "Local refused its key. Another of your boxes answers.");
    let route = &stage.until("in force", |it| it.status.route.state == "fallback").await.status.route;
    println!("agents {:?}, evidence {:?}", route.agents, route.evidence);
    assert_eq!(route.agents, ["main"]);
    assert!(begun.await.expect("it ran").contains("pong"));
    local.set_mode(BoxMode::Ready);
    // OpenClaw leaves a primary that refused its key alone for 30 s, so the first turns may still go to the fallback.
    let mut told = Vec::new();
    for _ in 0..20 {
        assert!(turn(home.clone()).await.contains("pong"));
        told = stage.told_so_far();
        if !told.is_empty() {
            break;
        }
    }
    let notice = told.first().expect("a notice within 20 turns");
    assert_eq!((notice.code.id(), notice.title.as_str()), ("fallback.ended", "Back on Local"));
    println!("{}", notice.body);
}
