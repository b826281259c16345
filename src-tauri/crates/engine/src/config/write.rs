//! Writes the config so that the old or the new file is there, whole, at every moment: verify, back up, write beside it with the same
//! mode, sync, rename, sync the folder, read back.

use std::fs;
use std::io;
use std::path::Path;

use document::{Document, Value};
use domain::base::refusal::{Refusal, RefusalCode};

use super::backup_files::{back_up, backup_folder};
use super::replace::{AfterStep, ReplaceError, Replacement};
use super::text::{FileText, hash, read_text};
use crate::files::{Irreplaceable, Lock, LockError, Temporary, make_private_folder, sync_folder};

/// A text that a second parser, which did not make the edit, reads as the first one does. Only such a text can be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verified<'d>(&'d Document);

impl<'d> Verified<'d> {
    pub(crate) fn doc(self) -> &'d Document {
        self.0
    }
}

pub(crate) fn verify(to: &Document) -> Result<Verified<'_>, Refusal> {
    let broken = |why: &str| {
        Refusal::new(RefusalCode::Internal, format!("the edit would break the file: {why}"))
            .hint("Nothing was written. Make this change in an editor.")
    };
    let read: Value =
        json5::from_str(to.text().trim_start_matches('\u{feff}')).map_err(|_| broken("the second parser does not read it"))?;
    if to.root() == read { Ok(Verified(to)) } else { Err(broken("two parsers read it differently")) }
}

/// Replaces the text of hash `was` by `to`, if the file still has that text. Returns the hash of the new text.
pub(crate) fn write(path: &Path, was: &str, to: Verified<'_>, backups: &Path) -> Result<String, Refusal> {
    write_in_steps(path, was, to, backups, &|_| Ok(()))
}

fn write_in_steps(path: &Path, was: &str, to: Verified<'_>, backups: &Path, after: AfterStep) -> Result<String, Refusal> {
    let to = to.0.text();
    // A link stays a link: what it points to is written.
    let target = fs::canonicalize(path).map_err(|error| file_refusal(&error, path))?;
    // Of two of us, one waits: between the comparison and the rename nobody else of ours writes.
    let _lock = lock(backups)?;
    let gone = || Refusal::new(RefusalCode::File, "the file is gone").hint("Put it back, or open another.");
    let current = read_text(&target).required(gone)?;
    if hash(&current) != was {
        return Err(stale());
    }
    if current == to {
        return Ok(was.to_owned());
    }
    let replacement = Replacement::write(&target, to, after).map_err(|error| file_refusal(&error, &target))?;
    let kept = backup_folder(backups, path);
    let backup = back_up(&kept, path, (&current, was), after).map_err(|error| {
        Refusal::new(RefusalCode::File, format!("no backup could be made in {}: {error}", kept.display()))
            .hint("Nothing was written. Make room on the disk, or correct the permissions.")
    })?;
    replacement.take_place(&current, after).map_err(|error| {
        // The text is still in its place.
        let _ = backup.map(fs::remove_file);
        match error {
            ReplaceError::Stale => stale(),
            ReplaceError::Io(error) => file_refusal(&error, &target),
        }
    })?;
    match read_text(&target) {
        FileText::Read(text) if text == to => Ok(hash(to)),
        // Written over by another program at once: what it made of our edit has to be seen afresh.
        FileText::Read(_) => Err(stale()),
        _ => Err(Refusal::new(RefusalCode::File, "the file can't be read back").hint(format!(
            "Another program may have written it at the same moment. The text from before is in {}.",
            kept.display()
        ))),
    }
}

/// Writes a file where there is none, readable by this user alone.
pub(crate) fn create(path: &Path, to: Verified<'_>) -> Result<(), Refusal> {
    let to = to.0.text();
    let made = || -> io::Result<()> {
        let folder = path.parent().ok_or_else(|| io::Error::other("it has no folder"))?;
        make_private_folder(folder)?;
        let mut temporary = Temporary::beside(path)?;
        temporary.write(to.as_bytes())?;
        temporary.sync()?;
        temporary.take(path)?;
        sync_folder(folder)
    };
    made().map_err(|error| file_refusal(&error, path))
}

/// Where nothing can be locked, the comparison right before the rename has to do.
fn lock(backups: &Path) -> Result<Lock, Refusal> {
    Lock::wait(&backups.with_extension("lock")).map_err(|error| {
        let hint = match &error {
            LockError::Held(..) => "nothing was written; wait until it has saved, or end it",
            LockError::Unusable(..) => "nothing was written; remove that file: it is only there to be locked",
        };
        Refusal::new(RefusalCode::File, error.to_string()).hint(hint)
    })
}

pub(crate) fn stale() -> Refusal {
    Refusal::new(RefusalCode::Stale, "the file was changed by another program since the review")
        .hint("Review again. Your changes are kept.")
}

fn file_refusal(error: &io::Error, path: &Path) -> Refusal {
    let irreplaceable = match error.get_ref().and_then(|why| why.downcast_ref()) {
        None if error.kind() == io::ErrorKind::ResourceBusy => Some(&Irreplaceable::Mounted),
        irreplaceable => irreplaceable,
    };
    if let Some(why) = irreplaceable {
        return Refusal::new(RefusalCode::File, format!("{} can't be replaced: {why}", path.display())).hint(why.advice());
    }
    let hint = match error.kind() {
        io::ErrorKind::PermissionDenied => "Nothing was written. Correct the permissions of the file or its folder.",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "Nothing was written. Make room on the disk.",
        io::ErrorKind::ReadOnlyFilesystem => "Nothing was written. The disk is read-only.",
        _ => "Nothing was written.",
    };
    let why = match error.kind() {
        io::ErrorKind::PermissionDenied => "no permission".to_owned(),
        io::ErrorKind::NotFound => "it is gone".to_owned(),
        _ => error.to_string(),
    };
    Refusal::new(RefusalCode::File, format!("{} can't be written: {why}", path.display())).hint(hint)
}

#[cfg(all(test, unix))]
mod faults;
