//! The link to OpenClaw's gateway: what it brings, and every way in which it can fail without a fuss.

use std::time::Duration;

use domain::Overall;
use serde_json::json;
use tests::fake_box::FakeBox;
use tests::gateway::{Gateway, GatewayMode, TOKEN, agent_event, fallback_frames, primary_frames};
use tests::stage::{Stage, fallback_lines, hybrid};

const LOCAL: &str = "box/my-local-model";
const OPUS: &str = "anthropic/claude-opus-4-6";

fn config(fake: &FakeBox, gateway: &str) -> String {
    hybrid(&fake.base_url()).replace(r#"gateway: { mode: "local" },"#, gateway)
}

async fn linked(gateway: &Gateway) -> (FakeBox, Stage) {
    let fake = FakeBox::start("my-local-model").await;
    let mut stage = Stage::start(&config(&fake, &gateway.config(TOKEN)));
    stage.until("ready and linked", |it| it.view.overall == Overall::Ready && it.status.gateway.state == "connected").await;
    (fake, stage)
}

/// Waits until the gateway was asked to tell, this many times.
async fn subscribed(gateway: &Gateway, times: usize) {
    gateway.until_asked(|asked| asked.iter().filter(|it| *it == "sessions.list").count() >= times).await;
}

#[tokio::test]
async fn a_fallback_and_its_end_live() {
    let gateway = Gateway::start().await;
    let (_fake, mut stage) = linked(&gateway).await;
    subscribed(&gateway, 1).await;
    gateway.say_all(&fallback_frames("run-1", LOCAL, OPUS));
    let notice = stage.told().await;
    assert_eq!((notice.code.id(), notice.title.as_str()), ("fallback.started", "Fell back to Opus"));
    assert_eq!(notice.body, "Local did not answer (connection error). Requests now leave this machine.");
    let seen = stage.until("fallback", |it| it.status.route.state == "fallback").await;
    assert_eq!(serde_json::to_value(&seen.status.route.evidence).expect("JSON")[0]["source"], "socket");
    assert_eq!(seen.status.route.agents, ["main"]);
    gateway.say_all(&primary_frames("run-2", LOCAL));
    let notice = stage.told().await;
    assert_eq!((notice.code.id(), notice.title.as_str()), ("fallback.ended", "Back on Local"));
    assert_eq!(stage.until("primary", |it| it.status.route.state == "primary").await.view.overall, Overall::Ready);
    assert_eq!(gateway.origins(), 0, "an Origin would cost the rights");
    assert_eq!(gateway.asked(), ["connect", "sessions.subscribe", "sessions.list"], "nothing that could change anything");
}

/// Both say the same, the log a little later: one notice, one answer, and both are kept as evidence.
#[tokio::test]
async fn log_and_socket_are_one_account() {
    let gateway = Gateway::start().await;
    let (_fake, mut stage) = linked(&gateway).await;
    subscribed(&gateway, 1).await;
    gateway.say_all(&fallback_frames("run-1", LOCAL, OPUS));
    assert_eq!(stage.told().await.code.id(), "fallback.started");
    stage.log(&fallback_lines("run-1", LOCAL, OPUS));
    stage.until("both", |it| it.status.route.evidence.len() == 2).await;
    stage.log(&fallback_lines("run-2", LOCAL, OPUS));
    let seen = stage.until("two answers", |it| it.status.route.answers.iter().any(|it| it.count == 2)).await;
    assert_eq!(
        seen.view.gateway.evidence.as_deref().map(|it| it.starts_with("Seen in OpenClaw's log and at its gateway at ")),
        Some(true)
    );
    assert!(stage.told_so_far().is_empty());
}

#[tokio::test]
async fn a_retry_is_shown_while_it_lasts() {
    let gateway = Gateway::start().await;
    let (_fake, mut stage) = linked(&gateway).await;
    subscribed(&gateway, 1).await;
    gateway.say(&agent_event("run-1", "lifecycle", 0, &json!({ "phase": "start" })));
    gateway.say(&agent_event(
        "run-1",
        "lifecycle",
        1,
        &json!({ "phase": "model", "provider": "box", "model": "my-local-model" }),
    ));
    gateway.say(&agent_event(
        "run-1",
        "run_status",
        2,
        &json!({ "phase": "retrying", "attempt": 3, "maxAttempts": 9, "reason": "rate_limit" }),
    ));
    let seen = stage.until("retrying", |it| it.status.route.state == "retrying").await;
    assert_eq!((seen.status.route.attempt, seen.view.headline.as_str()), (Some((3, 9)), "OpenClaw is asking Local again"));
    gateway.say_all(&primary_frames("run-1", LOCAL));
    stage.until("answered", |it| it.status.route.state == "primary").await;
    assert!(stage.told_so_far().is_empty());
}

#[tokio::test]
async fn each_fault_has_a_name_and_a_next_step() {
    let mut gateway = Gateway::closed();
    let fake = FakeBox::start("my-local-model").await;
    let mut stage = Stage::start(&config(&fake, "gateway: { mode: 'local' },"));
    let seen = stage.until("off", |it| it.status.gateway.state == "off").await;
    assert!(seen.status.gateway.next_step.is_some_and(|it| it.contains("gateway.auth.token")));
    stage.write_config(&config(&fake, &gateway.config("wrong")));
    stage.until("not running", |it| it.status.gateway.state == "notRunning").await;
    assert_eq!(gateway.asked(), [""; 0]);
    gateway.open().await;
    stage.until("wrong token", |it| it.status.gateway.state == "wrongToken").await;
    gateway.set_protocol(5);
    stage.write_config(&config(&fake, &gateway.config(TOKEN)));
    let seen = stage.until("too new", |it| it.status.gateway.state == "protocolMismatch").await;
    assert_eq!(seen.status.gateway.message, "OpenClaw's gateway speaks protocol 5; Pilot Light speaks 3 and 4");
    // Each of them is quiet: the box is ready, and the log serves.
    assert_eq!(seen.view.overall, Overall::Ready);
    assert!(stage.told_so_far().is_empty());
    stage.log(&fallback_lines("run-1", LOCAL, OPUS));
    assert_eq!(stage.told().await.code.id(), "fallback.started");
}

#[tokio::test]
async fn a_device_that_has_to_be_approved() {
    let gateway = Gateway::start().await;
    gateway.set_mode(GatewayMode::Pairing);
    let fake = FakeBox::start("my-local-model").await;
    let mut stage = Stage::start(&config(&fake, &gateway.config(TOKEN)));
    let seen = stage.until("pairing", |it| it.status.gateway.state == "pairingNeeded").await;
    assert!(seen.status.gateway.next_step.is_some_and(|it| it.contains("openclaw devices approve")));
    gateway.set_mode(GatewayMode::Well);
    stage.until("approved", |it| it.status.gateway.state == "connected").await;
}

/// 2026.3.28 speaks protocol 3.
#[tokio::test]
async fn an_older_gateway() {
    let gateway = Gateway::start().await;
    gateway.set_protocol(3);
    let (_fake, mut stage) = linked(&gateway).await;
    subscribed(&gateway, 1).await;
    gateway.say_all(&fallback_frames("run-1", LOCAL, OPUS));
    assert_eq!(stage.told().await.code.id(), "fallback.started");
}

#[tokio::test]
async fn another_program_on_the_gateways_port() {
    let fake = FakeBox::start("my-local-model").await;
    let gateway = format!("gateway: {{ port: {}, auth: {{ token: 'x' }} }},", fake.port());
    let mut stage = Stage::start(&config(&fake, &gateway));
    let seen = stage.until("no gateway", |it| it.status.gateway.state == "notAGateway").await;
    assert!(seen.status.gateway.message.contains("HTTP"), "{}", seen.status.gateway.message);
}

/// The connection looks alive and nobody is behind it.
#[tokio::test]
async fn a_half_open_connection_is_found() {
    let gateway = Gateway::start().await;
    gateway.set_tick(Duration::from_millis(100));
    let (_fake, mut stage) = linked(&gateway).await;
    subscribed(&gateway, 1).await;
    gateway.set_mode(GatewayMode::HalfOpen);
    stage.until("lost", |it| it.status.gateway.state == "lost").await;
    gateway.set_mode(GatewayMode::Well);
    subscribed(&gateway, 2).await;
    gateway.say_all(&fallback_frames("run-1", LOCAL, OPUS));
    assert_eq!(stage.told().await.code.id(), "fallback.started");
    assert_eq!(gateway.devices(), 1, "it is the same device");
}

/// What happened while the link was down is told when it stands again.
#[tokio::test]
async fn a_frame_that_breaks_off() {
    let gateway = Gateway::start().await;
    let (_fake, mut stage) = linked(&gateway).await;
    subscribed(&gateway, 1).await;
    let ended = jiff::Timestamp::now().as_millisecond();
    gateway.set_sessions(
        json!([{ "key": "agent:main:main", "agentId": "main", "sessionId": "s-1", "status": "done", "endedAt": ended,
        "lastRunId": "run-1", "modelProvider": "box", "model": "my-local-model",
        "activeModelProvider": "anthropic", "activeModel": "claude-opus-4-6" }]),
    );
    gateway.set_mode(GatewayMode::BreakOff);
    gateway.say(&agent_event("run-1", "lifecycle", 0, &json!({ "phase": "start" })));
    stage.until("lost", |it| it.status.gateway.state == "lost").await;
    gateway.set_mode(GatewayMode::Well);
    assert_eq!(stage.told().await.code.id(), "fallback.started");
    subscribed(&gateway, 2).await;
    // The same run once more, live: it is known.
    gateway.say_all(&fallback_frames("run-1", LOCAL, OPUS));
    gateway.say_all(&primary_frames("run-2", LOCAL));
    let notice = stage.told().await;
    assert_eq!(notice.code.id(), "fallback.ended");
    assert!(notice.body.ends_with("1 answer from Opus"), "{}", notice.body);
}

/// Each event in dozens of small pieces.
#[tokio::test]
async fn a_slow_line() {
    let gateway = Gateway::start().await;
    let (_fake, mut stage) = linked(&gateway).await;
    subscribed(&gateway, 1).await;
    gateway.set_mode(GatewayMode::Slow);
    gateway.say_all(&fallback_frames("run-1", LOCAL, OPUS));
    assert_eq!(stage.told().await.code.id(), "fallback.started");
    gateway.say_all(&primary_frames("run-2", LOCAL));
    assert_eq!(stage.told().await.code.id(), "fallback.ended");
    assert_eq!(stage.now().status.gateway.state, "connected");
}

/// The gateway's token for this device opens it when the config's is gone.
#[tokio::test]
async fn the_token_that_the_gateway_gave() {
    let gateway = Gateway::start().await;
    let (fake, mut stage) = linked(&gateway).await;
    stage.write_config(&config(&fake, &format!("gateway: {{ port: {} }},", gateway.port())));
    subscribed(&gateway, 2).await;
    stage.until("linked", |it| it.status.gateway.state == "connected").await;
    assert!(gateway.tokens()[1]["deviceToken"].as_str().is_some_and(|it| it.starts_with("for-")));
    let kept = std::fs::read_to_string(stage.folder.path().join("state/device.json")).expect("kept");
    assert!(!kept.contains(TOKEN), "the config's own token is not copied");
}

#[tokio::test]
async fn what_is_not_understood_is_passed_over() {
    let gateway = Gateway::start().await;
    let (_fake, mut stage) = linked(&gateway).await;
    subscribed(&gateway, 1).await;
    for junk in [
        "not json",
        "[]",
        "{}",
        r#"{"type":"event"}"#,
        r#"{"type":"event","event":"of.the.future","payload":{"a":[1,2,3]}}"#,
        r#"{"type":"event","event":"agent","payload":{"runId":5}}"#,
        r#"{"type":"event","event":"agent","payload":{"runId":"r","stream":"lifecycle","ts":1,"data":{"phase":"fallback_step"}}}"#,
        r#"{"type":"res","id":"other","ok":true}"#,
    ] {
        gateway.say(junk);
    }
    gateway.say_all(&fallback_frames("run-1", LOCAL, OPUS));
    assert_eq!(stage.told().await.code.id(), "fallback.started");
    assert_eq!(stage.now().status.gateway.state, "connected");
}

/// A gateway with much to say: 20,000 events, and a turn in each thousand that matters.
#[tokio::test]
async fn none_is_lost_in_a_flood() {
    let gateway = Gateway::start().await;
    let (_fake, mut stage) = linked(&gateway).await;
    subscribed(&gateway, 1).await;
    for n in 0..20 {
        for seq in 0..1_000 {
            gateway.say(&agent_event(
                &format!("run-{n}"),
                "assistant",
                seq,
                &json!({ "text": "a part of an answer", "delta": "part" }),
            ));
        }
        gateway.say_all(&fallback_frames(&format!("run-{n}"), LOCAL, OPUS));
    }
    stage.until("all answers", |it| it.status.route.answers.iter().any(|it| it.count == 20)).await;
    assert_eq!(stage.told().await.code.id(), "fallback.started");
    assert!(stage.told_so_far().is_empty());
}
