//! Every kind and state, replayed: what a probe concludes, that a fingerprint takes at most four questions, and that none of them could
//! do harm (the replay server sees to that).

use domain::Kind;
use domain::server::observation::ProbeRequest;
use engine::probe::{Prober, Purpose};
use tests::observe::{request, summary};
use tests::replay::Replay;

/// The states, the nearest first, and then what an unknown and a known server of that kind is found to be.
#[track_caller]
fn check(server: &str, states: &str, expected: &str) {
    check_with(server, states, &[], |_| {}, expected);
}

/// As with a key configured.
#[track_caller]
fn check_keyed(server: &str, states: &str, expected: &str) {
    check_with(server, states, &[], |it| it.key = Some("sk-of-the-test".to_owned()), expected);
}

#[track_caller]
fn check_with(server: &str, states: &str, missing: &[&str], set: impl Fn(&mut ProbeRequest), expected: &str) {
    let (seen, again, paths) = block_on(async {
        let states: Vec<&str> = states.split(' ').collect();
        let replay = Replay::without(server, &states, missing).await;
        let prober = Prober::new().expect("a prober");
        let mut request = request(&replay.url(kind(server).info().api_path));
        set(&mut request);
        let seen = prober.probe(&request).await;
        let paths = replay.take_paths();
        request.kind = seen.kind;
        let again = prober.probe(&request).await;
        (seen, again, paths)
    });
    assert_eq!(summary(&seen), expected, "asked {paths:?}");
    assert_eq!(summary(&again), expected, "the second time");
    let mut once = paths.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), paths.len(), "something was asked twice: {paths:?}");
}

