//! Waits for a file to change, or for a command about it. The file's folder is watched, since an editor replaces a file by renaming
//! another over it. The file is also looked at every few seconds, since a folder can be replaced too, and some file systems report
//! nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant, SystemTime};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::rejected::prefixes;

/// A file that changes without end is still read this often.
const PATIENCE: Duration = Duration::from_millis(200);
const LOOK_EVERY: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) enum Wake<C> {
    /// The file may have changed.
    Changed,
    Command(C),
}

/// Held by the thread that reads the file.
pub(crate) struct Watch<C> {
    /// The file, then those that it includes.
    paths: Vec<PathBuf>,
    /// An editor writes in several steps: a change counts after this long without another.
    quiet: Duration,
    /// Unbounded: at most one change waits at a time, and whoever sends a command waits for its answer.
    inbox: Receiver<Wake<C>>,
    sender: Sender<Wake<C>>,
    change_waits: Arc<AtomicBool>,
    /// A command that came while a change settled.
    next: Option<C>,
    watcher: Option<RecommendedWatcher>,
    seen: Vec<Option<Stamp>>,
    folder: Option<Stamp>,
}

#[derive(Clone, Copy, PartialEq)]
struct Stamp {
    modified: Option<SystemTime>,
    len: u64,
    id: u64,
}

impl<C: Send + 'static> Watch<C> {
    /// Watches nothing yet.
    pub(crate) fn new(quiet: Duration) -> Self {
        let (sender, inbox) = channel();
        Watch {
            paths: Vec::new(),
            quiet,
            inbox,
            sender,
            change_waits: Arc::default(),
            next: None,
            watcher: None,
            seen: Vec::new(),
            folder: None,
        }
    }

    /// Takes commands for the thread that waits.
    pub(crate) fn sender(&self) -> Sender<Wake<C>> {
        self.sender.clone()
    }

    /// Watches this file from now on, and those that it includes. Whether they are others than before.
    pub(crate) fn set(&mut self, path: &Path, included: &[PathBuf]) -> bool {
        let paths: Vec<PathBuf> = std::iter::once(path.to_owned()).chain(included.iter().cloned()).collect();
        let differs = paths != self.paths;
        if differs {
            self.paths = paths;
            self.start();
        }
        differs
    }

    /// Waits for a change or a command, a few seconds at most.
    pub(crate) fn wait(&mut self, at_most: Duration) -> Option<Wake<C>> {
        if let Some(command) = self.next.take() {
            return Some(Wake::Command(command));
        }
        match self.inbox.recv_timeout(at_most.min(LOOK_EVERY)) {
            Ok(Wake::Changed) => {
                self.settle();
                self.look();
                Some(Wake::Changed)
            }
            Ok(command) => Some(command),
            Err(_) => self.look().then_some(Wake::Changed),
        }
    }

    fn settle(&mut self) {
        let end = Instant::now() + PATIENCE;
        loop {
            self.change_waits.store(false, Ordering::SeqCst);
            let left = end.saturating_duration_since(Instant::now());
            match self.inbox.recv_timeout(self.quiet.min(left)) {
                Ok(Wake::Changed) => {}
                Ok(Wake::Command(command)) => return self.next = Some(command),
                Err(_) => return,
            }
        }
    }

    /// Whether anything differs from the last look; mends the watch where the folder itself changed.
    fn look(&mut self) -> bool {
        let (seen, folder) = (self.stamps(), self.folder());
        let changed = self.seen != seen;
        if folder.map(|stamp| stamp.id) != self.folder.map(|stamp| stamp.id) || self.watcher.is_none() {
            self.start();
        }
        self.seen = seen;
        changed
    }

    fn folder(&self) -> Option<Stamp> {
        stamp(self.paths.first()?.parent()?)
    }

    fn stamps(&self) -> Vec<Option<Stamp>> {
        self.paths.iter().map(|it| stamp(it)).collect()
    }

    /// Watches each file's folder, and that of the file behind a link; where there is no folder yet, the nearest one above it.
    fn start(&mut self) {
        let Some(target) = self.paths.first().cloned() else { return };
        self.seen = self.stamps();
        self.folder = self.folder();
        let names: Vec<PathBuf> =
            self.paths.iter().flat_map(|path| std::iter::once(path.clone()).chain(std::fs::canonicalize(path))).collect();
        let files: Vec<_> = names.iter().filter_map(|it| it.file_name().map(std::ffi::OsStr::to_owned)).collect();
        let rejected = prefixes(&target);
        let concerns_us = move |path: &PathBuf| {
            let is_rejected = |name: &str| rejected.iter().any(|prefix| name.starts_with(prefix));
            target.starts_with(path)
                || path
                    .file_name()
                    .is_none_or(|name| files.iter().any(|file| file == name) || name.to_str().is_some_and(is_rejected))
        };
        let (sender, change_waits) = (self.sender.clone(), self.change_waits.clone());
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // An error means that events may have been lost: look again.
            let is_change = event.map_or(true, |event| !event.kind.is_access() && event.paths.iter().any(&concerns_us));
            if is_change && !change_waits.swap(true, Ordering::SeqCst) {
                let _ = sender.send(Wake::Changed);
            }
        });
        self.watcher = watcher.ok().and_then(|mut watcher| {
            let mut folders: Vec<&Path> =
                names.iter().filter_map(|name| name.ancestors().skip(1).find(|folder| folder.is_dir())).collect();
            folders.sort();
            folders.dedup();
            let watched = folders.iter().filter(|folder| watcher.watch(folder, RecursiveMode::NonRecursive).is_ok()).count();
            (watched > 0).then_some(watcher)
        });
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let meta = std::fs::metadata(path).ok()?;
    #[cfg(unix)]
    let id = std::os::unix::fs::MetadataExt::ino(&meta);
    #[cfg(not(unix))]
    let id = 0;
    Some(Stamp { modified: meta.modified().ok(), len: meta.len(), id })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// Far longer than anything takes.
    const DEADLINE: Duration = Duration::from_secs(20);

    #[track_caller]
    fn next(watch: &mut Watch<u8>) -> Option<u8> {
        let end = Instant::now() + DEADLINE;
        while Instant::now() < end {
            match watch.wait(DEADLINE) {
                Some(Wake::Changed) => return None,
                Some(Wake::Command(command)) => return Some(command),
                None => {}
            }
        }
        panic!("nothing happened");
    }

    #[test]
    fn a_file_in_a_replaced_folder() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("folder");
        let file = folder.join("file");
        let make = |text: &str| {
            fs::create_dir(&folder).expect("made");
            fs::write(&file, text).expect("written");
        };
        make("old");
        let mut watch = Watch::new(Duration::ZERO);
        watch.set(&file, &[]);
        fs::rename(&folder, home.path().join("away")).expect("moved");
        assert_eq!(next(&mut watch), None);
        make("newer");
        assert_eq!(next(&mut watch), None);
        fs::write(&file, "newest of all").expect("written");
        assert_eq!(next(&mut watch), None);
    }

    #[test]
    fn commands_that_come_while_a_change_settles_are_kept_in_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        let mut watch = Watch::new(Duration::from_millis(150));
        watch.set(&file, &[]);
        let sender = watch.sender();
        fs::write(&file, "text").expect("written");
        for command in [1, 2] {
            sender.send(Wake::Command(command)).expect("it is there");
        }
        let mut commands = Vec::new();
        let mut changes = 0;
        while commands.len() < 2 || changes == 0 {
            match next(&mut watch) {
                Some(command) => commands.push(command),
                None => changes += 1,
            }
        }
        assert_eq!(commands, [1, 2]);
    }
}
