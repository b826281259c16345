//! The text of a file, or why there is none. Nothing but an ordinary file of a sane size is opened: a pipe would never end.

use std::io::{Error, ErrorKind};
use std::path::Path;

use domain::base::refusal::{Refusal, RefusalCode};
use sha2::{Digest, Sha256};

/// A config larger than this is none.
const MOST_BYTES: u64 = 32 << 20;

#[derive(Debug)]
pub(crate) enum FileText {
    Read(String),
    Missing,
    /// Why, in a few words.
    Unreadable(String),
}

impl FileText {
    /// Returns the text for an edit, to which a missing file is a refusal.
    pub(crate) fn required(self, missing: impl FnOnce() -> Refusal) -> Result<String, Refusal> {
        self.optional()?.ok_or_else(missing)
    }

    /// Returns the text for an edit that can start without one.
    pub(crate) fn optional(self) -> Result<Option<String>, Refusal> {
        match self {
            FileText::Read(text) => Ok(Some(text)),
            FileText::Missing => Ok(None),
            FileText::Unreadable(why) => Err(Refusal::new(RefusalCode::File, format!("the file can't be read: {why}"))),
        }
    }
}

pub(crate) fn read_text(path: &Path) -> FileText {
    let meta = match std::fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) => return unreadable(&error),
    };
    if meta.is_dir() {
        return FileText::Unreadable("there is a folder in its place".to_owned());
    }
    if !meta.is_file() {
        return FileText::Unreadable("it is no ordinary file".to_owned());
    }
    if meta.len() > MOST_BYTES {
        return FileText::Unreadable(format!("it is {} MB large, which no config is", meta.len() >> 20));
    }
    match std::fs::read(path).map(String::from_utf8) {
        Ok(Ok(text)) => FileText::Read(text),
        Ok(Err(error)) => {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
            FileText::Unreadable(format!("it is not UTF-8 text (line {line})"))
        }
        Err(error) => unreadable(&error),
    }
}

fn unreadable(error: &Error) -> FileText {
    match error.kind() {
        ErrorKind::NotFound => FileText::Missing,
        _ => FileText::Unreadable(reason(error)),
    }
}

/// Returns why a file can't be read, in a few words.
pub(super) fn reason(error: &Error) -> String {
    match error.kind() {
        ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        ErrorKind::NotADirectory => "a part of its path is no folder".to_owned(),
        _ => error.to_string().to_lowercase(),
    }
}

/// SHA-256 in hex.
pub(crate) fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
