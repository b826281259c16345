//! A certificate that nobody vouches for, put before a person.

use serde::Serialize;
use ts_rs::TS;

use super::types::Severity;
use crate::app::state::State;
use crate::server::Server;
use crate::server::observation::Failure;

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

/// A certificate that a person took, and may take back.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Trusted {
    /// `https://gpu-rig:8443`
    pub origin: String,
    /// The boxes there.
    pub boxes: Vec<String>,
    pub fingerprint: String,
}

pub fn trusted(state: &State) -> Vec<Trusted> {
    let one = |(origin, fingerprint): (&String, &String)| {
        let there = state.fleet.servers.iter().filter(|it| origin_of(&it.1.base_url).as_ref() == Some(origin));
        let boxes = there.map(|it| state.servers().box_name(it.0)).collect();
        Trusted { origin: origin.clone(), boxes, fingerprint: fingerprint.clone() }
    };
    state.fleet.trusted.iter().map(one).collect()
}

fn origin_of(base_url: &str) -> Option<String> {
    url::Url::parse(base_url).ok().map(|it| it.origin().ascii_serialization())
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
