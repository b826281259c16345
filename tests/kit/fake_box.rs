//! A box that behaves as it is told: a small llama.cpp on loopback that serves one model, loads, hangs, dies and comes back on the
//! same port.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::held_port::{HeldPort, bound};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoxMode {
    Ready,
    /// 503 "Loading model".
    Loading,
    /// Accepts and never answers.
    Hanging,
    WrongKey,
    /// It lists its models, and each answer is a 500.
    Broken,
    /// Each prompt is too long for it.
    TooLong,
}

#[derive(Debug)]
struct Told {
    mode: BoxMode,
    context: u64,
    asked: Vec<(Instant, String)>,
}

#[derive(Debug)]
pub struct FakeBox {
    model: String,
    addr: SocketAddr,
    told: Arc<Mutex<Told>>,
    server: Option<JoinHandle<()>>,
    /// Nobody else gets its port while it is dead. Elsewhere than on Linux two can't be bound to one.
    _held: Option<HeldPort>,
}

impl FakeBox {
    /// Serves `model` with a context of 32,768 tokens, on a port of its own.
    pub async fn start(model: &str) -> FakeBox {
        let told = Told { mode: BoxMode::Ready, context: 32_768, asked: Vec::new() };
        let held = cfg!(target_os = "linux").then(HeldPort::new);
        let addr = held.as_ref().map_or_else(|| ([127, 0, 0, 1], 0).into(), HeldPort::addr);
        let mut fake = FakeBox { model: model.to_owned(), addr, told: Arc::new(Mutex::new(told)), server: None, _held: held };
        fake.revive().await;
        fake
    }

    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.addr)
    }

    pub fn port(&self) -> u16 {
        self.addr.port()
    }

    pub fn set_mode(&self, mode: BoxMode) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).mode = mode;
    }

    pub fn set_context(&self, context: u64) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).context = context;
    }

    /// `GET /path` of each request so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked_at().into_iter().map(|it| it.1).collect()
    }

    /// The same, with when each came.
    pub fn asked_at(&self) -> Vec<(Instant, String)> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).asked.clone()
    }

    /// From now on its port is closed.
    pub async fn kill(&mut self) {
        if let Some(server) = self.server.take() {
            server.abort();
            let _ = server.await;
        }
    }

    /// Listens again, on the same port.
    pub async fn revive(&mut self) {
        let listener = bound(self.addr).listen(64).expect("a listener");
        self.addr = listener.local_addr().expect("it has one");
        self.server = Some(tokio::spawn(serve(listener, self.model.clone(), self.told.clone())));
    }
}

impl Drop for FakeBox {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}

/// The connections die with the server.
async fn serve(listener: TcpListener, model: String, told: Arc<Mutex<Told>>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(answer(stream, model.clone(), told.clone()));
        while connections.try_join_next().is_some() {}
    }
}

async fn answer(mut stream: TcpStream, model: String, told: Arc<Mutex<Told>>) {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        while let Some(end) = find(&request, b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
            let body = head.lines().find_map(|it| it.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
            if request.len() < end + 4 + body {
                break;
            }
            let line = String::from_utf8_lossy(&request[..end]).lines().next().unwrap_or_default().to_owned();
            let streams = find(&request[end + 4..end + 4 + body], b"\"stream\":true").is_some();
            request.drain(..end + 4 + body);
            let (mode, context) = {
                let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
                told.asked.push((Instant::now(), line.rsplit_once(" HTTP").map_or(line.clone(), |it| it.0.to_owned())));
                (told.mode, told.context)
            };
            if mode == BoxMode::Hanging {
                std::future::pending::<()>().await;
            }
            if mode == BoxMode::Ready && line.starts_with("POST ") && line.contains("/chat/completions") {
                let _ = stream.write_all(pong(&model, streams).as_bytes()).await;
                return;
            }
            let (status, body) = reply(&line, mode, &model, context);
            let head = format!(
                "HTTP/1.1 {status}\r\nServer: llama.cpp\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            if stream.write_all(format!("{head}{body}").as_bytes()).await.is_err() {
                return;
            }
        }
        match stream.read(&mut chunk).await {
            Ok(n) if n > 0 => request.extend_from_slice(&chunk[..n]),
            _ => return,
        }
    }
}

fn reply(line: &str, mode: BoxMode, model: &str, context: u64) -> (&'static str, String) {
    let path = line.split(' ').nth(1).unwrap_or_default();
    match (mode, path) {
        (BoxMode::Broken, _) if line.starts_with("POST ") => (
            "500 Internal Server Error",
            r#"{"error":{"message":"internal server error","type":"server_error","code":500}}"#.to_owned(),
        ),
        (BoxMode::TooLong, _) if line.starts_with("POST ") => (
            "400 Bad Request",
            r#"{"error":{"message":"This model's maximum context length is 4096 tokens. However, you requested 20000 tokens. Please reduce the length of the messages.","type":"invalid_request_error","code":"context_length_exceeded"}}"#.to_owned(),
        ),
        (BoxMode::Loading, _) => (
            "503 Service Unavailable",
            r#"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#.to_owned(),
        ),
        (_, "/health") => ("200 OK", r#"{"status":"ok"}"#.to_owned()),
        (BoxMode::WrongKey, _) => {
            ("401 Unauthorized", r#"{"error":{"message":"Invalid API Key","type":"authentication_error","code":401}}"#.to_owned())
        }
        (_, "/v1/models") => {
            let meta =
                format!(r#"{{"n_ctx":{context},"n_ctx_train":262144,"n_params":1000,"size":1000,"ftype":"Q4_K - Medium"}}"#);
            let row = format!(
                r#"{{"id":"{model}","aliases":["{model}"],"object":"model","created":1795346255,"owned_by":"llamacpp","meta":{meta}}}"#
            );
            ("200 OK", format!(r#"{{"object":"list","data":[{row}]}}"#))
        }
        (_, "/props") => (
            "200 OK",
            format!(
                r#"{{"default_generation_settings":{{"n_ctx":{context}}},"total_slots":1,"model_alias":"{model}","build_info":"b11434-fake","is_sleeping":false}}"#
            ),
        ),
        _ => ("404 Not Found", r#"{"error":{"message":"File Not Found","type":"not_found_error","code":404}}"#.to_owned()),
    }
}

/// A whole answer of one word.
fn pong(model: &str, streams: bool) -> String {
    const USAGE: &str = r#""usage":{"prompt_tokens":100,"completion_tokens":1,"total_tokens":101}"#;
    let head = |kind: &str| format!("HTTP/1.1 200 OK\r\nServer: llama.cpp\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n");
    let row =
        |object: &str, rest: &str| format!(r#"{{"id":"c1","object":"{object}","created":1795346255,"model":"{model}",{rest}}}"#);
    if !streams {
        let choice = r#""choices":[{"index":0,"message":{"role":"assistant","content":"pong"},"finish_reason":"stop"}]"#;
        return head("application/json") + &row("chat.completion", &format!("{choice},{USAGE}"));
    }
    let chunk = |rest: &str| format!("data: {}\n\n", row("chat.completion.chunk", rest));
    head("text/event-stream")
        + &chunk(r#""choices":[{"index":0,"delta":{"role":"assistant","content":"pong"},"finish_reason":null}]"#)
        + &chunk(r#""choices":[{"index":0,"delta":{},"finish_reason":"stop"}]"#)
        + &chunk(&format!(r#""choices":[],{USAGE}"#))
        + "data: [DONE]\n\n"
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|it| it == what)
}
