//! The rules of asking: no proxy for the house's own servers, no redirect followed, the key only to where it belongs, 127.0.0.1 before
//! ::1, a limit on time and on size for everything.

use super::base::{Base, Endpoint, Reach, is_localhost};
use super::failure;
use super::kinds::{Call, Details, ModelDetails};
use super::reply::Reply;
use super::trust::{self, Shown, Trust};
use domain::base::locality;
use domain::server::observation::{Failure, ProbeRequest};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long each step of a probe may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// To connect, on this machine, in this house, elsewhere.
    pub connect: [Duration; 3],
    /// A whole call that a live server answers at once.
    pub liveness: Duration,
    /// A whole call that may list much or read a disk.
    pub listing: Duration,
    /// All calls of one probe together.
    pub whole: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: [Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(5)],
            liveness: Duration::from_secs(2),
            listing: Duration::from_secs(5),
            whole: Duration::from_secs(12),
        }
    }
}

/// An answer's body is read up to here; the rest is left.
pub(crate) const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// The details of this many models are kept.
const DETAILS_KEPT: usize = 256;

/// llama.cpp and Express close an idle connection after 5 s; a probe comes every 10 s. Kept only for the calls of one round.
const IDLE: Duration = Duration::from_secs(2);

/// One client for each distance, and one for each origin with TLS, which knows what is trusted there. Reading the system's certificates
/// takes longer than all the probes of a box at home, so it waits until an https:// URL asks for it.
#[derive(Clone, Debug)]
pub(crate) struct Clients {
    plain: [reqwest::Client; 3],
    /// For questions with a key: they reach private addresses alone, whatever a name says.
    guarded: [reqwest::Client; 3],
    secure: Arc<Mutex<HashMap<String, Client>>>,
    pub trust: Trust,
    details: Arc<Mutex<HashMap<[String; 3], ModelDetails>>>,
    pub absent: Absent,
    pub timeouts: Timeouts,
}

/// What servers were started without, so that it need not be asked for in each round. Forgotten when a server is found out anew, as
/// after a restart, and after a while.
#[derive(Clone, Debug, Default)]
pub(crate) struct Absent(Arc<Mutex<HashMap<String, Instant>>>);

impl Absent {
    const HOLDS: Duration = Duration::from_secs(600);

    pub(crate) fn has(&self, base: &Base, at: Endpoint) -> bool {
        at == METRICS && self.held().get(base.origin()).is_some_and(|it| it.elapsed() < Self::HOLDS)
    }

    pub(crate) fn note(&self, base: &Base, at: Endpoint, status: u16) {
        if at == METRICS && matches!(status, 404 | 501) {
            self.held().insert(base.origin().to_owned(), Instant::now());
        }
    }

