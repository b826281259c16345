//! The gateway's log lines (2026.3.28 to 2026.9.6, captured). Nothing of this shape leaves the file.

use domain::ModelRef;
use domain::turns::signal::{Next, Reason, SignalKind, Source, TurnSignal};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DecisionLine {
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
    failover_reason: Option<String>,
    status: Option<u16>,
    error_preview: Option<String>,
    provider: Option<String>,
    model: Option<String>,
    is_error: Option<bool>,
    attempt: Option<u32>,
    total: Option<u32>,
}

/// A line of interest has one of these texts; all others are skipped unparsed.
const MARKS: [&str; 7] = [
    "\"event\":\"model_fallback_",
    "\"event\":\"embedded_run_failover_decision\"",
    "\"event\":\"embedded_run_agent_end\"",
    "auto-compaction failed for ",
    "[model-fetch] response",
    "ended with stopReason=stop",
    "stalled session: ",
];

/// Returns what one line of the log says of a run or a model, if anything.
#[must_use]
pub fn parse_line(line: &str) -> Option<TurnSignal> {
    if !MARKS.iter().any(|it| line.contains(it)) {
        return None;
    }
    let line: Value = serde_json::from_str(line).ok()?;
    let at = line.get("time").and_then(Value::as_str)?.parse::<jiff::Timestamp>().ok()?.as_millisecond();
    let trace = line.get("traceId").and_then(Value::as_str).map(str::to_owned);
    let signal = ["1", "0", "2"].iter().filter_map(|key| line.get(key)).find_map(|part| match part {
        Value::Object(_) => decision(DecisionLine::deserialize(part).ok()?, at),
        Value::String(text) => [fetched, ended, stalled, uncompacted].iter().find_map(|read| read(text, at)),
        _ => None,
    });
    signal.map(|it| TurnSignal { trace, ..it })
}

fn signal(at: i64, run: Option<String>, what: SignalKind) -> TurnSignal {
    TurnSignal { run, ..TurnSignal::new(at, Source::Log, what) }
}

fn decision(line: DecisionLine, at: i64) -> Option<TurnSignal> {
    let model = |provider: Option<String>, model: Option<String>| Some(ModelRef::new(provider?, model?));
    let code = line.reason.or(line.failover_reason).unwrap_or_default();
    let reason = Reason { code, status: line.status, preview: line.error_preview.unwrap_or_default() };
    let candidate = model(line.candidate_provider, line.candidate_model);
    let what = match (line.event.as_str(), line.decision.as_deref()) {
        ("model_fallback_chain_stopped", _) => SignalKind::Stopped { model: candidate?, reason },
        ("model_fallback_decision", Some("candidate_succeeded")) => SignalKind::Answered(candidate?),
        // A model that cools down after an earlier failure is skipped, and so has failed for this run too.
        ("model_fallback_decision", Some("candidate_failed" | "skip_candidate")) => {
            let skipped = line.decision.as_deref() == Some("skip_candidate");
            let next = match model(line.next_candidate_provider, line.next_candidate_model) {
                Some(next) => Next::Model(next),
                None if skipped => Next::Unsaid,
                None if line.attempt == Some(1) && line.total == Some(1) => Next::Alone,
                None => Next::Nobody,
            };
            SignalKind::Failed { model: candidate?, reason, next }
        }
        ("embedded_run_agent_end", _) if reason.code == "context_overflow" => {
            SignalKind::Overflowed(model(line.provider, line.model)?)
        }
        ("embedded_run_agent_end", _) if line.is_error == Some(true) => SignalKind::AttemptEnded,
        // The runs of `models status --probe` are no turns.
        ("embedded_run_failover_decision", Some("surface_error"))
            if line.run_id.as_deref().is_none_or(|it| !it.starts_with("probe-")) =>
        {
            SignalKind::Errored(reason)
        }
        _ => return None,
    };
    let requested = model(line.requested_provider, line.requested_model);
    Some(TurnSignal { session: line.session_id, requested, ..signal(at, line.run_id, what) })
}

/// `[model-fetch] response provider=P api=A model=M status=200 ...`
fn fetched(text: &str, at: i64) -> Option<TurnSignal> {
    let words = text.strip_prefix("[model-fetch] response ")?;
    let model = ModelRef::new(value(words, "provider")?, value(words, "model")?);
    Some(signal(at, None, SignalKind::Fetched { model, status: value(words, "status")?.parse().ok()? }))
}

