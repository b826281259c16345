//! Asks a model server what it is, whether it lives and what it serves, without ever making it work, load or forget: every question is
//! a GET from a fixed list, and an answer is always an [`Observation`], whatever the server does.
//!
//! `base` knows the shapes of base URLs, `client` the manners of asking, `failure` and `reply` what went wrong, `fingerprint` whom one
//! is talking to, `kinds` what differs from one kind of server to the next, `round` what was heard so far, `trail` how that is told.

mod base;
mod client;
mod failure;
mod fingerprint;
mod job;
mod kinds;
mod process;
mod reply;
mod round;
mod trail;
mod trust;
mod wire;

use std::collections::BTreeMap;

use base::Base;
use domain::Kind;
use domain::server::observation::{Answer, Failure, Observation, ProbeRequest, Serving};
pub(crate) use failure::tls_words;
use kinds::{Found, KindSpec, Liveness};
use round::Round;

pub use client::Timeouts;
pub use trail::{Explained, Purpose, Step};

/// The HTTP side of probing. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Prober {
    clients: client::Clients,
    processes: process::Processes,
}

/// The HTTP client could not be set up, as on a system whose TLS settings can't be read.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not be set up")]
pub struct ProberError(#[source] reqwest::Error);

impl Prober {
    /// # Errors
    /// When the system's TLS or proxy settings can't be used.
    pub fn new() -> Result<Self, ProberError> {
        Self::with_timeouts(Timeouts::default())
    }

    /// # Errors
    /// As [`Prober::new`].
    pub fn with_timeouts(timeouts: Timeouts) -> Result<Self, ProberError> {
        Ok(Self { clients: client::Clients::new(timeouts).map_err(ProberError)?, processes: process::Processes::default() })
    }

    /// The same with less patience for a whole round.
    #[must_use]
    pub fn within(mut self, whole: std::time::Duration) -> Self {
        self.clients.timeouts.whole = whole;
        self
    }

    /// One GET of a page that is no model server's. Without a key.
    pub(crate) async fn get(&self, origin: &str, path: &'static str) -> Result<Vec<u8>, Failure> {
        let base = Base::parse(origin, None).map_err(|why| Failure::BadUrl(why.to_owned()))?;
        let reply = self.clients.get(&base, base::Endpoint::Open(path), &anonymous_request(origin)).await?;
        if reply.is_ok() { Ok(reply.body) } else { Err(Failure::Status(reply.status)) }
    }

    /// Takes what a person trusts from this file, and keeps it there.
    #[must_use]
    pub fn trusting(mut self, file: std::path::PathBuf) -> Self {
        self.clients.trust = trust::Trust::kept_in(file);
        self
    }

    /// From now on this certificate is taken for this address, and no other. It is on the disk after `write_trusted`.
    pub fn trust(&self, base_url: &str, fingerprint: &str) {
        if let Ok(base) = Base::parse(base_url, None) {
            self.clients.trust.hold(base.origin(), fingerprint);
        }
    }

    /// And no longer.
    pub fn forget(&self, origin: &str) {
        self.clients.trust.forget(origin);
    }

    /// Writes what is trusted now. Blocks.
    ///
    /// # Errors
    /// When the file can't be written; what is trusted holds until the program ends all the same.
    pub fn write_trusted(&self) -> std::io::Result<()> {
        self.clients.trust.write()
    }

    /// Fingerprints by origin.
    #[must_use]
    pub fn trusted(&self) -> BTreeMap<String, String> {
        self.clients.trust.all()
    }

    /// One round: never fails, ends within [`Timeouts::whole`], and may be dropped at any point.
    pub async fn probe(&self, request: &ProbeRequest) -> Observation {
        self.explain(request).await.seen
    }

    /// The same, and how it came to that.
    pub async fn explain(&self, request: &ProbeRequest) -> Explained {
        let mut seen = Seen { kind: request.kind, ..Seen::default() };
        let base = match Base::parse(&request.base_url, request.api.as_deref()) {
            Ok(base) => base,
            Err(why) => {
                let seen = seen.with(Answer::Failed(Failure::BadUrl(why.to_owned())));
                return Explained { seen, why: None, steps: Vec::new() };
            }
        };
        let mut round = Round::new(&self.clients, &base, request);
        let outcome = tokio::time::timeout(self.clients.timeouts.whole, observe(&mut round, request, &mut seen)).await;
        let answer = match outcome {
            Ok(Ok(serving)) => Answer::Up(serving),
            // Alive, with its port still closed.
            Ok(Err(Failure::Refused)) if base.is_of_this_machine() && self.processes.are_starting_on(base.port()) => {
                Answer::Failed(Failure::Starting)
            }
            Ok(Err(failure)) => Answer::Failed(failure),
            Err(_) => Answer::Failed(Failure::TimedOut),
        };
        tracing::debug!(provider = request.provider, kind = seen.kind.map(Kind::id), asked = round.asked(), "probed");
        Explained { why: seen.why, seen: seen.with(answer), steps: round.trail }
    }
}

/// Returns the request of one who knows nothing of a server and has no key, for all that it says of itself.
#[must_use]
pub fn anonymous_request(base_url: &str) -> ProbeRequest {
    ProbeRequest {
        provider: String::new(),
        base_url: base_url.to_owned(),
        api: None,
        key: None,
        headers: Vec::new(),
        kind: None,
        wanted: None,
        deep: true,
    }
}

/// What is known of the server so far, whichever way the round ends.
#[derive(Default)]
struct Seen {
    kind: Option<Kind>,
    /// What showed the kind.
    why: Option<&'static str>,
    version: Option<String>,
    latency: Option<std::time::Duration>,
}

impl Seen {
    fn with(self, answer: Answer) -> Observation {
        Observation { kind: self.kind, version: self.version, latency: self.latency, answer }
    }
}

async fn observe(round: &mut Round<'_>, request: &ProbeRequest, seen: &mut Seen) -> Result<Serving, Failure> {
    let mut fresh = false;
    let mut spec = match request.kind {
        Some(kind) => kinds::spec(kind),
        None => {
            fresh = true;
            identify(round, seen).await?
        }
    };
    loop {
        let sure = match alive(round, spec, seen).await? {
            Liveness::Mine => true,
            Liveness::Unwell(failure) => return Err(failure),
            // Something else answers on that port now: what was known of it is void.
            Liveness::Stranger if !fresh => {
                fresh = true;
                spec = identify(round, seen).await?;
                continue;
            }
            // Its lists will say what is wrong.
            Liveness::Stranger => false,
        };
        if !request.deep && sure {
            return Ok(kinds::serving(spec.kind));
        }
        round.purpose = Purpose::Serves;
        round.ask_all(spec).await;
        if !fresh && round.answers.owner().is_some_and(|owner| spec.owner != Some(owner)) {
            fresh = true;
            spec = identify(round, seen).await?;
            continue;
        }
        let Found { kind, version, serving } = (spec.read)(spec.kind, &round.answers)?;
        seen.kind = Some(kind);
        seen.version = version.or(seen.version.take());
        return Ok(keep_wanted(serving, request.wanted.as_deref()));
    }
}

async fn identify(round: &mut Round<'_>, seen: &mut Seen) -> Result<&'static KindSpec, Failure> {
    *seen = Seen::default();
    round.forget_absent();
    round.purpose = Purpose::Kind;
    let (kind, why) = fingerprint::fingerprint(round).await?;
    (seen.kind, seen.why) = (Some(kind), Some(why));
    Ok(kinds::spec(kind))
}

/// Rung 1. Also where latency is taken.
async fn alive(round: &mut Round<'_>, spec: &KindSpec, seen: &mut Seen) -> Result<Liveness, Failure> {
    round.purpose = Purpose::Alive;
    let reply = round.ask(spec.alive).await?;
    let (latency, liveness) = (reply.latency, (spec.liveness)(spec, reply));
    if matches!(liveness, Liveness::Mine) {
        seen.latency = Some(latency);
    }
    Ok(liveness)
}

/// Longer lists are cut down to the models that the config names.
const LONG_LIST: usize = 200;

fn keep_wanted(mut serving: Serving, wanted: Option<&[String]>) -> Serving {
    if let (Some(wanted), Some(models)) = (wanted, serving.models.as_mut().filter(|it| it.len() > LONG_LIST)) {
        models.retain(|it| it.id.contains('*') || wanted.iter().any(|id| *id == it.id || it.aliases.contains(id)));
    }
    serving
}
