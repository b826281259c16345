//! A server that answers as a real one did: from samples of its answers, for one kind and state. It writes down every question, and
//! holds against the asker each one that could load, evict, generate, cut a stream or cost money.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// Runs until dropped. Dropping it with a forbidden question on record fails the test.
#[derive(Debug)]
pub struct Replay {
    origin: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    silence: Arc<Silence>,
    task: tokio::task::JoinHandle<()>,
}

/// One question, as it came.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub forbidden: bool,
}

impl Asked {
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|it| it.0.eq_ignore_ascii_case(name)).map(|it| it.1.as_str())
    }
}

impl Replay {
    /// Answers from `fixtures/servers/<server>`, from the first of the states that has an answer to the question.
    ///
    /// # Panics
    /// When there are no such samples.
    pub async fn of(server: &str, states: &[&str]) -> Replay {
        Self::without(server, states, &[]).await
    }

    /// As if some paths did not exist.
    ///
    /// # Panics
    /// When there are no such samples.
    pub async fn without(server: &str, states: &[&str], missing: &[&str]) -> Replay {
        let mut samples: Vec<Sample> = states.iter().flat_map(|state| samples(server, state)).collect();
        assert!(!samples.is_empty(), "no samples of {server} in {states:?}");
        samples.retain(|it| !missing.contains(&it.path.as_str()));
        Self::answering(server, samples).await
    }

    /// # Panics
    /// When no port is free.
    pub async fn answering(server: &str, samples: Vec<Sample>) -> Replay {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        Self::on(listener, server, samples)
    }

    /// # Panics
    /// When the listener has no address.
    #[must_use]
    pub fn on(listener: TcpListener, server: &str, samples: Vec<Sample>) -> Replay {
        let asked = Arc::default();
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let samples = Mutex::new(samples);
        Self::run(listener, origin, Arc::new(Script::new(server, samples, Vec::new(), asked)))
    }

    /// A server that is sent to work: it takes the orders, as a person's click would send them, and from then on answers from other samples.
    ///
    /// # Panics
    /// When there are no such samples.
    pub async fn working(server: &str, states: &[&str], orders: &[Order<'_>]) -> Replay {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let asked = Arc::default();
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let samples = Mutex::new(states.iter().flat_map(|state| samples(server, state)).collect());
        let taken = orders.iter().map(|(path, status, body, then)| {
            let then = then.iter().flat_map(|state| self::samples(server, state)).collect();
            (Sample::new(path, *status, body), then)
        });
        Self::run(listener, origin, Arc::new(Script::new(server, samples, taken.collect(), asked)))
    }

    fn run(listener: TcpListener, origin: String, server: Arc<Script>) -> Replay {
        let (asked, silence) = (Arc::clone(&server.asked), Arc::clone(&server.silence));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&server)));
            }
        });
        Replay { origin, asked, silence, task }
    }

    /// `http://127.0.0.1:port`, and the path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.asked).clone()
    }

    /// An order that is never answered has come.
    pub async fn until_taken(&self) {
        self.silence.taken.notified().await;
    }

    /// Whoever gave it has gone.
    pub async fn until_hung_up(&self) {
        self.silence.hung_up.notified().await;
    }

    /// The paths asked since the last call.
    #[must_use]
    pub fn take_paths(&self) -> Vec<String> {
        let asked = std::mem::take(&mut *lock(&self.asked));
        fail_on_forbidden(&asked);
        asked.into_iter().map(|it| it.path).collect()
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.task.abort();
        if !std::thread::panicking() {
            fail_on_forbidden(&lock(&self.asked));
        }
    }
}

