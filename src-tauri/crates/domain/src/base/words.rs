//! How numbers, times and reasons are put into words. One place, so that the menu, the window, the notices and the command line agree.

use std::time::Duration;

use crate::server::observation::{Answer, Failure, Observation};
use crate::turns::signal::Reason;
use crate::{Kind, Now};

/// `196,608`
#[must_use]
pub fn tokens(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `196k`, for where there is little room. Never rounds up: a context is not larger than it is.
#[must_use]
pub fn short_tokens(n: u64) -> String {
    match n {
        0..1_000 => n.to_string(),
        1_000..1_000_000 => format!("{}k", n / 1_000),
        _ if (n / 100_000).is_multiple_of(10) => format!("{}M", n / 1_000_000),
        _ => format!("{}.{}M", n / 1_000_000, n / 100_000 % 10),
    }
}

/// `240 ms`, `1.2 s`, `2 min`: how long something took.
#[must_use]
pub fn took(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..10_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        _ => duration(Duration::from_millis(ms)),
    }
}

/// `12 s`, `14 min`, `3 h 20 min`, `2 days`
#[must_use]
pub fn duration(d: Duration) -> String {
    let s = d.as_secs();
    match s {
        0..60 => format!("{s} s"),
        60..3_600 => format!("{} min", s / 60),
        3_600..86_400 if s % 3_600 < 60 => format!("{} h", s / 3_600),
        3_600..86_400 => format!("{} h {} min", s / 3_600, s % 3_600 / 60),
        86_400..172_800 => "1 day".to_owned(),
        _ => format!("{} days", s / 86_400),
    }
}

/// `99.2 %`, of tenths of a percent.
#[must_use]
pub fn tenths(n: u32) -> String {
    if n.is_multiple_of(10) { format!("{} %", n / 10) } else { format!("{}.{} %", n / 10, n % 10) }
}

#[must_use]
pub fn lasted(ms: i64) -> String {
    duration(Duration::from_millis(u64::try_from(ms).unwrap_or(0)))
}

/// Whole minutes for what stays on the screen, so that it changes once a minute and not with each probe. `None` before the first.
#[must_use]
pub fn minutes(d: Duration) -> Option<String> {
    (d.as_secs() >= 60).then(|| duration(d))
}

/// `14:02`, local.
#[must_use]
pub fn clock(unix_ms: i64, now: &Now) -> String {
    let minutes = (unix_ms.div_euclid(1_000) + i64::from(now.utc_offset_s)).div_euclid(60).rem_euclid(24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[must_use]
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// `A, B and C`
#[must_use]
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// `1st`, `2nd`, `3rd`, `4th`
#[must_use]
pub fn ordinal(n: usize) -> String {
    let end = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{end}")
}

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
        "timeout" => Short::Aside(match probe {
            Some(why) => failure(why),
            None if reason.preview.contains("timed out") => "no answer in time".to_owned(),
            None if reason.preview.contains("terminated") => "connection closed in mid-answer".to_owned(),
            None => "connection error".to_owned(),
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
    fn numbers() {
        assert_eq!(
            ["0", "999", "1,000", "196,608", "1,234,567"],
            [0, 999, 1_000, 196_608, 1_234_567].map(tokens).each_ref().map(String::as_str)
        );
        assert_eq!(
            ["512", "4k", "196k", "1M", "1.5M"],
            [512, 4_096, 196_608, 1_048_576, 1_500_000].map(short_tokens).each_ref().map(String::as_str)
        );
    }

    #[test]
    fn times() {
        let said = [5, 60, 840, 3_600, 12_000, 90_000, 200_000].map(|s| duration(Duration::from_secs(s)));
        assert_eq!(said, ["5 s", "1 min", "14 min", "1 h", "3 h 20 min", "1 day", "2 days"]);
        let now = Now { utc_offset_s: 3_600, ..Now::default() };
        assert_eq!(clock(1_795_345_769_670, &now), "12:09");
        assert_eq!(clock(-1, &Now::default()), "23:59");
    }

    #[test]
    fn ordinals() {
        assert_eq!([1, 2, 3, 4, 11, 12, 21, 102].map(ordinal), ["1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "102nd"]);
    }

    #[test]
    fn our_own_probe_names_the_reason_better_than_the_log() {
        let reason = Reason { code: "timeout".into(), status: Some(408), preview: "Connection error.".into() };
        assert_eq!(left_because("Local", &reason, Some(&Failure::Refused)), "Local did not answer (connection refused).");
        assert_eq!(left_because("Local", &reason, None), "Local did not answer (connection error).");
        let limited = Reason { code: "rate_limit".into(), ..Reason::default() };
        assert_eq!(left_because("Sonnet", &limited, None), "Sonnet hit its rate limit.");
    }
}
