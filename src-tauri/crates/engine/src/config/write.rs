//! Writes the config so that the old or the new file is there, whole, at every moment: verify, back up, write beside it with the same
//! mode, sync, rename, sync the folder, read back.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use document::{Document, Value};
use domain::base::refusal::{Refusal, RefusalCode};

use super::replace::{Done, Fault, Step, beside, replace, sweep, sync_folder};
use super::{Text, hash, text};

/// Backups kept; a text that is there already is not kept twice.
const BACKUPS: usize = 50;

const NEW: &str = ".new-";

#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) hash: String,
}

/// Where the backups of this config are: those of a config in another folder are others, though it has the same name.
pub(crate) fn backups_of(root: &Path, config: &Path) -> PathBuf {
    let folder = config.parent().and_then(|it| fs::canonicalize(it).ok());
    let place = folder.zip(config.file_name()).map_or_else(|| config.to_owned(), |(folder, name)| folder.join(name));
    root.join(&hash(&place.to_string_lossy())[..16])
}

/// A text that a second parser, which did not make the edit, reads as the first one does. Only such a text can be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verified<'d>(&'d Document);

impl<'d> Verified<'d> {
    pub(crate) fn doc(self) -> &'d Document {
        self.0
    }
}

pub(crate) fn verify(to: &Document) -> Result<Verified<'_>, Refusal> {
    let broken = |why: String| {
        Refusal::new(RefusalCode::Internal, format!("the edit would break the file: {why}"))
            .hint("nothing was written; make this change in an editor")
    };
    let read: Value = json5::from_str(to.text().trim_start_matches('\u{feff}')).map_err(|error| broken(error.to_string()))?;
    if to.root() == read { Ok(Verified(to)) } else { Err(broken("two parsers read it differently".to_owned())) }
}

/// Replaces the text of hash `was` by `to`, if the file still has that text.
pub(crate) fn write(path: &Path, was: &str, to: Verified<'_>, backups: &Path) -> Result<Written, Refusal> {
    write_in_steps(path, was, to, backups, &|_| Ok(()))
}

fn write_in_steps(path: &Path, was: &str, to: Verified<'_>, backups: &Path, done: Done) -> Result<Written, Refusal> {
    let to = to.0.text();
    // A link stays a link: what it points to is written.
    let target = fs::canonicalize(path).map_err(|error| file_refusal(&error, path))?;
    // Of two of us, one waits: between the last look at the file and the rename nobody else of ours writes.
    let _turn = turn(backups);
    let current = match text(&target) {
        Text::Read(text) if hash(&text) == was => text,
        Text::Read(_) => return Err(stale()),
        Text::Missing => return Err(Refusal::new(RefusalCode::File, "the file is gone").hint("put it back, or open another")),
        Text::Unreadable(why) => return Err(Refusal::new(RefusalCode::File, format!("the file can't be read: {why}"))),
    };
    if current == to {
        return Ok(Written { hash: was.to_owned() });
    }
    let kept = backups_of(backups, path);
    back_up(&kept, path, (&current, was), done).map_err(|error| {
        Refusal::new(RefusalCode::File, format!("no backup could be made in {}: {error}", kept.display()))
            .hint("nothing was written; make room or mend its permissions")
    })?;
    replace(&target, to, &current, done).map_err(|error| match error {
        Fault::Stale => stale(),
        Fault::Io(error) => file_refusal(&error, &target),
    })?;
    match text(&target) {
        Text::Read(text) if text == to => Ok(Written { hash: hash(to) }),
        // Written over by another program at once: what it made of our edit has to be seen afresh.
        Text::Read(_) => Err(stale()),
        _ => Err(Refusal::new(RefusalCode::File, "the file can't be read back")
            .hint(format!("another program may have written it at the same moment; the text before is in {}", kept.display()))),
    }
}

/// Writes a file where there is none, readable by this user alone.
pub(crate) fn create(path: &Path, to: Verified<'_>) -> Result<(), Refusal> {
    let to = to.0.text();
    let made = || -> io::Result<()> {
        let folder = path.parent().ok_or_else(|| io::Error::other("it has no folder"))?;
        own_folder(folder)?;
        let mut beside = beside(folder)?;
        beside.write_all(to.as_bytes())?;
        beside.as_file().sync_all()?;
        beside.persist_noclobber(path).map_err(|error| error.error)?;
        private(path, 0o600)?;
        sync_folder(folder)
    };
    made().map_err(|error| file_refusal(&error, path))
}

/// Where there is none, for this user alone.
fn own_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Held until dropped. Where it can't be had (a folder without locks), the comparison right before the rename has to do.
fn turn(backups: &Path) -> Option<File> {
    fs::create_dir_all(backups).ok()?;
    let file = File::create(backups.with_extension("lock")).ok()?;
    file.lock().ok()?;
    Some(file)
}

/// Keeps `text` in the app's own state folder, readable by this user alone.
fn back_up(folder: &Path, path: &Path, (text, hash): (&str, &str), done: Done) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    folder.parent().into_iter().chain([folder]).try_for_each(|it| private(it, 0o700))?;
    let name = path.file_name().map_or_else(|| "config".into(), |it| it.to_string_lossy().into_owned());
    let mark = &hash[..16];
    let mut kept: Vec<PathBuf> =
        fs::read_dir(folder)?.flatten().map(|it| it.path()).filter(|it| is_backup_of(it, &name)).collect();
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%.3fZ");
    let at = folder.join(format!("{name}.{now}.{mark}"));
    // One text is kept once, under the last time that it was replaced.
    if let Some(same) = kept.iter().find(|it| it.to_string_lossy().ends_with(mark)) {
        return fs::rename(same, at);
    }
    sweep(folder, NEW);
    let mut file = tempfile::Builder::new().prefix(NEW).tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    done(Step::BackupWritten)?;
    file.persist(&at).map_err(|error| error.error)?;
    private(&at, 0o600)?;
    done(Step::BackupKept)?;
    kept.push(at);
    // The names sort by time.
    kept.sort();
    let surplus = kept.len().saturating_sub(BACKUPS);
    kept[..surplus].iter().for_each(|it| drop(fs::remove_file(it)));
    Ok(())
}

fn is_backup_of(path: &Path, name: &str) -> bool {
    path.file_name().is_some_and(|it| it.to_string_lossy().starts_with(&format!("{name}.")))
}

#[cfg(unix)]
pub(super) fn private(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, Permissions::from_mode(mode))
}

#[cfg(not(unix))]
pub(super) fn private(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

pub(crate) fn stale() -> Refusal {
    Refusal::new(RefusalCode::Stale, "the file was changed by another program since the review")
        .hint("review again: your changes are kept")
}

fn file_refusal(error: &io::Error, path: &Path) -> Refusal {
    let hint = match error.kind() {
        io::ErrorKind::PermissionDenied => "nothing was written; mend the permissions of the file or its folder",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "nothing was written; make room on the disk",
        io::ErrorKind::ReadOnlyFilesystem => "nothing was written; the disk is read-only",
        _ => "nothing was written",
    };
    let why = match error.kind() {
        io::ErrorKind::PermissionDenied => "no permission".to_owned(),
        io::ErrorKind::NotFound => "it is gone".to_owned(),
        _ => error.to_string(),
    };
    Refusal::new(RefusalCode::File, format!("{} can't be written: {why}", path.display())).hint(hint)
}

#[cfg(all(test, unix))]
#[path = "write_faults.rs"]
mod faults;
