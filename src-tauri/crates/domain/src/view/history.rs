//! The history as a person reads it: by day, the newest first, what began and what ended it in one row where that says it all.

use serde::Serialize;
use ts_rs::TS;

use super::backups::day;
use crate::Now;
use crate::base::words::{self, clock, count, list};
use crate::history::{Entry, EntryKind, Evidence, paired_events};

/// More than a person reads in one go; all of it is in the export.
const ROWS: usize = 1_000;

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HistoryView {
    /// "90 days are kept on this machine."
    pub about: String,
    pub days: Vec<HistoryDay>,
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HistoryDay {
    /// "Today", "Yesterday", "2026-11-20"
    pub title: String,
    pub rows: Vec<HistoryRow>,
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HistoryRow {
    /// When it began and, where that is known, ended (Unix milliseconds): a notice of either leads here.
    #[ts(type = "number[]")]
    pub moments: Vec<i64>,
    /// "14:02", local.
    pub time: String,
    pub sort: HistorySort,
    pub shape: HistoryShape,
    pub title: String,
    pub text: String,
    /// "gateway + probe"
    pub evidence: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum HistorySort {
    Fallback,
    Outage,
    Config,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum HistoryShape {
    Ok,
    Warn,
    Bad,
    Moved,
    Edit,
    Info,
}

impl HistoryView {
    /// Of entries with the newest first.
    #[must_use]
    pub fn new(entries: &[Entry], days_kept: u32, now: &Now) -> Self {
        let entries = paired_events(entries);
        let mut days: Vec<HistoryDay> = Vec::new();
        let told = entries.iter().filter(|it| !it.is_told_before);
        for joined in told.take(ROWS) {
            let title = capital(&day(joined.entry.at, now));
            let row = row(&joined.entry, joined.until, now);
            match days.last_mut().filter(|it| it.title == title) {
                Some(day) => day.rows.push(row),
                None => days.push(HistoryDay { title, rows: vec![row] }),
            }
        }
        let kept = format!("{} are kept on this machine.", count(days_kept as usize, "day", "days"));
        let more = entries.len().saturating_sub(ROWS);
        let about = if more > 0 { format!("{kept} The latest {} are shown.", words::tokens(ROWS as u64)) } else { kept };
        HistoryView { about, days }
    }
}

fn row(entry: &Entry, until: Option<i64>, now: &Now) -> HistoryRow {
    let (sort, shape, title) = head(entry);
    HistoryRow {
        moments: std::iter::once(entry.at).chain(until).collect(),
        time: clock(entry.at, now),
        sort,
        shape,
        title,
        text: text(entry),
        evidence: evidence(entry),
    }
}

fn head(entry: &Entry) -> (HistorySort, HistoryShape, String) {
    use HistoryShape as Is;
    use HistorySort::{Config, Fallback, Outage};
    let name = &entry.name;
    match entry.what {
        EntryKind::FallbackStarted => {
            (Fallback, Is::Moved, format!("Fell back from {name} to {}", entry.to.as_deref().unwrap_or("another model")))
        }
        EntryKind::FallbackEnded => (Fallback, Is::Ok, format!("Back on {name}")),
        EntryKind::RouteExhausted => (Fallback, Is::Bad, format!("No model answered for {name}")),
        EntryKind::RunStuck => (Fallback, Is::Warn, format!("OpenClaw waited for {name}")),
        EntryKind::BoxDown => (Outage, Is::Bad, format!("{name} stopped answering")),
        EntryKind::BoxUp => (Outage, Is::Ok, format!("{name} is back")),
        EntryKind::ConfigSaved => (Config, Is::Edit, format!("You changed {name}")),
        EntryKind::ConfigChanged => (Config, Is::Edit, format!("Another program changed {name}")),
        EntryKind::ConfigInvalid => (Config, Is::Warn, format!("{name} had an error")),
        EntryKind::HistoryRestarted => (Config, Is::Info, "The history started over".to_owned()),
    }
}

/// Parts of a sentence: why, how long, how many answers.
fn text(entry: &Entry) -> String {
    let why = entry.why.as_deref().map(|it| it.trim_end_matches('.').to_owned());
    // How long a fallback took, and who answered, is said where it ended.
    let ended = (entry.what != EntryKind::FallbackStarted).then_some(entry);
    let lasted = ended.and_then(|it| it.lasted_ms).map(words::lasted).map(|it| match entry.what {
        EntryKind::BoxDown => format!("down {it}"),
        EntryKind::RunStuck => format!("{it} without an answer, and no fallback would have come"),
        _ => format!("after {it}"),
    });
    let answers = ended.into_iter().flat_map(|it| &it.answers);
    let answers: Vec<String> =
        answers.map(|(name, n)| format!("{} from {name}", count(*n as usize, "answer", "answers"))).collect();
    let answers = (!answers.is_empty()).then(|| list(&answers));
    let mut text = [why, lasted, answers].into_iter().flatten().collect::<Vec<_>>().join(", ");
    if entry.left_machine {
        text.push_str(". Requests left this machine.");
    }
    text
}

/// In words that say where to look.
pub fn evidence(entry: &Entry) -> String {
    let mut said: Vec<&str> = Vec::new();
    for source in &entry.evidence {
        let word = match source {
            Evidence::Log => "log",
            Evidence::Socket => "gateway",
            Evidence::Probe => "probe",
            Evidence::File => "file",
        };
        if !said.contains(&word) {
            said.push(word);
        }
    }
    said.join(" + ")
}

fn capital(text: &str) -> String {
    text.get(..1).map_or_else(String::new, |first| first.to_uppercase() + &text[1..])
}
