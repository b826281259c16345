//! A file that is written beside another one, to take its place or a free name in one step.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use tempfile::{NamedTempFile, TempDir};

use super::identity::Identity;
use super::private::adopt;

const PREFIX: &str = ".pilotlight-";
const SUFFIX: &str = ".tmp";
/// Where files can't be locked, one that is older than this was left by a write that never ended.
const LEFT: Duration = Duration::from_secs(60);

/// Locked while it is written, so that nobody takes it for one that was left behind. For this user alone, until it is given an identity.
#[derive(Debug)]
pub(crate) struct Temporary(NamedTempFile);

impl Temporary {
    /// Makes a file in the folder where it is to stay.
    pub(crate) fn beside(target: &Path) -> io::Result<Temporary> {
        let folder = target.parent().ok_or_else(|| io::Error::other("it has no folder"))?;
        loop {
            let file = tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder)?;
            let locked = file.as_file().lock();
            // Who swept the folder may have come in between.
            if locked.is_err() || file.path().exists() {
                adopt(file.as_file(), folder);
                return Ok(Temporary(file));
            }
        }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    pub(crate) fn take_on(&self, identity: &Identity) -> io::Result<()> {
        identity.give(self.0.as_file())
    }

    pub(crate) fn sync(&self) -> io::Result<()> {
        self.0.as_file().sync_all()
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Puts it in the place of whatever is there.
    pub(crate) fn replace(self, target: &Path) -> io::Result<()> {
        self.0.persist(target).map(drop).map_err(|error| error.error)
    }

    /// Puts it where nothing is.
    pub(crate) fn take(self, free: &Path) -> io::Result<()> {
        self.0.persist_noclobber(free).map(drop).map_err(|error| error.error)
    }
}

/// Removes what writes that were cut off left in a folder.
pub(crate) fn remove_leftovers(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(PREFIX) && name.ends_with(SUFFIX) && is_left(&entry.path()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_left(path: &Path) -> bool {
    if !fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file()) {
        return false;
    }
    let Ok((file, meta)) = super::open(path) else { return false };
    match file.try_lock() {
        Ok(()) => true,
        Err(fs::TryLockError::WouldBlock) => false,
        Err(fs::TryLockError::Error(_)) => meta.modified().ok().and_then(|at| at.elapsed().ok()).is_some_and(|age| age > LEFT),
    }
}

/// Makes an empty folder that is gone when it is dropped.
pub(crate) fn empty_folder() -> io::Result<TempDir> {
    tempfile::tempdir()
}

/// Makes the names in a folder outlive a crash of the machine.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
