//! What a server answers, or why it does not, in words.

use crate::Kind;
use crate::base::words::count;
use crate::server::observation::{Answer, Failure, Observation};

/// Why a server could not be used, as the end of a sentence: "connection refused".
#[must_use]
pub fn failure(why: &Failure) -> String {
    match why {
        Failure::Refused => "connection refused".to_owned(),
        Failure::TimedOut => "no answer in time".to_owned(),
        Failure::NameUnknown => "host name not found".to_owned(),
        Failure::NoRoute => "no route to the host".to_owned(),
        Failure::Reset => "connection closed in mid-answer".to_owned(),
        Failure::Tls(why) => format!("no secure connection: {why}"),
        Failure::Untrusted(it) if it.changed => "it shows another certificate than the one you trusted".to_owned(),
        Failure::Untrusted(it) => format!("its certificate is not trusted: {}", it.why),
        Failure::Status(status) => format!("answers with HTTP {status}"),
        Failure::NotAnApi(why) => format!("not a model API: {why}"),
        Failure::BadUrl(why) => format!("base URL can't be used: {why}"),
        Failure::Starting => "the model is still loading".to_owned(),
        Failure::AuthNeeded => "it wants a key and none is configured".to_owned(),
        Failure::AuthWrong => "the key was refused".to_owned(),
        Failure::HostRefused => "it refuses this host name (403)".to_owned(),
    }
}

/// What a person can do about a server that could not be used, as a sentence.
#[must_use]
pub fn next_step(why: &Failure) -> &'static str {
    match why {
        Failure::Refused => "Nothing listens there: start the server, or correct host and port.",
        Failure::TimedOut => {
            "It accepts and stays silent, or a firewall swallows it: look at the server's own log, restart it if it hangs."
        }
        Failure::NameUnknown => "Correct the host name, or use the address of the machine.",
        Failure::NoRoute => "Is that machine on, and in the same network?",
        Failure::Reset => "The server broke off: its own log says why, often too little memory.",
        Failure::Tls(_) => "Use http:// if the server speaks plain HTTP; else give it a certificate that this system trusts.",
        Failure::Untrusted(_) => {
            "Compare its fingerprint with the server's, then trust it in the window; or give it a certificate that this system trusts."
        }
        Failure::Status(500..) => "The server's own log says why.",
        Failure::Status(_) | Failure::NotAnApi(_) => {
            "Something else answers there: correct the address; most servers want /v1 at its end."
        }
        Failure::BadUrl(_) => "It should look like http://127.0.0.1:1234/v1.",
        Failure::Starting => "Wait until it is loaded.",
        Failure::AuthNeeded => "Give the key that the server was started with.",
        Failure::AuthWrong => "Give the key that the server was started with; this one is another.",
        Failure::HostRefused => "Ask it by its address instead of its name, or allow the name in the server's settings.",
    }
}

/// What a server that answers is: "answers in 38 ms · LM Studio 0.4 · lists 3 models".
#[must_use]
pub fn answers(seen: &Observation) -> String {
    let models = match &seen.answer {
        Answer::Up(serving) => serving.models.as_ref().map(Vec::len),
        Answer::Failed(_) => None,
    };
    answers_in(
        seen.latency.map(|it| u64::try_from(it.as_millis()).unwrap_or(u64::MAX)),
        server(seen.kind, seen.version.as_deref()),
        models,
    )
}

pub(crate) fn answers_in(ms: Option<u64>, server: Option<String>, models: Option<usize>) -> String {
    let parts =
        [ms.map(|ms| format!("answers in {ms} ms")), server, models.map(|n| format!("lists {}", count(n, "model", "models")))];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// "LM Studio 0.4"
#[must_use]
pub fn server(kind: Option<Kind>, version: Option<&str>) -> Option<String> {
    let label = kind?.label();
    Some(version.map_or_else(|| label.to_owned(), |version| format!("{label} {version}")))
}
