//! Follows the gateway's log: reads what is appended, whatever happens to the file (a new day, rotation, truncation, a line written in
//! two parts, a file that appears later).

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::time::Duration;

use domain::Event;
use domain::turns::signal::LogEvent;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::place::LogPlace;
use super::wire::parse_line;
use crate::config::Watch;
use crate::files;
use crate::inbox::EventSender;

#[cfg(test)]
mod tests;

/// How far back the end of the log is read at the start, to find a fallback that is in force.
const LOOK_BACK_BYTES: u64 = 1 << 20;
/// How much of what was written while nobody followed is read.
const CATCH_UP_BYTES: u64 = 16 << 20;
const LOOK_BACK_MS: i64 = 60 * 60 * 1_000;
/// A longer line is no decision.
const LONGEST_LINE: usize = 1 << 20;
const CHUNK: usize = 64 << 10;
/// The last bytes that were read. Where others stand in their place, the file was truncated and written anew.
const REMEMBERED: usize = 64;

/// A place in the log, to go on from after a restart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Bookmark {
    path: PathBuf,
    id: u64,
    offset: u64,
    before: Vec<u8>,
}

/// Runs until the actor has ended. `place` changes with the config; `bookmark` is where an earlier run of the app got to.
pub(super) fn follow(place: watch::Receiver<LogPlace>, watch: Watch<()>, bookmark: Option<String>, events: &EventSender) {
    follow_by(&jiff::Zoned::now, place, watch, bookmark, events);
}

fn follow_by(
    clock: &dyn Fn() -> jiff::Zoned,
    mut place: watch::Receiver<LogPlace>,
    mut watch: Watch<()>,
    bookmark: Option<String>,
    events: &EventSender,
) {
    let report = |event| drop(events.send_blocking(Event::Log(event)));
    let mut first = Some(bookmark.and_then(|text| serde_json::from_str::<Bookmark>(&text).ok()));
    while !events.is_closed() {
        let current = place.borrow_and_update().clone();
        let path = current.path(clock().date());
        let following = |is_there: bool| LogEvent::Following(is_there.then(|| path.to_string_lossy().into_owned()));
        let mut tail = Tail::at(path.clone());
        watch.set(&path, &[]);
        if let Some(bookmark) = first.take() {
            let mut past = |event| drop(events.send_blocking(Event::PastLog(event)));
            match bookmark {
                Some(bookmark) => tail.resume(bookmark, &mut past),
                None => tail.look_back(&mut past),
            }
            report(LogEvent::CaughtUp);
        } else {
            // If it is there already.
            let _ = tail.reopen();
        }
        report(following(tail.file.is_some()));
        while !events.is_closed() {
            let was_there = tail.file.is_some();
            tail.read(&report);
            if let Some(bookmark) = tail.bookmark() {
                report(LogEvent::Bookmark(bookmark));
            }
            if tail.file.is_some() != was_there {
                report(following(tail.file.is_some()));
            }
            watch.wait(until_next_day(&clock()));
            if place.borrow().path(clock().date()) != path {
                tail.read(&report);
                break;
            }
        }
    }
}

/// Returns what the end of the log says now, for a look without following.
pub(crate) fn past(place: &LogPlace) -> Vec<Event> {
    let mut events = Vec::new();
    let mut tail = Tail::at(place.path(jiff::Zoned::now().date()));
    tail.look_back(&mut |event| events.push(Event::PastLog(event)));
    events
}

/// Returns the time until the log's name changes, and a little more.
fn until_next_day(now: &jiff::Zoned) -> Duration {
    let next = now.tomorrow().and_then(|tomorrow| tomorrow.start_of_day());
    let left: Option<Duration> = next.ok().and_then(|next| now.duration_until(&next).try_into().ok());
    left.map_or(Duration::MAX, |left| left + Duration::from_millis(50))
}

struct Tail {
    path: PathBuf,
    file: Option<File>,
    id: u64,
    offset: u64,
    before: Vec<u8>,
    /// The beginning of a line whose end is not written yet.
    part: Vec<u8>,
    /// The rest of an overlong line is skipped.
    skipping: bool,
    /// The offset of the last bookmark.
    marked: Option<u64>,
}

impl Tail {
    fn at(path: PathBuf) -> Self {
        Tail { path, file: None, id: 0, offset: 0, before: Vec::new(), part: Vec::new(), skipping: false, marked: None }
    }

    /// Goes on where an earlier run of the app stopped: with the rest of that file, whatever its name is now, then with today's.
    fn resume(&mut self, bookmark: Bookmark, send: &mut dyn FnMut(LogEvent)) {
        let Some(mut old) = bookmark.reopen() else { return self.look_back(send) };
        let _ = old.catch_up(send);
        if old.path == self.path {
            *self = old;
        } else if self.reopen() {
            let _ = self.catch_up(send);
        }
    }

    /// Reads to the end, but no more than so much.
    fn catch_up(&mut self, send: &mut dyn FnMut(LogEvent)) -> io::Result<()> {
        let end = self.len();
        if end > self.offset + CATCH_UP_BYTES {
            self.start_over();
            self.offset = end - CATCH_UP_BYTES;
            self.skipping = true;
        }
        self.drain(u64::MAX, send)
    }

    fn len(&self) -> u64 {
        self.file.as_ref().and_then(|it| it.metadata().ok()).map_or(0, |it| it.len())
    }

