//! What a click makes of a server, kind by kind: which calls it leads to, in which order, and what is said of how it went.

use domain::intent::Intent;
use domain::server::job::Job;
use domain::view::types::Work;
use domain::{Kind, ModelRef};
use tests::replay::{Order, Replay};
use tests::stage::Stage;

const CHAT: Order<'_> = ("/v1/chat/completions", 200, r#"{"choices":[{"message":{"content":"p"}}]}"#, &[]);

fn config(base_url: &str, model: &str, api: &str) -> String {
    format!(
        r#"{{ agents: {{ defaults: {{ model: {{ primary: "box/{model}" }} }} }}, models: {{ mode: "merge", providers: {{ box: {{
            baseUrl: "{base_url}", api: "{api}", apiKey: "sk-key", timeoutSeconds: 60,
            models: [{{ id: "{model}", name: "M", contextWindow: 32768, maxTokens: 4096 }}] }} }} }} }}"#
    )
}

/// The orders that arrived, `path body` each, and the sentence at the end.
async fn run(server: &str, states: &[&str], model: &str, api: &str, job: Job, orders: &[Order<'_>]) -> (String, String) {
    let replay = Replay::working(server, states, orders).await;
    let kind = Kind::ALL.iter().find(|kind| kind.id() == server).expect("a kind with this id");
    let path = if Kind::with_own_api(api).is_some() { "" } else { kind.info().api_path };
    let mut stage = Stage::start(&config(&replay.url(path), model, api));
    stage.until("offered", |it| it.view.boxes.first().is_some_and(|it| it.offers.iter().any(|it| it.job == job))).await;
    stage.handle.send(Intent::Job { job, model: ModelRef::new("box", model) });
    let ended = |it: &Option<Work>| it.as_ref().is_some_and(|it| !it.running);
    let seen = stage.until("ended", |it| it.view.boxes.first().is_some_and(|it| ended(&it.work))).await;
    let text = seen.view.boxes[0].work.as_ref().map(|it| it.mark.text.clone()).unwrap_or_default();
    let asked = replay.asked();
    let posts = asked.iter().filter(|it| it.method == "POST" && it.path != "/api/show");
    (posts.map(|it| format!("{} {}", it.path, it.body)).collect::<Vec<_>>().join("\n"), text)
}

#[track_caller]
fn check(got: (String, String), posts: &[&str], starts: &str) {
    // The order of the fields does not matter.
    let parse = |line: &str| {
        let (path, body) = line.split_once(' ').expect("a path and a body");
        (path.to_owned(), serde_json::from_str::<serde_json::Value>(body).expect("JSON"))
    };
    let expected: Vec<_> = posts.iter().map(|it| parse(it)).collect();
    assert_eq!(got.0.lines().map(parse).collect::<Vec<_>>(), expected);
    assert!(got.1.starts_with(starts), "{}", got.1);
}

const PING: &str = r#"{"max_tokens":1,"messages":[{"content":"ping","role":"user"}],"model":"M","stream":false,"temperature":0}"#;

fn chat(model: &str) -> String {
    format!("/v1/chat/completions {}", PING.replace("\"M\"", &format!("\"{model}\"")))
}

#[tokio::test]
async fn llama_cpp_router() {
    let order: Order<'_> = ("/models/load", 200, r#"{"success":true}"#, &["loaded"]);
    let model = "gemma-3-270m-q4_k_m";
    let got = run("llama.cpp-router", &["unloaded"], model, "openai-completions", Job::Load, &[order, CHAT]).await;
    let load = format!(r#"/models/load {{"model":"{model}"}}"#);
    check(got, &[&load, &chat(model), &chat(model)], "gemma-3-270m-q4_k_m is loaded: in ");
    let order: Order<'_> = ("/models/unload", 200, r#"{"success":true}"#, &["unloaded"]);
    let got = run("llama.cpp-router", &["loaded", "unloaded"], model, "openai-completions", Job::Unload, &[order]).await;
    check(got, &[&format!(r#"/models/unload {{"model":"{model}"}}"#)], "gemma-3-270m-q4_k_m is unloaded");
}

#[tokio::test]
async fn what_a_server_failed_to_load_is_said() {
    let order: Order<'_> = ("/models/load", 200, r#"{"success":true}"#, &["failed"]);
    let model = "gemma-3-270m-q4_k_m";
    let got = run("llama.cpp-router", &["unloaded"], model, "openai-completions", Job::Load, &[order]).await;
    check(
        got,
        &[&format!(r#"/models/load {{"model":"{model}"}}"#)],
        "gemma-3-270m-q4_k_m was not loaded: the server could not load it",
    );
    let order: Order<'_> = ("/models/load", 400, r#"{"error":{"code":400,"message":"no room for it"}}"#, &[]);
    let got = run("llama.cpp-router", &["unloaded"], model, "openai-completions", Job::Load, &[order]).await;
    assert_eq!(got.1, "gemma-3-270m-q4_k_m was not loaded: no room for it");
}

#[tokio::test]
async fn lm_studio() {
    let model = "google/gemma-4-26b-a4b";
    let answer = r#"{"instance_id":"x","load_time_seconds":9.1,"status":"loaded"}"#;
    let order: Order<'_> = ("/api/v1/models/load", 200, answer, &["loaded"]);
    let responses: Order<'_> = ("/v1/responses", 200, r#"{"output":[{"type":"message"}]}"#, &[]);
    let got = run("lmstudio", &["unloaded", "ready"], model, "openai-responses", Job::Load, &[order, responses]).await;
    let ask = format!(r#"/v1/responses {{"input":"ping","max_output_tokens":16,"model":"{model}","stream":false}}"#);
    let load = format!(r#"/api/v1/models/load {{"context_length":32768,"echo_load_config":true,"model":"{model}"}}"#);
    check(got, &[&load, &ask, &ask], "google/gemma-4-26b-a4b is loaded: in ");
    let order: Order<'_> = ("/api/v1/models/unload", 200, r#"{"instance_id":"x"}"#, &["unloaded"]);
    let got = run("lmstudio", &["loaded", "ready"], model, "openai-responses", Job::Unload, &[order]).await;
    check(got, &[&format!(r#"/api/v1/models/unload {{"instance_id":"{model}"}}"#)], "google/gemma-4-26b-a4b is unloaded");
}

#[tokio::test]
async fn omlx_unloads_by_its_own_id_of_a_model() {
    let path = "/v1/models/Qwen3.5-35B-A3B-4bit/unload";
    let order: Order<'_> = (path, 200, r#"{"status":"ok","model_id":"Qwen3.5-35B-A3B-4bit"}"#, &["unloaded"]);
    let got = run("omlx", &["ready"], "coder", "openai-completions", Job::Unload, &[order]).await;
    check(got, &[&format!("{path} {{}}")], "coder is unloaded");
}

#[tokio::test]
async fn ollama_is_told_the_context_in_its_own_tongue_alone() {
    let order: Order<'_> = ("/api/generate", 200, r#"{"done":true,"done_reason":"load"}"#, &["loaded"]);
    let native: Order<'_> = ("/api/chat", 200, r#"{"message":{"role":"assistant","content":"p"},"done":true}"#, &[]);
    let got = run("ollama", &["notloaded", "ready"], "llama3.1:8b", "openai-completions", Job::Load, &[order, CHAT]).await;
    let load = r#"/api/generate {"keep_alive":"30m","model":"llama3.1:8b"}"#;
    check(got, &[load, &chat("llama3.1:8b"), &chat("llama3.1:8b")], "llama3.1:8b is loaded: in ");
    let got = run("ollama", &["notloaded", "ready"], "llama3.1:8b", "ollama", Job::Load, &[order, native]).await;
    let load = r#"/api/generate {"keep_alive":"30m","model":"llama3.1:8b","options":{"num_ctx":32768}}"#;
    let ask = r#"/api/chat {"messages":[{"content":"ping","role":"user"}],"model":"llama3.1:8b","options":{"num_ctx":32768,"num_predict":1},"stream":false}"#;
    check(got, &[load, ask, ask], "llama3.1:8b is loaded: in ");
    let order: Order<'_> = ("/api/generate", 200, r#"{"done":true,"done_reason":"unload"}"#, &["notloaded"]);
    let got = run("ollama", &["loaded", "ready"], "llama3.1:8b", "openai-completions", Job::Unload, &[order]).await;
    check(got, &[r#"/api/generate {"keep_alive":0,"model":"llama3.1:8b"}"#], "llama3.1:8b is unloaded");
}

#[tokio::test]
async fn those_that_load_what_is_asked_for() {
    let running: Order<'_> = (CHAT.0, 200, CHAT.2, &["running"]);
    let got = run("llama-swap", &["none-running", "ready"], "qwen3-30b", "openai-completions", Job::Load, &[running]).await;
    check(got, &[&chat("qwen3-30b"), &chat("qwen3-30b")], "qwen3-30b is loaded: first answer after ");
    let order: Order<'_> = ("/api/models/unload/qwen3-30b", 200, "OK", &["none-running"]);
    let got = run("llama-swap", &["running", "ready"], "qwen3-30b", "openai-completions", Job::Unload, &[order]).await;
    check(got, &["/api/models/unload/qwen3-30b {}"], "qwen3-30b is unloaded");
}

/// To ask for an answer loads them: there is no order for it that every version takes.
#[tokio::test]
async fn docker_model_runner_and_localai() {
    let chat_of = |model: &str, path: &str| format!("{path}{}", chat(model));
    let running: Order<'_> = ("/engines/v1/chat/completions", 200, CHAT.2, &["ready"]);
    let got = run("docker-model-runner", &["unloaded", "ready"], "ai/qwen3", "openai-completions", Job::Load, &[running]).await;
    let ask = chat_of("ai/qwen3", "/engines");
    check(got, &[&ask, &ask], "ai/qwen3 is loaded: first answer after ");
    let order: Order<'_> = ("/engines/unload", 200, r#"{"unloaded_runners":1}"#, &["unloaded"]);
    let got = run("docker-model-runner", &["ready"], "ai/qwen3", "openai-completions", Job::Unload, &[order]).await;
    check(got, &[r#"/engines/unload {"models":["ai/qwen3:latest"]}"#], "ai/qwen3 is unloaded");
    let missing: Order<'_> = ("/engines/v1/chat/completions", 404, "model not found", &[]);
    let got = run("docker-model-runner", &["unloaded", "ready"], "ai/qwen3", "openai-completions", Job::Load, &[missing]).await;
    assert!(got.1.starts_with("ai/qwen3 was not loaded: "), "{}", got.1);

    let running: Order<'_> = (CHAT.0, 200, CHAT.2, &["ready"]);
    let got = run("localai", &["unloaded", "ready"], "qwen3-4b", "openai-completions", Job::Load, &[running]).await;
    check(got, &[&chat("qwen3-4b"), &chat("qwen3-4b")], "qwen3-4b is loaded: first answer after ");
    let order: Order<'_> = ("/backend/shutdown", 200, "", &["unloaded"]);
    let got = run("localai", &["ready"], "qwen3-4b", "openai-completions", Job::Unload, &[order]).await;
    check(got, &[r#"/backend/shutdown {"model":"qwen3-4b"}"#], "qwen3-4b is unloaded");
}

#[tokio::test]
async fn lemonade() {
    let model = "Qwen3-0.6B-GGUF";
    let loaded = r#"{"status":"success","message":"Loaded model: Qwen3-0.6B-GGUF"}"#;
    let order: Order<'_> = ("/v1/load", 200, loaded, &["loaded"]);
    let got = run("lemonade", &["ready"], model, "openai-completions", Job::Load, &[order, CHAT]).await;
    let load = format!(r#"/v1/load {{"ctx_size":32768,"model_name":"{model}"}}"#);
    check(got, &[&load, &chat(model), &chat(model)], "Qwen3-0.6B-GGUF is loaded: in ");
    let order: Order<'_> = ("/v1/unload", 200, r#"{"status":"success","message":"Model unloaded successfully"}"#, &["ready"]);
    let got = run("lemonade", &["loaded", "ready"], model, "openai-completions", Job::Unload, &[order]).await;
    check(got, &[&format!(r#"/v1/unload {{"model_name":"{model}"}}"#)], "Qwen3-0.6B-GGUF is unloaded");
    let refused: Order<'_> = ("/v1/load", 500, r#"{"error":{"message":"not enough memory","type":"internal_error"}}"#, &[]);
    let got = run("lemonade", &["ready"], model, "openai-completions", Job::Load, &[refused]).await;
    check(got, &[&load], "Qwen3-0.6B-GGUF was not loaded: not enough memory");
    let warned = warning("lemonade", &["two", "ready"], model).await;
    assert_eq!(warned.as_deref(), Some("Llama-3.2-1B-Instruct-Hybrid is put aside for it."));
}

/// It tells of each module while it loads, and of what went wrong in the midst of a success.
#[tokio::test]
async fn tabbyapi() {
    let model = "Qwen3-8B-exl3";
    let states = ["unloaded", "admin", "ready"];
    let told = "data: {\"model_type\":\"model\",\"module\":1,\"modules\":2,\"status\":\"processing\"}\n\n\
                data: {\"model_type\":\"model\",\"module\":2,\"modules\":2,\"status\":\"finished\"}\n\n";
    let order: Order<'_> = ("/v1/model/load", 200, told, &["ready-v1-model"]);
    let got = run("tabbyapi", &states, model, "openai-completions", Job::Load, &[order, CHAT]).await;
    let load = format!(r#"/v1/model/load {{"max_seq_len":32768,"model_name":"{model}"}}"#);
    check(got, &[&load, &chat(model), &chat(model)], "Qwen3-8B-exl3 is loaded: in ");
    let failed = "data: {\"model_type\":\"model\",\"module\":1,\"modules\":2,\"status\":\"processing\"}\n\n\
                  data: {\"error\":{\"message\":\"CUDA out of memory\",\"trace\":null}}\n\n";
    let order: Order<'_> = ("/v1/model/load", 200, failed, &[]);
    let got = run("tabbyapi", &states, model, "openai-completions", Job::Load, &[order]).await;
    check(got, &[&load], "Qwen3-8B-exl3 was not loaded: CUDA out of memory");
    let order: Order<'_> = ("/v1/model/unload", 200, "null", &["unloaded"]);
    let got = run("tabbyapi", &["ready", "admin"], model, "openai-completions", Job::Unload, &[order]).await;
    check(got, &["/v1/model/unload {}"], "Qwen3-8B-exl3 is unloaded");
    let warned = warning("tabbyapi", &["other", "admin", "ready"], model).await;
    assert_eq!(warned.as_deref(), Some("It takes the place of other-exl3."));
}

/// What is said before the click.
async fn warning(server: &str, states: &[&str], model: &str) -> Option<String> {
    let replay = Replay::of(server, states).await;
    let mut stage = Stage::start(&config(&replay.url("/v1"), model, "openai-completions"));
    let load = |it: &engine::Published| it.view.boxes.first()?.offers.iter().find(|it| it.job == Job::Load).cloned();
    let seen = stage.until("offered", |it| load(it).is_some()).await;
    load(&seen).and_then(|it| it.warning)
}

/// None of them answers until it is loaded; who does not want to wait hangs up, and it is offered again.
#[tokio::test]
async fn a_load_that_goes_on_is_shown_and_can_be_cancelled() {
    for (server, states, model, path, order) in [
        ("tabbyapi", vec!["unloaded", "admin", "ready"], "Qwen3-8B-exl3", "/v1", "/v1/model/load"),
        ("lemonade", vec!["ready"], "Qwen3-0.6B-GGUF", "/v1", "/v1/load"),
        ("localai", vec!["unloaded", "ready"], "qwen3-4b", "/v1", "/v1/chat/completions"),
        ("docker-model-runner", vec!["unloaded", "ready"], "ai/qwen3", "/engines/v1", "/engines/v1/chat/completions"),
    ] {
        let replay = Replay::working(server, &states, &[(order, 0, "", &[])]).await;
        let mut stage = Stage::start(&config(&replay.url(path), model, "openai-completions"));
        let work = |it: &engine::Published| it.view.boxes.first().and_then(|it| it.work.clone());
        stage.until("offered", |it| it.view.boxes.first().is_some_and(|it| !it.offers.is_empty())).await;
        stage.handle.send(Intent::Job { job: Job::Load, model: ModelRef::new("box", model) });
        let running = stage.until("under way", |it| work(it).is_some_and(|it| it.running)).await;
        let text = work(&running).map(|it| it.mark.text).unwrap_or_default();
        assert!(text.contains(model), "{server}: {text}");
        replay.until_taken().await;
        stage.handle.send(Intent::CancelJob { provider: "box".into() });
        replay.until_hung_up().await;
        stage
            .until("offered again", |it| work(it).is_none() && it.view.boxes[0].offers.iter().any(|it| it.job == Job::Load))
            .await;
    }
}

#[tokio::test]
async fn an_answer_is_timed_the_way_openclaw_asks() {
    let messages: Order<'_> = ("/v1/messages", 200, r#"{"content":[{"type":"text","text":"p"}]}"#, &[]);
    let replay = Replay::working("llama.cpp", &["ready"], &[messages]).await;
    let mut stage = Stage::start(&config(&replay.url(""), "gemma-3-270m", "anthropic-messages"));
    stage.until("offered", |it| it.view.boxes.first().is_some_and(|it| !it.offers.is_empty())).await;
    stage.handle.send(Intent::Job { job: Job::Time, model: ModelRef::new("box", "gemma-3-270m") });
    let answered = |it: &Option<Work>| it.as_ref().is_some_and(|it| it.mark.text.starts_with("gemma-3-270m answers: first"));
    stage.until("timed", |it| answered(&it.view.boxes[0].work)).await;
    let asked = replay.asked();
    let call = asked.iter().find(|it| it.method == "POST").expect("a call");
    assert_eq!((call.header("x-api-key"), call.header("anthropic-version")), (Some("sk-key"), Some("2023-06-01")));
}

#[tokio::test]
async fn an_error_inside_a_success_is_no_answer() {
    let order: Order<'_> = (CHAT.0, 200, r#"{"error":"Unexpected endpoint or method."}"#, &[]);
    let got = run("llama.cpp", &["ready"], "gemma-3-270m", "openai-completions", Job::Time, &[order]).await;
    assert_eq!(got.1, "gemma-3-270m did not answer: Unexpected endpoint or method.");
    let order: Order<'_> = (CHAT.0, 200, "", &[]);
    let got = run("llama.cpp", &["ready"], "gemma-3-270m", "openai-completions", Job::Time, &[order]).await;
    assert_eq!(got.1, "gemma-3-270m did not answer: its answer has no choices");
}

#[tokio::test]
async fn cancelling_takes_the_order_back() {
    let load: Order<'_> = ("/models/load", 200, r#"{"success":true}"#, &["loading"]);
    let unload: Order<'_> = ("/models/unload", 200, r#"{"success":true}"#, &["unloaded"]);
    let replay = Replay::working("llama.cpp-router", &["unloaded"], &[load, unload]).await;
    let mut stage = Stage::start(&config(&replay.url("/v1"), "gemma-3-270m-q4_k_m", "openai-completions"));
    let first = |it: &engine::Published| it.view.boxes.first().cloned();
    stage.until("offered", |it| first(it).is_some_and(|it| !it.offers.is_empty())).await;
    stage.handle.send(Intent::Job { job: Job::Load, model: ModelRef::new("box", "gemma-3-270m-q4_k_m") });
    stage.until("loading", |it| first(it).is_some_and(|it| it.mark.text == "Loading")).await;
    stage.handle.send(Intent::CancelJob { provider: "box".into() });
    stage.until("put away", |it| first(it).is_some_and(|it| it.mark.text == "Not loaded" && it.work.is_none())).await;
    assert!(replay.asked().iter().any(|it| it.path == "/models/unload"));
}
