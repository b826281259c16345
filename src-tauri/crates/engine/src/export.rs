//! The history for other programs: a table for a spreadsheet, or JSON for a script.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use domain::history::{Entry, ExportFormat, PairedEvent, paired_events};
use serde_json::{Map, Value, json};

use crate::files::create_new;

const COLUMNS: [&str; 11] =
    ["at", "what", "subject", "name", "to", "why", "until", "seconds", "answers", "leftMachine", "evidence"];

/// Returns the text of entries with the newest first.
#[must_use]
pub fn history_text(format: ExportFormat, entries: &[Entry]) -> String {
    let rows: Vec<Map<String, Value>> = paired_events(entries).iter().map(row).collect();
    match format {
        ExportFormat::Csv => csv(&rows),
        ExportFormat::Json => {
            let text = serde_json::to_string_pretty(&json!({ "history": rows })).unwrap_or_default();
            text + "\n"
        }
    }
}

/// Writes a new file into a folder; one that is there is never replaced.
///
/// # Errors
/// When the folder can't be written.
pub(crate) fn write(format: ExportFormat, entries: &[Entry], folder: &Path) -> io::Result<PathBuf> {
    let ending = match format {
        ExportFormat::Csv => "csv",
        ExportFormat::Json => "json",
    };
    let date = jiff::Zoned::now().date();
    fs::create_dir_all(folder)?;
    for n in 1.. {
        let number = if n == 1 { String::new() } else { format!("-{n}") };
        let path = folder.join(format!("pilotlight-history-{date}{number}.{ending}"));
        match create_new(&path, history_text(format, entries).as_bytes()) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && n < 1_000 => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("no name is free"))
}

/// Returns where a person looks for a file that they asked for.
pub(crate) fn downloads() -> Option<PathBuf> {
    let dirs = directories::UserDirs::new()?;
    Some(dirs.download_dir().unwrap_or_else(|| dirs.home_dir()).to_owned())
}

fn row(paired_events: &PairedEvent) -> Map<String, Value> {
    let entry = &paired_events.entry;
    let Ok(Value::Object(mut row)) = serde_json::to_value(entry) else { return Map::new() };
    let seconds = row.shift_remove("lastedMs").and_then(|it| it.as_i64()).map(|ms| ms / 1_000);
    row.insert("at".to_owned(), instant(entry.at).into());
    row.insert("until".to_owned(), paired_events.until.map_or(Value::Null, |it| instant(it).into()));
    row.insert("seconds".to_owned(), seconds.map_or(Value::Null, Value::from));
    let answers: Map<String, Value> = entry.answers.iter().map(|(name, n)| (name.clone(), (*n).into())).collect();
    row.insert("answers".to_owned(), Value::Object(answers));
    row.insert("leftMachine".to_owned(), entry.left_machine.into());
    COLUMNS.iter().map(|it| ((*it).to_owned(), row.shift_remove(*it).unwrap_or(Value::Null))).collect()
}

fn csv(rows: &[Map<String, Value>]) -> String {
    let head = COLUMNS.join(",");
    let lines = rows.iter().map(|row| row.values().map(cell).collect::<Vec<_>>().join(","));
    std::iter::once(head).chain(lines).map(|it| it + "\r\n").collect()
}

/// RFC 4180. A spreadsheet would take a text that begins with one of these for a formula.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::String(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}"),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" + "),
        Value::Object(fields) => fields.iter().map(|(name, n)| format!("{n} from {name}")).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// RFC 3339, UTC.
fn instant(unix_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(unix_ms).map(|it| it.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::history::{EntryKind, Evidence};

    const NOON: i64 = 1_795_435_200_000;

    fn entries() -> Vec<Entry> {
        let began = Entry {
            to: Some("Opus, the big one".to_owned()),
            why: Some("Local said \"no\".".to_owned()),
            left_machine: true,
            evidence: vec![Evidence::Log, Evidence::Probe],
            ..Entry::new(EntryKind::FallbackStarted, "box/m", "=1+1", NOON)
        };
        let ended = Entry {
            lasted_ms: Some(840_000),
            answers: vec![("Opus".to_owned(), 9)],
            ..Entry::new(EntryKind::FallbackEnded, "box/m", "Local", NOON + 840_000)
        };
        vec![ended, began]
    }

    #[test]
    fn a_table_that_a_spreadsheet_reads() {
        let text = history_text(ExportFormat::Csv, &entries());
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines[1], "2026-11-23T12:14:00Z,fallback.ended,box/m,Local,,,,840,9 from Opus,false,");
        assert_eq!(
            lines[2],
            "2026-11-23T12:00:00Z,fallback.started,box/m,'=1+1,\"Opus, the big one\",\"Local said \"\"no\"\".\",2026-11-23T12:14:00Z,840,9 from Opus,true,log + probe"
        );
        assert_eq!(lines.len(), 4, "a header, two rows, the end of the last");
        assert_eq!(history_text(ExportFormat::Csv, &[]).lines().count(), 1);
    }

    #[test]
    fn json_has_the_same() {
        let text = history_text(ExportFormat::Json, &entries());
        let value: Value = serde_json::from_str(&text).expect("it is JSON");
        let row = &value["history"][1];
        assert_eq!(row["answers"]["Opus"], 9);
        assert_eq!(row["until"], "2026-11-23T12:14:00Z");
        assert_eq!(row.as_object().map(|it| it.keys().map(String::as_str).collect::<Vec<_>>()), Some(COLUMNS.to_vec()));
    }

    #[test]
    fn a_file_that_is_there_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = write(ExportFormat::Csv, &entries(), folder.path()).expect("written");
        fs::write(&first, "mine").expect("written");
        let second = write(ExportFormat::Csv, &entries(), folder.path()).expect("written");
        assert_ne!(first, second);
        assert_eq!(fs::read_to_string(&first).expect("there"), "mine");
    }
}
