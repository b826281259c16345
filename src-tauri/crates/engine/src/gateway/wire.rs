//! The gateway's log lines as they are written (2026.3.28, 2026.7.1 and 2026.9.6, captured). Nothing of this shape leaves the file.

use domain::ModelRef;
use domain::decision::{Decision, LogEvent, Outcome, Reason};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    event: String,
    decision: Option<String>,
    run_id: Option<String>,
    session_id: Option<String>,
    requested_provider: Option<String>,
    requested_model: Option<String>,
    candidate_provider: Option<String>,
    candidate_model: Option<String>,
    next_candidate_provider: Option<String>,
    next_candidate_model: Option<String>,
    reason: Option<String>,
    status: Option<u16>,
    error_preview: Option<String>,
}

/// Text that a line of interest has; all others are passed over unread.
const MARKS: [&str; 4] =
    ["model_fallback_decision", "model_fallback_chain_stopped", "[model-fetch] response", "ended with stopReason=stop"];

/// One line of the log, if it says anything of a route.
#[must_use]
pub fn parse_line(line: &str) -> Option<LogEvent> {
    if !MARKS.iter().any(|it| line.contains(it)) {
        return None;
    }
    let line: Value = serde_json::from_str(line).ok()?;
    let at = line.get("time").and_then(Value::as_str)?.parse::<jiff::Timestamp>().ok()?.as_millisecond();
    ["1", "0", "2"].iter().filter_map(|key| line.get(key)).find_map(|part| match part {
        Value::Object(_) => decision(Entry::deserialize(part).ok()?, at),
        Value::String(text) => fetched(text, at).or_else(|| ended(text, at)),
        _ => None,
    })
}

fn decision(entry: Entry, at: i64) -> Option<LogEvent> {
    let candidate = ModelRef::new(entry.candidate_provider?, entry.candidate_model?);
    let requested = entry
        .requested_provider
        .zip(entry.requested_model)
        .map(|it| ModelRef::new(it.0, it.1))
        .unwrap_or_else(|| candidate.clone());
    let reason =
        Reason { code: entry.reason.unwrap_or_default(), status: entry.status, preview: entry.error_preview.unwrap_or_default() };
    let next = entry.next_candidate_provider.zip(entry.next_candidate_model).map(|it| ModelRef::new(it.0, it.1));
    let outcome = match (entry.event.as_str(), entry.decision.as_deref()) {
        ("model_fallback_chain_stopped", _) => Outcome::Stopped { reason },
        ("model_fallback_decision", Some("candidate_failed")) => Outcome::Failed { reason, next },
        ("model_fallback_decision", Some("candidate_succeeded")) => Outcome::Answered,
        ("model_fallback_decision", Some("skip_candidate")) => Outcome::Skipped { reason },
        _ => return None,
    };
    Some(LogEvent::Decision(Decision { at, run: entry.run_id, session: entry.session_id, requested, candidate, outcome }))
}

/// `[model-fetch] response provider=P api=A model=M status=200 ...`
fn fetched(text: &str, at: i64) -> Option<LogEvent> {
    let words = text.strip_prefix("[model-fetch] response ")?;
    let value = |name: &str| words.split(' ').find_map(|it| it.strip_prefix(name)?.strip_prefix('='));
    let model = ModelRef::new(value("provider")?, value("model")?);
    Some(LogEvent::Fetched { at, model, status: value("status")?.parse().ok()? })
}

/// `[agent] run R ended with stopReason=stop`
fn ended(text: &str, at: i64) -> Option<LogEvent> {
    let run = text.strip_prefix("[agent] run ")?.strip_suffix(" ended with stopReason=stop")?;
    Some(LogEvent::Ended { at, run: run.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_no_decision() {
        let line = |text: &str| parse_line(&format!(r#"{{"1":"{text}","time":"2026-11-23T09:04:10.516+00:00"}}"#));
        let at = 1_795_424_650_516;
        assert_eq!(line("[agent] run r-1 ended with stopReason=stop"), Some(LogEvent::Ended { at, run: "r-1".into() }));
        assert_eq!(line("[agent] run r-1 ended with stopReason=error"), None);
        let fetched = line(
            "[model-fetch] response provider=box api=openai-completions model=m-1 status=200 elapsedMs=14 contentType=text/event-stream",
        );
        assert_eq!(fetched, Some(LogEvent::Fetched { at, model: ModelRef::new("box", "m-1"), status: 200 }));
        assert_eq!(line("[model-fetch] response provider=box status=200"), None);
        assert_eq!(line("model_fallback_decision in plain words"), None);
        for junk in [
            "",
            "{",
            "model_fallback_decision",
            r#"{"1":{"event":"model_fallback_decision"}}"#,
            r#"{"1":{"event":"model_fallback_decision","decision":5},"time":"x"}"#,
        ] {
            assert_eq!(parse_line(junk), None, "{junk}");
        }
    }
}