    pub(crate) fn forget(&self, base: &Base) {
        self.held().remove(base.origin());
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<String, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// llama.cpp has it only if its command line says so.
const METRICS: Endpoint = Endpoint::Root("metrics");

/// Sends, and knows which certificate it was shown.
#[derive(Clone, Debug)]
struct Client {
    http: reqwest::Client,
    shown: Shown,
    trusted: Option<String>,
}

impl Client {
    fn failure(&self, error: &reqwest::Error, base: &Base) -> Failure {
        match failure::of(error, base) {
            Failure::Tls(why) => match self.shown.certificate(&why, self.trusted.is_some()) {
                Some(certificate) if failure::is_about_certificate(error) => Failure::Untrusted(Box::new(certificate)),
                _ => Failure::Tls(why),
            },
            other => other,
        }
    }
}

/// Clients with TLS are kept for this many origins.
const ORIGINS_KEPT: usize = 64;

impl Clients {
    pub(crate) fn new(timeouts: Timeouts) -> Result<Self, reqwest::Error> {
        let built = |guard| {
            let client = |reach| builder(reach, &timeouts).dns_resolver(LocalhostFirst(guard)).tls_certs_only([]).build();
            Ok([client(Reach::Loopback)?, client(Reach::Private)?, client(Reach::Public)?])
        };
        Ok(Self {
            plain: built(Guard::None)?,
            guarded: built(Guard::PrivateOnly)?,
            secure: Arc::default(),
            trust: Trust::default(),
            details: Arc::default(),
            absent: Absent::default(),
            timeouts,
        })
    }

    /// `secret`: a key goes along.
    fn client(&self, base: &Base, secret: bool) -> Result<Client, Failure> {
        if !base.secure {
            if secret && base.reach == Reach::Public {
                return Err(Failure::BadUrl(IN_THE_CLEAR.to_owned()));
            }
            let http = if secret { &self.guarded } else { &self.plain }[base.reach as usize].clone();
            return Ok(Client { http, shown: Shown::default(), trusted: None });
        }
        let trusted = self.trust.of(base.origin());
        let mut secure = self.secure.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = secure.get(base.origin()).filter(|it| it.trusted == trusted) {
            return Ok(client.clone());
        }
        let unreadable = || Failure::Tls("the certificates of this system can't be read".to_owned());
        let shown = Shown::default();
        let tls = trust::config(trusted.clone(), shown.clone()).map_err(|_| unreadable())?;
        let http = builder(base.reach, &self.timeouts).tls_backend_preconfigured(tls).build().map_err(|_| unreadable())?;
        if secure.len() >= ORIGINS_KEPT {
            secure.clear();
        }
        let client = Client { http, shown, trusted };
        secure.insert(base.origin().to_owned(), client.clone());
        Ok(client)
    }

    /// One GET. A connection that had gone stale in the pool is tried once more, afresh.
    pub(crate) async fn get(&self, base: &Base, at: Endpoint, request: &ProbeRequest) -> Result<Reply, Failure> {
        let limit = match at {
            Endpoint::Open(_) | Endpoint::Api("chat/completions") => self.timeouts.liveness,
            Endpoint::Api(_) | Endpoint::Root(_) => self.timeouts.listing,
        };
        // Setting it up is not the server's fault: not on its time.
        let secrets = if matches!(at, Endpoint::Open(_)) { HeaderMap::new() } else { credentials(request) };
        let client = self.client(base, !secrets.is_empty())?;
        let call = client.http.get(base.url(at)).headers(secrets);
        tokio::time::timeout(limit, exchange(&client, call, base, request)).await.unwrap_or(Err(Failure::TimedOut))
    }

    /// The one POST of a probe, sent once for each version of a model: Ollama gives a model's own facts by no other way. It reads them
    /// from its disk and loads nothing.
    pub(crate) async fn details(
        &self,
        base: &Base,
        request: &ProbeRequest,
        details: &Details,
        model: &str,
        digest: &str,
    ) -> Result<ModelDetails, Failure> {
        let url = base.url(details.at);
        let key = [url.clone(), model.to_owned(), digest.to_owned()];
        let known = || self.details.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(&key) {
            return Ok(*found);
        }
        let secrets = credentials(request);
        let client = self.client(base, !secrets.is_empty())?;
        let call = client.http.post(url).headers(secrets).header(CONTENT_TYPE, "application/json");
        let call = call.body(serde_json::json!({ "model": model }).to_string());
        let reply = tokio::time::timeout(self.timeouts.listing, exchange(&client, call, base, request)).await;
        // An older one, or a model just removed: what it does not say is not known.
        let found = (details.read)(&reply.unwrap_or(Err(Failure::TimedOut))?).unwrap_or_default();
        let mut known = known();
        if known.len() >= DETAILS_KEPT {
            known.clear();
        }
        known.insert(key, found);
        Ok(found)
    }

    /// Sends a server to work. Never twice. What comes of its answer is heard as it comes.
    pub(crate) async fn post(
        &self,
        base: &Base,
        request: &ProbeRequest,
        call: &Call,
        limit: Duration,
        hear: &Hear<'_>,
    ) -> Result<Reply, Failure> {
        let mut headers = credentials(request);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // Anthropic's way of asking.
        if call.at == Endpoint::Api("messages") {
            headers.insert("anthropic-version", HeaderValue::from_static("2023-06-01"));
            if let Some(key) = request.key.as_ref().and_then(|key| secret(key)) {
                headers.insert("x-api-key", key);
            }
        }
        let client = self.client(base, request.key.is_some() || !request.headers.is_empty())?;
        let send = client.http.post(call.url(base)).headers(headers).body(call.body.to_string()).timeout(limit);
        let asked = Instant::now();
        let response = send.send().await.map_err(|error| client.failure(&error, base))?;
        read(response, asked.elapsed(), base, request, hear).await
    }
}

/// Gets all that has come of a body so far, each time that there is more of it.
pub(crate) type Hear<'a> = dyn Fn(&[u8]) + Sync + 'a;

async fn exchange(client: &Client, call: reqwest::RequestBuilder, base: &Base, request: &ProbeRequest) -> Result<Reply, Failure> {
    let mut again = true;
    let (response, latency) = loop {
        let asked = Instant::now();
        let Some(call) = call.try_clone() else { return Err(Failure::Reset) };
        match call.send().await {
            Ok(response) => break (response, asked.elapsed()),
            Err(error) if again && failure::is_stale(&error) => again = false,
            Err(error) => return Err(client.failure(&error, base)),
        }
    };
    read(response, latency, base, request, &|_| {}).await
}

async fn read(
    mut response: reqwest::Response,
    latency: Duration,
    base: &Base,
    request: &ProbeRequest,
    hear: &Hear<'_>,
) -> Result<Reply, Failure> {
    let mut body = Vec::new();
    let mut cut = false;
    while let Some(chunk) = response.chunk().await.map_err(|error| failure::of(&error, base))? {
        let room = BODY_LIMIT - body.len();
        cut = chunk.len() > room;
        body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if cut {
            break;
        }
        hear(&body);
    }
    Ok(Reply {
        status: response.status().as_u16(),
        headers: std::mem::take(response.headers_mut()),
        body,
        cut,
        latency,
        keyed: request.key.is_some() || request.headers.iter().any(|it| it.0.trim().eq_ignore_ascii_case("authorization")),
        named: base.named,
        hint: base.hint,
    })
}

fn builder(reach: Reach, timeouts: &Timeouts) -> reqwest::ClientBuilder {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let builder = reqwest::Client::builder()
        .user_agent(concat!("pilotlight/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        // One version of HTTP, so that one set of limits holds: hyper's own cap of some 400 KB for the head of an answer.
        .http1_only()
        .connect_timeout(timeouts.connect[reach as usize])
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(1)
        .dns_resolver(LocalhostFirst(Guard::None));
    // Elsewhere the system's proxy may be the only way out; at home it would answer in the server's stead.
    if reach == Reach::Public { builder } else { builder.no_proxy() }
}

/// What goes to the base URL's own origin and nowhere else. A value that is no legal header is left out: the server will ask for it.
fn credentials(request: &ProbeRequest) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Some(value) = request.key.as_ref().and_then(|key| secret(&format!("Bearer {}", key.trim()))) {
        headers.insert(AUTHORIZATION, value);
    }
    for (name, value) in &request.headers {
        let Ok(name) = HeaderName::from_bytes(name.trim().as_bytes()) else { continue };
        // These say how the message is sent, and are the client's own business.
        if ["host", "connection", "content-length", "transfer-encoding", "origin", "accept", "accept-encoding"]
            .contains(&name.as_str())
        {
            continue;
        }
        if let Some(value) = secret(value) {
            headers.insert(name, value);
        }
    }
    headers
}

fn secret(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text.trim()).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Local servers mostly listen on IPv4 alone, while `localhost` may resolve to ::1 first, at the price of a wait. The name in the URL,
/// and so in the Host header, stays as written.
struct LocalhostFirst(Guard);

#[derive(Clone, Copy, PartialEq)]
enum Guard {
    None,
    PrivateOnly,
}

const IN_THE_CLEAR: &str = "it leads to a public address, where http:// would send the key in the clear; use https://";

/// A name that was to lead into this house leads elsewhere.
#[derive(Debug, thiserror::Error)]
#[error("{IN_THE_CLEAR}")]
pub(super) struct PublicAddress;

impl Resolve for LocalhostFirst {
    fn resolve(&self, name: Name) -> Resolving {
        let (name, guard) = (name.as_str().to_owned(), self.0);
        Box::pin(async move {
            let found: Vec<SocketAddr> = if is_localhost(&name) {
                vec![(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()]
            } else {
                tokio::net::lookup_host((name, 0)).await.map_err(failure::NameLookup)?.collect()
            };
            let is_known = !found.is_empty();
            let reached: Vec<SocketAddr> =
                found.into_iter().filter(|it| guard == Guard::None || locality::is_local_ip(it.ip())).collect();
            if is_known && reached.is_empty() {
                return Err(PublicAddress.into());
            }
            Ok(Box::new(reached.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name that the system resolves to a public address, without asking anybody.
    #[tokio::test]
    async fn a_key_goes_to_private_addresses_alone() {
        for (name, guard, reaches) in [
            ("198.51.100.7", Guard::PrivateOnly, false),
            ("198.51.100.7", Guard::None, true),
            ("192.168.1.4", Guard::PrivateOnly, true),
            ("localhost", Guard::PrivateOnly, true),
        ] {
            let asked = LocalhostFirst(guard).resolve(name.parse().expect("a name")).await;
            assert_eq!(asked.is_ok(), reaches, "{name}");
        }
        let clients = Clients::new(Timeouts::default()).expect("clients");
        let public = Base::parse("http://198.51.100.7/v1", None).expect("a base URL");
        assert!(matches!(clients.client(&public, true), Err(Failure::BadUrl(_))));
        assert!(clients.client(&public, false).is_ok());
    }
}
