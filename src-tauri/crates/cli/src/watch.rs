//! Follows the state: a line for each change and each notice.

use std::process::ExitCode;

use domain::notice::Notice;
use engine::{Options, Outward, Published, StartError};
use serde_json::{Value, json};

use crate::check::say;
use crate::text;

pub async fn watch(json: bool, options: Options) -> Result<ExitCode, StartError> {
    let (handle, mut outward) = engine::start(options)?;
    let mut published = handle.published();
    let mut last = String::new();
    let show = |seen: &Published, last: &mut String| {
        let line = if json { view_line(seen) } else { text::line(&seen.status) };
        if line != *last {
            say(&stamped(json, &line));
            *last = line;
        }
    };
    if published.borrow().settled {
        show(&published.borrow_and_update().clone(), &mut last);
    }
    loop {
        tokio::select! {
            // What led to a notice is shown before it.
            biased;
            changed = published.changed() => {
                if changed.is_err() {
                    return Ok(ExitCode::SUCCESS);
                }
                let seen = published.borrow_and_update().clone();
                if seen.settled || !last.is_empty() {
                    show(&seen, &mut last);
                }
            }
            Some(what) = outward.recv() => if let Outward::Notify(notice) = what {
                say(&if json { notice_line(&notice) } else { stamped(false, &format!("[{}] {}: {}", notice.code.id(), notice.title, notice.body)) });
            },
            _ = stopped() => return Ok(ExitCode::SUCCESS),
        }
    }
}

/// Latencies differ with each probe; they are shown, and are no change by themselves.
fn view_line(seen: &Published) -> String {
    let mut line = serde_json::to_value(&seen.status).unwrap_or_default();
    if let Value::Object(members) = &mut line {
        members.insert("event".to_owned(), "view".into());
    }
    line.to_string()
}

fn notice_line(notice: &Notice) -> String {
    json!({ "event": "notice", "code": notice.code.id(), "title": notice.title, "body": notice.body, "at": instant(notice.at) })
        .to_string()
}

fn stamped(json: bool, line: &str) -> String {
    if json { line.to_owned() } else { format!("{}  {line}", jiff::Zoned::now().strftime("%H:%M:%S")) }
}

/// RFC 3339, UTC.
fn instant(unix_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(unix_ms).map(|it| it.to_string()).unwrap_or_default()
}

async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
