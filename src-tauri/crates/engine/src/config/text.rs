//! The text of a file, or why there is none.

use std::path::Path;

use domain::base::refusal::{Refusal, RefusalCode};
use sha2::{Digest, Sha256};

use crate::files::{self, FileError};

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
    match files::read_text(path, files::CONFIG) {
        Ok(text) => FileText::Read(text),
        Err(FileError::Missing) => FileText::Missing,
        Err(error) => FileText::Unreadable(error.to_string()),
    }
}

/// SHA-256 in hex.
pub(crate) fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
