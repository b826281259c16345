//! The file: opened, checked, written in batches, kept small.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::history::{DayStats, Entry, Range, RangeStats, Recalled, Record, Sample, Slot};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Statement, Transaction, params};

use super::schema;
use crate::files::{FileError, append_private, is_free_or_ordinary, make_private_folder};

pub(super) const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;
/// Another program may be writing.
const PATIENCE: Duration = Duration::from_secs(5);

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Of minutes and entries; samples are kept for one day.
    pub(crate) days: u32,
    /// The file never takes much more than this on the disk: the oldest samples and minutes go before their time.
    pub(crate) bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { days: 90, bytes: 64 * 1024 * 1024 }
    }
}

#[derive(Debug, thiserror::Error)]
pub(super) enum StoreError {
    #[error("the file is damaged")]
    Damaged,
    #[error("the file was made by a later version of Pilot Light")]
    Newer,
    /// Who only looks can't bring it to this version.
    #[error("the file was made by an earlier version of Pilot Light; start the tray app once")]
    Older,
    #[error("{0}")]
    Special(FileError),
    #[error("it is not open")]
    NotOpen,
    #[error(transparent)]
    Other(rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged,
            _ => StoreError::Other(error),
        }
    }
}

pub(super) struct Store {
    db: Connection,
    /// Entries and values belong to the config that they are about.
    config: String,
}

