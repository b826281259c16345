//! The file through what befalls files: a crash, another version, damage, too much in it, another program.

use std::fs;
use std::path::PathBuf;

use domain::history::{Entry, EntryKind, Evidence, Record, Sample};
use domain::server::availability::Availability;
use rusqlite::Connection;
use tempfile::TempDir;

use super::keeper::now_ms;
use super::store::{DAY_MS, Store, StoreError};
use super::{History, HistoryPlace, Limits, read_entries, schema};

const CONFIG: &str = "/home/me/.openclaw/openclaw.json";

struct Folder {
    folder: TempDir,
}

impl Folder {
    fn new() -> Folder {
        Folder { folder: tempfile::tempdir().expect("a folder") }
    }

    fn place(&self) -> HistoryPlace {
        HistoryPlace { folder: self.folder.path().to_owned(), config: CONFIG.to_owned(), read_only: false }
    }

    fn file(&self) -> PathBuf {
        self.place().file()
    }

    fn open(&self) -> Store {
        Store::open(&self.file(), CONFIG).expect("it opens")
    }

    fn start(&self) -> History {
        History::start(self.place(), Limits::default())
    }

    fn names(&self) -> Vec<String> {
        let files = fs::read_dir(self.folder.path()).expect("a folder").flatten();
        let mut names: Vec<String> = files.map(|it| it.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

fn sample(at: i64) -> Record {
    let base_url = "http://127.0.0.1:1234/v1".to_owned();
    Record::Sample(Sample {
        provider: "lmstudio".to_owned(),
        base_url,
        at,
        latency_ms: Some(38),
        availability: Availability::Ready,
    })
}

fn entry(at: i64) -> Entry {
    Entry {
        to: Some("Opus".to_owned()),
        why: Some("Local did not answer (connection refused).".to_owned()),
        evidence: vec![Evidence::Log, Evidence::Probe],
        ..Entry::new(EntryKind::FallbackStarted, "lmstudio/my-local-model", "Local", at)
    }
}

#[tokio::test]
async fn what_is_kept_comes_back() {
    let folder = Folder::new();
    let now = now_ms();
    let history = folder.start();
    for i in (0..100).rev() {
        history.keep(sample(now - i * 10_000));
    }
    history.keep(Record::Entry(entry(now)));
    history.keep(Record::Value { key: "route", value: "one".to_owned() });
    history.keep(Record::Value { key: "route", value: "two".to_owned() });
    assert_eq!(history.entries(0).await, Ok(vec![entry(now)]), "also what is not written yet");
    history.flush().await;
    drop(history);
    let recalled = folder.start().recall().await;
    let past = recalled.day_stats.values().next().expect("one server");
    assert_eq!((past.latest().len(), past.uptime(now), past.percentiles()), (48, Some(1_000), Some((38, 38))));
    assert_eq!(recalled.values["route"], "two");
}

#[test]
#[cfg(unix)]
fn it_is_for_this_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    fs::write(folder.file(), "").expect("written");
    fs::set_permissions(folder.file(), fs::Permissions::from_mode(0o644)).expect("set");
    let mut store = folder.open();
    store.write(&[sample(1)]).expect("written");
    for name in folder.names() {
        let mode = fs::metadata(folder.folder.path().join(&name)).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

/// The files as they lie there when the program dies in the middle of its work: nothing was closed, the last writes are in the log
/// beside the file, half of one more behind them.
#[test]
fn a_crash_loses_nothing_that_was_written() {
    let (folder, after) = (Folder::new(), Folder::new());
    let mut store = folder.open();
    store.write(&[Record::Entry(entry(1)), sample(1)]).expect("written");
    store.write(&[Record::Entry(entry(2))]).expect("written");
    for name in folder.names() {
        fs::copy(folder.folder.path().join(&name), after.folder.path().join(&name)).expect("copied");
    }
    let log = after.folder.path().join("history.db-wal");
    let mut bytes = fs::read(&log).expect("the log is there");
    bytes.extend_from_within(..1_000);
    fs::write(&log, bytes).expect("written");
    assert_eq!(after.open().entries(0, 10).expect("read"), [entry(2), entry(1)]);
}

/// A batch is written whole or not at all.
#[test]
fn what_was_not_committed_was_never_there() {
    let folder = Folder::new();
    folder.open().write(&[Record::Entry(entry(1))]).expect("written");
    let mut other = Connection::open(folder.file()).expect("opened");
    let change = other.transaction().expect("begun");
    change.execute("DELETE FROM entry", []).expect("deleted");
    drop(change);
    assert_eq!(folder.open().entries(0, 10).expect("read").len(), 1);
}

#[test]
fn a_file_of_version_1_is_brought_to_this_one() {
    let folder = Folder::new();
    let old = Connection::open(folder.file()).expect("opened");
    old.execute_batch(include_str!("version-1.sql")).expect("a file of version 1");
    drop(old);
    let mut store = folder.open();
    assert_eq!(store.entries(0, 10).expect("read"), [entry(1_795_442_400_000)]);
    assert_eq!(store.recall(1_795_442_400_000).expect("read").day_stats.len(), 1);
    store.write(&[Record::Value { key: "route", value: "{}".to_owned() }]).expect("version 2 has room for it");
    let version = schema::version(&Connection::open(folder.file()).expect("opened"));
    assert_eq!(version, Ok(schema::VERSION));
}

#[tokio::test]
async fn a_file_of_a_later_version_is_left_alone() {
    let folder = Folder::new();
    drop(folder.open());
    let later = Connection::open(folder.file()).expect("opened");
    later.pragma_update(None, "user_version", schema::VERSION + 1).expect("set");
    drop(later);
    let before = fs::read(folder.file()).expect("read");
    let history = folder.start();
    history.keep(Record::Entry(entry(1)));
    let told = history.entries(0).await.expect_err("it can't be read");
    assert!(told.ends_with("the file was made by a later version of Pilot Light"), "{told}");
    history.flush().await;
    assert_eq!(fs::read(folder.file()).expect("read"), before);
    assert!(!folder.names().iter().any(|it| it.contains("damaged")));
}

#[tokio::test]
async fn a_damaged_file_is_set_aside_and_told() {
    let folder = Folder::new();
    fs::write(folder.file(), "this is no database, and long enough to be sure of it".repeat(100)).expect("written");
    let history = folder.start();
    history.keep(Record::Entry(entry(now_ms() + 60_000)));
    let entries = history.entries(0).await.expect("a new one");
    assert_eq!(entries.iter().map(|it| it.what).collect::<Vec<_>>(), [EntryKind::FallbackStarted, EntryKind::HistoryRestarted]);
    let why = entries[1].why.clone().unwrap_or_default();
    assert!(why.starts_with("the file was damaged, and is kept as") && why.ends_with("history.damaged.db"), "{why}");
    let aside = fs::read_to_string(folder.folder.path().join("history.damaged.db")).expect("kept");
    assert!(aside.starts_with("this is no database"));
}

/// Damage in the middle of a file whose beginning is good.
#[tokio::test]
async fn a_page_gone_bad_is_found_at_the_start() {
    let folder = Folder::new();
    let mut store = folder.open();
    for i in 0..50 {
        store.write(&(0..100).map(|j| Record::Entry(entry(i * 100 + j))).collect::<Vec<_>>()).expect("written");
    }
    drop(store);
    let mut bytes = fs::read(folder.file()).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 20_000].fill(0xA5);
    fs::write(folder.file(), bytes).expect("written");
    let entries = folder.start().entries(0).await.expect("a new one");
    assert_eq!(entries.iter().map(|it| it.what).collect::<Vec<_>>(), [EntryKind::HistoryRestarted]);
}

#[test]
fn old_things_go() {
    let folder = Folder::new();
    let now = 1_795_442_400_000;
    let mut store = folder.open();
    let ages = [0, 12, 25, 24 * 89, 24 * 91];
    for hours in ages {
        store.write(&[sample(now - hours * 3_600_000), Record::Entry(entry(now - hours * 3_600_000))]).expect("written");
    }
    store.prune(now, Limits::default()).expect("pruned");
    let count = |table: &str| {
        let db = Connection::open(folder.file()).expect("opened");
        db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0)).expect("counted")
    };
    assert_eq!(["sample", "minute", "entry", "server"].map(count), [2, 4, 4, 1]);
    store.prune(now + 200 * DAY_MS, Limits::default()).expect("pruned");
    assert_eq!(["sample", "minute", "entry", "server"].map(count), [0, 0, 0, 0]);
}

/// Twice as much as there is room for: the oldest are gone, the newest are there, and the file has not grown beyond its limit.
#[test]
fn the_file_has_a_bound() {
    const LIMIT: u64 = 1_000_000;
    let folder = Folder::new();
    let now = 1_795_442_400_000;
    let limits = Limits { bytes: LIMIT, ..Limits::default() };
    let mut store = folder.open();
    for round in 0..20 {
        let batch: Vec<Record> = (0..3_000).map(|i| sample(now - (60_000 - round * 3_000 - i) * 1_000)).collect();
        store.write(&batch).expect("written");
        store.prune(now, limits).expect("pruned");
    }
    store.write(&[Record::Entry(entry(now))]).expect("written");
    let past = store.recall(now).expect("read").day_stats;
    let past = past.values().next().expect("the newest are there");
    assert!(past.strip(now).iter().rev().take(2).any(Option::is_some));
    assert!(past.strip(now).iter().flatten().count() < 60_000 / 900, "the oldest are not");
    drop(store);
    let size = fs::metadata(folder.file()).expect("there").len();
    assert!(size < LIMIT * 3 / 2, "{size} bytes");
}

/// The command line beside the app: it sees what was written, writes nothing, and hinders nobody.
#[tokio::test]
async fn another_program_reads_at_the_same_time() {
    let folder = Folder::new();
    let reader = HistoryPlace { read_only: true, ..folder.place() };
    assert_eq!(read_entries(&reader, 0), Ok(Vec::new()), "there is none yet");
    assert!(folder.names().is_empty(), "and none is made");
    let mut store = folder.open();
    store.write(&[Record::Entry(entry(1))]).expect("written");
    assert_eq!(read_entries(&reader, 0).map(|it| it.len()), Ok(1));
    let beside = History::start(reader, Limits::default());
    beside.keep(Record::Entry(entry(2)));
    beside.flush().await;
    store.write(&[Record::Entry(entry(3))]).expect("nobody is in the way");
    assert_eq!(beside.entries(0).await.map(|it| it.len()), Ok(2));
    let other = Store::read_only(&folder.file(), "/elsewhere/openclaw.json").and_then(|it| it.entries(0, 10));
    assert_eq!(other.map_err(|it| it.to_string()), Ok(Vec::new()), "of another config");
}

#[test]
fn who_only_looks_does_not_migrate() {
    let folder = Folder::new();
    let old = Connection::open(folder.file()).expect("opened");
    old.execute_batch(include_str!("version-1.sql")).expect("a file of version 1");
    drop(old);
    assert!(matches!(Store::read_only(&folder.file(), CONFIG).err(), Some(StoreError::Older)));
}

/// A disk that is full, or a folder that can't be written: what happens meanwhile is kept for a while, and written when it can be.
#[tokio::test]
async fn what_can_not_be_written_waits() {
    let folder = Folder::new();
    let blocked = HistoryPlace { folder: folder.folder.path().join("state"), ..folder.place() };
    fs::write(&blocked.folder, "a file where the folder should be").expect("written");
    let history = History::start(blocked.clone(), Limits::default());
    history.keep(Record::Entry(entry(1)));
    assert!(history.entries(0).await.is_err());
    fs::remove_file(&blocked.folder).expect("removed");
    assert_eq!(history.entries(0).await.map(|it| it.len()), Ok(1));
}
