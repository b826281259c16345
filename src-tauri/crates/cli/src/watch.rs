//! `pilotlight watch`: prints a line for each change and each notification.

use std::process::ExitCode;

use domain::Status;
use domain::notify::notice::Notice;
use engine::{Options, Published, ShellCommand, StartError};
use serde_json::{Value, json};

use crate::check::say;
use crate::text;

pub async fn watch(json: bool, options: Options) -> Result<ExitCode, StartError> {
    let (handle, mut commands) = engine::start(options)?;
    let mut published = handle.published();
    let mut lines = Lines { json, last: None };
    let mut read = lines.show(&published.borrow_and_update().clone());
    let mut stop = std::pin::pin!(engine::asked_to_end());
    while read {
        tokio::select! {
            // The change that led to a notice is printed before the notice.
            biased;
            changed = published.changed() => {
                read = changed.is_ok() && lines.show(&published.borrow_and_update().clone());
            }
            Some(what) = commands.recv() => if let ShellCommand::Notify(notice) = what {
                read = say(&if json { notice_line(&notice) } else { stamped(&format!("[{}] {}: {}", notice.code.id(), notice.title, notice.body)) });
            },
            _ = &mut stop => break,
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints what changed.
struct Lines {
    json: bool,
    last: Option<Status>,
}

impl Lines {
    /// Prints the state if it is news: not before each server was asked once, and not for a latency alone. Returns whether someone still
    /// reads.
    fn show(&mut self, seen: &Published) -> bool {
        if !seen.settled && self.last.is_none() {
            return true;
        }
        let mut plain = seen.status.clone();
        plain.providers.iter_mut().for_each(|it| it.latency_ms = None);
        let is_news =
            self.last.as_ref().is_none_or(|it| if self.json { *it != plain } else { text::line(it) != text::line(&plain) });
        self.last = Some(plain);
        !is_news || say(&if self.json { view_line(&seen.status) } else { stamped(&text::line(&seen.status)) })
    }
}

fn view_line(status: &Status) -> String {
    let mut line = json!({ "event": "view" });
    if let (Value::Object(line), Ok(Value::Object(status))) = (&mut line, serde_json::to_value(status)) {
        line.extend(status);
    }
    line.to_string()
}

fn notice_line(notice: &Notice) -> String {
    json!({ "event": "notice", "code": notice.code.id(), "title": notice.title, "body": notice.body, "at": instant(notice.at) })
        .to_string()
}

fn stamped(line: &str) -> String {
    format!("{}  {line}", jiff::Zoned::now().strftime("%H:%M:%S"))
}

/// RFC 3339, UTC.
fn instant(unix_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(unix_ms).map(|it| it.to_string()).unwrap_or_default()
}
