//! The gateway's WebSocket: optional, so it never makes noise. While there is no gateway, or no token for it, the log goes on serving.

mod identity;
mod session;
mod stream;
mod target;
mod wire;

use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::Event;
use domain::turns::gateway_connection::{ConnectionError, ConnectionState, GatewayEvent};
use tokio::sync::watch;

use crate::inbox::{EventSender, Message};
use crate::random::random;
use identity::Identity;
use target::GatewayAuth;
pub(crate) use target::Target;
pub use wire::FrameReader;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A gateway takes some seconds to start (2026.9.6, measured).
const PAUSE_WHILE_STARTING: Duration = Duration::from_secs(1);
/// The gateway counts wrong tokens, and locks the door after some.
const PAUSE_AFTER_REFUSAL: Duration = Duration::from_secs(5 * 60);

/// Runs until the actor has ended. `target` changes with the config.
pub(super) async fn listen(mut target: watch::Receiver<Option<Target>>, folder: PathBuf, events: EventSender) {
    let mut identity: Option<Identity> = None;
    loop {
        let now = target.borrow_and_update().clone();
        let gone = match now {
            None => target.changed().await.is_err(),
            Some(now) => {
                tokio::select! {
                    () = keep_connected(&now, &folder, &mut identity, &events) => true,
                    changed = target.changed() => changed.is_err(),
                }
            }
        };
        if gone || events.is_closed() {
            return;
        }
    }
}

/// Looks once, for a command that does not stay: whether the gateway lets us in, and which sessions are on a fallback.
pub(crate) async fn glance(target: &Target, folder: &Path, patience: Duration) -> Vec<Event> {
    let (events, mut inbox) = EventSender::new();
    let mut identity = None;
    let end = async {
        match ready(target, folder, &mut identity).await {
            Ok(identity) => session::run(target, identity, &events).await.error,
            Err(error) => error,
        }
    };
    let mut seen = Vec::new();
    let listed = async {
        while let Some(Message::Event(event)) = inbox.recv().await {
            let last = matches!(event, Event::Gateway(GatewayEvent::Sessions(_)));
            seen.push(event);
            if last {
                return;
            }
        }
    };
    let error = tokio::select! {
        error = end => Some(error),
        () = listed => None,
        () = tokio::time::sleep(patience) => Some(ConnectionError::Unreachable("no answer in time".to_owned())),
    };
    if let Some(error) = error.filter(|_| seen.is_empty()) {
        seen.push(Event::Gateway(GatewayEvent::Connection { url: target.shown(), state: ConnectionState::Down(error) }));
    }
    seen
}

/// Returns when the actor has ended.
async fn keep_connected(target: &Target, folder: &Path, identity: &mut Option<Identity>, events: &EventSender) {
    let report = async |state| events.send(Event::Gateway(GatewayEvent::Connection { url: target.shown(), state })).await.is_ok();
    let mut pause = FIRST_PAUSE;
    let mut reported = ConnectionState::Connecting;
    if !report(ConnectionState::Connecting).await {
        return;
    }
    loop {
        let end = match ready(target, folder, identity).await {
            Ok(identity) => session::run(target, identity, events).await,
            Err(error) => session::SessionEnd { error, connected: false },
        };
        if end.connected {
            pause = FIRST_PAUSE;
        }
        tracing::debug!("gateway {}: {:?}", target.shown(), end.error);
        let wait = match &end.error {
            ConnectionError::Starting => PAUSE_WHILE_STARTING,
            error if is_refusal(error) => PAUSE_AFTER_REFUSAL,
            _ => pause,
        };
        let state = ConnectionState::Down(end.error);
        if (end.connected || state != reported) && !report(state.clone()).await {
            return;
        }
        reported = state;
        tokio::select! {
            () = tokio::time::sleep(jittered(wait)) => {}
            () = events.closed() => return,
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Sees to what has to be there before the gateway is asked.
async fn ready<'a>(
    target: &Target,
    folder: &Path,
    identity: &'a mut Option<Identity>,
) -> Result<&'a mut Identity, ConnectionError> {
    if let Some(error) = target.error() {
        return Err(error);
    }
    let (target, folder, known) = (target.clone(), folder.to_owned(), identity.take());
    let opened = tokio::task::spawn_blocking(move || open_identity(&target, &folder, known)).await;
    opened.map_err(|error| ConnectionError::NoIdentity(error.to_string()))?.map(|own| identity.insert(own))
}

fn open_identity(target: &Target, folder: &Path, known: Option<Identity>) -> Result<Identity, ConnectionError> {
    let missing = match &target.key {
        GatewayAuth::Missing(error) => Some(error.clone()),
        _ => None,
    };
    // Without a key of its own yet, this device was given no token either.
    if let (Some(error), None, false) = (&missing, &known, Identity::is_kept(folder)) {
        return Err(error.clone());
    }
    let own = match known {
        Some(own) => own,
        None => Identity::open(folder).map_err(|error| ConnectionError::NoIdentity(error.kind().to_string()))?,
    };
    match missing {
        Some(error) if own.token(&target.shown()).is_none() => Err(error),
        _ => Ok(own),
    }
}

/// Asking again soon would change nothing: a person has to do something first.
fn is_refusal(error: &ConnectionError) -> bool {
    match error {
        ConnectionError::NotRunning
        | ConnectionError::Starting
        | ConnectionError::Unreachable(_)
        | ConnectionError::Tls(_)
        | ConnectionError::NotAGateway(_)
        | ConnectionError::Lost => false,
        // It is waited for while someone approves it.
        ConnectionError::PairingNeeded | ConnectionError::NoIdentity(_) => false,
        ConnectionError::NoToken
        | ConnectionError::TokenElsewhere
        | ConnectionError::WrongToken
        | ConnectionError::TokenWanted
        | ConnectionError::PasswordWanted
        | ConnectionError::WrongPassword
        | ConnectionError::Protocol(_)
        | ConnectionError::NoScope
        | ConnectionError::TooManyTries
        | ConnectionError::Refused(_) => true,
    }
}

/// A quarter more or less, so that many do not all come back in the same instant.
fn jittered(pause: Duration) -> Duration {
    let spread = random() % 1_000;
    pause.mul_f64(0.75 + spread as f64 / 2_000.0)
}
