//! A gateway behind TLS: a certificate that this system trusts lets live events in; each other one is a state with its next step, and the log
//! serves all the same.

use std::process::Stdio;

use tests::certificate::{Authority, self_signed};
use tests::fake_box::FakeBox;
use tests::gateway::Gateway;
use tests::stage::{Stage, fallback_lines, hybrid};
use tokio::io::{AsyncBufReadExt, BufReader};

fn config(fake: &FakeBox, gateway: &str) -> String {
    hybrid(&fake.base_url()).replace(r#"gateway: { mode: "local" },"#, gateway)
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for() {
    let gateway = Gateway::secure(self_signed("127.0.0.1")).await;
    let fake = FakeBox::start("my-local-model").await;
    let mut stage = Stage::start(&config(&fake, &gateway.remote_config("127.0.0.1")));
    let seen = stage.until("refused", |it| it.settled && it.status.gateway.state == "tls").await;
    let said = &seen.status.gateway;
    assert!(said.message.starts_with("No secure connection to OpenClaw's gateway: self-signed certificate"), "{}", said.message);
    assert!(said.next_step.is_some_and(|it| it.contains("This system must trust its certificate")));
    assert_eq!(gateway.asked(), [""; 0], "no token was shown to it");
    stage.log(&fallback_lines("run-1", "box/my-local-model", "anthropic/claude-opus-4-6"));
    assert_eq!(stage.told().await.code.id(), "fallback.started");
}

#[tokio::test]
async fn a_gateway_without_tls_where_tls_is_meant() {
    let gateway = Gateway::start().await;
    let fake = FakeBox::start("my-local-model").await;
    let mut stage = Stage::start(&config(&fake, &gateway.remote_config("127.0.0.1")));
    let seen = stage.until("refused", |it| it.status.gateway.state == "tls").await;
    assert!(
        seen.status.gateway.message.ends_with("it does not speak TLS: ws:// instead of wss://?"),
        "{}",
        seen.status.gateway.message
    );
}

/// As another process sees it, which was told to trust this authority: the first line of it about the gateway that says more than that it tries.
async fn seen(authority: &Authority, gateway: &Gateway, host: &str) -> String {
    let fake = FakeBox::start("my-local-model").await;
    let folder = tempfile::tempdir().expect("a folder");
    let trusted = folder.path().join("authority.pem");
    std::fs::write(&trusted, authority.pem()).expect("written");
    std::fs::write(folder.path().join("openclaw.json"), config(&fake, &gateway.remote_config(host))).expect("written");
    let mut onlooker = tokio::process::Command::new(env!("CARGO_BIN_EXE_onlooker"));
    onlooker.arg(folder.path()).env("SSL_CERT_FILE", &trusted).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut onlooker = onlooker.spawn().expect("it starts");
    let mut lines = BufReader::new(onlooker.stdout.take().expect("piped")).lines();
    while let Some(line) = lines.next_line().await.expect("it can be read") {
        if !line.contains("gateway=waiting") && !line.contains("gateway=connecting") {
            return line;
        }
    }
    panic!("it said nothing of the gateway")
}

#[tokio::test]
async fn a_certificate_that_is_trusted() {
    let authority = Authority::new();
    let gateway = Gateway::secure(authority.vouch_for("localhost")).await;
    let line = seen(&authority, &gateway, "localhost").await;
    assert!(line.contains("gateway=connected"), "{line}");
    gateway.until_asked(|it| it.len() >= 2).await;
    assert_eq!(gateway.asked()[..2], ["connect", "sessions.subscribe"], "it is live");
}

#[tokio::test]
async fn a_trusted_certificate_of_another_host() {
    let authority = Authority::new();
    let gateway = Gateway::secure(authority.vouch_for("elsewhere.example")).await;
    let line = seen(&authority, &gateway, "localhost").await;
    assert!(line.contains("gateway=tls") && line.ends_with("certificate for another host name"), "{line}");
    assert_eq!(gateway.asked(), [""; 0]);
}
