//! One connection to the gateway, from the handshake to its end.

use std::time::Duration;

use domain::Event;
use domain::turns::gateway_connection::{ConnectionError, ConnectionState, GatewayEvent};
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::identity::Identity;
use super::stream::{self, Socket};
use super::target::Target;
use super::wire::{self, FrameReader, Incoming};
use crate::inbox::EventSender;

/// For the challenge and for the answer to `connect`.
const PATIENCE: Duration = Duration::from_secs(10);
/// The gateway ticks this often, where it does not say.
const TICK: Duration = Duration::from_secs(30);
const FASTEST_TICK: Duration = Duration::from_millis(100);
const SLOWEST_TICK: Duration = Duration::from_secs(120);

/// Why a connection ended, and whether there was one.
pub(super) struct SessionEnd {
    pub(super) error: ConnectionError,
    pub(super) connected: bool,
}

/// Runs until the connection breaks.
pub(super) async fn run(target: &Target, identity: &mut Identity, events: &EventSender) -> SessionEnd {
    match shake_hands(target, identity).await {
        Err(error) => SessionEnd { error, connected: false },
        Ok((socket, hello)) => {
            let state = ConnectionState::Up { version: hello.version };
            let _ = events.send(Event::Gateway(GatewayEvent::Connection { url: target.shown(), state })).await;
            let tick = hello.tick_ms.map_or(TICK, Duration::from_millis).clamp(FASTEST_TICK, SLOWEST_TICK);
            SessionEnd { error: follow(socket, tick, events).await, connected: true }
        }
    }
}

async fn shake_hands(target: &Target, identity: &mut Identity) -> Result<(Socket, wire::Hello), ConnectionError> {
    let mut socket = stream::open(&target.url).await?;
    let mut reader = FrameReader::default();
    let challenged = async {
        loop {
            match next(&mut socket, &mut reader).await? {
                Some(Incoming::Challenge { nonce, at }) => return Ok::<_, ConnectionError>((nonce, at)),
                // What speaks before it is asked is something else.
                Some(_) => return Err(ConnectionError::NotAGateway("it does not speak OpenClaw's protocol".to_owned())),
                None => {}
            }
        }
    };
    let silent = |_| Err(ConnectionError::NotAGateway("it sends no challenge".to_owned()));
    let (nonce, at) = timeout(PATIENCE, challenged).await.unwrap_or_else(silent)?;
    send(&mut socket, wire::connect(target, identity, &nonce, at)).await?;
    let answered = async {
        loop {
            if let Some(Incoming::Answer { id, answer }) = next(&mut socket, &mut reader).await?
                && id == wire::CONNECT
            {
                return Ok::<_, ConnectionError>(answer);
            }
        }
    };
    let answer = timeout(PATIENCE, answered).await.unwrap_or(Err(ConnectionError::Lost))?;
    let hello = match answer {
        Ok(answer) => wire::hello(&answer),
        Err(refused) => {
            if refused.stale {
                identity.keep_token(&target.shown(), None).await;
            }
            return Err(refused.error.unwrap_or(ConnectionError::Lost));
        }
    };
    if let Some(token) = &hello.token {
        identity.keep_token(&target.shown(), Some(token.clone())).await;
    }
    if !hello.may_read {
        return Err(ConnectionError::NoScope);
    }
    // After each connection anew: the gateway forgets with the connection what it was asked to tell.
    send(&mut socket, wire::request(wire::SUBSCRIBE, "sessions.subscribe", json!({}))).await?;
    send(&mut socket, wire::request(wire::SESSIONS, "sessions.list", json!({}))).await?;
    Ok((socket, hello))
}

/// Reads until the connection breaks. A gateway ticks: one that is silent for a tick is asked, and one that stays silent is gone, though
/// the connection looks alive.
async fn follow(mut socket: Socket, tick: Duration, events: &EventSender) -> ConnectionError {
    let mut reader = FrameReader::default();
    let mut heard_at = Instant::now();
    let mut asked = false;
    loop {
        let deadline = heard_at + if asked { tick * 2 } else { tick + tick / 4 };
        let frame = match tokio::time::timeout_at(deadline, next(&mut socket, &mut reader)).await {
            Ok(frame) => frame,
            Err(_) if asked => return ConnectionError::Lost,
            Err(_) => {
                asked = true;
                match timeout(tick, socket.send(Message::Ping(Vec::new().into()))).await {
                    Ok(Ok(())) => continue,
                    _ => return ConnectionError::Lost,
                }
            }
        };
        (heard_at, asked) = (Instant::now(), false);
        let event = match frame {
            Err(error) => return error,
            Ok(Some(Incoming::Signal(signal))) => GatewayEvent::Signal(signal),
            Ok(Some(Incoming::Answer { id, answer: Ok(answer) })) if id == wire::SESSIONS => {
                GatewayEvent::Sessions(wire::sessions(&answer))
            }
            // A version that can't list its sessions still tells of them.
            Ok(Some(Incoming::Answer { id, answer: Err(refused) })) if id == wire::SUBSCRIBE => {
                return refused.error.filter(|it| !matches!(it, ConnectionError::Refused(_))).unwrap_or(ConnectionError::NoScope);
            }
            Ok(_) => continue,
        };
        if events.send(Event::Gateway(event)).await.is_err() {
            return ConnectionError::Lost;
        }
    }
}

async fn send(socket: &mut Socket, text: String) -> Result<(), ConnectionError> {
    timeout(PATIENCE, socket.send(Message::text(text))).await.ok().and_then(Result::ok).ok_or(ConnectionError::Lost)
}

/// Returns the next frame; `None` for one that says nothing of interest.
async fn next(socket: &mut Socket, reader: &mut FrameReader) -> Result<Option<Incoming>, ConnectionError> {
    match socket.next().await {
        Some(Ok(Message::Text(text))) => Ok(reader.read(&text)),
        Some(Ok(Message::Close(_))) | None => Err(ConnectionError::Lost),
        Some(Ok(_)) => Ok(None),
        Some(Err(Error::Capacity(_))) => Err(ConnectionError::NotAGateway("it sends more than a gateway does".to_owned())),
        Some(Err(_)) => Err(ConnectionError::Lost),
    }
}
