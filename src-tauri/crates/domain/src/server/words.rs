//! What a server answers, or why it does not, in words.

use crate::Kind;
use crate::server::observation::Failure;

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

/// "LM Studio 0.4"
#[must_use]
pub fn server(kind: Option<Kind>, version: Option<&str>) -> Option<String> {
    let label = kind?.label();
    Some(version.map_or_else(|| label.to_owned(), |version| format!("{label} {version}")))
}
