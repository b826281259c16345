//! A real LiteLLM in front of a real llama.cpp server: well with it, and told when only that is gone.

use tests::peer::{Peer, free_port};
use tests::stage::{Stage, hybrid};

fn state(it: &engine::Published) -> &'static str {
    it.status.providers.first().map_or("unknown", |it| it.state)
}

#[tokio::test]
async fn the_upstream_is_killed_and_comes_back() {
    let (behind, port) = (free_port(), free_port());
    let folder = tempfile::tempdir().expect("a folder");
    let routes = folder.path().join("litellm.yaml");
    let yaml = format!(
        "model_list:\n  - model_name: local-gemma\n    litellm_params:\n      model: openai/gemma-3-270m\n      \
         api_base: http://127.0.0.1:{behind}/v1\n      api_key: none\n\
         general_settings:\n  master_key: sk-litellm-master\nlitellm_settings:\n  telemetry: false\n"
    );
    std::fs::write(&routes, yaml).expect("written");
    let llama = Peer::start("PILOTLIGHT_LLAMA", &[&behind.to_string()], &[], "ready").await;
    let (config, at) = (routes.to_string_lossy().into_owned(), port.to_string());
    let args = ["--config", &config, "--host", "127.0.0.1", "--port", &at, "--telemetry", "False"];
    let _litellm = Peer::spawn("PILOTLIGHT_LITELLM", &args, &[("LITELLM_LOCAL_MODEL_COST_MAP", "True")]);
    let config = hybrid(&format!("http://127.0.0.1:{port}/v1")).replace("my-local-model", "local-gemma");
    let mut stage = Stage::start(&config.replace("sk-local-secret", "sk-litellm-master"));
    stage.until_for("ready behind LiteLLM", PATIENCE, |it| state(it) == "ready").await;
    let provider = &stage.now().status.providers[0];
    assert_eq!((provider.kind, provider.models[0].problems.contains(&"context.small".to_owned())), (Some("litellm"), true));
    llama.kill().await;
    stage.until("its upstream is down", |it| state(it) == "upstreamDown").await;
    let _llama = Peer::start("PILOTLIGHT_LLAMA", &[&behind.to_string()], &[], "ready").await;
    stage.until("ready again", |it| state(it) == "ready").await;
}

/// LiteLLM takes half a minute to start on a busy machine.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(180);
