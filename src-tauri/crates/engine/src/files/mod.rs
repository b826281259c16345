//! The only door to files. Opened are ordinary files alone, without waiting for them, and read up to a limit; made are files for this user
//! alone. What replaces a file keeps its owner, its rights and its attributes.

mod identity;
mod lock;
mod private;
mod temporary;

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

pub(crate) use identity::{Identity, Irreplaceable};
pub(crate) use lock::{Lock, LockError};
pub(crate) use private::{append_private, create_new, make_private_folder, write_private};
pub(crate) use temporary::{Temporary, empty_folder, remove_leftovers, sync_folder};

/// Settings, variables, keys, versions: all the small files.
pub(crate) const SMALL: u64 = 1 << 20;
/// A config larger than this is none.
pub(crate) const CONFIG: u64 = 32 << 20;
/// OpenClaw's schema has 2.4 MB (2026.9.6).
pub(crate) const SCHEMA: u64 = 16 << 20;

/// Why a file can't be opened or read. Never quotes what is in it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("there is no such file")]
    Missing,
    #[error("a folder is in its place")]
    Folder,
    #[error("it is not an ordinary file")]
    Special,
    #[error("it is {} MB large, and {} MB is the most", .0 >> 20, .1 >> 20)]
    TooLarge(u64, u64),
    #[error("it is not UTF-8 text (line {0})")]
    NotText(usize),
    #[error("{}", reason(.0))]
    Io(io::Error),
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        if error.kind() == ErrorKind::NotFound { FileError::Missing } else { FileError::Io(error) }
    }
}

impl From<FileError> for io::Error {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Missing => io::Error::from(ErrorKind::NotFound),
            FileError::Io(error) => error,
            other => io::Error::other(other.to_string()),
        }
    }
}

/// Returns why a file can't be reached, in a few words.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        ErrorKind::NotADirectory => "a part of its path is not a folder".to_owned(),
        _ => error.to_string().to_lowercase(),
    }
}

/// Opens an ordinary file to read. A link is followed.
pub(crate) fn open(path: &Path) -> Result<(File, Metadata), FileError> {
    // Opening some devices does something, so they are ruled out before; and again after, for what took the file's place in between.
    ordinary(&fs::metadata(path)?)?;
    let file = unblocked(fs::OpenOptions::new().read(true)).open(path)?;
    let meta = file.metadata()?;
    ordinary(&meta)?;
    Ok((file, meta))
}

/// Reads a file of at most so many bytes.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    let (file, meta) = open(path)?;
    if meta.len() > limit {
        return Err(FileError::TooLarge(meta.len(), limit));
    }
    // The system's own files tell no length, and others grow.
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0));
    let read = file.take(limit + 1).read_to_end(&mut bytes)? as u64;
    if read > limit { Err(FileError::TooLarge(read, limit)) } else { Ok(bytes) }
}

/// Reads a text of at most so many bytes.
pub(crate) fn read_text(path: &Path, limit: u64) -> Result<String, FileError> {
    String::from_utf8(read(path, limit)?).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        FileError::NotText(valid.iter().filter(|byte| **byte == b'\n').count() + 1)
    })
}

/// Whether something stands there that another program is to open for us: nothing yet, or an ordinary file.
pub(crate) fn is_free_or_ordinary(path: &Path) -> Result<(), FileError> {
    match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        meta => ordinary(&meta?),
    }
}

fn ordinary(meta: &Metadata) -> Result<(), FileError> {
    if meta.is_dir() {
        Err(FileError::Folder)
    } else if !meta.is_file() {
        Err(FileError::Special)
    } else {
        Ok(())
    }
}

/// A pipe without a writer would be waited for.
#[cfg(unix)]
fn unblocked(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags.bits().cast_signed())
}

#[cfg(not(unix))]
fn unblocked(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    options
}

/// As `unblocked`, and a link is an error.
#[cfg(unix)]
fn unlinked(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY | rustix::fs::OFlags::NOFOLLOW;
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags.bits().cast_signed());
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

#[cfg(not(unix))]
fn unlinked(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    options
}

#[cfg(all(test, unix))]
mod tests;