/// One answer.
#[derive(Clone, Debug)]
pub struct Sample {
    pub path: String,
    /// Answers every path that has no sample of its own.
    pub any: bool,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Sample {
    #[must_use]
    pub fn new(path: &str, status: u16, body: &str) -> Sample {
        let kind = match body {
            _ if body.starts_with('<') => "text/html",
            _ if body.starts_with("data:") => "text/event-stream",
            _ => "application/json",
        };
        let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
        Sample { path: path.to_owned(), any: path == "*", status, headers, body: body.into() }
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Sample {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// What no probe may ask of anyone. What one kind must not be asked stands in `never-asked.txt` among its samples.
const FORBIDDEN: &[&str] = &[
    "/slots",
    "/unload",
    "/upstream",
    "/models/load",
    "/models/unload",
    "/flush_cache",
    "/release_memory_occupation",
    "/pause_generation",
];

/// The path of a POST, its answer (status and body), and the states that it leads to. With status 0 it is taken, and never answered.
pub type Order<'a> = (&'a str, u16, &'a str, &'a [&'a str]);

#[derive(Debug, Default)]
struct Silence {
    taken: Notify,
    hung_up: Notify,
}

struct Script {
    server: String,
    /// A path a line.
    never_asked: String,
    samples: Mutex<Vec<Sample>>,
    /// Each with what is answered once it was taken.
    orders: Vec<(Sample, Vec<Sample>)>,
    asked: Arc<Mutex<Vec<Asked>>>,
    silence: Arc<Silence>,
}

impl Script {
    fn new(
        server: &str,
        samples: Mutex<Vec<Sample>>,
        orders: Vec<(Sample, Vec<Sample>)>,
        asked: Arc<Mutex<Vec<Asked>>>,
    ) -> Script {
        let never_asked = std::fs::read_to_string(folder(server).join("never-asked.txt")).unwrap_or_default();
        Script { server: server.to_owned(), never_asked, samples, orders, asked, silence: Arc::default() }
    }

    /// Only a GET of a plain path is harmless: `/props?model=` loads a model. The exception has a name: Ollama gives a model's facts to a POST
    /// alone, and reads them from its disk.
    fn forbids(&self, asked: &Asked) -> bool {
        let path = asked.path.as_str();
        let reads = asked.method == "POST" && self.server == "ollama" && path == "/api/show";
        let ordered = asked.method == "POST" && self.orders.iter().any(|it| it.0.path == path);
        (asked.method != "GET" && !reads && !ordered)
            || path.contains('?')
            || !ordered && (FORBIDDEN.contains(&path) || self.never_asked.lines().any(|line| line == path))
    }

    fn answer(&self, asked: &Asked) -> Sample {
        let path = asked.path.as_str();
        let mut samples = self.samples.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((answer, then)) = self.orders.iter().find(|it| asked.method == "POST" && it.0.path == path) {
            samples.splice(0..0, then.iter().cloned());
            return answer.clone();
        }
        let exact = samples.iter().find(|it| !it.any && it.path == path);
        let any = || samples.iter().find(|it| it.any);
        exact.or_else(any).cloned().unwrap_or_else(|| Sample::new(path, 404, r#"{"detail":"Not Found"}"#))
    }
}

fn lock(asked: &Mutex<Vec<Asked>>) -> MutexGuard<'_, Vec<Asked>> {
    asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[track_caller]
fn fail_on_forbidden(asked: &[Asked]) {
    let forbidden: Vec<String> = asked.iter().filter(|it| it.forbidden).map(|it| format!("{} {}", it.method, it.path)).collect();
    assert!(forbidden.is_empty(), "a probe asked what it must never ask: {forbidden:?}");
}

async fn serve(mut stream: TcpStream, script: Arc<Script>) {
    let mut seen = Vec::new();
    loop {
        let end = loop {
            if let Some(at) = seen.windows(4).position(|it| it == b"\r\n\r\n") {
                break at + 4;
            }
            match stream.read_buf(&mut seen).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        };
        let head = String::from_utf8_lossy(&seen[..end]).into_owned();
        seen.drain(..end);
        let mut asked = parse(&head);
        let length = asked.header("content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
        while seen.len() < length {
            match stream.read_buf(&mut seen).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
        asked.body = String::from_utf8_lossy(&seen[..length]).into_owned();
        seen.drain(..length);
        asked.forbidden = script.forbids(&asked);
        let answer = script.answer(&asked);
        lock(&script.asked).push(asked);
        if answer.status == 0 {
            script.silence.taken.notify_one();
            while stream.read_buf(&mut seen).await.is_ok_and(|n| n > 0) {}
            script.silence.hung_up.notify_one();
            return;
        }
        let close = answer.headers.iter().any(|it| it.0.eq_ignore_ascii_case("connection") && it.1.eq_ignore_ascii_case("close"));
        if stream.write_all(&wire(&answer)).await.is_err() || close {
            return;
        }
    }
}

fn parse(head: &str) -> Asked {
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (method, path) = (first.next().unwrap_or_default().to_owned(), first.next().unwrap_or_default().to_owned());
    let headers = lines.filter_map(|it| it.split_once(": ")).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Asked { method, path, headers, ..Asked::default() }
}

fn wire(sample: &Sample) -> Vec<u8> {
    let mut out = format!("HTTP/1.1 {} Replayed\r\n", sample.status).into_bytes();
    for (name, value) in &sample.headers {
        // Samples are shortened and reformatted, so the length is counted again.
        if !["content-length", "transfer-encoding"].contains(&name.to_ascii_lowercase().as_str()) {
            out.extend(format!("{name}: {value}\r\n").bytes());
        }
    }
    out.extend(format!("Content-Length: {}\r\n\r\n", sample.body.len()).bytes());
    out.extend(&sample.body);
    out
}

fn folder(server: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/servers").join(server)
}

fn samples(server: &str, state: &str) -> Vec<Sample> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder(server)).expect("a folder of samples").flatten().map(|it| it.path()).collect();
    files.sort();
    let is_of_state = |file: &Path| {
        let name = file.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
        name == state || name.strip_prefix(state).is_some_and(|rest| rest.starts_with('-'))
    };
    files.iter().filter(|it| is_of_state(it)).map(|file| read(file)).collect()
}

fn read(file: &Path) -> Sample {
    let text = std::fs::read_to_string(file).expect("a sample");
    let name = file.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
    let mut sample = if file.extension().is_some_and(|it| it == "http") { read_http(&text) } else { read_json(&text) };
    sample.any |= name.ends_with("not-found");
    sample
}

/// `# remarks`, `> question`, an empty line, then the answer as it came over the wire.
fn read_http(text: &str) -> Sample {
    let question = text.lines().find_map(|it| it.strip_prefix("> ")).expect("a question");
    let path = question.split(' ').nth(1).expect("a path").to_owned();
    let answer = &text[text.find("\nHTTP/1.").expect("an answer") + 1..];
    let (head, body) = answer.split_once("\n\n").unwrap_or((answer, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|it| it.split(' ').nth(1)).and_then(|it| it.parse().ok()).expect("a status");
    let headers =
        lines.filter_map(|it| it.split_once(':')).map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect();
    Sample { path, any: false, status, headers, body: body.trim_end().into() }
}

/// An answer written down from a server's source.
fn read_json(text: &str) -> Sample {
    let json: serde_json::Value = serde_json::from_str(text).expect("a sample");
    let question = json["request"].as_str().expect("a question");
    let mut sample = Sample::new(question.split(' ').nth(1).unwrap_or_default(), 0, "");
    sample.any = question.starts_with("any");
    sample.status = json["status"].as_u64().and_then(|it| u16::try_from(it).ok()).expect("a status");
    sample.headers = json["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    sample.body = match &json["body"] {
        serde_json::Value::String(text) => text.clone().into_bytes(),
        body => body.to_string().into_bytes(),
    };
    sample
}
