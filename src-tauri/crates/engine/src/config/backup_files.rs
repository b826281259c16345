//! The files of backups: the text before each write, in the app's own state folder, named by the time when it was replaced.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::replace::{AfterStep, WriteStep};
use super::text::hash;
use crate::files::{Temporary, make_private_folder, remove_leftovers};

/// How many are kept of one file. A text that is there already is not kept twice.
const MOST: usize = 50;

#[derive(Debug)]
pub(crate) struct BackupFile {
    pub(crate) name: String,
    pub(crate) at: Timestamp,
    pub(crate) bytes: u64,
}

/// Returns where the backups of this file are. Files of the same name in different folders have different ones.
pub(crate) fn backup_folder(root: &Path, file: &Path) -> PathBuf {
    let folder = file.parent().and_then(|folder| fs::canonicalize(folder).ok());
    let place = folder.zip(file.file_name()).map_or_else(|| file.to_owned(), |(folder, name)| folder.join(name));
    root.join(&hash(&place.to_string_lossy())[..16])
}

/// Returns the backups of this file, in no order.
///
/// # Errors
/// When their folder is there and can't be read.
pub(crate) fn backup_files(folder: &Path, file: &Path) -> io::Result<Vec<BackupFile>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let own = file_name(file);
    let found = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        Some(BackupFile { at: time_in_name(name.strip_prefix(&own)?)?, bytes: entry.metadata().ok()?.len(), name })
    });
    Ok(found.collect())
}

/// Keeps `text` for this user alone. Returns the file, unless the text was kept before.
pub(super) fn back_up(folder: &Path, file: &Path, (text, hash): (&str, &str), after: AfterStep) -> io::Result<Option<PathBuf>> {
    make_private_folder(folder)?;
    let (name, mark) = (file_name(file), &hash[..16]);
    let mut kept: Vec<String> = backup_files(folder, file)?.into_iter().map(|backup| backup.name).collect();
    let now = Timestamp::now().strftime("%Y%m%dT%H%M%S%.3fZ");
    let fresh = format!("{name}.{now}.{mark}");
    // One text is kept once, under the last time that it was replaced.
    if let Some(same) = kept.iter().find(|kept| kept.ends_with(mark)) {
        return fs::rename(folder.join(same), folder.join(fresh)).map(|()| None);
    }
    remove_leftovers(folder);
    let made = folder.join(&fresh);
    let mut backup = Temporary::beside(&made)?;
    backup.write(text.as_bytes())?;
    backup.sync()?;
    after(WriteStep::BackupWritten)?;
    backup.replace(&made)?;
    after(WriteStep::BackupKept)?;
    kept.push(fresh);
    // The names sort by time.
    kept.sort();
    let surplus = kept.len().saturating_sub(MOST);
    kept[..surplus].iter().for_each(|name| drop(fs::remove_file(folder.join(name))));
    Ok(Some(made))
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// `.20261123T091500.123Z.0123456789abcdef`
fn time_in_name(rest: &str) -> Option<Timestamp> {
    let stamp = rest.strip_prefix('.')?.rsplit_once('.')?.0.strip_suffix('Z')?;
    let at = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%S%.f", stamp).ok()?;
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::time_in_name;

    #[test]
    fn the_time_is_in_the_name() {
        let at = time_in_name(".20261123T091500.123Z.0123456789abcdef").map(|at| at.to_string());
        assert_eq!(at.as_deref(), Some("2026-11-23T09:15:00.123Z"));
        assert_eq!(time_in_name(".bak"), None);
    }
}
