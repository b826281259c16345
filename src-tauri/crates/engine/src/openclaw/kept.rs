//! OpenClaw's schemas, kept by version in one file each. A file that makes no sense is as good as none.

use std::fs;
use std::io;
use std::path::PathBuf;

use domain::schema::InstalledSchema;

use crate::files::{SCHEMA, read_text, write_private};

const PREFIX: &str = "openclaw-";
const SUFFIX: &str = ".json";

#[derive(Clone, Debug)]
pub(super) struct KeptSchemas {
    folder: PathBuf,
}

impl KeptSchemas {
    pub(super) fn in_folder(folder: PathBuf) -> Self {
        KeptSchemas { folder }
    }

    pub(super) fn read(&self, version: &str) -> Option<InstalledSchema> {
        let text = read_text(&self.file(version), SCHEMA).ok()?;
        let read = InstalledSchema::read(version, &text);
        if let Err(why) = &read {
            tracing::warn!("the kept schema of OpenClaw {version} is damaged: {why}");
        }
        read.ok()
    }

    /// Returns the version of the one that is kept, if there is one alone.
    pub(super) fn only(&self) -> Option<String> {
        match self.versions().as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        }
    }

    /// Keeps a schema instead of those of other versions.
    pub(super) fn keep(&self, version: &str, schema: &str) -> io::Result<()> {
        write_private(&self.file(version), schema.as_bytes())?;
        for other in self.versions().iter().filter(|it| *it != version) {
            fs::remove_file(self.file(other))?;
        }
        Ok(())
    }

    fn versions(&self) -> Vec<String> {
        let names = fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
        names.filter_map(|name| Some(name.to_str()?.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.to_owned())).collect()
    }

    fn file(&self, version: &str) -> PathBuf {
        self.folder.join(format!("{PREFIX}{version}{SUFFIX}"))
    }
}
