//! The log at midnight, and a log that is far too long to be read.

use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use domain::turns::signal::SignalKind;

use super::*;
use crate::config::Wake;
use crate::inbox::Message;

const LONG: u64 = 200 << 20;
/// Far longer than anything takes.
const DEADLINE: Duration = Duration::from_secs(20);

/// A line that says that this run had an answer, just now.
fn answered(run: &str) -> String {
    let entry = format!(
        r#"{{"event":"model_fallback_decision","runId":"{run}","decision":"candidate_succeeded","candidateProvider":"p","candidateModel":"m"}}"#
    );
    format!("{{\"1\":{entry},\"time\":\"{}\"}}\n", jiff::Timestamp::now())
}

fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).expect("opened");
    file.write_all(text.as_bytes()).expect("written");
}

/// 200 MB with these runs at these places. What is between takes no room on the disk.
fn long_log(path: &Path, runs: &[(u64, &str)]) {
    let mut file = File::create(path).expect("made");
    file.set_len(LONG).expect("grown");
    for (at, run) in runs {
        file.seek(SeekFrom::Start(*at)).expect("there");
        file.write_all(format!("\n{}", answered(run)).as_bytes()).expect("written");
    }
}

fn run_of(event: &LogEvent) -> Option<String> {
    match event {
        LogEvent::Signal(it) if matches!(it.what, SignalKind::Answered(_)) => it.run.clone(),
        _ => None,
    }
}

#[test]
fn a_long_log_is_read_at_its_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("gateway.log");
    // The second stands just before what is looked back on.
    long_log(&path, &[(0, "first"), (LONG - LOOK_BACK_BYTES - 4_096, "before"), (LONG - 4_096, "last")]);
    let mut runs = Vec::new();
    let mut tail = Tail::at(path.clone());
    tail.look_back(&mut |it| runs.extend(run_of(&it)));
    assert_eq!((runs, tail.offset), (vec!["last".to_owned()], LONG));
}

/// Where an earlier run of the app stopped, unless that is too far back.
#[test]
fn a_long_log_is_read_from_the_bookmark() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("gateway.log");
    let far = LONG - CATCH_UP_BYTES - 4_096;
    long_log(&path, &[(0, "first"), (far, "far"), (LONG - (8 << 20), "near"), (LONG - 4_096, "last")]);
    let id = file_id(&fs::metadata(&path).expect("it is there"));
    let since = |offset: u64| {
        let mut runs = Vec::new();
        let mut tail = Tail::at(path.clone());
        tail.resume(Bookmark { path: path.clone(), id, offset, before: Vec::new() }, &mut |it| runs.extend(run_of(&it)));
        assert_eq!(tail.offset, LONG);
        runs
    };
    assert_eq!(since(LONG - (2 << 20)), ["last"]);
    assert_eq!(since(LONG - (10 << 20)), ["near", "last"]);
    assert_eq!(since(1_000), ["near", "last"], "of what is older, the last 16 MB");
}

/// At midnight of this machine the log gets another name. The last line of the old one is read too, however late it is written.
#[tokio::test]
async fn a_new_day() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = |day: &str| folder.path().join(format!("openclaw-{day}.log"));
    let instant = |text: &str| text.parse::<jiff::Zoned>().expect("an instant");
    // 22:59 UTC: it is the local date that counts.
    let clock = Arc::new(Mutex::new(instant("2026-11-23T23:59:59.900+01:00[Europe/Berlin]")));
    let read = {
        let clock = Arc::clone(&clock);
        move || clock.lock().unwrap_or_else(PoisonError::into_inner).clone()
    };
    let (_place, places) = watch::channel(LogPlace { folder: Some(folder.path().to_owned()), ..LogPlace::default() });
    let (events, mut inbox) = EventSender::new();
    let watch = Watch::new(Duration::ZERO);
    let waker = watch.sender();
    let follower = std::thread::spawn(move || follow_by(&read, places, watch, None, &events));
    let mut next = async || {
        let wait = async {
            loop {
                match inbox.recv().await.expect("it follows") {
                    Message::Event(Event::Log(event)) if run_of(&event).is_some() => return run_of(&event),
                    Message::Event(Event::Log(LogEvent::Following(path))) => return path,
                    _ => {}
                }
            }
        };
        tokio::time::timeout(DEADLINE, wait).await.expect("in time")
    };
    assert_eq!(next().await, None, "there is no log yet");
    append(&log("2026-11-23"), &answered("run-1"));
    let mut seen = [next().await, next().await];
    seen.sort();
    assert_eq!(seen, [Some(log("2026-11-23").to_string_lossy().into_owned()), Some("run-1".to_owned())]);
    append(&log("2026-11-24"), &answered("run-2"));
    append(&log("2026-11-23"), &answered("late"));
    *clock.lock().unwrap_or_else(PoisonError::into_inner) = instant("2026-11-24T00:00:00.100+01:00[Europe/Berlin]");
    assert_eq!(next().await.as_deref(), Some("late"));
    assert_eq!(next().await, Some(log("2026-11-24").to_string_lossy().into_owned()));
    assert_eq!(next().await.as_deref(), Some("run-2"));
    append(&log("2026-11-24"), &answered("run-3"));
    assert_eq!(next().await.as_deref(), Some("run-3"));
    drop(inbox);
    waker.send(Wake::Command(())).expect("it waits");
    follower.join().expect("it ends with the actor");
}

/// Nobody takes what is read: the rest of the log stays in its file.
#[tokio::test]
async fn a_burst_waits_in_the_log() {
    const LINES: usize = 5_000;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("gateway.log");
    let (_place, places) = watch::channel(LogPlace { file: Some(path.to_string_lossy().into_owned()), ..LogPlace::default() });
    let (events, mut inbox) = EventSender::new();
    let log = Watch::new(Duration::ZERO);
    let waker = log.sender();
    let follower = std::thread::spawn(move || follow(places, log, None, &events));
    // It follows: what is appended now is new.
    while !matches!(inbox.recv().await, Some(Message::Event(Event::Log(LogEvent::Following(_))))) {}
    let burst: String = (0..LINES).map(|run| answered(&run.to_string())).collect();
    append(&path, &burst);
    waker.send(Wake::Command(())).expect("it waits");
    let full = async {
        while inbox.len() < inbox.max_capacity() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, full).await.expect("in time");
    let mut runs = Vec::new();
    while runs.len() < LINES {
        if let Some(Message::Event(Event::Log(event))) = tokio::time::timeout(DEADLINE, inbox.recv()).await.expect("in time") {
            runs.extend(run_of(&event));
        }
    }
    assert!(runs.iter().enumerate().all(|(at, run)| *run == at.to_string()), "each line once, in order");
    drop(inbox);
    waker.send(Wake::Command(())).expect("it waits");
    follower.join().expect("it ends with the actor");
}

/// To open one would wait for who writes to it.
#[cfg(unix)]
#[test]
fn a_pipe_is_no_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("gateway.log");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().expect("it runs").success());
    assert!(!Tail::at(path).reopen());
}
