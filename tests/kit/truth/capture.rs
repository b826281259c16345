//! Reads a captured folder.

use std::path::Path;

use domain::ModelRef;
use domain::config::Config;
use serde_json::Value;

/// Between an edit of the route and the turn after it, where the capture does not say when it was made.
const BEFORE_TURN_MS: i64 = 5_000;

/// A line may be written so long after its turn's end.
const LATE_MS: i64 = 1_000;
const DECISIONS: [&str; 2] = ["\"candidate_succeeded\"", "\"chain_exhausted\""];

/// What a gateway wrote and said, and what really happened.
#[derive(Clone, Debug)]
pub struct Capture {
    /// The gateway's version.
    pub release: String,
    /// The config's text before any edit.
    pub config: String,
    pub turns: Vec<Turn>,
    /// When the box's process lived: (since, until), Unix milliseconds.
    pub alive: Vec<(i64, i64)>,
    /// When the route was turned round in the file.
    pub swaps: Vec<i64>,
    /// The sections of the capture, by their beginning.
    pub sections: Vec<(i64, String)>,
    pub log: Vec<(i64, String)>,
    pub socket: Vec<(i64, Said)>,
}

/// One turn as the person who asked saw it.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    pub label: String,
    pub session: String,
    pub begin: i64,
    pub end: i64,
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// By the provider of this id.
    Answered(String),
    /// No model answered: all were tried.
    Exhausted,
    /// It ended without an answer, for a reason that is no model's.
    Ended,
}

/// What came over the socket.
#[derive(Clone, Debug)]
pub enum Said {
    /// As it came over the wire.
    Frame(String),
    Connected {
        version: Option<String>,
    },
    /// The gateway's answer to the handshake, as it came over the wire.
    Refused(String),
    Closed,
    /// Nobody listens.
    Unreachable,
}

impl Capture {
    /// # Errors
    /// Names the file that can't be read.
    pub fn read(folder: &Path) -> Result<Capture, String> {
        let text = |name: &str| {
            let path = folder.join(name);
            std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let config = text("openclaw.json")?;
        let truth = rows(&text("truth.jsonl")?)?;
        let socket = rows(&text("socket.jsonl")?)?;
        let log = text("log.jsonl")?.lines().filter_map(|line| Some((logged_at(line)?, line.to_owned()))).collect();
        let socket: Vec<(i64, Said)> = socket.iter().filter_map(said).collect();
        let release = socket.iter().find_map(|it| match &it.1 {
            Said::Connected { version } => version.clone(),
            _ => None,
        });
        let mut capture = Capture {
            release: release.ok_or("socket.jsonl names no version")?,
            config,
            turns: turns(&truth)?,
            alive: alive(&truth),
            swaps: socket.iter().filter(|it| is_config_change(&it.1)).map(|it| it.0).collect(),
            sections: sections(&truth),
            log,
            socket,
        };
        if capture.swaps.is_empty() {
            capture.swaps = capture.assumed_swaps();
        }
        capture.log.sort_by_key(|it| it.0);
        capture.socket.sort_by_key(|it| it.0);
        Ok(capture)
    }

    /// The config at a time, with the route turned round as often as was done until then.
    #[must_use]
    pub fn config_after(&self, swaps: usize) -> String {
        if swaps.is_multiple_of(2) {
            return self.config.clone();
        }
        let [primary, fallback] = self.written();
        let mark = "\u{0}";
        let mut text = self.config.clone();
        for key in ["primary: ", "fallbacks: ["] {
            for (from, to) in [(&primary, &fallback), (&fallback, &primary)] {
                text = text.replace(&format!("{key}\"{from}\""), &format!("{key}{mark}\"{to}\""));
            }
        }
        text.replace(mark, "")
    }

    fn read_config(&self) -> Config {
        Config::read(&document::Document::parse(&self.config).expect("a config"), &|_| None).0
    }

    /// The primary and its first fallback, as the file spells them.
    fn written(&self) -> [String; 2] {
        let mut written = self.read_config().defaults.written();
        written.truncate(2);
        written.try_into().expect("a primary and a fallback")
    }

    /// The primary and its first fallback after so many swaps.
    ///
    /// # Panics
    /// When the config has no such route.
    #[must_use]
    pub fn chain(&self, swaps: usize) -> [ModelRef; 2] {
        let mut chain = self.read_config().chain();
        if !swaps.is_multiple_of(2) {
            chain.swap(0, 1);
        }
        chain.truncate(2);
        chain.try_into().expect("a primary and a fallback")
    }

    #[must_use]
    pub fn swaps_until(&self, at: i64) -> usize {
        self.swaps.iter().filter(|it| **it <= at).count()
    }

    #[must_use]
    pub fn box_is_alive(&self, at: i64) -> bool {
        self.alive.iter().any(|(since, until)| (*since..*until).contains(&at))
    }

    /// A fallback lasts in its session, until the session's own primary answers (measured on 2026.5.28 and 2026.6.11; not so on 2026.8.2 and
    /// 2026.9.6).
    #[must_use]
    pub fn is_sticky(&self) -> bool {
        let mut parts = self.release.split('.').map(|it| it.parse::<u32>().unwrap_or(0));
        (parts.next(), parts.next()) < (Some(2026), Some(8))
    }

    /// Why the log alone can't tell how a turn came out; `None` where it can.
    #[must_use]
    pub fn untold_by_log(&self, turn: &Turn) -> Option<&'static str> {
        let of_turn = || self.log.iter().filter(|it| (turn.begin..=turn.end + LATE_MS).contains(&it.0)).map(|it| it.1.as_str());
        if turn.outcome == Outcome::Ended {
            return None;
        }
        if of_turn().any(|line| DECISIONS.iter().any(|it| line.contains(it))) {
            return None;
        }
        if !of_turn().any(|line| line.contains("[model-fetch] response") && line.contains("status=200")) {
            return Some("the log has no line of its answer");
        }
        self.is_sticky().then_some("the log names a model that answered, and not the session")
    }

