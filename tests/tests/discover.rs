//! Discovery on real sockets: what listens on the ports that it is given, told apart without a key, and harmlessly (the
//! replay servers see to that).

use domain::config::Config;
use engine::discover::discover;
use engine::probe::Prober;
use std::time::{Duration, Instant};
use tests::fault::{Fault, Faulty};
use tests::held_port::HeldPort;
use tests::replay::{Replay, Sample};

fn port(url: &str) -> u16 {
    let digits: String = url.rsplit(':').next().unwrap_or_default().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a port")
}

#[tokio::test]
async fn finds_what_listens_and_nothing_else() {
    let lmstudio = Replay::of("lmstudio", &["loaded", "ready"]).await;
    let ollama = Replay::of("ollama", &["notloaded", "ready"]).await;
    let python = Replay::of("llama-cpp-python", &["ready"]).await;
    let guarded = Replay::of("vllm", &["nokey", "ready"]).await;
    let docker = Replay::of("docker-model-runner", &["ready"]).await;
    let website = Replay::answering("website", vec![Sample::new("*", 200, "<!doctype html>")]).await;
    let login = Replay::answering("website", vec![Sample::new("*", 401, "{}")]).await;
    let hangs = Faulty::start(Fault::Hangs).await;
    let closed = HeldPort::new();
    let at = |it: &Replay| port(&it.url(""));
    let ports = [
        (at(&website), "/v1"),
        (at(&lmstudio), "/v1"),
        (port(hangs.url()), "/v1"),
        (closed.number(), "/v1"),
        (at(&ollama), "/v1"),
        (at(&login), "/v1"),
        (at(&python), "/v1"),
        (at(&guarded), "/v1"),
        (at(&docker), "/engines/v1"),
    ];
    let prober = Prober::new().expect("a prober");
    let begun = Instant::now();
    let found = discover(&prober, &Config::default(), &ports).await;
    assert!(begun.elapsed() < Duration::from_secs(10), "a port that hangs ends it in time: {:?}", begun.elapsed());
    let said: Vec<String> =
        found.iter().map(|it| format!("{} {}: {}, {}", it.kind, port(&it.base_url), it.mark.text, it.about)).collect();
    assert_eq!(
        said,
        [
            format!("lmstudio {}: Ready, 5 models, 1 loaded with 4k", at(&lmstudio)),
            format!("ollama {}: Nothing loaded, 3 models", at(&ollama)),
            format!("llama-cpp-python {}: Ready, does not say what it serves", at(&python)),
            format!("vllm {}: Wants a key, lists its models only with it", at(&guarded)),
            format!("docker-model-runner {}: Ready, 1 model, loaded", at(&docker)),
        ]
    );
}

/// Some servers listen on IPv6 alone; machines without it find nothing there.
#[tokio::test]
async fn finds_what_listens_on_ipv6_alone() {
    let Ok(listener) = tokio::net::TcpListener::bind(("::1", 0)).await else { return };
    let port = listener.local_addr().expect("an address").port();
    let list = Sample::new("/v1/models", 200, r#"{"object":"list","data":[{"id":"m","owned_by":"me too"}]}"#);
    let _server = Replay::on(listener, "generic", vec![list]);
    let found = discover(&Prober::new().expect("a prober"), &Config::default(), &[(port, "/v1")]).await;
    assert_eq!(found.iter().map(|it| it.base_url.clone()).collect::<Vec<_>>(), [format!("http://[::1]:{port}/v1")]);
}

#[tokio::test]
async fn the_whole_list_of_a_configured_server_and_of_one_that_is_not() {
    let (fake, stage) = tests::stage::lit().await;
    let rows = stage.handle.list_models(Some("box".into()), fake.base_url()).await.expect("a list");
    assert_eq!(rows.iter().map(|it| (it.id.as_str(), it.configured)).collect::<Vec<_>>(), [("my-local-model", true)]);
    let many: Vec<String> = (0..300).map(|i| format!(r#"{{"id":"m{i}","owned_by":"x"}}"#)).collect();
    let list = Sample::new("/v1/models", 200, &format!(r#"{{"data":[{}]}}"#, many.join(",")));
    let other = Replay::answering("generic", vec![list]).await;
    let rows = stage.handle.list_models(None, other.url("/v1")).await.expect("a list");
    assert_eq!(rows.len(), 300, "nothing is left out where a person chooses");
    let refused = stage.handle.list_models(None, "https://example.com/v1".into()).await.expect_err("hosted");
    assert!(refused.message.starts_with("hosted"), "{refused:?}");
}