impl Store {
    /// Opens the file to write, making it, readable by this user alone, if need be.
    pub(super) fn open(path: &Path, config: &str) -> Result<Store, StoreError> {
        private(path)?;
        let mut db = Connection::open(path)?;
        db.busy_timeout(PATIENCE)?;
        if schema::version(&db)? > schema::VERSION {
            return Err(StoreError::Newer);
        }
        // A crash of ours loses nothing that was committed; one of the machine may lose the last seconds, and never the file.
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -512; PRAGMA journal_size_limit = 4194304;")?;
        let verdict: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(StoreError::Damaged);
        }
        schema::migrate(&mut db)?;
        Ok(Store { db, config: config.to_owned() })
    }

    /// Opens the file to read, beside a program that writes.
    pub(super) fn read_only(path: &Path, config: &str) -> Result<Store, StoreError> {
        ordinary(path)?;
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        db.busy_timeout(PATIENCE)?;
        match schema::version(&db)? {
            it if it > schema::VERSION => Err(StoreError::Newer),
            it if it < schema::VERSION => Err(StoreError::Older),
            _ => Ok(Store { db, config: config.to_owned() }),
        }
    }

    /// Sets whether what is written from now on outlives a crash of the machine too, which costs a wait for the disk each time.
    pub(super) fn sync(&self, waits: bool) -> Result<(), StoreError> {
        Ok(self.db.pragma_update(None, "synchronous", if waits { "FULL" } else { "NORMAL" })?)
    }

    /// Writes all records, or none.
    pub(super) fn write(&mut self, records: &[Record]) -> Result<(), StoreError> {
        let change = self.db.transaction()?;
        let mut samples = Samples::new(&change)?;
        for record in records {
            match record {
                Record::Sample(sample) => samples.add(sample)?,
                Record::Entry(entry) => add_entry(&change, &self.config, entry)?,
                Record::Value { key, value } => {
                    let row = params![self.config, key, value];
                    change.execute("INSERT OR REPLACE INTO memory (config, key, value) VALUES (?, ?, ?)", row)?;
                }
            }
        }
        drop(samples);
        Ok(change.commit()?)
    }

    /// Returns what the rules start from.
    pub(super) fn recall(&self, now_ms: i64) -> Result<Recalled, StoreError> {
        let mut recalled = Recalled::default();
        let mut rows = self.db.prepare(
            "SELECT provider, base_url, at, latency_ms, standing <> 'down' FROM sample JOIN server ON server.id = server
             WHERE at > ? AND at <= ? ORDER BY server, at",
        )?;
        let mut rows = rows.query(params![now_ms - DAY_MS, now_ms])?;
        while let Some(row) = rows.next()? {
            let past: &mut DayStats = recalled.day_stats.entry((row.get(0)?, row.get(1)?)).or_default();
            past.take(row.get(2)?, row.get(4)?, row.get(3)?);
        }
        recalled.day_stats.values_mut().for_each(|it| it.settle(now_ms));
        let mut rows = self.db.prepare("SELECT key, value FROM memory WHERE config = ?")?;
        recalled.values = rows.query_map([&self.config], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        Ok(recalled)
    }

    /// Returns the entries from this time on, the newest first, `at_most` so many.
    pub(super) fn entries(&self, since_ms: i64, at_most: usize) -> Result<Vec<Entry>, StoreError> {
        let mut rows =
            self.db.prepare("SELECT body FROM entry WHERE config = ? AND at >= ? ORDER BY at DESC, id DESC LIMIT ?")?;
        let bodies = rows.query_map(params![self.config, since_ms, i64::try_from(at_most).unwrap_or(i64::MAX)], |row| {
            row.get::<_, String>(0)
        })?;
        let bodies: Vec<String> = bodies.collect::<Result<_, _>>()?;
        // An entry of a later version that this one does not know is left out.
        Ok(bodies.iter().filter_map(|it| serde_json::from_str(it).ok()).collect())
    }

    /// Returns how each server fared over a range that ends now, from the minutes that are kept.
    pub(super) fn range_stats(&self, range: Range, now_ms: i64) -> Result<Vec<RangeStats>, StoreError> {
        let slots = i64::try_from(range.slots()).unwrap_or(i64::MAX);
        let first = now_ms.div_euclid(MINUTE_MS) + 1 - slots * range.minutes_a_slot();
        let mut rows = self.db.prepare(
            "SELECT provider, base_url, (minute - ?1) / ?2 AS slot, count(*), sum(1.0 * up / probes), sum(answers), sum(latency_sum),
               coalesce(max(latency_max), 0)
             FROM minute JOIN server ON server.id = server WHERE minute >= ?1 AND slot < ?3
             GROUP BY server, slot ORDER BY server, slot",
        )?;
        let mut rows = rows.query(params![first, range.minutes_a_slot(), slots])?;
        let mut all: Vec<RangeStats> = Vec::new();
        while let Some(row) = rows.next()? {
            let (provider, base_url): (String, String) = (row.get(0)?, row.get(1)?);
            if all.last().is_none_or(|it| it.provider != provider || it.base_url != base_url) {
                all.push(RangeStats { provider, base_url, slots: Vec::new() });
            }
            let slot = Slot {
                index: usize::try_from(row.get::<_, i64>(2)?).unwrap_or(usize::MAX),
                watched: row.get(3)?,
                up: row.get(4)?,
                answers: row.get(5)?,
                latency_sum: u64::try_from(row.get::<_, i64>(6)?).unwrap_or(0),
                latency_max: row.get(7)?,
            };
            all.last_mut().into_iter().for_each(|it| it.slots.push(slot));
        }
        Ok(all)
    }

    /// Deletes what is too old, and the oldest of what is too much.
    pub(super) fn prune(&mut self, now_ms: i64, limits: Limits) -> Result<(), StoreError> {
        let change = self.db.transaction()?;
        let oldest = now_ms - i64::from(limits.days) * DAY_MS;
        change.execute("DELETE FROM sample WHERE at < ?", [now_ms - DAY_MS])?;
        change.execute("DELETE FROM minute WHERE minute < ?", [oldest.div_euclid(MINUTE_MS)])?;
        change.execute("DELETE FROM entry WHERE at < ?", [oldest])?;
        change.execute(
            "DELETE FROM server WHERE id NOT IN (SELECT server FROM sample) AND id NOT IN (SELECT server FROM minute)",
            [],
        )?;
        change.commit()?;
        while self.used()? > limits.bytes {
            if !self.thin_out()? {
                break;
            }
        }
        Ok(())
    }

    fn used(&self) -> Result<u64, StoreError> {
        let number = |pragma| self.db.query_row(pragma, [], |row| row.get::<_, i64>(0));
        let used = (number("PRAGMA page_count")? - number("PRAGMA freelist_count")?) * number("PRAGMA page_size")?;
        Ok(u64::try_from(used).unwrap_or(0))
    }

    /// Deletes the older tenth of the measurements; of the entries only where no measurement is left. Their room in the file is used again.
    /// Whether there was anything to delete.
    fn thin_out(&mut self) -> Result<bool, StoreError> {
        let change = self.db.transaction()?;
        let mut gone = 0;
        for (table, time) in [("sample", "at"), ("minute", "minute"), ("entry", "at")] {
            if table == "entry" && gone > 0 {
                break;
            }
            let tenth = format!("SELECT {time} FROM {table} ORDER BY {time} LIMIT 1 OFFSET (SELECT count(*) / 10 FROM {table})");
            if let Some(at) = change.query_row(&tenth, [], |row| row.get::<_, i64>(0)).optional()? {
                gone += change.execute(&format!("DELETE FROM {table} WHERE {time} <= ?"), [at])?;
            }
        }
        change.commit()?;
        Ok(gone > 0)
    }
}

