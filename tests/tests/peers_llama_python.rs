//! A real llama-cpp-python, which breaks off an answer to one client when another asks it for its models.
#![expect(clippy::print_stdout, reason = "the figures are what this test is run for")]

use std::time::{Duration, Instant};

use domain::server::observation::Answer;
use engine::probe::Prober;
use serde_json::{Value, json};
use tests::observe::request;
use tests::peer::{Peer, free_port};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;

/// An hour at the default pace.
const PROBES: usize = 360;
const TOKENS: usize = 300;
/// Python and a small model on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// Streams an answer to its end, and gives why it ended, as its last event says, and how many pieces there were.
async fn stream(port: u16, pieces: watch::Sender<usize>) -> (Option<String>, usize) {
    // No end of a turn before its time.
    let never = json!({ "1": -100, "106": -100 });
    let body = json!({ "prompt": "One two three", "max_tokens": TOKENS, "temperature": 0, "stream": true, "logit_bias": never });
    let body = body.to_string();
    let head = format!(
        "POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await.expect("it listens");
    socket.write_all(format!("{head}{body}").as_bytes()).await.expect("asked");
    let mut lines = BufReader::new(socket).lines();
    let mut reason = None;
    while let Ok(Some(line)) = lines.next_line().await {
        let Some(event) = line.strip_prefix("data: ").and_then(|it| serde_json::from_str::<Value>(it).ok()) else { continue };
        pieces.send_modify(|it| *it += 1);
        reason = event["choices"][0]["finish_reason"].as_str().map(str::to_owned).or(reason);
    }
    let pieces = *pieces.borrow();
    (reason, pieces)
}

#[tokio::test]
async fn an_hours_worth_of_probes_cuts_no_answer() {
    let port = free_port();
    let model = format!("{}/gemma-3-270m-q4_k_m.gguf", std::env::var("PILOTLIGHT_PEERS").expect("set by scripts/test-peers"));
    let at = port.to_string();
    let args = ["--model", &model, "--host", "127.0.0.1", "--port", &at, "--model_alias", "gemma-3-270m"];
    let _server = Peer::spawn("PILOTLIGHT_LLAMA_PYTHON", &args, &[]);
    let prober = Prober::new().expect("a prober");
    let mut asked = request(&format!("http://127.0.0.1:{port}/v1"));
    let begun = Instant::now();
    let first = loop {
        let seen = prober.probe(&asked).await;
        if matches!(seen.answer, Answer::Up(_)) {
            break seen;
        }
        assert!(begun.elapsed() < PATIENCE, "it never came up: {seen:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert_eq!(first.kind.map(domain::Kind::id), Some("llama-cpp-python"));

    let (pieces, mut heard) = watch::channel(0);
    let answer = tokio::spawn(stream(port, pieces));
    heard.wait_for(|it| *it > 2).await.expect("it streams");
    let mut latencies = Vec::new();
    for n in 0..PROBES {
        // Each as after a start, and as later: whatever may be asked is asked.
        asked.kind = first.kind.filter(|_| n % 10 > 0);
        let seen = prober.probe(&asked).await;
        assert!(matches!(seen.answer, Answer::Up(_)), "{seen:?}");
        latencies.extend(seen.latency);
    }
    assert!(!answer.is_finished(), "the probes were to run while it answers");
    let (reason, pieces) = tokio::time::timeout(PATIENCE, answer).await.expect("it ends").expect("it ran");
    assert_eq!((reason.as_deref(), pieces > TOKENS / 2), (Some("length"), true), "{pieces} pieces");
    latencies.sort();
    println!(
        "llama-cpp-python: {PROBES} probes beside an answer of {pieces} pieces, p50 {:?}, p95 {:?}",
        latencies[latencies.len() / 2],
        latencies[latencies.len() * 95 / 100]
    );

    // What the probes leave out does cut it, so the test above can fail.
    let (pieces, mut heard) = watch::channel(0);
    let answer = tokio::spawn(stream(port, pieces));
    heard.wait_for(|it| *it > 2).await.expect("it streams");
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await.expect("it listens");
    socket.write_all(b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.expect("asked");
    let (reason, pieces) = tokio::time::timeout(PATIENCE, answer).await.expect("it ends").expect("it ran");
    assert!(reason.is_none() && pieces < TOKENS, "{reason:?} after {pieces} pieces");
}
