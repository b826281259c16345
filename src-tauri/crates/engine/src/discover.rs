//! Which model servers run on this machine: asks the ports that they are known to use, all at once and within a few seconds. Loopback
//! only, and only when a person wants to know.

use std::time::Duration;

use domain::config::Config;
use domain::server::observation::{Answer, Failure, Observation, ProbeRequest};
use domain::view::discovery::{Found, found};
use tokio::task::JoinSet;

use crate::probe::Prober;

/// All ports together: a person is waiting.
const WHOLE: Duration = Duration::from_millis(2_500);

/// The ports that servers listen on unless told otherwise, the commonest first, and where below them the OpenAI paths are.
pub const WELL_KNOWN: [(u16, &str); 14] = [
    (1234, "/v1"),          // LM Studio
    (11434, "/v1"),         // Ollama
    (8080, "/v1"),          // llama.cpp, llama-swap, LocalAI, MLX
    (8000, "/v1"),          // vLLM, llama-cpp-python, older Lemonade
    (4000, "/v1"),          // LiteLLM
    (30000, "/v1"),         // SGLang
    (1337, "/v1"),          // Jan
    (5000, "/v1"),          // text-generation-webui, TabbyAPI
    (5001, "/v1"),          // KoboldCpp
    (13305, "/v1"),         // Lemonade
    (12434, "/engines/v1"), // Docker Model Runner
    (4891, "/v1"),          // GPT4All
    (17434, "/v1"),         // llmman
    (18000, "/v1"),         // ds4
];

/// In the order of `ports`. Never fails: what does not answer in time is not there.
pub async fn discover(prober: &Prober, config: &Config, ports: &[(u16, &str)]) -> Vec<Found> {
    let prober = prober.clone().within(WHOLE);
    let mut rounds = JoinSet::new();
    for (place, (port, path)) in ports.iter().enumerate() {
        let (prober, port, path) = (prober.clone(), *port, (*path).to_owned());
        rounds.spawn(async move { (place, ask(&prober, port, &path).await) });
    }
    let mut seen = rounds.join_all().await;
    seen.sort_by_key(|it| it.0);
    seen.into_iter().filter_map(|(_, (base_url, seen))| found(config, &base_url, &seen)).collect()
}

/// Most listen on IPv4 alone, some on IPv6 alone.
async fn ask(prober: &Prober, port: u16, path: &str) -> (String, Observation) {
    let v4 = format!("http://127.0.0.1:{port}{path}");
    let seen = prober.probe(&question(&v4)).await;
    if seen.answer != Answer::Failed(Failure::Refused) {
        return (v4, seen);
    }
    let v6 = format!("http://[::1]:{port}{path}");
    let seen = prober.probe(&question(&v6)).await;
    (v6, seen)
}

/// All that an unknown server says of itself to one who has no key.
#[must_use]
pub fn question(base_url: &str) -> ProbeRequest {
    ProbeRequest {
        provider: String::new(),
        base_url: base_url.to_owned(),
        api: None,
        key: None,
        headers: Vec::new(),
        kind: None,
        wanted: None,
        deep: true,
    }
}
