//! The gateway's WebSocket: optional, so it never makes noise. While there is no gateway, or no token for it, the log goes on serving.

mod identity;
mod session;
mod stream;
mod target;
mod wire;

use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::turns::gateway_connection::{ConnectionError, ConnectionState, GatewayEvent};
use domain::{Event, State};
use tokio::sync::{mpsc, watch};

use identity::Identity;
use target::Secret;
pub(crate) use target::Target;
pub use wire::Reader as FrameReader;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The gateway counts wrong tokens, and locks the door after some.
const PAUSE_AFTER_REFUSAL: Duration = Duration::from_secs(5 * 60);

/// Signs that may wait to be heard: a gateway that says more has to wait itself, and memory stays as it is.
const WAITING: usize = 1_024;

/// The socket, pointed at the gateway that the config means.
#[derive(Debug)]
pub(crate) struct Aim {
    path: PathBuf,
    profile: Option<String>,
    target: watch::Sender<Option<Target>>,
}

impl Aim {
    /// Nothing is asked before `at`. On the current runtime; it ends with the receiver.
    pub(crate) fn new(path: &Path, profile: Option<String>, folder: PathBuf) -> (Aim, mpsc::Receiver<Event>) {
        let (events, said) = mpsc::channel(WAITING);
        let target = watch::Sender::new(None);
        tokio::spawn(listen(target.subscribe(), folder, events));
        (Aim { path: path.to_owned(), profile, target }, said)
    }

    /// At the gateway that is meant now, once there was a config.
    pub(crate) fn at(&self, state: &State) {
        if state.file.hash.is_some() {
            let target = Some(Target::meant(&state.config.gateway, &self.path, self.profile.as_deref()));
            self.target.send_if_modified(|aim| std::mem::replace(aim, target.clone()) != target);
        }
    }
}

/// Runs until the receiver is gone. `target` changes with the config.
async fn listen(mut target: watch::Receiver<Option<Target>>, folder: PathBuf, events: mpsc::Sender<Event>) {
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

/// One look, for those who don't stay: how the link stands, and which sessions are on a fallback.
pub(crate) async fn glance(target: &Target, folder: &Path, patience: Duration) -> Vec<Event> {
    let (events, mut said) = mpsc::channel(64);
    let mut identity = None;
    let end = async {
        match ready(target, folder, &mut identity) {
            Ok(identity) => session::run(target, identity, &events).await.fault,
            Err(fault) => fault,
        }
    };
    let mut seen = Vec::new();
    let listed = async {
        while let Some(event) = said.recv().await {
            let last = matches!(event, Event::Gateway(GatewayEvent::Sessions(_)));
            seen.push(event);
            if last {
                return;
            }
        }
    };
    let fault = tokio::select! {
        fault = end => Some(fault),
        () = listed => None,
        () = tokio::time::sleep(patience) => Some(ConnectionError::Unreachable("no answer in time".to_owned())),
    };
    if let Some(fault) = fault.filter(|_| seen.is_empty()) {
        seen.push(Event::Gateway(GatewayEvent::Connection { url: target.url.clone(), state: ConnectionState::Down(fault) }));
    }
    seen
}

/// Returns when nobody listens any more.
async fn keep_connected(target: &Target, folder: &Path, identity: &mut Option<Identity>, events: &mpsc::Sender<Event>) {
    let report =
        async |link| events.send(Event::Gateway(GatewayEvent::Connection { url: target.url.clone(), state: link })).await.is_ok();
    let mut pause = FIRST_PAUSE;
    let mut shown = ConnectionState::Connecting;
    if !report(ConnectionState::Connecting).await {
        return;
    }
    loop {
        let end = match ready(target, folder, identity) {
            Ok(identity) => session::run(target, identity, events).await,
            Err(fault) => session::End { fault, stood: false },
        };
        if end.stood {
            pause = FIRST_PAUSE;
        }
        tracing::debug!("gateway {}: {:?}", target.url, end.fault);
        let wait = if is_refusal(&end.fault) { PAUSE_AFTER_REFUSAL } else { pause };
        let link = ConnectionState::Down(end.fault);
        if (end.stood || link != shown) && !report(link.clone()).await {
            return;
        }
        shown = link;
        tokio::select! {
            () = tokio::time::sleep(jittered(wait)) => {}
            () = events.closed() => return,
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// What has to be there before the gateway is asked.
fn ready<'a>(target: &Target, folder: &Path, identity: &'a mut Option<Identity>) -> Result<&'a mut Identity, ConnectionError> {
    if let Some(fault) = target.fault() {
        return Err(fault);
    }
    let missing = match &target.key {
        Secret::Missing(fault) => Some(fault.clone()),
        _ => None,
    };
    // Without a key of its own yet, this device was given no token either.
    if let (Some(fault), None, false) = (&missing, identity.as_ref(), Identity::is_kept(folder)) {
        return Err(fault.clone());
    }
    let mine = match identity {
        Some(mine) => mine,
        None => identity.insert(Identity::open(folder).map_err(|it| ConnectionError::NoIdentity(it.kind().to_string()))?),
    };
    match missing {
        Some(fault) if mine.token(&target.url).is_none() => Err(fault),
        _ => Ok(mine),
    }
}

/// Asking again soon would change nothing: a person has to do something first.
fn is_refusal(fault: &ConnectionError) -> bool {
    match fault {
        ConnectionError::NotRunning
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
    use std::hash::{BuildHasher, Hasher, RandomState};
    let spread = RandomState::new().build_hasher().finish() % 1_000;
    pause.mul_f64(0.75 + spread as f64 / 2_000.0)
}