/// `[agent] run R ended with stopReason=stop`
fn ended(text: &str, at: i64) -> Option<TurnSignal> {
    let run = text.strip_prefix("[agent] run ")?.strip_suffix(" ended with stopReason=stop")?;
    Some(signal(at, Some(run.to_owned()), SignalKind::Ended))
}

/// `auto-compaction failed for P/M: why`
fn uncompacted(text: &str, at: i64) -> Option<TurnSignal> {
    let (model, _) = text.strip_prefix("auto-compaction failed for ")?.split_once(": ")?;
    let (provider, model) = model.split_once('/')?;
    Some(signal(at, None, SignalKind::Uncompacted(ModelRef::new(provider, model))))
}

/// `stalled session: sessionId=S sessionKey=agent:A:main ... activeWorkKind=model_call ... lastProgressAge=390s ...`
fn stalled(text: &str, at: i64) -> Option<TurnSignal> {
    let words = text.strip_prefix("stalled session: ")?;
    if value(words, "activeWorkKind")? != "model_call" {
        return None;
    }
    let seconds: i64 = value(words, "lastProgressAge").or(value(words, "age"))?.strip_suffix('s')?.parse().ok()?;
    let session = value(words, "sessionId").filter(|it| *it != "unknown").map(str::to_owned);
    let agent = value(words, "sessionKey").and_then(agent_of).map(str::to_owned);
    session.as_ref()?;
    Some(TurnSignal { session, agent, ..signal(at, None, SignalKind::Stalled { waited_ms: seconds.checked_mul(1_000)? }) })
}

/// Returns the agent in `agent:NAME:rest`.
pub(super) fn agent_of(session_key: &str) -> Option<&str> {
    session_key.strip_prefix("agent:")?.split(':').next().filter(|it| !it.is_empty())
}

fn value<'a>(words: &'a str, name: &str) -> Option<&'a str> {
    words.split(' ').find_map(|it| it.strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: i64 = 1_795_424_650_516;

    fn line(text: &str) -> Option<TurnSignal> {
        parse_line(&format!(r#"{{"1":"{text}","time":"2026-11-23T09:04:10.516+00:00"}}"#))
    }

    #[test]
    fn lines_that_are_no_decision() {
        assert_eq!(line("[agent] run r-1 ended with stopReason=stop"), Some(signal(AT, Some("r-1".into()), SignalKind::Ended)));
        assert_eq!(line("[agent] run r-1 ended with stopReason=error"), None);
        let fetched = line(
            "[model-fetch] response provider=box api=openai-completions model=m-1 status=200 elapsedMs=14 contentType=text/event-stream",
        );
        assert_eq!(fetched, Some(signal(AT, None, SignalKind::Fetched { model: ModelRef::new("box", "m-1"), status: 200 })));
        assert_eq!(line("[model-fetch] response provider=box status=200"), None);
        assert_eq!(line("model_fallback_decision in plain words"), None);
        for junk in [
            "",
            "{",
            "\"event\":\"model_fallback_decision\"",
            r#"{"1":{"event":"model_fallback_decision"}}"#,
            r#"{"1":{"event":"model_fallback_decision","decision":5},"time":"x"}"#,
        ] {
            assert_eq!(parse_line(junk), None, "{junk}");
        }
    }

    /// As 2026.9.6 wrote it for a box that hung.
    #[test]
    fn a_run_that_waits_without_end() {
        let text = "stalled session: sessionId=458789b5 sessionKey=agent:ahang:main state=processing age=993s queueDepth=0 reason=repeated_model_requests_without_progress classification=stalled_agent_run activeWorkKind=model_call lastProgress=model_call:started lastProgressAge=390s repeatedRequestNoProgressAge=993s recovery=none";
        let said = line(text).expect("a signal");
        assert_eq!((said.session.as_deref(), said.agent.as_deref()), (Some("458789b5"), Some("ahang")));
        assert_eq!(said.what, SignalKind::Stalled { waited_ms: 390_000 });
        assert_eq!(line(&text.replace("model_call ", "tool_call ")), None, "a tool may take its time");
    }
}
