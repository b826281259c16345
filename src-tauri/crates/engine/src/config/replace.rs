//! Puts one text in the place of another in one step, and only in the place of that one: what another program wrote a moment before
//! is never lost.

use std::io;
use std::path::Path;

use super::text::{FileText, read_text};
use crate::files::{Identity, Temporary, remove_leftovers, sync_folder};

/// The steps of a write, in this order. The tests have it end or fail after each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WriteStep {
    TemporaryMade,
    TemporaryWritten,
    TemporarySynced,
    BackupWritten,
    BackupKept,
    Compared,
    Exchanged,
    FolderSynced,
}

pub(super) type AfterStep<'a> = &'a dyn Fn(WriteStep) -> io::Result<()>;

#[derive(Debug, thiserror::Error)]
pub(super) enum ReplaceError {
    #[error("another text stands there by now")]
    Stale,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A text that is ready, on the disk, to take the place of another one.
#[derive(Debug)]
pub(super) struct Replacement<'t> {
    target: &'t Path,
    folder: &'t Path,
    temporary: Temporary,
}

impl<'t> Replacement<'t> {
    /// Writes the text beside the file, with the identity of the file. What can't be replaced is refused before anything is written.
    pub(super) fn write(target: &'t Path, to: &str, after: AfterStep) -> io::Result<Self> {
        let folder = target.parent().ok_or_else(|| io::Error::other("it has no folder"))?;
        let identity = Identity::of(target)?;
        remove_leftovers(folder);
        let mut temporary = Temporary::beside(target)?;
        after(WriteStep::TemporaryMade)?;
        temporary.write(to.as_bytes())?;
        temporary.take_on(&identity)?;
        after(WriteStep::TemporaryWritten)?;
        temporary.sync()?;
        after(WriteStep::TemporarySynced)?;
        Ok(Replacement { target, folder, temporary })
    }

    pub(super) fn take_place(self, current: &str, after: AfterStep) -> Result<(), ReplaceError> {
        if !holds(self.target, current) {
            return Err(ReplaceError::Stale);
        }
        after(WriteStep::Compared)?;
        exchange(self.temporary, self.target, current)?;
        // From here on it is written. A folder that can't be synced makes the new name less durable, not the text less whole.
        if let Err(error) =
            after(WriteStep::Exchanged).and_then(|()| sync_folder(self.folder)).and_then(|()| after(WriteStep::FolderSynced))
        {
            tracing::warn!("{} can't be synced: {error}", self.folder.display());
        }
        Ok(())
    }
}

fn holds(path: &Path, current: &str) -> bool {
    matches!(read_text(path), FileText::Read(text) if text == current)
}

/// Another program can still write between the comparison and a rename. So the two files change places, and what came out is compared
/// again: if it is another text, they change back. Where the file system can't do that, the first comparison has to do.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(temporary: Temporary, target: &Path, current: &str) -> Result<(), ReplaceError> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let swap = || renameat_with(CWD, temporary.path(), CWD, target, RenameFlags::EXCHANGE);
    match swap() {
        Ok(()) if holds(temporary.path(), current) => Ok(()),
        Ok(()) => {
            swap().map_err(io::Error::from)?;
            Err(ReplaceError::Stale)
        }
        Err(_) => Ok(temporary.replace(target)?),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(temporary: Temporary, target: &Path, _current: &str) -> Result<(), ReplaceError> {
    Ok(temporary.replace(target)?)
}