    fn assumed_swaps(&self) -> Vec<i64> {
        let marks = self.turns.iter().filter(|it| ["after swap", "back"].contains(&it.label.as_str()));
        marks.map(|it| it.begin - BEFORE_TURN_MS).collect()
    }
}

fn rows(text: &str) -> Result<Vec<Value>, String> {
    text.lines().map(|line| serde_json::from_str(line).map_err(|error| format!("{error}: {line}"))).collect()
}

fn logged_at(line: &str) -> Option<i64> {
    let line: Value = serde_json::from_str(line).ok()?;
    Some(line.get("time")?.as_str()?.parse::<jiff::Timestamp>().ok()?.as_millisecond())
}

fn at(row: &Value) -> Option<i64> {
    row.get("at")?.as_i64()
}

fn said(row: &Value) -> Option<(i64, Said)> {
    let text = |name: &str| row.get(name).and_then(Value::as_str);
    let said = if let Some(event) = text("ev") {
        let payload = row.get("p").cloned().unwrap_or_default();
        Said::Frame(serde_json::json!({ "type": "event", "event": event, "payload": payload }).to_string())
    } else if row.get("connect").and_then(Value::as_bool) == Some(true) {
        Said::Connected { version: row.pointer("/server/version").and_then(Value::as_str).map(str::to_owned) }
    } else if row.get("connect").is_some() {
        let error = row.get("err").cloned().unwrap_or_default();
        Said::Refused(serde_json::json!({ "type": "res", "id": "connect", "ok": false, "error": error }).to_string())
    } else {
        match text("ws")? {
            "close" => Said::Closed,
            _ => Said::Unreachable,
        }
    };
    Some((at(row)?, said))
}

fn is_config_change(said: &Said) -> bool {
    matches!(said, Said::Frame(text) if text.contains(r#""event":"config.changed""#))
}

fn turns(truth: &[Value]) -> Result<Vec<Turn>, String> {
    let mut open: Vec<Turn> = Vec::new();
    let mut turns = Vec::new();
    for row in truth {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        let Some(at) = at(row) else { continue };
        match text("k") {
            "TURN begin" => open.push(Turn {
                label: text("label").to_owned(),
                session: text("session").to_owned(),
                begin: at,
                end: at,
                outcome: Outcome::Ended,
            }),
            "TURN end" => {
                let which = open.iter().position(|it| it.label == text("label"));
                let turn = open.remove(which.ok_or_else(|| format!("an end without its begin: {row}"))?);
                let by = text("text").strip_prefix("pong from ").filter(|_| text("state") == "final");
                let outcome = match by {
                    Some(by) => Outcome::Answered(by.trim().to_owned()),
                    None if text("error").contains("All models failed") => Outcome::Exhausted,
                    None => Outcome::Ended,
                };
                turns.push(Turn { end: at, outcome, ..turn });
            }
            _ => {}
        }
    }
    Ok(turns)
}

fn alive(truth: &[Value]) -> Vec<(i64, i64)> {
    let mut alive = Vec::new();
    let mut since = None;
    for row in truth {
        match (row.get("k").and_then(Value::as_str), at(row)) {
            (Some("BOX up"), Some(at)) => since = since.or(Some(at)),
            (Some("BOX killed"), Some(at)) => alive.extend(since.take().map(|since| (since, at))),
            _ => {}
        }
    }
    alive.extend(since.map(|since| (since, i64::MAX)));
    alive
}

fn sections(truth: &[Value]) -> Vec<(i64, String)> {
    let name = |row: &Value| Some((at(row)?, row.get("k")?.as_str()?.strip_prefix("== ")?.to_owned()));
    truth.iter().filter_map(name).collect()
}
