//! Puts one text in the place of another in one step, and only in the place of that one: what another program wrote a moment before
//! is never lost.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use tempfile::NamedTempFile;

use super::text::{FileText, read_text};

const PREFIX: &str = ".pilotlight-";
/// A temporary file that is older than this was left by a write that never ended.
const LEFT: Duration = Duration::from_secs(60);

/// The steps of a write, in this order. The tests have it end or fail after each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WriteStep {
    BackupWritten,
    BackupKept,
    TemporaryMade,
    TemporaryWritten,
    TemporarySynced,
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

pub(super) fn replace(target: &Path, to: &str, current: &str, after: AfterStep) -> Result<(), ReplaceError> {
    let folder = target.parent().ok_or_else(|| io::Error::other("it has no folder"))?;
    let mode = fs::metadata(target)?.permissions();
    // Refused before anything is written, as an editor would be: a rename would get past a read-only file.
    if mode.readonly() {
        return Err(io::Error::from(io::ErrorKind::PermissionDenied).into());
    }
    remove_leftovers(folder, PREFIX);
    let mut temporary = temporary_file(folder)?;
    after(WriteStep::TemporaryMade)?;
    temporary.write_all(to.as_bytes())?;
    temporary.as_file().set_permissions(mode)?;
    after(WriteStep::TemporaryWritten)?;
    temporary.as_file().sync_all()?;
    after(WriteStep::TemporarySynced)?;
    if !holds(target, current) {
        return Err(ReplaceError::Stale);
    }
    after(WriteStep::Compared)?;
    exchange(temporary, target, current)?;
    // From here on it is written. A folder that can't be synced makes the new name less durable, not the text less whole.
    if let Err(error) =
        after(WriteStep::Exchanged).and_then(|()| sync_folder(folder)).and_then(|()| after(WriteStep::FolderSynced))
    {
        tracing::warn!("{} can't be synced: {error}", folder.display());
    }
    Ok(())
}

/// Makes a file to write to, in the folder where it is to stay.
pub(super) fn temporary_file(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(PREFIX).suffix(".tmp").tempfile_in(folder)
}

/// Removes what writes that were cut off left behind.
pub(super) fn remove_leftovers(folder: &Path, prefix: &str) {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    for file in files.filter(|file| file.file_name().to_string_lossy().starts_with(prefix)) {
        let age = file.metadata().and_then(|meta| meta.modified()).ok().and_then(|at| at.elapsed().ok());
        if age.is_some_and(|age| age > LEFT) {
            let _ = fs::remove_file(file.path());
        }
    }
}

pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Sets the permissions of a file or folder, where the system has them.
#[cfg(unix)]
pub(super) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
}

#[cfg(not(unix))]
pub(super) fn set_mode(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

fn holds(path: &Path, current: &str) -> bool {
    matches!(read_text(path), FileText::Read(text) if text == current)
}

/// Another program can still write between the comparison and a rename. So the two files change places, and what came out is compared
/// again: if it is another text, they change back. Where the file system can't do that, the first comparison has to do.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(temporary: NamedTempFile, target: &Path, current: &str) -> Result<(), ReplaceError> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let swap = || renameat_with(CWD, temporary.path(), CWD, target, RenameFlags::EXCHANGE);
    match swap() {
        Ok(()) if holds(temporary.path(), current) => Ok(()),
        Ok(()) => {
            swap().map_err(io::Error::from)?;
            Err(ReplaceError::Stale)
        }
        Err(_) => persist(temporary, target),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(temporary: NamedTempFile, target: &Path, _current: &str) -> Result<(), ReplaceError> {
    persist(temporary, target)
}

fn persist(temporary: NamedTempFile, target: &Path) -> Result<(), ReplaceError> {
    temporary.persist(target).map_err(|error| error.error)?;
    Ok(())
}
