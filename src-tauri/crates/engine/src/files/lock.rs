//! One of our programs at a time: a locked file, waited for a few seconds.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{append_private, make_private_folder};

const PATIENCE: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Held until dropped.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "the lock lasts as long as the file is open")] Option<File>);

#[derive(Debug, thiserror::Error)]
pub(crate) enum LockError {
    #[error("{0} is held by {1}")]
    Held(PathBuf, String),
    #[error("{0} can't be opened: {1}")]
    Unusable(PathBuf, io::Error),
}

impl Lock {
    /// Waits a few seconds. On a file system without locks, or without a place for the file, nothing is held.
    pub(crate) fn wait(path: &Path) -> Result<Lock, LockError> {
        Lock::wait_for(path, PATIENCE)
    }

    /// Does not wait.
    pub(crate) fn at_once(path: &Path) -> Result<Lock, LockError> {
        Lock::wait_for(path, Duration::ZERO)
    }

    pub(super) fn wait_for(path: &Path, patience: Duration) -> Result<Lock, LockError> {
        if path.parent().is_none_or(|folder| make_private_folder(folder).is_err()) {
            return Ok(Lock(None));
        }
        let file = match append_private(path) {
            Ok(file) => file,
            Err(error) if matches!(error.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::StorageFull) => {
                return Ok(Lock(None));
            }
            Err(error) => return Err(LockError::Unusable(path.to_owned(), error)),
        };
        let end = Instant::now() + patience;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock(Some(file))),
                Err(TryLockError::Error(_)) => return Ok(Lock(None)),
                Err(TryLockError::WouldBlock) if Instant::now() < end => std::thread::sleep(LOOK_AGAIN),
                Err(TryLockError::WouldBlock) => return Err(LockError::Held(path.to_owned(), holder(&file))),
            }
        }
    }
}

/// Returns who holds the lock, where the system tells.
#[cfg(target_os = "linux")]
fn holder(file: &File) -> String {
    let inode = file.metadata().map(|meta| std::os::unix::fs::MetadataExt::ino(&meta)).unwrap_or(0);
    let locks = super::read_text(Path::new("/proc/locks"), super::SMALL).unwrap_or_default();
    // `1: FLOCK  ADVISORY  WRITE 4711 08:02:131082 0 EOF`
    let held = locks.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_ours = words.get(5)?.rsplit(':').next()?.parse() == Ok(inode);
        is_ours.then(|| words.get(4)?.parse::<u32>().ok()).flatten()
    });
    let Some(process) = held else { return "another program".to_owned() };
    let name = super::read_text(Path::new(&format!("/proc/{process}/comm")), super::SMALL).unwrap_or_default();
    format!("{} (process {process})", if name.trim().is_empty() { "a program" } else { name.trim() })
}

#[cfg(not(target_os = "linux"))]
fn holder(_file: &File) -> String {
    "another program".to_owned()
}
