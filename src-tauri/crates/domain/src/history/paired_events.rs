//! Joins the start and the end of an outage or a fallback, so that each start knows how long it took.

use super::{Entry, EntryKind};

#[derive(Clone, Debug, PartialEq)]
pub struct PairedEvent {
    /// The entry, with the duration and the answers of its end, if it has one.
    pub entry: Entry,
    /// When it ended.
    pub until: Option<i64>,
    /// The end of an outage, which its start already shows.
    pub is_told_before: bool,
}

/// Takes entries newest first and keeps their order.
#[must_use]
pub fn paired_events(entries: &[Entry]) -> Vec<PairedEvent> {
    let plain = |entry: &Entry| PairedEvent { entry: entry.clone(), until: None, is_told_before: false };
    let mut all: Vec<PairedEvent> = entries.iter().map(plain).collect();
    // Ends that no start has claimed yet, going back in time.
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
