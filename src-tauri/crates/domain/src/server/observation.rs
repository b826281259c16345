//! What one probe learned about one server, in terms that all kinds of server share. The engine fills it in; no server's own JSON
//! gets this far.

use std::time::Duration;

use crate::Kind;

/// The outcome of one probe of one server.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    pub kind: Option<Kind>,
    pub version: Option<String>,
    /// Time to the first byte of the liveness call; never of a completion.
    pub latency: Option<Duration>,
    pub answer: Answer,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Failed(Failure),
    Up(Serving),
}

/// Why a server could not be used. Only the first group is an outage; the second is a server that answers but refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    Refused,
    TimedOut,
    NameUnknown,
    NoRoute,
    Reset,
    /// TLS could not be agreed on, with the reason in a few words ("self-signed certificate").
    Tls(String),
    /// A certificate that neither this system nor a person trusts.
    Untrusted(Box<Certificate>),
    /// An HTTP error status without further explanation.
    Status(u16),
    /// It answers, but not as a model server: a web page, an error in a 200, a redirect elsewhere. In a few words.
    NotAnApi(String),
    /// The same, and the base URL shows why.
    WrongBaseUrl(BaseUrlFault),
    /// The base URL in the config can't be asked at all. In a few words.
    BadUrl(String),

    /// Up, but its model is not in memory yet (llama.cpp's 503 "Loading model").
    Starting,
    /// No key is configured and it wants one.
    AuthNeeded,
    /// The configured key was refused.
    AuthWrong,
    /// It refuses the host name in the base URL (403).
    HostRefused,
}

/// What is likely wrong with a base URL below which no model API answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseUrlFault {
    LacksV1,
    RepeatsV1,
    /// It goes on to a call, such as `/v1/chat/completions`.
    EndsInCall,
}

impl Failure {
    /// For machines; part of the JSON contract (`probe --json`).
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Failure::Refused => "refused",
            Failure::TimedOut => "timedOut",
            Failure::NameUnknown => "nameUnknown",
            Failure::NoRoute => "noRoute",
            Failure::Reset => "reset",
            Failure::Tls(_) => "tls",
            Failure::Untrusted(_) => "untrusted",
            Failure::Status(_) => "status",
            Failure::NotAnApi(_) | Failure::WrongBaseUrl(_) => "notAnApi",
            Failure::BadUrl(_) => "badUrl",
            Failure::Starting => "starting",
            Failure::AuthNeeded => "authNeeded",
            Failure::AuthWrong => "authWrong",
            Failure::HostRefused => "hostRefused",
        }
    }
}

/// A certificate that is not trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// SHA-256, as browsers show it: `AB:CD:...`.
    pub fingerprint: String,
    /// What is wrong with it, in a few words.
    pub why: String,
    /// A person trusts another certificate at this address.
    pub changed: bool,
}

/// What a server that answers said of its models.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Serving {
    /// `None`: this kind must not be asked, or a later round will.
    pub models: Option<Vec<ServedModel>>,
    /// It serves whatever it has loaded, whatever name is asked for (single-model llama.cpp).
    pub ignores_names: bool,
    /// A router to upstreams that were not checked (LiteLLM).
    pub routes_elsewhere: bool,
    pub busy: bool,
    /// How many models it holds at once, where it says so.
    pub room: Option<usize>,
    /// The names are patterns or the list was cut at the size limit: absence proves nothing.
    pub partial: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServedModel {
    pub id: String,
    pub aliases: Vec<String>,
    pub load: Load,
    /// The context really served for one request, in tokens.
    pub served_context: Option<u64>,
    /// The context that it will be loaded with, where the server says so beforehand, in tokens.
    pub configured_context: Option<u64>,
    /// The most that the model itself could take, in tokens.
    pub max_context: Option<u64>,
    pub quantisation: Option<String>,
    pub size_bytes: Option<u64>,
    /// It runs in a cloud and may cost money, although its server is local.
    pub remote: bool,
    /// Whether it takes tools; a server may refuse a request that has some.
    pub tools: Option<bool>,
    /// Its copies in memory, where a server may hold more than one (LM Studio).
    pub instances: Vec<String>,
    /// Where a router (LiteLLM) sends it: more than one where it balances, none where that is not known.
    pub upstreams: Vec<Upstream>,
}

impl ServedModel {
    /// The context of the next request, as far as it is known.
    #[must_use]
    pub fn context(&self) -> Option<u64> {
        self.served_context.or(self.configured_context)
    }
}

/// A server behind a router, and the model's name there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    pub base_url: String,
    pub api: Option<String>,
    pub model: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Load {
    Loaded,
    NotLoaded,
    Loading,
    Sleeping,
    Failed,
    /// This kind of server does not say.
    #[default]
    Unknown,
}

/// What the engine is asked to find out: one round of one server.
#[derive(Clone, PartialEq)]
pub struct ProbeRequest {
    pub provider: String,
    pub base_url: String,
    /// The provider's `api` as written, for kinds that depend on it (Ollama's native API).
    pub api: Option<String>,
    pub key: Option<String>,
    pub headers: Vec<(String, String)>,
    /// The kind found before; the engine then skips the fingerprint.
    pub kind: Option<Kind>,
    /// The model ids that the config names, so that a huge list need not be kept; `None` keeps all.
    pub wanted: Option<Vec<String>>,
    /// Also ask what is listed and loaded (rungs 2 and 3), not only whether it is alive (rung 1).
    pub deep: bool,
}

impl std::fmt::Debug for ProbeRequest {
    /// Keys and headers are secrets: a log line shows only that they are there.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProbeRequest")
            .field("provider", &self.provider)
            .field("base_url", &self.base_url)
            .field("api", &self.api)
            .field("key", &self.key.as_ref().map(|_| "(set)"))
            .field("headers", &self.headers.len())
            .field("kind", &self.kind)
            .field("deep", &self.deep)
            .finish_non_exhaustive()
    }
}
