//! What an OpenClaw said of its config, kept by its version: one file, whole at any moment, readable by this user alone. A file that
//! makes no sense is as good as none.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use domain::schema::Printed;

const PREFIX: &str = "openclaw-";
const SUFFIX: &str = ".json";

#[derive(Clone, Debug)]
pub(super) struct Kept {
    folder: PathBuf,
}

impl Kept {
    pub(super) fn in_folder(folder: PathBuf) -> Self {
        Kept { folder }
    }

    pub(super) fn read(&self, version: &str) -> Option<Printed> {
        let text = fs::read_to_string(self.file(version)).ok()?;
        let read = Printed::read(version, &text);
        if let Err(why) = &read {
            tracing::warn!("the kept schema of OpenClaw {version} is damaged: {why}");
        }
        read.ok()
    }

    /// The version of the one that there is.
    pub(super) fn only(&self) -> Option<String> {
        match self.versions().as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        }
    }

    /// In the place of those of other versions.
    pub(super) fn keep(&self, version: &str, schema: &str) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        // Readable by its owner alone, as temporary files are.
        let mut fresh = tempfile::NamedTempFile::new_in(&self.folder)?;
        fresh.write_all(schema.as_bytes())?;
        fresh.as_file().sync_all()?;
        fresh.persist(self.file(version))?;
        for other in self.versions().iter().filter(|it| *it != version) {
            fs::remove_file(self.file(other))?;
        }
        Ok(())
    }

    fn versions(&self) -> Vec<String> {
        let files = fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|it| it.file_name());
        files.filter_map(|it| Some(it.to_str()?.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.to_owned())).collect()
    }

    fn file(&self, version: &str) -> PathBuf {
        self.folder.join(format!("{PREFIX}{version}{SUFFIX}"))
    }
}
