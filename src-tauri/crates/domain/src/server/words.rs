//! What a server answers, or why it does not, in words.

use crate::Kind;
use crate::server::observation::{BaseUrlFault, Failure};

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
        Failure::NotAnApi(why) => format!("no model API here ({why})"),
        Failure::WrongBaseUrl(_) => "no model API here".to_owned(),
        Failure::BadUrl(why) => format!("base URL can't be used: {why}"),
        Failure::Starting => "the model is still loading".to_owned(),
        Failure::AuthNeeded => "it wants a key, and none is configured".to_owned(),
        Failure::AuthWrong => "the key was refused".to_owned(),
        Failure::HostRefused => "it refuses this host name (403)".to_owned(),
    }
}

/// What a person can do about a server that could not be used, as a sentence.
#[must_use]
pub fn next_step(why: &Failure) -> &'static str {
    match why {
        Failure::Refused => "Nothing listens there: start the server, or correct its base URL.",
        Failure::TimedOut => {
            "It accepts connections but stays silent, or a firewall drops them. Look at the server's own log, and restart it if it hangs."
        }
        Failure::NameUnknown => "Correct the host name, or use the address of the machine.",
        Failure::NoRoute => "Is that machine on, and in the same network?",
        Failure::Reset => "The server stopped in the middle. Its own log says why, often too little memory.",
        Failure::Tls(_) => {
            "Use http:// if the server speaks plain HTTP. Otherwise give it a certificate that this system trusts."
        }
        Failure::Untrusted(_) => {
            "Compare its fingerprint with the server's, then trust it in the window. Or give it a certificate that this system trusts."
        }
        Failure::Status(500..) => "The server's own log says why.",
        Failure::Status(_) | Failure::NotAnApi(_) => {
            "Something else answers there. Correct the base URL; most servers need /v1 at the end."
        }
        Failure::WrongBaseUrl(BaseUrlFault::LacksV1) => "The base URL probably needs /v1 at the end.",
        Failure::WrongBaseUrl(BaseUrlFault::RepeatsV1) => "The base URL has /v1 twice at the end.",
        Failure::WrongBaseUrl(BaseUrlFault::EndsInCall) => {
            "The base URL must end before the name of the call, such as /chat/completions."
        }
        Failure::BadUrl(_) => "It should look like http://127.0.0.1:1234/v1.",
        Failure::Starting => "Wait until it is loaded.",
        Failure::AuthNeeded => "Set the key that the server was started with.",
        Failure::AuthWrong => "The server was started with another key: set that one.",
        Failure::HostRefused => "Use its IP address instead of its name, or allow the name in the server's settings.",
    }
}

/// "LM Studio 0.4"
#[must_use]
pub fn server(kind: Option<Kind>, version: Option<&str>) -> Option<String> {
    let label = kind?.label();
    Some(version.map_or_else(|| label.to_owned(), |version| format!("{label} {version}")))
}
