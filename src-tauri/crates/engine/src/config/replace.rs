//! Puts one text in the place of another in one step, and only in the place of that one: what another program wrote a moment before
//! is never lost.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use tempfile::NamedTempFile;

use super::{Text, text};

const PREFIX: &str = ".pilotlight-";
/// A file of ours that is older than this was left by a write that never ended.
const LEFT: Duration = Duration::from_secs(60);

/// What is done, in this order. A write can end or fail after each; the tests see to it that it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    BackupWritten,
    BackupKept,
    BesideMade,
    BesideWritten,
    BesideSynced,
    Looked,
    Exchanged,
    FolderSynced,
}

pub(super) type Done<'a> = &'a dyn Fn(Step) -> io::Result<()>;

pub(super) enum Fault {
    /// Another text stands there by now.
    Stale,
    Io(io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Fault::Io(error)
    }
}

pub(super) fn replace(target: &Path, to: &str, current: &str, done: Done) -> Result<(), Fault> {
    let folder = target.parent().ok_or_else(|| io::Error::other("it has no folder"))?;
    let mode = fs::metadata(target)?.permissions();
    // Refused before anything is written, as an editor would be: a rename would get past a read-only file.
    if mode.readonly() {
        return Err(io::Error::from(io::ErrorKind::PermissionDenied).into());
    }
    sweep(folder, PREFIX);
    let mut beside = beside(folder)?;
    done(Step::BesideMade)?;
    beside.write_all(to.as_bytes())?;
    beside.as_file().set_permissions(mode)?;
    done(Step::BesideWritten)?;
    beside.as_file().sync_all()?;
    done(Step::BesideSynced)?;
    if !says(target, current) {
        return Err(Fault::Stale);
    }
    done(Step::Looked)?;
    exchange(beside, target, current)?;
    // From here on it is written. A folder that can't be synced makes the new name less durable, not the text less whole.
    if let Err(error) = done(Step::Exchanged).and_then(|()| sync_folder(folder)).and_then(|()| done(Step::FolderSynced)) {
        tracing::warn!("{} can't be synced: {error}", folder.display());
    }
    Ok(())
}

/// A file to write to, in the folder where it is to stay.
pub(super) fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(PREFIX).suffix(".tmp").tempfile_in(folder)
}

/// Removes what writes that were cut off left behind.
pub(super) fn sweep(folder: &Path, prefix: &str) {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    for file in files.filter(|it| it.file_name().to_string_lossy().starts_with(prefix)) {
        let age = file.metadata().and_then(|it| it.modified()).ok().and_then(|it| it.elapsed().ok());
        if age.is_some_and(|it| it > LEFT) {
            let _ = fs::remove_file(file.path());
        }
    }
}

pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn says(path: &Path, current: &str) -> bool {
    matches!(text(path), Text::Read(text) if text == current)
}

/// Between the last look and a rename another program can still write. So the two files change places, and what came out is looked
/// at: if it is not the text that was to go, they change back. Where the file system can't do that, the last look has to do.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(beside: NamedTempFile, target: &Path, current: &str) -> Result<(), Fault> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let swap = || renameat_with(CWD, beside.path(), CWD, target, RenameFlags::EXCHANGE);
    match swap() {
        Ok(()) if says(beside.path(), current) => Ok(()),
        Ok(()) => {
            swap().map_err(io::Error::from)?;
            Err(Fault::Stale)
        }
        Err(_) => persist(beside, target),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(beside: NamedTempFile, target: &Path, _current: &str) -> Result<(), Fault> {
    persist(beside, target)
}

fn persist(beside: NamedTempFile, target: &Path) -> Result<(), Fault> {
    beside.persist(target).map_err(|error| error.error)?;
    Ok(())
}
