//! The tables, and how a file of an older version gets them.

use rusqlite::{Connection, Result};

/// Each brings a file from the version of its place in the list (0 is an empty file) to the next one. Never change one that was
/// released: add another.
const STEPS: &[&str] = &[
    // What was seen, by server. A file is searched by time, and each of the small rows is found where it is due.
    "CREATE TABLE server (id INTEGER PRIMARY KEY, provider TEXT NOT NULL, base_url TEXT NOT NULL, UNIQUE (provider, base_url)) STRICT;
     CREATE TABLE sample (
       server INTEGER NOT NULL, at INTEGER NOT NULL, latency_ms INTEGER, standing TEXT NOT NULL,
       PRIMARY KEY (server, at)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE minute (
       server INTEGER NOT NULL, minute INTEGER NOT NULL, probes INTEGER NOT NULL, up INTEGER NOT NULL,
       answers INTEGER NOT NULL, latency_sum INTEGER NOT NULL, latency_max INTEGER,
       PRIMARY KEY (server, minute)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE entry (id INTEGER PRIMARY KEY, config TEXT NOT NULL, at INTEGER NOT NULL, what TEXT NOT NULL, body TEXT NOT NULL) STRICT;
     CREATE INDEX entry_at ON entry (config, at);",
    // Small things that other parts carry over a restart.
    "CREATE TABLE memory (config TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (config, key)) STRICT, WITHOUT ROWID;",
];

pub(super) const VERSION: i64 = STEPS.len() as i64;

pub(super) fn version(db: &Connection) -> Result<i64> {
    db.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// All steps that are missing, in one transaction.
pub(super) fn migrate(db: &mut Connection) -> Result<()> {
    let from = usize::try_from(version(db)?).unwrap_or(0);
    if from >= STEPS.len() {
        return Ok(());
    }
    let change = db.transaction()?;
    for step in &STEPS[from..] {
        change.execute_batch(step)?;
    }
    change.pragma_update(None, "user_version", VERSION)?;
    change.commit()
}
