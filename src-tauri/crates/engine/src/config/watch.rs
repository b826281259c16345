//! Tells when a file may have changed. Its folder is watched, since an editor replaces a file by renaming another over it; and it is
//! looked at now and then, since a folder can be replaced too, and some file systems report nothing.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

/// A file that changes without end is still read this often.
const PATIENCE: Duration = Duration::from_millis(200);
const LOOK_EVERY: Duration = Duration::from_secs(5);

pub(crate) struct Watch {
    path: PathBuf,
    /// The files that it takes in.
    others: Vec<PathBuf>,
    /// An editor writes in several steps, and the last one counts: a change is told after this long without another.
    quiet: Duration,
    events: mpsc::UnboundedReceiver<()>,
    sender: mpsc::UnboundedSender<()>,
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

impl Watch {
    pub(crate) fn new(path: PathBuf, quiet: Duration) -> Self {
        let (sender, events) = mpsc::unbounded_channel();
        let mut watch = Watch { path, others: Vec::new(), quiet, events, sender, watcher: None, seen: Vec::new(), folder: None };
        watch.start();
        watch
    }

    /// Watches these beside it from now on.
    pub(crate) fn also(&mut self, others: Vec<PathBuf>) {
        if others != self.others {
            self.others = others;
            self.start();
        }
    }

    /// Returns when the file may have changed. Cancel-safe.
    pub(crate) async fn changed(&mut self) {
        loop {
            match tokio::time::timeout(LOOK_EVERY, self.events.recv()).await {
                Ok(_) => {
                    self.settle().await;
                    let _ = self.look();
                    return;
                }
                Err(_) if self.look() => return,
                Err(_) => {}
            }
        }
    }

    async fn settle(&mut self) {
        let end = Instant::now() + PATIENCE;
        while let Ok(Some(())) = timeout_at(end.min(Instant::now() + self.quiet), self.events.recv()).await {}
    }

    /// Whether anything differs from the last look; mends the watch where the folder itself changed.
    fn look(&mut self) -> bool {
        let (seen, folder) = (self.stamps(), self.path.parent().and_then(stamp));
        let moved = folder.map(|it| it.id) != self.folder.map(|it| it.id) || self.watcher.is_none();
        if moved {
            self.start();
        }
        let changed = self.seen != seen;
        self.seen = seen;
        changed
    }

    fn stamps(&self) -> Vec<Option<Stamp>> {
        std::iter::once(&self.path).chain(&self.others).map(|it| stamp(it)).collect()
    }

    /// Watches the file's folder, and that of the file behind a link; where there is no folder yet, the nearest one above it.
    fn start(&mut self) {
        self.seen = self.stamps();
        self.folder = self.path.parent().and_then(stamp);
        let all = std::iter::once(&self.path).chain(&self.others);
        let names: Vec<PathBuf> = all.flat_map(|it| std::iter::once(it.clone()).chain(std::fs::canonicalize(it))).collect();
        let files: Vec<_> = names.iter().filter_map(|it| it.file_name().map(std::ffi::OsStr::to_owned)).collect();
        let beside = super::aside::prefixes(&self.path);
        let (sender, target) = (self.sender.clone(), self.path.clone());
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // An error means that events may have been lost: look again.
            let is_ours = |path: &PathBuf| {
                let is_aside = |name: &str| beside.iter().any(|it| name.starts_with(it));
                target.starts_with(path)
                    || path
                        .file_name()
                        .is_none_or(|name| files.iter().any(|it| it == name) || name.to_str().is_some_and(is_aside))
            };
            let ours = event.map_or(true, |it| !it.kind.is_access() && it.paths.iter().any(is_ours));
            if ours {
                let _ = sender.send(());
            }
        });
        self.watcher = watcher.ok().and_then(|mut watcher| {
            let mut folders: Vec<&Path> = names.iter().filter_map(|it| it.ancestors().skip(1).find(|it| it.is_dir())).collect();
            folders.sort();
            folders.dedup();
            let watched = folders.iter().filter(|it| watcher.watch(it, RecursiveMode::NonRecursive).is_ok()).count();
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
