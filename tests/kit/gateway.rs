//! A gateway that speaks OpenClaw's protocol as captured, checks who knocks as the real one does, and misbehaves when told to.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::{SinkExt, StreamExt};
use rustls::ServerConfig;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

pub const TOKEN: &str = "tok-test";
/// Far longer than anything takes.
const DEADLINE: Duration = Duration::from_secs(20);
const NONCE: &str = "d57a0d71-2e90-4c10-a8e2-87293957d582";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayMode {
    Well,
    /// Keeps connections and says nothing more, not even that it is alive.
    HalfOpen,
    /// Hangs up in the middle of the next frame.
    BreakOff,
    /// What it says comes in many small pieces.
    Slow,
    /// Wants the device to be approved.
    Pairing,
}

#[derive(Debug)]
struct Told {
    mode: GatewayMode,
    protocol: u64,
    tick_ms: u64,
    sessions: Value,
    devices: HashSet<String>,
    tokens: Vec<Value>,
    origins: usize,
}

#[derive(Debug)]
pub struct Gateway {
    port: u16,
    told: Arc<Mutex<Told>>,
    events: broadcast::Sender<Arc<str>>,
    /// What was asked so far.
    asked: watch::Sender<Vec<String>>,
    server: Option<JoinHandle<()>>,
    tls: Option<Arc<ServerConfig>>,
}

impl Gateway {
    /// On a port of its own.
    pub async fn start() -> Gateway {
        let mut gateway = Gateway::closed();
        gateway.open().await;
        gateway
    }

    /// The same behind TLS.
    pub async fn secure(tls: Arc<ServerConfig>) -> Gateway {
        let mut gateway = Gateway { tls: Some(tls), ..Gateway::closed() };
        gateway.open().await;
        gateway
    }

    /// One that does not listen yet.
    pub fn closed() -> Gateway {
        let told = Told {
            mode: GatewayMode::Well,
            protocol: 4,
            tick_ms: 30_000,
            sessions: json!([]),
            devices: HashSet::new(),
            tokens: Vec::new(),
            origins: 0,
        };
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port").port();
        Gateway {
            port,
            told: Arc::new(Mutex::new(told)),
            events: broadcast::Sender::new(65_536),
            asked: watch::Sender::default(),
            server: None,
            tls: None,
        }
    }