/// Samples come by the hundreds: SQLite parses each statement once for all of them.
struct Samples<'a> {
    change: &'a Transaction<'a>,
    server: Statement<'a>,
    sample: Statement<'a>,
    minute: Statement<'a>,
}

impl<'a> Samples<'a> {
    fn new(change: &'a Transaction<'a>) -> rusqlite::Result<Self> {
        Ok(Samples {
            change,
            server: change.prepare("SELECT id FROM server WHERE provider = ? AND base_url = ?")?,
            sample: change.prepare("INSERT OR REPLACE INTO sample (server, at, latency_ms, standing) VALUES (?, ?, ?, ?)")?,
            minute: change.prepare(
                "INSERT INTO minute (server, minute, probes, up, answers, latency_sum, latency_max)
                 VALUES (?1, ?2, 1, ?3, ?4 IS NOT NULL, coalesce(?4, 0), ?4)
                 ON CONFLICT DO UPDATE SET probes = probes + 1, up = up + excluded.up, answers = answers + excluded.answers,
                   latency_sum = latency_sum + excluded.latency_sum,
                   latency_max = max(coalesce(latency_max, excluded.latency_max), coalesce(excluded.latency_max, latency_max))",
            )?,
        })
    }

    fn add(&mut self, sample: &Sample) -> rusqlite::Result<()> {
        let server = self.server(sample)?;
        let availability = sample.availability.id();
        self.sample.execute(params![server, sample.at, sample.latency_ms, availability])?;
        self.minute.execute(params![server, sample.at.div_euclid(MINUTE_MS), availability != "down", sample.latency_ms])?;
        Ok(())
    }

    fn server(&mut self, sample: &Sample) -> rusqlite::Result<i64> {
        let key = params![sample.provider, sample.base_url];
        if let Some(id) = self.server.query_row(key, |row| row.get(0)).optional()? {
            return Ok(id);
        }
        self.change.execute("INSERT INTO server (provider, base_url) VALUES (?, ?)", key)?;
        Ok(self.change.last_insert_rowid())
    }
}

fn add_entry(change: &Transaction<'_>, config: &str, entry: &Entry) -> rusqlite::Result<()> {
    let body = serde_json::to_string(entry).map_err(|it| rusqlite::Error::ToSqlConversionFailure(it.into()))?;
    let what = serde_json::to_value(entry.what).ok().and_then(|it| it.as_str().map(str::to_owned)).unwrap_or_default();
    change.execute("INSERT INTO entry (config, at, what, body) VALUES (?, ?, ?, ?)", params![config, entry.at, what, body])?;
    Ok(())
}

/// Makes the file, readable by this user alone; SQLite gives the files beside it the same rights. A link to another place stays as it is.
fn private(path: &Path) -> Result<(), StoreError> {
    ordinary(path)?;
    // Where that fails, opening it as a database says why.
    if let Some(folder) = path.parent()
        && make_private_folder(folder).is_ok()
    {
        let _ = append_private(path);
    }
    Ok(())
}

/// SQLite would wait for what is no ordinary file.
fn ordinary(path: &Path) -> Result<(), StoreError> {
    let beside = ["", "-wal", "-shm", "-journal"].map(|end| PathBuf::from(format!("{}{end}", path.display())));
    beside.iter().try_for_each(|file| is_free_or_ordinary(file)).map_err(StoreError::Special)
}

/// Renames a damaged file, so that a new one can begin; only the last such file is kept.
pub(super) fn set_aside(path: &Path) -> std::io::Result<PathBuf> {
    let beside = |end: &str| PathBuf::from(format!("{}{end}", path.display()));
    let aside = path.with_extension("damaged.db");
    fs::rename(path, &aside)?;
    for end in ["-wal", "-shm"] {
        // The new file would take the old one's last writes for its own.
        match fs::rename(beside(end), format!("{}{end}", aside.display())) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => fs::remove_file(beside(end))?,
            _ => {}
        }
    }
    Ok(aside)
}
