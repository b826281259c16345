//! Why a model was left, and what the move to another one means, in words.

use crate::ModelRef;
use crate::base::openclaw::OWN_PROMPT;
use crate::base::releases::Release;
use crate::server::Servers;
use crate::server::observation::Failure;
use crate::server::words::failure;
use crate::turns::fallback::Fallback;
use crate::turns::signal::Reason;

/// "Local did not answer (connection refused)." for the primary, then the fallbacks that failed too.
pub fn why_left(servers: Servers<'_>, from: &ModelRef, fallback: &Fallback) -> String {
    let unknown = Reason::default();
    let mut failed: Vec<(&ModelRef, &Reason)> = fallback.failed.iter().map(|it| (&it.0, &it.1)).collect();
    if failed.is_empty() {
        failed.push((from, &unknown));
    }
    let sentences = failed.iter().map(|(model, reason)| {
        let probe = if *model == from {
            fallback.probe.as_ref().or(servers.outage(&model.provider))
        } else {
            servers.outage(&model.provider)
        };
        if reason.code.is_empty() {
            format!("{} did not answer.", servers.config.name(model))
        } else {
            left_because(&servers.config.name(model), reason, probe)
        }
    });
    sentences.collect::<Vec<_>>().join(" ")
}

/// How OpenClaw ended a turn without trying the rest of the route, as a sentence; and what would help, where something would.
pub fn gave_up(servers: Servers<'_>, release: Release, on: &ModelRef, reason: &Reason) -> (String, Option<String>) {
    let name = servers.config.name(on);
    if !reason.is_silence() {
        let why = failed_with(&name, reason, servers.outage(&on.provider));
        return (format!("{why}, and OpenClaw ended the turn without a fallback"), None);
    }
    let timeout = servers.config.provider(&on.provider).and_then(|it| it.timeout_seconds);
    let too_short = release.shortest_timeout().filter(|shortest| timeout.is_some_and(|it| it < *shortest));
    let advice = too_short.map(|it| format!("Set timeoutSeconds of {} to {it} or more.", on.provider));
    (format!("{name} did not answer in time, and OpenClaw ended the turn without a fallback"), advice)
}

/// What a move from one model to another means for privacy and for cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    LeavesMachine,
    YourBox,
    AnotherBox,
    AnotherHosted,
}

impl Destination {
    #[must_use]
    pub fn of(servers: Servers<'_>, from: &ModelRef, to: &ModelRef) -> Self {
        match (servers.is_local(from), servers.is_local(to)) {
            (true, false) => Destination::LeavesMachine,
            (false, true) => Destination::YourBox,
            (true, true) => Destination::AnotherBox,
            (false, false) => Destination::AnotherHosted,
        }
    }

    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Destination::LeavesMachine => "Requests now leave this machine.",
            Destination::YourBox => "Your box answers.",
            Destination::AnotherBox => "Another of your boxes answers.",
            Destination::AnotherHosted => "Another hosted model answers.",
        }
    }

    /// As a fact in a row of facts.
    #[must_use]
    pub fn fact(self) -> &'static str {
        match self {
            Destination::LeavesMachine => "requests leave this machine",
            Destination::YourBox => "your box answers",
            Destination::AnotherBox => "another of your boxes answers",
            Destination::AnotherHosted => "another hosted model answers",
        }
    }
}

/// What a turn on a hosted model costs at the least, as a sentence without its full stop: OpenClaw's own prompt is about 19,000 tokens
/// (2026.9.6, measured). Only where the box was to answer and the model has a price.
pub fn price_of_turn(servers: Servers<'_>, from: &ModelRef, to: &ModelRef) -> Option<String> {
    let (input, _) = servers.config.model(to)?.cost.filter(|it| it.0 > 0.0)?;
    if !servers.is_local(from) || servers.is_local(to) {
        return None;
    }
    let dollars = input * OWN_PROMPT as f64 / 1e6;
    Some(if dollars < 0.005 {
        "A turn costs less than a cent".to_owned()
    } else {
        format!("A turn costs about ${dollars:.2} or more")
    })
}

/// OpenClaw's reason for leaving a model, as a sentence about it.
#[must_use]
pub fn left_because(name: &str, reason: &Reason, probe: Option<&Failure>) -> String {
    match short_reason(reason, probe) {
        Short::Sentence(verb) => format!("{name} {verb}."),
        Short::Aside(why) => format!("{name} did not answer ({why})."),
    }
}

/// The same, for a list of models: "Local: connection refused".
#[must_use]
pub fn failed_with(name: &str, reason: &Reason, probe: Option<&Failure>) -> String {
    match short_reason(reason, probe) {
        Short::Sentence(verb) => format!("{name} {verb}"),
        Short::Aside(why) => format!("{name}: {why}"),
    }
}

/// Why the same model is asked again.
#[must_use]
pub fn retry(reason: &Reason) -> String {
    match short_reason(reason, None) {
        Short::Sentence(verb) => format!("it {verb}"),
        Short::Aside(why) => why,
    }
}

enum Short {
    Sentence(&'static str),
    Aside(String),
}

fn short_reason(reason: &Reason, probe: Option<&Failure>) -> Short {
    match reason.code.as_str() {
        "rate_limit" => Short::Sentence("hit its rate limit"),
        "billing" => Short::Sentence("has no credit left"),
        "auth" | "auth_permanent" => Short::Sentence("refused its key"),
        "model_not_found" => Short::Sentence("was not found on its server"),
        "context_overflow" => Short::Sentence("was given more than its context holds"),
        "overloaded" => Short::Sentence("is overloaded"),
        // The log calls a dead port "timeout" too; our own probe knows better, and so does the error text.
        "timeout" => Short::Aside(match (reason.told_status(), probe) {
            (Some(status), _) => format!("HTTP {status}"),
            (None, Some(why)) => failure(why),
            (None, None) if reason.preview.contains("timed out") => "no answer in time".to_owned(),
            (None, None) if reason.preview.contains("terminated") => "connection closed in mid-answer".to_owned(),
            (None, None) => "connection error".to_owned(),
        }),
        _ => Short::Aside(match reason.status {
            Some(status) => format!("HTTP {status}"),
            None => reason.code.replace('_', " "),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_probe_names_the_reason_better_than_the_log() {
        let reason = Reason { code: "timeout".into(), status: Some(408), preview: "Connection error.".into() };
        assert_eq!(left_because("Local", &reason, Some(&Failure::Refused)), "Local did not answer (connection refused).");
        assert_eq!(left_because("Local", &reason, None), "Local did not answer (connection error).");
        let server_error = Reason { preview: "500 internal server error".into(), ..reason.clone() };
        assert_eq!(left_because("Local", &server_error, None), "Local did not answer (HTTP 500).");
        let limited = Reason { code: "rate_limit".into(), ..Reason::default() };
        assert_eq!(left_because("Sonnet", &limited, None), "Sonnet hit its rate limit.");
    }
}
