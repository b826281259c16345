//! Follows the gateway's log: reads what is appended, whatever happens to the file (a new day, rotation, truncation, a line written in
//! two parts, a file that appears later). File events wake it; a slow look is the safety net.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::time::Duration;

use domain::Event;
use domain::sign::LogEvent;
use tokio::sync::{mpsc, watch};

use super::{Place, parse_line};
use crate::config::Watch;

/// How far back the end of the log is read at the start, to know of a fallback that is in force.
const LOOK_BACK_BYTES: u64 = 1 << 20;
const LOOK_BACK_MS: i64 = 60 * 60 * 1_000;
/// A longer line is no decision.
const LONGEST_LINE: usize = 1 << 20;
const CHUNK: usize = 64 << 10;
/// The last bytes read; where others stand in their place, the file was cut and written anew.
const REMEMBERED: usize = 64;
/// The day may have changed.
const DAY_CHECK: Duration = Duration::from_secs(30);

/// Runs until the receiver is gone. `place` changes with the config.
pub(crate) async fn follow(mut place: watch::Receiver<Place>, events: mpsc::UnboundedSender<Event>) {
    let mut first = true;
    while !events.is_closed() {
        let current = place.borrow_and_update().clone();
        let path = path_now(&current);
        let mut tail = Tail::open(path.clone(), std::mem::take(&mut first), &events);
        let mut watch = Watch::new(path.clone(), Duration::ZERO);
        let _ = events.send(Event::Log(LogEvent::Following(tail.file.is_some().then(|| path.to_string_lossy().into_owned()))));
        loop {
            let was_there = tail.file.is_some();
            tail.read(&events);
            if tail.file.is_some() != was_there {
                let _ = events
                    .send(Event::Log(LogEvent::Following(tail.file.is_some().then(|| path.to_string_lossy().into_owned()))));
            }
            tokio::select! {
                () = watch.changed() => {}
                () = tokio::time::sleep(DAY_CHECK) => {}
                changed = place.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
                () = events.closed() => return,
            }
            if path_now(&place.borrow()) != path {
                tail.read(&events);
                break;
            }
        }
    }
}

/// What the end of the log says now, for a look without following.
pub(crate) fn past(place: &Place) -> Vec<Event> {
    let mut events = Vec::new();
    let mut tail = Tail::at(path_now(place));
    tail.look_back(&mut |event| events.push(Event::PastLog(event)));
    events
}

fn path_now(place: &Place) -> PathBuf {
    place.now(jiff::Zoned::now().date())
}

struct Tail {
    path: PathBuf,
    file: Option<File>,
    id: u64,
    offset: u64,
    before: Vec<u8>,
    /// The beginning of a line whose end is not written yet.
    part: Vec<u8>,
    /// The rest of an overlong line is passed over.
    skipping: bool,
}

impl Tail {
    fn at(path: PathBuf) -> Self {
        Tail { path, file: None, id: 0, offset: 0, before: Vec::new(), part: Vec::new(), skipping: false }
    }

    /// At the first start, from the end, after a look back; later on (a new day, another file) from the beginning.
    fn open(path: PathBuf, first: bool, events: &mpsc::UnboundedSender<Event>) -> Self {
        let mut tail = Tail::at(path);
        if first {
            tail.look_back(&mut |event| drop(events.send(Event::PastLog(event))));
        }
        tail
    }

    /// Reads the end of what is there, and stands at its end.
    fn look_back(&mut self, send: &mut dyn FnMut(LogEvent)) {
        if !self.reopen() {
            return;
        }
        let end = self.file.as_ref().and_then(|it| it.metadata().ok()).map_or(0, |it| it.len());
        self.offset = end.saturating_sub(LOOK_BACK_BYTES);
        // The first line is a part of one, unless it is the file's first.
        self.skipping = self.offset > 0;
        let since = jiff::Timestamp::now().as_millisecond() - LOOK_BACK_MS;
        let _ = self.drain(end, &mut |event| {
            if at(&event).is_none_or(|it| it >= since) {
                send(event);
            }
        });
    }

    fn read(&mut self, events: &mpsc::UnboundedSender<Event>) {
        let mut send = |event| drop(events.send(Event::Log(event)));
        // What was written before a rotation is still in the old file.
        let _ = self.drain(u64::MAX, &mut send);
        if self.is_another_file() && self.reopen() {
            let _ = self.drain(u64::MAX, &mut send);
        }
    }

    /// Reads whole lines up to `end`.
    fn drain(&mut self, end: u64, send: &mut dyn FnMut(LogEvent)) -> io::Result<()> {
        if self.was_cut()? {
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

    /// Shorter than what was read of it, or another text in its place.
    fn was_cut(&mut self) -> io::Result<bool> {
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
        let opened = File::open(&self.path).and_then(|file| file.metadata().map(|meta| (file, meta)));
        let Ok((file, meta)) = opened else { return false };
        self.id = file_id(&meta);
        self.file = Some(file);
        self.start_over();
        true
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
                send(LogEvent::Sign(Box::new(event)));
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
        LogEvent::Sign(it) => Some(it.at),
        LogEvent::Following(_) | LogEvent::CaughtUp => None,
    }
}

#[cfg(unix)]
fn file_id(meta: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(meta)
}

/// Elsewhere a rotated log shows itself by being shorter.
#[cfg(not(unix))]
fn file_id(_meta: &std::fs::Metadata) -> u64 {
    0
}
