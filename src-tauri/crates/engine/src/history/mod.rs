//! The history, in one SQLite file of the app's own. A thread writes it, in few transactions: nobody waits for the disk, and what can't be
//! written is lost rather than piled up.
//!
//! Any part of the rules can carry something over a restart: `Effect::Remember(Record::Value { key, value })` replaces the value of
//! that key, on the disk two seconds later at most. After the next start `Event::Recalled` brings all `values` of this config, before the
//! first line of the gateway's log.

mod keeper;
mod schema;
mod store;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};

use domain::Now;
use domain::history::{Entry, Range, RangeStats, Recalled, Record};
use domain::view::types::HistoryView;
use tokio::sync::oneshot;

use keeper::Keeper;
pub(crate) use store::Limits;
use store::{Store, StoreError};

/// Requests that wait for a slow disk; further ones are dropped.
const WAITING: usize = 4_096;

/// The way to the thread, which ends with the last clone of this.
#[derive(Clone, Debug)]
pub(crate) struct History {
    requests: SyncSender<HistoryRequest>,
}

#[derive(Debug)]
enum HistoryRequest {
    Keep(Record),
    Recall(oneshot::Sender<Recalled>),
    Entries { since_ms: i64, reply: oneshot::Sender<Result<Vec<Entry>, String>> },
    RangeStats { range: Range, reply: oneshot::Sender<Result<Vec<RangeStats>, String>> },
    Limit(Limits),
    Flush(oneshot::Sender<()>),
}

/// Which file, and whose.
#[derive(Clone, Debug)]
pub(crate) struct HistoryPlace {
    pub(crate) folder: PathBuf,
    /// The config that entries and values are about.
    pub(crate) config: String,
    /// Another program writes; this one only looks.
    pub(crate) read_only: bool,
}

impl History {
    pub(crate) fn start(place: HistoryPlace, limits: Limits) -> History {
        let (requests, inbox) = sync_channel(WAITING);
        let thread = std::thread::Builder::new().name("history".to_owned());
        if let Err(error) = thread.spawn(move || Keeper::open(place, limits).run(&inbox)) {
            tracing::warn!("no history is kept: {error}");
        }
        History { requests }
    }

    /// Never waits.
    pub(crate) fn keep(&self, record: Record) {
        if let Err(TrySendError::Full(_)) = self.requests.try_send(HistoryRequest::Keep(record)) {
            tracing::debug!("the disk is too slow for the history");
        }
    }

    /// Returns what was kept before this start; nothing where it can't be read.
    pub(crate) async fn recall(&self) -> Recalled {
        self.ask(HistoryRequest::Recall).await.unwrap_or_default()
    }

    /// Returns all from this time on, the newest first, with what was not written yet.
    ///
    /// # Errors
    /// A sentence.
    pub(crate) async fn entries(&self, since_ms: i64) -> Result<Vec<Entry>, String> {
        self.ask(|reply| HistoryRequest::Entries { since_ms, reply }).await.unwrap_or_else(silent)
    }

    /// Returns how each server fared over a range that ends now.
    ///
    /// # Errors
    /// A sentence.
    pub(crate) async fn range_stats(&self, range: Range) -> Result<Vec<RangeStats>, String> {
        self.ask(|reply| HistoryRequest::RangeStats { range, reply }).await.unwrap_or_else(silent)
    }

    pub(crate) fn limit(&self, limits: Limits) {
        let _ = self.requests.try_send(HistoryRequest::Limit(limits));
    }

    /// Returns when all that was given to keep is on the disk, or can't be.
    pub(crate) async fn flush(&self) {
        let _ = self.ask(HistoryRequest::Flush).await;
    }

    async fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<T>) -> HistoryRequest) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.requests.try_send(request(reply)).ok()?;
        answer.await.ok()
    }
}

fn silent<T>() -> Result<T, String> {
    Err("the history does not answer".to_owned())
}

impl HistoryPlace {
    fn file(&self) -> PathBuf {
        self.folder.join("history.db")
    }

    fn cant_read(&self, error: &StoreError) -> String {
        format!("the history in {} can't be read: {error}", self.file().display())
    }
}

/// What was kept, as data and as a person reads it.
#[derive(Clone, Debug)]
pub struct HistoryContents {
    /// The newest first.
    pub entries: Vec<Entry>,
    pub view: HistoryView,
}

impl HistoryContents {
    pub(crate) fn new(entries: Vec<Entry>, days_kept: u32, now: &Now) -> Self {
        let view = HistoryView::new(&entries, days_kept, now);
        HistoryContents { entries, view }
    }
}

/// Returns all that was kept for a config, for a program that only looks.
///
/// # Errors
/// A sentence, when the file can't be read.
pub(crate) fn read_entries(place: &HistoryPlace, since_ms: i64) -> Result<Vec<Entry>, String> {
    if !place.file().exists() {
        return Ok(Vec::new());
    }
    let entries = Store::read_only(&place.file(), &place.config).and_then(|it| it.entries(since_ms, usize::MAX));
    entries.map_err(|error| place.cant_read(&error))
}