    /// Returns where to go on after a restart, if that moved: never within a line.
    fn bookmark(&mut self) -> Option<String> {
        self.file.as_ref()?;
        let offset = self.offset - self.part.len() as u64;
        if self.marked.replace(offset) == Some(offset) {
            return None;
        }
        let before = self.before[..self.before.len().saturating_sub(self.part.len())].to_vec();
        serde_json::to_string(&Bookmark { path: self.path.clone(), id: self.id, offset, before }).ok()
    }

    /// Reads the last part of what is there.
    fn look_back(&mut self, send: &mut dyn FnMut(LogEvent)) {
        if !self.reopen() {
            return;
        }
        let end = self.len();
        self.offset = end.saturating_sub(LOOK_BACK_BYTES);
        // The first line may lack its beginning.
        self.skipping = self.offset > 0;
        let since = jiff::Timestamp::now().as_millisecond() - LOOK_BACK_MS;
        let _ = self.drain(end, &mut |event| {
            if at(&event).is_none_or(|it| it >= since) {
                send(event);
            }
        });
    }

    fn read(&mut self, report: &dyn Fn(LogEvent)) {
        let mut send = |event| report(event);
        // What was written before a rotation is still in the old file.
        let _ = self.drain(u64::MAX, &mut send);
        if self.is_another_file() && self.reopen() {
            let _ = self.drain(u64::MAX, &mut send);
        }
    }

    /// Reads whole lines up to `end`.
    fn drain(&mut self, end: u64, send: &mut dyn FnMut(LogEvent)) -> io::Result<()> {
        if self.was_truncated()? {
            self.start_over();
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        let len = file.metadata()?.len();
        file.seek(SeekFrom::Start(self.offset))?;
        let mut chunk = vec![0; CHUNK.min(usize::try_from(len - self.offset).unwrap_or(CHUNK)).max(1)];
        while self.offset < end {
            let n = file.read(&mut chunk)?;
            if n == 0 {
                break;
            }
            self.offset += n as u64;
            remember(&mut self.before, &chunk[..n]);
            take_lines(&mut self.part, &mut self.skipping, &chunk[..n], send);
        }
        Ok(())
    }

    /// Whether the file is shorter than what was read of it, or has another text in its place.
    fn was_truncated(&mut self) -> io::Result<bool> {
        let Some(file) = &mut self.file else { return Ok(false) };
        let len = file.metadata()?.len();
        if len < self.offset {
            return Ok(true);
        }
        let mut now = vec![0; self.before.len()];
        file.seek(SeekFrom::Start(self.offset - self.before.len() as u64))?;
        file.read_exact(&mut now)?;
        Ok(now != self.before)
    }

    fn start_over(&mut self) {
        self.offset = 0;
        self.before.clear();
        self.part.clear();
        self.skipping = false;
    }

    fn is_another_file(&self) -> bool {
        match std::fs::metadata(&self.path) {
            Ok(meta) => self.file.is_none() || file_id(&meta) != self.id,
            Err(_) => false,
        }
    }

    fn reopen(&mut self) -> bool {
        let Ok((file, meta)) = files::open(&self.path) else { return false };
        self.id = file_id(&meta);
        self.file = Some(file);
        self.start_over();
        true
    }
}

impl Bookmark {
    /// Opens the file that it is in, by whatever name: a full log is renamed.
    fn reopen(&self) -> Option<Tail> {
        let entries = self.path.parent().and_then(|folder| std::fs::read_dir(folder).ok());
        let neighbours = entries.into_iter().flatten().flatten().map(|entry| entry.path());
        let mut tails = std::iter::once(self.path.clone()).chain(neighbours).map(Tail::at);
        tails.find_map(|mut tail| {
            let meta = std::fs::metadata(&tail.path).ok()?;
            if !meta.is_file() || file_id(&meta) != self.id || meta.len() < self.offset || !tail.reopen() {
                return None;
            }
            (tail.offset, tail.before) = (self.offset, self.before.clone());
            (!tail.was_truncated().unwrap_or(true)).then_some(tail)
        })
    }
}

fn remember(before: &mut Vec<u8>, read: &[u8]) {
    before.extend_from_slice(&read[read.len().saturating_sub(REMEMBERED)..]);
    let surplus = before.len().saturating_sub(REMEMBERED);
    before.drain(..surplus);
}

fn take_lines(part: &mut Vec<u8>, skipping: &mut bool, bytes: &[u8], send: &mut dyn FnMut(LogEvent)) {
    for piece in bytes.split_inclusive(|it| *it == b'\n') {
        let ends = piece.ends_with(b"\n");
        if !*skipping {
            part.extend_from_slice(piece);
        }
        if ends {
            if !std::mem::take(skipping)
                && let Some(event) = std::str::from_utf8(part).ok().and_then(parse_line)
            {
                send(LogEvent::Signal(Box::new(event)));
            }
            part.clear();
        } else if part.len() > LONGEST_LINE {
            part.clear();
            *skipping = true;
        }
    }
}

fn at(event: &LogEvent) -> Option<i64> {
    match event {
        LogEvent::Signal(it) => Some(it.at),
        LogEvent::Following(_) | LogEvent::Bookmark(_) | LogEvent::CaughtUp => None,
    }
}

#[cfg(unix)]
fn file_id(meta: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(meta)
}

/// Elsewhere a rotated log is noticed by being shorter.
#[cfg(not(unix))]
fn file_id(_meta: &std::fs::Metadata) -> u64 {
    0
}