fn kind(id: &str) -> Kind {
    *Kind::ALL.iter().find(|kind| kind.id() == id).expect("a kind with this id")
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

#[test]
fn llama_cpp() {
    let ready = "gemma-3-270m loaded 2048/32768 Q4_K - Medium 246 MB";
    let aliased = "gemma-3-270m|mini loaded 2048/32768 Q4_K - Medium 246 MB";
    check("llama.cpp", "ready", &format!("llama.cpp b0-unknown (any name): {ready}"));
    check("llama.cpp", "busy ready", &format!("llama.cpp b0-unknown (any name) (busy): {ready}"));
    check("llama.cpp", "nometrics busy ready", &format!("llama.cpp b0-unknown (any name): {ready}"));
    check("llama.cpp", "loading", "llama.cpp: Starting");
    check("llama.cpp", "nokey", "llama.cpp: AuthNeeded");
    check_keyed("llama.cpp", "wrongkey", "llama.cpp: AuthWrong");
    check_keyed("llama.cpp", "rightkey", &format!("llama.cpp b0-unknown (any name): {aliased}"));
    check_keyed(
        "llama.cpp",
        "sleeping rightkey",
        &format!("llama.cpp b0-unknown (any name): {}", aliased.replace("loaded", "sleeping")),
    );
}

#[test]
fn llama_cpp_router() {
    let facts = "2048/32768 Q4_K - Medium 246 MB";
    let head = "llama.cpp-router b11434-unknown";
    check(
        "llama.cpp-router",
        "loaded unloaded",
        &format!("{head}: gemma-3-270m-q4_k_m loaded {facts}, gemma-copy not loaded (2048)/-"),
    );
    check(
        "llama.cpp-router",
        "loading unloaded",
        &format!("{head}: gemma-3-270m-q4_k_m loading (2048)/-, gemma-copy not loaded (2048)/-"),
    );
    check(
        "llama.cpp-router",
        "failed unloaded",
        &format!("{head}: gemma-3-270m-q4_k_m failed (2048)/-, gemma-copy not loaded (2048)/-"),
    );
    check(
        "llama.cpp-router",
        "unloaded",
        &format!("{head}: gemma-3-270m-q4_k_m not loaded (2048)/-, gemma-copy not loaded (2048)/-"),
    );
}

#[test]
fn llama_cpp_python_is_never_asked_for_its_models() {
    check("llama-cpp-python", "ready", "llama-cpp-python (any name): up");
    check("llama-cpp-python", "busy ready", "llama-cpp-python (any name): up");
}

#[test]
fn litellm() {
    check_keyed(
        "litellm",
        "ready",
        "litellm 1.81.13 (routes): local-gemma -/2048 > gemma-3-270m at http://127.0.0.1:18080/v1, mocked, \
        dead > dead at http://127.0.0.1:18099/v1",
    );
    check("litellm", "nokey ready", "litellm: AuthNeeded");
    check_keyed("litellm", "wrongkey ready", "litellm: AuthWrong");
}

#[test]
fn lmstudio() {
    let rest = "deepseek-r1 not loaded -/131072 Q4_K_M 40492 MB, \
        text-embedding-nomic-embed-text-v1.5-embedding not loaded -/2048 F16 274 MB, google/gemma-4-12b-qat, text-embedding-nomic-embed-text-v1.5";
    let gemma = "google/gemma-4-26b-a4b|google/gemma-4-26b-a4b@q4_k_m";
    check("lmstudio", "loaded ready", &format!("lmstudio 0.4+: {gemma} loaded 4096/262144 Q4_K_M 17990 MB, {rest}"));
    check("lmstudio", "unloaded ready", &format!("lmstudio 0.4+: {gemma} not loaded -/262144 Q4_K_M 17990 MB, {rest}"));
    check("lmstudio", "nokey ready", "lmstudio: AuthNeeded");
    check_with(
        "lmstudio",
        "loaded ready",
        &["/api/v1/models"],
        |_| {},
        "lmstudio: gemma-3-4b-it loaded 4096/131072 Q4_K_M, text-embedding-nomic-embed-text-v1.5 not loaded -/2048 Q4_K_M, google/gemma-4-12b-qat",
    );
    check_with(
        "lmstudio",
        "jitoff-none-loaded ready",
        &["/api/v1/models"],
        |_| {},
        "lmstudio: google/gemma-4-12b-qat, text-embedding-nomic-embed-text-v1.5",
    );
}

#[test]
fn ollama() {
    let rest = "gpt-oss:120b-cloud MXFP4 in the cloud, someuser/custom:latest|someuser/custom";
    check("ollama", "loaded ready", &format!("ollama 0.34.2: llama3.1:8b loaded 4096/- Q4_0 4661 MB, {rest}"));
    check("ollama", "notloaded ready", &format!("ollama 0.34.2: llama3.1:8b not loaded Q4_0 4661 MB, {rest}"));
    check_with("ollama", "empty notloaded ready", &["/api/tags"], |_| {}, "ollama 0.34.2: no models");
}

#[test]
fn ollamas_maximum_is_asked_for_the_models_of_the_config_once() {
    let expected = "ollama 0.34.2: llama3.1:8b not loaded (4096)/131072 Q4_0 4661 MB, gpt-oss:120b-cloud MXFP4 in the cloud, \
        someuser/custom:latest|someuser/custom";
    block_on(async {
        let replay = Replay::of("ollama", &["notloaded", "ready"]).await;
        let prober = Prober::new().expect("a prober");
        let mut request = request(&replay.url("/v1"));
        request.wanted = Some(vec!["LLaMA3.1:8b".to_owned(), "gpt-oss:120b-cloud".to_owned(), "gone".to_owned()]);
        for shown in [1, 0] {
            assert_eq!(summary(&prober.probe(&request).await), expected);
            let posts = replay.asked().iter().filter(|it| it.method == "POST").count();
            assert_eq!(posts, shown);
            let _ = replay.take_paths();
        }
    });
}

#[test]
fn ollama_in_its_own_tongue() {
    let native = |it: &mut ProbeRequest| {
        it.api = Some("ollama".to_owned());
        it.base_url = it.base_url.trim_end_matches("/v1").to_owned();
    };
    let expected = "ollama 0.34.2: llama3.1:8b loaded 4096/- Q4_0 4661 MB, gpt-oss:120b-cloud MXFP4 in the cloud";
    check_with("ollama", "loaded ready", &["/v1/models"], native, expected);
}

#[test]
fn vllm_and_sglang() {
    check("vllm", "ready", "vllm 0.21.0: Qwen/Qwen3-8B loaded 40960/-");
    check("vllm", "nokey ready", "vllm: AuthNeeded");
    check_keyed("vllm", "nokey ready", "vllm: AuthWrong");
    check("sglang", "ready", "sglang (any name): Qwen/Qwen3-8B loaded 40960/-");
    check("sglang", "starting ready", "sglang: Starting");
    check("sglang", "nokey ready", "sglang: AuthNeeded");
}

#[test]
fn llama_swap() {
    check("llama-swap", "running ready", "llama-swap v240: qwen3-30b loaded 32768/-, gemma-12b not loaded");
    check("llama-swap", "starting ready", "llama-swap v240: qwen3-30b loading 32768/-, gemma-12b not loaded");
    check("llama-swap", "none-running ready", "llama-swap v240: qwen3-30b not loaded (32768)/-, gemma-12b not loaded");
}

#[test]
fn those_with_an_api_of_their_own() {
    check("localai", "ready", "localai v4.0.0 (abcdef): qwen3-4b loaded");
    check("localai", "starting ready", "localai: Starting");
    check("koboldcpp", "ready", "koboldcpp 1.108.2 (any name): koboldcpp/Qwen3-30B-A3B-Q4_K_M loaded 8192/-");
    check("koboldcpp", "busy ready", "koboldcpp 1.108.2 (any name) (busy): koboldcpp/Qwen3-30B-A3B-Q4_K_M loaded 8192/-");
    check(
        "lemonade",
        "ready",
        "lemonade 9.3.3: Qwen3-0.6B-GGUF not loaded (8192)/40960 Q4_0 380 MB, fireworks.kimi-k2p5 in the cloud",
    );
    check("tabbyapi", "ready", "tabbyapi (any name): Qwen3-8B-exl3 loaded 32768/-");
    check("tabbyapi", "admin ready", "tabbyapi (any name): Qwen3-8B-exl3 loaded 32768/-, other-exl3 not loaded");
    check("tabbyapi", "nokey ready", "tabbyapi: AuthNeeded");
    check("docker-model-runner", "ready", "docker-model-runner: ai/qwen3:latest|ai/qwen3 loaded -/40960 IQ2_XXS/Q4_K_M 5025 MB");
}

#[test]
fn those_with_a_list_alone() {
    check("jan", "ready", "jan: Qwen3-4B-GGUF loaded");
    check("jan", "bad-host", "unknown: HostRefused");
    check("mlx-lm", "ready", "mlx-lm: mlx-community/Qwen3-8B-4bit");
    check("gpt4all", "ready", "gpt4all: Llama 3 8B Instruct");
    check("gpt4all", "disabled ready", "gpt4all: NotAnApi(\"its local API server is switched off\")");
    check("text-generation-webui", "ready", "text-generation-webui (any name): Qwen3-8B-Q4_K_M.gguf loaded");
    check("text-generation-webui", "none-loaded ready", "text-generation-webui (any name): no models");
    check("text-generation-webui", "nokey ready", "text-generation-webui: AuthNeeded");
    check_with("text-generation-webui", "nokey ready", &["/v1/internal/health"], |_| {}, "unknown: AuthNeeded");
    check("text-generation-webui", "guarded nokey ready", "text-generation-webui: AuthNeeded");
}

#[test]
fn omlx() {
    let small = "Qwen3.5-0.8B-MLX-4bit not loaded (32768)/262144 620 MB";
    let other = "bge-m3 not loaded (8192)/8192 1150 MB";
    let check_head = |states: &str, head: &str, state: &str| {
        check("omlx", states, &format!("{head}: {small}, Qwen3.5-35B-A3B-4bit|coder {state}/262144 20400 MB, {other}"));
    };
    check_head("ready", "omlx 0.5.1", "loaded 65536");
    check_head("busy ready", "omlx 0.5.1 (busy)", "loaded 65536");
    check_head("loading ready", "omlx 0.5.1", "loading (65536)");
    check_with("omlx", "ready", &["/v1/models/status"], |_| {}, "omlx 0.5.1: coder, bge-m3");
    check("omlx", "nokey ready", "omlx: AuthNeeded");
    check_keyed("omlx", "wrongkey ready", "omlx: AuthWrong");
}

#[test]
fn anything_else() {
    check_with(
        "generic",
        "openrouter",
        &[],
        |it| it.base_url = it.base_url.replace("/v1", "/api/v1"),
        "generic: vendor/model 131072/131072",
    );
}

#[test]
fn a_fingerprint_takes_at_most_four_questions() {
    for kind in Kind::ALL.iter().filter(|kind| kind.is_known()) {
        for state in ["ready", "nokey"] {
            let steps = block_on(async {
                let replay = Replay::of(kind.id(), &[state, "ready", "unloaded"]).await;
                Prober::new().expect("a prober").explain(&request(&replay.url(kind.info().api_path))).await.steps
            });
            let of_kind: Vec<_> = steps.iter().filter(|it| it.purpose == Purpose::Kind).map(|it| it.path.as_str()).collect();
            assert!((1..=4).contains(&of_kind.len()), "{kind:?} {state}: {of_kind:?}");
        }
    }
}

/// Each kind has answers to play, is known by them, and is asked one question when it is known already.
#[test]
fn no_kind_is_half_added() {
    for kind in Kind::ALL.iter().filter(|kind| kind.is_known()) {
        block_on(async {
            let replay = Replay::of(kind.id(), &["ready", "unloaded"]).await;
            let prober = Prober::new().expect("a prober");
            let unknown = request(&replay.url(kind.info().api_path));
            let seen = prober.probe(&unknown).await;
            assert_eq!(seen.kind, Some(*kind), "asked {:?}", replay.take_paths());
            let _ = replay.take_paths();
            let known = ProbeRequest { kind: Some(*kind), deep: false, ..unknown };
            let seen = prober.probe(&known).await;
            assert_eq!((seen.kind, replay.take_paths().len()), (Some(*kind), 1), "{seen:?}");
        });
    }
}

#[test]
fn a_shallow_round_of_a_known_server_is_one_question() {
    for (server, kind, path) in [
        ("llama.cpp", Kind::LlamaCpp, "/v1/chat/completions"),
        ("llama.cpp-router", Kind::LlamaCppRouter, "/v1/chat/completions"),
        ("llama-cpp-python", Kind::LlamaCppPython, "/v1/chat/completions"),
        ("litellm", Kind::LiteLlm, "/health/liveliness"),
        ("lmstudio", Kind::LmStudio, "/v1/models"),
        ("ollama", Kind::Ollama, "/api/version"),
        ("vllm", Kind::Vllm, "/version"),
        ("sglang", Kind::Sglang, "/ready"),
        ("llama-swap", Kind::LlamaSwap, "/v1/models"),
        ("mlx-lm", Kind::Mlx, "/v1/chat/completions"),
    ] {
        block_on(async {
            let replay = Replay::of(server, &["ready", "unloaded"]).await;
            let asked = ProbeRequest { kind: Some(kind), deep: false, ..request(&replay.url("/v1")) };
            let seen = Prober::new().expect("a prober").probe(&asked).await;
            assert_eq!(replay.take_paths(), [path], "{server}");
            assert!(summary(&seen).ends_with(": up") && seen.latency.is_some(), "{server}: {seen:?}");
        });
    }
}

#[test]
fn another_server_on_the_same_port_is_recognised() {
    for (server, was, is) in [
        ("sglang", Kind::Vllm, "sglang"),
        ("sglang", Kind::Mlx, "sglang"),
        ("sglang", Kind::TabbyApi, "sglang"),
        ("litellm", Kind::Lemonade, "litellm"),
        ("litellm", Kind::LlamaCpp, "litellm"),
        ("llama.cpp", Kind::LiteLlm, "llama.cpp"),
        ("llama.cpp", Kind::Ollama, "llama.cpp"),
        ("ollama", Kind::LlamaCpp, "ollama"),
        ("vllm", Kind::Generic, "vllm"),
        ("lmstudio", Kind::Vllm, "lmstudio"),
        ("llama-cpp-python", Kind::LiteLlm, "llama-cpp-python"),
    ] {
        for deep in [false, true] {
            block_on(async {
                let replay = Replay::of(server, &["ready"]).await;
                let asked = ProbeRequest { kind: Some(was), deep, ..request(&replay.url("/v1")) };
                let seen = Prober::new().expect("a prober").probe(&asked).await;
                assert_eq!(seen.kind.map(|it| it.id()), Some(is), "was {was:?}: {seen:?}, asked {:?}", replay.take_paths());
            });
        }
    }
}

#[test]
fn a_base_url_without_v1_is_said() {
    let bare = |it: &mut ProbeRequest| it.base_url = it.base_url.trim_end_matches("/v1").to_owned();
    let twice = |it: &mut ProbeRequest| it.base_url += "/v1";
    check_with("lmstudio", "ready", &[], bare, "lmstudio: WrongBaseUrl(LacksV1)");
    check_with("ollama", "notloaded ready", &[], bare, "ollama: WrongBaseUrl(LacksV1)");
    check_with("vllm", "ready", &[], bare, "unknown: WrongBaseUrl(LacksV1)");
    check_with("vllm", "ready", &[], twice, "unknown: WrongBaseUrl(RepeatsV1)");
    check_with("lmstudio", "ready", &[], twice, "lmstudio: WrongBaseUrl(RepeatsV1)");
}
