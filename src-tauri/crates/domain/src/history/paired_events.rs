//! Beginnings with their ends: how long an outage or a fallback took stands with its beginning too.

use super::{Entry, EntryKind};

#[derive(Clone, Debug, PartialEq)]
pub struct PairedEvent {
    /// With the length and the answers of its end, where it has one.
    pub entry: Entry,
    /// When it ended.
    pub until: Option<i64>,
    /// The end of an outage: its beginning says all of it.
    pub is_told_before: bool,
}

/// Of entries with the newest first, in the same order.
#[must_use]
pub fn paired_events(entries: &[Entry]) -> Vec<PairedEvent> {
    let plain = |entry: &Entry| PairedEvent { entry: entry.clone(), until: None, is_told_before: false };
    let mut all: Vec<PairedEvent> = entries.iter().map(plain).collect();
    // The latest end by what it ends, on the way back in time.
    let mut ends: Vec<usize> = Vec::new();
    for i in 0..all.len() {
        let (what, subject) = (all[i].entry.what, all[i].entry.subject.clone());
        if matches!(what, EntryKind::FallbackEnded | EntryKind::BoxUp) {
            ends.retain(|end| all[*end].entry.what != what || all[*end].entry.subject != subject);
            ends.push(i);
            continue;
        }
        let ended_by = match what {
            EntryKind::FallbackStarted => EntryKind::FallbackEnded,
            EntryKind::BoxDown => EntryKind::BoxUp,
            _ => continue,
        };
        let Some(at) = ends.iter().position(|end| all[*end].entry.what == ended_by && all[*end].entry.subject == subject) else {
            continue;
        };
        let end = ends.remove(at);
        let ending = all[end].entry.clone();
        all[end].is_told_before = what == EntryKind::BoxDown;
        all[i].until = Some(ending.at);
        all[i].entry.lasted_ms = Some(ending.at - all[i].entry.at);
        all[i].entry.answers = ending.answers;
    }
    all
}