    pub async fn open(&mut self) {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.set_reuseaddr(true).expect("an address that was just in use");
        socket.bind(([127, 0, 0, 1], self.port).into()).expect("a free port");
        let listener = socket.listen(16).expect("a listener");
        let scene = (self.told.clone(), self.events.clone(), self.asked.clone());
        self.server = Some(tokio::spawn(serve(listener, self.tls.clone(), scene)));
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The gateway's part of a config.
    pub fn config(&self, token: &str) -> String {
        format!(r#"gateway: {{ mode: "local", port: {}, auth: {{ mode: "token", token: "{token}" }} }},"#, self.port)
    }

    /// The same, for one behind TLS, by the name of its host.
    pub fn remote_config(&self, host: &str) -> String {
        format!(r#"gateway: {{ mode: "remote", remote: {{ url: "wss://{host}:{}", token: "{TOKEN}" }} }},"#, self.port)
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set_mode(&self, mode: GatewayMode) {
        self.told().mode = mode;
        // A connection looks at its mode when there is something to say.
        let _ = self.events.send(Arc::from(""));
    }

    pub fn set_protocol(&self, protocol: u64) {
        self.told().protocol = protocol;
    }

    pub fn set_tick(&self, tick: Duration) {
        self.told().tick_ms = u64::try_from(tick.as_millis()).expect("not that long");
    }

    pub fn set_sessions(&self, sessions: Value) {
        self.told().sessions = sessions;
    }

    /// `connect`, `sessions.subscribe`... so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.borrow().clone()
    }

    pub async fn until_asked(&self, enough: impl Fn(&[String]) -> bool) {
        let mut asked = self.asked.subscribe();
        let wait = tokio::time::timeout(DEADLINE, asked.wait_for(|it| enough(it))).await;
        assert!(wait.is_ok(), "asked only {:?}", self.asked());
    }

    pub fn devices(&self) -> usize {
        self.told().devices.len()
    }

    /// What was shown as `auth`, oldest first.
    pub fn tokens(&self) -> Vec<Value> {
        self.told().tokens.clone()
    }

    /// Connections with an `Origin` header.
    pub fn origins(&self) -> usize {
        self.told().origins
    }

    /// To all that are subscribed.
    pub fn say(&self, frame: &str) {
        let _ = self.events.send(Arc::from(frame));
    }

    pub fn say_all(&self, frames: &[String]) {
        frames.iter().for_each(|it| self.say(it));
    }
}

/// An `agent` event as the gateway sends it.
pub fn agent_event(run: &str, stream: &str, seq: usize, data: &Value) -> String {
    let ts = jiff::Timestamp::now().as_millisecond();
    let payload = json!({ "runId": run, "sessionKey": "agent:main:main", "sessionId": format!("s-{run}"), "agentId": "main", "stream": stream, "seq": seq, "ts": ts, "isHeartbeat": false, "data": data });
    json!({ "type": "event", "event": "agent", "payload": payload, "seq": seq }).to_string()
}

/// A turn that fell back, as OpenClaw 2026.9.6 tells it live.
pub fn fallback_frames(run: &str, from: &str, to: &str) -> Vec<String> {
    let named = |it: &str| {
        let (provider, model) = it.split_once('/').expect("a ref");
        json!({ "provider": provider, "model": model })
    };
    let step = |position: u32, outcome: &str| {
        json!({ "phase": "fallback_step", "fallbackStepType": "fallback_step", "fallbackStepFromModel": from, "fallbackStepToModel": to,
            "fallbackStepFromFailureReason": "timeout", "fallbackStepFromFailureDetail": "Connection error.",
            "fallbackStepChainPosition": position, "fallbackStepFinalOutcome": outcome })
    };
    let receipt = json!({ "runId": run, "requested": named(from), "effective": named(to), "rerouted": true });
    let data = [
        json!({ "phase": "start" }),
        step(1, "next_fallback"),
        json!({ "phase": "start" }),
        step(2, "succeeded"),
        json!({ "phase": "end", "stopReason": "stop", "aborted": false, "executionSettled": true, "terminalReceipt": receipt }),
    ];
    data.iter().enumerate().map(|(seq, it)| agent_event(run, "lifecycle", seq, it)).collect()
}

/// A turn that the primary answered.
pub fn primary_frames(run: &str, model: &str) -> Vec<String> {
    let (provider, name) = model.split_once('/').expect("a ref");
    let it = json!({ "provider": provider, "model": name });
    let receipt = json!({ "runId": run, "requested": it, "effective": it, "rerouted": false });
    let end =
        json!({ "phase": "end", "stopReason": "stop", "aborted": false, "executionSettled": true, "terminalReceipt": receipt });
    vec![agent_event(run, "lifecycle", 0, &json!({ "phase": "start" })), agent_event(run, "lifecycle", 1, &end)]
}

type Asked = watch::Sender<Vec<String>>;

type Scene = (Arc<Mutex<Told>>, broadcast::Sender<Arc<str>>, Asked);

async fn serve(listener: TcpListener, tls: Option<Arc<ServerConfig>>, scene: Scene) {
    // Ended with the server.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (tls, scene) = (tls.clone(), scene.clone());
        // As the real one: small frames do not wait for one another.
        let _ = stream.set_nodelay(true);
        connections.spawn(async move {
            match tls {
                Some(tls) => connection(TlsAcceptor::from(tls).accept(stream).await.ok()?, scene).await,
                None => connection(stream, scene).await,
            }
        });
    }
}

async fn connection<S: AsyncRead + AsyncWrite + Unpin>(stream: S, (told, events, asked): Scene) -> Option<()> {
    let look = || told.lock().unwrap_or_else(PoisonError::into_inner);
    #[expect(clippy::result_large_err, reason = "as the handshake wants it")]
    let seen = |request: &Request, response: Response| {
        look().origins += usize::from(request.headers().contains_key("origin"));
        Ok(response)
    };
    let mut socket = tokio_tungstenite::accept_hdr_async(stream, seen).await.ok()?;
    let ts = jiff::Timestamp::now().as_millisecond();
    let challenge = json!({ "type": "event", "event": "connect.challenge", "payload": { "nonce": NONCE, "ts": ts } });
    socket.send(Message::text(challenge.to_string())).await.ok()?;
    let mut heard = events.subscribe();
    let mut subscribed = false;
    loop {
        tokio::select! {
            frame = socket.next() => {
                let Message::Text(text) = frame?.ok()? else { continue };
                if look().mode == GatewayMode::HalfOpen {
                    continue;
                }
                let request: Value = serde_json::from_str(&text).ok()?;
                let method = request["method"].as_str()?.to_owned();
                asked.send_modify(|it| it.push(method.clone()));
                let answer = match method.as_str() {
                    "connect" => connect(&mut look(), &request["params"], ts),
                    "sessions.subscribe" => {
                        subscribed = true;
                        Ok(json!({ "subscribed": true }))
                    }
                    "sessions.list" => Ok(json!({ "sessions": look().sessions.clone() })),
                    _ => Err(json!({ "code": "INVALID_REQUEST", "message": "missing scope: operator.write" })),
                };
                let refused = answer.is_err();
                let frame = match answer {
                    Ok(payload) => json!({ "type": "res", "id": request["id"], "ok": true, "payload": payload }),
                    Err(error) => json!({ "type": "res", "id": request["id"], "ok": false, "error": error }),
                };
                socket.send(Message::text(frame.to_string())).await.ok()?;
                if refused {
                    return socket.close(None).await.ok();
                }
            }
            event = heard.recv() => {
                let mode = look().mode;
                match (event.ok()?, mode) {
                    // The connection stays, and nobody is behind it.
                    (_, GatewayMode::HalfOpen) => std::future::pending().await,
                    (event, GatewayMode::BreakOff) if subscribed && !event.is_empty() => return break_off(socket, &event).await,
                    (event, GatewayMode::Slow) if subscribed && !event.is_empty() => dribble(&mut socket, &event).await?,
                    (event, _) if subscribed && !event.is_empty() => socket.send(Message::text(&*event)).await.ok()?,
                    _ => {}
                }
            }
        }
    }
}

/// A text of some length as it goes over the wire.
fn frame(event: &str) -> Option<Vec<u8>> {
    let len = u16::try_from(event.len()).ok()?.to_be_bytes();
    Some([&[0x81, 126, len[0], len[1]], event.as_bytes()].concat())
}

/// A few bytes at a time.
async fn dribble<S: AsyncRead + AsyncWrite + Unpin>(socket: &mut WebSocketStream<S>, event: &str) -> Option<()> {
    for piece in frame(event)?.chunks(23) {
        socket.get_mut().write_all(piece).await.ok()?;
        socket.get_mut().flush().await.ok()?;
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Some(())
}

/// Half of a frame, and the end.
async fn break_off<S: AsyncRead + AsyncWrite + Unpin>(mut socket: WebSocketStream<S>, event: &str) -> Option<()> {
    let whole = frame(event)?;
    let half = &whole[..whole.len() / 2];
    socket.get_mut().write_all(half).await.ok()?;
    socket.get_mut().shutdown().await.ok()
}

fn connect(told: &mut Told, params: &Value, ts: i64) -> Result<Value, Value> {
    let fault =
        |code: &str, message: &str| Err(json!({ "code": "INVALID_REQUEST", "message": message, "details": { "code": code } }));
    let (min, max) = (params["minProtocol"].as_u64().unwrap_or(0), params["maxProtocol"].as_u64().unwrap_or(0));
    if !(min..=max).contains(&told.protocol) {
        let details = json!({ "code": "PROTOCOL_MISMATCH", "expectedProtocol": told.protocol });
        return Err(json!({ "code": "INVALID_REQUEST", "message": "protocol mismatch", "details": details }));
    }
    told.tokens.push(params["auth"].clone());
    let shown = params["auth"]["token"].as_str().or(params["auth"]["deviceToken"].as_str()).unwrap_or_default();
    if shown != TOKEN && shown != device_token(params["device"]["id"].as_str().unwrap_or_default()) {
        return fault("AUTH_TOKEN_MISMATCH", "unauthorized: gateway token mismatch (provide gateway auth token)");
    }
    if !is_signed(params, shown, ts) {
        return fault("DEVICE_AUTH_SIGNATURE_INVALID", "device signature invalid");
    }
    if told.mode == GatewayMode::Pairing {
        return fault("PAIRING_REQUIRED", "pairing required");
    }
    let id = params["device"]["id"].as_str().unwrap_or_default();
    told.devices.insert(id.to_owned());
    Ok(json!({
        "type": "hello-ok",
        "protocol": told.protocol,
        "server": { "version": "2026.9.6" },
        "auth": { "role": "operator", "scopes": params["scopes"], "deviceToken": device_token(id) },
        "policy": { "maxPayload": 26_214_400, "tickIntervalMs": told.tick_ms },
    }))
}

fn device_token(id: &str) -> String {
    format!("for-{id}")
}

/// The signature is of the whole knock, and the id is that of the key.
fn is_signed(params: &Value, token: &str, ts: i64) -> bool {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (client, device) = (&params["client"], &params["device"]);
    let bytes = |value: &Value| URL_SAFE_NO_PAD.decode(text(value)).unwrap_or_default();
    let key = bytes(&device["publicKey"]);
    let id: String = Sha256::digest(&key).iter().map(|it| format!("{it:02x}")).collect();
    let scopes: Vec<String> = params["scopes"].as_array().into_iter().flatten().map(&text).collect();
    let parts = [
        "v3".to_owned(),
        id.clone(),
        text(&client["id"]),
        text(&client["mode"]),
        text(&params["role"]),
        scopes.join(","),
        ts.to_string(),
        token.to_owned(),
        NONCE.to_owned(),
        text(&client["platform"]),
        String::new(),
    ];
    id == text(&device["id"])
        && scopes == ["operator.read"]
        && UnparsedPublicKey::new(&ED25519, key).verify(parts.join("|").as_bytes(), &bytes(&device["signature"])).is_ok()
}
