//! The gateway's frames, protocols 3 and 4 (2026.3.28 to 2026.9.6, captured). Frames that say nothing of a run or a model are
//! skipped unparsed, and texts are never kept.

use std::borrow::Cow;
use std::collections::HashMap;

use domain::ModelRef;
use domain::turns::gateway_connection::ConnectionError;
use domain::turns::signal::{Next, Reason, SignalKind, Source, TurnSignal};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::identity::Identity;
use super::target::{GatewayAuth, Target};
use crate::gateway::wire::agent_of;

/// A run that produces output reports it many times a second; once in this time is enough.
const ALIVE_EVERY_MS: i64 = 10_000;
/// Runs and sessions for which the last report is remembered.
const RUNS: usize = 512;

pub(super) const CONNECT: &str = "connect";
pub(super) const SUBSCRIBE: &str = "subscribe";
pub(super) const SESSIONS: &str = "sessions";

/// A frame of interest.
#[derive(Debug, PartialEq)]
pub(super) enum Incoming {
    Challenge { nonce: String, at: i64 },
    Answer { id: String, answer: Result<Value, Refused> },
    Signal(Box<TurnSignal>),
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct Refused {
    pub(super) error: Option<ConnectionError>,
    /// The token that was given to this device is no longer one.
    pub(super) stale: bool,
}

/// What the gateway grants to a new connection.
#[derive(Debug, Default)]
pub(super) struct Hello {
    pub(super) version: Option<String>,
    pub(super) may_read: bool,
    pub(super) token: Option<String>,
    pub(super) tick_ms: Option<u64>,
}

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    event: Option<Cow<'a, str>>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    ok: Option<bool>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AgentEvent<'a> {
    run_id: Option<String>,
    session_id: Option<String>,
    #[serde(borrow)]
    session_key: Option<Cow<'a, str>>,
    agent_id: Option<String>,
    #[serde(borrow)]
    stream: Option<Cow<'a, str>>,
    ts: Option<i64>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Lifecycle {
    error: Option<String>,
    phase: String,
    provider: Option<String>,
    model: Option<String>,
    aborted: bool,
    execution_settled: bool,
    error_observation: Option<ErrorObservation>,
    fallback_step_from_model: Option<String>,
    fallback_step_to_model: Option<String>,
    fallback_step_from_failure_reason: Option<String>,
    fallback_step_from_failure_detail: Option<String>,
    fallback_step_chain_position: Option<u32>,
    fallback_step_final_outcome: Option<String>,
    selected_provider: Option<String>,
    selected_model: Option<String>,
    active_provider: Option<String>,
    active_model: Option<String>,
    terminal_receipt: Option<Receipt>,
    attempt: Option<u32>,
    max_attempts: Option<u32>,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ErrorObservation {
    provider: Option<String>,
    model: Option<String>,
    failover_reason: Option<String>,
}

#[derive(Deserialize)]
struct Receipt {
    requested: Option<ModelName>,
    effective: Option<ModelName>,
}

#[derive(Deserialize)]
struct ModelName {
    provider: String,
    model: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SessionMessage {
    session_key: Option<String>,
    agent_id: Option<String>,
    session_id: Option<String>,
    message: Option<StoredMessage>,
    session: Option<SessionRow>,
}

/// A session as the gateway lists it, in the part that says who chose its model.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SessionRow {
    session_id: Option<String>,
    /// `None` where the release does not say, `Some(None)` where it is null.
    #[serde(default, deserialize_with = "present")]
    model_override_source: Option<Option<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SessionChanged {
    session_key: Option<String>,
    ts: Option<i64>,
    session: Option<SessionRow>,
}

/// The text is not among the fields, so it is never kept.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredMessage {
    role: Option<String>,
    provider: Option<String>,
    model: Option<String>,
    stop_reason: Option<String>,
    timestamp: Option<i64>,
}

/// Reads frame after frame of one connection.
#[derive(Debug, Default)]
pub struct FrameReader {
    /// When each run was last reported as alive.
    alive: HashMap<String, i64>,
    /// Whether a person chose the model of each session.
    pinned: HashMap<String, bool>,
}

impl FrameReader {
    /// Returns what a frame says of a run or a model, if anything.
    pub fn signal(&mut self, text: &str) -> Option<TurnSignal> {
        match self.read(text)? {
            Incoming::Signal(signal) => Some(*signal),
            _ => None,
        }
    }

    /// Returns why the gateway refused a request, if a frame says so.
    pub fn refusal(&mut self, text: &str) -> Option<ConnectionError> {
        match self.read(text)? {
            Incoming::Answer { answer: Err(refused), .. } => refused.error,
            _ => None,
        }
    }

    pub(super) fn read(&mut self, text: &str) -> Option<Incoming> {
        let frame: Frame<'_> = serde_json::from_str(text).ok()?;
        if frame.kind.as_deref() == Some("res") {
            let answer = if frame.ok == Some(true) {
                Ok(frame.payload.and_then(|it| serde_json::from_str(it.get()).ok()).unwrap_or(Value::Null))
            } else {
                Err(refused(frame.error.and_then(|it| serde_json::from_str(it.get()).ok()).unwrap_or(Value::Null)))
            };
            return Some(Incoming::Answer { id: frame.id?.into_owned(), answer });
        }
        let payload = frame.payload?.get();
        match frame.event.as_deref()? {
            "connect.challenge" => {
                let payload: Value = serde_json::from_str(payload).ok()?;
                let nonce = payload.get("nonce")?.as_str()?.to_owned();
                Some(Incoming::Challenge { nonce, at: payload.get("ts").and_then(Value::as_i64)? })
            }
            "agent" => self.agent(serde_json::from_str(payload).ok()?).map(|it| Incoming::Signal(Box::new(it))),
            "session.message" => session_message(serde_json::from_str(payload).ok()?).map(|it| Incoming::Signal(Box::new(it))),
            "sessions.changed" => self.changed(serde_json::from_str(payload).ok()?).map(|it| Incoming::Signal(Box::new(it))),
            _ => None,
        }
    }

    fn agent(&mut self, agent: AgentEvent<'_>) -> Option<TurnSignal> {
        let run = agent.run_id?;
        let at = agent.ts?;
        let (requested, what) = match agent.stream.as_deref()? {
            "lifecycle" | "run_status" => {
                self.alive.remove(&run);
                lifecycle(serde_json::from_str(agent.data?.get()).ok()?)?
            }
            // A count of tokens, or a gap in what the gateway sends.
            "usage" | "error" => return None,
            // Any other stream: a part of an answer, a thought, a tool.
            stream => {
                if self.alive.get(&run).is_some_and(|last| at < last + ALIVE_EVERY_MS) {
                    return None;
                }
                if self.alive.len() >= RUNS {
                    self.alive.clear();
                }
                self.alive.insert(run.clone(), at);
                (None, SignalKind::Alive { speaking: matches!(stream, "assistant" | "thinking") })
            }
        };
        let key = agent.session_key.map(Cow::into_owned);
        let agent_id = agent.agent_id.or_else(|| agent_of(key.as_deref()?).map(str::to_owned));
        let signal = TurnSignal::new(at, Source::Socket, what);
        Some(TurnSignal { run: Some(run), session: agent.session_id, key, agent: agent_id, requested, ..signal })
    }

    /// A person chose a session's model, or no longer. Told once: the gateway lists a session many times in a turn.
    fn changed(&mut self, changed: SessionChanged) -> Option<TurnSignal> {
        let (key, row) = (changed.session_key?, changed.session?);
        let is_pinned = row.model_override_source?.as_deref() == Some("user");
        if self.pinned.get(&key) == Some(&is_pinned) {
            return None;
        }
        if self.pinned.len() >= RUNS {
            self.pinned.clear();
        }
        self.pinned.insert(key.clone(), is_pinned);
        let signal = TurnSignal::new(changed.ts?, Source::Socket, SignalKind::Pinned(is_pinned));
        Some(TurnSignal { session: row.session_id, key: Some(key), ..signal })
    }
}

/// A value that is there, be it `null`.
fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Deserialize::deserialize(from).map(Some)
}

fn lifecycle(event: Lifecycle) -> Option<(Option<ModelRef>, SignalKind)> {
    let model = |provider: Option<String>, model: Option<String>| Some(ModelRef::new(provider?, model?));
    let what = match event.phase.as_str() {
        "start" | "starting_model" => SignalKind::Asking(None),
        "model" => SignalKind::Asking(Some(model(event.provider, event.model)?)),
        "retrying" => SignalKind::Retrying {
            n: event.attempt?,
            of: event.max_attempts?,
            reason: Reason::of(event.reason.unwrap_or_default()),
        },
        "finishing" if !event.aborted => {
            let observation = event.error_observation?;
            let reason = Reason::of(observation.failover_reason?);
            SignalKind::Failed { model: model(observation.provider, observation.model)?, reason, next: Next::Unsaid }
        }
        "fallback_step" => return fallback_step(event),
        "fallback" => {
            let requested = model(event.selected_provider, event.selected_model)?;
            return Some((Some(requested), SignalKind::Answered(model(event.active_provider, event.active_model)?)));
        }
        "fallback_cleared" => SignalKind::Cleared(model(event.selected_provider, event.selected_model)?),
        "end" => {
            if let Some((requested, effective)) = event.terminal_receipt.and_then(|it| it.requested.zip(it.effective)) {
                let requested = ModelRef::new(requested.provider, requested.model);
                return Some((Some(requested), SignalKind::Answered(ModelRef::new(effective.provider, effective.model))));
            }
            if event.aborted { SignalKind::Interrupted } else { SignalKind::Ended }
        }
        "error" if event.aborted || event.error.as_deref().is_some_and(is_no_models_fault) => SignalKind::Interrupted,
        // 2026.7.1 gives no reason, and this is its own sentence.
        "error" if event.error.as_deref().is_some_and(|it| it.starts_with("Context overflow: ")) => {
            SignalKind::Errored(Reason::of("context_overflow"))
        }
        // Before 2026.9 an attempt that is repeated ends in an error too.
        "error" if !event.execution_settled => SignalKind::AttemptEnded,
        "error" => {
            let reason = event.error_observation.and_then(|it| it.failover_reason);
            SignalKind::Errored(Reason::of(reason.unwrap_or_default()))
        }
        _ => return None,
    };
    Some((None, what))
}

/// Whether OpenClaw ended the run itself: it restarts, or its route was changed just then (2026.8.2, 2026.9.6).
fn is_no_models_fault(error: &str) -> bool {
    ["Gateway is draining", "Gateway is restarting", "generation was superseded"].iter().any(|it| error.contains(it))
}

fn fallback_step(event: Lifecycle) -> Option<(Option<ModelRef>, SignalKind)> {
    let from = ModelRef::parse(&event.fallback_step_from_model?)?;
    let to = event.fallback_step_to_model.as_deref().and_then(ModelRef::parse);
    let preview = event.fallback_step_from_failure_detail.unwrap_or_default();
    // "401 Invalid API key": the log has the status apart.
    let status = preview.split(' ').next().and_then(|it| it.parse().ok()).filter(|it| (400..600).contains(it));
    let reason = Reason { code: event.fallback_step_from_failure_reason.unwrap_or_default(), status, preview };
    let requested = (event.fallback_step_chain_position == Some(1)).then(|| from.clone());
    let next = match event.fallback_step_final_outcome?.as_str() {
        "succeeded" => return Some((None, SignalKind::Answered(to?))),
        "chain_exhausted" if event.fallback_step_chain_position == Some(1) => Next::Alone,
        "chain_exhausted" => Next::Nobody,
        _ => to.map_or(Next::Unsaid, Next::Model),
    };
    Some((requested, SignalKind::Failed { model: from, reason, next }))
}

/// Only a message that ended well is an answer: some versions store failed attempts, too.
fn session_message(event: SessionMessage) -> Option<TurnSignal> {
    let message = event.message.filter(|it| it.role.as_deref() == Some("assistant"))?;
    if !matches!(message.stop_reason.as_deref(), Some("stop" | "toolUse")) {
        return None;
    }
    let agent = event.agent_id.or_else(|| agent_of(event.session_key.as_deref()?).map(str::to_owned));
    let session = event.session.and_then(|it| it.session_id).or(event.session_id);
    let what = SignalKind::Spoke(ModelRef::new(message.provider?, message.model?));
    Some(TurnSignal { session, key: event.session_key, agent, ..TurnSignal::new(message.timestamp?, Source::Socket, what) })
}

/// Returns which model answered the last turn of each session, oldest first, where the gateway says it beside the one asked for.
pub(super) fn sessions(answer: &Value) -> Vec<TurnSignal> {
    let rows = answer.get("sessions").and_then(Value::as_array).into_iter().flatten();
    let signal = |row: &Value| {
        let text = |name: &str| row.get(name).and_then(Value::as_str).map(str::to_owned);
        let requested = ModelRef::new(text("modelProvider")?, text("model")?);
        let active = ModelRef::new(text("activeModelProvider")?, text("activeModel")?);
        let at = row.get("endedAt").and_then(Value::as_i64).filter(|_| text("status").as_deref() == Some("done"))?;
        Some(TurnSignal {
            run: text("lastRunId"),
            session: text("sessionId"),
            key: text("key"),
            agent: text("agentId"),
            requested: Some(requested),
            ..TurnSignal::new(at, Source::Socket, SignalKind::Answered(active))
        })
    };
    let mut signals: Vec<TurnSignal> = rows.filter_map(signal).collect();
    signals.sort_by_key(|it| it.at);
    signals
}

pub(super) fn hello(answer: &Value) -> Hello {
    let at = |pointer: &str| answer.pointer(pointer);
    let text = |pointer: &str| at(pointer).and_then(Value::as_str).map(str::to_owned);
    let scopes = at("/auth/scopes").and_then(Value::as_array);
    let can_read = |scope: &Value| matches!(scope.as_str(), Some("operator.read" | "operator.admin"));
    Hello {
        version: text("/server/version"),
        // Without scopes in the answer, those that were asked for hold.
        may_read: scopes.is_none_or(|scopes| scopes.iter().any(can_read)),
        token: text("/auth/deviceToken"),
        tick_ms: at("/policy/tickIntervalMs").and_then(Value::as_u64),
    }
}

pub(super) fn request(id: &str, method: &str, params: Value) -> String {
    json!({ "type": "req", "id": id, "method": method, "params": params }).to_string()
}

/// Scope and role are the least that can list sessions. The gateway knows client names from a closed list.
pub(super) fn connect(target: &Target, identity: &Identity, nonce: &str, at: i64) -> String {
    const ID: &str = "gateway-client";
    const MODE: &str = "backend";
    const ROLE: &str = "operator";
    const SCOPE: &str = "operator.read";
    let kept = identity.token(&target.shown());
    let (auth, token) = match &target.key {
        GatewayAuth::Token(token) => (json!({ "token": token }), token.clone()),
        GatewayAuth::Password(password) => (json!({ "password": password }), String::new()),
        GatewayAuth::Missing(_) | GatewayAuth::Unneeded => match kept {
            Some(token) => (json!({ "deviceToken": token }), token),
            None => (Value::Null, String::new()),
        },
    };
    let platform = std::env::consts::OS;
    let id = identity.id();
    let signed = format!("v3|{id}|{ID}|{MODE}|{ROLE}|{SCOPE}|{at}|{token}|{nonce}|{platform}|");
    let mut params = json!({
        "minProtocol": 3,
        "maxProtocol": 4,
        "client": { "id": ID, "displayName": "Pilot Light", "version": env!("CARGO_PKG_VERSION"), "platform": platform, "mode": MODE },
        "role": ROLE,
        "scopes": [SCOPE],
        "caps": [],
        "commands": [],
        "permissions": {},
        "device": {
            "id": id,
            "publicKey": identity.public_key(),
            "signature": identity.sign(&signed),
            "signedAt": at,
            "nonce": nonce,
        },
    });
    if !auth.is_null() {
        params["auth"] = auth;
    }
    request(CONNECT, CONNECT, params)
}

fn refused(error: Value) -> Refused {
    let text = |pointer: &str| error.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (code, message) = (text("/details/code"), text("/message"));
    let says = |words: &str| message.contains(words);
    let error = match code {
        "AUTH_TOKEN_MISMATCH" | "AUTH_UNAUTHORIZED" | "AUTH_DEVICE_TOKEN_MISMATCH" => ConnectionError::WrongToken,
        "AUTH_PASSWORD_MISMATCH" => ConnectionError::WrongPassword,
        "AUTH_TOKEN_MISSING" | "AUTH_REQUIRED" | "DEVICE_IDENTITY_REQUIRED" => ConnectionError::TokenWanted,
        "AUTH_PASSWORD_MISSING" => ConnectionError::PasswordWanted,
        "AUTH_RATE_LIMITED" => ConnectionError::TooManyTries,
        "PAIRING_REQUIRED" => ConnectionError::PairingNeeded,
        "PROTOCOL_MISMATCH" => {
            let wanted = error.pointer("/details/expectedProtocol").and_then(Value::as_u64);
            ConnectionError::Protocol(wanted.and_then(|it| u32::try_from(it).ok()))
        }
        // Older ones give a sentence alone.
        _ if says("token mismatch") => ConnectionError::WrongToken,
        _ if says("password mismatch") => ConnectionError::WrongPassword,
        _ if says("token missing") || says("device identity required") => ConnectionError::TokenWanted,
        _ if says("pairing required") => ConnectionError::PairingNeeded,
        _ if says("protocol mismatch") => ConnectionError::Protocol(None),
        "" if text("/code") == "UNAVAILABLE" => ConnectionError::Starting,
        "" => ConnectionError::Refused(text("/code").chars().take(40).collect()),
        other => ConnectionError::Refused(other.chars().take(40).collect()),
    };
    Refused { error: Some(error), stale: code == "AUTH_DEVICE_TOKEN_MISMATCH" }
}
