//! The thread that holds the file: gathers what is to be kept, writes it now and then, answers questions.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use domain::history::{Entry, EntryKind, Evidence, Record};

use super::store::{Limits, Store, StoreError, set_aside};
use super::{HistoryPlace, HistoryRequest};

/// Between two transactions: what is merely measured waits longer than what happened.
const AT_MOST_EVERY: Duration = Duration::from_secs(2);
const AT_LEAST_EVERY: Duration = Duration::from_secs(10);
const PRUNE_EVERY: Duration = Duration::from_secs(3_600);
/// Records that wait in memory. While the file can't be written, the oldest beyond these are lost.
const UNWRITTEN: usize = 4_096;
/// More than a person reads.
const AT_ONCE: usize = 20_000;

pub(super) struct Keeper {
    place: HistoryPlace,
    limits: Limits,
    store: Result<Store, StoreError>,
    batch: Vec<Record>,
    /// Something in the batch is more than a measurement.
    pressing: bool,
    written: Option<Instant>,
    pruned: Option<Instant>,
    /// The failure was logged: once is enough.
    logged: bool,
}

impl Keeper {
    pub(super) fn open(place: HistoryPlace, limits: Limits) -> Keeper {
        let store = Err(StoreError::NotOpen);
        let mut keeper =
            Keeper { place, limits, store, batch: Vec::new(), pressing: false, written: None, pruned: None, logged: false };
        keeper.reopen();
        keeper
    }

    fn reopen(&mut self) {
        let (file, config) = (self.place.file(), &self.place.config);
        self.store = if self.place.read_only { Store::read_only(&file, config) } else { Store::open(&file, config) };
        match &self.store {
            Ok(_) => self.logged = false,
            Err(_) if self.place.read_only => {}
            Err(StoreError::Damaged) => self.start_over(),
            Err(_) => self.log_once(),
        }
    }

    /// Starts another file, and keeps the damaged one beside it for whoever wants to mend it.
    fn start_over(&mut self) {
        let (file, now) = (self.place.file(), now_ms());
        // Close it first.
        self.store = Err(StoreError::NotOpen);
        let why = match set_aside(&file) {
            Ok(aside) => format!("the file was damaged, and is kept as {}", aside.display()),
            Err(error) => {
                tracing::warn!("the history in {} is damaged, and can't be set aside: {error}", file.display());
                self.logged = true;
                return;
            }
        };
        tracing::warn!("the history starts over: {why}");
        self.store = Store::open(&file, &self.place.config);
        let mut entry = Entry::new(EntryKind::HistoryRestarted, file.to_string_lossy(), "history.db", now);
        (entry.why, entry.evidence) = (Some(why), vec![Evidence::File]);
        self.batch.push(Record::Entry(entry));
        self.pressing = true;
    }

    fn log_once(&mut self) {
        if let Err(error) = &self.store
            && !std::mem::replace(&mut self.logged, true)
        {
            tracing::warn!("{}", self.place.cant_read(error));
        }
    }

    /// Until the last sender is gone.
    pub(super) fn run(mut self, inbox: &Receiver<HistoryRequest>) {
        loop {
            let now = Instant::now();
            let request = match self.due() {
                Some(due) if due <= now => Err(RecvTimeoutError::Timeout),
                Some(due) => inbox.recv_timeout(due - now),
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match request {
                Ok(request) => self.answer(request),
                Err(RecvTimeoutError::Timeout) => self.write(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.write();
    }

    fn due(&self) -> Option<Instant> {
        let wait = match self.batch.len() {
            UNWRITTEN.. => Duration::ZERO,
            _ if self.pressing => AT_MOST_EVERY,
            _ => AT_LEAST_EVERY,
        };
        (!self.batch.is_empty()).then(|| self.written.map_or_else(Instant::now, |it| it + wait))
    }

    fn answer(&mut self, request: HistoryRequest) {
        match request {
            HistoryRequest::Keep(_) if self.place.read_only => {}
            HistoryRequest::Keep(record) => {
                self.pressing |= !matches!(record, Record::Sample(_));
                self.batch.push(record);
            }
            HistoryRequest::Recall(reply) => drop(reply.send(self.look(|store| store.recall(now_ms())).unwrap_or_default())),
            HistoryRequest::Entries { since_ms, reply } => {
                self.write();
                drop(reply.send(self.look(|store| store.entries(since_ms, AT_ONCE))));
            }
            HistoryRequest::RangeStats { range, reply } => {
                self.write();
                drop(reply.send(self.look(|store| store.range_stats(range, now_ms()))));
            }
            HistoryRequest::Limit(limits) => {
                (self.limits, self.pruned) = (limits, None);
                self.prune();
            }
            HistoryRequest::Flush(reply) => {
                self.sync(true);
                self.write();
                self.sync(false);
                let _ = reply.send(());
            }
        }
    }

    /// Sets whether a write waits for the disk itself.
    fn sync(&self, waits: bool) {
        if let Ok(store) = &self.store
            && let Err(error) = store.sync(waits)
        {
            tracing::debug!("the history can't be set to wait for the disk: {error}");
        }
    }

    fn look<T>(&self, ask: impl Fn(&Store) -> Result<T, StoreError>) -> Result<T, String> {
        let answer = match &self.store {
            Ok(store) => ask(store),
            Err(error) => return Err(self.place.cant_read(error)),
        };
        answer.map_err(|error| self.place.cant_read(&error))
    }

    /// One transaction for all that waits.
    fn write(&mut self) {
        (self.written, self.pressing) = (Some(Instant::now()), false);
        if self.batch.is_empty() || self.place.read_only {
            return;
        }
        if self.store.is_err() {
            self.reopen();
        }
        for _ in 0..2 {
            match self.store.as_mut().map(|it| it.write(&self.batch)) {
                Ok(Ok(())) => {
                    self.batch.clear();
                    self.logged = false;
                    break;
                }
                // It was damaged since it was opened; the next turn writes into the new one.
                Ok(Err(StoreError::Damaged)) => self.start_over(),
                Ok(Err(error)) => {
                    self.store = Err(error);
                    self.log_once();
                    break;
                }
                Err(_) => break,
            }
        }
        let surplus = self.batch.len().saturating_sub(UNWRITTEN);
        self.batch.drain(..surplus);
        self.prune();
    }

    fn prune(&mut self) {
        if self.pruned.is_some_and(|it| it.elapsed() < PRUNE_EVERY) {
            return;
        }
        self.pruned = Some(Instant::now());
        if let Ok(store) = &mut self.store
            && !self.place.read_only
            && let Err(error) = store.prune(now_ms(), self.limits)
        {
            tracing::warn!("the history in {} can't be kept small: {error}", self.place.file().display());
        }
    }
}

pub(super) fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
