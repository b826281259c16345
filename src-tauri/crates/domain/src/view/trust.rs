//! A certificate that nobody vouches for, put before a person.

use serde::Serialize;
use ts_rs::TS;

use super::types::Severity;
use crate::observation::Failure;
use crate::state::Server;

/// A certificate that nobody vouches for, with its fingerprint to compare.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Distrust {
    pub severity: Severity,
    pub title: String,
    pub text: String,
    pub fingerprint: String,
}

/// A certificate that a person may take, on their own word.
pub fn trust(server: &Server) -> Option<Distrust> {
    let Some(Failure::Untrusted(it)) = &server.refusal else { return None };
    let (severity, title) = if it.changed {
        (Severity::Error, "It shows another certificate than the one you trusted.".to_owned())
    } else {
        (Severity::Warning, format!("Its certificate is not trusted: {}.", it.why))
    };
    let text = "Nothing was sent to it. Trust it only if this is the fingerprint (SHA-256) of the server's own certificate:";
    Some(Distrust { severity, title, text: text.to_owned(), fingerprint: it.fingerprint.clone() })
}
